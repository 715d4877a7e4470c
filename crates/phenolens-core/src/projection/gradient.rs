//! The gradient of the map's divergence from the data, exact over all pairs.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::affinities::SparseMatrix;
use crate::kernels::{InstructionSet, multiversion};

/// Points whose forces on one point are summed side by side.
const LANES: usize = 16;

/// Chunks of neighbors that are fetched before any is reckoned with.
const FETCHED: usize = 16;

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
    /// The coordinates in 32 bits, filled up to whole chunks.
    xs: Vec<f32>,
    ys: Vec<f32>,
    forces: Vec<Forces>,
    gradient: Vec<[f64; 2]>,
}

/// The affinities in 32 bits, every row filled up to whole chunks with the point itself, at affinity 0.
struct Attractions {
    /// Of row `i` the chunks `starts[i]..starts[i + 1]`.
    starts: Vec<u32>,
    columns: Vec<[u32; LANES]>,
    affinities: Vec<[f32; LANES]>,
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
        let n_padded = n_samples.next_multiple_of(LANES);
        Gradient {
            instruction_set,
            attractions: Attractions::new(affinities),
            xs: vec![FAR_AWAY; n_padded],
            ys: vec![FAR_AWAY; n_padded],
            forces: vec![Forces::default(); n_samples],
            gradient: vec![[0.0; 2]; n_samples],
        }
    }

    /// The gradient at `positions`, shape `(n_samples,)` as they are.
    pub(super) fn at(&mut self, positions: &[[f64; 2]], exaggeration: f64) -> &[[f64; 2]] {
        let coordinates = self.xs.iter_mut().zip(&mut self.ys);
        for ((x, y), position) in coordinates.zip(positions) {
            *x = position[0] as f32;
            *y = position[1] as f32;
        }
        let (xs, ys) = (&self.xs, &self.ys);
        let (attractions, instruction_set) = (&self.attractions, self.instruction_set);
        // A few parts per thread, so that one that is held up does not hold up all.
        let rows_per_part = positions.len().div_ceil(4 * rayon::current_num_threads());
        self.forces
            .par_chunks_mut(rows_per_part)
            .enumerate()
            .for_each(|(part, forces)| {
                let first = part * rows_per_part;
                sum_repulsions(instruction_set, first, xs, ys, forces);
                sum_attractions(instruction_set, first, xs, ys, attractions, forces);
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
            let chunks = columns.chunks(LANES).zip(values.chunks(LANES));
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
    /// Sums what repels the points from `first` on, one for each of `forces`.
    fn sum_repulsions(first: usize, xs: &[f32], ys: &[f32], forces: &mut [Forces])
        = sum_repulsions_body;
}

multiversion! {
    /// Sums what attracts the points from `first` on, one for each of `forces`.
    ///
    /// Apart from the repulsion, because in one function the compiler finds worse instructions for
    /// both.
    fn sum_attractions(
        first: usize,
        xs: &[f32],
        ys: &[f32],
        attractions: &Attractions,
        forces: &mut [Forces],
    ) = sum_attractions_body;
}

#[inline(always)]
fn sum_repulsions_body(first: usize, xs: &[f32], ys: &[f32], forces: &mut [Forces]) {
    for (offset, forces) in forces.iter_mut().enumerate() {
        let (x, y) = (xs[first + offset], ys[first + offset]);
        let [normalizer, force_x, force_y] = repulsion(x, y, xs, ys);
        forces.normalizer = normalizer;
        forces.repulsion = [force_x, force_y];
    }
}

#[inline(always)]
fn sum_attractions_body(
    first: usize,
    xs: &[f32],
    ys: &[f32],
    attractions: &Attractions,
    forces: &mut [Forces],
) {
    let mut fetched = [[[0.0_f32; LANES]; 2]; FETCHED];
    for (offset, forces) in forces.iter_mut().enumerate() {
        let row = first + offset;
        let chunks = attractions.starts[row] as usize..attractions.starts[row + 1] as usize;
        let columns = &attractions.columns[chunks.clone()];
        let affinities = &attractions.affinities[chunks];
        let (x, y) = (xs[row], ys[row]);
        forces.attraction = attraction(x, y, xs, ys, columns, affinities, &mut fetched);
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
        sum_lanes(normalizer),
        sum_lanes(force_x),
        sum_lanes(force_y),
    ]
}

#[inline(always)]
fn attraction(
    x: f32,
    y: f32,
    xs: &[f32],
    ys: &[f32],
    columns: &[[u32; LANES]],
    affinities: &[[f32; LANES]],
    fetched: &mut [[[f32; LANES]; 2]; FETCHED],
) -> [f32; 2] {
    let (mut force_x, mut force_y) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    // Many neighbors are fetched one by one, then reckoned with as whole vectors.
    let parts = columns.chunks(FETCHED).zip(affinities.chunks(FETCHED));
    for (columns, affinities) in parts {
        for ([fetched_x, fetched_y], columns) in fetched.iter_mut().zip(columns) {
            for lane in 0..LANES {
                let column = columns[lane] as usize;
                (fetched_x[lane], fetched_y[lane]) = (xs[column], ys[column]);
            }
        }
        for ([fetched_x, fetched_y], affinities) in fetched.iter().zip(affinities) {
            for lane in 0..LANES {
                let (dx, dy) = (x - fetched_x[lane], y - fetched_y[lane]);
                let pull = affinities[lane] / (1.0 + (dx * dx + dy * dy));
                force_x[lane] += pull * dx;
                force_y[lane] += pull * dy;
            }
        }
    }
    [sum_lanes(force_x), sum_lanes(force_y)]
}

/// Adds the lanes in halves.
#[inline(always)]
fn sum_lanes(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}
