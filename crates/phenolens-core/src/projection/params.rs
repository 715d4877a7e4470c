#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{MapError, MapSettings};
use crate::neighbors::Distance;

/// The fewest samples of which three can be neighbors of the fourth, as perplexity 1 takes.
const MIN_SAMPLES: usize = 4;

/// The perplexity of van der Maaten & Hinton (2008), where the samples suffice for it.
const USUAL_PERPLEXITY: f64 = 30.0;

/// The least learning rate that is chosen here: few samples still need steps of some length.
const MIN_LEARNING_RATE: f64 = 50.0;

/// How much longer the steps that are chosen here are once affinities are exaggerated no more: the
/// forces that limited them are that much weaker (Belkina et al. 2019 let the rate fall with the
/// exaggeration). Twelve times longer ones, as the exaggeration would allow, gain nothing over four
/// times.
const LATE_RATE: f64 = 4.0;

/// How the samples are laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct MapParams {
    /// One map each; may be empty.
    pub distances: Vec<Distance>,
    /// Effective number of neighbors of a sample, from 1 to a third of the other samples; `None`
    /// takes 30 or, on fewer than 91 samples, the greatest that is allowed.
    pub perplexity: Option<f64>,
    /// Gradient steps, early exaggeration included; at least 1.
    pub n_steps: usize,
    /// Step length, above 0, for the gradient written without its factor 4, so four times the number
    /// that scikit-learn takes for the same steps; `None` takes n / 12, at least 50, while affinities are
    /// exaggerated, and four times that afterwards.
    pub learning_rate: Option<f64>,
    /// Factor on the affinities in the first quarter of the steps; at least 1.
    pub exaggeration: f64,
    /// Factor on the affinities in the other steps; at least 1, which is none.
    pub late_exaggeration: f64,
    /// How the distances to the neighbors become affinities.
    pub affinities: Affinities,
    /// Ends the descent once 50 steps after the early exaggeration lower the divergence by less than
    /// this share of it; at least 0. `None` takes all steps.
    pub least_progress: Option<f64>,
}

/// How the distances of a sample to its neighbors become affinities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Affinities {
    /// Normal weights, as wide as gives the perplexity.
    Perplexity,
    /// The mean of those for the perplexity, its half, its quarter, … down to 2.
    Multiscale,
    /// The same for each neighbor.
    Uniform,
}

impl Affinities {
    /// Every kind.
    pub const ALL: [Affinities; 3] = [
        Affinities::Perplexity,
        Affinities::Multiscale,
        Affinities::Uniform,
    ];

    /// The kind as a word, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Affinities::Perplexity => "perplexity",
            Affinities::Multiscale => "multiscale",
            Affinities::Uniform => "uniform",
        }
    }
}

impl Default for MapParams {
    fn default() -> MapParams {
        MapParams {
            distances: vec![Distance::Cosine, Distance::Euclidean],
            perplexity: None,
            n_steps: 1000,
            learning_rate: None,
            exaggeration: 12.0,
            late_exaggeration: 1.0,
            affinities: Affinities::Perplexity,
            least_progress: None,
        }
    }
}

impl MapParams {
    /// The settings as they are used on `n_samples` samples: what is `None` is chosen, what is given
    /// is kept.
    ///
    /// # Errors
    /// Refuses settings that cannot work, and changes none.
    pub fn check(&self, n_samples: usize) -> Result<MapSettings, MapError> {
        if n_samples < MIN_SAMPLES {
            return Err(MapError::TooFewSamples {
                n_samples,
                min_samples: MIN_SAMPLES,
            });
        }
        let perplexity = self.resolved_perplexity(n_samples);
        let max_perplexity = max_perplexity(n_samples);
        if !(1.0..=max_perplexity).contains(&perplexity) {
            return Err(MapError::Perplexity {
                perplexity,
                n_samples,
                max_perplexity,
            });
        }
        let n_steps = self.n_steps;
        if n_steps == 0 {
            return Err(MapError::Steps { n_steps });
        }
        let learning_rate = self
            .learning_rate
            .unwrap_or((n_samples as f64 / 12.0).max(MIN_LEARNING_RATE));
        if !(learning_rate > 0.0 && learning_rate.is_finite()) {
            return Err(MapError::LearningRate { learning_rate });
        }
        for exaggeration in [self.exaggeration, self.late_exaggeration] {
            if !(exaggeration >= 1.0 && exaggeration.is_finite()) {
                return Err(MapError::Exaggeration { exaggeration });
            }
        }
        if let Some(least_progress) = self.least_progress
            && !(least_progress >= 0.0 && least_progress.is_finite())
        {
            return Err(MapError::LeastProgress { least_progress });
        }
        Ok(MapSettings {
            perplexity,
            n_neighbors: self.n_neighbors(n_samples),
            n_steps,
            learning_rate,
            late_learning_rate: match self.learning_rate {
                Some(given) => given,
                None => LATE_RATE * learning_rate,
            },
            exaggeration: self.exaggeration,
            n_exaggerated_steps: n_steps / 4,
            late_exaggeration: self.late_exaggeration,
            affinities: self.affinities,
            least_progress: self.least_progress,
        })
    }

    /// How many neighbors of each sample the table must have: three times the perplexity, rounded,
    /// at most all others.
    ///
    /// Farther samples would have affinities near 0 (van der Maaten 2014). Settings that
    /// [`MapParams::check`] refuses give a number too, and no sense.
    pub fn n_neighbors(&self, n_samples: usize) -> usize {
        let n_neighbors = (3.0 * self.resolved_perplexity(n_samples)).round() as usize;
        n_neighbors.min(n_samples.saturating_sub(1))
    }

    fn resolved_perplexity(&self, n_samples: usize) -> f64 {
        self.perplexity
            .unwrap_or(max_perplexity(n_samples).min(USUAL_PERPLEXITY))
    }
}

/// A third of the other samples, so that three times as many neighbors exist.
fn max_perplexity(n_samples: usize) -> f64 {
    (n_samples as f64 - 1.0) / 3.0
}
