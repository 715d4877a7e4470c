//! What image-level folds give beyond subject-grouped ones.

use phenolens_core::evaluation::Protocol;

use super::{leak_audit, measures, phrases};
use crate::document::{Block, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// The leak in one or two sentences.
pub(super) fn in_short(facts: &Facts) -> Text {
    let measure = facts.select_by();
    let Some(pair) = facts.protocol_pair() else {
        return only_one_protocol(facts).into();
    };
    let (Some(grouped), Some(image_level)) = (
        facts::pooled(pair.grouped, measure),
        facts::pooled(pair.image_level, measure),
    ) else {
        return "The measure is undefined under one of the protocols.".into();
    };
    let surplus = surplus(facts, grouped, image_level);
    let has_multi = facts.n_multi_sample_subjects() > 0;
    let mut text = Text::from(format!(
        "Folds over single {} give {} {}, against {} with whole {} held out",
        facts.sample.many(),
        measures::name(measure),
        numbers::measure(image_level),
        numbers::measure(grouped),
        facts.subject.many(),
    ));
    let is_shown_equal = numbers::measure(image_level) == numbers::measure(grouped);
    if !has_multi {
        text = text.plain(format!(
            ". No {} has more than one {}, so that there can be no leak between {} of one {}; {}.",
            facts.subject.one(),
            facts.sample.one(),
            facts.sample.many(),
            facts.subject.one(),
            match is_shown_equal {
                true => "nor is there a difference",
                false => "the difference is the chance of the draw",
            }
        ));
    } else if is_shown_equal {
        text = text.plain(": no difference.");
    } else if surplus > 0.0 {
        text = text.plain(format!(
            ": {} better with {} of one {} on both sides.",
            numbers::difference(measure, surplus),
            facts.sample.many(),
            facts.subject.one()
        ));
    } else {
        text = text.plain(format!(
            ": {} worse.",
            numbers::difference(measure, surplus)
        ));
    }
    if has_multi && let Some(sentence) = leak_audit::removal_sentences(facts) {
        text.say(sentence);
    }
    text
}

/// The leak at more length.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let mut text = in_short(facts);
    let n_multi = facts.n_multi_sample_subjects();
    let n_subjects = facts.analysis.exploration.n_subjects;
    if facts.protocol_pair().is_some() && n_multi > 0 {
        text.say(format!(
            "{} of {} {} more than one {}.",
            numbers::count(n_multi),
            facts.subject.count(n_subjects),
            if n_multi == 1 { "has" } else { "have" },
            facts.sample.one()
        ));
    }
    let mut blocks = vec![text.into()];
    blocks.extend(at_the_same_k(facts));
    if n_multi > 0 {
        blocks.extend(leak_audit::removal_blocks(facts));
    }
    blocks
}

/// The two protocols at the headline's k, where each chose its own.
fn at_the_same_k(facts: &Facts) -> Option<Block> {
    let pair = facts.protocol_pair()?;
    let measure = facts.select_by();
    if pair.grouped.k == pair.image_level.k {
        return None;
    }
    let k = pair.grouped.k;
    let at = |run| facts::point(run, k)?.pooled.get(measure);
    let (grouped, image_level) = (at(pair.grouped)?, at(pair.image_level)?);
    let surplus = surplus(facts, grouped, image_level);
    let text = format!(
        "Each protocol chose its own k ({} and {}); at k = {k} for both, folds over single {} {}.",
        pair.grouped.k,
        pair.image_level.k,
        facts.sample.many(),
        if numbers::measure(grouped) == numbers::measure(image_level) {
            format!("give the same, {}", numbers::measure(grouped))
        } else {
            format!(
                "are {} {}",
                numbers::difference(measure, surplus),
                if surplus < 0.0 { "worse" } else { "better" }
            )
        },
    );
    Some(Text::from(text).into())
}

/// By how much image-level folds are better, whichever way the measure runs.
fn surplus(facts: &Facts, grouped: f64, image_level: f64) -> f64 {
    if facts.select_by().higher_is_better() {
        image_level - grouped
    } else {
        grouped - image_level
    }
}

fn only_one_protocol(facts: &Facts) -> String {
    let protocols: Vec<Protocol> = facts.protocols().iter().map(|p| p.protocol).collect();
    match protocols.as_slice() {
        [Protocol::ImageLevel] => format!(
            "Not measured: only folds over single {} were run. They put {} of one {} on both sides and \
             can flatter the classifier.",
            facts.sample.many(),
            facts.sample.many(),
            facts.subject.one()
        ),
        [Protocol::SubjectGrouped] | [Protocol::LeaveOneSubjectOut] => format!(
            "Not measured: only folds that hold out whole {} were run, which do not leak between {} of \
             one {}.",
            facts.subject.many(),
            facts.sample.many(),
            facts.subject.one()
        ),
        _ => format!(
            "Not measured: that needs both {} and {} folds, and this run used {} folds.",
            Protocol::SubjectGrouped.name(),
            Protocol::ImageLevel.name(),
            phrases::list(
                &protocols
                    .iter()
                    .map(|&protocol| phrases::protocol(protocol).to_owned())
                    .collect::<Vec<_>>()
            ),
        ),
    }
}
