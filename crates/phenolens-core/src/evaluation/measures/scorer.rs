//! Predictions, sorted once, and the counts of any multiset of them.

use super::area::Threshold;
use super::groups::Groups;
use super::lanes::{Counts, LANES, Multiplicity, add};
use crate::evaluation::{MeasureSet, Place, Votes};

/// The least score whose logarithm is taken; lower ones count as this.
pub(crate) const LEAST_SCORE: f64 = 1e-15;

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
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    truth: usize,
    predicted: usize,
    /// What it adds to each of the measures that are means of such values.
    pub(super) place_values: [f64; 6],
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

/// The counts behind the measures of several multisets; kept between calls to save the allocation.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// The multisets, where they came one by one.
    pub(super) packed: Vec<Counts>,
    pub(super) n_samples: Counts,
    /// One per outcome.
    pub(super) outcomes: Vec<Counts>,
    /// One per class.
    pub(super) support: Vec<Counts>,
    pub(super) predicted: Vec<Counts>,
    pub(super) right: Vec<Counts>,
    /// One per threshold: the samples of the threshold's class, and all others, with that score.
    pub(super) positives: Vec<Counts>,
    pub(super) negatives: Vec<Counts>,
    /// The same of all classes pooled, one per distinct score.
    pub(super) pooled_positives: Vec<Counts>,
    pub(super) pooled_negatives: Vec<Counts>,
}

impl Scorer {
    /// Sorts the scores of `votes`.
    ///
    /// Takes O(m log m) time for m scores above 0.
    pub fn new(votes: &Votes) -> Scorer {
        Scorer::of(votes, MeasureSet::ALL)
    }

    /// The same for some of the measures only: where none of them reads scores, none are sorted.
    pub fn of(votes: &Votes, wanted: MeasureSet) -> Scorer {
        if !wanted.reads_scores() {
            let (outcomes, of_outcome) = match wanted.reads_places() {
                true => group_by_outcome(votes),
                false => group_by_prediction(votes),
            };
            return Scorer {
                truth: votes.truth.clone(),
                n_classes: votes.n_classes,
                outcomes,
                of_outcome,
                thresholds: Vec::new(),
                class_starts: Vec::new(),
                positives: Groups::default(),
                negatives: Groups::default(),
                n_pooled_ranks: 0,
            };
        }
        let (n_samples, n_classes) = (votes.n_samples(), votes.n_classes);
        let mut scores = Vec::new();
        let mut class_starts = vec![0];
        let (mut positives, mut negatives) = (Groups::default(), Groups::default());
        // Row by row, since the scores of one class lie far apart.
        let mut falling: Vec<Vec<(f64, usize)>> = vec![Vec::new(); n_classes];
        for sample in 0..n_samples {
            for (class, score) in votes.scores(sample).above_zero() {
                falling[class].push((score, sample));
            }
        }
        for (class, falling) in falling.iter_mut().enumerate() {
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

    /// Counts what needs no scores.
    ///
    /// * `multiplicities`: how often each sample stands in each multiset, shape `(n_samples,)`.
    ///
    /// # Panics
    /// If there is not one of them per sample.
    pub(super) fn count_outcomes<T: Multiplicity>(
        &self,
        multiplicities: &[[T; LANES]],
        workspace: &mut Workspace,
    ) {
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
            counts.resize(self.n_classes, [0; LANES]);
        }
        for (outcome, counts) in self.outcomes.iter().zip(&*outcomes) {
            add(&mut support[outcome.truth], counts);
            add(&mut predicted[outcome.predicted], counts);
            if outcome.predicted == outcome.truth {
                add(&mut right[outcome.truth], counts);
            }
        }
        *n_samples = [0; LANES];
        for counts in support {
            add(n_samples, counts);
        }
    }

    /// Counts the samples at every threshold, once the outcomes are counted.
    ///
    /// # Panics
    /// If the scorer was made for measures that read no scores.
    pub(super) fn count_scores<T: Multiplicity>(
        &self,
        multiplicities: &[[T; LANES]],
        workspace: &mut Workspace,
    ) {
        assert!(!self.class_starts.is_empty(), "the scores were sorted");
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
            let (mut n_positives, mut n_negatives) = ([0; LANES], [0; LANES]);
            for threshold in bounds[0]..zero {
                add(&mut n_positives, &positives[threshold]);
                add(&mut n_negatives, &negatives[threshold]);
            }
            for lane in 0..LANES {
                let of_class = support[class][lane];
                positives[zero][lane] = of_class - n_positives[lane];
                negatives[zero][lane] = n_samples[lane] - of_class - n_negatives[lane];
            }
        }
    }

    /// The thresholds of one class, as a range of all.
    pub(super) fn thresholds_of(&self, class: usize) -> core::ops::Range<usize> {
        self.class_starts[class]..self.class_starts[class + 1]
    }

    /// Adds up the counted thresholds of equal score, scores falling.
    pub(super) fn pool(&self, workspace: &mut Workspace) {
        let Workspace {
            positives,
            negatives,
            pooled_positives,
            pooled_negatives,
            ..
        } = workspace;
        for counts in [&mut *pooled_positives, pooled_negatives] {
            counts.clear();
            counts.resize(self.n_pooled_ranks, [0; LANES]);
        }
        let counted = positives.iter().zip(&*negatives);
        for (score, (positives, negatives)) in self.thresholds.iter().zip(counted) {
            add(&mut pooled_positives[score.pooled_rank], positives);
            add(&mut pooled_negatives[score.pooled_rank], negatives);
        }
    }

    /// Positives and negatives at every threshold of every class, scores falling, in several
    /// multisets.
    ///
    /// * `multiplicities`: how often each sample stands in each, shape `(n_samples,)`.
    pub(in crate::evaluation) fn class_counts<'a, T: Multiplicity>(
        &self,
        multiplicities: &[[T; LANES]],
        workspace: &'a mut Workspace,
    ) -> Vec<[&'a [Counts]; 2]> {
        self.count_outcomes(multiplicities, workspace);
        self.count_scores(multiplicities, workspace);
        let of_class = |class| {
            let range = self.thresholds_of(class);
            [
                &workspace.positives[range.clone()],
                &workspace.negatives[range],
            ]
        };
        (0..self.n_classes).map(of_class).collect()
    }

    /// The counted thresholds of every class in one multiset, scores falling, and those of all
    /// classes pooled.
    ///
    /// # Panics
    /// If there is not one multiplicity per sample.
    pub(in crate::evaluation) fn thresholds(
        &self,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> (Vec<Vec<Threshold>>, Vec<Threshold>) {
        let mut packed = core::mem::take(&mut workspace.packed);
        self.pack(&[multiplicities], &mut packed);
        self.count_outcomes(&packed, workspace);
        self.count_scores(&packed, workspace);
        self.pool(workspace);
        workspace.packed = packed;
        let of_first = |positives: &[Counts], negatives: &[Counts]| {
            let counts = positives.iter().zip(negatives);
            let threshold = |(positives, negatives): (&Counts, &Counts)| Threshold {
                positives: i64::from(positives[0]),
                negatives: i64::from(negatives[0]),
            };
            counts.map(threshold).collect()
        };
        let of_class = |class| {
            let range = self.thresholds_of(class);
            of_first(
                &workspace.positives[range.clone()],
                &workspace.negatives[range],
            )
        };
        (
            (0..self.n_classes).map(of_class).collect(),
            of_first(&workspace.pooled_positives, &workspace.pooled_negatives),
        )
    }
}

/// The distinct outcomes in a fixed order, and the samples of each.
fn group_by_outcome(votes: &Votes) -> (Vec<Outcome>, Groups) {
    let key = |sample: usize| {
        let Place { n_ahead, n_tied } = votes.places[sample];
        let of_sample = [
            votes.truth[sample],
            votes.predicted[sample],
            n_ahead,
            n_tied,
        ];
        // In half the bytes, and side by side with the sample: sorting is moving them about.
        of_sample.map(|part| u32::try_from(part).expect("fewer classes than samples"))
    };
    let mut keyed: Vec<([u32; 4], usize)> = (0..votes.n_samples())
        .map(|sample| (key(sample), sample))
        .collect();
    keyed.sort_unstable();
    let mut outcomes = Vec::new();
    let mut groups = Groups::default();
    for equal in keyed.chunk_by(|a, b| a.0 == b.0) {
        let (_, first) = equal[0];
        outcomes.push(Outcome {
            truth: votes.truth[first],
            predicted: votes.predicted[first],
            place_values: votes.places[first].values(),
        });
        groups.push(equal.iter().map(|&(_, sample)| sample));
    }
    (outcomes, groups)
}

/// The same where no place is read: of as many outcomes as there are pairs of classes at most, which need
/// no sorting.
fn group_by_prediction(votes: &Votes) -> (Vec<Outcome>, Groups) {
    let n_classes = votes.n_classes;
    let pair = |sample: usize| votes.truth[sample] * n_classes + votes.predicted[sample];
    let mut ends = vec![0; n_classes * n_classes];
    for sample in 0..votes.n_samples() {
        ends[pair(sample)] += 1;
    }
    let mut n_before = 0;
    for end in &mut ends {
        let n_samples = core::mem::replace(end, n_before);
        n_before += n_samples;
    }
    let mut samples = vec![0; votes.n_samples()];
    for sample in 0..votes.n_samples() {
        let end = &mut ends[pair(sample)];
        samples[*end] = sample;
        *end += 1;
    }
    let mut outcomes = Vec::new();
    let mut groups = Groups::default();
    for equal in samples.chunk_by(|&a, &b| pair(a) == pair(b)) {
        outcomes.push(Outcome {
            truth: votes.truth[equal[0]],
            predicted: votes.predicted[equal[0]],
            place_values: [0.0; 6],
        });
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
