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
//! # What can be planted
//!
//! Each effect has a parameter of [`SynthParams`] and a size, and they can be combined:
//!
//! * a leak: a share `b` of subjects above 0, and several images of one subject;
//! * a confusable pair: the effects of the first two classes, moved together;
//! * wrong labels: pairs of subjects that carry each other's; [`synthetic_subjects`] tells which;
//! * something to mend: variance in four directions `N_r` that differs from image to image and says
//!   nothing of the class, `+ √(u/4) √q ∑ z_ir N_r`, with `o + a + b + u + e = 1`: neighbors are led
//!   astray by it, and linear discriminants see through it;
//! * a group: the last subjects of every class, with image effects some times as large;
//! * blank images: `x = √o m + √(1 - o) f_i`, which tell nothing of the class to anyone.
//!
//! With [`Layout::Equidistant`] the effects `m` and `g_c` are orthogonal to one another and as long as
//! they are otherwise on the average, and `q = n_dims`. [`SynthParams::nothing_to_find`] has nothing planted and nothing
//! unequal.
//!
//! Every group and image has a random stream of its own, so that threads do not change a bit.
//!
//! # For speed
//!
//! [`mixture`] makes another kind of data: as many samples as memory holds, on curved sheets.

mod cohort;
mod effects;
mod mixture;
mod params;
mod plan;
#[cfg(test)]
mod tests;

pub use cohort::{SynthSubject, synthesize, synthetic_subjects};
pub use mixture::{MixtureParams, mixture};
pub use params::{Layout, SynthError, SynthParams};

use crate::random::{Stream, Use};

/// What a random stream decides; with a number, one stream each.
#[derive(Clone, Copy)]
enum Part {
    Plan = 0,
    Basis = 1,
    Common = 2,
    Class = 3,
    Subject = 4,
    Sample = 5,
    Duplicate = 6,
    Layout = 7,
    Nuisance = 8,
    Blank = 9,
    Swap = 10,
    Clusters = 11,
    Block = 12,
}

fn stream(params: &SynthParams, part: Part, number: usize) -> Stream {
    seeded(params.seed, part, number)
}

fn seeded(seed: u64, part: Part, number: usize) -> Stream {
    Stream::new(seed, Use::Synth, (part as u64) << 40 | number as u64)
}
