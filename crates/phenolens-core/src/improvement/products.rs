//! Inner products of all pairs.

use rayon::prelude::*;

use super::spaces::cosine_distance;
use super::task::Task;
use crate::kernels;
use crate::neighbors::Distance;

/// The inner products of all pairs of samples.
pub(super) struct Products {
    n_samples: usize,
    /// Square and symmetric.
    values: Vec<f64>,
}

impl Products {
    /// Takes O(n² d / 2) time and O(n²) memory.
    pub(super) fn new(task: &Task) -> Products {
        let n_samples = task.n_samples();
        let set = task.instruction_set;
        let mut values = vec![0.0; n_samples * n_samples];
        let rows = values.par_chunks_mut(n_samples).enumerate();
        rows.for_each(|(a, row)| {
            for (b, value) in row[..=a].iter_mut().enumerate() {
                *value = kernels::dot(set, task.vector(a), task.vector(b));
            }
        });
        super::arithmetic::mirror(&mut values, n_samples);
        Products { n_samples, values }
    }

    pub(super) fn get(&self, a: usize, b: usize) -> f64 {
        self.values[a * self.n_samples + b]
    }

    /// The sum of the products of `a` with each of `others`.
    pub(super) fn sum_over(&self, a: usize, others: &[usize]) -> f64 {
        others.iter().map(|&b| self.get(a, b)).sum()
    }

    /// The distance of a pair; never negative.
    pub(super) fn value(&self, distance: Distance, a: usize, b: usize) -> f64 {
        let (product, x, y) = (self.get(a, b), self.get(a, a), self.get(b, b));
        match distance {
            Distance::Cosine => cosine_distance(product, x, y),
            Distance::Euclidean => (x + y - 2.0 * product).max(0.0).sqrt(),
        }
    }
}
