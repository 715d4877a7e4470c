//! Tables of text with a header: the ids, and the values in columns or in one list.

use phenolens_core::cohort::{RawCohort, Stored};

use crate::delimited::{Row, Table};
use crate::format_error::{Fault, FormatError, Place};
use crate::labels::{IdColumns, is_id_name, missing_columns};
use crate::numbers::{self, List, Style};
use crate::quote::quote;
use crate::records::Records;
use crate::{Format, ReadOptions};

/// Reads the bytes of a CSV or TSV file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    format: Format,
    n_stored: u64,
    options: &ReadOptions,
) -> Result<RawCohort, FormatError> {
    let delimiter = if format == Format::Tsv { b'\t' } else { b',' };
    let table = Table::new(format, delimiter, bytes)?;
    let mut rows = table.rows();
    let header = rows.header()?;
    refuse_no_header(format, &header)?;
    let ids = IdColumns::find(&header, &options.columns).map_err(|missing| {
        missing_columns(format, &header, &missing, &options.columns).at(Place::Line(1, None))
    })?;
    let values = value_columns(format, &header, &ids, options)?;

    let mut reading = Reading {
        format,
        header: &header,
        ids,
        columns: &values,
        records: Records::new(ids.labelling(), n_stored, &options.limits),
        vector: Vec::new(),
    };
    // A list is told from a number by the first cell that holds anything.
    let mut as_list = None;
    let all_integers = all_integers(&table, &values, header.len())?;
    let stored = if all_integers {
        Stored::Integer
    } else {
        Stored::Exact
    };
    while let Some(row) = rows.next()? {
        row.check_length(format, header.len())?;
        let is_list = match (values[..].len(), as_list) {
            (1, None) => {
                let cell = row.cells[values[0]].trim();
                let is_list = cell.starts_with('[');
                if !cell.is_empty() {
                    as_list = Some(is_list);
                }
                is_list
            }
            (1, Some(is_list)) => is_list,
            _ => false,
        };
        match is_list {
            true => reading.list(&row, stored)?,
            false => reading.cells(&row, stored)?,
        }
    }
    reading.records.note_newline(table.has_final_newline());
    Ok(reading.records.finish())
}

struct Reading<'a> {
    format: Format,
    header: &'a [String],
    ids: IdColumns,
    columns: &'a [usize],
    records: Records,
    vector: Vec<f32>,
}

impl Reading<'_> {
    /// A row with one value per cell.
    fn cells(&mut self, row: &Row<'_>, stored: Stored) -> Result<(), FormatError> {
        let ids = self.ids.ids(|column| row.cells[column].to_owned());
        self.vector.clear();
        let is_empty = |&&column: &&usize| row.cells[column].trim().is_empty();
        let n_empty = self.columns.iter().filter(is_empty).count();
        if n_empty == self.columns.len() {
            return self.taken(|records| records.push_missing(ids));
        }
        for &column in self.columns {
            let cell = &row.cells[column];
            if n_empty > 0 && cell.trim().is_empty() {
                continue;
            }
            match numbers::parse(cell) {
                Ok(value) => self.vector.push(value),
                Err(error) => {
                    let place = self.place(row, column);
                    let found = FormatError::new(self.format, Fault::Number, error.what).at(place);
                    return Err(match error.hint {
                        Some(hint) => found.hint(hint),
                        None => found,
                    });
                }
            }
        }
        if n_empty > 0 {
            let first = self.columns.iter().find(is_empty).expect("a cell is empty");
            let what = format!("an empty cell in column {}", quote(&self.header[*first]));
            return self.taken(|records| records.push_unusable(ids, what));
        }
        let vector = std::mem::take(&mut self.vector);
        self.taken(|records| records.push(ids, &vector, stored))?;
        self.vector = vector;
        Ok(())
    }

    /// A row with all values in one cell.
    fn list(&mut self, row: &Row<'_>, stored: Stored) -> Result<(), FormatError> {
        let ids = self.ids.ids(|column| row.cells[column].to_owned());
        let column = self.columns[0];
        let cell = &row.cells[column];
        if cell.trim().is_empty() {
            return self.taken(|records| records.push_missing(ids));
        }
        let mut vector = std::mem::take(&mut self.vector);
        match numbers::parse_list(cell, Style::Any, &mut vector) {
            List::Numbers { .. } => self.taken(|records| records.push(ids, &vector, stored))?,
            List::Unusable(what) => self.taken(|records| records.push_unusable(ids, what))?,
            List::Malformed(what) => {
                let place = self.place(row, column);
                return Err(FormatError::new(self.format, Fault::Number, what)
                    .at(place)
                    .hint("write lists as [0.5, -1.0, 2.0]"));
            }
        }
        self.vector = vector;
        Ok(())
    }

    fn taken(
        &mut self,
        push: impl FnOnce(&mut Records) -> Result<(), crate::format_error::Excess>,
    ) -> Result<(), FormatError> {
        push(&mut self.records).map_err(|excess| excess.of(self.format))
    }

    fn place(&self, row: &Row<'_>, column: usize) -> Place {
        Place::Line(row.line, Some(quote(&self.header[column])))
    }
}

/// A first row of numbers is no header.
fn refuse_no_header(format: Format, header: &[String]) -> Result<(), FormatError> {
    if header.len() == 1 && header[0].contains(';') {
        let what = "the columns seem to be separated by semicolons";
        return Err(FormatError::new(format, Fault::Columns, what)
            .at(Place::Line(1, None))
            .hint("export with commas, and with points as decimal marks"));
    }
    let n_numbers = header
        .iter()
        .filter(|name| name.parse::<f64>().is_ok())
        .count();
    if n_numbers * 2 > header.len() && header.len() - n_numbers < 4 {
        // Columns may be called 0, 1, 2, …: then the ids have names as well.
        let has_ids = header.iter().any(|name| name.parse::<f64>().is_err());
        let are_integers = header
            .iter()
            .all(|name| name.parse::<u32>().is_ok() || name.parse::<f64>().is_err());
        if !(has_ids && are_integers) {
            let what = "the first row holds numbers where the names of the columns should stand";
            return Err(FormatError::new(format, Fault::Columns, what)
                .at(Place::Line(1, None))
                .hint("put a header in front, such as class,subject,sample,v0,v1,…"));
        }
    }
    Ok(())
}

/// The columns that hold values.
fn value_columns(
    format: Format,
    header: &[String],
    ids: &IdColumns,
    options: &ReadOptions,
) -> Result<Vec<usize>, FormatError> {
    let refused = |what: String, hint: &str| {
        Err(FormatError::new(format, Fault::Columns, what)
            .at(Place::Line(1, None))
            .hint(hint))
    };
    if let Some(name) = &options.vector {
        return match header.iter().position(|other| other == name) {
            Some(column) if !ids.contains(column) => Ok(vec![column]),
            _ => refused(
                format!("there is no column {} with the vectors", quote(name)),
                "data.vector names the column with lists",
            ),
        };
    }
    let values: Vec<usize> = (0..header.len())
        .filter(|&column| !ids.contains(column) && !is_id_name(&header[column]))
        .collect();
    if values.is_empty() {
        return refused(
            "there is no column besides the ids".to_owned(),
            "put the values in columns of their own, or in one column as lists",
        );
    }
    Ok(values)
}

/// Whether every value of a table is written as an integer, in columns or in lists.
fn all_integers(
    table: &Table<'_>,
    columns: &[usize],
    n_columns: usize,
) -> Result<bool, FormatError> {
    let mut rows = table.rows();
    rows.next()?;
    let mut n_values = 0;
    while let Some(row) = rows.next()? {
        if row.cells.len() != n_columns {
            // It will be refused.
            return Ok(false);
        }
        for &column in columns {
            let cell = row.cells[column].trim();
            let inner = cell.trim_start_matches('[').trim_end_matches(']');
            for item in inner.split([',', ' ']).filter(|item| !item.is_empty()) {
                if !numbers::is_integer(item) {
                    return Ok(false);
                }
                n_values += 1;
            }
        }
    }
    Ok(n_values > 0)
}
