//! What a 32-bit product of two samples tells of their key.
//!
//! Every sample is scaled by its own power of two to a length in `[1, 2)`, which changes no bit of its
//! values but those that fall below the least 32-bit number. Let `x`, `y` be two scaled samples and `p`
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
//! key.

use super::{Distance, Keys};
use crate::kernels::{self, LANES, ROWS};

/// Scaled samples, padded with zeros to whole lanes.
pub(crate) struct Scaling<'a> {
    keys: &'a Keys<'a>,
    /// What each sample is divided by, a power of two, shape `(n_samples,)`.
    scales: Vec<f64>,
    /// The length of each scaled sample, same shape.
    norms: Vec<f64>,
    /// The dimensions of a padded sample, a multiple of [`LANES`].
    n_dims: usize,
    errors: Errors,
}

/// The parts of the bound that are the same for all pairs; see the module.
#[derive(Clone, Copy)]
struct Errors {
    gamma: f64,
    underflow: f64,
    rounding_64: f64,
}

/// Between which numbers a key lies.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

impl<'a> Scaling<'a> {
    pub(crate) fn new(keys: &'a Keys) -> Scaling<'a> {
        let norms = keys.squared_norms().iter().map(|square| square.sqrt());
        let scales: Vec<f64> = norms
            .clone()
            .map(|norm| libm::exp2(libm::floor(libm::log2(norm))))
            .collect();
        let n_dims = keys.n_dims().next_multiple_of(LANES);
        let lanes_and_tree = (n_dims / LANES) as f64;
        let roundings = (lanes_and_tree + 5.0) * 2.0_f64.powi(-24);
        Scaling {
            keys,
            norms: norms
                .zip(&scales)
                .map(|(norm, scale)| norm / scale)
                .collect(),
            scales,
            n_dims,
            errors: Errors {
                gamma: roundings / (1.0 - roundings),
                underflow: n_dims as f64 * 2.0_f64.powi(-147),
                rounding_64: 8.0 * (lanes_and_tree + 16.0) * 2.0_f64.powi(-53),
            },
        }
    }

    pub(super) fn n_samples(&self) -> usize {
        self.scales.len()
    }

    pub(super) fn n_dims(&self) -> usize {
        self.n_dims
    }

    /// The keys that are told of.
    pub(crate) fn keys(&self) -> &'a Keys<'a> {
        self.keys
    }

    /// Writes a scaled sample to the first places of `row`, which is 0 in the others, shape `(n_dims,)`.
    pub(super) fn write(&self, sample: usize, row: &mut [f32]) {
        // A power of two: the product is what the quotient would be.
        let factor = 1.0 / self.scales[sample];
        for (scaled, &value) in row.iter_mut().zip(self.keys.vector(sample)) {
            *scaled = (f64::from(value) * factor) as f32;
        }
    }

    /// Products of some scaled samples with others, shape `(ROWS, n_columns)`.
    ///
    /// * `rows`: shape `(n_dims,)` each; `columns`: row-major, shape `(n_columns, n_dims)`.
    pub(super) fn products(&self, rows: [&[f32]; ROWS], columns: &[f32], products: &mut [f32]) {
        let mut parts = products.chunks_exact_mut(columns.len() / self.n_dims);
        let parts = std::array::from_fn(|_| parts.next().expect("one part per row"));
        kernels::dot_rows(
            self.keys.instruction_set(),
            rows,
            columns,
            self.n_dims,
            parts,
        );
    }

    /// Between which numbers the reference key of two samples lies, given the 32-bit product.
    #[inline]
    pub(super) fn bound(&self, a: usize, b: usize, product: f32) -> Bounds {
        let Errors {
            gamma,
            underflow,
            rounding_64,
        } = self.errors;
        let product = f64::from(product);
        let norms = self.norms[a] * self.norms[b];
        let product_error = gamma * norms + underflow;
        let (key, error) = match self.keys.distance() {
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
