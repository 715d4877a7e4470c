//! What more than one sample gives: subjects with several, all of them together against one of them.

use serde::Serialize;

use super::fusion::Unit;
use crate::evaluation::{Interval, Measure, Votes};
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

/// The subjects with several samples, and what each adds to every measure that is a mean over units.
pub(super) struct Several {
    /// Their places among the units.
    units: Vec<usize>,
    terms: Vec<Terms>,
}

/// What every subject with several samples adds to one measure, shape `(n_several,)`.
struct Terms {
    measure: Measure,
    fused: Vec<f64>,
    single: Vec<f64>,
    differences: Vec<f64>,
}

impl Several {
    /// * `fused`: of the units; `single`: of the samples.
    pub(super) fn new(units: &[Unit], fused: &Votes, single: &Votes) -> Several {
        let several: Vec<usize> = (0..units.len())
            .filter(|&unit| units[unit].samples.len() > 1)
            .collect();
        let terms = |measure| Terms::new(measure, units, &several, fused, single);
        Several {
            terms: Measure::ALL.into_iter().filter_map(terms).collect(),
            units: several,
        }
    }

    /// The differences in several multisets of units side by side, one per measure; nothing where none
    /// of these subjects is in it.
    ///
    /// * `multiplicities`: how often each unit stands in every multiset, shape `(n_units,)`.
    pub(super) fn differences<const N: usize>(&self, multiplicities: &[[u8; N]]) -> [Vec<f64>; N] {
        let drawn = || self.units.iter().map(|&unit| multiplicities[unit]);
        let n_drawn = weighted_sums(drawn().map(|times| (times, 1.0)));
        let mut differences = [const { Vec::new() }; N];
        for terms in &self.terms {
            let sums = weighted_sums(drawn().zip(terms.differences.iter().copied()));
            for lane in (0..N).filter(|&lane| n_drawn[lane] > 0.0) {
                differences[lane].push(sums[lane] / n_drawn[lane]);
            }
        }
        differences
    }

    /// * `resampled`: the differences in every resample.
    pub(super) fn compare(
        &self,
        resampled: &[&Vec<f64>],
        confidence: f64,
    ) -> Vec<FusedAgainstSingle> {
        let compare = |(index, terms): (usize, &Terms)| FusedAgainstSingle {
            measure: terms.measure,
            fused: mean(&terms.fused),
            single: mean(&terms.single),
            difference: mean(&terms.differences),
            interval: percentile_interval(
                resampled
                    .iter()
                    .filter_map(|all| all.get(index).copied())
                    .collect(),
                confidence,
            ),
        };
        self.terms.iter().enumerate().map(compare).collect()
    }
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

/// The sum of numbers in every multiset, as often as each stands in it.
fn weighted_sums<const N: usize>(terms: impl Iterator<Item = ([u8; N], f64)>) -> [f64; N] {
    let mut sums = [0.0; N];
    for (times, term) in terms {
        for lane in 0..N {
            sums[lane] += f64::from(times[lane]) * term;
        }
    }
    sums
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
