//! Every phase in order, one call each.

use crate::dataset::Dataset;
use crate::evaluation::{Evaluation, EvaluationParams};
use crate::exploration::Exploration;
use crate::findings::Finding;
use crate::neighbors::Neighbors;
use crate::projection::{MapParams, Projection};
use crate::validation::{DuplicatePair, OnInvalid, RowCounts};

/// What is asked of an analysis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnalysisParams {
    /// What becomes of records that cannot be used.
    pub on_invalid: OnInvalid,
    /// Which samples are near-duplicates.
    pub duplicates: DuplicateParams,
    /// How neighbors are evaluated as a classifier.
    pub evaluation: EvaluationParams,
    /// How the maps are made.
    pub map: MapParams,
}

/// Which samples are near-duplicates, and what follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuplicateParams {
    /// Samples of two subjects nearer than this cosine distance are near-duplicates; from 0 to 2.
    pub distance: f64,
    /// Subjects with near-duplicate samples count as one in folds and resamples.
    pub merge_subjects: bool,
}

impl Default for DuplicateParams {
    fn default() -> DuplicateParams {
        DuplicateParams {
            distance: 0.25,
            merge_subjects: false,
        }
    }
}

/// Everything a report shows, in the order in which it is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What was asked.
    pub params: AnalysisParams,
    /// The samples that are used.
    pub dataset: Dataset,
    /// How many records were read, used and set aside.
    pub rows: RowCounts,
    /// What deserves a second look; never a reason to stop.
    pub findings: Vec<Finding>,
    /// Samples of different subjects that are nearly the same, nearest first.
    pub duplicates: Vec<DuplicatePair>,
    /// One neighbor table per distance, in the order of the evaluated distances.
    pub neighbors: Vec<Neighbors>,
    /// The dataset described, before any model.
    pub exploration: Exploration,
    /// How well neighbors predict the class, out of sample.
    pub evaluation: Evaluation,
    /// The samples in two dimensions, one map per distance.
    pub projections: Vec<Projection>,
}
