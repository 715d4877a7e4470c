//! Samples whose label is in doubt.

use phenolens_core::diagnosis::RunDiagnosis;
use phenolens_core::findings::Level;

use super::{SHOWN, first_of};
use crate::claims::named_suspects;
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

pub(super) fn blocks(facts: &Facts, run: &RunDiagnosis) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Labels in doubt".to_owned())];
    blocks.push(suspects(facts, run).into());
    blocks.extend(suspect_table(facts, run).map(Block::Table));
    blocks
}

fn suspects(facts: &Facts, run: &RunDiagnosis) -> Text {
    let named = named_suspects(run);
    let n_samples = facts.analysis.evaluation.samples.len();
    let n_rest = run.suspects.len() - named.len();
    let mut text = if named.is_empty() {
        Text::from(format!(
            "No {} has both a vote that confidently names another {} and no neighbor of its own.",
            facts.sample.one(),
            facts.class.one()
        ))
    } else {
        Text::from(format!(
            "{} of {} ({}) {} no {} of their own {} among the 10 nearest outside their fold, while \
             another {} scores as high as it does on its own {}. Look at their labels first; an \
             unusual {} gives the same picture, so that this proves no mistake.",
            numbers::count(named.len()),
            facts.sample.count(n_samples),
            numbers::percent(named.len() as f64 / n_samples.max(1) as f64),
            if named.len() == 1 { "has" } else { "have" },
            facts.sample.one(),
            facts.class.one(),
            facts.class.one(),
            facts.sample.many(),
            facts.sample.one(),
        ))
    };
    if n_rest > 0 {
        text.say(
            Text::from(format!(
                "One of the two alone holds for {} more, as errors by chance do; they are listed in ",
                numbers::count(n_rest)
            ))
            .code("tables/suspects.csv")
            .plain(" only."),
        );
    }
    text
}

fn suspect_table(facts: &Facts, run: &RunDiagnosis) -> Option<Table> {
    let named = named_suspects(run);
    if named.is_empty() {
        return None;
    }
    let rows = named.iter().take(SHOWN).map(|suspect| {
        let [class, subject, sample] = facts.analysis.dataset.id(suspect.sample);
        vec![
            facts.name_with_id(class),
            facts.private_id(Level::Subject, subject),
            facts.private_id(Level::Sample, sample),
            facts.name_with_id(facts.evaluated_id(suspect.suggested)),
            numbers::measure(suspect.score_of_label),
            numbers::measure(suspect.score_of_suggested),
        ]
    });
    Some(Table {
        key: "suspects",
        caption: Text::from(format!(
            "{} whose neighbors contradict their label{}.",
            facts.sample.titles(),
            first_of(named.len()),
        )),
        columns: vec![
            Column::left(format!("{} by label", facts.class.title())),
            Column::left(facts.subject.title()),
            Column::left(facts.sample.title()),
            Column::left("Suggested"),
            Column::right("Score of label"),
            Column::right("Score of suggested"),
        ],
        rows: rows.collect(),
    })
}
