//! Intervals of every run's measures, and cosine against euclidean.

use super::cross_validation::Classifier;
use super::resampling::{bootstrap, difference_interval, interval, swap_p_values};
use super::{Comparison, EvaluationParams, Measure, MeasureSet, Measures, Scorer};
use crate::neighbors::Distance;

/// Gives the summaries of one protocol's classifiers their intervals, and compares the distances.
///
/// All classifiers see the same resamples, so that differences are paired.
pub(super) fn resample(
    classifiers: &mut [Classifier],
    groups: &[usize],
    params: &EvaluationParams,
) -> Vec<Comparison> {
    let scorers: Vec<&Scorer> = classifiers
        .iter()
        .map(|classifier| &classifier.scorer)
        .collect();
    let resampled = bootstrap(
        &scorers,
        groups,
        MeasureSet::ALL,
        params.n_resamples,
        params.seed,
    );
    for (classifier, resampled) in classifiers.iter_mut().zip(&resampled) {
        for summary in &mut classifier.run.summary {
            summary.interval = interval(resampled, summary.measure, params.confidence);
        }
    }

    let mut comparisons = Vec::new();
    for &weights in &params.weights {
        let of = |distance| {
            let is_of = |classifier: &Classifier| {
                classifier.run.distance == distance && classifier.run.weights == weights
            };
            classifiers.iter().position(is_of)
        };
        let (Some(cosine), Some(euclidean)) = (of(Distance::Cosine), of(Distance::Euclidean))
        else {
            continue;
        };
        let p_values = swap_p_values(
            &classifiers[cosine].votes,
            &classifiers[euclidean].votes,
            groups,
            MeasureSet::ALL,
            params.n_resamples,
            params.seed,
        );
        let pair = Pair {
            cosine: &classifiers[cosine],
            euclidean: &classifiers[euclidean],
            resampled: [&resampled[cosine], &resampled[euclidean]],
            p_values,
            confidence: params.confidence,
        };
        comparisons.extend(
            Measure::ALL
                .into_iter()
                .filter_map(|measure| pair.compare(measure)),
        );
    }
    comparisons
}

/// Two classifiers that differ in their distance only.
struct Pair<'a> {
    cosine: &'a Classifier,
    euclidean: &'a Classifier,
    /// Their measures in every resample.
    resampled: [&'a [Measures]; 2],
    p_values: Measures,
    confidence: f64,
}

impl Pair<'_> {
    /// `None` where the measure is undefined for either.
    fn compare(&self, measure: Measure) -> Option<Comparison> {
        let cosine = self.cosine.run.summary[measure as usize].pooled?;
        let euclidean = self.euclidean.run.summary[measure as usize].pooled?;
        let [of_cosine, of_euclidean] = self.resampled;
        Some(Comparison {
            weights: self.cosine.run.weights,
            measure,
            cosine,
            euclidean,
            difference: cosine - euclidean,
            interval: difference_interval(of_cosine, of_euclidean, measure, self.confidence),
            p_value: self.p_values.get(measure),
        })
    }
}
