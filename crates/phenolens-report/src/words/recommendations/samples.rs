//! Which samples to look at.

use phenolens_core::evaluation::DuplicateTreatment;

use super::{Advice, Recommendation};
use crate::claims;
use crate::document::Text;
use crate::facts::Facts;
use crate::numbers;
use crate::support::Support;
use crate::words::{duplicates, leak_audit, phrases};

pub(super) fn check_duplicates(facts: &Facts) -> Option<Recommendation> {
    let pairs = &facts.analysis.duplicates;
    if pairs.is_empty() || facts.analysis.params.duplicates.merge_subjects {
        return None;
    }
    let n_shown = duplicates::SHOWN.min(pairs.len());
    let mut text = Text::from(if n_shown < pairs.len() {
        format!(
            "Have someone look at the {} nearest of {} pairs in ",
            numbers::count(n_shown),
            numbers::count(pairs.len())
        )
    } else {
        format!(
            "Have someone look at the {} in ",
            phrases::counted(pairs.len(), "pair", "pairs")
        )
    })
    .table("duplicates")
    .plain(". Where they are one ")
    .plain(facts.subject.one())
    .plain(", mend the ids or run again with ")
    .code("data.merge_duplicates = true")
    .plain(".");
    let mut supports = Support::duplicates(facts);
    if let Some(advice) = leak_audit::duplicate_advice(facts) {
        text.say(advice);
        let effect = claims::duplicate_effect(facts, DuplicateTreatment::RowsRemoved);
        supports.extend(effect.map(Support::duplicate_effect));
    }
    if let Some(warning) = duplicates::too_many(facts) {
        text.say(warning);
    }
    Some(Recommendation {
        advice: Advice::CheckDuplicates,
        lead: "Check the near-duplicates".to_owned(),
        text,
        supports,
    })
}
