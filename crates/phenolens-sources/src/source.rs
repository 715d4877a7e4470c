//! From a file to a cohort, by content.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use phenolens_core::cohort::RawCohort;

use crate::compression::{self, Method};
use crate::digest::sha256;
use crate::quote::quote_bytes;
use crate::{Limits, SourceError, pickle};

/// What a file held, and which file it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Every record, in the order of the file.
    pub cohort: RawCohort,
    /// Size of the file as it is stored.
    pub n_bytes: u64,
    /// SHA-256 of the file as it is stored, in lower-case hexadecimal.
    pub sha256: String,
}

/// Reads the labelled vectors of a file.
///
/// # Errors
/// If the operating system does not give the file, and as [`read_bytes`].
pub fn read_file(path: &Path, limits: &Limits) -> Result<Source, SourceError> {
    let unreadable = |source| SourceError::Io {
        path: path.to_owned(),
        source,
    };
    if path.is_dir() {
        let path = path.to_owned();
        return Err(SourceError::Folder { path });
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limits.file_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    read_bytes(&bytes, limits)
}

/// Reads labelled vectors from the bytes of a file, compressed or not.
///
/// Takes time and memory in proportion to the bytes, within `limits`.
///
/// # Errors
/// If the bytes are in no known format, damaged, hostile, over a limit, or hold something else than
/// `class -> subject -> sample -> vector`.
pub fn read_bytes(bytes: &[u8], limits: &Limits) -> Result<Source, SourceError> {
    let n_bytes = bytes.len() as u64;
    if n_bytes > limits.file_bytes {
        let limit = limits.file_bytes;
        return Err(SourceError::FileSize { limit });
    }
    let cohort = match Method::of(bytes) {
        None => read_unpacked(bytes, n_bytes, limits)?,
        Some(outer) => {
            let unpacked = compression::unpack(bytes, outer, limits)?;
            if let Some(inner) = Method::of(&unpacked) {
                let (outer, inner) = (outer.name(), inner.name());
                return Err(SourceError::Nested { outer, inner });
            }
            read_unpacked(&unpacked, n_bytes, limits)?
        }
    };
    Ok(Source {
        cohort,
        n_bytes,
        sha256: sha256(bytes),
    })
}

/// Reads the bytes of a file that had `n_stored` of them before it was unpacked.
fn read_unpacked(bytes: &[u8], n_stored: u64, limits: &Limits) -> Result<RawCohort, SourceError> {
    if bytes.is_empty() {
        return Err(SourceError::Empty);
    }
    if pickle::looks_like(bytes) {
        return Ok(pickle::read(bytes, n_stored, limits)?);
    }
    if let Some(format) = known_format(bytes) {
        return Err(SourceError::Unsupported { format });
    }
    let start = quote_bytes(&bytes[..bytes.len().min(24)]);
    Err(SourceError::Unknown { start })
}

/// Formats that people have embeddings in, so that the message can name them.
fn known_format(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 7] = [
        (b"\x93NUMPY", "a NumPy array (.npy)"),
        (
            b"PK\x03\x04",
            "a zip archive (.npz, .pt, .xlsx or the like)",
        ),
        (b"PAR1", "a Parquet table"),
        (b"ARROW1", "an Arrow table"),
        (b"\x89HDF\r\n", "an HDF5 file"),
        (b"{", "JSON"),
        (b"[", "JSON"),
    ];
    let known = starts.iter().find(|(start, _)| bytes.starts_with(start));
    known.map(|&(_, format)| format)
}
