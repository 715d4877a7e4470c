//! The first neighbors: those in the blocks around.

use rayon::prelude::*;

use super::Graph;
use crate::kernels::{GROUP, NO_REACH, half_distances, near_pairs};

impl Graph<'_> {
    /// Gives every sample its nearest ones in its own and the nearest blocks.
    ///
    /// * `n_blocks`: how many of them; more where these hold too few samples.
    pub(in crate::neighbors) fn look_nearby(&self, n_blocks: usize) {
        let blocks = &self.prepared.blocks;
        let n_places = blocks.n_groups_each() * GROUP;
        let n_blocks = n_blocks.max((self.n_neighbors + 1).div_ceil(n_places) + 1);
        (0..blocks.len())
            .into_par_iter()
            .for_each_init(Nearby::default, |nearby, block| {
                let others = blocks.nearest(block, n_blocks);
                let mut lists = self.lists(block);
                for group in blocks.groups(block) {
                    self.look_into(group, &others, nearby);
                    for (row, found) in nearby.found.iter_mut().enumerate() {
                        let (_, list) = self.list_of(group * GROUP + row);
                        found.sort_unstable();
                        found.truncate(self.n_neighbors);
                        lists.fill(list, found.iter().map(|found| found.parts()));
                    }
                }
            });
    }

    /// For a group's samples the nearest in some blocks.
    fn look_into(&self, group: usize, others: &[usize], nearby: &mut Nearby) {
        for found in &mut nearby.found {
            found.clear();
        }
        nearby.reaches = [i32::MAX; GROUP];
        for &other in others {
            if nearby.reaches.contains(&i32::MAX) {
                self.look_at_all(group, other, nearby);
            } else {
                self.look_at_near(group, other, nearby);
            }
            nearby.keep(self.n_neighbors);
        }
    }

    /// Finds all samples of a block.
    fn look_at_all(&self, group: usize, block: usize, nearby: &mut Nearby) {
        let columns = self.prepared.blocks.groups(block);
        nearby.distances.resize(columns.len(), [[0; GROUP]; GROUP]);
        half_distances(
            self.instruction_set,
            self.sketches().groups(group, 1),
            self.sketches().groups(columns.start, columns.len()),
            &mut nearby.distances,
        );
        for (row, found) in nearby.found.iter_mut().enumerate() {
            let place = group * GROUP + row;
            for (column_group, distances) in columns.clone().zip(&nearby.distances) {
                let others = column_group * GROUP..self.n_samples();
                let pairs = others.zip(distances[row]).filter(|pair| pair.0 != place);
                found.extend(pairs.map(|(other, distance)| Near::new(distance, other as u32)));
            }
        }
    }

    /// Finds the samples of a block that are nearer than those found so far.
    fn look_at_near(&self, group: usize, block: usize, nearby: &mut Nearby) {
        let columns = self.prepared.blocks.groups(block);
        nearby.near.clear();
        near_pairs(
            self.instruction_set,
            self.sketches().groups(group, 1),
            &nearby.reaches,
            self.sketches().groups(columns.start, columns.len()),
            &vec![[NO_REACH; GROUP]; columns.len()],
            &mut nearby.near,
        );
        for &(row, column) in &nearby.near {
            let place = group * GROUP + row as usize;
            let other = columns.start * GROUP + column as usize;
            if place.max(other) < self.n_samples() {
                let distance = self
                    .sketches()
                    .half_distance(self.instruction_set, place, other);
                nearby.found[row as usize].push(Near::new(distance, other as u32));
            }
        }
    }
}

/// A half squared distance and a place in one number, which is compared faster than the two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Near(i64);

impl Near {
    fn new(distance: i32, place: u32) -> Near {
        Near(i64::from(distance) << 32 | i64::from(place))
    }

    fn parts(self) -> (i32, u32) {
        ((self.0 >> 32) as i32, self.0 as u32)
    }
}

/// What is near one group's samples.
#[derive(Default)]
struct Nearby {
    distances: Vec<[[i32; GROUP]; GROUP]>,
    near: Vec<(u32, u32)>,
    /// Half squared distances with places, for each sample of the group.
    found: [Vec<Near>; GROUP],
    /// The greatest of them, once there are as many as wanted.
    reaches: [i32; GROUP],
}

impl Nearby {
    /// Keeps for each sample the `n_neighbors` nearest.
    fn keep(&mut self, n_neighbors: usize) {
        for (found, reach) in self.found.iter_mut().zip(&mut self.reaches) {
            if found.len() >= n_neighbors {
                *reach = found.select_nth_unstable(n_neighbors - 1).1.parts().0;
                found.truncate(n_neighbors);
            }
        }
    }
}
