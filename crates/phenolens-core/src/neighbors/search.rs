//! Exact search: fast arithmetic preselects with a proven bound, the 64-bit key decides.

use rayon::prelude::*;

use super::blocks::{Blocks, block_size};
use super::byte_vectors::ByteVectors;
use super::keys::keep_nearest;
use super::neighbor_descent::Breadth;
use super::order::order;
use super::products::table_by_products;
use super::sketches::{Sketcher, Sketches};
use super::sweep::Sweep;
use super::{Distance, Keys, Neighbors};
use crate::dataset::Dataset;
use crate::machine::{Machine, Phase};

/// Before all pairs are compared a little is enough: it brings limits near the final ones.
const FEW: Breadth = Breadth {
    n_asked: 5,
    n_known_by: 0,
    n_told: 10,
};

/// The nearest neighbors of every sample, one table per distance.
///
/// Each pair of samples is first compared by short sketches of whole numbers, whose distance is proven
/// never to exceed the true one; what they leave by whole vectors in 8 bits, with a bound of the same
/// kind; and the rest by the reference key. Where sketches would tell nothing, 32-bit products of all
/// pairs take their place. The answer is that of brute force by the reference key, ties included, on any
/// number of threads.
///
/// * `distances`: the tables that are wanted;
/// * `n_neighbors`: how many neighbors each sample gets; all others where there are fewer.
///
/// Takes O(n² m + n c d) time, with sketches of m coordinates that leave c others to each sample, at
/// worst O(n² d); and, beside the tables, O(n m) memory, at worst O(n d).
///
/// # Source
/// Higham (2002), Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1, for the
/// error of an inner product; the other bounds are derived in the modules.
pub fn nearest_neighbors(
    dataset: &Dataset,
    distances: &[Distance],
    n_neighbors: usize,
    machine: &Machine,
) -> Vec<Neighbors> {
    let n_samples = dataset.n_samples();
    let n_neighbors = n_neighbors.min(n_samples - 1);
    let table = |&distance: &Distance| {
        let keys = Keys::new(dataset, distance, machine.instruction_set);
        if n_neighbors + 1 == n_samples {
            whole_table(&keys, n_samples, machine)
        } else if n_neighbors == 0 {
            Neighbors::from_parts(distance, n_samples, 0, Vec::new(), Vec::new())
        } else {
            table_by_sketches(dataset, &keys, n_neighbors, machine)
                .unwrap_or_else(|| table_by_products(dataset, &keys, n_neighbors, machine))
        }
    };
    distances.iter().map(table).collect()
}

/// The table by sketches; `None` where they would tell nothing.
pub(super) fn table_by_sketches(
    dataset: &Dataset,
    keys: &Keys,
    n_neighbors: usize,
    machine: &Machine,
) -> Option<Neighbors> {
    let prepared = Prepared::new(dataset, keys, n_neighbors, machine)?;
    let sweep = prepared.sweep(keys, n_neighbors, machine);
    sweep.look_nearby();
    sweep.ask_neighbors(&sweep.round(None, FEW.n_known_by), FEW);
    sweep.go_through_all();
    Some(sweep.into_table())
}

/// Sketches that stand in blocks of near ones.
pub(super) struct Prepared {
    pub(super) sketches: Sketches,
    pub(super) bytes: ByteVectors,
    pub(super) blocks: Blocks,
    /// The samples as their sketches stand.
    pub(super) order: Vec<u32>,
}

impl Prepared {
    /// `None` where sketches would tell nothing.
    pub(super) fn new(
        dataset: &Dataset,
        keys: &Keys,
        n_neighbors: usize,
        machine: &Machine,
    ) -> Option<Prepared> {
        let n_samples = dataset.n_samples();
        machine.progress.report(Phase::Neighbors, 0, n_samples);
        let sketcher = Sketcher::new(dataset, keys, n_neighbors, machine.instruction_set)?;
        let n_coordinates = sketcher.n_coordinates();
        let coordinates = sketcher.coordinates();
        let block_size = block_size(n_samples);
        let order = order(&coordinates, n_coordinates, block_size);
        let coordinates = in_order(&coordinates, n_coordinates, &order);
        let bytes = sketcher.byte_vectors(&order);
        Some(Prepared {
            bytes,
            blocks: Blocks::new(&coordinates, n_coordinates, block_size),
            sketches: sketcher.arrange(coordinates),
            order,
        })
    }

    /// A search in which nothing is known yet.
    pub(super) fn sweep<'a>(
        &'a self,
        keys: &'a Keys<'a>,
        n_neighbors: usize,
        machine: &'a Machine<'a>,
    ) -> Sweep<'a> {
        Sweep::new(keys, self, n_neighbors, machine)
    }
}

fn in_order(coordinates: &[i16], n_coordinates: usize, order: &[u32]) -> Vec<i16> {
    let mut ordered = Vec::with_capacity(coordinates.len());
    for &sample in order {
        ordered.extend_from_slice(&coordinates[sample as usize * n_coordinates..][..n_coordinates]);
    }
    ordered
}

/// The table of all pairs, each of which has its key computed once: nothing can be preselected.
fn whole_table(keys: &Keys, n_samples: usize, machine: &Machine) -> Neighbors {
    let later: Vec<Vec<f64>> = (0..n_samples)
        .into_par_iter()
        .map(|row| {
            (row + 1..n_samples)
                .map(|other| keys.key(row, other))
                .collect()
        })
        .collect();
    let nearest: Vec<Vec<(f64, usize)>> = (0..n_samples)
        .into_par_iter()
        .map(|row| {
            let earlier = (0..row).map(|other| (later[other][row - other - 1], other));
            let later = later[row].iter().copied().zip(row + 1..);
            let mut keyed: Vec<(f64, usize)> = earlier.chain(later).collect();
            keep_nearest(&mut keyed, n_samples - 1);
            keyed
        })
        .collect();
    machine
        .progress
        .report(Phase::Neighbors, n_samples, n_samples);
    let all = || nearest.iter().flatten();
    Neighbors::from_parts(
        keys.distance(),
        n_samples,
        n_samples - 1,
        all().map(|&(_, sample)| sample as u32).collect(),
        all().map(|&(key, _)| keys.value_of_key(key)).collect(),
    )
}
