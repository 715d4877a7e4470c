//! Classes that are taken for one another.

use phenolens_core::diagnosis::RunDiagnosis;

use super::SHOWN;
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;
use crate::words::phrases;

pub(super) fn blocks(facts: &Facts, run: &RunDiagnosis) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Confusable pairs".to_owned())];
    blocks.push(pairs(facts, run).into());
    blocks.extend(pair_table(facts, run).map(Block::Table));
    blocks
}

fn pairs(facts: &Facts, run: &RunDiagnosis) -> Text {
    let n_classes = facts.analysis.evaluation.class_names.len();
    let n_ordered = n_classes * n_classes.saturating_sub(1);
    let test = format!(
        "Fisher's exact test on {}, adjusted for all {} ordered pairs",
        facts.subject.many(),
        numbers::count(n_ordered)
    );
    let pairs = &run.confusable_pairs;
    if n_classes < 3 {
        return format!(
            "With {} there is no other error to compare a confusion with, and no pair stands out.",
            facts.class.count(n_classes)
        )
        .into();
    }
    let Some(first) = pairs.first() else {
        return format!(
            "No {} is taken for a particular other one more often than the errors of all the others are \
             ({test}): the errors are spread as chance would spread them.",
            facts.class.one()
        )
        .into();
    };
    let n_mutual = pairs.iter().filter(|pair| pair.is_mutual).count() / 2;
    let mut text = Text::from(format!(
        "{} of {} ordered pairs of {} {} confused more often than the errors of the other {} explain \
         ({test}), {} of them in both directions.",
        numbers::count(pairs.len()),
        numbers::count(n_ordered),
        facts.class.many(),
        if pairs.len() == 1 { "is" } else { "are" },
        facts.class.many(),
        if n_mutual == 0 {
            "none".to_owned()
        } else {
            phrases::counted(2 * n_mutual, "one", "")
                .trim_end()
                .to_owned()
        },
    ));
    text.say(format!(
        "The most frequent: {} is taken for {} at a rate of {} {}, where {} would be expected; the \
         other way at {}.",
        facts.evaluated_name(first.class),
        facts.evaluated_name(first.other),
        numbers::measure(first.rate),
        numbers::interval(first.rate_interval),
        numbers::measure(first.expected_rate),
        numbers::measure(first.reverse_rate),
    ));
    text
}

fn pair_table(facts: &Facts, run: &RunDiagnosis) -> Option<Table> {
    let pairs = &run.confusable_pairs;
    if pairs.is_empty() {
        return None;
    }
    let rows = pairs.iter().take(SHOWN).map(|pair| {
        vec![
            facts.name_with_id(facts.evaluated_id(pair.class)),
            facts.name_with_id(facts.evaluated_id(pair.other)),
            numbers::with_interval(Some(pair.rate), Some(pair.rate_interval)),
            numbers::measure(pair.expected_rate),
            numbers::measure(pair.reverse_rate),
            numbers::bare_p_value(pair.p_holm),
            if pair.is_mutual { "yes" } else { "no" }.to_owned(),
        ]
    });
    Some(Table {
        key: "confusable_pairs",
        caption: Text::from(format!(
            "{} taken for another more often than chance explains; \"expected\" is the rate if their \
             errors fell as those of the other {} do, p is adjusted by Holm. Mutual: listed both ways.",
            facts.class.titles(),
            facts.class.many(),
        )),
        columns: vec![
            Column::left(format!("True {}", facts.class.one())),
            Column::left("Taken for"),
            Column::right(format!("Rate {}", phrases::interval_name(facts))),
            Column::right("Expected"),
            Column::right("Reverse rate"),
            Column::right("p"),
            Column::left("Mutual"),
        ],
        rows: rows.collect(),
    })
}
