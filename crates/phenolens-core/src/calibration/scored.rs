use super::reliability::bin_of;
use super::{N_BINS, ScoreMeasure};
use crate::evaluation::{LEAST_SCORE, Votes};

/// All but the last of [`ScoreMeasure::ALL`].
pub(super) type Measured = [f64; ScoreMeasure::ALL.len() - 1];

/// What the measures of scores are means of, one value per sample.
pub(super) struct Scored {
    /// The score of the predicted class.
    pub(super) scores: Vec<f64>,
    /// Whether that class is the true one.
    pub(super) is_right: Vec<bool>,
    /// The bin of the score.
    pub(super) bins: Vec<usize>,
    /// Minus the logarithm of the true class's score.
    log_losses: Vec<f64>,
    /// Squared distance of all scores from the truth.
    brier_scores: Vec<f64>,
}

impl Scored {
    pub(super) fn new(votes: &Votes) -> Scored {
        let samples = 0..votes.n_samples();
        let top = |sample: usize| votes.scores(sample)[votes.predicted[sample]];
        let log_loss = |sample: usize| {
            let score = votes.scores(sample)[votes.truth[sample]];
            -libm::log(score.max(LEAST_SCORE))
        };
        let brier = |sample: usize| -> f64 {
            let squares = votes.scores(sample).iter().enumerate();
            squares
                .map(|(class, score)| {
                    let truth = f64::from(class == votes.truth[sample]);
                    (score - truth) * (score - truth)
                })
                .sum()
        };
        let scores: Vec<f64> = samples.clone().map(top).collect();
        Scored {
            bins: scores.iter().map(|&score| bin_of(score)).collect(),
            is_right: samples
                .clone()
                .map(|sample| votes.predicted[sample] == votes.truth[sample])
                .collect(),
            log_losses: samples.clone().map(log_loss).collect(),
            brier_scores: samples.map(brier).collect(),
            scores,
        }
    }

    /// All but the last of [`ScoreMeasure::ALL`], of several multisets side by side; none of one that is
    /// empty is a number.
    ///
    /// * `multiplicities`: how often each sample stands in every multiset, shape `(n_samples,)`.
    pub(super) fn measures<const N: usize>(&self, multiplicities: &[[u8; N]]) -> [Measured; N] {
        let [mut n, mut n_right, mut log_loss, mut brier] = [[0.0; N]; 4];
        let mut gaps = [[0.0; N]; N_BINS];
        for (sample, times) in multiplicities.iter().enumerate() {
            let is_right = f64::from(self.is_right[sample]);
            let gap = self.scores[sample] - is_right;
            let gaps = &mut gaps[self.bins[sample]];
            for lane in 0..N {
                let times = f64::from(times[lane]);
                n[lane] += times;
                n_right[lane] += times * is_right;
                log_loss[lane] += times * self.log_losses[sample];
                brier[lane] += times * self.brier_scores[sample];
                gaps[lane] += times * gap;
            }
        }
        core::array::from_fn(|lane| {
            let gap: f64 = gaps.iter().map(|gap| gap[lane].abs()).sum();
            [log_loss[lane], brier[lane], gap, n_right[lane]].map(|sum| sum / n[lane])
        })
    }
}
