//! Every variant against the plain classifier.

use super::{Change, Variant, VariantResult};
use crate::evaluation::{
    EvaluationParams, Measure, Scorer, Votes, Workspace, bootstrap, difference_interval,
    swap_p_values,
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
    let plain = reduced(plain, &measures);
    let votes: Vec<Votes> = variants
        .iter()
        .map(|(_, _, votes)| reduced(votes, &measures))
        .collect();
    let scorers: Vec<Scorer> = std::iter::once(&plain)
        .chain(&votes)
        .map(Scorer::new)
        .collect();
    let scorers: Vec<&Scorer> = scorers.iter().collect();
    let resampled = bootstrap(&scorers, groups, params.n_resamples, params.seed);
    let mut workspace = Workspace::default();
    let all = vec![1; plain.n_samples()];
    let of_plain = scorers[0].measures(&all, &mut workspace);

    let mut results = Vec::new();
    for (index, ((variant, k, _), votes)) in variants.into_iter().zip(&votes).enumerate() {
        let own = scorers[1 + index].measures(&all, &mut workspace);
        let p_values = swap_p_values(votes, &plain, groups, params.n_resamples, params.seed);
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
            predicted: votes.predicted.clone(),
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

/// The same votes with the predicted class as the only score, where no measure reads more than that:
/// scores that all differ would make every resample many times as costly.
fn reduced(votes: &Votes, measures: &[Measure]) -> Votes {
    let mut votes = votes.clone();
    if measures
        .iter()
        .all(|&measure| reads_decisions_only(measure))
    {
        votes.scores.fill(0.0);
        for (scores, &class) in
            (votes.scores.chunks_exact_mut(votes.n_classes)).zip(&votes.predicted)
        {
            scores[class] = 1.0;
        }
    }
    votes
}

/// Whether a measure is a function of true and predicted classes and of places.
fn reads_decisions_only(measure: Measure) -> bool {
    !matches!(
        measure,
        Measure::AucMacro
            | Measure::AucWeighted
            | Measure::AucMicro
            | Measure::ApMacro
            | Measure::LogLoss
            | Measure::Brier
    )
}
