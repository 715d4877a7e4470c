//! Claims that would fill the memory or take hours, where the library that reads the format believes
//! them.

use phenolens_sources::{Format, ReadOptions, SourceError, read_bytes};

fn refused(format: Format, bytes: &[u8]) -> SourceError {
    let options = ReadOptions {
        format: Some(format),
        ..ReadOptions::default()
    };
    read_bytes(bytes, &options).expect_err("it claims too much")
}

/// A Parquet table that consists of its description.
fn described(description: &[u8]) -> Vec<u8> {
    let n_bytes = (description.len() as u32).to_le_bytes();
    [b"PAR1", description, &n_bytes, b"PAR1"].concat()
}

/// 2³¹ − 1 as a number of which every byte but the last has its highest bit set.
const MANY: &[u8] = b"\xff\xff\xff\xff\x07";

#[test]
fn a_parquet_list_has_the_bytes_of_its_elements() {
    let version = b"\x15\x02";
    let schema = b"\x19\x1c\x48\x06schema\x15\x00\x00";
    let rows = b"\x16\x00";
    // A list of booleans in field 50, a list of row groups, a known field of another type.
    let booleans = [version, &b"\x09\x64\xf1"[..], MANY, b"\x00"].concat();
    let groups = [version, &schema[..], rows, b"\x19\xfc", MANY, b"\x00"].concat();
    let of_text = [version, &schema[..], b"\x18\x01x\x00"].concat();
    for description in [booleans, groups, of_text] {
        let error = refused(Format::Parquet, &described(&description));
        assert_eq!(error.code(), "malformed", "{error}");
        let message = "the description of the table is damaged";
        assert!(error.to_string().contains(message), "{error}");
    }
    // The same without row groups is a description, if one of nothing.
    let empty = [version, &schema[..], rows, b"\x19\x0c\x00"].concat();
    let error = refused(Format::Parquet, &described(&empty));
    assert_ne!(error.code(), "malformed", "{error}");
}

#[test]
fn a_row_of_text_has_no_more_cells_than_memory_can_hold() {
    let wide = ["class,subject,sample", &",1".repeat(1 << 20), "\n"].concat();
    for format in [Format::Csv, Format::Tsv] {
        let text = match format {
            Format::Csv => wide.clone(),
            _ => wide.replace(',', "\t"),
        };
        let error = refused(format, text.as_bytes());
        assert_eq!(error.code(), "limit", "{error}");
        assert!(error.to_string().contains("1048576 cells"), "{error}");
    }
}
