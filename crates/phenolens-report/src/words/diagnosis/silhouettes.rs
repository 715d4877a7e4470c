//! How far the classes stand apart.

use phenolens_core::diagnosis::{ClassSilhouette, DistanceDiagnosis};

use super::{estimate, headline_first};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;
use crate::words::{Figures, phrases};

pub(super) fn blocks(
    facts: &Facts,
    of_distance: &DistanceDiagnosis,
    figures: &mut Figures,
) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(format!("How far the {} stand apart", facts.class.many())),
        Block::Paragraph(overall(facts, of_distance)),
    ];
    blocks.extend(by_class(facts, of_distance).map(Block::Paragraph));
    blocks.extend(figures.take("silhouette"));
    blocks.push(Block::Table(table(facts, of_distance)));
    blocks
}

fn overall(facts: &Facts, of_distance: &DistanceDiagnosis) -> Text {
    let silhouettes = &of_distance.silhouettes;
    let overall = &silhouettes.overall;
    let mut text = Text::from(format!(
        "The mean silhouette by {} distance is {}: 1 would be {} far nearer to their own {} than to \
         any other, 0 {} on the border. {} of them lie nearer, on average, to another {} than to their \
         own.",
        of_distance.distance.name(),
        estimate(overall.mean, 3),
        facts.sample.many(),
        facts.class.one(),
        facts.sample.many(),
        numbers::percent(overall.share_negative),
        facts.class.one(),
    ));
    for other in headline_first(facts, of_distance).into_iter().skip(1) {
        let overall = &other.silhouettes.overall;
        text.say(format!(
            "By {} it is {}, with {} nearer to another.",
            other.distance.name(),
            estimate(overall.mean, 3),
            numbers::percent(overall.share_negative),
        ));
    }
    let clean = numbers::measure(overall.mean_without_own_subject);
    if clean != numbers::measure(overall.mean.value) {
        text.say(format!(
            "Without the other {} of the same {} it is {clean}.",
            facts.sample.many(),
            facts.subject.one(),
        ));
    }
    if silhouettes.n_samples < silhouettes.n_evaluated {
        text.say(format!(
            "Measured on {} chosen ones of {}.",
            numbers::count(silhouettes.n_samples),
            facts.sample.count(silhouettes.n_evaluated),
        ));
    }
    text.say(format!(
        "A vote asks the nearest few, a silhouette the whole {}: one that is wide, or lies in several \
         places, can be recognized well and have a low one.",
        facts.class.one()
    ));
    text
}

/// The classes at the ends, and those that do not stand apart.
fn by_class(facts: &Facts, of_distance: &DistanceDiagnosis) -> Option<Text> {
    let classes = falling(of_distance);
    let (first, last) = (classes.first()?, classes.last()?);
    if first.class == last.class {
        return None;
    }
    let said = |class: &ClassSilhouette| {
        let mean = estimate(class.silhouette.mean, 3);
        format!("{} ({mean})", facts.evaluated_name(class.class))
    };
    let mut text = Text::from(format!(
        "The highest is that of {}, the lowest that of {}",
        said(first),
        said(last)
    ));
    text = text.plain(match last.nearest {
        Some(other) => format!(
            ", whose nearest other is mostly {}.",
            facts.evaluated_name(other)
        ),
        None => ".".to_owned(),
    });
    let is_apart = |class: &&&ClassSilhouette| {
        let interval = class.silhouette.mean.interval;
        interval.is_some_and(|interval| interval.low > 0.0)
    };
    let n_apart = classes.iter().filter(is_apart).count();
    text.say(format!(
        "{} of {} have an interval above 0.",
        numbers::count(n_apart),
        facts.class.count(classes.len())
    ));
    Some(text)
}

/// The classes of a distance, the highest silhouette first.
fn falling(of_distance: &DistanceDiagnosis) -> Vec<&ClassSilhouette> {
    let mut classes: Vec<&ClassSilhouette> = of_distance.silhouettes.classes.iter().collect();
    let mean = |class: &ClassSilhouette| class.silhouette.mean.value;
    // A stable sort: equal ones stay in the order of the classes.
    classes.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    classes
}

fn table(facts: &Facts, of_distance: &DistanceDiagnosis) -> Table {
    let distances = headline_first(facts, of_distance);
    let of_class = |of: &DistanceDiagnosis, class: usize| {
        let mut classes = of.silhouettes.classes.iter();
        let found = classes.find(|other| other.class == class);
        found.map_or_else(
            || "–".to_owned(),
            |found| estimate(found.silhouette.mean, 3),
        )
    };
    let row = |class: &&ClassSilhouette| {
        let mut row = vec![
            facts.name_with_id(facts.evaluated_id(class.class)),
            numbers::count(class.silhouette.n_samples),
        ];
        row.extend(distances.iter().map(|of| of_class(of, class.class)));
        row.push(numbers::percent(class.silhouette.share_negative));
        row.push(match class.nearest {
            Some(other) => facts.evaluated_name(other),
            None => "–".to_owned(),
        });
        row
    };
    let mut columns = vec![
        Column::left(facts.class.title()),
        Column::right(facts.sample.titles()),
    ];
    let heading = |of: &&DistanceDiagnosis| {
        Column::right(format!(
            "{} {}",
            of.distance.name(),
            phrases::interval_name(facts)
        ))
    };
    columns.extend(distances.iter().map(heading));
    columns.push(Column::right("Nearer to another"));
    columns.push(Column::left("Nearest other"));
    Table {
        key: "silhouettes",
        caption: Text::from(format!(
            "Mean silhouette of each {}, with the interval over {}; the share of its {} that lie nearer \
             to another, and the other that is nearest most often, by {} distance.",
            facts.class.one(),
            facts.subject.many(),
            facts.sample.many(),
            of_distance.distance.name(),
        )),
        columns,
        rows: falling(of_distance).iter().map(row).collect(),
    }
}
