//! Mean distances within and between classes, over all pairs but without visiting them.
//!
//! With sums `S = ∑ v`, `Q = ∑ |v|²` and the size `N` of each class, the squared distances of all
//! pairs between classes `a` and `b` add up to
//!
//! ```text
//! N_b Q_a + N_a Q_b - 2 S_a·S_b
//! ```
//!
//! Pairs of one subject are taken out by the same formula over the subject's own samples. Half the
//! squared distance of two unit vectors is their cosine distance.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::exploration::{ClassDistances, NearestClass};
use crate::neighbors::{Distance, Keys};

/// For each class how far its samples lie from one another and from those of the nearest other class;
/// of euclidean distances the root of the mean square.
pub(super) fn summarize(dataset: &Dataset, keys: &Keys) -> Vec<ClassDistances> {
    let (sums, same_subject) = sum_up(dataset, keys);
    let apart = |one: usize, other: usize| {
        let (mut squares, mut n_pairs) = sums[one].pairs_with(&sums[other]);
        if let Some(excluded) = same_subject.get(&(one.min(other), one.max(other))) {
            squares -= excluded.0;
            n_pairs -= excluded.1;
        }
        // Rounding can leave the squares of equal vectors just below 0.
        let mean_square = (squares / n_pairs as f64).max(0.0);
        let apart = match keys.distance() {
            Distance::Cosine => mean_square / 2.0,
            Distance::Euclidean => mean_square.sqrt(),
        };
        (n_pairs > 0).then_some(apart)
    };
    (0..sums.len())
        .into_par_iter()
        .map(|class| {
            let others = (0..sums.len()).filter(|&other| other != class);
            let nearest = others
                .filter_map(|other| {
                    let apart = apart(class, other)?;
                    Some(NearestClass {
                        class: other,
                        apart,
                    })
                })
                .min_by(|one, other| one.apart.total_cmp(&other.apart));
            ClassDistances {
                within: apart(class, class),
                nearest,
            }
        })
        .collect()
}

/// The sums over a set of vectors.
#[derive(Clone)]
struct Sums {
    n_vectors: usize,
    vector: Vec<f64>,
    squares: f64,
}

impl Sums {
    fn new(n_dims: usize) -> Sums {
        Sums {
            n_vectors: 0,
            vector: vec![0.0; n_dims],
            squares: 0.0,
        }
    }

    fn add(&mut self, vector: &[f64]) {
        self.n_vectors += 1;
        for (sum, value) in self.vector.iter_mut().zip(vector) {
            *sum += value;
        }
        self.squares += dot(vector, vector);
    }

    /// The summed squared distances of all pairs of a vector here and one there, and their number.
    fn pairs_with(&self, other: &Sums) -> (f64, usize) {
        let squares = other.n_vectors as f64 * self.squares + self.n_vectors as f64 * other.squares
            - 2.0 * dot(&self.vector, &other.vector);
        (squares, self.n_vectors * other.n_vectors)
    }
}

/// The summed squared distances of the pairs of one subject and their number, by their two classes,
/// the earlier first.
type SameSubject = BTreeMap<(usize, usize), (f64, usize)>;

/// The sums of every class, and what pairs of one subject contribute.
fn sum_up(dataset: &Dataset, keys: &Keys) -> (Vec<Sums>, SameSubject) {
    let n_dims = dataset.n_dims();
    let vector_of = |row: usize, vector: &mut [f64]| {
        let norm = match keys.distance() {
            Distance::Cosine => keys.squared_norms()[row].sqrt(),
            Distance::Euclidean => 1.0,
        };
        for (scaled, &value) in vector.iter_mut().zip(dataset.vector(row)) {
            *scaled = f64::from(value) / norm;
        }
    };
    let mut vector = vec![0.0; n_dims];
    // Distances do not change when the center is moved to zero, but sums of squares lose their
    // digits when it is far away.
    let mut center = vec![0.0; n_dims];
    for row in 0..dataset.n_samples() {
        vector_of(row, &mut vector);
        for (center, value) in center.iter_mut().zip(&vector) {
            *center += value / dataset.n_samples() as f64;
        }
    }

    let mut rows: Vec<usize> = (0..dataset.n_samples()).collect();
    rows.sort_by_key(|&row| (dataset.subjects()[row], dataset.classes()[row]));
    let mut by_class = vec![Sums::new(n_dims); dataset.n_classes()];
    let mut same_subject = SameSubject::new();
    for of_subject in rows.chunk_by(|&a, &b| dataset.subjects()[a] == dataset.subjects()[b]) {
        let mut blocks: Vec<(usize, Sums)> = Vec::new();
        for block in of_subject.chunk_by(|&a, &b| dataset.classes()[a] == dataset.classes()[b]) {
            let class = dataset.classes()[block[0]];
            let mut sums = Sums::new(n_dims);
            for &row in block {
                vector_of(row, &mut vector);
                for (value, center) in vector.iter_mut().zip(&center) {
                    *value -= center;
                }
                sums.add(&vector);
                by_class[class].add(&vector);
            }
            blocks.push((class, sums));
        }
        for (position, (class, sums)) in blocks.iter().enumerate() {
            for (later_class, later_sums) in &blocks[position..] {
                let (squares, n_pairs) = sums.pairs_with(later_sums);
                let excluded = same_subject.entry((*class, *later_class)).or_default();
                excluded.0 += squares;
                excluded.1 += n_pairs;
            }
        }
    }
    (by_class, same_subject)
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}
