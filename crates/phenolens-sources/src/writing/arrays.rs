//! A zip archive of numpy arrays.

use std::io::{Cursor, Write};

use phenolens_core::dataset::Dataset;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Writable, WriteError, id_columns};
use crate::quote::quote;

/// Bytes to a multiple of which a header is filled up, as numpy does.
const ALIGNMENT: usize = 64;

/// The arrays `vector`, of one row per sample, and one of text for each level of ids.
pub(super) fn npz(dataset: &Dataset) -> Result<Vec<u8>, WriteError> {
    let format = Writable::Npz.name();
    let internal = |error: &dyn std::fmt::Display| WriteError::Internal {
        format,
        reason: error.to_string(),
    };
    // No time: the same data give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("vector.npy", options)
        .map_err(|error| internal(&error))?;
    let shape = format!("({}, {})", dataset.n_samples(), dataset.n_dims());
    archive
        .write_all(&header("<f4", &shape))
        .map_err(|error| internal(&error))?;
    for row in dataset.vectors().chunks(dataset.n_dims()) {
        let bytes: Vec<u8> = row.iter().flat_map(|value| value.to_le_bytes()).collect();
        archive
            .write_all(&bytes)
            .map_err(|error| internal(&error))?;
    }
    for (name, level) in id_columns(dataset) {
        let ids: Vec<&str> = (0..dataset.n_samples())
            .map(|sample| dataset.id(sample)[level])
            .collect();
        archive
            .start_file(format!("{name}.npy"), options)
            .map_err(|error| internal(&error))?;
        archive
            .write_all(&texts(&ids)?)
            .map_err(|error| internal(&error))?;
    }
    let cursor = archive.finish().map_err(|error| internal(&error))?;
    Ok(cursor.into_inner())
}

/// An array of text, all of the length of the longest.
fn texts(ids: &[&str]) -> Result<Vec<u8>, WriteError> {
    if let Some(id) = ids.iter().find(|id| id.ends_with('\0')) {
        return Err(WriteError::Id {
            id: quote(id),
            format: Writable::Npz.name(),
            why: "numpy takes a NUL at the end of text for padding",
        });
    }
    let n_chars = ids
        .iter()
        .map(|id| id.chars().count())
        .max()
        .unwrap_or(0)
        .max(1);
    let mut bytes = header(&format!("<U{n_chars}"), &format!("({},)", ids.len()));
    for id in ids {
        let padding = n_chars - id.chars().count();
        let codes = id
            .chars()
            .map(u32::from)
            .chain(std::iter::repeat_n(0, padding));
        bytes.extend(codes.flat_map(u32::to_le_bytes));
    }
    Ok(bytes)
}

/// The header of an npy file of version 1.0.
fn header(code: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{code}', 'fortran_order': False, 'shape': {shape}, }}");
    let n_before = 10;
    let n_unpadded = n_before + text.len() + 1;
    let padding = n_unpadded.next_multiple_of(ALIGNMENT) - n_unpadded;
    text.extend(std::iter::repeat_n(' ', padding));
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.into_bytes());
    bytes
}
