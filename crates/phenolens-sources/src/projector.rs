//! The vectors of the TensorFlow projector: numbers with tabs between them, and nothing else.

use phenolens_core::cohort::{RawCohort, Stored};

use crate::delimited::Table;
use crate::format_error::{Excess, Fault, FormatError, Place};
use crate::labels::Labels;
use crate::numbers;
use crate::records::Records;
use crate::{Format, ReadOptions};

/// Reads the bytes of a file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    n_stored: u64,
    labels: Option<Labels>,
    options: &ReadOptions,
) -> Result<RawCohort, FormatError> {
    let Some(labels) = labels else {
        let what = "the vectors of the projector hold no labels";
        return Err(
            FormatError::new(Format::Projector, Fault::Labels, what).hint(
                "name the file with the metadata: --labels metadata.tsv; a table needs a header",
            ),
        );
    };
    let table = Table::new(Format::Projector, b'\t', bytes)?;
    let mut rows = table.rows();
    let mut vectors: Vec<Vec<f32>> = Vec::new();
    let mut n_rows = 0;
    let mut n_left = options.limits.cohort(n_stored) / 4;
    let mut all_integers = true;
    while let Some(row) = rows.next()? {
        n_rows += 1;
        if n_rows > labels.ids.len() as u64 {
            // Counted for the message only.
            continue;
        }
        let n_columns = vectors.first().map_or(row.cells.len(), Vec::len);
        row.check_length(Format::Projector, n_columns)?;
        let mut vector = Vec::with_capacity(n_columns);
        for (column, cell) in row.cells.iter().enumerate() {
            let value = numbers::parse(cell).map_err(|error| {
                let place = Place::Line(row.line, Some(column.to_string()));
                let found =
                    FormatError::new(Format::Projector, Fault::Number, error.what).at(place);
                match error.hint {
                    Some(hint) => found.hint(hint),
                    None => found,
                }
            })?;
            all_integers &= numbers::is_integer(cell);
            vector.push(value);
        }
        let Some(rest) = n_left.checked_sub(vector.len() as u64) else {
            let limit = options.limits.cohort(n_stored);
            return Err(Excess::Cohort { limit }.of(Format::Projector));
        };
        n_left = rest;
        vectors.push(vector);
    }
    labels.check_count(Format::Projector, n_rows)?;
    let stored = if all_integers {
        Stored::Integer
    } else {
        Stored::Exact
    };
    let mut records = Records::new(labels.labelling, n_stored, &options.limits);
    for (ids, vector) in labels.ids.into_iter().zip(vectors) {
        let pushed = records.push(ids, &vector, stored);
        pushed.map_err(|excess| excess.of(Format::Projector))?;
    }
    records.note_newline(table.has_final_newline());
    Ok(records.finish())
}
