//! Sorting of many numbers that are nearly all different, as distances are.

/// Bits of a number that one pass deals by.
const DIGIT_BITS: u32 = 11;
const N_DIGITS: usize = 1 << DIGIT_BITS;

/// Passes: together they deal by the sign, the exponent and the upper 21 bits of the fraction.
const PASSES: u32 = 3;
const FIRST_BIT: u32 = 64 - DIGIT_BITS * PASSES;

/// Below this, a comparison sort is as fast.
const FEW: usize = 4096;

/// The numbers in rising order; none may be negative or NaN.
///
/// Numbers that are not negative stand in the order of their bits, so that dealing by eleven bits
/// three times (a radix sort, lowest digit first) orders them up to the last bits of their fractions;
/// the few that agree in all but those are then sorted among themselves.
pub(super) fn rising(mut values: Vec<f64>) -> Vec<f64> {
    if values.len() <= FEW {
        values.sort_unstable_by(f64::total_cmp);
        return values;
    }
    let mut dealt = vec![0.0; values.len()];
    for pass in 0..PASSES {
        let shift = FIRST_BIT + DIGIT_BITS * pass;
        let digit = |value: f64| (value.to_bits() >> shift) as usize % N_DIGITS;
        let mut places = [0; N_DIGITS];
        for &value in &values {
            places[digit(value)] += 1;
        }
        let mut n_before = 0;
        for place in &mut places {
            let count = *place;
            *place = n_before;
            n_before += count;
        }
        for &value in &values {
            let place = &mut places[digit(value)];
            dealt[*place] = value;
            *place += 1;
        }
        std::mem::swap(&mut values, &mut dealt);
    }
    let leading = |value: f64| value.to_bits() >> FIRST_BIT;
    for alike in values.chunk_by_mut(|&one, &other| leading(one) == leading(other)) {
        if alike.len() > 1 {
            alike.sort_unstable_by(f64::total_cmp);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, Use};

    #[test]
    fn numbers_of_every_kind_come_out_in_order() {
        let mut stream = Stream::new(2, Use::Synth, 0);
        let even: Vec<f64> = (0..3 * FEW).map(|_| stream.unit()).collect();
        let map = |change: &dyn Fn(f64) -> f64| even.iter().map(|&v| change(v)).collect();
        let lists = [
            even.clone(),
            even[..100].to_vec(),
            Vec::new(),
            map(&|value| value * value * value * 1e300),
            map(&|value| value * 1e-310),
            map(&|value| (value * 3.0).floor()),
            map(&|value| 1e6 + value * 1e-6),
            map(&|value| 1.0 + value * 1e-13),
            map(&|_| 0.25),
        ];
        for list in lists {
            let mut expected = list.clone();
            expected.sort_by(f64::total_cmp);
            assert_eq!(rising(list), expected);
        }
    }
}
