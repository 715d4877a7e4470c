//! Multinomial logistic regression.

mod minimize;

use rayon::prelude::*;

use self::minimize::{Evaluated, minimize};
use super::arithmetic::{Cholesky, add_outers};
use super::task::{Opinion, Task, votes_of};
use crate::evaluation::Votes;
use crate::kernels::dot_64 as dot;
use crate::kernels::{InstructionSet, LANES, multiversion};

/// The inverse weight of the penalty, C of scikit-learn.
pub(super) const C: f64 = 1.0;

/// The fit ends where no element of the gradient is above this part of the greatest at the start.
const TOLERANCE: f64 = 1e-4;

/// Curvature of the loss in its scores that the coordinates of the fit take for granted. It has no
/// part in the result; steps are fewest about here, whether classes are well apart or not.
const CURVATURE: f64 = 0.002;

multiversion! {
    /// `x · w` of every row and class.
    ///
    /// * `rows`: row-major, shape `(n, weights.len())`; `sums`: shape `(n,)`.
    fn scores(rows: &[f32], weights: &[[f32; LANES]], sums: &mut [[f32; LANES]]) = scores_body;
}

multiversion! {
    /// `∑ residual x` over all rows, of every class.
    fn gradient(rows: &[f32], residuals: &[[f32; LANES]], sums: &mut [[f32; LANES]]) = gradient_body;
}

/// Every sample is classified by a logistic regression on standardized values.
///
/// ```text
/// minimize   - ∑ ln p(class of x)  +  |W|² / (2 C)       p = softmax(W z + b),  C = 1
/// ```
///
/// with z the values less their mean over the training part, divided by their standard deviation
/// there (by 1 where it is 0). Intercepts are not penalized. The minimum is one; it is found by
/// quasi-Newton steps until the gradient is 10⁻⁴ of what it was. Products of values and weights are
/// in 32 bits, in a fixed order; all else is in 64.
///
/// Takes O(n d n_classes) time for each of some 50 steps in each fold.
///
/// # Source
/// Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 4.4.
pub(super) fn logistic_votes(task: &Task) -> Votes {
    let folds = (0..task.n_folds)
        .into_par_iter()
        .map(|fold| {
            let model = Model::fit(task, &task.training(fold));
            let opinion = |&test: &usize| model.opinion(task, test);
            task.test(fold).iter().map(opinion).collect()
        })
        .collect();
    votes_of(task, &task.in_order(folds))
}

/// Means and standard deviations of a training part.
struct Standard {
    mean: Vec<f64>,
    /// 1 where the values are constant.
    deviation: Vec<f64>,
}

impl Standard {
    fn new(task: &Task, training: &[usize]) -> Standard {
        let (n, n_dims) = (training.len() as f64, task.n_dims());
        let mut mean = vec![0.0; n_dims];
        for &position in training {
            for (sum, &value) in mean.iter_mut().zip(task.vector(position)) {
                *sum += f64::from(value);
            }
        }
        for sum in &mut mean {
            *sum /= n;
        }
        let mut deviation = vec![0.0; n_dims];
        for &position in training {
            let values = task.vector(position).iter().zip(&mean);
            for (sum, (&value, mean)) in deviation.iter_mut().zip(values) {
                let difference = f64::from(value) - mean;
                *sum += difference * difference;
            }
        }
        for (sum, mean) in deviation.iter_mut().zip(&mean) {
            let variance = *sum / n;
            // Rounding of the mean leaves that much of a constant.
            let is_constant = variance <= 1e-28 * mean * mean;
            *sum = if is_constant { 1.0 } else { variance.sqrt() };
        }
        Standard { mean, deviation }
    }

    fn apply(&self, vector: &[f32]) -> impl Iterator<Item = f64> {
        let scale = self.mean.iter().zip(&self.deviation);
        let value = |(&value, (mean, deviation)): (&f32, (&f64, &f64))| {
            (f64::from(value) - mean) / deviation
        };
        vector.iter().zip(scale).map(value)
    }
}

struct Model {
    standard: Standard,
    /// Which classes the training part has.
    present: Vec<usize>,
    /// One per present class, shape `(n_dims,)`.
    weights: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

impl Model {
    fn fit(task: &Task, training: &[usize]) -> Model {
        let standard = Standard::new(task, training);
        let mut present: Vec<usize> = training.iter().map(|&s| task.classes[s]).collect();
        present.sort_unstable();
        present.dedup();
        let loss = Loss::new(task, training, &standard, &present);
        let start = vec![0.0; present.len() * (task.n_dims() + 1)];
        let found = minimize(task.instruction_set, start, TOLERANCE, |x| loss.evaluate(x));
        let (weights, intercepts) = loss.model(&found);
        Model {
            standard,
            present,
            weights,
            intercepts,
        }
    }

    fn opinion(&self, task: &Task, position: usize) -> Opinion {
        let values: Vec<f64> = self.standard.apply(task.vector(position)).collect();
        let mut evidence = vec![f64::NEG_INFINITY; task.n_classes];
        for (index, &class) in self.present.iter().enumerate() {
            let product = dot(task.instruction_set, &values, &self.weights[index]);
            evidence[class] = product + self.intercepts[index];
        }
        Opinion::softmax(evidence)
    }
}

/// The function to be minimized, in coordinates in which its curvature is about the same in all
/// directions: `Lᵀ w` for the weights w of a class, with `L Lᵀ = 0.002 ZᵀZ + I / C`.
struct Loss {
    instruction_set: InstructionSet,
    n_dims: usize,
    n_classes: usize,
    /// The standardized training values, row-major.
    rows: Vec<f32>,
    /// The class of every row, below `n_classes`.
    classes: Vec<usize>,
    factor: Cholesky,
    /// What an intercept is multiplied by, for the same reason.
    intercept_scale: f64,
}

impl Loss {
    fn new(task: &Task, training: &[usize], standard: &Standard, present: &[usize]) -> Loss {
        let (set, n_dims) = (task.instruction_set, task.n_dims());
        let values: Vec<f64> = training
            .iter()
            .flat_map(|&position| standard.apply(task.vector(position)))
            .collect();
        let mut square = vec![0.0; n_dims * n_dims];
        let rows: Vec<&[f64]> = values.chunks_exact(n_dims).collect();
        add_outers(set, &mut square, CURVATURE, &rows, &vec![0.0; n_dims]);
        for dim in 0..n_dims {
            square[dim * n_dims + dim] += 1.0 / C;
        }
        let factor = Cholesky::new(set, n_dims, square)
            .expect("standardized values are below √n, and 1 / C is added");
        let index = |&position: &usize| present.partition_point(|&c| c < task.classes[position]);
        Loss {
            instruction_set: set,
            n_dims,
            n_classes: present.len(),
            rows: values.iter().map(|&value| value as f32).collect(),
            classes: training.iter().map(index).collect(),
            factor,
            intercept_scale: 1.0 / (CURVATURE * training.len() as f64).sqrt(),
        }
    }

    /// The weights and the intercept of every class.
    fn model(&self, coordinates: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>) {
        let of_class = |class: &[f64]| {
            let mut weights = class[..self.n_dims].to_vec();
            self.factor.solve_transposed(&mut weights);
            (weights, class[self.n_dims] * self.intercept_scale)
        };
        coordinates
            .chunks_exact(self.n_dims + 1)
            .map(of_class)
            .unzip()
    }

    /// The loss with its gradient in the coordinates.
    fn evaluate(&self, coordinates: &[f64]) -> Evaluated {
        let (weights, intercepts) = self.model(coordinates);
        let mut logits = vec![0.0; self.classes.len() * self.n_classes];
        for first in (0..self.n_classes).step_by(LANES) {
            self.add_scores(first, &weights, &mut logits);
        }

        let mut value = 0.0;
        for weights in &weights {
            value += 0.5 / C * dot(self.instruction_set, weights, weights);
        }
        // Logits become probabilities, then residuals.
        for (row, &truth) in logits.chunks_exact_mut(self.n_classes).zip(&self.classes) {
            for (logit, intercept) in row.iter_mut().zip(&intercepts) {
                *logit += intercept;
            }
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let of_truth = row[truth] - most;
            let mut total = 0.0;
            for logit in row.iter_mut() {
                *logit = libm::exp(*logit - most);
                total += *logit;
            }
            value += libm::log(total) - of_truth;
            for share in row.iter_mut() {
                *share /= total;
            }
            row[truth] -= 1.0;
        }

        let mut slopes = vec![0.0; coordinates.len()];
        for first in (0..self.n_classes).step_by(LANES) {
            self.add_slopes(first, &logits, &mut slopes);
        }
        let mut steepest = 0.0_f64;
        let of_classes = slopes.chunks_exact_mut(self.n_dims + 1).zip(&weights);
        for (class, (slopes, weights)) in of_classes.enumerate() {
            let (of_weights, of_intercept) = slopes.split_at_mut(self.n_dims);
            for (slope, weight) in of_weights.iter_mut().zip(weights) {
                *slope += weight / C;
                steepest = steepest.max(slope.abs());
            }
            self.factor.solve(of_weights);
            let residuals = logits.iter().skip(class).step_by(self.n_classes);
            let slope: f64 = residuals.sum();
            steepest = steepest.max(slope.abs());
            of_intercept[0] = slope * self.intercept_scale;
        }
        Evaluated {
            value,
            gradient: slopes,
            steepest,
        }
    }

    /// The products of all rows with the weights of up to 16 classes.
    fn add_scores(&self, first: usize, weights: &[Vec<f64>], logits: &mut [f64]) {
        let last = (first + LANES).min(self.n_classes);
        let mut lanes = vec![[0.0; LANES]; self.n_dims];
        for (lane, weights) in weights[first..last].iter().enumerate() {
            for (lanes, &weight) in lanes.iter_mut().zip(weights) {
                lanes[lane] = weight as f32;
            }
        }
        let mut sums = vec![[0.0; LANES]; self.classes.len()];
        scores(self.instruction_set, &self.rows, &lanes, &mut sums);
        for (row, sums) in logits.chunks_exact_mut(self.n_classes).zip(&sums) {
            for (logit, &sum) in row[first..last].iter_mut().zip(sums) {
                *logit = f64::from(sum);
            }
        }
    }

    /// The sums over all rows of the residuals of up to 16 classes times the values.
    fn add_slopes(&self, first: usize, residuals: &[f64], slopes: &mut [f64]) {
        let last = (first + LANES).min(self.n_classes);
        let mut lanes = vec![[0.0; LANES]; self.classes.len()];
        for (lanes, row) in lanes.iter_mut().zip(residuals.chunks_exact(self.n_classes)) {
            for (lane, &residual) in lanes.iter_mut().zip(&row[first..last]) {
                *lane = residual as f32;
            }
        }
        let mut sums = vec![[0.0; LANES]; self.n_dims];
        gradient(self.instruction_set, &self.rows, &lanes, &mut sums);
        let of_classes = slopes.chunks_exact_mut(self.n_dims + 1);
        for (lane, slopes) in of_classes.skip(first).take(last - first).enumerate() {
            for (slope, sums) in slopes.iter_mut().zip(&sums) {
                *slope = f64::from(sums[lane]);
            }
        }
    }
}

#[inline(always)]
fn scores_body(rows: &[f32], weights: &[[f32; LANES]], sums: &mut [[f32; LANES]]) {
    let n_dims = weights.len();
    // Four rows at a time: four independent sums keep the adders busy.
    for (rows, sums) in rows.chunks(4 * n_dims).zip(sums.chunks_mut(4)) {
        if sums.len() < 4 {
            for (row, sums) in rows.chunks_exact(n_dims).zip(sums) {
                *sums = weighted_sum(row, weights);
            }
            continue;
        }
        let (a, rest) = rows.split_at(n_dims);
        let (b, rest) = rest.split_at(n_dims);
        let (c, d) = rest.split_at(n_dims);
        let mut sums_a = [0.0_f32; LANES];
        let (mut sums_b, mut sums_c, mut sums_d) = (sums_a, sums_a, sums_a);
        for ((((weights, a), b), c), d) in weights.iter().zip(a).zip(b).zip(c).zip(d) {
            for lane in 0..LANES {
                sums_a[lane] += a * weights[lane];
            }
            for lane in 0..LANES {
                sums_b[lane] += b * weights[lane];
            }
            for lane in 0..LANES {
                sums_c[lane] += c * weights[lane];
            }
            for lane in 0..LANES {
                sums_d[lane] += d * weights[lane];
            }
        }
        sums.copy_from_slice(&[sums_a, sums_b, sums_c, sums_d]);
    }
}

#[inline(always)]
fn weighted_sum(row: &[f32], weights: &[[f32; LANES]]) -> [f32; LANES] {
    let mut sums = [0.0_f32; LANES];
    for (value, weights) in row.iter().zip(weights) {
        for lane in 0..LANES {
            sums[lane] += value * weights[lane];
        }
    }
    sums
}

#[inline(always)]
fn gradient_body(rows: &[f32], residuals: &[[f32; LANES]], sums: &mut [[f32; LANES]]) {
    let n_dims = sums.len();
    for (rows, residuals) in rows.chunks(4 * n_dims).zip(residuals.chunks(4)) {
        let &[r_a, r_b, r_c, r_d] = residuals else {
            for (row, residuals) in rows.chunks_exact(n_dims).zip(residuals) {
                for (sums, value) in sums.iter_mut().zip(row) {
                    for lane in 0..LANES {
                        sums[lane] += value * residuals[lane];
                    }
                }
            }
            continue;
        };
        let (a, rest) = rows.split_at(n_dims);
        let (b, rest) = rest.split_at(n_dims);
        let (c, d) = rest.split_at(n_dims);
        for ((((sums, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            for lane in 0..LANES {
                sums[lane] += (a * r_a[lane] + b * r_b[lane]) + (c * r_c[lane] + d * r_d[lane]);
            }
        }
    }
}
