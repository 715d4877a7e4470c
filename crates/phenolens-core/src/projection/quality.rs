//! How faithful a map is to the distances it was made from, and how the classes lie on it.

mod class_layout;
mod divergence;
mod draw;
mod neighborhoods;
#[cfg(test)]
mod tests;

use super::affinities::SparseMatrix;
use super::{ClassOnMap, MapQuality};
use crate::dataset::Dataset;
use crate::kernels::InstructionSet;
use crate::neighbors::Distance;

use class_layout::{class_center_correlation, class_on_map};
use divergence::divergence;
use draw::Draw;
use neighborhoods::Neighborhoods;

/// Neighbors that trustworthiness and continuity count, where there are samples enough.
const K_TRUST: usize = 12;

/// Neighbors whose being kept is counted, where there are samples enough.
const K_KEPT: usize = 10;

/// Up to how many samples every one is compared with all others.
const MAX_COMPARED: usize = 20_000;

/// Beyond, so many are drawn: with a standard error below 0.005 for the share of neighbors kept.
const N_DRAWN: usize = 2_000;

/// Samples of each class that are compared, where it has as many.
const MAX_OF_CLASS: usize = 50;

/// Measures a map of all samples.
///
/// Takes O(m n d) time for m compared samples, all up to 20,000 and 2,000 of more, and O(n) memory per
/// thread.
pub(super) fn quality(
    dataset: &Dataset,
    distance: Distance,
    affinities: &SparseMatrix,
    positions: &[[f64; 2]],
    instruction_set: InstructionSet,
) -> (MapQuality, Vec<ClassOnMap>) {
    let n_samples = dataset.n_samples();
    // Trustworthiness is defined below half of the samples; beyond, its scale could turn negative.
    let k_trust = K_TRUST.min((n_samples - 1) / 2);
    let k_kept = K_KEPT.min(n_samples - 1);
    let draw = if n_samples <= MAX_COMPARED {
        Draw::all(n_samples)
    } else {
        Draw::at_random(dataset, N_DRAWN, MAX_OF_CLASS)
    };
    let neighborhoods = Neighborhoods::new(
        dataset,
        distance,
        positions,
        [k_trust, k_kept],
        &draw,
        instruction_set,
    );
    let errors = neighborhoods.errors();
    let quality = MapQuality {
        kl: divergence(affinities, positions, instruction_set),
        k_trust,
        trustworthiness: neighborhoods.trustworthiness(),
        continuity: neighborhoods.continuity(),
        k_kept,
        neighbors_kept: neighborhoods.share_kept(),
        n_sampled: neighborhoods.n_drawn(),
        trustworthiness_error: errors.map(|[error, _, _]| error),
        continuity_error: errors.map(|[_, error, _]| error),
        neighbors_kept_error: errors.map(|[_, _, error]| error),
        class_center_correlation: class_center_correlation(dataset, distance, positions),
    };
    let classes = (0..dataset.n_classes())
        .map(|class| class_on_map(dataset, class, positions, &neighborhoods))
        .collect();
    (quality, classes)
}
