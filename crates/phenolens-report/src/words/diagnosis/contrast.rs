//! How cosine and euclidean distance differ, and what length has to do with it.

use phenolens_core::diagnosis::{Diagnosis, DistanceDiagnosis, NormInformation};
use phenolens_core::neighbors::Distance;

use super::estimate;
use crate::document::{Block, Text};
use crate::facts::{Facts, Verdict};
use crate::numbers;
use crate::words::distances;

pub(super) fn blocks(facts: &Facts, diagnosis: &Diagnosis) -> Vec<Block> {
    let mut text = Text::default();
    if let Some(sentences) = neighbors(facts, diagnosis) {
        text.say(sentences);
    }
    let distances = diagnosis.distances.iter();
    for sentence in distances.filter_map(|of| occurrence(facts, of)) {
        text.say(sentence);
    }
    text.say(information(facts, diagnosis));
    text.say(verdict(facts, diagnosis));
    vec![
        Block::Heading("What length does".to_owned()),
        Block::Paragraph(text),
    ]
}

/// How far the two distances name the same neighbors and hubs.
fn neighbors(facts: &Facts, diagnosis: &Diagnosis) -> Option<String> {
    let contrast = diagnosis.contrast?;
    let n_hubs = |distance| {
        let of = diagnosis
            .distances
            .iter()
            .find(|of| of.distance == distance);
        numbers::count(of.map_or(0, |of| of.hubness.n_hubs))
    };
    let shared = contrast.shared_neighbors;
    let interval = shared.interval.map_or_else(String::new, |interval| {
        let [low, high] = [interval.low, interval.high].map(numbers::percent);
        format!(" [{low}, {high}]")
    });
    Some(format!(
        "Cosine sees the direction of a vector only, euclidean its length too. They agree on {}{interval} \
         of the {} nearest neighbors of {}; hubs by cosine are {}, by euclidean {}, by both {}.",
        numbers::percent(shared.value),
        contrast.k,
        facts.sample.a(),
        n_hubs(Distance::Cosine),
        n_hubs(Distance::Euclidean),
        numbers::count(contrast.n_shared_hubs),
    ))
}

/// Are short vectors the hubs of a distance?
fn occurrence(facts: &Facts, of: &DistanceDiagnosis) -> Option<String> {
    let correlation = of.norm_occurrence?;
    let meaning = match lean(of) {
        Lean::Short => "the shorter a vector, the more often it is a neighbor",
        Lean::Long => "the longer a vector, the more often it is a neighbor",
        Lean::Undecided => "undecided whether length makes neighbors",
    };
    Some(format!(
        "By {} the rank correlation of length and how often {} is a neighbor is {}: {meaning}.",
        of.distance.name(),
        facts.sample.a(),
        estimate(correlation, 2),
    ))
}

/// Which vectors are neighbors of many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lean {
    Short,
    Long,
    /// The interval spans zero, or there is none.
    Undecided,
}

fn lean(of: &DistanceDiagnosis) -> Lean {
    match of.norm_occurrence.and_then(|of| of.interval) {
        Some(interval) if interval.high < 0.0 => Lean::Short,
        Some(interval) if interval.low > 0.0 => Lean::Long,
        _ => Lean::Undecided,
    }
}

/// Does the test find that lengths differ between classes? `None` without resampling.
pub(in crate::words) fn is_informative(facts: &Facts, norms: &NormInformation) -> Option<bool> {
    let limit = 1.0 - facts.analysis.params.evaluation.confidence;
    norms.p_value.map(|p_value| p_value <= limit)
}

fn information(facts: &Facts, diagnosis: &Diagnosis) -> String {
    let class = facts.class.one();
    let Some(norms) = diagnosis.norms else {
        return format!("Whether length tells the {class} cannot be said from these.");
    };
    let measured = format!(
        "Of the variance of the logarithm of length, over {}, {} lies between {} and the rest inside \
         them ({} by chance",
        facts.subject.many(),
        numbers::percent(norms.eta_squared),
        facts.class.many(),
        numbers::percent(norms.expected),
    );
    let Some(p_value) = norms.p_value else {
        return format!("{measured}; without resampling there is no test).");
    };
    format!(
        "{measured}; {} by shuffling {}): {}.",
        numbers::p_value(p_value),
        facts.subject.many(),
        if is_informative(facts, &norms) == Some(true) {
            format!("length tells something of the {class}")
        } else {
            format!("it is not shown that length tells anything of the {class}")
        }
    )
}

/// What it comes to, as far as the parts carry it.
fn verdict(facts: &Facts, diagnosis: &Diagnosis) -> String {
    let of = |distance| {
        diagnosis
            .distances
            .iter()
            .find(|of| of.distance == distance)
    };
    let Some(euclidean) = of(Distance::Euclidean) else {
        return "Cosine distance does not see it.".to_owned();
    };
    let makes_hubs = lean(euclidean) != Lean::Undecided;
    let informs = diagnosis
        .norms
        .and_then(|norms| is_informative(facts, &norms));
    let part = match (makes_hubs, informs) {
        (true, Some(true)) => {
            "To euclidean neighbors length is both: it tells something, and it makes hubs"
        }
        (true, _) => "To euclidean neighbors length makes hubs, and is not shown to tell anything",
        (false, Some(true)) => {
            "To euclidean neighbors length tells something, and is not shown to make hubs"
        }
        (false, _) => {
            "That length matters to euclidean neighbors, for better or worse, is not shown"
        }
    };
    let judged = distances::judged(facts);
    let decided = judged.filter(|judged| facts.verdict(judged.comparison) == Verdict::Decided);
    match (judged, decided) {
        (_, Some(judged)) if judged.best.distance == Distance::Cosine => {
            format!("{part}; the classifier does better without it, by cosine.")
        }
        (_, Some(_)) => format!("{part}; the classifier does better with it, by euclidean."),
        (Some(_), None) => format!("{part}; the classifier decides for neither distance."),
        (None, None) => format!("{part}."),
    }
}
