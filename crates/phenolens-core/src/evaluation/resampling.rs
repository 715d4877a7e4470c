//! How far a measure can be trusted: resampling of subjects, and swapping of two classifiers.
//!
//! Both are conditional on the predictions at hand: nothing is classified anew. Sixteen resamples are
//! drawn and measured side by side, so that the predictions are read once for all of them.

mod resamples;
mod swaps;
#[cfg(test)]
mod tests;

pub(super) use resamples::Resamples;
pub use swaps::swap_p_values;
pub(super) use swaps::swap_p_values_of_means;

use super::k_sweep::mean_and_sd;
use super::measures::{LANES, Multiplicities};
use super::{Interval, Measure, MeasureSet, Measures, Scorer, Votes, Workspace};
use crate::statistics::percentile_interval;

/// The `wanted` measures of `n_resamples` bootstrap resamples, for each of the `scorers`.
///
/// * `scorers`: classifiers of the same samples with the same true classes.
/// * `subjects`: the subject of every sample, shape `(n_samples,)`.
///
/// A subject's samples of one class are one unit. Each resample draws from the units of each class
/// as many as there are, with replacement. All scorers see the same resamples, so that the
/// difference of two of them has its own distribution (see [`difference_interval`]).
///
/// The result has one list per scorer, each of shape `(n_resamples,)`. It does not depend on the
/// number of threads. Takes O(n_resamples) times the sum of what [`Scorer::measures`] takes.
///
/// # Panics
/// If the scorers differ in their true classes, or there is not one subject per sample.
///
/// # Source
/// Field & Welsh (2007), J. R. Stat. Soc. B 69, 369-390: resampling whole clusters.
pub fn bootstrap(
    scorers: &[&Scorer],
    subjects: &[usize],
    wanted: MeasureSet,
    n_resamples: usize,
    seed: u64,
) -> Vec<Vec<Measures>> {
    let Some(first) = scorers.first() else {
        return Vec::new();
    };
    assert!(
        scorers.iter().all(|scorer| scorer.truth() == first.truth()),
        "all scorers have the same samples"
    );
    let resamples = Resamples::new(first.truth(), subjects, n_resamples, seed);
    bootstrap_again(&resamples, scorers, wanted)
}

/// The same of resamples that were drawn before.
pub(super) fn bootstrap_again(
    resamples: &Resamples,
    scorers: &[&Scorer],
    wanted: MeasureSet,
) -> Vec<Vec<Measures>> {
    let drawn: Vec<Vec<[Measures; LANES]>> = resamples.each(|multiplicities, workspace| {
        let measure =
            |scorer: &&Scorer| scorer.measures_in_lanes(wanted, multiplicities, workspace);
        scorers.iter().map(measure).collect()
    });
    let of_scorer = |scorer: usize| {
        let of_some = drawn.iter().map(|of_scorers| &of_scorers[scorer]);
        resamples.one_by_one(of_some).copied().collect()
    };
    (0..scorers.len()).map(of_scorer).collect()
}

/// What `of_resample` makes of each of the resamples of [`bootstrap`], one at a time.
///
/// * `classes`, `subjects`: of every sample, shape `(n_samples,)`;
/// * `of_resample`: of how often each sample is drawn, and a workspace that is kept between calls
///   and must not change what comes out.
///
/// # Panics
/// If there is not one subject per sample.
pub(crate) fn resample_subjects<T: Send>(
    classes: &[usize],
    subjects: &[usize],
    n_resamples: usize,
    seed: u64,
    of_resample: impl Fn(&[u32], &mut Workspace) -> T + Sync,
) -> Vec<T> {
    resample_subjects_in_lanes(classes, subjects, n_resamples, seed, |counts, workspace| {
        let mut multiplicities = Vec::with_capacity(counts.len());
        core::array::from_fn(|lane| {
            multiplicities.clear();
            multiplicities.extend(counts.iter().map(|counts| u32::from(counts[lane])));
            of_resample(&multiplicities, workspace)
        })
    })
}

/// The same with sixteen resamples at a time, so that what is known of a sample is read once for all of
/// them. Where fewer are left the other lanes are empty, and what is made of them is dropped.
pub(crate) fn resample_subjects_in_lanes<T: Send>(
    classes: &[usize],
    subjects: &[usize],
    n_resamples: usize,
    seed: u64,
    of_lanes: impl Fn(&[Multiplicities], &mut Workspace) -> [T; LANES] + Sync,
) -> Vec<T> {
    let resamples = Resamples::new(classes, subjects, n_resamples, seed);
    let drawn = resamples.each(of_lanes);
    drawn.into_iter().flatten().take(n_resamples).collect()
}

/// Means over folds of the `wanted` measures in every resample, for two classifiers of the same
/// samples; a fold where a measure is undefined is left out of its mean.
///
/// * `folds`: the fold of every sample, shape `(n_samples,)`.
pub(super) fn bootstrap_fold_means(
    resamples: &Resamples,
    classifiers: [&Votes; 2],
    folds: &[usize],
    wanted: MeasureSet,
) -> [Vec<Measures>; 2] {
    let n_folds = folds.iter().max().map_or(0, |&last| last + 1);
    let members: Vec<Vec<usize>> = (0..n_folds)
        .map(|fold| {
            (0..folds.len())
                .filter(|&sample| folds[sample] == fold)
                .collect()
        })
        .collect();
    let scorers = classifiers.map(|votes| -> Vec<Scorer> {
        members
            .iter()
            .map(|members| Scorer::of(&votes.of(members), wanted))
            .collect()
    });
    let drawn: Vec<[[Measures; LANES]; 2]> = resamples.each(|multiplicities, workspace| {
        let in_folds: Vec<Vec<Multiplicities>> = members
            .iter()
            .map(|members| {
                members
                    .iter()
                    .map(|&sample| multiplicities[sample])
                    .collect()
            })
            .collect();
        let mut means = |scorers: &[Scorer]| -> [Measures; LANES] {
            let of_folds: Vec<[Measures; LANES]> = scorers
                .iter()
                .zip(&in_folds)
                .map(|(scorer, multiplicities)| {
                    scorer.measures_in_lanes(wanted, multiplicities, workspace)
                })
                .collect();
            core::array::from_fn(|lane| {
                let folds: Vec<Measures> = of_folds.iter().map(|fold| fold[lane]).collect();
                mean_and_sd(&folds).0
            })
        };
        [means(&scorers[0]), means(&scorers[1])]
    });
    [0, 1].map(|classifier| {
        let of_some = drawn.iter().map(|both| &both[classifier]);
        resamples.one_by_one(of_some).copied().collect()
    })
}

/// The percentile interval of one measure; resamples where it is undefined are left out, and without
/// any other there is none.
///
/// * `confidence`: between 0 and 1.
pub fn interval(resampled: &[Measures], measure: Measure, confidence: f64) -> Option<Interval> {
    let values = resampled.iter().filter_map(|all| all.get(measure));
    percentile_interval(values.collect(), confidence)
}

/// The same of `first - second`, for two lists of one [`bootstrap`].
pub fn difference_interval(
    first: &[Measures],
    second: &[Measures],
    measure: Measure,
    confidence: f64,
) -> Option<Interval> {
    let pairs = first.iter().zip(second);
    let differences = pairs.filter_map(|(first, second)| difference(first, second, measure));
    percentile_interval(differences.collect(), confidence)
}

/// First minus second, where both are defined.
fn difference(first: &Measures, second: &Measures, measure: Measure) -> Option<f64> {
    Some(first.get(measure)? - second.get(measure)?)
}
