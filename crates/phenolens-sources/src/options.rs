//! What a reader is told besides the file.

use std::path::PathBuf;

use crate::{Format, Limits};

/// What a reader is told besides the file; the defaults read whatever says of itself what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The format; `None` tells it by content.
    pub format: Option<Format>,
    /// Files that hold the labels, where the file of the vectors does not: rows in the order of the
    /// vectors, or rows that are joined by image where there are several vectors per image.
    pub labels: Vec<PathBuf>,
    /// What the columns with the ids are called.
    pub columns: Columns,
    /// Which column, array, tensor or matrix holds the vectors, where several could; `None` takes
    /// the only one.
    pub vector: Option<String>,
    /// What becomes of several vectors of one image.
    pub variants: Variants,
    /// How much of everything a file may claim.
    pub limits: Limits,
}

/// What the columns with the ids are called, where they are none of the known three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The class.
    pub class: String,
    /// The subject.
    pub subject: SubjectColumn,
    /// The sample.
    pub sample: String,
}

/// Where the subjects stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectColumn {
    /// In the column of that name.
    Named(String),
    /// Nowhere: every sample counts as a subject of its own.
    None,
}

/// What becomes of several vectors of one image, such as those of its mirrored copy or of a second
/// encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Variants {
    /// Their mean, each scaled to unit length first.
    #[default]
    MeanVector,
    /// All of them, each scaled to unit length, one after another: cosine distances are then the
    /// means of the distances between the variants of one kind.
    MeanDistance,
}

impl Default for Columns {
    fn default() -> Columns {
        Columns {
            class: "syndrome".to_owned(),
            subject: SubjectColumn::Named("subject".to_owned()),
            sample: "image".to_owned(),
        }
    }
}
