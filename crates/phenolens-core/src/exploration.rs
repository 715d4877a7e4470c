//! The dataset described, before any model.

mod classes;
mod distances;
mod pairs;
mod spread;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::dataset::Dataset;
use crate::machine::{Machine, Phase};
use crate::neighbors::{Distance, Neighbors};

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
    /// How far each class lies from itself and from others, in the order of the class names; over
    /// all pairs, even where the groups above are sampled.
    pub classes: Vec<ClassDistances>,
}

/// How far the samples of one class lie from one another and from the class nearest to it.
///
/// How far two sets of samples lie apart is the mean of their cosine distances, or the root of the
/// mean square of their euclidean ones, over all pairs of different subjects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassDistances {
    /// How far its own samples lie apart; `None` where it has one subject.
    pub within: Option<f64>,
    /// The other class that is nearest; `None` where there is no other.
    pub nearest: Option<NearestClass>,
}

/// The class nearest to another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NearestClass {
    /// The class, an index into the class names.
    pub class: usize,
    /// How far the samples of the two classes lie apart.
    pub apart: f64,
}

/// A group of pairs: where its distances lie.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairGroup {
    /// Where the distances lie.
    pub spread: Spread,
    /// Number of pairs in each bin of [`DistanceSummary::bin_edges`].
    pub counts: Vec<usize>,
}

/// Describes a dataset: its classes, its subjects, and how far its samples lie apart.
///
/// * `distances`: one summary each;
/// * `tables`: one that holds all others of every sample tells their distances, which are measured
///   otherwise;
/// * `seed`: of the sample of pairs, where there are too many to measure them all: above about two
///   million, at most 200,000 of each group are measured.
///
/// Takes O(n² d) time up to 2,000 samples; beyond, O(n d) and a constant.
pub fn explore(
    dataset: &Dataset,
    distances: &[Distance],
    tables: &[Neighbors],
    seed: u64,
    machine: &Machine,
) -> Exploration {
    let total = distances.len();
    machine.progress.report(Phase::Exploration, 0, total);
    let norms = spread::norms(dataset, machine.instruction_set);
    let sizes = dataset.class_sizes();
    let subjects = dataset.subjects_per_class();
    let groups = pairs::choose(dataset, seed);
    let exploration = Exploration {
        n_samples: dataset.n_samples(),
        n_subjects: dataset.n_subjects(),
        n_dims: dataset.n_dims(),
        classes: classes::summarize(dataset, &norms),
        samples_per_subject: classes::samples_per_subject(dataset),
        imbalance_samples: classes::imbalance(&sizes),
        imbalance_subjects: classes::imbalance(&subjects),
        effective_classes: classes::effective_number(&sizes),
        norms: spread::spread_of(norms),
        distances: distances::summarize(dataset, distances, tables, &groups, machine),
    };
    machine.progress.report(Phase::Exploration, total, total);
    exploration
}
