//! The dataset described, before any model.

use serde::Serialize;

use crate::neighbors::Distance;

/// The dataset described.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exploration {
    /// Number of samples.
    pub n_samples: usize,
    /// Number of subjects.
    pub n_subjects: usize,
    /// Number of values of each vector.
    pub n_dims: usize,
    /// One per class, in the order of the class names.
    pub classes: Vec<ClassSummary>,
    /// How many subjects have how many samples, by rising number of samples.
    pub samples_per_subject: Vec<SubjectCount>,
    /// Samples of the largest class over those of the smallest; at least 1.
    pub imbalance_samples: f64,
    /// Subjects of the class with most over those of the class with fewest; at least 1.
    pub imbalance_subjects: f64,
    /// `exp` of the entropy of the class shares: from 1 to the number of classes.
    pub effective_classes: f64,
    /// The lengths of the vectors.
    pub norms: Spread,
    /// How far samples lie apart, one per distance.
    pub distances: Vec<DistanceSummary>,
}

/// One class described.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassSummary {
    /// The class id.
    pub class: String,
    /// Subjects with a sample of the class.
    pub n_subjects: usize,
    /// Samples of the class.
    pub n_samples: usize,
    /// Its share of all samples, from 0 to 1.
    pub share: f64,
    /// Samples over subjects; at least 1.
    pub samples_per_subject_mean: f64,
    /// Mean length of its vectors.
    pub norm_mean: f64,
    /// Population standard deviation of the lengths of its vectors.
    pub norm_sd: f64,
}

/// How many subjects have a certain number of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SubjectCount {
    /// The number of samples.
    pub n_samples: usize,
    /// The subjects that have that many.
    pub n_subjects: usize,
}

/// Where a set of numbers lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// How many numbers there are.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their population standard deviation.
    pub sd: f64,
    /// The least.
    pub min: f64,
    /// The quantile at 0.25, linearly interpolated as are the others.
    pub q25: f64,
    /// The quantile at 0.5.
    pub median: f64,
    /// The quantile at 0.75.
    pub q75: f64,
    /// The greatest.
    pub max: f64,
}

/// How far pairs of samples lie apart by one distance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DistanceSummary {
    /// The distance.
    pub distance: Distance,
    /// Pairs of one subject; `None` where no subject has two samples.
    pub same_subject: Option<PairGroup>,
    /// Pairs of one class and two subjects; `None` where no class has two subjects.
    pub within_class: Option<PairGroup>,
    /// Pairs of two classes; `None` where there is one class.
    pub between_classes: Option<PairGroup>,
    /// How often a within-class pair is nearer than a between-class pair, ties one half: 0.5 is no
    /// separation, 1 is full separation. `None` where either group is.
    pub separation: Option<f64>,
    /// The edges of the bins of all three histograms, rising, one more than there are bins.
    pub bin_edges: Vec<f64>,
    /// All pairs were measured; otherwise a seeded sample of each group.
    pub is_complete: bool,
}

/// A group of pairs: where its distances lie.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairGroup {
    /// Where the distances lie.
    pub spread: Spread,
    /// Number of pairs in each bin of [`DistanceSummary::bin_edges`].
    pub counts: Vec<usize>,
}
