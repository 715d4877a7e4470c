//! Reads labelled embeddings from untrusted files: bytes in, [`RawCohort`] out.
//!
//! A file is first unpacked where it is compressed, then recognized by its content, never by its
//! name. What it holds is data and stays data: nothing that a file says is ever executed, no length
//! that it claims is believed, and everything that it can make grow has a bound in [`Limits`].
//!
//! The one format read so far is the Python pickle of a nested mapping
//! `class -> subject -> sample -> vector`; [`write_pickle`] writes the same. A file is either
//! refused whole, as a [`SourceError`] that says where and why, or every one of its records stands
//! in the [`RawCohort`], usable or not.
//!
//! ```
//! use phenolens_core::cohort::{RawCohort, Stored};
//! use phenolens_sources::{Limits, read_bytes, write_pickle};
//!
//! let mut cohort = RawCohort::default();
//! let ids = ["class", "subject", "image"].map(str::to_owned);
//! cohort.push_values(ids, [0.5, -1.0], Stored::Exact);
//!
//! let source = read_bytes(&write_pickle(&cohort), &Limits::default())?;
//! assert_eq!(source.cohort, cohort);
//! # Ok::<(), phenolens_sources::SourceError>(())
//! ```
#![forbid(unsafe_code)]

mod compression;
mod digest;
mod error;
mod limits;
mod pickle;
mod quote;
mod source;

pub use digest::{content_digest, sha256};
pub use error::SourceError;
pub use limits::Limits;
pub use pickle::{PickleError, write_pickle};
pub use source::{Source, read_bytes, read_file};

#[cfg(doc)]
use phenolens_core::cohort::RawCohort;
