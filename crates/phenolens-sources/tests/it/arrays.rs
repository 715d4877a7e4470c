//! Named arrays are read back by libraries that did not write them, or by the letter.

use std::io::{Cursor, Read};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use phenolens_sources::{ArrayFormat, Elements, NamedArray, WriteError, write_arrays};

const TEXTS: [&str; 3] = ["a", "", "日本"];
const COUNTS: [u64; 3] = [0, 1, u64::MAX];
const NUMBERS: [f64; 3] = [0.1, -0.0, 5e-324];
const COUNT_ROWS: [[u32; 2]; 3] = [[1, 2], [0, u32::MAX], [3, 4]];
const SINGLE_ROWS: [[f32; 1]; 3] = [[0.1], [-1.0], [3e38]];
const NUMBER_ROWS: [[f64; 2]; 3] = [[0.1, 0.2], [1e300, -1e-300], [1.0, 2.0]];

/// One array of each kind.
fn arrays() -> Vec<NamedArray<'static>> {
    let named = |name: &str, elements| NamedArray {
        name: name.to_owned(),
        elements,
    };
    vec![
        named("texts", Elements::Texts(Box::new(|row| TEXTS[row]))),
        named("counts", Elements::Counts(Box::new(|row| COUNTS[row]))),
        named("numbers", Elements::Numbers(Box::new(|row| NUMBERS[row]))),
        named(
            "count_rows",
            Elements::CountRows {
                width: 2,
                row: Box::new(|row| &COUNT_ROWS[row]),
            },
        ),
        named(
            "single_rows",
            Elements::SingleRows {
                width: 1,
                row: Box::new(|row| &SINGLE_ROWS[row]),
            },
        ),
        named(
            "number_rows",
            Elements::NumberRows {
                width: 2,
                row: Box::new(|row| &NUMBER_ROWS[row]),
            },
        ),
    ]
}

#[test]
fn an_archive_holds_what_numpy_reads() {
    let bytes = write_arrays(3, &arrays(), ArrayFormat::Npz).expect("good arrays");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut entry = |name: &str| {
        let mut file = archive.by_name(&format!("{name}.npy")).expect("an entry");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("a whole entry");
        // By the letter of the format: a mark, version 1.0, the length of the header, the header.
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!(start % 64, 0);
        let header = String::from_utf8(bytes[10..start].to_vec()).expect("ASCII");
        (header.trim_end().to_owned(), bytes[start..].to_vec())
    };
    let header = |code: &str, shape: &str| {
        format!("{{'descr': '{code}', 'fortran_order': False, 'shape': {shape}, }}")
    };
    fn data<const N: usize>(elements: impl IntoIterator<Item = [u8; N]>) -> Vec<u8> {
        elements.into_iter().flatten().collect()
    }

    let codes = ['a', '\0', '\0', '\0', '日', '本'].map(u32::from);
    let expected = data(codes.map(u32::to_le_bytes));
    assert_eq!(entry("texts"), (header("<U2", "(3,)"), expected));
    let expected = data(COUNTS.map(u64::to_le_bytes));
    assert_eq!(entry("counts"), (header("<u8", "(3,)"), expected));
    let expected = data(NUMBERS.map(f64::to_le_bytes));
    assert_eq!(entry("numbers"), (header("<f8", "(3,)"), expected));
    let expected = data(COUNT_ROWS.into_iter().flatten().map(u32::to_le_bytes));
    assert_eq!(entry("count_rows"), (header("<u4", "(3, 2)"), expected));
    let expected = data(SINGLE_ROWS.into_iter().flatten().map(f32::to_le_bytes));
    assert_eq!(entry("single_rows"), (header("<f4", "(3, 1)"), expected));
    let expected = data(NUMBER_ROWS.into_iter().flatten().map(f64::to_le_bytes));
    assert_eq!(entry("number_rows"), (header("<f8", "(3, 2)"), expected));
}

/// Asserts that a table holds the arrays.
fn assert_holds(batch: &RecordBatch) {
    assert_eq!(batch.num_rows(), 3);
    let column = |name: &str| batch.column_by_name(name).expect(name);
    let texts: Vec<Option<&str>> = column("texts").as_string::<i32>().iter().collect();
    assert_eq!(texts, TEXTS.map(Some));
    let counts = column("counts").as_primitive::<UInt64Type>();
    assert_eq!(counts.values()[..], COUNTS);
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    let numbers: Vec<u64> = bits(column("numbers").as_primitive::<Float64Type>().values());
    assert_eq!(numbers, NUMBERS.map(f64::to_bits));
    let lists = |name: &str, width: i32| {
        let lists = column(name).as_fixed_size_list().clone();
        assert_eq!((lists.value_length(), lists.null_count()), (width, 0));
        lists.values().clone()
    };
    let values = lists("count_rows", 2);
    let values = values.as_primitive::<UInt32Type>();
    assert_eq!(values.values()[..], *COUNT_ROWS.as_flattened());
    let values = lists("single_rows", 1);
    let values = values.as_primitive::<Float32Type>();
    assert_eq!(values.values()[..], *SINGLE_ROWS.as_flattened());
    let values = lists("number_rows", 2);
    let values = values.as_primitive::<Float64Type>();
    assert_eq!(values.values()[..], *NUMBER_ROWS.as_flattened());
}

#[test]
fn tables_hold_what_their_libraries_read() {
    let bytes = write_arrays(3, &arrays(), ArrayFormat::Parquet).expect("good arrays");
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes));
    let mut reader = reader.expect("a table").build().expect("a table");
    assert_holds(&reader.next().expect("rows").expect("good rows"));
    assert!(reader.next().is_none());

    let bytes = write_arrays(3, &arrays(), ArrayFormat::Arrow).expect("good arrays");
    let reader = arrow_ipc::reader::FileReader::try_new(Cursor::new(bytes), None);
    let mut reader = reader.expect("a table");
    assert_holds(&reader.next().expect("rows").expect("good rows"));
    assert!(reader.next().is_none());
}

#[test]
fn no_rows_make_files_too() {
    for format in ArrayFormat::ALL {
        write_arrays(0, &arrays(), format).unwrap_or_else(|error| panic!("{format:?}: {error}"));
    }
}

#[test]
fn text_that_numpy_would_cut_is_refused() {
    let arrays = [NamedArray {
        name: "sample".to_owned(),
        elements: Elements::Texts(Box::new(|_| "a\0")),
    }];
    let refused = write_arrays(1, &arrays, ArrayFormat::Npz);
    assert!(
        matches!(refused, Err(WriteError::Id { format: "npz", .. })),
        "{refused:?}"
    );
    assert!(write_arrays(1, &arrays, ArrayFormat::Parquet).is_ok());
}
