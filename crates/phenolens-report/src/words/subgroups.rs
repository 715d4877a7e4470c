//! Groups of people: how each fares, and what may be said of differences.

#[cfg(test)]
mod tests;

use phenolens_core::analysis::Part;
use phenolens_core::evaluation::Measure;
use phenolens_core::subgroups::{
    Group, GroupDifference, GroupedVariable, MAX_VALUES, MIN_SUBJECTS, Subgroups,
};

use super::{measures, phrases};
use crate::claims;
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Claims in words; the table has all.
const SHOWN: usize = 5;

/// The section; nothing where no metadata was given.
pub(super) fn blocks(facts: &Facts) -> Option<Vec<Block>> {
    let subgroups = facts.analysis.subgroups.as_ref()?;
    let mut blocks = vec![what_groups(facts, subgroups).into()];
    if subgroups.variables.is_empty() {
        return Some(blocks);
    }
    blocks.push(verdict(facts, subgroups).into());
    blocks.extend(too_small(facts, subgroups).map(Block::Paragraph));
    blocks.extend(table(facts).map(Block::Table));
    Some(blocks)
}

/// How it is made, for the methodology; nothing where no metadata was given.
pub(super) fn method(facts: &Facts) -> Option<String> {
    let subgroups = facts.analysis.subgroups.as_ref()?;
    let tests = match subgroups.n_permutations {
        0 => " Nothing is tested without resampling.".to_owned(),
        n => format!(
            " Each group is compared with the others of its variable by permuting the value among the {} \
             of each {} ({} times, two-sided), so that another mix of {} is not taken for a difference \
             between {}; p-values are adjusted by Holm for all groups, variables and measures together.",
            facts.subject.many(),
            facts.class.one(),
            numbers::count(n),
            facts.class.many(),
            facts.subject.many(),
        ),
    };
    Some(format!(
        "The headline's predictions are measured on every group of the metadata with at least \
         {MIN_SUBJECTS} {}; macro means are over the {} that a group has.{tests}",
        facts.subject.many(),
        facts.class.many(),
    ))
}

/// What is not known of groups of people, for the limits.
pub(super) fn caution(facts: &Facts) -> Text {
    if !facts.examines(Part::Groups) {
        return Text::from(format!(
            "Whether the figures hold for every group of {} was not examined here.",
            facts.subject.many()
        ));
    }
    if facts.analysis.subgroups.is_none() {
        return Text::from(format!(
            "Nothing is known here of the sex, age, ancestry or site of the {}: whether the figures hold \
             for every group of them is not tested. A CSV file with such columns can be given as ",
            facts.subject.many()
        ))
        .code("data.metadata")
        .plain(".");
    }
    Text::from(
        "Groups are those that the metadata name, and differ in more than these columns say: a \
         difference between them shows no cause, and where none is shown they need not be equal.",
    )
}

fn what_groups(facts: &Facts, subgroups: &Subgroups) -> Text {
    let names: Vec<String> = subgroups
        .variables
        .iter()
        .map(|variable| {
            let groups = variable.groups.iter().filter(|group| group.value.is_some());
            let n = phrases::counted(groups.count(), "group", "groups");
            format!("{} ({n})", variable.name)
        })
        .collect();
    let mut text = match &names[..] {
        [] => Text::from("No column of the metadata makes groups."),
        names => Text::from(format!(
            "The metadata make groups by {}. ",
            phrases::list(names)
        ))
        .table("groups")
        .plain(format!(
            " has the headline's figures for each. A raw figure depends on which {} a group has as well \
             as on its {}.",
            facts.class.many(),
            facts.subject.many()
        )),
    };
    if !subgroups.findings.is_empty() {
        let n = subgroups.findings.len();
        text.say(
            Text::from(format!(
                "{} no groups, having fewer than 2 values or more than {MAX_VALUES}; see ",
                phrases::counted(n, "column makes", "columns make"),
            ))
            .code("tables/findings.csv")
            .plain("."),
        );
    }
    text
}

/// A test that has been made: once for a variable with two groups.
pub(crate) struct Test<'a> {
    pub(crate) variable: &'a GroupedVariable,
    pub(crate) group: &'a Group,
    pub(crate) difference: &'a GroupDifference,
}

/// Every test that has been made.
pub(crate) fn tests(subgroups: &Subgroups) -> Vec<Test<'_>> {
    let mut tests = Vec::new();
    for variable in &subgroups.variables {
        let is_tested = |group: &&Group| !group.differences.is_empty();
        let n_tested = variable.groups.iter().filter(is_tested).count();
        let n_own = if n_tested == 2 { 1 } else { n_tested };
        for group in variable.groups.iter().filter(is_tested).take(n_own) {
            tests.extend(group.differences.iter().map(|difference| Test {
                variable,
                group,
                difference,
            }));
        }
    }
    tests
}

fn verdict(facts: &Facts, subgroups: &Subgroups) -> Text {
    let tests = tests(subgroups);
    if tests.is_empty() {
        return format!(
            "No variable has two groups of known value with {MIN_SUBJECTS} {} each: nothing is compared.",
            facts.subject.many()
        )
        .into();
    }
    if subgroups.n_permutations == 0 {
        return "Without resampling no difference between groups is tested.".into();
    }
    let level = facts.level();
    let p = |test: &Test| test.difference.p_holm.unwrap_or(1.0);
    let differs = |test: &&Test| claims::differs(facts, test.difference);
    let mut claimed: Vec<&Test> = tests.iter().filter(differs).collect();
    claimed.sort_by(|a, b| p(a).total_cmp(&p(b)));
    let counted = phrases::counted(subgroups.n_tests, "test", "tests");
    if claimed.is_empty() {
        let smallest = tests.iter().map(p).fold(1.0, f64::min);
        let mut text = Text::from(format!(
            "No group does better or worse than the others by more than chance explains ({counted}; the \
             smallest p-value after Holm's correction is {}). That does not show that they are equal: \
             each interval says how large a difference could be.",
            numbers::bare_p_value(smallest)
        ));
        let least = 2.0 / (1.0 + subgroups.n_permutations as f64);
        if least * subgroups.n_tests as f64 > level {
            text.say(format!(
                "With {} permutations so many tests cannot show any.",
                numbers::count(subgroups.n_permutations)
            ));
        }
        return text;
    }
    let mut text = Text::default();
    for test in claimed.iter().take(SHOWN) {
        text.say(claim(facts, test));
    }
    if claimed.len() > SHOWN {
        text.say(format!(
            "{} more differences are decided.",
            numbers::count(claimed.len() - SHOWN)
        ));
    }
    text.say(format!(
        "p-values are corrected by Holm for {counted}; all other differences are undecided."
    ));
    text
}

fn claim(facts: &Facts, test: &Test) -> String {
    let Test {
        variable,
        group,
        difference,
    } = test;
    let measure = difference.measure;
    let value = |of: &Group| {
        let found = of.measures.iter().find(|of| of.measure == measure);
        numbers::optional_measure(found.and_then(|of| of.value))
    };
    let range = difference.interval.map_or_else(String::new, |range| {
        format!(
            "{} {}, ",
            phrases::interval_name(facts),
            numbers::difference_interval(measure, range)
        )
    });
    let mix = difference.by_class_mix.map_or_else(String::new, |mix| {
        format!(
            "; its mix of {} alone would make it {} {}",
            facts.class.many(),
            numbers::difference(measure, mix),
            direction(mix)
        )
    });
    format!(
        "{} {}: {} is {}, {} {} than in the others ({range}{}{mix}).",
        facts::capitalized(&variable.name),
        group_name(group),
        measures::name(measure),
        value(group),
        numbers::difference(measure, difference.difference),
        direction(difference.difference),
        numbers::p_value(difference.p_holm.unwrap_or(1.0)),
    )
}

fn direction(difference: f64) -> &'static str {
    if difference > 0.0 { "higher" } else { "lower" }
}

fn group_name(group: &Group) -> &str {
    group.value.as_deref().unwrap_or("unknown")
}

/// Groups without figures; nothing where there are none.
fn too_small(facts: &Facts, subgroups: &Subgroups) -> Option<Text> {
    let groups = subgroups.variables.iter().flat_map(|v| &v.groups);
    let n = groups.filter(|group| group.is_too_small).count();
    (n > 0).then(|| {
        format!(
            "{} fewer than {MIN_SUBJECTS} {} and {} shown without figures.",
            phrases::counted(n, "group has", "groups have"),
            facts.subject.many(),
            if n == 1 { "is" } else { "are" }
        )
        .into()
    })
}

/// One row per group; nothing where there are none.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let subgroups = facts.analysis.subgroups.as_ref()?;
    if subgroups.variables.is_empty() {
        return None;
    }
    let mut shown = vec![Measure::Accuracy, facts.select_by()];
    shown.dedup();
    let is_tested = subgroups.n_permutations > 0;
    let mut columns = vec![
        Column::left("Variable"),
        Column::left("Group"),
        Column::right(facts.subject.titles()),
        Column::right(facts.sample.titles()),
    ];
    let titles = shown
        .iter()
        .map(|&measure| facts::capitalized(measures::name(measure)));
    columns.extend(titles.map(Column::right));
    columns.push(Column::right("Standardized"));
    columns.push(Column::right("Difference"));
    if is_tested {
        columns.extend([Column::right("By mix alone"), Column::right("p")]);
    }
    let row = |variable: &GroupedVariable, group: &Group| {
        let mut row = vec![
            variable.name.clone(),
            group_name(group).to_owned(),
            numbers::count(group.n_subjects),
            numbers::count(group.n_samples),
        ];
        row.extend(shown.iter().map(|&measure| {
            let of = group.measures.iter().find(|of| of.measure == measure);
            match of {
                Some(of) => numbers::with_interval(of.value, of.interval),
                None => "too few".to_owned(),
            }
        }));
        row.push(numbers::optional_measure(group.standardized_accuracy));
        let accuracy = group.differences.first();
        let points = |value: Option<f64>| {
            let text = |value| numbers::signed_difference(Measure::Accuracy, value);
            value.map_or_else(|| "–".to_owned(), text)
        };
        let difference = points(accuracy.map(|of| of.difference));
        let range = accuracy.and_then(|of| of.interval).map(|range| {
            let text = numbers::difference_interval(Measure::Accuracy, range);
            format!(" {text}")
        });
        row.push(format!("{difference}{}", range.unwrap_or_default()));
        if is_tested {
            row.push(points(accuracy.and_then(|of| of.by_class_mix)));
            let p = accuracy.and_then(|of| of.p_holm);
            row.push(p.map_or_else(|| "–".to_owned(), numbers::bare_p_value));
        }
        row
    };
    let intervals = match facts.analysis.params.evaluation.n_resamples {
        0 => String::new(),
        _ => format!(
            " with {}s over its {}",
            phrases::interval_name(facts),
            facts.subject.many()
        ),
    };
    let test = match is_tested {
        true => format!(
            ", what its mix of {} alone makes of that, and the p-value of the rest after Holm's \
             correction",
            facts.class.many()
        ),
        false => String::new(),
    };
    Some(Table {
        key: "groups",
        caption: Text::from(format!(
            "The headline's classifier on each group{intervals}. Standardized: accuracy with the shares \
             of the {} of all {}, where the group has every {}. Difference: points of accuracy from the \
             other groups of the variable{test}.",
            facts.class.many(),
            facts.sample.many(),
            facts.class.one(),
        )),
        columns,
        rows: subgroups
            .variables
            .iter()
            .flat_map(|variable| {
                variable
                    .groups
                    .iter()
                    .map(move |group| row(variable, group))
            })
            .collect(),
    })
}
