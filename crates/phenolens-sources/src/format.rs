//! The formats, and how a file tells which it is in.

use crate::quote::quote_bytes;
use crate::{SourceError, pickle};

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A Python pickle of `{class: {subject: {sample: vector}}}`, or of `{image: [vectors]}` with
    /// labels beside it.
    Pickle,
    /// One numpy array.
    Npy,
    /// A zip archive of numpy arrays.
    Npz,
    /// Text with commas.
    Csv,
    /// Text with tabs and a header.
    Tsv,
    /// A Parquet table.
    Parquet,
    /// An Arrow table, as a file or as a stream.
    Arrow,
    /// One JSON object per line.
    JsonLines,
    /// Named tensors.
    Safetensors,
    /// An annotated matrix in HDF5.
    H5ad,
    /// The vectors of the TensorFlow projector: text with tabs and without a header.
    Projector,
    /// The encodings that GestaltMatcher-Arc writes.
    GestaltMatcher,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 12] = [
        Format::Pickle,
        Format::Npy,
        Format::Npz,
        Format::Csv,
        Format::Tsv,
        Format::Parquet,
        Format::Arrow,
        Format::JsonLines,
        Format::Safetensors,
        Format::H5ad,
        Format::Projector,
        Format::GestaltMatcher,
    ];

    /// Its name in settings, such as `parquet`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Pickle => "pickle",
            Format::Npy => "npy",
            Format::Npz => "npz",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Parquet => "parquet",
            Format::Arrow => "arrow",
            Format::JsonLines => "jsonl",
            Format::Safetensors => "safetensors",
            Format::H5ad => "h5ad",
            Format::Projector => "projector",
            Format::GestaltMatcher => "gestalt-matcher",
        }
    }

    /// The format that the bytes of a file say they are in.
    ///
    /// # Errors
    /// If they are in none of them; the message names a format that is known but not read.
    pub(crate) fn of(bytes: &[u8]) -> Result<Format, SourceError> {
        if let Some(format) = by_mark(bytes) {
            return Ok(format);
        }
        if let Some(format) = unread(bytes) {
            return Err(SourceError::Unsupported { format });
        }
        if is_safetensors(bytes) {
            return Ok(Format::Safetensors);
        }
        if pickle::looks_like(bytes) {
            return Ok(Format::Pickle);
        }
        if is_text(bytes)
            && let Some(format) = of_text(bytes)
        {
            return Ok(format);
        }
        let start = quote_bytes(&bytes[..bytes.len().min(24)]);
        Err(SourceError::Unknown { start })
    }
}

/// The format that the first bytes of a file name by a mark of its own.
pub(crate) fn by_mark(bytes: &[u8]) -> Option<Format> {
    let marks: [(&[u8], Format); 6] = [
        (b"\x93NUMPY", Format::Npy),
        (b"PK\x03\x04", Format::Npz),
        (b"PAR1", Format::Parquet),
        (b"ARROW1", Format::Arrow),
        (b"\xff\xff\xff\xff", Format::Arrow),
        (b"\x89HDF\r\n\x1a\n", Format::H5ad),
    ];
    let known = marks.iter().find(|(mark, _)| bytes.starts_with(mark));
    known.map(|&(_, format)| format)
}

/// Formats that people have embeddings in and that are not read, so that the message can name them.
fn unread(bytes: &[u8]) -> Option<&'static str> {
    let marks: [(&[u8], &str); 7] = [
        (b"PARE", "an encrypted Parquet table"),
        (b"FEA1", "a Feather table of the first version"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"MATLAB 5.0", "a MATLAB file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    let known = marks.iter().find(|(mark, _)| bytes.starts_with(mark));
    let is_tar = bytes.get(257..262) == Some(b"ustar");
    known
        .map(|&(_, format)| format)
        .or(is_tar.then_some("a tar archive"))
}

/// Whether the bytes begin with the length of a JSON header, and the header.
fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{') && bytes[7] == 0 && bytes[6] == 0
}

/// Whether the bytes can be meant as text, in whatever encoding: few of their first are controls.
fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let has_mark = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let every_other = |first: usize| head.iter().skip(first).step_by(2).all(|&byte| byte == 0);
    let is_wide = has_mark || head.len() >= 8 && every_other(0) != every_other(1);
    let is_control = |byte: &&u8| **byte < 0x20 && !b"\t\n\r\x0c".contains(byte);
    let n_controls = head.iter().filter(is_control).count();
    is_wide || n_controls * 20 <= head.len()
}

/// The format of a text, by its first line; `None` for one without cells.
fn of_text(bytes: &[u8]) -> Option<Format> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = text.trim_ascii_start();
    if text.starts_with(b"{") || text.starts_with(b"[") {
        return Some(Format::JsonLines);
    }
    let line = text
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .next()
        .unwrap_or_default();
    let has = |wanted: u8| line.contains(&wanted);
    if has(b';') && line.starts_with(b"img_name") {
        return Some(Format::GestaltMatcher);
    }
    if has(b'\t') {
        let is_number = |cell: &[u8]| {
            let cell = std::str::from_utf8(cell.trim_ascii());
            cell.is_ok_and(|cell| cell.parse::<f64>().is_ok())
        };
        return Some(match line.split(|&byte| byte == b'\t').all(is_number) {
            true => Format::Projector,
            false => Format::Tsv,
        });
    }
    (has(b',') || has(b';') || has(b'\0')).then_some(Format::Csv)
}
