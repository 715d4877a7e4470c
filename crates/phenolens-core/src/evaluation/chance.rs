//! What guessing gives.

use rayon::prelude::*;

use super::measures::{Scorer, Workspace};
use super::subset::Subset;
use super::voting::{NeighborLists, vote};
use super::{EvaluationParams, Measure, Measures, Weights};
use crate::random::{Stream, Use};

/// Most times that the labels are shuffled. The standard deviation of a shuffled accuracy is at most
/// 1 / (2 √n), so 20 shuffles know its mean to a ninth of 1 / √n.
const MOST_SHUFFLES: usize = 20;

/// Labels that are shuffled in all: beyond 20,000 samples there are fewer shuffles, which know a mean
/// to 0.0008 together, as 20 of 20,000 samples do.
const N_SHUFFLED: usize = 400_000;

/// How often the labels of so many samples are shuffled; once at least.
pub fn n_shuffles(n_samples: usize) -> usize {
    (N_SHUFFLED / n_samples.max(1)).clamp(1, MOST_SHUFFLES)
}

/// Mean pooled measures of the same neighbors and the same folds when every group takes the class
/// of a random other one.
pub(super) fn shuffled_labels(
    subset: &Subset,
    lists: &NeighborLists,
    k: usize,
    weights: Weights,
    params: &EvaluationParams,
) -> Measures {
    let mut class_of_group = vec![0; subset.n_groups];
    for (&class, &group) in subset.classes.iter().zip(&subset.groups).rev() {
        class_of_group[group] = class;
    }
    let all = vec![1; subset.n_samples()];
    let shuffles: Vec<Measures> = (0..n_shuffles(subset.n_samples()))
        .into_par_iter()
        .map_init(Workspace::default, |workspace, shuffle| {
            let mut shuffled = class_of_group.clone();
            Stream::new(params.seed, Use::Chance, shuffle as u64).shuffle(&mut shuffled);
            let classes: Vec<usize> = subset.groups.iter().map(|&group| shuffled[group]).collect();
            let votes = vote(lists, &classes, subset.n_classes(), k, weights, params.ties);
            Scorer::new(&votes).measures(&all, workspace)
        })
        .collect();
    let mut means = Measures::UNDEFINED;
    for measure in Measure::ALL {
        let values: Vec<f64> = shuffles
            .iter()
            .filter_map(|values| values.get(measure))
            .collect();
        if !values.is_empty() {
            means.set(measure, values.iter().sum::<f64>() / values.len() as f64);
        }
    }
    means
}
