//! Which classes to do something about.

use phenolens_core::diagnosis::ConfusablePair;
use phenolens_core::evaluation::{PerClass, ProtocolEvaluation, Run};

use super::{Advice, Recommendation};
use crate::claims;
use crate::document::Text;
use crate::facts::Facts;
use crate::numbers;
use crate::support::Support;
use crate::words::phrases;

/// Weak classes that are named.
const WEAK_NAMED: usize = 3;

/// Only for classes whose recall is lower than that of the others by a test.
pub(super) fn collect_subjects(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
) -> Option<Recommendation> {
    let weak = claims::weak_classes(facts, run);
    if weak.is_empty() {
        return None;
    }
    let said = |class: &&PerClass| {
        let against = class.against_others.map_or_else(String::new, |against| {
            format!(
                " against {} of the others, {} after Holm's correction",
                numbers::measure(against.recall),
                numbers::p_value(against.p_holm)
            )
        });
        format!(
            "{} (recall {} {}{against}; {})",
            facts.evaluated_name(class.class),
            numbers::measure(class.recall),
            numbers::interval(class.recall_interval),
            facts.subject.count(class.n_subjects)
        )
    };
    let mut named: Vec<String> = weak.iter().take(WEAK_NAMED).map(said).collect();
    if weak.len() > WEAK_NAMED {
        named.push(format!("{} more", numbers::count(weak.len() - WEAK_NAMED)));
    }
    Some(Recommendation {
        advice: Advice::CollectSubjects,
        lead: format!("Collect more {}", facts.subject.many()),
        text: format!(
            "First of {}: {} recognized less well than the other {}. An interval shrinks with \
             the root of the number of {}: four times as many halve it.",
            phrases::list(&named),
            if weak.len() == 1 { "it is" } else { "they are" },
            facts.class.many(),
            facts.subject.many()
        )
        .into(),
        supports: weak
            .iter()
            .map(|class| Support::class(facts, part, run, class))
            .collect(),
    })
}

/// Only at pairs that are confused more often than chance explains.
pub(super) fn look_at_pairs(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
) -> Option<Recommendation> {
    let pairs = &facts.diagnosis(part, run)?.confusable_pairs;
    let first = pairs.first()?;
    let mut named = vec![first];
    if !first.is_mutual {
        named.extend(pairs.iter().find(|pair| pair.is_mutual));
    }
    let mut text = Text::default();
    for pair in &named {
        text.say(said(facts, pair));
    }
    text.say(format!(
        "Look at those {}: is there anything in them that a vector could hold and tells them apart?",
        facts.sample.many()
    ));
    Some(Recommendation {
        advice: Advice::LookAtPairs,
        lead: "Look at the confused".to_owned(),
        text,
        supports: named
            .iter()
            .map(|pair| Support::pair(facts, part, run, pair))
            .collect(),
    })
}

/// A pair as a sentence.
fn said(facts: &Facts, pair: &ConfusablePair) -> String {
    let (class, other) = (
        facts.evaluated_name(pair.class),
        facts.evaluated_name(pair.other),
    );
    let there = format!(
        "{} of {}, against {} expected from the errors of the other {}",
        numbers::percent(pair.rate),
        facts.sample.count(pair.n_samples),
        numbers::percent(pair.expected_rate),
        facts.class.many(),
    );
    let back = numbers::percent(pair.reverse_rate);
    if pair.is_mutual {
        format!("{class} and {other} are taken for each other ({there}; {back} the other way).")
    } else {
        format!("{class} is taken for {other} ({there}; {back} the other way).")
    }
}
