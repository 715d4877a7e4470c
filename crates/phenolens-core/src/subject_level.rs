//! The patient's view: the samples of a subject classified together, beside every sample alone.

mod fusion;
mod several;
#[cfg(test)]
mod tests;

pub use fusion::Fusion;
pub use several::FusedAgainstSingle;

use serde::Serialize;

use self::fusion::{Test, Unit, fused_votes, units};
use self::several::Several;
use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, EvaluationParams, Interval, Measure, MeasureSet, Measures, Protocol,
    Run, Scorer, Votes, VotingRule, Weights, Workspace, bootstrap, difference_interval, interval,
    resample_subjects_in_lanes, vote,
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
/// with several samples, and four times what the bootstrap of a run takes.
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
    let mut contenders = Vec::new();
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
        contenders.push(Contender::new(run, &test, &units));
    }
    Some(SubjectLevel {
        protocol: part.protocol,
        n_subjects: units.len(),
        n_several,
        n_samples_of_several: several().map(|unit| unit.samples.len()).sum(),
        runs: measure(&contenders, &evaluated, &units, params),
    })
}

/// One classifier, of samples and of whole subjects.
struct Contender<'a> {
    run: &'a Run,
    single: Scorer,
    fused: Vec<(Fusion, Scorer, Several)>,
}

impl<'a> Contender<'a> {
    fn new(run: &'a Run, test: &Test, units: &[Unit]) -> Contender<'a> {
        let VotingRule {
            n_classes,
            k,
            weights,
            ties,
        } = test.rule;
        let evaluated = test.evaluated;
        let lists = evaluated.across_folds(test.table, &test.keys, test.folds, k);
        let single = vote(&lists, &evaluated.classes, n_classes, k, weights, ties);
        let measured = |(fusion, votes): (Fusion, Votes)| {
            let several = Several::new(units, &votes, &single);
            (fusion, Scorer::new(&votes), several)
        };
        let fused = fused_votes(test, units, &lists);
        Contender {
            run,
            fused: fused.into_iter().map(measured).collect(),
            single: Scorer::new(&single),
        }
    }
}

/// What resamples of subjects make of a contender.
struct Resampled<'a> {
    single: &'a [Measures],
    /// One per way of fusing.
    fused: &'a [Vec<Measures>],
    /// For every resample and each way the differences over subjects with several samples.
    several: Vec<&'a [Vec<f64>]>,
}

/// Measures every contender, all on the same resamples of subjects.
fn measure(
    contenders: &[Contender],
    evaluated: &Evaluated,
    units: &[Unit],
    params: &EvaluationParams,
) -> Vec<SubjectRun> {
    if contenders.is_empty() {
        return Vec::new();
    }
    let (n_resamples, seed) = (params.n_resamples, params.seed);
    // The samples of a class and subject are drawn together, so that a seed draws the same units
    // whether they are lists of samples or one thing each.
    let classes: Vec<usize> = units.iter().map(|unit| unit.class).collect();
    let groups: Vec<usize> = units.iter().map(|unit| unit.group).collect();
    let all = MeasureSet::ALL;
    let singles: Vec<&Scorer> = contenders
        .iter()
        .map(|contender| &contender.single)
        .collect();
    let singles = bootstrap(&singles, &evaluated.groups, all, n_resamples, seed);
    let fused = contenders.iter().flat_map(|contender| &contender.fused);
    let scorers: Vec<&Scorer> = fused.clone().map(|(_, scorer, _)| scorer).collect();
    let of_fused = bootstrap(&scorers, &groups, all, n_resamples, seed);
    let several: Vec<Vec<Vec<f64>>> =
        resample_subjects_in_lanes(&classes, &groups, n_resamples, seed, |drawn, _| {
            let of = |(_, _, several): &(Fusion, Scorer, Several)| several.differences(drawn);
            let mut of_fused: Vec<_> = fused.clone().map(of).collect();
            core::array::from_fn(|lane| {
                let of_lane = |lanes: &mut [Vec<f64>; _]| core::mem::take(&mut lanes[lane]);
                of_fused.iter_mut().map(of_lane).collect()
            })
        });

    let mut start = 0;
    let mut runs = Vec::new();
    for (contender, single) in contenders.iter().zip(&singles) {
        let own = start..start + contender.fused.len();
        start = own.end;
        let resampled = Resampled {
            single,
            fused: &of_fused[own.clone()],
            several: several.iter().map(|all| &all[own.clone()]).collect(),
        };
        runs.push(SubjectRun {
            distance: contender.run.distance,
            weights: contender.run.weights,
            k: contender.run.k,
            fusions: figures(contender, &resampled, params.confidence),
        });
    }
    runs
}

fn figures(contender: &Contender, resampled: &Resampled, confidence: f64) -> Vec<FusedFigures> {
    let mut workspace = Workspace::default();
    let mut once = |scorer: &Scorer| scorer.measures(&vec![1; scorer.n_samples()], &mut workspace);
    let per_sample = once(&contender.single);
    let mut all = Vec::new();
    for (place, (fusion, scorer, several)) in contender.fused.iter().enumerate() {
        let values = once(scorer);
        let of_fused = &resampled.fused[place];
        let of_several: Vec<&Vec<f64>> = resampled.several.iter().map(|all| &all[place]).collect();
        let of = |measure| {
            let (value, per_sample) = (values.get(measure), per_sample.get(measure));
            SubjectMeasure {
                measure,
                value,
                interval: interval(of_fused, measure, confidence),
                per_sample,
                difference: value.zip(per_sample).map(|(value, single)| value - single),
                difference_interval: difference_interval(
                    of_fused,
                    resampled.single,
                    measure,
                    confidence,
                ),
            }
        };
        all.push(FusedFigures {
            fusion: *fusion,
            measures: Measure::ALL.map(of).to_vec(),
            several: several.compare(&of_several, confidence),
        });
    }
    all
}

/// Whether every group is in one fold.
fn folds_keep_groups(groups: &[usize], folds: &[usize]) -> bool {
    let mut pairs: Vec<(usize, usize)> =
        groups.iter().copied().zip(folds.iter().copied()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.windows(2).all(|pair| pair[0].0 != pair[1].0)
}
