use serde::Serialize;

use super::{Estimate, Hubness, OutOfFold};
use crate::evaluation::{Evaluated, Run};
use crate::statistics::{Clustered, clustered_difference};

/// How often a hub was among the deciding voters: those neighbors, of the k that voted, that carry
/// the predicted class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HubVoters {
    /// Wrong predictions.
    pub n_wrong: usize,
    /// Those with a hub among the deciding voters.
    pub n_wrong_by_hubs: usize,
    /// Right predictions.
    pub n_right: usize,
    /// Those with a hub among the deciding voters.
    pub n_right_by_hubs: usize,
    /// Mean share of hubs among the deciding voters of the wrong; `None` where there are none.
    pub hub_share_wrong: Option<f64>,
    /// The same of the right.
    pub hub_share_right: Option<f64>,
    /// The first minus the second, the interval over subjects; `None` where either is.
    ///
    /// Hubs vote for many, right or wrong, and right predictions have more deciding voters, so that
    /// a hub is among them more easily: shares of the voters compare like with like.
    pub difference: Option<Estimate>,
}

/// For every evaluated sample its `k` nearest training samples, as positions among the evaluated.
pub(super) fn nearest(search: &OutOfFold, k: usize) -> Vec<Vec<usize>> {
    let evaluated = search.evaluated;
    let lists = evaluated.across_folds(search.table, search.keys, search.folds, k);
    let samples = |test| lists.of(test).iter().map(|neighbor| neighbor.sample);
    (0..evaluated.n_samples())
        .map(|test| samples(test).collect())
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
    confidence: f64,
) -> HubVoters {
    let (mut wrong, mut right) = (Predictions::default(), Predictions::default());
    for (position, prediction) in run.predictions.iter().enumerate() {
        let list = &lists[position];
        let (mut n_deciding, mut n_hubs) = (0, 0);
        for &voter in &list[..run.k.min(list.len())] {
            if evaluated.classes[voter] == prediction.predicted {
                n_deciding += 1;
                n_hubs += usize::from(hubness.is_hub(evaluated.samples[voter]));
            }
        }
        let is_right = prediction.predicted == evaluated.classes[position];
        let predictions = if is_right { &mut right } else { &mut wrong };
        predictions.n_by_hubs += usize::from(n_hubs > 0);
        predictions.groups.push(evaluated.groups[position]);
        let share = n_hubs as f64 / n_deciding.max(1) as f64;
        predictions.hub_shares.push(share);
    }
    let shares = wrong.mean_share().zip(right.mean_share());
    HubVoters {
        n_wrong: wrong.groups.len(),
        n_wrong_by_hubs: wrong.n_by_hubs,
        n_right: right.groups.len(),
        n_right_by_hubs: right.n_by_hubs,
        hub_share_wrong: wrong.mean_share(),
        hub_share_right: right.mean_share(),
        difference: shares.map(|(of_wrong, of_right)| Estimate {
            value: of_wrong - of_right,
            interval: clustered_difference(wrong.clustered(), right.clustered(), confidence),
        }),
    }
}

/// The wrong predictions, or the right ones.
#[derive(Default)]
struct Predictions {
    n_by_hubs: usize,
    /// Share of hubs among the deciding voters of each, with its subject.
    hub_shares: Vec<f64>,
    groups: Vec<usize>,
}

impl Predictions {
    fn mean_share(&self) -> Option<f64> {
        let n = self.hub_shares.len();
        (n > 0).then(|| self.hub_shares.iter().sum::<f64>() / n as f64)
    }

    fn clustered(&self) -> Clustered<'_> {
        Clustered {
            values: &self.hub_shares,
            clusters: &self.groups,
        }
    }
}
