use rayon::prelude::*;

use crate::kernels::{InstructionSet, multiversion};
use crate::projection::affinities::SparseMatrix;
use crate::projection::gradient::Interpolation;

/// Up to how many points the normalizer is the sum over all pairs.
const MAX_EXACT: usize = 20_000;

/// Distance of the nodes of the grid above: half of that for the descent.
const SPACING: f64 = 0.2;

/// Points that the normalizer of one point takes together.
const LANES: usize = 8;

/// The Kullback-Leibler divergence of the map's affinities from the data's.
///
/// ```text
/// KL  =  ∑ pᵢⱼ ln(pᵢⱼ / qᵢⱼ)      qᵢⱼ = wᵢⱼ / Z,   wᵢⱼ = 1 / (1 + |yᵢ - yⱼ|²),   Z = ∑  wₖₗ
///       i≠j                                                                       k≠l
/// ```
///
/// Pairs with p = 0 add nothing. Affinities are taken in parts of their sum, which in 32 bits is a little
/// off 1. All in 64 bits, but for Z of more than 20,000 points: it is interpolated, within 1e-5 of
/// itself, and the result then within 1e-5 nats.
///
/// * `positions`: shape `(n_samples,)`, all finite.
///
/// The result is in nats, from 0 up. Takes O(n²) time up to 20,000 points, above O(n) and that of a grid
/// over the map's area.
///
/// # Source
/// van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579–2605, equation 2.
pub(in crate::projection) fn divergence(
    affinities: &SparseMatrix,
    positions: &[[f64; 2]],
    instruction_set: InstructionSet,
) -> f64 {
    let normalizer = if positions.len() <= MAX_EXACT {
        exact_normalizer(positions, instruction_set)
    } else {
        interpolated_normalizer(positions, instruction_set)
    };
    let terms: Vec<[f64; 2]> = (0..positions.len())
        .into_par_iter()
        .map(|row| {
            let (columns, values) = affinities.row(row);
            let [x, y] = positions[row];
            let term = |(&column, &p): (&u32, &f32)| {
                let p = f64::from(p);
                let [other_x, other_y] = positions[column as usize];
                let (dx, dy) = (x - other_x, y - other_y);
                let inverse_q = (1.0 + (dx * dx + dy * dy)) * normalizer;
                if p > 0.0 {
                    p * libm::log(p * inverse_q)
                } else {
                    0.0
                }
            };
            let terms: f64 = columns.iter().zip(values).map(term).sum();
            [terms, values.iter().copied().map(f64::from).sum()]
        })
        .collect();
    let [sum, total] = [0, 1].map(|index| terms.iter().map(|term| term[index]).sum::<f64>());
    sum / total - libm::log(total)
}

fn exact_normalizer(positions: &[[f64; 2]], instruction_set: InstructionSet) -> f64 {
    let normalizers: Vec<f64> = (0..positions.len())
        .into_par_iter()
        .map(|row| sum_weights(instruction_set, row, positions))
        .collect();
    normalizers.iter().sum()
}

fn interpolated_normalizer(positions: &[[f64; 2]], instruction_set: InstructionSet) -> f64 {
    let mut forces = vec![[0.0; 2]; positions.len()];
    Interpolation::new(SPACING, instruction_set)
        .repulsions(positions, &mut forces)
        .expect("a map has finite positions")
}

multiversion! {
    /// `∑ 1 / (1 + |yᵢ - yⱼ|²)` over all j but `row`.
    fn sum_weights(row: usize, positions: &[[f64; 2]]) -> f64 = sum_weights_body;
}

#[inline(always)]
fn sum_weights_body(row: usize, positions: &[[f64; 2]]) -> f64 {
    // The point itself would add 1; leaving it out loses nothing where all others are far.
    let point = positions[row];
    sum_of_weights(point, &positions[..row]) + sum_of_weights(point, &positions[row + 1..])
}

// A closure would not be compiled for the instructions of its caller.
#[inline(always)]
fn sum_of_weights([x, y]: [f64; 2], others: &[[f64; 2]]) -> f64 {
    let weight = |[other_x, other_y]: [f64; 2]| {
        let (dx, dy) = (x - other_x, y - other_y);
        1.0 / (1.0 + (dx * dx + dy * dy))
    };
    let (chunks, rest) = others.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] += weight(chunk[lane]);
        }
    }
    for (lane, &other) in lanes.iter_mut().zip(rest) {
        *lane += weight(other);
    }
    lanes.iter().sum()
}
