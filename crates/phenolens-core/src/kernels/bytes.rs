//! Vectors of 8-bit whole numbers.
//!
//! As with sketches, products are sums of whole numbers, the same in any order.

#[cfg(test)]
mod tests;

use super::sketches::round;
use super::{InstructionSet, Level, multiversion};

multiversion! {
    /// Rounds `x / factor` to whole numbers; gives `∑ q²` and `∑ (x - factor q)²`.
    ///
    /// * `values`: written, shape as `x`; of every `x / factor` the size is at most 127.
    pub(crate) fn round_to_bytes(x: &[f64], factor: f64, values: &mut [i8]) -> (f64, f64)
        = round_to_bytes_body;
}

#[inline(always)]
fn round_to_bytes_body(x: &[f64], factor: f64, values: &mut [i8]) -> (f64, f64) {
    const WIDTH: usize = 8;
    let (mut squares, mut lost) = ([0.0; WIDTH], [0.0; WIDTH]);
    let mut add = |lane: usize, x: f64, value: &mut i8| {
        let rounded = round(x / factor);
        *value = rounded as i32 as i8;
        squares[lane] += rounded * rounded;
        let difference = x - factor * rounded;
        lost[lane] += difference * difference;
    };
    let (x_chunks, x_rest) = x.as_chunks::<WIDTH>();
    let (value_chunks, value_rest) = values.as_chunks_mut::<WIDTH>();
    for (x, values) in x_chunks.iter().zip(value_chunks) {
        for lane in 0..WIDTH {
            add(lane, x[lane], &mut values[lane]);
        }
    }
    for (x, value) in x_rest.iter().zip(value_rest) {
        add(0, *x, value);
    }
    (squares.iter().sum(), lost.iter().sum())
}

multiversion! {
    /// The greatest size of a number in a vector; 0 where there is none.
    pub(crate) fn peak(x: &[f64]) -> f64 = peak_body;
}

#[inline(always)]
fn peak_body(x: &[f64]) -> f64 {
    const WIDTH: usize = 8;
    let greater = |peak: f64, x: f64| if x.abs() > peak { x.abs() } else { peak };
    let mut peaks = [0.0; WIDTH];
    let (chunks, rest) = x.as_chunks::<WIDTH>();
    for x in chunks {
        for lane in 0..WIDTH {
            peaks[lane] = greater(peaks[lane], x[lane]);
        }
    }
    let rest = rest.iter().copied();
    peaks.into_iter().chain(rest).fold(0.0, greater)
}

/// Inner product of two vectors of whole numbers from -127 to 127, at most 133,000 of them.
///
/// * `x`, `y`: shape `(n_dims,)`; what one has beyond the other is ignored.
#[inline]
pub(crate) fn byte_product(instruction_set: InstructionSet, x: &[i8], y: &[i8]) -> i32 {
    match instruction_set.level() {
        Level::Plain => plain_product(x, y),
        // SAFETY: an `InstructionSet` of one of these levels exists only where the processor has AVX2.
        // There is no wider twin: AVX-512 cannot move signs from one number to another.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 | Level::Avx512 => unsafe { avx2::product(x, y) },
    }
}

/// What the other is compared with.
fn plain_product(x: &[i8], y: &[i8]) -> i32 {
    let pairs = x.iter().zip(y);
    pairs.map(|(&x, &y)| i32::from(x) * i32::from(y)).sum()
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::plain_product;

    /// Numbers in a register.
    const WIDTH: usize = 32;

    /// By `|x| (y with the sign of x)`, since the instruction for products of bytes takes one side
    /// without signs. It adds two of them in 16 bits, which suffice for `2 · 127²`.
    #[target_feature(enable = "avx2")]
    pub(super) fn product(x: &[i8], y: &[i8]) -> i32 {
        let (x_chunks, x_rest) = x.as_chunks::<WIDTH>();
        let (y_chunks, y_rest) = y.as_chunks::<WIDTH>();
        let mut sums = _mm256_setzero_si256();
        for (x, y) in x_chunks.iter().zip(y_chunks) {
            // SAFETY: both chunks hold 256 bits, and the loads need no alignment.
            let (x, y) = unsafe {
                (
                    _mm256_loadu_si256(x.as_ptr().cast()),
                    _mm256_loadu_si256(y.as_ptr().cast()),
                )
            };
            let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(y, x));
            let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
            sums = _mm256_add_epi32(sums, fours);
        }
        total(sums) + plain_product(x_rest, y_rest)
    }

    #[target_feature(enable = "avx2")]
    fn total(sums: __m256i) -> i32 {
        let halves = _mm_add_epi32(
            _mm256_castsi256_si128(sums),
            _mm256_extracti128_si256::<1>(sums),
        );
        let quarters = _mm_add_epi32(halves, _mm_shuffle_epi32::<0b01_00_11_10>(halves));
        let eighths = _mm_add_epi32(quarters, _mm_shuffle_epi32::<0b10_11_00_01>(quarters));
        _mm_cvtsi128_si32(eighths)
    }
}
