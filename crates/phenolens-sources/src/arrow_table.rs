//! Arrow tables: files, which end with an index, and streams.

mod claims;
mod slices;

use std::io::{Read, Seek};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;
use phenolens_core::cohort::RawCohort;
use phenolens_core::{Phase, Progress};

use claims::Claims;
use slices::Columns;

use crate::columnar::Table;
use crate::format_error::{Fault, FormatError};
use crate::guard::guarded;
use crate::{Format, ReadOptions, SourceError};

/// Reads a table of `n_bytes` bytes, a batch of rows at a time.
pub(crate) fn read<R: Read + Seek>(
    mut reader: R,
    n_bytes: u64,
    n_stored: u64,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    guarded(Format::Arrow, || {
        let claims = claims::check(&mut reader, n_bytes, n_stored, &options.limits)?;
        reader.rewind().map_err(|error| broken(&error))?;
        let schema = match claims.is_file {
            true => FileReader::try_new(&mut reader, None).map(|batches| batches.schema()),
            false => StreamReader::try_new(&mut reader, None).map(|batches| batches.schema()),
        };
        let schema = schema.map_err(|error| broken(&error))?;
        let table = Table::new(Format::Arrow, &schema, n_stored, options)?;
        let columns = Columns::of(&schema, &table.columns()).filter(|_| !claims.is_packed);
        if let Some(columns) = columns {
            options.limits.check_memory(n_bytes)?;
            return read_slices(table, &columns, &claims, reader, n_bytes, progress);
        }
        // The values of all batches, and one batch beside them.
        let n_memory_bytes = n_bytes.saturating_add(claims.largest_batch);
        options.limits.check_memory(n_memory_bytes)?;
        reader.rewind().map_err(|error| broken(&error))?;
        if claims.is_file {
            let batches = FileReader::try_new(reader, None).map_err(|error| broken(&error))?;
            read_batches(table, batches, &claims, n_bytes, progress)
        } else {
            let batches = StreamReader::try_new(reader, None).map_err(|error| broken(&error))?;
            read_batches(table, batches, &claims, n_bytes, progress)
        }
    })?
}

/// Reads batches some rows at a time.
fn read_slices<R: Read + Seek>(
    mut table: Table<'_>,
    columns: &Columns,
    claims: &Claims,
    mut reader: R,
    n_bytes: u64,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    let n_rows = claims.n_rows();
    let mut n_read = 0;
    for batch in &claims.batches {
        columns.each_slice(&mut reader, batch, |slice| {
            if n_read == 0 {
                table.reserve(n_rows, slice);
            }
            n_read += slice.num_rows() as u64;
            let done = n_bytes as f64 * n_read as f64 / n_rows.max(1) as f64;
            progress.report(Phase::Reading, done as usize, n_bytes as usize);
            table.push(slice)
        })?;
    }
    Ok(table.finish())
}

/// Reads whole batches by the library.
fn read_batches(
    mut table: Table<'_>,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    claims: &Claims,
    n_bytes: u64,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    let n_rows = claims.n_rows();
    let mut n_read = 0;
    for batch in batches {
        let batch = batch.map_err(|error| broken(&error))?;
        if n_read == 0 {
            table.reserve(n_rows, &batch);
        }
        table.push(&batch)?;
        n_read += batch.num_rows() as u64;
        let done = n_bytes as f64 * n_read as f64 / n_rows.max(1) as f64;
        progress.report(Phase::Reading, done as usize, n_bytes as usize);
    }
    Ok(table.finish())
}

fn broken(error: &dyn std::fmt::Display) -> FormatError {
    let what = format!("the table is damaged, cut short, or of a kind that is not read: {error}");
    FormatError::new(Format::Arrow, Fault::Malformed, what)
        .hint("write it again, for example with pyarrow")
}
