//! Scores of the predicted class against how often it is the true one.

use rayon::prelude::*;
use serde::Serialize;

use super::scored::Scored;
use crate::evaluation::{EvaluationParams, Interval};
use crate::random::{Stream, Use};
use crate::statistics::{percentile, wilson_interval};

/// Bins of equal width from 0 to 1.
pub const N_BINS: usize = 10;

/// Drawings of outcomes for what perfectly calibrated scores would show.
pub const N_SIMULATIONS: usize = 500;

/// How the score of the predicted class, as the probability that it is the true one, fares.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Mean score.
    pub score_mean: f64,
    /// Share of right predictions.
    pub accuracy: f64,
    /// The bins that have a sample, rising.
    pub bins: Vec<Bin>,
    /// The mean squared error of the score, in parts.
    pub brier_parts: BrierParts,
    /// Expected calibration error: mean over samples of how far their bin's accuracy is from its
    /// mean score; from 0 to 1. It is above 0 for perfectly calibrated scores too, by chance.
    ///
    /// ```text
    /// ∑ n / N  |accuracy - mean score|         over bins of n of the N samples
    /// ```
    pub ece: f64,
    /// What it would be of perfectly calibrated scores.
    pub ece_if_calibrated: EceIfCalibrated,
}

/// The samples whose score is in one bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// From 0.
    pub bin: usize,
    /// The least score that belongs to it.
    pub low: f64,
    /// Where it ends; only the last bin has scores equal to this.
    pub high: f64,
    /// Its samples.
    pub n: usize,
    /// Their mean score.
    pub score_mean: f64,
    /// Share of right predictions among them.
    pub accuracy: f64,
    /// Wilson interval of the accuracy with the effective number of subjects.
    pub accuracy_interval: Interval,
}

/// Murphy's parts of a Brier score, of the score of the predicted class, so that it lies from 0 to 1:
///
/// ```text
/// brier = reliability - resolution + uncertainty + within_bins
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BrierParts {
    /// Mean of (score - right)² with right 0 or 1.
    pub brier: f64,
    /// Mean squared distance of a bin's accuracy from its mean score; 0 is best.
    pub reliability: f64,
    /// Mean squared distance of a bin's accuracy from the accuracy of all; more is better.
    pub resolution: f64,
    /// `accuracy (1 - accuracy)`: that of a score that is the same for all and right in the mean.
    pub uncertainty: f64,
    /// What scores differ inside bins: their variance there minus twice their covariance with being
    /// right.
    pub within_bins: f64,
}

/// The expected calibration error of scores that are probabilities indeed, from outcomes drawn with
/// the scores as their probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EceIfCalibrated {
    /// Mean over drawings.
    pub mean: f64,
    /// What it exceeds with a probability of 1 - confidence.
    pub upper: f64,
}

/// The bin of a score from 0 to 1.
pub(super) fn bin_of(score: f64) -> usize {
    ((score * N_BINS as f64) as usize).min(N_BINS - 1)
}

impl Reliability {
    /// Compares scores with outcomes.
    ///
    /// * `groups`: the unit of independence of every sample, from 0.
    ///
    /// # Source
    /// Murphy (1973), J. Appl. Meteorol. 12, 595-600, with the part inside bins of Stephenson, Coelho &
    /// Jolliffe (2008), Weather Forecast. 23, 752-757; Naeini, Cooper & Hauskrecht (2015), AAAI: the
    /// expected calibration error; Bröcker & Smith (2007), Weather Forecast. 22, 651-661: its size
    /// under perfect calibration.
    pub(super) fn new(scored: &Scored, groups: &[usize], params: &EvaluationParams) -> Reliability {
        let samples = 0..scored.scores.len();
        let n_samples = scored.scores.len() as f64;
        let right = |sample: usize| f64::from(scored.is_right[sample]);
        let mean =
            |value: &dyn Fn(usize) -> f64| samples.clone().map(value).sum::<f64>() / n_samples;
        let accuracy = mean(&right);
        let bins: Vec<Bin> = (0..N_BINS)
            .filter_map(|bin| fill(bin, scored, groups, params.confidence))
            .collect();
        let over_bins = |value: &dyn Fn(&Bin) -> f64| -> f64 {
            bins.iter()
                .map(|bin| bin.n as f64 / n_samples * value(bin))
                .sum()
        };
        let mut bin_at = [None; N_BINS];
        for bin in &bins {
            bin_at[bin.bin] = Some(*bin);
        }
        let square = |value: f64| value * value;
        let within = |sample: usize| {
            let bin = bin_at[scored.bins[sample]].expect("the bin of a sample has a sample");
            let score = scored.scores[sample] - bin.score_mean;
            score * score - 2.0 * score * (right(sample) - bin.accuracy)
        };
        Reliability {
            score_mean: mean(&|sample| scored.scores[sample]),
            accuracy,
            brier_parts: BrierParts {
                brier: mean(&|sample| square(scored.scores[sample] - right(sample))),
                reliability: over_bins(&|bin| square(bin.accuracy - bin.score_mean)),
                resolution: over_bins(&|bin| square(bin.accuracy - accuracy)),
                uncertainty: accuracy * (1.0 - accuracy),
                within_bins: mean(&within),
            },
            ece: over_bins(&|bin| (bin.accuracy - bin.score_mean).abs()),
            ece_if_calibrated: if_calibrated(scored, groups, params.confidence, params.seed),
            bins,
        }
    }

    /// Whether the scores are farther from probabilities than chance explains, at the confidence of
    /// the intervals.
    pub fn is_miscalibrated(&self) -> bool {
        self.ece > self.ece_if_calibrated.upper
    }
}

/// One bin; `None` where no sample is in it.
fn fill(bin: usize, scored: &Scored, groups: &[usize], confidence: f64) -> Option<Bin> {
    let is_inside = |sample: &usize| scored.bins[*sample] == bin;
    let inside: Vec<usize> = (0..scored.bins.len()).filter(is_inside).collect();
    let n = inside.len() as f64;
    let score_sum: f64 = inside.iter().map(|&sample| scored.scores[sample]).sum();
    let n_right = inside
        .iter()
        .filter(|&&sample| scored.is_right[sample])
        .count();
    let accuracy = n_right as f64 / n;

    // The effective number of subjects, as for the recall of a class (Kish 1965).
    let mut of_groups: Vec<usize> = inside.iter().map(|&sample| groups[sample]).collect();
    of_groups.sort_unstable();
    let sizes = of_groups.chunk_by(|a, b| a == b).map(<[usize]>::len);
    let squares: f64 = sizes.map(|size| (size * size) as f64).sum();
    (!inside.is_empty()).then(|| Bin {
        bin,
        low: bin as f64 / N_BINS as f64,
        high: (bin + 1) as f64 / N_BINS as f64,
        n: inside.len(),
        score_mean: score_sum / n,
        accuracy,
        accuracy_interval: wilson_interval(accuracy, n * n / squares, confidence),
    })
}

/// Draws outcomes that are right with the probability of their score.
///
/// The samples of a subject share one uniform number and are right where their scores exceed it:
/// they are as dependent as their scores allow, so that the error is rather over- than understated.
fn if_calibrated(scored: &Scored, groups: &[usize], confidence: f64, seed: u64) -> EceIfCalibrated {
    let n_groups = groups.iter().max().map_or(0, |&last| last + 1);
    let mut errors: Vec<f64> = (0..N_SIMULATIONS)
        .into_par_iter()
        .map(|simulation| {
            let mut stream = Stream::new(seed, Use::Calibration, simulation as u64);
            let limits: Vec<f64> = (0..n_groups).map(|_| stream.unit()).collect();
            let mut gaps = [0.0; N_BINS];
            for (sample, &score) in scored.scores.iter().enumerate() {
                let is_right = limits[groups[sample]] < score;
                gaps[scored.bins[sample]] += score - f64::from(is_right);
            }
            let gap: f64 = gaps.iter().map(|gap: &f64| gap.abs()).sum();
            gap / scored.scores.len() as f64
        })
        .collect();
    errors.sort_unstable_by(f64::total_cmp);
    EceIfCalibrated {
        mean: errors.iter().sum::<f64>() / N_SIMULATIONS as f64,
        upper: percentile(&errors, confidence),
    }
}
