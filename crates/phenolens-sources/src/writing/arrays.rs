//! Named arrays with one entry, or one row of entries, for each sample.

use std::fmt;
use std::path::Path;

use super::{Writable, WriteError, npz, tables};

/// One of several arrays whose first axis is that of the samples.
pub struct NamedArray<'a> {
    /// Its name, unique among them.
    pub name: String,
    /// What it holds.
    pub elements: Elements<'a>,
}

/// What an array holds for a sample, given the sample's place.
pub enum Elements<'a> {
    /// A text.
    Texts(Box<dyn Fn(usize) -> &'a str + 'a>),
    /// A whole number.
    Counts(Box<dyn Fn(usize) -> u64 + 'a>),
    /// A number.
    Numbers(Box<dyn Fn(usize) -> f64 + 'a>),
    /// `width` whole numbers.
    CountRows {
        /// How many.
        width: usize,
        /// Those of a sample, shape `(width,)`.
        row: Box<dyn Fn(usize) -> &'a [u32] + 'a>,
    },
    /// `width` numbers of 32 bits.
    SingleRows {
        /// How many.
        width: usize,
        /// Those of a sample, shape `(width,)`.
        row: Box<dyn Fn(usize) -> &'a [f32] + 'a>,
    },
    /// `width` numbers.
    NumberRows {
        /// How many.
        width: usize,
        /// Those of a sample, shape `(width,)`.
        row: Box<dyn Fn(usize) -> &'a [f64] + 'a>,
    },
}

/// A format that holds any named arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayFormat {
    /// A zip archive of numpy arrays, not compressed.
    Npz,
    /// A Parquet table: one row for each sample, rows of entries as lists of a fixed size.
    Parquet,
    /// An Arrow file, in the same way.
    Arrow,
}

impl ArrayFormat {
    /// All of them.
    pub const ALL: [ArrayFormat; 3] = [ArrayFormat::Npz, ArrayFormat::Parquet, ArrayFormat::Arrow];

    /// The format of datasets that is made of such arrays.
    fn writable(self) -> Writable {
        match self {
            ArrayFormat::Npz => Writable::Npz,
            ArrayFormat::Parquet => Writable::Parquet,
            ArrayFormat::Arrow => Writable::Arrow,
        }
    }

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        self.writable().name()
    }

    /// The endings of names of such files.
    pub fn endings(self) -> &'static [&'static str] {
        self.writable().endings()
    }

    /// The format that the ending of a name stands for.
    pub fn of_path(path: &Path) -> Option<ArrayFormat> {
        let written = Writable::of_path(path)?;
        let mut all = ArrayFormat::ALL.into_iter();
        all.find(|format| format.writable() == written)
    }
}

/// Writes arrays of `n_rows` entries, or rows of entries, in their order.
///
/// Takes memory for the file. The same arrays give the same bytes.
///
/// # Errors
/// If a text ends with a NUL, which numpy takes for padding; or there is no memory.
pub fn write_arrays(
    n_rows: usize,
    arrays: &[NamedArray],
    format: ArrayFormat,
) -> Result<Vec<u8>, WriteError> {
    match format {
        ArrayFormat::Npz => npz::archive(n_rows, arrays),
        ArrayFormat::Parquet => tables::parquet(n_rows, arrays),
        ArrayFormat::Arrow => tables::arrow(n_rows, arrays),
    }
}

impl NamedArray<'_> {
    /// Bytes of its entries, about.
    pub(super) fn n_bytes(&self, n_rows: usize) -> usize {
        let of_row = match &self.elements {
            // Text is as long as it is; mostly ids of a few characters.
            Elements::Texts(_) => 64,
            Elements::Counts(_) | Elements::Numbers(_) => 8,
            Elements::CountRows { width, .. } | Elements::SingleRows { width, .. } => 4 * width,
            Elements::NumberRows { width, .. } => 8 * width,
        };
        n_rows.saturating_mul(of_row)
    }
}

impl fmt::Debug for NamedArray<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NamedArray({:?})", self.name)
    }
}
