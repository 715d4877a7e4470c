//! Which records are used, and what is odd about them.
//!
//! [`admit`] judges what a source read, record by record, and builds the [`Dataset`] from what can be
//! used: nothing is repaired, and every record that is not used is listed. [`review`] adds what only
//! neighbors can tell: photographs that stand under two subjects, and classes too small for the
//! folds.
//!
//! # Codes of findings
//!
//! | severity | codes |
//! | --- | --- |
//! | `error`: set aside, one finding each | `missing_vector`, `unusable_vector`, `empty_vector`, `wrong_length`, `not_finite`, `zero_vector`, `empty_subject`, `empty_class` |
//! | `warning`: kept, about the file | `rounded_values`, `integer_storage`, `one_dimension`, `extreme_magnitude`, `all_vectors_equal`, `constant_dimensions`, `mean_far_from_zero`, `one_class`, `near_duplicates_incomplete`, `no_final_newline` |
//! | `warning`: kept, the first twenty of a code one by one, the others counted | `duplicate_vectors`, `near_duplicates`, `empty_id`, `similar_ids`, `subject_in_two_classes`, `repeated_sample_id` |
//! | `warning`: kept, one for each class | `class_with_one_sample`, `class_with_one_subject` |
//! | `note`: advice | `fewer_subjects_than_folds`, `imbalanced_classes`, `norms_differ`, `unlabelled`, `without_subjects`, `near_duplicates_not_searched` |

mod admit;
mod duplicates;
mod error;
mod ids;
mod review;
#[cfg(test)]
mod tests;
mod values;

pub use admit::admit;
pub(crate) use duplicates::duplicate_clusters;
pub use duplicates::merged_subjects;
pub use error::AdmissionError;
pub use review::review;

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
    /// The records that are used, in the order of the source.
    pub dataset: Dataset,
    /// What was set aside, in the order of the source, then what is odd about the rest.
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
    /// Whether near-duplicates are looked for, which takes time with the square of the samples.
    pub search_duplicates: bool,
}

impl Default for ReviewParams {
    fn default() -> ReviewParams {
        ReviewParams {
            duplicate_distance: 0.25,
            n_folds: 10,
            search_duplicates: true,
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

/// How many findings of one kind are listed one by one; the rest are counted in one more finding.
const LISTED: usize = 20;

/// The findings of the first [`LISTED`] items, and one that counts the items beyond, where there are
/// any.
///
/// A file of a million rows with one habit deserves one remark, not a million.
fn list_first<T>(
    items: &[T],
    describe: impl Fn(&T) -> Finding,
    count_rest: impl Fn(usize) -> String,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = items.iter().take(LISTED).map(describe).collect();
    if items.len() > LISTED {
        let (severity, code) = (findings[0].severity, findings[0].code);
        findings.push(Finding::new(
            severity,
            code,
            count_rest(items.len() - LISTED),
        ));
    }
    findings
}

/// `1 sample`, `2 samples`: a number and its noun.
fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('s')) {
        (1, _) => format!("1 {noun}"),
        // "class" and the like.
        (_, Some(_)) => format!("{count} {noun}es"),
        (_, None) => format!("{count} {noun}s"),
    }
}
