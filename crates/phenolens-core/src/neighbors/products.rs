//! Search by 32-bit products, for data of which sketches tell too little and for samples of which the
//! table is too short.
//!
//! # Why the answer is exact
//!
//! Every product comes with two numbers between which the reference key lies (see [`Scaling`]). The
//! `k`-th smallest upper bound cannot be below the `k`-th smallest key; whatever has a lower bound above
//! it cannot be among the `k` nearest, and all the rest are measured by the key.

use rayon::prelude::*;

use super::keys::keep_nearest;
use super::scaling::{Bounds, Scaling};
use super::{Keys, Neighbors};
use crate::kernels::ROWS;
use crate::machine::{Machine, Phase};

/// Samples that share a pass over the others.
const BATCH: usize = 64;

/// About so many values of others are held at a time, with 320 dimensions those of 256 samples: they stay
/// near the core while the batch is multiplied with them.
const TILE_VALUES: usize = 81_920;

/// Samples that may be near and wait to be measured: most never are, once nearer ones are known.
const MAX_WAITING: usize = 1024;

/// The table of one distance.
///
/// Takes O(n² d) time and, while the table is made, about as much memory again.
pub(super) fn table_by_products(keys: &Keys, n_neighbors: usize, machine: &Machine) -> Neighbors {
    let samples: Vec<usize> = (0..keys.n_samples()).collect();
    machine.progress.report(Phase::Neighbors, 0, samples.len());
    let lists = nearest_among(
        &Scaling::new(keys),
        &samples,
        &samples,
        n_neighbors,
        |_, _| true,
    );
    machine
        .progress
        .report(Phase::Neighbors, samples.len(), samples.len());
    let cells = || lists.iter().flatten();
    Neighbors::from_parts(
        keys.distance(),
        samples.len(),
        n_neighbors,
        cells().map(|&(_, sample)| sample as u32).collect(),
        cells().map(|&(key, _)| keys.value_of_key(key)).collect(),
    )
}

/// The `k` nearest of some samples among others, as `(key, sample)`, rising; fewer only where fewer may
/// be. A sample is never its own neighbor.
///
/// * `is_candidate`: of a place in `samples` and one of the `others`.
///
/// Takes O(m n d) time for m samples and n others.
pub(crate) fn nearest_among(
    scaling: &Scaling,
    samples: &[usize],
    others: &[usize],
    k: usize,
    is_candidate: impl Fn(usize, usize) -> bool + Sync,
) -> Vec<Vec<(f64, usize)>> {
    if samples.is_empty() || k == 0 {
        return vec![Vec::new(); samples.len()];
    }
    // Few samples are shared out as well.
    let share = samples.len().div_ceil(rayon::current_num_threads());
    let batch = share.next_multiple_of(ROWS).min(BATCH);
    let batches = samples.par_chunks(batch).enumerate();
    let found = batches.map(|(index, samples)| {
        let is_candidate = |place, other| is_candidate(index * batch + place, other);
        nearest_of_batch(scaling, samples, others, k, is_candidate)
    });
    found.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn nearest_of_batch(
    scaling: &Scaling,
    samples: &[usize],
    others: &[usize],
    k: usize,
    is_candidate: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<(f64, usize)>> {
    let (keys, n_dims) = (scaling.keys(), scaling.n_dims());
    // Rows past the last sample are 0.
    let mut rows = vec![0.0; samples.len().next_multiple_of(ROWS) * n_dims];
    for (&sample, row) in samples.iter().zip(rows.chunks_mut(n_dims)) {
        scaling.write(sample, row);
    }
    let size = (TILE_VALUES / n_dims).clamp(32, 256);
    let mut tile = vec![0.0; size * n_dims];
    let mut products = vec![0.0; ROWS * size];
    let mut nearest: Vec<Nearest> = samples.iter().map(|_| Nearest::new(k)).collect();
    for others in others.chunks(size) {
        for (&other, column) in others.iter().zip(tile.chunks_mut(n_dims)) {
            scaling.write(other, column);
        }
        let tile = &tile[..others.len() * n_dims];
        for (first, rows) in (0..samples.len())
            .step_by(ROWS)
            .zip(rows.chunks(ROWS * n_dims))
        {
            let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &rows[row * n_dims..][..n_dims]);
            let products = &mut products[..ROWS * others.len()];
            scaling.products(rows, tile, products);
            for (place, products) in (first..samples.len()).zip(products.chunks(others.len())) {
                let (sample, nearest) = (samples[place], &mut nearest[place]);
                for (&other, &product) in others.iter().zip(products) {
                    let bounds = scaling.bound(sample, other, product);
                    if bounds.lower <= nearest.limit
                        && other != sample
                        && is_candidate(place, other)
                    {
                        nearest.add(bounds, other);
                    }
                }
                if nearest.waiting.len() > MAX_WAITING {
                    nearest.measure(sample, keys);
                }
            }
        }
    }
    let found = samples.iter().zip(nearest);
    found
        .map(|(&sample, mut nearest)| {
            nearest.measure(sample, keys);
            nearest.measured
        })
        .collect()
}

/// The `k` nearest of one sample, as far as they are known.
struct Nearest {
    k: usize,
    /// No key above it is among the k least.
    limit: f64,
    /// The k least upper bounds, rising.
    uppers: Vec<f64>,
    /// What may be among them, with the lower bounds of the keys.
    waiting: Vec<(f64, usize)>,
    /// The k least keys of those that were measured, rising.
    measured: Vec<(f64, usize)>,
}

impl Nearest {
    fn new(k: usize) -> Nearest {
        Nearest {
            k,
            limit: f64::INFINITY,
            uppers: Vec::new(),
            waiting: Vec::new(),
            measured: Vec::new(),
        }
    }

    fn add(&mut self, Bounds { lower, upper }: Bounds, other: usize) {
        self.waiting.push((lower, other));
        if upper < self.limit {
            let place = self.uppers.partition_point(|&before| before <= upper);
            self.uppers.insert(place, upper);
            self.uppers.truncate(self.k);
            if let Some(&last) = self.uppers.get(self.k - 1) {
                self.limit = self.limit.min(last);
            }
        }
    }

    fn measure(&mut self, sample: usize, keys: &Keys) {
        let limit = self.limit;
        let waiting = self.waiting.drain(..).filter(|&(lower, _)| lower <= limit);
        self.measured
            .extend(waiting.map(|(_, other)| (keys.key(sample, other), other)));
        keep_nearest(&mut self.measured, self.k);
        if let Some(&(last, _)) = self.measured.get(self.k - 1) {
            self.limit = self.limit.min(last);
        }
        // Among equal samples all others were measured: room for them must not outlive the search.
        self.measured.shrink_to(self.k);
    }
}
