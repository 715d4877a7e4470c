//! Where classes and nuisance lie among the factors.

use super::{Layout, Part, SynthParams, stream};
use crate::random::Stream;

/// What the vectors of many samples share; each of shape `(n_factors,)`.
pub(super) struct Effects {
    /// `√o m`.
    pub(super) common: Vec<f64>,
    /// `√o m + √a g_c` for each class.
    pub(super) centers: Vec<Vec<f64>>,
    /// Orthogonal to one another, together of squared length `u q`; none without nuisance. Orthogonal
    /// to classes that are equidistant.
    pub(super) nuisance: Vec<Vec<f64>>,
}

impl Effects {
    pub(super) fn new(params: &SynthParams) -> Effects {
        let n_factors = params.n_factors();
        let directions = orthonormal(
            &mut stream(params, Part::Layout, 0),
            params.n_directions(),
            n_factors,
        );
        let (of_classes, of_nuisance) = directions.split_at(params.n_class_directions());
        let as_long_as_random = (n_factors as f64).sqrt();
        let mut of_classes = of_classes.iter().map(|row| scaled(row, as_long_as_random));
        let mut effect = |part: Part, number: usize| match params.layout {
            Layout::Random => normals(&mut stream(params, part, number), n_factors),
            Layout::Equidistant => of_classes.next().expect("one direction for each effect"),
        };
        let common = effect(Part::Common, 0);
        let mut classes: Vec<Vec<f64>> = (0..params.n_classes)
            .map(|class| effect(Part::Class, class))
            .collect();
        if let [first, second, ..] = classes.as_mut_slice() {
            move_together(first, second, params.pair_closeness);
        }
        let common = scaled(&common, params.common_share.sqrt());
        let of_class = params.class_share.sqrt();
        let center = |class: &Vec<f64>| {
            let sum = common.iter().zip(class);
            sum.map(|(all, class)| all + of_class * class).collect()
        };
        let each =
            (params.nuisance_share / of_nuisance.len().max(1) as f64).sqrt() * as_long_as_random;
        Effects {
            centers: classes.iter().map(center).collect(),
            nuisance: of_nuisance.iter().map(|row| scaled(row, each)).collect(),
            common,
        }
    }
}

/// Moves two points toward their middle by a share of the way.
fn move_together(first: &mut [f64], second: &mut [f64], share: f64) {
    for (first, second) in first.iter_mut().zip(second) {
        let step = share * (*second - *first) / 2.0;
        *first += step;
        *second -= step;
    }
}

fn scaled(vector: &[f64], scale: f64) -> Vec<f64> {
    vector.iter().map(|value| scale * value).collect()
}

pub(super) fn normals(stream: &mut Stream, count: usize) -> Vec<f64> {
    (0..count).map(|_| stream.normal()).collect()
}

/// Random orthonormal rows, shape `(n_rows, n_dims)` (Gram & Schmidt, one row at a time, twice).
pub(super) fn orthonormal(stream: &mut Stream, n_rows: usize, n_dims: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n_rows);
    while rows.len() < n_rows {
        let mut row = normals(stream, n_dims);
        // What rounding leaves of the other rows the second pass removes.
        for _ in 0..2 {
            for other in &rows {
                let along = dot(&row, other);
                for (value, other) in row.iter_mut().zip(other) {
                    *value -= along * other;
                }
            }
            let length = dot(&row, &row).sqrt();
            for value in &mut row {
                *value /= length;
            }
        }
        rows.push(row);
    }
    rows
}

pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}
