//! Python pickles, protocols 0 to 5, read as data.
//!
//! A pickle is a program for a small stack machine. The machine here knows the instructions that
//! make data, and of the calls only those that numpy arrays, bytes and dictionaries are written
//! with; everything else is refused by name, before it could mean anything.
//!
//! 1. [`machine`] runs the instructions; values go to an arena and refer to each other by index, so
//!    that shared and cyclic values cost nothing to hold and to drop;
//! 2. [`shape`] refuses what is cyclic or too deep, in time proportional to the arena;
//! 3. [`cohort`] writes the three levels of mappings out as records, within a bound on what shared
//!    values come to.

mod arrays;
mod callables;
mod cohort;
mod cursor;
mod error;
mod literals;
mod machine;
mod opcodes;
mod shape;
mod values;
mod vectors;
mod write;

pub use error::PickleError;
pub use write::write_pickle;

use phenolens_core::cohort::RawCohort;

use crate::gestalt_matcher::Images;
use crate::{ReadOptions, SourceError};

/// Whether the bytes of a file begin as a pickle of a mapping does.
///
/// Protocols 2 and later have a mark of their own. The older ones begin with the first instruction:
/// a mark, an empty container, or the name of one.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    match bytes.first() {
        Some(&opcodes::PROTO | b'(' | b'}' | b']' | b')') => true,
        Some(&opcodes::GLOBAL) => {
            let mut lines = bytes[1..].split(|&byte| byte == b'\n');
            let is_name = |line: &[u8]| {
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._".contains(byte);
                !line.is_empty() && line.len() <= 200 && line.iter().all(is_part)
            };
            lines.next().is_some_and(is_name) && lines.next().is_some_and(is_name)
        }
        _ => false,
    }
}

/// Reads the records of a pickle from a file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    n_stored: u64,
    options: &ReadOptions,
) -> Result<RawCohort, SourceError> {
    let limits = &options.limits;
    let (arena, top) = machine::run(bytes, limits.steps(n_stored))?;
    shape::check(&arena, top, limits.depth)?;
    Ok(cohort::flatten(
        &arena,
        top,
        limits.cohort(n_stored),
        limits.id_bytes,
    )?)
}

/// Reads the records of a pickle `{image: [vectors]}`, whose labels stand in tables beside it.
pub(crate) fn read_variants(
    bytes: &[u8],
    n_stored: u64,
    images: &Images,
    options: &ReadOptions,
) -> Result<RawCohort, SourceError> {
    let limits = &options.limits;
    let (arena, top) = machine::run(bytes, limits.steps(n_stored))?;
    shape::check(&arena, top, limits.depth)?;
    let encodings =
        cohort::flatten_variants(&arena, top, limits.cohort(n_stored), limits.id_bytes)?;
    Ok(encodings.combine(images, n_stored, options)?.finish())
}
