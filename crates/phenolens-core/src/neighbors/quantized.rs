//! Whole vectors in 16 bits, whose distances are nearly the true ones.
//!
//! # The bound
//!
//! Let `x` be a sample as its distance sees it, less the center (see the sketches), and `x̃ = s q` what
//! is kept of it: whole numbers `q` and one scale `s` of its own, such that no number exceeds 32,767 and
//! the length of `x / s` does not exceed 46,000. The length `e = |x - x̃|` of what is lost is measured.
//! By the triangle inequality
//!
//! ```text
//! |x̃ - ỹ| - e - e'  ≤  |x - y|  ≤  |x̃ - ỹ| + e + e'
//! |x̃ - ỹ|²  =  s² |q|² + s'² |q'|² - 2 s s' q·q'
//! ```
//!
//! The products of whole numbers are exact: rounding lengthens `x / s` by at most `√d / 2`, so that up to
//! 400,000 dimensions `|q| ≤ 46,340`, and no part of a product exceeds `|q| |q'| < 2³¹`. What is done in 64
//! bits, `u = 2⁻⁵³`, is covered so: `e` is increased by the rounding of scale and center, at most
//! `2 (d + 16) u (|s x| + |c|)`, and by a factor of `1 + 4 (d + 16) u` for its own sum; the three terms of
//! the square are each within a factor `1 ± 4 u`, their sum within `16 u (s² |q|² + s'² |q'|²)`.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::kernels::{self, InstructionSet};

/// Half the spacing of 64-bit numbers at 1.
const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;

/// The most dimensions of which products stay within 32 bits.
pub(super) const MAX_DIMS: usize = 400_000;

/// The greatest whole number kept.
const GREATEST: f64 = 32_767.0;

/// The greatest length, before numbers are rounded.
const GREATEST_LENGTH: f64 = 46_000.0;

/// All samples in 16 bits, in some order.
pub(super) struct Quantized {
    n_dims: usize,
    /// Shape `(n_samples, n_dims)`.
    values: Vec<i16>,
    /// Shape `(n_samples,)`.
    scales: Vec<Scale>,
}

#[derive(Clone, Copy, Default)]
struct Scale {
    /// `s`
    factor: f64,
    /// `s² |q|²`
    squared: f64,
    /// `e`, rounding covered.
    error: f64,
}

/// How far two samples are apart at least.
#[derive(Clone, Copy)]
pub(super) struct Apart {
    /// `|x̃ - ỹ|²`, less its rounding.
    squared: f64,
    /// `e + e'`
    error: f64,
}

impl Apart {
    /// Whether it is proven that they are farther apart than this.
    #[inline]
    pub(super) fn is_beyond(self, distance: f64) -> bool {
        let reach = distance + self.error;
        // No root is taken: squares are rounded, and their sum before, by less than this.
        self.squared > reach * reach * (1.0 + 8.0 * UNIT)
    }
}

impl Quantized {
    /// Keeps samples in 16 bits.
    ///
    /// * `order`: the samples as they are to stand;
    /// * `center`: writes a sample, less the center, and gives a bound on the rounding in it.
    pub(super) fn new(
        n_dims: usize,
        order: &[u32],
        instruction_set: InstructionSet,
        center: impl Fn(usize, &mut Vec<f64>) -> f64 + Sync,
    ) -> Quantized {
        let mut values = vec![0; order.len() * n_dims];
        let mut scales = vec![Scale::default(); order.len()];
        values
            .par_chunks_mut(n_dims)
            .zip(&mut scales)
            .zip(order)
            .for_each_init(Vec::new, |vector, ((values, scale), &sample)| {
                let rounding = center(sample as usize, vector);
                *scale = quantize(instruction_set, vector, rounding, values);
            });
        Quantized {
            n_dims,
            values,
            scales,
        }
    }

    /// How far two are apart at least; see the module.
    pub(super) fn apart(&self, instruction_set: InstructionSet, a: usize, b: usize) -> Apart {
        let (squared, rounding) = self.kept(instruction_set, a, b);
        Apart {
            squared: squared - rounding,
            error: self.scales[a].error + self.scales[b].error,
        }
    }

    /// What the distance of two is at most.
    pub(super) fn upper_bound(&self, instruction_set: InstructionSet, a: usize, b: usize) -> f64 {
        let (squared, rounding) = self.kept(instruction_set, a, b);
        let kept = (squared + rounding).sqrt();
        (kept + (self.scales[a].error + self.scales[b].error)) * (1.0 + 8.0 * UNIT)
    }

    /// `|x̃ - ỹ|²` and what rounding may have changed in it; the sum of both is not negative.
    fn kept(&self, instruction_set: InstructionSet, a: usize, b: usize) -> (f64, f64) {
        let values = |place: usize| &self.values[place * self.n_dims..][..self.n_dims];
        let product = kernels::whole_product(instruction_set, values(a), values(b));
        let (a, b) = (self.scales[a], self.scales[b]);
        let both = a.squared + b.squared;
        let squared = both - 2.0 * a.factor * b.factor * f64::from(product);
        (squared, 16.0 * UNIT * both)
    }
}

fn quantize(
    instruction_set: InstructionSet,
    vector: &[f64],
    rounding: f64,
    values: &mut [i16],
) -> Scale {
    let peak = kernels::peak(instruction_set, vector);
    let length = kernels::dot_64(instruction_set, vector, vector).sqrt();
    let factor = (peak / GREATEST).max(length / GREATEST_LENGTH);
    let (squares, lost) = if factor > 0.0 {
        kernels::quantize(instruction_set, vector, factor, values)
    } else {
        (0.0, 0.0)
    };
    let slack = 4.0 * (vector.len() as f64 + 16.0) * UNIT;
    Scale {
        factor,
        squared: factor * factor * squares,
        // The differences themselves are rounded by up to u times the peak each.
        error: (lost.sqrt() + 2.0 * UNIT * peak * (vector.len() as f64).sqrt() + rounding)
            * (1.0 + slack),
    }
}
