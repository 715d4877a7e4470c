//! Parquet and Arrow: one column for each array, rows of entries as lists of a fixed size.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, FixedSizeListArray, Float32Array, Float64Array, RecordBatch, StringArray,
    UInt32Array, UInt64Array,
};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::arrays::{Elements, NamedArray};
use super::{Writable, WriteError};

/// Rows that are written at once.
const BATCH: usize = 1 << 14;

/// A Parquet table.
pub(super) fn parquet(n_rows: usize, arrays: &[NamedArray]) -> Result<Vec<u8>, WriteError> {
    let internal = |error: &dyn std::fmt::Display| internal(Writable::Parquet, error);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_max_row_group_row_count(Some(1 << 16));
    for array in arrays {
        // Digits of embeddings, distances and positions neither repeat nor pack.
        if !matches!(array.elements, Elements::Texts(_)) {
            properties = properties.set_column_dictionary_enabled(path(array), false);
        }
    }
    let schema = schema(arrays).map_err(|error| internal(&error))?;
    let n_bytes: usize = arrays.iter().map(|array| array.n_bytes(n_rows)).sum();
    let mut bytes = Vec::with_capacity(n_bytes + n_bytes / 64);
    let properties = Some(properties.build());
    let mut writer = ArrowWriter::try_new(&mut bytes, Arc::clone(&schema), properties)
        .map_err(|error| internal(&error))?;
    for rows in batches(n_rows) {
        let batch = batch(arrays, &schema, rows).map_err(|error| internal(&error))?;
        writer.write(&batch).map_err(|error| internal(&error))?;
    }
    writer.close().map_err(|error| internal(&error))?;
    Ok(bytes)
}

/// An Arrow file.
pub(super) fn arrow(n_rows: usize, arrays: &[NamedArray]) -> Result<Vec<u8>, WriteError> {
    let internal = |error: &dyn std::fmt::Display| internal(Writable::Arrow, error);
    let schema = schema(arrays).map_err(|error| internal(&error))?;
    let n_bytes: usize = arrays.iter().map(|array| array.n_bytes(n_rows)).sum();
    let bytes = Vec::with_capacity(n_bytes + n_bytes / 64);
    let mut writer = FileWriter::try_new(bytes, &schema).map_err(|error| internal(&error))?;
    for rows in batches(n_rows) {
        let batch = batch(arrays, &schema, rows).map_err(|error| internal(&error))?;
        writer.write(&batch).map_err(|error| internal(&error))?;
    }
    writer.into_inner().map_err(|error| internal(&error))
}

fn batches(n_rows: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..n_rows).step_by(BATCH);
    starts.map(move |start| start..(start + BATCH).min(n_rows))
}

/// Where the values of an array stand in a Parquet table.
fn path(array: &NamedArray) -> ColumnPath {
    let mut parts = vec![array.name.clone()];
    if width(&array.elements).is_some() {
        parts.extend(["list", "element"].map(str::to_owned));
    }
    ColumnPath::new(parts)
}

fn width(elements: &Elements) -> Option<usize> {
    match elements {
        Elements::Texts(_) | Elements::Counts(_) | Elements::Numbers(_) => None,
        Elements::CountRows { width, .. }
        | Elements::SingleRows { width, .. }
        | Elements::NumberRows { width, .. } => Some(*width),
    }
}

fn schema(arrays: &[NamedArray]) -> Result<Arc<Schema>, std::num::TryFromIntError> {
    let field = |array: &NamedArray| {
        let data_type = match width(&array.elements) {
            None => member_type(&array.elements),
            Some(width) => {
                let member = Arc::new(member(&array.elements));
                DataType::FixedSizeList(member, i32::try_from(width)?)
            }
        };
        Ok(Field::new(&array.name, data_type, false))
    };
    let fields: Result<Vec<Field>, std::num::TryFromIntError> = arrays.iter().map(field).collect();
    Ok(Arc::new(Schema::new(fields?)))
}

fn member(elements: &Elements) -> Field {
    Field::new("element", member_type(elements), false)
}

fn member_type(elements: &Elements) -> DataType {
    match elements {
        Elements::Texts(_) => DataType::Utf8,
        Elements::Counts(_) => DataType::UInt64,
        Elements::CountRows { .. } => DataType::UInt32,
        Elements::SingleRows { .. } => DataType::Float32,
        Elements::Numbers(_) | Elements::NumberRows { .. } => DataType::Float64,
    }
}

/// Some rows of all arrays.
fn batch(
    arrays: &[NamedArray],
    schema: &Arc<Schema>,
    rows: Range<usize>,
) -> Result<RecordBatch, ArrowError> {
    let columns: Result<Vec<ArrayRef>, ArrowError> = arrays
        .iter()
        .map(|array| column(&array.elements, rows.clone()))
        .collect();
    RecordBatch::try_new(Arc::clone(schema), columns?)
}

fn column(elements: &Elements, rows: Range<usize>) -> Result<ArrayRef, ArrowError> {
    let members: ArrayRef = match elements {
        Elements::Texts(text) => Arc::new(StringArray::from_iter_values(rows.map(text))),
        Elements::Counts(count) => Arc::new(UInt64Array::from_iter_values(rows.map(count))),
        Elements::Numbers(number) => Arc::new(Float64Array::from_iter_values(rows.map(number))),
        Elements::CountRows { row, .. } => {
            let values = rows.flat_map(|sample| row(sample).iter().copied());
            Arc::new(UInt32Array::from_iter_values(values))
        }
        Elements::SingleRows { row, .. } => {
            let values = rows.flat_map(|sample| row(sample).iter().copied());
            Arc::new(Float32Array::from_iter_values(values))
        }
        Elements::NumberRows { row, .. } => {
            let values = rows.flat_map(|sample| row(sample).iter().copied());
            Arc::new(Float64Array::from_iter_values(values))
        }
    };
    let Some(width) = width(elements) else {
        return Ok(members);
    };
    let width = i32::try_from(width).map_err(|error| ArrowError::SchemaError(error.to_string()))?;
    let lists = FixedSizeListArray::try_new(Arc::new(member(elements)), width, members, None)?;
    Ok(Arc::new(lists))
}

fn internal(format: Writable, error: &dyn std::fmt::Display) -> WriteError {
    WriteError::Internal {
        format: format.name(),
        reason: error.to_string(),
    }
}
