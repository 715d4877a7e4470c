//! Samples that are the same, or nearly so.

use rayon::prelude::*;

use super::DuplicatePair;
use crate::dataset::Dataset;
use crate::kernels::InstructionSet;
use crate::neighbors::{Distance, Keys, Neighbors};

/// Distances that may be computed beyond the tables; some seconds of work.
const MAX_EXTRA_DISTANCES: usize = 500_000_000;

/// Near-duplicates, and whether they are all there are.
pub(super) struct NearDuplicates {
    /// Nearest first, equal distances in the order of the source.
    pub(super) pairs: Vec<DuplicatePair>,
    /// Samples whose near-duplicates may go on beyond their neighbors in the tables, where
    /// searching them all would have taken too long.
    pub(super) n_unsearched: usize,
}

/// All pairs of samples of different subjects whose cosine distance is below `limit`.
///
/// A row of the cosine table whose last value reaches the limit holds all near-duplicates of its
/// sample. A row that is full of nearer ones may not, nor may a row of another distance's table:
/// those samples are measured against all others.
pub(super) fn near_duplicates(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    limit: f64,
) -> NearDuplicates {
    let n_samples = dataset.n_samples();
    let instruction_set = InstructionSet::detect();
    let cosine = Keys::new(dataset, Distance::Cosine, instruction_set);
    let is_covered = |sample: usize| {
        neighbors.iter().any(|table| {
            let is_whole = table.n_neighbors() + 1 >= n_samples;
            let reaches = table.distance() == Distance::Cosine
                && table
                    .values(sample)
                    .last()
                    .is_some_and(|&last| last >= limit);
            is_whole || reaches
        })
    };
    let n_open = (0..n_samples).filter(|&sample| !is_covered(sample)).count();
    let searches_all = n_open.saturating_mul(n_samples) <= MAX_EXTRA_DISTANCES;

    let is_near = |sample: usize, other: usize| {
        dataset.subjects()[sample] != dataset.subjects()[other]
            && cosine.value(sample, other) < limit
    };
    let rows: Vec<Vec<(usize, usize)>> = (0..n_samples)
        .into_par_iter()
        .map(|sample| {
            let pair = |other: usize| (sample.min(other), sample.max(other));
            if searches_all && !is_covered(sample) {
                let others = (0..n_samples).filter(|&other| other != sample);
                return others
                    .filter(|&other| is_near(sample, other))
                    .map(pair)
                    .collect();
            }
            let mut pairs = Vec::new();
            for table in neighbors {
                let others = table.indices(sample).iter().zip(table.values(sample));
                // Values rise: in the cosine table nothing near stands behind the limit.
                let others = others.take_while(|&(_, &value)| {
                    table.distance() != Distance::Cosine || value < limit
                });
                let near = others
                    .map(|(&other, _)| other as usize)
                    .filter(|&other| is_near(sample, other));
                pairs.extend(near.map(pair));
            }
            pairs
        })
        .collect();
    // Most pairs are found from both of their samples.
    let mut found: Vec<(usize, usize)> = rows.into_iter().flatten().collect();
    found.sort_unstable();
    found.dedup();

    let euclidean = Keys::new(dataset, Distance::Euclidean, instruction_set);
    let mut pairs: Vec<DuplicatePair> = found
        .into_par_iter()
        .map(|(first, second)| DuplicatePair {
            first,
            second,
            cosine: cosine.value(first, second),
            euclidean: euclidean.value(first, second),
        })
        .collect();
    // Stable, so that equal distances stay in the order of the source.
    pairs.sort_by(|one, other| one.cosine.total_cmp(&other.cosine));
    NearDuplicates {
        pairs,
        n_unsearched: if searches_all { 0 } else { n_open },
    }
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

fn first_of_group(parents: &mut [usize], mut subject: usize) -> usize {
    while parents[subject] != subject {
        // Halving the path keeps later walks short.
        parents[subject] = parents[parents[subject]];
        subject = parents[subject];
    }
    subject
}
