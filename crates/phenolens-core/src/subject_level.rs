//! The patient's view: the samples of a subject classified together, beside every sample alone.

mod fusion;
mod several;
#[cfg(test)]
mod tests;

pub use fusion::Fusion;
pub use several::FusedAgainstSingle;

use serde::Serialize;

use self::fusion::{Test, Unit, fused_votes, units};
use self::several::against_single;
use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, EvaluationParams, Interval, Measure, MeasureSet, Protocol, Scorer,
    VotingRule, Weights, Workspace, bootstrap, difference_interval, interval, vote,
};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};

/// Every measure of the headline protocol with whole subjects in the place of samples.
///
/// A subject with samples of two classes is two units, one for each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectLevel {
    /// The protocol: the first, in its first repeat.
    pub protocol: Protocol,
    /// Units: pairs of a class and a subject.
    pub n_subjects: usize,
    /// Units with more than one sample.
    pub n_several: usize,
    /// Samples of these.
    pub n_samples_of_several: usize,
    /// One per distance and weights, in the order of the evaluation; empty where no unit has more
    /// than one sample, since figures per subject are then those per sample.
    pub runs: Vec<SubjectRun>,
}

/// One classifier, whose k is the one chosen for single samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectRun {
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// Neighbors that vote.
    pub k: usize,
    /// One per way of fusing; [`Fusion::Centroid`] is left out where the data are too large for it.
    pub fusions: Vec<FusedFigures>,
}

/// One way of fusing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FusedFigures {
    /// The way.
    pub fusion: Fusion,
    /// Over all subjects, in the order of [`Measure::ALL`].
    pub measures: Vec<SubjectMeasure>,
    /// Over the subjects with several samples alone: those measures that are means over units.
    pub several: Vec<FusedAgainstSingle>,
}

/// A measure per subject beside the same measure per sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SubjectMeasure {
    /// The measure.
    pub measure: Measure,
    /// Its value over subjects; `None` where it is undefined.
    pub value: Option<f64>,
    /// Interval of the value over subjects; `None` without resampling.
    pub interval: Option<Interval>,
    /// Its pooled value over samples.
    pub per_sample: Option<f64>,
    /// Per subject minus per sample. It holds what fusing gives, and also that a subject with many
    /// samples counts once.
    pub difference: Option<f64>,
    /// Interval of the difference, over the same resamples of subjects.
    pub difference_interval: Option<Interval>,
}

/// Fuses the samples of every subject in each of the ways of [`Fusion`], with the folds and the k of
/// the headline protocol, and measures the predictions.
///
/// `None` where nothing was evaluated, or where the headline protocol splits a subject between folds:
/// its own samples would then vote on it.
///
/// * `neighbors`, `groups`, `params`: as the evaluation was made with.
///
/// The result does not depend on the number of threads. Takes, for each run, O(n d) time per subject
/// with several samples, and three times what the bootstrap of a run takes.
///
/// # Source
/// Kittler et al. (1998), IEEE Trans. Pattern Anal. Mach. Intell. 20, 226-239, for the mean of scores.
pub fn subject_level(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    machine: &Machine,
) -> Option<SubjectLevel> {
    let part = evaluation.protocols.first()?;
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    if !folds_keep_groups(&evaluated.groups, &part.folds) {
        return None;
    }
    let units = units(&evaluated);
    let several = || units.iter().filter(|unit| unit.samples.len() > 1);
    let n_several = several().count();
    let mut runs = Vec::new();
    for run in part.runs.iter().filter(|_| n_several > 0) {
        let is_of = |table: &&Neighbors| table.distance() == run.distance;
        let test = Test {
            dataset,
            evaluated: &evaluated,
            folds: &part.folds,
            table: neighbors.iter().find(is_of)?,
            keys: Keys::new(dataset, run.distance, machine.instruction_set),
            rule: VotingRule {
                n_classes: evaluated.n_classes,
                k: run.k,
                weights: run.weights,
                ties: params.ties,
            },
        };
        runs.push(SubjectRun {
            distance: run.distance,
            weights: run.weights,
            k: run.k,
            fusions: fuse(&test, &units, params),
        });
    }
    Some(SubjectLevel {
        protocol: part.protocol,
        n_subjects: units.len(),
        n_several,
        n_samples_of_several: several().map(|unit| unit.samples.len()).sum(),
        runs,
    })
}

/// Whether every group is in one fold.
fn folds_keep_groups(groups: &[usize], folds: &[usize]) -> bool {
    let mut pairs: Vec<(usize, usize)> =
        groups.iter().copied().zip(folds.iter().copied()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.windows(2).all(|pair| pair[0].0 != pair[1].0)
}

/// Every way of fusing, measured.
fn fuse(test: &Test, units: &[Unit], params: &EvaluationParams) -> Vec<FusedFigures> {
    let lists = test
        .evaluated
        .across_folds(test.table, &test.keys, test.folds, test.rule.k);
    let VotingRule {
        n_classes,
        k,
        weights,
        ties,
    } = test.rule;
    let classes = &test.evaluated.classes;
    let single = vote(&lists, classes, n_classes, k, weights, ties);
    let fused = fused_votes(test, units, &lists);

    let scorers: Vec<Scorer> = fused.iter().map(|(_, votes)| Scorer::new(votes)).collect();
    let single_scorer = Scorer::new(&single);
    // A unit of the bootstrap is a class and a subject, so that both draw the same subjects.
    let resample = |scorers: &[&Scorer], groups: &[usize]| {
        let (n_resamples, seed) = (params.n_resamples, params.seed);
        bootstrap(scorers, groups, MeasureSet::ALL, n_resamples, seed)
    };
    let groups: Vec<usize> = units.iter().map(|unit| unit.group).collect();
    let resampled = resample(&scorers.iter().collect::<Vec<_>>(), &groups);
    let of_single = resample(&[&single_scorer], &test.evaluated.groups).remove(0);

    let mut workspace = Workspace::default();
    let per_sample = single_scorer.measures(&vec![1; single.n_samples()], &mut workspace);
    let mut figures = Vec::new();
    for (((fusion, votes), scorer), resampled) in fused.iter().zip(&scorers).zip(&resampled) {
        let values = scorer.measures(&vec![1; units.len()], &mut workspace);
        let of = |measure| {
            let (value, per_sample) = (values.get(measure), per_sample.get(measure));
            SubjectMeasure {
                measure,
                value,
                interval: interval(resampled, measure, params.confidence),
                per_sample,
                difference: value.zip(per_sample).map(|(value, single)| value - single),
                difference_interval: difference_interval(
                    resampled,
                    &of_single,
                    measure,
                    params.confidence,
                ),
            }
        };
        figures.push(FusedFigures {
            fusion: *fusion,
            measures: Measure::ALL.map(of).to_vec(),
            several: against_single(units, votes, &single, params),
        });
    }
    figures
}
