//! The nearest class mean.

use rayon::prelude::*;

use super::task::{Opinion, Task, votes_of};
use crate::evaluation::Votes;
use crate::kernels;
use crate::neighbors::Distance;

/// What counts once in the mean of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Every sample.
    Sample,
    /// Every subject, with the mean of its samples.
    Subject,
}

/// Every sample is given to the class whose mean over the training part is nearest.
///
/// With the cosine distance means are those of the unit-length vectors. Takes O(n n_folds d) time.
pub(super) fn centroid_votes(task: &Task, unit: Unit) -> Votes {
    let scales: Vec<f64> = (0..task.n_samples())
        .map(|position| match task.distance {
            Distance::Euclidean => 1.0,
            Distance::Cosine => {
                let vector = task.vector(position);
                1.0 / kernels::dot(task.instruction_set, vector, vector).sqrt()
            }
        })
        .collect();
    let folds = (0..task.n_folds)
        .into_par_iter()
        .map(|fold| {
            let means = class_means(task, &scales, &task.training(fold), unit);
            let opinion = |&test: &usize| {
                let distance = |mean: &Option<Vec<f64>>| match mean {
                    Some(mean) => distance_to_mean(task, test, scales[test], mean),
                    None => f64::INFINITY,
                };
                Opinion::nearness(&means.iter().map(distance).collect::<Vec<f64>>())
            };
            task.test(fold).iter().map(opinion).collect()
        })
        .collect();
    votes_of(task, &task.in_order(folds))
}

/// The mean of every class; `None` where it has no training sample.
fn class_means(
    task: &Task,
    scales: &[f64],
    training: &[usize],
    unit: Unit,
) -> Vec<Option<Vec<f64>>> {
    let n_dims = task.n_dims();
    let mut by_subject = training.to_vec();
    by_subject.sort_by_key(|&position| (task.classes[position], task.groups[position], position));
    let of_one_subject = |&a: &usize, &b: &usize| {
        (task.classes[a], task.groups[a]) == (task.classes[b], task.groups[b])
    };
    let mut sums = vec![vec![0.0; n_dims]; task.n_classes];
    let mut weights = vec![0.0; task.n_classes];
    for samples in by_subject.chunk_by(of_one_subject) {
        let weight = match unit {
            Unit::Sample => 1.0,
            Unit::Subject => 1.0 / samples.len() as f64,
        };
        for &position in samples {
            let class = task.classes[position];
            weights[class] += weight;
            let factor = weight * scales[position];
            for (sum, &value) in sums[class].iter_mut().zip(task.vector(position)) {
                *sum += factor * f64::from(value);
            }
        }
    }
    let mean = |(sum, weight): (Vec<f64>, f64)| {
        (weight > 0.0).then(|| sum.into_iter().map(|value| value / weight).collect())
    };
    sums.into_iter().zip(weights).map(mean).collect()
}

fn distance_to_mean(task: &Task, position: usize, scale: f64, mean: &[f64]) -> f64 {
    let values = || task.vector(position).iter().zip(mean);
    match task.distance {
        Distance::Euclidean => {
            let square = |(&value, mean): (&f32, &f64)| {
                let difference = f64::from(value) - mean;
                difference * difference
            };
            values().map(square).sum::<f64>().sqrt()
        }
        Distance::Cosine => {
            let product: f64 = values().map(|(&value, mean)| f64::from(value) * mean).sum();
            let length: f64 = mean.iter().map(|value| value * value).sum();
            super::spaces::cosine_distance(product * scale, 1.0, length)
        }
    }
}
