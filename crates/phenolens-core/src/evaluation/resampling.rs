//! How far a measure can be trusted: resampling of subjects, and swapping of two classifiers.
//!
//! Both are conditional on the predictions at hand: nothing is classified anew.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::k_sweep::mean_and_sd;
use super::{Interval, Measure, MeasureSet, Measures, Scorer, Votes, Workspace};
use crate::random::{Stream, Use};
use crate::statistics::percentile_interval;

/// Two differences of measures count as equal within this. A measure of swapped predictions adds the
/// same few numbers in another order, which moves it by some 10⁻¹⁶ and never by as much as one
/// sample does.
const EQUAL_WITHIN: f64 = 1e-12;

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
    let resamples = resample_subjects(
        first.truth(),
        subjects,
        n_resamples,
        seed,
        |multiplicities, workspace| {
            let measure = |scorer: &&Scorer| scorer.measures_of(wanted, multiplicities, workspace);
            scorers.iter().map(measure).collect::<Vec<Measures>>()
        },
    );
    let of_scorer = |scorer: usize| resamples.iter().map(|all| all[scorer]).collect();
    (0..scorers.len()).map(of_scorer).collect()
}

/// What `of_resample` makes of each of the resamples of [`bootstrap`].
///
/// * `classes`, `subjects`: of every sample, shape `(n_samples,)`;
/// * `of_resample`: of how often each sample is drawn, and a workspace that is kept between calls
///   and must not change what comes out.
///
/// # Panics
/// If there is not one subject per sample.
pub(super) fn resample_subjects<T: Send>(
    classes: &[usize],
    subjects: &[usize],
    n_resamples: usize,
    seed: u64,
    of_resample: impl Fn(&[u32], &mut Workspace) -> T + Sync,
) -> Vec<T> {
    let units = Units::new(classes, subjects);
    (0..n_resamples)
        .into_par_iter()
        .map_init(
            || (vec![0; subjects.len()], Workspace::default()),
            |(multiplicities, workspace), resample| {
                let mut stream = Stream::new(seed, Use::Bootstrap, resample as u64);
                units.draw(&mut stream, multiplicities);
                of_resample(multiplicities, workspace)
            },
        )
        .collect()
}

/// Means over folds of the `wanted` measures of `n_resamples` bootstrap resamples, for two classifiers of the
/// same samples.
///
/// The same resamples as in [`bootstrap`], measured fold by fold; a fold where a measure is undefined
/// is left out of its mean.
///
/// * `folds`: the fold of every sample, shape `(n_samples,)`.
pub(super) fn bootstrap_fold_means(
    classifiers: [&Votes; 2],
    folds: &[usize],
    subjects: &[usize],
    wanted: MeasureSet,
    n_resamples: usize,
    seed: u64,
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
            .map(|members| Scorer::new(&votes.of(members)))
            .collect()
    });
    let units = Units::new(&classifiers[0].truth, subjects);
    let resamples: Vec<[Measures; 2]> = (0..n_resamples)
        .into_par_iter()
        .map_init(
            || (vec![0; subjects.len()], Workspace::default()),
            |(multiplicities, workspace), resample| {
                let mut stream = Stream::new(seed, Use::Bootstrap, resample as u64);
                units.draw(&mut stream, multiplicities);
                let in_folds: Vec<Vec<u32>> = members
                    .iter()
                    .map(|members| {
                        members
                            .iter()
                            .map(|&sample| multiplicities[sample])
                            .collect()
                    })
                    .collect();
                let mut mean = |scorers: &[Scorer]| {
                    let of_folds: Vec<Measures> = scorers
                        .iter()
                        .zip(&in_folds)
                        .map(|(scorer, multiplicities)| {
                            scorer.measures_of(wanted, multiplicities, workspace)
                        })
                        .collect();
                    mean_and_sd(&of_folds).0
                };
                [mean(&scorers[0]), mean(&scorers[1])]
            },
        )
        .collect();
    [0, 1].map(|classifier| resamples.iter().map(|both| both[classifier]).collect())
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

/// How often chance alone parts two classifiers as far as they are: two-sided p-values, one per
/// `wanted` measure, `None` where the measure is undefined or `n_permutations` is 0.
///
/// * `first`, `second`: two classifiers of the same samples.
/// * `subjects`: the subject of every sample, shape `(n_samples,)`.
///
/// If the two were interchangeable, swapping their whole predictions of any subject would change
/// nothing. Each permutation swaps those of every subject with probability one half.
///
/// ```text
///      1 + #{ |d*| ≥ |d| }
/// p = ─────────────────────      d the difference of the measures, d* after swapping
///      1 + n_permutations
/// ```
///
/// Differences within 10⁻¹² count as equal. The result does not depend on the number of threads.
///
/// # Panics
/// If the classifiers differ in their true classes, or there is not one subject per sample.
///
/// # Source
/// Yeh (2000), COLING, 947-953: approximate randomization; the 1s are those of Phipson & Smyth
/// (2010), Stat. Appl. Genet. Mol. Biol. 9(1), 39.
pub fn swap_p_values(
    first: &Votes,
    second: &Votes,
    subjects: &[usize],
    wanted: MeasureSet,
    n_permutations: usize,
    seed: u64,
) -> Measures {
    swap_p_values_of_means(&[[first, second]], subjects, wanted, n_permutations, seed)
}

/// The same of the means of measures over several pairs of classifiers of the same samples, such as
/// those of several drawings of folds: a subject is swapped in all of them or in none.
pub(super) fn swap_p_values_of_means(
    pairs: &[[&Votes; 2]],
    subjects: &[usize],
    wanted: MeasureSet,
    n_permutations: usize,
    seed: u64,
) -> Measures {
    let pairs: Vec<Pair> = pairs
        .iter()
        .map(|[first, second]| {
            assert_eq!(first.n_samples(), subjects.len(), "one subject per sample");
            Pair::new(first, second, wanted)
        })
        .collect();
    let differences = |is_swapped: &[bool], scratch: &mut Scratch| {
        let of_pairs: Vec<Measures> = pairs
            .iter()
            .map(|pair| pair.differences(subjects, is_swapped, scratch))
            .collect();
        // A measure is defined for all pairs or for none: that is up to the true classes.
        Measures(Measure::ALL.map(|measure| {
            let values = of_pairs.iter().map(|all| all.get(measure));
            let sum = values.sum::<Option<f64>>()?;
            (!pairs.is_empty()).then(|| sum / pairs.len() as f64)
        }))
    };
    let n_subjects = subjects.iter().max().map_or(0, |&last| last + 1);
    let mut scratch = Scratch::default();
    let observed = differences(&vec![false; n_subjects], &mut scratch);

    let at_least_as_far: Vec<[bool; Measure::ALL.len()]> = (0..n_permutations)
        .into_par_iter()
        .map_init(Scratch::default, |scratch, permutation| {
            let mut stream = Stream::new(seed, Use::Permutation, permutation as u64);
            let is_swapped: Vec<bool> = (0..n_subjects).map(|_| stream.coin()).collect();
            let swapped = differences(&is_swapped, scratch);
            Measure::ALL.map(|measure| is_at_least_as_far(&swapped, &observed, measure))
        })
        .collect();

    Measures(Measure::ALL.map(|measure| {
        observed.get(measure)?;
        let count = |all: &&[bool; Measure::ALL.len()]| all[measure as usize];
        let n_as_far = at_least_as_far.iter().filter(count).count();
        (n_permutations > 0).then(|| (1 + n_as_far) as f64 / (1 + n_permutations) as f64)
    }))
}

/// What a bootstrap draws: the samples of one class and subject, together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Units {
    /// For each class its units by subject, rising, each a list of samples, rising.
    of_class: Vec<Vec<Vec<usize>>>,
}

impl Units {
    fn new(classes: &[usize], subjects: &[usize]) -> Units {
        assert_eq!(classes.len(), subjects.len(), "one subject per sample");
        let mut samples: Vec<usize> = (0..classes.len()).collect();
        samples.sort_by_key(|&sample| (classes[sample], subjects[sample]));
        let n_classes = classes.iter().max().map_or(0, |&last| last + 1);
        let mut of_class = vec![Vec::new(); n_classes];
        let same_unit =
            |&a: &usize, &b: &usize| (classes[a], subjects[a]) == (classes[b], subjects[b]);
        for unit in samples.chunk_by(same_unit) {
            of_class[classes[unit[0]]].push(unit.to_vec());
        }
        Units { of_class }
    }

    /// Draws every class's units, the classes in order, and counts how often each sample is drawn.
    fn draw(&self, stream: &mut Stream, multiplicities: &mut [u32]) {
        multiplicities.fill(0);
        for units in &self.of_class {
            for _ in units {
                for &sample in &units[stream.below(units.len())] {
                    multiplicities[sample] += 1;
                }
            }
        }
    }
}

/// Two classifiers of the same samples, measured as parts of one list of predictions.
struct Pair {
    /// Of the first's predictions, then the second's.
    scorer: Scorer,
    wanted: MeasureSet,
}

/// What a worker keeps between two permutations.
#[derive(Default)]
struct Scratch {
    multiplicities: Vec<u32>,
    workspace: Workspace,
}

impl Pair {
    fn new(first: &Votes, second: &Votes, wanted: MeasureSet) -> Pair {
        assert!(
            (first.n_classes, &first.truth) == (second.n_classes, &second.truth),
            "both classifiers have the same samples"
        );
        let scorer = Scorer::new(&Votes {
            n_classes: first.n_classes,
            truth: [&first.truth[..], &second.truth].concat(),
            predicted: [&first.predicted[..], &second.predicted].concat(),
            places: [&first.places[..], &second.places].concat(),
            scores: [&first.scores[..], &second.scores].concat(),
        });
        Pair { scorer, wanted }
    }

    /// First minus second after swapping the predictions of the subjects where `is_swapped`.
    fn differences(
        &self,
        subjects: &[usize],
        is_swapped: &[bool],
        scratch: &mut Scratch,
    ) -> Measures {
        let n_samples = subjects.len();
        let Scratch {
            multiplicities,
            workspace,
        } = scratch;
        multiplicities.resize(2 * n_samples, 0);
        let mut measure = |is_second: bool| {
            for (sample, &subject) in subjects.iter().enumerate() {
                let from_second = is_swapped[subject] != is_second;
                multiplicities[sample] = u32::from(!from_second);
                multiplicities[n_samples + sample] = u32::from(from_second);
            }
            self.scorer
                .measures_of(self.wanted, multiplicities, workspace)
        };
        let (first, second) = (measure(false), measure(true));
        Measures(Measure::ALL.map(|measure| difference(&first, &second, measure)))
    }
}

/// First minus second, where both are defined.
fn difference(first: &Measures, second: &Measures, measure: Measure) -> Option<f64> {
    Some(first.get(measure)? - second.get(measure)?)
}

/// Whether the swapped difference is as far from 0 as the observed one, or farther. Which measures
/// are defined is up to the true classes, which swapping does not change.
fn is_at_least_as_far(swapped: &Measures, observed: &Measures, measure: Measure) -> bool {
    match (swapped.get(measure), observed.get(measure)) {
        (Some(swapped), Some(observed)) => swapped.abs() >= observed.abs() - EQUAL_WITHIN,
        _ => false,
    }
}
