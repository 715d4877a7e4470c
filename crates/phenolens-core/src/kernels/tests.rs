use super::*;
use crate::random::{Stream, Use};

/// Vectors of every length around the lane count, with values of very different size.
fn pairs() -> Vec<(Vec<f32>, Vec<f32>)> {
    let mut stream = Stream::new(5, Use::Synth, 0);
    let mut vector = |len: usize| -> Vec<f32> {
        (0..len)
            .map(|_| {
                let exponent = stream.below(41) as f64 - 20.0;
                (stream.normal() * libm::exp2(exponent)) as f32
            })
            .collect()
    };
    (0..70).map(|len| (vector(len), vector(len))).collect()
}

/// The order of summation word for word: lane by lane, then the lanes in halves.
fn in_lane_order(terms: &[f64]) -> f64 {
    let mut lanes: Vec<f64> = (0..16)
        .map(|lane| {
            terms
                .iter()
                .skip(lane)
                .step_by(16)
                .fold(0.0, |sum, term| sum + term)
        })
        .collect();
    while lanes.len() > 1 {
        let (low, high) = lanes.split_at(lanes.len() / 2);
        lanes = low.iter().zip(high).map(|(low, high)| low + high).collect();
    }
    lanes[0]
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_stated_order() {
    for set in InstructionSet::available() {
        for (x, y) in pairs() {
            let products: Vec<f64> = x
                .iter()
                .zip(&y)
                .map(|(&x, &y)| f64::from(x) * f64::from(y))
                .collect();
            let expected = in_lane_order(&products);
            assert_eq!(dot(set, &x, &y).to_bits(), expected.to_bits(), "{set:?}");

            let squares: Vec<f64> = x
                .iter()
                .zip(&y)
                .map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2))
                .collect();
            let expected = in_lane_order(&squares);
            assert_eq!(
                squared_distance(set, &x, &y).to_bits(),
                expected.to_bits(),
                "{set:?}"
            );

            // Thirds are no 32-bit numbers.
            let wide: Vec<f64> = x.iter().map(|&x| f64::from(x) / 3.0).collect();
            let terms = |term: fn(f64, f64) -> f64| -> Vec<f64> {
                let pairs = wide.iter().zip(&y);
                pairs.map(|(&x, &y)| term(x, f64::from(y))).collect()
            };
            let expected = in_lane_order(&terms(|x, y| x * y));
            assert_eq!(wide_dot(set, &wide, &y).to_bits(), expected.to_bits());
            let expected = in_lane_order(&terms(|x, y| (x - y).powi(2)));
            assert_eq!(
                wide_squared_distance(set, &wide, &y).to_bits(),
                expected.to_bits()
            );
        }
    }
}

/// Word for word: four products in 8 lanes, four terms added one after another.
#[test]
fn four_vectors_at_a_time_give_the_bits_of_the_stated_order() {
    let mut stream = Stream::new(14, Use::Synth, 0);
    for len in 0..40 {
        let vectors: Vec<Vec<f64>> = (0..5)
            .map(|_| (0..len).map(|_| stream.normal()).collect())
            .collect();
        let [a, b, c, d, x] = std::array::from_fn(|index| vectors[index].as_slice());
        let in_eight_lanes = |row: &[f64]| {
            let mut lanes = [0.0; 8];
            for (index, (row, x)) in row.iter().zip(x).enumerate() {
                lanes[index % 8] += row * x;
            }
            let fours: [f64; 4] = std::array::from_fn(|lane| lanes[lane] + lanes[lane + 4]);
            (fours[0] + fours[2]) + (fours[1] + fours[3])
        };
        let factors = [0.5, -1.0 / 3.0, 7.0, 1e-9];
        let [f, g, h, i] = factors;
        let sums: Vec<f64> = (0..len)
            .map(|at| x[at] + (((f * a[at] + g * b[at]) + h * c[at]) + i * d[at]))
            .collect();
        let narrow: Vec<f32> = a.iter().map(|&value| value as f32).collect();
        let differences: Vec<f64> = (0..len)
            .map(|at| g * f64::from(narrow[at]) - x[at])
            .collect();
        for set in InstructionSet::available() {
            assert_eq!(
                dot_four(set, [a, b, c, d], x).map(f64::to_bits),
                [a, b, c, d].map(|row| in_eight_lanes(row).to_bits()),
                "{set:?}"
            );
            let mut sum = x.to_vec();
            add_four_scaled(set, &mut sum, factors, [a, b, c, d]);
            assert_eq!(sum, sums, "{set:?}");
            let mut difference = vec![0.0; len];
            scaled_difference(set, &narrow, g, x, &mut difference);
            assert_eq!(difference, differences, "{set:?}");
        }
    }
}

#[test]
fn products_in_32_bits_are_the_same_bits_and_within_their_bound() {
    let n_dims = 64;
    let mut stream = Stream::new(6, Use::Synth, 0);
    let values: Vec<f32> = (0..9 * n_dims).map(|_| stream.normal() as f32).collect();
    let (rows, columns) = values.split_at(4 * n_dims);
    let row = |index: usize| &rows[index * n_dims..][..n_dims];
    let roundings = (n_dims / LANES + 5) as f64 * libm::exp2(-24.0);
    let bound = roundings / (1.0 - roundings);
    let mut of_plain = None;
    for set in InstructionSet::available() {
        let mut products = [0.0_f32; 4 * 5];
        let mut parts = products.chunks_mut(5);
        let parts: [&mut [f32]; 4] = std::array::from_fn(|_| parts.next().unwrap());
        dot_rows(
            set,
            [row(0), row(1), row(2), row(3)],
            columns,
            n_dims,
            parts,
        );
        for (cell, &product) in products.iter().enumerate() {
            let (x, y) = (row(cell / 5), &columns[cell % 5 * n_dims..][..n_dims]);
            let exact: f64 = x
                .iter()
                .zip(y)
                .map(|(&x, &y)| f64::from(x) * f64::from(y))
                .sum();
            let scale = (dot(set, x, x) * dot(set, y, y)).sqrt();
            assert!((f64::from(product) - exact).abs() <= bound * scale);
        }
        let bits: Vec<u32> = products.iter().map(|product| product.to_bits()).collect();
        assert_eq!(*of_plain.get_or_insert(bits.clone()), bits, "{set:?}");
    }
}

#[test]
fn instruction_sets_that_this_processor_lacks_are_named() {
    let available: Vec<&str> = InstructionSet::available()
        .into_iter()
        .map(InstructionSet::name)
        .collect();
    assert_eq!(available[0], "plain");
    for name in ["avx2", "avx512"] {
        if !available.contains(&name) {
            eprintln!("SKIPPED: this processor has no {name}; its copy of the kernels is not run");
        }
    }
}
