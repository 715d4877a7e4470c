//! What of an output folder may leave the house: aggregates, with small counts masked so that they
//! cannot be worked out from what is left.
//!
//! Everything here is a list of what may pass: a table, column or measure that it does not name stays
//! behind. Counts are shown or masked by [`mask`], rates are rounded by [`rounding`] until nothing
//! smaller than eleven shows through.

mod classes;
mod confusion;
mod mask;
mod measures;
mod rounding;
mod sheet;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::json;

use classes::Classes;
use confusion::Runs;
use sheet::Sheet;

use crate::{OutputFile, html, markdown};

/// Counts from 1 to below this are masked, and rates over fewer.
pub const MIN_SHOWN: usize = 11;

/// What stands in the place of a masked figure.
const MASKED: &str = "masked";

/// The tables of an output folder that are read, without their ending. Others are not needed.
pub const SHARED_FROM: [&str; 8] = [
    "classes",
    "comparison",
    "confusion",
    "k_sweep",
    "per_class",
    "roc",
    "subject_level",
    "summary",
];

/// Why nothing can be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum ShareError {
    /// A table that is needed is not there.
    #[error("tables/{table}.csv is missing")]
    Missing { table: &'static str },
    /// A table is not as a run writes it.
    #[error("tables/{table}.csv: {reason}")]
    Malformed { table: &'static str, reason: String },
    /// So few subjects that every figure would tell of them.
    #[error(
        "the data are of fewer than {MIN_SHOWN} subjects, so that every figure would tell of so few"
    )]
    TooFew,
}

impl ShareError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            ShareError::Missing { .. } | ShareError::Malformed { .. } => {
                Some("`phenolens run` writes the folder anew")
            }
            ShareError::TooFew => None,
        }
    }
}

/// Makes every file of a folder that is fit to share, sorted by path.
///
/// * `tables`: the bytes of `tables/NAME.csv` of a run, by NAME; those of [`SHARED_FROM`] are needed.
/// * `version`: of the program.
///
/// # Errors
/// If a table is missing or not as a run writes it, or there is too little data.
pub fn share(
    tables: &BTreeMap<&'static str, Vec<u8>>,
    version: &str,
) -> Result<Vec<OutputFile>, ShareError> {
    let read = |table| Sheet::read(table, tables);
    let classes = Classes::read(&read("classes")?)?;
    let runs = Runs::read(&read("confusion")?, &classes)?;
    let shared = [
        classes.table(),
        runs.table(),
        measures::summary(&read("summary")?, &runs)?,
        measures::k_sweep(&read("k_sweep")?, &runs)?,
        measures::per_class(&read("per_class")?, &runs, &classes)?,
        measures::comparison(&read("comparison")?, &runs)?,
        measures::subject_level(&read("subject_level")?, &runs, &classes)?,
        measures::roc(&read("roc")?, &runs)?,
    ];

    let document = words::document(&shared, version);
    let mut files = vec![
        file("manifest.json", pretty(&manifest(version))),
        file("report.html", html::render(&document).into_bytes()),
        file("report.md", markdown::render(&document, "svg").into_bytes()),
        file("results.json", pretty(&results(&shared))),
    ];
    for table in &shared {
        files.push(file(&format!("tables/{}.csv", table.name), table.csv()));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn file(path: &str, bytes: Vec<u8>) -> OutputFile {
    OutputFile {
        path: path.to_owned(),
        bytes,
    }
}

/// Nothing of the data, neither their names nor their digests.
fn manifest(version: &str) -> serde_json::Value {
    json!({
        "schema_version": 1,
        "program": { "name": "phenolens", "version": version },
        "kind": "shared",
        "masked_below": MIN_SHOWN,
    })
}

/// The same tables for programs; every cell is a text, as in the CSV files.
fn results(shared: &[Sheet]) -> serde_json::Value {
    let tables = shared.iter().map(|table| {
        let rows = table.rows.iter().map(|row| {
            let cells = table.header.iter().zip(row);
            let cells = cells.map(|(column, cell)| (column.clone(), json!(cell)));
            serde_json::Value::Object(cells.collect())
        });
        (table.name.to_owned(), rows.collect())
    });
    json!({
        "schema_version": 1,
        "kind": "shared",
        "tables": serde_json::Value::Object(tables.collect()),
    })
}

fn pretty(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}
