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
            Text::from("Rates are rounded to the step in the column ")
                .code("rounded_to")
                .plain(format!(
                    ", which spans at least {MIN_SHOWN} samples, so that a rate does not give away a \
                     smaller count. A recall stands where the counts that make it are shown as well. \
                     Means over classes are "
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
    // Names of classes may be numbers, and stay names.
    let is_name = |place: usize| sheet.header[place] == "class";
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
            .map(
                |(place, column)| match !is_name(place) && is_numeric(place) {
                    true => Column::right(column),
                    false => Column::left(column),
                },
            )
            .collect(),
        rows: sheet
            .rows
            .iter()
            .map(|row| {
                let cells = row
                    .iter()
                    .enumerate()
                    .map(|(place, cell)| match is_name(place) {
                        true => cell.clone(),
                        false => shortened(cell),
                    });
                cells.collect()
            })
            .collect(),
    }
}

/// A number with more decimals than a reader wants, with three of them; other cells as they are.
fn shortened(cell: &str) -> String {
    let n_decimals = cell
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    match cell.parse::<f64>() {
        Ok(number) if n_decimals > 4 => format!("{number:.3}"),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_enough_to_read() {
        for (cell, shown) in [
            ("0.6716417910447762", "0.672"),
            ("0.0005", "0.0005"),
            ("14", "14"),
            ("masked", "masked"),
            ("cosine", "cosine"),
            ("", ""),
        ] {
            assert_eq!(shortened(cell), shown);
        }
    }

    #[test]
    fn names_of_classes_are_words_even_where_they_are_numbers() {
        let mut sheet = Sheet::new("classes", &["class", "n_samples"]);
        sheet
            .rows
            .push(vec!["1.2345678".to_owned(), "12".to_owned()]);
        let table = table(&sheet, "");
        assert_eq!(
            table.columns,
            [Column::left("class"), Column::right("n_samples")]
        );
        assert_eq!(table.rows[0][0], "1.2345678");
    }
}
