//! Every subject left out, intervals of curves and classes, and the spread over repeats.

use super::*;
use crate::evaluation::measures::LANES;
use crate::evaluation::measures::literal::{expand, literal};
use crate::evaluation::resampling::Resamples;
use crate::statistics::percentile_interval;

#[test]
fn every_subject_is_tested_by_all_others() {
    let dataset = cohort(60);
    let params = EvaluationParams {
        distances: vec![Distance::Euclidean],
        protocols: vec![Protocol::LeaveOneSubjectOut],
        n_repeats: 3,
        n_resamples: 30,
        ..params()
    };
    let evaluation = evaluation(&dataset, &params).unwrap();
    let part = &evaluation.protocols[0];
    let run = &part.runs[0];
    assert_eq!(
        (part.n_folds, part.folds.as_slice()),
        (60, dataset.subjects())
    );
    for prediction in &run.predictions {
        let expected =
            predicted_by_definition(&dataset, dataset.subjects(), prediction.sample, run.k);
        assert_eq!(prediction.predicted, expected);
    }
    // Drawn once, since nothing is drawn; no fold is measured, and k is chosen by the pooled value.
    assert_eq!(run.k_points.len(), params.k_max);
    let chosen = |point: &KPoint| point.pooled.get(Measure::F1Macro).unwrap();
    let best = run.k_points.iter().map(chosen).fold(0.0, f64::max);
    assert_eq!(chosen(&run.k_points[run.k - 1]), best);
    assert!(run.k_points.iter().all(|point| point.folds.is_empty()));
    assert!(run.nested.is_empty());
    let summary = &run.summary[Measure::F1Macro as usize];
    assert_eq!(
        (summary.mean, summary.sd, summary.pooled),
        (None, None, Some(best))
    );
    assert!(summary.interval.is_some() && run.roc_band.is_some());
    assert_eq!(run.roc[0].area_sd, 0.0);
}

/// Two repeats of five folds: the deviations counted again from the folds' own figures.
#[test]
fn spread_of_folds_is_told_from_that_of_repeats() {
    let dataset = cohort(90);
    let params = EvaluationParams {
        n_repeats: 3,
        ..params()
    };
    let evaluation = evaluation(&dataset, &params).unwrap();
    let run = &evaluation.protocols[0].runs[0];
    let points: Vec<&KPoint> = run
        .k_points
        .iter()
        .filter(|point| point.k == run.k)
        .collect();
    assert_eq!(points.len(), 3);
    for measure in [Measure::Accuracy, Measure::LogLoss] {
        let folds = |point: &&KPoint| -> Vec<f64> {
            point
                .folds
                .iter()
                .map(|fold| fold.get(measure).unwrap())
                .collect()
        };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let squares = |values: &[f64]| -> f64 {
            let mean = mean(values);
            values.iter().map(|value| (value - mean).powi(2)).sum()
        };
        let within: Vec<f64> = points
            .iter()
            .map(|point| squares(&folds(point)) / 5.0)
            .collect();
        let means: Vec<f64> = points.iter().map(|point| mean(&folds(point))).collect();
        let summary = &run.summary[measure as usize];
        // Sums of a few numbers below 10.
        let is_near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-12;
        assert!(is_near(summary.sd_between_folds, mean(&within).sqrt()));
        assert!(is_near(
            summary.sd_between_repeats,
            (squares(&means) / 2.0).sqrt()
        ));
    }
    let once = super::evaluation(&dataset, &super::params()).unwrap();
    let summary = &once.protocols[0].runs[0].summary[0];
    assert_eq!(summary.sd_between_repeats, None);
    assert_eq!(summary.sd_between_folds, summary.sd);
}

/// Intervals at every k, and of every class, from the resamples expanded and measured by definition.
#[test]
fn bands_are_percentiles_of_expanded_resamples() {
    let dataset = cohort(40);
    let params = EvaluationParams {
        distances: vec![Distance::Euclidean],
        k_max: 3,
        n_resamples: 20,
        ..params()
    };
    let evaluation = evaluation(&dataset, &params).unwrap();
    let run = &evaluation.protocols[0].runs[0];
    let votes = Votes {
        n_classes: 3,
        truth: dataset.classes().to_vec(),
        predicted: run.predictions.iter().map(|one| one.predicted).collect(),
        places: vec![
            crate::evaluation::Place {
                n_ahead: 0,
                n_tied: 1
            };
            dataset.n_samples()
        ],
        scores: run.scores.clone(),
    };
    let resamples = Resamples::new(dataset.classes(), dataset.subjects(), 20, params.seed);
    let drawn = resamples.each(|multiplicities, _| multiplicities.to_vec());
    let expanded: Vec<Votes> = (0..20)
        .map(|resample| {
            let counts = drawn[resample / LANES]
                .iter()
                .map(|counts| counts[resample % LANES] as u32);
            expand(&votes, &counts.collect::<Vec<u32>>())
        })
        .collect();
    let interval = |value: &dyn Fn(&Votes) -> f64| {
        percentile_interval(expanded.iter().map(value).collect(), params.confidence).unwrap()
    };
    // Means of some dozens of numbers below 1.
    let is_near = |found: Interval, expected: Interval| {
        (found.low - expected.low).abs() < 1e-12 && (found.high - expected.high).abs() < 1e-12
    };

    assert_eq!(run.k_bands.len(), 3 * 4);
    for band in run.k_bands.iter().filter(|band| band.k == run.k) {
        if band.measure != Measure::Top3 {
            let expected = interval(&|votes| literal(votes, band.measure).unwrap());
            assert!(
                is_near(band.interval, expected),
                "{band:?}, not {expected:?}"
            );
        }
        let summary = &run.summary[band.measure as usize];
        assert_eq!(
            (Some(band.pooled), Some(band.interval)),
            (summary.pooled, summary.interval)
        );
    }
    for class in &run.per_class {
        let count = |votes: &Votes, is: &dyn Fn(usize) -> bool| {
            (0..votes.truth.len()).filter(|&i| is(i)).count() as f64
        };
        let precision = interval(&|votes| {
            let right = count(votes, &|i| {
                votes.predicted[i] == class.class && votes.truth[i] == class.class
            });
            right / count(votes, &|i| votes.predicted[i] == class.class).max(1.0)
        });
        let f1 = interval(&|votes| {
            let right = count(votes, &|i| {
                votes.predicted[i] == class.class && votes.truth[i] == class.class
            });
            let both = count(votes, &|i| votes.predicted[i] == class.class)
                + count(votes, &|i| votes.truth[i] == class.class);
            2.0 * right / both
        });
        let auc = interval(&|votes| {
            let (mut wins, mut pairs) = (0.0, 0.0);
            for i in (0..votes.truth.len()).filter(|&i| votes.truth[i] == class.class) {
                for j in (0..votes.truth.len()).filter(|&j| votes.truth[j] != class.class) {
                    let (a, b) = (votes.scores(i)[class.class], votes.scores(j)[class.class]);
                    wins += f64::from(u8::from(a > b)) + 0.5 * f64::from(u8::from(a == b));
                    pairs += 1.0;
                }
            }
            wins / pairs
        });
        assert!(is_near(class.precision_interval.unwrap(), precision));
        assert!(is_near(class.f1_interval.unwrap(), f1));
        assert!(is_near(class.auc_interval.unwrap(), auc));
    }
}
