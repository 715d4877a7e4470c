#[cfg(test)]
mod tests;

use super::duplicates::{EFFORT, NearDuplicates};
use super::{DuplicatePair, Review, ReviewParams, counted, duplicates, list_first};
use crate::cohort::Labelling;
use crate::dataset::Dataset;
use crate::findings::{Finding, Level, Message, Severity};
use crate::neighbors::Neighbors;

/// Samples of the largest class over those of the smallest from which on imbalance is a finding.
const IMBALANCE: f64 = 3.0;

/// The longest vector over the shortest from which on differing lengths are a finding.
const NORM_RATIO: f64 = 2.0;

/// Finds what only neighbors tell, and judges the classes against the folds.
///
/// * `neighbors`: tables of `dataset`. The cosine table answers at once; without one, or where a
///   sample has more near-duplicates than the table has neighbors, distances are computed anew.
///
/// Duplicates are the pairs of samples of *different* subjects whose cosine distance is below
/// `params.duplicate_distance`; pairs of one subject are to be expected.
pub fn review(dataset: &Dataset, neighbors: &[Neighbors], params: &ReviewParams) -> Review {
    let limit = params.duplicate_distance;
    let mut findings = Vec::new();
    let mut pairs = Vec::new();
    if params.search_duplicates {
        let near = duplicates::near_duplicates(dataset, neighbors, limit, EFFORT);
        findings.extend(near_duplicates(dataset, &near.pairs, limit));
        findings.extend(incomplete(&near, dataset.n_samples(), limit));
        pairs = near.pairs;
    } else {
        findings.push(not_searched(dataset.n_samples()));
    }
    match dataset.labelling() {
        Labelling::Bare => findings.push(unlabelled()),
        Labelling::Complete => findings.extend(classes(dataset, params)),
        Labelling::WithoutSubjects => {
            findings.push(without_subjects());
            findings.extend(classes(dataset, params));
        }
    }
    findings.extend(norms(dataset));
    Review {
        findings,
        duplicates: pairs,
    }
}

fn near_duplicates(dataset: &Dataset, pairs: &[DuplicatePair], limit: f64) -> Vec<Finding> {
    // Exactly equal vectors have been listed when they were admitted.
    let near: Vec<&DuplicatePair> = pairs
        .iter()
        .filter(|pair| dataset.vector(pair.first) != dataset.vector(pair.second))
        .collect();
    list_first(
        &near,
        |pair| {
            let [class, subject, sample] = dataset.id(pair.first);
            let [other_class, other_subject, other_sample] = dataset.id(pair.second);
            let same = if class == other_class {
                "the same class"
            } else {
                "another class"
            };
            let message = Message::from("This sample and sample ")
                .id(Level::Sample, other_sample)
                .words(" of subject ")
                .id(Level::Subject, other_subject)
                .words(format!(
                    " in class {other_class:?}, {same}, are nearly the same (cosine distance {:.4}, \
                     below {limit}); both were kept.",
                    pair.cosine
                ));
            Finding::new(Severity::Warning, "near_duplicates", message)
                .of_class(class)
                .of_subject(subject)
                .of_sample(sample)
        },
        |rest| {
            format!(
                "{} more of samples of different subjects are nearly the same (cosine distance below \
                 {limit}); all were kept.",
                counted(rest, "pair")
            )
        },
    )
}

/// What was not looked for, or not kept.
fn incomplete(near: &NearDuplicates, n_samples: usize, limit: f64) -> Vec<Finding> {
    let code = "near_duplicates_incomplete";
    let mut findings = Vec::new();
    if near.n_unsearched > 0 {
        let message = format!(
            "Near-duplicates (cosine distance below {limit}) of {} of {} may be missing: their \
             neighbor tables end before that distance, and comparing all samples would take too \
             long.",
            near.n_unsearched,
            counted(n_samples, "sample")
        );
        findings.push(Finding::new(Severity::Warning, code, message));
    }
    if near.is_cut {
        let message = format!(
            "More than {} pairs of samples of different subjects are nearer than the \
             duplicate distance {limit}; only the nearest of them are kept. A smaller distance may \
             suit these vectors.",
            near.pairs.len()
        );
        findings.push(Finding::new(Severity::Warning, code, message));
    }
    findings
}

fn classes(dataset: &Dataset, params: &ReviewParams) -> Vec<Finding> {
    let mut findings = class_sizes(dataset, params.n_folds);
    findings.extend(imbalance(dataset));
    findings
}

fn not_searched(n_samples: usize) -> Finding {
    let message = format!(
        "Near-duplicates were not looked for among {}: that takes long, and `run` does it. Exactly \
         equal vectors were.",
        counted(n_samples, "sample")
    );
    Finding::new(Severity::Note, "near_duplicates_not_searched", message)
}

fn unlabelled() -> Finding {
    let message = "The file holds vectors without labels; rows are known by their number, counted from \
                   0.";
    Finding::new(Severity::Note, "unlabelled", message.to_owned())
}

fn without_subjects() -> Finding {
    let message = "The data do not say which samples are of one subject, as was stated; each counts as \
                   a subject of its own. If some subjects have several, every figure is too good.";
    Finding::new(Severity::Note, "without_subjects", message.to_owned())
}

/// Too few classes, and classes too small to be tested in every fold.
fn class_sizes(dataset: &Dataset, n_folds: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    if dataset.n_classes() < 2 {
        let message = "There is one class, so that there is nothing to tell apart.".to_owned();
        findings.push(Finding::new(Severity::Warning, "one_class", message));
    }
    let n_subjects = dataset.subjects_per_class();
    let n_samples = dataset.class_sizes();
    for (class, name) in dataset.class_names().iter().enumerate() {
        let (n_subjects, n_samples) = (n_subjects[class], n_samples[class]);
        let finding = if n_samples == 1 {
            let message =
                "This class has one sample: no sample of it can be recognized when it is \
                           tested, since none is left to compare with."
                    .to_owned();
            Finding::new(Severity::Warning, "class_with_one_sample", message)
        } else if n_subjects == 1 {
            let message = format!(
                "This class has one subject ({n_samples} samples): no sample of it can be \
                 recognized when whole subjects are tested, since no other subject is left to \
                 compare with."
            );
            Finding::new(Severity::Warning, "class_with_one_subject", message)
        } else if n_subjects < n_folds {
            let message = format!(
                "This class has {n_subjects} subjects for {n_folds} folds: in at least {} no sample of \
                 it is tested. Means over folds leave it out of AUC and average precision there, and count \
                 its precision, recall and F1 as 0: the pooled figures are the fairer ones.",
                counted(n_folds - n_subjects, "fold")
            );
            Finding::new(Severity::Note, "fewer_subjects_than_folds", message)
        } else {
            continue;
        };
        findings.push(finding.of_class(name));
    }
    findings
}

fn imbalance(dataset: &Dataset) -> Option<Finding> {
    let sizes = dataset.class_sizes();
    let largest = (0..sizes.len()).rev().max_by_key(|&class| sizes[class])?;
    let smallest = (0..sizes.len()).min_by_key(|&class| sizes[class])?;
    let ratio = sizes[largest] as f64 / sizes[smallest] as f64;
    if ratio < IMBALANCE {
        return None;
    }
    let message = format!(
        "The largest class, {:?}, has {ratio:.1} times as many samples as the smallest, {:?} ({} and \
         {}): accuracy is mostly that of the large classes, so read the macro measures and the \
         figures per class.",
        dataset.class_names()[largest],
        dataset.class_names()[smallest],
        sizes[largest],
        sizes[smallest],
    );
    Some(Finding::new(Severity::Note, "imbalanced_classes", message))
}

fn norms(dataset: &Dataset) -> Option<Finding> {
    let square = |value: &f32| f64::from(*value) * f64::from(*value);
    let norm = |vector: &[f32]| vector.iter().map(square).sum::<f64>().sqrt();
    let norms = dataset.vectors().chunks_exact(dataset.n_dims()).map(norm);
    let (shortest, longest) = norms.fold((f64::INFINITY, 0.0_f64), |(min, max), norm| {
        (min.min(norm), max.max(norm))
    });
    let ratio = longest / shortest;
    if ratio < NORM_RATIO {
        return None;
    }
    let message = format!(
        "The longest vector is {ratio:.1} times as long as the shortest ({longest:.4} and \
         {shortest:.4}): euclidean distances depend on length as well as direction, cosine distances \
         on direction alone."
    );
    Some(Finding::new(Severity::Note, "norms_differ", message))
}
