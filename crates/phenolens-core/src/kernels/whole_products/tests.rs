use super::*;
use crate::random::{Stream, Use};

/// The greatest length of a vector.
const GREATEST: f64 = 46_340.0;

fn length(x: &[i16]) -> f64 {
    let square = |&x: &i16| f64::from(x) * f64::from(x);
    x.iter().map(square).sum::<f64>().sqrt()
}

fn by_definition(x: &[i16], y: &[i16]) -> i64 {
    let products = x.iter().zip(y);
    products.map(|(&x, &y)| i64::from(x) * i64::from(y)).sum()
}

/// Every length around those of a register and of several, with numbers of the greatest size among the
/// others.
#[test]
fn products_are_those_of_the_definition() {
    let mut stream = Stream::new(17, Use::Synth, 0);
    for len in 0..420 {
        let mut vector = |len: usize| -> Vec<i16> {
            let mut vector: Vec<i16> = (0..len)
                .map(|_| (stream.below(3001) as i32 - 1500) as i16)
                .collect();
            if let Some(large) = vector.get_mut(stream.below(len.max(1))) {
                *large = [32_767, -32_767][stream.below(2)];
            }
            vector
        };
        let (x, y, longer) = (vector(len), vector(len), vector(len + 40));
        for (x, y) in [(&x, &y), (&x, &longer), (&longer, &y)] {
            assert!(length(x) <= GREATEST && length(y) <= GREATEST);
            for set in InstructionSet::available() {
                let product = i64::from(whole_product(set, x, y));
                assert_eq!(product, by_definition(x, y), "{len} {set:?}");
            }
        }
    }
}

/// Of vectors of the greatest length, in few dimensions and in many.
#[test]
fn the_greatest_products_do_not_overflow() {
    for (n_dims, number) in [(2, 32_767), (322, 2582), (400_000, 73)] {
        for (of_x, of_y) in [(number, number), (number, -number), (-number, -number)] {
            let (x, y) = (vec![of_x; n_dims], vec![of_y; n_dims]);
            assert!(length(&x) <= GREATEST && length(&x) > 0.99 * GREATEST);
            for set in InstructionSet::available() {
                let product = i64::from(whole_product(set, &x, &y));
                assert_eq!(product, by_definition(&x, &y), "{set:?}");
            }
        }
    }
}
