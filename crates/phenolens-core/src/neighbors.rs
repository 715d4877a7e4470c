//! The nearest neighbors of every sample, computed once per distance and read by everything after.

use serde::Serialize;

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

/// A neighbor table: for every sample its nearest other samples, nearest first.
///
/// Order is by the 64-bit reference key, ties by the order of the source. A sample is never its own
/// neighbor.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    distance: Distance,
    n_neighbors: usize,
    /// Shape `(n_samples, n_neighbors)`, row-major.
    indices: Vec<u32>,
    /// The distances themselves, same shape; never negative.
    values: Vec<f64>,
}

impl Neighbors {
    /// The distance by which the table is made.
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// Number of samples.
    pub fn n_samples(&self) -> usize {
        if self.n_neighbors == 0 {
            0
        } else {
            self.indices.len() / self.n_neighbors
        }
    }

    /// Number of neighbors of each sample in the table.
    pub fn n_neighbors(&self) -> usize {
        self.n_neighbors
    }

    /// The neighbors of a sample, nearest first, shape `(n_neighbors,)`.
    pub fn indices(&self, sample: usize) -> &[u32] {
        &self.indices[sample * self.n_neighbors..][..self.n_neighbors]
    }

    /// The distances to them, rising, shape `(n_neighbors,)`.
    pub fn values(&self, sample: usize) -> &[f64] {
        &self.values[sample * self.n_neighbors..][..self.n_neighbors]
    }
}
