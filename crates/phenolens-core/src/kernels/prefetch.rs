/// Asks the processor to fetch a vector that is soon read; changes no result.
///
/// Only its beginning is asked for: the processor itself goes on with what follows, while requests for
/// all of it would wait for each other.
#[inline(always)]
pub(crate) fn prefetch(vector: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

        /// Numbers in a line of the cache.
        const PER_LINE: usize = 16;

        /// Lines that are asked for.
        const N_LINES: usize = 4;
        for line in vector.chunks(PER_LINE).take(N_LINES) {
            // SAFETY: every x86-64 processor has the instruction, and it reads nothing.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = vector;
}
