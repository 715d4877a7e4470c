//! Samples that are the same, or nearly so.

use rayon::prelude::*;

use super::DuplicatePair;
use crate::dataset::Dataset;
use crate::kernels::InstructionSet;
use crate::neighbors::{Distance, Keys, Neighbors};

/// How far a search for near-duplicates goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Pairs that are kept; a file with more has no duplicates but a limit that does not suit it.
    pub(super) max_pairs: usize,
    /// Distances that may be computed beyond the tables.
    pub(super) max_extra_distances: usize,
}

/// Some seconds of work, some tens of megabytes.
pub(super) const EFFORT: Effort = Effort {
    max_pairs: 1_000_000,
    max_extra_distances: 500_000_000,
};

/// Samples whose pairs are found before pairs beyond those to be kept are dropped.
const BLOCK: usize = 64;

/// Near-duplicates, and whether they are all there are.
pub(super) struct NearDuplicates {
    /// Nearest first, equal distances in the order of the source.
    pub(super) pairs: Vec<DuplicatePair>,
    /// Samples whose near-duplicates may go on beyond their neighbors in the tables, where
    /// searching them all would have taken too long.
    pub(super) n_unsearched: usize,
    /// There are more pairs; these are the nearest.
    pub(super) is_cut: bool,
}

/// The pairs of samples of different subjects whose cosine distance is below `limit`, as
/// far as `effort` goes.
///
/// A row of the cosine table whose last value reaches the limit holds all near-duplicates of its
/// sample. A row that is full of nearer ones may not, nor may a row of another distance's table:
/// those samples are measured against all others.
pub(super) fn near_duplicates(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    limit: f64,
    effort: Effort,
) -> NearDuplicates {
    let max_pairs = effort.max_pairs;
    let n_samples = dataset.n_samples();
    let keys = Keys::new(dataset, Distance::Cosine, InstructionSet::detect());
    let is_open = |sample: usize| covering(neighbors, sample, limit).is_none();
    let n_open = (0..n_samples).filter(|&sample| is_open(sample)).count();
    let searches_open = n_open.saturating_mul(n_samples) <= effort.max_extra_distances;

    let mut limit = limit;
    let mut is_cut = false;
    let mut found: Vec<Found> = Vec::new();
    for start in (0..n_samples).step_by(BLOCK) {
        let block = start..(start + BLOCK).min(n_samples);
        let rows: Vec<Vec<Found>> = block
            .into_par_iter()
            .map(|sample| match covering(neighbors, sample, limit) {
                Some(table) => {
                    let listed = listed_below(table, sample, limit);
                    near(&keys, dataset, sample, listed, limit)
                }
                None if searches_open => near(&keys, dataset, sample, 0..n_samples, limit),
                None => {
                    let listed = |table| listed_below(table, sample, limit);
                    near(
                        &keys,
                        dataset,
                        sample,
                        neighbors.iter().flat_map(listed),
                        limit,
                    )
                }
            })
            .collect();
        found.extend(rows.into_iter().flatten());
        if found.len() > 2 * max_pairs {
            sort_and_dedup(&mut found);
            if found.len() > max_pairs {
                found.truncate(max_pairs);
                is_cut = true;
                limit = found.last().map_or(limit, |last| last.cosine);
            }
        }
    }
    sort_and_dedup(&mut found);
    is_cut |= found.len() > max_pairs;
    found.truncate(max_pairs);

    let keys = Keys::new(dataset, Distance::Euclidean, InstructionSet::detect());
    let pair = |found: Found| DuplicatePair {
        first: found.first,
        second: found.second,
        cosine: found.cosine,
        euclidean: keys.value(found.first, found.second),
    };
    NearDuplicates {
        pairs: found.into_par_iter().map(pair).collect(),
        n_unsearched: if searches_open { 0 } else { n_open },
        is_cut,
    }
}

/// A table whose row surely holds every sample whose cosine distance is below `limit`.
fn covering(neighbors: &[Neighbors], sample: usize, limit: f64) -> Option<&Neighbors> {
    neighbors.iter().find(|table| {
        let is_whole = table.is_whole();
        let last = table.values(sample).last();
        is_whole || table.distance() == Distance::Cosine && last.is_some_and(|&last| last >= limit)
    })
}

/// The samples in the row of a table that may be below `limit`.
fn listed_below(table: &Neighbors, sample: usize, limit: f64) -> impl Iterator<Item = usize> {
    let row = table.indices(sample).iter().zip(table.values(sample));
    row.filter(move |&(_, &value)| table.distance() != Distance::Cosine || value < limit)
        .map(|(&other, _)| other as usize)
}

/// A pair of near-duplicates.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    cosine: f64,
    first: usize,
    second: usize,
}

/// Which of the `others` are near-duplicates of a sample.
fn near(
    keys: &Keys,
    dataset: &Dataset,
    sample: usize,
    others: impl Iterator<Item = usize>,
    limit: f64,
) -> Vec<Found> {
    let subjects = dataset.subjects();
    others
        .filter(|&other| subjects[other] != subjects[sample])
        .map(|other| Found {
            cosine: keys.value(sample, other),
            first: sample.min(other),
            second: sample.max(other),
        })
        .filter(|found| found.cosine < limit)
        .collect()
}

/// Nearest first, equal distances in the order of the source. Most pairs are found from both of their
/// samples, and from each table; one of each stays.
fn sort_and_dedup(found: &mut Vec<Found>) {
    found.par_sort_unstable_by(|one, other| {
        let by_distance = one.cosine.total_cmp(&other.cosine);
        by_distance.then((one.first, one.second).cmp(&(other.first, other.second)))
    });
    found.dedup();
}

/// The groups of samples with exactly equal vectors (`0.0` equals `-0.0`), each in the order of the
/// source, groups by their first sample.
///
/// Sorts by a digest of each vector and compares only vectors of one digest: n log n, not n².
pub(super) fn equal_vectors(dataset: &Dataset) -> Vec<Vec<usize>> {
    let mut digests: Vec<(u64, usize)> = (0..dataset.n_samples())
        .into_par_iter()
        .map(|sample| (digest(dataset.vector(sample)), sample))
        .collect();
    digests.par_sort_unstable();
    let mut groups = Vec::new();
    for run in digests.chunk_by(|one, other| one.0 == other.0) {
        let mut rest: Vec<usize> = run.iter().map(|&(_, sample)| sample).collect();
        // Nearly always one round: different vectors of one digest are a rare accident.
        while rest.len() > 1 {
            let first = dataset.vector(rest[0]);
            let (equal, other): (Vec<usize>, Vec<usize>) = rest
                .iter()
                .partition(|&&sample| dataset.vector(sample) == first);
            if equal.len() > 1 {
                groups.push(equal);
            }
            rest = other;
        }
    }
    groups.sort_unstable();
    groups
}

/// A number that equal vectors share and different ones hardly ever do (FNV-1a over whole words,
/// with a shift, since a product alone never moves a high bit down).
fn digest(vector: &[f32]) -> u64 {
    vector.iter().fold(0xCBF2_9CE4_8422_2325, |digest, &value| {
        // Adding 0 turns -0 into 0 and leaves every other number as it is.
        let mixed = (digest ^ u64::from((value + 0.0).to_bits())).wrapping_mul(0x0100_0000_01B3);
        mixed ^ mixed >> 29
    })
}

/// The group of every sample when subjects with near-duplicate samples count as one.
///
/// Subjects that any chain of `pairs` links share a group. Groups are numbered from 0 without gaps,
/// by the first of their subjects; without pairs the result is [`Dataset::subjects`]. Shape
/// `(n_samples,)`.
pub fn merged_subjects(dataset: &Dataset, pairs: &[DuplicatePair]) -> Vec<usize> {
    // Union-find: every subject points toward an earlier one of its group, the first to itself.
    let mut parents: Vec<usize> = (0..dataset.n_subjects()).collect();
    for pair in pairs {
        let one = first_of_group(&mut parents, dataset.subjects()[pair.first]);
        let other = first_of_group(&mut parents, dataset.subjects()[pair.second]);
        parents[one.max(other)] = one.min(other);
    }
    let mut groups = vec![0; parents.len()];
    let mut n_groups = 0;
    for subject in 0..groups.len() {
        let first = first_of_group(&mut parents, subject);
        if first == subject {
            groups[subject] = n_groups;
            n_groups += 1;
        } else {
            groups[subject] = groups[first];
        }
    }
    dataset
        .subjects()
        .iter()
        .map(|&subject| groups[subject])
        .collect()
}

/// The cluster of every pair, from 1 in the order of the pairs, shape `(n_pairs,)`: pairs that a chain
/// of subjects links share one.
pub(crate) fn duplicate_clusters(dataset: &Dataset, pairs: &[DuplicatePair]) -> Vec<usize> {
    let merged = merged_subjects(dataset, pairs);
    let mut number_of_group = vec![None; dataset.n_subjects()];
    let mut n_clusters = 0;
    pairs
        .iter()
        .map(|pair| {
            *number_of_group[merged[pair.first]].get_or_insert_with(|| {
                n_clusters += 1;
                n_clusters
            })
        })
        .collect()
}

fn first_of_group(parents: &mut [usize], mut subject: usize) -> usize {
    while parents[subject] != subject {
        // Halving the path keeps later walks short.
        parents[subject] = parents[parents[subject]];
        subject = parents[subject];
    }
    subject
}
