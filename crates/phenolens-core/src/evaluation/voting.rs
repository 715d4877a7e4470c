//! From neighbors to scores, a predicted class and the rank of the true one.

#[cfg(test)]
mod tests;

use super::{Place, Scores, Ties, Votes, Weights};
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
/// Takes O(n k) time and memory.
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
    let mut scores = vec![0.0; rule.n_classes];
    let mut ballot = Ballot::new(rule, classes);
    let mut votes = Votes::without_scores(rule.n_classes, truth);
    for (unit, &truth) in units.iter().zip(truth) {
        ballot.count(unit.iter().map(|&list| lists.of(list)), &mut scores);
        ballot.decide(truth, &scores, &mut votes);
        let voted = ballot.voted.iter();
        votes
            .scores
            .push(voted.map(|&class| (class, scores[class])));
        ballot.clear(&mut scores);
    }
    votes
}

/// What [`vote`] predicts, without its scores.
pub(crate) fn predict(lists: &NeighborLists, classes: &[usize], rule: &VotingRule) -> Votes {
    let mut scores = vec![0.0; rule.n_classes];
    let mut ballot = Ballot::new(rule, classes);
    let mut votes = Votes::without_scores(rule.n_classes, classes);
    for (sample, &truth) in classes.iter().enumerate() {
        ballot.count(std::iter::once(lists.of(sample)), &mut scores);
        ballot.decide(truth, &scores, &mut votes);
        ballot.clear(&mut scores);
    }
    votes
}

/// What [`vote`] predicts for every k from 1 to `rule.k`, one list of classes for each.
///
/// Takes little more than one vote by the last k: every k adds one voter to those before.
pub(crate) fn predict_every_k(
    lists: &NeighborLists,
    classes: &[usize],
    rule: &VotingRule,
) -> Vec<Vec<u32>> {
    let mut predicted = vec![vec![0; classes.len()]; rule.k];
    let mut ballot = Ballot::new(rule, classes);
    let mut sums = vec![0.0; rule.n_classes];
    let mut scores = vec![0.0; rule.n_classes];
    for sample in 0..classes.len() {
        let list = lists.of(sample);
        let voters = &list[..rule.k.min(list.len())];
        weigh(voters, rule.weights, &mut ballot.shares);
        for (place, predicted) in predicted.iter_mut().enumerate() {
            if let Some(voter) = voters.get(place) {
                let share = ballot.shares[place];
                ballot.add(voter, share, &mut sums);
                ballot.voted.sort_unstable();
                let total = ballot.total(&sums);
                for &class in &ballot.voted {
                    scores[class] = sums[class] / total;
                }
            }
            let class = ballot.ranking(&scores).first();
            predicted[sample] = u32::try_from(class).expect("fewer classes than samples");
        }
        ballot.clear(&mut sums);
        ballot.clear(&mut scores);
        ballot.voted.clear();
    }
    predicted
}

impl Votes {
    /// No vote yet on samples of these classes.
    fn without_scores(n_classes: usize, truth: &[usize]) -> Votes {
        Votes {
            n_classes,
            truth: truth.to_vec(),
            predicted: Vec::with_capacity(truth.len()),
            places: Vec::with_capacity(truth.len()),
            scores: Scores::new(n_classes),
        }
    }
}

/// A vote on one unit after another. What it takes grows with the voters, not with the classes.
struct Ballot<'a> {
    rule: &'a VotingRule,
    classes: &'a [usize],
    /// Classes with a vote, rising.
    voted: Vec<usize>,
    /// Distance of the nearest voter of each class with a vote, shape `(n_classes,)`.
    nearest: Vec<f64>,
    shares: Vec<f64>,
}

impl<'a> Ballot<'a> {
    fn new(rule: &'a VotingRule, classes: &'a [usize]) -> Ballot<'a> {
        Ballot {
            rule,
            classes,
            voted: Vec::with_capacity(rule.k),
            nearest: vec![f64::INFINITY; rule.n_classes],
            shares: Vec::with_capacity(rule.k),
        }
    }

    /// Adds the votes on the next unit to `scores`, which are all 0.
    fn count<'b>(
        &mut self,
        lists: impl ExactSizeIterator<Item = &'b [Neighbor]>,
        scores: &mut [f64],
    ) {
        let (rule, is_joint) = (self.rule, lists.len() > 1);
        self.voted.clear();
        for list in lists {
            let voters = &list[..rule.k.min(list.len())];
            weigh(voters, rule.weights, &mut self.shares);
            // Equal votes stay whole numbers, so that equal counts are equal scores to the bit.
            if is_joint && rule.weights != Weights::Uniform {
                let total: f64 = self.shares.iter().sum();
                for share in &mut self.shares {
                    *share /= total;
                }
            }
            for (place, voter) in voters.iter().enumerate() {
                self.add(voter, self.shares[place], scores);
            }
        }
        self.voted.sort_unstable();
        let total = self.total(scores);
        for &class in &self.voted {
            scores[class] /= total;
        }
    }

    /// Adds the share of one voter to its class.
    fn add(&mut self, voter: &Neighbor, share: f64, sums: &mut [f64]) {
        if share > 0.0 {
            let class = self.classes[voter.sample];
            let nearest = &mut self.nearest[class];
            if sums[class] == 0.0 {
                self.voted.push(class);
                *nearest = voter.value;
            }
            sums[class] += share;
            *nearest = nearest.min(voter.value);
        }
    }

    /// In the order of the classes: a sum depends on its order.
    fn total(&self, sums: &[f64]) -> f64 {
        self.voted.iter().map(|&class| sums[class]).sum()
    }

    fn ranking<'b>(&'b self, scores: &'b [f64]) -> Ranking<'b> {
        Ranking {
            scores,
            nearest: &self.nearest,
            voted: &self.voted,
            ties: self.rule.ties,
        }
    }

    /// Adds what the counted unit is taken for.
    fn decide(&self, truth: usize, scores: &[f64], votes: &mut Votes) {
        let ranking = self.ranking(scores);
        votes.predicted.push(ranking.first());
        votes.places.push(ranking.place(truth));
    }

    /// Takes the counted votes away again.
    fn clear(&self, scores: &mut [f64]) {
        for &class in &self.voted {
            scores[class] = 0.0;
        }
    }
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
    /// Distance of the nearest voter of each class with a vote.
    nearest: &'a [f64],
    /// Classes with a vote, rising.
    voted: &'a [usize],
    ties: Ties,
}

impl Ranking<'_> {
    /// The predicted class.
    fn first(&self) -> usize {
        let better = |best: usize, class: usize| {
            let is_better = self.scores[class] > self.scores[best]
                || self.ties == Ties::Nearest
                    && self.scores[class] == self.scores[best]
                    && self.nearest[class] < self.nearest[best];
            if is_better { class } else { best }
        };
        self.voted.iter().copied().reduce(better).unwrap_or(0)
    }

    fn place(&self, class: usize) -> Place {
        let n_classes = self.scores.len();
        let others = || self.voted.iter().filter(|&&other| other != class);
        if self.scores[class] > 0.0 {
            let is_ahead = |other: usize| match self.ties {
                Ties::Nearest => self.is_nearer_ahead(other, class),
                // Top-k accuracy of scikit-learn takes the highest of equal classes first.
                Ties::LowestClass => {
                    self.scores[other] > self.scores[class]
                        || self.scores[other] == self.scores[class] && other > class
                }
            };
            return Place {
                n_ahead: others().filter(|&&other| is_ahead(other)).count(),
                n_tied: 1,
            };
        }
        // Every class with a vote stands before those without.
        let n_voted = self.voted.len();
        match self.ties {
            Ties::Nearest => Place {
                n_ahead: n_voted,
                n_tied: n_classes - n_voted,
            },
            Ties::LowestClass => {
                let n_voted_above = others().filter(|&&other| other > class).count();
                Place {
                    n_ahead: n_voted + (n_classes - 1 - class) - n_voted_above,
                    n_tied: 1,
                }
            }
        }
    }

    /// Whether a class with a vote stands before another by score, then nearest voter, then order.
    fn is_nearer_ahead(&self, other: usize, class: usize) -> bool {
        if self.scores[other] != self.scores[class] {
            return self.scores[other] > self.scores[class];
        }
        if self.nearest[other] != self.nearest[class] {
            return self.nearest[other] < self.nearest[class];
        }
        other < class
    }
}
