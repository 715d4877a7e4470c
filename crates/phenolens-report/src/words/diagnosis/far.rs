//! Samples that lie far from all others.

use phenolens_core::diagnosis::{DistanceDiagnosis, FarErrors, Outlier, Remoteness, RunDiagnosis};
use phenolens_core::findings::Level;

use super::{SHOWN, first_of, points, range, share_of};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

pub(super) fn blocks(
    facts: &Facts,
    run: &RunDiagnosis,
    of_distance: &DistanceDiagnosis,
) -> Vec<Block> {
    let mut text = outliers(facts, of_distance, &run.far_errors);
    if let Some(sentence) = errors(facts, &run.far_errors) {
        text.say(sentence);
    }
    let mut blocks = vec![
        Block::Heading(format!("{} far from all others", facts.sample.titles())),
        Block::Paragraph(text),
    ];
    blocks.extend(table(facts, &of_distance.remoteness).map(Block::Table));
    blocks
}

fn outliers(facts: &Facts, of_distance: &DistanceDiagnosis, errors: &FarErrors) -> Text {
    let remoteness = &of_distance.remoteness;
    let n_outliers = remoteness.outliers.len();
    let rule = format!(
        "farther from the {} nearest {} of other {} than {} robust standard deviations above the \
         median, by {} distance",
        remoteness.k,
        facts.sample.many(),
        facts.subject.many(),
        numbers::plain(remoteness.limit),
        of_distance.distance.name(),
    );
    if n_outliers == 0 {
        return format!("No {} lies {rule}.", facts.sample.one()).into();
    }
    let mut text = Text::from(format!(
        "{} of {} {} {rule}. Look whether they show what they should.",
        numbers::count(n_outliers),
        facts.sample.count(remoteness.distances.len()),
        if n_outliers == 1 { "lies" } else { "lie" },
    ));
    text.say(format!(
        "{} of these {} predicted wrong{}.",
        numbers::count(errors.n_outliers_wrong),
        if errors.n_outliers_wrong == 1 {
            "is"
        } else {
            "are"
        },
        errors
            .outlier_interval
            .map_or_else(String::new, |interval| format!(
                " (a rate of {} {})",
                numbers::measure(errors.n_outliers_wrong as f64 / errors.n_outliers.max(1) as f64),
                range(interval, 3)
            )),
    ));
    text
}

/// Whether far samples are more often wrong.
fn errors(facts: &Facts, errors: &FarErrors) -> Option<String> {
    let difference = errors.difference?;
    let interval = difference.interval?;
    let verdict = if interval.low > 0.0 {
        "what lies far off is more often wrong"
    } else if interval.high < 0.0 {
        "what lies far off is less often wrong"
    } else {
        "it is undecided whether distance and errors go together"
    };
    Some(format!(
        "Of the most remote tenth {} are predicted wrong, of the others {} ({}): {verdict}.",
        share_of(errors.n_far_wrong, errors.n_far),
        share_of(errors.n_others_wrong, errors.n_others),
        points(facts, difference),
    ))
}

fn table(facts: &Facts, remoteness: &Remoteness) -> Option<Table> {
    let outliers = &remoteness.outliers;
    if outliers.is_empty() {
        return None;
    }
    let row = |outlier: &Outlier| {
        let [class, subject, sample] = facts.analysis.dataset.id(outlier.sample);
        vec![
            facts.name_with_id(class),
            facts.private_id(Level::Subject, subject),
            facts.private_id(Level::Sample, sample),
            numbers::measure(outlier.neighbor_distance),
            numbers::fixed(outlier.robust_z, 1),
        ]
    };
    Some(Table {
        key: "outliers",
        caption: Text::from(format!(
            "{} far from all others{}: the mean distance to the {} nearest of other {} (median \
             {}), and its robust z.",
            facts.sample.titles(),
            first_of(outliers.len()),
            remoteness.k,
            facts.subject.many(),
            numbers::measure(remoteness.median),
        )),
        columns: vec![
            Column::left(facts.class.title()),
            Column::left(facts.subject.title()),
            Column::left(facts.sample.title()),
            Column::right("Distance"),
            Column::right("Robust z"),
        ],
        rows: outliers.iter().take(SHOWN).map(row).collect(),
    })
}
