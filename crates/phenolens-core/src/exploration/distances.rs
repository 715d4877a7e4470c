//! How far samples lie apart.

mod bins;
mod means;
mod sort;

use rayon::prelude::*;

use super::pairs::{Groups, Pairs, group_of};
use super::spread::spread_of_sorted;
use super::{DistanceSummary, PairGroup};
use crate::dataset::Dataset;
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};

/// One summary per distance.
pub(super) fn summarize(
    dataset: &Dataset,
    distances: &[Distance],
    tables: &[Neighbors],
    groups: &Groups,
    machine: &Machine,
) -> Vec<DistanceSummary> {
    let summary = |&distance: &Distance| {
        let keys = Keys::new(dataset, distance, machine.instruction_set);
        let holds_all = |table: &&Neighbors| {
            table.distance() == distance && table.is_whole() && table.recall().is_none()
        };
        let table = tables.iter().find(holds_all).filter(|_| groups.is_complete);
        let pairs = [
            &groups.same_subject,
            &groups.within_class,
            &groups.between_classes,
        ];
        let [same_subject, within_class, between_classes] = match table {
            Some(table) => read(dataset, table, pairs.map(Vec::len)),
            None => pairs.map(|pairs| measure(&keys, pairs)),
        };

        let measured = [&same_subject, &within_class, &between_classes];
        let least = measured.iter().filter_map(|values| values.first());
        let greatest = measured.iter().filter_map(|values| values.last());
        let bin_edges = bins::round_edges(
            least.copied().fold(f64::INFINITY, f64::min),
            greatest.copied().fold(f64::NEG_INFINITY, f64::max),
        );
        let group = |values: &[f64]| {
            (!values.is_empty()).then(|| PairGroup {
                spread: spread_of_sorted(values),
                counts: bins::counts(values, &bin_edges),
            })
        };
        DistanceSummary {
            distance,
            same_subject: group(&same_subject),
            within_class: group(&within_class),
            between_classes: group(&between_classes),
            separation: separation(&within_class, &between_classes),
            bin_edges,
            is_complete: groups.is_complete,
            classes: means::summarize(dataset, &keys),
        }
    };
    distances.par_iter().map(summary).collect()
}

/// The distances of pairs, in rising order.
fn measure(keys: &Keys, pairs: &Pairs) -> Vec<f64> {
    let value = |&[one, other]: &[u32; 2]| keys.value(one as usize, other as usize);
    sort::rising(pairs.par_iter().with_min_len(1024).map(value).collect())
}

/// The distances of all pairs in rising order, by group in the order of [`Group`](super::pairs::Group),
/// from a table that holds them.
///
/// * `n_pairs`: of each group.
fn read(dataset: &Dataset, table: &Neighbors, n_pairs: [usize; 3]) -> [Vec<f64>; 3] {
    let mut groups = n_pairs.map(Vec::with_capacity);
    for sample in 0..dataset.n_samples() {
        let neighbors = table.indices(sample).iter().zip(table.values(sample));
        for (&other, &value) in neighbors {
            let other = other as usize;
            if other > sample {
                groups[group_of(dataset, sample, other) as usize].push(value);
            }
        }
    }
    groups.map(sort::rising)
}

/// How often a number of the first list is below one of the second, a tie counting one half.
///
/// ```text
///        1
/// S  =  ───   ∑ ∑  [w < b] + ½ [w = b]      w of the first list, b of the second
///       n m   w b
/// ```
///
/// Both in rising order; `None` where either is empty. Counted in whole halves, so exact up to the
/// last division.
fn separation(within: &[f64], between: &[f64]) -> Option<f64> {
    if within.is_empty() || between.is_empty() {
        return None;
    }
    let (mut n_below, mut n_not_above) = (0, 0);
    let mut half_wins: u64 = 0;
    for &value in between {
        while n_below < within.len() && within[n_below] < value {
            n_below += 1;
        }
        while n_not_above < within.len() && within[n_not_above] <= value {
            n_not_above += 1;
        }
        half_wins += (n_below + n_not_above) as u64;
    }
    let n_comparisons = within.len() as f64 * between.len() as f64;
    Some(half_wins as f64 / 2.0 / n_comparisons)
}
