//! Every protocol, distance, vote and k, out of sample.

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::against_others::against_others;
use super::bands::k_bands;
use super::intervals::resample;
use super::k_sweep::{choose_k, of_all_folds, spread, sweep};
use super::measures::{ClassFigures, Scorer, Workspace, confusion, per_class, prior_votes};
use super::nested::nested;
use super::resampling::Resamples;
use super::rise::rise;
use super::roc::{roc_band, roc_curves};
use super::search::Search;
use super::splits::{Split, splits};
use super::subset::Subset;
use super::voting::{NeighborLists, vote};
use super::{
    Chance, Evaluation, EvaluationError, EvaluationParams, Measure, MeasureSummary, Measures,
    Nested, PerClass, Prediction, ProtocolEvaluation, Run, Votes, Weights, chance, notes,
};
use crate::dataset::Dataset;
use crate::machine::{Machine, Phase, side_by_side};
use crate::neighbors::Neighbors;

/// Evaluates nearest neighbors as a classifier by cross-validation.
///
/// Every sample is classified by its nearest neighbors outside its own fold, read from the tables; a
/// fold is a filter on the table, not a new search.
///
/// * `neighbors`: one table for each of `params.distances`, of the same dataset, in any order;
/// * `groups`: the unit of independence of every sample, shape `(n_samples,)`: its subject, or a
///   number shared by subjects that count as one.
///
/// Takes O(n k_max) time for each protocol, distance and vote where the tables are deep enough, and
/// O(n_samples) times more for a sample where they are not.
///
/// # Errors
/// If a parameter does not suit the dataset, before any work starts.
pub fn cross_validate(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    params: &EvaluationParams,
    machine: &Machine,
) -> Result<Evaluation, EvaluationError> {
    let (subset, splits) = prepare(dataset, groups, params)?;
    let mut findings = subset.findings.clone();
    findings.extend(notes::of_weights(params));
    let searches: Vec<Search> = params
        .distances
        .iter()
        .map(|&distance| Search::new(dataset, neighbors, distance, machine.instruction_set))
        .collect();

    let resamples = Resamples::new(
        &subset.classes,
        &subset.groups,
        params.n_resamples,
        params.seed,
    )
    .kept();
    let n_parts = params.protocols.len() * searches.len();
    let n_done = AtomicUsize::new(0);
    machine.progress.report(Phase::Evaluation, 0, n_parts);
    let of_search = |(splits, search): &(&Vec<Split>, &Search)| -> Vec<Classifier> {
        let lists: Vec<NeighborLists> = splits
            .iter()
            .map(|split| search.across_folds(&subset, &split.folds, params.k_max))
            .collect();
        let suited = |weights: &&Weights| weights.suit(search.distance());
        let of_weights = |&weights: &Weights| {
            evaluate(&subset, splits, search, &lists, weights, &resamples, params)
        };
        let classifiers = params.weights.iter().filter(suited).map(of_weights);
        let classifiers = classifiers.collect();
        let n_done = n_done.fetch_add(1, Ordering::Relaxed) + 1;
        // The last is followed by the intervals.
        if n_done < n_parts {
            machine.progress.report(Phase::Evaluation, n_done, n_parts);
        }
        classifiers
    };
    let parts: Vec<(&Vec<Split>, &Search)> = splits
        .iter()
        .flat_map(|splits| searches.iter().map(move |search| (splits, search)))
        .collect();
    let evaluated: Vec<Vec<Classifier>> = match side_by_side(subset.n_samples()) {
        true => parts.par_iter().map(of_search).collect(),
        false => parts.iter().map(of_search).collect(),
    };
    let mut evaluated = evaluated.into_iter();
    let mut protocols = Vec::new();
    for (&protocol, splits) in params.protocols.iter().zip(&splits) {
        let of_protocol = evaluated.by_ref().take(searches.len());
        let mut classifiers: Vec<Classifier> = of_protocol.flatten().collect();
        let (comparisons, mcnemar) = resample(&mut classifiers, &subset.groups, &resamples, params);
        findings.extend(notes::of_folds(&subset, protocol, &splits[0]));
        findings.extend(notes::of_classes(&subset, protocol, &classifiers));
        protocols.push(ProtocolEvaluation {
            protocol,
            n_folds: splits[0].n_folds,
            folds: splits[0].folds.clone(),
            runs: classifiers
                .into_iter()
                .map(|classifier| classifier.run)
                .collect(),
            comparisons,
            mcnemar,
        });
    }
    machine.progress.report(Phase::Evaluation, n_parts, n_parts);
    let Subset {
        class_names,
        samples,
        n_groups,
        ..
    } = subset;
    Ok(Evaluation {
        protocols,
        class_names,
        samples,
        n_groups,
        findings,
    })
}

/// Refuses what [`cross_validate`] would refuse, without its work.
///
/// # Errors
/// If a parameter does not suit the dataset.
pub fn check_evaluation(
    dataset: &Dataset,
    groups: &[usize],
    params: &EvaluationParams,
) -> Result<(), EvaluationError> {
    prepare(dataset, groups, params).map(|_| ())
}

/// The evaluated samples, and for every protocol the folds of every repeat.
fn prepare(
    dataset: &Dataset,
    groups: &[usize],
    params: &EvaluationParams,
) -> Result<(Subset, Vec<Vec<Split>>), EvaluationError> {
    params.check()?;
    let subset = Subset::new(dataset, groups, params)?;
    let of = |&protocol| splits(&subset, protocol, params);
    let splits = params.protocols.iter().map(of).collect::<Result<_, _>>()?;
    Ok((subset, splits))
}

/// One distance and vote under one protocol, with what its intervals are made from.
pub(super) struct Classifier {
    pub(super) run: Run,
    /// Its predictions at the chosen k, in the first repeat.
    pub(super) votes: Votes,
    pub(super) scorer: Scorer,
    /// The figures of every class of these predictions, pooled.
    pub(super) class_figures: Vec<ClassFigures>,
}

/// Evaluates one distance and vote under one protocol, but for the intervals.
fn evaluate(
    subset: &Subset,
    splits: &[Split],
    search: &Search,
    lists: &[NeighborLists],
    weights: Weights,
    resamples: &Resamples,
    params: &EvaluationParams,
) -> Classifier {
    let n_classes = subset.n_classes();
    let mut k_points = Vec::new();
    for (repeat, (split, lists)) in splits.iter().zip(lists).enumerate() {
        k_points.extend(sweep(
            split,
            repeat,
            lists,
            &subset.classes,
            n_classes,
            weights,
            params,
        ));
    }
    let k = choose_k(&k_points, params);

    let votes_at = |k| {
        let (classes, ties) = (&subset.classes, params.ties);
        vote(&lists[0], classes, n_classes, k, weights, ties)
    };
    let votes = votes_at(k);
    let scorer = Scorer::new(&votes);
    let mut workspace = Workspace::default();
    let all = vec![1; subset.n_samples()];
    let pooled = scorer.measures(&all, &mut workspace);
    let prior = Scorer::new(&prior_votes(&subset.classes, n_classes));
    let largest_class = prior.measures(&all, &mut workspace);
    let shuffled = chance::shuffled_labels(subset, &lists[0], k, weights, params);
    // Where single folds are too small for a curve, all predictions make one.
    let (roc_folds, n_roc_folds) = match splits[0].is_measured {
        true => (splits[0].folds.clone(), splits[0].n_folds),
        false => (vec![0; subset.n_samples()], 1),
    };
    let run = Run {
        distance: search.distance(),
        weights,
        k,
        summary: summary(&k_points, k, &pooled, &largest_class, &shuffled),
        per_class: classes_of(
            subset, &splits[0], search, &votes, &scorer, weights, k, params,
        ),
        confusion: confusion(&votes),
        k_bands: k_bands(&k_points[..params.k_max], votes_at, resamples, params),
        roc: roc_curves(&scorer, &roc_folds, n_roc_folds),
        roc_band: roc_band(
            &votes,
            &roc_folds,
            n_roc_folds,
            resamples,
            params.confidence,
        ),
        predictions: predictions(subset, &splits[0], &votes),
        scores: votes.scores.clone(),
        nested: nested_in_repeats(subset, splits, search, lists, weights, k, resamples, params),
        rise: rise(&k_points, splits[0].n_folds, params),
        k_points,
    };
    let class_figures = scorer.class_figures(&all, &mut workspace);
    Classifier {
        run,
        votes,
        scorer,
        class_figures,
    }
}

/// How every class fares in the first repeat, by itself and against the others.
#[expect(
    clippy::too_many_arguments,
    reason = "all of it is at hand in one place only"
)]
fn classes_of(
    subset: &Subset,
    split: &Split,
    search: &Search,
    votes: &Votes,
    scorer: &Scorer,
    weights: Weights,
    k: usize,
    params: &EvaluationParams,
) -> Vec<PerClass> {
    let against = against_others(subset, split, search, votes, weights, k, params);
    let classes = per_class(scorer, &subset.groups, params.confidence);
    let both = classes.into_iter().zip(against);
    both.map(|(class, against_others)| PerClass {
        against_others,
        ..class
    })
    .collect()
}

/// The nested selection of every repeat.
#[expect(
    clippy::too_many_arguments,
    reason = "all of it is at hand in one place only"
)]
fn nested_in_repeats(
    subset: &Subset,
    splits: &[Split],
    search: &Search,
    lists: &[NeighborLists],
    weights: Weights,
    k: usize,
    resamples: &Resamples,
    params: &EvaluationParams,
) -> Vec<Nested> {
    let in_repeat = |(split, lists)| {
        let plain = vote(
            lists,
            &subset.classes,
            subset.n_classes(),
            k,
            weights,
            params.ties,
        );
        nested(subset, split, search, weights, &plain, resamples, params)
    };
    splits.iter().zip(lists).filter_map(in_repeat).collect()
}

fn summary(
    k_points: &[super::KPoint],
    k: usize,
    pooled: &Measures,
    largest_class: &Measures,
    shuffled: &Measures,
) -> Vec<MeasureSummary> {
    let (mean, sd) = of_all_folds(k_points, k);
    let spread = spread(k_points, k);
    let of = |measure| MeasureSummary {
        measure,
        mean: mean.get(measure),
        sd: sd.get(measure),
        sd_between_folds: spread.between_folds.get(measure),
        sd_between_repeats: spread.between_repeats.get(measure),
        pooled: pooled.get(measure),
        interval: None,
        chance: Chance {
            largest_class: largest_class.get(measure),
            shuffled_labels: shuffled.get(measure),
        },
    };
    Measure::ALL.map(of).to_vec()
}

fn predictions(subset: &Subset, split: &Split, votes: &Votes) -> Vec<Prediction> {
    let of = |position: usize| Prediction {
        sample: subset.samples[position],
        fold: split.folds[position],
        predicted: votes.predicted[position],
        rank_of_true: votes.places[position].mean_rank(),
    };
    (0..subset.n_samples()).map(of).collect()
}
