//! The first neighbors: those in the blocks around.

#[cfg(test)]
mod tests;

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

    /// Finds the nearest samples of a block, and maybe some more.
    fn look_at_all(&self, group: usize, block: usize, nearby: &mut Nearby) {
        let columns = self.prepared.blocks.groups(block);
        nearby.distances.resize(columns.len(), [[0; GROUP]; GROUP]);
        half_distances(
            self.instruction_set,
            self.sketches().groups(group, 1),
            self.sketches().groups(columns.start, columns.len()),
            &mut nearby.distances,
        );
        let n_filled = (columns.end * GROUP).saturating_sub(self.n_samples());
        if let (1.., Some(last)) = (n_filled, nearby.distances.last_mut()) {
            for distances in last {
                distances[GROUP - n_filled..].fill(i32::MAX);
            }
        }
        for row in 0..GROUP {
            let place = group * GROUP + row;
            // One more than wanted: the sample itself may be among them.
            let bound = bound_of_least(&nearby.distances, row, self.n_neighbors + 1);
            nearby.reaches[row] = bound.min(nearby.reaches[row]);
            for (column_group, distances) in columns.clone().zip(&nearby.distances) {
                let distances = &distances[row];
                let is_near = |lane: usize| u32::from(distances[lane] <= bound) << lane;
                let mut near = (0..GROUP).fold(0, |mask, lane| mask | is_near(lane));
                while near != 0 {
                    let lane = near.trailing_zeros() as usize;
                    let other = column_group * GROUP + lane;
                    if other != place && other < self.n_samples() {
                        nearby.found[row].push(Near::new(distances[lane], other as u32));
                    }
                    near &= near - 1;
                }
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

/// No less than the distance of a row of which the rank is asked, and little more; the greatest number
/// where all distances are to be kept.
///
/// It is the one of that rank among the few least of every lane: their search takes no branches.
///
/// * `distances`: shape `(n_groups, 16 rows)`, of 16 lanes each;
/// * `rank`: 1 is that of the least.
fn bound_of_least(distances: &[[[i32; GROUP]; GROUP]], row: usize, rank: usize) -> i32 {
    /// Groups of a block of the usual size.
    const MAX_GROUPS: usize = 16;

    // Half as many more than are wanted: they are not spread evenly over the lanes.
    let n_levels = (rank + rank / 2).div_ceil(GROUP);
    if 2 * n_levels > distances.len().min(MAX_GROUPS) {
        return i32::MAX;
    }
    let mut least = [[i32::MAX; GROUP]; MAX_GROUPS / 2];
    let least = &mut least[..n_levels];
    for of_group in distances {
        let mut newcomers = of_group[row];
        for level in &mut *least {
            for (least, newcomer) in level.iter_mut().zip(&mut newcomers) {
                (*least, *newcomer) = ((*least).min(*newcomer), (*least).max(*newcomer));
            }
        }
    }
    *least.as_flattened_mut().select_nth_unstable(rank - 1).1
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
    /// As far as the last wanted one of them or farther, once there are as many as wanted.
    reaches: [i32; GROUP],
}

impl Nearby {
    /// Keeps for each sample the `n_neighbors` nearest, if many more have been found.
    fn keep(&mut self, n_neighbors: usize) {
        let n_many = n_neighbors + n_neighbors / 2;
        for (found, reach) in self.found.iter_mut().zip(&mut self.reaches) {
            let is_unbounded = *reach == i32::MAX && found.len() >= n_neighbors;
            if is_unbounded || found.len() >= n_many {
                *reach = found.select_nth_unstable(n_neighbors - 1).1.parts().0;
                found.truncate(n_neighbors);
            }
        }
    }
}
