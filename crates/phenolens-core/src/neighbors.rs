//! The nearest neighbors of every sample, computed once per distance and read by everything after.

mod approximate;
mod blocks;
mod goal;
mod graph;
mod key_bounds;
mod keys;
mod nearest_lists;
mod order;
mod products;
mod quantized;
mod scaling;
mod search;
mod sketches;
mod subspace;
mod sweep;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde::Serialize;

use crate::dataset::Dataset;
use crate::machine::Machine;

pub use approximate::{Recall, approximate_neighbors};
pub(crate) use key_bounds::{KeyBounds, nearest};
pub use keys::Keys;
pub(crate) use keys::keep_nearest;
pub(crate) use products::nearest_among;
pub(crate) use scaling::{Bounds, Scaling};
pub use search::nearest_neighbors;

/// How far apart two vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Distance {
    /// `1 - x·y / (|x| |y|)`, from 0 to 2.
    Cosine,
    /// The root of the sum of squared differences, from 0 up.
    Euclidean,
}

impl Distance {
    /// The distance as a word, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Distance::Cosine => "cosine",
            Distance::Euclidean => "euclidean",
        }
    }
}

/// How neighbors are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchMethod {
    /// The neighbors are those of brute force.
    #[default]
    Exact,
    /// Most of them are; how many is measured.
    Approximate,
}

impl SearchMethod {
    /// The method as a word, lower case.
    pub fn name(self) -> &'static str {
        match self {
            SearchMethod::Exact => "exact",
            SearchMethod::Approximate => "approximate",
        }
    }

    /// The tables of all samples by this method; see [`nearest_neighbors`] and
    /// [`approximate_neighbors`].
    pub fn search(
        self,
        dataset: &Dataset,
        distances: &[Distance],
        n_neighbors: usize,
        machine: &Machine,
    ) -> Vec<Neighbors> {
        let search = match self {
            SearchMethod::Exact => nearest_neighbors,
            SearchMethod::Approximate => approximate_neighbors,
        };
        search(dataset, distances, n_neighbors, machine)
    }
}

/// A neighbor table: for every sample its nearest other samples, nearest first.
///
/// Order is by the reference key of [`Keys`], ties by the order of the source. A sample is never its
/// own neighbor.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    distance: Distance,
    n_samples: usize,
    n_neighbors: usize,
    /// Shape `(n_samples, n_neighbors)`, row-major.
    indices: Vec<u32>,
    /// The distances themselves, same shape; never negative.
    values: Vec<f64>,
    recall: Option<Recall>,
}

/// A neighbor of some sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbor {
    /// The sample that it is.
    pub sample: usize,
    /// Its distance; never negative.
    pub value: f64,
}

impl Neighbors {
    /// A table from its parts, made here or elsewhere.
    ///
    /// * `indices`, `values`: row-major, shape `(n_samples, n_neighbors)`, each row nearest first.
    ///
    /// # Panics
    /// If the parts are not of these shapes.
    pub fn from_parts(
        distance: Distance,
        n_samples: usize,
        n_neighbors: usize,
        indices: Vec<u32>,
        values: Vec<f64>,
    ) -> Neighbors {
        assert_eq!(
            indices.len(),
            n_samples * n_neighbors,
            "shape of the indices"
        );
        assert_eq!(values.len(), n_samples * n_neighbors, "shape of the values");
        Neighbors {
            distance,
            n_samples,
            n_neighbors,
            indices,
            values,
            recall: None,
        }
    }

    /// The same table, of which only so much is exact.
    pub(crate) fn with_recall(self, recall: Recall) -> Neighbors {
        Neighbors {
            recall: Some(recall),
            ..self
        }
    }

    /// What an approximate table holds of the exact one; `None` of an exact table.
    pub fn recall(&self) -> Option<Recall> {
        self.recall
    }

    /// The distance by which the table is made.
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// Number of samples.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// Number of neighbors of each sample in the table.
    pub fn n_neighbors(&self) -> usize {
        self.n_neighbors
    }

    /// Whether every sample has all others for neighbors.
    pub fn is_whole(&self) -> bool {
        self.n_neighbors + 1 >= self.n_samples
    }

    /// The neighbors of a sample, nearest first, shape `(n_neighbors,)`.
    pub fn indices(&self, sample: usize) -> &[u32] {
        &self.indices[sample * self.n_neighbors..][..self.n_neighbors]
    }

    /// The distances to them, rising, shape `(n_neighbors,)`.
    pub fn values(&self, sample: usize) -> &[f64] {
        &self.values[sample * self.n_neighbors..][..self.n_neighbors]
    }

    /// The `k` nearest neighbors of `sample` among the samples that `is_candidate` allows, nearest
    /// first; fewer only where fewer are allowed.
    ///
    /// Read from the table where it reaches far enough, otherwise searched again over all samples:
    /// the answer is always the one that brute force gives.
    ///
    /// * `keys`: the reference of the same dataset and distance;
    /// * `found`: emptied, then filled.
    pub fn nearest_where(
        &self,
        keys: &Keys,
        sample: usize,
        k: usize,
        is_candidate: impl Fn(usize) -> bool,
        found: &mut Vec<Neighbor>,
    ) {
        if !self.reaches(sample, k, &is_candidate, found) {
            *found = keys.nearest_by_brute_force(sample, k, is_candidate);
        }
    }

    /// The same of many samples, one list for each; those of which the table is too short are searched
    /// together, which takes a tenth of the time.
    ///
    /// * `others`: the samples that are candidates of any of them;
    /// * `is_candidate`: of a place in `samples` and any sample.
    pub fn nearest_of_each(
        &self,
        keys: &Keys,
        samples: &[usize],
        others: &[usize],
        k: usize,
        is_candidate: impl Fn(usize, usize) -> bool + Sync,
    ) -> Vec<Vec<Neighbor>> {
        let mut lists: Vec<Option<Vec<Neighbor>>> = samples
            .par_iter()
            .enumerate()
            .map(|(place, &sample)| {
                let mut found = Vec::with_capacity(k);
                self.reaches(sample, k, |other| is_candidate(place, other), &mut found)
                    .then_some(found)
            })
            .collect();
        let is_short = |&place: &usize| lists[place].is_none();
        let places: Vec<usize> = (0..samples.len()).filter(is_short).collect();
        if !places.is_empty() {
            let short: Vec<usize> = places.iter().map(|&place| samples[place]).collect();
            let is_candidate = |place: usize, other| is_candidate(places[place], other);
            let keyed = nearest_among(&Scaling::new(keys), &short, others, k, is_candidate);
            for (&place, keyed) in places.iter().zip(&keyed) {
                lists[place] = Some(keys.neighbors(keyed));
            }
        }
        lists.into_iter().flatten().collect()
    }

    /// Fills `found` with the `k` nearest candidates in the table; whether no nearer one can be
    /// missing.
    fn reaches(
        &self,
        sample: usize,
        k: usize,
        is_candidate: impl Fn(usize) -> bool,
        found: &mut Vec<Neighbor>,
    ) -> bool {
        let row = self.indices(sample).iter().zip(self.values(sample));
        let row = row.map(|(&index, &value)| Neighbor {
            sample: index as usize,
            value,
        });
        found.clear();
        found.extend(row.filter(|neighbor| is_candidate(neighbor.sample)).take(k));
        let is_whole_row = self.n_neighbors + 1 >= self.n_samples;
        found.len() == k || is_whole_row
    }
}
