//! The made-up evaluation.

use phenolens_core::dataset::Dataset;
use phenolens_core::evaluation::{
    AgainstOthers, Chance, Comparison, Confusion, FoldTest, Interval, KBand, KPoint, McNemar,
    Measure, MeasureSummary, Measures, Nested, NestedFold, Optimism, PerClass, Prediction,
    Protocol, ProtocolEvaluation, Rise, RocBand, RocCurve, RocSubject, Run, Scores, Weights,
};
use phenolens_core::neighbors::Distance;

use super::{K_MAX, N_FOLDS, Shape};

/// One protocol with a run per distance.
pub(super) fn protocol_evaluation(
    dataset: &Dataset,
    shape: &Shape,
    index: usize,
    protocol: Protocol,
) -> ProtocolEvaluation {
    let run_of = |distance: &Distance| run(dataset, index, *distance);
    let runs: Vec<Run> = shape.distances.iter().map(run_of).collect();
    let find = |distance| runs.iter().find(|run| run.distance == distance);
    let comparisons = match (find(Distance::Cosine), find(Distance::Euclidean)) {
        (Some(cosine), Some(euclidean)) => compare(cosine, euclidean),
        _ => Vec::new(),
    };
    ProtocolEvaluation {
        protocol,
        n_folds: N_FOLDS,
        folds: fold_of_samples(dataset),
        runs,
        mcnemar: match comparisons.is_empty() {
            true => Vec::new(),
            false => vec![McNemar {
                weights: Weights::Uniform,
                n_subjects: 40,
                n_both: 20,
                n_cosine_only: 9,
                n_euclidean_only: 3,
                p_value: 0.1459,
            }],
        },
        comparisons,
    }
}

/// By subject, in turn.
fn fold_of_samples(dataset: &Dataset) -> Vec<usize> {
    dataset
        .subjects()
        .iter()
        .map(|subject| subject % N_FOLDS)
        .collect()
}

fn compare(cosine: &Run, euclidean: &Run) -> Vec<Comparison> {
    let pairs = cosine.summary.iter().zip(&euclidean.summary);
    pairs
        .filter_map(|(first, second)| {
            let (cosine, euclidean) = (first.pooled?, second.pooled?);
            let difference = cosine - euclidean;
            Some(Comparison {
                weights: Weights::Uniform,
                measure: first.measure,
                cosine,
                euclidean,
                difference,
                interval: Some(Interval {
                    low: difference - 0.0225,
                    high: difference + 0.0225,
                }),
                p_value: Some(0.0625),
                p_holm: Some(1.0),
                over_folds: Some(FoldTest {
                    n_folds: N_FOLDS,
                    cosine,
                    euclidean,
                    difference,
                    t: 1.5,
                    p_value: 0.125,
                }),
            })
        })
        .collect()
}

/// A run whose figures fall a little from protocol to protocol and distance to distance.
fn run(dataset: &Dataset, protocol: usize, distance: Distance) -> Run {
    let handicap = match distance {
        Distance::Cosine => 0.0,
        Distance::Euclidean => 0.03,
    };
    let level = 0.78 + 0.04 * protocol as f64 - handicap;
    let k = match distance {
        Distance::Cosine => 9,
        Distance::Euclidean => 7,
    };
    let folds = fold_of_samples(dataset);
    let predictions = predictions(dataset, &folds, 3 + usize::from(handicap > 0.0));
    let confusion = confusion(dataset, &predictions);
    let fold_size = |fold| folds.iter().filter(|&&other| other == fold).count();
    let fold_sizes: Vec<usize> = (0..N_FOLDS).map(fold_size).collect();
    let k_point = |k: usize| {
        let distance_from_best = k.abs_diff(8) as f64;
        let at = |shift: f64| measures(level - 0.004 * distance_from_best + shift);
        KPoint {
            repeat: 0,
            k,
            folds: (0..N_FOLDS)
                .map(|fold| at(0.02 * fold as f64 - 0.03))
                .collect(),
            fold_sizes: fold_sizes.clone(),
            mean: at(0.0),
            sd: Measures([Some(0.0225); Measure::ALL.len()]),
            pooled: at(0.005),
        }
    };
    let k_points: Vec<KPoint> = (1..=K_MAX).map(k_point).collect();
    let summary = Measure::ALL
        .map(|measure| summary(&k_points[k - 1], measure))
        .to_vec();
    Run {
        distance,
        weights: Weights::Uniform,
        k,
        summary,
        per_class: per_class(dataset, &confusion),
        confusion,
        k_bands: k_bands(&k_points),
        roc: roc(dataset.n_classes(), level),
        roc_band: Some(roc_band(level)),
        scores: scores(dataset, &predictions),
        predictions,
        nested: vec![nested(level, k)],
        rise: Some(Rise {
            measure: Measure::F1Macro,
            k: K_MAX,
            half_k: K_MAX / 2,
            difference: -0.024,
            interval: Some(Interval {
                low: -0.032,
                high: -0.016,
            }),
        }),
        k_points,
    }
}

/// Intervals at every k of the measures that figures show.
fn k_bands(points: &[KPoint]) -> Vec<KBand> {
    let shown = [
        Measure::F1Macro,
        Measure::Accuracy,
        Measure::AucMacro,
        Measure::Top3,
    ];
    let band = |point: &KPoint, measure: Measure| {
        let pooled = point.pooled.get(measure)?;
        Some(KBand {
            k: point.k,
            measure,
            pooled,
            interval: Interval {
                low: pooled - 0.03125,
                high: (pooled + 0.03125).min(1.0),
            },
        })
    };
    let of_point = |point| {
        shown
            .into_iter()
            .filter_map(move |measure| band(point, measure))
    };
    points.iter().flat_map(of_point).collect()
}

/// A band around the macro curve of [`roc`].
fn roc_band(level: f64) -> RocBand {
    let power = (level * 20.0) as i32;
    let fpr: Vec<f64> = (0..=100).map(|step| f64::from(step) / 100.0).collect();
    let at = |shift: f64| -> Vec<f64> {
        let rate = |&x: &f64| (1.0 - (1.0 - x).powi(power) + shift * (1.0 - x)).clamp(0.0, 1.0);
        fpr.iter().map(rate).collect()
    };
    RocBand {
        low: at(-0.03125),
        high: at(0.03125),
        fpr,
    }
}

/// A nested selection that is 0.0125 below the plain one and wavers between two ks.
fn nested(level: f64, k: usize) -> Nested {
    let fold = |fold| NestedFold {
        fold,
        k: k - fold % 2,
        measures: measures(level - 0.0125 + 0.02 * fold as f64 - 0.03),
    };
    Nested {
        folds: (0..N_FOLDS).map(fold).collect(),
        mean: measures(level - 0.0125),
        sd: Measures([Some(0.0225); Measure::ALL.len()]),
        pooled: measures(level - 0.01),
        optimism: Some(Optimism {
            measure: Measure::F1Macro,
            plain: level,
            nested: level - 0.0125,
            difference: 0.0125,
            interval: Some(Interval {
                low: -0.0025,
                high: 0.0275,
            }),
        }),
    }
}

/// Every measure near `level`; those where less is better near its rest.
fn measures(level: f64) -> Measures {
    Measures(Measure::ALL.map(|measure| {
        let value = match measure {
            Measure::AucMacro | Measure::AucWeighted | Measure::AucMicro => (2.0 + level) / 3.0,
            Measure::Top2 | Measure::Top3 | Measure::Top4 | Measure::Top5 => (1.0 + level) / 2.0,
            _ if measure.higher_is_better() => level,
            _ => 1.0 - level,
        };
        Some(value)
    }))
}

fn summary(point: &KPoint, measure: Measure) -> MeasureSummary {
    let pooled = point.pooled.get(measure);
    let around = |value: f64| Interval {
        low: value - 0.03125,
        high: (value + 0.03125).min(1.0),
    };
    MeasureSummary {
        measure,
        mean: point.mean.get(measure),
        sd: point.sd.get(measure),
        sd_between_folds: point.sd.get(measure),
        sd_between_repeats: None,
        pooled,
        interval: pooled.map(around),
        chance: Chance {
            largest_class: Some(0.25),
            shuffled_labels: Some(0.3125),
        },
    }
}

/// Every `stride`-th sample is taken for the next class.
fn predictions(dataset: &Dataset, folds: &[usize], stride: usize) -> Vec<Prediction> {
    let n_classes = dataset.n_classes();
    (0..dataset.n_samples())
        .map(|sample| {
            let truth = dataset.classes()[sample];
            let is_wrong = sample % stride == 1;
            let predicted = (truth + usize::from(is_wrong)) % n_classes;
            Prediction {
                sample,
                fold: folds[sample],
                predicted,
                rank_of_true: if is_wrong { 2.0 } else { 1.0 },
            }
        })
        .collect()
}

/// A quarter for the true class, the rest for the predicted one.
fn scores(dataset: &Dataset, predictions: &[Prediction]) -> Scores {
    let mut all = Scores::new(dataset.n_classes());
    for prediction in predictions {
        let mut scores = vec![0.0; dataset.n_classes()];
        scores[dataset.classes()[prediction.sample]] += 0.25;
        scores[prediction.predicted] += 0.75;
        all.push(scores.into_iter().enumerate());
    }
    all
}

fn confusion(dataset: &Dataset, predictions: &[Prediction]) -> Confusion {
    let n_classes = dataset.n_classes();
    let mut counts = vec![0; n_classes * n_classes];
    for prediction in predictions {
        let truth = dataset.classes()[prediction.sample];
        counts[truth * n_classes + prediction.predicted] += 1;
    }
    Confusion { n_classes, counts }
}

fn per_class(dataset: &Dataset, confusion: &Confusion) -> Vec<PerClass> {
    let classes = 0..dataset.n_classes();
    let n_subjects = dataset.subjects_per_class();
    let sizes = dataset.class_sizes();
    classes
        .clone()
        .map(|class| {
            let right = confusion.count(class, class) as f64;
            let n_predicted: usize = classes
                .clone()
                .map(|truth| confusion.count(truth, class))
                .sum();
            let recall = right / sizes[class] as f64;
            let precision = right / n_predicted.max(1) as f64;
            let f1 = 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE);
            let around = |value: f64| Interval {
                low: (value - 0.125).max(0.0),
                high: (value + 0.125).min(1.0),
            };
            PerClass {
                class,
                n_subjects: n_subjects[class],
                support: sizes[class],
                precision,
                precision_interval: Some(around(precision)),
                recall,
                recall_interval: around(recall),
                f1,
                f1_interval: Some(around(f1)),
                auc: Some(0.9375),
                auc_interval: Some(around(0.9375)),
                against_others: (dataset.n_classes() > 1).then_some(AgainstOthers {
                    recall: 0.75,
                    p_value: 0.25,
                    p_holm: 0.75,
                }),
            }
        })
        .collect()
}

/// Curves `1 - (1 - x)^power`, steeper for a higher level.
fn roc(n_classes: usize, level: f64) -> Vec<RocCurve> {
    let curve = |subject, power: i32| {
        let rise = |step: usize| 1.0 - (1.0 - step as f64 / 1000.0).powi(power);
        let tpr_mean: Vec<f64> = (0..=1000).map(rise).collect();
        RocCurve {
            subject,
            tpr_sd: tpr_mean
                .iter()
                .map(|rate| 0.25 * rate * (1.0 - rate))
                .collect(),
            tpr_mean,
            area_mean: 1.0 - 1.0 / f64::from(power + 1),
            area_sd: 0.0125,
        }
    };
    let power = (level * 20.0) as i32;
    let summaries = [
        curve(RocSubject::Macro, power),
        curve(RocSubject::Micro, power + 2),
    ];
    let classes = (0..n_classes).map(|class| curve(RocSubject::Class(class), power + class as i32));
    summaries.into_iter().chain(classes).collect()
}
