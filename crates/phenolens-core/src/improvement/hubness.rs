//! Distances that are measured against how near a sample's other neighbors are, so that none is the
//! neighbor of too many.

use rayon::prelude::*;

use super::products::Products;
use super::task::{Task, least};
use crate::evaluation::Votes;
use crate::neighbors::{Distance, Neighbor};

/// The neighbor whose distance is the scale of a sample; that of Zelnik-Manor & Perona.
pub(super) const SCALE_NEIGHBOR: usize = 7;

/// Votes by locally scaled distances.
///
/// ```text
/// 1 - exp( - d(x, y)² / (s(x) s(y)) )      s(x) the distance of the 7th nearest training sample
/// ```
///
/// A training sample is not its own neighbor. Takes O(n² n_folds) time.
///
/// # Source
/// Zelnik-Manor & Perona (2004), NIPS 17, 1601-1608; against hubs: Schnitzer, Flexer, Schedl & Widmer
/// (2012), J. Mach. Learn. Res. 13, 2871-2902.
pub(super) fn local_scaling(
    task: &Task,
    products: &Products,
    nearest: impl Fn(usize, usize) -> Vec<Neighbor> + Sync,
) -> Votes {
    let lists = by_fold(task, |fold, training, test| {
        let scale = |position: usize| {
            let found = nearest(position, fold);
            found.last().map_or(0.0, |neighbor| neighbor.value)
        };
        let scales: Vec<f64> = (0..task.n_samples()).map(scale).collect();
        let value = |test: usize, sample: usize| {
            let distance = products.value(task.distance, test, sample);
            scaled(distance, scales[test] * scales[sample])
        };
        nearest_by(task, training, test, value)
    });
    task.vote(lists, Distance::Euclidean)
}

/// `1 - exp(-d² / scale)`; where the scale is 0, 1 unless the distance is 0 too.
fn scaled(distance: f64, scale: f64) -> f64 {
    let square = distance * distance;
    if square == 0.0 {
        0.0
    } else if scale == 0.0 {
        1.0
    } else {
        -libm::expm1(-square / scale)
    }
}

/// Votes by mutual proximity, the distances of each sample taken as normal and of two samples as
/// independent.
///
/// ```text
/// 1 - P(X > d(x, y)) P(Y > d(x, y))      X ~ N(mean, variance) of the distances of x to training
/// ```
///
/// A training sample has no distance to itself. Takes O(n²) time for the moments of all folds, and
/// O(n²) error functions.
///
/// # Source
/// Schnitzer, Flexer, Schedl & Widmer (2012), J. Mach. Learn. Res. 13, 2871-2902, section 3.2.
pub(super) fn mutual_proximity(task: &Task, products: &Products) -> Votes {
    let n_samples = task.n_samples();
    // Of every sample, by fold of the others: how many they are, the sums of their distances and of
    // the squares of these.
    let moments: Vec<Vec<[f64; 3]>> = (0..n_samples)
        .into_par_iter()
        .map(|a| {
            let mut sums = vec![[0.0; 3]; task.n_folds];
            for b in (0..n_samples).filter(|&b| b != a) {
                let distance = products.value(task.distance, a, b);
                let [n, first, second] = &mut sums[task.folds[b]];
                *n += 1.0;
                *first += distance;
                *second += distance * distance;
            }
            sums
        })
        .collect();
    let lists = by_fold(task, |fold, training, test| {
        let normals: Vec<Normal> = moments.iter().map(|sums| Normal::new(sums, fold)).collect();
        let value = |test: usize, sample: usize| {
            let distance = products.value(task.distance, test, sample);
            1.0 - normals[test].share_above(distance) * normals[sample].share_above(distance)
        };
        nearest_by(task, training, test, value)
    });
    task.vote(lists, Distance::Euclidean)
}

/// A normal distribution.
struct Normal {
    mean: f64,
    /// `1 / (√2 sd)`.
    steepness: f64,
}

impl Normal {
    /// From the sums of all folds but one.
    fn new(sums: &[[f64; 3]], left_out: usize) -> Normal {
        let (mut n, mut first, mut second) = (0.0, 0.0, 0.0);
        for (_, of_fold) in sums
            .iter()
            .enumerate()
            .filter(|(fold, _)| *fold != left_out)
        {
            n += of_fold[0];
            first += of_fold[1];
            second += of_fold[2];
        }
        let mean = first / f64::max(n, 1.0);
        let variance = (second / f64::max(n, 1.0) - mean * mean).max(f64::MIN_POSITIVE);
        Normal {
            mean,
            steepness: 1.0 / (2.0 * variance).sqrt(),
        }
    }

    fn share_above(&self, value: f64) -> f64 {
        0.5 * libm::erfc((value - self.mean) * self.steepness)
    }
}

/// Finds the lists of every fold's test samples, given its training and test samples.
fn by_fold(
    task: &Task,
    lists: impl Fn(usize, &[usize], &[usize]) -> Vec<Vec<Neighbor>> + Sync,
) -> Vec<Vec<Neighbor>> {
    let of_folds = (0..task.n_folds)
        .into_par_iter()
        .map(|fold| lists(fold, &task.training(fold), &task.test(fold)))
        .collect();
    task.in_order(of_folds)
}

fn nearest_by(
    task: &Task,
    training: &[usize],
    test: &[usize],
    value: impl Fn(usize, usize) -> f64,
) -> Vec<Vec<Neighbor>> {
    let of = |&test: &usize| {
        let neighbor = |&sample: &usize| Neighbor {
            sample,
            value: value(test, sample),
        };
        least(training.iter().map(neighbor).collect(), task.k)
    };
    test.iter().map(of).collect()
}
