//! Parquet and Arrow: ids as text, vectors as lists of a fixed size.

use std::sync::Arc;

use arrow_array::{ArrayRef, FixedSizeListArray, Float32Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use phenolens_core::dataset::Dataset;

use super::{Writable, WriteError, id_columns};

/// Rows that are written at once.
const BATCH: usize = 1 << 14;

/// The name of the column with the vectors.
const VECTOR: &str = "vector";

/// A Parquet table.
pub(super) fn parquet(dataset: &Dataset) -> Result<Vec<u8>, WriteError> {
    let internal = |error: &dyn std::fmt::Display| internal(Writable::Parquet, error);
    let values = ColumnPath::new(vec![
        VECTOR.to_owned(),
        "list".to_owned(),
        "element".to_owned(),
    ]);
    // Digits of embeddings neither repeat nor pack.
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(values, false)
        .set_max_row_group_row_count(Some(1 << 16))
        .build();
    let schema = schema(dataset)?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, Arc::clone(&schema), Some(properties))
        .map_err(|error| internal(&error))?;
    for start in (0..dataset.n_samples()).step_by(BATCH) {
        let batch = batch(dataset, &schema, start).map_err(|error| internal(&error))?;
        writer.write(&batch).map_err(|error| internal(&error))?;
    }
    writer.close().map_err(|error| internal(&error))?;
    Ok(bytes)
}

/// An Arrow file.
pub(super) fn arrow(dataset: &Dataset) -> Result<Vec<u8>, WriteError> {
    let internal = |error: &dyn std::fmt::Display| internal(Writable::Arrow, error);
    let schema = schema(dataset)?;
    let mut writer = FileWriter::try_new(Vec::new(), &schema).map_err(|error| internal(&error))?;
    for start in (0..dataset.n_samples()).step_by(BATCH) {
        let batch = batch(dataset, &schema, start).map_err(|error| internal(&error))?;
        writer.write(&batch).map_err(|error| internal(&error))?;
    }
    writer.into_inner().map_err(|error| internal(&error))
}

fn schema(dataset: &Dataset) -> Result<Arc<Schema>, WriteError> {
    let n_dims =
        i32::try_from(dataset.n_dims()).map_err(|error| internal(Writable::Arrow, &error))?;
    let mut fields: Vec<Field> = id_columns(dataset)
        .into_iter()
        .map(|(name, _)| Field::new(name, DataType::Utf8, false))
        .collect();
    let list = DataType::FixedSizeList(Arc::new(member()), n_dims);
    fields.push(Field::new(VECTOR, list, false));
    Ok(Arc::new(Schema::new(fields)))
}

fn member() -> Field {
    Field::new("element", DataType::Float32, false)
}

/// The rows from `start` on.
fn batch(
    dataset: &Dataset,
    schema: &Arc<Schema>,
    start: usize,
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let rows = start..(start + BATCH).min(dataset.n_samples());
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (_, level) in id_columns(dataset) {
        let ids = rows.clone().map(|sample| dataset.id(sample)[level]);
        columns.push(Arc::new(StringArray::from_iter_values(ids)));
    }
    let n_dims = dataset.n_dims();
    let values = &dataset.vectors()[rows.start * n_dims..rows.end * n_dims];
    let values: ArrayRef = Arc::new(Float32Array::from(values.to_vec()));
    let list = FixedSizeListArray::try_new(Arc::new(member()), n_dims as i32, values, None)?;
    columns.push(Arc::new(list));
    RecordBatch::try_new(Arc::clone(schema), columns)
}

fn internal(format: Writable, error: &dyn std::fmt::Display) -> WriteError {
    WriteError::Internal {
        format: format.name(),
        reason: error.to_string(),
    }
}
