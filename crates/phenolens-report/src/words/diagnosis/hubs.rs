//! Samples that are neighbors of very many, and what errors have to do with them.

use phenolens_core::diagnosis::{DistanceDiagnosis, HubVoters, RunDiagnosis};
use phenolens_core::findings::Level;

use super::{points, share_of};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Hubs in the table.
const SHOWN: usize = 5;

pub(super) fn blocks(
    facts: &Facts,
    run: &RunDiagnosis,
    of_distance: &DistanceDiagnosis,
) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Hubs".to_owned())];
    blocks.push(hubs(facts, run, of_distance).into());
    blocks.extend(hub_table(facts, of_distance).map(Block::Table));
    blocks
}

fn hubs(facts: &Facts, run: &RunDiagnosis, of_distance: &DistanceDiagnosis) -> Text {
    let hubness = &of_distance.hubness;
    let n_samples = hubness.occurrences.len();
    let share = |count: usize, of: usize| numbers::percent(count as f64 / of.max(1) as f64);
    let mut text = Text::from(format!(
        "By {} distance {} of {} ({}) are hubs: among the {} nearest neighbors of more than {} others, \
         two standard deviations above the mean.",
        of_distance.distance.name(),
        numbers::count(hubness.n_hubs),
        facts.sample.count(n_samples),
        share(hubness.n_hubs, n_samples),
        hubness.k,
        numbers::fixed(hubness.hub_limit, 1),
    ));
    text.say(format!(
        "They make up {} of all neighbors, and {} {} never one.",
        numbers::percent(hubness.hub_share),
        facts.sample.count(hubness.n_anti_hubs),
        if hubness.n_anti_hubs == 1 {
            "is"
        } else {
            "are"
        },
    ));
    let others = facts::distance_diagnoses(facts.analysis).iter();
    for other in others.filter(|other| other.distance != of_distance.distance) {
        let (Some(one), Some(two)) = (hubness.skewness, other.hubness.skewness) else {
            continue;
        };
        let shown = [one, two].map(|skewness| numbers::fixed(skewness, 2));
        let stronger = match shown[0] == shown[1] {
            true => "as strong",
            false if one < two => "stronger",
            false => "weaker",
        };
        text.say(format!(
            "The skewness of how often {} is a neighbor is {} by {} distance and {} by {}: hubs are \
             {stronger} by {}.",
            facts.sample.a(),
            shown[0],
            of_distance.distance.name(),
            shown[1],
            other.distance.name(),
            other.distance.name(),
        ));
    }
    if let Some(sentence) = voters(facts, &run.hub_voters) {
        text.say(sentence);
    }
    text
}

/// Whether hubs vote for errors more than for right predictions: hubs vote for many, whatever is
/// predicted.
fn voters(facts: &Facts, voters: &HubVoters) -> Option<String> {
    let difference = voters.difference?;
    let verdict = match difference.interval {
        Some(interval) if interval.low > 0.0 => {
            "hubs and errors go together, which does not say that hubs cause them"
        }
        Some(interval) if interval.high < 0.0 => {
            "hubs vote for right predictions more often, and explain no errors"
        }
        _ => "it is undecided whether hubs have to do with errors",
    };
    Some(format!(
        "A hub was among the deciding voters, those of the predicted {}, in {} wrong predictions and \
         in {} right ones. Hubs were {} of the deciding voters of the wrong and {} of those of the \
         right ({}): {verdict}.",
        facts.class.one(),
        share_of(voters.n_wrong_by_hubs, voters.n_wrong),
        share_of(voters.n_right_by_hubs, voters.n_right),
        numbers::percent(voters.hub_share_wrong?),
        numbers::percent(voters.hub_share_right?),
        points(facts, difference),
    ))
}

fn hub_table(facts: &Facts, of_distance: &DistanceDiagnosis) -> Option<Table> {
    let hubness = &of_distance.hubness;
    let hubs = hubness.hubs();
    if hubs.is_empty() {
        return None;
    }
    let row = |&hub: &usize| {
        let [class, subject, sample] = facts.analysis.dataset.id(hub);
        vec![
            facts.name_with_id(class),
            facts.private_id(Level::Subject, subject),
            facts.private_id(Level::Sample, sample),
            numbers::count(hubness.occurrences[hub]),
            numbers::count(hubness.bad_occurrences[hub]),
        ]
    };
    Some(Table {
        key: "hubs",
        caption: Text::from(format!(
            "The most frequent neighbors by {} distance: how many {} have each among their {} nearest.",
            of_distance.distance.name(),
            facts.sample.many(),
            hubness.k
        )),
        columns: vec![
            Column::left(facts.class.title()),
            Column::left(facts.subject.title()),
            Column::left(facts.sample.title()),
            Column::right("Neighbor of"),
            Column::right(format!("Of another {}", facts.class.one())),
        ],
        rows: hubs.iter().take(SHOWN).map(row).collect(),
    })
}
