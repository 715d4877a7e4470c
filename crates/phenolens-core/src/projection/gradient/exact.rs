//! The repulsion of all points by all others, each pair once.

use rayon::prelude::*;

use crate::kernels::{InstructionSet, multiversion, sum_in_halves};

/// Points whose distances from one point are taken side by side: a chunk.
const LANES: usize = 16;

/// Points that go through all later chunks together. Their sums and the coordinates of a chunk fit the
/// registers of AVX-512.
const ROWS: usize = 4;

/// Parts into which the pairs are divided, each with sums of its own. Results depend on it, so it does
/// not follow the number of threads.
const N_PARTS: usize = 16;

/// A coordinate of the points that fill the last chunk: so far out that they repel nothing, and near
/// enough that no product of two squared distances overflows 32 bits.
const FAR_AWAY: f32 = 1e9;

/// Coordinates filled up to whole chunks.
pub(super) struct PaddedPoints {
    xs: Vec<f32>,
    ys: Vec<f32>,
    parts: Vec<Part>,
}

/// What the pairs of one part sum to: those of every `N_PARTS`th chunk with itself and all later ones.
struct Part {
    first_chunk: usize,
    /// `∑ w² (yᵢ - yⱼ)` by axis, for all chunks.
    forces: Vec<[[f32; LANES]; 2]>,
    /// `∑ w` over ordered pairs.
    normalizer: f64,
}

impl PaddedPoints {
    pub(super) fn new(n_points: usize) -> PaddedPoints {
        let n_chunks = n_points.div_ceil(LANES);
        let part = |first_chunk| Part {
            first_chunk,
            forces: vec![[[0.0; LANES]; 2]; n_chunks],
            normalizer: 0.0,
        };
        PaddedPoints {
            xs: vec![FAR_AWAY; n_chunks * LANES],
            ys: vec![FAR_AWAY; n_chunks * LANES],
            parts: (0..N_PARTS.min(n_chunks)).map(part).collect(),
        }
    }

    /// Writes `∑ w² (yᵢ - yⱼ)` for all points and returns Z.
    ///
    /// Takes O(n²) time. Points more than 4e9 apart may give NaN.
    pub(super) fn repulsions(
        &mut self,
        instruction_set: InstructionSet,
        points: &[[f32; 2]],
        forces: &mut [[f32; 2]],
    ) -> f64 {
        for ((x, y), point) in self.xs.iter_mut().zip(&mut self.ys).zip(points) {
            [*x, *y] = *point;
        }
        let (xs, ys) = (self.xs.as_chunks().0, self.ys.as_chunks().0);
        self.parts.par_iter_mut().for_each(|part| {
            sum_repulsions(instruction_set, points.len(), xs, ys, part);
        });
        let parts = &self.parts;
        let chunks = forces.par_chunks_mut(LANES).with_min_len(64).enumerate();
        chunks.for_each(|(chunk, forces)| {
            let mut sums = [[0.0_f32; LANES]; 2];
            for part in parts {
                for (sums, terms) in sums.iter_mut().zip(&part.forces[chunk]) {
                    for (sum, term) in sums.iter_mut().zip(terms) {
                        *sum += term;
                    }
                }
            }
            for (lane, force) in forces.iter_mut().enumerate() {
                *force = [sums[0][lane], sums[1][lane]];
            }
        });
        self.parts.iter().map(|part| part.normalizer).sum()
    }
}

multiversion! {
    /// Sums the pairs of one part.
    fn sum_repulsions(
        n_points: usize,
        xs: &[[f32; LANES]],
        ys: &[[f32; LANES]],
        part: &mut Part,
    ) = sum_repulsions_body;
}

#[inline(always)]
fn sum_repulsions_body(n_points: usize, xs: &[[f32; LANES]], ys: &[[f32; LANES]], part: &mut Part) {
    part.forces.fill([[0.0; LANES]; 2]);
    part.normalizer = 0.0;
    for chunk in (part.first_chunk..xs.len()).step_by(N_PARTS) {
        let (own, later) = part.forces[chunk..].split_at_mut(1);
        let own = &mut own[0];
        let n_rows = LANES.min(n_points - chunk * LANES);
        part.normalizer += f64::from(sum_within(n_rows, &xs[chunk], &ys[chunk], own));
        let (later_xs, later_ys) = (&xs[chunk + 1..], &ys[chunk + 1..]);
        for first in (0..LANES).step_by(ROWS) {
            let x: [f32; ROWS] = std::array::from_fn(|row| xs[chunk][first + row]);
            let y: [f32; ROWS] = std::array::from_fn(|row| ys[chunk][first + row]);
            let sums = sum_between(x, y, later_xs, later_ys, later);
            part.normalizer += 2.0 * f64::from(add_lanes(&sums, first, own));
        }
    }
}

/// Adds to the forces on the first `n_rows` points of a chunk what the others of it do, and returns
/// their `∑ w`.
#[inline(always)]
fn sum_within(
    n_rows: usize,
    xs: &[f32; LANES],
    ys: &[f32; LANES],
    forces: &mut [[f32; LANES]; 2],
) -> f32 {
    let mut weights = [0.0_f32; LANES];
    for row in 0..n_rows {
        let (mut force_x, mut force_y) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for lane in 0..LANES {
            let (dx, dy) = (xs[row] - xs[lane], ys[row] - ys[lane]);
            let weight = 1.0 / (1.0 + (dx * dx + dy * dy));
            let weight = if lane == row { 0.0 } else { weight };
            let squared = weight * weight;
            weights[lane] += weight;
            force_x[lane] = squared * dx;
            force_y[lane] = squared * dy;
        }
        forces[0][row] += sum_in_halves(force_x);
        forces[1][row] += sum_in_halves(force_y);
    }
    sum_in_halves(weights)
}

/// What the pairs of a few points with all later ones sum to, lane by lane.
struct Sums {
    /// `∑ w`
    weights: [f32; LANES],
    /// The forces on each of the few by axis.
    forces: [[[f32; LANES]; 2]; ROWS],
}

/// Adds the lanes of the forces on a few points, from `first` on, to those on a chunk, and returns the
/// sum of the weights.
///
/// Not inlined: beside additions across lanes the compiler would take the sums of the loop apart.
#[inline(never)]
fn add_lanes(sums: &Sums, first: usize, forces: &mut [[f32; LANES]; 2]) -> f32 {
    for (row, of_row) in sums.forces.iter().enumerate() {
        for (forces, &lanes) in forces.iter_mut().zip(of_row) {
            forces[first + row] += sum_in_halves(lanes);
        }
    }
    sum_in_halves(sums.weights)
}

/// Takes what a few points do to all points of `forces` from these, and returns what is done to the few.
///
/// Two weights cost one division, `1/a = b (1/ab)`: it takes longer than all other arithmetic of a pair.
#[inline(always)]
fn sum_between(
    x: [f32; ROWS],
    y: [f32; ROWS],
    xs: &[[f32; LANES]],
    ys: &[[f32; LANES]],
    forces: &mut [[[f32; LANES]; 2]],
) -> Sums {
    let mut weights = [0.0_f32; LANES];
    let mut sums = [[[0.0_f32; LANES]; 2]; ROWS];
    for ((xs, ys), forces) in xs.iter().zip(ys).zip(forces) {
        let [mut force_x, mut force_y] = *forces;
        for row in (0..ROWS).step_by(2) {
            for lane in 0..LANES {
                let dx = [x[row] - xs[lane], x[row + 1] - xs[lane]];
                let dy = [y[row] - ys[lane], y[row + 1] - ys[lane]];
                let a = 1.0 + (dx[0] * dx[0] + dy[0] * dy[0]);
                let b = 1.0 + (dx[1] * dx[1] + dy[1] * dy[1]);
                let inverse = 1.0 / (a * b);
                let weight = [inverse * b, inverse * a];
                let squared = [weight[0] * weight[0], weight[1] * weight[1]];
                let x_terms = [squared[0] * dx[0], squared[1] * dx[1]];
                let y_terms = [squared[0] * dy[0], squared[1] * dy[1]];
                weights[lane] += weight[0] + weight[1];
                sums[row][0][lane] += x_terms[0];
                sums[row][1][lane] += y_terms[0];
                sums[row + 1][0][lane] += x_terms[1];
                sums[row + 1][1][lane] += y_terms[1];
                force_x[lane] -= x_terms[0] + x_terms[1];
                force_y[lane] -= y_terms[0] + y_terms[1];
            }
        }
        *forces = [force_x, force_y];
    }
    Sums {
        weights,
        forces: sums,
    }
}
