//! The repulsion of all points by interpolation on a grid.

mod convolution;
mod spline;
#[cfg(test)]
mod tests;
mod transform;

use rayon::prelude::*;

use crate::kernels::{InstructionSet, multiversion, sum_in_halves};
use convolution::Convolution;
use spline::{LANES, ORDER};
use transform::fast_length;

/// Rows of the grid that one worker fills.
const BAND: usize = 16;

/// Points whose forces one worker reads; the normalizer is summed by such parts.
const POINTS_PER_PART: usize = 1024;

/// Spaces between nodes across the smallest grid: a map much smaller than the kernel's width has closer
/// nodes, so that there are always this many.
const MIN_SPACES: f64 = 24.0;

/// Longest transform; beyond, the nodes lie farther apart.
const MAX_LENGTH: usize = 6144;

/// Forces of all points on each, in time that grows with their number and the area of the map.
///
/// ```text
/// Rᵢ  =  ∑ w²ᵢⱼ (yᵢ - yⱼ)  =  -½ ∇φ(yᵢ)      φ(y)  =  ∑ 1 / (1 + |y - yⱼ|²)      Z  =  ∑ φ(yᵢ) - n
///        j                                          j                            i
/// ```
///
/// The points are shared among the nodes of a grid by quintic B-splines; one convolution by fast Fourier
/// transform gives φ at the nodes, the same splines give it between them, and their derivatives its
/// slope. Only one potential is needed, where an interpolation of each force would take three.
///
/// Takes O(n + m log m) time and memory for m nodes. All sums have a fixed order: the bits depend on
/// neither threads nor processor.
///
/// # Source
/// Linderman et al. (2019), Nature Methods 16, 243–245, for the idea; Essmann et al. (1995), Journal of
/// Chemical Physics 103, 8577–8593, for splines and the slope of one potential in its place.
#[derive(Debug)]
pub(in crate::projection) struct Interpolation {
    instruction_set: InstructionSet,
    /// Distance of the nodes on a map larger than the kernel.
    spacing: f64,
    convolution: Option<Convolution>,
    grid: Vec<f32>,
    /// Of each point its place on the grid in units of the spacing.
    places: Vec<[f32; 2]>,
    /// The points ordered by band.
    by_band: Vec<u32>,
    starts: Vec<u32>,
}

impl Interpolation {
    pub(in crate::projection) fn new(
        spacing: f64,
        instruction_set: InstructionSet,
    ) -> Interpolation {
        Interpolation {
            instruction_set,
            spacing,
            convolution: None,
            grid: Vec::new(),
            places: Vec::new(),
            by_band: Vec::new(),
            starts: Vec::new(),
        }
    }

    /// Writes the forces on all points and returns Z; `None` where a position is not finite.
    pub(in crate::projection) fn repulsions(
        &mut self,
        positions: &[[f64; 2]],
        forces: &mut [[f32; 2]],
    ) -> Option<f64> {
        let origin = self.fit(positions)?;
        let convolution = self.convolution.as_mut()?;
        let n_columns = convolution.n_columns();
        let spacing = convolution.spacing();
        let set = self.instruction_set;

        self.places.resize(positions.len(), [0.0; 2]);
        let places = self.places.par_iter_mut().zip(positions);
        places
            .with_min_len(POINTS_PER_PART)
            .for_each(|(place, position)| {
                *place =
                    std::array::from_fn(|axis| ((position[axis] - origin[axis]) / spacing) as f32);
            });
        let places = &self.places;
        let n_bands = convolution.n_nodes()[1].div_ceil(BAND);
        order_by_band(places, n_bands, &mut self.by_band, &mut self.starts);

        self.grid.clear();
        self.grid.resize(n_columns * convolution.n_nodes()[1], 0.0);
        let (by_band, starts) = (&self.by_band, &self.starts);
        // The points of a band reach into the next one: all even bands are filled, then all odd ones.
        for parity in 0..2 {
            let first_row = (parity * BAND * n_columns).min(self.grid.len());
            self.grid[first_row..]
                .par_chunks_mut(2 * BAND * n_columns)
                .enumerate()
                .for_each(|(pair, rows)| {
                    let band = 2 * pair + parity;
                    let points = starts[band] as usize..starts[band + 1] as usize;
                    spread(set, places, &by_band[points], band * BAND, n_columns, rows);
                });
        }

        convolution.apply(&mut self.grid);

        let grid = &self.grid;
        let normalizers: Vec<f64> = forces
            .par_chunks_mut(POINTS_PER_PART)
            .zip(places.par_chunks(POINTS_PER_PART))
            .map(|(forces, places)| {
                read(
                    set,
                    places,
                    grid,
                    n_columns,
                    (-0.5 / spacing) as f32,
                    forces,
                )
            })
            .collect();
        let n = positions.len() as f64;
        Some(normalizers.iter().sum::<f64>() + n * (n * convolution.constant()) - n)
    }

    /// Chooses a grid that holds all positions, and returns the place of its first node.
    ///
    /// The grid is kept while it suits, since its kernel takes as long as a step or two.
    fn fit(&mut self, positions: &[[f64; 2]]) -> Option<[f64; 2]> {
        let [low, high] = bounds(positions);
        let spans: [f64; 2] = std::array::from_fn(|axis| high[axis] - low[axis]);
        let span = spans[0].max(spans[1]);
        if !span.is_finite() {
            return None;
        }
        let wanted_length =
            |spacing: f64, axis: usize| 2 * ((spans[axis] / spacing) as usize + ORDER + 2) + 8;
        let suits = |convolution: &Convolution| {
            let spaces = span / convolution.spacing();
            let is_spaced = if convolution.spacing() < self.spacing {
                (MIN_SPACES..=3.0 * MIN_SPACES).contains(&spaces)
            } else {
                convolution.spacing() == self.spacing && spaces >= MIN_SPACES
            };
            is_spaced
                && (0..2).all(|axis| {
                    let (length, wanted) = (
                        convolution.lengths()[axis],
                        wanted_length(convolution.spacing(), axis),
                    );
                    wanted <= length && length <= fast_length(wanted + wanted / 4)
                })
        };
        if !self.convolution.as_ref().is_some_and(suits) {
            let mut spacing = self.spacing;
            // A point, or nearly: any spacing will do.
            while span / spacing < 1.5 * MIN_SPACES && spacing > 1e-12 {
                spacing /= 2.0;
            }
            while wanted_length(spacing, 0).max(wanted_length(spacing, 1)) > MAX_LENGTH {
                spacing *= 1.5;
            }
            let lengths = [0, 1].map(|axis| fast_length(wanted_length(spacing, axis)));
            self.convolution = Some(Convolution::new(lengths, spacing, self.instruction_set));
        }
        let convolution = self.convolution.as_ref()?;
        // The map in the middle of the nodes at which a point can stand.
        Some(std::array::from_fn(|axis| {
            let spaces = (convolution.n_nodes()[axis] - ORDER) as f64;
            (low[axis] + high[axis] - spaces * convolution.spacing()) / 2.0
        }))
    }
}

fn bounds(positions: &[[f64; 2]]) -> [[f64; 2]; 2] {
    let of_part = |positions: &[[f64; 2]]| {
        let mut bounds = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
        for position in positions {
            for axis in 0..2 {
                bounds[0][axis] = bounds[0][axis].min(position[axis]);
                bounds[1][axis] = bounds[1][axis].max(position[axis]);
            }
            // `min` passes over what is not a number.
            if !(position[0] + position[1]).is_finite() {
                bounds[1] = [f64::INFINITY; 2];
            }
        }
        bounds
    };
    let join = |a: [[f64; 2]; 2], b: [[f64; 2]; 2]| {
        [
            std::array::from_fn(|axis| a[0][axis].min(b[0][axis])),
            std::array::from_fn(|axis| a[1][axis].max(b[1][axis])),
        ]
    };
    let none = || [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    let parts = positions.par_chunks(POINTS_PER_PART);
    parts.map(of_part).reduce(none, join)
}

/// Orders the points by the band of their first row, in their own order within each.
fn order_by_band(
    places: &[[f32; 2]],
    n_bands: usize,
    by_band: &mut Vec<u32>,
    starts: &mut Vec<u32>,
) {
    let band = |place: &[f32; 2]| place[1] as usize / BAND;
    starts.clear();
    starts.resize(n_bands + 2, 0);
    for place in places {
        starts[band(place) + 2] += 1;
    }
    for band in 2..starts.len() {
        starts[band] += starts[band - 1];
    }
    by_band.resize(places.len(), 0);
    for (point, place) in places.iter().enumerate() {
        let next = &mut starts[band(place) + 1];
        by_band[*next as usize] = point as u32;
        *next += 1;
    }
}

multiversion! {
    /// Shares points among the nodes around them.
    ///
    /// * `rows`: row-major, from `first_row` of the grid on.
    fn spread(
        places: &[[f32; 2]],
        points: &[u32],
        first_row: usize,
        n_columns: usize,
        rows: &mut [f32],
    ) = spread_body;
}

multiversion! {
    /// Reads the forces on points from a grid of potentials, and returns the sum of the potentials.
    fn read(
        places: &[[f32; 2]],
        grid: &[f32],
        n_columns: usize,
        factor: f32,
        forces: &mut [[f32; 2]],
    ) -> f64 = read_body;
}

#[inline(always)]
fn spread_body(
    places: &[[f32; 2]],
    points: &[u32],
    first_row: usize,
    n_columns: usize,
    rows: &mut [f32],
) {
    for &point in points {
        let [x, y] = places[point as usize];
        let (column, row) = (x as usize, y as usize);
        let shares_x = spline::shares(x - column as f32);
        let shares_y = spline::shares(y - row as f32);
        let first = (row - first_row) * n_columns + column;
        for (offset, &share_y) in shares_y[..ORDER].iter().enumerate() {
            let start = first + offset * n_columns;
            if let Some((nodes, _)) = rows[start..].split_first_chunk_mut::<LANES>() {
                for lane in 0..LANES {
                    nodes[lane] += share_y * shares_x[lane];
                }
            }
        }
    }
}

#[inline(always)]
fn read_body(
    places: &[[f32; 2]],
    grid: &[f32],
    n_columns: usize,
    factor: f32,
    forces: &mut [[f32; 2]],
) -> f64 {
    let mut total = 0.0;
    for (&[x, y], force) in places.iter().zip(forces) {
        let (column, row) = (x as usize, y as usize);
        let (u, v) = (x - column as f32, y - row as f32);
        let (shares_x, slopes_x) = (spline::shares(u), spline::slopes(u));
        let (shares_y, slopes_y) = (spline::shares(v), spline::slopes(v));
        let (mut values, mut slopes) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        let first = row * n_columns + column;
        for offset in 0..ORDER {
            let start = first + offset * n_columns;
            if let Some(nodes) = grid[start..].first_chunk::<LANES>() {
                for lane in 0..LANES {
                    values[lane] += shares_y[offset] * nodes[lane];
                    slopes[lane] += slopes_y[offset] * nodes[lane];
                }
            }
        }
        let product = |shares: [f32; LANES], sums: [f32; LANES]| {
            sum_in_halves::<f32, LANES>(std::array::from_fn(|lane| shares[lane] * sums[lane]))
        };
        *force = [product(slopes_x, values), product(shares_x, slopes)].map(|slope| factor * slope);
        total += f64::from(product(shares_x, values));
    }
    total
}
