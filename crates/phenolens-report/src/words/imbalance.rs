//! Unequal class sizes and what they do.

use std::cmp::Reverse;

use phenolens_core::evaluation::{Measure, PerClass, Run};

use super::phrases;
use crate::document::{Block, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Classes on either end of the sizes whose recalls are set side by side.
const AT_EACH_END: usize = 3;

/// The paragraphs on imbalance.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let Some((_, run)) = facts.headline() else {
        return Vec::new();
    };
    if let Some(size) = shared_size(facts, run) {
        let text = format!(
            "All {} that were evaluated have the same size, {}: there is no imbalance to speak of.",
            facts.class.many(),
            facts.sample.count(size)
        );
        return vec![Text::from(text).into()];
    }
    let mut blocks = Vec::new();
    blocks.extend(recall_by_size(facts, run).map(Block::from));
    let mut text = Text::default();
    if let Some(sentence) = macro_against_plain(facts, run) {
        text.say(sentence);
    }
    if let Some(sentence) = drawn_to_the_largest(facts, run) {
        text.say(sentence);
    }
    if !text.0.is_empty() {
        blocks.push(text.into());
    }
    if blocks.is_empty() {
        blocks.push(Text::from("There are too few to compare by size.").into());
    }
    blocks
}

/// The size of every evaluated class, where there are several and all have the same.
fn shared_size(facts: &Facts, run: &Run) -> Option<usize> {
    let classes = facts.evaluated_classes(run);
    let size = classes.first()?.support;
    let is_shared = classes.iter().all(|class| class.support == size);
    (classes.len() > 1 && is_shared).then_some(size)
}

/// How unequal the sizes are.
pub(super) fn sizes(facts: &Facts) -> Text {
    let exploration = &facts.analysis.exploration;
    let by_size = |class: &&phenolens_core::exploration::ClassSummary| class.n_samples;
    let (Some(largest), Some(smallest)) = (
        exploration.classes.iter().rev().max_by_key(by_size),
        exploration.classes.iter().min_by_key(by_size),
    ) else {
        return Text::default();
    };
    if largest.n_samples == smallest.n_samples {
        return Text::from(format!(
            "All {} have the same size, {}.",
            facts.class.many(),
            facts.sample.count(largest.n_samples)
        ));
    }
    Text::from(format!(
        "The largest {}, {}, has {} ({} of all); the smallest, {}, has {}: a ratio of {}. Counted in \
         {}, the ratio of the largest to the smallest is {}. The effective number of {} (exp of the \
         entropy of their shares) is {} of {}.",
        facts.class.one(),
        facts.name(&largest.class),
        facts.sample.count(largest.n_samples),
        numbers::percent(largest.share),
        facts.name(&smallest.class),
        facts.sample.count(smallest.n_samples),
        numbers::fixed(exploration.imbalance_samples, 1),
        facts.subject.many(),
        numbers::fixed(exploration.imbalance_subjects, 1),
        facts.class.many(),
        numbers::fixed(exploration.effective_classes, 1),
        numbers::count(exploration.classes.len()),
    ))
}

/// The recalls of the smallest classes beside those of the largest.
fn recall_by_size(facts: &Facts, run: &Run) -> Option<Text> {
    let mut classes: Vec<&PerClass> = facts.evaluated_classes(run);
    let at_each_end = AT_EACH_END.min(classes.len() / 2);
    if at_each_end == 0 {
        return None;
    }
    classes.sort_by_key(|class| (class.support, Reverse(class.class)));
    let smallest = &classes[..at_each_end];
    let largest = &classes[classes.len() - at_each_end..];
    let named = |group: &[&PerClass]| {
        let items: Vec<String> = group
            .iter()
            .map(|class| {
                format!(
                    "{} {} ({})",
                    facts.evaluated_name(class.class),
                    numbers::measure(class.recall),
                    facts.sample.count(class.support)
                )
            })
            .collect();
        phrases::list(&items)
    };
    let most = |group: &[&PerClass]| group.iter().map(|c| c.recall).fold(0.0, f64::max);
    let least = |group: &[&PerClass]| group.iter().map(|c| c.recall).fold(1.0, f64::min);
    let verdict = if least(largest) > most(smallest) {
        format!(
            "Each of the large {} is recognized better than each of the small ones, as a vote among \
             neighbors makes likely: a small {} has fewer to vote for it.",
            facts.class.many(),
            facts.class.one()
        )
    } else if least(smallest) > most(largest) {
        format!(
            "Each of the small {} is recognized better than each of the large ones: size is not what \
             limits the classifier here.",
            facts.class.many()
        )
    } else {
        format!(
            "The two groups overlap, so that size alone does not say which {} is recognized.",
            facts.class.one()
        )
    };
    Some(Text::from(format!(
        "Recall by size. Smallest: {}. Largest: {}. {verdict}",
        named(smallest),
        named(largest)
    )))
}

/// Does counting every class the same change the answer?
fn macro_against_plain(facts: &Facts, run: &Run) -> Option<String> {
    let class = facts.class.one();
    let accuracy = facts::pooled(run, Measure::Accuracy)?;
    let balanced = facts::pooled(run, Measure::BalancedAccuracy)?;
    let size = numbers::difference(Measure::Accuracy, balanced - accuracy);
    let values = format!(
        "balanced accuracy {} against accuracy {}",
        numbers::measure(balanced),
        numbers::measure(accuracy)
    );
    Some(
        if numbers::measure(accuracy) == numbers::measure(balanced) {
            format!("Counting every {class} the same changes nothing: {values}.")
        } else if balanced < accuracy {
            format!(
                "Counting every {class} the same costs {size} ({values}): the small ones are recognized \
             less well on the whole."
            )
        } else {
            format!(
                "Counting every {class} the same gains {size} ({values}): the small ones are not \
             recognized less well on the whole."
            )
        },
    )
}

/// Is the largest class predicted more often than it occurs?
fn drawn_to_the_largest(facts: &Facts, run: &Run) -> Option<String> {
    let largest = facts
        .evaluated_classes(run)
        .into_iter()
        .rev()
        .max_by_key(|class| class.support)?;
    let n_predicted: usize = (0..run.confusion.n_classes)
        .map(|truth| run.confusion.count(truth, largest.class))
        .sum();
    let comparison = match n_predicted.cmp(&largest.support) {
        std::cmp::Ordering::Greater => "more often than it occurs: it draws others to itself",
        std::cmp::Ordering::Less => "less often than it occurs",
        std::cmp::Ordering::Equal => "as often as it occurs",
    };
    Some(format!(
        "The largest {}, {}, is predicted {} for {}, {comparison}.",
        facts.class.one(),
        facts.evaluated_name(largest.class),
        phrases::counted(n_predicted, "time", "times"),
        facts.sample.count(largest.support),
    ))
}
