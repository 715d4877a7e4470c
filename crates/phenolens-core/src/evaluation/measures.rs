//! Every measure of a classifier, and the measures of any part or resample of its predictions.
//!
//! All of them are functions of a few counts: how many samples, of each class and in all, have each
//! score, each place and each prediction. [`Scorer`] sorts the scores once; after that the measures
//! of a multiset of samples cost one pass over its samples and one over the distinct scores. A fold
//! is a multiset of ones and zeros, the pooled set is all ones, a bootstrap resample is what was
//! drawn how often: there is one way to a measure and no other.

mod area;
mod groups;
#[cfg(test)]
pub(super) mod literal;
mod per_class;
mod prior;
#[cfg(test)]
pub(super) mod tests;

pub(super) use area::{Threshold, roc_area};
pub use per_class::{confusion, per_class};
pub use prior::prior_votes;

use self::area::average_precision;
use self::groups::Groups;
use super::{Measure, Measures, Place, Votes};

/// The least score whose logarithm is taken, in [`Measure::LogLoss`].
const LEAST_SCORE: f64 = 1e-15;

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
    outcomes: Vec<Outcome>,
    /// The samples of each outcome.
    of_outcome: Groups,
    thresholds: Vec<Score>,
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
struct Outcome {
    truth: usize,
    predicted: usize,
    place: Place,
}

/// A distinct score of one class.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Score {
    value: f64,
    /// `-ln(value)`, clipped.
    log_loss: f64,
    /// Its rank among the distinct scores of all classes, scores falling.
    pooled_rank: usize,
}

/// The counts behind the measures of one multiset; kept between calls to save the allocation.
///
/// They are signed because only signed 64-bit integers become floats in one instruction.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    n_samples: i64,
    /// One per outcome.
    outcomes: Vec<i64>,
    /// One per class.
    support: Vec<i64>,
    predicted: Vec<i64>,
    right: Vec<i64>,
    /// One per threshold: the samples of the threshold's class, and all others, with that score.
    positives: Vec<i64>,
    negatives: Vec<i64>,
    /// The same of all classes pooled, one per distinct score.
    pooled: Vec<Threshold>,
}

/// How one class fares in a multiset; `None` is a ratio without a denominator, which the means
/// over classes count as 0 (precision, recall, F1) or leave out (areas).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassFigures {
    /// Samples of the class.
    pub support: usize,
    /// Samples predicted as the class.
    pub n_predicted: usize,
    /// Samples of the class predicted as the class.
    pub n_right: usize,
    /// `n_right / n_predicted`.
    pub precision: Option<f64>,
    /// `n_right / support`.
    pub recall: Option<f64>,
    /// `2 n_right / (support + n_predicted)`, the harmonic mean of precision and recall.
    pub f1: Option<f64>,
    /// Area under the ROC curve of the class against the rest.
    pub auc: Option<f64>,
    /// Average precision of the class against the rest.
    pub average_precision: Option<f64>,
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

    /// Every measure of the multiset in which each sample stands as often as `multiplicities` says,
    /// shape `(n_samples,)`; all are `None` for an empty multiset.
    ///
    /// What each measure is stands at [`Measure`]. A ratio without a denominator counts as 0; a
    /// class without a sample, or with nothing but its samples, is left out of the areas' means.
    ///
    /// Takes O(m + t) time for m scores above 0 and t thresholds. The result does not depend on the
    /// order of the samples.
    ///
    /// # Source
    /// Top-k accuracy and reciprocal rank of shared ranks are expectations over a random order
    /// (McSherry & Najork 2008, ECIR). Average precision is the sum over thresholds of precision
    /// times gain in recall. Matthews correlation: Gorodkin (2004), Comput. Biol. Chem. 28, 367-374.
    pub fn measures(&self, multiplicities: &[u32], workspace: &mut Workspace) -> Measures {
        let mut values = Measures([None; Measure::ALL.len()]);
        self.count(multiplicities, workspace);
        if workspace.n_samples == 0 {
            return values;
        }
        let n = workspace.n_samples as f64;
        let figures = self.figures(workspace);
        let mut set = |measure: Measure, value: f64| values.0[measure as usize] = Some(value);

        let n_right: i64 = workspace.right.iter().sum();
        let accuracy = n_right as f64 / n;
        set(Measure::Accuracy, accuracy);
        set(Measure::F1Micro, accuracy);
        set(Measure::Mcc, matthews_correlation(workspace));

        let over_all = |value: fn(&ClassFigures) -> Option<f64>| {
            let sum: f64 = figures.iter().filter_map(value).sum();
            sum / figures.len() as f64
        };
        set(Measure::PrecisionMacro, over_all(|class| class.precision));
        set(Measure::RecallMacro, over_all(|class| class.recall));
        set(Measure::F1Macro, over_all(|class| class.f1));
        if let Some(mean) = mean_of_defined(&figures, |class| class.recall, |_| 1.0) {
            set(Measure::BalancedAccuracy, mean);
        }
        let support = |class: &ClassFigures| class.support as f64;
        if let Some(mean) = mean_of_defined(&figures, |class| class.f1, support) {
            set(Measure::F1Weighted, mean);
        }
        if let Some(mean) = mean_of_defined(&figures, |class| class.auc, |_| 1.0) {
            set(Measure::AucMacro, mean);
        }
        if let Some(mean) = mean_of_defined(&figures, |class| class.auc, support) {
            set(Measure::AucWeighted, mean);
        }
        if let Some(mean) = mean_of_defined(&figures, |class| class.average_precision, |_| 1.0) {
            set(Measure::ApMacro, mean);
        }
        self.pool(workspace);
        if let Some(area) = roc_area(workspace.pooled.iter().copied()) {
            set(Measure::AucMicro, area);
        }

        let over_places = |value: &dyn Fn(Place) -> f64| {
            let counted = self.outcomes.iter().zip(&workspace.outcomes);
            let sum: f64 = counted
                .map(|(outcome, &n)| n as f64 * value(outcome.place))
                .sum();
            sum / n
        };
        let top = [
            Measure::Top1,
            Measure::Top2,
            Measure::Top3,
            Measure::Top4,
            Measure::Top5,
        ];
        for (measure, k) in top.into_iter().zip(1..) {
            set(measure, over_places(&|place| place.chance_in_first(k)));
        }
        set(Measure::Mrr, over_places(&Place::mean_reciprocal_rank));

        let (mut log_loss, mut brier) = (0.0, 0.0);
        let counted = workspace.positives.iter().zip(&workspace.negatives);
        for (score, (&positives, &negatives)) in self.thresholds.iter().zip(counted) {
            let (positives, negatives) = (positives as f64, negatives as f64);
            let (lacking, excess) = (1.0 - score.value, score.value);
            log_loss += positives * score.log_loss;
            brier += positives * lacking * lacking + negatives * excess * excess;
        }
        set(Measure::LogLoss, log_loss / n);
        set(Measure::Brier, brier / n);
        values
    }

    /// What the measures of the same multiset are means of, shape `(n_classes,)`.
    pub fn class_figures(
        &self,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> Vec<ClassFigures> {
        self.count(multiplicities, workspace);
        self.figures(workspace)
    }

    /// Counts a multiset into the workspace, all but [`Workspace::pooled`].
    pub(super) fn count(&self, multiplicities: &[u32], workspace: &mut Workspace) {
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
            positives,
            negatives,
            pooled: _,
        } = workspace;
        self.of_outcome.sums(multiplicities, outcomes);
        self.positives.sums(multiplicities, positives);
        self.negatives.sums(multiplicities, negatives);

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

        for (class, bounds) in self.class_starts.windows(2).enumerate() {
            let zero = bounds[1] - 1;
            let above: i64 = positives[bounds[0]..zero].iter().sum();
            positives[zero] = support[class] - above;
            let above: i64 = negatives[bounds[0]..zero].iter().sum();
            negatives[zero] = *n_samples - support[class] - above;
        }
    }

    /// The thresholds of one class as counted, scores falling.
    pub(super) fn class_thresholds<'a>(
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
    pub(super) fn pool<'a>(&self, workspace: &'a mut Workspace) -> &'a [Threshold] {
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

    /// The figures of every class as counted.
    fn figures(&self, workspace: &Workspace) -> Vec<ClassFigures> {
        let ratio = |numerator: usize, denominator: usize| {
            (denominator > 0).then(|| numerator as f64 / denominator as f64)
        };
        (0..self.n_classes())
            .map(|class| {
                let support = workspace.support[class] as usize;
                let n_predicted = workspace.predicted[class] as usize;
                let n_right = workspace.right[class] as usize;
                ClassFigures {
                    support,
                    n_predicted,
                    n_right,
                    precision: ratio(n_right, n_predicted),
                    recall: ratio(n_right, support),
                    f1: ratio(2 * n_right, support + n_predicted),
                    auc: roc_area(self.class_thresholds(class, workspace)),
                    average_precision: average_precision(self.class_thresholds(class, workspace)),
                }
            })
            .collect()
    }
}

impl Place {
    /// The chance of standing among the first `k` classes when those that share a rank are put in a
    /// random order.
    fn chance_in_first(self, k: usize) -> f64 {
        let n_left = k.saturating_sub(self.n_ahead).min(self.n_tied);
        n_left as f64 / self.n_tied as f64
    }

    /// The mean of 1 / rank over the ranks that are shared.
    fn mean_reciprocal_rank(self) -> f64 {
        let ranks = self.n_ahead + 1..=self.n_ahead + self.n_tied;
        ranks.map(|rank| 1.0 / rank as f64).sum::<f64>() / self.n_tied as f64
    }
}

/// The weighted mean over the classes that define the value, `None` where there is none or all
/// their weights are 0.
fn mean_of_defined(
    figures: &[ClassFigures],
    value: impl Fn(&ClassFigures) -> Option<f64>,
    weight: impl Fn(&ClassFigures) -> f64,
) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for class in figures {
        if let Some(value) = value(class) {
            sum += weight(class) * value;
            weights += weight(class);
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// The Matthews correlation of truth and prediction as indicator variables; 0 where either is
/// constant.
///
/// ```text
///               n ∑ rₖ - ∑ tₖ pₖ
/// ─────────────────────────────────────────      r right, t of the class, p predicted as the class
///   √( n² - ∑ tₖ² )  √( n² - ∑ pₖ² )
/// ```
fn matthews_correlation(counts: &Workspace) -> f64 {
    // In integers, so that "constant" is exact.
    let products = |a: &[i64], b: &[i64]| -> i128 {
        let product = |(&a, &b): (&i64, &i64)| i128::from(a) * i128::from(b);
        a.iter().zip(b).map(product).sum()
    };
    let (truth, predicted) = (&counts.support, &counts.predicted);
    let n = i128::from(counts.n_samples);
    let n_right = i128::from(counts.right.iter().sum::<i64>());
    let covariance = n * n_right - products(truth, predicted);
    let truth_variance = n * n - products(truth, truth);
    let predicted_variance = n * n - products(predicted, predicted);
    if truth_variance == 0 || predicted_variance == 0 {
        return 0.0;
    }
    covariance as f64 / (truth_variance as f64 * predicted_variance as f64).sqrt()
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
