//! Every variant against the plain classifier.

use super::{Change, Variant, VariantResult};
use crate::evaluation::{
    EvaluationParams, Measure, MeasureSet, Scorer, Votes, Workspace, bootstrap,
    difference_interval, swap_p_values,
};
use crate::statistics::holm;

/// Measures every variant beside the plain classifier, on the same resamples.
///
/// * `variants`: each with the k of its vote and what it says of the same samples.
pub(super) fn compare(
    plain: &Votes,
    variants: Vec<(Variant, Option<usize>, Votes)>,
    groups: &[usize],
    params: &EvaluationParams,
) -> Vec<VariantResult> {
    let mut measures = vec![params.select_by, Measure::Accuracy];
    measures.dedup();
    let wanted: MeasureSet = measures.iter().copied().collect();
    let votes = variants.iter().map(|(_, _, votes)| votes);
    let scorers: Vec<Scorer> = std::iter::once(plain)
        .chain(votes)
        .map(|votes| Scorer::of(votes, wanted))
        .collect();
    let scorers: Vec<&Scorer> = scorers.iter().collect();
    let resampled = bootstrap(&scorers, groups, wanted, params.n_resamples, params.seed);
    let mut workspace = Workspace::default();
    let all = vec![1; plain.n_samples()];
    let mut measure = |scorer: &Scorer| scorer.measures_of_each(wanted, &[&all], &mut workspace)[0];
    let of_plain = measure(scorers[0]);

    let mut results = Vec::new();
    for (index, (variant, k, votes)) in variants.into_iter().enumerate() {
        let own = measure(scorers[1 + index]);
        let p_values = swap_p_values(
            &votes,
            plain,
            groups,
            wanted,
            params.n_resamples,
            params.seed,
        );
        let change = |&measure: &Measure| {
            let (value, of_plain) = (own.get(measure)?, of_plain.get(measure)?);
            let (first, second) = (&resampled[1 + index], &resampled[0]);
            Some(Change {
                measure,
                value,
                difference: value - of_plain,
                interval: difference_interval(first, second, measure, params.confidence),
                p_value: p_values.get(measure),
                p_holm: None,
            })
        };
        results.push(VariantResult {
            variant,
            k,
            predicted: votes.predicted,
            changes: measures.iter().filter_map(change).collect(),
        });
    }
    for measure in measures {
        let mut changes: Vec<&mut Change> = results
            .iter_mut()
            .flat_map(|result| &mut result.changes)
            .filter(|change| change.measure == measure && change.p_value.is_some())
            .collect();
        let p_values: Vec<f64> = changes.iter().filter_map(|change| change.p_value).collect();
        for (change, p) in changes.iter_mut().zip(holm(&p_values, p_values.len())) {
            change.p_holm = Some(p);
        }
    }
    results
}
