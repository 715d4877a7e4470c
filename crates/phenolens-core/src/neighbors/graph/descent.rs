//! Neighbors of neighbors are likely neighbors: lists that improve each other, round by round.

use rayon::prelude::*;

use super::Graph;
use crate::kernels::GROUP;

/// The nearest neighbors in all lists at the end of a round.
pub(in crate::neighbors) struct Round {
    /// How many of each list.
    breadth: usize,
    /// Places of the neighbors, nearest first, shape `(n_samples, breadth)`.
    known: Vec<u32>,
    /// Which of them the round before did not have, same shape.
    is_new: Vec<bool>,
    /// For every place the places of samples that have it among these, a few at most: of place `p`
    /// those in `starts[p]..starts[p + 1]`.
    starts: Vec<u32>,
    known_by: Vec<u32>,
}

impl Round {
    /// The share of neighbors that the round before did not have, from 0 to 1.
    pub(in crate::neighbors) fn share_new(&self) -> f64 {
        let n_new = self.is_new.iter().filter(|&&is_new| is_new).count();
        n_new as f64 / self.is_new.len() as f64
    }

    fn known(&self, place: usize) -> &[u32] {
        &self.known[place * self.breadth..][..self.breadth]
    }

    fn is_new(&self, place: usize) -> &[bool] {
        &self.is_new[place * self.breadth..][..self.breadth]
    }

    fn known_by(&self, place: usize) -> &[u32] {
        &self.known_by[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

impl Graph<'_> {
    /// The lists as they are.
    ///
    /// * `before`: the last round; without it, everything is new;
    /// * `breadth`: how many neighbors of each are asked, and for how many of their own; all lists must
    ///   hold as many;
    /// * `n_known_by`: how many of the samples that have one among these are asked by it.
    pub(in crate::neighbors) fn round(
        &self,
        before: Option<&Round>,
        breadth: usize,
        n_known_by: usize,
    ) -> Round {
        let breadth = breadth.min(self.n_neighbors);
        let mut known = vec![0; self.n_samples() * breadth];
        let mut is_new = vec![true; known.len()];
        let n_cells = self.prepared.blocks.n_groups_each() * GROUP * breadth;
        known
            .par_chunks_mut(n_cells)
            .zip(is_new.par_chunks_mut(n_cells))
            .enumerate()
            .for_each(|(block, (known, is_new))| {
                let lists = self.lists(block);
                let rows = known
                    .chunks_mut(breadth)
                    .zip(is_new.chunks_mut(breadth))
                    .enumerate();
                for (list, (known, is_new)) in rows {
                    known.copy_from_slice(&lists.list(list).1[..breadth]);
                    if let Some(before) = before {
                        let place = self.prepared.blocks.groups(block).start * GROUP + list;
                        mark_new(known, before.known(place), is_new);
                    }
                }
            });
        let (starts, known_by) = transposed(&known, breadth, n_known_by);
        Round {
            breadth,
            known,
            is_new,
            starts,
            known_by,
        }
    }

    /// Looks among the neighbors of every sample's nearest neighbors, and of those whose neighbor it
    /// is; pairs that the round before has met are left out.
    ///
    /// # Source
    /// Dong, Moses & Li (2011), Efficient k-nearest neighbor graph construction for generic similarity
    /// measures, WWW 2011, 577–586; here pairs are met from one side only.
    pub(in crate::neighbors) fn ask_neighbors(&self, round: &Round) {
        let blocks = &self.prepared.blocks;
        // A few parts for each thread, so that few need room for all samples.
        let n_blocks = blocks.len().div_ceil(8 * rayon::current_num_threads());
        (0..blocks.len())
            .into_par_iter()
            .with_min_len(n_blocks)
            .for_each_init(
                || Asking {
                    met_by: vec![u32::MAX; self.n_samples()],
                    named: Vec::new(),
                },
                |asking, block| {
                    let mut lists = self.lists(block);
                    let groups = blocks.groups(block);
                    let first = groups.start * GROUP;
                    for place in first..(groups.end * GROUP).min(self.n_samples()) {
                        asking.ask_for(place, round);
                        let list = place - first;
                        let mut last = lists.last(list);
                        for &other in &asking.named {
                            let distance = self.sketches().half_distance(
                                self.instruction_set,
                                place,
                                other as usize,
                            );
                            if distance <= last {
                                last = lists.insert(list, distance, other).unwrap_or(last);
                            }
                        }
                    }
                },
            );
    }
}

/// Whom one thread has met.
struct Asking {
    /// For every place the last one for which it was met.
    met_by: Vec<u32>,
    /// Those met for the present place.
    named: Vec<u32>,
}

impl Asking {
    fn ask_for(&mut self, place: usize, round: &Round) {
        self.named.clear();
        self.meet(place, place as u32);
        for &neighbor in round.known(place) {
            self.meet(place, neighbor);
        }
        for (&neighbor, &is_new) in round.known(place).iter().zip(round.is_new(place)) {
            self.ask_one(place, neighbor, is_new, round);
        }
        for &other in round.known_by(place) {
            // That this one knows the sample may itself be news.
            let mut theirs = round.known(other as usize).iter();
            let is_new = theirs
                .position(|&known| known == place as u32)
                .is_some_and(|at| round.is_new(other as usize)[at]);
            if is_new {
                self.name(place, other);
            }
            self.ask_one(place, other, is_new, round);
        }
    }

    fn ask_one(&mut self, place: usize, asked: u32, is_new: bool, round: &Round) {
        let theirs = round.known(asked as usize).iter();
        for (&other, &is_new_there) in theirs.zip(round.is_new(asked as usize)) {
            if is_new || is_new_there {
                self.name(place, other);
            }
        }
    }

    fn name(&mut self, place: usize, other: u32) {
        if self.meet(place, other) {
            self.named.push(other);
        }
    }

    /// Whether `other` is met for `place` for the first time.
    fn meet(&mut self, place: usize, other: u32) -> bool {
        let met_by = &mut self.met_by[other as usize];
        let is_first = *met_by != place as u32;
        *met_by = place as u32;
        is_first
    }
}

/// Marks what was not known before. Both lists are in the same order, so one pass suffices.
fn mark_new(known: &[u32], before: &[u32], is_new: &mut [bool]) {
    let mut before = before.iter().peekable();
    for (place, is_new) in known.iter().zip(is_new) {
        *is_new = before.next_if(|&other| other == place).is_none();
    }
}

/// For every place the first few places in whose nearest neighbors it is.
fn transposed(known: &[u32], breadth: usize, n_known_by: usize) -> (Vec<u32>, Vec<u32>) {
    let nearest = || {
        known
            .chunks(breadth)
            .enumerate()
            .flat_map(|(place, known)| known.iter().map(move |&other| (place, other as usize)))
    };
    let mut counts = vec![0_u32; known.len() / breadth];
    for (_, neighbor) in nearest() {
        counts[neighbor] = (counts[neighbor] + 1).min(n_known_by as u32);
    }
    let mut starts = vec![0];
    let mut end = 0;
    for count in counts {
        end += count;
        starts.push(end);
    }
    let mut next = starts.clone();
    let mut known_by = vec![0; end as usize];
    for (place, neighbor) in nearest() {
        if next[neighbor] < starts[neighbor + 1] {
            known_by[next[neighbor] as usize] = place as u32;
            next[neighbor] += 1;
        }
    }
    (starts, known_by)
}
