use super::*;
use crate::kernels::InstructionSet;
use crate::random::{Stream, Use};

#[test]
fn the_peak_is_the_greatest_size() {
    let mut stream = Stream::new(18, Use::Synth, 0);
    for len in 0..40 {
        let x: Vec<f64> = (0..len).map(|_| stream.normal()).collect();
        let expected = x.iter().fold(0.0_f64, |peak, x| peak.max(x.abs()));
        for set in InstructionSet::available() {
            assert_eq!(peak(set, &x), expected, "{set:?}");
        }
    }
}

/// By division and the definitions of the sums; halves apart, which may go either way.
#[test]
fn whole_numbers_are_the_nearest_and_what_is_lost_is_measured() {
    let mut stream = Stream::new(19, Use::Synth, 0);
    for len in 0..40 {
        let x: Vec<f64> = (0..len).map(|_| 100.0 * stream.normal()).collect();
        let factor = x.iter().fold(1e-3_f64, |peak, x| peak.max(x.abs())) / 32_767.0;
        let expected: Vec<f64> = x.iter().map(|x| (x / factor).round()).collect();
        let squares: f64 = expected.iter().map(|q| q * q).sum();
        let lost = x.iter().zip(&expected);
        let lost: f64 = lost.map(|(x, q)| (x - factor * q) * (x - factor * q)).sum();
        for set in InstructionSet::available() {
            let mut values = vec![0; len];
            let (found_squares, found_lost) = quantize(set, &x, factor, &mut values);
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            assert_eq!(values, expected, "{set:?}");
            // Sums of whole numbers are exact, the others rounded.
            assert_eq!(found_squares, squares, "{set:?}");
            assert!((found_lost - lost).abs() <= 1e-9 * lost, "{set:?}");
        }
    }
}
