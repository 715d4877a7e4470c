//! The folds of every protocol.

use super::subset::Subset;
use super::{EvaluationError, EvaluationParams, Protocol, folds};

/// One drawing of folds.
pub(super) struct Split {
    /// The fold of every evaluated sample.
    pub(super) folds: Vec<usize>,
    pub(super) n_folds: usize,
    /// Whether single folds are measured, and means over them taken; not where each is one subject.
    pub(super) is_measured: bool,
}

impl Split {
    /// 1 for every sample of a fold, 0 for all others.
    pub(super) fn mask(&self, fold: usize) -> Vec<u32> {
        self.folds
            .iter()
            .map(|&other| u32::from(other == fold))
            .collect()
    }

    /// The mask of every fold that is measured.
    pub(super) fn masks(&self) -> Vec<Vec<u32>> {
        let n_measured = if self.is_measured { self.n_folds } else { 0 };
        (0..n_measured).map(|fold| self.mask(fold)).collect()
    }

    /// Number of samples of every fold.
    pub(super) fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.n_folds];
        for &fold in &self.folds {
            sizes[fold] += 1;
        }
        sizes
    }
}

/// The folds of every repeat of a protocol.
pub(super) fn splits(
    subset: &Subset,
    protocol: Protocol,
    params: &EvaluationParams,
) -> Result<Vec<Split>, EvaluationError> {
    let n_folds = params.n_folds;
    let at_most = |n_units: usize, unit: &'static str| {
        if n_folds > n_units {
            return Err(EvaluationError::Folds {
                n_folds,
                n_units,
                unit,
            });
        }
        Ok(())
    };
    let repeats = 0..params.n_repeats;
    let (classes, groups, seed) = (&subset.classes, &subset.groups, params.seed);
    let splits: Vec<Split> = match protocol {
        Protocol::SubjectGrouped => {
            at_most(subset.n_groups, "subjects")?;
            let draw = |repeat| folds::stratified_by_group(classes, groups, n_folds, seed, repeat);
            repeats
                .map(|repeat| Split {
                    folds: draw(repeat),
                    n_folds,
                    is_measured: true,
                })
                .collect()
        }
        Protocol::ImageLevel => {
            at_most(subset.n_samples(), "samples")?;
            let draw = |repeat| folds::stratified(classes, n_folds, seed, repeat);
            repeats
                .map(|repeat| Split {
                    folds: draw(repeat),
                    n_folds,
                    is_measured: true,
                })
                .collect()
        }
        Protocol::LeaveOneSubjectOut => vec![Split {
            folds: groups.clone(),
            n_folds: subset.n_groups,
            is_measured: false,
        }],
        Protocol::FromFile => vec![given_split(subset, params)?],
    };
    for split in &splits {
        let largest = split.sizes().into_iter().max().unwrap_or(0);
        let n_training = subset.n_samples() - largest;
        if params.k_max > n_training {
            let k_max = params.k_max;
            return Err(EvaluationError::Training {
                k_max,
                n_training,
                protocol,
            });
        }
    }
    Ok(splits)
}

/// The folds that the user gives.
fn given_split(subset: &Subset, params: &EvaluationParams) -> Result<Split, EvaluationError> {
    let given = params
        .folds_from_file
        .as_ref()
        .ok_or(EvaluationError::NoFoldsFile)?;
    let n_samples = subset.positions.len();
    if given.len() != n_samples {
        return Err(EvaluationError::FoldsShape {
            n_folds: given.len(),
            n_samples,
        });
    }
    let folds: Vec<usize> = subset.samples.iter().map(|&sample| given[sample]).collect();
    let n_folds = folds.iter().max().map_or(0, |last| last + 1);
    let split = Split {
        folds,
        n_folds,
        is_measured: true,
    };
    match split.sizes().iter().position(|&size| size == 0) {
        Some(fold) => Err(EvaluationError::EmptyFold { fold }),
        None => Ok(split),
    }
}
