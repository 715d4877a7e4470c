//! Every variant against the plain classifier.

use super::{Change, Variant, VariantResult};
use crate::evaluation::{
    EvaluationParams, Measure, Scorer, Votes, Workspace, bootstrap, difference_interval,
    swap_p_values,
};

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
        for (change, p) in changes.iter_mut().zip(holm(&p_values)) {
            change.p_holm = Some(p);
        }
    }
    results
}

/// The p-values of several tests, each as large as it must be for all of them to hold together.
///
/// The i-th smallest of m becomes the greatest of `(m - j + 1) p_j` over all j up to i, at most 1.
///
/// # Source
/// Holm (1979), Scand. J. Stat. 6, 65-70.
fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut rising: Vec<usize> = (0..p_values.len()).collect();
    rising.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut greatest = 0.0_f64;
    for (n_before, index) in rising.into_iter().enumerate() {
        let factor = (p_values.len() - n_before) as f64;
        greatest = greatest.max(factor * p_values[index]).min(1.0);
        adjusted[index] = greatest;
    }
    adjusted
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.01 · 4 = 0.04; 0.02 · 3 = 0.06; 0.03 · 2 = 0.06; 0.9 · 1; and never above 1.
    #[test]
    fn holm_by_hand() {
        let close = |found: Vec<f64>, expected: &[f64]| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-15, "{found} {expected}");
            }
        };
        close(holm(&[0.9, 0.01, 0.03, 0.02]), &[0.9, 0.04, 0.06, 0.06]);
        close(holm(&[0.6, 0.7]), &[1.0, 1.0]);
        close(holm(&[0.04, 0.03, 0.03]), &[0.09, 0.09, 0.09]);
        close(holm(&[]), &[]);
    }
}
