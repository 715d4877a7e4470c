/// Why vectors and ids do not make a [`super::Dataset`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum DatasetError {
    /// Nothing to analyze.
    #[error("no data: {n_samples} samples of {n_dims} dimensions")]
    Empty { n_samples: usize, n_dims: usize },
    /// The vectors and the ids disagree on the number of samples.
    #[error("{n_values} values do not fill {n_samples} samples of {n_dims} dimensions")]
    Shape {
        n_values: usize,
        n_samples: usize,
        n_dims: usize,
    },
    /// A NaN or an infinity.
    #[error("row {row}, column {column} is {value}; every value must be finite")]
    NotFinite {
        row: usize,
        column: usize,
        value: f32,
    },
    /// A vector without direction.
    #[error("row {row} is all zero; a vector must have a direction")]
    Zero { row: usize },
}

impl DatasetError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Empty { .. } => None,
            Self::Shape { .. } => Some("is the label column counted as part of the vector?"),
            Self::NotFinite { .. } | Self::Zero { .. } => {
                Some("`data.on_invalid = \"drop\"` leaves such rows out and lists them")
            }
        }
    }
}
