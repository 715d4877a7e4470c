use super::isotonic::{IsotonicMap, Level};
use super::*;
use crate::dataset::SampleId;
use crate::evaluation::{Place, Scores, Ties, cross_validate};
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};

/// The cohort of `tests/reference/improvement`, and what scikit-learn makes of its votes; see
/// make.py.
mod reference {
    pub(super) const DATA: &str = include_str!("../../tests/reference/improvement/data.csv");
    pub(super) const SCORES: &str = include_str!("../../tests/reference/calibration/scores.csv");
    pub(super) const FIGURES: &str = include_str!("../../tests/reference/calibration/figures.csv");
}

fn cohort() -> (Dataset, Vec<usize>) {
    let (mut values, mut ids, mut folds) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in reference::DATA.lines().enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        ids.push(SampleId {
            class: cells[0].to_owned(),
            subject: format!("{:>3}", cells[1]),
            sample: index.to_string(),
        });
        folds.push(cells[2].parse().unwrap());
        values.extend(cells[3..].iter().map(|cell| cell.parse::<f32>().unwrap()));
    }
    let n_dims = values.len() / ids.len();
    (Dataset::new(values, n_dims, ids).unwrap(), folds)
}

fn params(folds: Vec<usize>) -> EvaluationParams {
    EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some(folds),
        weights: vec![Weights::Uniform, Weights::Distance],
        ties: Ties::LowestClass,
        k_max: 5,
        n_resamples: 50,
        ..EvaluationParams::default()
    }
}

/// An evaluation in which every run has voted with k = 5, whatever it chose.
fn evaluated_at_5(
    dataset: &Dataset,
    tables: &[Neighbors],
    params: &EvaluationParams,
) -> Evaluation {
    let machine = Machine::default();
    let groups = dataset.subjects();
    let mut evaluation = cross_validate(dataset, tables, groups, params, &machine).unwrap();
    let folds = evaluation.protocols[0].folds.clone();
    let evaluated = Evaluated::new(dataset, groups, &evaluation);
    let mut runs = evaluation.protocols[0].runs.clone();
    for run in &mut runs {
        run.k = 5;
        let table = tables
            .iter()
            .find(|t| t.distance() == run.distance)
            .unwrap();
        let keys = Keys::new(dataset, run.distance, machine.instruction_set);
        let inside =
            |outer| inside::votes_inside(&evaluated, table, &keys, &folds, outer, run, params);
        let votes: Vec<Votes> = (0..5).map(inside).collect();
        let of_own_fold = folds.iter().map(|&fold| &votes[fold]).enumerate();
        run.scores = Scores::new(evaluated.n_classes);
        for ((sample, votes), row) in of_own_fold.zip(&mut run.predictions) {
            row.predicted = votes.predicted[sample];
            run.scores.extend([votes.scores(sample)]);
        }
    }
    evaluation.protocols[0].runs = runs;
    evaluation
}

/// Scores are written with 12 decimals; weights of 1 / distance hold the rounding of distances.
#[test]
fn calibrated_scores_and_their_figures_are_those_of_scikit_learn() {
    let (dataset, folds) = cohort();
    let params = params(folds);
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 160, &machine);
    let evaluation = evaluated_at_5(&dataset, &tables, &params);
    let part = &evaluation.protocols[0];
    let evaluated = Evaluated::new(&dataset, dataset.subjects(), &evaluation);
    let mut scores = reference::SCORES.lines();
    let mut figures = reference::FIGURES.lines();
    for run in &part.runs {
        let table = tables
            .iter()
            .find(|t| t.distance() == run.distance)
            .unwrap();
        let keys = Keys::new(&dataset, run.distance, machine.instruction_set);
        let votes = inside::calibrated(&evaluated, table, &keys, part, run, &params).unwrap();
        let name = [run.distance.name(), run.weights.name()];
        for row in votes.scores.iter() {
            let cells: Vec<&str> = scores.next().unwrap().split(',').collect();
            assert_eq!(cells[..2], name);
            for (cell, score) in cells[2..].iter().zip(row.iter()) {
                let expected: f64 = cell.parse().unwrap();
                assert!(
                    (score - expected).abs() < 1e-9,
                    "{name:?} {cells:?} {row:?}"
                );
            }
        }
        let plain = plain_votes(&evaluated, run);
        let votes = [(plain, Some(votes))];
        let of_run = calibrations(&evaluated, std::slice::from_ref(run), &votes, &params).remove(0);
        for version in ["plain", "isotonic"] {
            let cells: Vec<&str> = figures.next().unwrap().split(',').collect();
            assert_eq!(cells[..3], [name[0], name[1], version]);
            let measures = [
                ScoreMeasure::LogLoss,
                ScoreMeasure::Brier,
                ScoreMeasure::Accuracy,
                ScoreMeasure::AucMacro,
                ScoreMeasure::ExpectedCalibrationError,
            ];
            for (cell, measure) in cells[3..].iter().zip(measures) {
                let expected: f64 = cell.parse().unwrap();
                let change = of_run.isotonic.as_ref().unwrap().change(measure).unwrap();
                let value = if version == "plain" {
                    change.plain
                } else {
                    change.isotonic
                };
                assert!(
                    (value - expected).abs() < 1e-9,
                    "{cells:?} {measure:?} {value}"
                );
            }
        }
    }
    assert_eq!((scores.next(), figures.next()), (None, None));
}

/// What is fitted inside is told apart by folds only: the outer fold's rows are the predictions of the
/// run, and every figure of the plain scores is that of the evaluation.
#[test]
fn plain_scores_are_those_of_the_evaluation() {
    let (dataset, folds) = cohort();
    let params = params(folds);
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 160, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(&dataset, &tables, groups, &params, &machine).unwrap();
    let found = calibrate(&dataset, &tables, groups, &evaluation, &params, &machine).unwrap();
    let evaluated = Evaluated::new(&dataset, groups, &evaluation);
    let part = &evaluation.protocols[0];
    for (run, of_run) in part.runs.iter().zip(&found.runs) {
        let table = tables
            .iter()
            .find(|t| t.distance() == run.distance)
            .unwrap();
        let keys = Keys::new(&dataset, run.distance, machine.instruction_set);
        let votes = inside::votes_inside(&evaluated, table, &keys, &part.folds, 2, run, &params);
        for (sample, scores) in run.scores.iter().enumerate() {
            if part.folds[sample] == 2 {
                assert_eq!(votes.scores(sample), scores);
            }
        }
        let isotonic = of_run.isotonic.as_ref().unwrap();
        for (measure, of) in [
            (ScoreMeasure::LogLoss, Measure::LogLoss),
            (ScoreMeasure::Brier, Measure::Brier),
            (ScoreMeasure::Accuracy, Measure::Accuracy),
            (ScoreMeasure::AucMacro, Measure::AucMacro),
        ] {
            let change = isotonic.change(measure).unwrap();
            let pooled = run.summary[of as usize].pooled.unwrap();
            assert!((change.plain - pooled).abs() < 1e-12, "{measure:?}");
            assert_eq!(change.difference, change.isotonic - change.plain);
            assert_eq!(change.interval.is_none(), measure == ScoreMeasure::AucMacro);
        }
    }
}

/// Every pattern of five levels of two samples, against the max-min formula of isotonic regression
/// (Robertson, Wright & Dykstra 1988, section 1.4), which shares nothing with pooling.
#[test]
fn isotonic_maps_match_their_definition_on_every_small_case() {
    for case in 0..3_usize.pow(5) {
        let levels: Vec<Level> = (0..5)
            .map(|index| Level {
                score: index as f64 / 4.0,
                n: 2 + index % 2,
                n_positive: case / 3_usize.pow(index as u32) % 3,
            })
            .collect();
        let map = IsotonicMap::fit(&levels);
        for (index, level) in levels.iter().enumerate() {
            let share = |first: usize, last: usize| {
                let of = &levels[first..=last];
                let n_positive: usize = of.iter().map(|level| level.n_positive).sum();
                n_positive as f64 / of.iter().map(|level| level.n).sum::<usize>() as f64
            };
            let least = |first: usize| {
                (index..5)
                    .map(|last| share(first, last))
                    .fold(2.0, f64::min)
            };
            let expected = (0..=index).map(least).fold(-1.0, f64::max);
            let found = map.at(level.score);
            if expected > 0.0 && expected < 1.0 {
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{levels:?} {found} {expected}"
                );
            } else {
                assert!(found > 0.0 && found < 1.0 && (found - expected).abs() <= 0.25);
            }
            assert!(index == 0 || found >= map.at(levels[index - 1].score));
        }
    }
}

#[test]
fn isotonic_map_by_hand() {
    let level = |score, n, n_positive| Level {
        score,
        n,
        n_positive,
    };
    // 0 of 8, then 2 of 4 and 1 of 4 pooled to 3 of 8, then 3 of 3.
    let map = IsotonicMap::fit(&[
        level(0.0, 8, 0),
        level(0.2, 4, 2),
        level(0.6, 4, 1),
        level(1.0, 3, 3),
    ]);
    assert_eq!(map.at(0.0), 0.1);
    assert_eq!(map.at(0.2), 0.375);
    assert_eq!(map.at(0.4), 0.375);
    assert_eq!(map.at(1.0), 0.8);
    assert!((map.at(0.1) - 0.2375).abs() < 1e-15, "halfway");
    // A class that the training part lacks, and one that fills it.
    assert_eq!(IsotonicMap::fit(&[level(0.0, 98, 0)]).at(0.4), 0.01);
    assert_eq!(IsotonicMap::fit(&[level(1.0, 98, 98)]).at(0.4), 0.99);
    // 0 of 1 would be a third, were the next share not less.
    let map = IsotonicMap::fit(&[level(0.0, 1, 0), level(1.0, 10, 1)]);
    assert_eq!((map.at(0.0), map.at(1.0)), (0.1, 0.1));
}

/// Scores in steps of 1 / 40, right with the probability that `truth` makes of the score.
fn scored(n_subjects: usize, seed: u64, truth: impl Fn(f64) -> f64) -> (Scored, Vec<usize>) {
    let mut stream = Stream::new(seed, Use::Synth, 1);
    let (mut scores, mut predicted, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for subject in 0..n_subjects {
        let limit = stream.unit();
        for _ in 0..1 + stream.below(3) {
            let score = (20 + stream.below(21)) as f64 / 40.0;
            scores.extend([score, 1.0 - score]);
            predicted.push(usize::from(limit >= truth(score)));
            groups.push(subject);
        }
    }
    // The first class is always predicted; it is the true one where the draw says so.
    let n_samples = groups.len();
    let votes = Votes {
        n_classes: 2,
        truth: predicted,
        predicted: vec![0; n_samples],
        places: vec![
            Place {
                n_ahead: 0,
                n_tied: 2
            };
            n_samples
        ],
        scores: Scores::from_rows(2, &scores),
    };
    (Scored::new(&votes), groups)
}

fn reliability(n_subjects: usize, seed: u64, truth: impl Fn(f64) -> f64) -> Reliability {
    let (scored, groups) = scored(n_subjects, seed, truth);
    Reliability::new(&scored, &groups, &EvaluationParams::default())
}

#[test]
fn parts_of_the_brier_score_add_up() {
    for seed in 0..20 {
        let found = reliability(60, seed, |score| score * score);
        let parts = found.brier_parts;
        let sum = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins;
        assert!((sum - parts.brier).abs() < 1e-14, "{parts:?}");
        assert!(parts.within_bins != 0.0);
        let n: usize = found.bins.iter().map(|bin| bin.n).sum();
        let right: f64 = found
            .bins
            .iter()
            .map(|bin| bin.n as f64 * bin.accuracy)
            .sum();
        assert!((right / n as f64 - found.accuracy).abs() < 1e-14);
    }
}

/// Scores 0.55, 0.55, 0.58 and 0.95, the first of one subject; right are the second and the last:
///
/// ```text
/// bin 5: mean 0.56, accuracy 1/3, 5/3 effective subjects   ECE = (3 |1/3 - 0.56| + |1 - 0.95|) / 4
/// bin 9: mean 0.95, accuracy 1
/// ```
#[test]
fn reliability_by_hand() {
    let scores = [0.55, 0.55, 0.58, 0.95];
    let votes = Votes {
        n_classes: 2,
        truth: vec![1, 0, 1, 0],
        predicted: vec![0; 4],
        places: vec![
            Place {
                n_ahead: 0,
                n_tied: 2
            };
            4
        ],
        scores: Scores::from_rows(2, &scores.map(|score| [score, 1.0 - score]).concat()),
    };
    let found = Reliability::new(
        &Scored::new(&votes),
        &[0, 0, 1, 2],
        &EvaluationParams::default(),
    );
    let bins: Vec<usize> = found.bins.iter().map(|bin| bin.bin).collect();
    assert_eq!(bins, [5, 9]);
    let first = &found.bins[0];
    assert_eq!((first.n, first.low, first.high), (3, 0.5, 0.6));
    assert!((first.score_mean - 0.56).abs() < 1e-15);
    assert_eq!(first.accuracy, 1.0 / 3.0);
    assert_eq!(
        first.accuracy_interval,
        crate::statistics::wilson_interval(1.0 / 3.0, 9.0 / 5.0, 0.95)
    );
    let expected = (3.0 * (0.56 - 1.0 / 3.0) + 0.05) / 4.0;
    assert!((found.ece - expected).abs() < 1e-15);
    assert_eq!(reliability::bin_of(1.0), 9);
    assert_eq!(reliability::bin_of(0.0), 0);
}

/// Of 300 perfectly calibrated cohorts 15 may be called miscalibrated, give or take three standard
/// deviations of 3.8; their mean error is what the drawings say. Overconfident ones all are.
#[test]
fn calibrated_scores_are_seldom_called_miscalibrated() {
    let (mut n_called, mut error, mut expected) = (0, 0.0, 0.0);
    for seed in 0..300 {
        let found = reliability(80, seed, |score| score);
        n_called += usize::from(found.is_miscalibrated());
        error += found.ece / 300.0;
        expected += found.ece_if_calibrated.mean / 300.0;
    }
    assert!((4..=26).contains(&n_called), "{n_called}");
    // The error of one cohort has a standard deviation of some 0.025.
    assert!((error - expected).abs() < 0.005, "{error} {expected}");
    for seed in 0..20 {
        assert!(reliability(200, seed, |score| score * score * score).is_miscalibrated());
    }
}

/// Chance makes more of few independent subjects than of many samples.
#[test]
fn samples_of_one_subject_are_drawn_together() {
    let (scored, groups) = scored(100, 3, |score| score);
    let alone: Vec<usize> = (0..groups.len()).collect();
    let params = EvaluationParams::default();
    let together = Reliability::new(&scored, &groups, &params).ece_if_calibrated;
    let apart = Reliability::new(&scored, &alone, &params).ece_if_calibrated;
    assert!(together.mean > apart.mean, "{together:?} {apart:?}");
    assert!(together.upper > together.mean);
}

#[test]
fn two_folds_leave_nothing_to_fit_on() {
    let (dataset, folds) = cohort();
    let two = folds.iter().map(|fold| fold % 2).collect();
    let found = calibrated(&dataset, &params(two));
    assert!(found.runs.iter().all(|run| run.isotonic.is_none()));
    assert!(found.runs.iter().all(|run| !run.plain.bins.is_empty()));
}

#[test]
fn without_resampling_there_are_no_intervals() {
    let (dataset, folds) = cohort();
    let params = EvaluationParams {
        n_resamples: 0,
        ..params(folds)
    };
    let found = calibrated(&dataset, &params);
    let changes = &found.runs[0].isotonic.as_ref().unwrap().changes;
    assert_eq!(changes.len(), ScoreMeasure::ALL.len());
    assert!(changes.iter().all(|change| change.interval.is_none()));
}

fn calibrated(dataset: &Dataset, params: &EvaluationParams) -> Calibration {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, 40, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(dataset, &tables, groups, params, &machine).unwrap();
    calibrate(dataset, &tables, groups, &evaluation, params, &machine).unwrap()
}

#[test]
fn threads_and_repeats_change_nothing() {
    let (dataset, folds) = cohort();
    let params = params(folds);
    let found = calibrated(&dataset, &params);
    for n_threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .unwrap();
        assert_eq!(found, pool.install(|| calibrated(&dataset, &params)));
    }
}

/// Many classes of one subject each, which no training part has, and one of all others.
#[test]
fn classes_without_training_samples_are_mapped_too() {
    let mut stream = Stream::new(9, Use::Synth, 0);
    let (mut values, mut ids) = (Vec::new(), Vec::new());
    for subject in 0..60 {
        let class = if subject < 40 { subject % 2 } else { subject };
        values.extend((0..3).map(|_| stream.normal() as f32));
        ids.push(SampleId {
            class: format!("{class:>2}"),
            subject: format!("{subject:>2}"),
            sample: "0".to_owned(),
        });
    }
    let dataset = Dataset::new(values, 3, ids).unwrap();
    let params = EvaluationParams {
        n_folds: 3,
        k_max: 3,
        n_resamples: 10,
        ..EvaluationParams::default()
    };
    let found = calibrated(&dataset, &params);
    for run in &found.runs {
        let isotonic = run.isotonic.as_ref().unwrap();
        assert!(
            isotonic
                .changes
                .iter()
                .all(|change| change.isotonic.is_finite())
        );
        assert!(run.n_without_vote >= 20);
    }
}
