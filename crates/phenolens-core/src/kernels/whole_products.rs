//! Inner products of vectors of whole numbers.
//!
//! Sums are of whole numbers, so that every order and every instruction set gives the same ones. Where
//! the processor has VNNI one instruction multiplies and adds.

#[cfg(test)]
mod tests;

use super::{InstructionSet, Level, multiversion};

/// Inner product of two vectors of whole numbers, of length 46,340 each at most: by the Cauchy-Schwarz
/// inequality no part of the sum exceeds 32 bits.
///
/// * `x`, `y`: shape `(n_dims,)`, numbers from -32,767 to 32,767; what one has beyond the other is
///   ignored.
pub(crate) fn whole_product(instruction_set: InstructionSet, x: &[i16], y: &[i16]) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if has_vnni(instruction_set) {
        // SAFETY: the processor has AVX-512BW, by the instruction set, and was asked for VNNI.
        return unsafe { vnni::whole_product(x, y) };
    }
    whole_product_without(instruction_set, x, y)
}

/// Whether VNNI may be used and is there.
#[cfg(target_arch = "x86_64")]
pub(super) fn has_vnni(instruction_set: InstructionSet) -> bool {
    instruction_set.level() == Level::Avx512 && is_x86_feature_detected!("avx512vnni")
}

multiversion! {
    fn whole_product_without(x: &[i16], y: &[i16]) -> i32 = whole_product_body;
}

#[inline(always)]
fn whole_product_body(x: &[i16], y: &[i16]) -> i32 {
    let products = x.iter().zip(y).map(|(&x, &y)| i32::from(x) * i32::from(y));
    products.sum()
}

#[cfg(target_arch = "x86_64")]
mod vnni {
    use std::arch::x86_64::*;

    /// Numbers in a register.
    const WIDTH: usize = 32;

    /// Sums side by side: one alone would wait for itself.
    const N_SUMS: usize = 4;

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn whole_product(x: &[i16], y: &[i16]) -> i32 {
        let n = x.len().min(y.len());
        let (x_chunks, x_rest) = x[..n].as_chunks::<{ N_SUMS * WIDTH }>();
        let (y_chunks, y_rest) = y[..n].as_chunks::<{ N_SUMS * WIDTH }>();
        let mut sums = [_mm512_setzero_si512(); N_SUMS];
        for (x, y) in x_chunks.iter().zip(y_chunks) {
            for (part, sum) in sums.iter_mut().enumerate() {
                // SAFETY: both chunks hold `N_SUMS` registers, and the loads need no alignment.
                let (x, y) = unsafe {
                    (
                        _mm512_loadu_si512(x.as_ptr().add(part * WIDTH).cast()),
                        _mm512_loadu_si512(y.as_ptr().add(part * WIDTH).cast()),
                    )
                };
                *sum = _mm512_dpwssd_epi32(*sum, x, y);
            }
        }
        let n_rest = x_rest.len();
        for (first, sum) in (0..n_rest).step_by(WIDTH).zip(&mut sums) {
            let mask = u32::MAX >> (WIDTH - WIDTH.min(n_rest - first));
            // SAFETY: the mask lets numbers before `n_rest` be read alone, which both vectors have.
            let (x, y) = unsafe {
                (
                    _mm512_maskz_loadu_epi16(mask, x_rest.as_ptr().add(first)),
                    _mm512_maskz_loadu_epi16(mask, y_rest.as_ptr().add(first)),
                )
            };
            *sum = _mm512_dpwssd_epi32(*sum, x, y);
        }
        let [first, second, third, fourth] = sums;
        let halves = [
            _mm512_add_epi32(first, second),
            _mm512_add_epi32(third, fourth),
        ];
        _mm512_reduce_add_epi32(_mm512_add_epi32(halves[0], halves[1]))
    }
}
