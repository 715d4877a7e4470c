use rayon::prelude::*;

use super::{Distance, Neighbor};
use crate::dataset::Dataset;
use crate::kernels::{self, InstructionSet};

/// The reference by which samples are ordered: one 64-bit number per pair, the same on every
/// processor.
///
/// ```text
/// euclidean   key = ∑ (xᵢ - yᵢ)²
/// cosine      key = 1 - x·y / √(x·x  y·y)
/// ```
///
/// All sums are in 64 bits, in 16 lanes that are added in halves. Neighbors are ordered by the key,
/// equal keys by the order of the source.
#[derive(Debug, Clone)]
pub struct Keys<'a> {
    dataset: &'a Dataset,
    distance: Distance,
    instruction_set: InstructionSet,
    /// `x·x`, shape `(n_samples,)`.
    squared_norms: Vec<f64>,
}

impl<'a> Keys<'a> {
    /// Prepares the keys of a dataset.
    pub fn new(
        dataset: &'a Dataset,
        distance: Distance,
        instruction_set: InstructionSet,
    ) -> Keys<'a> {
        let squared_norm = |sample| {
            let vector = dataset.vector(sample);
            kernels::dot(instruction_set, vector, vector)
        };
        let squared_norms = (0..dataset.n_samples())
            .into_par_iter()
            .map(squared_norm)
            .collect();
        Keys {
            dataset,
            distance,
            instruction_set,
            squared_norms,
        }
    }

    /// The distance that the keys stand for.
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// How keys are computed; every way gives the same.
    pub(super) fn instruction_set(&self) -> InstructionSet {
        self.instruction_set
    }

    /// Number of samples.
    pub(super) fn n_samples(&self) -> usize {
        self.dataset.n_samples()
    }

    /// A sample, shape `(n_dims,)`.
    pub(super) fn vector(&self, sample: usize) -> &[f32] {
        self.dataset.vector(sample)
    }

    /// Number of dimensions of the samples.
    pub(super) fn n_dims(&self) -> usize {
        self.dataset.n_dims()
    }

    /// `x·x` of every sample, shape `(n_samples,)`.
    pub fn squared_norms(&self) -> &[f64] {
        &self.squared_norms
    }

    /// The key of a pair; symmetric.
    pub fn key(&self, a: usize, b: usize) -> f64 {
        let (x, y) = (self.dataset.vector(a), self.dataset.vector(b));
        match self.distance {
            Distance::Euclidean => kernels::squared_distance(self.instruction_set, x, y),
            Distance::Cosine => {
                let product = kernels::dot(self.instruction_set, x, y);
                1.0 - product / (self.squared_norms[a] * self.squared_norms[b]).sqrt()
            }
        }
    }

    /// Has the vector of a sample fetched, of which a key is soon asked.
    pub(super) fn prefetch(&self, sample: usize) {
        kernels::prefetch(self.dataset.vector(sample));
    }

    /// The distance of a pair; never negative.
    pub fn value(&self, a: usize, b: usize) -> f64 {
        self.value_of_key(self.key(a, b))
    }

    /// The distance that a key stands for. Rounding can leave a cosine key just below 0.
    pub fn value_of_key(&self, key: f64) -> f64 {
        match self.distance {
            Distance::Euclidean => key.sqrt(),
            Distance::Cosine => key.max(0.0),
        }
    }

    /// The `k` nearest of the samples that `is_candidate` allows, by measuring every one of them.
    pub fn nearest_by_brute_force(
        &self,
        sample: usize,
        k: usize,
        is_candidate: impl Fn(usize) -> bool,
    ) -> Vec<Neighbor> {
        let mut keyed: Vec<(f64, usize)> = (0..self.dataset.n_samples())
            .filter(|&other| other != sample && is_candidate(other))
            .map(|other| (self.key(sample, other), other))
            .collect();
        keep_nearest(&mut keyed, k);
        self.neighbors(&keyed)
    }

    /// The `k` nearest to a point, of the samples that `is_candidate` allows, nearest first.
    ///
    /// The key of a point and a sample is that of two samples with the point in the place of one. A
    /// point at 0 has no direction: its cosine key is 1, that of a right angle, for every sample.
    ///
    /// * `point`: shape `(n_dims,)`.
    ///
    /// Takes O(n_samples n_dims) time.
    pub fn nearest_to(
        &self,
        point: &[f64],
        k: usize,
        is_candidate: impl Fn(usize) -> bool,
    ) -> Vec<Neighbor> {
        let squared_norm: f64 = point.iter().map(|value| value * value).sum();
        let key = |sample: usize| {
            let vector = self.dataset.vector(sample);
            match self.distance {
                Distance::Euclidean => {
                    kernels::wide_squared_distance(self.instruction_set, point, vector)
                }
                Distance::Cosine if squared_norm == 0.0 => 1.0,
                Distance::Cosine => {
                    let product = kernels::wide_dot(self.instruction_set, point, vector);
                    1.0 - product / (squared_norm * self.squared_norms[sample]).sqrt()
                }
            }
        };
        let mut keyed: Vec<(f64, usize)> = (0..self.dataset.n_samples())
            .filter(|&sample| is_candidate(sample))
            .map(|sample| (key(sample), sample))
            .collect();
        keep_nearest(&mut keyed, k);
        self.neighbors(&keyed)
    }

    /// Keyed samples as neighbors, in their order.
    pub(crate) fn neighbors(&self, keyed: &[(f64, usize)]) -> Vec<Neighbor> {
        let neighbor = |&(key, sample): &(f64, usize)| Neighbor {
            sample,
            value: self.value_of_key(key),
        };
        keyed.iter().map(neighbor).collect()
    }
}

/// Keeps the `k` least of `(key, sample)`, in rising order.
pub(crate) fn keep_nearest(keyed: &mut Vec<(f64, usize)>, k: usize) {
    let by_key_then_sample =
        |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if keyed.len() > k {
        if k > 0 {
            keyed.select_nth_unstable_by(k - 1, by_key_then_sample);
        }
        keyed.truncate(k);
    }
    keyed.sort_unstable_by(by_key_then_sample);
}
