/// Why a map cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum MapError {
    /// No perplexity would be allowed.
    #[error("{n_samples} samples are too few for a map: it takes at least {min_samples}")]
    TooFewSamples {
        n_samples: usize,
        min_samples: usize,
    },
    /// A sample has too few others to have that many effective neighbors.
    #[error(
        "perplexity {perplexity} does not suit {n_samples} samples: \
         it must lie between 1 and {max_perplexity:.1}"
    )]
    Perplexity {
        perplexity: f64,
        n_samples: usize,
        max_perplexity: f64,
    },
    /// No step at all.
    #[error("{n_steps} steps make no map: it takes at least 1")]
    Steps { n_steps: usize },
    /// A step length that leads nowhere.
    #[error("learning rate {learning_rate} must be a number above 0")]
    LearningRate { learning_rate: f64 },
    /// Not an exaggeration.
    #[error("exaggeration {exaggeration} must be a number from 1 up")]
    Exaggeration { exaggeration: f64 },
    /// Not a share of the divergence.
    #[error("a least progress of {least_progress} must be a number from 0 up")]
    LeastProgress { least_progress: f64 },
    /// The table is of other data.
    #[error("the neighbor table has {n_in_table} samples, the data {n_samples}")]
    TableSamples { n_in_table: usize, n_samples: usize },
    /// The table does not reach as far as the affinities.
    #[error(
        "the neighbor table has {n_in_table} neighbors of each sample; \
         perplexity {perplexity} takes {n_neighbors}"
    )]
    TableNeighbors {
        n_in_table: usize,
        n_neighbors: usize,
        perplexity: f64,
    },
    /// The steps were too long.
    #[error("the map flew apart: with learning rate {learning_rate} positions left all bounds")]
    Diverged { learning_rate: f64 },
}

impl MapError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooFewSamples { .. } => Some("`map.distances = []` makes no map"),
            Self::Perplexity { .. } => {
                Some("leave `map.perplexity` out, and the largest that suits, up to 30, is taken")
            }
            Self::LearningRate { .. } | Self::Diverged { .. } => {
                Some("`map.learning_rate = \"auto\"` suits the number of samples")
            }
            Self::TableNeighbors { .. } => {
                Some("make the table with as many neighbors as `MapParams::n_neighbors` says")
            }
            Self::Steps { .. }
            | Self::Exaggeration { .. }
            | Self::LeastProgress { .. }
            | Self::TableSamples { .. } => None,
        }
    }
}
