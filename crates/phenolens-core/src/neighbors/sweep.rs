//! All pairs of blocks, the nearest first: sketches preselect, the reference key decides.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::blocks::BlockPair;
use super::goal::{Found, Goal};
use super::quantized::Quantized;
use super::search::Prepared;
use super::{Keys, Neighbors};
use crate::kernels::{Angles, GROUP, NO_REACH, near_pairs, near_pairs_of_both};
use crate::machine::{Machine, Phase};

/// Pairs of blocks between two reports of progress, in parts of all.
const N_REPORTS: usize = 200;

/// The search for the nearest neighbors of all samples by one or several distances.
pub(super) struct Sweep<'a> {
    prepared: &'a Prepared<'a>,
    quantized: Quantized,
    goals: Vec<Goal<'a>>,
    machine: &'a Machine<'a>,
}

impl<'a> Sweep<'a> {
    /// A search in which nothing is known yet.
    ///
    /// * `keys`: of the distance of the sketches, and of cosine where that one is euclidean.
    ///
    /// `None` where cosine cannot be searched through euclidean sketches.
    pub(super) fn new(
        prepared: &'a Prepared,
        keys: &[&'a Keys<'a>],
        n_neighbors: usize,
        machine: &'a Machine<'a>,
    ) -> Option<Sweep<'a>> {
        Some(Sweep {
            prepared,
            quantized: prepared.sketcher.quantized(&prepared.order),
            goals: keys
                .iter()
                .map(|keys| Goal::new(keys, prepared, n_neighbors))
                .collect::<Option<_>>()?,
            machine,
        })
    }

    /// Bounds how far neighbors can be by likely ones, so that later few others are near enough.
    ///
    /// No key is computed: those of pairs that turn out near are when these are met.
    ///
    /// * `likely`: gives, for a place, some others, all different.
    pub(super) fn start_with(&self, likely: impl Fn(usize) -> Vec<u32> + Sync) {
        let set = self.machine.instruction_set;
        let n_places = self.prepared.order.len();
        (0..n_places).into_par_iter().for_each(|place| {
            let likely = likely(place);
            let distance = |&other: &u32| self.quantized.upper_bound(set, place, other as usize);
            let distances: Vec<f64> = likely.iter().map(distance).collect();
            for goal in &self.goals {
                let pairs = likely.iter().zip(&distances);
                let key = |(&other, &distance)| goal.greatest_key(place, other as usize, distance);
                goal.start_from(place, pairs.map(key).collect());
            }
        });
    }

    /// Whether squared reaches are, by every distance and in the mean of all samples, at most so many
    /// times greater than the keys ask for.
    pub(super) fn is_within(&self, max_slack: f64) -> bool {
        self.goals.iter().all(|goal| goal.slack() <= max_slack)
    }

    /// Goes through all pairs of blocks; gives the tables in the order of the keys.
    pub(super) fn into_tables(mut self) -> Vec<Neighbors> {
        self.goals.iter_mut().for_each(Goal::open_lists);
        self.go_through_all();
        // Tables take the place of the vectors.
        drop(self.quantized);
        self.goals.into_iter().map(Goal::into_table).collect()
    }

    fn go_through_all(&self) {
        let pairs = self.prepared.blocks.pairs();
        let next = AtomicUsize::new(0);
        let n_samples = self.prepared.order.len();
        let per_report = pairs.len().div_ceil(N_REPORTS);
        // One after another, not halves for each thread: near blocks first leave less for the others.
        rayon::broadcast(|_| {
            let mut scratch = Scratch::default();
            scratch
                .found
                .resize_with(self.goals.len(), Default::default);
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

    /// Compares the samples of two blocks, and takes in what is near.
    fn compare(&self, pair: BlockPair, scratch: &mut Scratch) {
        let (row, column) = (pair.row(), pair.column());
        let row_reaches = self.own_reaches(row);
        let column_reaches = self.own_reaches(column);
        let all = row_reaches
            .as_flattened()
            .iter()
            .chain(column_reaches.as_flattened());
        let is_far = all.max().is_some_and(|&reach| pair.half_gap > reach);
        if is_far && self.is_beyond_reach(pair) {
            return;
        }
        let [row_angles, column_angles] = [row, column].map(|block| self.angles(block));
        let Prepared {
            sketches, blocks, ..
        } = self.prepared;
        let columns = blocks.groups(column);
        for (index, row_group) in blocks.groups(row).enumerate() {
            // Within one block every pair of groups is met once.
            let n_before = if row == column { index } else { 0 };
            let first = columns.start + n_before;
            let set = self.machine.instruction_set;
            let rows = sketches.groups(row_group, 1);
            let others = sketches.groups(first, columns.end - first);
            let column_reaches = &column_reaches[n_before..];
            scratch.near.clear();
            match (&row_angles, &column_angles) {
                (Some(of_rows), Some(of_columns)) => near_pairs_of_both(
                    set,
                    rows,
                    [&row_reaches[index..], column_reaches],
                    others,
                    [&of_rows[index..], &of_columns[n_before..]],
                    &mut scratch.near,
                ),
                _ => near_pairs(
                    set,
                    rows,
                    &row_reaches[index],
                    others,
                    column_reaches,
                    &mut scratch.near,
                ),
            }
            self.measure(row_group * GROUP, first * GROUP, scratch);
        }
        for (goal, found) in self.goals.iter().zip(&mut scratch.found) {
            goal.take_in(row, &found.of_rows);
            goal.take_in(column, &found.of_columns);
            found.of_rows.clear();
            found.of_columns.clear();
        }
    }

    /// Measures near pairs by the reference keys.
    fn measure(&self, first_row: usize, first_column: usize, scratch: &mut Scratch) {
        let order = &self.prepared.order;
        scratch.bounded.clear();
        for &(row, column) in &scratch.near {
            let (row, column) = (first_row + row as usize, first_column + column as usize);
            let is_met_elsewhere = first_row == first_column && row >= column;
            if is_met_elsewhere || row.max(column) >= order.len() {
                continue;
            }
            let set = self.machine.instruction_set;
            let apart = self.quantized.apart(set, row, column);
            let mut near_by = 0_u32;
            for (index, goal) in self.goals.iter().enumerate() {
                let is_beyond = apart.is_beyond(goal.greatest_distance(row, column));
                near_by |= u32::from(!is_beyond) << index;
            }
            if near_by != 0 {
                // Of few rows and many columns: by the time of their keys, these are there.
                self.goals[0].prefetch(column);
                scratch.bounded.push((row, column, near_by));
            }
        }
        for &(row, column, near_by) in &scratch.bounded {
            let goals = self.goals.iter().zip(&mut scratch.found).enumerate();
            for (_, (goal, found)) in goals.filter(|&(index, _)| near_by >> index & 1 == 1) {
                let key = goal.key(row, column);
                if key <= goal.limit(row) {
                    found.of_rows.push((row, key, order[column]));
                }
                if key <= goal.limit(column) {
                    found.of_columns.push((column, key, order[row]));
                }
            }
        }
    }

    /// Whether no sample of the one block can enter a list of the other by any distance.
    fn is_beyond_reach(&self, pair: BlockPair) -> bool {
        let is_beyond = |block: usize, other: usize| {
            let mut places = self.places(block);
            places.all(|place| {
                let mut goals = self.goals.iter();
                goals.all(|goal| pair.half_gap > goal.reach(place, other))
            })
        };
        is_beyond(pair.row(), pair.column()) && is_beyond(pair.column(), pair.row())
    }

    /// How far the samples of a block reach by the distance of the sketches.
    fn own_reaches(&self, block: usize) -> Vec<[i32; GROUP]> {
        let own = self.goals.iter().find(|goal| goal.is_of_sketches());
        let groups = self.prepared.blocks.groups(block);
        let reach = |place| own.map_or(NO_REACH, |goal| goal.reach(place, block));
        groups
            .map(|group| std::array::from_fn(|row| reach(group * GROUP + row)))
            .collect()
    }

    /// The angles of a block's samples, where one of the distances needs them.
    fn angles(&self, block: usize) -> Option<Vec<Angles>> {
        self.goals.iter().find_map(|goal| goal.angles(block))
    }

    /// The places of a block.
    fn places(&self, block: usize) -> Range<usize> {
        let groups = self.prepared.blocks.groups(block);
        groups.start * GROUP..(groups.end * GROUP).min(self.prepared.order.len())
    }
}

/// Room that a thread uses again and again.
#[derive(Default)]
struct Scratch {
    near: Vec<(u32, u32)>,
    /// Places of pairs that are near as whole vectors too, and by which of the distances, as bits.
    bounded: Vec<(usize, usize, u32)>,
    /// By every distance.
    found: Vec<OfBlocks>,
}

/// What is found for the samples of two blocks.
#[derive(Default)]
struct OfBlocks {
    of_rows: Vec<Found>,
    of_columns: Vec<Found>,
}
