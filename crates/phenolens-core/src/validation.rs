//! Which records are used, and what is odd about them.

use serde::Serialize;

use crate::dataset::Dataset;
use crate::findings::Finding;

/// Which records are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnInvalid {
    /// Bad records are left out and listed.
    #[default]
    Drop,
    /// The first bad record is an error.
    Error,
}

/// What a cohort comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The records that are used.
    pub dataset: Dataset,
    /// What was set aside or is odd, in the order of the source.
    pub findings: Vec<Finding>,
    /// Every record is either used or set aside.
    pub rows: RowCounts,
}

/// Where the records went: `read = used + set_aside`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Records in the source.
    pub read: usize,
    /// Records in the dataset.
    pub used: usize,
    /// Records that are listed as findings and not used.
    pub set_aside: usize,
}

/// What is looked for once neighbors are known.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewParams {
    /// Samples of two subjects nearer than this cosine distance are near-duplicates; from 0 to 2.
    pub duplicate_distance: f64,
    /// Folds against which class sizes are judged.
    pub n_folds: usize,
}

impl Default for ReviewParams {
    fn default() -> ReviewParams {
        ReviewParams {
            duplicate_distance: 0.25,
            n_folds: 10,
        }
    }
}

/// What the neighbors say about the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// What is odd about the data as a whole.
    pub findings: Vec<Finding>,
    /// Pairs of samples of different subjects nearer than the limit, nearest first.
    pub duplicates: Vec<DuplicatePair>,
}

/// Two samples that may be one photograph, or two of one person.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DuplicatePair {
    /// The earlier sample.
    pub first: usize,
    /// The later sample.
    pub second: usize,
    /// Their cosine distance.
    pub cosine: f64,
    /// Their euclidean distance.
    pub euclidean: f64,
}
