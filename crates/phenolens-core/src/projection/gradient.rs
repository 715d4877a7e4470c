//! The gradient of the map's divergence from the data, exact over all pairs.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::affinities::SparseMatrix;
use crate::kernels::{InstructionSet, multiversion};

/// Points that the repulsion of one point takes together.
const LANES: usize = 16;

/// Neighbors that the attraction of one point takes together: fewer, since rows are short and each is
/// filled up to whole chunks.
const NEIGHBOR_LANES: usize = 8;

/// A coordinate of the points that fill the last chunk: so far out that they repel nothing, and near
/// enough that no square overflows 32 bits.
const FAR_AWAY: f32 = 1e9;

/// Evaluates the gradient of the Kullback-Leibler divergence, without its factor 4.
///
/// ```text
/// gᵢ  =  ∑ (e pᵢⱼ - wᵢⱼ / Z) wᵢⱼ (yᵢ - yⱼ)      wᵢⱼ = 1 / (1 + |yᵢ - yⱼ|²),   Z = ∑  wₖₗ
///        j                                                                     k≠l
/// ```
///
/// e is the early exaggeration. The sums of one row are in 32 bits over a fixed number of lanes, Z and
/// what follows in 64 bits, in the order of the rows: the bits depend on neither threads nor processor.
///
/// Takes O(n²) time and, beside the affinities, O(n) memory; allocates nothing after its making.
///
/// # Source
/// van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579–2605, equation 5.
pub(super) struct Gradient {
    instruction_set: InstructionSet,
    attractions: Attractions,
    /// The points in 32 bits, filled up to whole chunks: as pairs, and by coordinate.
    points: Vec<[f32; 2]>,
    xs: Vec<[f32; LANES]>,
    ys: Vec<[f32; LANES]>,
    forces: Vec<Forces>,
    gradient: Vec<[f64; 2]>,
}

/// The affinities in 32 bits, every row filled up to whole chunks with the point itself, at affinity 0.
struct Attractions {
    /// Of row `i` the chunks `starts[i]..starts[i + 1]`.
    starts: Vec<u32>,
    columns: Vec<[u32; NEIGHBOR_LANES]>,
    affinities: Vec<[f32; NEIGHBOR_LANES]>,
}

/// The sums over all other points that one point takes part in.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Forces {
    /// `∑ w`, the point itself included.
    normalizer: f32,
    /// `∑ w² (yᵢ - yⱼ)`.
    repulsion: [f32; 2],
    /// `∑ p w (yᵢ - yⱼ)`.
    attraction: [f32; 2],
}

impl Gradient {
    pub(super) fn new(affinities: &SparseMatrix, instruction_set: InstructionSet) -> Gradient {
        let n_samples = affinities.n_rows();
        let n_chunks = n_samples.div_ceil(LANES);
        Gradient {
            instruction_set,
            attractions: Attractions::new(affinities),
            points: vec![[0.0; 2]; n_samples],
            xs: vec![[FAR_AWAY; LANES]; n_chunks],
            ys: vec![[FAR_AWAY; LANES]; n_chunks],
            forces: vec![Forces::default(); n_samples],
            gradient: vec![[0.0; 2]; n_samples],
        }
    }

    /// The gradient at `positions`, shape `(n_samples,)` as they are.
    pub(super) fn at(&mut self, positions: &[[f64; 2]], exaggeration: f64) -> &[[f64; 2]] {
        for (index, (point, position)) in self.points.iter_mut().zip(positions).enumerate() {
            *point = position.map(|coordinate| coordinate as f32);
            self.xs[index / LANES][index % LANES] = point[0];
            self.ys[index / LANES][index % LANES] = point[1];
        }
        let (points, xs, ys) = (&self.points, &self.xs, &self.ys);
        let (attractions, instruction_set) = (&self.attractions, self.instruction_set);
        // A few parts per thread, so that one that is held up does not hold up all.
        let rows_per_part = points.len().div_ceil(4 * rayon::current_num_threads());
        self.forces
            .par_chunks_mut(rows_per_part)
            .enumerate()
            .for_each(|(part, forces)| {
                let first = part * rows_per_part;
                sum_forces(instruction_set, first, points, xs, ys, attractions, forces);
            });

        let normalizer: f64 = self
            .forces
            .iter()
            .map(|forces| f64::from(forces.normalizer) - 1.0)
            .sum();
        for (gradient, forces) in self.gradient.iter_mut().zip(&self.forces) {
            let along = |axis: usize| {
                exaggeration * f64::from(forces.attraction[axis])
                    - f64::from(forces.repulsion[axis]) / normalizer
            };
            *gradient = [along(0), along(1)];
        }
        &self.gradient
    }
}

impl Attractions {
    fn new(affinities: &SparseMatrix) -> Attractions {
        let mut attractions = Attractions {
            starts: vec![0],
            columns: Vec::new(),
            affinities: Vec::new(),
        };
        for row in 0..affinities.n_rows() {
            let (columns, values) = affinities.row(row);
            let chunks = columns
                .chunks(NEIGHBOR_LANES)
                .zip(values.chunks(NEIGHBOR_LANES));
            for (columns, values) in chunks {
                let column = |lane| columns.get(lane).map_or(row as u32, |&column| column);
                let value = |lane| values.get(lane).map_or(0.0, |&value| value as f32);
                attractions.columns.push(std::array::from_fn(column));
                attractions.affinities.push(std::array::from_fn(value));
            }
            attractions.starts.push(attractions.columns.len() as u32);
        }
        attractions
    }
}

multiversion! {
    /// Sums the forces on the points from `first` on, one for each of `forces`.
    fn sum_forces(
        first: usize,
        points: &[[f32; 2]],
        xs: &[[f32; LANES]],
        ys: &[[f32; LANES]],
        attractions: &Attractions,
        forces: &mut [Forces],
    ) = sum_forces_body;
}

#[inline(always)]
fn sum_forces_body(
    first: usize,
    points: &[[f32; 2]],
    xs: &[[f32; LANES]],
    ys: &[[f32; LANES]],
    attractions: &Attractions,
    forces: &mut [Forces],
) {
    for (offset, forces) in forces.iter_mut().enumerate() {
        let row = first + offset;
        let [x, y] = points[row];
        let [normalizer, repulsion_x, repulsion_y] = repulsion(x, y, xs, ys);
        let chunks = attractions.starts[row] as usize..attractions.starts[row + 1] as usize;
        let attraction = attraction(
            x,
            y,
            points,
            &attractions.columns[chunks.clone()],
            &attractions.affinities[chunks],
        );
        *forces = Forces {
            normalizer,
            repulsion: [repulsion_x, repulsion_y],
            attraction,
        };
    }
}

#[inline(always)]
fn repulsion(x: f32, y: f32, xs: &[[f32; LANES]], ys: &[[f32; LANES]]) -> [f32; 3] {
    let mut normalizer = [0.0_f32; LANES];
    let (mut force_x, mut force_y) = ([0.0_f32; LANES], [0.0_f32; LANES]);
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
        sum_lanes(normalizer),
        sum_lanes(force_x),
        sum_lanes(force_y),
    ]
}

#[inline(always)]
fn attraction(
    x: f32,
    y: f32,
    points: &[[f32; 2]],
    columns: &[[u32; NEIGHBOR_LANES]],
    affinities: &[[f32; NEIGHBOR_LANES]],
) -> [f32; 2] {
    let mut forces = [[0.0_f32; NEIGHBOR_LANES]; 2];
    for (columns, affinities) in columns.iter().zip(affinities) {
        let neighbors = columns.map(|column| points[column as usize]);
        for lane in 0..NEIGHBOR_LANES {
            let (dx, dy) = (x - neighbors[lane][0], y - neighbors[lane][1]);
            let pull = affinities[lane] / (1.0 + (dx * dx + dy * dy));
            forces[0][lane] += pull * dx;
            forces[1][lane] += pull * dy;
        }
    }
    forces.map(sum_lanes)
}

/// Adds the lanes in halves.
#[inline(always)]
fn sum_lanes<const N: usize>(mut lanes: [f32; N]) -> f32 {
    let mut width = N / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}
