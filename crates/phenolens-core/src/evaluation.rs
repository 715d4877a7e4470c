//! How well neighbors predict the class, out of sample.

mod against_others;
mod bands;
mod chance;
mod cross_validation;
mod error;
mod evaluated;
mod fold_tests;
mod folds;
mod intervals;
mod k_sweep;
mod leakage;
mod measure;
mod measures;
mod nested;
mod notes;
mod params;
mod resampling;
mod results;
mod rise;
mod roc;
mod scores;
mod search;
mod splits;
mod subset;
mod votes;
mod voting;

pub use crate::statistics::Interval;
pub use chance::n_shuffles;
pub use cross_validation::{check_evaluation, cross_validate};
pub use error::EvaluationError;
pub(crate) use evaluated::Evaluated;
pub use leakage::{
    Control, DuplicateEffect, DuplicateTreatment, ExposedTo, Exposure, Leakage, Removal,
    RemovalPoint, audit_leakage,
};
pub use measure::{Measure, MeasureSet, Measures};
pub(crate) use measures::LEAST_SCORE;
pub use measures::{ClassFigures, Scorer, Workspace, confusion, per_class, prior_votes};
pub use params::{EvaluationParams, Protocol, Ties, Weights};
pub use resampling::{bootstrap, difference_interval, interval, swap_p_values};
pub(crate) use resampling::{resample_subjects, resample_subjects_in_lanes};
pub use results::{
    AgainstOthers, Chance, Comparison, Confusion, Evaluation, FoldTest, KBand, KPoint, McNemar,
    MeasureSummary, Nested, NestedFold, Optimism, PerClass, Prediction, ProtocolEvaluation, Rise,
    RocBand, RocCurve, RocSubject, Run,
};
pub use roc::roc_curves;
pub use scores::{SampleScores, Scores};
pub use votes::{Place, Votes};
pub(crate) use voting::{NeighborLists, VotingRule, vote, vote_jointly, vote_on};
