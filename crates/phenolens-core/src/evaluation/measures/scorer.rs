//! Predictions, sorted once, and the counts of any multiset of them.

use super::area::Threshold;
use super::groups::Groups;
use crate::evaluation::{Place, Votes};

/// The least score whose logarithm is taken; lower ones count as this.
pub(in crate::evaluation) const LEAST_SCORE: f64 = 1e-15;

/// Predictions, sorted once, so that any multiset of them is measured without sorting.
///
/// An *outcome* is a true class, a predicted class and a place. A *threshold* is a distinct score of
/// one class; those of a class stand together, scores falling, and the last is 0, whether a sample
/// has it or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer {
    /// Shape `(n_samples,)`.
    truth: Vec<usize>,
    n_classes: usize,
    pub(super) outcomes: Vec<Outcome>,
    /// The samples of each outcome.
    of_outcome: Groups,
    pub(super) thresholds: Vec<Score>,
    /// The thresholds of a class are `class_starts[class]..class_starts[class + 1]`.
    class_starts: Vec<usize>,
    /// The samples of the threshold's class with that score, none where it is 0: most scores are 0,
    /// and how many follows from the others.
    positives: Groups,
    /// The samples of other classes with that score, none where it is 0.
    negatives: Groups,
    n_pooled_ranks: usize,
}

/// What came of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    truth: usize,
    predicted: usize,
    pub(super) place: Place,
}

/// A distinct score of one class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub(super) value: f64,
    /// `-ln(value)`, clipped.
    pub(super) log_loss: f64,
    /// Its rank among the distinct scores of all classes, scores falling.
    pooled_rank: usize,
}

/// The counts behind the measures of one multiset; kept between calls to save the allocation.
///
/// They are signed because only signed 64-bit integers become floats in one instruction.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    pub(super) n_samples: i64,
    /// One per outcome.
    pub(super) outcomes: Vec<i64>,
    /// One per class.
    pub(super) support: Vec<i64>,
    pub(super) predicted: Vec<i64>,
    pub(super) right: Vec<i64>,
    /// One per threshold: the samples of the threshold's class, and all others, with that score.
    pub(super) positives: Vec<i64>,
    pub(super) negatives: Vec<i64>,
    /// The same of all classes pooled, one per distinct score.
    pub(super) pooled: Vec<Threshold>,
}

impl Scorer {
    /// Sorts the scores of `votes`.
    ///
    /// Takes O(m log m) time for m scores above 0, and O(n_samples x n_classes) to find them.
    pub fn new(votes: &Votes) -> Scorer {
        let (n_samples, n_classes) = (votes.n_samples(), votes.n_classes);
        let mut scores = Vec::new();
        let mut class_starts = vec![0];
        let (mut positives, mut negatives) = (Groups::default(), Groups::default());
        let mut falling: Vec<(f64, usize)> = Vec::new();
        for class in 0..n_classes {
            falling.clear();
            falling.extend((0..n_samples).filter_map(|sample| {
                let score = votes.scores(sample)[class];
                (score > 0.0).then_some((score, sample))
            }));
            falling.sort_by(|a, b| b.0.total_cmp(&a.0));
            for tied in falling.chunk_by(|a, b| a.0 == b.0) {
                let samples = tied.iter().map(|&(_, sample)| sample);
                let is_positive = |&sample: &usize| votes.truth[sample] == class;
                positives.push(samples.clone().filter(is_positive));
                negatives.push(samples.filter(|sample| !is_positive(sample)));
                scores.push(tied[0].0);
            }
            positives.push([]);
            negatives.push([]);
            scores.push(0.0);
            class_starts.push(scores.len());
        }

        let (pooled_ranks, n_pooled_ranks) = falling_ranks(&scores);
        let threshold = |(&value, pooled_rank): (&f64, usize)| Score {
            value,
            log_loss: -libm::log(value.max(LEAST_SCORE)),
            pooled_rank,
        };
        let (outcomes, of_outcome) = group_by_outcome(votes);
        Scorer {
            truth: votes.truth.clone(),
            n_classes,
            outcomes,
            of_outcome,
            thresholds: scores.iter().zip(pooled_ranks).map(threshold).collect(),
            class_starts,
            positives,
            negatives,
            n_pooled_ranks,
        }
    }

    /// Number of samples.
    pub fn n_samples(&self) -> usize {
        self.truth.len()
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The true class of every sample, shape `(n_samples,)`.
    pub fn truth(&self) -> &[usize] {
        &self.truth
    }

    /// Counts a multiset into the workspace, all but [`Workspace::pooled`].
    pub(in crate::evaluation) fn count(&self, multiplicities: &[u32], workspace: &mut Workspace) {
        self.count_outcomes(multiplicities, workspace);
        self.count_scores(multiplicities, workspace);
    }

    /// Counts what needs no scores.
    pub(super) fn count_outcomes(&self, multiplicities: &[u32], workspace: &mut Workspace) {
        assert_eq!(
            multiplicities.len(),
            self.n_samples(),
            "one multiplicity per sample"
        );
        let Workspace {
            n_samples,
            outcomes,
            support,
            predicted,
            right,
            ..
        } = workspace;
        self.of_outcome.sums(multiplicities, outcomes);
        for counts in [&mut *support, predicted, right] {
            counts.clear();
            counts.resize(self.n_classes, 0);
        }
        for (outcome, &count) in self.outcomes.iter().zip(&*outcomes) {
            support[outcome.truth] += count;
            predicted[outcome.predicted] += count;
            if outcome.predicted == outcome.truth {
                right[outcome.truth] += count;
            }
        }
        *n_samples = support.iter().sum();
    }

    /// Counts the samples at every threshold, once the outcomes are counted.
    pub(super) fn count_scores(&self, multiplicities: &[u32], workspace: &mut Workspace) {
        let Workspace {
            n_samples,
            support,
            positives,
            negatives,
            ..
        } = workspace;
        self.positives.sums(multiplicities, positives);
        self.negatives.sums(multiplicities, negatives);
        for (class, bounds) in self.class_starts.windows(2).enumerate() {
            let zero = bounds[1] - 1;
            let above: i64 = positives[bounds[0]..zero].iter().sum();
            positives[zero] = support[class] - above;
            let above: i64 = negatives[bounds[0]..zero].iter().sum();
            negatives[zero] = *n_samples - support[class] - above;
        }
    }

    /// The thresholds of one class as counted, scores falling.
    pub(in crate::evaluation) fn class_thresholds<'a>(
        &self,
        class: usize,
        workspace: &'a Workspace,
    ) -> impl Iterator<Item = Threshold> + 'a {
        let range = self.class_starts[class]..self.class_starts[class + 1];
        let counts = workspace.positives[range.clone()]
            .iter()
            .zip(&workspace.negatives[range]);
        counts.map(|(&positives, &negatives)| Threshold {
            positives,
            negatives,
        })
    }

    /// Adds up the counted thresholds of equal score, and gives them, scores falling.
    pub(in crate::evaluation) fn pool<'a>(&self, workspace: &'a mut Workspace) -> &'a [Threshold] {
        workspace.pooled.clear();
        workspace
            .pooled
            .resize(self.n_pooled_ranks, Threshold::default());
        let counted = workspace.positives.iter().zip(&workspace.negatives);
        for (score, (&positives, &negatives)) in self.thresholds.iter().zip(counted) {
            let pooled = &mut workspace.pooled[score.pooled_rank];
            pooled.positives += positives;
            pooled.negatives += negatives;
        }
        &workspace.pooled
    }
}

/// The distinct outcomes in a fixed order, and the samples of each.
fn group_by_outcome(votes: &Votes) -> (Vec<Outcome>, Groups) {
    let outcome = |sample: usize| Outcome {
        truth: votes.truth[sample],
        predicted: votes.predicted[sample],
        place: votes.places[sample],
    };
    let mut samples: Vec<usize> = (0..votes.n_samples()).collect();
    samples.sort_by_key(|&sample| {
        let Outcome {
            truth,
            predicted,
            place,
        } = outcome(sample);
        (truth, predicted, place.n_ahead, place.n_tied)
    });
    let mut outcomes = Vec::new();
    let mut groups = Groups::default();
    for equal in samples.chunk_by(|&a, &b| outcome(a) == outcome(b)) {
        outcomes.push(outcome(equal[0]));
        groups.push(equal.iter().copied());
    }
    (outcomes, groups)
}

/// For each score its rank among the distinct ones, from 0, the highest first; and their number.
fn falling_ranks(scores: &[f64]) -> (Vec<usize>, usize) {
    let mut falling: Vec<usize> = (0..scores.len()).collect();
    falling.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut ranks = vec![0; scores.len()];
    let mut n_ranks = 0;
    for tied in falling.chunk_by(|&a, &b| scores[a] == scores[b]) {
        for &index in tied {
            ranks[index] = n_ranks;
        }
        n_ranks += 1;
    }
    (ranks, n_ranks)
}
