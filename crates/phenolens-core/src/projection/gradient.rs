//! The gradient of the map's divergence from the data.

mod attraction;
mod exact;
mod interpolation;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::affinities::SparseMatrix;
use crate::kernels::InstructionSet;
use attraction::Attractions;
use exact::PaddedPoints;
pub(super) use interpolation::Interpolation;

/// Up to how many points all pairs are reckoned with.
///
/// Whole maps take equally long by both at this number with AVX2, near 5,000 with AVX-512.
pub(super) const MAX_EXACT: usize = 4_000;

/// Distance of the nodes of the grid, in units of the map, on which the kernel has width 1.
///
/// Found by experiment: forces are then within half a percent (root mean square) of the exact ones. On
/// 10,000 samples the final divergence is 2.073 at 0.25, 2.078 at 0.4, 2.098 at 0.5 and 2.138 at 0.6.
const SPACING: f64 = 0.4;

/// Points that one worker takes at a time; part of no result.
const POINTS_PER_PART: usize = 256;

/// Evaluates the gradient of the Kullback-Leibler divergence, without its factor 4.
///
/// ```text
/// gᵢ  =  ∑ (e pᵢⱼ - wᵢⱼ / Z) wᵢⱼ (yᵢ - yⱼ)      wᵢⱼ = 1 / (1 + |yᵢ - yⱼ|²),   Z = ∑  wₖₗ
///        j                                                                     k≠l
/// ```
///
/// e is the exaggeration. Sums over the pairs of a point are in 32 bits over a fixed number of lanes, Z
/// and what follows in 64 bits, in the order of the points: the bits depend on neither threads nor
/// processor. The sums of w over all pairs are exact up to [`MAX_EXACT`] points and interpolated above.
///
/// # Source
/// van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579–2605, equation 5.
pub(super) struct Gradient {
    instruction_set: InstructionSet,
    attractions: Attractions,
    repulsions: Repulsions,
    points: Vec<[f32; 2]>,
    forces: Vec<[f32; 2]>,
    gradient: Vec<[f64; 2]>,
    /// Z of the last gradient.
    normalizer: f64,
}

enum Repulsions {
    Exact(PaddedPoints),
    Interpolated(Box<Interpolation>),
}

impl Gradient {
    /// * `order`: the points as they stand, each by its row of the affinities.
    pub(super) fn new(
        affinities: &SparseMatrix,
        order: &[u32],
        instruction_set: InstructionSet,
    ) -> Gradient {
        let n_samples = affinities.n_rows();
        let repulsions = if n_samples <= MAX_EXACT {
            Repulsions::Exact(PaddedPoints::new(n_samples))
        } else {
            Repulsions::Interpolated(Box::new(Interpolation::new(SPACING, instruction_set)))
        };
        Gradient {
            instruction_set,
            attractions: Attractions::new(affinities, order),
            repulsions,
            points: vec![[0.0; 2]; n_samples],
            forces: vec![[0.0; 2]; n_samples],
            gradient: vec![[0.0; 2]; n_samples],
            normalizer: 0.0,
        }
    }

    /// The points stand in another order from now on.
    pub(super) fn reorder(&mut self, affinities: &SparseMatrix, order: &[u32]) {
        // The old ones are given back first: they are the largest part of the memory.
        self.attractions = Attractions::default();
        self.attractions = Attractions::new(affinities, order);
    }

    /// The gradient at `positions`, shape `(n_samples,)` as they are; `None` where a position is not
    /// finite.
    pub(super) fn at(&mut self, positions: &[[f64; 2]], exaggeration: f64) -> Option<&[[f64; 2]]> {
        let set = self.instruction_set;
        let points = self.points.par_iter_mut().zip(positions).with_min_len(4096);
        points.for_each(|(point, position)| *point = position.map(|value| value as f32));
        let normalizer = match &mut self.repulsions {
            Repulsions::Exact(padded) => padded.repulsions(set, &self.points, &mut self.forces),
            Repulsions::Interpolated(grid) => grid.repulsions(positions, &mut self.forces)?,
        };
        self.normalizer = normalizer;
        let (points, attractions) = (&self.points, &self.attractions);
        self.gradient
            .par_chunks_mut(POINTS_PER_PART)
            .zip(self.forces.par_chunks(POINTS_PER_PART))
            .enumerate()
            .for_each(|(part, (gradient, repulsions))| {
                let first = part * POINTS_PER_PART;
                let factors = [exaggeration, 1.0 / normalizer];
                attraction::gradient(
                    set,
                    first,
                    points,
                    attractions,
                    repulsions,
                    factors,
                    gradient,
                );
            });
        Some(&self.gradient)
    }

    /// The divergence at the positions of the last gradient, in nats, without exaggeration.
    ///
    /// Logarithms are in 32 bits; above [`MAX_EXACT`] points Z is interpolated.
    pub(super) fn divergence(&self) -> f64 {
        let (set, points, attractions) = (self.instruction_set, &self.points, &self.attractions);
        let n_parts = points.len().div_ceil(POINTS_PER_PART);
        let sums: Vec<[f64; 2]> = (0..n_parts)
            .into_par_iter()
            .map(|part| {
                let first = part * POINTS_PER_PART;
                let end = (first + POINTS_PER_PART).min(points.len());
                attraction::divergence(set, first, end, points, attractions)
            })
            .collect();
        let [terms, total] = [0, 1].map(|index| sums.iter().map(|sum| sum[index]).sum::<f64>());
        terms + total * libm::log(self.normalizer)
    }
}
