//! Isotonic maps that no test sample has a part in.

use rayon::prelude::*;

use super::MAX_FOLDS;
use super::isotonic::{IsotonicMap, Level};
use crate::evaluation::{
    Evaluated, EvaluationParams, NeighborLists, Place, ProtocolEvaluation, Run, Scores, Votes, vote,
};
use crate::neighbors::{Keys, Neighbors};

/// The calibrated scores of every sample, each by the maps of the training part of its fold; `None`
/// with fewer than three folds, or more than [`MAX_FOLDS`].
///
/// Of equal calibrated scores the class with the higher plain score stands before, of equals in
/// both the class that was predicted.
///
/// * `table`, `keys`: of the run's distance.
pub(super) fn calibrated(
    evaluated: &Evaluated,
    table: &Neighbors,
    keys: &Keys,
    part: &ProtocolEvaluation,
    run: &Run,
    params: &EvaluationParams,
) -> Option<Votes> {
    if !(3..=MAX_FOLDS).contains(&part.n_folds) {
        return None;
    }
    let calibrated: Vec<Calibrated> = (0..part.n_folds)
        .into_par_iter()
        .map(|fold| {
            let votes = votes_inside(evaluated, table, keys, &part.folds, fold, run, params);
            calibrate_fold(&votes, &part.folds, fold, run)
        })
        .collect();
    let mut votes = Votes {
        n_classes: evaluated.n_classes,
        truth: evaluated.classes.clone(),
        predicted: Vec::with_capacity(evaluated.n_samples()),
        places: vec![shared_by_all(evaluated.n_classes); evaluated.n_samples()],
        scores: Scores::new(evaluated.n_classes),
    };
    let mut n_joined = vec![0; part.n_folds];
    for &fold in &part.folds {
        let (calibrated, place) = (&calibrated[fold], n_joined[fold]);
        n_joined[fold] += 1;
        votes.predicted.push(calibrated.predicted[place]);
        votes.scores.extend([calibrated.scores.of(place)]);
    }
    Some(votes)
}

/// The place of a class of which no more is known than that it is one of them.
pub(super) fn shared_by_all(n_classes: usize) -> Place {
    Place {
        n_ahead: 0,
        n_tied: n_classes,
    }
}

/// What becomes of the samples of one fold, in their order.
struct Calibrated {
    scores: Scores,
    predicted: Vec<usize>,
}

/// The votes of all samples without an outer fold: its samples are taught by the whole training part,
/// those of the training part by the training part without their own fold.
pub(super) fn votes_inside(
    evaluated: &Evaluated,
    table: &Neighbors,
    keys: &Keys,
    folds: &[usize],
    outer: usize,
    run: &Run,
    params: &EvaluationParams,
) -> Votes {
    let all: Vec<usize> = (0..evaluated.n_samples()).collect();
    let may_teach =
        |test: usize, training: usize| folds[training] != outer && folds[training] != folds[test];
    let lists = evaluated.nearest_of_each(table, keys, &all, run.k, may_teach);
    vote(
        &NeighborLists::new(lists),
        &evaluated.classes,
        evaluated.n_classes,
        run.k,
        run.weights,
        params.ties,
    )
}

/// Fits the maps on the training part and applies them to the outer fold's samples.
fn calibrate_fold(votes: &Votes, folds: &[usize], outer: usize, run: &Run) -> Calibrated {
    let maps = maps(votes, |sample| folds[sample] != outer);
    let mut calibrated = Calibrated {
        scores: Scores::new(votes.n_classes),
        predicted: Vec::new(),
    };
    let (mut plain, mut scores) = (Vec::new(), Vec::new());
    for sample in (0..folds.len()).filter(|&sample| folds[sample] == outer) {
        plain.clear();
        plain.extend(votes.scores(sample).iter());
        scores.clear();
        scores.extend(maps.iter().zip(&plain).map(|(map, &score)| map.at(score)));
        let total: f64 = scores.iter().sum();
        for score in &mut scores {
            *score /= total;
        }
        let before = run.predictions[sample].predicted;
        let predicted = (0..scores.len()).fold(before, |best, class| {
            let is_better = (scores[class], plain[class]) > (scores[best], plain[best]);
            if is_better { class } else { best }
        });
        let of_classes = scores.iter().copied().enumerate();
        calibrated.scores.push(of_classes);
        calibrated.predicted.push(predicted);
    }
    calibrated
}

/// The map of every class, fitted on some of the samples.
fn maps(votes: &Votes, is_training: impl Fn(usize) -> bool) -> Vec<IsotonicMap> {
    // Most scores are 0: they are counted, and only the others sorted.
    let nothing = Level {
        score: 0.0,
        n: 0,
        n_positive: 0,
    };
    let mut zeros = vec![nothing; votes.n_classes];
    let mut scored: Vec<Vec<(f64, bool)>> = vec![Vec::new(); votes.n_classes];
    let mut n_training = 0;
    for sample in (0..votes.n_samples()).filter(|&sample| is_training(sample)) {
        n_training += 1;
        let truth = votes.truth[sample];
        zeros[truth].n_positive += 1;
        for (class, score) in votes.scores(sample).above_zero() {
            scored[class].push((score, class == truth));
            zeros[class].n_positive -= usize::from(class == truth);
        }
    }
    let mut levels: Vec<Level> = Vec::new();
    let map = |(mut zero, mut scored): (Level, Vec<(f64, bool)>)| {
        zero.n = n_training - scored.len();
        scored.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        levels.clear();
        levels.extend((zero.n > 0).then_some(zero));
        levels.extend(scored.chunk_by(|a, b| a.0 == b.0).map(|tied| Level {
            score: tied[0].0,
            n: tied.len(),
            n_positive: tied.iter().filter(|(_, is_positive)| *is_positive).count(),
        }));
        IsotonicMap::fit(&levels)
    };
    zeros.into_iter().zip(scored).map(map).collect()
}
