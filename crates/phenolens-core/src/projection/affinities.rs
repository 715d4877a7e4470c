//! How strongly the data ties each pair of samples: the probabilities that a map imitates.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::neighbors::{Distance, Neighbors};

/// How near the entropy must come to that of the perplexity, in nats.
const ENTROPY_TOLERANCE: f64 = 1e-10;

/// Far more than bisection takes to exhaust 64 bits.
const MAX_SEARCH_STEPS: usize = 400;

/// A square sparse matrix by rows: of row `i` the cells `starts[i]..starts[i + 1]`, columns rising.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SparseMatrix {
    pub(super) starts: Vec<usize>,
    pub(super) columns: Vec<u32>,
    pub(super) values: Vec<f64>,
}

/// The symmetric affinities of a dataset: the probability of each pair of samples.
///
/// ```text
/// p(j|i)  =  exp(-βᵢ d²ᵢⱼ) / ∑ exp(-βᵢ d²ᵢₗ)      l over the nearest neighbors of i; 0 for others
///                            l
/// pᵢⱼ     =  (p(j|i) + p(i|j)) / 2n
/// ```
///
/// βᵢ is such that the distribution over the neighbors of i has the given perplexity. d² is the
/// squared euclidean distance, of the unit-length vectors for cosine: 2 (1 - cos).
///
/// * `n_neighbors`: how many of the table's neighbors count;
/// * `perplexity`: from 1, below `n_neighbors`.
///
/// The result is symmetric, without diagonal, and sums to 1.
///
/// # Source
/// van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579–2605; for the
/// restriction to nearest neighbors van der Maaten (2014), ibid. 15, 3221–3245.
pub(super) fn affinities(
    neighbors: &Neighbors,
    n_neighbors: usize,
    perplexity: f64,
) -> SparseMatrix {
    let n_samples = neighbors.n_samples();
    let mut values = vec![0.0; n_samples * n_neighbors];
    values
        .par_chunks_mut(n_neighbors)
        .enumerate()
        .for_each(|(sample, row)| {
            let distances = &neighbors.values(sample)[..n_neighbors];
            for (squared, &distance) in row.iter_mut().zip(distances) {
                *squared = match neighbors.distance() {
                    Distance::Euclidean => distance * distance,
                    Distance::Cosine => 2.0 * distance,
                };
            }
            conditional_probabilities(row, perplexity);
        });
    let conditional = SparseMatrix {
        starts: (0..=n_samples).map(|row| row * n_neighbors).collect(),
        columns: (0..n_samples)
            .flat_map(|sample| &neighbors.indices(sample)[..n_neighbors])
            .copied()
            .collect(),
        values,
    };
    let by_column = conditional.transposed();
    let by_row = by_column.transposed();
    by_row.sum(&by_column, 1.0 / (2.0 * n_samples as f64))
}

/// Turns squared distances to neighbors, rising, into their probabilities.
///
/// The entropy falls as β grows, so the root is kept between bounds; steps are Newton's on ln β where
/// they stay inside, else halvings. Where at least as many neighbors as the perplexity share the least
/// distance, no β reaches the perplexity: the limit is taken, an equal share for each of these.
fn conditional_probabilities(row: &mut [f64], perplexity: f64) {
    let nearest = row[0];
    let n_nearest = row.iter().filter(|&&squared| squared == nearest).count();
    if n_nearest as f64 >= perplexity {
        for value in row {
            *value = if *value == nearest {
                1.0 / n_nearest as f64
            } else {
                0.0
            };
        }
        return;
    }
    // Subtracting the least distance changes no probability and keeps `exp` from underflowing;
    // dividing by the mean makes β = 1 a fair first guess.
    let mean = row.iter().map(|squared| squared - nearest).sum::<f64>() / row.len() as f64;
    let scaled: Vec<f64> = row
        .iter()
        .map(|squared| (squared - nearest) / mean)
        .collect();
    let wanted = libm::log(perplexity);
    let (mut low, mut high, mut beta) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..MAX_SEARCH_STEPS {
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for (weight, &distance) in row.iter_mut().zip(&scaled) {
            *weight = libm::exp(-beta * distance);
            total += *weight;
            first += *weight * distance;
            second += *weight * distance * distance;
        }
        let mean = first / total;
        let variance = second / total - mean * mean;
        let excess = libm::log(total) + beta * mean - wanted;
        if excess.abs() <= ENTROPY_TOLERANCE {
            break;
        }
        if excess > 0.0 {
            low = beta;
        } else {
            high = beta;
        }
        let newton = beta * libm::exp(excess / (beta * beta * variance));
        beta = if low < newton && newton < high {
            newton
        } else if high.is_infinite() {
            2.0 * beta
        } else {
            low + (high - low) / 2.0
        };
    }
    let total: f64 = row.iter().sum();
    for weight in row {
        *weight /= total;
    }
}

impl SparseMatrix {
    pub(super) fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The columns and values of one row.
    pub(super) fn row(&self, row: usize) -> (&[u32], &[f64]) {
        let cells = self.starts[row]..self.starts[row + 1];
        (&self.columns[cells.clone()], &self.values[cells])
    }

    /// The transpose; its columns rise in every row, whatever the order was here.
    fn transposed(&self) -> SparseMatrix {
        let mut starts = vec![0; self.starts.len()];
        for &column in &self.columns {
            starts[column as usize + 1] += 1;
        }
        for row in 1..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut next = starts.clone();
        let mut columns = vec![0; self.columns.len()];
        let mut values = vec![0.0; self.values.len()];
        for row in 0..self.n_rows() {
            let (row_columns, row_values) = self.row(row);
            for (&column, &value) in row_columns.iter().zip(row_values) {
                let cell = next[column as usize];
                next[column as usize] += 1;
                columns[cell] = row as u32;
                values[cell] = value;
            }
        }
        SparseMatrix {
            starts,
            columns,
            values,
        }
    }

    /// The sum of two matrices whose columns rise, times `factor`.
    fn sum(&self, other: &SparseMatrix, factor: f64) -> SparseMatrix {
        let n_cells = self.values.len() + other.values.len();
        let mut sum = SparseMatrix {
            starts: vec![0],
            columns: Vec::with_capacity(n_cells),
            values: Vec::with_capacity(n_cells),
        };
        for row in 0..self.n_rows() {
            let ((left, left_values), (right, right_values)) = (self.row(row), other.row(row));
            let (mut at_left, mut at_right) = (0, 0);
            while at_left < left.len() || at_right < right.len() {
                let column = match (left.get(at_left), right.get(at_right)) {
                    (Some(&left), Some(&right)) => left.min(right),
                    (Some(&column), None) | (None, Some(&column)) => column,
                    (None, None) => break,
                };
                let mut value = 0.0;
                if left.get(at_left) == Some(&column) {
                    value += left_values[at_left];
                    at_left += 1;
                }
                if right.get(at_right) == Some(&column) {
                    value += right_values[at_right];
                    at_right += 1;
                }
                sum.columns.push(column);
                sum.values.push(factor * value);
            }
            sum.starts.push(sum.columns.len());
        }
        sum
    }
}
