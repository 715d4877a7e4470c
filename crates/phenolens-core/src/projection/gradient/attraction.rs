//! What draws the points together: the affinities of the data.

use rayon::prelude::*;

use crate::kernels::{multiversion, sum_in_halves};
use crate::projection::affinities::SparseMatrix;

/// Neighbors whose forces on one point are summed side by side.
const LANES: usize = 16;

/// Chunks of neighbors that are fetched before any is reckoned with.
const FETCHED: usize = 16;

/// The affinities by rows, every row filled up to whole chunks with the point itself, at affinity 0.
#[derive(Debug, Default)]
pub(super) struct Attractions {
    /// Of row `i` the chunks `starts[i]..starts[i + 1]`.
    starts: Vec<u32>,
    chunks: Vec<Chunk>,
}

#[derive(Debug, Clone, Copy)]
struct Chunk {
    columns: [u32; LANES],
    affinities: [f32; LANES],
}

impl Attractions {
    /// * `order`: the rows of the affinities in the order in which the points stand.
    pub(super) fn new(affinities: &SparseMatrix, order: &[u32]) -> Attractions {
        let mut place = vec![0_u32; order.len()];
        for (point, &row) in order.iter().enumerate() {
            place[row as usize] = point as u32;
        }
        let mut starts = Vec::with_capacity(order.len() + 1);
        let mut n_chunks = 0;
        starts.push(0);
        for &row in order {
            n_chunks += affinities.row(row as usize).0.len().div_ceil(LANES);
            starts.push(n_chunks as u32);
        }
        let chunks = order
            .par_iter()
            .enumerate()
            .fold(Vec::new, |mut chunks, (point, &row)| {
                let (columns, values) = affinities.row(row as usize);
                for (columns, values) in columns.chunks(LANES).zip(values.chunks(LANES)) {
                    let column = |lane| {
                        columns
                            .get(lane)
                            .map_or(point as u32, |&column| place[column as usize])
                    };
                    let value = |lane| values.get(lane).map_or(0.0, |&value| value);
                    chunks.push(Chunk {
                        columns: std::array::from_fn(column),
                        affinities: std::array::from_fn(value),
                    });
                }
                chunks
            })
            .collect::<Vec<Vec<Chunk>>>()
            .concat();
        Attractions { starts, chunks }
    }
}

multiversion! {
    /// The gradient of the points from `first` on: what attracts them, less what repels them.
    ///
    /// * `factors`: of the attraction and of the repulsion.
    pub(super) fn gradient(
        first: usize,
        points: &[[f32; 2]],
        attractions: &Attractions,
        repulsions: &[[f32; 2]],
        factors: [f64; 2],
        gradient: &mut [[f64; 2]],
    ) = gradient_body;
}

multiversion! {
    /// `∑ p ln(p / w)` and `∑ p` over the pairs of the points from `first` up to `end`.
    pub(super) fn divergence(
        first: usize,
        end: usize,
        points: &[[f32; 2]],
        attractions: &Attractions,
    ) -> [f64; 2] = divergence_body;
}

#[inline(always)]
fn divergence_body(
    first: usize,
    end: usize,
    points: &[[f32; 2]],
    attractions: &Attractions,
) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for row in first..end {
        let [x, y] = points[row];
        let chunks = attractions.starts[row] as usize..attractions.starts[row + 1] as usize;
        let (mut terms, mut totals) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for chunk in &attractions.chunks[chunks] {
            let others: [[f32; 2]; LANES] = chunk.columns.map(|column| points[column as usize]);
            for lane in 0..LANES {
                let (dx, dy) = (x - others[lane][0], y - others[lane][1]);
                let p = chunk.affinities[lane];
                // Apart, since p may be as small as 32 bits go. Where p is 0, so is the term.
                let logarithm = ln(p.max(f32::MIN_POSITIVE)) + ln(1.0 + (dx * dx + dy * dy));
                terms[lane] += p * logarithm;
                totals[lane] += p;
            }
        }
        sums[0] += f64::from(sum_in_halves(terms));
        sums[1] += f64::from(sum_in_halves(totals));
    }
    sums
}

/// The natural logarithm of a normal number, within 3e-7 of it or of its size.
///
/// `ln 2ᵏ m = k ln 2 + 2 artanh((m - 1) / (m + 1))` with m between 1/√2 and √2.
#[inline(always)]
fn ln(x: f32) -> f32 {
    let exponent = (x.to_bits() as i32 - core::f32::consts::FRAC_1_SQRT_2.to_bits() as i32) >> 23;
    let mantissa = f32::from_bits((x.to_bits() as i32 - (exponent << 23)) as u32);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let series = 1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0)));
    exponent as f32 * core::f32::consts::LN_2 + 2.0 * s * series
}

#[inline(always)]
fn gradient_body(
    first: usize,
    points: &[[f32; 2]],
    attractions: &Attractions,
    repulsions: &[[f32; 2]],
    factors: [f64; 2],
    gradient: &mut [[f64; 2]],
) {
    let mut fetched = [[[0.0_f32; 2]; LANES]; FETCHED];
    for (offset, (gradient, repulsion)) in gradient.iter_mut().zip(repulsions).enumerate() {
        let row = first + offset;
        let chunks = attractions.starts[row] as usize..attractions.starts[row + 1] as usize;
        let attraction = attraction(row, points, &attractions.chunks[chunks], &mut fetched);
        for axis in 0..2 {
            gradient[axis] =
                factors[0] * f64::from(attraction[axis]) - factors[1] * f64::from(repulsion[axis]);
        }
    }
}

#[inline(always)]
fn attraction(
    row: usize,
    points: &[[f32; 2]],
    chunks: &[Chunk],
    fetched: &mut [[[f32; 2]; LANES]; FETCHED],
) -> [f32; 2] {
    let [x, y] = points[row];
    let (mut force_x, mut force_y) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    // Many neighbors are fetched one by one, then reckoned with as whole vectors.
    for chunks in chunks.chunks(FETCHED) {
        for (fetched, chunk) in fetched.iter_mut().zip(chunks) {
            for (fetched, &column) in fetched.iter_mut().zip(&chunk.columns) {
                *fetched = points[column as usize];
            }
        }
        for (fetched, chunk) in fetched.iter().zip(chunks) {
            for lane in 0..LANES {
                let (dx, dy) = (x - fetched[lane][0], y - fetched[lane][1]);
                let pull = chunk.affinities[lane] / (1.0 + (dx * dx + dy * dy));
                force_x[lane] += pull * dx;
                force_y[lane] += pull * dy;
            }
        }
    }
    [sum_in_halves(force_x), sum_in_halves(force_y)]
}
