//! Convolution of a grid of charges with the kernel of the repulsion.

use std::sync::Mutex;

use rayon::prelude::*;

use super::spline;
use super::transform::{Complex, LANES, Plan, transform};
use crate::kernels::{InstructionSet, multiversion};

/// Columns that are transformed together: those in the lanes' real and imaginary parts.
pub(super) const COLUMNS: usize = 2 * LANES;

/// Nodes by which the transform is longer than twice the grid, so that what comes round the back of the
/// period is no nearer than the true distance, spline's reach included.
const MARGIN: usize = 8;

/// A convolution with `1 / (1 + r²)` less a constant, on grids of one size and spacing.
///
/// Charges were spread on the nodes with splines and the result is read with them: the transform of the
/// kernel is divided by that of the spline's values twice in each direction, so that what is read at a
/// node is the kernel itself.
///
/// The grid is real: two blocks of its columns are the real and the imaginary part of one transform,
/// and only the lower half of their spectrum is kept.
#[derive(Debug)]
pub(super) struct Convolution {
    instruction_set: InstructionSet,
    spacing: f64,
    /// What is subtracted from the kernel.
    constant: f64,
    /// Grid nodes along x and y, without filling.
    n_nodes: [usize; 2],
    /// Columns, filled up to whole blocks.
    n_columns: usize,
    plans: [Plan; 2],
    /// Transform of the kernel, scaled, shape `(n_bands, length_x / 2 + 1)`.
    kernel: Vec<[f32; LANES]>,
    /// Spectra along y of the columns, shape `(n_blocks, n_bands, COLUMNS)`.
    by_block: Vec<Complex>,
    /// Spectra along y of the convolution, shape `(n_bands, n_columns)`.
    by_band: Vec<Complex>,
    /// The convolution by blocks of columns, shape `(n_blocks, n_rows, COLUMNS)`.
    blocks: Vec<[f32; COLUMNS]>,
    /// One for each thread.
    buffers: Vec<Mutex<[Vec<Complex>; 2]>>,
}

impl Convolution {
    /// * `lengths`: of the transforms along x and y, see `fast_length`;
    /// * `spacing`: of the nodes.
    pub(super) fn new(
        lengths: [usize; 2],
        spacing: f64,
        instruction_set: InstructionSet,
    ) -> Convolution {
        let n_nodes = lengths.map(|length| (length - MARGIN) / 2);
        let largest = lengths[0].max(lengths[1]);
        let buffer = || vec![Complex::ZERO; largest];
        let mut convolution = Convolution {
            // The transforms take half as long as with AVX-512.
            instruction_set: instruction_set.at_most_avx2(),
            spacing,
            constant: 0.0,
            n_nodes,
            n_columns: n_columns(n_nodes[0]),
            plans: lengths.map(Plan::new),
            kernel: Vec::new(),
            by_block: Vec::new(),
            by_band: Vec::new(),
            blocks: Vec::new(),
            buffers: (0..rayon::current_num_threads().max(1))
                .map(|_| Mutex::new([buffer(), buffer()]))
                .collect(),
        };
        convolution.transform_kernel();
        let n_bands = convolution.n_bands();
        let n_columns = convolution.n_columns;
        convolution.by_block = vec![Complex::ZERO; n_bands * n_columns];
        convolution.by_band = vec![Complex::ZERO; n_bands * n_columns];
        convolution.blocks = vec![[0.0; COLUMNS]; n_columns / COLUMNS * n_nodes[1]];
        convolution
    }

    /// Lengths of the transforms along x and y.
    pub(super) fn lengths(&self) -> [usize; 2] {
        [self.plans[0].length(), self.plans[1].length()]
    }

    pub(super) fn spacing(&self) -> f64 {
        self.spacing
    }

    /// Nodes along x and y.
    pub(super) fn n_nodes(&self) -> [usize; 2] {
        self.n_nodes
    }

    /// Length of a row of the grid.
    pub(super) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// What the kernel is short of `1 / (1 + r²)`.
    pub(super) fn constant(&self) -> f64 {
        self.constant
    }

    /// Replaces a grid by its convolution, row-major, shape `(n_nodes[1], n_columns)`.
    pub(super) fn apply(&mut self, grid: &mut [f32]) {
        let n_bands = self.n_bands();
        let (n_rows, n_columns) = (self.n_nodes[1], self.n_columns);
        let set = self.instruction_set;
        let [plan_x, plan_y] = &self.plans;
        let buffers = &self.buffers;

        let source = &*grid;
        self.by_block
            .par_chunks_mut(n_bands * COLUMNS)
            .enumerate()
            .for_each(|(block, spectra)| {
                with_buffers(buffers, |data, scratch| {
                    let column = block * COLUMNS;
                    load_columns(source, n_columns, column, &mut data[..plan_y.length()]);
                    let (data, scratch) = (
                        &mut data[..plan_y.length()],
                        &mut scratch[..plan_y.length()],
                    );
                    transform(set, plan_y, data, scratch);
                    separate(set, data, spectra);
                });
            });

        let (by_block, kernel) = (&self.by_block, &self.kernel);
        let n_kernel = plan_x.length() / 2 + 1;
        self.by_band
            .par_chunks_mut(n_columns)
            .enumerate()
            .for_each(|(band, spectra)| {
                with_buffers(buffers, |data, scratch| {
                    let (data, scratch) = (
                        &mut data[..plan_x.length()],
                        &mut scratch[..plan_x.length()],
                    );
                    gather_band(by_block, n_bands, band, data);
                    data[n_columns..].fill(Complex::ZERO);
                    transform(set, plan_x, data, scratch);
                    multiply(set, &kernel[band * n_kernel..][..n_kernel], data);
                    transform(set, plan_x, data, scratch);
                    // Real and imaginary parts are exchanged; `combine` exchanges them back.
                    spectra.copy_from_slice(&data[..n_columns]);
                });
            });

        let by_band = &self.by_band;
        self.blocks
            .par_chunks_mut(n_rows)
            .enumerate()
            .for_each(|(block, rows)| {
                with_buffers(buffers, |data, scratch| {
                    let (data, scratch) = (
                        &mut data[..plan_y.length()],
                        &mut scratch[..plan_y.length()],
                    );
                    combine(set, by_band, n_columns, block * COLUMNS, data);
                    transform(set, plan_y, data, scratch);
                    for (row, data) in rows.iter_mut().zip(&*data) {
                        let (first, second) = row.split_at_mut(LANES);
                        first.copy_from_slice(&data.im);
                        second.copy_from_slice(&data.re);
                    }
                });
            });

        let blocks = &self.blocks;
        grid.par_chunks_mut(n_columns)
            .with_min_len(16)
            .enumerate()
            .for_each(|(row, values)| {
                for (block, values) in values.as_chunks_mut::<COLUMNS>().0.iter_mut().enumerate() {
                    *values = blocks[block * n_rows + row];
                }
            });
    }

    /// Groups of `LANES` frequencies along y, from 0 to half of the length.
    fn n_bands(&self) -> usize {
        (self.plans[1].length() / 2 + 1).div_ceil(LANES)
    }

    /// Fills `kernel`: by the same transforms, of a grid as large as their lengths.
    fn transform_kernel(&mut self) {
        let set = self.instruction_set;
        let [plan_x, plan_y] = &self.plans;
        let lengths = [plan_x.length(), plan_y.length()];
        // Distance to the origin around a period, squared.
        let squared = |index: usize, length: usize| {
            let nodes = index.min(length - index) as f64;
            nodes * nodes * self.spacing * self.spacing
        };
        // 1 / (1 + r²) - 1 / (1 + R²), R the largest distance: on a grid much smaller than 1 all values
        // are nearly 1, and in 32 bits nothing would be left of their differences.
        let largest = squared(lengths[0] / 2, lengths[0]) + squared(lengths[1] / 2, lengths[1]);
        let n_bands = self.n_bands();
        let width = n_columns_of(lengths[0]);
        let mut spectra = vec![Complex::ZERO; n_bands * width];
        let buffers = &self.buffers;
        spectra
            .par_chunks_mut(n_bands * COLUMNS)
            .enumerate()
            .for_each(|(block, spectra)| {
                with_buffers(buffers, |data, scratch| {
                    let (data, scratch) = (
                        &mut data[..plan_y.length()],
                        &mut scratch[..plan_y.length()],
                    );
                    for (row, data) in data.iter_mut().enumerate() {
                        let value = |column: usize| {
                            let column = block * COLUMNS + column;
                            if column >= lengths[0] {
                                return 0.0;
                            }
                            let distance = squared(column, lengths[0]) + squared(row, lengths[1]);
                            ((largest - distance) / ((1.0 + distance) * (1.0 + largest))) as f32
                        };
                        data.re = std::array::from_fn(value);
                        data.im = std::array::from_fn(|lane| value(LANES + lane));
                    }
                    transform(set, plan_y, data, scratch);
                    separate(set, data, spectra);
                });
            });
        // `separate` leaves out a factor 1/2, both there and in `apply`.
        let scale = 0.25 / (lengths[0] * lengths[1]) as f64;
        let n_kernel = lengths[0] / 2 + 1;
        let factors = |length: usize| -> Vec<f64> {
            let factor = |index: usize| {
                let transform = spline::transform(index as f64 / length as f64);
                1.0 / (transform * transform)
            };
            (0..=length / 2).map(factor).collect()
        };
        let [factors_x, factors_y] = [factors(lengths[0]), factors(lengths[1])];
        self.kernel = vec![[0.0; LANES]; n_bands * n_kernel];
        self.kernel
            .par_chunks_mut(n_kernel)
            .enumerate()
            .for_each(|(band, kernel)| {
                let mut row = vec![Complex::ZERO; width];
                let mut scratch = vec![Complex::ZERO; lengths[0]];
                gather_band(&spectra, n_bands, band, &mut row);
                let row = &mut row[..lengths[0]];
                transform(set, plan_x, row, &mut scratch);
                for ((kernel, value), factor_x) in kernel.iter_mut().zip(&*row).zip(&factors_x) {
                    *kernel = std::array::from_fn(|lane| {
                        let factor_y = factors_y.get(band * LANES + lane).copied();
                        let factor = factor_x * factor_y.unwrap_or(0.0) * scale;
                        (f64::from(value.re[lane]) * factor) as f32
                    });
                }
            });
        self.constant = 1.0 / (1.0 + largest);
    }
}

/// The row length of a grid: room for whole registers from the last node on, in whole blocks.
fn n_columns(n_nodes: usize) -> usize {
    n_columns_of(n_nodes + LANES - spline::ORDER)
}

fn n_columns_of(n_nodes: usize) -> usize {
    n_nodes.next_multiple_of(COLUMNS)
}

fn with_buffers(
    buffers: &[Mutex<[Vec<Complex>; 2]>],
    work: impl FnOnce(&mut [Complex], &mut [Complex]),
) {
    let thread = rayon::current_thread_index().unwrap_or(0) % buffers.len();
    let mut buffers = buffers[thread]
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let [data, scratch] = &mut *buffers;
    work(data, scratch);
}

/// Loads a block of columns as eight complex sequences, with zeros after their end.
fn load_columns(grid: &[f32], n_columns: usize, column: usize, data: &mut [Complex]) {
    let n_rows = grid.len() / n_columns;
    for (data, row) in data.iter_mut().zip(grid.chunks_exact(n_columns)) {
        let (first, second) = row[column..][..COLUMNS].split_at(LANES);
        data.re.copy_from_slice(first);
        data.im.copy_from_slice(second);
    }
    data[n_rows..].fill(Complex::ZERO);
}

/// Copies what all blocks have of one band.
fn gather_band(by_block: &[Complex], n_bands: usize, band: usize, data: &mut [Complex]) {
    let blocks = by_block.chunks_exact(n_bands * COLUMNS);
    for (block, data) in blocks.zip(data.chunks_exact_mut(COLUMNS)) {
        data.copy_from_slice(&block[band * COLUMNS..][..COLUMNS]);
    }
}

multiversion! {
    /// From the transform of `a + ib`, a and b real, twice the transforms of a and b, frequencies in
    /// lanes.
    ///
    /// * `data`: shape `(n,)`, lanes are columns;
    /// * `spectra`: written, shape `(n_bands, COLUMNS)`, lanes are frequencies.
    fn separate(data: &[Complex], spectra: &mut [Complex]) = separate_body;
}

multiversion! {
    /// Multiplies by a real kernel whose transform is symmetric, and exchanges real and imaginary parts.
    ///
    /// * `kernel`: shape `(n / 2 + 1,)`; `data`: shape `(n,)`.
    fn multiply(kernel: &[[f32; LANES]], data: &mut [Complex]) = multiply_body;
}

multiversion! {
    /// The opposite of [`separate`], with the transforms' parts exchanged before and after.
    fn combine(by_band: &[Complex], n_columns: usize, column: usize, data: &mut [Complex])
        = combine_body;
}

#[inline(always)]
fn separate_body(data: &[Complex], spectra: &mut [Complex]) {
    let n = data.len();
    for (band, spectra) in spectra.chunks_exact_mut(COLUMNS).enumerate() {
        let pairs: [[Complex; 2]; LANES] = std::array::from_fn(|lane| {
            let frequency = (band * LANES + lane).min(n / 2);
            [data[frequency], data[(n - frequency) % n]]
        });
        let a_re = table(|column, lane| pairs[lane][0].re[column] + pairs[lane][1].re[column]);
        let a_im = table(|column, lane| pairs[lane][0].im[column] - pairs[lane][1].im[column]);
        let b_re = table(|column, lane| pairs[lane][0].im[column] + pairs[lane][1].im[column]);
        let b_im = table(|column, lane| pairs[lane][1].re[column] - pairs[lane][0].re[column]);
        let (a, b) = spectra.split_at_mut(LANES);
        for column in 0..LANES {
            a[column] = Complex {
                re: a_re[column],
                im: a_im[column],
            };
            b[column] = Complex {
                re: b_re[column],
                im: b_im[column],
            };
        }
    }
}

#[inline(always)]
fn multiply_body(kernel: &[[f32; LANES]], data: &mut [Complex]) {
    let n = data.len();
    let exchange = |value: &mut Complex, kernel: &[f32; LANES]| {
        let Complex { re, im } = *value;
        value.re = std::array::from_fn(|lane| im[lane] * kernel[lane]);
        value.im = std::array::from_fn(|lane| re[lane] * kernel[lane]);
    };
    let (low, high) = data.split_at_mut(n / 2 + 1);
    for (value, kernel) in low.iter_mut().zip(kernel) {
        exchange(value, kernel);
    }
    for (value, kernel) in high.iter_mut().rev().zip(&kernel[1..]) {
        exchange(value, kernel);
    }
}

#[inline(always)]
fn combine_body(by_band: &[Complex], n_columns: usize, column: usize, data: &mut [Complex]) {
    let n = data.len();
    for (band, spectra) in by_band.chunks_exact(n_columns).enumerate() {
        let spectra = &spectra[column..][..COLUMNS];
        let (a, b) = spectra.split_at(LANES);
        // The parts came exchanged.
        let re = table(|lane, column| a[column].im[lane] - b[column].re[lane]);
        let im = table(|lane, column| a[column].re[lane] + b[column].im[lane]);
        let mirrored_re = table(|lane, column| a[column].im[lane] + b[column].re[lane]);
        let mirrored_im = table(|lane, column| b[column].im[lane] - a[column].re[lane]);
        for lane in 0..LANES {
            let frequency = band * LANES + lane;
            if frequency > n / 2 {
                break;
            }
            // Exchanged again, for the inverse.
            data[frequency] = Complex {
                re: im[lane],
                im: re[lane],
            };
            if frequency > 0 {
                data[n - frequency] = Complex {
                    re: mirrored_im[lane],
                    im: mirrored_re[lane],
                };
            }
        }
    }
}

#[inline(always)]
fn table(value: impl Fn(usize, usize) -> f32) -> [[f32; LANES]; LANES] {
    std::array::from_fn(|row| std::array::from_fn(|column| value(row, column)))
}
