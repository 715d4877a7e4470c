//! Why it errs: hubs, confusable pairs, samples whose label is in doubt.

use phenolens_core::diagnosis::{DistanceDiagnosis, RunDiagnosis};

use super::phrases;
use crate::claims::named_suspects;
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

/// Hubs in the table.
const HUBS_SHOWN: usize = 5;

/// Pairs and suspects in their tables.
const SHOWN: usize = 10;

/// The section.
pub(super) fn diagnosis(facts: &Facts) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(text.to_owned());
    let Some((run, of_distance)) = headline(facts) else {
        return vec![Block::Paragraph("Nothing was evaluated.".into())];
    };
    let mut blocks = vec![heading("Hubs")];
    blocks.push(hubs(facts, run, of_distance).into());
    blocks.extend(hub_table(facts, of_distance).map(Block::Table));
    blocks.push(heading("Confusable pairs"));
    blocks.push(pairs(facts, run).into());
    blocks.extend(pair_table(facts, run).map(Block::Table));
    blocks.push(heading("Labels in doubt"));
    blocks.push(suspects(facts, run).into());
    blocks.extend(suspect_table(facts, run).map(Block::Table));
    blocks
}

/// The diagnosis of the headline run and of its distance.
fn headline<'a>(facts: &Facts<'a>) -> Option<(&'a RunDiagnosis, &'a DistanceDiagnosis)> {
    let (part, run) = facts.headline()?;
    let of_run = facts.diagnosis(part, run)?;
    let of_distance = facts
        .analysis
        .diagnosis
        .distances
        .iter()
        .find(|other| other.distance == run.distance)?;
    Some((of_run, of_distance))
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
    let others = facts.analysis.diagnosis.distances.iter();
    for other in others.filter(|other| other.distance != of_distance.distance) {
        let (Some(one), Some(two)) = (hubness.skewness, other.hubness.skewness) else {
            continue;
        };
        text.say(format!(
            "The skewness of how often {} is a neighbor is {} by {} distance and {} by {}: hubs are {} \
             by {}.",
            facts.sample.a(),
            numbers::fixed(one, 2),
            of_distance.distance.name(),
            numbers::fixed(two, 2),
            other.distance.name(),
            if one <= two { "stronger" } else { "weaker" },
            other.distance.name(),
        ));
    }
    let voters = run.hub_voters;
    if voters.n_wrong > 0 && voters.n_right > 0 {
        let wrong = voters.n_wrong_by_hubs as f64 / voters.n_wrong as f64;
        let right = voters.n_right_by_hubs as f64 / voters.n_right as f64;
        text.say(format!(
            "A hub was among the deciding voters of {} of {} wrong predictions ({}) and of {} of {} \
             right ones ({}){}.",
            numbers::count(voters.n_wrong_by_hubs),
            numbers::count(voters.n_wrong),
            numbers::percent(wrong),
            numbers::count(voters.n_right_by_hubs),
            numbers::count(voters.n_right),
            numbers::percent(right),
            if wrong > right {
                "; the difference has no interval of its own"
            } else {
                ", so that hubs do not set the errors apart"
            },
        ));
    }
    text
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
            facts.private_id(subject),
            facts.private_id(sample),
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
        rows: hubs.iter().take(HUBS_SHOWN).map(row).collect(),
    })
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
            facts.private_id(subject),
            facts.private_id(sample),
            facts.name_with_id(facts.evaluated_id(suspect.suggested)),
            numbers::measure(suspect.score_of_label),
            numbers::measure(suspect.score_of_suggested),
        ]
    });
    Some(Table {
        key: "suspects",
        caption: Text::from(format!(
            "{} whose neighbors contradict their label, {} of {}.",
            facts.sample.titles(),
            if named.len() > SHOWN {
                "the first"
            } else {
                "all"
            },
            numbers::count(named.len().min(SHOWN)),
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
