//! Reads labelled embeddings from untrusted files: bytes in, [`RawCohort`] out.
//!
//! A file is first unpacked where it is compressed, then recognized by its content, never by its
//! name: [`Format`] lists what is read. What it holds is data and stays data: nothing that a file says
//! is ever executed, no length that it claims is believed, and everything that it can make grow has a
//! bound in [`Limits`].
//!
//! A file is either refused whole, as a [`SourceError`] that says where and why, or every one of its
//! records stands in the [`RawCohort`], usable or not.
//!
//! ```
//! use phenolens_core::cohort::{RawCohort, Stored};
//! use phenolens_sources::{ReadOptions, read_bytes, write_pickle};
//!
//! let mut cohort = RawCohort::default();
//! let ids = ["class", "subject", "image"].map(str::to_owned);
//! cohort.push_values(ids, [0.5, -1.0], Stored::Exact);
//!
//! let source = read_bytes(&write_pickle(&cohort), &ReadOptions::default())?;
//! assert_eq!(source.cohort, cohort);
//! # Ok::<(), phenolens_sources::SourceError>(())
//! ```
#![forbid(unsafe_code)]

mod arrow_table;
mod columnar;
mod compression;
mod csv_table;
mod delimited;
mod digest;
mod elements;
mod error;
mod format;
mod format_error;
mod gestalt_matcher;
mod guard;
mod h5ad;
mod json_lines;
mod labels;
mod limits;
mod npy;
mod npz;
mod numbers;
mod options;
mod parquet_table;
mod pickle;
mod projector;
mod quote;
mod records;
mod source;
mod tensors;
mod writing;

pub use digest::{content_digest, sha256};
pub use error::SourceError;
pub use format::Format;
pub use format_error::{Fault, FormatError, Place};
pub use guard::is_guarded;
pub use labels::SideFile;
pub use limits::{Limits, MemoryError};
pub use options::{Columns, ReadOptions, SubjectColumn, Variants};
pub use pickle::{PickleError, write_pickle};
pub use quote::misleads;
pub use source::{Source, read_bytes, read_file};
pub use writing::{
    ArrayFormat, Elements, NamedArray, Writable, WriteError, Written, id_arrays, write,
    write_arrays,
};

#[cfg(doc)]
use phenolens_core::cohort::RawCohort;
