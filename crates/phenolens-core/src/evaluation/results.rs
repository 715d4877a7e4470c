//! What an evaluation gives.

use serde::Serialize;

use super::{Interval, Measure, Measures, Protocol, Scores, Weights};
use crate::findings::Finding;
use crate::neighbors::Distance;

/// The whole evaluation, one part per protocol, the headline first.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// One per protocol, in the order of the parameters.
    pub protocols: Vec<ProtocolEvaluation>,
    /// The ids of the evaluated classes, sorted; every class index in an evaluation is one into
    /// these, and classes that are left out are missing here.
    pub class_names: Vec<String>,
    /// The samples that are evaluated, rising, as indices into the dataset.
    pub samples: Vec<usize>,
    /// Independent units among them: subjects, or clusters of subjects that count as one.
    pub n_groups: usize,
    /// What deserves a second look.
    pub findings: Vec<Finding>,
}

/// One protocol's folds and runs.
#[derive(Debug, Clone, PartialEq)]
pub struct ProtocolEvaluation {
    /// The protocol.
    pub protocol: Protocol,
    /// Number of folds.
    pub n_folds: usize,
    /// The fold of every evaluated sample in the first repeat, shape `(Evaluation::samples,)`.
    pub folds: Vec<usize>,
    /// One per distance and weights: distances outermost, both in the order of the parameters.
    pub runs: Vec<Run>,
    /// Cosine against euclidean, one per weights and measure; empty unless both are evaluated.
    pub comparisons: Vec<Comparison>,
    /// The same on one sample of every subject, one per weights; empty unless both are evaluated.
    pub mcnemar: Vec<McNemar>,
}

impl ProtocolEvaluation {
    /// The run with the best pooled value of a measure, of equals the first.
    pub(crate) fn best_run(&self, measure: Measure) -> Option<&Run> {
        let value = |run: &Run| {
            let pooled = run.summary[measure as usize].pooled?;
            Some(if measure.higher_is_better() {
                pooled
            } else {
                -pooled
            })
        };
        let mut best = self.runs.first()?;
        for run in &self.runs {
            let is_better = match (value(run), value(best)) {
                (Some(value), Some(best)) => value > best,
                (value, best) => value.is_some() && best.is_none(),
            };
            if is_better {
                best = run;
            }
        }
        Some(best)
    }
}

/// One classifier under one protocol: a distance and a vote, every k.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// One per repeat and k, repeats outermost, k rising from 1.
    pub k_points: Vec<KPoint>,
    /// The chosen k.
    pub k: usize,
    /// Every measure at the chosen k, in the order of [`Measure::ALL`].
    pub summary: Vec<MeasureSummary>,
    /// One per class, at the chosen k, of the pooled predictions.
    pub per_class: Vec<PerClass>,
    /// At the chosen k, of the pooled predictions.
    pub confusion: Confusion,
    /// Measures at every k of the first repeat with their intervals; empty without resampling.
    pub k_bands: Vec<KBand>,
    /// At the chosen k: macro, micro, then one per class.
    pub roc: Vec<RocCurve>,
    /// Between which rates the macro curve lies; `None` without resampling or without a curve.
    pub roc_band: Option<RocBand>,
    /// At the chosen k, one per evaluated sample.
    pub predictions: Vec<Prediction>,
    /// The scores behind them, in the same order.
    pub scores: Scores,
    /// The same with k chosen inside every training part, one per repeat; empty with fewer than
    /// three folds.
    pub nested: Vec<Nested>,
    /// Whether a larger k might do better; `None` where only one k is tried, or the selecting measure
    /// is undefined.
    pub rise: Option<Rise>,
}

/// The selecting measure at the largest k against half of it: where it still rises from the one to
/// the other, it may rise further.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rise {
    /// The measure.
    pub measure: Measure,
    /// The largest k that is tried.
    pub k: usize,
    /// Half of it, rounded down.
    pub half_k: usize,
    /// Mean over folds at `k` minus that at `half_k`: above 0 where the measure rises.
    pub difference: f64,
    /// Interval of the difference, by the corrected resampled t statistic over folds.
    pub interval: Option<Interval>,
}

/// The measures with k chosen inside every training part.
#[derive(Debug, Clone, PartialEq)]
pub struct Nested {
    /// One per outer fold.
    pub folds: Vec<NestedFold>,
    /// Mean over the folds where the measure is defined.
    pub mean: Measures,
    /// Population standard deviation over the same folds.
    pub sd: Measures,
    /// Of all out-of-fold predictions as one set.
    pub pooled: Measures,
    /// What plain selection adds to the selecting measure; `None` where that is undefined.
    pub optimism: Option<Optimism>,
}

/// One outer fold of a nested selection.
#[derive(Debug, Clone, PartialEq)]
pub struct NestedFold {
    /// The fold, from 0.
    pub fold: usize,
    /// The k that its training part chose.
    pub k: usize,
    /// The measures of the fold at that k.
    pub measures: Measures,
}

/// What choosing k on the folds that score it makes of the selecting measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Optimism {
    /// The selecting measure.
    pub measure: Measure,
    /// Its mean over folds at the k that is chosen on the same folds.
    pub plain: f64,
    /// Its mean over folds with k chosen inside every training part.
    pub nested: f64,
    /// Plain minus nested: above 0 where plain selection flatters, below for losses.
    pub difference: f64,
    /// Interval of the difference over subjects; `None` without resampling.
    pub interval: Option<Interval>,
}

/// One measure at one k, of the pooled predictions, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KBand {
    /// Neighbors that vote.
    pub k: usize,
    /// The measure.
    pub measure: Measure,
    /// Of all out-of-fold predictions of the first repeat as one set.
    pub pooled: f64,
    /// Its interval over subjects.
    pub interval: Interval,
}

/// All measures at one k.
#[derive(Debug, Clone, PartialEq)]
pub struct KPoint {
    /// The repeat, from 0.
    pub repeat: usize,
    /// Neighbors that vote.
    pub k: usize,
    /// The measures of every fold, shape `(n_folds,)`.
    pub folds: Vec<Measures>,
    /// Number of test samples of every fold, shape `(n_folds,)`.
    pub fold_sizes: Vec<usize>,
    /// Mean over the folds where the measure is defined.
    pub mean: Measures,
    /// Population standard deviation over the same folds.
    pub sd: Measures,
    /// Of all out-of-fold predictions as one set.
    pub pooled: Measures,
}

/// One measure at the chosen k; over repeats, `mean` and `sd` are over all folds of all repeats.
///
/// Where folds are drawn several times, `sd` mixes two things: folds of one drawing differ since each
/// has other subjects, means of drawings differ by the chance of the draw alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeasureSummary {
    /// The measure.
    pub measure: Measure,
    /// Mean over folds; `None` where it is undefined in every fold.
    pub mean: Option<f64>,
    /// Population standard deviation over folds.
    pub sd: Option<f64>,
    /// Standard deviation over the folds of one repeat: the root of the mean variance over repeats.
    pub sd_between_folds: Option<f64>,
    /// Standard deviation (of a sample) of the means of the repeats; `None` with fewer than two.
    pub sd_between_repeats: Option<f64>,
    /// Of all out-of-fold predictions of the first repeat as one set.
    pub pooled: Option<f64>,
    /// Interval of `pooled` over subjects; `None` without resampling.
    pub interval: Option<Interval>,
    /// What guessing gives.
    pub chance: Chance,
}

/// What guessing gives for a measure, on the pooled predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chance {
    /// Always predicting the largest class, with the class shares as scores.
    pub largest_class: Option<f64>,
    /// Mean of the same classifier under labels that are shuffled between subjects.
    pub shuffled_labels: Option<f64>,
}

/// Cosine against euclidean on one measure, each at its own chosen k, of the pooled predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// The weight of a vote.
    pub weights: Weights,
    /// The measure.
    pub measure: Measure,
    /// Its value with the cosine distance.
    pub cosine: f64,
    /// Its value with the euclidean distance.
    pub euclidean: f64,
    /// Cosine minus euclidean.
    pub difference: f64,
    /// Interval of the difference over subjects; `None` without resampling.
    pub interval: Option<Interval>,
    /// From swapping the two classifiers' predictions of whole subjects, two-sided.
    pub p_value: Option<f64>,
    /// The same, adjusted by Holm's method for all measures of one weights.
    pub p_holm: Option<f64>,
    /// The test over folds; `None` where fewer than two folds define the measure for both, or all
    /// differences are equal.
    pub over_folds: Option<FoldTest>,
}

/// The corrected resampled t-test of the differences in single folds.
///
/// ```text
/// t  =  mean / √( (1/J + n_test / n_train) s² )        s² with J - 1, J - 1 degrees of freedom
/// ```
///
/// Training parts overlap, so that differences in folds are not independent; the second term stands
/// for that.
///
/// # Source
/// Nadeau & Bengio (2003), Mach. Learn. 52, 239-281.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FoldTest {
    /// J: folds of all repeats.
    pub n_folds: usize,
    /// Mean over them with the cosine distance.
    pub cosine: f64,
    /// Mean over them with the euclidean distance.
    pub euclidean: f64,
    /// Mean of the differences, cosine minus euclidean.
    pub difference: f64,
    /// The statistic.
    pub t: f64,
    /// Two-sided.
    pub p_value: f64,
}

/// Cosine against euclidean, each at its own chosen k, on the first sample of every subject: McNemar's
/// exact test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// The weight of a vote.
    pub weights: Weights,
    /// Subjects, each with its first sample in the order of the source.
    pub n_subjects: usize,
    /// Samples that both get right.
    pub n_both: usize,
    /// Samples that only cosine gets right.
    pub n_cosine_only: usize,
    /// Samples that only euclidean gets right.
    pub n_euclidean_only: usize,
    /// Two-sided.
    pub p_value: f64,
}

impl McNemar {
    /// Share of the samples that cosine gets right.
    pub fn cosine_accuracy(&self) -> f64 {
        (self.n_both + self.n_cosine_only) as f64 / self.n_subjects as f64
    }

    /// Share of the samples that euclidean gets right.
    pub fn euclidean_accuracy(&self) -> f64 {
        (self.n_both + self.n_euclidean_only) as f64 / self.n_subjects as f64
    }

    /// The first minus the second.
    pub fn difference(&self) -> f64 {
        (self.n_cosine_only as f64 - self.n_euclidean_only as f64) / self.n_subjects as f64
    }
}

/// How one class fares.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PerClass {
    /// The class, an index into [`Evaluation::class_names`].
    pub class: usize,
    /// Its evaluated subjects.
    pub n_subjects: usize,
    /// Its evaluated samples.
    pub support: usize,
    /// Right among those predicted as the class; 0 where none is.
    pub precision: f64,
    /// Its interval over subjects; `None` without resampling.
    pub precision_interval: Option<Interval>,
    /// Right among those of the class.
    pub recall: f64,
    /// Wilson interval of the recall with the effective number of subjects.
    pub recall_interval: Interval,
    /// Harmonic mean of precision and recall; 0 where both are.
    pub f1: f64,
    /// Its interval over subjects; `None` without resampling.
    pub f1_interval: Option<Interval>,
    /// Area under the ROC curve, one against rest; `None` where undefined.
    pub auc: Option<f64>,
    /// Its interval over subjects; `None` without resampling.
    pub auc_interval: Option<Interval>,
    /// The recall against that of the other classes; `None` where there are no others.
    pub against_others: Option<AgainstOthers>,
}

/// Whether the recall of a class is lower than that of the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgainstOthers {
    /// Right among the samples of all other classes.
    pub recall: f64,
    /// One-sided, over the subjects that are tested and those that train: that so many of the class
    /// are predicted wrong, were it no harder than the others. The greater of that of Fisher's exact
    /// test and that of a normal test, which knows how much other training subjects would change.
    pub p_value: f64,
    /// The same adjusted for all classes (Holm).
    pub p_holm: f64,
}

/// How often each class is predicted as each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// Number of classes.
    pub n_classes: usize,
    /// Shape `(n_classes, n_classes)`, row-major: true class by predicted class.
    pub counts: Vec<usize>,
}

impl Confusion {
    /// How often samples of `truth` are predicted as `predicted`.
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        self.counts[truth * self.n_classes + predicted]
    }
}

/// Whose ROC curve it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RocSubject {
    /// The mean over classes.
    Macro,
    /// All (sample, class) decisions pooled.
    Micro,
    /// One class against the rest, an index into [`Evaluation::class_names`].
    Class(usize),
}

/// An ROC curve averaged over folds at fixed false-positive rates, 0 to 1 by 0.001.
#[derive(Debug, Clone, PartialEq)]
pub struct RocCurve {
    /// Whose curve it is.
    pub subject: RocSubject,
    /// Mean true-positive rate over folds at each false-positive rate, shape `(1001,)`.
    pub tpr_mean: Vec<f64>,
    /// Population standard deviation over folds, shape `(1001,)`.
    pub tpr_sd: Vec<f64>,
    /// Mean over folds of the exact areas.
    pub area_mean: f64,
    /// Population standard deviation over folds of the exact areas.
    pub area_sd: f64,
}

/// Between which rates the macro-averaged ROC curve lies: at each false-positive rate the interval
/// over subjects of the true-positive rate, for that rate alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RocBand {
    /// False-positive rates, 0 to 1 by 0.01.
    pub fpr: Vec<f64>,
    /// The lower ends, same shape.
    pub low: Vec<f64>,
    /// The upper ends, same shape.
    pub high: Vec<f64>,
}

/// What is predicted for one sample out of fold.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The sample, an index into the dataset.
    pub sample: usize,
    /// The fold in which it is a test sample.
    pub fold: usize,
    /// The predicted class, an index into [`Evaluation::class_names`].
    pub predicted: usize,
    /// Rank of the true class, from 1; the mean of the ranks where they are shared.
    pub rank_of_true: f64,
}
