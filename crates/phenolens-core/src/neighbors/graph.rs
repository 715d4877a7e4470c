//! A graph of likely neighbors, by sketches alone.
//!
//! What a sample finds depends on the lists of the round before alone, never on the order in which
//! threads come: the graph is the same on any number of them.

mod descent;
mod forest;
mod nearby;

use std::sync::{Mutex, MutexGuard};

use super::nearest_lists::NearestLists;
use super::search::Prepared;
use super::sketches::{Sketches, WHOLE_REACH};
use crate::kernels::{GROUP, InstructionSet};

/// For every sample the nearest others so far, by half the squared distance of their sketches.
///
/// Samples are named by their places.
pub(super) struct Graph<'a> {
    prepared: &'a Prepared<'a>,
    instruction_set: InstructionSet,
    n_neighbors: usize,
    /// One for each block.
    lists: Vec<Mutex<NearestLists<i32>>>,
}

impl<'a> Graph<'a> {
    /// A graph without edges.
    ///
    /// * `n_neighbors`: below the number of samples.
    pub(super) fn new(
        prepared: &'a Prepared<'a>,
        n_neighbors: usize,
        instruction_set: InstructionSet,
    ) -> Graph<'a> {
        let n_lists = prepared.blocks.n_groups_each() * GROUP;
        Graph {
            prepared,
            instruction_set,
            n_neighbors,
            lists: (0..prepared.blocks.len())
                .map(|_| Mutex::new(NearestLists::new(n_lists, n_neighbors, WHOLE_REACH)))
                .collect(),
        }
    }

    /// Places of the neighbors of a sample, nearest first.
    pub(super) fn known(&self, place: usize) -> Vec<u32> {
        let (block, list) = self.list_of(place);
        let lists = self.lists(block);
        let known = lists.list(list).1.iter().copied();
        known.filter(|&other| other != u32::MAX).collect()
    }

    fn lists(&self, block: usize) -> MutexGuard<'_, NearestLists<i32>> {
        self.lists[block].lock().expect("no thread has panicked")
    }

    /// The block of a place, and which of its lists belongs to it.
    fn list_of(&self, place: usize) -> (usize, usize) {
        let n_places = self.prepared.blocks.n_groups_each() * GROUP;
        (place / n_places, place % n_places)
    }

    fn sketches(&self) -> &Sketches {
        &self.prepared.sketches
    }

    pub(super) fn n_samples(&self) -> usize {
        self.prepared.order.len()
    }
}
