//! Approximate search, for sizes at which the exact one takes too long; how much it misses is measured.

use rayon::prelude::*;
use serde::Serialize;

use super::graph::Graph;
use super::keys::keep_nearest;
use super::nearest_lists::NearestLists;
use super::search::{Prepared, nearest_neighbors};
use super::{Distance, Keys, Neighbors};
use crate::dataset::Dataset;
use crate::kernels::{GROUP, NO_REACH, near_pairs};
use crate::machine::{Machine, Phase};
use crate::random::{Stream, Use};

/// Up to so many samples the first look at the nearest blocks is nearly the exact search already.
const MIN_SAMPLES: usize = 4096;

/// Blocks in which every sample looks for its first neighbors.
const N_FIRST_BLOCKS: usize = 4;

/// Each leaves together other samples, and finds about a fifth of what is still missing.
const N_TREES: usize = 4;

/// The least number of neighbors that are asked for theirs.
const MIN_BREADTH: usize = 20;

/// Sketches tell the order of neighbors not quite: so many more than wanted are kept, or twice the
/// number, and the reference key decides in the end.
const MIN_MORE: usize = 10;

/// The most rounds in which lists improve each other; two or three are usual.
const MAX_ROUNDS: usize = 10;

/// Where fewer neighbors than this share are news, a further round finds next to none.
const MIN_SHARE_NEW: f64 = 0.02;

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
/// Every sample takes the nearest of the blocks around it and, by sketches, of its leaves in a few
/// random trees; then, round by round, it looks among the neighbors of its neighbors (NN-descent),
/// until hardly anything is news. Of twice as many as wanted the reference key keeps the nearest. The
/// exact neighbors of about 1,000 samples then tell the recall. Distances in the table are exact. Up to
/// 4,096 samples, and where sketches tell nothing, the tables are exact. The same on any number of
/// threads.
///
/// * `n_neighbors`: how many neighbors each sample gets; all others where there are fewer.
///
/// Takes about O(n m k²) time for each round, with sketches of m coordinates, and O(n d k) for the keys.
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
        let Some(prepared) = Prepared::new(dataset, &keys, n_neighbors, machine) else {
            return nearest_neighbors(dataset, &[distance], n_neighbors, machine).remove(0);
        };
        let n_kept = (n_neighbors + n_neighbors.max(MIN_MORE)).min(n_samples - 1);
        let graph = Graph::new(&prepared, n_kept, machine.instruction_set);
        improve(&graph, MIN_BREADTH.max(n_neighbors / 2), machine);
        let table = table_of(&graph, &prepared, &keys, n_neighbors);
        let recall = recall(&table, &prepared, &keys, machine);
        table.with_recall(recall)
    };
    distances.iter().map(table).collect()
}

/// Fills the lists, until hardly anything is news.
fn improve(graph: &Graph, breadth: usize, machine: &Machine) {
    let n_steps = 1 + N_TREES + MAX_ROUNDS;
    let report = |step: usize| {
        let done = graph.n_samples() * step / n_steps;
        machine
            .progress
            .report(Phase::Neighbors, done, graph.n_samples());
    };
    graph.look_nearby(N_FIRST_BLOCKS);
    for tree in 0..N_TREES {
        report(1 + tree);
        graph.look_into_leaves(tree as u64);
    }
    let mut round = graph.round(None, breadth, breadth);
    for index in 0..MAX_ROUNDS {
        report(1 + N_TREES + index);
        graph.ask_neighbors(&round);
        round = graph.round(Some(&round), breadth, breadth);
        if round.share_new() < MIN_SHARE_NEW {
            break;
        }
    }
    report(n_steps);
}

/// The nearest of those in the graph by the reference key.
fn table_of(graph: &Graph, prepared: &Prepared, keys: &Keys, n_neighbors: usize) -> Neighbors {
    let order = &prepared.order;
    let mut nearest = vec![(0.0, 0); order.len() * n_neighbors];
    nearest
        .par_chunks_mut(n_neighbors)
        .zip(order)
        .enumerate()
        .for_each(|(place, (nearest, &sample))| {
            let keyed = |other: u32| {
                let other = order[other as usize];
                (keys.key(sample as usize, other as usize), other as usize)
            };
            let mut all: Vec<(f64, usize)> = graph.known(place).into_iter().map(keyed).collect();
            keep_nearest(&mut all, n_neighbors);
            for (cell, (key, other)) in nearest.iter_mut().zip(all) {
                *cell = (keys.value_of_key(key), other as u32);
            }
        });
    let (mut indices, mut values) = (vec![0; nearest.len()], vec![0.0; nearest.len()]);
    for (row, &sample) in nearest.chunks_exact(n_neighbors).zip(order) {
        let cells = sample as usize * n_neighbors..;
        let cells = indices[cells.clone()].iter_mut().zip(&mut values[cells]);
        for ((index, value), &(distance, other)) in cells.zip(row) {
            (*index, *value) = (other, distance);
        }
    }
    Neighbors::from_parts(keys.distance(), order.len(), n_neighbors, indices, values)
}

/// The share of exact neighbors in the rows of some groups, for which all others are searched.
fn recall(table: &Neighbors, prepared: &Prepared, keys: &Keys, machine: &Machine) -> Recall {
    let n_whole = prepared.order.len() / GROUP;
    let mut groups: Vec<usize> = (0..n_whole).collect();
    Stream::new(0, Use::Recall, 0).shuffle(&mut groups);
    groups.truncate(N_ASKED_GROUPS);
    let shares: Vec<f64> = groups
        .into_par_iter()
        .map(|group| share_known(table, prepared, keys, group, machine))
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

/// The share of a group's exact neighbors that its rows hold.
fn share_known(
    table: &Neighbors,
    prepared: &Prepared,
    keys: &Keys,
    group: usize,
    machine: &Machine,
) -> f64 {
    let (sketches, order) = (&prepared.sketches, &prepared.order);
    let samples = &order[group * GROUP..][..GROUP];
    let mut reaches = [0; GROUP];
    for (reach, &sample) in reaches.iter_mut().zip(samples) {
        let last = *table
            .indices(sample as usize)
            .last()
            .expect("at least one neighbor");
        *reach = sketches.reach(keys.key(sample as usize, last as usize));
    }
    let n_groups = sketches.n_groups();
    let mut near = Vec::new();
    near_pairs(
        machine.instruction_set,
        sketches.groups(group, 1),
        &reaches,
        sketches.groups(0, n_groups),
        &vec![[NO_REACH; GROUP]; n_groups],
        &mut near,
    );
    let mut exact = NearestLists::new(GROUP, table.n_neighbors(), f64::INFINITY);
    for (row, place) in near {
        let x = samples[row as usize];
        if let Some(&y) = order.get(place as usize).filter(|&&y| y != x) {
            exact.insert(row as usize, keys.key(x as usize, y as usize), y);
        }
    }
    let n_known: usize = samples
        .iter()
        .enumerate()
        .map(|(row, &sample)| {
            let known = table.indices(sample as usize);
            let is_known = |other: &&u32| known.contains(other);
            exact.list(row).1.iter().filter(is_known).count()
        })
        .sum();
    n_known as f64 / (GROUP * table.n_neighbors()) as f64
}
