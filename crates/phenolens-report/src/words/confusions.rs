//! Which classes are taken for which.

use std::cmp::Reverse;

use phenolens_core::evaluation::Run;

use super::phrases;
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

/// Pairs in the table.
const SHOWN: usize = 10;

/// One class taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// The true class.
    pub(super) truth: usize,
    /// The class it is taken for.
    pub(super) predicted: usize,
    /// How often.
    pub(super) count: usize,
    /// Samples of the true class.
    pub(super) n_truth: usize,
    /// How often the other way around.
    pub(super) count_back: usize,
    /// Samples of the other class.
    pub(super) n_predicted: usize,
}

/// Every pair that is confused at all, the most frequent first.
pub(super) fn pairs(run: &Run) -> Vec<Pair> {
    let confusion = &run.confusion;
    let classes = 0..confusion.n_classes;
    let size = |truth: usize| -> usize {
        (0..confusion.n_classes)
            .map(|predicted| confusion.count(truth, predicted))
            .sum()
    };
    let sizes: Vec<usize> = classes.clone().map(size).collect();
    let mut pairs: Vec<Pair> = classes
        .clone()
        .flat_map(|truth| classes.clone().map(move |predicted| (truth, predicted)))
        .filter(|&(truth, predicted)| truth != predicted && confusion.count(truth, predicted) > 0)
        .map(|(truth, predicted)| Pair {
            truth,
            predicted,
            count: confusion.count(truth, predicted),
            n_truth: sizes[truth],
            count_back: confusion.count(predicted, truth),
            n_predicted: sizes[predicted],
        })
        .collect();
    pairs.sort_by_key(|pair| (Reverse(pair.count), pair.truth, pair.predicted));
    pairs
}

impl Pair {
    /// Is the error made at least half as often the other way, each as a share of its class?
    pub(super) fn is_mutual(self) -> bool {
        2 * self.count_back * self.n_truth >= self.count * self.n_predicted
    }
}

/// The confusions of the headline.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let Some((_, run)) = facts.headline() else {
        return Vec::new();
    };
    let pairs = pairs(run);
    let n_wrong: usize = pairs.iter().map(|pair| pair.count).sum();
    if n_wrong == 0 {
        let text = format!(
            "Every {} was predicted right; there is no confusion to describe.",
            facts.sample.one()
        );
        return vec![Block::Paragraph(text.into())];
    }
    let shown = &pairs[..pairs.len().min(SHOWN)];
    let n_shown: usize = shown.iter().map(|pair| pair.count).sum();
    let n_mutual = shown.iter().filter(|pair| pair.is_mutual()).count();
    let mut text = Text::from(format!(
        "{} of {} were predicted wrong.",
        numbers::count(n_wrong),
        facts.sample.count(facts.analysis.evaluation.samples.len()),
    ));
    if pairs.len() > SHOWN {
        text.say(
            Text::from(format!(
                "The {} most frequent of {} kinds of error make up {} of them (",
                shown.len(),
                numbers::count(pairs.len()),
                numbers::count(n_shown)
            ))
            .table("confusions")
            .plain(")."),
        );
    } else {
        text.say(Text::from("").table("confusions").plain(" lists them."));
    }
    text.say(format!(
        "{} of the {} shown {} mutual: made at least half as often the other way, each as a share of \
         its {}. A mutual error says that the two {} lie in the same place; a one-way error says that \
         one draws the other's {} to itself.",
        n_mutual,
        shown.len(),
        if n_mutual == 1 { "is" } else { "are" },
        facts.class.one(),
        facts.class.many(),
        facts.sample.many(),
    ));
    let one_way = || shown.iter().filter(|pair| !pair.is_mutual());
    let n_to_larger = one_way()
        .filter(|pair| pair.n_predicted > pair.n_truth)
        .count();
    if one_way().count() > 0 {
        text.say(format!(
            "Of the {}, {} to a larger {}.",
            phrases::counted(one_way().count(), "one-way error", "one-way errors"),
            match n_to_larger {
                0 => "none goes".to_owned(),
                1 => "1 goes".to_owned(),
                n if n == one_way().count() => "all go".to_owned(),
                n => format!("{n} go"),
            },
            facts.class.one()
        ));
    }
    let mut blocks = vec![text.into()];
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// The most frequent confusions.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let (_, run) = facts.headline()?;
    let pairs = pairs(run);
    if pairs.is_empty() {
        return None;
    }
    let share = |count: usize, of: usize| numbers::percent(count as f64 / of.max(1) as f64);
    let samples = facts.sample.titles();
    Some(Table {
        key: "confusions",
        caption: Text::from(format!(
            "The most frequent confusions of the headline classifier ({}, k = {}). \"Back\" is the \
             same error the other way around.",
            run.distance.name(),
            run.k
        )),
        columns: vec![
            Column::left(format!("True {}", facts.class.one())),
            Column::left("Taken for"),
            Column::right(samples.clone()),
            Column::right("Share"),
            Column::right("Back"),
            Column::right("Share back"),
            Column::left("Mutual"),
        ],
        rows: pairs
            .iter()
            .take(SHOWN)
            .map(|pair| {
                vec![
                    facts.name_with_id(facts.evaluated_id(pair.truth)),
                    facts.name_with_id(facts.evaluated_id(pair.predicted)),
                    format!(
                        "{} of {}",
                        numbers::count(pair.count),
                        numbers::count(pair.n_truth)
                    ),
                    share(pair.count, pair.n_truth),
                    format!(
                        "{} of {}",
                        numbers::count(pair.count_back),
                        numbers::count(pair.n_predicted)
                    ),
                    share(pair.count_back, pair.n_predicted),
                    if pair.is_mutual() { "yes" } else { "no" }.to_owned(),
                ]
            })
            .collect(),
    })
}
