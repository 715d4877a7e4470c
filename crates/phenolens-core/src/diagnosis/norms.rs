use rayon::prelude::*;
use serde::Serialize;

use super::DiagnosisParams;
use crate::evaluation::Evaluated;
use crate::random::{Stream, Use};

/// Most permutations: p-values from 0.001 up.
const MAX_PERMUTATIONS: usize = 999;

/// Streams of `Use::Diagnosis` from here on shuffle classes.
const FIRST_STREAM: u64 = 1 << 32;

/// Whether the length of a vector says something about its class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NormInformation {
    /// Subjects that are looked at, each by the mean logarithm of its vectors' lengths; one with two
    /// classes counts in both.
    pub n_subjects: usize,
    /// Share of the variance of these means that lies between classes, from 0 to 1.
    ///
    /// ```text
    /// η² = ∑ n_c (m_c - m)² / ∑ (x - m)²
    /// ```
    pub eta_squared: f64,
    /// The share that chance gives: (classes - 1) / (subjects - 1).
    pub expected: f64,
    /// How often subjects whose classes are shuffled give as much; `None` without resampling.
    pub p_value: Option<f64>,
}

/// Compares lengths between classes; `None` where there are no two classes, no more subjects than
/// classes, or no differences.
///
/// Takes O(n_subjects) time for each of at most 999 permutations.
///
/// # Source
/// Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9(1), 39: the p-value
/// `(1 + #{η²* ≥ η²}) / (1 + n_permutations)`.
pub(super) fn norm_information(
    evaluated: &Evaluated,
    squared_norms: &[f64],
    params: &DiagnosisParams,
) -> Option<NormInformation> {
    let mut logs: Vec<(usize, usize, f64)> = (0..evaluated.n_samples())
        .map(|position| {
            let log = libm::log(squared_norms[evaluated.samples[position]]) / 2.0;
            (evaluated.groups[position], evaluated.classes[position], log)
        })
        .collect();
    // A stable sort: samples of one subject are summed in their order.
    logs.sort_by_key(|&(group, class, _)| (group, class));
    let (mut classes, mut values) = (Vec::new(), Vec::new());
    for unit in logs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        classes.push(unit[0].1);
        values.push(unit.iter().map(|(.., log)| log).sum::<f64>() / unit.len() as f64);
    }
    let n_subjects = values.len();
    let mean = values.iter().sum::<f64>() / n_subjects as f64;
    for value in &mut values {
        *value -= mean;
    }
    let total: f64 = values.iter().map(|value| value * value).sum();
    let mut sizes = vec![0.0; evaluated.n_classes];
    for &class in &classes {
        sizes[class] += 1.0;
    }
    let n_classes = sizes.iter().filter(|&&size| size > 0.0).count();
    // What rounding leaves of equal lengths is no difference.
    let is_flat = total <= 1e-24 * n_subjects as f64 * (1.0 + mean * mean);
    if n_classes < 2 || n_subjects <= n_classes || is_flat {
        return None;
    }

    let eta_squared = |classes: &[usize]| {
        let mut sums = vec![0.0; sizes.len()];
        for (&class, value) in classes.iter().zip(&values) {
            sums[class] += value;
        }
        let between = sums.iter().zip(&sizes).filter(|(_, size)| **size > 0.0);
        between.map(|(sum, size)| sum * sum / size).sum::<f64>() / total
    };
    let observed = eta_squared(&classes);
    let n_permutations = params.n_resamples.min(MAX_PERMUTATIONS);
    let n_as_much = (0..n_permutations)
        .into_par_iter()
        .filter(|&permutation| {
            let index = FIRST_STREAM + permutation as u64;
            let mut shuffled = classes.clone();
            Stream::new(params.seed, Use::Diagnosis, index).shuffle(&mut shuffled);
            // The same sums in another order differ by rounding.
            eta_squared(&shuffled) >= observed - 1e-12
        })
        .count();
    Some(NormInformation {
        n_subjects,
        eta_squared: observed,
        expected: (n_classes - 1) as f64 / (n_subjects - 1) as f64,
        p_value: (n_permutations > 0).then(|| (1 + n_as_much) as f64 / (1 + n_permutations) as f64),
    })
}
