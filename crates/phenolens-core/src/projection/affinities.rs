//! How strongly the data ties each pair of samples: the probabilities that a map imitates.

#[cfg(test)]
mod tests;

mod search;
mod sparse;

use rayon::prelude::*;

use super::{Affinities, MapSettings};
use crate::kernels::InstructionSet;
use crate::neighbors::{Distance, Neighbors};
use search::conditional_probabilities;
use sparse::Cell;
pub(super) use sparse::SparseMatrix;

/// The least perplexity of which a multiscale neighborhood is made, beside the greatest.
const MIN_SCALE: f64 = 2.0;

/// The symmetric affinities of a dataset: the probability of each pair of samples.
///
/// ```text
/// p(j|i)  =  exp(-βᵢ d²ᵢⱼ) / ∑ exp(-βᵢ d²ᵢₗ)      l over the nearest neighbors of i; 0 for others
///                            l
/// pᵢⱼ     =  (p(j|i) + p(i|j)) / 2n
/// ```
///
/// βᵢ is such that the distribution over the neighbors of i has the given perplexity. d² is the
/// squared euclidean distance, of the unit-length vectors for cosine: 2 (1 - cos). For multiscale
/// affinities p(j|i) is the mean over the perplexity, its half, its quarter, … down to 2; uniform ones
/// are one share for each neighbor.
///
/// * `neighbors`: with at least as many neighbors as the settings say, of which the nearest count.
///
/// The result is symmetric, without diagonal, and sums to 1 but for the rounding to 32 bits.
///
/// # Source
/// van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579–2605; for the
/// restriction to nearest neighbors van der Maaten (2014), ibid. 15, 3221–3245; for several scales Lee
/// et al. (2015), Neurocomputing 169, 246–261.
pub(super) fn affinities(
    neighbors: &Neighbors,
    settings: &MapSettings,
    instruction_set: InstructionSet,
) -> SparseMatrix {
    let n_samples = neighbors.n_samples();
    let n_neighbors = settings.n_neighbors;
    let perplexities = match settings.affinities {
        Affinities::Perplexity => vec![settings.perplexity],
        Affinities::Multiscale => {
            let halved = |&perplexity: &f64| Some(perplexity / 2.0).filter(|&p| p >= MIN_SCALE);
            std::iter::successors(Some(settings.perplexity), halved).collect()
        }
        Affinities::Uniform => Vec::new(),
    };
    let mut cells = vec![Cell::default(); n_samples * n_neighbors];
    cells.par_chunks_mut(n_neighbors).enumerate().for_each_init(
        || [const { Vec::new() }; 3],
        |[squared, row, scaled], (sample, cells)| {
            squared.clear();
            squared.extend(
                neighbors.values(sample)[..n_neighbors]
                    .iter()
                    .map(|&distance| match neighbors.distance() {
                        Distance::Euclidean => distance * distance,
                        Distance::Cosine => 2.0 * distance,
                    }),
            );
            for (cell, &column) in cells.iter_mut().zip(neighbors.indices(sample)) {
                cell.column = column;
            }
            for &perplexity in &perplexities {
                row.clone_from(squared);
                conditional_probabilities(instruction_set, row, perplexity, scaled);
                for (cell, probability) in cells.iter_mut().zip(&*row) {
                    cell.value += (probability / perplexities.len() as f64) as f32;
                }
            }
            if perplexities.is_empty() {
                for cell in &mut *cells {
                    cell.value = 1.0 / n_neighbors as f32;
                }
            }
            cells.sort_unstable_by_key(|cell| cell.column);
        },
    );
    SparseMatrix::symmetrized(&cells, n_neighbors, 1.0 / (2.0 * n_samples as f64))
}
