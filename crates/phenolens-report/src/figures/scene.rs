//! What the figures say about an analysis: names, words, and which runs they show.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Measure, MeasureSummary, ProtocolEvaluation, Run};
use phenolens_core::neighbors::Distance;

use super::canvas::TextStyle;
use super::color::{COSINE, Color, EUCLIDEAN};
use super::panel::SMALL;
use crate::Context;
use crate::facts::{Facts, Noun, capitalized};
use crate::numbers;
use crate::words::measures;

/// Classes that a figure with one row each can show; beyond them it shows the largest.
const MAX_CLASSES: usize = 100;

/// An analysis and the words for it.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) context: &'a Context,
    /// What a class is called.
    pub(super) class: Noun,
    /// What a subject is called.
    pub(super) subject: Noun,
    /// What a sample is called.
    pub(super) sample: Noun,
}

impl<'a> Scene<'a> {
    pub(super) fn new(analysis: &'a Analysis, context: &'a Context) -> Scene<'a> {
        let words = &context.words;
        Scene {
            analysis,
            context,
            class: Noun::new(&words.class),
            subject: Noun::new(&words.subject),
            sample: Noun::new(&words.sample),
        }
    }

    /// The name of a class of the dataset; one that is left out of the evaluation is among them.
    pub(super) fn dataset_label(&self, class: usize) -> &'a str {
        self.label(&self.analysis.dataset.class_names()[class])
    }

    /// The name of a class of the evaluation, which numbers the classes anew.
    pub(super) fn evaluated_label(&self, class: usize) -> &'a str {
        self.label(&self.analysis.evaluation.class_names[class])
    }

    /// The name of a class, or its id where it has none.
    fn label(&self, id: &'a String) -> &'a str {
        let labels = &self.context.class_labels;
        let label = labels.iter().find(|(labelled, _)| labelled == id);
        match label.map_or(id, |(_, name)| name).as_str() {
            "" => "(empty)",
            label => label,
        }
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

    /// What the words pick out of the same analysis.
    pub(super) fn facts(&self) -> Facts<'a> {
        Facts::new(self.analysis, self.context)
    }

    /// One run per distance, by the votes of the headline; by its first votes where a distance has
    /// none by those.
    pub(super) fn main_runs(&self, protocol: &'a ProtocolEvaluation) -> Vec<&'a Run> {
        let headline = self.facts().headline();
        let weights = headline.map(|(_, run)| run.weights);
        let mut runs: Vec<&Run> = Vec::new();
        for run in &protocol.runs {
            match runs.iter_mut().find(|shown| shown.distance == run.distance) {
                Some(shown) if Some(run.weights) == weights => *shown = run,
                Some(_) => {}
                None => runs.push(run),
            }
        }
        runs
    }

    /// `Subject-grouped protocol, 10 folds, n = 1,116 images`.
    pub(super) fn protocol_words(&self, protocol: &ProtocolEvaluation) -> String {
        format!(
            "{} protocol, {} folds, n = {}",
            capitalized(protocol.protocol.name()),
            protocol.n_folds,
            self.sample.count(self.analysis.evaluation.samples.len())
        )
    }

    /// Names of classes in small text, cut to `max_width` px, and the width of the widest.
    pub(super) fn row_labels(
        &self,
        names: impl Iterator<Item = &'a str>,
        max_width: f64,
    ) -> (Vec<String>, f64) {
        let style = TextStyle::new(SMALL);
        let labels: Vec<String> = names.map(|name| style.ellipsize(name, max_width)).collect();
        let widths = labels.iter().map(|label| style.width(label));
        let widest = widths.fold(0.0, f64::max);
        (labels, widest)
    }

    /// The confidence of intervals: `95%`, `99.5%`.
    pub(super) fn confidence(&self) -> String {
        numbers::confidence(self.analysis.params.evaluation.confidence)
    }

    /// The given classes, or the largest where there are too many for a row each, in their order;
    /// and what is to be said about those that are left out.
    ///
    /// * `size`: the number of samples of a class.
    pub(super) fn shown_classes(
        &self,
        classes: &[usize],
        size: impl Fn(usize) -> usize,
    ) -> (Vec<usize>, Option<String>) {
        if classes.len() <= MAX_CLASSES {
            return (classes.to_vec(), None);
        }
        let mut shown = classes.to_vec();
        shown.sort_by_key(|&class| (std::cmp::Reverse(size(class)), class));
        shown.truncate(MAX_CLASSES);
        shown.sort_unstable();
        let note = format!(
            "the {MAX_CLASSES} largest of {}",
            self.class.count(classes.len())
        );
        (shown, Some(note))
    }
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

/// The name of a measure, to begin a line with: `Macro F1`.
pub(super) fn measure_title(measure: Measure) -> String {
    capitalized(measures::name(measure))
}
