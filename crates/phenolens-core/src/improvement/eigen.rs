//! The greatest eigenvalues of a symmetric matrix, by Lanczos' method.

use crate::kernels::InstructionSet;
use crate::kernels::{add_scaled, dot_64 as dot};
use crate::random::{Stream, Use};

/// How far a found vector may be turned by the matrix, in parts of the greatest eigenvalue.
const TOLERANCE: f64 = 1e-9;

/// Steps between two looks at what has converged.
const STEPS_PER_LOOK: usize = 16;

/// Passes over the matrix for one eigenvalue; two are usual.
const MAX_PASSES: usize = 60;

/// An eigenvalue with its vector of length 1, shape `(n,)`.
pub(crate) struct Eigenpair {
    pub(crate) value: f64,
    pub(crate) vector: Vec<f64>,
}

/// The greatest eigenvalues of a symmetric matrix of order `n`, falling, with their vectors.
///
/// * `multiply`: writes the product of the matrix with its first argument into its second;
/// * `n_wanted`: how many are wanted, given the eigenvalues found so far, falling.
///
/// A basis of the space in which the matrix is tridiagonal is built vector by vector; each new one is
/// made orthogonal to all before, twice, so that none comes back. What is found is accepted where the
/// residual is below 10⁻⁹ of the greatest eigenvalue; at `n` steps the basis is the whole space and
/// everything is found. The sign of a vector is not determined.
///
/// Takes O(m) products with the matrix and O(m² n + m³) time for m steps, usually 2 to 4 per wanted
/// vector.
///
/// # Source
/// Golub & Van Loan (2013), Matrix Computations, 4th edition, sections 10.1 and 10.3; the tridiagonal
/// eigenproblem by implicit QL, section 8.3.
pub(crate) fn greatest_eigenpairs(
    instruction_set: InstructionSet,
    n: usize,
    multiply: impl Fn(&[f64], &mut [f64]),
    n_wanted: impl Fn(&[f64]) -> usize,
) -> Vec<Eigenpair> {
    let mut stream = Stream::new(0, Use::Projection, 2);
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut next: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    orthonormalize(instruction_set, &basis, &mut next);
    loop {
        let mut product = vec![0.0; n];
        multiply(&next, &mut product);
        diagonal.push(dot(instruction_set, &next, &product));
        basis.push(next);
        let size = diagonal
            .iter()
            .fold(0.0_f64, |most, value| most.max(value.abs()));
        let mut length = orthonormalize(instruction_set, &basis, &mut product);
        if length <= 1e-14 * size && basis.len() < n {
            // The basis spans an invariant part of the space: the rest starts from anywhere in it.
            length = 0.0;
            product = (0..n).map(|_| stream.normal()).collect();
            orthonormalize(instruction_set, &basis, &mut product);
        }
        beside.push(length);
        next = product;

        let is_whole = basis.len() == n;
        if !is_whole && !basis.len().is_multiple_of(STEPS_PER_LOOK) {
            continue;
        }
        // Of every vector only the last element is needed for its residual.
        let n_steps = basis.len();
        let last = [unit(n_steps, n_steps - 1)];
        let looked = tridiagonal(&diagonal, &beside, &last);
        let values: Vec<f64> = looked.iter().map(|(value, _)| *value).collect();
        let wanted = n_wanted(&values).min(n);
        let has_converged =
            |(_, last): &(f64, Vec<f64>)| (length * last[0]).abs() <= TOLERANCE * values[0].abs();
        if is_whole || looked.len() > wanted && looked[..wanted].iter().all(has_converged) {
            let identity: Vec<Vec<f64>> = (0..n_steps).map(|step| unit(n_steps, step)).collect();
            let found = tridiagonal(&diagonal, &beside, &identity);
            let pair = |(value, weights): (f64, Vec<f64>)| {
                let mut vector = vec![0.0; n];
                for (weight, direction) in weights.iter().zip(&basis) {
                    add_scaled(instruction_set, &mut vector, *weight, direction);
                }
                Eigenpair { value, vector }
            };
            return found.into_iter().take(wanted).map(pair).collect();
        }
    }
}

fn unit(n: usize, axis: usize) -> Vec<f64> {
    let mut vector = vec![0.0; n];
    vector[axis] = 1.0;
    vector
}

/// Takes the directions of the basis out of a vector, scales it to length 1 and gives the length that
/// it had.
fn orthonormalize(instruction_set: InstructionSet, basis: &[Vec<f64>], vector: &mut [f64]) -> f64 {
    for _ in 0..2 {
        for direction in basis {
            let along = dot(instruction_set, direction, vector);
            add_scaled(instruction_set, vector, -along, direction);
        }
    }
    let length = dot(instruction_set, vector, vector).sqrt();
    if length > 0.0 {
        for value in vector {
            *value /= length;
        }
    }
    length
}

/// The eigenvalues of a symmetric tridiagonal matrix, falling, each with the products of its vector
/// with the given `rows` of a basis.
///
/// * `diagonal`: shape `(n,)`; `beside`: the elements next to it, at least `n - 1`;
/// * `rows`: vectors of shape `(n,)`; with all unit vectors the products are the eigenvector itself.
fn tridiagonal(diagonal: &[f64], beside: &[f64], rows: &[Vec<f64>]) -> Vec<(f64, Vec<f64>)> {
    let n = diagonal.len();
    let mut values = diagonal.to_vec();
    let mut beside = beside[..n - 1].to_vec();
    beside.push(0.0);
    // Of every eigenvector in the making, its products with the rows: rotations mix two of these.
    let mut vectors: Vec<Vec<f64>> = (0..n)
        .map(|column| rows.iter().map(|row| row[column]).collect())
        .collect();
    for low in 0..n {
        for _ in 0..MAX_PASSES {
            let is_small = |&m: &usize| {
                let scale = values[m].abs() + values[m + 1].abs();
                beside[m].abs() <= f64::EPSILON * scale
            };
            let high = (low..n - 1).find(is_small).unwrap_or(n - 1);
            if high == low {
                break;
            }
            // The eigenvalue of the leading two rows that is nearer to the first.
            let half = (values[low + 1] - values[low]) / (2.0 * beside[low]);
            let root = (half * half + 1.0).sqrt().copysign(half);
            let mut bulge = values[high] - values[low] + beside[low] / (half + root);
            let (mut sine, mut cosine, mut shift) = (1.0, 1.0, 0.0);
            let mut is_split = false;
            for i in (low..high).rev() {
                let (across, along) = (sine * beside[i], cosine * beside[i]);
                let radius = (across * across + bulge * bulge).sqrt();
                beside[i + 1] = radius;
                if radius == 0.0 {
                    values[i + 1] -= shift;
                    beside[high] = 0.0;
                    is_split = true;
                    break;
                }
                sine = across / radius;
                cosine = bulge / radius;
                let lower = values[i + 1] - shift;
                let turn = (values[i] - lower) * sine + 2.0 * cosine * along;
                shift = sine * turn;
                values[i + 1] = lower + shift;
                bulge = cosine * turn - along;
                let (first, second) = vectors.split_at_mut(i + 1);
                for (a, b) in first[i].iter_mut().zip(&mut second[0]) {
                    let old = *b;
                    *b = sine * *a + cosine * old;
                    *a = cosine * *a - sine * old;
                }
            }
            if !is_split {
                values[low] -= shift;
                beside[low] = bulge;
                beside[high] = 0.0;
            }
        }
    }
    let mut pairs: Vec<(f64, Vec<f64>)> = values.into_iter().zip(vectors).collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs_of(square: &[f64], n: usize, n_wanted: usize) -> Vec<Eigenpair> {
        let multiply = |x: &[f64], product: &mut [f64]| {
            for (value, row) in product.iter_mut().zip(square.chunks_exact(n)) {
                *value = row.iter().zip(x).map(|(a, b)| a * b).sum();
            }
        };
        greatest_eigenpairs(InstructionSet::PLAIN, n, multiply, |_| n_wanted)
    }

    /// Every pair against the definition, and against the eigenvalues that are known.
    fn check(square: &[f64], known: &[f64], n_wanted: usize) {
        let n = known.len();
        let pairs = pairs_of(square, n, n_wanted);
        assert_eq!(pairs.len(), n_wanted);
        // The residual is at most 10⁻⁹ of the greatest, and so is the error of a value.
        let tolerance = 2e-9 * known[0].abs().max(1.0);
        for (index, pair) in pairs.iter().enumerate() {
            let error = (pair.value - known[index]).abs();
            assert!(error <= tolerance, "{} {}", pair.value, known[index]);
            for (row, value) in square.chunks_exact(n).zip(&pair.vector) {
                let product: f64 = row.iter().zip(&pair.vector).map(|(a, b)| a * b).sum();
                assert!((product - pair.value * value).abs() <= tolerance);
            }
            for (other, second) in pairs[..=index].iter().enumerate() {
                let product: f64 = (second.vector.iter().zip(&pair.vector))
                    .map(|(a, b)| a * b)
                    .sum();
                let expected = f64::from(u8::from(other == index));
                assert!(
                    (product - expected).abs() < 1e-9,
                    "{index} {other} {product}"
                );
            }
        }
    }

    /// The second difference on 60 points: 2 + 2 cos(k π / 61), all of them close together at the top.
    #[test]
    fn eigenvalues_of_a_string() {
        let n = 60;
        let mut square = vec![0.0; n * n];
        for i in 0..n {
            square[i * n + i] = 2.0;
            if i > 0 {
                square[i * n + i - 1] = -1.0;
                square[(i - 1) * n + i] = -1.0;
            }
        }
        let angle = |k: usize| std::f64::consts::PI * k as f64 / 61.0;
        let known: Vec<f64> = (1..=n).map(|k| 2.0 + 2.0 * angle(k).cos()).collect();
        for n_wanted in [1, 9, 60] {
            check(&square, &known, n_wanted);
        }
    }

    /// Invariant spaces from the first step on: repeated values, zeros, a single row.
    #[test]
    fn eigenvalues_that_repeat() {
        let diagonal = |values: &[f64]| {
            let n = values.len();
            let mut square = vec![0.0; n * n];
            for (i, value) in values.iter().enumerate() {
                square[i * n + i] = *value;
            }
            square
        };
        for known in [
            &[3.0, 3.0, 3.0][..],
            &[5.0, 1.0, 1.0, 0.0, 0.0, -2.0],
            &[7.0],
        ] {
            check(&diagonal(known), known, known.len());
        }
        check(&[0.0; 9], &[0.0; 3], 2);
    }
}
