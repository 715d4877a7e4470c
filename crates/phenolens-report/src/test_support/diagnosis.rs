//! A made-up diagnosis: every tenth sample is a hub, one pair is confused, two samples are suspects,
//! two lie far off, and the first class falls into two clusters.

use phenolens_core::dataset::Dataset;
use phenolens_core::diagnosis::{
    Agreement, ClassPart, ClassSilhouette, ConfusablePair, Contrast, Diagnosis, Directions,
    DistanceDiagnosis, Estimate, FarErrors, Geometry, HubVoters, Hubness, MapCluster, MapClusters,
    NormInformation, Outlier, Remoteness, RunDiagnosis, Silhouette, Silhouettes, SplitClass,
    Suspect, SuspicionReason,
};
use phenolens_core::evaluation::{Interval, Protocol, Weights};
use phenolens_core::neighbors::Distance;

use super::Shape;

pub(super) fn diagnosis(dataset: &Dataset, shape: &Shape) -> Diagnosis {
    let n_classes = dataset.n_classes();
    let run = |protocol: &Protocol, distance: &Distance| RunDiagnosis {
        protocol: *protocol,
        distance: *distance,
        weights: Weights::Uniform,
        k: 9,
        hub_voters: HubVoters {
            n_wrong: 30,
            n_wrong_by_hubs: 12,
            n_right: 62,
            n_right_by_hubs: 31,
            hub_share_wrong: Some(0.1875),
            hub_share_right: Some(0.25),
            difference: Some(around(-0.0625, 0.125)),
        },
        confusable_pairs: pairs(n_classes),
        suspects: suspects(n_classes),
        far_errors: FarErrors {
            n_far: 8,
            n_far_wrong: 5,
            n_others: 84,
            n_others_wrong: 25,
            difference: Some(around(0.328125, 0.25)),
            n_outliers: 2,
            n_outliers_wrong: 1,
            outlier_interval: Some(Interval {
                low: 0.09375,
                high: 0.90625,
            }),
        },
    };
    let protocols = shape.protocols.iter();
    let has_both = shape.distances.len() > 1;
    Diagnosis {
        directions: Directions {
            mean_cosine: Some(around(0.125, 0.0625)),
            mean_length: around(0.375, 0.0625),
        },
        norms: (n_classes > 1).then_some(NormInformation {
            n_subjects: dataset.n_subjects(),
            eta_squared: 0.0625,
            expected: 0.03125,
            p_value: Some(0.25),
        }),
        contrast: has_both.then_some(Contrast {
            k: 10,
            shared_neighbors: around(0.5, 0.0625),
            n_shared_hubs: 3,
        }),
        clusters: match shape.has_maps {
            true => shape
                .distances
                .iter()
                .map(|d| clusters(dataset, *d))
                .collect(),
            false => Vec::new(),
        },
        distances: shape
            .distances
            .iter()
            .map(|&distance| DistanceDiagnosis {
                distance,
                geometry: geometry(dataset),
                hubness: hubness(dataset.n_samples()),
                norm_occurrence: Some(match distance {
                    Distance::Cosine => around(0.125, 0.25),
                    Distance::Euclidean => around(-0.5, 0.125),
                }),
                silhouettes: silhouettes(dataset, distance),
                remoteness: remoteness(dataset.n_samples()),
            })
            .collect(),
        runs: protocols
            .flat_map(|protocol| shape.distances.iter().map(|d| run(protocol, d)))
            .collect(),
    }
}

fn around(value: f64, half_width: f64) -> Estimate {
    Estimate {
        value,
        interval: Some(Interval {
            low: value - half_width,
            high: value + half_width,
        }),
    }
}

fn geometry(dataset: &Dataset) -> Geometry {
    Geometry {
        n_points: dataset.n_subjects(),
        n_subjects: dataset.n_subjects(),
        n_coincident: 0,
        two_nn: Some(around(3.25, 0.25)),
        maximum_likelihood: Some(around(3.5, 0.125)),
        participation_ratio: Some(3.125),
        first_component_share: Some(0.375),
    }
}

/// Falling from class to class, and lower by euclidean.
fn silhouettes(dataset: &Dataset, distance: Distance) -> Silhouettes {
    let n_classes = dataset.n_classes();
    let silhouette = |n_samples, value: f64| Silhouette {
        n_samples,
        mean: around(value, 0.03125),
        mean_without_own_subject: value - 0.015625,
        share_negative: 0.25,
    };
    let highest = match distance {
        Distance::Cosine => 0.25,
        Distance::Euclidean => 0.1875,
    };
    let sizes = dataset.class_sizes();
    let class = |class: usize| ClassSilhouette {
        class,
        silhouette: silhouette(sizes[class], highest - 0.125 * (class % 4) as f64),
        nearest: (n_classes > 1).then_some((class + 1) % n_classes),
    };
    Silhouettes {
        n_samples: dataset.n_samples(),
        n_evaluated: dataset.n_samples(),
        overall: silhouette(dataset.n_samples(), highest - 0.0625),
        classes: (0..n_classes).map(class).collect(),
    }
}

fn remoteness(n_samples: usize) -> Remoteness {
    let outlier = |sample, neighbor_distance, robust_z| Outlier {
        sample,
        neighbor_distance,
        robust_z,
    };
    Remoteness {
        k: 10,
        limit: 4.0,
        median: 0.25,
        outliers: vec![outlier(6, 0.75, 5.5), outlier(2, 0.5, 4.25)],
        distances: vec![Some(0.25); n_samples],
    }
}

/// The samples in turn in the first cluster, in the second and, every fourth, in none.
fn clusters(dataset: &Dataset, distance: Distance) -> MapClusters {
    let n_samples = dataset.n_samples();
    let label = |sample: usize| Some(sample % 4 / 2).filter(|_| sample % 4 != 3);
    let labels: Vec<Option<usize>> = (0..n_samples).map(label).collect();
    let size = |cluster| {
        labels
            .iter()
            .filter(|&&label| label == Some(cluster))
            .count()
    };
    let cluster = |cluster| MapCluster {
        n_samples: size(cluster),
        main_class: 0,
        main_share: 0.5,
    };
    let part = |cluster, n_samples| ClassPart { cluster, n_samples };
    MapClusters {
        distance,
        min_size: 10,
        clusters: vec![cluster(0), cluster(1)],
        n_noise: labels.iter().filter(|label| label.is_none()).count(),
        labels: labels.clone(),
        agreement: Agreement {
            adjusted_rand: Some(0.25),
            adjusted_information: Some(0.375),
        },
        agreement_inside: Agreement {
            adjusted_rand: Some(0.5),
            adjusted_information: Some(0.625),
        },
        split_classes: vec![SplitClass {
            class: 0,
            n_samples: 35,
            parts: vec![part(0, 18), part(1, 10)],
        }],
    }
}

fn hubness(n_samples: usize) -> Hubness {
    let is_hub = |sample: usize| sample % 10 == 3;
    let of_hubs = |many: usize, few: usize| -> Vec<usize> {
        let count = |sample| if is_hub(sample) { many } else { few };
        (0..n_samples).map(count).collect()
    };
    Hubness {
        k: 10,
        skewness: Some(1.625),
        hub_limit: 25.5,
        n_hubs: (0..n_samples).filter(|&sample| is_hub(sample)).count(),
        n_anti_hubs: 1,
        hub_share: 0.25,
        occurrences: of_hubs(40, 7),
        bad_occurrences: of_hubs(13, 2),
    }
}

fn pairs(n_classes: usize) -> Vec<ConfusablePair> {
    let pair = ConfusablePair {
        class: 0,
        other: 1,
        n_samples: 35,
        rate: 0.25,
        rate_interval: Interval {
            low: 0.125,
            high: 0.375,
        },
        reverse_rate: 0.0625,
        expected_rate: 0.03125,
        p_value: 0.0009765625,
        p_holm: 0.005859375,
        is_mutual: false,
    };
    vec![pair; usize::from(n_classes > 2)]
}

fn suspects(n_classes: usize) -> Vec<Suspect> {
    let suspect = |sample, reason| Suspect {
        sample,
        suggested: n_classes - 1,
        score_of_label: 0.0,
        score_of_suggested: 0.75,
        reason,
    };
    vec![
        suspect(4, SuspicionReason::Both),
        suspect(5, SuspicionReason::Confident),
    ]
}
