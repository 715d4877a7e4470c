//! Covariances of the training part of every fold, with and without shrinkage.

use super::arithmetic::{add_outers, mirror};
use super::task::Task;
use crate::kernels::InstructionSet;

/// The samples around their common mean, in 64 bits.
///
/// Covariances do not depend on where the origin lies; near the mean their sums lose no digits.
pub(super) struct Centered {
    n_dims: usize,
    /// Row-major, shape `(n_samples, n_dims)`.
    values: Vec<f64>,
    zero: Vec<f64>,
}

/// Sums over a set of samples.
#[derive(Clone)]
struct Sums {
    n: usize,
    /// `∑ x`.
    first: Vec<f64>,
    /// `∑ x xᵀ`, the lower triangle.
    second: Vec<f64>,
}

/// The sums of every class over all samples; those of a training part are these less the test part.
pub(super) struct ClassSums<'a> {
    task: &'a Task<'a>,
    pub(super) centered: &'a Centered,
    of_class: Vec<Sums>,
}

/// What the training part of a fold says of means and spreads.
pub(super) struct Training {
    /// Number of samples of every class.
    pub(super) n: Vec<usize>,
    /// The mean of every class, about the origin of [`Centered`]; zeros where it has no sample.
    pub(super) means: Vec<Vec<f64>>,
    /// The mean of all.
    pub(super) mean: Vec<f64>,
    /// The covariance of all, divisor n - 1; square and symmetric.
    pub(super) covariance: Vec<f64>,
    /// The mean of the classes' shrunk covariances, weighted by their sizes.
    pub(super) within: Vec<f64>,
    /// The shrunk covariance of all.
    pub(super) total: Vec<f64>,
}

impl Centered {
    pub(super) fn new(task: &Task) -> Centered {
        let (n_samples, n_dims) = (task.n_samples(), task.n_dims());
        let mut mean = vec![0.0; n_dims];
        for position in 0..n_samples {
            for (sum, &value) in mean.iter_mut().zip(task.vector(position)) {
                *sum += f64::from(value);
            }
        }
        for sum in &mut mean {
            *sum /= n_samples as f64;
        }
        let mut values = Vec::with_capacity(n_samples * n_dims);
        for position in 0..n_samples {
            let vector = task.vector(position).iter().zip(&mean);
            values.extend(vector.map(|(&value, mean)| f64::from(value) - mean));
        }
        Centered {
            n_dims,
            values,
            zero: vec![0.0; n_dims],
        }
    }

    pub(super) fn row(&self, position: usize) -> &[f64] {
        &self.values[position * self.n_dims..][..self.n_dims]
    }

    /// Adds the samples to the sums, or takes them away.
    fn count(&self, sums: &mut Sums, positions: &[usize], is_added: bool, set: InstructionSet) {
        let sign = if is_added { 1.0 } else { -1.0 };
        let rows: Vec<&[f64]> = positions
            .iter()
            .map(|&position| self.row(position))
            .collect();
        for row in &rows {
            for (sum, value) in sums.first.iter_mut().zip(*row) {
                *sum += sign * value;
            }
        }
        add_outers(set, &mut sums.second, sign, &rows, &self.zero);
        match is_added {
            true => sums.n += positions.len(),
            false => sums.n -= positions.len(),
        }
    }
}

impl<'a> ClassSums<'a> {
    pub(super) fn new(task: &'a Task, centered: &'a Centered) -> ClassSums<'a> {
        use rayon::prelude::*;
        let of_class = (0..task.n_classes)
            .into_par_iter()
            .map(|class| {
                let is_of = |&position: &usize| task.classes[position] == class;
                let members: Vec<usize> = (0..task.n_samples()).filter(is_of).collect();
                let mut sums = Sums::new(task.n_dims());
                centered.count(&mut sums, &members, true, task.instruction_set);
                sums
            })
            .collect();
        ClassSums {
            task,
            centered,
            of_class,
        }
    }

    /// Means and covariances of the training part of a fold.
    pub(super) fn training(&self, fold: usize) -> Training {
        let n_dims = self.task.n_dims();
        let (training, test) = (self.task.training(fold), self.task.test(fold));
        let mut all = Sums::new(n_dims);
        let mut within = vec![0.0; n_dims * n_dims];
        let (mut n, mut means) = (Vec::new(), Vec::new());
        for (class, of_class) in self.of_class.iter().enumerate() {
            let is_of = |position: &&usize| self.task.classes[**position] == class;
            let left_out: Vec<usize> = test.iter().filter(is_of).copied().collect();
            let mut sums = of_class.clone();
            let set = self.task.instruction_set;
            self.centered.count(&mut sums, &left_out, false, set);
            n.push(sums.n);
            means.push(sums.mean());
            if sums.n == 0 {
                continue;
            }
            all.add(&sums);
            let members: Vec<usize> = training.iter().filter(is_of).copied().collect();
            let share = sums.n as f64 / training.len() as f64;
            let shrunk = sums.into_shrunk_covariance(self.centered, &members);
            for (sum, value) in within.iter_mut().zip(&shrunk) {
                *sum += share * value;
            }
        }
        let mean = all.mean();
        let mut covariance = all.clone().into_scatter();
        let divisor = (training.len() as f64 - 1.0).max(1.0);
        for value in &mut covariance {
            *value /= divisor;
        }
        mirror(&mut covariance, n_dims);
        let total = all.into_shrunk_covariance(self.centered, &training);
        Training {
            n,
            means,
            mean,
            covariance,
            within,
            total,
        }
    }
}

impl Sums {
    fn new(n_dims: usize) -> Sums {
        Sums {
            n: 0,
            first: vec![0.0; n_dims],
            second: vec![0.0; n_dims * n_dims],
        }
    }

    fn add(&mut self, other: &Sums) {
        self.n += other.n;
        for (sum, value) in self.first.iter_mut().zip(&other.first) {
            *sum += value;
        }
        for (sum, value) in self.second.iter_mut().zip(&other.second) {
            *sum += value;
        }
    }

    fn mean(&self) -> Vec<f64> {
        let n = self.n.max(1) as f64;
        self.first.iter().map(|sum| sum / n).collect()
    }

    /// `∑ (x - mean)(x - mean)ᵀ`, the lower triangle.
    fn into_scatter(mut self) -> Vec<f64> {
        let mean = self.mean();
        let n_dims = mean.len();
        for (i, row) in self.second.chunks_exact_mut(n_dims).enumerate() {
            for (value, other) in row[..=i].iter_mut().zip(&mean) {
                *value -= self.first[i] * other;
            }
        }
        self.second
    }

    /// The covariance (divisor n) shrunk toward its own diagonal, square and symmetric.
    ///
    /// ```text
    /// D^½ ( (1 - δ) R + δ μ I ) D^½        R the covariance of z = (x - mean) / D^½, μ = tr R / d
    ///
    /// δ  =  min(β, γ) / γ      γ = |R - μ I|² / d      β = ( ∑ |z|⁴ / n - |R|² ) / (d n)
    /// ```
    ///
    /// with D the variances, 1 where a variance is 0, and squared Frobenius norms.
    ///
    /// * `members`: the samples of the sums.
    ///
    /// # Source
    /// Ledoit & Wolf (2004), J. Multivar. Anal. 88, 365-411, on standardized values as scikit-learn's
    /// `LinearDiscriminantAnalysis(shrinkage="auto")` does.
    fn into_shrunk_covariance(self, centered: &Centered, members: &[usize]) -> Vec<f64> {
        let mean = self.mean();
        let (n, n_dims) = (self.n as f64, mean.len());
        let sizes: Vec<f64> = (0..n_dims)
            .map(|dim| self.second[dim * n_dims + dim] / n)
            .collect();
        let mut covariance = self.into_scatter();
        for value in &mut covariance {
            *value /= n;
        }
        // A variance is a difference of sums; what rounding leaves of 0 is some 10⁻¹⁵ of them.
        let variances: Vec<f64> = (0..n_dims)
            .map(|dim| covariance[dim * n_dims + dim])
            .zip(&sizes)
            .map(|(variance, size)| {
                if variance <= 1e-12 * size {
                    0.0
                } else {
                    variance
                }
            })
            .collect();
        let scales: Vec<f64> = variances
            .iter()
            .map(|&variance| if variance > 0.0 { variance.sqrt() } else { 1.0 })
            .collect();
        let n_varying = variances.iter().filter(|&&variance| variance > 0.0).count();
        let mu = n_varying as f64 / n_dims as f64;

        let mut squares = 0.0;
        for (i, row) in covariance.chunks_exact(n_dims).enumerate() {
            if variances[i] == 0.0 {
                continue;
            }
            let correlation = |(value, scale): (&f64, &f64)| value / (scales[i] * scale);
            let of_row = row[..i].iter().zip(&scales).zip(&variances);
            let below: f64 = of_row
                .filter(|(_, variance)| **variance > 0.0)
                .map(|(pair, _)| correlation(pair))
                .map(|correlation| correlation * correlation)
                .sum();
            squares += 1.0 + 2.0 * below;
        }
        let mut fourth_powers = 0.0;
        for &member in members {
            let values = centered.row(member).iter().zip(&mean).zip(&scales);
            let length: f64 = values
                .zip(&variances)
                .filter(|(_, variance)| **variance > 0.0)
                .map(|(((value, mean), scale), _)| (value - mean) / scale)
                .map(|z| z * z)
                .sum();
            fourth_powers += length * length;
        }
        let d = n_dims as f64;
        let gamma = (squares - d * mu * mu) / d;
        let beta = ((fourth_powers / n - squares) / (d * n)).min(gamma);
        let delta = if beta > 0.0 { beta / gamma } else { 0.0 };

        for i in 0..n_dims {
            for j in 0..i {
                covariance[i * n_dims + j] *= 1.0 - delta;
            }
            let own = &mut covariance[i * n_dims + i];
            *own = (1.0 - delta) * variances[i] + delta * mu * scales[i] * scales[i];
        }
        mirror(&mut covariance, n_dims);
        covariance
    }
}
