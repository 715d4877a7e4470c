//! A made-up analysis to test reports with: small, structurally whole, the same every time.
//!
//! The figures in it hang together where a report relies on it (confusion and per-class counts come
//! from the predictions, sizes from the dataset), and are plain inventions elsewhere.

use phenolens_core::analysis::{Analysis, AnalysisParams};
use phenolens_core::dataset::{Dataset, SampleId};
use phenolens_core::evaluation::{
    Chance, Comparison, Confusion, Evaluation, EvaluationParams, Interval, KPoint, Measure,
    MeasureSummary, Measures, Nested, NestedFold, Optimism, PerClass, Prediction, Protocol,
    ProtocolEvaluation, RocCurve, RocSubject, Run, Weights,
};
use phenolens_core::exploration::{
    ClassSummary, DistanceSummary, Exploration, PairGroup, Spread, SubjectCount,
};
use phenolens_core::findings::{Finding, Severity};
use phenolens_core::neighbors::Distance;
use phenolens_core::projection::{ClassOnMap, MapParams, MapQuality, MapSettings, Projection};
use phenolens_core::random::{Stream, Use};
use phenolens_core::validation::{DuplicatePair, RowCounts};

use crate::{Context, Formats, Words};

/// What is made up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    /// The class ids, in any order; a repeated id is one class.
    pub(crate) class_ids: Vec<String>,
    /// The distances that are evaluated, explored and mapped.
    pub(crate) distances: Vec<Distance>,
    /// The protocols, the headline first.
    pub(crate) protocols: Vec<Protocol>,
    /// Whether there are maps.
    pub(crate) has_maps: bool,
    /// Subjects of the first class; each later class has fewer, at least 4.
    pub(crate) n_subjects: usize,
}

impl Default for Shape {
    /// Three classes, both distances, both protocols, two maps.
    fn default() -> Shape {
        Shape {
            class_ids: ["300000002", "300000007", "300000018"]
                .map(String::from)
                .to_vec(),
            distances: vec![Distance::Cosine, Distance::Euclidean],
            protocols: vec![Protocol::SubjectGrouped, Protocol::ImageLevel],
            has_maps: true,
            n_subjects: 24,
        }
    }
}

impl Shape {
    /// The default with other classes.
    pub(crate) fn with_classes<T: ToString>(ids: impl IntoIterator<Item = T>) -> Shape {
        Shape {
            class_ids: ids.into_iter().map(|id| id.to_string()).collect(),
            ..Shape::default()
        }
    }
}

/// The folds of every protocol here.
const N_FOLDS: usize = 4;
/// The greatest k here.
const K_MAX: usize = 15;

/// A context with the first users' words, one class label and every format.
pub(crate) fn context() -> Context {
    Context {
        source_name: "cohort.p".to_owned(),
        source_bytes: 12_345,
        source_sha256: "0".repeat(64),
        other_inputs: Vec::new(),
        content_digest: "1".repeat(64),
        words: Words {
            class: "syndrome".to_owned(),
            subject: "subject".to_owned(),
            sample: "image".to_owned(),
        },
        class_labels: vec![("300000007".to_owned(), "Example syndrome".to_owned())],
        settings: "seed = 42\n".to_owned(),
        command: "phenolens run cohort.p --config phenolens.toml".to_owned(),
        version: "0.1.0".to_owned(),
        formats: Formats {
            html: true,
            md: true,
            svg: true,
            png: true,
        },
    }
}

/// The default made-up analysis.
pub(crate) fn analysis() -> Analysis {
    analysis_of(&Shape::default())
}

/// A made-up analysis of that shape; see [`Shape`].
pub(crate) fn analysis_of(shape: &Shape) -> Analysis {
    let dataset = dataset(shape);
    let mut evaluation = EvaluationParams {
        distances: shape.distances.clone(),
        protocols: shape.protocols.clone(),
        n_folds: N_FOLDS,
        ..EvaluationParams::default()
    };
    evaluation.k_max = K_MAX;
    let map_distances = match shape.has_maps {
        true => shape.distances.clone(),
        false => Vec::new(),
    };
    let map = MapParams {
        distances: map_distances.clone(),
        ..MapParams::default()
    };
    let duplicate = DuplicatePair {
        first: 0,
        second: 3,
        cosine: 0.0625,
        euclidean: 1.5,
    };
    let used = dataset.n_samples();
    Analysis {
        params: AnalysisParams {
            evaluation,
            map,
            ..AnalysisParams::default()
        },
        rows: RowCounts {
            read: used + 1,
            used,
            set_aside: 1,
        },
        findings: findings(&dataset),
        duplicates: vec![duplicate],
        neighbors: Vec::new(),
        exploration: exploration(&dataset, &shape.distances),
        evaluation: Evaluation {
            protocols: shape
                .protocols
                .iter()
                .enumerate()
                .map(|(index, &protocol)| protocol_evaluation(&dataset, shape, index, protocol))
                .collect(),
            class_names: dataset.class_names().to_vec(),
            samples: (0..used).collect(),
            n_groups: dataset.n_subjects(),
            findings: Vec::new(),
        },
        projections: map_distances
            .iter()
            .map(|&distance| projection(&dataset, distance))
            .collect(),
        dataset,
    }
}

/// Subjects of falling number per class; every third has two samples, every ninth three.
fn dataset(shape: &Shape) -> Dataset {
    let mut ids = Vec::new();
    let mut vectors = Vec::new();
    let mut stream = Stream::new(1, Use::Synth, 0);
    for (class, name) in shape.class_ids.iter().enumerate() {
        let n_subjects = (shape.n_subjects - shape.n_subjects.min(3 * class)).max(4);
        for subject in 0..n_subjects {
            let n_samples = 1 + usize::from(subject % 3 == 0) + usize::from(subject % 9 == 0);
            for sample in 0..n_samples {
                ids.push(SampleId {
                    class: name.clone(),
                    subject: format!("{class}-{subject:03}"),
                    sample: format!("{sample}"),
                });
                let value = |axis: usize| f64::from(u8::from(axis == class % 4)) * 3.0;
                vectors.extend((0..4).map(|axis| (value(axis) + stream.normal()) as f32));
            }
        }
    }
    Dataset::new(vectors, 4, ids).expect("finite vectors that are not zero")
}

fn findings(dataset: &Dataset) -> Vec<Finding> {
    let class = &dataset.class_names()[0];
    vec![
        Finding::new(
            Severity::Error,
            "missing_vector",
            "the record has no vector; it was set aside".to_owned(),
        )
        .of_class(class),
        Finding::new(
            Severity::Warning,
            "near_duplicates",
            "1 pair of samples of different subjects is nearer than 0.25".to_owned(),
        ),
    ]
}

fn exploration(dataset: &Dataset, distances: &[Distance]) -> Exploration {
    let n_samples = dataset.n_samples();
    let sizes = dataset.class_sizes();
    let n_subjects = dataset.subjects_per_class();
    let classes = dataset
        .class_names()
        .iter()
        .enumerate()
        .map(|(class, name)| ClassSummary {
            class: name.clone(),
            n_subjects: n_subjects[class],
            n_samples: sizes[class],
            share: sizes[class] as f64 / n_samples as f64,
            samples_per_subject_mean: sizes[class] as f64 / n_subjects[class] as f64,
            norm_mean: 3.5,
            norm_sd: 0.25,
        })
        .collect();

    let mut per_subject = vec![0_usize; dataset.n_subjects()];
    for &subject in dataset.subjects() {
        per_subject[subject] += 1;
    }
    let most = per_subject.iter().copied().max().unwrap_or(0);
    let samples_per_subject = (1..=most)
        .map(|n_samples| SubjectCount {
            n_samples,
            n_subjects: per_subject.iter().filter(|&&n| n == n_samples).count(),
        })
        .filter(|count| count.n_subjects > 0)
        .collect();
    let ratio = |counts: &[usize]| {
        let most = counts.iter().copied().max().unwrap_or(1);
        let least = counts.iter().copied().min().unwrap_or(1);
        most as f64 / least as f64
    };
    Exploration {
        n_samples,
        n_subjects: dataset.n_subjects(),
        n_dims: dataset.n_dims(),
        imbalance_samples: ratio(&sizes),
        imbalance_subjects: ratio(&n_subjects),
        effective_classes: dataset.n_classes() as f64 * 0.9,
        norms: spread(n_samples, 3.5, 0.25),
        classes,
        samples_per_subject,
        distances: distances
            .iter()
            .map(|&distance| distances_of(distance))
            .collect(),
    }
}

/// Bell-like histograms, the three groups one after another.
fn distances_of(distance: Distance) -> DistanceSummary {
    let unit = match distance {
        Distance::Cosine => 0.03,
        Distance::Euclidean => 0.4,
    };
    let group = |peak: i64, size: i64| PairGroup {
        spread: spread(1000, (peak as f64 + 0.5) * unit, 6.0 * unit),
        counts: (0..50)
            .map(|bin: i64| (size - (bin - peak).pow(2) * size / 144).max(0) as usize)
            .collect(),
    };
    DistanceSummary {
        distance,
        same_subject: Some(group(14, 12)),
        within_class: Some(group(24, 5_000)),
        between_classes: Some(group(33, 20_000)),
        separation: Some(0.8125),
        bin_edges: (0..=50).map(|edge| f64::from(edge) * unit).collect(),
        is_complete: true,
        classes: Vec::new(),
    }
}

fn spread(count: usize, mean: f64, sd: f64) -> Spread {
    Spread {
        count,
        mean,
        sd,
        min: mean - 2.0 * sd,
        q25: mean - 0.7 * sd,
        median: mean,
        q75: mean + 0.7 * sd,
        max: mean + 2.0 * sd,
    }
}

fn protocol_evaluation(
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
        k_points,
        k,
        summary,
        per_class: per_class(dataset, &confusion),
        confusion,
        roc: roc(dataset.n_classes(), level),
        predictions,
        nested: vec![nested(level, k)],
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
            let mut scores = vec![0.0; n_classes];
            scores[truth] += 0.25;
            scores[predicted] += 0.75;
            Prediction {
                sample,
                fold: folds[sample],
                predicted,
                rank_of_true: if is_wrong { 2.0 } else { 1.0 },
                scores,
            }
        })
        .collect()
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
            PerClass {
                class,
                n_subjects: n_subjects[class],
                support: sizes[class],
                precision,
                recall,
                recall_interval: Interval {
                    low: (recall - 0.125).max(0.0),
                    high: (recall + 0.125).min(1.0),
                },
                f1: 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE),
                auc: Some(0.9375),
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

/// Classes as clouds on a grid.
fn projection(dataset: &Dataset, distance: Distance) -> Projection {
    let mut stream = Stream::new(2, Use::Synth, distance as u64);
    let columns = (1..)
        .find(|side| side * side >= dataset.n_classes())
        .unwrap_or(1);
    let middle = |class: usize| {
        let (row, column) = (class / columns, class % columns);
        [12.0 * column as f64, 9.0 * row as f64]
    };
    let positions: Vec<[f64; 2]> = dataset
        .classes()
        .iter()
        .map(|&class| middle(class).map(|coordinate| coordinate + 3.0 * stream.normal()))
        .collect();
    let classes = (0..dataset.n_classes())
        .map(|class| {
            let members = || {
                let pairs = positions.iter().zip(dataset.classes());
                pairs
                    .filter(move |&(_, &other)| other == class)
                    .map(|(position, _)| position)
            };
            let count = members().count() as f64;
            let mean = |axis: usize| members().map(|position| position[axis]).sum::<f64>() / count;
            ClassOnMap {
                class,
                center: [mean(0), mean(1)],
                share_on_map: 0.8125,
                share_in_data: 0.75,
                share_by_chance: 1.0 / dataset.n_classes() as f64,
                most_mixed_with: Some(((class + 1) % dataset.n_classes(), 0.125)),
            }
        })
        .collect();
    Projection {
        distance,
        settings: MapSettings {
            perplexity: 30.0,
            n_neighbors: 90,
            n_steps: 1000,
            learning_rate: 93.0,
            exaggeration: 12.0,
            n_exaggerated_steps: 250,
        },
        quality: MapQuality {
            kl: 1.984,
            k_trust: 12,
            trustworthiness: 0.8545,
            continuity: 0.875,
            k_kept: 10,
            neighbors_kept: 0.375,
            class_center_correlation: (dataset.n_classes() > 2).then_some(0.625),
        },
        positions,
        classes,
    }
}

/// What reports rely on: everything stands in the order of the classes and adds up.
#[test]
fn the_analysis_is_whole() {
    for n_classes in [1, 2, 3, 30] {
        let analysis = analysis_of(&Shape::with_classes(100..100 + n_classes));
        let sizes = analysis.dataset.class_sizes();
        assert_eq!(analysis.dataset.n_classes(), n_classes);
        assert_eq!(analysis.projections.len(), 2);
        for protocol in &analysis.evaluation.protocols {
            assert_eq!(protocol.folds.len(), analysis.dataset.n_samples());
            for run in &protocol.runs {
                let per_class = run.per_class.iter().map(|class| class.support);
                assert_eq!(per_class.collect::<Vec<_>>(), sizes);
                assert_eq!(
                    run.confusion.counts.iter().sum::<usize>(),
                    sizes.iter().sum::<usize>()
                );
                assert_eq!(run.summary.len(), Measure::ALL.len());
                assert_eq!(run.roc.len(), 2 + n_classes);
                assert_eq!(run.k_points[run.k - 1].k, run.k);
            }
        }
    }
    assert_eq!(analysis().dataset.n_classes(), 3);
    assert_eq!(context().words.sample, "image");
}
