//! Between which numbers the keys of a sample and all others lie, for whoever reads whole rows.

use super::Keys;
use super::keys::keep_nearest;
use super::scaling::{Bounds, Scaling};
use crate::kernels::ROWS;

/// All samples, whose 32-bit products tell between which numbers a reference key lies.
pub(crate) struct KeyBounds<'a> {
    scaling: Scaling<'a>,
    /// Shape `(n_samples, n_dims)`.
    values: Vec<f32>,
}

impl<'a> KeyBounds<'a> {
    pub(crate) fn new(keys: &'a Keys) -> KeyBounds<'a> {
        let scaling = Scaling::new(keys);
        let mut values = vec![0.0; scaling.n_samples() * scaling.n_dims()];
        for (sample, row) in values.chunks_mut(scaling.n_dims()).enumerate() {
            scaling.write(sample, row);
        }
        KeyBounds { scaling, values }
    }

    /// Products of some rows with all rows, shape `(ROWS, n_samples)`.
    pub(crate) fn products(&self, rows: [usize; ROWS], products: &mut [f32]) {
        let n_dims = self.scaling.n_dims();
        let rows = rows.map(|row| &self.values[row * n_dims..][..n_dims]);
        self.scaling.products(rows, &self.values, products);
    }

    /// Between which numbers the keys of one row lie; its own is beyond all.
    ///
    /// * `products`: of the row with all rows, shape `(n_samples,)`;
    /// * `bounds`: emptied, then filled, shape `(n_samples,)`.
    pub(crate) fn bounds(&self, row: usize, products: &[f32], bounds: &mut Vec<Bounds>) {
        let products = products.iter().enumerate();
        bounds.clear();
        bounds.extend(products.map(|(other, &product)| self.scaling.bound(row, other, product)));
        bounds[row] = Bounds {
            lower: f64::INFINITY,
            upper: f64::INFINITY,
        };
    }
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
