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
mod scorer;
#[cfg(test)]
pub(super) mod tests;

pub(super) use area::{Threshold, roc_area};
pub use per_class::{confusion, per_class};
pub use prior::prior_votes;
pub(super) use scorer::LEAST_SCORE;
pub use scorer::{Scorer, Workspace};

use self::area::average_precision;
use super::{Measure, MeasureSet, Measures, Place};

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
    /// Every measure of a multiset: [`Scorer::measures_of`] all of them.
    pub fn measures(&self, multiplicities: &[u32], workspace: &mut Workspace) -> Measures {
        self.measures_of(MeasureSet::ALL, multiplicities, workspace)
    }

    /// The `wanted` measures of the multiset in which each sample stands as often as
    /// `multiplicities` says, shape `(n_samples,)`; all are `None` for an empty multiset, and those
    /// that are not wanted may be.
    ///
    /// What each measure is stands at [`Measure`]. A ratio without a denominator counts as 0; a
    /// class without a sample, or with nothing but its samples, is left out of the areas' means.
    ///
    /// Takes O(m + t) time for m scores above 0 and t thresholds. The result does not depend on the
    /// order of the samples.
    ///
    /// # Panics
    /// If there is not one multiplicity per sample.
    ///
    /// # Source
    /// Top-k accuracy and reciprocal rank of shared ranks are expectations over a random order
    /// (McSherry & Najork 2008, ECIR). Average precision is the sum over thresholds of precision
    /// times gain in recall. Matthews correlation: Gorodkin (2004), Comput. Biol. Chem. 28, 367-374.
    pub fn measures_of(
        &self,
        wanted: MeasureSet,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> Measures {
        let mut values = Measures::UNDEFINED;
        self.count_outcomes(multiplicities, workspace);
        if workspace.n_samples == 0 {
            return values;
        }
        let mut figures = self.figures(workspace);
        self.measure_outcomes(&figures, workspace, &mut values);
        if wanted.reads_scores() {
            self.count_scores(multiplicities, workspace);
            self.add_areas(&mut figures, wanted.contains(Measure::ApMacro), workspace);
            self.measure_scores(&figures, wanted, workspace, &mut values);
        }
        values
    }

    /// What the measures of the same multiset are means of, shape `(n_classes,)`.
    ///
    /// # Panics
    /// If there is not one multiplicity per sample.
    pub fn class_figures(
        &self,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> Vec<ClassFigures> {
        self.count(multiplicities, workspace);
        let mut figures = self.figures(workspace);
        self.add_areas(&mut figures, true, workspace);
        figures
    }

    /// Sets the measures that need no scores, as counted.
    fn measure_outcomes(
        &self,
        figures: &[ClassFigures],
        workspace: &Workspace,
        values: &mut Measures,
    ) {
        let n = workspace.n_samples as f64;
        let mut set = |measure, value| values.set(measure, value);
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
        if let Some(mean) = mean_of_defined(figures, |class| class.recall, |_| 1.0) {
            set(Measure::BalancedAccuracy, mean);
        }
        if let Some(mean) = mean_of_defined(figures, |class| class.f1, support) {
            set(Measure::F1Weighted, mean);
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
    }

    /// Sets the wanted measures that need scores, as counted.
    fn measure_scores(
        &self,
        figures: &[ClassFigures],
        wanted: MeasureSet,
        workspace: &mut Workspace,
        values: &mut Measures,
    ) {
        let n = workspace.n_samples as f64;
        let mut set = |measure, value| values.set(measure, value);
        if let Some(mean) = mean_of_defined(figures, |class| class.auc, |_| 1.0) {
            set(Measure::AucMacro, mean);
        }
        if let Some(mean) = mean_of_defined(figures, |class| class.auc, support) {
            set(Measure::AucWeighted, mean);
        }
        if let Some(mean) = mean_of_defined(figures, |class| class.average_precision, |_| 1.0) {
            set(Measure::ApMacro, mean);
        }
        if wanted.contains(Measure::AucMicro) {
            self.pool(workspace);
            if let Some(area) = roc_area(workspace.pooled.iter().copied()) {
                set(Measure::AucMicro, area);
            }
        }
        if wanted.contains(Measure::LogLoss) || wanted.contains(Measure::Brier) {
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
        }
    }

    /// The figures of every class as counted, without the areas.
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
                    auc: None,
                    average_precision: None,
                }
            })
            .collect()
    }

    /// Adds the areas as counted, those of precision against recall only where they are wanted.
    fn add_areas(&self, figures: &mut [ClassFigures], with_precision: bool, workspace: &Workspace) {
        for (class, figures) in figures.iter_mut().enumerate() {
            figures.auc = roc_area(self.class_thresholds(class, workspace));
            if with_precision {
                figures.average_precision =
                    average_precision(self.class_thresholds(class, workspace));
            }
        }
    }
}

/// The weight of a class by its size.
fn support(class: &ClassFigures) -> f64 {
    class.support as f64
}

impl Place {
    /// The chance of standing among the first `k` classes when those that share a rank are put in a
    /// random order.
    pub(super) fn chance_in_first(self, k: usize) -> f64 {
        let n_left = k.saturating_sub(self.n_ahead).min(self.n_tied);
        n_left as f64 / self.n_tied as f64
    }

    /// The mean of 1 / rank over the ranks that are shared.
    pub(super) fn mean_reciprocal_rank(self) -> f64 {
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
