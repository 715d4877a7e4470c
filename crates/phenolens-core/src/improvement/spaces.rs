//! Spaces that are fitted to the training part of every fold, and the neighbors in them.

use rayon::prelude::*;

use super::arithmetic::Cholesky;
use super::covariance::{Centered, ClassSums, Training};
use super::eigen::greatest_eigenpairs;
use super::products::Products;
use super::task::{Opinion, Task, least, votes_of};
use crate::evaluation::Votes;
use crate::kernels;
use crate::kernels::dot_64 as dot;
use crate::neighbors::{Distance, Neighbor};

/// Principal components are kept until they hold more than this share of the variance.
pub(super) const VARIANCE_KEPT: f64 = 0.9;

/// The classifiers that come of the covariances of the training parts.
pub(super) struct OfCovariance {
    pub(super) whitened: Votes,
    /// Components kept in every fold.
    pub(super) n_components: Vec<usize>,
    /// `None` where a training part has no discriminants: the covariance within classes is not
    /// positive definite, or there is one class only.
    pub(super) discriminant: Option<Discriminant>,
}

/// Linear discriminants, as a space for neighbors and as a classifier of its own.
pub(super) struct Discriminant {
    pub(super) neighbors: Votes,
    pub(super) classifier: Votes,
}

/// One fold's share of [`OfCovariance`], one item per test sample.
struct Fold {
    whitened: Vec<Vec<Neighbor>>,
    n_components: usize,
    discriminant: Option<(Vec<Vec<Neighbor>>, Vec<Opinion>)>,
}

/// Neighbors after principal component whitening, neighbors among linear discriminants, and linear
/// discriminant analysis itself.
pub(super) fn of_covariance(task: &Task) -> OfCovariance {
    let centered = Centered::new(task);
    let sums = ClassSums::new(task, &centered);
    let folds: Vec<Fold> = (0..task.n_folds)
        .into_par_iter()
        .map(|fold| {
            let training = sums.training(fold);
            let axes = whitening_axes(task, &training);
            let whitened = Space::new(task, &centered, &training.mean, &axes);
            let discriminant = discriminant_axes(task, &training).map(|fitted| {
                let origin = vec![0.0; task.n_dims()];
                let space = Space::new(task, &centered, &origin, &fitted.axes);
                let test = task.test(fold);
                let opinion = |&position: &usize| fitted.opinion(task, centered.row(position));
                let opinions = test.iter().map(opinion).collect();
                (space.nearest(task, fold, Distance::Euclidean), opinions)
            });
            Fold {
                whitened: whitened.nearest(task, fold, task.distance),
                n_components: axes.len(),
                discriminant,
            }
        })
        .collect();
    let n_components = folds.iter().map(|fold| fold.n_components).collect();
    let (mut whitened, mut discriminants) = (Vec::new(), Some((Vec::new(), Vec::new())));
    for fold in folds {
        whitened.push(fold.whitened);
        match (&mut discriminants, fold.discriminant) {
            (Some((lists, opinions)), Some((of_lists, of_opinions))) => {
                lists.push(of_lists);
                opinions.push(of_opinions);
            }
            (_, None) => discriminants = None,
            (None, Some(_)) => {}
        }
    }
    OfCovariance {
        whitened: task.vote(task.in_order(whitened), task.distance),
        n_components,
        discriminant: discriminants.map(|(lists, opinions)| Discriminant {
            neighbors: task.vote(task.in_order(lists), Distance::Euclidean),
            classifier: votes_of(task, &task.in_order(opinions)),
        }),
    }
}

/// The principal axes that hold [`VARIANCE_KEPT`], each divided by its standard deviation.
fn whitening_axes(task: &Task, training: &Training) -> Vec<Vec<f64>> {
    let n_dims = task.n_dims();
    let covariance = &training.covariance;
    let trace: f64 = (0..n_dims).map(|dim| covariance[dim * n_dims + dim]).sum();
    let n_wanted = |values: &[f64]| {
        let mut sum = 0.0;
        let is_short = |value: &&f64| {
            sum += **value;
            sum <= VARIANCE_KEPT * trace
        };
        1 + values.iter().take_while(is_short).count()
    };
    let set = task.instruction_set;
    let multiply = |x: &[f64], product: &mut [f64]| {
        for (value, row) in product.iter_mut().zip(covariance.chunks_exact(n_dims)) {
            *value = dot(set, row, x);
        }
    };
    greatest_eigenpairs(set, n_dims, multiply, n_wanted)
        .into_iter()
        .filter(|pair| pair.value > 0.0)
        .map(|pair| {
            let deviation = pair.value.sqrt();
            pair.vector.iter().map(|value| value / deviation).collect()
        })
        .collect()
}

/// A discriminant analysis fitted to one training part.
pub(super) struct Fitted {
    /// The discriminants: one fewer than classes in training.
    pub(super) axes: Vec<Vec<f64>>,
    /// The coefficients and the intercept of every class, `None` where it has no training sample.
    linear: Vec<Option<(Vec<f64>, f64)>>,
}

/// Fits linear discriminants with shrunk covariances.
///
/// ```text
/// discriminants   the greatest solutions v of  (T - W) v = λ W v  with  vᵀ W v = 1
/// evidence        x·a - m·a / 2 + ln share,  a = W⁻¹ m,  m the mean of the class
/// ```
///
/// with W the shrunk covariance within classes and T that of all samples. `None` where W is not
/// positive definite or there is one class only.
///
/// # Source
/// As scikit-learn's `LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")`; Hastie,
/// Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 4.3.
pub(super) fn discriminant_axes(task: &Task, training: &Training) -> Option<Fitted> {
    let (set, n_dims) = (task.instruction_set, task.n_dims());
    let n_training: usize = training.n.iter().sum();
    let n_present = training.n.iter().filter(|&&n| n > 0).count();
    if n_present < 2 {
        return None;
    }
    let factor = Cholesky::new(set, n_dims, training.within.clone())?;
    let between: Vec<f64> = (training.total.iter().zip(&training.within))
        .map(|(total, within)| total - within)
        .collect();
    let multiply = |x: &[f64], product: &mut [f64]| {
        let mut inner = x.to_vec();
        factor.solve_transposed(&mut inner);
        for (value, row) in product.iter_mut().zip(between.chunks_exact(n_dims)) {
            *value = dot(set, row, &inner);
        }
        factor.solve(product);
    };
    let n_wanted = (n_present - 1).min(n_dims);
    let pairs = greatest_eigenpairs(set, n_dims, multiply, |_| n_wanted);
    let axes = pairs.into_iter().map(|pair| {
        let mut axis = pair.vector;
        factor.solve_transposed(&mut axis);
        axis
    });
    let linear = training.n.iter().zip(&training.means).map(|(&n, mean)| {
        let mut coefficients = mean.clone();
        factor.solve(&mut coefficients);
        factor.solve_transposed(&mut coefficients);
        let share = n as f64 / n_training as f64;
        let intercept = libm::log(share) - 0.5 * dot(set, mean, &coefficients);
        (n > 0).then_some((coefficients, intercept))
    });
    Some(Fitted {
        axes: axes.collect(),
        linear: linear.collect(),
    })
}

impl Fitted {
    fn opinion(&self, task: &Task, row: &[f64]) -> Opinion {
        let evidence = self.linear.iter().map(|class| match class {
            Some((coefficients, intercept)) => {
                dot(task.instruction_set, row, coefficients) + intercept
            }
            None => f64::NEG_INFINITY,
        });
        Opinion::softmax(evidence.collect())
    }
}

/// All samples in a space that was fitted to some of them.
pub(super) struct Space {
    n_axes: usize,
    /// Row-major, shape `(n_samples, n_axes)`, rounded to 32 bits.
    rows: Vec<f32>,
    squared_norms: Vec<f64>,
}

impl Space {
    /// Projects every sample, less `origin`, on the axes.
    fn new(task: &Task, centered: &Centered, origin: &[f64], axes: &[Vec<f64>]) -> Space {
        let set = task.instruction_set;
        let offsets: Vec<f64> = axes.iter().map(|axis| dot(set, origin, axis)).collect();
        let (n_samples, n_axes) = (task.n_samples(), axes.len());
        let mut rows = Vec::with_capacity(n_samples * n_axes);
        for position in 0..n_samples {
            let row = centered.row(position);
            let along = |(axis, offset): (&Vec<f64>, &f64)| (dot(set, row, axis) - offset) as f32;
            rows.extend(axes.iter().zip(&offsets).map(along));
        }
        let squared_norms = (0..n_samples)
            .map(|position| &rows[position * n_axes..][..n_axes])
            .map(|row| kernels::dot(set, row, row))
            .collect();
        Space {
            n_axes,
            rows,
            squared_norms,
        }
    }

    fn row(&self, position: usize) -> &[f32] {
        &self.rows[position * self.n_axes..][..self.n_axes]
    }

    fn value(&self, task: &Task, a: usize, b: usize, distance: Distance) -> f64 {
        let set = task.instruction_set;
        match distance {
            Distance::Euclidean => kernels::squared_distance(set, self.row(a), self.row(b)).sqrt(),
            Distance::Cosine => {
                let product = kernels::dot(set, self.row(a), self.row(b));
                cosine_distance(product, self.squared_norms[a], self.squared_norms[b])
            }
        }
    }

    /// The nearest training samples of every test sample of a fold.
    fn nearest(&self, task: &Task, fold: usize, distance: Distance) -> Vec<Vec<Neighbor>> {
        let training = task.training(fold);
        let of = |&test: &usize| {
            let neighbor = |&sample: &usize| Neighbor {
                sample,
                value: self.value(task, test, sample, distance),
            };
            least(training.iter().map(neighbor).collect(), task.k)
        };
        task.test(fold).iter().map(of).collect()
    }
}

/// From a product and squared lengths; a vector of length 0 is as far as a perpendicular one.
pub(super) fn cosine_distance(product: f64, squared_norm: f64, other: f64) -> f64 {
    let lengths = (squared_norm * other).sqrt();
    if lengths > 0.0 {
        (1.0 - product / lengths).max(0.0)
    } else {
        1.0
    }
}

/// Neighbors by the cosine distance around the mean of the training part.
pub(super) fn centered_votes(task: &Task, products: &Products) -> Votes {
    let folds = (0..task.n_folds)
        .into_par_iter()
        .map(|fold| {
            let training = task.training(fold);
            let n = training.len() as f64;
            // With m the mean: (x - m)·(y - m) = x·y - x·m - y·m + m·m.
            let with_mean: Vec<f64> = (0..task.n_samples())
                .map(|position| products.sum_over(position, &training) / n)
                .collect();
            let mean_squared = training.iter().map(|&other| with_mean[other]).sum::<f64>() / n;
            let product = |a: usize, b: usize| {
                products.get(a, b) - with_mean[a] - with_mean[b] + mean_squared
            };
            let squared: Vec<f64> = (0..task.n_samples())
                .map(|position| product(position, position).max(0.0))
                .collect();
            let of = |&test: &usize| {
                let neighbor = |&sample: &usize| Neighbor {
                    sample,
                    value: cosine_distance(product(test, sample), squared[test], squared[sample]),
                };
                least(training.iter().map(neighbor).collect(), task.k)
            };
            task.test(fold).iter().map(of).collect()
        })
        .collect();
    task.vote(task.in_order(folds), Distance::Cosine)
}
