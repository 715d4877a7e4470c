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
    /// How the effects of the classes lie to one another.
    pub layout: Layout,
    /// Chance that an image shows nothing of its class and subject, from 0 to 1: it is as long as the
    /// others and tells as much of one class as of any.
    pub blank_share: f64,
    /// Share of the way between the effects of the first two classes by which they are moved
    /// together; from 0, where they stay, to 1, where they are one.
    pub pair_closeness: f64,
    /// Pairs of subjects of different classes that carry each other's label; no subject is in two.
    pub n_swapped: usize,
    /// Share of the variance that four directions hold which differ from image to image and say
    /// nothing of class or subject (`u`); from 0 to 1.
    pub nuisance_share: f64,
    /// Share of the subjects of every class, the last ones, that are of the group `noisy`; from 0 to 1.
    pub group_share: f64,
    /// How many times as large the standard deviation of the image effect is in that group; from 0 to
    /// 10.
    pub group_noise: f64,
    /// Seed of every random choice.
    pub seed: u64,
}

/// How the effects of classes lie to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// At random, so that some classes lie nearer to each other than others.
    #[default]
    Random,
    /// At right angles to one another, all equally long: every class is as far from every other, and
    /// none is harder than another.
    Equidistant,
}

impl SynthParams {
    /// The shape of a cohort in which there is nothing to find.
    ///
    /// Classes are of equal size, equally far from one another and so equally hard; images of one
    /// subject are no more alike than others of its class; no near-duplicates; all vectors about
    /// equally long. A quarter of the images show nothing, the others are far from every other class:
    /// what errors there are, no classifier can mend.
    pub fn nothing_to_find() -> SynthParams {
        SynthParams {
            n_classes: 6,
            n_subjects: 240,
            n_samples: 360,
            n_dims: 128,
            n_duplicates: 0,
            imbalance: 1.0,
            common_share: 0.0,
            class_share: 0.3,
            subject_share: 0.0,
            length_spread: 0.0,
            layout: Layout::Equidistant,
            blank_share: 0.25,
            ..SynthParams::default()
        }
    }
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
            layout: Layout::Random,
            blank_share: 0.0,
            pair_closeness: 0.0,
            n_swapped: 0,
            nuisance_share: 0.0,
            group_share: 0.0,
            group_noise: 1.0,
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
    /// More pairs of subjects than there are.
    #[error(
        "{n_swapped} swapped labels are too many: {most} pairs of subjects of different classes were \
         found"
    )]
    Swapped { n_swapped: usize, most: usize },
    /// Effects at right angles need a dimension each.
    #[error(
        "{n_directions} directions at right angles do not fit into the {n_factors} dimensions of the \
         effects"
    )]
    Directions {
        n_directions: usize,
        n_factors: usize,
    },
    /// A number is out of its range.
    #[error("{what} is {value}: it must lie in [{least}, {most}]")]
    Range {
        what: &'static str,
        value: f64,
        least: f64,
        most: f64,
    },
    /// The shares leave nothing for the images.
    #[error(
        "the shares of all, of classes, of subjects and of nuisance add up to {sum}: it must be below 1"
    )]
    Shares { sum: f64 },
}

impl SynthError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooFew { .. } => {
                Some("every class needs a subject, every subject a sample, every vector a value")
            }
            Self::Duplicates { .. } | Self::Swapped { .. } => {
                Some("give it more subjects or fewer classes")
            }
            Self::Directions { .. } => Some(
                "equidistant classes take one for each and one for what all share, nuisance takes four; \
                 give it fewer classes or more dimensions",
            ),
            Self::TooMany { .. } | Self::Range { .. } | Self::Shares { .. } => None,
        }
    }
}

/// Samples are numbered in 32 bits in neighbor tables.
const MAX_SAMPLES: usize = u32::MAX as usize;

/// 64 GiB.
const MAX_VALUES: usize = 1 << 34;

/// Dimensions of the space in which random effects lie, where the vectors have as many.
const MAX_FACTORS: usize = 56;

/// Directions that nuisance takes: few, so that they outweigh single directions of the classes.
const N_NUISANCE: usize = 4;

/// Noise beyond this leaves nothing of a vector but noise.
const MAX_GROUP_NOISE: f64 = 10.0;

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
        check_size(self.n_samples, self.n_dims)?;
        for (what, value, least, most) in [
            ("imbalance", self.imbalance, 1.0, MAX_IMBALANCE),
            ("common_share", self.common_share, 0.0, 1.0),
            ("class_share", self.class_share, 0.0, 1.0),
            ("subject_share", self.subject_share, 0.0, 1.0),
            ("length_spread", self.length_spread, 0.0, 1.0),
            ("blank_share", self.blank_share, 0.0, 1.0),
            ("pair_closeness", self.pair_closeness, 0.0, 1.0),
            ("nuisance_share", self.nuisance_share, 0.0, 1.0),
            ("group_share", self.group_share, 0.0, 1.0),
            ("group_noise", self.group_noise, 0.0, MAX_GROUP_NOISE),
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
        let sum = self.common_share + self.class_share + self.subject_share + self.nuisance_share;
        if sum >= 1.0 {
            return Err(SynthError::Shares { sum });
        }
        if self.pair_closeness > 0.0 && self.n_classes < 2 {
            let (what, n, least) = ("classes", self.n_classes, 2);
            return Err(SynthError::TooFew { what, n, least });
        }
        let (n_directions, n_factors) = (self.n_directions(), self.n_factors());
        if n_directions > n_factors {
            return Err(SynthError::Directions {
                n_directions,
                n_factors,
            });
        }
        Ok(())
    }

    /// Dimensions of the space in which the effects lie.
    pub(super) fn n_factors(&self) -> usize {
        match self.layout {
            Layout::Random => self.n_dims.min(MAX_FACTORS),
            Layout::Equidistant => self.n_dims,
        }
    }

    /// Directions at right angles that the effects of classes and of nuisance need.
    pub(super) fn n_directions(&self) -> usize {
        let of_nuisance = match self.nuisance_share > 0.0 {
            true => N_NUISANCE,
            false => 0,
        };
        self.n_class_directions() + of_nuisance
    }

    /// Those of the classes and of what all share.
    pub(super) fn n_class_directions(&self) -> usize {
        match self.layout {
            Layout::Random => 0,
            Layout::Equidistant => self.n_classes + 1,
        }
    }
}

/// Refuses more samples or values than can be held.
pub(super) fn check_size(n_samples: usize, n_dims: usize) -> Result<(), SynthError> {
    if n_samples > MAX_SAMPLES || n_samples.saturating_mul(n_dims) > MAX_VALUES {
        return Err(SynthError::TooMany { n_samples, n_dims });
    }
    Ok(())
}
