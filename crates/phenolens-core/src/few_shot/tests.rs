use super::tasks::Task;
use super::*;
use crate::cohort::{RawCohort, Stored};
use crate::evaluation::{Run, cross_validate};
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};
use crate::validation::{OnInvalid, admit};

/// Gaussian classes of so many subjects each, every third subject with two samples.
fn cohort(n_subjects: &[usize], spread: f64, seed: u64) -> Dataset {
    const N_DIMS: usize = 4;
    let mut stream = Stream::new(seed, Use::Synth, 0);
    let mut cohort = RawCohort::default();
    for (class, &n_subjects) in n_subjects.iter().enumerate() {
        let center: Vec<f64> = (0..N_DIMS).map(|_| stream.normal()).collect();
        for subject in 0..n_subjects {
            for sample in 0..1 + usize::from(subject % 3 == 0) {
                let values: Vec<f32> = center
                    .iter()
                    .map(|mean| (mean + spread * stream.normal()) as f32)
                    .collect();
                let ids = [
                    format!("c{class}"),
                    format!("{class}-{subject}"),
                    format!("{sample}"),
                ];
                cohort.push_values(ids, values, Stored::Exact);
            }
        }
    }
    admit(cohort, OnInvalid::Drop).unwrap().dataset
}

fn params() -> EvaluationParams {
    EvaluationParams {
        n_folds: 3,
        k_max: 7,
        n_resamples: 0,
        ..EvaluationParams::default()
    }
}

fn evaluated(dataset: &Dataset, groups: &[usize], depth: usize) -> (Evaluation, FewShot) {
    let (params, machine) = (params(), Machine::default());
    let tables = nearest_neighbors(dataset, &params.distances, depth, &machine);
    let evaluation = cross_validate(dataset, &tables, groups, &params, &machine).unwrap();
    let found = few_shot(dataset, &tables, groups, &evaluation, &params, &machine);
    (evaluation, found)
}

fn distance(distance: Distance, a: &[f32], b: &[f32]) -> f64 {
    let sum = |term: fn(f64, f64) -> f64| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(x, y)| term(f64::from(*x), f64::from(*y))).sum()
    };
    match distance {
        Distance::Euclidean => sum(|x, y| (x - y) * (x - y)),
        Distance::Cosine => {
            1.0 - sum(|x, y| x * y) / (sum(|x, _| x * x) * sum(|_, y| y * y)).sqrt()
        }
    }
}

/// Accuracy and macro F1 of one drawing, by the definition: sort all training samples by distance, let
/// the first k vote; of equal votes the class of the nearest voter.
fn literal(dataset: &Dataset, run: &Run, task: &Task, draw: &Draw) -> [f64; 2] {
    let k = run.k.min(task.size);
    let classes = dataset.classes();
    let takes_part = |sample: &usize| task.classes.contains(&classes[*sample]);
    let all: Vec<usize> = (0..dataset.n_samples()).filter(takes_part).collect();
    let mut counts = vec![[0.0; 3]; dataset.n_classes()];
    let mut n_tested = 0.0;
    for &test in all
        .iter()
        .filter(|&&sample| draw.place(sample) >= task.held_out)
    {
        let mut order: Vec<(f64, usize)> = all
            .iter()
            .filter(|&&sample| draw.place(sample) < task.size)
            .map(|&other| {
                let vectors = (dataset.vector(test), dataset.vector(other));
                (distance(run.distance, vectors.0, vectors.1), classes[other])
            })
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let votes = |class: usize| order[..k].iter().filter(|voter| voter.1 == class).count();
        let most = task
            .classes
            .iter()
            .map(|&class| votes(class))
            .max()
            .unwrap();
        let is_best = |voter: &&(f64, usize)| votes(voter.1) == most;
        let predicted = order[..k].iter().find(is_best).unwrap().1;
        counts[classes[test]][0] += 1.0;
        counts[predicted][1] += 1.0;
        counts[predicted][2] += f64::from(u8::from(predicted == classes[test]));
        n_tested += 1.0;
    }
    let f1 = |&class: &usize| {
        let [support, n_predicted, n_right] = counts[class];
        2.0 * n_right / (support + n_predicted)
    };
    let n_right: f64 = counts.iter().map(|counts| counts[2]).sum();
    let sum_f1: f64 = task.classes.iter().map(f1).sum();
    [n_right / n_tested, sum_f1 / task.classes.len() as f64]
}

/// Every point of every curve, and the last steps.
#[test]
fn curves_are_those_of_the_definition() {
    let n_subjects = [24, 6, 13, 3, 22, 1];
    let dataset = cohort(&n_subjects, 1.0, 2);
    let groups = dataset.subjects();
    let (evaluation, found) = evaluated(&dataset, groups, dataset.n_samples() - 1);
    let tasks = tasks(&n_subjects);
    let units = Evaluated::new(&dataset, groups, &evaluation).groups_of_classes();
    let draws: Vec<Draw> = (0..N_DRAWS)
        .map(|draw| Draw::new(&units, dataset.n_samples(), params().seed, draw as u64))
        .collect();
    // Three of six classes have more than 10 subjects.
    assert_eq!(found.fixed_classes, [0, 2, 4]);
    assert_eq!(found.curves.len(), 4);
    assert!(!found.is_sampled);
    for curve in &found.curves {
        let is_of = |run: &&Run| run.distance == curve.distance;
        let run = evaluation.protocols[0].runs.iter().find(is_of).unwrap();
        let of_set = tasks
            .iter()
            .filter(|task| task.class_set == curve.class_set);
        let mut of_tasks = Vec::new();
        for (task, point) in of_set.zip(&curve.points) {
            assert_eq!(point.subjects_per_class, task.size);
            assert_eq!(
                (point.k, point.n_classes),
                (run.k.min(task.size), task.classes.len())
            );
            let literal: Vec<[f64; 2]> = draws
                .iter()
                .map(|draw| literal(&dataset, run, task, draw))
                .collect();
            for (index, measure) in [Measure::Accuracy, Measure::F1Macro]
                .into_iter()
                .enumerate()
            {
                let is_of = |value: &&OverDraws| value.measure == measure;
                let value = point.values.iter().find(is_of).unwrap();
                let mean = literal.iter().map(|both| both[index]).sum::<f64>() / N_DRAWS as f64;
                let square = |both: &[f64; 2]| (both[index] - mean) * (both[index] - mean);
                let sd = (literal.iter().map(square).sum::<f64>() / N_DRAWS as f64).sqrt();
                // Sums of twenty shares in another order.
                assert!((value.mean - mean).abs() < 1e-12, "{curve:?}");
                assert!((value.sd - sd).abs() < 1e-12);
                let mut sorted: Vec<f64> = literal.iter().map(|both| both[index]).collect();
                sorted.sort_by(f64::total_cmp);
                // The 10th percentile of 20 values lies 0.9 of the way from the second to the third.
                let low = sorted[1] + 0.9 * (sorted[2] - sorted[1]);
                let high = sorted[17] + 0.1 * (sorted[18] - sorted[17]);
                assert!((value.band.low - low).abs() < 1e-12);
                assert!((value.band.high - high).abs() < 1e-12);
            }
            of_tasks.push(literal);
        }
        let [.., before, after] = of_tasks.as_slice() else {
            panic!("there are several sizes");
        };
        match curve.class_set {
            ClassSet::Enough => assert!(curve.last_steps.is_empty()),
            ClassSet::Fixed => {
                let step = curve.last_steps[0];
                let differences = before
                    .iter()
                    .zip(after)
                    .map(|(before, after)| after[0] - before[0]);
                let mean = differences.clone().sum::<f64>() / N_DRAWS as f64;
                assert_eq!(
                    (step.measure, step.from, step.to),
                    (Measure::Accuracy, 5, 10)
                );
                assert!((step.difference - mean).abs() < 1e-12);
                assert_eq!(
                    step.n_rising,
                    differences.filter(|&step| step > 1e-12).count()
                );
                assert_eq!(step.n_draws, N_DRAWS);
            }
        }
    }
}

#[test]
fn shallow_tables_give_the_same() {
    let dataset = cohort(&[24, 6, 13, 3], 1.0, 3);
    let groups = dataset.subjects();
    let (_, whole) = evaluated(&dataset, groups, dataset.n_samples() - 1);
    assert_eq!(evaluated(&dataset, groups, 12).1, whole);
}

/// Far classes: one subject of each is enough, and the curve goes nowhere.
#[test]
fn far_classes_need_one_subject() {
    let dataset = cohort(&[12, 12, 12], 0.001, 4);
    let (_, found) = evaluated(&dataset, dataset.subjects(), dataset.n_samples() - 1);
    for curve in &found.curves {
        for point in &curve.points {
            assert!(
                point
                    .values
                    .iter()
                    .all(|value| value.mean == 1.0 && value.sd == 0.0)
            );
        }
        for step in &curve.last_steps {
            assert_eq!((step.difference, step.n_rising), (0.0, 0));
        }
    }
    assert!(found.curves.iter().all(|curve| curve.points.len() == 4));
}

#[test]
fn smaller_draws_are_part_of_larger_ones_and_whole_subjects() {
    let units = vec![
        vec![vec![0, 1], vec![2], vec![5]],
        vec![vec![3, 4], vec![6]],
    ];
    let first = Draw::new(&units, 7, 42, 0);
    for subject in units.iter().flatten() {
        assert!(
            subject
                .iter()
                .all(|&sample| first.place(sample) == first.place(subject[0]))
        );
    }
    for units in &units {
        let mut places: Vec<usize> = units.iter().map(|unit| first.place(unit[0])).collect();
        places.sort_unstable();
        assert_eq!(places, (0..units.len()).collect::<Vec<_>>());
    }
    let orders: Vec<Vec<usize>> = (0..10)
        .map(|draw| Draw::new(&units, 7, 42, draw))
        .map(|draw| (0..7).map(|sample| draw.place(sample)).collect())
        .collect();
    assert!(
        orders.iter().any(|order| *order != orders[0]),
        "draws differ"
    );
}

/// 2,700 samples of three classes with 2,000, 600 and 100: of those that may be tested each class
/// gives the same share, rounded up.
#[test]
fn of_many_samples_each_class_is_tested_by_the_same_share() {
    let classes: Vec<usize> = (0..2700)
        .map(|sample| usize::from(sample >= 2000) + usize::from(sample >= 2600))
        .collect();
    let units: Vec<Vec<Vec<usize>>> = [0..2000, 2000..2600, 2600..2700]
        .map(|samples| samples.map(|sample| vec![sample]).collect())
        .to_vec();
    let draw = Draw::new(&units, 2700, 42, 0);
    let count = |tested: &[bool]| -> Vec<usize> {
        let is_of = |&sample: &usize, class: usize| tested[sample] && classes[sample] == class;
        let of = |class: usize| (0..2700).filter(|sample| is_of(sample, class)).count();
        (0..3).map(of).collect()
    };
    let all = draw.tested(&classes, |_| true);
    // 2,000 of 2,700 are 74.07 %: 1,481.5, 444.4 and 74.1.
    assert_eq!(count(&all), [1482, 445, 75]);
    assert_eq!(
        count(&draw.tested(&classes, |sample| sample < 1500)),
        [1500, 0, 0]
    );
    assert_eq!(
        count(&draw.tested(&classes, |sample| sample >= 600)),
        [1334, 572, 96]
    );
}

#[test]
fn a_large_file_is_tested_in_part() {
    let dataset = cohort(&[1200, 500, 80], 1.0, 5);
    assert!(dataset.n_samples() > MOST_TESTED);
    let (_, found) = evaluated(&dataset, dataset.subjects(), 50);
    assert!(found.is_sampled);
    for point in found.curves.iter().flat_map(|curve| &curve.points) {
        assert!((1990.0..=2003.0).contains(&point.n_tested), "{point:?}");
    }
}

/// Two classes share their subjects, at the same places: who were taught by their own would be right
/// half the time and wrong half the time.
#[test]
fn a_subject_in_two_classes_does_not_teach_itself() {
    let mut cohort = RawCohort::default();
    let mut stream = Stream::new(6, Use::Synth, 0);
    for subject in 0..30 {
        let direction = [stream.normal(), stream.normal(), stream.normal()];
        for class in 0..2 {
            let offset = 0.001 * f64::from(class);
            let values = direction.map(|value| (value + offset) as f32);
            let ids = [format!("{class}"), format!("{subject}"), format!("{class}")];
            cohort.push_values(ids, values, Stored::Exact);
        }
    }
    let dataset = admit(cohort, OnInvalid::Drop).unwrap().dataset;
    let accuracy = |found: &FewShot| found.curves[0].points[2].values[0].mean;
    let (_, grouped) = evaluated(&dataset, dataset.subjects(), dataset.n_samples() - 1);
    // Without groups a test sample's twin of the other class often teaches, and misleads.
    let apart: Vec<usize> = (0..dataset.n_samples()).collect();
    let (_, misled) = evaluated(&dataset, &apart, dataset.n_samples() - 1);
    assert!(accuracy(&grouped) > accuracy(&misled), "{grouped:?}");
}
