//! Inner products of vectors of whole numbers.
//!
//! Sums are of whole numbers, so that every order and every instruction set gives the same ones. Where
//! the processor has VNNI one instruction multiplies and adds.

#[cfg(test)]
mod tests;

use super::{InstructionSet, Level, multiversion};

/// Inner product of two vectors of whole numbers from -127 to 127, at most 133,000 of them.
///
/// * `x`, `y`: shape `(n_dims,)`; what one has beyond the other is ignored.
pub(crate) fn byte_product(instruction_set: InstructionSet, x: &[i8], y: &[i8]) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if has_vnni(instruction_set) {
        // SAFETY: the processor has AVX-512BW, by the instruction set, and was asked for VNNI.
        return unsafe { vnni::byte_product(x, y) };
    }
    byte_product_without(instruction_set, x, y)
}

/// Inner product of two sketches, shape `(n_coordinates,)` each; what one has beyond the other is
/// ignored.
pub(crate) fn sketch_product(instruction_set: InstructionSet, x: &[i16], y: &[i16]) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if has_vnni(instruction_set) {
        // SAFETY: as above.
        return unsafe { vnni::sketch_product(x, y) };
    }
    sketch_product_without(instruction_set, x, y)
}

/// Whether VNNI may be used and is there.
#[cfg(target_arch = "x86_64")]
pub(super) fn has_vnni(instruction_set: InstructionSet) -> bool {
    instruction_set.level() == Level::Avx512 && is_x86_feature_detected!("avx512vnni")
}

multiversion! {
    fn byte_product_without(x: &[i8], y: &[i8]) -> i32 = product_body;
}

multiversion! {
    fn sketch_product_without(x: &[i16], y: &[i16]) -> i32 = product_body;
}

#[inline(always)]
fn product_body<T: Copy + Into<i32>>(x: &[T], y: &[T]) -> i32 {
    x.iter().zip(y).map(|(&x, &y)| x.into() * y.into()).sum()
}

#[cfg(target_arch = "x86_64")]
mod vnni {
    use std::arch::x86_64::*;

    /// Bytes of a register.
    const BYTES: usize = 64;

    /// Numbers of 16 bits in a register.
    const WORDS: usize = 32;

    /// The instruction takes one factor without a sign: `x + 128`, of which the sum holds `128 ∑ y` too
    /// much. Both sums run modulo 2³², so that their difference is right though they may not be.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn byte_product(x: &[i8], y: &[i8]) -> i32 {
        let n = x.len().min(y.len());
        let shift = _mm512_set1_epi8(i8::MIN);
        let (mut shifted, mut excess) = (_mm512_setzero_si512(), _mm512_setzero_si512());
        for first in (0..n).step_by(BYTES) {
            // Beyond the end both are 0: the shifted one is 128 there, and 0 times that is 0.
            let mask = u64::MAX >> (BYTES - BYTES.min(n - first));
            // SAFETY: the mask lets bytes before `n` be read alone, which both vectors have.
            let (x, y) = unsafe {
                (
                    _mm512_maskz_loadu_epi8(mask, x.as_ptr().add(first)),
                    _mm512_maskz_loadu_epi8(mask, y.as_ptr().add(first)),
                )
            };
            shifted = _mm512_dpbusd_epi32(shifted, _mm512_xor_si512(x, shift), y);
            excess = _mm512_dpbusd_epi32(excess, shift, y);
        }
        _mm512_reduce_add_epi32(_mm512_sub_epi32(shifted, excess))
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn sketch_product(x: &[i16], y: &[i16]) -> i32 {
        let n = x.len().min(y.len());
        let mut sums = _mm512_setzero_si512();
        for first in (0..n).step_by(WORDS) {
            let mask = u32::MAX >> (WORDS - WORDS.min(n - first));
            // SAFETY: the mask lets numbers before `n` be read alone, which both vectors have.
            let (x, y) = unsafe {
                (
                    _mm512_maskz_loadu_epi16(mask, x.as_ptr().add(first)),
                    _mm512_maskz_loadu_epi16(mask, y.as_ptr().add(first)),
                )
            };
            sums = _mm512_dpwssd_epi32(sums, x, y);
        }
        _mm512_reduce_add_epi32(sums)
    }
}
