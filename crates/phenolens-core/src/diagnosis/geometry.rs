use rayon::prelude::*;
use serde::Serialize;

use super::dimension::dimension;
use super::measured::{Points, Square, View};
use super::{DiagnosisParams, Estimate};
use crate::dataset::Dataset;
use crate::improvement::greatest_eigenpairs;
use crate::kernels::InstructionSet;
use crate::kernels::{add_scaled, dot_64 as dot};
use crate::neighbors::Distance;

/// The shape of the cloud of samples, as one distance sees it: cosine those of unit length, euclidean
/// those in the data. One sample of each subject is a point of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Geometry {
    /// Points that are measured: the first sample of every subject, or of 2,000 chosen ones.
    pub n_points: usize,
    /// Subjects there are.
    pub n_subjects: usize,
    /// Measured points that coincide with another. Neighbors at distance 0 have no part in the
    /// dimensions.
    pub n_coincident: usize,
    /// Intrinsic dimension by TwoNN; `None` with fewer than 40 points.
    pub two_nn: Option<Estimate>,
    /// Intrinsic dimension by maximum likelihood from 10 to 20 neighbors; `None` with fewer than 40
    /// points.
    pub maximum_likelihood: Option<Estimate>,
    /// Over how many directions the variance is spread, from 1 to the number of dimensions: so many
    /// equal ones would give it. `None` where all points coincide.
    ///
    /// ```text
    /// tr(C)² / tr(C²)        C the covariance of the points
    /// ```
    pub participation_ratio: Option<f64>,
    /// Share of the variance along the first principal component, from 0 to 1.
    pub first_component_share: Option<f64>,
}

/// Measures the cloud of samples.
///
/// Takes O(n² + n d) time for n measured points, and O(n² d) where the table does not hold all pairs.
pub(super) fn geometry(
    dataset: &Dataset,
    view: &View,
    points: &Points,
    params: &DiagnosisParams,
    instruction_set: InstructionSet,
) -> Geometry {
    let dimension = dimension(view, points, params);
    let (trace, participation_ratio) = spectrum(view, points);
    let greatest =
        participation_ratio.and_then(|_| greatest_variance(dataset, view, points, instruction_set));
    Geometry {
        n_points: points.chosen.len(),
        n_subjects: points.n_points,
        n_coincident: dimension.n_coincident,
        two_nn: dimension.two_nn,
        maximum_likelihood: dimension.maximum_likelihood,
        participation_ratio,
        first_component_share: greatest.map(|greatest| greatest / trace),
    }
}

/// The trace of the covariance of the points, and its participation ratio.
///
/// The covariance has the eigenvalues of the matrix of inner products of centered points, which
/// follows from squared distances D alone: with their row means r and their mean m,
///
/// ```text
/// tr(C) = m / 2        tr(C²) = ( ∑ D² - 2n ∑ r² + n² m² ) / 4n²
/// ```
fn spectrum(view: &View, points: &Points) -> (f64, Option<f64>) {
    let square = Square::new(view, &points.chosen);
    let sums: Vec<[f64; 2]> = (0..points.chosen.len())
        .into_par_iter()
        .map_init(Vec::new, |row, place| {
            square.row(place, row);
            let mut sums = [0.0; 2];
            for value in row {
                // Of unit vectors twice the cosine distance is the squared distance.
                let squared = match view.distance() {
                    Distance::Euclidean => *value * *value,
                    Distance::Cosine => 2.0 * *value,
                };
                sums[0] += squared;
                sums[1] += squared * squared;
            }
            sums
        })
        .collect();
    let n = sums.len() as f64;
    let (mut mean, mut of_means, mut of_squares) = (0.0, 0.0, 0.0);
    for [sum, squares] in sums {
        mean += sum / n / n;
        of_means += sum / n * (sum / n);
        of_squares += squares;
    }
    let total = n * n * mean * mean;
    let ratio = total / (of_squares - 2.0 * n * of_means + total);
    (mean / 2.0, (mean > 0.0).then_some(ratio))
}

/// The variance along the first principal component of the points.
fn greatest_variance(
    dataset: &Dataset,
    view: &View,
    points: &Points,
    instruction_set: InstructionSet,
) -> Option<f64> {
    let n_dims = dataset.n_dims();
    let mut mean = vec![0.0; n_dims];
    let mut cloud: Vec<Vec<f64>> = Vec::with_capacity(points.chosen.len());
    for &position in &points.chosen {
        let sample = view.evaluated.samples[position];
        let norm = match view.distance() {
            Distance::Euclidean => 1.0,
            Distance::Cosine => view.keys.squared_norms()[sample].sqrt(),
        };
        let values = dataset.vector(sample).iter();
        let point: Vec<f64> = values.map(|&value| f64::from(value) / norm).collect();
        add_scaled(instruction_set, &mut mean, 1.0, &point);
        cloud.push(point);
    }
    let n = cloud.len() as f64;
    for point in &mut cloud {
        add_scaled(instruction_set, point, -1.0 / n, &mean);
    }
    let covariance_times = |x: &[f64], product: &mut [f64]| {
        product.fill(0.0);
        for point in &cloud {
            let along = dot(instruction_set, point, x);
            add_scaled(instruction_set, product, along / n, point);
        }
    };
    let pairs = greatest_eigenpairs(instruction_set, n_dims, covariance_times, |_| 1);
    pairs.first().map(|pair| pair.value)
}
