/// Why classes cannot be looked for in a gallery.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GalleryError {
    /// There is nothing to average.
    #[error("`gallery.splits` is 0; it must be at least 1")]
    Splits,
    /// Not a share that leaves something on both sides.
    #[error("`gallery.probe_share` is {share}; it must be above 0 and below 1")]
    ProbeShare {
        /// What was given.
        share: f64,
    },
    /// The sides are not those of this dataset.
    #[error("{n_sides} sides for {n_samples} samples; there must be one each")]
    Shape {
        /// Sides that were given.
        n_sides: usize,
        /// Samples of the dataset.
        n_samples: usize,
    },
}

impl GalleryError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Splits => Some("10 is usual; more make the mean over splits steadier"),
            Self::ProbeShare { .. } => Some("0.1 is usual: a tenth of each class's subjects"),
            Self::Shape { .. } => None,
        }
    }
}
