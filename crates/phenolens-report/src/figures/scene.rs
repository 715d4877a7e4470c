//! What the figures say about an analysis: names, words, and which runs they show.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Measure, MeasureSummary, ProtocolEvaluation, Run};
use phenolens_core::neighbors::Distance;

use super::canvas::TextStyle;
use super::color::{COSINE, Color, EUCLIDEAN};
use super::panel::SMALL;
use crate::Context;
use crate::numbers::{count, percent};

/// Classes that a figure with one row each can show; beyond them it shows the largest.
const MAX_CLASSES: usize = 100;

/// An analysis and the words for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) context: &'a Context,
}

impl<'a> Scene<'a> {
    pub(super) fn new(analysis: &'a Analysis, context: &'a Context) -> Scene<'a> {
        Scene { analysis, context }
    }

    /// The name of a class, or its id where it has none.
    pub(super) fn class_label(&self, class: usize) -> &'a str {
        let id = &self.analysis.dataset.class_names()[class];
        let labels = &self.context.class_labels;
        let label = labels.iter().find(|(labelled, _)| labelled == id);
        match label.map_or(id, |(_, name)| name).as_str() {
            "" => "(empty)",
            label => label,
        }
    }

    /// `1 image`, `1,116 images`.
    pub(super) fn samples(&self, n: usize) -> String {
        counted(n, &self.context.words.sample)
    }

    /// `1 subject`, `941 subjects`.
    pub(super) fn subjects(&self, n: usize) -> String {
        counted(n, &self.context.words.subject)
    }

    /// `1 syndrome`, `10 syndromes`.
    pub(super) fn classes(&self, n: usize) -> String {
        counted(n, &self.context.words.class)
    }

    /// The measures that stand for all: macro and per sample, of the first choice, of the first
    /// three, of the whole ranking. Of three classes or fewer the first three are no achievement.
    pub(super) fn headline_measures(&self) -> [Measure; 4] {
        let third = match self.analysis.dataset.n_classes() {
            0..=3 => Measure::BalancedAccuracy,
            _ => Measure::Top3,
        };
        [
            Measure::F1Macro,
            Measure::Accuracy,
            Measure::AucMacro,
            third,
        ]
    }

    /// The first protocol, which the report leads with.
    pub(super) fn headline(&self) -> Option<&'a ProtocolEvaluation> {
        self.analysis.evaluation.protocols.first()
    }

    /// `Subject-grouped protocol, 10 folds, n = 1,116 images`.
    pub(super) fn protocol_words(&self, protocol: &ProtocolEvaluation) -> String {
        format!(
            "{} protocol, {} folds, n = {}",
            capitalized(protocol.protocol.name()),
            protocol.n_folds,
            self.samples(self.analysis.evaluation.samples.len())
        )
    }

    /// The labels of the classes in small text, cut to `max_width` px, and the width of the widest.
    pub(super) fn row_labels(&self, classes: &[usize], max_width: f64) -> (Vec<String>, f64) {
        let style = TextStyle::new(SMALL);
        let labels: Vec<String> = classes
            .iter()
            .map(|&class| style.ellipsize(self.class_label(class), max_width))
            .collect();
        let widths = labels.iter().map(|label| style.width(label));
        let widest = widths.fold(0.0, f64::max);
        (labels, widest)
    }

    /// The confidence of intervals: `95%`, `99.5%`.
    pub(super) fn confidence(&self) -> String {
        let text = percent(self.analysis.params.evaluation.confidence);
        text.replace(".0%", "%")
    }

    /// The given classes, or the largest where there are too many for a row each, in their order;
    /// and what is to be said about those that are left out.
    pub(super) fn shown_classes(&self, classes: &[usize]) -> (Vec<usize>, Option<String>) {
        if classes.len() <= MAX_CLASSES {
            return (classes.to_vec(), None);
        }
        let sizes = self.analysis.dataset.class_sizes();
        let mut shown = classes.to_vec();
        shown.sort_by_key(|&class| (std::cmp::Reverse(sizes[class]), class));
        shown.truncate(MAX_CLASSES);
        shown.sort_unstable();
        let note = format!(
            "the {MAX_CLASSES} largest of {}",
            self.classes(classes.len())
        );
        (shown, Some(note))
    }
}

/// One run per distance: those with the weights of the first.
pub(super) fn main_runs(protocol: &ProtocolEvaluation) -> Vec<&Run> {
    let weights = protocol.runs.first().map(|run| run.weights);
    protocol
        .runs
        .iter()
        .filter(|run| Some(run.weights) == weights)
        .collect()
}

/// A measure at the chosen k.
pub(super) fn summary_of(run: &Run, measure: Measure) -> Option<&MeasureSummary> {
    run.summary
        .iter()
        .find(|summary| summary.measure == measure)
}

/// The color that a distance has in every figure.
pub(super) fn distance_color(distance: Distance) -> Color {
    match distance {
        Distance::Cosine => COSINE,
        Distance::Euclidean => EUCLIDEAN,
    }
}

/// A measure in the words of a reader.
pub(super) fn measure_words(measure: Measure) -> &'static str {
    match measure {
        Measure::Accuracy => "Accuracy",
        Measure::BalancedAccuracy => "Balanced accuracy",
        Measure::PrecisionMacro => "Macro precision",
        Measure::RecallMacro => "Macro recall",
        Measure::F1Macro => "Macro F1",
        Measure::F1Weighted => "Weighted F1",
        Measure::F1Micro => "Micro F1",
        Measure::AucMacro => "Macro AUC",
        Measure::AucWeighted => "Weighted AUC",
        Measure::AucMicro => "Micro AUC",
        Measure::ApMacro => "Macro average precision",
        Measure::Top1 => "Top-1 accuracy",
        Measure::Top2 => "Top-2 accuracy",
        Measure::Top3 => "Top-3 accuracy",
        Measure::Top4 => "Top-4 accuracy",
        Measure::Top5 => "Top-5 accuracy",
        Measure::Mrr => "Mean reciprocal rank",
        Measure::Mcc => "Matthews correlation",
        Measure::LogLoss => "Log loss",
        Measure::Brier => "Brier score",
    }
}

/// The word with a capital, to begin a line with.
pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// The English plural of a noun, by its ending.
pub(super) fn plural(noun: &str) -> String {
    let ends_in = |endings: &[&str]| endings.iter().any(|ending| noun.ends_with(ending));
    if ends_in(&["s", "x", "z", "ch", "sh"]) {
        return format!("{noun}es");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

fn counted(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{} {}", count(n), plural(noun)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_counted() {
        assert_eq!(counted(1, "image"), "1 image");
        assert_eq!(counted(1116, "image"), "1,116 images");
        assert_eq!(counted(0, "class"), "0 classes");
        assert_eq!(counted(2, "family"), "2 families");
        assert_eq!(counted(2, "day"), "2 days");
        assert_eq!(capitalized("ähnlich"), "Ähnlich");
        assert_eq!(capitalized(""), "");
    }
}
