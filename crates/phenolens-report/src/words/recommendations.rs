//! What to do next, drawn from the numbers of this run: every recommendation carries the rows of the
//! tables that it rests on.

mod classes;
mod classifier;
mod figures;
mod samples;

use serde::Serialize;

use super::{calibration, field, improvement, open_set, phrases};
use crate::document::{Block, Span, Text};
use crate::facts::Facts;
use crate::support::Support;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Recommendation {
    #[serde(rename = "kind")]
    pub(crate) advice: Advice,
    /// The strong words at its beginning.
    #[serde(skip)]
    pub(crate) lead: String,
    #[serde(skip)]
    pub(crate) text: Text,
    /// What it rests on; never empty.
    pub(crate) supports: Vec<Support>,
}

/// What is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Advice {
    ReportFigure,
    HoldOutSubjects,
    UseSettings,
    ChangeClassifier,
    TryLargerK,
    CheckDuplicates,
    CollectSubjects,
    AddSubjects,
    LookAtPairs,
    OfferList,
    AllowForUnknown,
    CalibrateScores,
    Resample,
}

/// The recommendations, in the order of their weight; none where nothing was evaluated.
pub(crate) fn recommendations(facts: &Facts) -> Vec<Recommendation> {
    let Some((part, run)) = facts.headline() else {
        return Vec::new();
    };
    let is_a_guess = phrases::not_better_than_guessing(facts, run).is_some();
    let unless_a_guess = |recommendation: Option<Recommendation>| match is_a_guess {
        true => None,
        false => recommendation,
    };
    [
        Some(figures::report_this(facts, part, run)),
        figures::hold_out_subjects(facts, part),
        unless_a_guess(Some(classifier::use_settings(facts, part, run))),
        improvement::recommendation(facts),
        unless_a_guess(classifier::try_larger_k(facts, part, run)),
        samples::check_duplicates(facts),
        classes::collect_subjects(facts, part, run),
        field::recommendation(facts),
        classes::look_at_pairs(facts, part, run),
        unless_a_guess(figures::offer_list(facts, part, run)),
        open_set::recommendation(facts),
        calibration::recommendation(facts, part, run),
        figures::resample(facts, part, run),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The section.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let points: Vec<Text> = recommendations(facts)
        .into_iter()
        .map(|recommendation| {
            let mut text = phrases::point(&recommendation.lead, recommendation.text);
            if let Some(sources) = sources(facts, &text, &recommendation.supports) {
                text.say(sources);
            }
            text
        })
        .collect();
    match points.is_empty() {
        true => vec![Block::Paragraph("Nothing was evaluated.".into())],
        false => vec![Block::Steps(points)],
    }
}

/// Where the rows stand, as far as the text does not say so already.
fn sources(facts: &Facts, text: &Text, supports: &[Support]) -> Option<Text> {
    let file = |support: &Support| format!("tables/{}.csv", support.table);
    let mut sources: Vec<Span> = supports
        .iter()
        .map(|support| match support.shown_in(facts) {
            Some(key) => Span::TableNumber(key),
            None => Span::Code(file(support)),
        })
        .collect();
    let mut seen = text.0.clone();
    sources.retain(|source| {
        let is_new = !seen.contains(source);
        seen.push(source.clone());
        is_new
    });
    let n_sources = sources.len();
    let mut sentence = Text::from("See ");
    for (place, source) in sources.into_iter().enumerate() {
        let joint = match place {
            0 => "",
            _ if place + 1 == n_sources => " and ",
            _ => ", ",
        };
        if !joint.is_empty() {
            sentence = sentence.plain(joint);
        }
        sentence.0.push(source);
    }
    (n_sources > 0).then(|| sentence.plain("."))
}
