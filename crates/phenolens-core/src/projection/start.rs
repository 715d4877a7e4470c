//! Where the samples stand before the first step: on the first two principal components.

#[cfg(test)]
mod tests;

use std::ops::Range;

use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::kernels::{InstructionSet, multiversion};
use crate::neighbors::{Distance, Keys};
use crate::random::{Stream, Use};

/// Standard deviation of the start along its first axis: so little that every affinity on the map is
/// nearly the same at first.
const SPREAD: f64 = 1e-4;

/// Vectors that are iterated together. More than two, because the error of the first two shrinks by
/// the ratio of the seventeenth variance to the second in each pass over the data.
const BLOCK: usize = 16;

/// How far the covariance may turn the found axes, in parts of the largest variance. The start needs
/// no more than this; a better one would give no better map.
const TOLERANCE: f64 = 1e-6;

/// With close variances the iteration stops here; what it then has is a fine start too: directions in
/// which the samples spread nearly as far as in any.
const MAX_ITERATIONS: usize = 8;

/// Rows that one worker multiplies before it hands over its part are so many at least, and parts so many
/// at most; part of the result's last bits.
const MIN_ROWS_PER_PART: usize = 128;
const MAX_PARTS: usize = 256;

/// Rows that are multiplied together.
const ROWS: usize = 2;

/// The positions from which the map of a dataset starts.
///
/// The first two principal components, both divided by the standard deviation of the first, times
/// 10⁻⁴; for cosine those of the unit-length vectors. Each component points to where its largest
/// loading is positive. An axis along which the samples do not differ is filled with normal numbers of
/// the same size: from a line the descent could never leave the line.
///
/// # Source
/// Kobak & Berens (2019), Nature Communications 10, 5416, for this start; Rutishauser (1970),
/// Numerische Mathematik 16, 205–223, for simultaneous iteration.
pub(super) fn start(
    dataset: &Dataset,
    distance: Distance,
    instruction_set: InstructionSet,
) -> Vec<[f64; 2]> {
    let cloud = Cloud::new(dataset, distance, instruction_set);
    let axes = cloud.principal_axes();
    let mut positions: Vec<[f64; 2]> = vec![[0.0; 2]; dataset.n_samples()];
    positions
        .par_iter_mut()
        .enumerate()
        .for_each_init(Vec::new, |centered, (sample, position)| {
            cloud.center(sample, centered);
            for (coordinate, axis) in position.iter_mut().zip(&axes) {
                *coordinate = centered.iter().zip(axis).map(|(x, a)| x * a).sum();
            }
        });

    let n_samples = positions.len() as f64;
    let spread = |axis: usize| {
        let squares: f64 = positions
            .iter()
            .map(|position| position[axis] * position[axis])
            .sum();
        (squares / n_samples).sqrt()
    };
    let spreads = [spread(0), spread(1)];
    // What rounding leaves of an axis without spread is of the size of the vectors times 2⁻⁵³.
    let negligible = 1e-12 * cloud.size().max(spreads[0]);
    let mut stream = Stream::new(0, Use::Projection, 1);
    for axis in 0..2 {
        for position in &mut positions {
            position[axis] = if spreads[axis] > negligible {
                SPREAD * (position[axis] / spreads[0])
            } else {
                SPREAD * stream.normal()
            };
        }
    }
    positions
}

/// The samples as points around their mean.
struct Cloud<'a> {
    dataset: &'a Dataset,
    instruction_set: InstructionSet,
    /// By what each vector is multiplied, shape `(n_samples,)`.
    scales: Vec<f64>,
    /// Mean of the multiplied vectors, shape `(n_dims,)`.
    mean: Vec<f64>,
}

/// Row-major, shape `(n_dims, BLOCK)`: vectors side by side.
type Block = Vec<[f64; BLOCK]>;

impl<'a> Cloud<'a> {
    fn new(dataset: &'a Dataset, distance: Distance, instruction_set: InstructionSet) -> Cloud<'a> {
        let scales: Vec<f64> = match distance {
            Distance::Euclidean => vec![1.0; dataset.n_samples()],
            Distance::Cosine => Keys::new(dataset, distance, instruction_set)
                .squared_norms()
                .iter()
                .map(|squared_norm| 1.0 / squared_norm.sqrt())
                .collect(),
        };
        let parts: Vec<Vec<f64>> = parts(dataset.n_samples())
            .into_par_iter()
            .map(|samples| {
                let mut sums = vec![0.0; dataset.n_dims()];
                for sample in samples {
                    for (sum, &value) in sums.iter_mut().zip(dataset.vector(sample)) {
                        *sum += scales[sample] * f64::from(value);
                    }
                }
                sums
            })
            .collect();
        let mut mean = vec![0.0; dataset.n_dims()];
        for part in &parts {
            for (mean, sum) in mean.iter_mut().zip(part) {
                *mean += sum / dataset.n_samples() as f64;
            }
        }
        Cloud {
            dataset,
            instruction_set,
            scales,
            mean,
        }
    }

    /// Writes one sample, less the mean.
    fn center(&self, sample: usize, centered: &mut Vec<f64>) {
        let scale = self.scales[sample];
        let values = self.dataset.vector(sample).iter().zip(&self.mean);
        centered.clear();
        centered.extend(values.map(|(&value, mean)| scale * f64::from(value) - mean));
    }

    /// The length of the longest vector, before centering.
    fn size(&self) -> f64 {
        let length = |sample: usize| {
            let values = self.dataset.vector(sample).iter();
            let squares: f64 = values
                .map(|&value| f64::from(value) * f64::from(value))
                .sum();
            squares.sqrt() * self.scales[sample]
        };
        let lengths = (0..self.scales.len()).into_par_iter().map(length);
        lengths.reduce(|| 0.0, f64::max)
    }

    /// The two directions of greatest variance, each of length 1, or 0 where there is none.
    fn principal_axes(&self) -> [Vec<f64>; 2] {
        let n_dims = self.mean.len();
        let mut stream = Stream::new(0, Use::Projection, 0);
        let mut block: Block = (0..n_dims)
            .map(|_| std::array::from_fn(|_| stream.normal()))
            .collect();
        orthonormalize(&mut block);
        for iteration in 1.. {
            // In the space of the block the covariance is a small matrix; its eigenvectors combine
            // the block into the best axes that it holds.
            let image = self.covariance_times(&block);
            let small = products(&block, &image);
            let (variances, rotation) = eigen(small);
            let axes = combine(&block, &rotation);
            let images = combine(&image, &rotation);
            let residual = |axis: usize| {
                let parts = axes.iter().zip(&images);
                let squares: f64 = parts
                    .map(|(axes, images)| images[axis] - variances[axis] * axes[axis])
                    .map(|difference| difference * difference)
                    .sum();
                squares.sqrt()
            };
            let is_found = residual(0).max(residual(1)) <= TOLERANCE * variances[0];
            if is_found || iteration == MAX_ITERATIONS {
                block = axes;
                break;
            }
            block = images;
            orthonormalize(&mut block);
        }
        [0, 1].map(|axis| {
            let direction: Vec<f64> = block.iter().map(|row| row[axis]).collect();
            with_positive_peak(direction)
        })
    }

    /// `∑ (x - mean) (x - mean)ᵀ block` over all samples, divided by their number.
    fn covariance_times(&self, block: &Block) -> Block {
        let n_samples = self.scales.len();
        let parts: Vec<Block> = parts(n_samples)
            .into_par_iter()
            .map(|samples| {
                let mut sum: Block = vec![[0.0; BLOCK]; block.len()];
                let mut centered = [const { Vec::new() }; ROWS];
                for first in samples.clone().step_by(ROWS) {
                    for (row, centered) in centered.iter_mut().enumerate() {
                        if first + row < samples.end {
                            self.center(first + row, centered);
                        } else {
                            centered.fill(0.0);
                        }
                    }
                    let rows = [&centered[0][..], &centered[1][..]];
                    add_outer_products(self.instruction_set, rows, block, &mut sum);
                }
                sum
            })
            .collect();
        let mut sum: Block = vec![[0.0; BLOCK]; block.len()];
        for part in &parts {
            for (sum, part) in sum.iter_mut().zip(part) {
                for (sum, part) in sum.iter_mut().zip(part) {
                    *sum += part / n_samples as f64;
                }
            }
        }
        sum
    }
}

/// All samples in parts of consecutive ones.
fn parts(n_samples: usize) -> Vec<Range<usize>> {
    let n_rows = n_samples.div_ceil(MAX_PARTS).max(MIN_ROWS_PER_PART);
    let part = |first: usize| first..(first + n_rows).min(n_samples);
    (0..n_samples).step_by(n_rows).map(part).collect()
}

multiversion! {
    /// Adds `∑ x xᵀ block` over some rows x to `sum`.
    ///
    /// * `rows`: each of shape `(n_dims,)`; `block`, `sum`: shape `(n_dims, 16)`.
    fn add_outer_products(rows: [&[f64]; ROWS], block: &[[f64; BLOCK]], sum: &mut [[f64; BLOCK]])
        = add_outer_products_body;
}

#[inline(always)]
fn add_outer_products_body(
    [x, y]: [&[f64]; ROWS],
    block: &[[f64; BLOCK]],
    sum: &mut [[f64; BLOCK]],
) {
    let (mut x_products, mut y_products) = ([0.0; BLOCK], [0.0; BLOCK]);
    for ((&x, &y), row) in x.iter().zip(y).zip(block) {
        for lane in 0..BLOCK {
            x_products[lane] += x * row[lane];
            y_products[lane] += y * row[lane];
        }
    }
    for ((&x, &y), row) in x.iter().zip(y).zip(sum) {
        for lane in 0..BLOCK {
            row[lane] += x * x_products[lane] + y * y_products[lane];
        }
    }
}

/// Makes the columns orthogonal and of length 1, in order; a column that depends on earlier ones
/// becomes 0.
fn orthonormalize(block: &mut Block) {
    for column in 0..BLOCK {
        let before = squared_length(block, column).sqrt();
        // The second pass removes what the rounding of the first left (Giraud et al. 2005).
        for _ in 0..2 {
            for earlier in 0..column {
                let product: f64 = block.iter().map(|row| row[earlier] * row[column]).sum();
                for row in block.iter_mut() {
                    row[column] -= product * row[earlier];
                }
            }
        }
        let length = squared_length(block, column).sqrt();
        let is_dependent = length <= 1e-12 * before;
        for row in block.iter_mut() {
            row[column] = if is_dependent {
                0.0
            } else {
                row[column] / length
            };
        }
    }
}

fn squared_length(block: &Block, column: usize) -> f64 {
    block.iter().map(|row| row[column] * row[column]).sum()
}

/// `leftᵀ right`.
fn products(left: &Block, right: &Block) -> [[f64; BLOCK]; BLOCK] {
    let mut products = [[0.0; BLOCK]; BLOCK];
    for (left, right) in left.iter().zip(right) {
        for (products, left) in products.iter_mut().zip(left) {
            for (product, right) in products.iter_mut().zip(right) {
                *product += left * right;
            }
        }
    }
    products
}

/// `block rotation`: each column a combination of the block's columns.
fn combine(block: &Block, rotation: &[[f64; BLOCK]; BLOCK]) -> Block {
    let combined = |row: &[f64; BLOCK]| {
        std::array::from_fn(|column| (0..BLOCK).map(|i| row[i] * rotation[i][column]).sum())
    };
    block.iter().map(combined).collect()
}

/// The eigenvalues of a symmetric matrix, falling, and its eigenvectors as columns.
///
/// Jacobi's rotations, a fixed number of rounds: each squares the error once it is small.
///
/// # Source
/// Golub & Van Loan (2013), Matrix Computations, 4th edition, section 8.5.
fn eigen<const N: usize>(mut matrix: [[f64; N]; N]) -> ([f64; N], [[f64; N]; N]) {
    let mut vectors = [[0.0; N]; N];
    for (index, row) in vectors.iter_mut().enumerate() {
        row[index] = 1.0;
    }
    for _ in 0..12 {
        for p in 0..N {
            for q in p + 1..N {
                if matrix[p][q] == 0.0 {
                    continue;
                }
                let half_cotangent = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
                let tangent = half_cotangent.signum()
                    / (half_cotangent.abs() + (1.0 + half_cotangent * half_cotangent).sqrt());
                let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
                let sine = tangent * cosine;
                let rotate = |a: &mut f64, b: &mut f64| {
                    (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
                };
                for row in matrix.iter_mut().chain(&mut vectors) {
                    let (left, right) = row.split_at_mut(q);
                    rotate(&mut left[p], &mut right[0]);
                }
                let (upper, lower) = matrix.split_at_mut(q);
                for (a, b) in upper[p].iter_mut().zip(&mut lower[0]) {
                    rotate(a, b);
                }
            }
        }
    }
    let mut order: [usize; N] = std::array::from_fn(|index| index);
    order.sort_by(|&a, &b| matrix[b][b].total_cmp(&matrix[a][a]));
    let values = order.map(|index| matrix[index][index]);
    let vectors = vectors.map(|row| order.map(|index| row[index]));
    (values, vectors)
}

/// The direction or its opposite, so that its largest element, the first of equal ones, is positive.
fn with_positive_peak(mut direction: Vec<f64>) -> Vec<f64> {
    let mut peak = 0.0_f64;
    for &value in &direction {
        if value.abs() > peak.abs() {
            peak = value;
        }
    }
    if peak < 0.0 {
        for value in &mut direction {
            *value = -*value;
        }
    }
    direction
}
