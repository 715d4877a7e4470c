//! The data: what was read, how it is spread, what is odd about it.

use phenolens_core::exploration::{DistanceSummary, PairGroup};
use phenolens_core::findings::Level;
use phenolens_core::neighbors::Distance;

use super::{Figures, duplicates, findings, imbalance, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

/// The data section.
pub(super) fn data(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(text.to_owned());
    let mut blocks = vec![
        what_was_read(facts).into(),
        Block::Paragraph(subjects(facts).into()),
    ];
    blocks.extend(pseudonyms(facts).map(Block::Paragraph));
    blocks.push(imbalance::sizes(facts).into());
    blocks.push(Block::Table(class_table(facts)));
    blocks.extend(figures.take("class_sizes"));
    blocks.extend(figures.take("samples_per_subject"));
    blocks.push(heading("Distances"));
    blocks.extend(distances(facts));
    blocks.extend(figures.take("distances"));
    blocks.push(heading("Near-duplicates"));
    blocks.extend(duplicates::blocks(facts));
    blocks.push(heading("Findings"));
    blocks.extend(findings::blocks(facts));
    blocks
}

fn what_was_read(facts: &Facts) -> Text {
    let rows = facts.analysis.rows;
    let mut text = Text::default().code(&facts.context.source_name);
    text = text.plain(format!(
        " ({}) holds {}. ",
        numbers::bytes(facts.context.source_bytes),
        phrases::counted(rows.read, "record", "records")
    ));
    text = text.plain(match rows.set_aside {
        0 => "All of them were used.".to_owned(),
        set_aside => format!(
            "{} were used and {} set aside; each of those is a finding below.",
            numbers::count(rows.used),
            numbers::count(set_aside)
        ),
    });
    let dims = facts.analysis.exploration.n_dims;
    text.say(format!(
        "Each vector has {}.",
        phrases::counted(dims, "value", "values")
    ));
    text
}

/// How the report calls subjects and samples, and where their ids are.
fn pseudonyms(facts: &Facts) -> Option<Text> {
    facts.pseudonyms()?;
    Some(
        Text::from(format!(
            "{} and {} are called by pseudonyms here, such as {}. The folder ",
            facts.subject.titles(),
            facts.sample.many(),
            facts.private_id(Level::Subject, facts.analysis.dataset.id(0)[1]),
        ))
        .code("tables")
        .plain(" is private and holds their ids: ")
        .code("tables/pseudonyms.csv")
        .plain(" says which pseudonym is whose. The same key gives the same pseudonyms in every report."),
    )
}

fn subjects(facts: &Facts) -> String {
    let exploration = &facts.analysis.exploration;
    let n_multi = facts.n_multi_sample_subjects();
    let (subject, sample) = (&facts.subject, &facts.sample);
    let n_subjects = subject.count(exploration.n_subjects);
    let most = exploration.samples_per_subject.iter().map(|c| c.n_samples);
    match (n_multi, most.max()) {
        (0, _) | (_, None) => format!(
            "The {} come from {n_subjects}, one each.",
            sample.count(exploration.n_samples)
        ),
        (n_multi, Some(most)) => format!(
            "The {} come from {n_subjects}; {} of them {} more than one {}, up to {}. {} of one {} are \
             not independent, so that the {} is the unit of folds and intervals.",
            sample.count(exploration.n_samples),
            numbers::count(n_multi),
            if n_multi == 1 { "has" } else { "have" },
            sample.one(),
            numbers::count(most),
            sample.titles(),
            subject.one(),
            subject.one(),
        ),
    }
}

/// Sizes and norms of the classes.
pub(super) fn class_table(facts: &Facts) -> Table {
    let classes = &facts.analysis.exploration.classes;
    Table {
        key: "classes",
        caption: Text::from(format!(
            "The {}: size, share of all {}, and the length of their vectors (mean and standard \
             deviation).",
            facts.class.many(),
            facts.sample.many()
        )),
        columns: vec![
            Column::left(facts.class.title()),
            Column::right(facts.subject.titles()),
            Column::right(facts.sample.titles()),
            Column::right("Share"),
            Column::right(format!("Per {}", facts.subject.one())),
            Column::right("Length"),
            Column::right("SD"),
        ],
        rows: classes
            .iter()
            .map(|class| {
                vec![
                    facts.name_with_id(&class.class),
                    numbers::count(class.n_subjects),
                    numbers::count(class.n_samples),
                    numbers::percent(class.share),
                    numbers::fixed(class.samples_per_subject_mean, 2),
                    numbers::fixed(class.norm_mean, 2),
                    numbers::fixed(class.norm_sd, 2),
                ]
            })
            .collect(),
    }
}

fn distances(facts: &Facts) -> Vec<Block> {
    let summaries = &facts.analysis.exploration.distances;
    if summaries.is_empty() {
        return vec![Block::Paragraph("No distances were explored.".into())];
    }
    let (class, subject) = (facts.class.one(), facts.subject.one());
    let mut text = Text::from(format!(
        "Pairs of {} fall into three groups: of one {subject}, of one {class} but two {}, and of two \
         {}. The better the embedding, the farther the third lies from the second. Separation is how \
         often a pair of one {class} is nearer than a pair of two: 0.5 says nothing, 1 separates \
         fully.",
        facts.sample.many(),
        facts.subject.many(),
        facts.class.many(),
    ));
    for summary in summaries {
        text.say(nearer_within(facts, summary));
    }
    if summaries.iter().any(|summary| !summary.is_complete) {
        text.say(
            "There are too many pairs to measure all; a seeded sample of each group was taken.",
        );
    }
    vec![text.into(), Block::Table(distance_table(facts))]
}

/// A distance with its digits: three decimals for cosine, which is at most 2, otherwise two.
fn of_distance(distance: Distance, value: f64) -> String {
    match distance {
        Distance::Cosine => numbers::fixed(value, 3),
        Distance::Euclidean => numbers::fixed(value, 2),
    }
}

/// How far within lies from between, by one distance.
fn nearer_within(facts: &Facts, summary: &DistanceSummary) -> String {
    let name = summary.distance.name();
    match (summary.separation, &summary.same_subject) {
        (Some(separation), Some(same)) => format!(
            "By {name} distance it is {}; the median pair of one {} is {} apart.",
            numbers::measure(separation),
            facts.subject.one(),
            of_distance(summary.distance, same.spread.median),
        ),
        (Some(separation), None) => {
            format!("By {name} distance it is {}.", numbers::measure(separation))
        }
        (None, _) => format!("By {name} distance it is undefined here."),
    }
}

fn distance_table(facts: &Facts) -> Table {
    let row = |summary: &DistanceSummary, name: String, group: &Option<PairGroup>| {
        let spread = group.as_ref()?.spread;
        let mut row = vec![
            summary.distance.name().to_owned(),
            name,
            numbers::count(spread.count),
        ];
        let quantiles = [
            spread.q25,
            spread.median,
            spread.q75,
            spread.min,
            spread.max,
        ];
        row.extend(quantiles.map(|value| of_distance(summary.distance, value)));
        Some(row)
    };
    let names = [
        format!("one {}", facts.subject.one()),
        format!("one {}", facts.class.one()),
        format!("two {}", facts.class.many()),
    ];
    let summaries = facts.analysis.exploration.distances.iter();
    Table {
        key: "distances",
        caption: Text::from(format!(
            "Distances between pairs of {}, by group.",
            facts.sample.many()
        )),
        columns: vec![
            Column::left("Distance"),
            Column::left("Pairs of"),
            Column::right("Pairs"),
            Column::right("25%"),
            Column::right("Median"),
            Column::right("75%"),
            Column::right("Min"),
            Column::right("Max"),
        ],
        rows: summaries
            .flat_map(|summary| {
                let groups = [
                    &summary.same_subject,
                    &summary.within_class,
                    &summary.between_classes,
                ];
                let rows = groups.into_iter().zip(names.clone());
                rows.filter_map(|(group, name)| row(summary, name, group))
                    .collect::<Vec<_>>()
            })
            .collect(),
    }
}
