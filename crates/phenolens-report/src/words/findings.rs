//! What deserves a second look, folded where there is much of it.

use phenolens_core::findings::{Finding, Level, Severity};

use super::phrases;
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Rows of the table; `findings.csv` has all.
const SHOWN: usize = 20;

/// How many findings there are, and the gravest of them.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
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
        blocks.extend(count_table(facts).map(Block::Table));
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
pub(super) fn count_table(facts: &Facts) -> Option<Table> {
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
    let private = |level, id: &Option<String>| {
        id.as_deref()
            .map_or_else(String::new, |id| facts.private_id(level, id))
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
                    private(Level::Subject, &finding.subject),
                    private(Level::Sample, &finding.sample),
                    facts.message(&finding.message),
                ]
            })
            .collect(),
    }
}
