//! The rows of a matrix, streamed.

use std::io::Read;

use phenolens_core::{Phase, Progress};

use super::header::{Element, Header, fill};
use crate::Format;
use crate::elements::Number;
use crate::format_error::{Fault, FormatError};
use crate::records::{RECORD_BYTES, Records};

/// Bytes that are read at once, about.
const CHUNK: u64 = 1 << 20;

/// A matrix: one vector in each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) n_rows: u64,
    pub(crate) n_columns: u64,
    number: Number,
    is_big_endian: bool,
    is_fortran: bool,
}

impl Shape {
    /// Bytes of memory that its rows take as records, about.
    pub(crate) fn n_memory_bytes(&self) -> u64 {
        let n_values = self.n_rows.saturating_mul(self.n_columns);
        let records = self.n_rows.saturating_mul(RECORD_BYTES);
        n_values.saturating_mul(4).saturating_add(records)
    }

    /// The shape of an array that should be a matrix, in a file of `n_bytes` bytes.
    ///
    /// # Errors
    /// If it is none, or if the file has not exactly as many bytes as it says.
    pub(crate) fn of(format: Format, header: &Header, n_bytes: u64) -> Result<Shape, FormatError> {
        let Element::Number {
            number,
            is_big_endian,
        } = header.element
        else {
            let what = "an array of text values; real numbers of 8 to 64 bits are read";
            return Err(FormatError::new(format, Fault::Dtype, what)
                .hint("in Python: array.astype(\"float32\")"));
        };
        let &[n_rows, n_columns] = &header.shape[..] else {
            let sides: Vec<String> = header.shape.iter().take(8).map(u64::to_string).collect();
            let what = format!(
                "an array of shape ({}); one of two axes is needed, one vector in each row",
                sides.join(", ")
            );
            return Err(FormatError::new(format, Fault::Shape, what)
                .hint("in Python: array.reshape(n_samples, n_dimensions)"));
        };
        check_size(format, header, n_bytes)?;
        Ok(Shape {
            n_rows,
            n_columns,
            number,
            is_big_endian,
            is_fortran: header.is_fortran,
        })
    }
}

/// Refuses a file that has more or fewer bytes than its header says.
pub(super) fn check_size(format: Format, header: &Header, n_bytes: u64) -> Result<(), FormatError> {
    let n_elements = header
        .shape
        .iter()
        .try_fold(1_u64, |product, &side| product.checked_mul(side));
    let n_wanted = n_elements.and_then(|n_elements| n_elements.checked_mul(header.element.size()));
    let n_there = n_bytes.saturating_sub(header.data_start);
    if n_wanted == Some(n_there) {
        return Ok(());
    }
    let is_short = n_wanted.is_none_or(|n_wanted| n_wanted > n_there);
    let wanted = n_wanted.map_or("more than 2^64".to_owned(), |n_wanted| n_wanted.to_string());
    let what = format!("the header says {wanted} bytes of elements, the file has {n_there}");
    Err(match is_short {
        true => FormatError::new(format, Fault::Truncated, what)
            .hint("was it copied or downloaded completely?"),
        false => FormatError::new(format, Fault::TrailingBytes, what),
    })
}

/// Reads the rows from where the elements begin; `ids` gives those of each row, one after another.
///
/// A matrix whose columns stand one after another is held twice while it is turned.
pub(crate) fn read_rows(
    format: Format,
    reader: &mut impl Read,
    shape: &Shape,
    mut ids: impl FnMut(u64) -> [String; 3],
    records: &mut Records,
    progress: &dyn Progress,
) -> Result<(), FormatError> {
    let stored = shape.number.stored();
    let n_row_bytes = shape.n_columns * shape.number.size() as u64;
    let n_columns = usize::try_from(shape.n_columns).unwrap_or(usize::MAX);
    records.reserve_values(shape.n_rows.saturating_mul(shape.n_columns));
    if shape.is_fortran && n_row_bytes > 0 {
        return turn(format, reader, shape, ids, records);
    }
    let n_rows_at_once = match n_row_bytes {
        0 => shape.n_rows.min(CHUNK),
        n_row_bytes => (CHUNK / n_row_bytes).clamp(1, shape.n_rows.max(1)),
    };
    let mut bytes = Vec::new();
    let mut values = Vec::new();
    let mut row = 0;
    while row < shape.n_rows {
        let n_rows = n_rows_at_once.min(shape.n_rows - row);
        bytes.resize((n_rows * n_row_bytes) as usize, 0);
        fill(format, reader, &mut bytes)?;
        values.clear();
        shape
            .number
            .decode(&bytes, shape.is_big_endian, &mut values);
        for index in 0..n_rows {
            let start = index as usize * n_columns;
            let vector = &values[start..][..n_columns];
            let excess = records.push(ids(row + index), vector, stored);
            excess.map_err(|excess| excess.of(format))?;
        }
        row += n_rows;
        let done = (row * n_row_bytes) as usize;
        progress.report(Phase::Reading, done, (shape.n_rows * n_row_bytes) as usize);
    }
    Ok(())
}

/// Reads a matrix whose columns stand one after another.
fn turn(
    format: Format,
    reader: &mut impl Read,
    shape: &Shape,
    mut ids: impl FnMut(u64) -> [String; 3],
    records: &mut Records,
) -> Result<(), FormatError> {
    let (n_rows, n_columns) = (shape.n_rows as usize, shape.n_columns as usize);
    let mut columns = Vec::with_capacity(n_rows * n_columns);
    let mut bytes = vec![0; n_rows * shape.number.size()];
    for _ in 0..n_columns {
        fill(format, reader, &mut bytes)?;
        shape
            .number
            .decode(&bytes, shape.is_big_endian, &mut columns);
    }
    let mut vector = Vec::with_capacity(n_columns);
    for row in 0..n_rows {
        vector.clear();
        vector.extend((0..n_columns).map(|column| columns[column * n_rows + row]));
        let excess = records.push(ids(row as u64), &vector, shape.number.stored());
        excess.map_err(|excess| excess.of(format))?;
    }
    Ok(())
}
