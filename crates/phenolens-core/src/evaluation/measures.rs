//! Every measure of a classifier, and the measures of any part or resample of its predictions.
//!
//! All of them are functions of a few counts: how many samples, of each class and in all, have each
//! score, each place and each prediction. [`Scorer`] sorts the scores once; after that the measures
//! of a multiset of samples cost one pass over its samples and one over the distinct scores. A fold
//! is a multiset of ones and zeros, the pooled set is all ones, a bootstrap resample is what was
//! drawn how often: there is one way to a measure and no other.

mod area;
mod classes;
mod groups;
mod lanes;
#[cfg(test)]
pub(super) mod literal;
mod per_class;
mod prior;
mod scorer;
#[cfg(test)]
pub(super) mod tests;

pub(super) use area::{Threshold, roc_area};
pub(super) use lanes::{Bits, Counts, LANES, Multiplicities};
pub use per_class::{confusion, per_class};
pub use prior::prior_votes;
pub(crate) use scorer::LEAST_SCORE;
pub use scorer::{Scorer, Workspace};

use self::area::roc_areas;
use self::classes::ClassValues;
use self::lanes::{Multiplicity, Values, combine, ratio, values};
use super::measure::PLACE_MEASURES;
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
    /// Every measure of a multiset; see [`Scorer::measures_of_each`].
    pub fn measures(&self, multiplicities: &[u32], workspace: &mut Workspace) -> Measures {
        self.measures_of(MeasureSet::ALL, multiplicities, workspace)
    }

    /// The `wanted` measures of one multiset; see [`Scorer::measures_of_each`].
    pub fn measures_of(
        &self,
        wanted: MeasureSet,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> Measures {
        self.measures_of_each(wanted, &[multiplicities], workspace)[0]
    }

    /// The `wanted` measures of multisets in which each sample stands as often as its multiplicity
    /// says, each of shape `(n_samples,)`; all are `None` for an empty multiset, and those that are not
    /// wanted may be.
    ///
    /// What each measure is stands at [`Measure`]. A ratio without a denominator counts as 0; a
    /// class without a sample, or with nothing but its samples, is left out of the areas' means.
    ///
    /// Takes O(m + t) time for m scores above 0 and t thresholds, for 16 multisets at a time. The
    /// result does not depend on the order of the samples, nor on which multisets stand together.
    ///
    /// # Panics
    /// If there is not one multiplicity per sample.
    ///
    /// # Source
    /// Top-k accuracy and reciprocal rank of shared ranks are expectations over a random order
    /// (McSherry & Najork 2008, ECIR). Average precision is the sum over thresholds of precision
    /// times gain in recall. Matthews correlation: Gorodkin (2004), Comput. Biol. Chem. 28, 367-374.
    pub fn measures_of_each(
        &self,
        wanted: MeasureSet,
        multisets: &[&[u32]],
        workspace: &mut Workspace,
    ) -> Vec<Measures> {
        let mut packed = core::mem::take(&mut workspace.packed);
        let mut measures = Vec::with_capacity(multisets.len());
        for some in multisets.chunks(LANES) {
            self.pack(some, &mut packed);
            let of_lanes = self.measures_in_lanes(wanted, &packed, workspace);
            measures.extend_from_slice(&of_lanes[..some.len()]);
        }
        workspace.packed = packed;
        measures
    }

    /// The same of multisets that stand side by side, shape `(n_samples,)`.
    pub(in crate::evaluation) fn measures_in_lanes<T: Multiplicity>(
        &self,
        wanted: MeasureSet,
        multiplicities: &[[T; LANES]],
        workspace: &mut Workspace,
    ) -> [Measures; LANES] {
        self.count_outcomes(multiplicities, workspace);
        let mut classes = self.class_values(workspace);
        let mut lanes = Lanes {
            measures: [Measures::UNDEFINED; LANES],
            wanted,
            is_empty: workspace.n_samples.map(|n| n == 0),
        };
        self.measure_outcomes(&classes, workspace, &mut lanes);
        if wanted.reads_scores() {
            self.count_scores(multiplicities, workspace);
            self.add_areas(&mut classes, wanted.contains(Measure::ApMacro), workspace);
            self.measure_scores(&classes, workspace, &mut lanes);
        }
        lanes.measures
    }

    /// What the measures of a multiset are means of, shape `(n_classes,)`.
    ///
    /// # Panics
    /// If there is not one multiplicity per sample.
    pub fn class_figures(
        &self,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> Vec<ClassFigures> {
        let mut packed = core::mem::take(&mut workspace.packed);
        self.pack(&[multiplicities], &mut packed);
        let [figures, ..] = self.class_figures_in_lanes(&packed, workspace);
        workspace.packed = packed;
        figures
    }

    /// The same of multisets that stand side by side, shape `(n_samples,)`.
    pub(in crate::evaluation) fn class_figures_in_lanes<T: Multiplicity>(
        &self,
        multiplicities: &[[T; LANES]],
        workspace: &mut Workspace,
    ) -> [Vec<ClassFigures>; LANES] {
        self.count_outcomes(multiplicities, workspace);
        self.count_scores(multiplicities, workspace);
        let mut classes = self.class_values(workspace);
        self.add_areas(&mut classes, true, workspace);
        core::array::from_fn(|lane| classes.iter().map(|class| class.figures(lane)).collect())
    }

    /// Sets the measures that need no scores, as counted.
    fn measure_outcomes(&self, classes: &[ClassValues], workspace: &Workspace, lanes: &mut Lanes) {
        let n = values(&workspace.n_samples);
        let n_right = sum(classes, |class| class.n_right);
        let accuracy = ratio(&n_right, &n);
        lanes.set(Measure::Accuracy, &accuracy);
        lanes.set(Measure::F1Micro, &accuracy);
        if lanes.wanted.contains(Measure::Mcc) {
            let correlation = core::array::from_fn(|lane| matthews_correlation(workspace, lane));
            lanes.set(Measure::Mcc, &correlation);
        }

        let over_all = |value: fn(&ClassValues) -> Values| {
            sum(classes, value).map(|sum| sum / classes.len() as f64)
        };
        lanes.set(Measure::PrecisionMacro, &over_all(|class| class.precision));
        let recalls = sum(classes, |class| class.recall);
        lanes.set(Measure::RecallMacro, &over_all(|class| class.recall));
        lanes.set(Measure::F1Macro, &over_all(|class| class.f1));
        let n_present = sum(classes, |class| {
            class.support.map(|support| support.min(1.0))
        });
        lanes.set(Measure::BalancedAccuracy, &ratio(&recalls, &n_present));
        let weighted = sum(classes, |class| {
            combine(&class.support, &class.f1, |support, f1| support * f1)
        });
        lanes.set(Measure::F1Weighted, &ratio(&weighted, &n));

        for (index, measure) in PLACE_MEASURES.into_iter().enumerate() {
            if lanes.wanted.contains(measure) {
                let mut total = [0.0; LANES];
                for (outcome, counts) in self.outcomes.iter().zip(&workspace.outcomes) {
                    let value = outcome.place_values[index];
                    for (total, &count) in total.iter_mut().zip(counts) {
                        *total += f64::from(count) * value;
                    }
                }
                lanes.set(measure, &ratio(&total, &n));
            }
        }
    }

    /// Sets the wanted measures that need scores, as counted.
    fn measure_scores(
        &self,
        classes: &[ClassValues],
        workspace: &mut Workspace,
        lanes: &mut Lanes,
    ) {
        let n_defined = sum(classes, |class| class.has_area);
        let areas = sum(classes, |class| class.auc);
        lanes.set_where(Measure::AucMacro, &ratio(&areas, &n_defined), &n_defined);
        let weight = |class: &ClassValues| combine(&class.support, &class.has_area, |a, b| a * b);
        let weights = sum(classes, weight);
        let weighted = sum(classes, |class| {
            combine(&weight(class), &class.auc, |weight, auc| weight * auc)
        });
        lanes.set_where(Measure::AucWeighted, &ratio(&weighted, &weights), &weights);
        if lanes.wanted.contains(Measure::ApMacro) {
            let areas = sum(classes, |class| {
                combine(&class.has_area, &class.average_precision, |a, b| a * b)
            });
            lanes.set_where(Measure::ApMacro, &ratio(&areas, &n_defined), &n_defined);
        }
        if lanes.wanted.contains(Measure::AucMicro) {
            self.pool(workspace);
            let (area, is_defined) =
                roc_areas(&workspace.pooled_positives, &workspace.pooled_negatives);
            lanes.set_where(Measure::AucMicro, &area, &is_defined);
        }
        if lanes.wanted.contains(Measure::LogLoss) || lanes.wanted.contains(Measure::Brier) {
            let (mut log_loss, mut brier) = ([0.0; LANES], [0.0; LANES]);
            let counted = workspace.positives.iter().zip(&workspace.negatives);
            for (score, (positives, negatives)) in self.thresholds.iter().zip(counted) {
                let (lacking, excess) = (1.0 - score.value, score.value);
                let (of_positive, of_negative) = (lacking * lacking, excess * excess);
                for lane in 0..LANES {
                    let positives = f64::from(positives[lane]);
                    log_loss[lane] += positives * score.log_loss;
                    brier[lane] +=
                        positives * of_positive + f64::from(negatives[lane]) * of_negative;
                }
            }
            let n = values(&workspace.n_samples);
            lanes.set(Measure::LogLoss, &ratio(&log_loss, &n));
            lanes.set(Measure::Brier, &ratio(&brier, &n));
        }
    }
}

/// The measures of several multisets in the making.
struct Lanes {
    measures: [Measures; LANES],
    wanted: MeasureSet,
    is_empty: [bool; LANES],
}

impl Lanes {
    /// Gives a measure its values, where it is wanted and a multiset is not empty.
    fn set(&mut self, measure: Measure, values: &Values) {
        self.set_where(measure, values, &[1.0; LANES]);
    }

    /// The same only where `is_defined` is above 0.
    fn set_where(&mut self, measure: Measure, values: &Values, is_defined: &Values) {
        if !self.wanted.contains(measure) {
            return;
        }
        for (lane, measures) in self.measures.iter_mut().enumerate() {
            if !self.is_empty[lane] && is_defined[lane] > 0.0 {
                measures.set(measure, values[lane]);
            }
        }
    }
}

impl Place {
    /// What a sample adds to each of [`PLACE_MEASURES`].
    fn values(self) -> [f64; 6] {
        let mut values = [0.0; 6];
        for (value, k) in values.iter_mut().zip(1..) {
            *value = self.chance_in_first(k);
        }
        values[5] = self.mean_reciprocal_rank();
        values
    }

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

/// The sum over classes.
#[inline(always)]
fn sum(classes: &[ClassValues], value: impl Fn(&ClassValues) -> Values) -> Values {
    let mut sum = [0.0; LANES];
    for class in classes {
        for (sum, value) in sum.iter_mut().zip(value(class)) {
            *sum += value;
        }
    }
    sum
}

/// The Matthews correlation of truth and prediction as indicator variables; 0 where either is
/// constant.
///
/// ```text
///               n ∑ rₖ - ∑ tₖ pₖ
/// ─────────────────────────────────────────      r right, t of the class, p predicted as the class
///   √( n² - ∑ tₖ² )  √( n² - ∑ pₖ² )
/// ```
fn matthews_correlation(counts: &Workspace, lane: usize) -> f64 {
    // In integers, so that "constant" is exact.
    let products = |a: &[Counts], b: &[Counts]| -> i128 {
        let product = |(a, b): (&Counts, &Counts)| i128::from(a[lane]) * i128::from(b[lane]);
        a.iter().zip(b).map(product).sum()
    };
    let (truth, predicted) = (&counts.support, &counts.predicted);
    let n = i128::from(counts.n_samples[lane]);
    let n_right: i128 = counts
        .right
        .iter()
        .map(|right| i128::from(right[lane]))
        .sum();
    let covariance = n * n_right - products(truth, predicted);
    let truth_variance = n * n - products(truth, truth);
    let predicted_variance = n * n - products(predicted, predicted);
    if truth_variance == 0 || predicted_variance == 0 {
        return 0.0;
    }
    covariance as f64 / (truth_variance as f64 * predicted_variance as f64).sqrt()
}
