//! The encodings of GestaltMatcher-Arc: several vectors of each image, joined to a table of images.
//!
//! A file has a row for each image, encoder and variant of the image (mirrored, gray). The table of
//! images, and possibly several of them, says which image is of whom.

mod join;
mod variants;

pub(crate) use join::Images;
pub(crate) use variants::{Encodings, Variant};

use phenolens_core::cohort::RawCohort;

use crate::delimited::Table;
use crate::format_error::{Fault, FormatError, Place};
use crate::numbers::{self, List, Style};
use crate::{Format, ReadOptions};

/// The columns that say which variant a row is, and the one with the vector.
const COLUMNS: [&str; 5] = ["img_name", "model", "flip", "gray", "representations"];

/// Reads the bytes of a file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    n_stored: u64,
    images: &Images,
    options: &ReadOptions,
) -> Result<RawCohort, FormatError> {
    let format = Format::GestaltMatcher;
    let table = Table::new(format, b';', bytes)?;
    let mut rows = table.rows();
    let header = rows.header()?;
    let place = |name: &str| header.iter().position(|other| other == name);
    let [
        Some(image),
        Some(model),
        Some(flip),
        Some(gray),
        Some(vector),
    ] = COLUMNS.map(place)
    else {
        let what = format!(
            "the columns must be {}, with class_conf or without",
            COLUMNS.join(";")
        );
        return Err(FormatError::new(format, Fault::Columns, what).at(Place::Line(1, None)));
    };
    let mut encodings = Encodings::default();
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        row.check_length(format, header.len())?;
        let cell = row.cells[vector].trim();
        let values = match numbers::parse_list(cell, Style::Json, &mut values) {
            _ if cell.is_empty() => Err("an empty cell".to_owned()),
            List::Numbers { .. } => Ok(values.clone()),
            List::Unusable(what) => Err(what),
            List::Malformed(what) => {
                let place = Place::Line(row.line, Some("representations".to_owned()));
                return Err(FormatError::new(format, Fault::Number, what).at(place));
            }
        };
        let kind = [model, flip, gray].map(|column| row.cells[column].trim().to_owned());
        let variant = Variant { kind, values };
        encodings
            .push(row.cells[image].trim(), variant)
            .map_err(|what| {
                FormatError::new(format, Fault::DuplicateKey, what).at(Place::Line(row.line, None))
            })?;
    }
    let mut records = encodings.combine(images, n_stored, options)?;
    records.note_newline(table.has_final_newline());
    Ok(records.finish())
}
