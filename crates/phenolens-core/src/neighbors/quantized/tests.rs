use super::*;
use crate::random::{Stream, Use};

/// Vectors of sizes from 1e-30 to 1e30, some all 0, some with one huge value, some whole numbers.
fn vectors(n_dims: usize) -> Vec<Vec<f64>> {
    let mut stream = Stream::new(21, Use::Synth, n_dims as u64);
    (0..60)
        .map(|index| {
            let size = 10.0_f64.powi(index / 6 * 6 - 30);
            let mut vector: Vec<f64> = (0..n_dims).map(|_| size * stream.normal()).collect();
            match index % 6 {
                0 => vector.fill(0.0),
                1 => vector[0] = 1e6 * size,
                2 => vector
                    .iter_mut()
                    .for_each(|x| *x = (*x / size).round() * size),
                _ => {}
            }
            vector
        })
        .collect()
}

/// The distance is summed by definition; 1e-13 covers the rounding of these sums.
#[test]
fn the_distance_is_between_its_bounds_and_these_are_near() {
    for n_dims in [1, 7, 16, 33, 320] {
        let vectors = vectors(n_dims);
        let order: Vec<u32> = (0..60).collect();
        for set in InstructionSet::available() {
            let quantized = Quantized::new(n_dims, &order, set, |sample, vector| {
                vector.clone_from(&vectors[sample]);
                0.0
            });
            for (a, x) in vectors.iter().enumerate() {
                for (b, y) in vectors.iter().enumerate() {
                    let squares = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y));
                    let distance = squares.sum::<f64>().sqrt();
                    let apart = quantized.apart(set, a, b);
                    assert!(!apart.is_beyond(distance * (1.0 + 1e-13)), "{a} {b}");
                    // Rounding to the nearest of each twice, with room for what else is covered.
                    let [of_x, of_y] = [x, y].map(|x| {
                        let peak = x.iter().fold(0.0_f64, |peak, x| peak.max(x.abs()));
                        let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
                        (peak / 32_767.0).max(length / 46_000.0)
                    });
                    let loss = 1.01 * (of_x + of_y) * (n_dims as f64).sqrt();
                    let near = distance - loss;
                    assert!(
                        near < 0.0 || distance == 0.0 || apart.is_beyond(near),
                        "{a} {b}"
                    );
                    let upper = quantized.upper_bound(set, a, b);
                    assert!(
                        upper * (1.0 + 1e-13) >= distance && upper <= distance + loss,
                        "{a} {b}: {upper} {distance}"
                    );
                }
            }
        }
    }
}

#[test]
fn samples_stand_in_the_order_that_is_given() {
    let vectors = [vec![3.0, 0.0], vec![0.0, 4.0], vec![0.0, 0.0]];
    let quantized = Quantized::new(2, &[2, 0, 1], InstructionSet::PLAIN, |sample, vector| {
        vector.clone_from(&vectors[sample]);
        0.0
    });
    let is_apart = |a, b, distance: f64| {
        let apart = quantized.apart(InstructionSet::PLAIN, a, b);
        apart.is_beyond(distance - 1e-9) && !apart.is_beyond(distance + 1e-9)
    };
    assert!(is_apart(0, 1, 3.0));
    assert!(is_apart(1, 2, 5.0));
}
