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
use crate::findings::{Finding, Severity};
use crate::validation::{DuplicatePair, merged_subjects};

/// Distances that may be computed beyond a table, some seconds of work. A limit that does not suit the
/// data makes a cluster of nearly everything, which fills the rows of the tables with what may not teach.
pub(super) const MAX_EXTRA_DISTANCES: usize = 500_000_000;

/// The first protocol's runs, each at its chosen k, with every cluster as one subject.
///
/// Nothing where clusters make no difference to the groups, or where the removal leaves some test
/// sample fewer than `k_max` training samples. Folds are drawn again only where the evaluation drew
/// them by subject. A treatment is left out, with a finding, where its search would take more than
/// `max_extra_distances` beyond a table.
pub(super) fn effects(
    dataset: &Dataset,
    subset: &Subset,
    searches: &[Search],
    pairs: &[DuplicatePair],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    max_extra_distances: usize,
) -> (Vec<DuplicateEffect>, Vec<Finding>) {
    let Some(part) = evaluation.protocols.first() else {
        return (Vec::new(), Vec::new());
    };
    let merged = merged_subjects(dataset, pairs);
    let merged: Vec<usize> = subset
        .samples
        .iter()
        .map(|&sample| merged[sample])
        .collect();
    if n_distinct(&merged) == subset.n_groups {
        return (Vec::new(), Vec::new());
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
    let n_treatments = treated.len();
    treated.retain(|(_, folds)| {
        let may_teach = is_apart(folds, &merged);
        part.runs.iter().all(|run| {
            let n_extra = search_of(searches, run).n_extra_distances(subset, run.k, &may_teach);
            n_extra <= max_extra_distances
        })
    });
    let findings = (treated.len() < n_treatments).then(left_out);
    let audit = Audit {
        subset,
        part,
        merged,
        treated,
        params,
    };
    let of_run = |run| audit.effects(run, search_of(searches, run));
    let effects = part.runs.iter().flat_map(of_run).collect();
    (effects, findings.into_iter().collect())
}

fn left_out() -> Finding {
    let message = "what near-duplicates give to the headline was not measured in full: so many \
                   samples are linked to one another that searching beyond them would take too long; \
                   a lower `data.duplicate_distance` links fewer";
    Finding::new(Severity::Note, "duplicate_effect_left_out", message)
}

fn search_of<'a>(searches: &'a [Search<'a>], run: &Run) -> &'a Search<'a> {
    let is_of = |search: &&Search| search.distance() == run.distance;
    searches.iter().find(is_of).expect("every run has a search")
}

/// Whether a training sample is of another fold and another cluster than the tested one; in folds that
/// keep clusters whole the second holds by the first.
fn is_apart(folds: &[usize], merged: &[usize]) -> impl Fn(usize, usize) -> bool + Sync {
    move |test, training| folds[test] != folds[training] && merged[test] != merged[training]
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
            let may_teach = is_apart(folds, &self.merged);
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
