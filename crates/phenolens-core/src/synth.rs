//! Synthetic cohorts with the structure of real ones: to try the program, to test it, to time it.
//!
//! # The model
//!
//! Image `i` of subject `s` in class `c` is
//!
//! ```text
//! x  =  22 exp(ν z) / √q  ·  B (√o m + √a g_c + √b h_s + √e f_i)        o + a + b + e = 1
//! ```
//!
//! with `m`, `g_c`, `h_s`, `f_i` vectors of `q` standard normal numbers: what all images share, and
//! the effects of class, subject and image; `z` another standard normal number; and `B` a random
//! matrix of `q = min(56, n_dims)` orthonormal columns. So vectors are about 22 long, and expected
//! cosine distances follow from the shares of the variance alone: about `e` between two images of one
//! subject, `e + b` within a class, `e + b + a` between classes. `ν` spreads the lengths, which
//! confuses euclidean distances but not cosine ones.
//!
//! * Subjects per class fall geometrically, the largest class having `imbalance` times as many as the
//!   smallest.
//! * Every subject has one image. Three of five further images go to a random subject, the others to
//!   the subject of an earlier further image: most subjects have one, a few have many.
//! * A near-duplicate is an image of another subject of the same class, turned by a cosine distance
//!   between 0.03 and 0.2.
//!
//! Every group and image has a random stream of its own, so that threads do not change a bit.

mod cohort;
mod params;
mod plan;
#[cfg(test)]
mod tests;

pub use cohort::synthesize;
pub use params::{SynthError, SynthParams};
