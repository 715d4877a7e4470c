//! Every measure of a classifier, and the measures of any part or resample of its predictions.
//!
//! All of them are functions of a few counts: how many samples, of each class and in all, have each
//! score, each place and each prediction. [`Scorer`] sorts the scores once; after that the measures
//! of a multiset of samples cost one pass over its samples and one over the distinct scores. A fold
//! is a multiset of ones and zeros, the pooled set is all ones, a bootstrap resample is what was
//! drawn how often: there is one way to a measure and no other.

mod area;
#[cfg(test)]
pub(super) mod literal;
mod per_class;
mod prior;
#[cfg(test)]
pub(super) mod tests;

pub(super) use area::{Threshold, area};
pub use per_class::{confusion, per_class};
pub use prior::prior_votes;

use self::area::Area;
use super::{Measure, Measures, Place, Votes};

/// The least score whose logarithm is taken, in [`Measure::LogLoss`].
const LEAST_SCORE: f64 = 1e-15;

/// Predictions, sorted once, so that any multiset of them is measured without sorting.
///
/// A *threshold* is a distinct score of one class. Those of a class stand together, scores falling;
/// the last is 0, whether a sample has it or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer {
    /// Shape `(n_samples,)`, as `predicted`, `place` and `threshold_of_truth`.
    truth: Vec<usize>,
    predicted: Vec<usize>,
    /// An index into `places`.
    place: Vec<usize>,
    threshold_of_truth: Vec<usize>,
    /// The thresholds of a sample's scores above 0 are
    /// `thresholds[starts[sample]..starts[sample + 1]]`; all others are 0.
    thresholds: Vec<usize>,
    starts: Vec<usize>,
    /// The distinct places, in no particular order but a fixed one.
    places: Vec<Place>,
    /// The thresholds of a class are `class_starts[class]..class_starts[class + 1]`.
    class_starts: Vec<usize>,
    /// The score of each threshold.
    scores: Vec<f64>,
    /// `-ln(score)` of each threshold, clipped.
    log_losses: Vec<f64>,
    /// For each threshold its rank among the distinct scores of all classes, scores falling.
    pooled_ranks: Vec<usize>,
    n_pooled_ranks: usize,
}

/// The counts behind the measures of one multiset; kept between calls to save the allocation.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    n_samples: u64,
    /// One per class.
    predicted: Vec<u64>,
    right: Vec<u64>,
    /// One per distinct place.
    places: Vec<u64>,
    /// One per threshold: the samples of the threshold's class, and all others, with that score.
    positives: Vec<u64>,
    negatives: Vec<u64>,
    /// The same of all classes pooled, one per distinct score.
    pooled: Vec<Threshold>,
}

/// How one class fares in a multiset; `None` is a ratio without a denominator, which the means
/// over classes count as 0 (precision, recall, F1) or leave out (areas).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassFigures {
    /// Samples of the class.
    pub support: u64,
    /// Samples predicted as the class.
    pub n_predicted: u64,
    /// Samples of the class predicted as the class.
    pub n_right: u64,
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
        let mut threshold_of_truth = vec![0; n_samples];
        let mut entries: Vec<(usize, usize)> = Vec::new();
        let mut falling: Vec<(f64, usize)> = Vec::new();
        for class in 0..n_classes {
            falling.clear();
            falling.extend((0..n_samples).filter_map(|sample| {
                let score = votes.scores(sample)[class];
                (score > 0.0).then_some((score, sample))
            }));
            falling.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            for tied in falling.chunk_by(|a, b| a.0 == b.0) {
                for &(_, sample) in tied {
                    entries.push((sample, scores.len()));
                    if votes.truth[sample] == class {
                        threshold_of_truth[sample] = scores.len() + 1;
                    }
                }
                scores.push(tied[0].0);
            }
            scores.push(0.0);
            class_starts.push(scores.len());
        }
        // 0 stood for "no score above 0", every other number for the threshold before it.
        for (threshold, &truth) in threshold_of_truth.iter_mut().zip(&votes.truth) {
            *threshold = match *threshold {
                0 => class_starts[truth + 1] - 1,
                above => above - 1,
            };
        }

        let (starts, thresholds) = by_sample(&entries, n_samples);
        let (pooled_ranks, n_pooled_ranks) = falling_ranks(&scores);
        let (places, place) = distinct_places(&votes.places);
        let log_loss = |&score: &f64| -libm::log(score.max(LEAST_SCORE));
        Scorer {
            truth: votes.truth.clone(),
            predicted: votes.predicted.clone(),
            place,
            threshold_of_truth,
            thresholds,
            starts,
            places,
            class_starts,
            log_losses: scores.iter().map(log_loss).collect(),
            scores,
            pooled_ranks,
            n_pooled_ranks,
        }
    }

    /// Number of samples.
    pub fn n_samples(&self) -> usize {
        self.truth.len()
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.class_starts.len() - 1
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

        let n_right: u64 = workspace.right.iter().sum();
        let accuracy = n_right as f64 / n;
        set(Measure::Accuracy, accuracy);
        set(Measure::F1Micro, accuracy);
        set(Measure::Mcc, matthews_correlation(n_right, &figures));

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
        if let Some(Area { auc, .. }) = area(workspace.pooled.iter().copied()) {
            set(Measure::AucMicro, auc);
        }

        let over_places = |value: &dyn Fn(Place) -> f64| {
            let counted = self.places.iter().zip(&workspace.places);
            let sum: f64 = counted.map(|(&place, &n)| n as f64 * value(place)).sum();
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
        for (threshold, &score) in self.scores.iter().enumerate() {
            let positives = workspace.positives[threshold] as f64;
            let negatives = workspace.negatives[threshold] as f64;
            log_loss += positives * self.log_losses[threshold];
            brier += positives * (1.0 - score) * (1.0 - score) + negatives * score * score;
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
            predicted,
            right,
            places,
            positives,
            negatives,
            pooled: _,
        } = workspace;
        *n_samples = 0;
        reset(predicted, self.n_classes());
        reset(right, self.n_classes());
        reset(places, self.places.len());
        reset(positives, self.scores.len());
        reset(negatives, self.scores.len());

        for (sample, &multiplicity) in multiplicities.iter().enumerate() {
            if multiplicity == 0 {
                continue;
            }
            let multiplicity = u64::from(multiplicity);
            *n_samples += multiplicity;
            predicted[self.predicted[sample]] += multiplicity;
            right[self.truth[sample]] +=
                multiplicity * u64::from(self.predicted[sample] == self.truth[sample]);
            places[self.place[sample]] += multiplicity;
            positives[self.threshold_of_truth[sample]] += multiplicity;
            for &threshold in &self.thresholds[self.starts[sample]..self.starts[sample + 1]] {
                negatives[threshold] += multiplicity;
            }
        }

        // So far `negatives` holds all samples with a score above 0. The others have 0; what is no
        // positive is a negative.
        for class in self.class_starts.windows(2) {
            let zero = class[1] - 1;
            let above: u64 = negatives[class[0]..zero].iter().sum();
            negatives[zero] = *n_samples - above;
            for threshold in class[0]..class[1] {
                negatives[threshold] -= positives[threshold];
            }
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
        for (threshold, &rank) in self.pooled_ranks.iter().enumerate() {
            let pooled = &mut workspace.pooled[rank];
            pooled.positives += workspace.positives[threshold];
            pooled.negatives += workspace.negatives[threshold];
        }
        &workspace.pooled
    }

    /// The figures of every class as counted.
    fn figures(&self, workspace: &Workspace) -> Vec<ClassFigures> {
        let ratio = |numerator: u64, denominator: u64| {
            (denominator > 0).then(|| numerator as f64 / denominator as f64)
        };
        (0..self.n_classes())
            .map(|class| {
                let range = self.class_starts[class]..self.class_starts[class + 1];
                let support = workspace.positives[range].iter().sum();
                let n_predicted = workspace.predicted[class];
                let n_right = workspace.right[class];
                let area = area(self.class_thresholds(class, workspace));
                ClassFigures {
                    support,
                    n_predicted,
                    n_right,
                    precision: ratio(n_right, n_predicted),
                    recall: ratio(n_right, support),
                    f1: ratio(2 * n_right, support + n_predicted),
                    auc: area.map(|area| area.auc),
                    average_precision: area.map(|area| area.average_precision),
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
fn matthews_correlation(n_right: u64, figures: &[ClassFigures]) -> f64 {
    // In integers, so that "constant" is exact.
    let sum = |term: &dyn Fn(&ClassFigures) -> u64| -> i128 {
        figures.iter().map(|class| i128::from(term(class))).sum()
    };
    let products = |term: &dyn Fn(&ClassFigures) -> (u64, u64)| -> i128 {
        let product = |(a, b)| i128::from(a) * i128::from(b);
        figures.iter().map(|class| product(term(class))).sum()
    };
    let n = sum(&|class| class.support);
    let covariance =
        n * i128::from(n_right) - products(&|class| (class.support, class.n_predicted));
    let truth = n * n - products(&|class| (class.support, class.support));
    let predicted = n * n - products(&|class| (class.n_predicted, class.n_predicted));
    if truth == 0 || predicted == 0 {
        return 0.0;
    }
    covariance as f64 / (truth as f64 * predicted as f64).sqrt()
}

/// Groups `(sample, threshold)` entries by sample: where each sample's thresholds start, and all
/// thresholds.
fn by_sample(entries: &[(usize, usize)], n_samples: usize) -> (Vec<usize>, Vec<usize>) {
    let mut starts = vec![0; n_samples + 1];
    for &(sample, _) in entries {
        starts[sample + 1] += 1;
    }
    for sample in 0..n_samples {
        starts[sample + 1] += starts[sample];
    }
    let mut thresholds = vec![0; entries.len()];
    let mut next = starts.clone();
    for &(sample, threshold) in entries {
        thresholds[next[sample]] = threshold;
        next[sample] += 1;
    }
    (starts, thresholds)
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

/// The distinct places, and for each given place its index among them.
fn distinct_places(given: &[Place]) -> (Vec<Place>, Vec<usize>) {
    let key = |place: &Place| (place.n_ahead, place.n_tied);
    let mut distinct = given.to_vec();
    distinct.sort_unstable_by_key(key);
    distinct.dedup();
    let index = |place: &Place| distinct.partition_point(|other| key(other) < key(place));
    let indices = given.iter().map(index).collect();
    (distinct, indices)
}

/// Makes it `len` zeros.
fn reset(counts: &mut Vec<u64>, len: usize) {
    counts.clear();
    counts.resize(len, 0);
}
