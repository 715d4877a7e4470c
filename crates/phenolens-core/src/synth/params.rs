/// The shape of a synthetic cohort; the default has that of the first users' file.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthParams {
    /// Classes; at least 1.
    pub n_classes: usize,
    /// Subjects of all classes; at least one per class.
    pub n_subjects: usize,
    /// Images of all subjects; at least one per subject.
    pub n_samples: usize,
    /// Values of each vector; at least 1.
    pub n_dims: usize,
    /// Pairs of images of different subjects that are nearly the same; no subject is in two.
    pub n_duplicates: usize,
    /// Subjects of the largest class over those of the smallest, as nearly as whole numbers allow; at
    /// least 1.
    pub imbalance: f64,
    /// Share of the variance that all images have in common (`o`); from 0 to 1.
    pub common_share: f64,
    /// Share of the variance between classes (`a`); from 0 to 1.
    pub class_share: f64,
    /// Share of the variance between the subjects of a class (`b`); from 0 to 1. What is left of 1 is
    /// between the images of a subject.
    pub subject_share: f64,
    /// Standard deviation of the logarithm of the vectors' lengths (`ν`); from 0 to 1.
    pub length_spread: f64,
    /// Seed of every random choice.
    pub seed: u64,
}

impl Default for SynthParams {
    fn default() -> SynthParams {
        SynthParams {
            n_classes: 10,
            n_subjects: 941,
            n_samples: 1116,
            n_dims: 320,
            n_duplicates: 10,
            imbalance: 3.0,
            common_share: 0.07,
            class_share: 0.125,
            subject_share: 0.23,
            length_spread: 0.12,
            seed: 42,
        }
    }
}

/// Why no cohort can be made from some parameters.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum SynthError {
    /// A count is below what the level above it needs.
    #[error("{n} {what} are too few: there must be at least {least}")]
    TooFew {
        what: &'static str,
        n: usize,
        least: usize,
    },
    /// More than memory or the neighbor tables hold.
    #[error(
        "{n_samples} samples of {n_dims} dimensions are too many: there may be {MAX_SAMPLES} samples \
         and {MAX_VALUES} values"
    )]
    TooMany { n_samples: usize, n_dims: usize },
    /// More duplicates than pairs of subjects.
    #[error(
        "{n_duplicates} near-duplicates are too many: the classes have {most} pairs of subjects \
         for them"
    )]
    Duplicates { n_duplicates: usize, most: usize },
    /// A number is out of its range.
    #[error("{what} is {value}: it must lie in [{least}, {most}]")]
    Range {
        what: &'static str,
        value: f64,
        least: f64,
        most: f64,
    },
    /// The shares leave nothing for the images.
    #[error("the shares of all, of classes and of subjects add up to {sum}: it must be below 1")]
    Shares { sum: f64 },
}

impl SynthError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooFew { .. } => {
                Some("every class needs a subject, every subject a sample, every vector a value")
            }
            Self::Duplicates { .. } => Some("give it more subjects or fewer classes"),
            Self::TooMany { .. } | Self::Range { .. } | Self::Shares { .. } => None,
        }
    }
}

/// Samples are numbered in 32 bits in neighbor tables.
const MAX_SAMPLES: usize = u32::MAX as usize;

/// 64 GiB.
const MAX_VALUES: usize = 1 << 34;

/// The largest class may have this many times the subjects of the smallest.
const MAX_IMBALANCE: f64 = 1e6;

impl SynthParams {
    /// Refuses parameters that no cohort can have, and changes none. How many duplicates there can
    /// be is known once the classes have their subjects.
    pub(super) fn check(&self) -> Result<(), SynthError> {
        for (what, n, least) in [
            ("classes", self.n_classes, 1),
            ("subjects", self.n_subjects, self.n_classes),
            ("samples", self.n_samples, self.n_subjects),
            ("dimensions", self.n_dims, 1),
        ] {
            if n < least {
                return Err(SynthError::TooFew { what, n, least });
            }
        }
        let (n_samples, n_dims) = (self.n_samples, self.n_dims);
        if n_samples > MAX_SAMPLES || n_samples.saturating_mul(n_dims) > MAX_VALUES {
            return Err(SynthError::TooMany { n_samples, n_dims });
        }
        for (what, value, least, most) in [
            ("imbalance", self.imbalance, 1.0, MAX_IMBALANCE),
            ("common_share", self.common_share, 0.0, 1.0),
            ("class_share", self.class_share, 0.0, 1.0),
            ("subject_share", self.subject_share, 0.0, 1.0),
            ("length_spread", self.length_spread, 0.0, 1.0),
        ] {
            if !(least..=most).contains(&value) {
                return Err(SynthError::Range {
                    what,
                    value,
                    least,
                    most,
                });
            }
        }
        let sum = self.common_share + self.class_share + self.subject_share;
        if sum >= 1.0 {
            return Err(SynthError::Shares { sum });
        }
        Ok(())
    }
}
