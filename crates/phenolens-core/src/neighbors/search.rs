//! Exact search: fast arithmetic preselects with a proven bound, the 64-bit key decides.

use rayon::prelude::*;

use super::blocks::{Blocks, block_size};
use super::graph::Graph;
use super::keys::keep_nearest;
use super::order::order;
use super::products::table_by_products;
use super::sketches::{Sketcher, Sketches};
use super::sweep::Sweep;
use super::{Distance, Keys, Neighbors};
use crate::dataset::Dataset;
use crate::machine::{Machine, Phase};

/// Blocks in which every sample looks for its first neighbors.
const N_FIRST_BLOCKS: usize = 6;

/// Neighbors that are asked for theirs before all pairs are compared; more cost more than they save.
const BREADTH: usize = 8;

/// Up to so many blocks none is asked: to compare all pairs takes little longer.
const MAX_BLOCKS_UNASKED: usize = 128;

/// For so many wanted neighbors one spare likely one is kept: sketches tell their order not quite.
const WANTED_PER_SPARE: usize = 3;

/// Where the comparison of angles must allow for more, two searches take less time than one.
const MAX_SLACK: f64 = 1.5;

/// The nearest neighbors of every sample, one table per distance.
///
/// Each pair of samples is first compared by short sketches of whole numbers, whose distance is proven
/// never to exceed the true one; what they leave by whole vectors in 16 bits, with a bound of the same
/// kind; and the rest by the reference key. Both distances are searched in one pass, unless
/// vectors are so long that 32 bits tell too little of their angles. Where sketches would tell nothing,
/// 32-bit products of all pairs take their place. The answer is that of brute force by the reference
/// key, ties included, on any number of threads.
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
    let is_partial = n_neighbors > 0 && n_neighbors + 1 < n_samples;
    if let ([first, second], true) = (distances, is_partial)
        && first != second
        && let Some(of_both) = tables_of_both(dataset, n_neighbors, MAX_SLACK, machine)
    {
        let [cosine, euclidean] = of_both;
        return match first {
            Distance::Cosine => vec![cosine, euclidean],
            Distance::Euclidean => vec![euclidean, cosine],
        };
    }
    let table = |&distance: &Distance| {
        let keys = Keys::new(dataset, distance, machine.instruction_set);
        if n_neighbors == 0 {
            Neighbors::from_parts(distance, n_samples, 0, Vec::new(), Vec::new())
        } else if n_neighbors + 1 == n_samples {
            whole_table(&keys, n_samples, machine)
        } else {
            table_by_sketches(dataset, &keys, n_neighbors, machine)
                .unwrap_or_else(|| table_by_products(&keys, n_neighbors, machine))
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
    started(&prepared, &[keys], n_neighbors, machine)?
        .into_tables()
        .pop()
}

/// The tables of cosine and euclidean distance by one set of sketches; `None` where these would tell
/// nothing, or too little of cosine.
///
/// * `max_slack`: how many times greater squared reaches may be than the keys ask for.
pub(super) fn tables_of_both(
    dataset: &Dataset,
    n_neighbors: usize,
    max_slack: f64,
    machine: &Machine,
) -> Option<[Neighbors; 2]> {
    let [cosine, euclidean] = [Distance::Cosine, Distance::Euclidean]
        .map(|distance| Keys::new(dataset, distance, machine.instruction_set));
    let prepared = Prepared::new(dataset, &euclidean, n_neighbors, machine)?;
    let sweep = started(&prepared, &[&cosine, &euclidean], n_neighbors, machine)?;
    if !sweep.is_within(max_slack) {
        return None;
    }
    sweep.into_tables().try_into().ok()
}

/// A search that knows likely neighbors.
fn started<'a>(
    prepared: &'a Prepared,
    keys: &[&'a Keys<'a>],
    n_neighbors: usize,
    machine: &'a Machine<'a>,
) -> Option<Sweep<'a>> {
    let sweep = Sweep::new(prepared, keys, n_neighbors, machine)?;
    let n_spare = n_neighbors.div_ceil(WANTED_PER_SPARE);
    let n_kept = (n_neighbors + n_spare).min(prepared.order.len() - 1);
    let graph = Graph::new(prepared, n_kept, machine.instruction_set);
    graph.look_nearby(N_FIRST_BLOCKS);
    if prepared.blocks.len() > MAX_BLOCKS_UNASKED {
        graph.ask_neighbors(&graph.round(None, BREADTH, 0));
    }
    sweep.start_with(|place| graph.known(place));
    Some(sweep)
}

/// Sketches that stand in blocks of near ones.
pub(super) struct Prepared<'a> {
    pub(super) sketcher: Sketcher<'a>,
    pub(super) sketches: Sketches,
    pub(super) blocks: Blocks,
    /// The samples as their sketches stand.
    pub(super) order: Vec<u32>,
}

impl<'a> Prepared<'a> {
    /// `None` where sketches would tell nothing.
    pub(super) fn new(
        dataset: &'a Dataset,
        keys: &'a Keys<'a>,
        n_neighbors: usize,
        machine: &Machine,
    ) -> Option<Prepared<'a>> {
        let n_samples = dataset.n_samples();
        machine.progress.report(Phase::Neighbors, 0, n_samples);
        let sketcher = Sketcher::new(dataset, keys, n_neighbors, machine.instruction_set)?;
        let n_coordinates = sketcher.n_coordinates();
        let coordinates = sketcher.coordinates();
        let block_size = block_size(n_samples);
        let order = order(&coordinates, n_coordinates, block_size);
        let coordinates = in_order(&coordinates, n_coordinates, &order);
        Some(Prepared {
            blocks: Blocks::new(&coordinates, n_coordinates, block_size),
            sketches: sketcher.arrange(coordinates),
            sketcher,
            order,
        })
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
    let n_neighbors = n_samples - 1;
    let later: Vec<Vec<f64>> = (0..n_samples)
        .into_par_iter()
        .map(|row| {
            (row + 1..n_samples)
                .map(|other| keys.key(row, other))
                .collect()
        })
        .collect();
    let mut indices = vec![0; n_samples * n_neighbors];
    let mut values = vec![0.0; n_samples * n_neighbors];
    indices
        .par_chunks_mut(n_neighbors)
        .zip(values.par_chunks_mut(n_neighbors))
        .enumerate()
        .for_each_init(Vec::new, |keyed, (row, (indices, values))| {
            let earlier = (0..row).map(|other| (later[other][row - other - 1], other));
            let later = later[row].iter().copied().zip(row + 1..);
            keyed.clear();
            keyed.extend(earlier.chain(later));
            keep_nearest(keyed, n_neighbors);
            for ((index, value), &(key, sample)) in indices.iter_mut().zip(values).zip(&*keyed) {
                *index = sample as u32;
                *value = keys.value_of_key(key);
            }
        });
    machine
        .progress
        .report(Phase::Neighbors, n_samples, n_samples);
    Neighbors::from_parts(keys.distance(), n_samples, n_neighbors, indices, values)
}
