//! A table in the making: what is known of every sample's neighbors by one distance, and how far each
//! sample still looks.
//!
//! # Cosine through euclidean sketches
//!
//! One set of sketches serves both distances. With `a = |x|`, `b = |y|` and the cosine key `c`,
//!
//! ```text
//! |x - y|²  =  (a - b)² + 2 a b c
//! ```
//!
//! so that a key of at most `c` means a distance of at most the root of the right side. Lengths are
//! known within a factor `1 ± w`, the key within `w` (see the sketches), so the distance is at most
//!
//! ```text
//! t  =  √((|a - b| + w (a + b))² + 2 a b (1 + 4 w) (c + w))
//! ```
//!
//! The expression under the root is convex in `b`: for all samples of a block it is greatest at the
//! least or the greatest of their lengths. The other way round, a distance of at most `t` means a key
//! of at most
//!
//! ```text
//! c  =  (t² - (|a - b| - w (a + b))²) / (2 a b (1 - 4 w)) + w        no square where that is below 0
//! ```
//!
//! Pair by pair the comparison must be of few operations. Sketches `q`, `r` of samples at distance `t`
//! satisfy `|q - r| ≤ t + 2E` (lengths in units from here on), and `4 E t ≤ 2 E (t² / τ + τ)` for any
//! `τ`. With `H` half a squared length of a sketch, rounded down, `2 (H + H' - q·r) ≤ |q - r|²`, and
//! with `h = 2E / τ` and `k = 2 E τ + 4 E²`, a key of at most `c` needs
//!
//! ```text
//! q·r  ≥  o + o' + l l' (1 - c),    o = H - (1 + h) a² / 2 - k / 4 - s / 2,    l = √(1 + h) a
//! ```
//!
//! where `s` covers what is done in 32 bits, `v = 2⁻²⁴`: `o`, `l`, `1 - c` and `q·r` are rounded once,
//! each product and sum once more, so `s = 8 v (2 max |o| + max l² + 2²⁹)`. What is done in 64 bits, and
//! `w`, are far below that.

#[cfg(test)]
mod tests;

use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use super::nearest_lists::NearestLists;
use super::search::Prepared;
use super::sketches::{WHOLE_REACH, rounding_of_keys};
use super::{Keys, Neighbors};
use crate::kernels::{Angles, GROUP};

/// `τ`, in units: about the distances of neighbors in ordinary data.
const USUAL_DISTANCE: f64 = 1500.0;

/// More than the product of any two sketches.
const GREATEST_PRODUCT: f64 = (1_u32 << 29) as f64;

/// Half the spacing of 32-bit numbers at 1, `v`.
const UNIT: f64 = 1.0 / (1_u32 << 24) as f64;

/// Up to so large numbers no 32-bit product or sum of a few of them overflows.
const GREATEST: f64 = 1e30;

/// The nearest neighbors of all samples by one distance, as far as they are known.
pub(super) struct Goal<'a> {
    keys: &'a Keys<'a>,
    prepared: &'a Prepared<'a>,
    n_neighbors: usize,
    /// Where sketches are of euclidean distances and keys of cosine ones.
    lengths: Option<Lengths>,
    /// One for each block, once they are open.
    lists: Vec<Mutex<NearestLists<f64>>>,
    /// For every place the bits of the greatest key with which others enter its list; and, where keys are
    /// those of the sketches, those of the distance that this stands for, and its reach.
    ///
    /// They only fall. A number that another thread has just replaced lets too much pass, never too
    /// little: no order of reads and writes changes the answer.
    limits: Vec<AtomicU64>,
    distances: Vec<AtomicU64>,
    reaches: Vec<AtomicI32>,
}

/// A place, a key and its new neighbor.
pub(super) type Found = (usize, f64, u32);

impl<'a> Goal<'a> {
    /// A table in which nothing is known yet.
    ///
    /// * `keys`: those of the sketches, or cosine keys where sketches are of euclidean distances.
    ///
    /// `None` where vectors are too long for angles in 32 bits.
    pub(super) fn new(
        keys: &'a Keys<'a>,
        prepared: &'a Prepared<'a>,
        n_neighbors: usize,
    ) -> Option<Goal<'a>> {
        let Prepared {
            sketcher, sketches, ..
        } = prepared;
        let n_places = sketches.n_groups() * GROUP;
        let lengths = if keys.distance() == sketcher.distance() {
            None
        } else {
            Some(Lengths::new(keys, prepared)?)
        };
        Some(Goal {
            keys,
            prepared,
            n_neighbors,
            lengths,
            lists: Vec::new(),
            limits: without_limit(n_places),
            distances: without_limit(n_places),
            reaches: (0..n_places).map(|_| AtomicI32::new(WHOLE_REACH)).collect(),
        })
    }

    /// Whether its distance is the one that sketches bound.
    pub(super) fn is_of_sketches(&self) -> bool {
        self.lengths.is_none()
    }

    /// The reference key of the samples at two places.
    pub(super) fn key(&self, place: usize, other: usize) -> f64 {
        let order = &self.prepared.order;
        self.keys.key(order[place] as usize, order[other] as usize)
    }

    /// Has fetched what a key of the sample at a place needs.
    pub(super) fn prefetch(&self, place: usize) {
        self.keys.prefetch(self.prepared.order[place] as usize);
    }

    /// The greatest key with which another sample enters the list of a place, as it is now.
    pub(super) fn limit(&self, place: usize) -> f64 {
        value(&self.limits[place])
    }

    /// The greatest half squared distance of sketches at which a sample of a block can enter the list
    /// of a place.
    ///
    /// * `block`: asked where sketches are of another distance.
    pub(super) fn reach(&self, place: usize, block: usize) -> i32 {
        match &self.lengths {
            None => self.reaches[place].load(Ordering::Relaxed),
            Some(lengths) => {
                let distance = lengths.greatest_to(block, self.limit(place), place);
                self.prepared.sketches.reach_of(distance)
            }
        }
    }

    /// The distance of two samples, by that of the sketches, beyond which neither enters the list of
    /// the other.
    pub(super) fn greatest_distance(&self, place: usize, other: usize) -> f64 {
        let greater = |of: &[AtomicU64]| value(&of[place]).max(value(&of[other]));
        match &self.lengths {
            None => greater(&self.distances),
            Some(lengths) => {
                let limit = greater(&self.limits);
                lengths.greatest(limit, lengths.of[place], lengths.of[other])
            }
        }
    }

    /// What the key of the samples at two places is at most, if these are at most so far apart.
    pub(super) fn greatest_key(&self, place: usize, other: usize, distance: f64) -> f64 {
        match &self.lengths {
            None => self.prepared.sketches.greatest_key(distance),
            Some(lengths) => lengths.greatest_key(distance, lengths.of[place], lengths.of[other]),
        }
    }

    /// What the angles of a block's samples must be to enter each other's lists, group by group;
    /// `None` where sketches are of the goal's own distance.
    pub(super) fn angles(&self, block: usize) -> Option<Vec<Angles>> {
        let lengths = self.lengths.as_ref()?;
        let groups = self.prepared.blocks.groups(block);
        let angles = groups.map(|group| Angles {
            cosines: std::array::from_fn(|row| lengths.cosine(self.limit(group * GROUP + row))),
            ..lengths.angles[group]
        });
        Some(angles.collect())
    }

    /// How many times greater squared distances may be than those of the keys in the lists, because of
    /// what the comparison of angles must allow for; in the mean, at least 1.
    pub(super) fn slack(&self) -> f64 {
        let Some(lengths) = &self.lengths else {
            return 1.0;
        };
        let n_samples = self.prepared.order.len();
        let ratio = |place: usize| {
            let length = lengths.of[place];
            let needed = lengths.greatest_squared(self.limit(place), length, length);
            (needed * (1.0 + lengths.excess) + lengths.allowance) / needed
        };
        (0..n_samples).map(ratio).sum::<f64>() / n_samples as f64
    }

    /// Makes the lists. Until then what is known of likely neighbors may take the memory.
    pub(super) fn open_lists(&mut self) {
        let blocks = &self.prepared.blocks;
        let n_lists = blocks.n_groups_each() * GROUP;
        let list = || NearestLists::new(n_lists, self.n_neighbors, f64::INFINITY);
        self.lists = (0..blocks.len()).map(|_| Mutex::new(list())).collect();
    }

    /// Takes neighbors of a block's samples into their lists, which are open.
    pub(super) fn take_in(&self, block: usize, found: &[Found]) {
        if found.is_empty() {
            return;
        }
        let first = self.prepared.blocks.groups(block).start * GROUP;
        let mut lists = self.lists[block].lock().expect("no thread has panicked");
        for &(place, key, sample) in found {
            if let Some(limit) = lists.insert(place - first, key, sample) {
                self.lower_limit(place, limit);
            }
        }
    }

    /// Takes over how far neighbors of a place can be at most.
    ///
    /// * `keys`: what the keys of some other samples, all different, are at most.
    pub(super) fn start_from(&self, place: usize, mut keys: Vec<f64>) {
        if keys.len() >= self.n_neighbors {
            let (_, &mut last, _) =
                keys.select_nth_unstable_by(self.n_neighbors - 1, f64::total_cmp);
            self.lower_limit(place, last);
        }
    }

    /// Lowers the limit of a place to a key, if that is less; of each place by one thread at a time.
    ///
    /// * `key`: that of as many other samples as are wanted is at most this.
    fn lower_limit(&self, place: usize, key: f64) {
        if key < self.limit(place) {
            self.limits[place].store(key.to_bits(), Ordering::Relaxed);
            if self.lengths.is_none() {
                let sketches = &self.prepared.sketches;
                let distance = sketches.greatest_distance(key);
                self.distances[place].store(distance.to_bits(), Ordering::Relaxed);
                self.reaches[place].store(sketches.reach_of(distance), Ordering::Relaxed);
            }
        }
    }

    /// The table, with the samples in their own order again.
    pub(super) fn into_table(self) -> Neighbors {
        let order = &self.prepared.order;
        let n_cells = order.len() * self.n_neighbors;
        let (mut indices, mut values) = (vec![0; n_cells], vec![0.0; n_cells]);
        let n_places = self.prepared.blocks.n_groups_each() * GROUP;
        for (lists, samples) in self.lists.into_iter().zip(order.chunks(n_places)) {
            let lists = lists.into_inner().expect("no thread has panicked");
            for (list, &sample) in samples.iter().enumerate() {
                let (keys, neighbors) = lists.list(list);
                let cells = sample as usize * self.n_neighbors..;
                indices[cells.clone()][..self.n_neighbors].copy_from_slice(neighbors);
                for (value, &key) in values[cells].iter_mut().zip(keys) {
                    *value = self.keys.value_of_key(key);
                }
            }
        }
        Neighbors::from_parts(
            self.keys.distance(),
            order.len(),
            self.n_neighbors,
            indices,
            values,
        )
    }
}

/// Numbers that have nothing below them yet, as bits.
fn without_limit(n: usize) -> Vec<AtomicU64> {
    let without = || AtomicU64::new(f64::INFINITY.to_bits());
    (0..n).map(|_| without()).collect()
}

/// The number that is kept as bits.
fn value(bits: &AtomicU64) -> f64 {
    f64::from_bits(bits.load(Ordering::Relaxed))
}

/// The lengths of all samples, in the order of their sketches.
struct Lengths {
    /// 0 at places that are filled up.
    of: Vec<f64>,
    /// The least and the greatest of each block.
    ranges: Vec<[f64; 2]>,
    /// `w`
    rounding: f64,
    /// `o` and `l`, shape `(n_groups,)`; the cosines are not set.
    angles: Vec<Angles>,
    /// `h`
    excess: f64,
    /// `k + 2 s`, as a squared distance.
    allowance: f64,
}

impl Lengths {
    /// `None` where they are too great for 32 bits.
    fn new(keys: &Keys, prepared: &Prepared) -> Option<Lengths> {
        let sketches = &prepared.sketches;
        let length = |&sample: &u32| keys.squared_norms()[sample as usize].sqrt();
        let mut of: Vec<f64> = prepared.order.iter().map(length).collect();
        let range = |lengths: &[f64]| {
            let least = lengths.iter().copied().fold(f64::INFINITY, f64::min);
            [least, lengths.iter().copied().fold(0.0, f64::max)]
        };
        let n_places = prepared.blocks.n_groups_each() * GROUP;
        let ranges = of.chunks(n_places).map(range).collect();
        of.resize(sketches.n_groups() * GROUP, 0.0);

        // `2E`, and units per unit of distance.
        let (error, per_unit) = (sketches.error(), sketches.per_unit());
        let excess = error / USUAL_DISTANCE;
        let squared = |place: usize| {
            let length = per_unit * of[place];
            (1.0 + excess) * length * length
        };
        let offset = |place: usize| f64::from(sketches.half(place)) - squared(place) / 2.0;
        let places = 0..of.len();
        let greatest_offset = places.clone().map(|p| offset(p).abs()).fold(0.0, f64::max);
        let greatest_square = places.map(squared).fold(0.0, f64::max);
        let allowance = error * USUAL_DISTANCE + error * error;
        let largest = 2.0 * (greatest_offset + allowance) + greatest_square + GREATEST_PRODUCT;
        if largest > GREATEST {
            return None;
        }
        let slack = 8.0 * UNIT * largest;
        let angles_of = |group: usize| {
            let place = |row: usize| group * GROUP + row;
            let offset = |row| offset(place(row)) - allowance / 4.0 - slack / 2.0;
            Angles {
                offsets: std::array::from_fn(|row| offset(row) as f32),
                lengths: std::array::from_fn(|row| squared(place(row)).sqrt() as f32),
                cosines: [f32::NEG_INFINITY; GROUP],
            }
        };
        Some(Lengths {
            angles: (0..sketches.n_groups()).map(angles_of).collect(),
            excess,
            allowance: (allowance + 2.0 * slack) / (per_unit * per_unit),
            of,
            ranges,
            rounding: rounding_of_keys(keys.n_dims()),
        })
    }

    /// `1 - c`, of all that the reference key can stand for the least.
    fn cosine(&self, key: f64) -> f32 {
        (1.0 - key - self.rounding) as f32
    }

    /// `t` for two lengths, see the module.
    fn greatest(&self, key: f64, a: f64, b: f64) -> f64 {
        self.greatest_squared(key, a, b).sqrt()
    }

    /// The greatest `t` for a place and the samples of a block.
    fn greatest_to(&self, block: usize, key: f64, place: usize) -> f64 {
        let of_length = |b| self.greatest_squared(key, self.of[place], b);
        let [least, greatest] = self.ranges[block].map(of_length);
        least.max(greatest).sqrt()
    }

    /// `c` for two lengths, see the module.
    fn greatest_key(&self, distance: f64, a: f64, b: f64) -> f64 {
        // Covers the rounding of these few operations.
        const ROUNDING: f64 = 1e-12;
        let w = self.rounding;
        let product = 2.0 * a * b * (1.0 - 4.0 * w);
        if product == 0.0 {
            return f64::INFINITY;
        }
        let difference = ((a - b).abs() - w * (a + b)).max(0.0);
        let of_angle =
            distance * distance * (1.0 + ROUNDING) - difference * difference * (1.0 - ROUNDING);
        (of_angle.max(0.0) / product + w) * (1.0 + ROUNDING)
    }

    fn greatest_squared(&self, key: f64, a: f64, b: f64) -> f64 {
        let w = self.rounding;
        let difference = (a - b).abs() + w * (a + b);
        let of_angle = 2.0 * a * b * (1.0 + 4.0 * w) * (key + w).max(0.0);
        // The factor covers the rounding of these few operations, and of the root.
        (difference * difference + of_angle) * (1.0 + 1e-12)
    }
}
