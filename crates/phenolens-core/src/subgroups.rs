//! Groups of people: how the headline's classifier does on each of them, and whether it does
//! differently.

mod contest;
mod figures;
#[cfg(test)]
mod tests;
mod variable;

pub use variable::Variable;

use serde::Serialize;

use self::figures::{Grouping, Predictions, measure_variable};
use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, EvaluationParams, Interval, Measure, Protocol, Weights, vote,
};
use crate::findings::{Finding, Severity};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};
use crate::statistics::holm;

/// Groups with fewer subjects are shown without figures.
pub const MIN_SUBJECTS: usize = 10;

/// A variable with more values makes no groups.
pub const MAX_VALUES: usize = 20;

/// More permutations than this are made only where more resamples are asked for.
const MAX_PERMUTATIONS: usize = 20_000;

/// The headline's classifier, group by group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subgroups {
    /// The protocol: the first, in its first repeat.
    pub protocol: Protocol,
    /// The distance of its best run.
    pub distance: Distance,
    /// The weights of that run.
    pub weights: Weights,
    /// Its k.
    pub k: usize,
    /// One per variable that makes groups, in the order given.
    pub variables: Vec<GroupedVariable>,
    /// Tests that Holm's method corrects for: of all groups, variables and measures.
    pub n_tests: usize,
    /// Permutations behind each test; 0 without resampling.
    pub n_permutations: usize,
    /// Variables that make no groups, and why.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

/// One variable and its groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupedVariable {
    /// What the variable is called.
    pub name: String,
    /// Its values in their order, then the samples without one where there are any.
    pub groups: Vec<Group>,
}

/// The samples with one value of a variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The value; `None` for samples without one.
    pub value: Option<String>,
    /// Subjects with such samples.
    pub n_subjects: usize,
    /// Such samples.
    pub n_samples: usize,
    /// Whether there are fewer than [`MIN_SUBJECTS`] subjects.
    pub is_too_small: bool,
    /// Every measure, in the order of [`Measure::ALL`]; empty for a group that is too small.
    pub measures: Vec<GroupMeasure>,
    /// The accuracy that the group's recalls give with the shares of the classes of all evaluated
    /// samples; `None` where the group lacks a class or is too small.
    pub standardized_accuracy: Option<f64>,
    /// Against all other groups of the variable: of accuracy and of the selecting measure. Empty
    /// for a group that is too small or of unknown value, or without another to compare with.
    pub differences: Vec<GroupDifference>,
}

/// One measure of a group; macro means are over the classes that the group has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupMeasure {
    /// The measure.
    pub measure: Measure,
    /// Its value; `None` where it is undefined.
    pub value: Option<f64>,
    /// Its interval over the group's subjects; `None` without resampling.
    pub interval: Option<Interval>,
}

/// A group against all other groups of its variable that are large enough and of known value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupDifference {
    /// The measure.
    pub measure: Measure,
    /// Group minus others.
    pub difference: f64,
    /// Interval of the difference over subjects; `None` without resampling.
    pub interval: Option<Interval>,
    /// What the mix of classes alone makes of the difference: its mean when the value is permuted
    /// among the subjects of each class; `None` without resampling.
    pub by_class_mix: Option<f64>,
    /// How often such a permutation is as extreme as the difference, two-sided.
    pub p_value: Option<f64>,
    /// The same, corrected for [`Subgroups::n_tests`] by Holm's method.
    pub p_holm: Option<f64>,
}

/// Measures the headline's classifier, the best run of the first protocol, on every group of people.
///
/// The unit of a group is a subject and a value: a subject with samples of two values is in both
/// groups, each with its own samples.
///
/// Groups are tested by permuting the value among the units *of each class*, which keeps the mix of
/// classes of every group as it is: a group with harder classes is not taken for one that fares
/// worse. With d the difference of a group and d* after a permutation,
///
/// ```text
///           1 + min( #{ d* ≤ d }, #{ d* ≥ d } )
/// p  =  2  ─────────────────────────────────────      at most 1
///                  1 + n_permutations
/// ```
///
/// since the d* lie around what the mix of classes makes of the difference, and not around 0.
/// Differences within 10⁻¹² count as equal.
///
/// Of two groups one test is made, which holds for both. Where subjects have samples in several groups
/// the test treats these as independent, which makes it cautious.
///
/// `None` where nothing was evaluated or there is no variable.
///
/// * `variables`: each with a value, or none, for every sample of the dataset;
/// * `neighbors`, `groups`, `params`: as the evaluation was made with.
///
/// The result does not depend on the number of threads. Takes, for every variable, what a bootstrap of
/// the run takes, and O(n) for every permutation and group.
///
/// # Source
/// Permutation within strata: Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses,
/// chapter 3; Holm (1979), Scand. J. Stat. 6, 65-70.
pub fn subgroups(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    variables: &[Variable],
    params: &EvaluationParams,
    machine: &Machine,
) -> Option<Subgroups> {
    if variables.is_empty() {
        return None;
    }
    let part = evaluation.protocols.first()?;
    let run = part.best_run(params.select_by)?;
    let is_of = |table: &&Neighbors| table.distance() == run.distance;
    let table = neighbors.iter().find(is_of)?;
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let keys = Keys::new(dataset, run.distance, machine.instruction_set);
    let lists = evaluated.across_folds(table, &keys, &part.folds, run.k);
    let votes = vote(
        &lists,
        &evaluated.classes,
        evaluated.n_classes,
        run.k,
        run.weights,
        params.ties,
    );
    let predictions = Predictions {
        votes: &votes,
        groups: &evaluated.groups,
    };

    let mut groupings = Vec::new();
    let mut findings = Vec::new();
    for variable in variables {
        let value = |&sample: &usize| variable.values()[sample];
        let values: Vec<Option<usize>> = evaluated.samples.iter().map(value).collect();
        match unfit(variable, &values) {
            Some(finding) => findings.push(finding),
            None => groupings.push(Grouping::new(
                &predictions,
                variable,
                values,
                params.select_by,
            )),
        }
    }
    let n_tests = match params.n_resamples {
        0 => 0,
        _ => groupings.iter().map(Grouping::n_tests).sum(),
    };
    let n_permutations = n_permutations(n_tests, params);
    let mut grouped: Vec<GroupedVariable> = groupings
        .iter()
        .enumerate()
        .map(|(index, grouping)| {
            measure_variable(&predictions, grouping, index, n_permutations, params)
        })
        .collect();
    correct(&mut grouped);
    Some(Subgroups {
        protocol: part.protocol,
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        variables: grouped,
        n_tests,
        n_permutations,
        findings,
    })
}

/// As many as there are resamples, and more where many tests ask for them: then half of what Holm's
/// method leaves for the smallest p-value can still be reached, up to [`MAX_PERMUTATIONS`].
fn n_permutations(n_tests: usize, params: &EvaluationParams) -> usize {
    if params.n_resamples == 0 {
        return 0;
    }
    let level = 1.0 - params.confidence;
    let needed = (4.0 * n_tests as f64 / level).ceil() as usize;
    params.n_resamples.max(needed.min(MAX_PERMUTATIONS))
}

/// Why a variable makes no groups.
fn unfit(variable: &Variable, values: &[Option<usize>]) -> Option<Finding> {
    let mut known: Vec<usize> = values.iter().copied().flatten().collect();
    known.sort_unstable();
    known.dedup();
    let name = variable.name();
    let message = match known[..] {
        [] => format!(
            "The variable {name:?} of the metadata has no value on any evaluated sample: it makes no \
             groups."
        ),
        [value] => format!(
            "The variable {name:?} of the metadata has one value, {:?}, on all evaluated samples that \
             have any: it makes no groups.",
            variable.names()[value]
        ),
        _ if known.len() > MAX_VALUES => format!(
            "The variable {name:?} of the metadata has {} distinct values: groups are made of at most \
             {MAX_VALUES}. Give bands in place of numbers, such as 0-9 and 10-19 for an age.",
            known.len()
        ),
        _ => return None,
    };
    Some(Finding::new(
        Severity::Note,
        "metadata_not_grouped",
        message,
    ))
}

/// Adjusts the p-values of all groups, variables and measures together. Of a variable with two tested
/// groups the second repeats the first's test, which counts once.
fn correct(variables: &mut [GroupedVariable]) {
    let mut p_values = Vec::new();
    for variable in &*variables {
        p_values.extend(tests(variable).flatten().filter_map(|d| d.p_value));
    }
    let mut adjusted = holm(&p_values, p_values.len()).into_iter();
    for variable in variables {
        let of_groups: Vec<Vec<Option<f64>>> = tests(variable)
            .map(|differences| {
                let next = |d: &GroupDifference| d.p_value.and_then(|_| adjusted.next());
                differences.iter().map(next).collect()
            })
            .collect();
        let tested = variable
            .groups
            .iter_mut()
            .filter(|group| !group.differences.is_empty());
        for (place, group) in tested.enumerate() {
            let p_values = &of_groups[place.min(of_groups.len() - 1)];
            for (difference, p) in group.differences.iter_mut().zip(p_values) {
                difference.p_holm = *p;
            }
        }
    }
}

/// The differences of the groups that have a test of their own.
fn tests(variable: &GroupedVariable) -> impl Iterator<Item = &[GroupDifference]> {
    let is_tested = |group: &&Group| !group.differences.is_empty();
    let n_tested = variable.groups.iter().filter(is_tested).count();
    let n_own = if n_tested == 2 { 1 } else { n_tested };
    let tested = variable.groups.iter().filter(is_tested);
    tested.take(n_own).map(|group| &group.differences[..])
}
