//! Trees that cut the samples in ever other ways: what one parts, another leaves together.

use rayon::prelude::*;

use super::super::order::random_order;
use super::Graph;
use crate::kernels::{GROUP, NO_REACH, near_pairs};

/// Samples of a leaf, each of which meets all others of it.
const LEAF_SIZE: usize = 1024;

impl Graph<'_> {
    /// Gives every sample the nearest ones in its leaf of a tree.
    ///
    /// * `tree`: which of many trees.
    ///
    /// # Source
    /// Dasgupta & Freund (2008), Random projection trees and low dimensional manifolds, STOC 2008,
    /// 537–546.
    pub(in crate::neighbors) fn look_into_leaves(&self, tree: u64) {
        let (coordinates, n_coordinates) = self.sketches().row_major();
        random_order(coordinates, n_coordinates, LEAF_SIZE, tree)
            .par_chunks(LEAF_SIZE)
            .for_each_init(Leaf::default, |leaf, places| leaf.search(self, places));
    }
}

/// Room that a thread uses again and again.
#[derive(Default)]
struct Leaf {
    near: Vec<(u32, u32)>,
    /// Those of columns, which look for nothing themselves.
    reaches: Vec<[i32; GROUP]>,
}

impl Leaf {
    fn search(&mut self, graph: &Graph, places: &[u32]) {
        let leaf = graph.sketches().arrange(places);
        let n_groups = leaf.n_groups();
        self.reaches.resize(n_groups, [NO_REACH; GROUP]);
        for (group, rows) in places.chunks(GROUP).enumerate() {
            let mut reaches = [NO_REACH; GROUP];
            for (reach, &place) in reaches.iter_mut().zip(rows) {
                let (block, list) = graph.list_of(place as usize);
                *reach = graph.lists(block).last(list);
            }
            self.near.clear();
            near_pairs(
                graph.instruction_set,
                leaf.groups(group, 1),
                &reaches,
                leaf.groups(0, n_groups),
                &self.reaches,
                &mut self.near,
            );
            self.take_in(graph, rows, places);
        }
    }

    fn take_in(&mut self, graph: &Graph, rows: &[u32], places: &[u32]) {
        // Of one row after another.
        self.near.sort_unstable();
        for near in self.near.chunk_by(|a, b| a.0 == b.0) {
            let place = rows[near[0].0 as usize];
            let (block, list) = graph.list_of(place as usize);
            let mut lists = graph.lists(block);
            for &(_, column) in near {
                let Some(&other) = places.get(column as usize).filter(|&&other| other != place)
                else {
                    continue;
                };
                let (a, b) = (place as usize, other as usize);
                let distance = graph.sketches().half_distance(graph.instruction_set, a, b);
                lists.insert(list, distance, other);
            }
        }
    }
}
