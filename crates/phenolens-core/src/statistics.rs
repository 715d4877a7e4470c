//! Intervals and tests that know numbers only: no samples, no classes, no folds.

mod binomial;
mod clustered;
mod holm;
mod hypergeometric;
mod interval;
mod newcombe;
mod student;
mod wilson;

pub use binomial::mcnemar_p_value;
pub use clustered::{Clustered, clustered_difference, clustered_interval};
pub use holm::holm;
pub use hypergeometric::hypergeometric_tail;
pub(crate) use interval::percentile;
pub use interval::{Interval, percentile_interval};
pub use newcombe::{Proportion, difference_of_proportions};
pub use student::{corrected_interval, student_interval, student_p_value};
pub use wilson::wilson_interval;
