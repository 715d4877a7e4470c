use serde::Serialize;

use super::Estimate;
use crate::dataset::Dataset;
use crate::evaluation::Evaluated;
use crate::statistics::student_interval;

/// How much all vectors point the same way, whatever their class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Directions {
    /// Mean cosine of the pairs of different subjects, from -1 to 1; 0 where directions have nothing
    /// in common. `None` with one subject.
    pub mean_cosine: Option<Estimate>,
    /// Length of the mean of all unit vectors, from 0 to 1.
    pub mean_length: Estimate,
}

/// Measures what directions have in common, over all pairs but without visiting them.
///
/// ```text
/// mean cosine = ( |∑ u|² - ∑ₛ |∑ᵢ₌ₛ u|² ) / ( n² - ∑ₛ nₛ² )        u unit vectors, s subjects
/// ```
///
/// Intervals are Student's, of the jackknife over subjects. Takes O(n d) time.
///
/// * `squared_norms`: of every sample of the dataset.
///
/// # Source
/// Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 11.5: pseudo-values.
pub(super) fn directions(
    dataset: &Dataset,
    evaluated: &Evaluated,
    squared_norms: &[f64],
    confidence: f64,
) -> Directions {
    let n_groups = evaluated.groups.iter().max().map_or(0, |last| last + 1);
    let n_dims = dataset.n_dims();
    let mut total = vec![0.0; n_dims];
    let mut of_groups = vec![0.0; n_groups * n_dims];
    let mut sizes = vec![0.0; n_groups];
    for (&group, &sample) in evaluated.groups.iter().zip(evaluated.samples) {
        let norm = squared_norms[sample].sqrt();
        let sums = &mut of_groups[group * n_dims..][..n_dims];
        let values = dataset.vector(sample).iter();
        for ((total, sum), &value) in total.iter_mut().zip(sums).zip(values) {
            *total += f64::from(value) / norm;
            *sum += f64::from(value) / norm;
        }
        sizes[group] += 1.0;
    }

    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let all = Sums {
        n: evaluated.n_samples() as f64,
        squared_length: product(&total, &total),
        own_pairs: sizes.iter().map(|size| size * size).sum(),
        own_products: of_groups.iter().map(|value| value * value).sum(),
    };
    let without: Vec<Sums> = of_groups
        .chunks_exact(n_dims)
        .zip(&sizes)
        .map(|(sum, size)| {
            let own = product(sum, sum);
            Sums {
                n: all.n - size,
                squared_length: all.squared_length - 2.0 * product(&total, sum) + own,
                own_pairs: all.own_pairs - size * size,
                own_products: all.own_products - own,
            }
        })
        .collect();
    let estimate = |value: f64, of: &dyn Fn(&Sums) -> Option<f64>| {
        let n = n_groups as f64;
        let left: Option<Vec<f64>> = without.iter().map(of).collect();
        let pseudo = |left: f64| n * value - (n - 1.0) * left;
        let pseudo_values: Option<Vec<f64>> =
            left.map(|left| left.into_iter().map(pseudo).collect());
        let interval = pseudo_values.and_then(|values| student_interval(&values, confidence));
        Estimate { value, interval }
    };
    let mean_length = all.mean_length().unwrap_or(0.0);
    Directions {
        mean_cosine: all
            .mean_cosine()
            .map(|value| estimate(value, &Sums::mean_cosine)),
        mean_length: estimate(mean_length, &Sums::mean_length),
    }
}

/// Sums over unit vectors.
struct Sums {
    n: f64,
    /// Of the sum of all.
    squared_length: f64,
    /// Ordered pairs inside subjects, those of a vector with itself included.
    own_pairs: f64,
    /// Inner products of these.
    own_products: f64,
}

impl Sums {
    fn mean_cosine(&self) -> Option<f64> {
        let n_pairs = self.n * self.n - self.own_pairs;
        (n_pairs > 0.0).then(|| (self.squared_length - self.own_products) / n_pairs)
    }

    fn mean_length(&self) -> Option<f64> {
        // Rounding can leave the square of nothing just below 0.
        (self.n > 0.0).then(|| self.squared_length.max(0.0).sqrt() / self.n)
    }
}
