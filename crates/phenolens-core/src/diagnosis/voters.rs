use rayon::prelude::*;
use serde::Serialize;

use super::{Hubness, OutOfFold};
use crate::evaluation::{Evaluated, Run};

/// How often a hub was among the deciding voters: those neighbors, of the k that voted, that carry
/// the predicted class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HubVoters {
    /// Wrong predictions.
    pub n_wrong: usize,
    /// Those with a hub among the deciding voters.
    pub n_wrong_by_hubs: usize,
    /// Right predictions.
    pub n_right: usize,
    /// Those with a hub among the deciding voters.
    pub n_right_by_hubs: usize,
}

/// For every evaluated sample its `k` nearest training samples, as positions among the evaluated.
pub(super) fn nearest(search: &OutOfFold, k: usize) -> Vec<Vec<usize>> {
    let evaluated = search.evaluated;
    let folds = search.folds;
    (0..evaluated.n_samples())
        .into_par_iter()
        .map_init(Vec::new, |found, test| {
            let may_teach = |training: usize| folds[training] != folds[test];
            evaluated.nearest_where(search.table, search.keys, test, k, may_teach, found);
            found.iter().map(|neighbor| neighbor.sample).collect()
        })
        .collect()
}

/// Counts predictions that hubs had a part in.
///
/// * `lists`: the nearest training samples of each evaluated one, at least `run.k` where there are.
pub(super) fn hub_voters(
    evaluated: &Evaluated,
    run: &Run,
    lists: &[Vec<usize>],
    hubness: &Hubness,
) -> HubVoters {
    let mut counts = HubVoters {
        n_wrong: 0,
        n_wrong_by_hubs: 0,
        n_right: 0,
        n_right_by_hubs: 0,
    };
    for (position, prediction) in run.predictions.iter().enumerate() {
        let list = &lists[position];
        let by_hubs = list[..run.k.min(list.len())].iter().any(|&voter| {
            evaluated.classes[voter] == prediction.predicted
                && hubness.is_hub(evaluated.samples[voter])
        });
        if prediction.predicted == evaluated.classes[position] {
            counts.n_right += 1;
            counts.n_right_by_hubs += usize::from(by_hubs);
        } else {
            counts.n_wrong += 1;
            counts.n_wrong_by_hubs += usize::from(by_hubs);
        }
    }
    counts
}
