//! One numpy array: a bare matrix, or the vectors whose labels stand beside it.

mod header;
mod matrix;
mod texts;

pub(crate) use header::{Element, Header};
pub(crate) use matrix::{Shape, read_rows};
pub(crate) use texts::read_texts;

use std::io::Read;

use phenolens_core::Progress;
use phenolens_core::cohort::{Labelling, RawCohort};

use crate::labels::Labels;
use crate::records::Records;
use crate::{Format, ReadOptions, SourceError};

/// Reads a stream of `n_bytes` bytes, row by row.
pub(crate) fn read(
    reader: &mut impl Read,
    n_bytes: u64,
    n_stored: u64,
    labels: Option<Labels>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    let header = Header::read(Format::Npy, reader)?;
    let shape = Shape::of(Format::Npy, &header, n_bytes)?;
    options.limits.check_memory(shape.n_memory_bytes())?;
    if let Some(labels) = &labels {
        labels.check_count(Format::Npy, shape.n_rows)?;
    }
    let labelling = labels
        .as_ref()
        .map_or(Labelling::Bare, |labels| labels.labelling);
    let mut records = Records::new(labelling, n_stored, &options.limits);
    let mut ids = labels.map(|labels| labels.ids.into_iter());
    let ids = |row: u64| match &mut ids {
        Some(ids) => ids.next().expect("there are as many labels as rows"),
        None => [String::new(), String::new(), row.to_string()],
    };
    read_rows(Format::Npy, reader, &shape, ids, &mut records, progress)?;
    Ok(records.finish())
}
