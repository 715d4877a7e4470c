use super::*;
use crate::random::{Stream, Use};

/// Points in a few clouds of different width, `size` across.
fn clouds(n: usize, size: f64, seed: u64) -> Vec<[f64; 2]> {
    let mut stream = Stream::new(seed, Use::Synth, 2);
    let centers: Vec<[f64; 2]> = (0..8)
        .map(|_| [size * stream.normal(), size * stream.normal()])
        .collect();
    (0..n)
        .map(|point| {
            let width = size * 0.05 * (1 + point % 8) as f64;
            let center = centers[point % 8];
            center.map(|value| value + width * stream.normal())
        })
        .collect()
}

/// The sums over all pairs in 64 bits, by definition.
fn by_definition(points: &[[f64; 2]]) -> (Vec<[f64; 2]>, f64) {
    let mut normalizer = 0.0;
    let forces = points.iter().enumerate().map(|(i, a)| {
        let mut force = [0.0; 2];
        for (j, b) in points.iter().enumerate() {
            let weight = 1.0 / (1.0 + (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2));
            normalizer += if i == j { 0.0 } else { weight };
            for axis in 0..2 {
                force[axis] += weight * weight * (a[axis] - b[axis]);
            }
        }
        force
    });
    let forces = forces.collect();
    (forces, normalizer)
}

fn root_mean_square(values: impl Iterator<Item = [f64; 2]> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let squares = values.map(|value| value[0] * value[0] + value[1] * value[1]);
    (squares.sum::<f64>() / n).sqrt()
}

/// What is the same for all points moves the whole map, and is taken from it after every step.
fn without_mean(forces: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mean = [0, 1]
        .map(|axis| forces.iter().map(|force| force[axis]).sum::<f64>() / forces.len() as f64);
    let centered = |force: &[f64; 2]| [force[0] - mean[0], force[1] - mean[1]];
    forces.iter().map(centered).collect()
}

fn check(points: &[[f64; 2]], spacing: f64, force_tolerance: f64, normalizer_tolerance: f64) {
    let (expected, expected_normalizer) = by_definition(points);
    let mut of_plain = None;
    for set in InstructionSet::available() {
        let mut forces = vec![[0.0_f32; 2]; points.len()];
        let normalizer = Interpolation::new(spacing, set)
            .repulsions(points, &mut forces)
            .unwrap();
        let bits = (forces.clone(), normalizer);
        assert_eq!(*of_plain.get_or_insert(bits.clone()), bits, "{set:?}");

        let forces: Vec<[f64; 2]> = forces.iter().map(|force| force.map(f64::from)).collect();
        let (forces, expected) = (without_mean(&forces), without_mean(&expected));
        let errors = forces
            .iter()
            .zip(&expected)
            .map(|(a, b)| [a[0] - b[0], a[1] - b[1]]);
        let error = root_mean_square(errors) / root_mean_square(expected.iter().copied());
        assert!(error <= force_tolerance, "{spacing}: {error}");
        let error = (normalizer / expected_normalizer - 1.0).abs();
        assert!(error <= normalizer_tolerance, "{spacing}: {error}");
    }
}

/// The tolerances are those at which the spacings were chosen; a wrong share, slope, kernel or scale
/// errs by far more. Closer nodes must give smaller errors, by about the fifth power of the spacing.
#[test]
fn forces_are_those_of_all_pairs() {
    for (size, seed) in [(1.0, 1), (5.0, 2), (20.0, 3)] {
        let points = clouds(900, size, seed);
        check(&points, 0.4, 5e-3, 3e-4);
        check(&points, 0.2, 2e-4, 1e-5);
    }
}

/// A map much smaller than the kernel: forces are nearly proportional to the positions, and must not
/// drown in the rounding of weights that are all nearly 1.
#[test]
fn forces_of_tiny_maps_are_not_lost() {
    for size in [1e-7, 1e-4, 1e-2] {
        check(&clouds(900, size, 4), 0.4, 1e-3, 1e-5);
    }
}

#[test]
fn a_grid_that_no_longer_suits_is_replaced() {
    let mut grid = Interpolation::new(0.4, InstructionSet::detect());
    for size in [1e-4, 30.0, 1.0, 2.0, 31.0, 30.0] {
        let points = clouds(300, size, 5);
        let mut forces = vec![[0.0_f32; 2]; points.len()];
        grid.repulsions(&points, &mut forces).unwrap();
        let (expected, _) = by_definition(&points);
        let forces: Vec<[f64; 2]> = forces.iter().map(|force| force.map(f64::from)).collect();
        let (forces, expected) = (without_mean(&forces), without_mean(&expected));
        let errors = forces
            .iter()
            .zip(&expected)
            .map(|(a, b)| [a[0] - b[0], a[1] - b[1]]);
        let error = root_mean_square(errors) / root_mean_square(expected.iter().copied());
        assert!(error <= 2e-2, "{size}: {error}");
    }
}

#[test]
fn positions_that_are_no_numbers_have_no_forces() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut points = clouds(100, 1.0, 6);
        points[50][1] = bad;
        let mut forces = vec![[0.0_f32; 2]; points.len()];
        let mut grid = Interpolation::new(0.4, InstructionSet::detect());
        assert_eq!(grid.repulsions(&points, &mut forces), None);
    }
}

#[test]
fn points_at_one_place_repel_nothing() {
    let mut forces = vec![[1.0_f32; 2]; 100];
    let mut grid = Interpolation::new(0.4, InstructionSet::detect());
    let normalizer = grid.repulsions(&[[3.0, -2.0]; 100], &mut forces).unwrap();
    // 100 · 99 pairs of weight 1; both sums have terms of the size 100² in 32 bits.
    assert!((normalizer - 9900.0).abs() < 1e-2, "{normalizer}");
    assert!(
        without_mean(&forces.iter().map(|f| f.map(f64::from)).collect::<Vec<_>>())
            .iter()
            .all(|force| *force == [0.0; 2])
    );
}

/// Shares sum to 1, slopes are their derivatives, and both follow from the recursion that defines
/// B-splines.
#[test]
fn shares_are_those_of_the_spline() {
    // M₁ is 1 on [0, 1); Mₖ(t) = (t Mₖ₋₁(t) + (k - t) Mₖ₋₁(t - 1)) / (k - 1).
    fn spline(order: usize, t: f64) -> f64 {
        if order == 1 {
            return f64::from((0.0..1.0).contains(&t));
        }
        let k = order as f64;
        (t * spline(order - 1, t) + (k - t) * spline(order - 1, t - 1.0)) / (k - 1.0)
    }
    for step in 0..50 {
        let u = f64::from(step) / 50.0;
        let (shares, slopes) = (spline::shares(u as f32), spline::slopes(u as f32));
        for node in 0..LANES {
            let t = u + 5.0 - node as f64;
            // A handful of operations on numbers up to 66 / 120, and u rounded to 32 bits.
            assert!((f64::from(shares[node]) - spline(6, t)).abs() < 1e-6);
            let slope = spline(5, t) - spline(5, t - 1.0);
            assert!((f64::from(slopes[node]) - slope).abs() < 3e-6);
        }
    }
}

mod transforms {
    use super::super::transform::{Complex, LANES, Plan, fast_length, transform};
    use super::*;

    fn values(length: usize) -> Vec<Complex> {
        let mut stream = Stream::new(11, Use::Synth, length as u64);
        let mut lanes = || std::array::from_fn(|_| stream.normal() as f32);
        (0..length)
            .map(|_| Complex {
                re: lanes(),
                im: lanes(),
            })
            .collect()
    }

    /// The literal transform of every lane, in 64 bits.
    fn by_definition(data: &[Complex], lane: usize) -> Vec<[f64; 2]> {
        let n = data.len();
        let element = |k: usize| {
            let mut sum = [0.0; 2];
            for (j, value) in data.iter().enumerate() {
                let angle = -std::f64::consts::TAU * (j * k % n) as f64 / n as f64;
                let (re, im) = (f64::from(value.re[lane]), f64::from(value.im[lane]));
                sum[0] += re * angle.cos() - im * angle.sin();
                sum[1] += re * angle.sin() + im * angle.cos();
            }
            sum
        };
        (0..n).map(element).collect()
    }

    #[test]
    fn transforms_match_their_definition_on_every_instruction_set() {
        for length in [
            1, 2, 3, 4, 5, 6, 8, 12, 20, 30, 32, 36, 45, 64, 100, 108, 120, 540,
        ] {
            let data = values(length);
            let plan = Plan::new(length);
            let mut of_plain = None;
            for set in InstructionSet::available() {
                let (mut found, mut scratch) = (data.clone(), data.clone());
                transform(set, &plan, &mut found, &mut scratch);
                assert_eq!(*of_plain.get_or_insert(found.clone()), found, "{set:?}");
                for lane in 0..LANES {
                    for (found, expected) in found.iter().zip(by_definition(&data, lane)) {
                        // Sums of n terms of size 1 grow as √n; every pass adds a rounding or two
                        // of 6e-8 of that.
                        let tolerance = 1e-6 * (length as f64).sqrt() * 5.0;
                        assert!((f64::from(found.re[lane]) - expected[0]).abs() < tolerance);
                        assert!((f64::from(found.im[lane]) - expected[1]).abs() < tolerance);
                    }
                }
            }
        }
    }

    #[test]
    fn fast_lengths_suffice_and_waste_little() {
        for least in 1..5000 {
            let length = fast_length(least);
            assert!(length >= least.max(32) && length.is_multiple_of(2));
            assert!(length == 32 || 5 * length <= 6 * least, "{least}: {length}");
            let mut rest = length;
            for factor in [2, 3, 5] {
                while rest.is_multiple_of(factor) {
                    rest /= factor;
                }
            }
            assert_eq!(rest, 1);
        }
    }
}
