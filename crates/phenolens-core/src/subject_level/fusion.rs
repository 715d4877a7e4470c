//! From the samples of a subject to one vote.

use rayon::prelude::*;
use serde::Serialize;

use crate::dataset::Dataset;
use crate::evaluation::{Evaluated, NeighborLists, Votes, VotingRule, vote_jointly};
use crate::neighbors::{Distance, Keys, Neighbor, Neighbors, keep_nearest};

/// Centroids are searched up to this many products of numbers, some seconds of work: subjects with
/// several samples, times samples, times dimensions.
pub(super) const MAX_PRODUCTS: usize = 1 << 33;

/// How the samples of a subject become one prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fusion {
    /// A training sample is as far from the subject as from the nearest of its samples; then the k
    /// nearest vote.
    SmallestDistance,
    /// The mean of the scores that the samples have one by one.
    MeanScore,
    /// The k nearest to the mean vector of the samples vote, with cosine distance to the mean of the
    /// vectors at length 1.
    Centroid,
}

impl Fusion {
    /// Every way, in the order of the tables.
    pub const ALL: [Fusion; 3] = [
        Fusion::SmallestDistance,
        Fusion::MeanScore,
        Fusion::Centroid,
    ];

    /// The name in tables, such as `mean-score`.
    pub fn name(self) -> &'static str {
        match self {
            Fusion::SmallestDistance => "smallest-distance",
            Fusion::MeanScore => "mean-score",
            Fusion::Centroid => "centroid",
        }
    }
}

/// The samples of one class and subject, as positions among the evaluated ones, rising.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) class: usize,
    pub(super) group: usize,
    pub(super) samples: Vec<usize>,
}

/// All units by class, then subject.
pub(super) fn units(evaluated: &Evaluated) -> Vec<Unit> {
    let key = |&position: &usize| (evaluated.classes[position], evaluated.groups[position]);
    let mut positions: Vec<usize> = (0..evaluated.n_samples()).collect();
    positions.sort_by_key(key);
    let chunks = positions.chunk_by(|a, b| key(a) == key(b));
    chunks
        .map(|samples| {
            let (class, group) = key(&samples[0]);
            Unit {
                class,
                group,
                samples: samples.to_vec(),
            }
        })
        .collect()
}

/// What is classified, by which neighbors and folds.
pub(super) struct Test<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) evaluated: &'a Evaluated<'a>,
    /// The fold of every evaluated sample.
    pub(super) folds: &'a [usize],
    pub(super) table: &'a Neighbors,
    pub(super) keys: Keys<'a>,
    pub(super) rule: VotingRule,
}

/// Each way of fusing, and what it says of every unit; a unit with one sample is voted on as that
/// sample is.
///
/// * `lists`: the k nearest training samples of every evaluated sample.
pub(super) fn fused_votes(
    test: &Test,
    units: &[Unit],
    lists: &NeighborLists,
) -> Vec<(Fusion, Votes)> {
    let truth: Vec<usize> = units.iter().map(|unit| unit.class).collect();
    let classes = &test.evaluated.classes;
    let samples: Vec<&[usize]> = units.iter().map(|unit| &unit.samples[..]).collect();
    let by_lists = |of_unit: &(dyn Fn(&Unit) -> Vec<Neighbor> + Sync)| {
        let lists_of_units = units.par_iter().map(|unit| match unit.samples[..] {
            [sample] => lists.of(sample).to_vec(),
            _ => of_unit(unit),
        });
        let lists = NeighborLists::new(lists_of_units.collect());
        let own: Vec<usize> = (0..units.len()).collect();
        let own: Vec<&[usize]> = own.chunks(1).collect();
        vote_jointly(&lists, &own, &truth, classes, &test.rule)
    };
    let n_several = units.iter().filter(|unit| unit.samples.len() > 1).count();
    let n_products = n_several
        .saturating_mul(test.evaluated.n_samples())
        .saturating_mul(test.dataset.n_dims());
    Fusion::ALL
        .into_iter()
        .filter(|&fusion| fusion != Fusion::Centroid || n_products <= MAX_PRODUCTS)
        .map(|fusion| {
            let votes = match fusion {
                Fusion::SmallestDistance => {
                    by_lists(&|unit| nearest_to_any(test, &unit.samples, lists))
                }
                Fusion::MeanScore => vote_jointly(lists, &samples, &truth, classes, &test.rule),
                Fusion::Centroid => by_lists(&|unit| nearest_to_mean(test, &unit.samples)),
            };
            (fusion, votes)
        })
        .collect()
}

/// The k training samples whose smallest distance to any of `samples` is smallest.
///
/// Each of them is among the k nearest of the sample that it is nearest to: whatever is nearer to
/// that sample is nearer to the subject too.
fn nearest_to_any(test: &Test, samples: &[usize], lists: &NeighborLists) -> Vec<Neighbor> {
    let in_dataset = &test.evaluated.samples;
    let mut keyed: Vec<(usize, f64)> = Vec::new();
    for &sample in samples {
        let key = |neighbor: &Neighbor| {
            let other = neighbor.sample;
            (other, test.keys.key(in_dataset[sample], in_dataset[other]))
        };
        keyed.extend(lists.of(sample).iter().map(key));
    }
    keyed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    keyed.dedup_by_key(|&mut (other, _)| other);
    let mut keyed = keyed.into_iter().map(|(other, key)| (key, other)).collect();
    keep_nearest(&mut keyed, test.rule.k);
    test.keys.neighbors(&keyed)
}

/// The k training samples nearest to the mean vector of `samples`.
fn nearest_to_mean(test: &Test, samples: &[usize]) -> Vec<Neighbor> {
    let evaluated = test.evaluated;
    let fold = test.folds[samples[0]];
    let mut mean = vec![0.0; test.dataset.n_dims()];
    for &sample in samples {
        let sample = evaluated.samples[sample];
        let length = match test.keys.distance() {
            Distance::Euclidean => 1.0,
            Distance::Cosine => test.keys.squared_norms()[sample].sqrt(),
        };
        for (sum, &value) in mean.iter_mut().zip(test.dataset.vector(sample)) {
            *sum += f64::from(value) / length;
        }
    }
    for sum in &mut mean {
        *sum /= samples.len() as f64;
    }
    let position = |sample: usize| evaluated.positions[sample];
    let may_teach = |sample| position(sample).is_some_and(|other| test.folds[other] != fold);
    let mut found = test.keys.nearest_to(&mean, test.rule.k, may_teach);
    for neighbor in &mut found {
        neighbor.sample = position(neighbor.sample).expect("candidates are evaluated");
    }
    found
}
