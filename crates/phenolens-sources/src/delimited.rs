//! Text in cells: rows of a table, separated by commas, tabs or semicolons.
//!
//! Cells are split by the csv library. What it forgives is looked for first, in one pass: another
//! encoding, a NUL, a quotation that does not end, text behind one, a cell without end.

use crate::Format;
use crate::format_error::{Fault, FormatError, Place};
use crate::quote::quote;

/// Bytes of a cell.
const MAX_CELL: usize = 64 << 10;

/// Cells of a row: a packed file could have so many that a list of them would fill the memory.
const MAX_CELLS: usize = 1 << 20;

/// A table of text, checked as a whole.
pub(crate) struct Table<'a> {
    format: Format,
    delimiter: u8,
    text: &'a str,
    has_final_newline: bool,
}

/// The rows of a table, one after another.
pub(crate) struct Rows<'a> {
    format: Format,
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
}

/// A row of a table.
pub(crate) struct Row<'r> {
    /// The line on which it begins, counted from 1.
    pub(crate) line: u64,
    /// Its cells.
    pub(crate) cells: &'r csv::StringRecord,
}

impl<'a> Table<'a> {
    /// Checks the bytes of a file.
    ///
    /// # Errors
    /// If they are no text in UTF-8, or their quotation marks do not pair up.
    pub(crate) fn new(
        format: Format,
        delimiter: u8,
        bytes: &'a [u8],
    ) -> Result<Table<'a>, FormatError> {
        let text = decode(format, bytes)?;
        check(format, delimiter, text)?;
        Ok(Table {
            format,
            delimiter,
            text,
            has_final_newline: text.ends_with(['\n', '\r']),
        })
    }

    /// Whether its last line ends as the others do; if not, the file may have been cut short.
    pub(crate) fn has_final_newline(&self) -> bool {
        self.has_final_newline
    }

    /// Its rows, the header included.
    pub(crate) fn rows(&self) -> Rows<'a> {
        let reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(self.text.as_bytes());
        Rows {
            format: self.format,
            reader,
            record: csv::StringRecord::new(),
        }
    }
}

impl Rows<'_> {
    /// The next row.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, FormatError> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Ok(Some(Row {
                line: self.record.position().map_or(0, csv::Position::line),
                cells: &self.record,
            })),
            Ok(false) => Ok(None),
            Err(error) => Err(FormatError::new(
                self.format,
                Fault::Malformed,
                error.to_string(),
            )),
        }
    }

    /// The header: names of columns, each once, without space around them.
    ///
    /// # Errors
    /// If there is none, a name is empty or stands twice.
    pub(crate) fn header(&mut self) -> Result<Vec<String>, FormatError> {
        let format = self.format;
        let Some(row) = self.next()? else {
            return Err(FormatError::new(
                format,
                Fault::Truncated,
                "the file is empty: it has no header",
            ));
        };
        let names: Vec<String> = row
            .cells
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let place = Place::Line(row.line, None);
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let what = match pair[0].as_str() {
                "" => "two columns have the same empty name".to_owned(),
                name => format!("the column {} stands twice", quote(name)),
            };
            let error = FormatError::new(format, Fault::DuplicateKey, what);
            return Err(error.at(place).hint("give every column a name of its own"));
        }
        Ok(names)
    }
}

impl Row<'_> {
    /// Refuses a row that is longer or shorter than the header.
    pub(crate) fn check_length(&self, format: Format, n_columns: usize) -> Result<(), FormatError> {
        let n_cells = self.cells.len();
        if n_cells == n_columns {
            return Ok(());
        }
        let what = format!("{n_cells} cells where the header has {n_columns}");
        let hint = match n_cells > n_columns {
            true => {
                "a cell that holds the separator must stand in quotation marks; decimal marks are points"
            }
            false => "was the file cut short, or a cell left out?",
        };
        let error = FormatError::new(format, Fault::Shape, what);
        Err(error.at(Place::Line(self.line, None)).hint(hint))
    }
}

/// The bytes as text, without the mark that some programs put in front.
pub(crate) fn decode(format: Format, bytes: &[u8]) -> Result<&str, FormatError> {
    let wide = match bytes {
        [0xff, 0xfe, ..] => Some("UTF-16 (little-endian)"),
        [0xfe, 0xff, ..] => Some("UTF-16 (big-endian)"),
        _ => None,
    };
    let refused = |offset: usize, looks_like: &str| {
        let what = format!("the text is not UTF-8; it looks like {looks_like}");
        FormatError::new(format, Fault::Encoding, what)
            .at(Place::Byte(offset as u64))
            .hint("save it as UTF-8")
    };
    if let Some(wide) = wide {
        return Err(refused(0, wide));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let has_c1 = bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
        refused(
            offset,
            if has_c1 {
                "Windows-1252"
            } else {
                "Latin-1 (ISO 8859-1)"
            },
        )
    })?;
    if let Some(offset) = text.find('\0') {
        let every_other = bytes
            .iter()
            .skip(1)
            .step_by(2)
            .take(64)
            .all(|&byte| byte == 0);
        if every_other && bytes.len() > 3 {
            return Err(refused(offset, "UTF-16 without a mark"));
        }
        let error = FormatError::new(format, Fault::Malformed, "a NUL character in the text");
        return Err(error
            .at(Place::Byte(offset as u64))
            .hint("is the file damaged, or no text at all?"));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Where a scan of the cells stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// Behind a mark that may end the quotation, or be the first of two that stand for one.
    QuotedMark,
}

/// Refuses quotation marks that do not pair up, and cells without end.
fn check(format: Format, delimiter: u8, text: &str) -> Result<(), FormatError> {
    let mut state = State::Start;
    let mut line = 1;
    let mut n_cells = 1;
    let mut start = (0, 1);
    let refused = |line: u64, fault: Fault, what: &str| {
        FormatError::new(format, fault, what).at(Place::Line(line, None))
    };
    for (offset, &byte) in text.as_bytes().iter().enumerate() {
        let is_end = byte == delimiter || byte == b'\n' || byte == b'\r';
        state = match state {
            State::Start if byte == b'"' => State::Quoted,
            State::Start | State::Plain if is_end => State::Start,
            State::Start | State::Plain => State::Plain,
            State::Quoted if byte == b'"' => State::QuotedMark,
            State::Quoted => State::Quoted,
            State::QuotedMark if byte == b'"' => State::Quoted,
            State::QuotedMark if is_end => State::Start,
            State::QuotedMark => {
                let what = "text follows the closing quotation mark of a cell";
                let error = refused(line, Fault::Malformed, what);
                return Err(error.hint("a quotation mark inside a quoted cell is written twice"));
            }
        };
        if byte == b'\n' {
            line += 1;
        }
        if state == State::Start {
            n_cells = if byte == delimiter { n_cells + 1 } else { 1 };
            if n_cells > MAX_CELLS {
                let what = format!("a row of more than {MAX_CELLS} cells");
                let error = refused(line, Fault::Limit, &what);
                return Err(error.hint("is it in another format, or is a line break missing?"));
            }
            start = (offset + 1, line);
        } else if offset - start.0 >= MAX_CELL {
            let what = "a cell of more than 65536 bytes";
            let error = refused(start.1, Fault::Limit, what);
            return Err(error.hint("is a closing quotation mark missing?"));
        }
    }
    if state == State::Quoted {
        let error = refused(
            start.1,
            Fault::Malformed,
            "a quotation mark opens a cell and none closes it",
        );
        return Err(error.hint("a quotation mark inside a quoted cell is written twice"));
    }
    Ok(())
}
