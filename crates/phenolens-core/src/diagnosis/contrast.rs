use serde::Serialize;

use super::measured::View;
use super::{Estimate, Hubness};
use crate::neighbors::Distance;
use crate::statistics::{Clustered, clustered_interval};

/// How far cosine and euclidean distance name the same neighbors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contrast {
    /// Neighbors of each sample that count.
    pub k: usize,
    /// Mean share of a sample's nearest neighbors that both distances have, from 0 to 1; its interval
    /// is over subjects.
    pub shared_neighbors: Estimate,
    /// Samples that are hubs by both.
    pub n_shared_hubs: usize,
}

/// Compares the tables of the two distances; `None` unless both are there.
pub(super) fn contrast(views: &[(&View, &Hubness)], confidence: f64) -> Option<Contrast> {
    let of = |distance| views.iter().find(|(view, _)| view.distance() == distance);
    let (cosine, cosine_hubs) = of(Distance::Cosine)?;
    let (euclidean, euclidean_hubs) = of(Distance::Euclidean)?;
    let k = cosine_hubs.k.min(euclidean_hubs.k);
    let evaluated = cosine.evaluated;
    let shared = |&sample: &usize| {
        let others = &euclidean.table.indices(sample)[..k];
        let nearest = cosine.table.indices(sample)[..k].iter();
        nearest.filter(|neighbor| others.contains(neighbor)).count() as f64 / k as f64
    };
    let shares: Vec<f64> = evaluated.samples.iter().map(shared).collect();
    let is_shared = |&sample: &usize| cosine_hubs.is_hub(sample) && euclidean_hubs.is_hub(sample);
    Some(Contrast {
        k,
        shared_neighbors: Estimate {
            value: shares.iter().sum::<f64>() / shares.len() as f64,
            interval: clustered_interval(
                Clustered {
                    values: &shares,
                    clusters: &evaluated.groups,
                },
                confidence,
            ),
        },
        n_shared_hubs: (0..cosine_hubs.occurrences.len()).filter(is_shared).count(),
    })
}
