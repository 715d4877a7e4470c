//! Intervals of every run's measures, and cosine against euclidean.

use super::bands::band_classes;
use super::cross_validation::Classifier;
use super::fold_tests::{corrected_t_test, mcnemar};
use super::resampling::{Resamples, bootstrap_again, difference_interval, interval, swap_p_values};
use super::{Comparison, EvaluationParams, McNemar, Measure, MeasureSet, Measures, Scorer};
use crate::neighbors::Distance;
use crate::statistics::holm;

/// Gives the summaries of one protocol's classifiers their intervals, and compares the distances.
///
/// All classifiers see the same resamples, so that differences are paired.
pub(super) fn resample(
    classifiers: &mut [Classifier],
    groups: &[usize],
    resamples: &Resamples,
    params: &EvaluationParams,
) -> (Vec<Comparison>, Vec<McNemar>) {
    for classifier in &mut *classifiers {
        band_classes(classifier, resamples, params.confidence);
    }
    let scorers: Vec<&Scorer> = classifiers
        .iter()
        .map(|classifier| &classifier.scorer)
        .collect();
    let resampled = bootstrap_again(resamples, &scorers, MeasureSet::ALL);
    for (classifier, resampled) in classifiers.iter_mut().zip(&resampled) {
        for summary in &mut classifier.run.summary {
            summary.interval = interval(resampled, summary.measure, params.confidence);
        }
    }

    let mut comparisons = Vec::new();
    let mut mcnemars = Vec::new();
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
        let votes = |place: usize| &classifiers[place].votes;
        mcnemars.push(mcnemar(votes(cosine), votes(euclidean), groups, weights));
        let p_values = swap_p_values(
            votes(cosine),
            votes(euclidean),
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
        let compare = |measure| pair.compare(measure, groups.len());
        let mut of_weights: Vec<Comparison> =
            Measure::ALL.into_iter().filter_map(compare).collect();
        adjust(&mut of_weights);
        comparisons.extend(of_weights);
    }
    (comparisons, mcnemars)
}

/// Adjusts the p-values of one pair of classifiers for the number of measures.
fn adjust(comparisons: &mut [Comparison]) {
    let p_values: Vec<f64> = comparisons.iter().filter_map(|one| one.p_value).collect();
    let mut adjusted = holm(&p_values, p_values.len()).into_iter();
    for comparison in comparisons {
        comparison.p_holm = comparison.p_value.and_then(|_| adjusted.next());
    }
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
    fn compare(&self, measure: Measure, n_samples: usize) -> Option<Comparison> {
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
            p_holm: None,
            over_folds: corrected_t_test(&self.cosine.run, &self.euclidean.run, measure, n_samples),
        })
    }
}
