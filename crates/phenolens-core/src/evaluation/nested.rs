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
use super::voting::{VotingRule, predict_every_k, vote_jointly, vote_on};
use super::{
    EvaluationParams, MeasureSet, Measures, Nested, NestedFold, Optimism, Scores, Votes, Weights,
};

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

    let votes = join(&outer, &subset.classes, &split.folds);
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

/// The k that the training part of one fold chooses, and the votes on the samples of the fold by it.
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
    let is_training = |sample: usize| folds[sample] != outer;
    let lists = search.nearest_teachers(subset, folds, params.k_max, is_training);
    let inner: Vec<Vec<u32>> = (0..split.n_folds)
        .filter(|&fold| fold != outer)
        .map(|fold| split.mask(fold))
        .collect();
    let multisets: Vec<&[u32]> = inner.iter().map(Vec::as_slice).collect();
    let wanted = MeasureSet::from_iter([params.select_by]);
    let mut workspace = Workspace::default();
    let rule = |k| VotingRule {
        n_classes: subset.n_classes(),
        k,
        weights,
        ties: params.ties,
    };
    let mut predicted = match wanted.reads_scores() || wanted.reads_places() {
        true => Vec::new(),
        false => predict_every_k(&lists, &subset.classes, &rule(params.k_max)),
    };
    let mut chosen = (1, None);
    for k in 1..=params.k_max {
        let votes = match predicted.get_mut(k - 1) {
            Some(predicted) => Votes {
                n_classes: subset.n_classes(),
                truth: subset.classes.clone(),
                predicted: predicted.drain(..).map(|class| class as usize).collect(),
                places: Vec::new(),
                scores: Scores::new(subset.n_classes()),
            },
            None => vote_on(&lists, &subset.classes, &subset.classes, &rule(k)),
        };
        let scorer = Scorer::of(&votes, wanted);
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
    let (k, _) = chosen;
    let members: Vec<usize> = (0..folds.len())
        .filter(|&sample| folds[sample] == outer)
        .collect();
    let truth: Vec<usize> = members
        .iter()
        .map(|&sample| subset.classes[sample])
        .collect();
    let units: Vec<&[usize]> = members.chunks(1).collect();
    (
        k,
        vote_jointly(&lists, &units, &truth, &subset.classes, &rule(k)),
    )
}

/// Every sample's votes by the k that its own fold was given.
///
/// * `outer`: of each fold its votes, samples rising.
fn join(outer: &[(usize, Votes)], truth: &[usize], folds: &[usize]) -> Votes {
    let n_classes = outer[0].1.n_classes;
    let mut joined = Votes {
        n_classes,
        truth: truth.to_vec(),
        predicted: Vec::with_capacity(truth.len()),
        places: Vec::with_capacity(truth.len()),
        scores: Scores::new(n_classes),
    };
    let mut n_joined = vec![0; outer.len()];
    for &fold in folds {
        let (votes, place) = (&outer[fold].1, n_joined[fold]);
        n_joined[fold] += 1;
        joined.predicted.push(votes.predicted[place]);
        joined.places.push(votes.places[place]);
        joined.scores.extend([votes.scores(place)]);
    }
    joined
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
