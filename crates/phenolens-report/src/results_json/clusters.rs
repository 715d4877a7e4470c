//! Clusters on the maps, with ids of classes in place of indices and without samples.

use phenolens_core::diagnosis::{Agreement, MapClusters};
use phenolens_core::neighbors::Distance;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ClusterResults<'a> {
    distance: Distance,
    min_size: usize,
    n_noise: usize,
    agreement: Agreement,
    agreement_inside: Agreement,
    clusters: Vec<Cluster<'a>>,
    split_classes: Vec<SplitClass<'a>>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    n_samples: usize,
    main_class: &'a str,
    main_share: f64,
}

#[derive(Serialize)]
struct SplitClass<'a> {
    class: &'a str,
    n_samples: usize,
    /// Samples of the class in each of the clusters that it falls into.
    parts: Vec<usize>,
}

pub(super) fn clusters<'a>(
    clusters: &'a [MapClusters],
    names: &'a [String],
) -> Vec<ClusterResults<'a>> {
    let of_map = |of_map| map_results(of_map, names);
    clusters.iter().map(of_map).collect()
}

fn map_results<'a>(of_map: &'a MapClusters, names: &'a [String]) -> ClusterResults<'a> {
    ClusterResults {
        distance: of_map.distance,
        min_size: of_map.min_size,
        n_noise: of_map.n_noise,
        agreement: of_map.agreement,
        agreement_inside: of_map.agreement_inside,
        clusters: of_map
            .clusters
            .iter()
            .map(|cluster| Cluster {
                n_samples: cluster.n_samples,
                main_class: &names[cluster.main_class],
                main_share: cluster.main_share,
            })
            .collect(),
        split_classes: of_map
            .split_classes
            .iter()
            .map(|class| SplitClass {
                class: &names[class.class],
                n_samples: class.n_samples,
                parts: class.parts.iter().map(|part| part.n_samples).collect(),
            })
            .collect(),
    }
}
