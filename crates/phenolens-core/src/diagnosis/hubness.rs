use serde::Serialize;

use super::K;
use crate::neighbors::Neighbors;

/// How unevenly samples serve as neighbors of others.
///
/// The k-occurrence of a sample is the number of samples that have it among their k nearest; its mean
/// is k. In many dimensions a few samples, the hubs, are neighbors of very many.
///
/// # Source
/// Radovanović, Nanopoulos & Ivanović (2010), J. Mach. Learn. Res. 11, 2487-2531, where hubs are
/// those more than two standard deviations above the mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hubness {
    /// Neighbors of each sample that count: 10, or all others where there are fewer.
    pub k: usize,
    /// Skewness of the k-occurrence, 0 where it is symmetric; `None` where all are equal.
    ///
    /// ```text
    /// ∑ (Nᵢ - k)³ / n  /  ( ∑ (Nᵢ - k)² / n )^1.5
    /// ```
    pub skewness: Option<f64>,
    /// A sample with a greater k-occurrence is a hub: the mean and twice the standard deviation.
    pub hub_limit: f64,
    /// Number of hubs.
    pub n_hubs: usize,
    /// Samples that are never a neighbor.
    pub n_anti_hubs: usize,
    /// Share of all neighbors that are hubs, from 0 to 1.
    pub hub_share: f64,
    /// The k-occurrence of every sample, shape `(n_samples,)`.
    #[serde(skip)]
    pub occurrences: Vec<usize>,
    /// How many of these are samples of another class, same shape.
    #[serde(skip)]
    pub bad_occurrences: Vec<usize>,
}

impl Hubness {
    /// Whether a sample is a hub.
    pub fn is_hub(&self, sample: usize) -> bool {
        self.occurrences[sample] as f64 > self.hub_limit
    }

    /// The hubs, the most frequent neighbor first, as indices into the dataset.
    pub fn hubs(&self) -> Vec<usize> {
        let mut hubs: Vec<usize> = (0..self.occurrences.len())
            .filter(|&sample| self.is_hub(sample))
            .collect();
        // A stable sort: equal ones stay in the order of the source.
        hubs.sort_by_key(|&sample| std::cmp::Reverse(self.occurrences[sample]));
        hubs
    }
}

/// Counts who is among the nearest of whom.
pub(super) fn hubness(table: &Neighbors, classes: &[usize]) -> Hubness {
    let n_samples = table.n_samples();
    let k = K.min(table.n_neighbors());
    let mut occurrences = vec![0; n_samples];
    let mut bad_occurrences = vec![0; n_samples];
    for sample in 0..n_samples {
        for &neighbor in &table.indices(sample)[..k] {
            let neighbor = neighbor as usize;
            occurrences[neighbor] += 1;
            bad_occurrences[neighbor] += usize::from(classes[neighbor] != classes[sample]);
        }
    }

    let moment = |power: u32| {
        let term = |&count: &usize| {
            let deviation = count as f64 - k as f64;
            (0..power).map(|_| deviation).product::<f64>()
        };
        occurrences.iter().map(term).sum::<f64>() / n_samples as f64
    };
    let variance = moment(2);
    let sd = variance.sqrt();
    let mut hubness = Hubness {
        k,
        skewness: (variance > 0.0).then(|| moment(3) / (variance * sd)),
        hub_limit: k as f64 + 2.0 * sd,
        n_hubs: 0,
        n_anti_hubs: occurrences.iter().filter(|&&count| count == 0).count(),
        hub_share: 0.0,
        occurrences,
        bad_occurrences,
    };
    let hubs = hubness.hubs();
    let by_hubs: usize = hubs.iter().map(|&hub| hubness.occurrences[hub]).sum();
    hubness.n_hubs = hubs.len();
    hubness.hub_share = by_hubs as f64 / (n_samples * k).max(1) as f64;
    hubness
}
