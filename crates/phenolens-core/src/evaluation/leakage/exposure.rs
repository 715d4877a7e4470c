//! Which test samples have something of themselves in training.

use super::{ExposedTo, Exposure};
use crate::dataset::Dataset;
use crate::evaluation::{Evaluation, ProtocolEvaluation, Run};
use crate::validation::DuplicatePair;

/// Every run's predictions in the first drawing of folds, by what test samples are exposed to.
pub(super) fn exposures(
    dataset: &Dataset,
    pairs: &[DuplicatePair],
    evaluation: &Evaluation,
) -> Vec<Exposure> {
    let mut exposures = Vec::new();
    for part in &evaluation.protocols {
        let mut folds = vec![None; dataset.n_samples()];
        for (&sample, &fold) in evaluation.samples.iter().zip(&part.folds) {
            folds[sample] = Some(fold);
        }
        for (to, is_exposed) in [
            (ExposedTo::SameSubject, by_subject(dataset, &folds)),
            (ExposedTo::NearDuplicate, by_duplicates(pairs, &folds)),
        ] {
            let of = |run| exposure(dataset, evaluation, part, run, to, &is_exposed);
            exposures.extend(part.runs.iter().map(of));
        }
    }
    exposures
}

/// Which samples have one of their subject in another fold.
fn by_subject(dataset: &Dataset, folds: &[Option<usize>]) -> Vec<bool> {
    let mut places: Vec<(usize, usize)> = dataset
        .subjects()
        .iter()
        .zip(folds)
        .filter_map(|(&subject, &fold)| Some((subject, fold?)))
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut n_folds = vec![0; dataset.n_subjects()];
    for (subject, _) in places {
        n_folds[subject] += 1;
    }
    let is_split = |&subject: &usize| n_folds[subject] > 1;
    dataset.subjects().iter().map(is_split).collect()
}

/// Which samples have a near-duplicate in another fold.
fn by_duplicates(pairs: &[DuplicatePair], folds: &[Option<usize>]) -> Vec<bool> {
    let mut is_exposed = vec![false; folds.len()];
    for pair in pairs {
        if let (Some(first), Some(second)) = (folds[pair.first], folds[pair.second])
            && first != second
        {
            is_exposed[pair.first] = true;
            is_exposed[pair.second] = true;
        }
    }
    is_exposed
}

fn exposure(
    dataset: &Dataset,
    evaluation: &Evaluation,
    part: &ProtocolEvaluation,
    run: &Run,
    to: ExposedTo,
    is_exposed: &[bool],
) -> Exposure {
    let mut exposure = Exposure {
        protocol: part.protocol,
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        to,
        n_exposed: 0,
        n_exposed_right: 0,
        n_others: 0,
        n_others_right: 0,
    };
    for prediction in &run.predictions {
        let truth = &dataset.class_names()[dataset.classes()[prediction.sample]];
        let is_right = usize::from(evaluation.class_names[prediction.predicted] == *truth);
        if is_exposed[prediction.sample] {
            exposure.n_exposed += 1;
            exposure.n_exposed_right += is_right;
        } else {
            exposure.n_others += 1;
            exposure.n_others_right += is_right;
        }
    }
    exposure
}
