use super::sides::{Kinds, Split};
use super::{Kind, Side, TOPS};
use crate::evaluation::Evaluated;
use crate::neighbors::{Keys, Neighbors};

/// What came of a probe in one split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) split: usize,
    pub(super) position: usize,
    /// The rank of its class among those of its kind.
    pub(super) among_own: usize,
    /// The rank of its class among all.
    pub(super) among_all: usize,
}

/// A rank beyond all that are counted.
const BEYOND: usize = TOPS[TOPS.len() - 1] + 1;

/// Where the gallery's samples are found, by one distance.
pub(super) struct Ranking<'a> {
    pub(super) evaluated: &'a Evaluated<'a>,
    pub(super) table: &'a Neighbors,
    pub(super) keys: Keys<'a>,
    pub(super) kinds: &'a Kinds,
    /// Whether gallery samples of a probe's own group count.
    pub(super) own_group_counts: bool,
}

impl Ranking<'_> {
    /// The ranks of the probes of one split.
    pub(super) fn outcomes(&self, index: usize, split: &Split) -> Vec<Outcome> {
        let mut is_seen = vec![false; self.evaluated.n_classes];
        let outcome = |&position: &usize| {
            is_seen.fill(false);
            let ranks = self
                .by_table(position, split, &mut is_seen)
                .unwrap_or_else(|| self.by_brute_force(position, split));
            let [among_own, among_all] = ranks.map(|rank| rank.min(BEYOND));
            Outcome {
                split: index,
                position,
                among_own,
                among_all,
            }
        };
        split.ranked.iter().map(outcome).collect()
    }

    /// Among the classes of its kind and among all; `None` where the table ends too early.
    fn by_table(&self, position: usize, split: &Split, is_seen: &mut [bool]) -> Option<[usize; 2]> {
        let truth = self.evaluated.classes[position];
        let kind = self.kinds.of(truth);
        let mut ranks = [1, 1];
        for &sample in self.table.indices(self.evaluated.samples[position]) {
            let Some(other) = self.evaluated.positions[sample as usize] else {
                continue;
            };
            if !self.is_in_gallery(position, other, split) {
                continue;
            }
            let class = self.evaluated.classes[other];
            if class == truth {
                return Some(ranks);
            }
            if !is_seen[class] {
                is_seen[class] = true;
                ranks[0] += usize::from(self.kinds.of(class) == kind);
                ranks[1] += 1;
                if ranks[0] >= BEYOND {
                    return Some(ranks);
                }
            }
        }
        let is_whole_row = self.table.is_whole();
        // The whole row without the class: all it has in the gallery is of the probe's own group.
        is_whole_row.then_some([BEYOND; 2])
    }

    /// The same by measuring every gallery sample.
    fn by_brute_force(&self, position: usize, split: &Split) -> [usize; 2] {
        let evaluated = self.evaluated;
        let truth = evaluated.classes[position];
        let mut nearest = vec![f64::INFINITY; evaluated.n_classes];
        let mut first = vec![usize::MAX; evaluated.n_classes];
        for other in 0..evaluated.n_samples() {
            if self.is_in_gallery(position, other, split) {
                let (sample, other_sample) =
                    (evaluated.samples[position], evaluated.samples[other]);
                let key = self.keys.key(sample, other_sample);
                let class = evaluated.classes[other];
                // Rising positions, so that the earlier of equals stays.
                if key < nearest[class] {
                    nearest[class] = key;
                    first[class] = other;
                }
            }
        }
        if first[truth] == usize::MAX {
            return [BEYOND; 2];
        }
        let place = |class: usize| (nearest[class], first[class]);
        let count = |gallery: Kind| {
            let ahead = (0..evaluated.n_classes).filter(|&class| {
                class != truth && self.kinds.is_in(class, gallery) && place(class) < place(truth)
            });
            1 + ahead.count()
        };
        [count(self.kinds.of(truth)), count(Kind::Unified)]
    }

    fn is_in_gallery(&self, probe: usize, other: usize, split: &Split) -> bool {
        let groups = &self.evaluated.groups;
        split.sides[other] == Some(Side::Gallery)
            && (self.own_group_counts || groups[other] != groups[probe])
    }
}
