//! A made-up diagnosis: every tenth sample is a hub, one pair is confused, two samples are suspects.

use phenolens_core::dataset::Dataset;
use phenolens_core::diagnosis::{
    ConfusablePair, Diagnosis, DistanceDiagnosis, HubVoters, Hubness, RunDiagnosis, Suspect,
    SuspicionReason,
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
        },
        confusable_pairs: pairs(n_classes),
        suspects: suspects(n_classes),
    };
    let protocols = shape.protocols.iter();
    Diagnosis {
        distances: shape
            .distances
            .iter()
            .map(|&distance| DistanceDiagnosis {
                distance,
                hubness: hubness(dataset.n_samples()),
            })
            .collect(),
        runs: protocols
            .flat_map(|protocol| shape.distances.iter().map(|d| run(protocol, d)))
            .collect(),
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
