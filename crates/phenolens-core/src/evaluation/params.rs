//! What is asked of an evaluation.

use serde::Serialize;

use super::{EvaluationError, Measure};
use crate::neighbors::Distance;

/// How neighbors are evaluated as a classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationParams {
    /// One neighbor table each; at least one.
    pub distances: Vec<Distance>,
    /// At least one; the first is the headline.
    pub protocols: Vec<Protocol>,
    /// Folds of the protocols that make their own; at least 2.
    pub n_folds: usize,
    /// The fold of every sample, for [`Protocol::FromFile`]; shape `(n_samples,)`, from 0.
    pub folds_from_file: Option<Vec<usize>>,
    /// How often the folds are drawn; at least 1. Folds from a file are evaluated once.
    pub n_repeats: usize,
    /// k runs from 1 to this; at least 1.
    pub k_max: usize,
    /// How neighbors are weighted; at least one.
    pub weights: Vec<Weights>,
    /// How equal scores are ordered.
    pub ties: Ties,
    /// The measure whose mean over folds chooses k.
    pub select_by: Measure,
    /// Bootstrap resamples and permutations; 0 for no intervals.
    pub n_resamples: usize,
    /// Confidence of the intervals; between 0 and 1.
    pub confidence: f64,
    /// Classes with fewer subjects are left out; 1 leaves out none.
    pub min_subjects: usize,
    /// Classes that are left out by name.
    pub exclude: Vec<String>,
    /// Seed of folds, resamples and permutations.
    pub seed: u64,
}

impl Default for EvaluationParams {
    fn default() -> EvaluationParams {
        EvaluationParams {
            distances: vec![Distance::Cosine, Distance::Euclidean],
            protocols: vec![Protocol::SubjectGrouped, Protocol::ImageLevel],
            n_folds: 10,
            folds_from_file: None,
            n_repeats: 1,
            k_max: 15,
            weights: vec![Weights::Uniform],
            ties: Ties::Nearest,
            select_by: Measure::F1Macro,
            n_resamples: 2000,
            confidence: 0.95,
            min_subjects: 1,
            exclude: Vec::new(),
            seed: 42,
        }
    }
}

impl EvaluationParams {
    /// Refuses what no dataset could suit, and changes nothing.
    pub(super) fn check(&self) -> Result<(), EvaluationError> {
        let nothing = |key| Err(EvaluationError::Nothing { key });
        if self.distances.is_empty() {
            return nothing("evaluation.distances");
        }
        if self.protocols.is_empty() {
            return nothing("evaluation.protocols");
        }
        if self.weights.is_empty() {
            return nothing("evaluation.weights");
        }
        let at_least = |key, value: usize, least: usize, range| {
            if value < least {
                return Err(EvaluationError::Range {
                    key,
                    value: value as f64,
                    range,
                });
            }
            Ok(())
        };
        at_least("evaluation.folds", self.n_folds, 2, "at least 2")?;
        at_least("evaluation.repeats", self.n_repeats, 1, "at least 1")?;
        at_least("evaluation.k_max", self.k_max, 1, "at least 1")?;
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            let (key, range) = ("evaluation.confidence", "above 0 and below 1");
            return Err(EvaluationError::Range {
                key,
                value: self.confidence,
                range,
            });
        }
        let has_cosine = self.distances.contains(&Distance::Cosine);
        if self.weights.contains(&Weights::Softmax) && !has_cosine {
            return Err(EvaluationError::Softmax);
        }
        Ok(())
    }
}

/// How samples are divided into training and test parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Stratified folds over subjects: all samples of a subject in one fold.
    SubjectGrouped,
    /// Stratified folds over samples; samples of one subject stand on both sides.
    ImageLevel,
    /// Every subject is tested by all others; there is nothing to draw, so that it is evaluated once.
    LeaveOneSubjectOut,
    /// Folds that the user gives.
    FromFile,
}

impl Protocol {
    /// The name in tables and settings, such as `subject-grouped`.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::SubjectGrouped => "subject-grouped",
            Protocol::ImageLevel => "image-level",
            Protocol::LeaveOneSubjectOut => "leave-one-subject-out",
            Protocol::FromFile => "from-file",
        }
    }

    /// Whether all samples of a subject are in one fold, whatever the data.
    pub fn holds_out_subjects(self) -> bool {
        matches!(
            self,
            Protocol::SubjectGrouped | Protocol::LeaveOneSubjectOut
        )
    }
}

/// The weight of a neighbor's vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// 1.
    Uniform,
    /// 1 / distance; where any distance is 0 those neighbors alone vote.
    Distance,
    /// exp((1 - distance) / 0.07); for the cosine distance only.
    Softmax,
}

impl Weights {
    /// The name in tables and settings.
    pub fn name(self) -> &'static str {
        match self {
            Weights::Uniform => "uniform",
            Weights::Distance => "distance",
            Weights::Softmax => "softmax",
        }
    }

    /// Whether votes by a distance can be weighted so.
    pub fn suit(self, distance: Distance) -> bool {
        self != Weights::Softmax || distance == Distance::Cosine
    }
}

/// How classes of equal score are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// The class whose nearest voter is nearer comes first; classes without a vote share the last
    /// ranks.
    Nearest,
    /// As scikit-learn does: `predict` takes the lowest class, top-k accuracy the highest.
    LowestClass,
}

impl Ties {
    /// The name in tables and settings.
    pub fn name(self) -> &'static str {
        match self {
            Ties::Nearest => "nearest",
            Ties::LowestClass => "lowest-class",
        }
    }
}
