//! How much of a figure is leakage: what training samples of the tested subject, and near-duplicates
//! of the tested sample, give to it.
//!
//! Two protocols differ in more than their leak, since their folds are drawn apart. So the leak is
//! measured inside one drawing of folds: the same test samples, the same folds, with and without the
//! training samples that a tested subject, or a cluster of near-duplicates, has on the other side.

mod control;
mod duplicates;
mod exposure;
mod removal;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::search::Search;
use super::splits::Split;
use super::subset::Subset;
use super::{Evaluation, EvaluationError, EvaluationParams, Interval, Measure, Protocol, Weights};
use crate::dataset::Dataset;
use crate::findings::Finding;
use crate::machine::Machine;
use crate::neighbors::{Distance, Neighbors};
use crate::validation::DuplicatePair;

/// Most resamples of a measure that is no mean over samples: ten drawings of folds, each measured
/// with and without a leak, cost twenty times what one figure does. The ends of a 95 % interval from
/// 500 resamples are known to about an eighth of a standard deviation.
const MOST_RESAMPLES: usize = 500;

/// What the audit of an evaluation for leaks gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Leakage {
    /// With and without training samples of the tested subject, one for each protocol that puts
    /// samples of one subject on both sides, distance and weights.
    pub removals: Vec<Removal>,
    /// The headline protocol with and without near-duplicates on both sides; empty where there are
    /// none, or where they count as one subject already.
    pub duplicates: Vec<DuplicateEffect>,
    /// How many test samples have a sample of their subject, or a near-duplicate, in training, for
    /// each protocol, distance and weights.
    pub exposures: Vec<Exposure>,
    /// What was not measured.
    pub findings: Vec<Finding>,
}

/// One classifier with training samples of the tested subject, and without.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removal {
    /// The protocol whose folds are used.
    pub protocol: Protocol,
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// Drawings of folds over which the figures are means; the first is that of the evaluation.
    pub n_seeds: usize,
    /// Accuracy, the selecting measure and the macro AUC at each k, k rising from 1.
    pub points: Vec<RemovalPoint>,
}

/// One measure at one k, of the pooled predictions, as a mean over drawings of folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RemovalPoint {
    /// Neighbors that vote.
    pub k: usize,
    /// The measure.
    pub measure: Measure,
    /// With all training samples.
    pub leaky: f64,
    /// Without those of the tested subject.
    pub clean: f64,
    /// Leaky minus clean.
    pub difference: f64,
    /// Interval of the difference over subjects: of the accuracy at every k, of the other measures
    /// at the k that the headline protocol chose.
    ///
    /// The accuracy is resampled over all drawings. Another measure is resampled over the first
    /// three, at most 500 times, and its deviations are laid around the mean over all drawings.
    pub interval: Option<Interval>,
    /// What of the difference is the subject's; at the k that the headline protocol chose.
    pub control: Option<Control>,
}

/// The same removal of training samples that the tested subject has no part in.
///
/// A subject's training samples are also samples of its class, and whoever loses some of the right
/// class errs more, whether they look alike or not. So every test sample loses as many random
/// training samples of its class that are of other subjects. Only what is lost beyond that is a
/// leak: where subjects do not matter, the expected difference is 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Control {
    /// Without as many training samples of other subjects of the class.
    pub value: f64,
    /// That minus [`RemovalPoint::clean`]: the leak.
    pub leak: f64,
    /// Interval of the leak over subjects, made as [`RemovalPoint::interval`] is for a measure other
    /// than the accuracy.
    pub interval: Option<Interval>,
    /// Of accuracy and the selecting measure, from swapping the two predictions of whole subjects,
    /// two-sided, in the drawings that are resampled and as often as they are.
    ///
    /// Where both removals change few predictions, all of them one way, every resample does too and
    /// no interval reaches zero; how easily chance turns a few all one way, only the test says.
    pub p_value: Option<f64>,
}

/// One measure of the headline protocol at its chosen k, of the pooled predictions, with
/// near-duplicates on both sides and without.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DuplicateEffect {
    /// The headline protocol.
    pub protocol: Protocol,
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// Neighbors that vote, the same in both.
    pub k: usize,
    /// How a cluster is made to count as one subject.
    pub treatment: DuplicateTreatment,
    /// The measure.
    pub measure: Measure,
    /// With the subjects of a cluster apart: the figure of the evaluation.
    pub apart: f64,
    /// With each cluster as one subject.
    pub merged: f64,
    /// Apart minus merged.
    pub difference: f64,
    /// Interval of the difference over clusters and the other subjects.
    pub interval: Option<Interval>,
}

/// How a cluster of near-duplicates is made to count as one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateTreatment {
    /// In the same folds, training samples of the tested sample's cluster do not vote: nothing else
    /// differs, so that the difference is that of the duplicates.
    RowsRemoved,
    /// Folds are drawn again with each cluster in one fold: what a run that merges them gives. The
    /// difference is also that of two drawings of folds, which its interval does not cover.
    FoldsRedrawn,
}

impl DuplicateTreatment {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            DuplicateTreatment::RowsRemoved => "rows-removed",
            DuplicateTreatment::FoldsRedrawn => "folds-redrawn",
        }
    }
}

/// Test samples that have something of themselves in training, against the others, of one run's
/// predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The protocol.
    pub protocol: Protocol,
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// Neighbors that vote.
    pub k: usize,
    /// What stands in training.
    pub to: ExposedTo,
    /// Test samples that have it there.
    pub n_exposed: usize,
    /// Those of them that are predicted right.
    pub n_exposed_right: usize,
    /// All other test samples.
    pub n_others: usize,
    /// Those of them that are predicted right.
    pub n_others_right: usize,
}

/// What a test sample may have in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExposedTo {
    /// Another sample of its subject.
    SameSubject,
    /// A near-duplicate under another subject.
    NearDuplicate,
}

impl ExposedTo {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            ExposedTo::SameSubject => "same-subject",
            ExposedTo::NearDuplicate => "near-duplicate",
        }
    }
}

impl Exposure {
    /// Share of the exposed samples that is predicted right; `None` where there are none.
    pub fn accuracy_exposed(&self) -> Option<f64> {
        share(self.n_exposed_right, self.n_exposed)
    }

    /// The same of the others.
    pub fn accuracy_others(&self) -> Option<f64> {
        share(self.n_others_right, self.n_others)
    }
}

/// Measures what leaks give to an evaluation.
///
/// * `neighbors`, `groups`, `params`: those of the evaluation;
/// * `pairs`: near-duplicates of different subjects.
///
/// Takes O(n k_max) time for each drawing of folds, distance and vote: ten drawings up to 10,000
/// samples, fewer above, one from 100,000 on, where the chance of a drawing hardly moves a figure.
///
/// # Errors
/// If a parameter does not suit the dataset, as in the evaluation.
pub fn audit_leakage(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    pairs: &[DuplicatePair],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    machine: &Machine,
) -> Result<Leakage, EvaluationError> {
    let subset = Subset::new(dataset, groups, params)?;
    let searches: Vec<Search> = params
        .distances
        .iter()
        .map(|&distance| Search::new(dataset, neighbors, distance, machine.instruction_set))
        .collect();
    let (duplicates, findings) = duplicates::effects(
        dataset,
        &subset,
        &searches,
        pairs,
        evaluation,
        params,
        duplicates::MAX_EXTRA_DISTANCES,
    );
    Ok(Leakage {
        removals: removal::removals(&subset, &searches, evaluation, params)?,
        duplicates,
        exposures: exposure::exposures(dataset, pairs, evaluation),
        findings,
    })
}

/// The measures that are audited: accuracy, the selecting measure and the macro AUC.
fn audited_measures(params: &EvaluationParams) -> Vec<Measure> {
    let mut measures = vec![Measure::Accuracy];
    for measure in [params.select_by, Measure::AucMacro] {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    measures
}

/// How many training samples the tested sample keeps that keeps fewest, when those of its own group
/// are removed.
///
/// * `groups`: shape `(n_samples,)`, indices from 0.
fn fewest_left(groups: &[usize], split: &Split) -> usize {
    let fold_sizes = split.sizes();
    let mut places: Vec<(usize, usize)> = groups
        .iter()
        .copied()
        .zip(split.folds.iter().copied())
        .collect();
    places.sort_unstable();
    let of_groups = places.chunk_by(|a, b| a.0 == b.0);
    let left = |group: &[(usize, usize)]| {
        let in_folds = group.chunk_by(|a, b| a.1 == b.1);
        let left_in = |both: &[(usize, usize)]| {
            let fold = both[0].1;
            groups.len() + both.len() - fold_sizes[fold] - group.len()
        };
        in_folds.map(left_in).min()
    };
    of_groups.filter_map(left).min().unwrap_or(0)
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
