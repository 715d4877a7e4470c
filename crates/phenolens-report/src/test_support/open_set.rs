//! Made-up unknown classes: the first looks farthest, each later one a little less so.

use phenolens_core::dataset::Dataset;
use phenolens_core::evaluation::Interval;
use phenolens_core::neighbors::Distance;
use phenolens_core::open_set::{
    CommonThreshold, HeldOutClass, LEAST_CLASSES, MeanOverClasses, OpenSet, OpenSetDistance,
};

use super::Shape;

pub(super) fn open_set(dataset: &Dataset, shape: &Shape) -> Option<OpenSet> {
    let distances = shape.distances.iter();
    (dataset.n_classes() >= LEAST_CLASSES).then(|| OpenSet {
        protocol: shape.protocols[0],
        n_probes: dataset.n_samples(),
        distances: distances
            .map(|&distance| of_distance(dataset, distance))
            .collect(),
    })
}

fn of_distance(dataset: &Dataset, distance: Distance) -> OpenSetDistance {
    let lift = match distance {
        Distance::Cosine => 0.0625,
        Distance::Euclidean => 0.0,
    };
    let around = |value: f64| MeanOverClasses {
        value,
        interval: Some(Interval {
            low: value - 0.0625,
            high: value + 0.0625,
        }),
    };
    let n_classes = dataset.n_classes();
    let sizes = dataset.class_sizes();
    let held_out = |class: usize| {
        let auroc = 0.75 + lift - 0.125 * class as f64 / n_classes as f64;
        HeldOutClass {
            class,
            n_unknown: sizes[class],
            n_unknown_subjects: dataset.subjects_per_class()[class],
            n_known: dataset.n_samples() - sizes[class],
            auroc,
            auroc_interval: Some(Interval {
                low: auroc - 0.125,
                high: auroc + 0.125,
            }),
            oscr: auroc - 0.25,
            fnir_at_fpir_10: 0.625,
            threshold: 0.375,
            fpir_at_common: if class == 1 { 0.1875 } else { 0.0625 },
            fpir_left_out: 0.125,
        }
    };
    let misidentified = 0.25;
    let fnir = |step: i32| {
        let rate = f64::from(step) / 100.0;
        misidentified + (1.0 - misidentified) * (1.0 - rate).powi(4)
    };
    OpenSetDistance {
        distance,
        classes: (0..n_classes).map(held_out).collect(),
        auroc: around(0.6875 + lift),
        oscr: around(0.5 + lift),
        fnir_at_fpir_10: around(0.625 - lift),
        misidentified,
        fnir_by_chance: 0.925,
        fnir_curve: (0..=100).map(fnir).collect(),
        common: CommonThreshold {
            threshold: 0.40625,
            fpir: 0.09375,
            worst_class: 1,
            fpir_of_worst: 0.1875,
            fpir_left_out: 0.125,
            fnir: 0.65625,
        },
    }
}
