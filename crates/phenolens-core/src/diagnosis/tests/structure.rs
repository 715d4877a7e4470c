//! The shape of the data, against what other programs say, and on data of a known shape.

use super::super::measured::{self, MAX_MEASURED, Points, View};
use super::super::norms::norm_information;
use super::super::outliers::remoteness;
use super::super::rank_correlation::rank_correlation;
use super::super::silhouette::silhouettes;
use super::super::{DiagnosisParams, DistanceDiagnosis, diagnose_distance};
use super::super::{contrast, dimension, directions};
use super::{analysis, plain_cohort};
use crate::cohort::{RawCohort, Stored};
use crate::dataset::{Dataset, SampleId};
use crate::evaluation::Evaluated;
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, nearest_neighbors};
use crate::random::{Stream, Use};

const DATA: &str = include_str!("../../../tests/reference/improvement/data.csv");
const STRUCTURE: &str = include_str!("../../../tests/reference/diagnosis/structure.csv");

const PARAMS: DiagnosisParams = DiagnosisParams {
    confidence: 0.95,
    n_resamples: 200,
    seed: 42,
};

/// Figures of `make_structure.py`, with their indices.
fn recorded(distance: &str, quantity: &str) -> Vec<(usize, f64)> {
    let prefix = format!("{distance},{quantity},");
    let rows = STRUCTURE
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix));
    let figures: Vec<(usize, f64)> = rows
        .map(|row| {
            let (index, value) = row.split_once(',').unwrap();
            (index.parse().unwrap(), value.parse().unwrap())
        })
        .collect();
    assert!(!figures.is_empty(), "{prefix}");
    figures
}

fn dataset_of(rows: impl Iterator<Item = (String, String, Vec<f32>)>) -> Dataset {
    let (mut values, mut ids) = (Vec::new(), Vec::new());
    for (index, (class, subject, vector)) in rows.enumerate() {
        ids.push(SampleId {
            class,
            subject,
            sample: index.to_string(),
        });
        values.extend(vector);
    }
    let n_dims = values.len() / ids.len();
    Dataset::new(values, n_dims, ids).unwrap()
}

fn reference_cohort() -> Dataset {
    dataset_of(DATA.lines().map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let vector = cells[3..].iter().map(|cell| cell.parse().unwrap());
        let subject = format!("{:>3}", cells[1]);
        (cells[0].to_owned(), subject, vector.collect())
    }))
}

/// Points of one class each by itself a subject, with coordinates from a rule.
fn points_of(n: usize, vector: impl Fn(&mut Stream) -> Vec<f32>, seed: u64) -> Dataset {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    dataset_of((0..n).map(|index| {
        let class = (index % 2).to_string();
        (class, format!("{index:>5}"), vector(&mut stream))
    }))
}

/// Calls `check` with all samples as one distance sees them, by a table of that depth.
fn with_view<T>(
    dataset: &Dataset,
    distance: Distance,
    depth: usize,
    check: impl FnOnce(&View) -> T,
) -> T {
    let machine = Machine::default();
    let samples: Vec<usize> = (0..dataset.n_samples()).collect();
    let evaluated = Evaluated {
        samples: &samples,
        positions: samples.iter().copied().map(Some).collect(),
        classes: dataset.classes().to_vec(),
        n_classes: dataset.n_classes(),
        groups: dataset.subjects().to_vec(),
    };
    let depth = depth.min(dataset.n_samples() - 1);
    let tables = nearest_neighbors(dataset, &[distance], depth, &machine);
    let keys = Keys::new(dataset, distance, machine.instruction_set);
    check(&View {
        table: &tables[0],
        keys: &keys,
        evaluated: &evaluated,
    })
}

fn diagnosed(dataset: &Dataset, distance: Distance, depth: usize) -> DistanceDiagnosis {
    with_view(dataset, distance, depth, |view| {
        let points = Points::new(view.evaluated, 42);
        let chosen = measured::chosen_samples(view.evaluated, 42);
        let machine = Machine::default();
        diagnose_distance(dataset, view, &points, &chosen, &PARAMS, &machine)
    })
}

/// 32-bit values are given with all their digits; what is left is the rounding of 64-bit sums, and of
/// the first component the stop of the eigenvalue search at 10⁻⁹.
fn agrees(found: f64, expected: f64, what: &str) {
    let tolerance = 1e-8 * expected.abs();
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found}, not {expected}"
    );
}

#[test]
fn figures_are_those_of_other_programs() {
    let dataset = reference_cohort();
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let found = diagnosed(&dataset, distance, usize::MAX);
        let one = |quantity| recorded(distance.name(), quantity)[0].1;
        let geometry = found.geometry;
        assert_eq!(geometry.n_points, 78);
        assert_eq!((geometry.n_subjects, geometry.n_coincident), (78, 0));
        let check = |found: Option<f64>, quantity| agrees(found.unwrap(), one(quantity), quantity);
        check(geometry.two_nn.map(|of| of.value), "two_nn");
        check(
            geometry.maximum_likelihood.map(|of| of.value),
            "maximum_likelihood",
        );
        check(geometry.participation_ratio, "participation_ratio");
        check(geometry.first_component_share, "first_component_share");
        check(found.norm_occurrence.map(|of| of.value), "norm_occurrence");
        check(Some(found.silhouettes.overall.mean.value), "silhouette");
        for class in &found.silhouettes.classes {
            let of = class.silhouette;
            for (found, quantity) in [
                (of.mean.value, "class_silhouette"),
                (of.mean_without_own_subject, "class_without_own_subject"),
                (of.share_negative, "class_share_negative"),
            ] {
                let (index, expected) = recorded(distance.name(), quantity)[class.class];
                assert_eq!(index, class.class);
                agrees(found, expected, quantity);
            }
        }
        check(Some(found.remoteness.median), "median_distance");
        assert_eq!(found.remoteness.outliers, []);
    }
}

/// Every figure reads distances, whether they stand in the table or are measured anew.
#[test]
fn a_shallow_table_changes_nothing() {
    let dataset = reference_cohort();
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let whole = diagnosed(&dataset, distance, usize::MAX);
        assert_eq!(diagnosed(&dataset, distance, 12), whole);
    }
}

#[test]
fn vectors_and_their_contrast_are_those_of_other_programs() {
    let dataset = reference_cohort();
    let one = |quantity| recorded("", quantity)[0].1;
    with_view(&dataset, Distance::Cosine, usize::MAX, |cosine| {
        let norms = cosine.keys.squared_norms();
        let found = directions::directions(&dataset, cosine.evaluated, norms, 0.95);
        let mean_cosine = found.mean_cosine.unwrap();
        agrees(mean_cosine.value, one("mean_cosine"), "mean cosine");
        agrees(found.mean_length.value, one("mean_length"), "mean length");
        for estimate in [mean_cosine, found.mean_length] {
            let interval = estimate.interval.unwrap();
            assert!(interval.low < estimate.value && estimate.value < interval.high);
        }
        let found = norm_information(cosine.evaluated, norms, &PARAMS).unwrap();
        agrees(found.eta_squared, one("eta_squared"), "eta squared");
        assert_eq!((found.n_subjects, found.expected), (78, 3.0 / 77.0));
        with_view(&dataset, Distance::Euclidean, usize::MAX, |euclidean| {
            let hubs =
                [cosine, euclidean].map(|view| super::hubness(view.table, dataset.classes()));
            let views = [(euclidean, &hubs[1]), (cosine, &hubs[0])];
            let found = contrast::contrast(&views, 0.95).unwrap();
            agrees(
                found.shared_neighbors.value,
                one("shared_neighbors"),
                "shared",
            );
            assert_eq!(contrast::contrast(&views[..1], 0.95), None);
        });
    });
}

/// The mean over pairs and the jackknife by their definitions.
#[test]
fn mean_cosine_by_definition() {
    let dataset = reference_cohort();
    let cosine = |a: usize, b: usize| {
        let product = |a: usize, b: usize| -> f64 {
            let values = dataset.vector(a).iter().zip(dataset.vector(b));
            values.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        product(a, b) / (product(a, a) * product(b, b)).sqrt()
    };
    let mean_without = |left_out: usize| {
        let subjects = dataset.subjects();
        let (mut sum, mut n) = (0.0, 0.0);
        for a in 0..dataset.n_samples() {
            for b in 0..dataset.n_samples() {
                let is_left_out = [a, b].iter().any(|&of| subjects[of] == left_out);
                if subjects[a] != subjects[b] && !is_left_out {
                    sum += cosine(a, b);
                    n += 1.0;
                }
            }
        }
        sum / n
    };
    let n = dataset.n_subjects();
    let whole = mean_without(usize::MAX);
    let pseudo = |left_out| n as f64 * whole - (n as f64 - 1.0) * mean_without(left_out);
    let values: Vec<f64> = (0..n).map(pseudo).collect();
    let expected = crate::statistics::student_interval(&values, 0.95).unwrap();
    with_view(&dataset, Distance::Cosine, 5, |view| {
        let norms = view.keys.squared_norms();
        let found = directions::directions(&dataset, view.evaluated, norms, 0.95);
        let interval = found.mean_cosine.unwrap().interval.unwrap();
        agrees(interval.low, expected.low, "low");
        agrees(interval.high, expected.high, "high");
    });
}

/// Uniform in a cube of some dimensions, turned into ten. With 1,000 points the standard error is
/// about d / √1000 for TwoNN and less for maximum likelihood; points near a face see half a
/// neighborhood, which lowers the latter by some percent per dimension.
#[test]
fn cubes_have_their_dimension() {
    for n_dims in [1, 2, 4] {
        let vector = |stream: &mut Stream| {
            let inside: Vec<f64> = (0..n_dims).map(|_| stream.unit()).collect();
            let turned = |axis: usize| {
                let part = |(dim, value): (usize, &f64)| {
                    // Columns of the cosine transform are orthogonal.
                    let angle =
                        std::f64::consts::PI * (dim + 1) as f64 * (axis as f64 + 0.5) / 10.0;
                    value * angle.cos()
                };
                inside.iter().enumerate().map(part).sum::<f64>() as f32 + 1.0
            };
            (0..10).map(turned).collect()
        };
        let mut n_covered = 0;
        for seed in 0..10 {
            let dataset = points_of(1000, vector, seed);
            with_view(&dataset, Distance::Euclidean, 30, |view| {
                let points = Points::new(view.evaluated, 1);
                let found = dimension::dimension(view, &points, &PARAMS);
                let (two_nn, likelihood) =
                    (found.two_nn.unwrap(), found.maximum_likelihood.unwrap());
                let expected = n_dims as f64;
                let error = (two_nn.value - expected).abs();
                assert!(error < 0.2 * expected, "{n_dims}: {two_nn:?}");
                let ratio = likelihood.value / expected;
                assert!((0.85..1.05).contains(&ratio), "{n_dims}: {likelihood:?}");
                let interval = two_nn.interval.unwrap();
                n_covered += usize::from(interval.low < expected && expected < interval.high);
            });
        }
        // With more dimensions the faces bend the figure further than chance does.
        assert!(n_dims > 2 || n_covered >= 7, "{n_dims}: {n_covered} of 10");
    }
}

/// Twenty of sixty points are put on others, twice over: the neighbors at distance 0 are passed over,
/// so that the dimensions are those of the forty alone but for their weights.
#[test]
fn points_on_one_another_are_passed_over() {
    let mut stream = Stream::new(3, Use::Synth, 1);
    let mut vectors: Vec<Vec<f32>> = (0..40)
        .map(|_| (0..3).map(|_| 1.0 + stream.unit() as f32).collect())
        .collect();
    for index in 0..20 {
        vectors.push(vectors[index % 10].clone());
    }
    let rows = vectors.into_iter().enumerate();
    let dataset = dataset_of(
        rows.map(|(index, vector)| ((index % 2).to_string(), format!("{index:>3}"), vector)),
    );
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let geometry = diagnosed(&dataset, distance, usize::MAX).geometry;
        assert_eq!(geometry.n_coincident, 30);
        for estimate in [geometry.two_nn, geometry.maximum_likelihood] {
            let value = estimate.unwrap().value;
            assert!(value > 0.5 && value < 6.0, "{value}");
        }
    }
}

#[test]
fn a_chosen_part_stands_for_many() {
    let vector = |stream: &mut Stream| {
        let class = stream.below(2);
        let value = |axis: usize| 1.5 * (class == axis) as u8 as f64 + stream.normal();
        (0..4).map(value).map(|value| value as f32).collect()
    };
    let dataset = points_of(2300, vector, 9);
    with_view(&dataset, Distance::Euclidean, 60, |view| {
        let points = Points::new(view.evaluated, 7);
        assert_eq!((points.n_points, points.chosen.len()), (2300, MAX_MEASURED));
        assert!(points.chosen.windows(2).all(|pair| pair[0] < pair[1]));
        let chosen = measured::chosen_samples(view.evaluated, 7);
        assert_ne!(chosen, measured::chosen_samples(view.evaluated, 8));
        let part = silhouettes(view, &chosen, 0.95);
        assert_eq!((part.n_samples, part.n_evaluated), (MAX_MEASURED, 2300));
        let every: Vec<usize> = (0..2300).collect();
        let all = silhouettes(view, &every, 0.95).overall.mean;
        // The part leaves out one in eight: its mean is nearer to that of all than its interval says.
        let interval = part.overall.mean.interval.unwrap();
        assert!(interval.low < all.value && all.value < interval.high);
        let machine = Machine::default();
        let found = diagnose_distance(&dataset, view, &points, &chosen, &PARAMS, &machine);
        let dimension = found.geometry.maximum_likelihood.unwrap().value;
        assert!((dimension - 4.0).abs() < 0.4, "{dimension}");
        assert_eq!(found.geometry.n_points, MAX_MEASURED);
    });
}

/// 120 samples around one place and two far off; z by hand from the distances themselves.
#[test]
fn samples_far_off_are_listed() {
    let mut stream = Stream::new(4, Use::Synth, 2);
    let dataset = dataset_of((0..122).map(|index| {
        let far = if index >= 120 { 40.0 } else { 0.0 };
        let side = if index == 121 { -far } else { far };
        let vector = vec![
            5.0 + side + stream.normal() as f32,
            stream.normal() as f32 + 1.0,
        ];
        ((index % 2).to_string(), format!("{index:>3}"), vector)
    }));
    with_view(&dataset, Distance::Euclidean, usize::MAX, |view| {
        let found = remoteness(view);
        let listed: Vec<usize> = found
            .outliers
            .iter()
            .map(|outlier| outlier.sample)
            .collect();
        assert_eq!(listed.len(), 2, "{listed:?}");
        assert!(listed.contains(&120) && listed.contains(&121));
        let mut logs: Vec<f64> = found.distances.iter().flatten().map(|d| d.ln()).collect();
        logs.sort_by(f64::total_cmp);
        let center = (logs[60] + logs[61]) / 2.0;
        let mut deviations: Vec<f64> = logs.iter().map(|log| (log - center).abs()).collect();
        deviations.sort_by(f64::total_cmp);
        let scale = 1.4826 * (deviations[60] + deviations[61]) / 2.0;
        let z = (found.outliers[0].neighbor_distance.ln() - center) / scale;
        agrees(found.outliers[0].robust_z, z, "z");
    });
}

/// Figures that have nothing to do with one another: the standard error of Spearman's correlation is
/// 1 / √(n - 1), and 200 resamples know it to a twentieth.
#[test]
fn unrelated_figures_have_the_known_error() {
    let mut stream = Stream::new(5, Use::Synth, 3);
    let n = 400;
    let samples: Vec<usize> = (0..n).collect();
    let evaluated = Evaluated {
        samples: &samples,
        positions: samples.iter().copied().map(Some).collect(),
        classes: vec![0; n],
        n_classes: 1,
        groups: samples.clone(),
    };
    let figures: Vec<f64> = (0..2 * n).map(|_| stream.normal()).collect();
    let found = rank_correlation(&evaluated, [&figures[..n], &figures[n..]], &PARAMS).unwrap();
    let interval = found.interval.unwrap();
    let expected = 2.0 * 1.96 / (n as f64 - 1.0).sqrt();
    let width = interval.high - interval.low;
    assert!(
        (width / expected - 1.0).abs() < 0.2,
        "{width}, not {expected}"
    );
    assert!(interval.low < 0.0 && 0.0 < interval.high);
    let equal = vec![1.0; n];
    assert_eq!(
        rank_correlation(&evaluated, [&figures[..n], &equal], &PARAMS),
        None
    );
}

/// 300 data sets whose lengths have nothing to do with the class: p ≤ 0.1 in a tenth, within three
/// standard errors (0.052); where they have, p is as small as it can be.
#[test]
fn the_test_of_lengths_keeps_its_level() {
    let samples: Vec<usize> = (0..60).collect();
    let evaluated = Evaluated {
        samples: &samples,
        positions: Vec::new(),
        classes: samples.iter().map(|sample| sample % 3).collect(),
        n_classes: 3,
        groups: samples
            .iter()
            .map(|sample| sample / 3 * 3 + sample % 3)
            .collect(),
    };
    let params = DiagnosisParams {
        n_resamples: 99,
        ..PARAMS
    };
    let p_value = |seed: u64, step: f64| {
        let mut stream = Stream::new(seed, Use::Synth, 4);
        let log = |sample: &usize| step * (sample % 3) as f64 + stream.normal();
        let norms: Vec<f64> = samples.iter().map(log).map(f64::exp).collect();
        norm_information(&evaluated, &norms, &params)
            .unwrap()
            .p_value
            .unwrap()
    };
    let n_small = (0..300).filter(|&seed| p_value(seed, 0.0) <= 0.1).count();
    assert!(n_small as f64 / 300.0 <= 0.1 + 0.052, "{n_small}");
    assert!((0..20).all(|seed| p_value(seed, 3.0) == 0.01));
    let none = DiagnosisParams {
        n_resamples: 0,
        ..PARAMS
    };
    let norms: Vec<f64> = (1..=60).map(f64::from).collect();
    assert_eq!(
        norm_information(&evaluated, &norms, &none).unwrap().p_value,
        None
    );
    assert_eq!(norm_information(&evaluated, &[2.0; 60], &params), None);
}

/// Four subjects of two classes with one image each: what cannot be said is `None`, and every number
/// is one.
#[test]
fn the_smallest_cohort_has_no_odd_numbers() {
    let mut cohort = RawCohort::default();
    for (index, values) in [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 1.0]]
        .into_iter()
        .enumerate()
    {
        let ids = [format!("{}", index / 2), format!("{index}"), "0".to_owned()];
        cohort.push_values(ids, values.to_vec(), Stored::Exact);
    }
    let mut params = crate::analysis::AnalysisParams::default();
    params.evaluation.n_folds = 2;
    params.evaluation.k_max = 2;
    params.evaluation.n_resamples = 20;
    params.map.distances.clear();
    let admission = crate::validation::admit(cohort, crate::validation::OnInvalid::Drop).unwrap();
    let found = crate::analysis::analyze(admission, &params, &Machine::default()).unwrap();
    let diagnosis = found.diagnosis.unwrap();
    let text = format!("{diagnosis:?}");
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    for of in &diagnosis.distances {
        assert_eq!(
            (of.geometry.two_nn, of.geometry.maximum_likelihood),
            (None, None)
        );
        assert_eq!(of.geometry.n_coincident, 2);
        assert_eq!(of.remoteness.outliers, []);
    }
    assert_eq!(diagnosis.clusters, []);
}

/// Cohorts in which nothing is odd have next to no outliers: at most one in a thousand samples.
#[test]
fn plain_cohorts_have_few_outliers() {
    let n_outliers: usize = (0..3)
        .map(|seed| {
            let analysis = analysis(plain_cohort(seed), &[Distance::Cosine, Distance::Euclidean]);
            let diagnosis = analysis.diagnosis.unwrap();
            let distances = diagnosis.distances.iter();
            distances
                .map(|of| of.remoteness.outliers.len())
                .sum::<usize>()
        })
        .sum();
    assert!(n_outliers <= 5, "{n_outliers}");
}
