use super::*;
use crate::random::{Stream, Use};

/// Affinities of `n` points, some pairs 0, symmetric, summing to 1; as a matrix and in full.
fn affinities(n: usize, seed: u64) -> (SparseMatrix, Vec<Vec<f64>>) {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    let mut full = vec![vec![0.0; n]; n];
    for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
        if stream.unit() < 0.6 {
            full[i][j] = stream.unit();
            full[j][i] = full[i][j];
        }
    }
    let total: f64 = full.iter().flatten().sum();
    let mut sparse = SparseMatrix {
        starts: vec![0],
        columns: Vec::new(),
        values: Vec::new(),
    };
    for row in &mut full {
        for (column, p) in row.iter_mut().enumerate() {
            *p /= total;
            if *p > 0.0 {
                sparse.columns.push(column as u32);
                *p = f64::from(*p as f32);
                sparse.values.push(*p as f32);
            }
        }
        sparse.starts.push(sparse.columns.len());
    }
    (sparse, full)
}

fn positions(n: usize, size: f64, seed: u64) -> Vec<[f64; 2]> {
    let mut stream = Stream::new(seed, Use::Synth, 1);
    (0..n)
        .map(|_| [size * stream.normal(), size * stream.normal()])
        .collect()
}

fn weight(a: [f64; 2], b: [f64; 2]) -> f64 {
    1.0 / (1.0 + (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2))
}

/// Sum over all ordered pairs of different points.
fn over_pairs(n: usize, term: impl Fn(usize, usize) -> f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            sum += term(i, j);
        }
    }
    sum
}

/// The divergence by definition.
fn kl(p: &[Vec<f64>], y: &[[f64; 2]]) -> f64 {
    let normalizer = over_pairs(y.len(), |i, j| weight(y[i], y[j]));
    over_pairs(y.len(), |i, j| {
        if p[i][j] > 0.0 {
            p[i][j] * (p[i][j] * normalizer / weight(y[i], y[j])).ln()
        } else {
            0.0
        }
    })
}

/// The gradient by its formula in 64 bits, without the factor 4, and the size of its terms: the sum
/// of their absolute values, by which rounding errors are judged.
fn by_formula(p: &[Vec<f64>], y: &[[f64; 2]], exaggeration: f64) -> Vec<([f64; 2], f64)> {
    let n = y.len();
    let normalizer = over_pairs(n, |i, j| weight(y[i], y[j]));
    (0..n)
        .map(|i| {
            let (mut sum, mut size) = ([0.0; 2], 0.0);
            for j in (0..n).filter(|&j| j != i) {
                let w = weight(y[i], y[j]);
                for axis in 0..2 {
                    let difference = y[i][axis] - y[j][axis];
                    sum[axis] += (exaggeration * p[i][j] - w / normalizer) * w * difference;
                    size += (exaggeration * p[i][j] + w / normalizer) * w * difference.abs();
                }
            }
            (sum, size)
        })
        .collect()
}

/// Central differences with h = 1e-5 have an error of the order h² = 1e-10 from the third derivative,
/// and 1e-11 from the rounding of the divergence (1e-16 / h).
#[test]
fn the_formula_is_a_quarter_of_the_derivative_of_the_divergence() {
    let (_, p) = affinities(9, 1);
    let y = positions(9, 1.5, 1);
    let gradient = by_formula(&p, &y, 1.0);
    for i in 0..9 {
        for axis in 0..2 {
            let h = 1e-5;
            let [mut above, mut below] = [y.clone(), y.clone()];
            above[i][axis] += h;
            below[i][axis] -= h;
            let slope = (kl(&p, &above) - kl(&p, &below)) / (2.0 * h);
            let difference = (4.0 * gradient[i].0[axis] - slope).abs();
            assert!(difference < 1e-8, "{difference}");
        }
    }
}

/// The kernel rounds each coordinate and each of a handful of operations to 32 bits, and sums a few
/// chunks, the lanes and the parts: some 20 to 40 roundings of at most 6e-8 on a term, which do not all
/// go one way, of which the difference of two coordinates counts by their size over it. So 2e-6 of the
/// terms' size, and of the coordinates' rounding carried to the force: its derivative is at most the
/// weights, summed.
#[test]
fn the_kernel_gives_the_formula_on_every_instruction_set() {
    for (n, size, exaggeration) in [
        (2, 1.0, 1.0),
        (16, 3.0, 12.0),
        (17, 20.0, 1.0),
        (75, 1e-4, 12.0),
        // More chunks than parts of the pairs.
        (299, 5.0, 1.0),
    ] {
        let (sparse, p) = affinities(n, n as u64);
        let y = positions(n, size, 3);
        let expected = by_formula(&p, &y, exaggeration);
        let normalizer = over_pairs(n, |i, j| weight(y[i], y[j]));
        let mut of_plain = None;
        for set in InstructionSet::available() {
            let order: Vec<u32> = (0..n as u32).collect();
            let mut kernel = Gradient::new(&sparse, &order, set);
            let gradient = kernel.at(&y, exaggeration).unwrap().to_vec();
            for (i, (found, (expected, size_of_terms))) in
                gradient.iter().zip(&expected).enumerate()
            {
                let farthest = y.as_flattened().iter().fold(0.0_f64, |m, v| m.max(v.abs()));
                let weights: f64 = (0..n)
                    .filter(|&j| j != i)
                    .map(|j| {
                        (exaggeration * p[i][j] + weight(y[i], y[j]) / normalizer)
                            * weight(y[i], y[j])
                    })
                    .sum();
                let tolerance = 2e-6 * size_of_terms + 2.4e-7 * farthest * weights;
                for axis in 0..2 {
                    let difference = (found[axis] - expected[axis]).abs();
                    assert!(difference <= tolerance, "{n}: {difference} > {tolerance}");
                }
            }
            assert_eq!(
                *of_plain.get_or_insert(gradient.clone()),
                gradient,
                "{set:?}"
            );
        }
    }
}
