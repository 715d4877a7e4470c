use super::measures::LEAST_SCORE;
use super::{Measure, SampleScores, Scores};

/// What one classifier says, out of sample, about a set of samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Votes {
    /// Number of classes; classes are indices below it.
    pub n_classes: usize,
    /// The true class of every sample, shape `(n_samples,)`.
    pub truth: Vec<usize>,
    /// The predicted class, same shape.
    pub predicted: Vec<usize>,
    /// The place of the true class among all classes, same shape.
    pub places: Vec<Place>,
    /// The scores of every sample; they are not negative and sum to 1.
    pub scores: Scores,
}

/// Where a class stands in a ranking with shared ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Classes that stand before it.
    pub n_ahead: usize,
    /// Classes that share its rank, itself included; at least 1.
    pub n_tied: usize,
}

impl Votes {
    /// Number of samples.
    pub fn n_samples(&self) -> usize {
        self.truth.len()
    }

    /// The votes on some of the samples, in the order given.
    pub fn of(&self, samples: &[usize]) -> Votes {
        let pick = |values: &[usize]| samples.iter().map(|&sample| values[sample]).collect();
        let mut scores = Scores::new(self.n_classes);
        scores.extend(samples.iter().map(|&sample| self.scores(sample)));
        Votes {
            n_classes: self.n_classes,
            truth: pick(&self.truth),
            predicted: pick(&self.predicted),
            places: samples.iter().map(|&sample| self.places[sample]).collect(),
            scores,
        }
    }

    /// What one sample adds to a measure that is a mean over samples; `None` for all other measures.
    pub(crate) fn term(&self, measure: Measure, sample: usize) -> Option<f64> {
        let (truth, place) = (self.truth[sample], self.places[sample]);
        Some(match measure {
            Measure::Accuracy => f64::from(u8::from(self.predicted[sample] == truth)),
            Measure::Top1 => place.chance_in_first(1),
            Measure::Top2 => place.chance_in_first(2),
            Measure::Top3 => place.chance_in_first(3),
            Measure::Top4 => place.chance_in_first(4),
            Measure::Top5 => place.chance_in_first(5),
            Measure::Mrr => place.mean_reciprocal_rank(),
            Measure::LogLoss => -libm::log(self.scores(sample)[truth].max(LEAST_SCORE)),
            Measure::Brier => {
                let square = |(class, score): (usize, f64)| {
                    let lacking = f64::from(u8::from(class == truth)) - score;
                    lacking * lacking
                };
                self.scores(sample).iter().enumerate().map(square).sum()
            }
            _ => return None,
        })
    }

    /// The scores of one sample.
    pub fn scores(&self, sample: usize) -> SampleScores<'_> {
        self.scores.of(sample)
    }
}

impl Place {
    /// Mean of the ranks that are shared, from 1 to the number of classes.
    pub fn mean_rank(self) -> f64 {
        self.n_ahead as f64 + (self.n_tied + 1) as f64 / 2.0
    }
}
