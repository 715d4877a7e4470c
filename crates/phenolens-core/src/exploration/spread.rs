//! Where a set of numbers lies.

use super::Spread;
use crate::dataset::Dataset;
use crate::kernels::{self, InstructionSet};

/// The length of every vector, shape `(n_samples,)`.
pub(super) fn norms(dataset: &Dataset, instruction_set: InstructionSet) -> Vec<f64> {
    let rows = dataset.vectors().chunks_exact(dataset.n_dims());
    rows.map(|row| kernels::dot(instruction_set, row, row).sqrt())
        .collect()
}

/// The spread of at least one number, none of them NaN.
pub(super) fn spread_of(mut values: Vec<f64>) -> Spread {
    values.sort_unstable_by(f64::total_cmp);
    spread_of_sorted(&values)
}

/// The spread of at least one number, in rising order.
pub(super) fn spread_of_sorted(sorted: &[f64]) -> Spread {
    let (mean, sd) = mean_and_sd(sorted);
    Spread {
        count: sorted.len(),
        mean,
        sd,
        min: sorted[0],
        q25: quantile(sorted, 0.25),
        median: quantile(sorted, 0.5),
        q75: quantile(sorted, 0.75),
        max: sorted[sorted.len() - 1],
    }
}

/// Mean and population standard deviation of at least one number, in two passes.
///
/// ```text
/// mean = ∑ v / n      sd = √(∑ (v - mean)² / n)
/// ```
pub(super) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    (mean, (squares / n).sqrt())
}

/// The quantile at `fraction` of numbers in rising order, interpolated between the two beside it
/// (type 7 of Hyndman & Fan 1996, which most programs take).
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let position = (sorted.len() - 1) as f64 * fraction;
    let below = position.floor();
    let low = sorted[below as usize];
    let high = sorted[position.ceil() as usize];
    low + (high - low) * (position - below)
}
