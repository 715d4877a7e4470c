//! How the classes fare, in several multisets at a time.

use super::area::{average_precisions, roc_areas};
use super::lanes::{LANES, Values, combine, ratio, values};
use super::{ClassFigures, Scorer, Workspace};

/// How one class fares; ratios without a denominator, and areas without a positive or a negative,
/// are 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClassValues {
    pub(super) support: Values,
    pub(super) n_predicted: Values,
    pub(super) n_right: Values,
    pub(super) precision: Values,
    pub(super) recall: Values,
    pub(super) f1: Values,
    /// 1 where there is a positive and a negative, else 0, as the areas.
    pub(super) has_area: Values,
    pub(super) auc: Values,
    pub(super) average_precision: Values,
}

impl Scorer {
    /// The figures of every class as counted, without the areas.
    pub(super) fn class_values(&self, workspace: &Workspace) -> Vec<ClassValues> {
        (0..self.n_classes())
            .map(|class| {
                let support = values(&workspace.support[class]);
                let n_predicted = values(&workspace.predicted[class]);
                let n_right = values(&workspace.right[class]);
                let doubled = n_right.map(|n_right| 2.0 * n_right);
                let both = combine(&support, &n_predicted, |a, b| a + b);
                ClassValues {
                    support,
                    n_predicted,
                    n_right,
                    precision: ratio(&n_right, &n_predicted),
                    recall: ratio(&n_right, &support),
                    f1: ratio(&doubled, &both),
                    has_area: [0.0; LANES],
                    auc: [0.0; LANES],
                    average_precision: [0.0; LANES],
                }
            })
            .collect()
    }

    /// Adds the areas as counted, those of precision against recall only where they are wanted.
    pub(super) fn add_areas(
        &self,
        classes: &mut [ClassValues],
        with_precision: bool,
        workspace: &Workspace,
    ) {
        for (class, values) in classes.iter_mut().enumerate() {
            let range = self.thresholds_of(class);
            let positives = &workspace.positives[range.clone()];
            let negatives = &workspace.negatives[range];
            (values.auc, values.has_area) = roc_areas(positives, negatives);
            if with_precision {
                values.average_precision = average_precisions(positives, negatives);
            }
        }
    }
}

impl ClassValues {
    /// The figures in one multiset.
    pub(super) fn figures(&self, lane: usize) -> ClassFigures {
        let [support, n_predicted, n_right] =
            [self.support, self.n_predicted, self.n_right].map(|counts| counts[lane]);
        let where_defined = |value: Values, is_defined: bool| is_defined.then_some(value[lane]);
        let has_area = self.has_area[lane] > 0.0;
        ClassFigures {
            support: support as usize,
            n_predicted: n_predicted as usize,
            n_right: n_right as usize,
            precision: where_defined(self.precision, n_predicted > 0.0),
            recall: where_defined(self.recall, support > 0.0),
            f1: where_defined(self.f1, support + n_predicted > 0.0),
            auc: where_defined(self.auc, has_area),
            average_precision: where_defined(self.average_precision, has_area),
        }
    }
}
