//! Samples of different subjects that are nearly the same.

use std::collections::BTreeSet;

use phenolens_core::findings::Level;
use phenolens_core::neighbors::Distance;
use phenolens_core::validation::DuplicatePair;

use super::{leak_audit, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

/// Above this share of all samples the limit is doubted, and not the samples.
const MANY: f64 = 0.1;

/// Rows of the table.
pub(super) const SHOWN: usize = 20;

/// What near-duplicates there are, and what became of them.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let pairs = &facts.analysis.duplicates;
    let params = facts.analysis.params.duplicates;
    let limit = numbers::plain(params.distance);
    let subjects = facts.subject.many();
    if pairs.is_empty() {
        let text = format!(
            "No two {} of different {subjects} lie within cosine distance {limit} of each other.",
            facts.sample.many()
        );
        return vec![Block::Paragraph(text.into())];
    }
    let classes = facts.analysis.dataset.classes();
    let n_across = pairs
        .iter()
        .filter(|pair| classes[pair.first] != classes[pair.second])
        .count();
    let mut text = Text::from(format!(
        "{} of {} of different {subjects} {} within cosine distance {limit}",
        n_pairs(facts),
        facts.sample.many(),
        if pairs.len() == 1 { "lies" } else { "lie" },
    ));
    text = text.plain(match n_across {
        0 => format!(", all within one {}.", facts.class.one()),
        n if n == pairs.len() => format!(", all across two {}.", facts.class.many()),
        n => format!(
            ", {} of them across two {}.",
            numbers::count(n),
            facts.class.many()
        ),
    });
    if let Some(sentence) = beside_one_subject(facts) {
        text.say(sentence);
    }
    text.say(format!(
        "They may be one {} twice, or one {} under two ids. If so, a neighbor that is the same \
         {} votes in training for the one that is tested, and the figures are too good.",
        facts.sample.one(),
        facts.subject.one(),
        facts.subject.one()
    ));
    text.say(if params.merge_subjects {
        Text::from(format!(
            "Such {subjects} counted as one in folds and resamples of this run."
        ))
    } else {
        Text::from("They were kept as they are; ")
            .code("data.merge_duplicates = true")
            .plain(" makes them count as one.")
    });
    for sentence in leak_audit::duplicate_sentences(facts) {
        text.say(sentence);
    }
    if let Some(warning) = too_many(facts) {
        text.say(warning);
    }
    vec![text.into(), Block::Table(duplicate_table(facts, pairs))]
}

/// `21 pairs`, or `At least 1,000,000 pairs` where there may be more than were kept.
pub(super) fn n_pairs(facts: &Facts) -> String {
    let pairs = phrases::counted(facts.analysis.duplicates.len(), "pair", "pairs");
    match is_incomplete(facts) {
        true => format!("At least {pairs}"),
        false => pairs,
    }
}

/// That the limit may not suit the vectors, where more samples than a tenth are in a pair.
pub(super) fn too_many(facts: &Facts) -> Option<Text> {
    let pairs = &facts.analysis.duplicates;
    let samples: BTreeSet<usize> = pairs
        .iter()
        .flat_map(|pair| [pair.first, pair.second])
        .collect();
    let n_samples = facts.analysis.dataset.n_samples();
    if samples.len() as f64 <= MANY * n_samples as f64 {
        return None;
    }
    let text = Text::from(format!(
        "{} of {} are in such a pair, more than a tenth: the limit ",
        numbers::count(samples.len()),
        facts.sample.count(n_samples),
    ))
    .code(format!(
        "data.duplicate_distance = {}",
        numbers::plain(facts.analysis.params.duplicates.distance)
    ))
    .plain(" may not suit these vectors, which then lie that near without being the same.");
    Some(text)
}

/// How near duplicates are, measured by pairs that are known to be of one subject.
fn beside_one_subject(facts: &Facts) -> Option<String> {
    let summaries = &facts.analysis.exploration.distances;
    let cosine = summaries
        .iter()
        .find(|summary| summary.distance == Distance::Cosine)?;
    let same = cosine.same_subject.as_ref()?.spread;
    let pairs = &facts.analysis.duplicates;
    let n_nearer = pairs.iter().filter(|pair| pair.cosine < same.q25).count();
    Some(format!(
        "{} nearer than three quarters of the pairs that are known to be of one {} (first quartile \
         {}).",
        match n_nearer {
            0 => "None of them is".to_owned(),
            1 if pairs.len() == 1 => "It is".to_owned(),
            1 => "1 of them is".to_owned(),
            n if n == pairs.len() => "All of them are".to_owned(),
            n => format!("{} of them are", numbers::count(n)),
        },
        facts.subject.one(),
        numbers::measure(same.q25),
    ))
}

/// Was the search cut short, or were some pairs not kept?
fn is_incomplete(facts: &Facts) -> bool {
    let mut findings = facts.analysis.findings.iter();
    findings.any(|finding| finding.code == "near_duplicates_incomplete")
}

fn duplicate_table(facts: &Facts, pairs: &[DuplicatePair]) -> Table {
    let dataset = &facts.analysis.dataset;
    let mut caption = Text::from(format!(
        "Near-duplicate {} of different {}, nearest first",
        facts.sample.many(),
        facts.subject.many()
    ));
    caption = if pairs.len() > SHOWN {
        caption
            .plain(format!(
                "; {SHOWN} of the {} that {} in ",
                numbers::count(pairs.len()),
                if is_incomplete(facts) {
                    "were kept (there are more), which are"
                } else {
                    "were found, which are"
                }
            ))
            .code("tables/duplicates.csv")
            .plain(".")
    } else {
        caption.plain(".")
    };
    let id = |sample: usize| dataset.id(sample);
    Table {
        key: "duplicates",
        caption,
        columns: vec![
            Column::right("Cosine"),
            Column::right("Euclidean"),
            Column::left(facts.class.title()),
            Column::left(facts.subject.title()),
            Column::left(facts.sample.title()),
            Column::left(format!("Other {}", facts.class.one())),
            Column::left(format!("Other {}", facts.subject.one())),
            Column::left(format!("Other {}", facts.sample.one())),
        ],
        rows: pairs
            .iter()
            .take(SHOWN)
            .map(|pair| {
                let [_, subject, sample] = id(pair.first);
                let [_, other_subject, other_sample] = id(pair.second);
                let classes = dataset.classes();
                vec![
                    numbers::measure(pair.cosine),
                    numbers::fixed(pair.euclidean, 2),
                    facts.dataset_name(classes[pair.first]),
                    facts.private_id(Level::Subject, subject),
                    facts.private_id(Level::Sample, sample),
                    facts.dataset_name(classes[pair.second]),
                    facts.private_id(Level::Subject, other_subject),
                    facts.private_id(Level::Sample, other_sample),
                ]
            })
            .collect(),
    }
}
