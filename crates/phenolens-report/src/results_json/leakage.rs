//! The audit of leaks in `results.json`.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{
    DuplicateEffect, ExposedTo, Exposure, Protocol, Removal, Weights,
};
use phenolens_core::neighbors::Distance;
use serde::Serialize;

/// `Leakage` without its single pairs.
#[derive(Serialize)]
pub(super) struct LeakageResults<'a> {
    removals: &'a [Removal],
    n_duplicate_clusters: usize,
    duplicate_effects: &'a [DuplicateEffect],
    exposures: Vec<ExposureResults>,
}

/// [`Exposure`] with shares in place of counts of what is right.
#[derive(Serialize)]
struct ExposureResults {
    protocol: Protocol,
    distance: Distance,
    weights: Weights,
    k: usize,
    exposed_to: ExposedTo,
    n_exposed: usize,
    accuracy_exposed: Option<f64>,
    n_others: usize,
    accuracy_others: Option<f64>,
}

/// The audit as it is written.
pub(super) fn leakage_results(analysis: &Analysis) -> Option<LeakageResults<'_>> {
    let leakage = analysis.leakage.as_ref()?;
    let exposure = |exposure: &Exposure| ExposureResults {
        protocol: exposure.protocol,
        distance: exposure.distance,
        weights: exposure.weights,
        k: exposure.k,
        exposed_to: exposure.to,
        n_exposed: exposure.n_exposed,
        accuracy_exposed: exposure.accuracy_exposed(),
        n_others: exposure.n_others,
        accuracy_others: exposure.accuracy_others(),
    };
    let clusters = analysis.duplicate_clusters.iter();
    Some(LeakageResults {
        removals: &leakage.removals,
        n_duplicate_clusters: clusters.copied().max().unwrap_or(0),
        duplicate_effects: &leakage.duplicates,
        exposures: leakage.exposures.iter().map(exposure).collect(),
    })
}
