//! Sums of products in 64 bits whose bits depend on nothing but the numbers, and what is built of
//! them: triangular factors and their solutions.

use crate::kernels::{add_scaled, dot_64 as dot, multiversion};

multiversion! {
    /// Adds `factor x xᵀ` of four vectors, one after another, to the lower triangle of a row-major
    /// square matrix.
    pub(super) fn add_outer(square: &mut [f64], factor: f64, rows: [&[f64]; 4]) = add_outer_body;
}

#[inline(always)]
fn add_outer_body(square: &mut [f64], factor: f64, rows: [&[f64]; 4]) {
    let n = rows[0].len();
    let [a, b, c, d] = rows;
    for (i, row) in square.chunks_exact_mut(n).enumerate() {
        let factors = rows.map(|x| factor * x[i]);
        let others = a.iter().zip(b).zip(c).zip(d);
        for (sum, (((a, b), c), d)) in row[..=i].iter_mut().zip(others) {
            *sum = *sum + factors[0] * a + factors[1] * b + factors[2] * c + factors[3] * d;
        }
    }
}

/// Adds `factor x xᵀ` of any number of vectors.
pub(super) fn add_outers<'a>(
    instruction_set: crate::kernels::InstructionSet,
    square: &mut [f64],
    factor: f64,
    rows: &[&'a [f64]],
    zero: &'a [f64],
) {
    for four in rows.chunks(4) {
        let rows = std::array::from_fn(|index| four.get(index).copied().unwrap_or(zero));
        add_outer(instruction_set, square, factor, rows);
    }
}

/// A lower triangular `L` with `L Lᵀ = A`.
pub(super) struct Cholesky {
    instruction_set: crate::kernels::InstructionSet,
    n: usize,
    /// Row-major and square; what stands above the diagonal is not read.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors a symmetric matrix, of which the lower triangle is read; `None` where it is not
    /// positive definite, or so nearly that rounding decides.
    ///
    /// Takes O(n³ / 6) products.
    pub(super) fn new(
        instruction_set: crate::kernels::InstructionSet,
        n: usize,
        mut lower: Vec<f64>,
    ) -> Option<Cholesky> {
        for i in 0..n {
            let diagonal = lower[i * n + i];
            let (before, rest) = lower.split_at_mut(i * n);
            let row = &mut rest[..n];
            for j in 0..i {
                let other = &before[j * n..][..=j];
                row[j] = (row[j] - dot(instruction_set, &row[..j], &other[..j])) / other[j];
            }
            let left = diagonal - dot(instruction_set, &row[..i], &row[..i]);
            // Rounding moves what is left by up to some n 2⁻⁵³ of the diagonal.
            if left.is_nan() || left <= 1e-13 * diagonal {
                return None;
            }
            row[i] = left.sqrt();
        }
        Some(Cholesky {
            instruction_set,
            n,
            lower,
        })
    }

    /// `x` becomes the solution of `L z = x`.
    pub(super) fn solve(&self, x: &mut [f64]) {
        for i in 0..self.n {
            let row = &self.lower[i * self.n..][..=i];
            x[i] = (x[i] - dot(self.instruction_set, &row[..i], &x[..i])) / row[i];
        }
    }

    /// `x` becomes the solution of `Lᵀ z = x`.
    pub(super) fn solve_transposed(&self, x: &mut [f64]) {
        for i in (0..self.n).rev() {
            let row = &self.lower[i * self.n..][..=i];
            x[i] /= row[i];
            let (before, at) = x.split_at_mut(i);
            add_scaled(self.instruction_set, before, -at[0], &row[..i]);
        }
    }
}

/// Copies the lower triangle of a square matrix to the upper.
pub(super) fn mirror(square: &mut [f64], n: usize) {
    for i in 0..n {
        for j in 0..i {
            square[j * n + i] = square[i * n + j];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::InstructionSet;
    use crate::random::{Stream, Use};

    /// 4 = 2², 2 = 2·1, 10 = 1² + 3².
    #[test]
    fn cholesky_by_hand() {
        let factor = Cholesky::new(InstructionSet::PLAIN, 2, vec![4.0, 9.9, 2.0, 10.0]).unwrap();
        assert_eq!(factor.lower, [2.0, 9.9, 1.0, 3.0]);
        let mut x = [2.0, 7.0];
        factor.solve(&mut x);
        assert_eq!(x, [1.0, 2.0]);
        let mut x = [4.0, 6.0];
        factor.solve_transposed(&mut x);
        assert_eq!(x, [1.0, 2.0]);
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        for square in [
            [0.0, 0.0, 0.0, 1.0],
            [1.0, 0.0, 1.0, 1.0],
            [1.0, 0.0, 2.0, 1.0],
        ] {
            assert!(Cholesky::new(InstructionSet::PLAIN, 2, square.to_vec()).is_none());
        }
        assert!(Cholesky::new(InstructionSet::PLAIN, 1, vec![f64::NAN]).is_none());
    }

    /// Sums of products of small whole numbers are exact in any order; and every instruction set
    /// gives the same bits of others.
    #[test]
    fn sums_are_those_of_the_definition() {
        let mut stream = Stream::new(1, Use::Synth, 0);
        for n in [1, 2, 15, 16, 17, 40] {
            let rows: Vec<Vec<f64>> = (0..6)
                .map(|_| (0..n).map(|_| stream.below(9) as f64 - 4.0).collect())
                .collect();
            let views: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
            for set in InstructionSet::available() {
                let product: f64 = rows[0].iter().zip(&rows[1]).map(|(a, b)| a * b).sum();
                assert_eq!(dot(set, &rows[0], &rows[1]), product);
                let mut square = vec![1.0; n * n];
                add_outers(set, &mut square, 2.0, &views, &vec![0.0; n]);
                mirror(&mut square, n);
                for i in 0..n {
                    for j in 0..n {
                        let sum: f64 = rows.iter().map(|row| row[i] * row[j]).sum();
                        assert_eq!(square[i * n + j], 1.0 + 2.0 * sum);
                    }
                }
            }
        }
    }
}
