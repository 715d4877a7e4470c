use rayon::prelude::*;

use super::draw::Draw;
use crate::dataset::Dataset;
use crate::kernels::{InstructionSet, ROWS, multiversion};
use crate::neighbors::{self, Bounds, Distance, KeyBounds, Keys};

/// The nearest neighbors of samples in the data and on the map, and how far they disagree.
pub(super) struct Neighborhoods {
    k_trust: usize,
    k_kept: usize,
    /// Of all samples, compared or not.
    n_samples: usize,
    /// How many of those compared, the first, stand for all samples.
    n_drawn: usize,
    compared: Vec<Neighborhood>,
}

/// What a thread uses again and again.
#[derive(Default)]
struct Room {
    map_row: Vec<f64>,
    bounds: Vec<Bounds>,
}

/// The same of one sample.
struct Neighborhood {
    sample: usize,
    /// Nearest first, as many as the greater k.
    in_data: Vec<usize>,
    on_map: Vec<usize>,
    /// By how many ranks the neighbors on the map that are none in the data miss being so, summed.
    excess_in_data: usize,
    /// The same of the neighbors in the data that are none on the map.
    excess_on_map: usize,
}

impl Neighborhoods {
    /// Compares all others with each drawn sample: by the reference key in the data, by euclidean
    /// distance on the map, ties by index.
    ///
    /// * `k_trust`: below half of the samples; `k_kept`: below their number; both at least 1.
    ///
    /// Takes O(m n d) time for m drawn samples.
    pub(super) fn new(
        dataset: &Dataset,
        distance: Distance,
        positions: &[[f64; 2]],
        [k_trust, k_kept]: [usize; 2],
        draw: &Draw,
        instruction_set: InstructionSet,
    ) -> Neighborhoods {
        let keys = Keys::new(dataset, distance, instruction_set);
        let n_samples = dataset.n_samples();
        let n_nearest = k_trust.max(k_kept);
        let key_bounds = KeyBounds::new(&keys);
        let compare = |room: &mut Room, sample: usize, products: &[f32]| {
            let Room { map_row, bounds } = room;
            let [x, y] = positions[sample];
            key_bounds.bounds(sample, products, bounds);
            map_row.clear();
            map_row.extend(positions.iter().map(|[other_x, other_y]| {
                let (dx, dy) = (x - other_x, y - other_y);
                dx * dx + dy * dy
            }));
            // A sample is never its own neighbor.
            map_row[sample] = f64::INFINITY;
            let in_data = neighbors::nearest(sample, bounds, &keys, n_nearest);
            let in_data: Vec<usize> = in_data.into_iter().map(|(_, other)| other).collect();
            let on_map = nearest(map_row, n_nearest);
            let excess = |here: &[usize], there: &[usize], n_before: &dyn Fn(usize) -> usize| {
                here[..k_trust]
                    .iter()
                    .filter(|&other| !there[..k_trust].contains(other))
                    .map(|&other| n_before(other) + 1 - k_trust)
                    .sum()
            };
            let before_in_data =
                |other| count_nearer(instruction_set, sample, other, bounds, &keys);
            let before_on_map = |other| count_before(instruction_set, map_row, other);
            Neighborhood {
                sample,
                excess_in_data: excess(&on_map, &in_data, &before_in_data),
                excess_on_map: excess(&in_data, &on_map, &before_on_map),
                in_data,
                on_map,
            }
        };
        let compared = draw
            .samples
            .par_chunks(ROWS)
            .map_init(
                || (vec![0.0; ROWS * n_samples], Room::default()),
                |(products, room), samples| {
                    // Places past the last one repeat it.
                    let rows = std::array::from_fn(|row| samples[row.min(samples.len() - 1)]);
                    key_bounds.products(rows, products);
                    let rows = samples.iter().zip(products.chunks_exact(n_samples));
                    rows.map(|(&sample, products)| compare(room, sample, products))
                        .collect::<Vec<_>>()
                },
            )
            .collect::<Vec<_>>();
        let compared = compared.into_iter().flatten().collect();
        Neighborhoods {
            k_trust,
            k_kept,
            n_samples,
            n_drawn: draw.n_drawn,
            compared,
        }
    }

    /// Are the neighbors on the map neighbors in the data?
    ///
    /// ```text
    ///                  2
    /// T  =  1  -  ─────────────  ∑    ∑   (rᵢⱼ - k)
    ///             nk(2n-3k-1)    i  j∈Uᵢ
    /// ```
    ///
    /// Uᵢ are the k nearest on the map that are not so in the data, rᵢⱼ the rank of j in the data. The
    /// result lies in `[0, 1]`. With a draw, the mean over i is that over the drawn samples.
    ///
    /// # Source
    /// Venna & Kaski (2001), Artificial Neural Networks - ICANN 2001, 485–491.
    pub(super) fn trustworthiness(&self) -> f64 {
        self.one_less(|sample| sample.excess_in_data)
    }

    /// Are the neighbors in the data neighbors on the map? As trustworthiness, with data and map
    /// exchanged.
    pub(super) fn continuity(&self) -> f64 {
        self.one_less(|sample| sample.excess_on_map)
    }

    fn one_less(&self, excess: impl Fn(&Neighborhood) -> usize) -> f64 {
        let (n, k) = (self.n_samples, self.k_trust);
        let total: usize = self.drawn().iter().map(excess).sum();
        1.0 - 2.0 * total as f64 / (self.n_drawn * k * (2 * n - 3 * k - 1)) as f64
    }

    /// Share of the k nearest in the data that are among the k nearest on the map, over all samples.
    pub(super) fn share_kept(&self) -> f64 {
        let total: usize = self.drawn().iter().map(|sample| self.n_kept(sample)).sum();
        total as f64 / (self.n_drawn * self.k_kept) as f64
    }

    /// How many samples were drawn; `None` if all.
    pub(super) fn n_drawn(&self) -> Option<usize> {
        (self.n_drawn < self.n_samples).then_some(self.n_drawn)
    }

    /// Standard errors of trustworthiness, continuity and the share kept; `None` where all samples were
    /// compared.
    ///
    /// ```text
    /// SE  =  √((1 - m/n) s² / m)      s² the variance over the m drawn samples
    /// ```
    ///
    /// # Source
    /// Cochran (1977), Sampling Techniques, 3rd edition, section 2.5.
    pub(super) fn errors(&self) -> Option<[f64; 3]> {
        self.n_drawn()?;
        let (n, m) = (self.n_samples as f64, self.n_drawn as f64);
        let error = |value: &dyn Fn(&Neighborhood) -> usize, scale: f64| {
            let values = || self.drawn().iter().map(|sample| value(sample) as f64);
            let mean = values().sum::<f64>() / m;
            let squares = values().map(|value| (value - mean) * (value - mean));
            let variance = squares.sum::<f64>() / (m - 1.0);
            scale * ((1.0 - m / n) * variance / m).sqrt()
        };
        let k = self.k_trust;
        let of_excess = 2.0 / (k * (2 * self.n_samples - 3 * k - 1)) as f64;
        Some([
            error(&|sample| sample.excess_in_data, of_excess),
            error(&|sample| sample.excess_on_map, of_excess),
            error(&|sample| self.n_kept(sample), 1.0 / self.k_kept as f64),
        ])
    }

    fn drawn(&self) -> &[Neighborhood] {
        &self.compared[..self.n_drawn]
    }

    fn n_kept(&self, sample: &Neighborhood) -> usize {
        let on_map = &sample.on_map[..self.k_kept];
        let in_data = sample.in_data[..self.k_kept].iter();
        in_data.filter(|other| on_map.contains(other)).count()
    }

    /// The samples that were compared, by their place.
    pub(super) fn samples(&self) -> impl Iterator<Item = usize> {
        self.compared.iter().map(|compared| compared.sample)
    }

    /// Number of neighbors in [`Neighborhoods::in_data`] and [`Neighborhoods::on_map`].
    pub(super) fn k_kept(&self) -> usize {
        self.k_kept
    }

    /// The k nearest in the data of the sample at a place, nearest first.
    pub(super) fn in_data(&self, place: usize) -> &[usize] {
        &self.compared[place].in_data[..self.k_kept]
    }

    /// The k nearest on the map of the sample at a place, nearest first.
    pub(super) fn on_map(&self, place: usize) -> &[usize] {
        &self.compared[place].on_map[..self.k_kept]
    }
}

/// The indices of the `k` least keys, rising, the earlier of equal ones first. Keeping a short sorted
/// list is fast since nearly every key is above its last.
fn nearest(keys: &[f64], k: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::with_capacity(k + 1);
    for (index, key) in keys.iter().enumerate() {
        if found.len() == k && found.last().is_some_and(|&last| keys[last] <= *key) {
            continue;
        }
        let place = found.partition_point(|&other| keys[other] <= *key);
        found.insert(place, index);
        found.truncate(k);
    }
    found
}

/// How many samples are nearer to one than another is, the earlier of equal ones first. Where bounds do
/// not tell, the keys do.
fn count_nearer(
    instruction_set: InstructionSet,
    sample: usize,
    than: usize,
    bounds: &[Bounds],
    keys: &Keys,
) -> usize {
    let key = keys.key(sample, than);
    let [n_nearer, n_possible] = count_by_bounds(instruction_set, bounds, key);
    // The other itself is always possible, and mostly it is alone.
    if n_possible - n_nearer == 1 {
        return n_nearer;
    }
    let is_nearer = |&(other, bounds): &(usize, &Bounds)| {
        bounds.upper < key
            || (bounds.lower <= key && other != sample && {
                let other_key = keys.key(sample, other);
                other_key < key || (other_key == key && other < than)
            })
    };
    bounds.iter().enumerate().filter(is_nearer).count()
}

multiversion! {
    /// Of how many the key is below the given one in any case, and of how many it may be or be equal.
    fn count_by_bounds(bounds: &[Bounds], key: f64) -> [usize; 2] = count_by_bounds_body;
}

#[inline(always)]
fn count_by_bounds_body(bounds: &[Bounds], key: f64) -> [usize; 2] {
    let (mut n_below, mut n_possible) = (0_u64, 0_u64);
    for bounds in bounds {
        n_below += u64::from(bounds.upper < key);
        n_possible += u64::from(bounds.lower <= key);
    }
    [n_below as usize, n_possible as usize]
}

multiversion! {
    /// How many come before `index` in the order of the keys, the earlier of equal ones first.
    fn count_before(keys: &[f64], index: usize) -> usize = count_before_body;
}

#[inline(always)]
fn count_before_body(keys: &[f64], index: usize) -> usize {
    let key = keys[index];
    let before = keys[..index].iter().map(|&other| u64::from(other <= key));
    let after = keys[index + 1..]
        .iter()
        .map(|&other| u64::from(other < key));
    (before.sum::<u64>() + after.sum::<u64>()) as usize
}
