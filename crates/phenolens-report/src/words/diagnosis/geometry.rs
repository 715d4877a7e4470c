//! The shape of the cloud of samples.

use phenolens_core::diagnosis::{Diagnosis, Directions, DistanceDiagnosis, Geometry};

use super::{estimate, headline_first, optional_estimate};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

pub(super) fn blocks(
    facts: &Facts,
    diagnosis: &Diagnosis,
    of_distance: &DistanceDiagnosis,
) -> Vec<Block> {
    vec![
        Block::Heading("The shape of the data".to_owned()),
        Block::Paragraph(dimensions(facts, of_distance)),
        Block::Paragraph(directions(facts, &diagnosis.directions)),
        Block::Table(table(facts, of_distance)),
    ]
}

fn dimensions(facts: &Facts, of_distance: &DistanceDiagnosis) -> Text {
    let geometry = &of_distance.geometry;
    let n_dims = facts.analysis.dataset.n_dims();
    let mut text = Text::default();
    match (geometry.two_nn, geometry.maximum_likelihood) {
        (Some(two_nn), Some(likelihood)) => text.say(format!(
            "By {} distance near neighbors lie as they would in {} dimensions (TwoNN) or {} (maximum \
             likelihood), of the {} that a vector has, measured on {}: that many things vary by \
             themselves around {}, as far as the density around it is even.",
            of_distance.distance.name(),
            estimate(two_nn, 1),
            estimate(likelihood, 1),
            numbers::count(n_dims),
            points(facts, geometry),
            facts.sample.a(),
        )),
        _ => text.say(format!(
            "There are too few {}, or too few that differ, to tell how many dimensions near neighbors \
             fill.",
            facts.subject.many()
        )),
    }
    if let (Some(ratio), Some(first)) =
        (geometry.participation_ratio, geometry.first_component_share)
    {
        text.say(format!(
            "Over all, the variance is spread as over {} equal directions; the widest holds {} of it.",
            numbers::fixed(ratio, 1),
            numbers::percent(first),
        ));
    }
    if geometry.n_coincident > 0 {
        text.say(format!(
            "{} of these {} the same vector as another; neighbors at distance 0 were passed over.",
            numbers::count(geometry.n_coincident),
            if geometry.n_coincident == 1 {
                "has"
            } else {
                "have"
            },
        ));
    }
    text
}

fn points(facts: &Facts, geometry: &Geometry) -> String {
    let each = format!("the first {} of each", facts.sample.one());
    if geometry.n_points < geometry.n_subjects {
        format!(
            "{each} of {} chosen {}",
            numbers::count(geometry.n_points),
            facts.subject.many()
        )
    } else {
        format!("{each} of {}", facts.subject.count(geometry.n_points))
    }
}

/// What all vectors have in common.
fn directions(facts: &Facts, directions: &Directions) -> Text {
    let Some(cosine) = directions.mean_cosine else {
        return format!(
            "With one {} nothing is said about directions.",
            facts.subject.one()
        )
        .into();
    };
    let common = match cosine.interval {
        Some(interval) if interval.low > 0.0 => {
            "all vectors lean one way, whatever they show, which centering takes out"
        }
        Some(interval) if interval.high < 0.0 => "vectors of different ones point apart",
        Some(_) => "no direction that all vectors share is shown",
        None => "0 would be no direction that all vectors share",
    };
    format!(
        "Vectors of two {} have a mean cosine of {}: {common}. The mean of all unit vectors has length \
         {} (0: all directions alike, 1: one direction).",
        facts.subject.many(),
        estimate(cosine, 3),
        estimate(directions.mean_length, 3),
    )
    .into()
}

/// One row per figure, one column per distance.
fn table(facts: &Facts, of_distance: &DistanceDiagnosis) -> Table {
    let distances = headline_first(facts, of_distance);
    let optional = |value: Option<f64>, decimals| {
        value.map_or_else(|| "–".to_owned(), |value| numbers::fixed(value, decimals))
    };
    type Cell<'a> = Box<dyn Fn(&DistanceDiagnosis) -> String + 'a>;
    let figures: Vec<(&str, Cell)> = vec![
        (
            "Intrinsic dimension, TwoNN",
            Box::new(|of| optional_estimate(of.geometry.two_nn, 1)),
        ),
        (
            "Intrinsic dimension, maximum likelihood",
            Box::new(|of| optional_estimate(of.geometry.maximum_likelihood, 1)),
        ),
        (
            "Equal directions of variance",
            Box::new(|of| optional(of.geometry.participation_ratio, 1)),
        ),
        (
            "Share of the widest direction",
            Box::new(|of| {
                let share = of.geometry.first_component_share;
                share.map_or_else(|| "–".to_owned(), numbers::percent)
            }),
        ),
        (
            "Silhouette",
            Box::new(|of| estimate(of.silhouettes.overall.mean, 3)),
        ),
        (
            "Skewness of the k-occurrence",
            Box::new(|of| optional(of.hubness.skewness, 2)),
        ),
        (
            "Correlation of length and k-occurrence",
            Box::new(|of| optional_estimate(of.norm_occurrence, 2)),
        ),
    ];
    let mut columns = vec![Column::left("Figure")];
    columns.extend(distances.iter().map(|of| Column::right(of.distance.name())));
    let row = |(name, cell): &(&str, Cell)| {
        let mut row = vec![(*name).to_owned()];
        row.extend(distances.iter().map(|of| cell(of)));
        row
    };
    Table {
        key: "geometry",
        caption: Text::from(format!(
            "The data as each distance sees it: cosine vectors of length 1, euclidean those in the \
             file. \"Equal directions\" is the participation ratio of the covariance; the k-occurrence \
             of {} is the number of others that have it among their {} nearest.",
            facts.sample.a(),
            of_distance.hubness.k,
        )),
        columns,
        rows: figures.iter().map(row).collect(),
    }
}
