//! Arrow batches that are read some rows at a time, against the library's reading of whole ones.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, Float32Builder, LargeListBuilder, ListBuilder};
use arrow_array::{
    Array, ArrayRef, Float64Array, Int32Array, LargeStringArray, RecordBatch, StringArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use phenolens_core::cohort::RawCohort;
use phenolens_sources::{ReadOptions, read_bytes};

/// More than are read at once, and no multiple of it.
const N_ROWS: i32 = 20_011;

/// A number of a row that no other has.
fn number(row: i32, column: i32) -> f32 {
    (row * 7 + column) as f32 + 0.25
}

/// Rows without a vector, and rows whose vector has a hole.
fn is_missing(row: i32) -> bool {
    row % 1009 == 3
}

fn has_hole(row: i32) -> bool {
    row % 2003 == 5
}

/// The ids, and the vectors in the columns given.
fn table(vectors: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let rows = || 0..N_ROWS;
    let classes: StringArray = rows()
        .map(|row| Some(format!("class {}", row % 3)))
        .collect();
    let subjects: Int32Array = rows().map(|row| Some(row / 2)).collect();
    let samples: LargeStringArray = rows().map(|row| Some(format!("{row:x}é"))).collect();
    // A column that is not needed stands in between.
    let other: StringArray = rows()
        .map(|row| (row % 2 == 0).then_some("other"))
        .collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("class", Arc::new(classes)),
        ("subject", Arc::new(subjects)),
    ];
    if vectors.len() == 1 {
        columns.push(("remark", Arc::new(other)));
    }
    columns.extend(vectors);
    columns.push(("sample", Arc::new(samples)));
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .expect("columns of one length")
}

/// The table as a file or a stream of two batches.
fn bytes(table: &RecordBatch, is_file: bool, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default()
        .try_with_compression(compression)
        .expect("a codec that is there");
    let parts = [
        table.slice(0, 15_000),
        table.slice(15_000, table.num_rows() - 15_000),
    ];
    let schema = table.schema();
    if is_file {
        let mut writer =
            FileWriter::try_new_with_options(Vec::new(), &schema, options).expect("a writer");
        for part in &parts {
            writer.write(part).expect("a batch");
        }
        writer.into_inner().expect("the bytes")
    } else {
        let mut writer =
            StreamWriter::try_new_with_options(Vec::new(), &schema, options).expect("a writer");
        for part in &parts {
            writer.write(part).expect("a batch");
        }
        writer.into_inner().expect("the bytes")
    }
}

fn read(bytes: &[u8]) -> RawCohort {
    let source = read_bytes(bytes, &ReadOptions::default());
    source.expect("a good table").cohort
}

/// Reads a table in slices, and packed, which only the library reads.
fn check(vectors: Vec<(&str, ArrayRef)>) {
    let table = table(vectors);
    for is_file in [true, false] {
        let sliced = read(&bytes(&table, is_file, None));
        let whole = read(&bytes(&table, is_file, Some(CompressionType::ZSTD)));
        assert_eq!(sliced.records.len(), N_ROWS as usize);
        // Not the same by being empty: by hand.
        let last = sliced.records.last().expect("rows");
        assert_eq!(
            [&*last.class, &*last.subject, &*last.sample],
            ["class 0", "10005", "4e2aé"]
        );
        let last = sliced.values(last).expect("a vector");
        assert_eq!(last[..2], [number(20_010, 0), number(20_010, 1)]);
        assert!(sliced == whole, "the two readings differ");
    }
}

macro_rules! lists {
    ($builder:expr) => {{
        let mut builder = $builder;
        for row in 0..N_ROWS {
            for column in 0..4 {
                match has_hole(row) && column == 2 {
                    true => builder.values().append_null(),
                    false => builder.values().append_value(number(row, column)),
                }
            }
            builder.append(!is_missing(row));
        }
        Arc::new(builder.finish()) as ArrayRef
    }};
}

#[test]
fn lists_of_every_kind() {
    check(vec![(
        "v",
        lists!(FixedSizeListBuilder::new(Float32Builder::new(), 4)),
    )]);
    check(vec![("v", lists!(ListBuilder::new(Float32Builder::new())))]);
    check(vec![(
        "v",
        lists!(LargeListBuilder::new(Float32Builder::new())),
    )]);
}

#[test]
fn one_column_for_each_value() {
    let column = |column: i32| -> ArrayRef {
        let value = |row: i32| {
            let is_hole = is_missing(row) || (has_hole(row) && column == 2);
            (!is_hole).then(|| f64::from(number(row, column)))
        };
        let values: Float64Array = (0..N_ROWS).map(value).collect();
        assert!(values.null_count() > 0);
        Arc::new(values)
    };
    check(vec![
        ("v0", column(0)),
        ("v1", column(1)),
        ("v2", column(2)),
    ]);
}
