use super::*;
use crate::kernels::InstructionSet;
use crate::neighbors::Distance;
use crate::neighbors::tests::{dataset, normal_values};

/// Vectors of lengths from 1e-3 to 1e3, some of one direction, some opposite.
fn vectors(n_dims: usize) -> Vec<f32> {
    let mut values = normal_values(60 * n_dims, 31);
    for (index, vector) in values.chunks_mut(n_dims).enumerate() {
        if index % 5 == 0 {
            vector.fill(if index % 2 == 0 { 1.0 } else { -1.0 });
        }
        let scale = 10.0_f32.powi(index as i32 % 7 - 3);
        vector.iter_mut().for_each(|x| *x *= scale);
    }
    values
}

/// The distance is summed by definition; 1e-14 covers the rounding of these sums. Nearly equal
/// directions leave the bound no closer than the root of the key's own rounding.
#[test]
fn no_distance_is_beyond_that_of_its_cosine_key_and_few_are_far_below() {
    for n_dims in [1, 3, 17, 320] {
        let dataset = dataset(vectors(n_dims), n_dims);
        let keys = Keys::new(&dataset, Distance::Cosine, InstructionSet::PLAIN);
        let of: Vec<f64> = keys.squared_norms().iter().map(|x| x.sqrt()).collect();
        let lengths = Lengths {
            ranges: vec![[
                of.iter().copied().fold(f64::INFINITY, f64::min),
                of.iter().copied().fold(0.0, f64::max),
            ]],
            of,
            rounding: rounding_of_keys(n_dims),
            angles: Vec::new(),
            excess: 0.0,
            allowance: 0.0,
        };
        for a in 0..60 {
            for b in 0..60 {
                let pairs = dataset.vector(a).iter().zip(dataset.vector(b));
                let squares = pairs.map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2));
                let distance = squares.sum::<f64>().sqrt();
                let key = keys.key(a, b);
                let bound = lengths.greatest(key, lengths.of[a], lengths.of[b]);
                assert!(distance <= bound * (1.0 + 1e-14), "{distance} {bound}");
                let rounding = 3.0 * lengths.rounding * lengths.of[a] * lengths.of[b];
                let excess = bound.powi(2) - distance.powi(2);
                assert!(
                    excess <= 2.0 * rounding + 1e-9 * distance.powi(2),
                    "{distance} {bound}"
                );
                assert!(bound <= lengths.greatest_to(0, key, a));

                let (a, b) = (lengths.of[a], lengths.of[b]);
                let greatest = lengths.greatest_key(distance * (1.0 + 1e-14), a, b);
                let slack = (4.0 * lengths.rounding + 1e-11) * (a + b).powi(2) / (a * b);
                assert!(
                    greatest >= key && greatest <= key + slack,
                    "{key} {greatest}"
                );
            }
        }
    }
}
