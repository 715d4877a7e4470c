//! Classes and subjects counted.

use std::collections::BTreeMap;

use super::spread::mean_and_sd;
use super::{ClassSummary, SubjectCount};
use crate::dataset::Dataset;

/// One summary per class, in the order of the class names.
///
/// * `norms`: the length of every vector, shape `(n_samples,)`.
pub(super) fn summarize(dataset: &Dataset, norms: &[f64]) -> Vec<ClassSummary> {
    let n_subjects = dataset.subjects_per_class();
    let mut norms_by_class = vec![Vec::new(); dataset.n_classes()];
    for (&class, &norm) in dataset.classes().iter().zip(norms) {
        norms_by_class[class].push(norm);
    }
    norms_by_class
        .iter()
        .zip(n_subjects)
        .zip(dataset.class_names())
        .map(|((norms, n_subjects), class)| {
            let n_samples = norms.len();
            let (norm_mean, norm_sd) = mean_and_sd(norms);
            ClassSummary {
                class: class.clone(),
                n_subjects,
                n_samples,
                share: n_samples as f64 / dataset.n_samples() as f64,
                samples_per_subject_mean: n_samples as f64 / n_subjects as f64,
                norm_mean,
                norm_sd,
            }
        })
        .collect()
}

/// How many subjects have how many samples, by rising number of samples.
pub(super) fn samples_per_subject(dataset: &Dataset) -> Vec<SubjectCount> {
    let mut n_samples = vec![0; dataset.n_subjects()];
    for &subject in dataset.subjects() {
        n_samples[subject] += 1;
    }
    let mut n_subjects: BTreeMap<usize, usize> = BTreeMap::new();
    for n_samples in n_samples {
        *n_subjects.entry(n_samples).or_default() += 1;
    }
    n_subjects
        .into_iter()
        .map(|(n_samples, n_subjects)| SubjectCount {
            n_samples,
            n_subjects,
        })
        .collect()
}

/// The largest of the sizes over the smallest; every class has a size of at least 1.
pub(super) fn imbalance(sizes: &[usize]) -> f64 {
    let largest = sizes.iter().copied().max().unwrap_or(1);
    let smallest = sizes.iter().copied().min().unwrap_or(1);
    largest as f64 / smallest as f64
}

/// How many classes of equal size would be as uncertain as these (Hill 1973, order 1).
///
/// ```text
/// exp(-∑ p ln p)        p = size / ∑ size
/// ```
pub(super) fn effective_number(sizes: &[usize]) -> f64 {
    let total: usize = sizes.iter().sum();
    let term = |&size: &usize| {
        let share = size as f64 / total as f64;
        -share * libm::log(share)
    };
    libm::exp(sizes.iter().map(term).sum())
}
