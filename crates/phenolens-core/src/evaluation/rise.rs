//! Whether the selecting measure still rises at the largest k.

use super::{EvaluationParams, KPoint, Rise};
use crate::statistics::corrected_interval;

/// The largest k against half of it, over all folds of all repeats.
///
/// Half, because the next k to try would be as far above the largest. The two are measured on the same
/// folds, so that their differences are paired; the folds share training samples, which the corrected
/// statistic allows for.
pub(super) fn rise(k_points: &[KPoint], n_folds: usize, params: &EvaluationParams) -> Option<Rise> {
    let (k, half_k) = (params.k_max, params.k_max / 2);
    let measure = params.select_by;
    let at = |k: usize| {
        let points = k_points.iter().filter(move |point| point.k == k);
        points.flat_map(|point| point.folds.iter().map(|fold| fold.get(measure)))
    };
    let differences: Vec<f64> = at(k)
        .zip(at(half_k))
        .filter_map(|(value, other)| Some(value? - other?))
        .collect();
    if differences.is_empty() {
        return None;
    }
    let test_over_training = 1.0 / (n_folds as f64 - 1.0);
    Some(Rise {
        measure,
        k,
        half_k,
        difference: differences.iter().sum::<f64>() / differences.len() as f64,
        interval: corrected_interval(&differences, test_over_training, params.confidence),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Measure, Measures};

    /// Folds whose macro F1 is 0.5 at k = 2 and, by fold, 0.52, 0.55 and 0.61 at k = 5.
    ///
    /// The differences have mean 0.06 and s² = 0.0021; with a third of the samples in a fold the
    /// corrected error is √((1/3 + 1/2) 0.0021) = 0.041833, and t of 2 degrees is 4.302653: the interval
    /// is 0.06 ± 0.179993.
    #[test]
    fn rise_by_hand() {
        let params = EvaluationParams {
            k_max: 5,
            ..EvaluationParams::default()
        };
        let point = |k: usize, values: [f64; 3]| KPoint {
            repeat: 0,
            k,
            folds: values
                .map(|value| {
                    let mut measures = Measures::UNDEFINED;
                    measures.set(Measure::F1Macro, value);
                    measures
                })
                .to_vec(),
            fold_sizes: vec![10; 3],
            mean: Measures::UNDEFINED,
            sd: Measures::UNDEFINED,
            pooled: Measures::UNDEFINED,
        };
        let points = [point(2, [0.5; 3]), point(5, [0.52, 0.55, 0.61])];
        let found = rise(&points, 3, &params).expect("two ks");
        assert_eq!((found.k, found.half_k), (5, 2));
        assert!((found.difference - 0.06).abs() < 1e-12, "{found:?}");
        let interval = found.interval.expect("three folds");
        assert!((interval.low + 0.119993).abs() < 2e-6, "{interval:?}");
        assert!((interval.high - 0.239993).abs() < 2e-6, "{interval:?}");
        let one = EvaluationParams { k_max: 1, ..params };
        assert_eq!(rise(&points[..0], 3, &one), None);
    }
}
