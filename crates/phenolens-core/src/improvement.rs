//! What would mend the plain classifier: cheap changes, each fitted inside the training part of every
//! fold and measured on the folds of the headline.
//!
//! Nothing is chosen by how it does on test samples: every vote has the k of the headline, and every
//! other setting is fixed beforehand and stands at its [`Variant`].
//!
//! All linear algebra is written here, of sums in a fixed order: libraries that choose their kernels
//! by the processor, and fuse products with sums where it can, would not give the same bits
//! everywhere.

mod arithmetic;
mod centroids;
mod compare;
mod covariance;
mod eigen;
mod hubness;
mod logistic;
mod products;
mod spaces;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use eigen::greatest_eigenpairs;

use rayon::prelude::*;
use serde::Serialize;

use self::centroids::{Unit, centroid_votes};
use self::compare::compare;
use self::hubness::{SCALE_NEIGHBOR, local_scaling, mutual_proximity};
use self::logistic::logistic_votes;
use self::products::Products;
use self::spaces::{Discriminant, centered_votes, of_covariance};
use self::task::Task;
use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, EvaluationParams, Interval, Measure, Protocol, ProtocolEvaluation, Run,
    Votes, Weights,
};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbor, Neighbors};

/// Up to this many samples variants are measured; distances of all pairs are held in memory.
pub const MAX_SAMPLES: usize = 4000;

/// Up to this many dimensions variants are measured; every class has a covariance in memory.
pub const MAX_DIMS: usize = 1024;

/// Up to this many folds variants are measured; each is fitted in every one.
pub const MAX_FOLDS: usize = 100;

/// Changes of the plain classifier, measured beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Improvement {
    /// Whose folds: the first protocol, in its first repeat.
    pub protocol: Protocol,
    /// The distance of the plain classifier: the best run of that protocol.
    pub distance: Distance,
    /// Its weights.
    pub weights: Weights,
    /// Its k, and that of every variant that votes.
    pub k: usize,
    /// Principal components kept in every fold, shape `(n_folds,)`.
    pub n_components: Vec<usize>,
    /// One per variant that can be fitted, in the order of [`Variant::ALL`].
    pub variants: Vec<VariantResult>,
}

/// One variant beside the plain classifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariantResult {
    /// What is changed.
    pub variant: Variant,
    /// Neighbors that vote; `None` where none do.
    pub k: Option<usize>,
    /// The predicted class of every evaluated sample, an index into `Evaluation::class_names`.
    #[serde(skip)]
    pub predicted: Vec<usize>,
    /// Of the selecting measure and of accuracy, where defined.
    pub changes: Vec<Change>,
}

/// One measure of a variant beside that of the plain classifier, of the pooled predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// The measure.
    pub measure: Measure,
    /// Its value with the variant.
    pub value: f64,
    /// Variant minus plain.
    pub difference: f64,
    /// Interval of the difference over subjects; `None` without resampling.
    pub interval: Option<Interval>,
    /// From swapping the two classifiers' predictions of whole subjects, two-sided.
    pub p_value: Option<f64>,
    /// The same, corrected for the number of variants by Holm's method.
    pub p_holm: Option<f64>,
}

/// A change of the plain classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The mean of the training part is taken away and vectors are scaled to length 1, then
    /// neighbors vote.
    CenterUnit,
    /// Principal components of the training part, as few as hold more than 90 % of its variance,
    /// each scaled to variance 1, then neighbors vote by the plain classifier's distance.
    PcaWhitening,
    /// Linear discriminants, one fewer than classes, with shrunk covariances, then neighbors vote by
    /// the euclidean distance.
    LdaNeighbors,
    /// Linear discriminant analysis itself, with shrunk covariances.
    Lda,
    /// Distances scaled by those of the 7th neighbors, then neighbors vote.
    LocalScaling,
    /// Distances as mutual proximities, then neighbors vote.
    MutualProximity,
    /// The same neighbors, with votes weighted by 1 / distance.
    DistanceWeights,
    /// The same neighbors, with votes weighted by exp((1 - distance) / 0.07); cosine only.
    SoftmaxWeights,
    /// The nearest mean of a class.
    ClassCentroid,
    /// The nearest mean of a class in which every subject counts once.
    SubjectCentroid,
    /// Multinomial logistic regression, L2 penalty with C = 1, standardized values.
    LogisticRegression,
}

impl Variant {
    /// Every variant, in the order of the tables.
    pub const ALL: [Variant; 11] = [
        Variant::CenterUnit,
        Variant::PcaWhitening,
        Variant::LdaNeighbors,
        Variant::Lda,
        Variant::LocalScaling,
        Variant::MutualProximity,
        Variant::DistanceWeights,
        Variant::SoftmaxWeights,
        Variant::ClassCentroid,
        Variant::SubjectCentroid,
        Variant::LogisticRegression,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Variant::CenterUnit => "center_unit",
            Variant::PcaWhitening => "pca_whitening",
            Variant::LdaNeighbors => "lda_neighbors",
            Variant::Lda => "lda",
            Variant::LocalScaling => "local_scaling",
            Variant::MutualProximity => "mutual_proximity",
            Variant::DistanceWeights => "distance_weights",
            Variant::SoftmaxWeights => "softmax_weights",
            Variant::ClassCentroid => "class_centroid",
            Variant::SubjectCentroid => "subject_centroid",
            Variant::LogisticRegression => "logistic_regression",
        }
    }

    /// Whether neighbors vote.
    pub fn has_neighbors(self) -> bool {
        !matches!(
            self,
            Variant::Lda
                | Variant::ClassCentroid
                | Variant::SubjectCentroid
                | Variant::LogisticRegression
        )
    }
}

/// Measures every [`Variant`] beside the headline's classifier: the best run of the first protocol.
///
/// Each variant changes one thing. Votes are weighted as the headline's are, but equally where its
/// weights do not suit the variant's distance. A variant is left out where it cannot be fitted: linear
/// discriminants with fewer than two classes in training or without any spread within them, softmax
/// weights of distances other than cosine, and weights that the headline has already.
///
/// `None` where nothing was evaluated, or beyond [`MAX_SAMPLES`], [`MAX_DIMS`] or [`MAX_FOLDS`].
///
/// * `neighbors`, `groups`, `params`: as the evaluation was made with.
///
/// The result does not depend on the number of threads. Takes O(n² d + n d² + n_folds d³) time and
/// O(n² + n_classes d²) memory.
pub fn improve(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    machine: &Machine,
) -> Option<Improvement> {
    if evaluation.samples.len() > MAX_SAMPLES || dataset.n_dims() > MAX_DIMS {
        return None;
    }
    let part = evaluation.protocols.first()?;
    if part.n_folds > MAX_FOLDS {
        return None;
    }
    let run = part.best_run(params.select_by)?;
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let task = task(dataset, &evaluated, part, run, params, machine);
    let table = neighbors
        .iter()
        .find(|table| table.distance() == run.distance)?;
    let keys = Keys::new(dataset, run.distance, machine.instruction_set);
    let nearest = |position: usize, fold: usize, k: usize| {
        let mut found = Vec::with_capacity(k);
        let is_outside = |other: usize| task.folds[other] != fold;
        evaluated.nearest_where(table, &keys, position, k, is_outside, &mut found);
        found
    };
    let lists: Vec<Vec<Neighbor>> = (0..task.n_samples())
        .into_par_iter()
        .map(|position| nearest(position, task.folds[position], task.k))
        .collect();
    let plain = task.vote_with(lists.clone(), run.weights);

    let products = Products::new(&task);
    let of_covariance = of_covariance(&task);
    let (lda_neighbors, lda) = match of_covariance.discriminant {
        Some(Discriminant {
            neighbors,
            classifier,
        }) => (Some(neighbors), Some(classifier)),
        None => (None, None),
    };
    let (mut lda_neighbors, mut lda) = (lda_neighbors, lda);
    let mut whitened = Some(of_covariance.whitened);
    let mut votes = |variant| match variant {
        Variant::CenterUnit => Some(centered_votes(&task, &products)),
        Variant::PcaWhitening => whitened.take(),
        Variant::LdaNeighbors => lda_neighbors.take(),
        Variant::Lda => lda.take(),
        Variant::LocalScaling => Some(local_scaling(&task, &products, |position, fold| {
            nearest(position, fold, SCALE_NEIGHBOR)
        })),
        Variant::MutualProximity => Some(mutual_proximity(&task, &products)),
        Variant::DistanceWeights => reweighted(&task, &lists, Weights::Distance),
        Variant::SoftmaxWeights => reweighted(&task, &lists, Weights::Softmax),
        Variant::ClassCentroid => Some(centroid_votes(&task, Unit::Sample)),
        Variant::SubjectCentroid => Some(centroid_votes(&task, Unit::Subject)),
        Variant::LogisticRegression => Some(logistic_votes(&task)),
    };
    let variants = Variant::ALL
        .into_iter()
        .filter_map(|variant| {
            let k = variant.has_neighbors().then_some(task.k);
            Some((variant, k, votes(variant)?))
        })
        .collect();
    Some(Improvement {
        protocol: part.protocol,
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        n_components: of_covariance.n_components,
        variants: compare(&plain, variants, &task.groups, params),
    })
}

fn task<'a>(
    dataset: &'a Dataset,
    evaluated: &Evaluated<'a>,
    part: &'a ProtocolEvaluation,
    run: &Run,
    params: &EvaluationParams,
    machine: &Machine,
) -> Task<'a> {
    Task {
        dataset,
        samples: evaluated.samples,
        classes: evaluated.classes.clone(),
        groups: evaluated.groups.clone(),
        folds: &part.folds,
        n_folds: part.n_folds,
        n_classes: evaluated.n_classes,
        k: run.k,
        distance: run.distance,
        weights: run.weights,
        ties: params.ties,
        instruction_set: machine.instruction_set,
    }
}

/// The plain classifier's neighbors with other weights.
fn reweighted(task: &Task, lists: &[Vec<Neighbor>], weights: Weights) -> Option<Votes> {
    let is_a_change = weights != task.weights && weights.suit(task.distance);
    is_a_change.then(|| task.vote_with(lists.to_vec(), weights))
}
