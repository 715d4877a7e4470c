//! Approximate search, for sizes at which the exact one takes too long; how much it misses is measured.

use std::sync::atomic::Ordering;

use rayon::prelude::*;
use serde::Serialize;

use super::nearest_lists::NearestLists;
use super::neighbor_descent::Breadth;
use super::search::{Prepared, nearest_neighbors};
use super::sweep::Sweep;
use super::{Distance, Keys, Neighbors};
use crate::dataset::Dataset;
use crate::kernels::{GROUP, near_pairs};
use crate::machine::{Machine, Phase};
use crate::random::{Stream, Use};

/// Up to so many samples the first look at the nearest blocks is nearly the exact search already.
const MIN_SAMPLES: usize = 4096;

/// Enough that lists become nearly exact within a few rounds.
const MANY: Breadth = Breadth {
    n_asked: 15,
    n_known_by: 15,
    n_told: 90,
};

/// The most rounds in which lists improve each other; six are usual.
const MAX_ROUNDS: usize = 15;

/// Where fewer neighbors than this share are news, a further round finds next to none.
const MIN_SHARE_NEW: f64 = 0.002;

/// Groups of near samples in which the recall is measured.
const N_ASKED_GROUPS: usize = 64;

/// What an approximate table holds of the exact one, from a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recall {
    /// Mean share of the nearest neighbors of a sample that its row holds, from 0 to 1.
    pub value: f64,
    /// Standard error of that mean, over groups of near samples.
    pub standard_error: f64,
    /// Samples whose exact neighbors were searched.
    pub n_sampled: usize,
}

/// About the nearest neighbors of every sample, one table per distance, each with its recall.
///
/// Every sample takes the nearest of the blocks around it; then, round by round, it looks among the
/// neighbors of its neighbors (NN-descent), until hardly anything is news. The exact neighbors of
/// about 1,000 samples then tell the recall. Distances in the table are exact. Up to 4,096 samples,
/// and where sketches tell nothing, the tables are exact. The same on any number of threads.
///
/// * `n_neighbors`: how many neighbors each sample gets; all others where there are fewer.
///
/// Takes about O(n (m + d) k) time for each round, with sketches of m coordinates.
///
/// # Source
/// Dong, Moses & Li (2011), Efficient k-nearest neighbor graph construction for generic similarity
/// measures, WWW 2011, 577–586.
pub fn approximate_neighbors(
    dataset: &Dataset,
    distances: &[Distance],
    n_neighbors: usize,
    machine: &Machine,
) -> Vec<Neighbors> {
    let n_samples = dataset.n_samples();
    if n_samples <= MIN_SAMPLES || n_neighbors == 0 {
        return nearest_neighbors(dataset, distances, n_neighbors, machine);
    }
    let n_neighbors = n_neighbors.min(n_samples - 1);
    let table = |&distance: &Distance| {
        let keys = Keys::new(dataset, distance, machine.instruction_set);
        match Prepared::new(dataset, &keys, n_neighbors, machine) {
            None => nearest_neighbors(dataset, &[distance], n_neighbors, machine).remove(0),
            Some(prepared) => {
                let sweep = prepared.sweep(&keys, n_neighbors, machine);
                improve(&sweep);
                let recall = recall(&sweep);
                sweep.into_table().with_recall(recall)
            }
        }
    };
    distances.iter().map(table).collect()
}

fn improve(sweep: &Sweep) {
    sweep.look_nearby();
    let n_samples = sweep.sketches.n_samples();
    let mut round = sweep.round(None, MANY.n_known_by);
    for index in 0..MAX_ROUNDS {
        let done = n_samples * (index + 1) / (MAX_ROUNDS + 1);
        sweep
            .machine
            .progress
            .report(Phase::Neighbors, done, n_samples);
        sweep.ask_neighbors(&round, MANY);
        round = sweep.round(Some(&round), MANY.n_known_by);
        if round.share_new() < MIN_SHARE_NEW {
            break;
        }
    }
    sweep
        .machine
        .progress
        .report(Phase::Neighbors, n_samples, n_samples);
}

/// The share of exact neighbors in the lists of some groups, for which all others are searched.
fn recall(sweep: &Sweep) -> Recall {
    let n_whole = sweep.sketches.n_samples() / GROUP;
    let mut groups: Vec<usize> = (0..n_whole).collect();
    Stream::new(0, Use::Recall, 0).shuffle(&mut groups);
    groups.truncate(N_ASKED_GROUPS);
    let shares: Vec<f64> = groups
        .into_par_iter()
        .map(|group| share_known(sweep, group))
        .collect();
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let squares: f64 = shares
        .iter()
        .map(|share| (share - mean) * (share - mean))
        .sum();
    Recall {
        value: mean,
        standard_error: (squares / (n - 1.0) / n).sqrt(),
        n_sampled: shares.len() * GROUP,
    }
}

/// The share of a group's exact neighbors that its lists hold.
fn share_known(sweep: &Sweep, group: usize) -> f64 {
    let (sketches, order) = (sweep.sketches, sweep.order);
    let reaches =
        std::array::from_fn(|row| sweep.reaches[group * GROUP + row].load(Ordering::Relaxed));
    let n_groups = sketches.n_groups();
    let mut near = Vec::new();
    near_pairs(
        sweep.machine.instruction_set,
        sketches.groups(group, 1),
        &reaches,
        sketches.groups(0, n_groups),
        &vec![[i32::MIN; GROUP]; n_groups],
        &mut near,
    );
    let mut exact = NearestLists::new(GROUP, sweep.n_neighbors);
    for (row, place) in near {
        let (row, place) = (row as usize, place as usize);
        if place < order.len() && place != group * GROUP + row {
            let (x, y) = (order[group * GROUP + row], order[place]);
            exact.insert(row, sweep.keys.key(x as usize, y as usize), y);
        }
    }
    let block = group / sweep.blocks.n_groups_each();
    let first = (group - sweep.blocks.groups(block).start) * GROUP;
    let lists = sweep.lists[block].lock().expect("no thread has panicked");
    let n_known: usize = (0..GROUP)
        .map(|row| {
            let known = lists.list(first + row).1;
            let is_known = |sample: &&u32| known.contains(sample);
            exact.list(row).1.iter().filter(is_known).count()
        })
        .sum();
    n_known as f64 / (GROUP * sweep.n_neighbors) as f64
}
