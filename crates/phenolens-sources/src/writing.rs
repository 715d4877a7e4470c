//! Datasets as files, in formats that are read back as the same dataset.

mod arrays;
mod npz;
mod tables;
mod text;

use std::path::Path;

pub use arrays::{ArrayFormat, Elements, NamedArray, write_arrays};
use phenolens_core::cohort::{Labelling, RawCohort, Stored};
use phenolens_core::dataset::Dataset;

use crate::pickle::write_pickle;
use crate::quote::quote;

/// A format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writable {
    /// A Python pickle of `{class: {subject: {sample: vector}}}`.
    Pickle,
    /// A numpy array of the vectors; the labels are a second file.
    Npy,
    /// A zip archive of the numpy arrays `vector`, `class`, `subject` and `sample`.
    Npz,
    /// `class,subject,sample` and one column for each value.
    Csv,
    /// The vectors of the TensorFlow projector; the labels are a second file.
    Projector,
    /// A Parquet table with a column of lists.
    Parquet,
    /// An Arrow file with a column of lists.
    Arrow,
}

/// A dataset as the bytes of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub data: Vec<u8>,
    /// The labels, in formats that keep them apart.
    pub labels: Option<Vec<u8>>,
}

/// Why a dataset cannot be written in a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum WriteError {
    /// A format that cannot do without labels.
    #[error("vectors without labels cannot be written as {format}")]
    Bare { format: &'static str },
    /// A format that needs all three ids.
    #[error("data without subjects cannot be written as {format}")]
    WithoutSubjects { format: &'static str },
    /// An id that the format cannot hold.
    #[error("the id {id} cannot be written as {format}: {why}")]
    Id {
        id: String,
        format: &'static str,
        why: &'static str,
    },
    /// Two samples with the same three ids, in a format that holds each once.
    #[error("the sample {id} stands twice, and {format} holds each once")]
    Repeated { id: String, format: &'static str },
    /// A bug, or no memory.
    #[error("cannot write {format}: {reason}")]
    Internal {
        format: &'static str,
        reason: String,
    },
}

impl WriteError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Bare { .. } | Self::WithoutSubjects { .. } | Self::Id { .. } => {
                Some("write it as Parquet or Arrow, which hold everything")
            }
            Self::Repeated { .. } => Some("write it as CSV, Parquet or Arrow"),
            Self::Internal { .. } => None,
        }
    }
}

impl Writable {
    /// All of them.
    pub const ALL: [Writable; 7] = [
        Writable::Parquet,
        Writable::Arrow,
        Writable::Npz,
        Writable::Npy,
        Writable::Csv,
        Writable::Projector,
        Writable::Pickle,
    ];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Writable::Pickle => "pickle",
            Writable::Npy => "npy",
            Writable::Npz => "npz",
            Writable::Csv => "csv",
            Writable::Projector => "projector",
            Writable::Parquet => "parquet",
            Writable::Arrow => "arrow",
        }
    }

    /// The endings of names of such files.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Writable::Pickle => &["p", "pkl", "pickle"],
            Writable::Npy => &["npy"],
            Writable::Npz => &["npz"],
            Writable::Csv => &["csv"],
            Writable::Projector => &["tsv"],
            Writable::Parquet => &["parquet", "pq"],
            Writable::Arrow => &["arrow", "feather", "ipc"],
        }
    }

    /// The format that the ending of a name stands for.
    pub fn of_path(path: &Path) -> Option<Writable> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Writable::ALL
            .into_iter()
            .find(|format| format.endings().contains(&ending.as_str()))
    }
}

/// Writes a dataset; [`crate::read_bytes`] of the result gives the same dataset.
///
/// Takes memory for the file, beside that of the dataset.
///
/// # Errors
/// If the format cannot hold an id, or needs labels that the dataset has not.
pub fn write(dataset: &Dataset, format: Writable) -> Result<Written, WriteError> {
    let n_rows = dataset.n_samples();
    let data = match format {
        Writable::Pickle => pickle(dataset)?,
        Writable::Csv => text::csv(dataset)?,
        Writable::Npz => {
            let arrays: Vec<NamedArray> = std::iter::once(vectors(dataset))
                .chain(id_arrays(dataset))
                .collect();
            write_arrays(n_rows, &arrays, ArrayFormat::Npz)?
        }
        Writable::Parquet | Writable::Arrow => {
            let mut arrays = id_arrays(dataset);
            arrays.push(vectors(dataset));
            match format {
                Writable::Parquet => write_arrays(n_rows, &arrays, ArrayFormat::Parquet)?,
                _ => write_arrays(n_rows, &arrays, ArrayFormat::Arrow)?,
            }
        }
        Writable::Npy => {
            let labels = match dataset.labelling() {
                Labelling::Bare => None,
                Labelling::Complete | Labelling::WithoutSubjects => {
                    Some(text::labels(dataset, format.name())?)
                }
            };
            let data = npz::npy(n_rows, &vectors(dataset))?;
            return Ok(Written { data, labels });
        }
        Writable::Projector => {
            let labels = Some(text::labels(dataset, format.name())?);
            let data = text::vectors(dataset);
            return Ok(Written { data, labels });
        }
    };
    Ok(Written { data, labels: None })
}

/// The vectors as an array of one row for each sample.
fn vectors(dataset: &Dataset) -> NamedArray<'_> {
    NamedArray {
        name: "vector".to_owned(),
        elements: Elements::SingleRows {
            width: dataset.n_dims(),
            row: Box::new(|sample| dataset.vector(sample)),
        },
    }
}

/// The ids that a dataset has, `class`, `subject` and `sample`, as an array of text for each level.
pub fn id_arrays(dataset: &Dataset) -> Vec<NamedArray<'_>> {
    let array = |(name, level): (&str, usize)| NamedArray {
        name: name.to_owned(),
        elements: Elements::Texts(Box::new(move |sample| dataset.id(sample)[level])),
    };
    id_columns(dataset).into_iter().map(array).collect()
}

/// The names of the ids that a dataset has, and how to get them of a sample.
fn id_columns(dataset: &Dataset) -> Vec<(&'static str, usize)> {
    match dataset.labelling() {
        Labelling::Complete => vec![("class", 0), ("subject", 1), ("sample", 2)],
        Labelling::WithoutSubjects => vec![("class", 0), ("sample", 2)],
        Labelling::Bare => Vec::new(),
    }
}

fn pickle(dataset: &Dataset) -> Result<Vec<u8>, WriteError> {
    let format = Writable::Pickle.name();
    match dataset.labelling() {
        Labelling::Complete => {}
        Labelling::WithoutSubjects => return Err(WriteError::WithoutSubjects { format }),
        Labelling::Bare => return Err(WriteError::Bare { format }),
    }
    let mut order: Vec<usize> = (0..dataset.n_samples()).collect();
    order.sort_by_key(|&sample| dataset.id(sample));
    let repeated = order
        .windows(2)
        .find(|pair| dataset.id(pair[0]) == dataset.id(pair[1]));
    if let Some(pair) = repeated {
        let id = quote(&dataset.id(pair[0]).join("/"));
        return Err(WriteError::Repeated { id, format });
    }
    let mut cohort = RawCohort::default();
    for sample in 0..dataset.n_samples() {
        let ids = dataset.id(sample).map(str::to_owned);
        let values = dataset.vector(sample).iter().copied();
        cohort.push_values(ids, values, Stored::Exact);
    }
    Ok(write_pickle(&cohort))
}
