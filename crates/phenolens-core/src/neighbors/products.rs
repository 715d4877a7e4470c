//! Search by 32-bit products of all pairs, for data of which sketches tell too little.
//!
//! # Why the answer is exact
//!
//! Every row is scaled by its own power of two to a length in `[1, 2)`, which changes no bit of its
//! values but those that fall below the least 32-bit number. Let `x`, `y` be two scaled rows and `p`
//! their product from [`kernels::dot_rows`]. With `u = 2⁻²⁴`, `m = n_dims / 16 + 5` roundings on the
//! way of any term, and `γ = m u / (1 - m u)` (Higham 2002, section 3.1),
//!
//! ```text
//! |p - x·y|  ≤  γ |x| |y|  +  n_dims 2⁻¹⁴⁷
//! ```
//!
//! where the last term covers what underflows, in scaling and in products. The reference key itself
//! is a rounded number: with `w = (n_dims / 16 + 16) 2⁻⁵³` its error is below `8 w` for cosine and
//! `8 w (|x| + |y|)²` for euclidean, which also covers the 64-bit operations that turn `p` into an
//! approximate key. So each approximate key comes with a bound on its distance from the reference
//! key. The `k`-th smallest upper bound cannot be below the `k`-th smallest key; whatever has a lower
//! bound above it cannot be among the `k` nearest, and all the rest are measured by the key.

use rayon::prelude::*;

use super::keys::keep_nearest;
use super::{Distance, Keys, Neighbors};
use crate::dataset::Dataset;
use crate::kernels::{self, InstructionSet, LANES};
use crate::machine::{Machine, Phase};

/// Rows that are searched together: one pass over the columns serves four.
pub(crate) const ROWS: usize = 4;

/// The table of one distance.
///
/// Takes O(n² d) time and, beside the table, O(n d) memory.
pub(super) fn table_by_products(
    dataset: &Dataset,
    keys: &Keys,
    n_neighbors: usize,
    machine: &Machine,
) -> Neighbors {
    let n_samples = dataset.n_samples();
    let rows = KeyBounds::new(dataset, machine.instruction_set);
    machine.progress.report(Phase::Neighbors, 0, n_samples);
    let n_cells = n_samples * n_neighbors;
    let (mut indices, mut values) = (vec![0; n_cells], vec![0.0; n_cells]);
    indices
        .par_chunks_mut(ROWS * n_neighbors)
        .zip(values.par_chunks_mut(ROWS * n_neighbors))
        .enumerate()
        .for_each_init(
            || (vec![0.0_f32; ROWS * n_samples], Vec::new()),
            |(products, bounds), (block, (indices, values))| {
                let first = block * ROWS;
                // Rows past the last one repeat it.
                let block: [usize; ROWS] =
                    std::array::from_fn(|offset| (first + offset).min(n_samples - 1));
                rows.products(block, machine.instruction_set, products);
                let cells = indices
                    .chunks_mut(n_neighbors)
                    .zip(values.chunks_mut(n_neighbors));
                for (offset, (indices, values)) in cells.enumerate() {
                    let products = &products[offset * n_samples..][..n_samples];
                    rows.bounds(first + offset, products, keys, bounds);
                    let nearest = nearest(first + offset, bounds, keys, n_neighbors);
                    for ((index, value), (key, sample)) in
                        indices.iter_mut().zip(values).zip(nearest)
                    {
                        (*index, *value) = (sample as u32, keys.value_of_key(key));
                    }
                }
            },
        );
    machine
        .progress
        .report(Phase::Neighbors, n_samples, n_samples);
    Neighbors::from_parts(keys.distance(), n_samples, n_neighbors, indices, values)
}

/// The samples scaled to lengths in `[1, 2)`, padded with zeros to whole lanes: their 32-bit products
/// tell between which numbers a reference key lies.
pub(crate) struct KeyBounds {
    n_samples: usize,
    /// A multiple of [`LANES`].
    n_dims: usize,
    /// Shape `(n_samples, n_dims)`.
    values: Vec<f32>,
    /// What each row was divided by, a power of two, shape `(n_samples,)`.
    scales: Vec<f64>,
    /// The length of each scaled row, shape `(n_samples,)`.
    norms: Vec<f64>,
}

impl KeyBounds {
    pub(crate) fn new(dataset: &Dataset, instruction_set: InstructionSet) -> KeyBounds {
        let n_samples = dataset.n_samples();
        let n_dims = dataset.n_dims().next_multiple_of(LANES);
        let mut values = vec![0.0; n_samples * n_dims];
        let (mut scales, mut norms) = (Vec::new(), Vec::new());
        for sample in 0..n_samples {
            let vector = dataset.vector(sample);
            let norm = kernels::dot(instruction_set, vector, vector).sqrt();
            let scale = libm::exp2(libm::floor(libm::log2(norm)));
            for (scaled, &value) in values[sample * n_dims..].iter_mut().zip(vector) {
                *scaled = (f64::from(value) / scale) as f32;
            }
            scales.push(scale);
            norms.push(norm / scale);
        }
        KeyBounds {
            n_samples,
            n_dims,
            values,
            scales,
            norms,
        }
    }

    fn row(&self, sample: usize) -> &[f32] {
        &self.values[sample * self.n_dims..][..self.n_dims]
    }

    /// Products of some rows with all rows, shape `(ROWS, n_samples)`.
    pub(crate) fn products(
        &self,
        rows: [usize; ROWS],
        instruction_set: InstructionSet,
        products: &mut [f32],
    ) {
        let rows = rows.map(|row| self.row(row));
        let mut parts = products.chunks_exact_mut(self.n_samples);
        let parts: [&mut [f32]; ROWS] =
            std::array::from_fn(|_| parts.next().expect("one part per row"));
        kernels::dot_rows(instruction_set, rows, &self.values, self.n_dims, parts);
    }

    /// Between which numbers the keys of one row lie; its own is beyond all.
    ///
    /// * `products`: of the row with all rows, shape `(n_samples,)`;
    /// * `bounds`: emptied, then filled, shape `(n_samples,)`.
    pub(crate) fn bounds(
        &self,
        row: usize,
        products: &[f32],
        keys: &Keys,
        bounds: &mut Vec<Bounds>,
    ) {
        let bound = |(other, &product): (usize, &f32)| {
            self.bound(keys.distance(), row, other, f64::from(product))
        };
        bounds.clear();
        bounds.extend(products.iter().enumerate().map(bound));
        bounds[row] = Bounds {
            lower: f64::INFINITY,
            upper: f64::INFINITY,
        };
    }

    /// Between which numbers the reference key lies, given the 32-bit product; see the module.
    fn bound(&self, distance: Distance, a: usize, b: usize, product: f64) -> Bounds {
        let lanes_and_tree = (self.n_dims / LANES) as f64;
        let roundings = (lanes_and_tree + 5.0) * 2.0_f64.powi(-24);
        let gamma = roundings / (1.0 - roundings);
        let underflow = self.n_dims as f64 * 2.0_f64.powi(-147);
        let rounding_64 = 8.0 * (lanes_and_tree + 16.0) * 2.0_f64.powi(-53);

        let norms = self.norms[a] * self.norms[b];
        let product_error = gamma * norms + underflow;
        let (key, error) = match distance {
            // The scaled lengths are at least 1, but for the rounding of a logarithm that `rounding_64`
            // covers, so dividing by them makes no error larger.
            Distance::Cosine => (1.0 - product / norms, product_error + rounding_64),
            Distance::Euclidean => {
                let (x, y) = (
                    self.norms[a] * self.scales[a],
                    self.norms[b] * self.scales[b],
                );
                let scale = self.scales[a] * self.scales[b];
                let reach = (x + y) * (x + y);
                let key = x * x + y * y - 2.0 * scale * product;
                (key, 2.0 * scale * product_error + rounding_64 * reach)
            }
        };
        Bounds {
            lower: key - error,
            upper: key + error,
        }
    }
}

/// Between which numbers a key lies.
pub(crate) struct Bounds {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

/// The `k` nearest of one row as `(key, sample)`, rising.
///
/// * `bounds`: of its keys, shape `(n_samples,)`; `k`: from 1, below the number of samples.
pub(crate) fn nearest(row: usize, bounds: &[Bounds], keys: &Keys, k: usize) -> Vec<(f64, usize)> {
    let mut upper: Vec<f64> = bounds.iter().map(|bounds| bounds.upper).collect();
    let (_, &mut limit, _) = upper.select_nth_unstable_by(k - 1, f64::total_cmp);
    let mut keyed: Vec<(f64, usize)> = bounds
        .iter()
        .enumerate()
        .filter(|&(other, bounds)| bounds.lower <= limit && other != row)
        .map(|(other, _)| (keys.key(row, other), other))
        .collect();
    keep_nearest(&mut keyed, k);
    // Among equal vectors all others were finalists: room for them must not outlive the row.
    keyed.shrink_to_fit();
    keyed
}
