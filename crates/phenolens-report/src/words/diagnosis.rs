//! Why it errs: the shape of the cloud of samples, how far classes stand apart, hubs, confusable pairs,
//! samples whose label is in doubt or that lie far off, clusters on the map.

mod clusters;
mod contrast;
mod far;
mod geometry;
mod hubs;
mod pairs;
mod silhouettes;
mod suspects;
#[cfg(test)]
mod tests;

pub(super) use contrast::is_informative;
use phenolens_core::diagnosis::{DistanceDiagnosis, Estimate, RunDiagnosis};
use phenolens_core::evaluation::Interval;

use super::{Figures, phrases};
use crate::document::Block;
use crate::facts::{self, Facts};
use crate::numbers;

/// Pairs, suspects and the like in their tables.
const SHOWN: usize = 10;

/// The section; nothing where that was not examined.
pub(super) fn diagnosis(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    let Some(diagnosis) = &facts.analysis.diagnosis else {
        return Vec::new();
    };
    let Some((run, of_distance)) = headline(facts) else {
        return vec![Block::Paragraph("Nothing was evaluated.".into())];
    };
    let mut blocks = geometry::blocks(facts, diagnosis, of_distance);
    blocks.extend(silhouettes::blocks(facts, of_distance, figures));
    blocks.extend(hubs::blocks(facts, run, of_distance));
    blocks.extend(contrast::blocks(facts, diagnosis));
    blocks.extend(pairs::blocks(facts, run));
    blocks.extend(suspects::blocks(facts, run));
    blocks.extend(far::blocks(facts, run, of_distance));
    blocks.extend(clusters::blocks(facts, diagnosis));
    blocks
}

/// The diagnosis of the headline run and of its distance.
fn headline<'a>(facts: &Facts<'a>) -> Option<(&'a RunDiagnosis, &'a DistanceDiagnosis)> {
    let (part, run) = facts.headline()?;
    let of_run = facts.diagnosis(part, run)?;
    let of_distance = facts::distance_diagnoses(facts.analysis)
        .iter()
        .find(|other| other.distance == run.distance)?;
    Some((of_run, of_distance))
}

/// The headline's distance first, then the others.
fn headline_first<'a>(
    facts: &Facts<'a>,
    of_distance: &'a DistanceDiagnosis,
) -> Vec<&'a DistanceDiagnosis> {
    let all = facts::distance_diagnoses(facts.analysis).iter();
    let others = all.filter(|other| other.distance != of_distance.distance);
    std::iter::once(of_distance).chain(others).collect()
}

/// A figure with its interval: `24.0 [23.6, 24.5]`.
fn estimate(estimate: Estimate, decimals: usize) -> String {
    let value = numbers::fixed(estimate.value, decimals);
    match estimate.interval {
        Some(interval) => format!("{value} {}", range(interval, decimals)),
        None => value,
    }
}

/// The same, or a dash.
fn optional_estimate(of: Option<Estimate>, decimals: usize) -> String {
    of.map_or_else(|| "–".to_owned(), |of| estimate(of, decimals))
}

fn range(interval: Interval, decimals: usize) -> String {
    let [low, high] = [interval.low, interval.high].map(|end| numbers::fixed(end, decimals));
    format!("[{low}, {high}]")
}

/// `, the first 10 of 12`, where a table does not show all.
fn first_of(n: usize) -> String {
    match n > SHOWN {
        true => format!(", the first {SHOWN} of {}", numbers::count(n)),
        false => String::new(),
    }
}

/// `30.6% of 111`, of a count.
fn share_of(count: usize, of: usize) -> String {
    let share = count as f64 / of.max(1) as f64;
    format!("{} of {}", numbers::percent(share), numbers::count(of))
}

/// A difference of shares in percentage points with its interval: `+10.5 points [+1.2, +19.9]`.
fn points(facts: &Facts, of: Estimate) -> String {
    let value = numbers::signed(100.0 * of.value, 1);
    match of.interval {
        Some(interval) => format!(
            "{value} points, {} [{}, {}]",
            phrases::interval_name(facts),
            numbers::signed(100.0 * interval.low, 1),
            numbers::signed(100.0 * interval.high, 1),
        ),
        None => format!("{value} points"),
    }
}
