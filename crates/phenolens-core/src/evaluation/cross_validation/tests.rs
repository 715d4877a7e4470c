use super::*;
use crate::dataset::SampleId;
use crate::evaluation::{Interval, KPoint, Protocol, Ties};
use crate::neighbors::{Distance, nearest_neighbors};
use crate::random::{Stream, Use};

mod extent;

/// Three overlapping classes of subjects with one to three samples each.
fn cohort(n_subjects: usize) -> Dataset {
    let mut stream = Stream::new(11, Use::Synth, 0);
    let (mut vectors, mut ids) = (Vec::new(), Vec::new());
    for subject in 0..n_subjects {
        let class = subject % 3;
        let center: Vec<f64> = (0..6).map(|_| stream.normal()).collect();
        for sample in 0..1 + stream.below(3) {
            for (dim, center) in center.iter().enumerate() {
                let class_mean = if dim == class { 2.0 } else { 0.0 };
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

fn evaluation(dataset: &Dataset, params: &EvaluationParams) -> Result<Evaluation, EvaluationError> {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, 12, &machine);
    cross_validate(dataset, &tables, dataset.subjects(), params, &machine)
}

fn params() -> EvaluationParams {
    EvaluationParams {
        n_folds: 5,
        n_resamples: 0,
        ..EvaluationParams::default()
    }
}

/// The predicted class by the words of the design: nearest training samples by sorting all of them,
/// most votes, ties to the class of the nearer voter. Shares no code with the table or the vote.
fn predicted_by_definition(dataset: &Dataset, folds: &[usize], sample: usize, k: usize) -> usize {
    let distance = |other: usize| -> f64 {
        let pairs = dataset.vector(sample).iter().zip(dataset.vector(other));
        pairs
            .map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2))
            .sum()
    };
    let mut training: Vec<usize> = (0..dataset.n_samples())
        .filter(|&other| folds[other] != folds[sample])
        .collect();
    training.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    let voters: Vec<usize> = training[..k]
        .iter()
        .map(|&other| dataset.classes()[other])
        .collect();
    let votes = |class: usize| voters.iter().filter(|&&voter| voter == class).count();
    let most = voters.iter().map(|&class| votes(class)).max().unwrap();
    *voters.iter().find(|&&class| votes(class) == most).unwrap()
}

#[test]
fn predictions_are_those_of_the_definition() {
    let dataset = cohort(90);
    let params = EvaluationParams {
        distances: vec![Distance::Euclidean],
        ..params()
    };
    let evaluation = evaluation(&dataset, &params).unwrap();
    for protocol in &evaluation.protocols {
        let run = &protocol.runs[0];
        for prediction in &run.predictions {
            let expected =
                predicted_by_definition(&dataset, &protocol.folds, prediction.sample, run.k);
            assert_eq!(prediction.predicted, expected);
            assert_eq!(prediction.fold, protocol.folds[prediction.sample]);
        }
        // Accuracy of each fold and of all, counted again from the predictions.
        let is_right =
            |prediction: &&Prediction| prediction.predicted == dataset.classes()[prediction.sample];
        let n_right = run.predictions.iter().filter(is_right).count() as f64;
        let point = &run.k_points[run.k - 1];
        assert_eq!(
            point.pooled.get(Measure::Accuracy),
            Some(n_right / dataset.n_samples() as f64)
        );
        for fold in 0..5 {
            let of_fold = || {
                run.predictions
                    .iter()
                    .filter(|prediction| prediction.fold == fold)
            };
            assert_eq!(of_fold().count(), point.fold_sizes[fold]);
            let accuracy = of_fold().filter(is_right).count() as f64 / of_fold().count() as f64;
            assert_eq!(point.folds[fold].get(Measure::Accuracy), Some(accuracy));
        }
    }
}

#[test]
fn k_is_the_smallest_of_the_best() {
    let dataset = cohort(90);
    for select_by in [Measure::F1Macro, Measure::Accuracy, Measure::LogLoss] {
        let params = EvaluationParams {
            select_by,
            ..params()
        };
        for protocol in evaluation(&dataset, &params).unwrap().protocols {
            for run in &protocol.runs {
                let mean = |k: usize| run.k_points[k - 1].mean.get(select_by).unwrap();
                let better = |a: f64, b: f64| {
                    if select_by == Measure::LogLoss {
                        a < b
                    } else {
                        a > b
                    }
                };
                for k in 1..=15 {
                    assert!(!better(mean(k), mean(run.k)));
                    assert!(k >= run.k || better(mean(run.k), mean(k)));
                }
            }
        }
    }
}

#[test]
fn subjects_leak_in_the_image_level_protocol_only() {
    let dataset = cohort(60);
    let evaluation = evaluation(&dataset, &params()).unwrap();
    let is_split = |folds: &[usize], subject: usize| {
        let mut of_subject = (0..folds.len())
            .filter(|&i| dataset.subjects()[i] == subject)
            .map(|i| folds[i]);
        let first = of_subject.next();
        of_subject.any(|fold| Some(fold) != first)
    };
    let n_split = |folds: &[usize]| (0..60).filter(|&subject| is_split(folds, subject)).count();
    assert_eq!(evaluation.protocols[0].protocol, Protocol::SubjectGrouped);
    assert_eq!(n_split(&evaluation.protocols[0].folds), 0);
    assert!(n_split(&evaluation.protocols[1].folds) > 10);
}

#[test]
fn repeats_draw_other_folds_and_the_first_is_the_only_one() {
    let dataset = cohort(60);
    let once = evaluation(&dataset, &params()).unwrap();
    let thrice = evaluation(
        &dataset,
        &EvaluationParams {
            n_repeats: 3,
            ..params()
        },
    )
    .unwrap();
    let points = &thrice.protocols[0].runs[0].k_points;
    assert_eq!(points.len(), 45);
    assert_eq!(points[..15], once.protocols[0].runs[0].k_points[..]);
    assert_ne!(points[0].mean, points[15].mean);
}

#[test]
fn folds_from_a_file_are_used_as_they_are() {
    let dataset = cohort(60);
    let folds: Vec<usize> = (0..dataset.n_samples()).map(|sample| sample % 4).collect();
    let params = EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some(folds.clone()),
        ..params()
    };
    let evaluation = evaluation(&dataset, &params).unwrap();
    assert_eq!(evaluation.protocols[0].folds, folds);
    assert_eq!(evaluation.protocols[0].n_folds, 4);
}

#[test]
fn classes_can_be_left_out() {
    let dataset = cohort(60);
    let params = EvaluationParams {
        exclude: vec!["class-1".into()],
        ..params()
    };
    let evaluation = evaluation(&dataset, &params).unwrap();
    assert_eq!(evaluation.class_names, ["class-0", "class-2"]);
    assert!(
        evaluation
            .samples
            .iter()
            .all(|&sample| dataset.classes()[sample] != 1)
    );
    assert_eq!(evaluation.findings[0].code, "class_left_out");
    // No sample of the class votes either.
    let run = &evaluation.protocols[0].runs[0];
    assert!(run.scores.iter().all(|scores| scores.iter().count() == 2));
}

#[test]
fn softmax_is_for_cosine_only() {
    let params = EvaluationParams {
        weights: vec![Weights::Uniform, Weights::Softmax],
        ..params()
    };
    let evaluation = evaluation(&cohort(60), &params).unwrap();
    let runs: Vec<(Distance, Weights)> = evaluation.protocols[0]
        .runs
        .iter()
        .map(|run| (run.distance, run.weights))
        .collect();
    let (cosine, euclidean) = (Distance::Cosine, Distance::Euclidean);
    assert_eq!(
        runs,
        [
            (cosine, Weights::Uniform),
            (cosine, Weights::Softmax),
            (euclidean, Weights::Uniform)
        ]
    );
}

#[test]
fn shuffled_labels_come_to_chance() {
    let evaluation = evaluation(&cohort(150), &params()).unwrap();
    let summary = &evaluation.protocols[0].runs[0].summary;
    let chance = |measure: Measure| summary[measure as usize].chance;
    // Three classes of even size; the standard error of 20 shuffles of 300 samples is about 0.007.
    assert!((chance(Measure::Accuracy).shuffled_labels.unwrap() - 1.0 / 3.0).abs() < 0.04);
    assert!((chance(Measure::AucMacro).shuffled_labels.unwrap() - 0.5).abs() < 0.04);
    assert_eq!(chance(Measure::AucMacro).largest_class, Some(0.5));
    assert_eq!(
        chance(Measure::BalancedAccuracy).largest_class,
        Some(1.0 / 3.0)
    );
}

#[test]
fn ties_by_the_lowest_class_differ_only_where_scores_are_equal() {
    let dataset = cohort(60);
    let nearest = evaluation(&dataset, &params()).unwrap();
    let lowest = evaluation(
        &dataset,
        &EvaluationParams {
            ties: Ties::LowestClass,
            ..params()
        },
    )
    .unwrap();
    let points = |evaluation: &Evaluation| evaluation.protocols[0].runs[0].k_points.clone();
    // One neighbor cannot tie; areas do not depend on the order of equal scores.
    assert_eq!(
        points(&nearest)[0].pooled.get(Measure::Accuracy),
        points(&lowest)[0].pooled.get(Measure::Accuracy)
    );
    for (a, b) in points(&nearest).iter().zip(&points(&lowest)) {
        assert_eq!(
            a.pooled.get(Measure::AucMacro),
            b.pooled.get(Measure::AucMacro)
        );
    }
}

#[test]
fn settings_that_do_not_suit_are_refused() {
    let dataset = cohort(12);
    let check = |params: EvaluationParams, message: &str| {
        assert_eq!(
            evaluation(&dataset, &params).unwrap_err().to_string(),
            message
        );
    };
    check(
        EvaluationParams {
            n_folds: 13,
            ..params()
        },
        "13 folds do not suit 12 subjects: at most that many folds are filled",
    );
    check(
        EvaluationParams {
            n_folds: 1,
            ..params()
        },
        "`evaluation.folds` is 1; it must be at least 2",
    );
    check(
        EvaluationParams {
            exclude: vec!["class-9".into()],
            ..params()
        },
        "`data.exclude` names class \"class-9\", which the data do not have",
    );
    check(
        EvaluationParams {
            min_subjects: 5,
            ..params()
        },
        "0 of the classes have two subjects or more; an evaluation needs at least two such classes",
    );
    check(
        EvaluationParams {
            protocols: vec![Protocol::FromFile],
            ..params()
        },
        "protocol from-file needs a file of folds",
    );
    check(
        EvaluationParams {
            protocols: vec![Protocol::FromFile],
            folds_from_file: Some((0..dataset.n_samples()).map(|i| 2 * (i % 2)).collect()),
            ..params()
        },
        "fold 1 of the given folds has no evaluated sample",
    );
    check(
        EvaluationParams {
            distances: vec![Distance::Euclidean],
            weights: vec![Weights::Softmax],
            ..params()
        },
        "softmax weights suit the cosine distance only, and it is not evaluated",
    );
}

#[test]
fn intervals_hold_the_figure_and_differences_are_paired() {
    let params = EvaluationParams {
        n_resamples: 200,
        ..params()
    };
    let evaluation = evaluation(&cohort(90), &params).unwrap();
    for protocol in &evaluation.protocols {
        for run in &protocol.runs {
            let summary = run.summary[Measure::Accuracy as usize];
            let interval = summary.interval.unwrap();
            assert!(interval.low < summary.pooled.unwrap());
            assert!(summary.pooled.unwrap() < interval.high);
        }
        assert_eq!(protocol.comparisons.len(), Measure::ALL.len());
        let accuracy = protocol.comparisons[Measure::Accuracy as usize];
        let width = |interval: Interval| interval.high - interval.low;
        let of_run = |run: usize| {
            width(
                protocol.runs[run].summary[Measure::Accuracy as usize]
                    .interval
                    .unwrap(),
            )
        };
        // Were the resamples drawn apart, the difference would be about as uncertain as both
        // figures together.
        let apart = (of_run(0).powi(2) + of_run(1).powi(2)).sqrt();
        assert!(width(accuracy.interval.unwrap()) < 0.9 * apart);
        assert!(accuracy.p_value.unwrap() >= 1.0 / 201.0);
    }
}
