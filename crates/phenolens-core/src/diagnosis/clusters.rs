use serde::Serialize;

use super::agreement::Contingency;
use super::density::density_clusters;
use crate::dataset::Dataset;
use crate::neighbors::Distance;
use crate::projection::Projection;

/// Up to this many samples maps are clustered.
const MAX_SAMPLES: usize = 20_000;

/// No cluster is smaller than this, nor than a hundredth of the samples.
const MIN_SIZE: usize = 10;

/// A class falls into several clusters where two or more hold this share of it.
const PART_SHARE: f64 = 0.2;

/// Clusters by density on a map, and how they agree with the classes.
///
/// They are clusters of the picture: t-SNE draws neighbors together and tears what is continuous.
#[derive(Debug, Clone, PartialEq)]
pub struct MapClusters {
    /// The distance whose map it is.
    pub distance: Distance,
    /// Least samples of a cluster: 10, or a hundredth of all.
    pub min_size: usize,
    /// The clusters, the largest first.
    pub clusters: Vec<MapCluster>,
    /// The cluster of every sample, an index into `clusters`; `None` in none.
    pub labels: Vec<Option<usize>>,
    /// Samples in none.
    pub n_noise: usize,
    /// How the clusters agree with the classes, the samples in none as one cluster more.
    pub agreement: Agreement,
    /// The same of the samples in a cluster alone, which flatters.
    pub agreement_inside: Agreement,
    /// Classes that fall into several clusters, in their order.
    pub split_classes: Vec<SplitClass>,
}

/// One cluster on a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapCluster {
    /// Its samples.
    pub n_samples: usize,
    /// The class that most of them have, an index into the class names; of equals the first.
    pub main_class: usize,
    /// Share of its samples that have it, from 0 to 1.
    pub main_share: f64,
}

/// How two partitions agree beyond chance: 1 is equal, 0 what chance gives on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Adjusted Rand index, of pairs of samples; `None` where undefined.
    pub adjusted_rand: Option<f64>,
    /// Adjusted mutual information, against the mean entropy; `None` where undefined.
    pub adjusted_information: Option<f64>,
}

/// A class of which two or more clusters hold a fifth each, and as many samples as a cluster needs.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitClass {
    /// The class, an index into the class names.
    pub class: usize,
    /// Its samples.
    pub n_samples: usize,
    /// These clusters, the one with most of the class first.
    pub parts: Vec<ClassPart>,
}

/// What a cluster holds of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassPart {
    /// The cluster, an index into [`MapClusters::clusters`].
    pub cluster: usize,
    /// Samples of the class in it.
    pub n_samples: usize,
}

/// Finds the clusters of a map; `None` above 20,000 samples.
///
/// Takes O(n²) time.
pub(super) fn map_clusters(dataset: &Dataset, projection: &Projection) -> Option<MapClusters> {
    let n_samples = dataset.n_samples();
    if n_samples > MAX_SAMPLES {
        return None;
    }
    let min_size = MIN_SIZE.max(n_samples.div_ceil(100));
    let found = density_clusters(&projection.positions, min_size);
    Some(describe(dataset, projection.distance, min_size, &found))
}

/// * `found`: the cluster of every sample, numbered in any way.
pub(super) fn describe(
    dataset: &Dataset,
    distance: Distance,
    min_size: usize,
    found: &[Option<usize>],
) -> MapClusters {
    let (labels, sizes) = by_size(found);
    let n_classes = dataset.n_classes();
    let classes = dataset.classes();
    let mut counts = vec![0; n_classes * sizes.len()];
    for (&class, cluster) in classes.iter().zip(&labels) {
        if let Some(cluster) = cluster {
            counts[class * sizes.len() + cluster] += 1;
        }
    }
    let count = |class: usize, cluster: usize| counts[class * sizes.len() + cluster];

    let cluster = |cluster: usize| {
        let most = (0..n_classes)
            .rev()
            .max_by_key(|&class| count(class, cluster));
        let main_class = most.unwrap_or(0);
        MapCluster {
            n_samples: sizes[cluster],
            main_class,
            main_share: count(main_class, cluster) as f64 / sizes[cluster] as f64,
        }
    };
    let class_sizes = dataset.class_sizes();
    let split_class = |class: usize| {
        let least = (PART_SHARE * class_sizes[class] as f64).max(min_size as f64);
        let mut parts: Vec<ClassPart> = (0..sizes.len())
            .filter(|&cluster| count(class, cluster) as f64 >= least)
            .map(|cluster| ClassPart {
                cluster,
                n_samples: count(class, cluster),
            })
            .collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.n_samples));
        (parts.len() > 1).then_some(SplitClass {
            class,
            n_samples: class_sizes[class],
            parts,
        })
    };
    let noise = sizes.len();
    let all = classes.iter().zip(&labels);
    let with_noise = all
        .clone()
        .map(|(&class, label)| (class, label.unwrap_or(noise)));
    let inside = all.filter_map(|(&class, label)| Some((class, (*label)?)));
    MapClusters {
        distance,
        min_size,
        clusters: (0..sizes.len()).map(cluster).collect(),
        n_noise: labels.iter().filter(|label| label.is_none()).count(),
        agreement: agreement(&Contingency::new(with_noise, n_classes, noise + 1)),
        agreement_inside: agreement(&Contingency::new(inside, n_classes, noise)),
        split_classes: (0..n_classes).filter_map(split_class).collect(),
        labels,
    }
}

fn agreement(table: &Contingency) -> Agreement {
    Agreement {
        adjusted_rand: table.adjusted_rand(),
        adjusted_information: table.adjusted_information(),
    }
}

/// Numbers clusters from 0 by falling size, equal ones by their first sample; gives the sizes too.
fn by_size(found: &[Option<usize>]) -> (Vec<Option<usize>>, Vec<usize>) {
    let n_found = found.iter().flatten().max().map_or(0, |last| last + 1);
    let mut sizes = vec![0; n_found];
    let mut by_first = Vec::new();
    for &cluster in found.iter().flatten() {
        if sizes[cluster] == 0 {
            by_first.push(cluster);
        }
        sizes[cluster] += 1;
    }
    // A stable sort: equal ones stay in the order of their first samples.
    by_first.sort_by_key(|&cluster| std::cmp::Reverse(sizes[cluster]));
    let mut numbers = vec![0; n_found];
    for (number, &cluster) in by_first.iter().enumerate() {
        numbers[cluster] = number;
    }
    let labels = found
        .iter()
        .map(|label| label.map(|cluster| numbers[cluster]));
    let sizes = by_first.iter().map(|&cluster| sizes[cluster]);
    (labels.collect(), sizes.collect())
}
