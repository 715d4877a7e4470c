//! Whether a sample of a class outside the gallery looks different: leave one class out.
//!
//! Each class in turn is taken out of the gallery, so that its samples are probes that nothing in
//! the gallery should match, and the samples of all other classes are probes that something should.
//! The score of a probe is its distance to the nearest gallery sample, whose class is the one that
//! it is taken for; a probe is *accepted* where that distance is below a threshold.

mod probes;
mod rejection;
#[cfg(test)]
mod tests;
mod threshold;

use rayon::prelude::*;
use serde::Serialize;

use self::probes::Probes;
use self::rejection::Trial;
use crate::dataset::Dataset;
use crate::evaluation::{Evaluated, Evaluation, EvaluationParams, Protocol};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};
use crate::statistics::{Interval, student_interval};

/// With fewer classes one of them left out leaves nothing to tell apart.
pub const LEAST_CLASSES: usize = 3;

/// Up to about this many samples all are probes; of more, whole subjects are drawn. Tables of many
/// samples seldom reach to a second class, and searching for it is dear.
pub const MAX_PROBES: usize = 2000;

/// One unknown probe in this many may be accepted: a false-positive identification rate of 10 %.
const ONE_IN: usize = 10;

/// Steps of the false-positive identification rate from 0 to 1 in [`OpenSetDistance::fnir_curve`].
const CURVE_STEPS: usize = 100;

/// Most resamples of an area: every class has its own. The ends of a 95 % interval from 500
/// resamples are known to about an eighth of a standard deviation.
const MOST_RESAMPLES: usize = 500;

/// Resampled probes of all classes together, about, beyond which there are fewer resamples: but
/// [`LEAST_RESAMPLES`], where intervals are asked for.
const MOST_RESAMPLED: usize = 50_000_000;

/// Fewest resamples that an interval is made from.
const LEAST_RESAMPLES: usize = 200;

/// How well unknown classes are told from known ones.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSet {
    /// Whose folds keep a probe from its own subject: the headline, in its first repeat.
    pub protocol: Protocol,
    /// Samples that are probes.
    pub n_probes: usize,
    /// One per evaluated distance, in the order of the runs.
    pub distances: Vec<OpenSetDistance>,
}

/// How well one distance tells unknown classes from known ones.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSetDistance {
    /// The distance.
    pub distance: Distance,
    /// One per class that can be held out, in their order.
    pub classes: Vec<HeldOutClass>,
    /// Mean of [`HeldOutClass::auroc`].
    pub auroc: MeanOverClasses,
    /// Mean of [`HeldOutClass::oscr`].
    pub oscr: MeanOverClasses,
    /// Mean of [`HeldOutClass::fnir_at_fpir_10`].
    pub fnir_at_fpir_10: MeanOverClasses,
    /// Share of known probes that are taken for another class, whatever the threshold: the least
    /// that the false-negative identification rate can be. Mean over held-out classes.
    pub misidentified: f64,
    /// What [`OpenSetDistance::fnir_at_fpir_10`] would be of a score that says nothing: of 10 % of the
    /// known probes, those that are taken for the right class.
    pub fnir_by_chance: f64,
    /// Mean over held-out classes of the least false-negative identification rate at a
    /// false-positive identification rate of 0, 0.01, ... 1; shape `(101,)`.
    pub fnir_curve: Vec<f64>,
    /// One threshold for all classes.
    pub common: CommonThreshold,
}

/// A mean over held-out classes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanOverClasses {
    /// The mean.
    pub value: f64,
    /// Student's interval over the classes, no wider than from 0 to 1; `None` of a single class. The
    /// classes share their known probes, so that they are not quite independent.
    pub interval: Option<Interval>,
}

/// One class held out.
///
/// A known probe has a gallery sample of its own class; a sample whose class has no other subject
/// outside its fold is no probe while its class is in the gallery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOutClass {
    /// The class, an index into `Evaluation::class_names`.
    pub class: usize,
    /// Its samples: the unknown probes.
    pub n_unknown: usize,
    /// The subjects that they show.
    pub n_unknown_subjects: usize,
    /// The known probes.
    pub n_known: usize,
    /// How often an unknown probe is farther from the gallery than a known one, a tie counting one
    /// half; 0.5 where unknown ones look no different.
    pub auroc: f64,
    /// Interval of it over the subjects of both; `None` without resampling.
    pub auroc_interval: Option<Interval>,
    /// Area under the rate of known probes that are accepted and taken for the right class, against
    /// the rate of unknown ones that are accepted: how often a known probe is taken for the right
    /// class and nearer than an unknown one, a tie counting one half.
    pub oscr: f64,
    /// False-negative identification rate at `threshold`: the share of known probes that are
    /// rejected or taken for another class.
    pub fnir_at_fpir_10: f64,
    /// The largest distance such that at most 10 % of the unknown probes are nearer; those as far
    /// as it are rejected.
    pub threshold: f64,
    /// Share of the unknown probes that [`OpenSetDistance::common`] accepts.
    pub fpir_at_common: f64,
    /// The same for the common threshold of all other held-out classes.
    pub fpir_left_out: f64,
}

/// The threshold to use where the class of an unknown probe is anyone's guess.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CommonThreshold {
    /// The largest distance at which the false-positive identification rate is 10 % or less in the
    /// mean over held-out classes.
    pub threshold: f64,
    /// That rate, mean over held-out classes.
    pub fpir: f64,
    /// The class of the highest rate, an index into `Evaluation::class_names`; of equals the first.
    pub worst_class: usize,
    /// Its rate.
    pub fpir_of_worst: f64,
    /// Mean rate of classes that had no part in their threshold: [`HeldOutClass::fpir_left_out`].
    pub fpir_left_out: f64,
    /// False-negative identification rate at the threshold, mean over held-out classes.
    pub fnir: f64,
}

/// Holds out every class in turn, for every evaluated distance.
///
/// The gallery of a probe are the evaluated samples of the other classes that are of another fold
/// and of another subject. Unknown probes keep to other folds too, so that known and unknown ones
/// are compared with galleries of equal size.
///
/// `None` with fewer than [`LEAST_CLASSES`] classes, or where no class has both kinds of probes.
///
/// * `neighbors`, `groups`, `params`: as the evaluation was made with.
///
/// Only the nearest gallery sample of every probe and the nearest one of another class than that are
/// searched, whatever is held out. The result does not depend on the number of threads. Takes
/// O(n_probes n_classes log n) time where the tables are deep enough, and O(n_samples) more for a probe
/// where they are not.
///
/// # Source
/// Dhamija, Günther & Boult (2018), NeurIPS 31: the open-set classification rate; ISO/IEC
/// 19795-1:2021 and Grother, Ngan & Hanaoka (2019), NISTIR 8271: the identification rates.
pub fn open_set(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    machine: &Machine,
) -> Option<OpenSet> {
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    if evaluated.n_classes < LEAST_CLASSES {
        return None;
    }
    let part = evaluation.protocols.first()?;
    let positions = probes::drawn(&evaluated, MAX_PROBES, params.seed);
    let n_resamples = n_resamples(positions.len() * evaluated.n_classes, params);
    let resamples = probes::resamples(&evaluated, &positions, n_resamples, params.seed);
    let mut distances: Vec<OpenSetDistance> = Vec::new();
    for run in &part.runs {
        if distances.iter().any(|done| done.distance == run.distance) {
            continue;
        }
        let table = neighbors
            .iter()
            .find(|table| table.distance() == run.distance)
            .expect("every evaluated distance has a neighbor table");
        let keys = Keys::new(dataset, run.distance, machine.instruction_set);
        let probes = Probes::search(&evaluated, &positions, table, &keys, &part.folds);
        distances.extend(of_distance(
            run.distance,
            &probes,
            &resamples,
            params.confidence,
        ));
    }
    (!distances.is_empty()).then_some(OpenSet {
        protocol: part.protocol,
        n_probes: positions.len(),
        distances,
    })
}

fn of_distance(
    distance: Distance,
    probes: &Probes,
    resamples: &[Vec<u32>],
    confidence: f64,
) -> Option<OpenSetDistance> {
    let mut trials: Vec<Trial> = (0..probes.n_classes)
        .into_par_iter()
        .filter_map(|class| Trial::new(probes, class, resamples, confidence))
        .collect();
    if trials.is_empty() {
        return None;
    }
    let common = threshold::common(probes, &mut trials);
    let of_classes = |value: fn(&HeldOutClass) -> f64| {
        let values: Vec<f64> = trials.iter().map(|trial| value(&trial.figures)).collect();
        mean_over_classes(&values, confidence)
    };
    let curve_point = |step: usize| mean(trials.iter().map(|trial| trial.fnir_curve[step]));
    let misidentified = curve_point(CURVE_STEPS);
    Some(OpenSetDistance {
        distance,
        auroc: of_classes(|class| class.auroc),
        oscr: of_classes(|class| class.oscr),
        fnir_at_fpir_10: of_classes(|class| class.fnir_at_fpir_10),
        misidentified,
        fnir_by_chance: 1.0 - (1.0 - misidentified) / ONE_IN as f64,
        fnir_curve: (0..=CURVE_STEPS).map(curve_point).collect(),
        common,
        classes: trials.into_iter().map(|trial| trial.figures).collect(),
    })
}

/// As many as are asked for, or as are affordable.
///
/// * `n_each`: probes in one resample, of all classes together.
fn n_resamples(n_each: usize, params: &EvaluationParams) -> usize {
    let affordable = (MOST_RESAMPLED / n_each.max(1)).clamp(LEAST_RESAMPLES, MOST_RESAMPLES);
    params.n_resamples.min(affordable)
}

fn mean_over_classes(values: &[f64], confidence: f64) -> MeanOverClasses {
    let clamped = |interval: Interval| Interval {
        low: interval.low.max(0.0),
        high: interval.high.min(1.0),
    };
    MeanOverClasses {
        value: mean(values.iter().copied()),
        interval: student_interval(values, confidence).map(clamped),
    }
}

/// Of at least one value.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}
