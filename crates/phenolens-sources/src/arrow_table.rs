//! Arrow tables: files, which end with an index, and streams.

mod claims;

use std::io::{Read, Seek};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, SchemaRef};
use phenolens_core::cohort::RawCohort;
use phenolens_core::{Phase, Progress};

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
        // The values of all batches, and one batch beside them.
        let n_memory_bytes = n_bytes.saturating_add(claims.largest_batch);
        options.limits.check_memory(n_memory_bytes)?;
        reader.rewind().map_err(|error| broken(&error))?;
        if claims.is_file {
            let batches = FileReader::try_new(reader, None).map_err(|error| broken(&error))?;
            let (schema, n_batches) = (batches.schema(), batches.num_batches());
            read_batches(
                &schema, batches, n_batches, n_bytes, n_stored, options, progress,
            )
        } else {
            let batches = StreamReader::try_new(reader, None).map_err(|error| broken(&error))?;
            let schema = batches.schema();
            read_batches(&schema, batches, 0, n_bytes, n_stored, options, progress)
        }
    })?
}

fn read_batches(
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    n_batches: usize,
    n_bytes: u64,
    n_stored: u64,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    let mut table = Table::new(Format::Arrow, schema, n_stored, options)?;
    for (index, batch) in batches.enumerate() {
        let batch = batch.map_err(|error| broken(&error))?;
        if index == 0 {
            // The batches of one writer are of one size, all but the last.
            table.reserve(batch.num_rows() as u64 * n_batches.max(1) as u64, &batch);
        }
        table.push(&batch)?;
        let done = n_bytes as f64 * (index + 1) as f64 / n_batches.max(index + 1) as f64;
        progress.report(Phase::Reading, done as usize, n_bytes as usize);
    }
    Ok(table.finish())
}

fn broken(error: &dyn std::fmt::Display) -> FormatError {
    let what = format!("the table is damaged, cut short, or of a kind that is not read: {error}");
    FormatError::new(Format::Arrow, Fault::Malformed, what)
        .hint("write it again, for example with pyarrow")
}
