//! The figures of every group of one variable.

use super::contest::Contest;
use super::{Group, GroupMeasure, GroupedVariable, MIN_SUBJECTS, Variable};
use crate::evaluation::{
    EvaluationParams, Measure, MeasureSet, Measures, Scorer, Votes, Workspace, interval,
    resample_subjects,
};

/// What is predicted for every evaluated sample, and who it is of.
pub(super) struct Predictions<'a> {
    pub(super) votes: &'a Votes,
    /// The unit of independence of every sample.
    pub(super) groups: &'a [usize],
}

/// The samples with one value, or with none.
struct Members {
    value: Option<usize>,
    /// Rising.
    samples: Vec<usize>,
    n_subjects: usize,
}

/// What one resample gives.
struct Resample {
    /// Every measure of each group that is large enough.
    own: Vec<Measures>,
    /// The tested measures of what each test compares its group with.
    others: Vec<Measures>,
}

/// A variable, its groups, and which of them are tested.
pub(super) struct Grouping<'a> {
    variable: &'a Variable,
    /// The value of every evaluated sample.
    values: Vec<Option<usize>>,
    large: Vec<Members>,
    small: Vec<Members>,
    contest: Contest,
}

impl<'a> Grouping<'a> {
    /// * `values`: of every evaluated sample.
    pub(super) fn new(
        predictions: &Predictions,
        variable: &'a Variable,
        values: Vec<Option<usize>>,
        select_by: Measure,
    ) -> Grouping<'a> {
        let (large, small): (Vec<Members>, Vec<Members>) =
            members(predictions.groups, variable, &values)
                .into_iter()
                .partition(|members| members.n_subjects >= MIN_SUBJECTS);
        // Those of unknown value stand last.
        let tested: Vec<usize> = large.iter().filter_map(|members| members.value).collect();
        Grouping {
            contest: Contest::new(predictions, &values, &tested, select_by),
            variable,
            values,
            large,
            small,
        }
    }

    /// Tests that will be made: of groups and measures.
    pub(super) fn n_tests(&self) -> usize {
        self.contest.n_tests()
    }
}

/// Measures and tests every group.
///
/// * `index`: tells the permutations of one variable from those of another.
pub(super) fn measure_variable(
    predictions: &Predictions,
    grouping: &Grouping,
    index: usize,
    n_permutations: usize,
    params: &EvaluationParams,
) -> GroupedVariable {
    let Grouping {
        variable,
        large,
        small,
        contest,
        ..
    } = grouping;
    let resamples = resample(predictions, grouping, params);
    let permuted = contest.permute(index, n_permutations, params.seed);
    let differences = contest.differences(
        |test, resample: &Resample| [resample.own[test], resample.others[test]],
        &resamples,
        &permuted,
        params.confidence,
    );

    let mut groups: Vec<(Option<usize>, Group)> = Vec::new();
    let mut workspace = Workspace::default();
    for (place, members) in large.iter().enumerate() {
        let votes = predictions.votes.of(&members.samples);
        let once = vec![1; votes.n_samples()];
        let values = Scorer::new(&votes).measures(&once, &mut workspace);
        let values = over_present(values, n_present(&votes.truth), votes.n_classes);
        let resampled: Vec<Measures> = resamples.iter().map(|all| all.own[place]).collect();
        let of = |measure| GroupMeasure {
            measure,
            value: values.get(measure),
            interval: interval(&resampled, measure, params.confidence),
        };
        let group = Group {
            measures: Measure::ALL.map(of).to_vec(),
            standardized_accuracy: standardized_accuracy(&predictions.votes.truth, &votes),
            differences: differences.get(place).cloned().unwrap_or_default(),
            ..group(members, variable)
        };
        groups.push((members.value, group));
    }
    groups.extend(small.iter().map(|m| (m.value, group(m, variable))));
    groups.sort_by_key(|&(value, _)| (value.is_none(), value));
    GroupedVariable {
        name: variable.name().to_owned(),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
    }
}

/// A group without figures.
fn group(members: &Members, variable: &Variable) -> Group {
    Group {
        value: members.value.map(|value| variable.names()[value].clone()),
        n_subjects: members.n_subjects,
        n_samples: members.samples.len(),
        is_too_small: members.n_subjects < MIN_SUBJECTS,
        measures: Vec::new(),
        standardized_accuracy: None,
        differences: Vec::new(),
    }
}

/// The samples of every value that occurs, by value, those without one last.
fn members(groups: &[usize], variable: &Variable, values: &[Option<usize>]) -> Vec<Members> {
    let known = (0..variable.names().len()).map(Some);
    let with = |value: Option<usize>| {
        let has_value = |&sample: &usize| values[sample] == value;
        let samples: Vec<usize> = (0..values.len()).filter(has_value).collect();
        let mut subjects: Vec<usize> = samples.iter().map(|&sample| groups[sample]).collect();
        subjects.sort_unstable();
        subjects.dedup();
        Members {
            value,
            n_subjects: subjects.len(),
            samples,
        }
    };
    known
        .chain([None])
        .map(with)
        .filter(|members| members.n_subjects > 0)
        .collect()
}

/// Draws subjects within their class and within the values that their samples have, so that every
/// group keeps its size and its classes, and one draw is one of all groups.
fn resample(
    predictions: &Predictions,
    grouping: &Grouping,
    params: &EvaluationParams,
) -> Vec<Resample> {
    let Grouping {
        values,
        large,
        contest,
        ..
    } = grouping;
    let scorers: Vec<(Scorer, usize)> = large
        .iter()
        .map(|members| {
            let votes = predictions.votes.of(&members.samples);
            (Scorer::new(&votes), n_present(&votes.truth))
        })
        .collect();
    let strata = strata(&predictions.votes.truth, predictions.groups, values);
    resample_subjects(
        &strata,
        predictions.groups,
        params.n_resamples,
        params.seed,
        |multiplicities, workspace| {
            let own = large.iter().zip(&scorers).map(|(members, (scorer, n))| {
                let drawn: Vec<u32> = members
                    .samples
                    .iter()
                    .map(|&sample| multiplicities[sample])
                    .collect();
                let measures = scorer.measures_of(MeasureSet::ALL, &drawn, workspace);
                over_present(measures, *n, scorer.n_classes())
            });
            Resample {
                own: own.collect(),
                others: contest.others(multiplicities, workspace),
            }
        },
    )
}

/// A number for every combination of a class and of the values that a subject's samples of it have.
fn strata(classes: &[usize], groups: &[usize], values: &[Option<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&sample| (classes[sample], groups[sample], values[sample]));
    let same_unit = |&a: &usize, &b: &usize| (classes[a], groups[a]) == (classes[b], groups[b]);
    /// A class, what its values are, and the samples.
    type Pattern<'a> = (usize, Vec<Option<usize>>, &'a [usize]);
    let mut patterns: Vec<Pattern> = order
        .chunk_by(same_unit)
        .map(|unit| {
            let mut pattern: Vec<Option<usize>> = unit.iter().map(|&s| values[s]).collect();
            pattern.dedup();
            (classes[unit[0]], pattern, unit)
        })
        .collect();
    patterns.sort();
    let mut strata = vec![0; classes.len()];
    let same_stratum = |a: &Pattern, b: &Pattern| (a.0, &a.1) == (b.0, &b.1);
    for (stratum, units) in patterns.chunk_by(same_stratum).enumerate() {
        for &sample in units.iter().flat_map(|(_, _, unit)| *unit) {
            strata[sample] = stratum;
        }
    }
    strata
}

/// How many classes occur.
pub(super) fn n_present(classes: &[usize]) -> usize {
    let mut classes = classes.to_vec();
    classes.sort_unstable();
    classes.dedup();
    classes.len()
}

/// Makes means over all classes means over those that are present: the others add 0 to the sums.
pub(super) fn over_present(values: Measures, n_present: usize, n_classes: usize) -> Measures {
    let mut corrected = values;
    let factor = n_classes as f64 / n_present as f64;
    for measure in [
        Measure::PrecisionMacro,
        Measure::RecallMacro,
        Measure::F1Macro,
    ] {
        if let Some(value) = values.get(measure) {
            corrected.set(measure, value * factor);
        }
    }
    corrected
}

/// `∑ over classes of share of the class among all samples · recall in the group`; `None` where the
/// group lacks a class that is evaluated.
fn standardized_accuracy(all: &[usize], of_group: &Votes) -> Option<f64> {
    let mut sum = 0.0;
    for class in 0..of_group.n_classes {
        let size = all.iter().filter(|&&other| other == class).count();
        let pairs = of_group.truth.iter().zip(&of_group.predicted);
        let of_class: Vec<bool> = pairs
            .filter(|&(&truth, _)| truth == class)
            .map(|(truth, predicted)| truth == predicted)
            .collect();
        if size == 0 {
            continue;
        }
        if of_class.is_empty() {
            return None;
        }
        let n_right = of_class.iter().filter(|&&right| right).count();
        sum += size as f64 * n_right as f64 / of_class.len() as f64;
    }
    Some(sum / all.len() as f64)
}
