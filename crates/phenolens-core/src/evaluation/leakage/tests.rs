use super::*;
use crate::dataset::SampleId;
use crate::evaluation::{
    MeasureSet, Place, Scorer, Scores, Votes, bootstrap, cross_validate, folds, interval,
};
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};
use crate::validation::{duplicate_clusters, merged_subjects};

/// Three classes of subjects with one to three samples each; `spread` is between the subjects of a
/// class, and 0.4 between the samples of a subject.
fn cohort(n_subjects: usize, spread: f64, seed: u64) -> Dataset {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    let (mut vectors, mut ids) = (Vec::new(), Vec::new());
    for subject in 0..n_subjects {
        let class = subject % 3;
        let center: Vec<f64> = (0..6).map(|_| spread * stream.normal()).collect();
        for sample in 0..1 + stream.below(3) {
            for (dim, center) in center.iter().enumerate() {
                let class_mean = if dim == class { 0.6 } else { 0.0 };
                vectors.push((class_mean + center + 0.4 * stream.normal()) as f32);
            }
            ids.push(SampleId {
                class: format!("class-{class}"),
                subject: format!("subject-{subject:03}"),
                sample: format!("{sample}"),
            });
        }
    }
    Dataset::new(vectors, 6, ids).unwrap()
}

fn params() -> EvaluationParams {
    EvaluationParams {
        distances: vec![Distance::Euclidean],
        n_folds: 4,
        n_resamples: 0,
        k_max: 5,
        ..EvaluationParams::default()
    }
}

/// The audit, with the evaluation that it is of.
fn audit(
    dataset: &Dataset,
    groups: &[usize],
    pairs: &[DuplicatePair],
    params: &EvaluationParams,
) -> (Evaluation, Leakage) {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, 12, &machine);
    let evaluation = cross_validate(dataset, &tables, groups, params, &machine).unwrap();
    let leakage = audit_leakage(
        dataset,
        &tables,
        groups,
        pairs,
        &evaluation,
        params,
        &machine,
    )
    .unwrap();
    (evaluation, leakage)
}

fn pair(dataset: &Dataset, first: usize, second: usize) -> DuplicatePair {
    let squares = dataset.vector(first).iter().zip(dataset.vector(second));
    DuplicatePair {
        first,
        second,
        cosine: 0.1,
        euclidean: squares
            .map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2))
            .sum::<f64>()
            .sqrt(),
    }
}

/// What every sample is predicted as, by the words of the design: the nearest samples that may teach
/// by sorting all of them, most votes, ties to the class of the nearer voter.
fn predicted_by_definition(
    dataset: &Dataset,
    k: usize,
    may_teach: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let all = || 0..dataset.n_samples();
    all()
        .map(|test| {
            let mut training: Vec<usize> = all().filter(|&other| may_teach(test, other)).collect();
            let distance = |other: usize| pair(dataset, test, other).euclidean;
            training.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
            let voters: Vec<usize> = training[..k]
                .iter()
                .map(|&other| dataset.classes()[other])
                .collect();
            let votes = |class: usize| voters.iter().filter(|&&voter| voter == class).count();
            let most = voters.iter().map(|&class| votes(class)).max().unwrap();
            *voters.iter().find(|&&class| votes(class) == most).unwrap()
        })
        .collect()
}

/// Accuracy and macro F1 by definition.
fn figures(truth: &[usize], predicted: &[usize]) -> [f64; 2] {
    let count = |is_counted: &dyn Fn(usize, usize) -> bool| {
        let pairs = truth.iter().zip(predicted);
        pairs.filter(|&(&t, &p)| is_counted(t, p)).count() as f64
    };
    let f1 = |class: usize| {
        let right = count(&|t, p| t == class && p == class);
        let wrong = count(&|t, p| (t == class) != (p == class));
        2.0 * right / (2.0 * right + wrong)
    };
    let accuracy = count(&|t, p| t == p) / truth.len() as f64;
    [accuracy, (0..3).map(f1).sum::<f64>() / 3.0]
}

/// With and without the tested subject in training, one pair of predictions for each drawing.
fn drawn_by_definition(dataset: &Dataset, k: usize) -> Vec<[Vec<usize>; 2]> {
    let (classes, subjects) = (dataset.classes(), dataset.subjects());
    (0..10)
        .map(|seed| {
            let folds = folds::stratified(classes, 4, params().seed, seed);
            [false, true].map(|is_clean| {
                predicted_by_definition(dataset, k, |test, other| {
                    folds[test] != folds[other] && !(is_clean && subjects[test] == subjects[other])
                })
            })
        })
        .collect()
}

#[test]
fn removals_are_those_of_the_definition() {
    let dataset = cohort(60, 1.0, 3);
    let (_, leakage) = audit(&dataset, dataset.subjects(), &[], &params());
    let [removal] = &leakage.removals[..] else {
        panic!("one distance under one protocol that leaks");
    };
    assert_eq!(
        (removal.protocol, removal.n_seeds),
        (Protocol::ImageLevel, 10)
    );
    assert_eq!(removal.points.len(), 5 * 3);
    for k in [1, 4] {
        let drawn = drawn_by_definition(&dataset, k);
        for (index, measure) in [Measure::Accuracy, Measure::F1Macro]
            .into_iter()
            .enumerate()
        {
            let mean = |side: usize| {
                let of = |pair: &[Vec<usize>; 2]| figures(dataset.classes(), &pair[side])[index];
                drawn.iter().map(of).sum::<f64>() / 10.0
            };
            let is_it = |point: &&RemovalPoint| (point.k, point.measure) == (k, measure);
            let point = removal.points.iter().find(is_it).unwrap();
            // Sums of some hundred numbers up to 1, in another order.
            assert!((point.leaky - mean(0)).abs() < 1e-12, "{point:?}");
            assert!((point.clean - mean(1)).abs() < 1e-12, "{point:?}");
            assert!((point.difference - (mean(0) - mean(1))).abs() < 1e-12);
            assert_eq!(point.interval, None);
        }
    }
}

/// The interval of the accuracy, from whole predictions of all drawings in place of gains; that of
/// the macro F1 holds its figure.
#[test]
fn intervals_are_of_the_mean_over_drawings() {
    let dataset = cohort(60, 1.0, 3);
    let params = EvaluationParams {
        n_resamples: 200,
        ..params()
    };
    let (evaluation, leakage) = audit(&dataset, dataset.subjects(), &[], &params);
    let points = &leakage.removals[0].points;
    let find = |k: usize, measure: Measure| {
        let mut points = points.iter();
        points
            .find(|point| (point.k, point.measure) == (k, measure))
            .unwrap()
    };

    let scorer = |predicted: &Vec<usize>| {
        let n_samples = predicted.len();
        Scorer::new(&Votes {
            n_classes: 3,
            truth: dataset.classes().to_vec(),
            predicted: predicted.clone(),
            places: vec![
                Place {
                    n_ahead: 0,
                    n_tied: 1
                };
                n_samples
            ],
            scores: Scores::from_rows(3, &vec![1.0 / 3.0; 3 * n_samples]),
        })
    };
    let drawn = drawn_by_definition(&dataset, 2);
    let scorers: Vec<Scorer> = drawn.iter().flatten().map(scorer).collect();
    let scorers: Vec<&Scorer> = scorers.iter().collect();
    let resampled = bootstrap(
        &scorers,
        dataset.subjects(),
        MeasureSet::ALL,
        200,
        params.seed,
    );
    let mut differences = resampled[0].clone();
    for (resample, difference) in differences.iter_mut().enumerate() {
        let of = |list: &Vec<crate::evaluation::Measures>| {
            list[resample].get(Measure::Accuracy).unwrap()
        };
        let sum: f64 = resampled
            .chunks(2)
            .map(|two| of(&two[0]) - of(&two[1]))
            .sum();
        difference.set(Measure::Accuracy, sum / 10.0);
    }
    let expected = interval(&differences, Measure::Accuracy, 0.95).unwrap();
    let found = find(2, Measure::Accuracy).interval.unwrap();
    assert!(
        (found.low - expected.low).abs() < 1e-12,
        "{found:?} {expected:?}"
    );
    assert!(
        (found.high - expected.high).abs() < 1e-12,
        "{found:?} {expected:?}"
    );

    let chosen = evaluation.protocols[0].runs[0].k;
    for k in 1..=5 {
        let point = find(k, Measure::F1Macro);
        assert_eq!(point.interval.is_some(), k == chosen);
        assert_eq!(point.control.is_some(), k == chosen);
        if let Some(interval) = point.interval {
            assert!(interval.low < point.difference && point.difference < interval.high);
        }
    }
}

/// Samples of one subject resemble each other far beyond their class, or not at all. Without the
/// control most of the cohorts without a leak would show one: the tested subject's samples are also
/// of its class.
#[test]
fn leaks_are_told_from_none() {
    let params = EvaluationParams {
        n_resamples: 200,
        k_max: 9,
        ..params()
    };
    let claims = |spread: f64, seed: u64| {
        let dataset = cohort(150, spread, seed);
        let (evaluation, leakage) = audit(&dataset, dataset.subjects(), &[], &params);
        let k = evaluation.protocols[0].runs[0].k;
        let is_headline = |point: &&RemovalPoint| (point.k, point.measure) == (k, Measure::F1Macro);
        let point = leakage.removals[0].points.iter().find(is_headline).unwrap();
        point.control.unwrap().interval.unwrap().low > 0.0
    };
    let n_claimed = |spread: f64| (0..20).filter(|&seed| claims(spread, seed)).count();
    assert!(n_claimed(0.0) <= 1, "{}", n_claimed(0.0));
    assert!(n_claimed(1.2) >= 19, "{}", n_claimed(1.2));
}

#[test]
fn the_control_removes_as_many_of_the_class() {
    let dataset = cohort(60, 1.0, 3);
    let params = params();
    let subset = Subset::new(&dataset, dataset.subjects(), &params).unwrap();
    let (classes, subjects) = (dataset.classes(), dataset.subjects());
    let split = Split {
        folds: folds::stratified(classes, 4, params.seed, 0),
        n_folds: 4,
        is_measured: true,
    };
    let removed = control::removed(&subset, &split, params.seed, 0);
    for (test, removed) in removed.iter().enumerate() {
        let in_training = |other: &usize| split.folds[*other] != split.folds[test];
        let own = (0..dataset.n_samples()).filter(|&other| subjects[other] == subjects[test]);
        assert_eq!(removed.len(), own.filter(in_training).count());
        let distinct: std::collections::BTreeSet<&usize> = removed.iter().collect();
        assert_eq!(distinct.len(), removed.len());
        assert!(removed.iter().all(|other| {
            in_training(other)
                && classes[*other] == classes[test]
                && subjects[*other] != subjects[test]
        }));
    }
    assert!(removed.iter().any(|removed| removed.len() == 2));

    let (evaluation, leakage) = audit(&dataset, subjects, &[], &params);
    let k = evaluation.protocols[0].runs[0].k;
    let accuracy = |seed: usize| {
        let folds = folds::stratified(classes, 4, params.seed, seed);
        let split = Split {
            folds,
            n_folds: 4,
            is_measured: true,
        };
        let removed = control::removed(&subset, &split, params.seed, seed as u64);
        let predicted = predicted_by_definition(&dataset, k, |test, other| {
            split.folds[test] != split.folds[other] && !removed[test].contains(&other)
        });
        figures(classes, &predicted)[0]
    };
    let expected = (0..10).map(accuracy).sum::<f64>() / 10.0;
    let is_it = |point: &&RemovalPoint| (point.k, point.measure) == (k, Measure::Accuracy);
    let point = leakage.removals[0].points.iter().find(is_it).unwrap();
    let control = point.control.unwrap();
    // Sums of ten numbers up to 1, in another order.
    assert!((control.value - expected).abs() < 1e-12);
    assert_eq!(control.leak, control.value - point.clean);
}

#[test]
fn nothing_is_removed_where_nothing_can_leak() {
    let dataset = cohort(60, 1.0, 3);
    let grouped = EvaluationParams {
        protocols: vec![Protocol::SubjectGrouped],
        ..params()
    };
    let (_, leakage) = audit(&dataset, dataset.subjects(), &[], &grouped);
    assert_eq!(leakage.removals, []);

    let alone: Vec<usize> = (0..dataset.n_samples()).collect();
    let (_, leakage) = audit(&dataset, &alone, &[], &params());
    assert_eq!(leakage.removals, []);

    // Folds of a file that keep subjects whole.
    let folds = dataset
        .subjects()
        .iter()
        .map(|subject| subject % 4)
        .collect();
    let given = EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some(folds),
        ..params()
    };
    let (_, leakage) = audit(&dataset, dataset.subjects(), &[], &given);
    assert_eq!(leakage.removals, []);
}

#[test]
fn folds_of_a_file_are_audited_once() {
    let dataset = cohort(60, 1.0, 3);
    let given = EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some((0..dataset.n_samples()).map(|sample| sample % 4).collect()),
        ..params()
    };
    let (evaluation, leakage) = audit(&dataset, dataset.subjects(), &[], &given);
    assert_eq!(leakage.removals[0].n_seeds, 1);
    let run = &evaluation.protocols[0].runs[0];
    let first = leakage.removals[0].points[0];
    let pooled = run.k_points[0].pooled.get(Measure::Accuracy).unwrap();
    assert_eq!(first.leaky, pooled);
}

/// Pairs 0-a, 1-b, a-c chain subjects {0, a, c} and {1, b}.
#[test]
fn chains_of_pairs_are_one_cluster() {
    let dataset = cohort(60, 1.0, 3);
    let sample_of = |subject: usize| {
        let mut subjects = dataset.subjects().iter();
        subjects.position(|&other| other == subject).unwrap()
    };
    let pairs: Vec<DuplicatePair> = [(0, 10), (1, 20), (10, 30)]
        .map(|(one, other)| pair(&dataset, sample_of(one), sample_of(other)))
        .to_vec();
    assert_eq!(duplicate_clusters(&dataset, &pairs), [1, 2, 1]);

    let merged = merged_subjects(&dataset, &pairs);
    let (_, leakage) = audit(&dataset, &merged, &pairs, &params());
    assert_eq!(leakage.duplicates, [], "they count as one already");
}

#[test]
fn effects_of_duplicates_are_those_of_the_definition() {
    let dataset = cohort(60, 1.0, 3);
    let (classes, subjects) = (dataset.classes(), dataset.subjects());
    // Every sample with the nearest of another subject, as if each such pair were one person.
    let pairs: Vec<DuplicatePair> = (0..dataset.n_samples())
        .step_by(7)
        .map(|sample| {
            let others = (0..dataset.n_samples()).filter(|&o| subjects[o] != subjects[sample]);
            let distance = |&other: &usize| pair(&dataset, sample, other).euclidean;
            let nearest = others
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
                .unwrap();
            pair(&dataset, sample.min(nearest), sample.max(nearest))
        })
        .collect();
    let params = EvaluationParams {
        n_resamples: 50,
        ..params()
    };
    let (evaluation, leakage) = audit(&dataset, subjects, &pairs, &params);
    let part = &evaluation.protocols[0];
    let k = part.runs[0].k;
    let merged = merged_subjects(&dataset, &pairs);
    let again = folds::stratified_by_group(classes, &merged, 4, params.seed, 0);
    for (treatment, folds) in [
        (DuplicateTreatment::RowsRemoved, &part.folds),
        (DuplicateTreatment::FoldsRedrawn, &again),
    ] {
        let predicted = predicted_by_definition(&dataset, k, |test, other| {
            folds[test] != folds[other] && merged[test] != merged[other]
        });
        let expected = figures(classes, &predicted);
        for (measure, expected) in [Measure::Accuracy, Measure::F1Macro]
            .into_iter()
            .zip(expected)
        {
            let is_it = |effect: &&DuplicateEffect| {
                (effect.treatment, effect.measure) == (treatment, measure)
            };
            let effect = leakage.duplicates.iter().find(is_it).unwrap();
            assert_eq!(
                Some(effect.apart),
                part.runs[0].summary[measure as usize].pooled
            );
            // Sums of some hundred numbers up to 1, in another order.
            assert!(
                (effect.merged - expected).abs() < 1e-12,
                "{effect:?} {expected}"
            );
            assert_eq!(effect.difference, effect.apart - effect.merged);
            let interval = effect.interval.unwrap();
            assert!(interval.low < interval.high);
        }
    }
}

/// All subjects of one class are one cluster, which fills the rows of short tables.
#[test]
fn effects_that_would_take_too_long_are_left_out_and_told() {
    let (dataset, params) = (cohort(60, 1.0, 3), params());
    let of_class: Vec<usize> = (0..dataset.n_samples())
        .filter(|&sample| dataset.classes()[sample] == 0)
        .collect();
    let pairs: Vec<DuplicatePair> = of_class
        .windows(2)
        .map(|two| pair(&dataset, two[0], two[1]))
        .collect();
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 8, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(&dataset, &tables, groups, &params, &machine).unwrap();
    let subset = Subset::new(&dataset, groups, &params).unwrap();
    let distance = Distance::Euclidean;
    let searches = [Search::new(
        &dataset,
        &tables,
        distance,
        machine.instruction_set,
    )];
    let effects = |most| {
        duplicates::effects(
            &dataset,
            &subset,
            &searches,
            &pairs,
            &evaluation,
            &params,
            most,
        )
    };
    let (measured, findings) = effects(usize::MAX);
    assert_eq!((measured.len(), findings), (6, Vec::new()));
    let (measured, findings) = effects(0);
    assert_eq!(measured, []);
    assert_eq!(findings[0].code, "duplicate_effect_left_out");
}

#[test]
fn exposures_by_hand() {
    let dataset = cohort(60, 1.0, 3);
    let subjects = dataset.subjects();
    let other = (0..dataset.n_samples())
        .find(|&sample| subjects[sample] == 1)
        .unwrap();
    let pairs = [pair(&dataset, 0, other)];
    let (evaluation, leakage) = audit(&dataset, subjects, &pairs, &params());
    assert_eq!(leakage.exposures.len(), 4);
    for exposure in &leakage.exposures {
        let is_it =
            |part: &&crate::evaluation::ProtocolEvaluation| part.protocol == exposure.protocol;
        let part = evaluation.protocols.iter().find(is_it).unwrap();
        let is_exposed = |sample: usize| match exposure.to {
            ExposedTo::SameSubject => (0..dataset.n_samples()).any(|other| {
                subjects[other] == subjects[sample] && part.folds[other] != part.folds[sample]
            }),
            ExposedTo::NearDuplicate => {
                [0, other].contains(&sample) && part.folds[0] != part.folds[other]
            }
        };
        let (mut counts, mut right) = ([0, 0], [0, 0]);
        for prediction in &part.runs[0].predictions {
            let side = usize::from(is_exposed(prediction.sample));
            counts[side] += 1;
            right[side] +=
                usize::from(prediction.predicted == dataset.classes()[prediction.sample]);
        }
        assert_eq!([exposure.n_others, exposure.n_exposed], counts);
        assert_eq!([exposure.n_others_right, exposure.n_exposed_right], right);
        let accuracy = exposure.accuracy_others().unwrap();
        assert_eq!(accuracy, right[0] as f64 / counts[0] as f64);
    }
    let of_subject = |protocol: Protocol| {
        let is_it = |exposure: &&Exposure| {
            (exposure.protocol, exposure.to) == (protocol, ExposedTo::SameSubject)
        };
        leakage.exposures.iter().find(is_it).unwrap()
    };
    assert_eq!(of_subject(Protocol::SubjectGrouped).n_exposed, 0);
    assert_eq!(
        of_subject(Protocol::SubjectGrouped).accuracy_exposed(),
        None
    );
    assert!(of_subject(Protocol::ImageLevel).n_exposed > 30);
}

/// Sample 0 loses fold 0 (samples 0 and 1) and group 0 (samples 0 and 2), keeps 3 and 4; sample 3
/// loses fold 1 (2, 3, 4) and keeps 0 and 1; sample 1 loses 0, 1, 4 and keeps 2 and 3; sample 4 loses
/// 1, 2, 3, 4 and keeps only 0.
#[test]
fn fewest_left_by_hand() {
    let split = Split {
        folds: vec![0, 0, 1, 1, 1],
        n_folds: 2,
        is_measured: true,
    };
    assert_eq!(fewest_left(&[0, 1, 0, 2, 1], &split), 1);
    assert_eq!(fewest_left(&[0, 1, 2, 3, 4], &split), 2);
    assert_eq!(fewest_left(&[0, 0, 0, 0, 0], &split), 0);
}
