//! What deserves a second look about an evaluation.

use super::cross_validation::Classifier;
use super::splits::Split;
use super::subset::Subset;
use super::{EvaluationParams, Protocol};
use crate::findings::{Finding, Severity};

/// Votes that are not taken since they do not suit the distance.
pub(super) fn of_weights(params: &EvaluationParams) -> Vec<Finding> {
    let mut findings = Vec::new();
    for &distance in &params.distances {
        for weights in params
            .weights
            .iter()
            .filter(|weights| !weights.suit(distance))
        {
            let (weights, distance) = (weights.name(), distance.name());
            let message = format!(
                "{weights} weights do not suit the {distance} distance; this combination is not evaluated"
            );
            findings.push(Finding::new(
                Severity::Note,
                "weights_not_evaluated",
                message,
            ));
        }
    }
    findings
}

/// Folds that lack a class: their areas are means over the other classes.
pub(super) fn of_folds(subset: &Subset, protocol: Protocol, split: &Split) -> Vec<Finding> {
    if !split.is_measured {
        return Vec::new();
    }
    let mut has_class = vec![false; split.n_folds * subset.n_classes()];
    for (&fold, &class) in split.folds.iter().zip(&subset.classes) {
        has_class[fold * subset.n_classes() + class] = true;
    }
    let n_lacking = |class: usize| {
        (0..split.n_folds)
            .filter(|fold| !has_class[fold * subset.n_classes() + class])
            .count()
    };
    let finding = |(class, name): (usize, &String)| {
        let n_lacking = n_lacking(class);
        if n_lacking == 0 {
            return None;
        }
        let message = format!(
            "protocol {}: {n_lacking} of {} folds have no sample of the class; it is left out of their means of AUC and average precision",
            protocol.name(),
            split.n_folds,
        );
        Some(Finding::new(Severity::Note, "fold_without_class", message).of_class(name))
    };
    subset
        .class_names
        .iter()
        .enumerate()
        .filter_map(finding)
        .collect()
}

/// Classes that are never predicted: their precision has no denominator.
pub(super) fn of_classes(
    subset: &Subset,
    protocol: Protocol,
    classifiers: &[Classifier],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Classifier {
        run, class_figures, ..
    } in classifiers
    {
        for (figures, name) in class_figures.iter().zip(&subset.class_names) {
            if figures.n_predicted > 0 {
                continue;
            }
            let message = format!(
                "protocol {}, {}, {} weights, k = {}: the class is never predicted; its precision is undefined and counts as 0",
                protocol.name(),
                run.distance.name(),
                run.weights.name(),
                run.k,
            );
            let finding = Finding::new(Severity::Note, "undefined_precision", message);
            findings.push(finding.of_class(name));
        }
    }
    findings
}
