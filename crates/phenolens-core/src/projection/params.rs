use crate::neighbors::Distance;

/// How the samples are laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct MapParams {
    /// One map each; may be empty.
    pub distances: Vec<Distance>,
    /// Effective number of neighbors of a sample, from 1 to a third of the other samples; `None`
    /// takes 30 or, on fewer than 91 samples, the greatest that is allowed.
    pub perplexity: Option<f64>,
    /// Gradient steps, early exaggeration included.
    pub n_steps: usize,
    /// Step length, for the gradient written without its factor 4; `None` takes n / 12, at least 50.
    pub learning_rate: Option<f64>,
    /// Factor on the affinities in the first quarter of 1,000 steps; at least 1.
    pub exaggeration: f64,
}

impl Default for MapParams {
    fn default() -> MapParams {
        MapParams {
            distances: vec![Distance::Cosine, Distance::Euclidean],
            perplexity: None,
            n_steps: 1000,
            learning_rate: None,
            exaggeration: 12.0,
        }
    }
}
