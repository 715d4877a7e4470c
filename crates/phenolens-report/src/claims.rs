//! What a report may claim, and what it does claim.
//!
//! Whether a number carries a claim is decided here and nowhere else: the words ask, and
//! `results.json` counts.

#[cfg(test)]
mod tests;

use phenolens_core::diagnosis::{ConfusablePair, RunDiagnosis, Suspect, SuspicionReason};
use phenolens_core::evaluation::{
    DuplicateEffect, DuplicateTreatment, Interval, Measure, PerClass, ProtocolEvaluation, Removal,
    RemovalPoint, Rise, Run,
};
use phenolens_core::improvement::{Change, VariantResult};
use serde::Serialize;

use crate::facts::{self, Facts, Verdict};
use crate::support::Support;
use crate::words;

/// Claims of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Claims {
    pub(crate) kind: Kind,
    /// How many could have been made.
    pub(crate) n_tested: usize,
    /// How many are made.
    pub(crate) n_claimed: usize,
    /// What they rest on; rows that differ in subjects and samples only are one.
    pub(crate) supports: Vec<Support>,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Training samples of the tested subject flatter a classifier; one for each that was audited.
    Leak,
    /// Two samples of different subjects are nearly the same; one for each such pair.
    Duplicate,
    /// Near-duplicates flatter the headline.
    DuplicateEffect,
    /// A class is taken for another more often than chance explains; one for each ordered pair.
    ConfusablePair,
    /// A label is in doubt; one for each sample.
    Suspect,
    /// A variant is better than the plain classifier; one for each.
    Improvement,
    /// A class is recognized less well than the others; one for each.
    WeakClass,
    /// One distance is better than the other.
    Distance,
    /// The selecting measure still rises at the largest k.
    LargerK,
}

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

/// Every claim about the headline, and the leak of every classifier; nothing where nothing was
/// evaluated.
pub(crate) fn claims(facts: &Facts) -> Vec<Claims> {
    let Some((part, run)) = facts.headline() else {
        return Vec::new();
    };
    vec![
        leaks(facts),
        duplicates(facts),
        duplicate_effects(facts),
        confusable_pairs(facts, part, run),
        suspects(facts, part, run),
        improvements(facts),
        weak(facts, part, run),
        distances(facts),
        larger_k(part, run),
    ]
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
    facts.analysis.leakage.duplicates.iter().find(|effect| {
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

fn of(kind: Kind, n_tested: usize, supports: Vec<Support>) -> Claims {
    Claims {
        kind,
        n_tested,
        n_claimed: supports.len(),
        supports,
    }
}

fn leaks(facts: &Facts) -> Claims {
    let removals = facts.analysis.leakage.removals.iter();
    let tested: Vec<(&Removal, &RemovalPoint)> = removals
        .filter_map(|removal| Some((removal, audited(facts, removal)?)))
        .filter(|(_, point)| {
            point
                .control
                .is_some_and(|control| control.interval.is_some())
        })
        .collect();
    let is_shown = |point: &RemovalPoint| {
        let control = point.control;
        control.is_some_and(|control| {
            let leak = leak(facts, point.measure, control.interval, control.p_value);
            leak == Leak::Shown
        })
    };
    let supports = tested.iter().filter(|(_, point)| is_shown(point));
    let supports = supports.map(|(removal, point)| leak_support(removal, point));
    of(Kind::Leak, tested.len(), supports.collect())
}

/// The row of a measured leak.
pub(crate) fn leak_support(removal: &Removal, point: &RemovalPoint) -> Support {
    Support::new("leak_control")
        .with("protocol", removal.protocol.name())
        .with("distance", removal.distance.name())
        .with("weights", removal.weights.name())
        .with("k", point.k.to_string())
        .with("measure", point.measure.name())
}

fn duplicates(facts: &Facts) -> Claims {
    let analysis = facts.analysis;
    let pairs_of = |n: usize| n * n.saturating_sub(1) / 2;
    let of_one_subject: usize = analysis
        .exploration
        .samples_per_subject
        .iter()
        .map(|count| count.n_subjects * pairs_of(count.n_samples))
        .sum();
    Claims {
        kind: Kind::Duplicate,
        n_tested: pairs_of(analysis.dataset.n_samples()) - of_one_subject,
        n_claimed: analysis.duplicates.len(),
        supports: duplicate_supports(facts),
    }
}

/// One row for each cluster of near-duplicates.
pub(crate) fn duplicate_supports(facts: &Facts) -> Vec<Support> {
    let clusters = &facts.analysis.leakage.clusters;
    let n_clusters = clusters.iter().copied().max().unwrap_or(0);
    let of_cluster =
        |cluster: usize| Support::new("duplicates").with("cluster", cluster.to_string());
    (1..=n_clusters).map(of_cluster).collect()
}

fn duplicate_effects(facts: &Facts) -> Claims {
    let effect = duplicate_effect(facts, DuplicateTreatment::RowsRemoved)
        .filter(|effect| effect.interval.is_some());
    let is_shown = |effect: &&DuplicateEffect| {
        leak(facts, effect.measure, effect.interval, None) == Leak::Shown
    };
    let supports = effect.into_iter().filter(is_shown);
    let supports = supports.map(duplicate_effect_support).collect();
    of(
        Kind::DuplicateEffect,
        usize::from(effect.is_some()),
        supports,
    )
}

/// The row of an effect of near-duplicates.
pub(crate) fn duplicate_effect_support(effect: &DuplicateEffect) -> Support {
    Support::new("duplicate_effects")
        .with("protocol", effect.protocol.name())
        .with("distance", effect.distance.name())
        .with("weights", effect.weights.name())
        .with("treatment", effect.treatment.name())
        .with("measure", effect.measure.name())
}

fn confusable_pairs(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Claims {
    let n_classes = facts.analysis.evaluation.class_names.len();
    // Two classes have no third to compare an error with.
    let n_tested = match n_classes {
        0..3 => 0,
        n => n * (n - 1),
    };
    let diagnosis = facts.diagnosis(part, run);
    let pairs = diagnosis
        .into_iter()
        .flat_map(|of_run| &of_run.confusable_pairs);
    let supports = pairs.map(|pair| pair_support(facts, part, run, pair));
    of(Kind::ConfusablePair, n_tested, supports.collect())
}

/// The row of a pair.
pub(crate) fn pair_support(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
    pair: &ConfusablePair,
) -> Support {
    Support::of_run("confusable_pairs", part, run)
        .with("class", facts.evaluated_id(pair.class))
        .with("other", facts.evaluated_id(pair.other))
}

fn suspects(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Claims {
    let diagnosis = facts.diagnosis(part, run);
    let n_claimed = diagnosis.map_or(0, |of_run| named_suspects(of_run).len());
    Claims {
        kind: Kind::Suspect,
        n_tested: facts.analysis.evaluation.samples.len(),
        n_claimed,
        supports: match n_claimed {
            0 => Vec::new(),
            _ => vec![suspect_support(part, run)],
        },
    }
}

/// The rows of the suspects that are named.
pub(crate) fn suspect_support(part: &ProtocolEvaluation, run: &Run) -> Support {
    Support::of_run("suspects", part, run).with("reason", SuspicionReason::Both.name())
}

fn improvements(facts: &Facts) -> Claims {
    let Some(improvement) = &facts.analysis.improvement else {
        return of(Kind::Improvement, 0, Vec::new());
    };
    let measure = facts.select_by();
    let tested: Vec<(&VariantResult, &Change)> = improvement
        .variants
        .iter()
        .filter_map(|result| Some((result, change(result, measure)?)))
        .filter(|(_, change)| change.interval.is_some())
        .collect();
    let better = tested
        .iter()
        .filter(|(_, change)| outcome(facts, change) == Outcome::Better)
        .map(|(result, change)| improvement_support(result, change))
        .collect();
    of(Kind::Improvement, tested.len(), better)
}

/// The row of a variant.
pub(crate) fn improvement_support(result: &VariantResult, change: &Change) -> Support {
    Support::new("improvements")
        .with("variant", result.variant.name())
        .with("measure", change.measure.name())
}

fn weak(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Claims {
    let classes = facts.evaluated_classes(run);
    let n_tested = classes
        .iter()
        .filter(|class| class.against_others.is_some())
        .count();
    let supports = weak_classes(facts, run);
    let supports = supports
        .iter()
        .map(|class| class_support(facts, part, run, class));
    of(Kind::WeakClass, n_tested, supports.collect())
}

/// The row of a class.
pub(crate) fn class_support(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
    class: &PerClass,
) -> Support {
    Support::of_run("per_class", part, run).with("class", facts.evaluated_id(class.class))
}

fn distances(facts: &Facts) -> Claims {
    let judged = words::judged(facts);
    let verdict = judged.map(|judged| facts.verdict(judged.comparison));
    let n_tested = usize::from(verdict.is_some_and(|verdict| verdict != Verdict::Unknown));
    let is_decided = verdict == Some(Verdict::Decided);
    let supports = judged.filter(|_| is_decided).map(|judged| judged.support());
    of(Kind::Distance, n_tested, supports.into_iter().collect())
}

fn larger_k(part: &ProtocolEvaluation, run: &Run) -> Claims {
    let is_tested = run.rise.is_some_and(|rise| rise.interval.is_some());
    let supports = still_rises(run).map(|rise| rise_support(part, run, rise));
    of(
        Kind::LargerK,
        usize::from(is_tested),
        supports.into_iter().collect(),
    )
}

/// The row of a rise.
pub(crate) fn rise_support(part: &ProtocolEvaluation, run: &Run, rise: &Rise) -> Support {
    Support::of_run("k_rise", part, run).with("measure", rise.measure.name())
}
