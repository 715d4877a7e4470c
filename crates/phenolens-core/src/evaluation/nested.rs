//! The choice of k without optimism: inside every training part.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::k_sweep::mean_and_sd;
use super::measures::{Scorer, Workspace};
use super::resampling::{Resamples, bootstrap_fold_means, difference_interval};
use super::search::Search;
use super::splits::Split;
use super::subset::Subset;
use super::voting::vote;
use super::{EvaluationParams, MeasureSet, Measures, Nested, NestedFold, Optimism, Votes, Weights};

/// Chooses k inside every training part and measures it on the fold outside.
///
/// Within the training part of a fold, the other folds take turns as inner test folds: the same
/// protocol with one fold fewer. The k with the best mean over them is the one that the outer fold is
/// measured with, so that no sample helps to choose the k that it is tested with.
///
/// Takes n_folds times what plain selection takes. `None` with fewer than three folds, since a
/// training part is then a single fold, and where single folds are too small to be measured.
///
/// # Source
/// Varma & Simon (2006), BMC Bioinformatics 7, 91; Cawley & Talbot (2010), J. Mach. Learn. Res. 11,
/// 2079-2107.
pub(super) fn nested(
    subset: &Subset,
    split: &Split,
    search: &Search,
    weights: Weights,
    plain: &Votes,
    resamples: &Resamples,
    params: &EvaluationParams,
) -> Option<Nested> {
    if split.n_folds < 3 || !split.is_measured {
        return None;
    }
    let outer: Vec<(usize, Votes)> = (0..split.n_folds)
        .into_par_iter()
        .map(|fold| choose_inside(subset, split, search, weights, fold, params))
        .collect();

    let votes = join(&outer, &split.folds);
    let scorer = Scorer::new(&votes);
    let mut workspace = Workspace::default();
    let all = vec![1; subset.n_samples()];
    let masks = split.masks();
    let multisets: Vec<&[u32]> = masks.iter().chain([&all]).map(Vec::as_slice).collect();
    let mut of_folds = scorer.measures_of_each(MeasureSet::ALL, &multisets, &mut workspace);
    let pooled = of_folds.pop().expect("the last multiset is all samples");
    let (mean, sd) = mean_and_sd(&of_folds);
    let folds = outer.iter().zip(of_folds).enumerate();
    let nested_fold = |(fold, (&(k, _), measures))| NestedFold { fold, k, measures };
    Some(Nested {
        folds: folds.map(nested_fold).collect(),
        mean,
        sd,
        pooled,
        optimism: optimism(plain, &votes, &mean, split, resamples, params),
    })
}

/// The k that the training part of one fold chooses, and the votes of all samples by it.
fn choose_inside(
    subset: &Subset,
    split: &Split,
    search: &Search,
    weights: Weights,
    outer: usize,
    params: &EvaluationParams,
) -> (usize, Votes) {
    let folds = &split.folds;
    // A sample of the outer fold is taught by the whole training part, any other by the training
    // part without its own fold.
    let lists = search.nearest(subset, params.k_max, |test, training| {
        folds[training] != outer && folds[training] != folds[test]
    });
    let inner: Vec<Vec<u32>> = (0..split.n_folds)
        .filter(|&fold| fold != outer)
        .map(|fold| split.mask(fold))
        .collect();
    let multisets: Vec<&[u32]> = inner.iter().map(Vec::as_slice).collect();
    let wanted = MeasureSet::from_iter([params.select_by]);
    let mut workspace = Workspace::default();
    let votes = |k| {
        vote(
            &lists,
            &subset.classes,
            subset.n_classes(),
            k,
            weights,
            params.ties,
        )
    };
    let mut chosen = (1, None);
    for k in 1..=params.k_max {
        let scorer = Scorer::of(&votes(k), wanted);
        let of_folds = scorer.measures_of_each(wanted, &multisets, &mut workspace);
        let (mean, _) = mean_and_sd(&of_folds);
        let Some(mean) = mean.get(params.select_by) else {
            continue;
        };
        let value = if params.select_by.higher_is_better() {
            mean
        } else {
            -mean
        };
        if chosen.1.is_none_or(|best| value > best) {
            chosen = (k, Some(value));
        }
    }
    (chosen.0, votes(chosen.0))
}

/// Every sample's votes by the k that its own fold was given.
fn join(outer: &[(usize, Votes)], folds: &[usize]) -> Votes {
    let of = |sample: usize| &outer[folds[sample]].1;
    let samples = 0..folds.len();
    Votes {
        n_classes: outer[0].1.n_classes,
        truth: outer[0].1.truth.clone(),
        predicted: samples
            .clone()
            .map(|sample| of(sample).predicted[sample])
            .collect(),
        places: samples
            .clone()
            .map(|sample| of(sample).places[sample])
            .collect(),
        scores: samples
            .flat_map(|sample| of(sample).scores(sample).iter().copied())
            .collect(),
    }
}

/// What choosing and testing on the same folds makes of the selecting measure.
fn optimism(
    plain: &Votes,
    nested: &Votes,
    nested_mean: &Measures,
    split: &Split,
    resamples: &Resamples,
    params: &EvaluationParams,
) -> Option<Optimism> {
    let measure = params.select_by;
    let wanted = MeasureSet::from_iter([measure]);
    let [plain_resampled, nested_resampled] =
        bootstrap_fold_means(resamples, [plain, nested], &split.folds, wanted);
    let masks = split.masks();
    let masks: Vec<&[u32]> = masks.iter().map(Vec::as_slice).collect();
    let of_folds =
        Scorer::of(plain, wanted).measures_of_each(wanted, &masks, &mut Workspace::default());
    let plain = mean_and_sd(&of_folds).0.get(measure)?;
    let nested = nested_mean.get(measure)?;
    Some(Optimism {
        measure,
        plain,
        nested,
        difference: plain - nested,
        interval: difference_interval(
            &plain_resampled,
            &nested_resampled,
            measure,
            params.confidence,
        ),
    })
}
