//! The made-up gallery and learning curves.

use phenolens_core::dataset::Dataset;
use phenolens_core::evaluation::{Interval, Measure, Protocol, Weights};
use phenolens_core::few_shot::{
    ClassSet, FewShot, LastStep, LearningCurve, LearningPoint, N_DRAWS, OverDraws,
};
use phenolens_core::gallery::{Average, GalleryRow, Identification, Kind, TOPS, TopFigure};
use phenolens_core::neighbors::Distance;

use super::Shape;

fn around(value: f64, half_width: f64) -> Interval {
    Interval {
        low: value - half_width,
        high: value + half_width,
    }
}

/// The last class is rare, the others frequent; where there are too few the rows are left out.
pub(super) fn identification(dataset: &Dataset, shape: &Shape) -> Identification {
    let n_rare = usize::from(dataset.n_classes() > 2);
    let n_frequent = dataset.n_classes() - n_rare;
    let row = |distance: Distance, gallery: Kind, probes: Kind, n_classes: usize, level: f64| {
        let figure = |top: usize, average: Average| {
            let value = level + 0.01 * top as f64;
            TopFigure {
                top,
                average,
                value,
                sd_over_splits: Some(0.03125),
                interval: Some(around(value, 0.0625)),
                chance: top as f64 / n_classes as f64,
            }
        };
        GalleryRow {
            distance,
            gallery,
            probes,
            n_classes,
            n_gallery: 80.5,
            n_probes: 11.5,
            n_probe_subjects: 40,
            figures: TOPS
                .into_iter()
                .filter(|&top| top < n_classes)
                .flat_map(|top| {
                    [Average::Images, Average::Classes].map(|average| figure(top, average))
                })
                .collect(),
        }
    };
    let rows = shape.distances.iter().flat_map(|&distance| {
        let mut rows = Vec::new();
        if n_frequent > 1 {
            let frequent = Kind::Frequent;
            rows.push(row(distance, frequent, frequent, n_frequent, 0.65));
            if n_rare > 0 {
                let n_all = dataset.n_classes();
                rows.push(row(distance, Kind::Unified, Kind::Frequent, n_all, 0.62));
                rows.push(row(distance, Kind::Unified, Kind::Rare, n_all, 0.42));
            }
        }
        rows
    });
    Identification {
        is_from_file: false,
        n_splits: 10,
        n_without_side: 0,
        is_sampled: false,
        n_frequent,
        n_rare,
        n_frequent_probed: n_frequent,
        n_rare_probed: n_rare,
        rows: rows.collect(),
        findings: Vec::new(),
    }
}

/// One to ten subjects; all but the last class are fixed, and the last drops out after five.
pub(super) fn few_shot(dataset: &Dataset, shape: &Shape) -> FewShot {
    let n_classes = dataset.n_classes();
    if n_classes < 3 {
        return FewShot {
            protocol: shape.protocols.first().copied(),
            n_draws: N_DRAWS,
            is_sampled: false,
            fixed_classes: Vec::new(),
            curves: Vec::new(),
        };
    }
    let curve = |distance: Distance, class_set: ClassSet| {
        let sizes = [1, 2, 5, 10];
        let point = |(index, subjects_per_class): (usize, usize)| {
            let level = 0.4 + 0.1 * index as f64 - 0.05 * f64::from(distance as u8);
            let value = |measure: Measure| OverDraws {
                measure,
                mean: level,
                sd: 0.0225,
                band: around(level, 0.03125),
                chance: None,
            };
            LearningPoint {
                subjects_per_class,
                k: subjects_per_class.min(9),
                n_classes: match class_set {
                    ClassSet::Enough if subjects_per_class <= 5 => n_classes,
                    _ => n_classes - 1,
                },
                n_training: 4.5 * subjects_per_class as f64,
                n_tested: 40.0,
                values: MEASURES.map(value).to_vec(),
            }
        };
        let step = |measure: Measure| LastStep {
            measure,
            from: 5,
            to: 10,
            difference: 0.1,
            sd: 0.0225,
            band: around(0.1, 0.03125),
            n_rising: 19,
            n_falling: 1,
            n_draws: N_DRAWS,
        };
        LearningCurve {
            distance,
            weights: Weights::Uniform,
            class_set,
            points: sizes.into_iter().enumerate().map(point).collect(),
            last_steps: match class_set {
                ClassSet::Fixed => MEASURES.map(step).to_vec(),
                ClassSet::Enough => Vec::new(),
            },
        }
    };
    FewShot {
        protocol: shape
            .protocols
            .first()
            .copied()
            .or(Some(Protocol::SubjectGrouped)),
        n_draws: N_DRAWS,
        is_sampled: false,
        fixed_classes: (0..n_classes - 1).collect(),
        curves: shape
            .distances
            .iter()
            .flat_map(|&distance| {
                [ClassSet::Fixed, ClassSet::Enough].map(|set| curve(distance, set))
            })
            .collect(),
    }
}

const MEASURES: [Measure; 3] = [Measure::Accuracy, Measure::F1Macro, Measure::AucMacro];
