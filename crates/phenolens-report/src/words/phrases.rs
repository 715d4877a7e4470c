//! Phrases that several sections use.

use phenolens_core::evaluation::{Measure, PerClass, Protocol, ProtocolEvaluation, Run, Weights};

use super::measures;
use crate::document::Text;
use crate::facts::{self, Facts};
use crate::numbers;

/// A point of a list that begins with a few strong words.
pub(super) fn point(lead: &str, sentence: impl Into<Text>) -> Text {
    let mut text = Text::default().strong(format!("{lead}."));
    text.say(sentence);
    text
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A run in a sentence: `cosine distance with k = 14`.
pub(super) fn run(facts: &Facts, run: &Run) -> String {
    let votes = match has_many_weights(facts) {
        true => format!("{} votes and ", weights(run.weights)),
        false => String::new(),
    };
    format!("{} distance with {votes}k = {}", run.distance.name(), run.k)
}

/// A run in the heading of a column: `cosine, k = 14`.
pub(super) fn run_heading(facts: &Facts, run: &Run) -> String {
    let weights = match has_many_weights(facts) {
        true => format!(", {}", run.weights.name()),
        false => String::new(),
    };
    format!("{}{weights}, k = {}", run.distance.name(), run.k)
}

/// How votes are weighted, before the word "votes".
pub(super) fn weights(weights: Weights) -> &'static str {
    match weights {
        Weights::Uniform => "equal",
        Weights::Distance => "distance-weighted",
        Weights::Softmax => "softmax-weighted",
    }
}

/// Are there several vote weights to tell apart?
pub(super) fn has_many_weights(facts: &Facts) -> bool {
    facts.analysis.params.evaluation.weights.len() > 1
}

/// A protocol before the word "folds": `subject-grouped`.
pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::SubjectGrouped | Protocol::ImageLevel | Protocol::LeaveOneSubjectOut => {
            protocol.name()
        }
        Protocol::FromFile => "given",
    }
}

/// What a protocol holds out, as a clause.
pub(super) fn held_out(facts: &Facts, part: &ProtocolEvaluation) -> String {
    let folds = part.n_folds;
    match part.protocol {
        Protocol::SubjectGrouped => format!(
            "{folds}-fold cross-validation that holds out whole {}",
            facts.subject.many()
        ),
        Protocol::ImageLevel => format!(
            "{folds}-fold cross-validation over single {}",
            facts.sample.many()
        ),
        Protocol::LeaveOneSubjectOut => format!(
            "cross-validation that leaves out one {} at a time ({folds} in all)",
            facts.subject.one()
        ),
        Protocol::FromFile => format!("cross-validation over the {folds} given folds"),
    }
}

/// A measure of a run with its name and interval: `macro F1 0.754 [0.721, 0.786]`.
pub(super) fn measured(run: &Run, measure: Measure) -> String {
    format!("{} {}", measures::name(measure), value(run, measure))
}

/// A measure of a run with its interval: `0.754 [0.721, 0.786]`.
pub(super) fn value(run: &Run, measure: Measure) -> String {
    numbers::with_interval(facts::pooled(run, measure), facts::interval(run, measure))
}

/// What guessing gives, as a sentence; nothing where no chance level is known.
pub(super) fn chance(facts: &Facts, run: &Run, measure: Measure) -> Option<String> {
    let chance = facts::summary(run, measure)?.chance;
    let shuffled = chance.shuffled_labels.map(numbers::measure);
    let largest = chance.largest_class.map(numbers::measure);
    let class = facts.class.one();
    match (shuffled, largest) {
        (Some(shuffled), Some(largest)) => Some(format!(
            "Chance level: {shuffled} with shuffled labels, {largest} by always naming the largest \
             {class}."
        )),
        (Some(shuffled), None) => Some(format!("Chance level: {shuffled} with shuffled labels.")),
        (None, Some(largest)) => Some(format!(
            "Chance level: {largest} by always naming the largest {class}."
        )),
        (None, None) => None,
    }
}

/// That the figure may be a guess, as a sentence: the interval does not lie beyond the better of the
/// chance levels; nothing where it does, or where there is no interval or no chance level.
pub(super) fn not_better_than_guessing(facts: &Facts, run: &Run) -> Option<String> {
    let measure = facts.select_by();
    let chance = facts::summary(run, measure)?.chance;
    let levels = [chance.shuffled_labels, chance.largest_class];
    let interval = facts::interval(run, measure)?;
    let levels = levels.into_iter().flatten();
    let (level, is_beyond, side) = if measure.higher_is_better() {
        let level = levels.reduce(f64::max)?;
        (level, interval.low > level, "above")
    } else {
        let level = levels.reduce(f64::min)?;
        (level, interval.high < level, "below")
    };
    (!is_beyond).then(|| {
        format!(
            "The interval of {} does not lie {side} the chance level of {}: the classifier is not shown \
             to be better than guessing.",
            measures::name(measure),
            numbers::measure(level)
        )
    })
}

/// `95% interval`.
pub(super) fn interval_name(facts: &Facts) -> String {
    let confidence = facts.analysis.params.evaluation.confidence;
    format!("{} interval", numbers::confidence(confidence))
}

/// `p = 0.032`, where there is a p-value, after a comma.
pub(super) fn comma_p(p: Option<f64>) -> String {
    p.map_or_else(String::new, |p| format!(", {}", numbers::p_value(p)))
}

/// "higher" or "lower", as is better for the measure.
pub(super) fn better_word(measure: Measure) -> &'static str {
    if measure.higher_is_better() {
        "higher"
    } else {
        "lower"
    }
}

/// The class with the widest interval of its recall; of equals the first.
pub(super) fn least_certain<'a>(facts: &Facts<'a>, run: &'a Run) -> Option<&'a PerClass> {
    let width = |class: &PerClass| class.recall_interval.high - class.recall_interval.low;
    let classes = facts.evaluated_classes(run);
    classes
        .into_iter()
        .rev()
        .max_by(|a, b| width(a).total_cmp(&width(b)))
}

/// `1 pair`, `35 pairs`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", numbers::count(count))
}
