//! What could have been claimed, and what is.

use phenolens_core::evaluation::{
    DuplicateEffect, DuplicateTreatment, ProtocolEvaluation, Removal, RemovalPoint, Run,
};
use phenolens_core::improvement::{Change, VariantResult};
use serde::Serialize;

use super::{
    Leak, Outcome, audited, change, differs, duplicate_effect, leak, named_suspects, outcome,
    still_rises, weak_classes,
};
use crate::facts::{Facts, Verdict};
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
    /// A group of people fares otherwise than the others of its variable; one for each test.
    Group,
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
        groups(facts),
    ]
}

fn groups(facts: &Facts) -> Claims {
    let Some(subgroups) = &facts.analysis.subgroups else {
        return of(Kind::Group, 0, Vec::new());
    };
    let tests = words::tests_of_groups(subgroups);
    let tested = |test: &&words::GroupTest| test.difference.p_holm.is_some();
    let supports = tests.iter().filter(|test| differs(facts, test.difference));
    let supports = supports.map(|test| {
        Support::new("groups")
            .with("variable", test.variable.name.as_str())
            .with("group", test.group.value.as_deref().unwrap_or_default())
            .with("measure", test.difference.measure.name())
    });
    of(
        Kind::Group,
        tests.iter().filter(tested).count(),
        supports.collect(),
    )
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
    let removals = facts.analysis.leakage.iter().flat_map(|of| &of.removals);
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
    let supports = supports.map(|(removal, point)| Support::leak(removal, point));
    of(Kind::Leak, tested.len(), supports.collect())
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
        supports: Support::duplicates(facts),
    }
}

fn duplicate_effects(facts: &Facts) -> Claims {
    let effect = duplicate_effect(facts, DuplicateTreatment::RowsRemoved)
        .filter(|effect| effect.interval.is_some());
    let is_shown = |effect: &&DuplicateEffect| {
        leak(facts, effect.measure, effect.interval, None) == Leak::Shown
    };
    let supports = effect.into_iter().filter(is_shown);
    let supports = supports.map(Support::duplicate_effect).collect();
    of(
        Kind::DuplicateEffect,
        usize::from(effect.is_some()),
        supports,
    )
}

fn confusable_pairs(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Claims {
    let n_classes = facts.analysis.evaluation.class_names.len();
    let diagnosis = facts.diagnosis(part, run);
    // Two classes have no third to compare an error with.
    let n_tested = match n_classes {
        0..3 => 0,
        _ if diagnosis.is_none() => 0,
        n => n * (n - 1),
    };
    let pairs = diagnosis
        .into_iter()
        .flat_map(|of_run| &of_run.confusable_pairs);
    let supports = pairs.map(|pair| Support::pair(facts, part, run, pair));
    of(Kind::ConfusablePair, n_tested, supports.collect())
}

fn suspects(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Claims {
    let diagnosis = facts.diagnosis(part, run);
    let n_claimed = diagnosis.map_or(0, |of_run| named_suspects(of_run).len());
    Claims {
        kind: Kind::Suspect,
        n_tested: diagnosis.map_or(0, |_| facts.analysis.evaluation.samples.len()),
        n_claimed,
        supports: match n_claimed {
            0 => Vec::new(),
            _ => vec![Support::suspects(part, run)],
        },
    }
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
        .map(|(result, change)| Support::improvement(result, change))
        .collect();
    of(Kind::Improvement, tested.len(), better)
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
        .map(|class| Support::class(facts, part, run, class));
    of(Kind::WeakClass, n_tested, supports.collect())
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
    let supports = still_rises(run).map(|rise| Support::rise(part, run, rise));
    of(
        Kind::LargerK,
        usize::from(is_tested),
        supports.into_iter().collect(),
    )
}
