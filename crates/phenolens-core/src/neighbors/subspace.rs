//! The directions in which samples differ most, for sketches of few coordinates.

use rayon::prelude::*;

use crate::kernels::{self, InstructionSet};
use crate::random::{Stream, Use};

/// The fewest samples among which directions are looked for.
const MIN_SAMPLED: usize = 512;

/// The most: these tell the directions of neighbors better, which pays where there are many samples.
const MAX_SAMPLED: usize = 1024;

/// In between, one sample of so many.
const SAMPLES_PER_SAMPLED: usize = 20;

/// Sampled ones whose nearest neighbors say how far neighbors are.
const N_ASKED: usize = 32;

/// How many directions are looked for: where the first do not suffice, more.
const N_AXES: [usize; 2] = [48, 128];

/// Passes over the samples: as many as turn random directions towards those of greatest variance.
const N_PASSES: usize = 3;

/// Samples that one worker multiplies before it hands over its part.
const SAMPLES_PER_PART: usize = 128;

/// The share of a nearest neighbor's squared distance that may lie outside of the directions. At one
/// half a few more pairs are near by their sketches than truly are, and sketches are shorter by much.
const MAX_SHARE_OUTSIDE: f64 = 0.5;

/// The share that two more directions must take to be worth their time: a few of them often leave half
/// as many pairs near.
const MIN_GAIN: f64 = 0.04;

/// They are not where there are more samples than this for each neighbor that is wanted: most of the
/// time then goes into pairs that are not near.
const MAX_SAMPLES_EACH: usize = 2500;

/// Orthonormal directions, those of great variance first.
pub(super) struct Subspace {
    /// Each of length 1, shape `(n_axes, n_dims)`.
    axes: Vec<Vec<f64>>,
    /// `|QᵀQ - I|`.
    skew: f64,
}

impl Subspace {
    /// The fewest directions outside of which neighbors hardly differ; `None` where these are too many.
    ///
    /// The choice is for speed alone: any orthonormal directions give right answers.
    ///
    /// * `vector`: gives a sample.
    ///
    /// # Source
    /// Halko, Martinsson & Tropp (2011), SIAM Review 53, 217–288, algorithm 4.4.
    pub(super) fn find(
        n_samples: usize,
        n_neighbors: usize,
        instruction_set: InstructionSet,
        vector: impl Fn(usize) -> Vec<f64> + Sync,
    ) -> Option<Subspace> {
        let n_sampled = (n_samples / SAMPLES_PER_SAMPLED)
            .clamp(MIN_SAMPLED, MAX_SAMPLED)
            .min(n_samples);
        let mut sampled: Vec<Vec<f64>> = (0..n_sampled)
            .into_par_iter()
            .map(|index| vector(index * n_samples / n_sampled))
            .collect();
        let mean = mean(&sampled);
        sampled
            .par_iter_mut()
            .flat_map_iter(|vector| vector.iter_mut().zip(&mean))
            .for_each(|(x, mean)| *x -= mean);
        let near = squared_distance_of_neighbors(&sampled, n_samples, n_neighbors, instruction_set);
        let n_dims = mean.len();
        let worth_it = N_AXES
            .iter()
            .filter(|&&n_axes| 2 * n_axes <= n_dims && 2 * n_axes <= n_sampled);
        worth_it
            .filter_map(|&n_axes| {
                let axes = axes_of_variance(&sampled, n_axes, instruction_set);
                let min_gain = if n_samples <= MAX_SAMPLES_EACH * n_neighbors {
                    MIN_GAIN * near
                } else {
                    f64::INFINITY
                };
                let n_kept = enough_axes(&sampled, &axes, near, min_gain, instruction_set)?;
                let axes: Vec<Vec<f64>> = axes.into_iter().take(n_kept).collect();
                let skew = skew(&axes, instruction_set);
                (skew <= 1e-10).then_some(Subspace { axes, skew })
            })
            .next()
    }

    /// Number of directions; odd, so that with the length outside coordinates are even in number.
    pub(super) fn n_axes(&self) -> usize {
        self.axes.len()
    }

    /// How far the directions are from orthonormal: the Frobenius norm of `QᵀQ - I`.
    pub(super) fn skew(&self) -> f64 {
        self.skew
    }

    /// The coordinates of vectors along the directions, then their lengths outside of them.
    ///
    /// * `vectors`: a few at a time, so that they and the directions they meet stay in the nearest cache;
    /// * `folded`: emptied and filled, one for each vector.
    pub(super) fn fold(
        &self,
        instruction_set: InstructionSet,
        vectors: &[Vec<f64>],
        folded: &mut [Vec<f64>],
    ) {
        folded.iter_mut().for_each(Vec::clear);
        for axes in self.axes.chunks(4) {
            for (vector, folded) in vectors.iter().zip(&mut *folded) {
                products(instruction_set, axes, vector, folded);
            }
        }
        for (vector, folded) in vectors.iter().zip(folded) {
            let outside = kernels::dot_64(instruction_set, vector, vector)
                - kernels::dot_64(instruction_set, folded, folded);
            folded.push(outside.max(0.0).sqrt());
        }
    }
}

/// Appends the products of all axes with a vector.
fn products(
    instruction_set: InstructionSet,
    axes: &[Vec<f64>],
    vector: &[f64],
    products: &mut Vec<f64>,
) {
    let (fours, rest) = axes.as_chunks::<4>();
    for four in fours {
        let rows = four.each_ref().map(Vec::as_slice);
        products.extend(kernels::dot_four(instruction_set, rows, vector));
    }
    let product = |axis: &Vec<f64>| kernels::dot_64(instruction_set, axis, vector);
    products.extend(rest.iter().map(product));
}

fn mean(vectors: &[Vec<f64>]) -> Vec<f64> {
    let mut mean = vec![0.0; vectors[0].len()];
    for vector in vectors {
        for (sum, value) in mean.iter_mut().zip(vector) {
            *sum += value / vectors.len() as f64;
        }
    }
    mean
}

/// The median squared distance to the neighbor that is, among the sampled, as near as the last wanted
/// one is among all.
fn squared_distance_of_neighbors(
    sampled: &[Vec<f64>],
    n_samples: usize,
    n_neighbors: usize,
    instruction_set: InstructionSet,
) -> f64 {
    let n_sampled = sampled.len();
    let rank = (n_neighbors * n_sampled / n_samples).clamp(1, n_sampled - 1);
    let n_asked = n_sampled.min(N_ASKED);
    let square = |x: &Vec<f64>| kernels::dot_64(instruction_set, x, x);
    let squares: Vec<f64> = sampled.par_iter().map(square).collect();
    let mut found: Vec<f64> = (0..n_asked)
        .into_par_iter()
        .map(|index| {
            let x = &sampled[index * n_sampled / n_asked];
            let square = kernels::dot_64(instruction_set, x, x);
            let mut squared = Vec::with_capacity(n_sampled);
            products(instruction_set, sampled, x, &mut squared);
            for (squared, of_other) in squared.iter_mut().zip(&squares) {
                *squared = square + of_other - 2.0 * *squared;
            }
            // The sample itself, at 0, is the first of all.
            *squared.select_nth_unstable_by(rank, f64::total_cmp).1
        })
        .collect();
    *found.select_nth_unstable_by(n_asked / 2, f64::total_cmp).1
}

/// Directions near those of the greatest variances, which fall, by orthogonal iteration.
fn axes_of_variance(
    sampled: &[Vec<f64>],
    n_axes: usize,
    instruction_set: InstructionSet,
) -> Vec<Vec<f64>> {
    let n_dims = sampled[0].len();
    let mut stream = Stream::new(0, Use::Sketches, 0);
    let mut axes: Vec<Vec<f64>> = (0..n_axes)
        .map(|_| (0..n_dims).map(|_| stream.normal()).collect())
        .collect();
    for _ in 0..N_PASSES {
        let parts: Vec<Vec<Vec<f64>>> = sampled
            .par_chunks(SAMPLES_PER_PART)
            .map(|vectors| {
                let mut images = vec![vec![0.0; n_dims]; n_axes];
                let (fours, rest) = vectors.as_chunks::<4>();
                for four in fours {
                    let four = four.each_ref().map(Vec::as_slice);
                    for (image, axis) in images.iter_mut().zip(&axes) {
                        let along = kernels::dot_four(instruction_set, four, axis);
                        kernels::add_four_scaled(instruction_set, image, along, four);
                    }
                }
                for vector in rest {
                    for (image, axis) in images.iter_mut().zip(&axes) {
                        let along = kernels::dot_64(instruction_set, axis, vector);
                        kernels::add_scaled(instruction_set, image, along, vector);
                    }
                }
                images
            })
            .collect();
        for (index, axis) in axes.iter_mut().enumerate() {
            axis.fill(0.0);
            for part in &parts {
                kernels::add_scaled(instruction_set, axis, 1.0, &part[index]);
            }
        }
        // The image is the longer, the greater the variance along its direction.
        axes.sort_by_cached_key(|axis| {
            std::cmp::Reverse(kernels::dot_64(instruction_set, axis, axis).to_bits())
        });
        orthonormalize(&mut axes, instruction_set);
    }
    axes
}

/// How many of the directions leave little enough of a neighbor's squared distance outside; odd.
///
/// * `near`: that squared distance;
/// * `min_gain`: what two more directions must take of it.
fn enough_axes(
    sampled: &[Vec<f64>],
    axes: &[Vec<f64>],
    near: f64,
    min_gain: f64,
    instruction_set: InstructionSet,
) -> Option<usize> {
    let variance = |sum: f64| sum / sampled.len() as f64;
    let squares = sampled
        .iter()
        .map(|x| kernels::dot_64(instruction_set, x, x));
    let mut outside = variance(squares.sum());
    let variances: Vec<f64> = axes
        .par_iter()
        .map(|axis| {
            let mut along = Vec::with_capacity(sampled.len());
            products(instruction_set, sampled, axis, &mut along);
            variance(kernels::dot_64(instruction_set, &along, &along))
        })
        .collect();
    // By how much two samples differ outside: on average, by twice the variance.
    let left: Vec<f64> = variances
        .into_iter()
        .map(|along_axis| {
            outside -= along_axis;
            2.0 * outside
        })
        .collect();
    let is_enough = |&index: &usize| left[index] <= MAX_SHARE_OUTSIDE * near;
    let mut last = (0..left.len()).step_by(2).find(is_enough)?;
    while let Some(then_left) = left.get(last + 2)
        && left[last] - then_left > min_gain
    {
        last += 2;
    }
    Some(last + 1)
}

/// Makes the directions orthogonal and of length 1, in order. What depends on earlier ones is left as
/// rounding makes it, and shows as skew.
fn orthonormalize(axes: &mut [Vec<f64>], instruction_set: InstructionSet) {
    for index in 0..axes.len() {
        let (earlier, rest) = axes.split_at_mut(index);
        let axis = &mut rest[0];
        // The second pass removes what the rounding of the first left (Giraud et al. 2005).
        for _ in 0..2 {
            for earlier in earlier.iter() {
                let product = kernels::dot_64(instruction_set, earlier, axis);
                kernels::add_scaled(instruction_set, axis, -product, earlier);
            }
        }
        let length = kernels::dot_64(instruction_set, axis, axis).sqrt();
        for value in axis {
            *value /= length;
        }
    }
}

/// The Frobenius norm of `QᵀQ - I`; not a number where a direction is none.
fn skew(axes: &[Vec<f64>], instruction_set: InstructionSet) -> f64 {
    let mut squares = 0.0;
    for (index, axis) in axes.iter().enumerate() {
        for (other_index, other) in axes.iter().enumerate() {
            let expected = if index == other_index { 1.0 } else { 0.0 };
            let difference = kernels::dot_64(instruction_set, axis, other) - expected;
            squares += difference * difference;
        }
    }
    squares.sqrt()
}
