//! A table of texts: read from an output folder, or made to be shared.

use std::collections::BTreeMap;

use super::ShareError;

/// A table of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    /// Its file without the ending.
    pub(super) name: &'static str,
    pub(super) header: Vec<String>,
    /// Each as long as the header.
    pub(super) rows: Vec<Vec<String>>,
}

/// A row of a table, by column.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    cells: &'a [String],
}

impl Sheet {
    /// An empty table.
    pub(super) fn new(name: &'static str, header: &[&str]) -> Sheet {
        Sheet {
            name,
            header: header.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds columns.
    pub(super) fn extend_header(&mut self, columns: &[&str]) {
        self.header
            .extend(columns.iter().map(|&column| column.to_owned()));
    }

    /// Reads a table that a run has written.
    pub(super) fn read(
        name: &'static str,
        tables: &BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Sheet, ShareError> {
        let bytes = tables
            .get(name)
            .ok_or(ShareError::Missing { table: name })?;
        let malformed = |error: csv::Error| ShareError::Malformed {
            table: name,
            reason: error.to_string(),
        };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().map_err(malformed)?;
        let mut sheet = Sheet {
            name,
            header: header.iter().map(str::to_owned).collect(),
            rows: Vec::new(),
        };
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            sheet.rows.push(record.iter().map(str::to_owned).collect());
        }
        Ok(sheet)
    }

    /// The rows, by column.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { sheet: self, cells })
    }

    /// The table as a CSV file. Its texts come from tables, where they are harmless for spreadsheets.
    pub(super) fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let rows = std::iter::once(&self.header).chain(&self.rows);
        for row in rows {
            writer
                .write_record(row)
                .expect("memory takes rows of one length");
        }
        writer.into_inner().expect("memory takes all")
    }
}

impl<'a> Row<'a> {
    /// A cell as text.
    pub(super) fn text(&self, column: &str) -> Result<&'a str, ShareError> {
        let place = self.sheet.header.iter().position(|name| name == column);
        match place {
            Some(place) => Ok(&self.cells[place]),
            None => Err(self.malformed(format!("there is no column {column}"))),
        }
    }

    /// Cells as texts.
    pub(super) fn texts(&self, columns: &[&str]) -> Result<Vec<String>, ShareError> {
        let texts = columns.iter().map(|column| self.text(column));
        texts.map(|text| Ok(text?.to_owned())).collect()
    }

    /// A cell as a whole number.
    pub(super) fn count(&self, column: &str) -> Result<usize, ShareError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| self.malformed(format!("{column} {text:?} is no whole number")))
    }

    /// A cell as a number, where it holds one.
    pub(super) fn number(&self, column: &str) -> Result<Option<f64>, ShareError> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(self.malformed(format!("{column} {text:?} is no number"))),
        }
    }

    fn malformed(&self, reason: String) -> ShareError {
        ShareError::Malformed {
            table: self.sheet.name,
            reason,
        }
    }
}
