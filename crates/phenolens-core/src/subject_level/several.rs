//! What more than one sample gives: subjects with several, all of them together against one of them.

use serde::Serialize;

use super::fusion::Unit;
use crate::evaluation::{EvaluationParams, Interval, Measure, Votes, resample_subjects};
use crate::statistics::percentile_interval;

/// A measure over the subjects with several samples, each fused, beside the mean over their single
/// samples.
///
/// ```text
/// difference  =  mean over subjects of ( fused  -  mean over the subject's samples of single )
/// ```
///
/// Every subject counts once in both, so that nothing but the fusing can make the difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FusedAgainstSingle {
    /// The measure; one that is a mean over units.
    pub measure: Measure,
    /// With the samples of every subject fused.
    pub fused: f64,
    /// With a random one of the samples of every subject, in expectation.
    pub single: f64,
    /// Fused minus single.
    pub difference: f64,
    /// Interval of the difference over these subjects; `None` without resampling.
    pub interval: Option<Interval>,
}

/// Compares on every measure that is a mean over units; nothing where no unit has several samples.
///
/// * `fused`: of the units; `single`: of the samples.
pub(super) fn against_single(
    units: &[Unit],
    fused: &Votes,
    single: &Votes,
    params: &EvaluationParams,
) -> Vec<FusedAgainstSingle> {
    let several: Vec<usize> = (0..units.len())
        .filter(|&unit| units[unit].samples.len() > 1)
        .collect();
    if several.is_empty() {
        return Vec::new();
    }
    let classes: Vec<usize> = several.iter().map(|&unit| units[unit].class).collect();
    let groups: Vec<usize> = several.iter().map(|&unit| units[unit].group).collect();
    let comparisons: Vec<Terms> = Measure::ALL
        .into_iter()
        .filter_map(|measure| Terms::new(measure, units, &several, fused, single))
        .collect();
    let resampled: Vec<Vec<f64>> = resample_subjects(
        &classes,
        &groups,
        params.n_resamples,
        params.seed,
        |multiplicities, _| {
            let difference = |terms: &Terms| weighted_mean(&terms.differences, multiplicities);
            comparisons.iter().map(difference).collect()
        },
    );
    let compare = |(index, terms): (usize, &Terms)| FusedAgainstSingle {
        measure: terms.measure,
        fused: mean(&terms.fused),
        single: mean(&terms.single),
        difference: mean(&terms.differences),
        interval: percentile_interval(
            resampled.iter().map(|all| all[index]).collect(),
            params.confidence,
        ),
    };
    comparisons.iter().enumerate().map(compare).collect()
}

/// What every subject with several samples adds to one measure, shape `(n_several,)`.
struct Terms {
    measure: Measure,
    fused: Vec<f64>,
    single: Vec<f64>,
    differences: Vec<f64>,
}

impl Terms {
    /// `None` where the measure is no mean over units.
    fn new(
        measure: Measure,
        units: &[Unit],
        several: &[usize],
        fused: &Votes,
        single: &Votes,
    ) -> Option<Terms> {
        let of_unit = |&unit: &usize| fused.term(measure, unit);
        let fused = several.iter().map(of_unit).collect::<Option<Vec<f64>>>()?;
        let of_samples = |&unit: &usize| {
            let samples = units[unit].samples.iter();
            let terms = samples.map(|&sample| single.term(measure, sample));
            Some(mean(&terms.collect::<Option<Vec<f64>>>()?))
        };
        let single = several
            .iter()
            .map(of_samples)
            .collect::<Option<Vec<f64>>>()?;
        let differences = fused.iter().zip(&single).map(|(a, b)| a - b).collect();
        Some(Terms {
            measure,
            fused,
            single,
            differences,
        })
    }
}

/// The mean of values that stand as often as `multiplicities` says, as many in all as there are.
fn weighted_mean(values: &[f64], multiplicities: &[u32]) -> f64 {
    let terms = values.iter().zip(multiplicities);
    let sum: f64 = terms.map(|(value, &times)| f64::from(times) * value).sum();
    sum / values.len() as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
