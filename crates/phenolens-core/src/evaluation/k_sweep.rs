//! Every k under every fold, and the choice of one.

use rayon::prelude::*;

use super::measures::{Scorer, Workspace};
use super::splits::Split;
use super::voting::{NeighborLists, vote};
use super::{EvaluationParams, KPoint, Measure, MeasureSet, Measures, Weights};

/// Measures every k from 1 to `k_max` over the folds of one split.
pub(super) fn sweep(
    split: &Split,
    repeat: usize,
    lists: &NeighborLists,
    classes: &[usize],
    n_classes: usize,
    weights: Weights,
    params: &EvaluationParams,
) -> Vec<KPoint> {
    let masks: Vec<Vec<u32>> = (0..split.n_folds).map(|fold| split.mask(fold)).collect();
    let all = vec![1; classes.len()];
    let multisets: Vec<&[u32]> = masks.iter().chain([&all]).map(Vec::as_slice).collect();
    let fold_sizes: Vec<usize> = (0..split.n_folds).map(|fold| split.size(fold)).collect();
    (1..=params.k_max)
        .into_par_iter()
        .map_init(Workspace::default, |workspace, k| {
            let votes = vote(lists, classes, n_classes, k, weights, params.ties);
            let scorer = Scorer::new(&votes);
            let mut folds = scorer.measures_of_each(MeasureSet::ALL, &multisets, workspace);
            let pooled = folds.pop().expect("the last multiset is all samples");
            let (mean, sd) = mean_and_sd(&folds);
            KPoint {
                repeat,
                k,
                folds,
                fold_sizes: fold_sizes.clone(),
                mean,
                sd,
                pooled,
            }
        })
        .collect()
}

/// The k whose mean of the selecting measure over all folds of all repeats is best; among equals the
/// smallest. Where the measure is undefined everywhere, 1.
pub(super) fn choose_k(k_points: &[KPoint], params: &EvaluationParams) -> usize {
    let mut chosen = 1;
    let mut best = None;
    for k in 1..=params.k_max {
        let Some(mean) = of_all_folds(k_points, k).0.get(params.select_by) else {
            continue;
        };
        let value = if params.select_by.higher_is_better() {
            mean
        } else {
            -mean
        };
        if best.is_none_or(|best| value > best) {
            (chosen, best) = (k, Some(value));
        }
    }
    chosen
}

/// Mean and population standard deviation over all folds of all repeats at one k.
pub(super) fn of_all_folds(k_points: &[KPoint], k: usize) -> (Measures, Measures) {
    let folds: Vec<Measures> = k_points
        .iter()
        .filter(|point| point.k == k)
        .flat_map(|point| point.folds.iter().copied())
        .collect();
    mean_and_sd(&folds)
}

/// Mean and population standard deviation of each measure over the folds where it is defined.
pub(super) fn mean_and_sd(folds: &[Measures]) -> (Measures, Measures) {
    let (mut means, mut sds) = (Measures::UNDEFINED, Measures::UNDEFINED);
    for measure in Measure::ALL {
        let values: Vec<f64> = folds.iter().filter_map(|fold| fold.get(measure)).collect();
        if values.is_empty() {
            continue;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum::<f64>()
            / n;
        means.set(measure, mean);
        sds.set(measure, variance.sqrt());
    }
    (means, sds)
}
