//! All pairs of blocks, the nearest first: sketches preselect, the reference key decides.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::blocks::{BlockPair, Blocks};
use super::byte_vectors::ByteVectors;
use super::nearest_lists::NearestLists;
use super::search::Prepared;
use super::sketches::{Sketches, WHOLE_REACH};
use super::{Keys, Neighbors};
use crate::kernels::{GROUP, half_distances, near_pairs};
use crate::machine::{Machine, Phase};

/// Blocks in which every sample looks for its first neighbors.
const N_FIRST_BLOCKS: usize = 8;

/// Pairs of blocks between two reports of progress, in parts of all.
const N_REPORTS: usize = 200;

/// The search for the nearest neighbors of all samples.
pub(super) struct Sweep<'a> {
    pub(super) keys: &'a Keys<'a>,
    pub(super) sketches: &'a Sketches,
    bytes: &'a ByteVectors,
    pub(super) blocks: &'a Blocks,
    /// The samples as their sketches stand.
    pub(super) order: &'a [u32],
    pub(super) n_neighbors: usize,
    pub(super) machine: &'a Machine<'a>,
    /// One for each block.
    pub(super) lists: Vec<Mutex<NearestLists>>,
    /// For every sample, as sketches stand, the bits of the greatest key in its list, and its reach.
    ///
    /// They only fall. A number that another thread has just replaced lets too much pass, never too
    /// little: no order of reads and writes changes the answer.
    limits: Vec<AtomicU64>,
    pub(super) reaches: Vec<AtomicI32>,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(
        keys: &'a Keys<'a>,
        prepared: &'a Prepared,
        n_neighbors: usize,
        machine: &'a Machine<'a>,
    ) -> Sweep<'a> {
        let Prepared {
            sketches,
            bytes,
            blocks,
            order,
        } = prepared;
        let n_places = sketches.n_groups() * GROUP;
        let n_lists = blocks.n_groups_each() * GROUP;
        Sweep {
            keys,
            sketches,
            bytes,
            blocks,
            order,
            n_neighbors,
            machine,
            lists: (0..blocks.len())
                .map(|_| Mutex::new(NearestLists::new(n_lists, n_neighbors)))
                .collect(),
            limits: (0..n_places)
                .map(|_| AtomicU64::new(f64::INFINITY.to_bits()))
                .collect(),
            reaches: (0..n_places).map(|_| AtomicI32::new(WHOLE_REACH)).collect(),
        }
    }

    /// Gives every sample as many neighbors as wanted: those nearest by their sketches in its own and
    /// the nearest blocks, so that later few others are near enough.
    pub(super) fn look_nearby(&self) {
        let n_places = self.blocks.n_groups_each() * GROUP;
        let n_blocks = N_FIRST_BLOCKS.max((self.n_neighbors + 1).div_ceil(n_places) + 1);
        (0..self.blocks.len())
            .into_par_iter()
            .for_each_init(Nearby::default, |nearby, block| {
                let others = self.blocks.nearest(block, n_blocks);
                for group in self.blocks.groups(block) {
                    self.look_into(group, &others, nearby);
                    self.settle(block, group, nearby);
                }
            });
    }

    /// Goes through all pairs of blocks.
    pub(super) fn go_through_all(&self) {
        let pairs = self.blocks.pairs();
        let next = AtomicUsize::new(0);
        let n_samples = self.sketches.n_samples();
        let per_report = pairs.len().div_ceil(N_REPORTS);
        // One after another, not halves for each thread: near blocks first leave less for the others.
        rayon::broadcast(|_| {
            let mut scratch = Scratch::default();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(&pair) = pairs.get(index) else { break };
                if index.is_multiple_of(per_report) {
                    let done = (n_samples as f64 * index as f64 / pairs.len() as f64) as usize;
                    self.machine
                        .progress
                        .report(Phase::Neighbors, done, n_samples);
                }
                self.compare(pair, &mut scratch);
            }
        });
        self.machine
            .progress
            .report(Phase::Neighbors, n_samples, n_samples);
    }

    /// The table, with the samples in their own order again.
    pub(super) fn into_table(self) -> Neighbors {
        let n_samples = self.sketches.n_samples();
        let n_cells = n_samples * self.n_neighbors;
        let (mut indices, mut values) = (vec![0; n_cells], vec![0.0; n_cells]);
        let n_places = self.blocks.n_groups_each() * GROUP;
        for (lists, samples) in self.lists.into_iter().zip(self.order.chunks(n_places)) {
            let lists = lists.into_inner().expect("no thread has panicked");
            for (list, &sample) in samples.iter().enumerate() {
                let (keys, neighbors) = lists.list(list);
                let cells = sample as usize * self.n_neighbors..;
                indices[cells.clone()][..self.n_neighbors].copy_from_slice(neighbors);
                for (value, &key) in values[cells].iter_mut().zip(keys) {
                    *value = self.keys.value_of_key(key);
                }
            }
        }
        Neighbors::from_parts(
            self.keys.distance(),
            n_samples,
            self.n_neighbors,
            indices,
            values,
        )
    }
}

impl Sweep<'_> {
    /// For a group's samples the nearest in some blocks, by their sketches.
    fn look_into(&self, group: usize, others: &[usize], nearby: &mut Nearby) {
        let rows = self.sketches.groups(group, 1);
        for found in &mut nearby.found {
            found.clear();
        }
        let mut worst = [i32::MAX; GROUP];
        for &other in others {
            let columns = self.blocks.groups(other);
            nearby.distances.resize(columns.len(), [[0; GROUP]; GROUP]);
            half_distances(
                self.machine.instruction_set,
                rows,
                self.sketches.groups(columns.start, columns.len()),
                &mut nearby.distances,
            );
            for (row, (found, worst)) in nearby.found.iter_mut().zip(&mut worst).enumerate() {
                let place = group * GROUP + row;
                for (column_group, distances) in columns.clone().zip(&nearby.distances) {
                    for (column, &distance) in distances[row].iter().enumerate() {
                        let other = column_group * GROUP + column;
                        if distance < *worst && other != place && other < self.order.len() {
                            found.push((distance, other as u32));
                        }
                    }
                    if found.len() >= 2 * self.n_neighbors + GROUP {
                        found.select_nth_unstable(self.n_neighbors - 1);
                        found.truncate(self.n_neighbors);
                        *worst = found[self.n_neighbors - 1].0;
                    }
                }
            }
        }
        for found in &mut nearby.found {
            if found.len() > self.n_neighbors {
                found.select_nth_unstable(self.n_neighbors - 1);
                found.truncate(self.n_neighbors);
            }
        }
    }

    /// Takes what was found nearby into the lists.
    fn settle(&self, block: usize, group: usize, nearby: &Nearby) {
        let first = self.blocks.groups(block).start * GROUP;
        let mut lists = self.lists[block].lock().expect("no thread has panicked");
        for (row, found) in nearby.found.iter().enumerate() {
            let place = group * GROUP + row;
            let Some(&sample) = self.order.get(place) else {
                break;
            };
            for &(_, other) in found {
                let other = self.order[other as usize];
                let key = self.keys.key(sample as usize, other as usize);
                if let Some(limit) = lists.insert(place - first, key, other) {
                    self.limits[place].store(limit.to_bits(), Ordering::Relaxed);
                }
            }
            self.reaches[place].store(self.sketches.reach(self.limit(place)), Ordering::Relaxed);
        }
    }

    /// Compares the samples of two blocks, and takes in what is near.
    fn compare(&self, pair: BlockPair, scratch: &mut Scratch) {
        let row_reaches = self.reaches(pair.row);
        let column_reaches = self.reaches(pair.column);
        let all = row_reaches
            .as_flattened()
            .iter()
            .chain(column_reaches.as_flattened());
        if all.max().is_some_and(|&reach| pair.half_gap > reach) {
            return;
        }
        let columns = self.blocks.groups(pair.column);
        scratch.for_rows.clear();
        scratch.for_columns.clear();
        for (row_group, reaches) in self.blocks.groups(pair.row).zip(&row_reaches) {
            // Within one block every pair of groups is met once.
            let n_before = if pair.row == pair.column {
                row_group - columns.start
            } else {
                0
            };
            let first = columns.start + n_before;
            scratch.near.clear();
            near_pairs(
                self.machine.instruction_set,
                self.sketches.groups(row_group, 1),
                reaches,
                self.sketches.groups(first, columns.end - first),
                &column_reaches[n_before..],
                &mut scratch.near,
            );
            self.measure(row_group * GROUP, first * GROUP, scratch);
        }
        self.take_in(pair.row, &scratch.for_rows);
        self.take_in(pair.column, &scratch.for_columns);
    }

    /// Measures near pairs by the reference key.
    fn measure(&self, first_row: usize, first_column: usize, scratch: &mut Scratch) {
        for &(row, column) in &scratch.near {
            let (row, column) = (first_row + row as usize, first_column + column as usize);
            let is_met_elsewhere = first_row == first_column && row >= column;
            if is_met_elsewhere || row.max(column) >= self.order.len() {
                continue;
            }
            let bound = self
                .bytes
                .lower_bound(self.machine.instruction_set, row, column);
            if bound > self.reached_by(row).max(self.reached_by(column)) {
                continue;
            }
            let (x, y) = (self.order[row], self.order[column]);
            let key = self.keys.key(x as usize, y as usize);
            let is_within = |place: usize| key <= self.limit(place);
            if is_within(row) {
                scratch.for_rows.push((row, key, y));
            }
            if is_within(column) {
                scratch.for_columns.push((column, key, x));
            }
        }
    }

    /// Takes neighbors of a block's samples into their lists.
    pub(super) fn take_in(&self, block: usize, neighbors: &[(usize, f64, u32)]) {
        if neighbors.is_empty() {
            return;
        }
        let first = self.blocks.groups(block).start * GROUP;
        let mut lists = self.lists[block].lock().expect("no thread has panicked");
        for &(place, key, sample) in neighbors {
            if let Some(limit) = lists.insert(place - first, key, sample) {
                self.limits[place].store(limit.to_bits(), Ordering::Relaxed);
                self.reaches[place].store(self.sketches.reach(limit), Ordering::Relaxed);
            }
        }
    }

    /// The greatest key in the list of a sample, as it is now.
    fn limit(&self, place: usize) -> f64 {
        f64::from_bits(self.limits[place].load(Ordering::Relaxed))
    }

    /// The distance beyond which nothing enters the list of a sample.
    pub(super) fn reached_by(&self, place: usize) -> f64 {
        self.sketches.greatest_distance(self.limit(place))
    }

    /// The key of two samples if, by what is kept of them, it can enter the list of the first.
    pub(super) fn key_within(&self, place: usize, other: usize) -> Option<f64> {
        let set = self.machine.instruction_set;
        let is_beyond = self.sketches.half_distance(set, place, other)
            > self.reaches[place].load(Ordering::Relaxed)
            || self.bytes.lower_bound(set, place, other) > self.reached_by(place);
        let (x, y) = (self.order[place], self.order[other]);
        (!is_beyond).then(|| self.keys.key(x as usize, y as usize))
    }

    /// The reaches of a block's samples as they are now.
    fn reaches(&self, block: usize) -> Vec<[i32; GROUP]> {
        let groups = self.blocks.groups(block);
        let places = &self.reaches[groups.start * GROUP..groups.end * GROUP];
        let reaches = places.as_chunks::<GROUP>().0.iter();
        reaches
            .map(|group| group.each_ref().map(|reach| reach.load(Ordering::Relaxed)))
            .collect()
    }
}

/// What is near one group's samples by their sketches.
#[derive(Default)]
struct Nearby {
    distances: Vec<[[i32; GROUP]; GROUP]>,
    /// Half squared distances with places, for each sample of the group.
    found: [Vec<(i32, u32)>; GROUP],
}

/// Room that a thread uses again and again.
#[derive(Default)]
struct Scratch {
    near: Vec<(u32, u32)>,
    /// Places, keys and their new neighbors.
    for_rows: Vec<(usize, f64, u32)>,
    for_columns: Vec<(usize, f64, u32)>,
}
