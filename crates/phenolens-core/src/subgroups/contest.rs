//! Each group against the others of its variable.

use rayon::prelude::*;

use super::GroupDifference;
use super::figures::{Predictions, n_present, over_present};
use crate::evaluation::{
    Interval, Measure, MeasureSet, Measures, Scorer, Workspace, difference_interval,
};
use crate::random::{Stream, Use};

/// Two differences count as equally far within this; see the swaps of two classifiers.
const EQUAL_WITHIN: f64 = 1e-12;

/// The groups of one variable that are tested.
///
/// Groups are numbered by their place among the tested. Of two there is one test, that of the first;
/// of fewer there is none.
pub(super) struct Contest {
    scorer: Scorer,
    /// The group of every sample; `None` where it takes no part.
    labels: Vec<Option<usize>>,
    n_tested: usize,
    /// Classes present in the group and in the others, one pair per test.
    n_present: Vec<[usize; 2]>,
    /// Accuracy and the selecting measure.
    measures: Vec<Measure>,
    wanted: MeasureSet,
    units: Vec<Unit>,
}

/// The samples of one class, subject and value; by class.
struct Unit {
    class: usize,
    label: usize,
    samples: Vec<usize>,
}

/// What a worker keeps between two permutations.
#[derive(Default)]
struct Scratch {
    labels: Vec<Option<usize>>,
    multiplicities: Vec<u32>,
    workspace: Workspace,
}

impl Contest {
    /// * `values`: of every sample; `tested`: the values of the tested groups, rising.
    pub(super) fn new(
        predictions: &Predictions,
        values: &[Option<usize>],
        tested: &[usize],
        select_by: Measure,
    ) -> Contest {
        let place = |value: usize| tested.binary_search(&value).ok();
        let labels: Vec<Option<usize>> = values.iter().map(|value| value.and_then(place)).collect();
        let classes = &predictions.votes.truth;
        let n_tests = match tested.len() {
            0 | 1 => 0,
            2 => 1,
            more => more,
        };
        let classes_where = |takes_part: &dyn Fn(usize) -> bool| {
            let samples = labels.iter().zip(classes);
            let classes: Vec<usize> = samples
                .filter_map(|(label, &class)| label.is_some_and(takes_part).then_some(class))
                .collect();
            n_present(&classes)
        };
        let n_present = (0..n_tests).map(|test| {
            [
                classes_where(&|label| label == test),
                classes_where(&|label| label != test),
            ]
        });
        let mut measures = vec![Measure::Accuracy, select_by];
        measures.dedup();
        Contest {
            scorer: Scorer::new(predictions.votes),
            n_tested: tested.len(),
            n_present: n_present.collect(),
            wanted: measures.iter().copied().collect(),
            measures,
            units: units(classes, predictions.groups, &labels),
            labels,
        }
    }

    /// Tests of groups and measures.
    pub(super) fn n_tests(&self) -> usize {
        self.n_present.len() * self.measures.len()
    }

    /// The tested measures of what each test compares its group with, in a multiset of samples.
    pub(super) fn others(
        &self,
        multiplicities: &[u32],
        workspace: &mut Workspace,
    ) -> Vec<Measures> {
        let mut of_others = vec![0; multiplicities.len()];
        let mut measure = |(test, n_present): (usize, &[usize; 2])| {
            for ((count, &times), label) in
                of_others.iter_mut().zip(multiplicities).zip(&self.labels)
            {
                *count = match label {
                    Some(label) if *label != test => times,
                    _ => 0,
                };
            }
            self.measure(&of_others, n_present[1], workspace)
        };
        self.n_present
            .iter()
            .enumerate()
            .map(&mut measure)
            .collect()
    }

    /// For every tested group its differences; empty where there is no test.
    ///
    /// * `pair`: group and others of a test in one of the `resamples`;
    /// * `permuted`: what [`Contest::permute`] gave.
    pub(super) fn differences<T>(
        &self,
        pair: impl Fn(usize, &T) -> [Measures; 2],
        resamples: &[T],
        permuted: &[Vec<Option<f64>>],
        confidence: f64,
    ) -> Vec<Vec<GroupDifference>> {
        let observed = self.permuted_differences(&mut Scratch {
            labels: self.labels.clone(),
            ..Scratch::default()
        });
        let mut of_groups: Vec<Vec<GroupDifference>> = Vec::new();
        for test in 0..self.n_present.len() {
            let pairs = resamples.iter().map(|resample| pair(test, resample));
            let [own, others]: [Vec<Measures>; 2] = {
                let pairs: Vec<[Measures; 2]> = pairs.collect();
                [0, 1].map(|side| pairs.iter().map(|pair| pair[side]).collect())
            };
            let difference = |(place, &measure): (usize, &Measure)| {
                let column = test * self.measures.len() + place;
                let difference = observed[column]?;
                let permuted = permuted.iter().map(|row| row[column]);
                let permuted = permuted.collect::<Option<Vec<f64>>>()?;
                let test = (!permuted.is_empty()).then(|| two_sided(difference, &permuted));
                Some(GroupDifference {
                    measure,
                    difference,
                    interval: difference_interval(&own, &others, measure, confidence),
                    by_class_mix: test.map(|test| test.mean),
                    p_value: test.map(|test| test.p_value),
                    p_holm: None,
                })
            };
            let of_measures = self.measures.iter().enumerate();
            of_groups.push(of_measures.filter_map(difference).collect());
        }
        if self.n_tested == 2 {
            let mirrored = of_groups[0].iter().map(mirrored).collect();
            of_groups.push(mirrored);
        }
        of_groups
    }

    /// The differences under permuted labels: for every permutation one row of all tests and measures.
    pub(super) fn permute(
        &self,
        index: usize,
        n_permutations: usize,
        seed: u64,
    ) -> Vec<Vec<Option<f64>>> {
        if self.n_tests() == 0 {
            return Vec::new();
        }
        (0..n_permutations)
            .into_par_iter()
            .map_init(Scratch::default, |scratch, permutation| {
                let number = (index as u64) << 32 | permutation as u64;
                let mut stream = Stream::new(seed, Use::Subgroups, number);
                scratch.labels.clone_from(&self.labels);
                for units in self.units.chunk_by(|a, b| a.class == b.class) {
                    let mut labels: Vec<usize> = units.iter().map(|unit| unit.label).collect();
                    stream.shuffle(&mut labels);
                    for (unit, label) in units.iter().zip(labels) {
                        for &sample in &unit.samples {
                            scratch.labels[sample] = Some(label);
                        }
                    }
                }
                self.permuted_differences(scratch)
            })
            .collect()
    }

    /// Group minus others of every test and measure, with the labels of `scratch`.
    fn permuted_differences(&self, scratch: &mut Scratch) -> Vec<Option<f64>> {
        let Scratch {
            labels,
            multiplicities,
            workspace,
        } = scratch;
        let mut row = Vec::new();
        for (test, n_present) in self.n_present.iter().enumerate() {
            let mut measure = |is_own: bool| {
                let takes_part =
                    |label: &Option<usize>| label.is_some_and(|l| (l == test) == is_own);
                multiplicities.clear();
                multiplicities.extend(labels.iter().map(|label| u32::from(takes_part(label))));
                self.measure(multiplicities, n_present[usize::from(!is_own)], workspace)
            };
            let (own, others) = (measure(true), measure(false));
            let difference = |&measure| Some(own.get(measure)? - others.get(measure)?);
            row.extend(self.measures.iter().map(difference));
        }
        row
    }

    fn measure(
        &self,
        multiplicities: &[u32],
        n_present: usize,
        workspace: &mut Workspace,
    ) -> Measures {
        let measures = self
            .scorer
            .measures_of(self.wanted, multiplicities, workspace);
        over_present(measures, n_present, self.scorer.n_classes())
    }
}

/// The units of all samples that take part, by class, subject and label.
fn units(classes: &[usize], groups: &[usize], labels: &[Option<usize>]) -> Vec<Unit> {
    let mut keyed: Vec<(usize, usize, usize, usize)> = labels
        .iter()
        .enumerate()
        .filter_map(|(sample, label)| Some((classes[sample], groups[sample], (*label)?, sample)))
        .collect();
    keyed.sort_unstable();
    let same_unit = |a: &(usize, usize, usize, usize), b: &(usize, usize, usize, usize)| {
        (a.0, a.1, a.2) == (b.0, b.1, b.2)
    };
    keyed
        .chunk_by(same_unit)
        .map(|unit| Unit {
            class: unit[0].0,
            label: unit[0].2,
            samples: unit.iter().map(|&(.., sample)| sample).collect(),
        })
        .collect()
}

/// What permutations make of a difference.
#[derive(Clone, Copy)]
struct TwoSided {
    mean: f64,
    p_value: f64,
}

/// Twice the smaller tail: the permutations need not lie around 0, nor the same to both sides.
///
/// * `permuted`: at least one.
fn two_sided(observed: f64, permuted: &[f64]) -> TwoSided {
    let n_low = permuted.iter().filter(|&&d| d <= observed + EQUAL_WITHIN);
    let n_high = permuted.iter().filter(|&&d| d >= observed - EQUAL_WITHIN);
    let n_in_tail = n_low.count().min(n_high.count());
    let n = permuted.len() as f64;
    TwoSided {
        mean: permuted.iter().sum::<f64>() / n,
        p_value: (2.0 * (1.0 + n_in_tail as f64) / (1.0 + n)).min(1.0),
    }
}

/// The same difference seen from the other of two groups.
fn mirrored(difference: &GroupDifference) -> GroupDifference {
    GroupDifference {
        difference: -difference.difference,
        interval: difference.interval.map(|range| Interval {
            low: -range.high,
            high: -range.low,
        }),
        by_class_mix: difference.by_class_mix.map(|value| -value),
        ..*difference
    }
}
