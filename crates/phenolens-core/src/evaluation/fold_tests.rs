//! Tests of two classifiers besides resampling: over folds, and on one sample of every subject.

#[cfg(test)]
mod tests;

use super::{FoldTest, McNemar, Measure, Run, Votes, Weights};
use crate::statistics::{mcnemar_p_value, student_p_value};

/// The corrected resampled t-test of cosine against euclidean, each at its own chosen k, over the
/// folds of all repeats; see [`FoldTest`].
///
/// * `n_samples`: samples of all folds of one repeat; `n_test / n_train` is that of a fold of mean
///   size.
///
/// `None` where fewer than two folds define the measure for both, or all differences are equal.
pub(super) fn corrected_t_test(
    cosine: &Run,
    euclidean: &Run,
    measure: Measure,
    n_samples: usize,
) -> Option<FoldTest> {
    let (of_cosine, of_euclidean) = (at_chosen(cosine, measure), at_chosen(euclidean, measure));
    let pairs: Vec<[f64; 2]> = of_cosine
        .iter()
        .zip(&of_euclidean)
        .filter_map(|(cosine, euclidean)| Some([cosine.value?, euclidean.value?]))
        .collect();
    if pairs.len() < 2 {
        return None;
    }
    let n = pairs.len() as f64;
    let mean = |value: &dyn Fn(&[f64; 2]) -> f64| pairs.iter().map(value).sum::<f64>() / n;
    let difference = mean(&|[cosine, euclidean]| cosine - euclidean);
    let squares = mean(&|[cosine, euclidean]| {
        let deviation = cosine - euclidean - difference;
        deviation * deviation
    });
    let variance = squares * n / (n - 1.0);
    if variance == 0.0 {
        return None;
    }
    let sizes: usize = of_cosine.iter().map(|fold| fold.size).sum();
    let n_test = sizes as f64 / of_cosine.len() as f64;
    let t = difference / ((1.0 / n + n_test / (n_samples as f64 - n_test)) * variance).sqrt();
    Some(FoldTest {
        n_folds: pairs.len(),
        cosine: mean(&|pair| pair[0]),
        euclidean: mean(&|pair| pair[1]),
        difference,
        t,
        p_value: student_p_value(t, n - 1.0),
    })
}

/// A measure in one fold.
struct Fold {
    value: Option<f64>,
    size: usize,
}

/// A measure in every fold of every repeat at the chosen k.
fn at_chosen(run: &Run, measure: Measure) -> Vec<Fold> {
    let points = run.k_points.iter().filter(|point| point.k == run.k);
    let folds = points.flat_map(|point| point.folds.iter().zip(&point.fold_sizes));
    let of = |(fold, &size): (&super::Measures, &usize)| Fold {
        value: fold.get(measure),
        size,
    };
    folds.map(of).collect()
}

/// McNemar's exact test on the first sample of every subject, since samples of one subject are not
/// independent.
///
/// * `subjects`: the subject of every sample, shape `(n_samples,)`.
pub(super) fn mcnemar(
    cosine: &Votes,
    euclidean: &Votes,
    subjects: &[usize],
    weights: Weights,
) -> McNemar {
    let n_subjects = subjects.iter().max().map_or(0, |&last| last + 1);
    let mut is_seen = vec![false; n_subjects];
    let mut counts = [[0; 2]; 2];
    for (sample, &subject) in subjects.iter().enumerate() {
        if !std::mem::replace(&mut is_seen[subject], true) {
            let is_right = |votes: &Votes| votes.predicted[sample] == votes.truth[sample];
            counts[usize::from(is_right(cosine))][usize::from(is_right(euclidean))] += 1;
        }
    }
    let [[n_neither, n_euclidean_only], [n_cosine_only, n_both]] = counts;
    McNemar {
        weights,
        n_subjects: n_neither + n_euclidean_only + n_cosine_only + n_both,
        n_both,
        n_cosine_only,
        n_euclidean_only,
        p_value: mcnemar_p_value(n_cosine_only, n_euclidean_only),
    }
}
