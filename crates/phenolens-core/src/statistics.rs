//! Intervals and tests that know numbers only: no samples, no classes, no folds.

mod binomial;
mod holm;
mod hypergeometric;
mod interval;
mod student;
mod wilson;

pub use binomial::mcnemar_p_value;
pub use holm::holm;
pub use hypergeometric::hypergeometric_tail;
pub use interval::{Interval, percentile_interval};
pub use student::{corrected_interval, student_interval, student_p_value};
pub use wilson::wilson_interval;
