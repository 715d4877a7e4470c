//! Isotonic maps that no test sample has a part in.

use rayon::prelude::*;

use super::MAX_FOLDS;
use super::isotonic::{IsotonicMap, Level};
use crate::evaluation::{
    Evaluated, EvaluationParams, NeighborLists, Place, ProtocolEvaluation, Run, Votes, vote,
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
    let rows_of_folds: Vec<Vec<Row>> = (0..part.n_folds)
        .into_par_iter()
        .map(|fold| {
            let votes = votes_inside(evaluated, table, keys, &part.folds, fold, run, params);
            rows(&votes, &part.folds, fold, run)
        })
        .collect();
    let mut rows_of_folds: Vec<_> = rows_of_folds.into_iter().map(Vec::into_iter).collect();
    let mut votes = Votes {
        n_classes: evaluated.n_classes,
        truth: evaluated.classes.clone(),
        predicted: Vec::with_capacity(evaluated.n_samples()),
        places: vec![shared_by_all(evaluated.n_classes); evaluated.n_samples()],
        scores: Vec::with_capacity(evaluated.n_samples() * evaluated.n_classes),
    };
    for &fold in &part.folds {
        let row = rows_of_folds[fold].next().expect("a row per test sample");
        votes.predicted.push(row.predicted);
        votes.scores.extend(row.scores);
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

/// Calibrated scores of one sample.
struct Row {
    scores: Vec<f64>,
    predicted: usize,
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
    let lists = (0..evaluated.n_samples())
        .map(|position| {
            let may_teach = |other: usize| folds[other] != outer && folds[other] != folds[position];
            let mut found = Vec::with_capacity(run.k);
            evaluated.nearest_where(table, keys, position, run.k, may_teach, &mut found);
            found
        })
        .collect();
    vote(
        &NeighborLists::new(lists),
        &evaluated.classes,
        evaluated.n_classes,
        run.k,
        run.weights,
        params.ties,
    )
}

/// Fits the maps on the training part and applies them to the outer fold's samples, in their order.
fn rows(votes: &Votes, folds: &[usize], outer: usize, run: &Run) -> Vec<Row> {
    let maps = maps(votes, |sample| folds[sample] != outer);
    (0..folds.len())
        .filter(|&sample| folds[sample] == outer)
        .map(|sample| {
            let plain = votes.scores(sample);
            let mut scores: Vec<f64> = maps
                .iter()
                .zip(plain)
                .map(|(map, &score)| map.at(score))
                .collect();
            let total: f64 = scores.iter().sum();
            for score in &mut scores {
                *score /= total;
            }
            let before = run.predictions[sample].predicted;
            let predicted = (0..scores.len()).fold(before, |best, class| {
                let is_better = (scores[class], plain[class]) > (scores[best], plain[best]);
                if is_better { class } else { best }
            });
            Row { scores, predicted }
        })
        .collect()
}

/// The map of every class, fitted on some of the samples.
fn maps(votes: &Votes, is_training: impl Fn(usize) -> bool) -> Vec<IsotonicMap> {
    let training: Vec<usize> = (0..votes.n_samples())
        .filter(|&sample| is_training(sample))
        .collect();
    let mut scored: Vec<(f64, bool)> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    let map = |class: usize| {
        // Most scores are 0: they are counted, and only the others sorted.
        let mut zero = Level {
            score: 0.0,
            n: 0,
            n_positive: 0,
        };
        scored.clear();
        for &sample in &training {
            let (score, is_positive) = (votes.scores(sample)[class], votes.truth[sample] == class);
            if score > 0.0 {
                scored.push((score, is_positive));
            } else {
                zero.n += 1;
                zero.n_positive += usize::from(is_positive);
            }
        }
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
    (0..votes.n_classes).map(map).collect()
}
