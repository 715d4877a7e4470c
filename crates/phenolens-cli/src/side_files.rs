//! Small CSV files that the user writes beside the data: folds, gallery and probes, words for class
//! ids, metadata.

mod by_sample;
#[cfg(test)]
mod fixtures;
mod folds;
mod gallery;
mod metadata;
mod names;

use std::fs;
use std::path::Path;

use phenolens::report::InputFile;
use phenolens::sources;

use crate::failure::Failure;
use crate::reading::file_name;

pub(crate) use folds::assign_folds;
pub(crate) use gallery::assign_sides;
pub(crate) use metadata::read_metadata;
pub(crate) use names::assign_names;

/// A CSV file with a header, every row as long as the header.
struct SideFile {
    header: Vec<String>,
    /// The line of the file, and the cells.
    rows: Vec<(u64, Vec<String>)>,
    identity: InputFile,
}

impl SideFile {
    /// Reads the file; `what` says what it holds, for messages.
    fn read(path: &Path, what: &str) -> Result<SideFile, Failure> {
        let shown = path.display();
        let unreadable = |error| {
            Failure::caused("file_unreadable", format!("cannot read {shown}"), &error)
                .hint("is the name right, and may you read it?")
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            let message = format!("cannot read {shown}: it is no regular file");
            return Err(Failure::new("file_unreadable", message).hint("name a CSV file"));
        }
        let bytes = fs::read(path).map_err(unreadable)?;
        let broken = |error: csv::Error| {
            let place = error
                .position()
                .map_or(String::new(), |position| format!(":{}", position.line()));
            let reason = match error.kind() {
                csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8".to_owned(),
                csv::ErrorKind::UnequalLengths {
                    expected_len, len, ..
                } => format!("{len} cells where the header has {expected_len}"),
                _ => error.to_string(),
            };
            Failure::new("csv_malformed", format!("{shown}{place}: {reason}"))
                .hint(format!("{what} is a CSV file in UTF-8 with a header"))
        };
        // Some programs put a mark in front of UTF-8.
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let head = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let delimiter = if head.contains(&b'\t') { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(text);
        let header = reader.headers().map_err(broken)?;
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((
                line,
                record
                    .iter()
                    .map(|cell| unquoted(cell).to_owned())
                    .collect(),
            ));
        }
        Ok(SideFile {
            header,
            rows,
            identity: InputFile {
                name: file_name(path),
                bytes: bytes.len() as u64,
                sha256: sources::sha256(&bytes),
            },
        })
    }

    /// Where each of the wanted columns stands, if these and no others are there.
    fn columns(&self, wanted: &[&str]) -> Option<Vec<usize>> {
        if self.header.len() != wanted.len() {
            return None;
        }
        let place = |name: &&str| self.header.iter().position(|column| column == name);
        wanted.iter().map(place).collect()
    }
}

/// A cell as it was before our own tables made it harmless for spreadsheets: these put an apostrophe
/// before what would run as a formula, and before an apostrophe.
fn unquoted(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => cell,
    }
}

/// The first few of a list, for a message.
fn first_few(items: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = items[..items.len().min(SHOWN)].join(", ");
    if items.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What our own tables write, and what others may write that needs no undoing.
    #[test]
    fn what_a_spreadsheet_would_run_comes_back() {
        let cases = [
            ("'=1+1", "=1+1"),
            ("''=1+1", "'=1+1"),
            ("'''", "''"),
            ("'\tx", "\tx"),
            ("''s-Hertogenbosch", "'s-Hertogenbosch"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("=1+1", "=1+1"),
            ("'", "'"),
            ("", ""),
        ];
        for (cell, id) in cases {
            assert_eq!(unquoted(cell), id, "{cell}");
        }
    }
}
