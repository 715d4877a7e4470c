//! The shared tables to read, and what was left out of them.

use super::sheet::Sheet;
use super::{MASKED, MIN_SHOWN};
use crate::document::{Block, Column, Document, Section, Table, Text};

/// The tables that are short enough to read, with what they show.
const READ: [(&str, &str); 5] = [
    ("classes", "Subjects and samples of every class."),
    (
        "summary",
        "Every measure at the chosen k, and its interval, rounded outward.",
    ),
    (
        "per_class",
        "How every class fares at the chosen k: the share of its samples that is found, and the area \
         under its ROC curve.",
    ),
    (
        "subject_level",
        "The measures with all samples of a subject taken together.",
    ),
    ("comparison", "Whether the two distances differ."),
];

/// The report of a shared folder.
pub(super) fn document(shared: &[Sheet], version: &str) -> Document {
    let section = |id, heading: &str, blocks| Section {
        id,
        heading: heading.to_owned(),
        blocks,
    };
    let tables = READ.iter().filter_map(|(name, caption)| {
        let sheet = shared.iter().find(|sheet| sheet.name == *name)?;
        (!sheet.rows.is_empty()).then(|| Block::Table(table(sheet, caption)))
    });
    Document {
        title: "How well embeddings tell classes apart".to_owned(),
        subtitle: format!("Figures that are fit to share, by phenolens {version}"),
        sections: vec![
            section("reading", "How to read this", how_to_read()),
            section("figures", "Figures", tables.collect()),
        ],
    }
}

fn how_to_read() -> Vec<Block> {
    vec![
        Block::Paragraph(
            Text::from(format!(
                "These are aggregates of a nearest-neighbor evaluation. Counts from 1 to {} are \
                 replaced by ",
                MIN_SHOWN - 1
            ))
            .code(MASKED)
            .plain(
                ", and so are others through which these could be worked out, as well as rates over \
                 so few.",
            ),
        ),
        Block::Paragraph(
            Text::from(format!(
                "Rates are rounded to the step that the column says: it spans at least {MIN_SHOWN} \
                 samples, so that a rate does not give away a smaller count. Means over classes are "
            ))
            .code(MASKED)
            .plain(" where a class is."),
        ),
        Block::Paragraph(
            Text::from(
                "What tells of single subjects or samples was left out: maps, predictions, folds, \
                 neighbors, findings, groups of people, names and digests of files. The files in ",
            )
            .code("tables")
            .plain(" hold more than is shown here: confusions, every k, and ROC curves."),
        ),
    ]
}

fn table(sheet: &Sheet, caption: &str) -> Table {
    let is_numeric = |place: usize| {
        let cells = sheet.rows.iter().map(|row| row[place].as_str());
        let mut filled = cells.filter(|cell| !cell.is_empty() && *cell != MASKED);
        filled.all(|cell| cell.parse::<f64>().is_ok())
    };
    Table {
        key: sheet.name,
        caption: caption.into(),
        columns: sheet
            .header
            .iter()
            .enumerate()
            .map(|(place, column)| match is_numeric(place) {
                true => Column::right(column),
                false => Column::left(column),
            })
            .collect(),
        rows: sheet.rows.clone(),
    }
}
