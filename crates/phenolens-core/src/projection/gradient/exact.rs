//! The repulsion of all points by all others, one by one.

use rayon::prelude::*;

use crate::kernels::{InstructionSet, multiversion, sum_in_halves};

/// Points whose forces on one point are summed side by side.
const LANES: usize = 16;

/// A coordinate of the points that fill the last chunk: so far out that they repel nothing, and near
/// enough that no square overflows 32 bits.
const FAR_AWAY: f32 = 1e9;

/// Points whose forces one worker sums at a time; part of no result.
const POINTS_PER_PART: usize = 64;

/// Coordinates filled up to whole chunks.
pub(super) struct PaddedPoints {
    xs: Vec<f32>,
    ys: Vec<f32>,
    normalizers: Vec<f32>,
}

impl PaddedPoints {
    pub(super) fn new(n_points: usize) -> PaddedPoints {
        let n_padded = n_points.next_multiple_of(LANES);
        PaddedPoints {
            xs: vec![FAR_AWAY; n_padded],
            ys: vec![FAR_AWAY; n_padded],
            normalizers: vec![0.0; n_points],
        }
    }

    /// Writes `∑ w² (yᵢ - yⱼ)` for all points and returns Z.
    ///
    /// Takes O(n²) time.
    pub(super) fn repulsions(
        &mut self,
        instruction_set: InstructionSet,
        points: &[[f32; 2]],
        forces: &mut [[f32; 2]],
    ) -> f64 {
        for ((x, y), point) in self.xs.iter_mut().zip(&mut self.ys).zip(points) {
            [*x, *y] = *point;
        }
        let (xs, ys) = (&self.xs, &self.ys);
        forces
            .par_chunks_mut(POINTS_PER_PART)
            .zip(self.normalizers.par_chunks_mut(POINTS_PER_PART))
            .enumerate()
            .for_each(|(part, (forces, normalizers))| {
                let first = part * POINTS_PER_PART;
                sum_repulsions(instruction_set, first, xs, ys, forces, normalizers);
            });
        // Each point counted itself.
        let others = self.normalizers.iter().map(|&sum| f64::from(sum) - 1.0);
        others.sum()
    }
}

multiversion! {
    /// Sums what repels the points from `first` on, one for each of `forces`.
    fn sum_repulsions(
        first: usize,
        xs: &[f32],
        ys: &[f32],
        forces: &mut [[f32; 2]],
        normalizers: &mut [f32],
    ) = sum_repulsions_body;
}

#[inline(always)]
fn sum_repulsions_body(
    first: usize,
    xs: &[f32],
    ys: &[f32],
    forces: &mut [[f32; 2]],
    normalizers: &mut [f32],
) {
    for (offset, (force, normalizer)) in forces.iter_mut().zip(normalizers).enumerate() {
        let (x, y) = (xs[first + offset], ys[first + offset]);
        let [sum, force_x, force_y] = repulsion(x, y, xs, ys);
        *normalizer = sum;
        *force = [force_x, force_y];
    }
}

#[inline(always)]
fn repulsion(x: f32, y: f32, xs: &[f32], ys: &[f32]) -> [f32; 3] {
    let mut normalizer = [0.0_f32; LANES];
    let (mut force_x, mut force_y) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    let (xs, ys) = (xs.as_chunks::<LANES>().0, ys.as_chunks::<LANES>().0);
    for (xs, ys) in xs.iter().zip(ys) {
        for lane in 0..LANES {
            let (dx, dy) = (x - xs[lane], y - ys[lane]);
            let weight = 1.0 / (1.0 + (dx * dx + dy * dy));
            let squared = weight * weight;
            normalizer[lane] += weight;
            force_x[lane] += squared * dx;
            force_y[lane] += squared * dy;
        }
    }
    [
        sum_in_halves(normalizer),
        sum_in_halves(force_x),
        sum_in_halves(force_y),
    ]
}
