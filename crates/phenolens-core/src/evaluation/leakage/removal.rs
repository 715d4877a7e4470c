//! The same folds with and without training samples of the tested subject.

use rayon::prelude::*;

use super::{
    Control, MOST_RESAMPLES, Removal, RemovalPoint, audited_measures, control, fewest_left,
};
use crate::evaluation::measures::{Counts, LANES, Multiplicities, Scorer, Workspace};
use crate::evaluation::resampling::{Resamples, bootstrap, swap_p_values_of_means};
use crate::evaluation::search::Search;
use crate::evaluation::splits::{Split, splits};
use crate::evaluation::subset::Subset;
use crate::evaluation::voting::{NeighborLists, vote};
use crate::evaluation::{
    Evaluation, EvaluationError, EvaluationParams, Interval, Measure, MeasureSet, Measures,
    Protocol, Votes, Weights,
};
use crate::neighbors::Distance;
use crate::statistics::percentile_interval;

/// Drawings of folds, where samples are few.
const N_SEEDS: usize = 10;

/// Samples of all drawings together, about, so that many samples are drawn less often.
const N_DRAWN: usize = 100_000;

/// Drawings that are resampled for the interval of a measure that is no mean over samples: whose
/// subjects are drawn moves a difference about five times as much as which folds are.
const N_RESAMPLED_SEEDS: usize = 3;

/// Every classifier under every protocol that puts samples of one group on both sides.
///
/// None under a protocol where the removal leaves some test sample fewer than `k_max` training
/// samples.
pub(super) fn removals(
    subset: &Subset,
    searches: &[Search],
    evaluation: &Evaluation,
    params: &EvaluationParams,
) -> Result<Vec<Removal>, EvaluationError> {
    let n_seeds = (N_DRAWN / subset.n_samples()).clamp(1, N_SEEDS);
    let drawing = EvaluationParams {
        n_repeats: n_seeds,
        ..params.clone()
    };
    let mut removals = Vec::new();
    for &protocol in &params.protocols {
        if protocol.holds_out_subjects() {
            continue;
        }
        let splits = splits(subset, protocol, &drawing)?;
        let leaks = splits.iter().any(|split| leaks(&subset.groups, split));
        let suits = |split| fewest_left(&subset.groups, split) >= params.k_max;
        if !leaks || !splits.iter().all(suits) {
            continue;
        }
        let controls: Vec<Vec<Vec<usize>>> = splits
            .iter()
            .zip(0..)
            .map(|(split, index)| control::removed(subset, split, params.seed, index))
            .collect();
        let mut classifiers = Vec::new();
        for search in searches {
            let lists: Vec<Drawing> = splits
                .iter()
                .zip(&controls)
                .map(|(split, control)| Drawing::new(search, subset, split, control, params.k_max))
                .collect();
            let distance = search.distance();
            for &weights in params.weights.iter().filter(|w| w.suit(distance)) {
                let k = headline_k(evaluation, distance, weights);
                classifiers.push(Classifier::new(
                    subset, &lists, distance, weights, k, params,
                ));
            }
        }
        removals.extend(measured(&classifiers, subset, protocol, params));
    }
    Ok(removals)
}

/// Whether some group has samples in two folds.
fn leaks(groups: &[usize], split: &Split) -> bool {
    let mut places: Vec<(usize, usize)> = groups.iter().copied().zip(split.folds.clone()).collect();
    places.sort_unstable();
    places
        .windows(2)
        .any(|two| two[0].0 == two[1].0 && two[0].1 != two[1].1)
}

/// The neighbors of one drawing of folds.
struct Drawing {
    /// Among all training samples.
    leaky: NeighborLists,
    /// Among those of other groups.
    clean: NeighborLists,
    /// Among all but as many of other groups.
    control: NeighborLists,
}

impl Drawing {
    fn new(
        search: &Search,
        subset: &Subset,
        split: &Split,
        control: &[Vec<usize>],
        k: usize,
    ) -> Drawing {
        let (folds, groups) = (&split.folds, &subset.groups);
        let teaches = |test: usize, training: usize| folds[test] != folds[training];
        let is_clean = |test, training| teaches(test, training) && groups[test] != groups[training];
        let is_left =
            |test, training| teaches(test, training) && !control[test].contains(&training);
        Drawing {
            leaky: search.across_folds(subset, folds, k),
            clean: search.nearest(subset, k, is_clean),
            control: search.nearest(subset, k, is_left),
        }
    }
}

/// The k that the headline protocol chose for the same distance and weights.
fn headline_k(evaluation: &Evaluation, distance: Distance, weights: Weights) -> usize {
    let runs = evaluation.protocols.iter().flat_map(|part| &part.runs);
    let mut of_it = runs.filter(|run| run.distance == distance && run.weights == weights);
    of_it.next().map_or(1, |run| run.k)
}

/// One distance and vote, drawn several times.
struct Classifier {
    distance: Distance,
    weights: Weights,
    n_seeds: usize,
    /// One per k, from 1.
    at_k: Vec<AtK>,
}

/// All drawings at one k.
struct AtK {
    k: usize,
    /// One per drawing.
    leaky: Vec<Measures>,
    clean: Vec<Measures>,
    /// At the headline's k, else none.
    control: Vec<Measures>,
    /// Over drawings, how much more often each sample is right with its own group in training than
    /// without; samples where that is 0 are missing.
    gains: Vec<(usize, i32)>,
    /// Leaky, clean and control of the first drawings at the headline's k, else none.
    scorers: Vec<Scorer>,
    /// Control and clean of the same drawings.
    votes: Vec<[Votes; 2]>,
}

impl Classifier {
    fn new(
        subset: &Subset,
        drawings: &[Drawing],
        distance: Distance,
        weights: Weights,
        headline_k: usize,
        params: &EvaluationParams,
    ) -> Classifier {
        let at_k = (1..=params.k_max)
            .into_par_iter()
            .map(|k| AtK::new(subset, drawings, k, weights, k == headline_k, params))
            .collect();
        Classifier {
            distance,
            weights,
            n_seeds: drawings.len(),
            at_k,
        }
    }
}

impl AtK {
    fn new(
        subset: &Subset,
        drawings: &[Drawing],
        k: usize,
        weights: Weights,
        is_headline: bool,
        params: &EvaluationParams,
    ) -> AtK {
        let n_samples = subset.n_samples();
        let all = vec![1; n_samples];
        let mut workspace = Workspace::default();
        let mut at_k = AtK {
            k,
            leaky: Vec::new(),
            clean: Vec::new(),
            control: Vec::new(),
            gains: Vec::new(),
            scorers: Vec::new(),
            votes: Vec::new(),
        };
        let classify = |lists: &NeighborLists| {
            let (classes, n_classes) = (&subset.classes, subset.n_classes());
            vote(lists, classes, n_classes, k, weights, params.ties)
        };
        let wanted: MeasureSet = audited_measures(params).into_iter().collect();
        let mut measure =
            |scorer: &Scorer| scorer.measures_of_each(wanted, &[&all], &mut workspace)[0];
        let mut gains = vec![0; n_samples];
        for (index, drawing) in drawings.iter().enumerate() {
            let (leaky, clean) = (classify(&drawing.leaky), classify(&drawing.clean));
            for (sample, gain) in gains.iter_mut().enumerate() {
                let truth = subset.classes[sample];
                *gain += i32::from(leaky.predicted[sample] == truth);
                *gain -= i32::from(clean.predicted[sample] == truth);
            }
            let leaky = Scorer::of(&leaky, wanted);
            let clean_scorer = Scorer::of(&clean, wanted);
            at_k.leaky.push(measure(&leaky));
            at_k.clean.push(measure(&clean_scorer));
            if is_headline {
                let control = classify(&drawing.control);
                let control_scorer = Scorer::of(&control, wanted);
                at_k.control.push(measure(&control_scorer));
                if index < N_RESAMPLED_SEEDS {
                    at_k.scorers.extend([leaky, clean_scorer, control_scorer]);
                    at_k.votes.push([control, clean]);
                }
            }
        }
        let moved = gains.into_iter().enumerate().filter(|&(_, gain)| gain != 0);
        at_k.gains = moved.collect();
        at_k
    }
}

/// The figures of one protocol's classifiers and their intervals.
fn measured(
    classifiers: &[Classifier],
    subset: &Subset,
    protocol: Protocol,
    params: &EvaluationParams,
) -> Vec<Removal> {
    let mut of_accuracy = accuracy_intervals(classifiers, subset, params).into_iter();
    let of_classifier = |classifier: &Classifier| {
        let mut points = Vec::new();
        for at_k in &classifier.at_k {
            let accuracy = of_accuracy.next().flatten();
            let deviations = Deviations::new(at_k, subset, params);
            let p_values = at_k.p_values(subset, params);
            for measure in audited_measures(params) {
                let Some(mut point) = at_k.point(measure) else {
                    continue;
                };
                let around = |center: f64, deviations: &[Measures]| {
                    let of_measure = deviations.iter().filter_map(|all| all.get(measure));
                    let values = of_measure.map(|deviation| center + deviation).collect();
                    percentile_interval(values, params.confidence)
                };
                point.interval = match measure {
                    Measure::Accuracy => accuracy,
                    _ => around(point.difference, &deviations.of_removal),
                };
                if let Some(control) = &mut point.control {
                    control.interval = around(control.leak, &deviations.of_leak);
                    control.p_value = p_values.get(measure);
                }
                points.push(point);
            }
        }
        Removal {
            protocol,
            distance: classifier.distance,
            weights: classifier.weights,
            n_seeds: classifier.n_seeds,
            points,
        }
    };
    classifiers.iter().map(of_classifier).collect()
}

impl AtK {
    /// How easily chance parts control and clean as far.
    fn p_values(&self, subset: &Subset, params: &EvaluationParams) -> Measures {
        let pairs: Vec<[&Votes; 2]> = self
            .votes
            .iter()
            .map(|[control, clean]| [control, clean])
            .collect();
        if pairs.is_empty() {
            return Measures::UNDEFINED;
        }
        // Those that count predictions cost little; areas would cost more than all the rest.
        let wanted = [Measure::Accuracy, params.select_by].into_iter().collect();
        let n_permutations = params.n_resamples.min(MOST_RESAMPLES);
        swap_p_values_of_means(&pairs, &subset.groups, wanted, n_permutations, params.seed)
    }

    /// Without intervals; `None` where the measure is undefined.
    fn point(&self, measure: Measure) -> Option<RemovalPoint> {
        let (leaky, clean) = (mean(&self.leaky, measure)?, mean(&self.clean, measure)?);
        let control = mean(&self.control, measure);
        Some(RemovalPoint {
            k: self.k,
            measure,
            leaky,
            clean,
            difference: leaky - clean,
            interval: None,
            control: control.map(|value| Control {
                value,
                leak: value - clean,
                interval: None,
                p_value: None,
            }),
        })
    }
}

/// The mean over drawings; `None` where the measure is undefined in one, or there is none.
fn mean(drawings: &[Measures], measure: Measure) -> Option<f64> {
    let values = drawings.iter().map(|drawing| drawing.get(measure));
    let sum: f64 = values.sum::<Option<f64>>()?;
    (!drawings.is_empty()).then(|| sum / drawings.len() as f64)
}

/// Intervals of the difference in accuracy, one for each classifier and k.
///
/// The accuracy is a mean over samples, and so is its mean over drawings: in a resample the
/// difference is the sum of the gains of the samples drawn over their number.
fn accuracy_intervals(
    classifiers: &[Classifier],
    subset: &Subset,
    params: &EvaluationParams,
) -> Vec<Option<Interval>> {
    let at_ks: Vec<(&AtK, usize)> = classifiers
        .iter()
        .flat_map(|classifier| {
            classifier
                .at_k
                .iter()
                .map(|at_k| (at_k, classifier.n_seeds))
        })
        .collect();
    let differences =
        |&(at_k, n_seeds): &(&AtK, usize), multiplicities: &[Multiplicities], n: &Counts| {
            let mut sums = [0; LANES];
            for &(sample, gain) in &at_k.gains {
                for (sum, &multiplicity) in sums.iter_mut().zip(&multiplicities[sample]) {
                    *sum += i32::from(multiplicity) * gain;
                }
            }
            let share = |lane: usize| f64::from(sums[lane]) / (f64::from(n[lane]) * n_seeds as f64);
            core::array::from_fn(share)
        };
    let resamples = Resamples::new(
        &subset.classes,
        &subset.groups,
        params.n_resamples,
        params.seed,
    );
    let drawn: Vec<Vec<[f64; LANES]>> = resamples.each(|multiplicities, _| {
        let mut n_drawn = [0; LANES];
        for counts in multiplicities {
            for (sum, &count) in n_drawn.iter_mut().zip(counts) {
                *sum += i32::from(count);
            }
        }
        let of = |at_k| differences(at_k, multiplicities, &n_drawn);
        at_ks.iter().map(of).collect()
    });
    (0..at_ks.len())
        .map(|index| {
            let of_some = drawn.iter().map(|all| &all[index]);
            let values = resamples.one_by_one(of_some).copied().collect();
            percentile_interval(values, params.confidence)
        })
        .collect()
}

/// By how much differences, as means over the first drawings, differ in resamples from what they are
/// of all samples: at most [`MOST_RESAMPLES`] of each, none where no scorers were kept.
struct Deviations {
    /// Of leaky minus clean.
    of_removal: Vec<Measures>,
    /// Of control minus clean.
    of_leak: Vec<Measures>,
}

impl Deviations {
    fn new(at_k: &AtK, subset: &Subset, params: &EvaluationParams) -> Deviations {
        let scorers: Vec<&Scorer> = at_k.scorers.iter().collect();
        let n_resamples = params.n_resamples.min(MOST_RESAMPLES);
        let resampled = bootstrap(
            &scorers,
            &subset.groups,
            audited_measures(params).into_iter().collect(),
            n_resamples,
            params.seed,
        );
        let of = |side: usize, whole: &[Measures]| -> Vec<Measures> {
            if resampled.is_empty() {
                return Vec::new();
            }
            let of_resample = |resample: usize| {
                Measures(Measure::ALL.map(|measure| {
                    let mut sum = 0.0;
                    let mut n_drawings = 0.0;
                    for (drawing, scorers) in resampled.chunks_exact(3).enumerate() {
                        let value = |scorer: usize| scorers[scorer][resample].get(measure);
                        sum += value(side)? - value(1)?;
                        sum -= whole[drawing].get(measure)? - at_k.clean[drawing].get(measure)?;
                        n_drawings += 1.0;
                    }
                    Some(sum / n_drawings)
                }))
            };
            (0..n_resamples).map(of_resample).collect()
        };
        Deviations {
            of_removal: of(0, &at_k.leaky),
            of_leak: of(2, &at_k.control),
        }
    }
}
