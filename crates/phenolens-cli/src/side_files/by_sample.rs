//! Rows of a side file that say something of single samples.

use std::path::Path;

use phenolens::dataset::Dataset;

use super::{SideFile, first_few};
use crate::failure::Failure;
use crate::talk::count;
use crate::terminal;

/// A side file as rows about samples.
pub(super) struct BySample<'a> {
    /// What each sample of the dataset is called in the file: class, subject and sample, or the sample
    /// alone. Shape `(n_samples,)`.
    pub(super) ids: Vec<Vec<&'a str>>,
    /// In the order of the file.
    pub(super) rows: Vec<Row<'a>>,
}

/// What a row says.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    /// As long as the ids of the dataset.
    pub(super) id: Vec<&'a str>,
    /// The last column, without spaces around it.
    pub(super) cell: &'a str,
}

/// Finds the columns `class,subject,sample` or `sample`, and the one called `column`.
///
/// # Errors
/// With `code`, if the columns are others, or sample ids alone do not tell samples apart.
pub(super) fn by_sample<'a>(
    file: &'a SideFile,
    path: &Path,
    dataset: &'a Dataset,
    column: &str,
    code: &'static str,
) -> Result<BySample<'a>, Failure> {
    let ids: Vec<Vec<&str>> = (0..dataset.n_samples())
        .map(|sample| dataset.id(sample).to_vec())
        .collect();
    let (columns, ids) = if let Some(columns) =
        file.columns(&["class", "subject", "sample", column])
    {
        (columns, ids)
    } else if let Some(columns) = file.columns(&["sample", column]) {
        let short: Vec<Vec<&str>> = ids.into_iter().map(|id| id[2..].to_vec()).collect();
        refuse_repeated(&short, column, code)?;
        (columns, short)
    } else {
        let message = format!(
            "{}:1: the columns are {}; they must be class,subject,sample,{column} or sample,{column}",
            path.display(),
            file.header.join(",")
        );
        return Err(Failure::new(code, message));
    };
    let (cell_column, id_columns) = columns.split_last().expect("there are columns");
    let row = |(line, cells): &'a (u64, Vec<String>)| Row {
        line: *line,
        id: id_columns.iter().map(|&column| &*cells[column]).collect(),
        cell: cells[*cell_column].trim(),
    };
    let rows = file.rows.iter().map(row).collect();
    Ok(BySample { ids, rows })
}

fn refuse_repeated(ids: &[Vec<&str>], column: &str, code: &'static str) -> Result<(), Failure> {
    let mut sorted = ids.to_vec();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => {
            let message = format!(
                "the sample id {:?} stands for several samples, so that it does not tell which {column} \
                 each is in",
                pair[0][0]
            );
            Err(Failure::new(code, message)
                .hint(format!("use the columns class,subject,sample,{column}")))
        }
    }
}

/// An id for a message.
pub(super) fn shown(id: &[&str]) -> String {
    let parts: Vec<String> = id.iter().map(|part| terminal::id(part)).collect();
    parts.join("/")
}

/// The rows of samples that the dataset does not have, in a sentence.
pub(super) fn unused(path: &Path, ids: &[Vec<&str>], rows: &[Row]) -> Option<String> {
    let mut known = ids.to_vec();
    known.sort();
    let mut unknown: Vec<&Vec<&str>> = rows
        .iter()
        .map(|row| &row.id)
        .filter(|id| known.binary_search(id).is_err())
        .collect();
    unknown.sort();
    unknown.dedup();
    let unknown: Vec<String> = unknown.into_iter().map(|id| shown(id)).collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "{}: {} of no sample that is used: {}",
            path.display(),
            count(unknown.len(), "row"),
            first_few(&unknown)
        )
    })
}
