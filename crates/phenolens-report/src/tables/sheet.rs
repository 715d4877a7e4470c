//! One CSV table in the making.

use std::fmt::Write as _;

/// A CSV table in memory that is written cell by cell.
///
/// Numbers are formatted into one buffer that is used again, since the larger tables have hundreds
/// of thousands of them.
pub(super) struct Sheet {
    writer: csv::Writer<Vec<u8>>,
    number: String,
}

impl Sheet {
    /// A table with its header; `size_hint` is a guess of its size in bytes.
    pub(super) fn new<'a>(
        header: impl IntoIterator<Item = &'a str>,
        size_hint: usize,
    ) -> csv::Result<Sheet> {
        let mut writer = csv::Writer::from_writer(Vec::with_capacity(size_hint));
        writer.write_record(header)?;
        Ok(Sheet {
            writer,
            number: String::new(),
        })
    }

    /// Writes a cell with a word of ours.
    pub(super) fn word(&mut self, word: &str) -> csv::Result<()> {
        self.writer.write_field(word)
    }

    /// Writes a cell with text from the data, made harmless for spreadsheets.
    pub(super) fn text(&mut self, text: &str) -> csv::Result<()> {
        if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
            self.number.clear();
            self.number.push('\'');
            self.number.push_str(text);
            self.writer.write_field(&self.number)
        } else {
            self.writer.write_field(text)
        }
    }

    /// Writes a cell for each id.
    pub(super) fn ids(&mut self, ids: [&str; 3]) -> csv::Result<()> {
        ids.into_iter().try_for_each(|id| self.text(id))
    }

    /// Writes a cell with a whole number.
    pub(super) fn count(&mut self, count: usize) -> csv::Result<()> {
        self.number.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.number, "{count}");
        self.writer.write_field(&self.number)
    }

    /// Writes a cell with the shortest digits that give back the same 64-bit float.
    pub(super) fn number(&mut self, value: f64) -> csv::Result<()> {
        self.number.clear();
        let _ = write!(self.number, "{value}");
        self.writer.write_field(&self.number)
    }

    /// The same where there is a value; an empty cell where there is none.
    pub(super) fn optional(&mut self, value: Option<f64>) -> csv::Result<()> {
        match value {
            Some(value) => self.number(value),
            None => self.word(""),
        }
    }

    /// Ends the row.
    pub(super) fn end_row(&mut self) -> csv::Result<()> {
        self.writer.write_record(None::<&[u8]>)
    }

    /// The table as bytes.
    pub(super) fn finish(self) -> csv::Result<Vec<u8>> {
        self.writer
            .into_inner()
            .map_err(|error| error.into_error().into())
    }
}
