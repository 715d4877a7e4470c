//! All pairs of blocks, the nearest first: sketches preselect, the reference key decides.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::blocks::{BlockPair, Blocks};
use super::byte_vectors::ByteVectors;
use super::nearest_lists::NearestLists;
use super::search::Prepared;
use super::sketches::{Sketches, WHOLE_REACH};
use super::{Keys, Neighbors};
use crate::kernels::{GROUP, near_pairs};
use crate::machine::{Machine, Phase};

/// Pairs of blocks between two reports of progress, in parts of all.
const N_REPORTS: usize = 200;

/// The search for the nearest neighbors of all samples.
pub(super) struct Sweep<'a> {
    pub(super) keys: &'a Keys<'a>,
    pub(super) sketches: &'a Sketches,
    bytes: ByteVectors,
    pub(super) blocks: &'a Blocks,
    /// The samples as their sketches stand.
    pub(super) order: &'a [u32],
    pub(super) n_neighbors: usize,
    pub(super) machine: &'a Machine<'a>,
    /// One for each block.
    pub(super) lists: Vec<Mutex<NearestLists<f64>>>,
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
            sketcher,
            sketches,
            blocks,
            order,
        } = prepared;
        let n_places = sketches.n_groups() * GROUP;
        let n_lists = blocks.n_groups_each() * GROUP;
        Sweep {
            keys,
            sketches,
            bytes: sketcher.byte_vectors(order),
            blocks,
            order,
            n_neighbors,
            machine,
            lists: (0..blocks.len())
                .map(|_| Mutex::new(NearestLists::new(n_lists, n_neighbors, f64::INFINITY)))
                .collect(),
            limits: (0..n_places)
                .map(|_| AtomicU64::new(f64::INFINITY.to_bits()))
                .collect(),
            reaches: (0..n_places).map(|_| AtomicI32::new(WHOLE_REACH)).collect(),
        }
    }

    /// Takes in likely neighbors, so that later few others are near enough.
    ///
    /// * `likely`: gives, for a place, some samples.
    pub(super) fn start_with<I: IntoIterator<Item = u32>>(
        &self,
        likely: impl Fn(usize) -> I + Sync,
    ) {
        (0..self.blocks.len()).into_par_iter().for_each(|block| {
            let first = self.blocks.groups(block).start * GROUP;
            let mut found = Vec::new();
            for (&sample, place) in self.order[first..].iter().zip(self.places(block)) {
                let keyed = |other: u32| {
                    let key = self.keys.key(sample as usize, other as usize);
                    (place, key, other)
                };
                found.extend(likely(place).into_iter().map(keyed));
            }
            self.take_in(block, &found);
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

    /// The places of a block.
    fn places(&self, block: usize) -> Range<usize> {
        let groups = self.blocks.groups(block);
        groups.start * GROUP..(groups.end * GROUP).min(self.order.len())
    }

    /// The greatest key in the list of a sample, as it is now.
    fn limit(&self, place: usize) -> f64 {
        f64::from_bits(self.limits[place].load(Ordering::Relaxed))
    }

    /// The distance beyond which nothing enters the list of a sample.
    pub(super) fn reached_by(&self, place: usize) -> f64 {
        self.sketches.greatest_distance(self.limit(place))
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

/// Room that a thread uses again and again.
#[derive(Default)]
struct Scratch {
    near: Vec<(u32, u32)>,
    /// Places, keys and their new neighbors.
    for_rows: Vec<(usize, f64, u32)>,
    for_columns: Vec<(usize, f64, u32)>,
}
