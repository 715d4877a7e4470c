//! What a number carries: whether a leak, a weak class or a gain is claimed is decided here and nowhere
//! else. The words ask, and `results.json` counts.

mod list;
#[cfg(test)]
mod tests;

pub(crate) use list::{Claims, claims};

use phenolens_core::diagnosis::{RunDiagnosis, Suspect, SuspicionReason};
use phenolens_core::evaluation::{
    DuplicateEffect, DuplicateTreatment, Interval, Measure, PerClass, Removal, RemovalPoint, Rise,
    Run,
};
use phenolens_core::improvement::{Change, VariantResult};
use phenolens_core::subgroups::GroupDifference;

use crate::facts::{self, Facts};

/// How far a measured leak carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leak {
    /// The interval lies on the side of a leak, and the test agrees, where there is one.
    Shown,
    /// The interval lies on the side of a leak, but the test does not agree.
    Borderline,
    /// The interval spans zero.
    Undecided,
    /// The interval lies on the other side: the figure is better without.
    Reversed,
    /// There is no interval.
    Unknown,
}

/// Which way a change of the classifier goes, beyond doubt or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Better,
    Worse,
    Undecided,
}

/// How far the interval of a loss carries, where `measure` loses by what is taken away, and its test
/// if there is one.
pub(crate) fn leak(
    facts: &Facts,
    measure: Measure,
    interval: Option<Interval>,
    p_value: Option<f64>,
) -> Leak {
    let Some(interval) = interval else {
        return Leak::Unknown;
    };
    let interval = gain(measure, interval);
    if interval.low > 0.0 {
        match p_value {
            Some(p) if p > level(facts) => Leak::Borderline,
            _ => Leak::Shown,
        }
    } else if interval.high < 0.0 {
        Leak::Reversed
    } else {
        Leak::Undecided
    }
}

/// Decided where the interval excludes zero and the corrected p-value agrees.
pub(crate) fn outcome(facts: &Facts, change: &Change) -> Outcome {
    let (Some(interval), Some(p)) = (change.interval, change.p_holm) else {
        return Outcome::Undecided;
    };
    let excludes_zero = interval.low > 0.0 || interval.high < 0.0;
    if !excludes_zero || p > level(facts) {
        return Outcome::Undecided;
    }
    match (change.difference > 0.0) == change.measure.higher_is_better() {
        true => Outcome::Better,
        false => Outcome::Worse,
    }
}

/// The suspects that both rules point at; one rule alone is too easily met by chance.
pub(crate) fn named_suspects(run: &RunDiagnosis) -> Vec<&Suspect> {
    let is_named = |suspect: &&Suspect| suspect.reason == SuspicionReason::Both;
    run.suspects.iter().filter(is_named).collect()
}

/// The classes whose recall is lower than that of the others, the lowest first.
pub(crate) fn weak_classes<'a>(facts: &Facts<'a>, run: &'a Run) -> Vec<&'a PerClass> {
    let is_weak = |class: &&PerClass| {
        let against = class.against_others;
        against.is_some_and(|against| against.p_holm <= level(facts))
    };
    let mut classes: Vec<&PerClass> = facts.evaluated_classes(run);
    classes.retain(is_weak);
    classes.sort_by(|a, b| a.recall.total_cmp(&b.recall));
    classes
}

/// The rise of a run that chose the largest k, where it is beyond doubt.
pub(crate) fn still_rises(run: &Run) -> Option<&Rise> {
    let rise = run.rise.as_ref()?;
    let interval = gain(rise.measure, rise.interval?);
    (run.k == rise.k && interval.low > 0.0).then_some(rise)
}

/// The audited leak of a classifier at the k of the headline protocol, on the selecting measure.
pub(crate) fn audited<'a>(facts: &Facts, removal: &'a Removal) -> Option<&'a RemovalPoint> {
    let mut points = removal.points.iter();
    points.find(|point| point.measure == facts.select_by() && point.control.is_some())
}

/// The effect of near-duplicates on the headline's selecting measure.
pub(crate) fn duplicate_effect<'a>(
    facts: &Facts<'a>,
    treatment: DuplicateTreatment,
) -> Option<&'a DuplicateEffect> {
    let (_, run) = facts.headline()?;
    let mut effects = facts.analysis.leakage.iter().flat_map(|of| &of.duplicates);
    effects.find(|effect| {
        effect.treatment == treatment
            && effect.measure == facts.select_by()
            && (effect.distance, effect.weights) == (run.distance, run.weights)
    })
}

/// What a variant changes of the selecting measure.
pub(crate) fn change(result: &VariantResult, measure: Measure) -> Option<&Change> {
    let mut changes = result.changes.iter();
    changes.find(|change| change.measure == measure)
}

/// At most how often a decision may be wrong where there is nothing to decide.
/// Whether a group of people fares otherwise than the others: the corrected p-value says so.
pub(crate) fn differs(facts: &Facts, difference: &GroupDifference) -> bool {
    difference.p_holm.is_some_and(|p| p <= level(facts))
}

fn level(facts: &Facts) -> f64 {
    1.0 - facts.analysis.params.evaluation.confidence
}

/// An interval of a difference as one of a gain, whichever way the measure runs.
fn gain(measure: Measure, interval: Interval) -> Interval {
    match measure.higher_is_better() {
        true => interval,
        false => facts::flipped(interval),
    }
}
