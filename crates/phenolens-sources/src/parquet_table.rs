//! Parquet tables.

mod pages;
mod shapes;
mod thrift;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_schema::{DataType, Schema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::reader::ChunkReader;
use phenolens_core::cohort::RawCohort;
use phenolens_core::{Phase, Progress};

use crate::columnar::Table;
use crate::format_error::{Fault, FormatError, Place};
use crate::guard::guarded;
use crate::quote::quote;
use crate::records::RECORD_BYTES;
use crate::{Format, ReadOptions, SourceError};

/// Bytes of a batch of rows, about.
const BATCH: u64 = 4 << 20;

/// Bytes of the description of a table.
const MAX_FOOTER: u64 = 64 << 20;

/// Reads a table from a file on the disk, a batch of rows at a time.
pub(crate) fn read_file(
    mut file: File,
    n_bytes: u64,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    check_footer(&mut file, n_bytes)?;
    guarded(Format::Parquet, || {
        read(file, n_bytes, n_bytes, options, progress)
    })?
}

/// Reads a table that is in memory.
pub(crate) fn read_bytes(
    bytes: &[u8],
    n_stored: u64,
    options: &ReadOptions,
) -> Result<RawCohort, SourceError> {
    let n_bytes = bytes.len() as u64;
    check_footer(&mut std::io::Cursor::new(bytes), n_bytes)?;
    let bytes = Bytes::copy_from_slice(bytes);
    let silent = &phenolens_core::Silent;
    guarded(Format::Parquet, || {
        read(bytes, n_bytes, n_stored, options, silent)
    })?
}

fn read<R: ChunkReader + 'static>(
    reader: R,
    n_bytes: u64,
    n_stored: u64,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    let reader_options = || ArrowReaderOptions::new().with_skip_arrow_metadata(false);
    let metadata =
        ArrowReaderMetadata::load(&reader, reader_options()).map_err(|error| broken(&error))?;
    let n_pages_bytes = pages::check(
        &reader,
        metadata.metadata(),
        n_bytes,
        n_stored,
        &options.limits,
    )?;
    let schema = with_shared_text(metadata.schema());
    let mut table = Table::new(Format::Parquet, &schema, n_stored, options)?;

    let n_rows: u64 = metadata
        .metadata()
        .row_groups()
        .iter()
        .map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
        .fold(0, u64::saturating_add);
    check_lists(
        &schema,
        &table.columns(),
        n_rows,
        options.limits.cohort(n_stored),
    )?;
    let records = n_rows.saturating_mul(RECORD_BYTES);
    options
        .limits
        .check_memory(n_pages_bytes.saturating_add(records))?;
    let bytes_per_row = (n_pages_bytes / n_rows.max(1)).max(1);
    let n_rows_at_once = (BATCH / bytes_per_row).clamp(1, 8192) as usize;
    let reader_options = reader_options().with_schema(schema);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(reader, reader_options)
        .map_err(|error| broken(&error))?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), table.columns());
    let batches = builder
        .with_projection(mask)
        .with_batch_size(n_rows_at_once)
        .build()
        .map_err(|error| broken(&error))?;
    let mut n_read = 0;
    for batch in batches {
        let batch = batch.map_err(|error| broken(&error))?;
        if n_read == 0 {
            table.reserve(n_rows, &batch);
        }
        table.push(&batch)?;
        n_read += batch.num_rows() as u64;
        let done = (n_bytes as f64 * n_read as f64 / n_rows.max(1) as f64) as usize;
        progress.report(Phase::Reading, done, n_bytes as usize);
    }
    if n_read != n_rows {
        let what = format!("the table has {n_read} rows and says {n_rows}");
        return Err(FormatError::new(Format::Parquet, Fault::Malformed, what).into());
    }
    Ok(table.finish())
}

/// Refuses lists of a length that the table claims for all: the library makes room for all of them,
/// whatever the pages hold.
fn check_lists(
    schema: &Schema,
    columns: &[usize],
    n_rows: u64,
    max_bytes: u64,
) -> Result<(), FormatError> {
    for &column in columns {
        let field = schema.field(column);
        let DataType::FixedSizeList(member, length) = field.data_type() else {
            continue;
        };
        let n_bytes = member.data_type().primitive_width().unwrap_or(8) as u64;
        let length = u64::try_from(*length).unwrap_or(u64::MAX);
        if n_rows.saturating_mul(length).saturating_mul(n_bytes) > max_bytes {
            let what = format!(
                "{n_rows} lists of {length} values each come to more than {max_bytes} bytes, the most \
                 that a file of its size may"
            );
            let name = Place::Named(quote(field.name()));
            return Err(FormatError::new(Format::Parquet, Fault::Limit, what).at(name));
        }
    }
    Ok(())
}

/// Text of a dictionary is shared by the rows that name it instead of being copied for each.
fn with_shared_text(schema: &Schema) -> Arc<Schema> {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => {
            Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View))
        }
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Refuses a file whose end does not say where the description of the table stands.
fn check_footer(reader: &mut (impl Read + Seek), n_bytes: u64) -> Result<(), FormatError> {
    let truncated = |what: &str| {
        FormatError::new(Format::Parquet, Fault::Truncated, what)
            .at(Place::Byte(n_bytes))
            .hint("was it copied or downloaded completely?")
    };
    let mut end = [0; 8];
    let is_read = n_bytes >= 12
        && reader.seek(SeekFrom::Start(n_bytes - 8)).is_ok()
        && reader.read_exact(&mut end).is_ok();
    if !is_read {
        return Err(truncated("the file is too short for a table"));
    }
    match &end[4..] {
        b"PAR1" => {}
        b"PARE" => {
            let what = "the table is encrypted";
            return Err(FormatError::new(Format::Parquet, Fault::Malformed, what)
                .hint("write it again without encryption"));
        }
        _ => return Err(truncated("the file does not end as a Parquet table does")),
    }
    let n_footer = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    if n_footer > n_bytes - 12 || n_footer > MAX_FOOTER {
        let what = format!("the description of the table claims {n_footer} bytes of {n_bytes}");
        let error = FormatError::new(Format::Parquet, Fault::Malformed, what);
        return Err(error.at(Place::Byte(n_bytes - 8)));
    }
    let start = n_bytes - 8 - n_footer;
    let mut footer = vec![0; n_footer as usize];
    let is_read =
        reader.seek(SeekFrom::Start(start)).is_ok() && reader.read_exact(&mut footer).is_ok();
    if !is_read || !shapes::is_description(&footer) {
        let what = "the description of the table is damaged or cut short";
        let error = FormatError::new(Format::Parquet, Fault::Malformed, what);
        return Err(error.at(Place::Byte(start)));
    }
    Ok(())
}

fn broken(error: &dyn std::fmt::Display) -> FormatError {
    let what =
        format!("the Parquet table is damaged, cut short, or of a kind that is not read: {error}");
    FormatError::new(Format::Parquet, Fault::Malformed, what)
        .hint("write it again, for example with pandas or pyarrow")
}
