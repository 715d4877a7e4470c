//! Blocks of samples that stand near each other, and how far apart they are.

#[cfg(test)]
mod tests;

use std::ops::Range;

use rayon::prelude::*;

use crate::kernels::GROUP;

/// The fewest samples of a block: enough that its comparison with another takes longer than its choice.
const MIN_SIZE: usize = 256;

/// The most blocks: their pairs are held in memory.
const MAX_BLOCKS: usize = 4096;

/// Parts of all pairs, those of near blocks first, within which blocks just compared come again soon.
const N_BANDS: usize = 8;

/// Samples of a block, for so many in all; a multiple of the size of a group.
pub(super) fn block_size(n_samples: usize) -> usize {
    let size = n_samples.div_ceil(MAX_BLOCKS).next_multiple_of(GROUP);
    size.max(MIN_SIZE)
}

/// Consecutive sketches, of which each block holds the same number, the last one maybe fewer.
pub(super) struct Blocks {
    n_groups: usize,
    n_groups_each: usize,
    balls: Vec<Ball>,
    pairs: Vec<BlockPair>,
}

/// Two blocks, or one with itself, in few bytes: there are millions of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockPair {
    row: u16,
    column: u16,
    /// No half squared distance of a sketch of the one and a sketch of the other is below this.
    pub(super) half_gap: i32,
}

/// Holds all sketches of a block.
struct Ball {
    center: Vec<f32>,
    radius: f32,
}

impl BlockPair {
    pub(super) fn row(self) -> usize {
        usize::from(self.row)
    }

    pub(super) fn column(self) -> usize {
        usize::from(self.column)
    }
}

impl Blocks {
    /// Cuts sketches into blocks.
    ///
    /// * `coordinates`: as they stand, row-major, shape `(n_samples, n_coordinates)`.
    pub(super) fn new(coordinates: &[i16], n_coordinates: usize, block_size: usize) -> Blocks {
        let balls: Vec<Ball> = coordinates
            .par_chunks(block_size * n_coordinates)
            .map(|sketches| Ball::around(sketches.chunks_exact(n_coordinates)))
            .collect();
        let mut keyed: Vec<(f32, BlockPair)> = (0..balls.len())
            .into_par_iter()
            .flat_map_iter(|row| {
                let balls = &balls;
                (row..balls.len()).map(move |column| {
                    let distance = balls[row].distance_to(&balls[column]);
                    let half_gap = balls[row].half_gap(&balls[column], distance);
                    let pair = BlockPair {
                        row: row as u16,
                        column: column as u16,
                        half_gap,
                    };
                    (distance, pair)
                })
            })
            .collect();
        keyed.par_sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = keyed.len().div_ceil(N_BANDS);
        keyed.par_chunks_mut(size).for_each(|band| {
            band.sort_unstable_by_key(|(_, pair)| interleaved(pair.row(), pair.column()));
        });
        Blocks {
            n_groups: (coordinates.len() / n_coordinates).div_ceil(GROUP),
            n_groups_each: block_size / GROUP,
            balls,
            pairs: keyed.into_iter().map(|(_, pair)| pair).collect(),
        }
    }

    /// Number of blocks.
    pub(super) fn len(&self) -> usize {
        self.balls.len()
    }

    /// Number of groups of each block but the last.
    pub(super) fn n_groups_each(&self) -> usize {
        self.n_groups_each
    }

    /// The groups of a block.
    pub(super) fn groups(&self, block: usize) -> Range<usize> {
        let first = block * self.n_groups_each;
        first..(first + self.n_groups_each).min(self.n_groups)
    }

    /// All pairs, each block with itself among them: bands of ever farther centers, and in each of them
    /// pairs of the same few blocks side by side, whose samples stay in the cache.
    pub(super) fn pairs(&self) -> &[BlockPair] {
        &self.pairs
    }

    /// A block and those with the nearest centers, at most `n_blocks` in all.
    pub(super) fn nearest(&self, block: usize, n_blocks: usize) -> Vec<usize> {
        let mut others: Vec<(f32, usize)> = (0..self.len())
            .map(|other| (self.balls[block].distance_to(&self.balls[other]), other))
            .collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let nearest = others.into_iter().map(|(_, other)| other);
        // The block itself is at distance 0, and first unless another has the same center.
        let others = nearest.filter(|&other| other != block).take(n_blocks - 1);
        std::iter::once(block).chain(others).collect()
    }
}

/// The place of a pair along a curve that goes through all pairs of the first two numbers before any
/// other, then of the first four, and so on.
///
/// * `row`, `column`: below 2¹⁶.
///
/// # Source
/// Morton (1966), A computer oriented geodetic data base and a new technique in file sequencing, IBM.
fn interleaved(row: usize, column: usize) -> u32 {
    let apart = |number: usize| {
        let spread = |bits: u32, by: u32, mask: u32| (bits | bits << by) & mask;
        let eights = spread(number as u32, 8, 0x00ff_00ff);
        let fours = spread(eights, 4, 0x0f0f_0f0f);
        spread(spread(fours, 2, 0x3333_3333), 1, 0x5555_5555)
    };
    apart(row) << 1 | apart(column)
}

impl Ball {
    fn around(sketches: std::slice::ChunksExact<i16>) -> Ball {
        let share = 1.0 / sketches.len() as f32;
        let mut center = Vec::new();
        for sketch in sketches.clone() {
            center.resize(sketch.len(), 0.0);
            for (sum, &x) in center.iter_mut().zip(sketch) {
                *sum += f32::from(x) * share;
            }
        }
        let distance = |sketch: &[i16]| {
            let differences = sketch.iter().zip(&center).map(|(&x, c)| f32::from(x) - c);
            differences.map(|x| x * x).sum::<f32>().sqrt()
        };
        let radius = sketches.map(distance).fold(0.0, f32::max);
        Ball { center, radius }
    }

    fn distance_to(&self, other: &Ball) -> f32 {
        let pairs = self.center.iter().zip(&other.center);
        pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }

    /// By the triangle inequality, with room for 32-bit rounding of sums of up to 65,536 terms.
    fn half_gap(&self, other: &Ball, distance: f32) -> i32 {
        const ROUNDING: f32 = 0.01;
        let gap =
            distance * (1.0 - ROUNDING) - (self.radius + other.radius) * (1.0 + ROUNDING) - 1.0;
        if gap > 0.0 {
            (gap * gap / 2.0 * (1.0 - ROUNDING)) as i32
        } else {
            0
        }
    }
}
