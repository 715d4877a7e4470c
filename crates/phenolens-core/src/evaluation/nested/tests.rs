use crate::dataset::{Dataset, SampleId};
use crate::evaluation::{EvaluationParams, Measure, Protocol, Run, cross_validate};
use crate::machine::Machine;
use crate::neighbors::{Distance, nearest_neighbors};
use crate::random::{Stream, Use};

/// Two classes that overlap widely, so that the best k is anyone's guess.
fn cohort() -> Dataset {
    let mut stream = Stream::new(21, Use::Synth, 0);
    let (mut vectors, mut ids) = (Vec::new(), Vec::new());
    for subject in 0..80 {
        for sample in 0..1 + stream.below(2) {
            let shift = if subject % 2 == 0 { 0.6 } else { 0.0 };
            vectors.extend((0..3).map(|_| (shift + stream.normal()) as f32));
            ids.push(SampleId {
                class: format!("class-{}", subject % 2),
                subject: format!("subject-{subject:02}"),
                sample: format!("{sample}"),
            });
        }
    }
    Dataset::new(vectors, 3, ids).unwrap()
}

fn run(dataset: &Dataset, params: &EvaluationParams) -> (Run, Vec<usize>) {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, 40, &machine);
    let mut evaluation =
        cross_validate(dataset, &tables, dataset.subjects(), params, &machine).unwrap();
    let mut protocol = evaluation.protocols.remove(0);
    (protocol.runs.remove(0), protocol.folds)
}

fn params() -> EvaluationParams {
    EvaluationParams {
        distances: vec![Distance::Euclidean],
        protocols: vec![Protocol::SubjectGrouped],
        n_folds: 5,
        k_max: 7,
        select_by: Measure::Accuracy,
        n_resamples: 100,
        ..EvaluationParams::default()
    }
}

/// Whether a sample is predicted right by its k nearest among those that `is_training` allows, by
/// sorting all of them; shares no code with the table, the vote or the scorer.
fn is_right(
    dataset: &Dataset,
    sample: usize,
    k: usize,
    is_training: impl Fn(usize) -> bool,
) -> bool {
    let distance = |other: usize| -> f64 {
        let pairs = dataset.vector(sample).iter().zip(dataset.vector(other));
        pairs
            .map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2))
            .sum()
    };
    let mut training: Vec<usize> = (0..dataset.n_samples())
        .filter(|&other| other != sample && is_training(other))
        .collect();
    training.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    let classes: Vec<usize> = training[..k]
        .iter()
        .map(|&other| dataset.classes()[other])
        .collect();
    let n_first = classes.iter().filter(|&&class| class == classes[0]).count();
    let predicted = if 2 * n_first >= k {
        classes[0]
    } else {
        1 - classes[0]
    };
    predicted == dataset.classes()[sample]
}

/// The whole procedure by its definition.
#[test]
fn every_fold_is_measured_with_the_k_of_its_training_part() {
    let dataset = cohort();
    let (run, folds) = run(&dataset, &params());
    let accuracy = |fold: usize, k: usize, is_training: &dyn Fn(usize) -> bool| {
        let tests: Vec<usize> = (0..folds.len()).filter(|&i| folds[i] == fold).collect();
        let n_right = tests
            .iter()
            .filter(|&&i| is_right(&dataset, i, k, is_training))
            .count();
        n_right as f64 / tests.len() as f64
    };
    let nested = &run.nested[0];
    for outer in 0..5 {
        let inner_mean = |k: usize| {
            let inner = (0..5).filter(|&fold| fold != outer);
            let sum: f64 = inner
                .map(|fold| accuracy(fold, k, &|i| folds[i] != outer && folds[i] != fold))
                .sum();
            sum / 4.0
        };
        let k = (1..=7).fold(1, |best, k| {
            if inner_mean(k) > inner_mean(best) {
                k
            } else {
                best
            }
        });
        assert_eq!(nested.folds[outer].k, k);
        let expected = accuracy(outer, k, &|i| folds[i] != outer);
        assert_eq!(
            nested.folds[outer].measures.get(Measure::Accuracy),
            Some(expected)
        );
    }
    let ks: Vec<usize> = nested.folds.iter().map(|fold| fold.k).collect();
    assert!(
        ks.iter().any(|&k| k != ks[0]),
        "the case should be an open one: {ks:?}"
    );
}

#[test]
fn optimism_is_plain_minus_nested() {
    let dataset = cohort();
    let (run, _) = run(&dataset, &params());
    let optimism = run.nested[0].optimism.unwrap();
    assert_eq!(
        Some(optimism.plain),
        run.k_points[run.k - 1].mean.get(Measure::Accuracy)
    );
    assert_eq!(
        Some(optimism.nested),
        run.nested[0].mean.get(Measure::Accuracy)
    );
    assert_eq!(optimism.difference, optimism.plain - optimism.nested);
    let interval = optimism.interval.unwrap();
    assert!(interval.low <= interval.high);
}

#[test]
fn two_folds_leave_nothing_to_choose_inside() {
    let (run, _) = run(
        &cohort(),
        &EvaluationParams {
            n_folds: 2,
            ..params()
        },
    );
    assert!(run.nested.is_empty());
}

#[test]
fn every_repeat_has_its_own() {
    let (run, _) = run(
        &cohort(),
        &EvaluationParams {
            n_repeats: 2,
            ..params()
        },
    );
    assert_eq!(run.nested.len(), 2);
    assert_ne!(run.nested[0].pooled, run.nested[1].pooled);
}
