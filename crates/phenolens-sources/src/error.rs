//! Why a file is refused.

use std::path::PathBuf;

use crate::format_error::{FormatError, Place};
use crate::limits::MemoryError;
use crate::pickle::PickleError;

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum SourceError {
    /// The operating system did not give the file.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    /// A folder or the like.
    #[error("cannot read {}: it is a folder, not a file", path.display())]
    Folder { path: PathBuf },
    /// A device or the like.
    #[error("cannot read {}: it is a device, not a file", path.display())]
    NoFile { path: PathBuf },
    /// More bytes than the limits allow.
    #[error("the file has more than {limit} bytes")]
    FileSize { limit: u64 },
    /// No bytes at all.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// A format that is known, but not read.
    #[error("the file is {format}, which is not read")]
    Unsupported { format: &'static str },
    /// Bytes that begin like nothing known.
    #[error("the file is in no known format; it begins with {start}")]
    Unknown { start: String },
    /// A compressed file that is damaged or cut short.
    #[error(
        "the {method} compression is damaged or cut short after {n_expanded} unpacked bytes: {message}"
    )]
    Compression {
        method: &'static str,
        n_expanded: u64,
        message: String,
    },
    /// A compressed file that grows too large.
    #[error(
        "the {method} file of {n_bytes} bytes unpacks to more than {limit} bytes, the most that a file of its size may"
    )]
    Expansion {
        method: &'static str,
        n_bytes: u64,
        limit: u64,
    },
    /// A compressed file inside a compressed file.
    #[error("the {outer} file holds {inner} data: compression inside compression is not read")]
    Nested {
        outer: &'static str,
        inner: &'static str,
    },
    /// Data that need more memory than there is to be.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A file in another format than pickle that is damaged, hostile, or holds something else than
    /// labelled vectors.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A file with labels that is refused.
    #[error("{}: {error}", path.display())]
    InSideFile { path: PathBuf, error: FormatError },
    /// More than one file with labels where one is needed.
    #[error("{n_files} files with labels are named; data in this format have one")]
    LabelFiles { n_files: usize },
    /// Files with labels for data that hold their labels themselves.
    #[error("a file with labels is named, but data in the format {format} hold theirs themselves")]
    NoUseOfLabels { format: &'static str },
    /// A pickle that is damaged, hostile, or holds something else than labelled vectors.
    #[error(transparent)]
    Pickle(#[from] PickleError),
}

impl SourceError {
    /// Where in the unpacked file the cause stands, in bytes from its start.
    pub fn offset(&self) -> Option<u64> {
        match self {
            Self::Pickle(error) => Some(error.offset()),
            Self::Format(FormatError {
                place: Place::Byte(byte),
                ..
            }) => Some(*byte),
            _ => None,
        }
    }

    /// What kind of error it is, in snake_case: stable, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } | Self::Folder { .. } | Self::NoFile { .. } => "file_unreadable",
            Self::FileSize { .. } => "file_too_large",
            Self::Empty => "file_empty",
            Self::Unsupported { .. } => "format_unsupported",
            Self::Unknown { .. } => "format_unknown",
            Self::Compression { .. } => "compression_damaged",
            Self::Expansion { .. } => "compression_expansion",
            Self::Nested { .. } => "compression_nested",
            Self::Memory(_) => "memory",
            Self::Format(error) | Self::InSideFile { error, .. } => error.fault.code(),
            Self::LabelFiles { .. } | Self::NoUseOfLabels { .. } => "labels",
            Self::Pickle(error) => error.code(),
        }
    }

    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Io { .. } => Some("is the name right, and may you read it?"),
            Self::FileSize { .. } => None,
            Self::Folder { .. } | Self::NoFile { .. } => Some("name the file with the vectors"),
            Self::Empty => Some("was it copied or downloaded completely?"),
            Self::Unsupported { .. } | Self::Unknown { .. } => Some(
                "write the data as a pickle of {class: {subject: {sample: numpy array}}}, or as CSV, \
                 Parquet or npz with columns class, subject and sample",
            ),
            Self::Compression { .. } => Some("copy or download it again, or pack it again"),
            Self::Expansion { .. } => Some("if you trust it, unpack it first and read the result"),
            Self::Nested { .. } => Some("unpack the outer layer first"),
            Self::Memory(_) => Some("raise --memory-limit, or give a part of the data"),
            Self::Format(error) | Self::InSideFile { error, .. } => Some(error.remedy()),
            Self::LabelFiles { .. } => {
                Some("put the rows of all of them in one file, in the order of the vectors")
            }
            Self::NoUseOfLabels { .. } => Some("leave out --labels"),
            Self::Pickle(error) => error.hint(),
        }
    }
}
