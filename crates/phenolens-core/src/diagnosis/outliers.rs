use serde::Serialize;

use super::measured::View;
use super::shares::Share;
use super::{Estimate, K};
use crate::evaluation::{Evaluated, Interval, Run};
use crate::neighbors::Neighbor;

/// A sample is an outlier above this robust z: of normal numbers 1 in 30,000 is.
const LIMIT: f64 = 4.0;

/// With fewer samples no median is known well enough to call one an outlier.
const MIN_SAMPLES: usize = 20;

/// One of so many samples, the most remote, counts as far where errors are compared.
const FAR: usize = 10;

/// How far samples lie from all other subjects.
#[derive(Debug, Clone, PartialEq)]
pub struct Remoteness {
    /// Nearest samples of other subjects whose mean distance counts.
    pub k: usize,
    /// A sample with a greater robust z is an outlier.
    pub limit: f64,
    /// Median over samples of the mean distance.
    pub median: f64,
    /// The outliers, the most remote first.
    pub outliers: Vec<Outlier>,
    /// The mean distance of every evaluated sample; `None` where there is no other subject.
    pub distances: Vec<Option<f64>>,
}

/// A sample that lies far from all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    /// The sample, an index into the dataset.
    pub sample: usize,
    /// Mean distance to its nearest samples of other subjects.
    pub neighbor_distance: f64,
    /// How far its logarithm lies above the median, in robust standard deviations.
    pub robust_z: f64,
}

/// How often far samples are predicted wrong, of one run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FarErrors {
    /// The most remote tenth of the evaluated samples.
    pub n_far: usize,
    /// Those of them that are predicted wrong.
    pub n_far_wrong: usize,
    /// All other samples.
    pub n_others: usize,
    /// Those of them that are predicted wrong.
    pub n_others_wrong: usize,
    /// The share of errors among the far minus that among the others, the interval with the
    /// effective number of subjects; `None` where either has no samples.
    pub difference: Option<Estimate>,
    /// The outliers.
    pub n_outliers: usize,
    /// Those of them that are predicted wrong.
    pub n_outliers_wrong: usize,
    /// Wilson interval of their share; `None` without outliers.
    pub outlier_interval: Option<Interval>,
}

/// Measures how far every sample lies from those of other subjects.
///
/// ```text
/// z = ( ln d - median ) / ( 1.4826 MAD )
/// ```
///
/// with the mean distance d to the 10 nearest samples of other subjects and the median absolute
/// deviation MAD of its logarithm; with fewer than 20 samples, or where more than half are equal,
/// there are no outliers.
///
/// # Source
/// Ramaswamy, Rastogi & Shim (2000), SIGMOD, 427-438, and Angiulli & Pizzuti (2002), PKDD, 15-26, for
/// the distance; Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers, for the robust z.
pub(super) fn remoteness(view: &View) -> Remoteness {
    let evaluated = view.evaluated;
    let all: Vec<usize> = (0..evaluated.n_samples()).collect();
    let is_other = |own: usize, other: usize| evaluated.groups[other] != evaluated.groups[own];
    let lists = evaluated.nearest_of_each(view.table, view.keys, &all, K, is_other);
    let mean = |list: &Vec<Neighbor>| {
        let sum: f64 = list.iter().map(|neighbor| neighbor.value).sum();
        (!list.is_empty()).then(|| sum / list.len() as f64)
    };
    let distances: Vec<Option<f64>> = lists.iter().map(mean).collect();
    let logs: Vec<f64> = distances.iter().flatten().map(|&d| libm::log(d)).collect();
    let center = median(logs.clone());
    let deviation = 1.4826 * median(logs.iter().map(|log| (log - center).abs()).collect());
    let mut outliers = Vec::new();
    for (&sample, distance) in evaluated.samples.iter().zip(&distances) {
        let Some(neighbor_distance) = *distance else {
            continue;
        };
        let robust_z = (libm::log(neighbor_distance) - center) / deviation;
        if logs.len() >= MIN_SAMPLES && deviation > 0.0 && robust_z > LIMIT {
            outliers.push(Outlier {
                sample,
                neighbor_distance,
                robust_z,
            });
        }
    }
    // A stable sort: equal ones stay in the order of the source.
    outliers.sort_by(|a, b| b.robust_z.total_cmp(&a.robust_z));
    Remoteness {
        k: K.min(evaluated.n_samples().saturating_sub(1)),
        limit: LIMIT,
        median: libm::exp(center),
        outliers,
        distances,
    }
}

/// Compares the errors of far samples with those of the others.
pub(super) fn far_errors(
    evaluated: &Evaluated,
    run: &Run,
    remoteness: &Remoteness,
    confidence: f64,
) -> FarErrors {
    let distance = |position: usize| remoteness.distances[position].unwrap_or(0.0);
    let mut order: Vec<usize> = (0..evaluated.n_samples()).collect();
    // A stable sort: equal ones stay in the order of the source.
    order.sort_by(|&a, &b| distance(b).total_cmp(&distance(a)));
    let n_far = order.len() / FAR;
    let (mut far, mut others, mut outliers) =
        (Share::default(), Share::default(), Share::default());
    let is_wrong =
        |position: usize| run.predictions[position].predicted != evaluated.classes[position];
    for (rank, &position) in order.iter().enumerate() {
        let share = if rank < n_far { &mut far } else { &mut others };
        share.add(evaluated.groups[position], is_wrong(position));
    }
    for outlier in &remoteness.outliers {
        if let Some(position) = evaluated.positions[outlier.sample] {
            outliers.add(evaluated.groups[position], is_wrong(position));
        }
    }
    FarErrors {
        n_far: far.n(),
        n_far_wrong: far.n_with,
        n_others: others.n(),
        n_others_wrong: others.n_with,
        difference: far.minus(&others, confidence),
        n_outliers: outliers.n(),
        n_outliers_wrong: outliers.n_with,
        outlier_interval: outliers.interval(confidence),
    }
}

/// The middle of some numbers, or the mean of the two in the middle; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[half],
        _ => (values[half - 1] + values[half]) / 2.0,
    }
}
