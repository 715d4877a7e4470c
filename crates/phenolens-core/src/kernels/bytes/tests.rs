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
