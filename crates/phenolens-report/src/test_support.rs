//! A made-up analysis to test reports with: small, structurally whole, the same every time.
//!
//! The figures in it hang together where a report relies on it (confusion and per-class counts come
//! from the predictions, sizes from the dataset), and are plain inventions elsewhere.

mod calibration;
mod diagnosis;
mod evaluation;
mod field;
mod leakage;
mod open_set;
mod people;

use phenolens_core::analysis::{Analysis, AnalysisParams};
use phenolens_core::dataset::{Dataset, SampleId};
use phenolens_core::evaluation::{Evaluation, EvaluationParams, Measure, Protocol};
use phenolens_core::exploration::{
    ClassSummary, DistanceSummary, Exploration, PairGroup, Spread, SubjectCount,
};
use phenolens_core::findings::{Finding, Severity};
use phenolens_core::neighbors::Distance;
use phenolens_core::projection::{
    Affinities, ClassOnMap, MapParams, MapQuality, MapSettings, Projection,
};
use phenolens_core::random::{Stream, Use};
use phenolens_core::validation::{DuplicatePair, RowCounts};

use self::evaluation::protocol_evaluation;
pub(crate) use self::people::subgroups;
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
        ids: crate::Ids::Plain,
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
    let results = Evaluation {
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
    };
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
        duplicate_clusters: vec![1],
        neighbors: Vec::new(),
        exploration: exploration(&dataset, &shape.distances),
        leakage: Some(leakage::leakage(&results)),
        evaluation: results,
        subject_level: Some(people::subject_level(shape)),
        subgroups: None,
        identification: Some(field::identification(&dataset, shape)),
        few_shot: Some(field::few_shot(&dataset, shape)),
        improvement: None,
        open_set: open_set::open_set(&dataset, shape),
        calibration: Some(calibration::calibration(shape)),
        diagnosis: Some(diagnosis::diagnosis(&dataset, shape)),
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
                n_sampled: None,
                most_mixed_with: Some(((class + 1) % dataset.n_classes(), 0.125)),
            }
        })
        .collect();
    Projection {
        recall: None,
        distance,
        settings: MapSettings {
            perplexity: 30.0,
            n_neighbors: 90,
            n_steps: 1000,
            learning_rate: 93.0,
            late_learning_rate: 372.0,
            exaggeration: 12.0,
            n_exaggerated_steps: 250,
            late_exaggeration: 1.0,
            affinities: Affinities::Perplexity,
            least_progress: None,
        },
        quality: MapQuality {
            kl: 1.984,
            k_trust: 12,
            trustworthiness: 0.8545,
            continuity: 0.875,
            k_kept: 10,
            neighbors_kept: 0.375,
            n_sampled: None,
            trustworthiness_error: None,
            continuity_error: None,
            neighbors_kept_error: None,
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
