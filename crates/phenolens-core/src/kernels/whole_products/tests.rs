use super::*;
use crate::random::{Stream, Use};

/// Every length around that of a register, with the greatest numbers of both signs among the others.
fn pairs() -> Vec<(Vec<i8>, Vec<i8>)> {
    let mut stream = Stream::new(17, Use::Synth, 0);
    let mut vector = |len: usize| -> Vec<i8> {
        (0..len)
            .map(|_| match stream.below(4) {
                0 => 127,
                1 => -127,
                _ => (stream.below(255) as i32 - 127) as i8,
            })
            .collect()
    };
    (0..140).map(|len| (vector(len), vector(len))).collect()
}

#[test]
fn products_are_those_of_the_definition() {
    for (x, y) in pairs() {
        let expected: i64 = x
            .iter()
            .zip(&y)
            .map(|(&x, &y)| i64::from(x) * i64::from(y))
            .sum();
        for set in InstructionSet::available() {
            assert_eq!(i64::from(byte_product(set, &x, &y)), expected, "{set:?}");
        }
    }
}

/// Products of the greatest numbers, as many as are allowed.
#[test]
fn the_greatest_products_do_not_overflow() {
    for (of_x, of_y) in [(127, 127), (127, -127), (-127, 127), (-127, -127)] {
        let (x, y) = (vec![of_x; 133_000], vec![of_y; 133_000]);
        let expected = 133_000 * i64::from(of_x) * i64::from(of_y);
        for set in InstructionSet::available() {
            assert_eq!(i64::from(byte_product(set, &x, &y)), expected, "{set:?}");
        }
    }
}

/// Every length around that of a register, and the greatest numbers of a sketch among the others.
#[test]
fn products_of_sketches_are_those_of_the_definition() {
    let mut stream = Stream::new(23, Use::Synth, 0);
    for len in 0..70 {
        let mut sketch = || -> Vec<i16> {
            let number = |at: usize| match (at, stream.below(2)) {
                (0, 0) => 22_000,
                (0, _) => -22_000,
                _ => (stream.below(4001) as i32 - 2000) as i16,
            };
            (0..len).map(number).collect()
        };
        let (x, y) = (sketch(), sketch());
        let products = x.iter().zip(&y);
        let expected: i64 = products.map(|(&x, &y)| i64::from(x) * i64::from(y)).sum();
        for set in InstructionSet::available() {
            assert_eq!(i64::from(sketch_product(set, &x, &y)), expected, "{set:?}");
        }
    }
}
