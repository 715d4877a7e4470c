//! The data: what was read, how it is spread, what is odd about it.

use phenolens_core::exploration::{DistanceSummary, PairGroup};
use phenolens_core::findings::{Finding, Severity};
use phenolens_core::neighbors::Distance;
use phenolens_core::validation::DuplicatePair;

use super::{Figures, imbalance, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Rows of the tables of findings and duplicates; the files in `tables` have all.
const SHOWN: usize = 20;

/// The data section.
pub(super) fn data(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(text.to_owned());
    let mut blocks = vec![
        what_was_read(facts).into(),
        Block::Paragraph(subjects(facts).into()),
    ];
    blocks.push(imbalance::sizes(facts).into());
    blocks.push(Block::Table(class_table(facts)));
    blocks.extend(figures.take("class_sizes"));
    blocks.extend(figures.take("samples_per_subject"));
    blocks.push(heading("Distances"));
    blocks.extend(distances(facts));
    blocks.extend(figures.take("distances"));
    blocks.push(heading("Near-duplicates"));
    blocks.extend(duplicates(facts));
    blocks.push(heading("Findings"));
    blocks.extend(findings(facts));
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

fn duplicates(facts: &Facts) -> Vec<Block> {
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
        phrases::counted(pairs.len(), "pair", "pairs"),
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
    vec![text.into(), Block::Table(duplicate_table(facts, pairs))]
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
                "; {SHOWN} of {}, all of which are in ",
                numbers::count(pairs.len())
            ))
            .code("tables/findings.csv")
            .plain(" as far as it lists single ones.")
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
                    facts.private_id(subject),
                    facts.private_id(sample),
                    facts.dataset_name(classes[pair.second]),
                    facts.private_id(other_subject),
                    facts.private_id(other_sample),
                ]
            })
            .collect(),
    }
}

fn findings(facts: &Facts) -> Vec<Block> {
    let findings = &facts.analysis.findings;
    if findings.is_empty() {
        let text = "Nothing odd was found in the file.";
        return vec![Block::Paragraph(text.into())];
    }
    let n_of = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let counts: Vec<String> = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ]
    .into_iter()
    .filter(|&(severity, _, _)| n_of(severity) > 0)
    .map(|(severity, one, many)| phrases::counted(n_of(severity), one, many))
    .collect();
    let text = Text::from(format!(
        "{}: {}. An error sets a record or a group aside, a warning keeps what can mislead, a note is \
         advice. All are in ",
        phrases::counted(findings.len(), "finding", "findings"),
        phrases::list(&counts)
    ))
    .code("tables/findings.csv")
    .plain(format!(
        ". Their messages speak of classes, subjects and samples, here {}, {} and {}.",
        facts.class.many(),
        facts.subject.many(),
        facts.sample.many()
    ));
    let mut blocks = vec![text.into()];
    let shown = findings_to_show(facts);
    if findings.len() > SHOWN {
        blocks.extend(finding_count_table(facts).map(Block::Table));
    }
    if !shown.is_empty() {
        blocks.push(Block::Table(finding_table(facts, &shown)));
    }
    blocks
}

/// Findings, the gravest first, without near-duplicates: those have a table of their own.
fn findings_to_show<'a>(facts: &Facts<'a>) -> Vec<&'a Finding> {
    let has_table = !facts.analysis.duplicates.is_empty();
    let mut findings: Vec<&Finding> = facts
        .analysis
        .findings
        .iter()
        .filter(|finding| !(has_table && finding.code == "near_duplicates"))
        .collect();
    // Stable: findings of one severity stay in the order in which they were made.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Findings by severity and kind.
pub(super) fn finding_count_table(facts: &Facts) -> Option<Table> {
    let groups = facts::findings_by_code(&facts.analysis.findings);
    if groups.is_empty() {
        return None;
    }
    Some(Table {
        key: "finding-counts",
        caption: "Findings by severity and kind.".into(),
        columns: vec![
            Column::left("Severity"),
            Column::left("Kind"),
            Column::right("Findings"),
        ],
        rows: groups
            .iter()
            .map(|group| {
                vec![
                    group.severity.name().to_owned(),
                    group.code.to_owned(),
                    numbers::count(group.findings.len()),
                ]
            })
            .collect(),
    })
}

/// The first of the findings that are shown.
fn finding_table(facts: &Facts, findings: &[&Finding]) -> Table {
    let n_all = findings.len();
    let mut caption = match n_all > SHOWN {
        true => Text::from(format!(
            "The first {SHOWN} of {} findings, the gravest first.",
            numbers::count(n_all)
        )),
        false => "Findings, the gravest first.".into(),
    };
    if n_all < facts.analysis.findings.len() {
        caption.say(
            Text::from("Near-duplicates stand in ")
                .table("duplicates")
                .plain("."),
        );
    }
    let private = |id: &Option<String>| {
        id.as_deref()
            .map_or_else(String::new, |id| facts.private_id(id))
    };
    Table {
        key: "findings",
        caption,
        columns: vec![
            Column::left("Severity"),
            Column::left("Kind"),
            Column::left(facts.class.title()),
            Column::left(facts.subject.title()),
            Column::left(facts.sample.title()),
            Column::left("What was found, and done"),
        ],
        rows: findings
            .iter()
            .take(SHOWN)
            .map(|finding| {
                vec![
                    finding.severity.name().to_owned(),
                    finding.code.to_owned(),
                    finding.class.clone().unwrap_or_default(),
                    private(&finding.subject),
                    private(&finding.sample),
                    finding.message.clone(),
                ]
            })
            .collect(),
    }
}
