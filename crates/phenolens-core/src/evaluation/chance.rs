//! What guessing gives.

use rayon::prelude::*;

use super::measures::{Scorer, Workspace};
use super::subset::Subset;
use super::voting::{NeighborLists, vote};
use super::{EvaluationParams, Measure, Measures, Weights};
use crate::random::{Stream, Use};

/// How often the labels are shuffled. The standard deviation of a shuffled accuracy is about
/// 1 / √n, so 20 shuffles know its mean to a fifth of that.
pub const N_SHUFFLES: usize = 20;

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
    let shuffles: Vec<Measures> = (0..N_SHUFFLES)
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
