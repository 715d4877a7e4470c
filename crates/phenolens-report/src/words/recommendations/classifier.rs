//! Which distance and k to use.

use phenolens_core::evaluation::{ProtocolEvaluation, Run};

use super::{Advice, Recommendation};
use crate::claims;
use crate::document::Text;
use crate::facts::{Facts, Verdict};
use crate::numbers;
use crate::support::Support;
use crate::words::{distances, measures, phrases, summary};

pub(super) fn use_settings(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Recommendation {
    let mut supports = vec![Support::summary(part, run, facts.select_by())];
    let k = match summary::nearly_the_best(facts, run) {
        (low, high) if low < high => {
            supports.push(
                Support::of_run("k_sweep", part, run)
                    .with("k", run.k.to_string())
                    .with("measure", facts.select_by().name()),
            );
            format!(
                "k = {} (any from {low} to {high} does about as well)",
                run.k
            )
        }
        _ => format!("k = {}", run.k),
    };
    let votes = match phrases::has_many_weights(facts) {
        true => format!(", {} votes", phrases::weights(run.weights)),
        false => String::new(),
    };
    let settings = format!("{} distance{votes} with {k}", run.distance.name());
    let judged = distances::judged(facts);
    let text = match judged.map(|judged| (facts.verdict(judged.comparison), judged.best)) {
        Some((Verdict::Decided, best)) if best.distance == run.distance => {
            format!("Use {settings}; on this data the other distance is worse.")
        }
        Some(_) => format!(
            "Use {settings}, but do not claim that it beats the other distance: this run does not \
             decide that."
        ),
        None => format!("Use {settings}; no other distance was compared."),
    };
    supports.extend(judged.map(|judged| judged.support()));
    Recommendation {
        advice: Advice::UseSettings,
        lead: "Settings".to_owned(),
        text: text.into(),
        supports,
    }
}

/// Only where the figure rises to the largest k by more than chance.
pub(super) fn try_larger_k(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
) -> Option<Recommendation> {
    let rise = claims::still_rises(run)?;
    let text = Text::from(format!(
        "The best k is the largest that was tried, and {} still rises: from k = {} to k = {} by {} ({} \
         {} over folds). Set ",
        measures::name(rise.measure),
        rise.half_k,
        rise.k,
        numbers::difference(rise.measure, rise.difference),
        phrases::interval_name(facts),
        rise.interval.map_or_else(String::new, |interval| {
            numbers::difference_interval(rise.measure, interval)
        }),
    ))
    .code(format!("evaluation.k_max = {}", 2 * rise.k))
    .plain(" and see how far it rises.");
    Some(Recommendation {
        advice: Advice::TryLargerK,
        lead: "Try a larger k".to_owned(),
        text,
        supports: vec![Support::rise(part, run, rise)],
    })
}
