//! What every test of a bad file does.

use phenolens_sources::{ReadOptions, SourceError, read_bytes};

use crate::assembler::{n_before_sample, one_sample};

pub(crate) fn refused(bytes: &[u8]) -> SourceError {
    match read_bytes(bytes, &ReadOptions::default()) {
        Ok(source) => panic!("read {} records", source.cohort.records.len()),
        Err(error) => error,
    }
}

/// Checks that a file is refused with a code, by a message that holds a text, at a byte.
#[track_caller]
pub(crate) fn check(bytes: &[u8], code: &str, message: &str, offset: u64) {
    let error = refused(bytes);
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(message), "{error}");
    assert_eq!(error.offset(), Some(offset), "{error}");
}

/// The same for the instructions of a value in the place of a vector, with the byte counted from
/// the first of them.
#[track_caller]
pub(crate) fn check_value(value: impl AsRef<[u8]>, code: &str, message: &str, offset: u64) {
    check(
        &one_sample(value),
        code,
        message,
        n_before_sample() + offset,
    );
}
