//! Neighbors of neighbors are likely neighbors: lists that improve each other, round by round.

use rayon::prelude::*;

use super::sweep::Sweep;
use crate::kernels::GROUP;

/// How many are asked, and for how many of their neighbors.
#[derive(Clone, Copy)]
pub(super) struct Breadth {
    /// Nearest neighbors of a sample that are asked.
    pub(super) n_asked: usize,
    /// Samples among whose nearest neighbors it is that are asked.
    pub(super) n_known_by: usize,
    /// Neighbors for which each is asked, the nearest ones.
    pub(super) n_told: usize,
}

/// The lists of all samples at the end of a round.
pub(super) struct Round {
    n_neighbors: usize,
    /// Places of the neighbors, nearest first, shape `(n_samples, n_neighbors)`.
    known: Vec<u32>,
    /// Which of them the round before did not know, same shape.
    is_new: Vec<bool>,
    /// For every place the places of samples that have it among their nearest, a few at most:
    /// of place `p` those in `starts[p]..starts[p + 1]`.
    starts: Vec<u32>,
    known_by: Vec<u32>,
}

impl Round {
    /// The share of neighbors that the round before did not know, from 0 to 1.
    pub(super) fn share_new(&self) -> f64 {
        let n_new = self.is_new.iter().filter(|&&is_new| is_new).count();
        n_new as f64 / self.is_new.len() as f64
    }

    fn known(&self, place: usize) -> &[u32] {
        &self.known[place * self.n_neighbors..][..self.n_neighbors]
    }

    fn is_new(&self, place: usize) -> &[bool] {
        &self.is_new[place * self.n_neighbors..][..self.n_neighbors]
    }

    fn known_by(&self, place: usize) -> &[u32] {
        &self.known_by[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

impl Sweep<'_> {
    /// The lists as they are.
    ///
    /// * `before`: the last round; without it, everything is new.
    /// * `n_known_by`: how many of the samples that have one among their nearest are kept for it.
    pub(super) fn round(&self, before: Option<&Round>, n_known_by: usize) -> Round {
        let n_samples = self.order.len();
        let mut place_of = vec![0; n_samples];
        for (place, &sample) in self.order.iter().enumerate() {
            place_of[sample as usize] = place as u32;
        }
        let mut known = vec![0; n_samples * self.n_neighbors];
        let mut is_new = vec![true; known.len()];
        let n_cells = self.blocks.n_groups_each() * GROUP * self.n_neighbors;
        known
            .par_chunks_mut(n_cells)
            .zip(is_new.par_chunks_mut(n_cells))
            .enumerate()
            .for_each(|(block, (known, is_new))| {
                let lists = self.lists[block].lock().expect("no thread has panicked");
                let rows = known
                    .chunks_mut(self.n_neighbors)
                    .zip(is_new.chunks_mut(self.n_neighbors));
                for (list, (known, is_new)) in rows.enumerate() {
                    for (place, &sample) in known.iter_mut().zip(lists.list(list).1) {
                        *place = place_of[sample as usize];
                    }
                    if let Some(before) = before {
                        let place = self.blocks.groups(block).start * GROUP + list;
                        mark_new(known, before.known(place), is_new);
                    }
                }
            });
        let (starts, known_by) = transposed(&known, self.n_neighbors, n_known_by);
        Round {
            n_neighbors: self.n_neighbors,
            known,
            is_new,
            starts,
            known_by,
        }
    }

    /// Looks among the neighbors of every sample's nearest neighbors, and of those whose neighbor it
    /// is; pairs that the round before has met are left out.
    ///
    /// What a sample is told depends on the last round alone, so that the result does not depend on
    /// threads.
    ///
    /// # Source
    /// Dong, Moses & Li (2011), Efficient k-nearest neighbor graph construction for generic similarity
    /// measures, WWW 2011, 577–586; here the pairs are met from one side only, and sketches tell which
    /// are worth measuring.
    pub(super) fn ask_neighbors(&self, round: &Round, breadth: Breadth) {
        (0..self.blocks.len()).into_par_iter().for_each_init(
            || Asking {
                met_by: vec![u32::MAX; self.order.len()],
                found: Vec::new(),
            },
            |asking, block| {
                let groups = self.blocks.groups(block);
                for place in groups.start * GROUP..(groups.end * GROUP).min(self.order.len()) {
                    self.ask_for(place, round, breadth, asking);
                }
                self.take_in(block, &asking.found);
                asking.found.clear();
            },
        );
    }

    fn ask_for(&self, place: usize, round: &Round, breadth: Breadth, asking: &mut Asking) {
        asking.meet(place, place as u32);
        for &neighbor in round.known(place) {
            asking.meet(place, neighbor);
        }
        let n_asked = self.n_neighbors.min(breadth.n_asked);
        let known = round.known(place)[..n_asked]
            .iter()
            .zip(round.is_new(place));
        for (&neighbor, &is_new) in known {
            self.ask_one(place, neighbor, is_new, round, breadth, asking);
        }
        for &other in round.known_by(place) {
            // That this one knows the sample may itself be news.
            let theirs = round
                .known(other as usize)
                .iter()
                .position(|&p| p == place as u32);
            let is_new = theirs.is_some_and(|at| round.is_new(other as usize)[at]);
            if is_new {
                self.meet_and_measure(place, other, asking);
            }
            self.ask_one(place, other, is_new, round, breadth, asking);
        }
    }

    fn ask_one(
        &self,
        place: usize,
        asked: u32,
        is_new: bool,
        round: &Round,
        breadth: Breadth,
        asking: &mut Asking,
    ) {
        let theirs = round
            .known(asked as usize)
            .iter()
            .zip(round.is_new(asked as usize));
        for (&other, &is_new_there) in theirs.take(breadth.n_told) {
            if is_new || is_new_there {
                self.meet_and_measure(place, other, asking);
            }
        }
    }

    fn meet_and_measure(&self, place: usize, other: u32, asking: &mut Asking) {
        if !asking.meet(place, other) {
            return;
        }
        if let Some(key) = self.key_within(place, other as usize) {
            asking.found.push((place, key, self.order[other as usize]));
        }
    }
}

/// What one thread has met and found.
struct Asking {
    /// For every place the last one for which it was met.
    met_by: Vec<u32>,
    /// Places, keys and their new neighbors.
    found: Vec<(usize, f64, u32)>,
}

impl Asking {
    /// Whether `other` is met for `place` for the first time.
    fn meet(&mut self, place: usize, other: u32) -> bool {
        let met_by = &mut self.met_by[other as usize];
        let is_first = *met_by != place as u32;
        *met_by = place as u32;
        is_first
    }
}

/// Marks what was not known before. Both lists are in the order of the keys, so one pass suffices.
fn mark_new(known: &[u32], before: &[u32], is_new: &mut [bool]) {
    let mut before = before.iter().peekable();
    for (place, is_new) in known.iter().zip(is_new) {
        *is_new = before.next_if(|&other| other == place).is_none();
    }
}

/// For every place the first few places in whose nearest neighbors it is.
fn transposed(known: &[u32], n_neighbors: usize, n_known_by: usize) -> (Vec<u32>, Vec<u32>) {
    let n_nearest = n_neighbors.min(n_known_by);
    let nearest = || {
        known
            .chunks(n_neighbors)
            .enumerate()
            .flat_map(move |(place, known)| {
                known[..n_nearest]
                    .iter()
                    .map(move |&neighbor| (place, neighbor as usize))
            })
    };
    let mut counts = vec![0_u32; known.len() / n_neighbors];
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
