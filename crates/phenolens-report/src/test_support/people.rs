//! Made-up figures per subject, and groups of people.

use phenolens_core::evaluation::{Interval, Measure, Protocol, Weights};
use phenolens_core::neighbors::Distance;
use phenolens_core::subgroups::{Group, GroupDifference, GroupMeasure, GroupedVariable, Subgroups};
use phenolens_core::subject_level::{
    FusedAgainstSingle, FusedFigures, Fusion, SubjectLevel, SubjectMeasure, SubjectRun,
};

use super::Shape;

fn around(value: f64, reach: f64) -> Interval {
    Interval {
        low: value - reach,
        high: value + reach,
    }
}

/// 63 subjects of whom 21 have several images, 50 together; every way of fusing is a little better than
/// the one before.
pub(super) fn subject_level(shape: &Shape) -> SubjectLevel {
    let measure = |step: f64| {
        move |measure| SubjectMeasure {
            measure,
            value: Some(0.75 + step),
            interval: Some(around(0.75 + step, 0.0625)),
            per_sample: Some(0.75),
            difference: Some(step),
            difference_interval: Some(around(step, 0.0234375)),
        }
    };
    let several = |step: f64| FusedAgainstSingle {
        measure: Measure::Accuracy,
        fused: 0.625 + step,
        single: 0.625,
        difference: step,
        interval: Some(around(step, 0.09375)),
    };
    let run = |&distance: &Distance| SubjectRun {
        distance,
        weights: Weights::Uniform,
        k: 9,
        fusions: Fusion::ALL
            .into_iter()
            .zip([0.015625, 0.03125, 0.046875])
            .map(|(fusion, step)| FusedFigures {
                fusion,
                measures: Measure::ALL.map(measure(step)).to_vec(),
                several: vec![several(4.0 * step)],
            })
            .collect(),
    };
    SubjectLevel {
        protocol: shape.protocols[0],
        n_subjects: 63,
        n_several: 21,
        n_samples_of_several: 50,
        runs: shape.distances.iter().map(run).collect(),
    }
}

/// Sex with two groups and some unknown, site with one group of three too small; site "north" differs.
pub(crate) fn subgroups() -> Subgroups {
    let group = |value: Option<&str>, n_subjects: usize, accuracy: f64| {
        let is_too_small = n_subjects < 10;
        let measure = |measure| GroupMeasure {
            measure,
            value: Some(accuracy),
            interval: Some(around(accuracy, 0.0625)),
        };
        Group {
            value: value.map(str::to_owned),
            n_subjects,
            n_samples: n_subjects + 5,
            is_too_small,
            measures: match is_too_small {
                true => Vec::new(),
                false => Measure::ALL.map(measure).to_vec(),
            },
            standardized_accuracy: (!is_too_small).then_some(accuracy - 0.015625),
            differences: Vec::new(),
        }
    };
    let against = |group: Group, difference: f64, p_value: f64, p_holm: f64| Group {
        differences: [Measure::Accuracy, Measure::F1Macro]
            .map(|measure| GroupDifference {
                measure,
                difference,
                interval: Some(around(difference, 0.0625)),
                by_class_mix: Some(-0.015625),
                p_value: Some(p_value),
                p_holm: Some(match measure {
                    Measure::Accuracy => p_holm,
                    _ => 1.0,
                }),
            })
            .to_vec(),
        ..group
    };
    Subgroups {
        protocol: Protocol::SubjectGrouped,
        distance: Distance::Cosine,
        weights: Weights::Uniform,
        k: 9,
        variables: vec![
            GroupedVariable {
                name: "sex".to_owned(),
                groups: vec![
                    against(group(Some("female"), 30, 0.75), 0.03125, 0.25, 1.0),
                    against(group(Some("male"), 21, 0.71875), -0.03125, 0.25, 1.0),
                    group(None, 12, 0.6875),
                ],
            },
            GroupedVariable {
                name: "site".to_owned(),
                groups: vec![
                    against(group(Some("north"), 25, 0.5), -0.25, 0.001953125, 0.015625),
                    against(group(Some("south"), 34, 0.75), 0.25, 0.001953125, 0.015625),
                    group(Some("=west"), 4, 0.5),
                ],
            },
        ],
        n_tests: 4,
        n_permutations: 2000,
        findings: Vec::new(),
    }
}
