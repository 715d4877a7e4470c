//! Sketches: short vectors of 16-bit numbers whose distances bound the true ones from below.
//!
//! # The bound
//!
//! Let `s x` be a sample as its distance sees it: for euclidean `s = 1`, for cosine `s = 1 / |x|`, since
//! `1 - x·y / (|x| |y|)` is half the squared distance of the vectors at unit length. Its sketch is made
//! in steps none of which moves two samples further apart:
//!
//! 1. *Centering*, `x ↦ s x - c`, is a translation; any `c` will do.
//! 2. *Projection onto the ball* of radius `R` about 0: what lies outside is shortened to `R`. The
//!    projection onto a convex set is a contraction, so outliers do no harm.
//! 3. *Folding*, `x ↦ (Qᵀx, |x - QQᵀx|)` with orthonormal columns `Q`: by Pythagoras
//!    `|x - y|² = |Qᵀ(x - y)|² + |(I - QQᵀ)(x - y)|²`, and the last term is at least the squared
//!    difference of the two lengths, by the triangle inequality. The columns span the directions of
//!    greatest variance, so that little is lost; where that would take too many, `Q` is the identity and
//!    this step changes nothing.
//! 4. *Rounding* of every coordinate, in units of `R / 22000`, to the nearest whole number.
//!
//! With exact arithmetic up to 4., and `m` coordinates, rounding moves a sketch by at most `√m / 2` units.
//! So for the sketches `q`, `r` of two samples at distance `t` (in units),
//!
//! ```text
//! |q - r|  ≤  t + 2E,        E = √m / 2 + what follows.
//! ```
//!
//! Steps 1 to 3 are done in 64 bits, `u = 2⁻⁵³`, and `E` covers their rounding, in units:
//!
//! * scale and center: at most `2 (d + 16) u (|s x| + |c|)` before step 2, which shrinks the error with
//!   the vector; as `|s x| ≤ |s x - c| + |c|`, that is `22000 · 2 (d + 16) u (1 + 2 |c| / R)`;
//! * projection: each of the coordinates is within `(d + 2) u R` of the exact product (Higham 2002,
//!   section 3.1), so all of them within `22000 √m (d + 2) u`, and the shortening of step 2 likewise;
//! * columns that are not quite orthonormal: with `ε` at least `|QᵀQ - I|` (its Frobenius norm, which
//!   is measured), there are orthonormal ones within `ε` of them (the polar factor), so `22000 ε`;
//! * the last length, from `|x|² - |Qᵀx|²`: its square is within `(2 ε + 4 (d + m + 8) u) R²`, so itself
//!   within the root of that.
//!
//! # The reach
//!
//! The *reach* of a key is the greatest half squared distance of sketches, in whole numbers as
//! [`half_distances`](crate::kernels::half_distances) gives them, at which the reference key of the
//! samples can still be that key or less. The reference is itself rounded. Its products are exact, its
//! sums are of `d / 16` terms in 16 lanes, so that with `w = 8 (d / 16 + 16) u` a euclidean key is within
//! a factor `1 + w` and a cosine key within `w` of the true one.
//!
//! ```text
//! t  =  √(key (1 + w))     euclidean            reach  =  ⌈(t + 2E)² / 2⌉
//! t  =  √(2 (key + w))     cosine
//! ```
//!
//! Whatever lies beyond the reach of the `k`-th smallest key so far is not among the `k` nearest. The
//! other way round, the key of samples at a distance of at most `t` is at most `t² (1 + w)`, or
//! `t² / 2 + w`: where `k` samples are known to be so near, no key beyond this is among the `k` least.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::quantized::{MAX_DIMS, Quantized};
use super::subspace::Subspace;
use super::{Distance, Keys};
use crate::dataset::Dataset;
use crate::kernels::{self, GROUP, InstructionSet, Line, Sketched};

/// Half the spacing of 64-bit numbers at 1.
const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;

/// Units from the center to the surface of the ball: with rounding its square stays below 2²⁹.
const RADIUS: f64 = 22_000.0;

/// The greatest reach: no half squared distance of two sketches is greater.
pub(super) const WHOLE_REACH: i32 = 1_100_000_000;

/// Where rounding alone may move a sketch further than this, in units, its bound is worth nothing.
const MAX_ERROR: f64 = 1000.0;

/// Samples among which the center and the radius are found.
const N_SAMPLED: usize = 255;

/// How much longer than the median a centered vector may be before it counts as an outlier.
const OUTLYING: f64 = 16.0;

/// Samples that are folded at a time: with four directions they take 30 KiB in 320 dimensions.
const FOLDED_TOGETHER: usize = 8;

/// The sketches of all samples, in some order.
pub(super) struct Sketches {
    /// Even.
    n_coordinates: usize,
    /// One sketch after another, shape `(n_samples, n_coordinates)`.
    coordinates: Vec<i16>,
    arranged: Arranged,
    measure: Measure,
}

/// Sketches side by side in groups, the last one filled up with 0.
pub(super) struct Arranged {
    /// Shape `(n_groups, n_coordinates / 2)`.
    lines: Vec<Line>,
    /// Shape `(n_groups,)`.
    halves: Vec<[i32; GROUP]>,
}

/// What turns a reference key into a reach.
struct Measure {
    distance: Distance,
    /// The reference's own rounding, `w`.
    rounding: f64,
    /// Units per unit of distance.
    per_unit: f64,
    /// `2E`.
    error: f64,
}

/// How samples become sketches.
pub(super) struct Sketcher<'a> {
    keys: &'a Keys<'a>,
    dataset: &'a Dataset,
    instruction_set: InstructionSet,
    center: Vec<f64>,
    radius: f64,
    subspace: Option<Subspace>,
    error: f64,
}

impl<'a> Sketcher<'a> {
    /// Prepares to sketch a dataset; `None` where sketches would tell nothing, as of equal vectors, or
    /// dimensions are too many for products in 32 bits.
    pub(super) fn new(
        dataset: &'a Dataset,
        keys: &'a Keys<'a>,
        n_neighbors: usize,
        instruction_set: InstructionSet,
    ) -> Option<Sketcher<'a>> {
        if dataset.n_dims() > MAX_DIMS {
            return None;
        }
        let n_samples = dataset.n_samples();
        let n_sampled = n_samples.min(N_SAMPLED);
        let sampled: Vec<usize> = (0..n_sampled)
            .map(|index| index * n_samples / n_sampled)
            .collect();
        let mut sketcher = Sketcher {
            keys,
            dataset,
            instruction_set,
            center: vec![0.0; dataset.n_dims()],
            radius: f64::INFINITY,
            subspace: None,
            error: 0.0,
        };
        let centered = |sketcher: &Sketcher| -> Vec<Vec<f64>> {
            let samples = sampled.par_iter();
            let centered = |&sample: &usize| {
                let mut centered = Vec::new();
                sketcher.write_centered(sample, &mut centered);
                centered
            };
            samples.map(centered).collect()
        };
        sketcher.center = medians(&centered(&sketcher));
        let mut lengths: Vec<f64> = centered(&sketcher)
            .iter()
            .map(|vector| sketcher.length(vector))
            .collect();
        lengths.sort_unstable_by(f64::total_cmp);
        let (median, greatest) = (lengths[n_sampled / 2], lengths[n_sampled - 1]);
        // Twice the greatest of the sampled lengths leaves room for the others.
        sketcher.radius = if median > 0.0 {
            (OUTLYING * median).min(2.0 * greatest)
        } else {
            2.0 * greatest
        };
        if sketcher.radius == 0.0 {
            return None;
        }
        sketcher.subspace = Subspace::find(n_samples, n_neighbors, instruction_set, |sample| {
            sketcher.in_ball(sample)
        });
        sketcher.error = sketcher.error();
        (sketcher.error <= MAX_ERROR).then_some(sketcher)
    }

    /// The distance that sketches bound.
    pub(super) fn distance(&self) -> Distance {
        self.keys.distance()
    }

    /// Number of coordinates of a sketch; even.
    pub(super) fn n_coordinates(&self) -> usize {
        let n_dims = self.dataset.n_dims();
        self.subspace
            .as_ref()
            .map_or(n_dims, |subspace| subspace.n_axes() + 1)
            .next_multiple_of(2)
    }

    /// The sketches of all samples, row-major, shape `(n_samples, n_coordinates)`.
    pub(super) fn coordinates(&self) -> Vec<i16> {
        let n_coordinates = self.n_coordinates();
        let mut coordinates = vec![0; self.dataset.n_samples() * n_coordinates];
        let factor = RADIUS / self.radius;
        coordinates
            .par_chunks_mut(FOLDED_TOGETHER * n_coordinates)
            .enumerate()
            .for_each_init(
                Room::default,
                |Room { vectors, folded }, (part, sketches)| {
                    let sketches = sketches.chunks_exact_mut(n_coordinates);
                    let vectors = &mut vectors[..sketches.len()];
                    for (sample, vector) in (part * FOLDED_TOGETHER..).zip(&mut *vectors) {
                        self.write_in_ball(sample, vector);
                    }
                    let folded = match &self.subspace {
                        None => vectors,
                        Some(subspace) => {
                            let folded = &mut folded[..vectors.len()];
                            subspace.fold(self.instruction_set, vectors, folded);
                            folded
                        }
                    };
                    for (folded, sketch) in folded.iter().zip(sketches) {
                        kernels::round_to_sketch(self.instruction_set, folded, factor, sketch);
                    }
                },
            );
        coordinates
    }

    /// Puts sketches side by side.
    ///
    /// * `coordinates`: row-major, in the order in which sketches are to stand.
    pub(super) fn arrange(&self, coordinates: Vec<i16>) -> Sketches {
        let n_coordinates = self.n_coordinates();
        let arranged = Arranged::new(
            n_coordinates / 2,
            coordinates
                .par_chunks(GROUP * n_coordinates)
                .map(|group| group.chunks_exact(n_coordinates)),
        );
        Sketches {
            n_coordinates,
            coordinates,
            arranged,
            measure: Measure {
                distance: self.keys.distance(),
                rounding: rounding_of_keys(self.dataset.n_dims()),
                per_unit: RADIUS / self.radius,
                error: 2.0 * self.error,
            },
        }
    }

    /// The samples in 16 bits.
    ///
    /// * `order`: the samples as they are to stand.
    pub(super) fn quantized(&self, order: &[u32]) -> Quantized {
        let center = self.length(&self.center);
        let n_dims = self.dataset.n_dims();
        let relative = 2.0 * (n_dims as f64 + 16.0) * UNIT;
        Quantized::new(n_dims, order, self.instruction_set, |sample, centered| {
            self.write_centered(sample, centered);
            relative * (self.length(centered) + 2.0 * center)
        })
    }

    /// A sample, centered and within the ball.
    fn in_ball(&self, sample: usize) -> Vec<f64> {
        let mut vector = Vec::new();
        self.write_in_ball(sample, &mut vector);
        vector
    }

    fn write_in_ball(&self, sample: usize, vector: &mut Vec<f64>) {
        self.write_centered(sample, vector);
        let length = self.length(vector);
        if length > self.radius {
            for value in vector {
                *value *= self.radius / length;
            }
        }
    }

    fn write_centered(&self, sample: usize, centered: &mut Vec<f64>) {
        // For cosine at unit length.
        let scale = match self.keys.distance() {
            Distance::Euclidean => 1.0,
            Distance::Cosine => 1.0 / self.keys.squared_norms()[sample].sqrt(),
        };
        let vector = self.dataset.vector(sample);
        centered.resize(vector.len(), 0.0);
        kernels::scaled_difference(self.instruction_set, vector, scale, &self.center, centered);
    }

    fn length(&self, vector: &[f64]) -> f64 {
        kernels::dot_64(self.instruction_set, vector, vector).sqrt()
    }

    /// `E`, in units; see the module.
    fn error(&self) -> f64 {
        let (n_dims, n_coordinates) = (self.dataset.n_dims() as f64, self.n_coordinates() as f64);
        let center = self.length(&self.center);
        let scaling = 2.0 * (n_dims + 16.0) * UNIT * (1.0 + 2.0 * center / self.radius);
        let mut error = n_coordinates.sqrt() / 2.0 + RADIUS * scaling;
        error += RADIUS * (n_coordinates.sqrt() + 1.0) * (n_dims + 2.0) * UNIT;
        if let Some(subspace) = &self.subspace {
            let skew = subspace.skew();
            let lost = 2.0 * skew + 4.0 * (n_dims + n_coordinates + 8.0) * UNIT;
            error += RADIUS * (skew + lost.sqrt());
        }
        // The sums above are themselves rounded.
        error * (1.0 + 1e-9)
    }
}

/// Room that a thread uses again and again.
#[derive(Default)]
struct Room {
    vectors: [Vec<f64>; FOLDED_TOGETHER],
    folded: [Vec<f64>; FOLDED_TOGETHER],
}

impl Sketches {
    /// The sketches of the groups from `first` on.
    pub(super) fn groups(&self, first: usize, n_groups: usize) -> Sketched<'_> {
        self.arranged.groups(first, n_groups)
    }

    /// The sketches of some samples side by side.
    pub(super) fn arrange(&self, places: &[u32]) -> Arranged {
        let sketch = |&place: &u32| self.sketch(place as usize);
        let groups = places.par_chunks(GROUP);
        Arranged::new(
            self.n_coordinates / 2,
            groups.map(|group| group.iter().map(sketch)),
        )
    }

    /// One sketch after another, and how many coordinates each has.
    pub(super) fn row_major(&self) -> (&[i16], usize) {
        (&self.coordinates, self.n_coordinates)
    }

    /// Half the squared distance of two, rounded down or one less.
    pub(super) fn half_distance(&self, instruction_set: InstructionSet, a: usize, b: usize) -> i32 {
        let product = kernels::whole_product(instruction_set, self.sketch(a), self.sketch(b));
        self.half(a) + self.half(b) - product
    }

    /// Half the squared length of one, rounded down; 0 at places that are filled up.
    pub(super) fn half(&self, place: usize) -> i32 {
        self.arranged.halves[place / GROUP][place % GROUP]
    }

    /// `2E`, in units.
    pub(super) fn error(&self) -> f64 {
        self.measure.error
    }

    /// Units per unit of distance.
    pub(super) fn per_unit(&self) -> f64 {
        self.measure.per_unit
    }

    /// What the reference key of samples at most so far apart is at most; see the module.
    pub(super) fn greatest_key(&self, distance: f64) -> f64 {
        let (squared, rounding) = (distance * distance, self.measure.rounding);
        let key = match self.measure.distance {
            Distance::Euclidean => squared * (1.0 + rounding),
            Distance::Cosine => squared / 2.0 + rounding,
        };
        key * (1.0 + 8.0 * UNIT)
    }

    fn sketch(&self, place: usize) -> &[i16] {
        &self.coordinates[place * self.n_coordinates..][..self.n_coordinates]
    }

    /// Number of groups.
    pub(super) fn n_groups(&self) -> usize {
        self.arranged.n_groups()
    }

    /// The reach of a key; see the module.
    pub(super) fn reach(&self, key: f64) -> i32 {
        self.reach_of(self.greatest_distance(key))
    }

    /// The reach of a distance `t`; see the module.
    pub(super) fn reach_of(&self, distance: f64) -> i32 {
        let distance = distance * self.measure.per_unit + self.measure.error;
        // A cast of a number that is too large gives the largest; the factor covers these roundings.
        let reach = (distance * distance / 2.0 * (1.0 + 1e-12)).ceil() as i32;
        reach.min(WHOLE_REACH)
    }

    /// The distance up to which the reference key can be this one or less: `t`, see the module.
    pub(super) fn greatest_distance(&self, key: f64) -> f64 {
        let rounding = self.measure.rounding;
        let squared = match self.measure.distance {
            Distance::Euclidean => key * (1.0 + rounding),
            Distance::Cosine => 2.0 * (key + rounding).max(0.0),
        };
        squared.sqrt() * (1.0 + 4.0 * UNIT)
    }
}

impl Arranged {
    /// Puts groups of sketches side by side.
    fn new<'a, G: Iterator<Item = &'a [i16]>>(
        n_lines: usize,
        groups: impl IndexedParallelIterator<Item = G>,
    ) -> Arranged {
        let n_groups = groups.len();
        let mut lines = vec![Line([0; GROUP]); n_groups * n_lines];
        let mut halves = vec![[0; GROUP]; n_groups];
        lines
            .par_chunks_mut(n_lines)
            .zip(&mut halves)
            .zip(groups)
            .for_each(|((lines, halves), group)| {
                for (place, sketch) in group.enumerate() {
                    for (line, pair) in lines.iter_mut().zip(sketch.as_chunks::<2>().0) {
                        line.0[place] = Line::pack(pair[0], pair[1]);
                    }
                    let square = |&x: &i16| i64::from(x) * i64::from(x);
                    let squared: i64 = sketch.iter().map(square).sum();
                    halves[place] = i32::try_from(squared / 2).expect("within the ball");
                }
            });
        Arranged { lines, halves }
    }

    /// The sketches of the groups from `first` on.
    pub(super) fn groups(&self, first: usize, n_groups: usize) -> Sketched<'_> {
        let n_lines = self.lines.len() / self.halves.len();
        Sketched {
            lines: &self.lines[first * n_lines..][..n_groups * n_lines],
            halves: &self.halves[first..][..n_groups],
        }
    }

    /// Number of groups.
    pub(super) fn n_groups(&self) -> usize {
        self.halves.len()
    }
}

/// The rounding of reference keys, `w`; see the module.
pub(super) fn rounding_of_keys(n_dims: usize) -> f64 {
    8.0 * ((n_dims as f64 / 16.0).ceil() + 16.0) * UNIT
}

/// The median of every dimension: unlike a mean, no outlier moves it far.
fn medians(vectors: &[Vec<f64>]) -> Vec<f64> {
    let n_dims = vectors[0].len();
    (0..n_dims)
        .into_par_iter()
        .map(|dim| {
            let mut values: Vec<f64> = vectors.iter().map(|vector| vector[dim]).collect();
            let middle = values.len() / 2;
            *values.select_nth_unstable_by(middle, f64::total_cmp).1
        })
        .collect()
}
