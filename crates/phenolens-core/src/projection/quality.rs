//! How faithful a map is to the distances it was made from, and how the classes lie on it.

mod class_layout;
pub(super) mod divergence;
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
use neighborhoods::Neighborhoods;

/// Neighbors that trustworthiness and continuity count, where there are samples enough.
const K_TRUST: usize = 12;

/// Neighbors whose being kept is counted, where there are samples enough.
const K_KEPT: usize = 10;

/// Measures a map of all samples.
///
/// Takes O(n² d) time and O(n) memory per thread.
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
    let neighborhoods = Neighborhoods::new(
        dataset,
        distance,
        positions,
        [k_trust, k_kept],
        instruction_set,
    );
    let quality = MapQuality {
        kl: divergence(affinities, positions, instruction_set),
        k_trust,
        trustworthiness: neighborhoods.trustworthiness(),
        continuity: neighborhoods.continuity(),
        k_kept,
        neighbors_kept: neighborhoods.share_kept(),
        class_center_correlation: class_center_correlation(dataset, distance, positions),
    };
    let classes = (0..dataset.n_classes())
        .map(|class| class_on_map(dataset, class, positions, &neighborhoods))
        .collect();
    (quality, classes)
}
