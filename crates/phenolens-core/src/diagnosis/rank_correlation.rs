//! Spearman's rank correlation with an interval over subjects.

use super::{DiagnosisParams, Estimate};
use crate::evaluation::{Evaluated, resample_subjects};
use crate::statistics::percentile_interval;

/// Most resamples: the ends of a 95 % interval are then known to about an eighth of a standard
/// deviation.
const MAX_RESAMPLES: usize = 500;

/// The rank correlation of two figures of every evaluated sample, from -1 to 1, equal ones sharing
/// their mean rank; `None` where one has no differences. The interval resamples subjects within
/// their class and ranks each resample anew.
///
/// # Source
/// Spearman (1904), Am. J. Psychol. 15, 72-101.
pub(super) fn rank_correlation(
    evaluated: &Evaluated,
    figures: [&[f64]; 2],
    params: &DiagnosisParams,
) -> Option<Estimate> {
    let ordered = figures.map(Ordered::new);
    let correlate = |multiplicities: &[u32]| {
        let [x, y] = [&ordered[0], &ordered[1]].map(|ordered| ordered.ranks(multiplicities));
        correlation(&x, &y, multiplicities)
    };
    let value = correlate(&vec![1; evaluated.n_samples()])?;
    let resampled = resample_subjects(
        &evaluated.classes,
        &evaluated.groups,
        params.n_resamples.min(MAX_RESAMPLES),
        params.seed,
        |multiplicities, _| correlate(multiplicities),
    );
    Some(Estimate {
        value,
        interval: percentile_interval(resampled.into_iter().flatten().collect(), params.confidence),
    })
}

/// Samples in rising order of a figure.
struct Ordered<'a> {
    values: &'a [f64],
    order: Vec<usize>,
}

impl<'a> Ordered<'a> {
    fn new(values: &'a [f64]) -> Ordered<'a> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        Ordered { values, order }
    }

    /// The rank of every sample where each is drawn so often, equal figures sharing the mean.
    fn ranks(&self, multiplicities: &[u32]) -> Vec<f64> {
        let mut ranks = vec![0.0; self.values.len()];
        let mut n_before = 0.0;
        let is_tied = |&a: &usize, &b: &usize| self.values[a] == self.values[b];
        for tied in self.order.chunk_by(is_tied) {
            let n: u32 = tied.iter().map(|&sample| multiplicities[sample]).sum();
            for &sample in tied {
                ranks[sample] = n_before + (f64::from(n) + 1.0) / 2.0;
            }
            n_before += f64::from(n);
        }
        ranks
    }
}

/// Pearson's correlation of numbers with multiplicities; `None` where one has no differences.
fn correlation(x: &[f64], y: &[f64], multiplicities: &[u32]) -> Option<f64> {
    let n: f64 = multiplicities.iter().map(|&m| f64::from(m)).sum();
    // Ranks have the mean (n + 1) / 2, whatever is tied.
    let mean = (n + 1.0) / 2.0;
    let [mut xx, mut xy, mut yy] = [0.0; 3];
    for ((x, y), &multiplicity) in x.iter().zip(y).zip(multiplicities) {
        let (x, y, weight) = (x - mean, y - mean, f64::from(multiplicity));
        xx += weight * x * x;
        xy += weight * x * y;
        yy += weight * y * y;
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}
