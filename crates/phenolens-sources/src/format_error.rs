//! Why a file in a format other than pickle is refused.

use std::fmt;

use crate::Format;

/// Why a file in a format other than pickle is refused: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{what}")]
pub struct FormatError {
    /// The format as which it was read.
    pub format: Format,
    /// The kind of fault.
    pub fault: Fault,
    /// Where it stands.
    pub place: Place,
    /// What is wrong, in a sentence without a full stop.
    pub what: String,
    /// What the user can do about it, where more is known than what helps against such faults.
    pub hint: Option<String>,
}

/// Kinds of faults; [`Fault::code`] names them for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The file ends too early.
    Truncated,
    /// The file does not follow the rules of its format, or contradicts itself.
    Malformed,
    /// Bytes follow the end.
    TrailingBytes,
    /// Values that are no real numbers of at most 64 bits.
    Dtype,
    /// Not one vector per sample.
    Shape,
    /// No column, array or key of the wanted name, or too many that could be meant.
    Columns,
    /// The ids are no ids.
    Key,
    /// The same key or name twice.
    DuplicateKey,
    /// Text in another encoding than UTF-8.
    Encoding,
    /// A cell that is no number.
    Number,
    /// More of something than the limits allow.
    Limit,
    /// Labels and vectors that do not belong together, one to one.
    Join,
    /// A side file that is needed and not named.
    Labels,
    /// A library that reads the format has given up.
    Reader,
}

impl Fault {
    /// What the user can do about it, where nothing more is known.
    fn hint(self) -> &'static str {
        match self {
            Fault::Truncated => "was it copied or downloaded completely?",
            Fault::Malformed | Fault::TrailingBytes | Fault::Reader => {
                "is the file damaged? copy or download it again, or write it again"
            }
            Fault::Dtype => "store the vectors as 32-bit floats",
            Fault::Shape => "every sample must have one vector",
            Fault::Columns => {
                "say by data.class, data.subject, data.sample and data.vector what is what"
            }
            Fault::Key => "write ids as text",
            Fault::DuplicateKey => "give each a name of its own",
            Fault::Encoding => "save it as UTF-8",
            Fault::Number => "write plain decimal numbers, such as -0.5 or 1e-3",
            Fault::Limit => "if the file is what it should be, write it again, uncompressed",
            Fault::Join => "labels and vectors must belong together one to one",
            Fault::Labels => "name the file with the labels with --labels",
        }
    }

    /// The kind in snake_case: stable, for machines.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Truncated => "truncated",
            Fault::Malformed => "malformed",
            Fault::TrailingBytes => "trailing_bytes",
            Fault::Dtype => "dtype",
            Fault::Shape => "shape",
            Fault::Columns => "columns",
            Fault::Key => "key",
            Fault::DuplicateKey => "duplicate_key",
            Fault::Encoding => "encoding",
            Fault::Number => "number",
            Fault::Limit => "limit",
            Fault::Join => "join",
            Fault::Labels => "labels_missing",
            Fault::Reader => "reader",
        }
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nowhere in particular.
    File,
    /// A byte, counted from 0.
    Byte(u64),
    /// A line, counted from 1, and a column of the table, if one is meant.
    Line(u64, Option<String>),
    /// A row, counted from 0, and a column of the table, if one is meant.
    Row(u64, Option<String>),
    /// Something with a name: an entry of an archive, an array, a column.
    Named(String),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => Ok(()),
            Place::Byte(byte) => write!(formatter, "byte {byte}: "),
            Place::Line(line, None) => write!(formatter, "line {line}: "),
            Place::Line(line, Some(column)) => write!(formatter, "line {line}, column {column}: "),
            Place::Row(row, None) => write!(formatter, "row {row}: "),
            Place::Row(row, Some(column)) => write!(formatter, "row {row}, column {column}: "),
            Place::Named(name) => write!(formatter, "{name}: "),
        }
    }
}

impl FormatError {
    /// What the user can do about it.
    pub fn remedy(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.fault.hint())
    }

    /// A fault of a file as a whole.
    pub(crate) fn new(format: Format, fault: Fault, what: impl Into<String>) -> FormatError {
        FormatError {
            format,
            fault,
            place: Place::File,
            what: what.into(),
            hint: None,
        }
    }

    /// The same at a place.
    pub(crate) fn at(self, place: Place) -> FormatError {
        FormatError { place, ..self }
    }

    /// The same with a remedy.
    pub(crate) fn hint(self, hint: impl Into<String>) -> FormatError {
        FormatError {
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// What is too much about a record.
#[derive(Debug)]
pub(crate) enum Excess {
    /// An id of unreasonable size.
    Id {
        n_bytes: usize,
        start: String,
        limit: usize,
    },
    /// All records together.
    Cohort { limit: u64 },
}

impl Excess {
    /// As the error of a format.
    pub(crate) fn of(self, format: Format) -> FormatError {
        let what = match self {
            Excess::Id {
                n_bytes,
                start,
                limit,
            } => format!("an id of {n_bytes} bytes ({start}); at most {limit} are read"),
            Excess::Cohort { limit } => {
                format!(
                    "the records come to more than {limit} bytes, the most that a file of its size may"
                )
            }
        };
        FormatError::new(format, Fault::Limit, what)
    }
}
