//! From neighbors to scores, a predicted class and the rank of the true one.

#[cfg(test)]
mod tests;

use super::{Place, Ties, Votes, Weights};
use crate::neighbors::Neighbor;

/// Temperature of the softmax vote.
const TEMPERATURE: f64 = 0.07;

/// The training neighbors of every sample, nearest first.
pub(crate) struct NeighborLists {
    /// Where each list starts, shape `(n_samples + 1,)`.
    starts: Vec<usize>,
    neighbors: Vec<Neighbor>,
}

impl NeighborLists {
    /// Joins one list per sample.
    pub(crate) fn new(lists: Vec<Vec<Neighbor>>) -> NeighborLists {
        let mut starts = vec![0];
        let mut neighbors = Vec::with_capacity(lists.iter().map(Vec::len).sum());
        for list in lists {
            neighbors.extend(list);
            starts.push(neighbors.len());
        }
        NeighborLists { starts, neighbors }
    }

    /// No list yet.
    pub(crate) fn empty() -> NeighborLists {
        NeighborLists::new(Vec::new())
    }

    /// Adds the list of the next sample.
    pub(crate) fn push(&mut self, list: &[Neighbor]) {
        self.neighbors.extend_from_slice(list);
        self.starts.push(self.neighbors.len());
    }

    pub(crate) fn of(&self, sample: usize) -> &[Neighbor] {
        &self.neighbors[self.starts[sample]..self.starts[sample + 1]]
    }
}

/// Lets the `k` nearest training neighbors of every sample vote on its class.
///
/// ```text
/// score of a class  =  ∑ weights of its votes  /  ∑ over classes of these sums
/// ```
///
/// Weights are 1, `1 / d` (where a `d` is 0 those neighbors alone vote) or `exp((1 - d) / 0.07)`.
///
/// * `lists`: at least one neighbor for every sample, as positions in `classes`;
/// * `classes`: shape `(n_samples,)`, indices below `n_classes`.
///
/// Takes O(n (k + n_classes)) time.
pub(crate) fn vote(
    lists: &NeighborLists,
    classes: &[usize],
    n_classes: usize,
    k: usize,
    weights: Weights,
    ties: Ties,
) -> Votes {
    let rule = VotingRule {
        n_classes,
        k,
        weights,
        ties,
    };
    vote_on(lists, classes, classes, &rule)
}

/// The same for samples that are not those that vote.
///
/// * `lists`: one for each tested sample, of positions in `classes`;
/// * `truth`: the classes of the tested samples.
pub(crate) fn vote_on(
    lists: &NeighborLists,
    truth: &[usize],
    classes: &[usize],
    rule: &VotingRule,
) -> Votes {
    let lists_of: Vec<usize> = (0..truth.len()).collect();
    let units: Vec<&[usize]> = lists_of.chunks(1).collect();
    vote_jointly(lists, &units, truth, classes, rule)
}

/// How neighbors vote.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VotingRule {
    pub(crate) n_classes: usize,
    pub(crate) k: usize,
    pub(crate) weights: Weights,
    pub(crate) ties: Ties,
}

/// Lets the voters of several lists vote together: the score of a class is the mean of what each list
/// alone would give it, its nearest voter the nearest of all lists.
///
/// * `units`: the lists of each that is classified, at least one, every list of the same length;
/// * `truth`: the true class of every unit;
/// * `classes`: of the samples that the lists hold.
pub(crate) fn vote_jointly(
    lists: &NeighborLists,
    units: &[&[usize]],
    truth: &[usize],
    classes: &[usize],
    rule: &VotingRule,
) -> Votes {
    let n_classes = rule.n_classes;
    let mut votes = Votes {
        n_classes,
        truth: truth.to_vec(),
        predicted: Vec::with_capacity(units.len()),
        places: Vec::with_capacity(units.len()),
        scores: vec![0.0; units.len() * n_classes],
    };
    let mut nearest = vec![f64::INFINITY; n_classes];
    let mut shares = Vec::with_capacity(rule.k);
    let rows = votes.scores.chunks_exact_mut(n_classes);
    for ((scores, unit), &truth) in rows.zip(units).zip(truth) {
        nearest.fill(f64::INFINITY);
        for &list in *unit {
            let list = lists.of(list);
            let voters = &list[..rule.k.min(list.len())];
            weigh(voters, rule.weights, &mut shares);
            // Equal votes stay whole numbers, so that equal counts are equal scores to the bit.
            if unit.len() > 1 && rule.weights != Weights::Uniform {
                let total: f64 = shares.iter().sum();
                for share in &mut shares {
                    *share /= total;
                }
            }
            for (voter, share) in voters.iter().zip(&shares) {
                if *share > 0.0 {
                    let class = classes[voter.sample];
                    scores[class] += share;
                    nearest[class] = nearest[class].min(voter.value);
                }
            }
        }
        let total: f64 = scores.iter().sum();
        for score in scores.iter_mut() {
            *score /= total;
        }
        let ranking = Ranking {
            scores,
            nearest: &nearest,
            ties: rule.ties,
        };
        votes.predicted.push(ranking.first());
        votes.places.push(ranking.place(truth));
    }
    votes
}

/// The weight of every voter of one list; 0 for those that do not vote.
fn weigh(voters: &[Neighbor], weights: Weights, shares: &mut Vec<f64>) {
    let some_at_zero = weights == Weights::Distance && voters[0].value == 0.0;
    shares.clear();
    shares.extend(voters.iter().map(|voter| match weights {
        Weights::Uniform => 1.0,
        Weights::Distance if some_at_zero && voter.value > 0.0 => 0.0,
        Weights::Distance if some_at_zero => 1.0,
        Weights::Distance => 1.0 / voter.value,
        Weights::Softmax => libm::exp((1.0 - voter.value) / TEMPERATURE),
    }));
}

/// How the classes stand for one sample.
struct Ranking<'a> {
    scores: &'a [f64],
    /// Distance of each class's nearest voter; infinite where it has none.
    nearest: &'a [f64],
    ties: Ties,
}

impl Ranking<'_> {
    /// The predicted class.
    fn first(&self) -> usize {
        (0..self.scores.len())
            .reduce(|best, class| {
                let is_better = self.scores[class] > self.scores[best]
                    || self.ties == Ties::Nearest
                        && self.scores[class] == self.scores[best]
                        && self.nearest[class] < self.nearest[best];
                if is_better { class } else { best }
            })
            .expect("a dataset has a class")
    }

    fn place(&self, class: usize) -> Place {
        let others = || (0..self.scores.len()).filter(|&other| other != class);
        match self.ties {
            Ties::Nearest => {
                let n_ahead = others()
                    .filter(|&other| self.is_nearer_ahead(other, class))
                    .count();
                // Two classes without a vote share their rank; all others differ at least in order.
                let has_no_vote = |class: usize| self.nearest[class] == f64::INFINITY;
                let n_tied = if has_no_vote(class) {
                    1 + others().filter(|&other| has_no_vote(other)).count()
                } else {
                    1
                };
                Place { n_ahead, n_tied }
            }
            // Top-k accuracy of scikit-learn takes the highest of equal classes first.
            Ties::LowestClass => {
                let is_ahead = |&other: &usize| {
                    self.scores[other] > self.scores[class]
                        || self.scores[other] == self.scores[class] && other > class
                };
                Place {
                    n_ahead: others().filter(is_ahead).count(),
                    n_tied: 1,
                }
            }
        }
    }

    /// Whether a class stands before another by score, then nearest voter, then order.
    fn is_nearer_ahead(&self, other: usize, class: usize) -> bool {
        if self.scores[other] != self.scores[class] {
            return self.scores[other] > self.scores[class];
        }
        if self.nearest[other] != self.nearest[class] {
            return self.nearest[other] < self.nearest[class];
        }
        self.nearest[class] < f64::INFINITY && other < class
    }
}
