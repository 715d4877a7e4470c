//! Rounding of vectors to whole numbers of 16 bits.

#[cfg(test)]
mod tests;

use super::multiversion;

multiversion! {
    /// Rounds `factor x` to whole numbers.
    ///
    /// * `values`: written; what `x` has beyond it is ignored.
    pub(crate) fn round_to_sketch(x: &[f64], factor: f64, values: &mut [i16]) = round_to_sketch_body;
}

multiversion! {
    /// Rounds `x / factor`, nearly, to whole numbers; gives `∑ q²` and `∑ (x - factor q)²`.
    ///
    /// * `factor`: above 10⁻³⁰⁰; of every `x / factor` the size is at most 32,767;
    /// * `values`: written, shape as `x`.
    pub(crate) fn quantize(x: &[f64], factor: f64, values: &mut [i16]) -> (f64, f64) = quantize_body;
}

multiversion! {
    /// The greatest size of a number in a vector; 0 where there is none.
    pub(crate) fn peak(x: &[f64]) -> f64 = peak_body;
}

/// Added to a number below 2⁵¹ it leaves no digits for a fraction: the sum ends in the nearest whole number,
/// as its last bits.
const SHIFT: f64 = (1_u64 << 52) as f64 * 1.5;

/// Sums side by side.
const WIDTH: usize = 8;

#[inline(always)]
fn round_to_sketch_body(x: &[f64], factor: f64, values: &mut [i16]) {
    for (value, x) in values.iter_mut().zip(x) {
        *value = (x * factor + SHIFT).to_bits() as i16;
    }
}

#[inline(always)]
fn quantize_body(x: &[f64], factor: f64, values: &mut [i16]) -> (f64, f64) {
    let (mut squares, mut lost) = ([0.0; WIDTH], [0.0; WIDTH]);
    // A product is faster than a quotient: what is half-way between two numbers may go to either.
    let per_unit = 1.0 / factor;
    let mut add = |lane: usize, x: f64, value: &mut i16| {
        let shifted = x * per_unit + SHIFT;
        *value = shifted.to_bits() as i16;
        let rounded = shifted - SHIFT;
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

#[inline(always)]
fn peak_body(x: &[f64]) -> f64 {
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
