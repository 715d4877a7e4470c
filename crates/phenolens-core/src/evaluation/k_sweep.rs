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
    let masks = split.masks();
    let all = vec![1; classes.len()];
    let multisets: Vec<&[u32]> = masks.iter().chain([&all]).map(Vec::as_slice).collect();
    let mut fold_sizes = split.sizes();
    fold_sizes.truncate(masks.len());
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

/// The k whose mean of the selecting measure over all folds of all repeats is best, or its pooled
/// value where no fold is measured; among equals the smallest. Where the measure is undefined
/// everywhere, 1.
pub(super) fn choose_k(k_points: &[KPoint], params: &EvaluationParams) -> usize {
    let mut chosen = 1;
    let mut best = None;
    for k in 1..=params.k_max {
        let value = match k_points.iter().find(|point| point.k == k) {
            Some(point) if point.folds.is_empty() => point.pooled,
            _ => of_all_folds(k_points, k).0,
        };
        let Some(mean) = value.get(params.select_by) else {
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

/// How a measure spreads, with what differs between folds told apart from what differs between
/// drawings of them.
pub(super) struct Spread {
    /// Root of the mean over repeats of the population variance over folds.
    pub(super) between_folds: Measures,
    /// Standard deviation of a sample, of the means of the repeats.
    pub(super) between_repeats: Measures,
}

/// The spread at one k; undefined where no fold, or fewer than two repeats, define a measure.
pub(super) fn spread(k_points: &[KPoint], k: usize) -> Spread {
    let repeats: Vec<&KPoint> = k_points.iter().filter(|point| point.k == k).collect();
    let mut spread = Spread {
        between_folds: Measures::UNDEFINED,
        between_repeats: Measures::UNDEFINED,
    };
    for measure in Measure::ALL {
        let of_repeats = |value: &dyn Fn(&KPoint) -> Option<f64>| -> Vec<f64> {
            repeats.iter().filter_map(|point| value(point)).collect()
        };
        let variances = of_repeats(&|point| {
            let sd = point.sd.get(measure)?;
            Some(sd * sd)
        });
        if !variances.is_empty() {
            let mean = variances.iter().sum::<f64>() / variances.len() as f64;
            spread.between_folds.set(measure, mean.sqrt());
        }
        let means = of_repeats(&|point| point.mean.get(measure));
        if means.len() > 1 {
            let n = means.len() as f64;
            let mean = means.iter().sum::<f64>() / n;
            let squares = means.iter().map(|value| (value - mean) * (value - mean));
            let variance = squares.sum::<f64>() / (n - 1.0);
            spread.between_repeats.set(measure, variance.sqrt());
        }
    }
    spread
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
