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
