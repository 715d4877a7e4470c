//! numpy arrays, alone and in a zip archive.

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::arrays::{Elements, NamedArray};
use super::{Writable, WriteError};
use crate::quote::quote;

/// Bytes to a multiple of which a header is filled up, as numpy does.
const ALIGNMENT: usize = 64;

/// Bytes that are written at once, about.
const CHUNK: usize = 1 << 16;

/// A zip archive of arrays, each of `n_rows` entries or rows.
pub(super) fn archive(n_rows: usize, arrays: &[NamedArray]) -> Result<Vec<u8>, WriteError> {
    let internal = |error: &dyn std::fmt::Display| WriteError::Internal {
        format: Writable::Npz.name(),
        reason: error.to_string(),
    };
    // No time: the same data give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    // Once, since growing a large archive would hold it twice.
    let n_bytes: usize = arrays
        .iter()
        .map(|array| array.n_bytes(n_rows) + 1024)
        .sum();
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(n_bytes)));
    for array in arrays {
        archive
            .start_file(format!("{}.npy", array.name), options)
            .map_err(|error| internal(&error))?;
        let n_chars = text_width(n_rows, &array.elements)?;
        write_npy(&mut archive, n_rows, &array.elements, n_chars)
            .map_err(|error| internal(&error))?;
    }
    let cursor = archive.finish().map_err(|error| internal(&error))?;
    Ok(cursor.into_inner())
}

/// One array, of rows of numbers, as an npy file.
pub(super) fn npy(n_rows: usize, array: &NamedArray) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::with_capacity(array.n_bytes(n_rows) + 1024);
    let n_chars = text_width(n_rows, &array.elements)?;
    write_npy(&mut bytes, n_rows, &array.elements, n_chars).map_err(|error| {
        WriteError::Internal {
            format: Writable::Npy.name(),
            reason: error.to_string(),
        }
    })?;
    Ok(bytes)
}

/// Characters of the longest text, at least 1.
fn text_width(n_rows: usize, elements: &Elements) -> Result<usize, WriteError> {
    let Elements::Texts(text) = elements else {
        return Ok(0);
    };
    if let Some(id) = (0..n_rows).map(text).find(|id| id.ends_with('\0')) {
        return Err(WriteError::Id {
            id: quote(id),
            format: Writable::Npz.name(),
            why: "numpy takes a NUL at the end of text for padding",
        });
    }
    let lengths = (0..n_rows).map(|row| text(row).chars().count());
    Ok(lengths.max().unwrap_or(0).max(1))
}

fn write_npy(
    out: &mut impl Write,
    n_rows: usize,
    elements: &Elements,
    n_chars: usize,
) -> io::Result<()> {
    let (code, width) = match elements {
        Elements::Texts(_) => (format!("<U{n_chars}"), None),
        Elements::Counts(_) => ("<u8".to_owned(), None),
        Elements::Numbers(_) => ("<f8".to_owned(), None),
        Elements::CountRows { width, .. } => ("<u4".to_owned(), Some(width)),
        Elements::SingleRows { width, .. } => ("<f4".to_owned(), Some(width)),
        Elements::NumberRows { width, .. } => ("<f8".to_owned(), Some(width)),
    };
    let shape = match width {
        None => format!("({n_rows},)"),
        Some(width) => format!("({n_rows}, {width})"),
    };
    out.write_all(&header(&code, &shape))?;
    let mut bytes = Vec::with_capacity(CHUNK);
    for row in 0..n_rows {
        match elements {
            Elements::Texts(text) => {
                let text = text(row);
                let padding = n_chars - text.chars().count();
                let codes = text.chars().map(u32::from);
                let codes = codes.chain(std::iter::repeat_n(0, padding));
                bytes.extend(codes.flat_map(u32::to_le_bytes));
            }
            Elements::Counts(count) => bytes.extend(count(row).to_le_bytes()),
            Elements::Numbers(number) => bytes.extend(number(row).to_le_bytes()),
            Elements::CountRows { row: of, .. } => {
                bytes.extend(of(row).iter().flat_map(|value| value.to_le_bytes()));
            }
            Elements::SingleRows { row: of, .. } => {
                bytes.extend(of(row).iter().flat_map(|value| value.to_le_bytes()));
            }
            Elements::NumberRows { row: of, .. } => {
                bytes.extend(of(row).iter().flat_map(|value| value.to_le_bytes()));
            }
        }
        if bytes.len() >= CHUNK {
            out.write_all(&bytes)?;
            bytes.clear();
        }
    }
    out.write_all(&bytes)
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
