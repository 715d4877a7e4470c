//! The headline with each cluster of near-duplicates as one subject.

use super::{DuplicateEffect, DuplicateTreatment, MOST_RESAMPLES, audited_measures, fewest_left};
use crate::dataset::Dataset;
use crate::evaluation::measures::{Scorer, Workspace};
use crate::evaluation::resampling::{bootstrap, difference_interval};
use crate::evaluation::search::Search;
use crate::evaluation::splits::Split;
use crate::evaluation::subset::Subset;
use crate::evaluation::voting::{NeighborLists, vote};
use crate::evaluation::{
    Evaluation, EvaluationParams, Protocol, ProtocolEvaluation, Run, Votes, folds,
};
use crate::validation::{DuplicatePair, merged_subjects};

/// The first protocol's runs, each at its chosen k, with every cluster as one subject.
///
/// Nothing where clusters make no difference to the groups, or where the removal leaves some test
/// sample fewer than `k_max` training samples. Folds are drawn again only where the evaluation drew
/// them by subject.
pub(super) fn effects(
    dataset: &Dataset,
    subset: &Subset,
    searches: &[Search],
    pairs: &[DuplicatePair],
    evaluation: &Evaluation,
    params: &EvaluationParams,
) -> Vec<DuplicateEffect> {
    let Some(part) = evaluation.protocols.first() else {
        return Vec::new();
    };
    let merged = merged_subjects(dataset, pairs);
    let merged: Vec<usize> = subset
        .samples
        .iter()
        .map(|&sample| merged[sample])
        .collect();
    if n_distinct(&merged) == subset.n_groups {
        return Vec::new();
    }
    let split = Split {
        folds: part.folds.clone(),
        n_folds: part.n_folds,
        is_measured: false,
    };
    let mut treated = Vec::new();
    if fewest_left(&merged, &split) >= params.k_max {
        treated.push((DuplicateTreatment::RowsRemoved, split.folds.clone()));
    }
    let is_grouped = part.protocol == Protocol::SubjectGrouped;
    if is_grouped && part.n_folds <= n_distinct(&merged) {
        let again =
            folds::stratified_by_group(&subset.classes, &merged, part.n_folds, params.seed, 0);
        treated.push((DuplicateTreatment::FoldsRedrawn, again));
    }
    let audit = Audit {
        subset,
        part,
        merged,
        treated,
        params,
    };
    let search = |run: &Run| {
        let is_of = |search: &&Search| search.distance() == run.distance;
        searches.iter().find(is_of).expect("every run has a search")
    };
    let effects = part.runs.iter().map(|run| audit.effects(run, search(run)));
    effects.flatten().collect()
}

/// What the effects of one protocol share.
struct Audit<'a> {
    subset: &'a Subset,
    part: &'a ProtocolEvaluation,
    /// The group of every evaluated sample with each cluster as one.
    merged: Vec<usize>,
    /// The folds of each treatment.
    treated: Vec<(DuplicateTreatment, Vec<usize>)>,
    params: &'a EvaluationParams,
}

impl Audit<'_> {
    fn effects(&self, run: &Run, search: &Search) -> Vec<DuplicateEffect> {
        let apart = search.across_folds(self.subset, &self.part.folds, run.k);
        let mut scorers = vec![self.scorer(&apart, run)];
        for (_, folds) in &self.treated {
            // In folds that keep clusters whole the second condition holds by the first.
            let may_teach = |test: usize, training: usize| {
                folds[test] != folds[training] && self.merged[test] != self.merged[training]
            };
            let lists = search.nearest(self.subset, run.k, may_teach);
            scorers.push(self.scorer(&lists, run));
        }
        let mut workspace = Workspace::default();
        let all = vec![1; self.subset.n_samples()];
        let pooled: Vec<_> = scorers
            .iter()
            .map(|scorer| scorer.measures(&all, &mut workspace))
            .collect();
        let n_resamples = self.params.n_resamples.min(MOST_RESAMPLES);
        let borrowed: Vec<&Scorer> = scorers.iter().collect();
        let resampled = bootstrap(
            &borrowed,
            &self.merged,
            audited_measures(self.params).into_iter().collect(),
            n_resamples,
            self.params.seed,
        );

        let mut effects = Vec::new();
        for (index, &(treatment, _)) in self.treated.iter().enumerate() {
            for measure in audited_measures(self.params) {
                let values = (pooled[0].get(measure), pooled[index + 1].get(measure));
                let (Some(apart), Some(merged)) = values else {
                    continue;
                };
                let (first, second) = (&resampled[0], &resampled[index + 1]);
                effects.push(DuplicateEffect {
                    protocol: self.part.protocol,
                    distance: run.distance,
                    weights: run.weights,
                    k: run.k,
                    treatment,
                    measure,
                    apart,
                    merged,
                    difference: apart - merged,
                    interval: difference_interval(first, second, measure, self.params.confidence),
                });
            }
        }
        effects
    }

    fn scorer(&self, lists: &NeighborLists, run: &Run) -> Scorer {
        let (classes, n_classes) = (&self.subset.classes, self.subset.n_classes());
        let ties = self.params.ties;
        let votes: Votes = vote(lists, classes, n_classes, run.k, run.weights, ties);
        Scorer::new(&votes)
    }
}

fn n_distinct(groups: &[usize]) -> usize {
    let mut distinct = groups.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len()
}
