use serde::Serialize;

use crate::evaluation::{Evaluated, Prediction};
use crate::statistics::{Interval, holm, hypergeometric_tail, wilson_interval};

/// A class that is taken for another more often than chance explains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ConfusablePair {
    /// The true class, an index into `Evaluation::class_names`.
    pub class: usize,
    /// The class it is taken for.
    pub other: usize,
    /// Samples of `class`.
    pub n_samples: usize,
    /// Share of them that are predicted as `other`.
    pub rate: f64,
    /// Wilson interval of the rate with the effective number of subjects.
    pub rate_interval: Interval,
    /// Share of the samples of `other` that are predicted as `class`.
    pub reverse_rate: f64,
    /// The rate that the class's errors would give if they fell on `other` as often as those of all
    /// the other classes do.
    pub expected_rate: f64,
    /// Of the test against that, one-sided.
    pub p_value: f64,
    /// The same adjusted for all pairs of classes (Holm).
    pub p_holm: f64,
    /// The reverse is listed too.
    pub is_mutual: bool,
}

/// The pairs whose errors are more than chance explains, the highest rate first.
///
/// Chance is that the errors of a class fall on another as those of all the other classes do: a class
/// that attracts errors from everywhere is no pair. The unit is the subject, whose errors count one
/// together. For every ordered pair Fisher's exact test compares
///
/// ```text
///                         taken for `other`     for a third one
/// erring subjects of
///    `class`                      x                 n - x
///    the remaining classes        y                 m - y
/// ```
///
/// where a subject with errors of both kinds counts in parts; x is rounded down and y up, which
/// can only hide a pair. Listed is what Holm's adjustment over all ordered pairs leaves below
/// `1 - confidence`. With fewer than three classes there is nothing to compare with, and no pair.
pub(super) fn confusable_pairs(
    evaluated: &Evaluated,
    predictions: &[Prediction],
    confidence: f64,
) -> Vec<ConfusablePair> {
    let n_classes = evaluated.n_classes;
    let counts = counts(evaluated, predictions);
    let count = |class: usize, other: usize| counts[class * n_classes + other];
    let units = Units::new(evaluated, predictions);
    let mut tested = Vec::new();
    for class in 0..n_classes {
        for other in (0..n_classes).filter(|&other| other != class) {
            if count(class, other) > 0 {
                tested.push((class, other, units.p_value(class, other)));
            }
        }
    }
    let p_values: Vec<f64> = tested.iter().map(|&(_, _, p_value)| p_value).collect();
    let n_pairs = n_classes * n_classes.saturating_sub(1);
    let adjusted = holm(&p_values, n_pairs);

    let size = |class: usize| -> usize {
        let others = 0..n_classes;
        others.map(|other| count(class, other)).sum()
    };
    let sizes: Vec<usize> = (0..n_classes).map(size).collect();
    let rate = |class: usize, other: usize| count(class, other) as f64 / sizes[class].max(1) as f64;
    let n_effective = effective_subjects(evaluated);
    let mut pairs: Vec<ConfusablePair> = tested
        .iter()
        .zip(&adjusted)
        .filter(|&(_, &p_holm)| p_holm <= 1.0 - confidence)
        .map(|(&(class, other, p_value), &p_holm)| ConfusablePair {
            class,
            other,
            n_samples: sizes[class],
            rate: rate(class, other),
            rate_interval: wilson_interval(rate(class, other), n_effective[class], confidence),
            reverse_rate: rate(other, class),
            expected_rate: units.expected_share(class, other) * (1.0 - rate(class, class)),
            p_value,
            p_holm,
            is_mutual: false,
        })
        .collect();
    let listed: Vec<[usize; 2]> = pairs.iter().map(|pair| [pair.class, pair.other]).collect();
    for pair in &mut pairs {
        pair.is_mutual = listed.contains(&[pair.other, pair.class]);
    }
    // A stable sort: equal rates stay in the order of the classes.
    pairs.sort_by(|a, b| b.rate.total_cmp(&a.rate));
    pairs
}

/// How often each class is predicted as each other, row-major by true class.
fn counts(evaluated: &Evaluated, predictions: &[Prediction]) -> Vec<usize> {
    let mut counts = vec![0; evaluated.n_classes * evaluated.n_classes];
    for (&class, prediction) in evaluated.classes.iter().zip(predictions) {
        counts[class * evaluated.n_classes + prediction.predicted] += 1;
    }
    counts
}

/// Subjects that err, and which classes they are taken for.
struct Units {
    n_classes: usize,
    /// Subjects of each class with an error.
    n_erring: Vec<usize>,
    /// How many of them are taken for each class, in parts; row-major by true class.
    taken_for: Vec<f64>,
    /// Over all true classes.
    n_erring_total: usize,
    taken_for_total: Vec<f64>,
}

impl Units {
    fn new(evaluated: &Evaluated, predictions: &[Prediction]) -> Units {
        let n_classes = evaluated.n_classes;
        let mut errors: Vec<(usize, usize, usize)> = predictions
            .iter()
            .enumerate()
            .map(|(position, prediction)| {
                let class = evaluated.classes[position];
                (class, evaluated.groups[position], prediction.predicted)
            })
            .filter(|&(class, _, predicted)| class != predicted)
            .collect();
        errors.sort_unstable();

        let mut n_erring = vec![0; n_classes];
        let mut taken_for = vec![0.0; n_classes * n_classes];
        for errors in errors.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            n_erring[errors[0].0] += 1;
            for alike in errors.chunk_by(|a, b| a == b) {
                let (class, _, predicted) = alike[0];
                taken_for[class * n_classes + predicted] +=
                    alike.len() as f64 / errors.len() as f64;
            }
        }
        let total = |predicted: usize| {
            let column = taken_for.iter().skip(predicted).step_by(n_classes);
            column.sum::<f64>()
        };
        Units {
            n_classes,
            n_erring_total: n_erring.iter().sum(),
            taken_for_total: (0..n_classes).map(total).collect(),
            n_erring,
            taken_for,
        }
    }

    /// Erring subjects of the classes that are neither, and those of them taken for `other`.
    fn remaining(&self, class: usize, other: usize) -> (usize, f64) {
        let n_erring = self.n_erring_total - self.n_erring[class] - self.n_erring[other];
        let taken = self.taken_for_total[other] - self.taken_for[class * self.n_classes + other];
        (n_erring, taken.max(0.0))
    }

    fn expected_share(&self, class: usize, other: usize) -> f64 {
        match self.remaining(class, other) {
            (0, _) => 0.0,
            (n_erring, taken) => taken / n_erring as f64,
        }
    }

    fn p_value(&self, class: usize, other: usize) -> f64 {
        let (n_remaining, taken) = self.remaining(class, other);
        if n_remaining == 0 {
            return 1.0;
        }
        // Parts of a subject add up to a whole number but for rounding.
        let rounding = 1e-9;
        let x = (self.taken_for[class * self.n_classes + other] + rounding).floor() as usize;
        let y = ((taken - rounding).ceil().max(0.0) as usize).min(n_remaining);
        let n_class = self.n_erring[class];
        hypergeometric_tail(n_class + n_remaining, x + y, n_class, x)
    }
}

/// `(∑ mₛ)² / ∑ mₛ²` of every class, with mₛ samples of subject s (Kish 1965).
fn effective_subjects(evaluated: &Evaluated) -> Vec<f64> {
    let classes = evaluated.classes.iter().copied();
    let mut samples: Vec<(usize, usize)> = classes.zip(evaluated.groups.iter().copied()).collect();
    samples.sort_unstable();
    let mut sums = vec![[0.0_f64; 2]; evaluated.n_classes];
    for subject in samples.chunk_by(|a, b| a == b) {
        let size = subject.len() as f64;
        let [sum, squares] = &mut sums[subject[0].0];
        *sum += size;
        *squares += size * size;
    }
    let effective = |[sum, squares]: [f64; 2]| if sum > 0.0 { sum * sum / squares } else { 0.0 };
    sums.into_iter().map(effective).collect()
}
