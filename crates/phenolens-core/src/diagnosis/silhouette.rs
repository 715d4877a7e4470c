use rayon::prelude::*;
use serde::Serialize;

use super::Estimate;
use super::measured::{Square, View};
use crate::statistics::{Clustered, clustered_interval};

/// How much nearer samples lie to their own class than to the nearest other, on average over all
/// samples of a class.
///
/// ```text
/// s = (b - a) / max(a, b)        a  mean distance to the other samples of the own class
///                                b  least mean distance to the samples of another class
/// ```
///
/// from -1 to 1; a sample without another of its class has 0.
///
/// # Source
/// Rousseeuw (1987), J. Comput. Appl. Math. 20, 53-65.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouettes {
    /// Samples that are measured: all evaluated ones, or 2,000 chosen ones.
    pub n_samples: usize,
    /// Evaluated samples.
    pub n_evaluated: usize,
    /// Of all measured samples.
    pub overall: Silhouette,
    /// Of each class with a measured sample, in their order.
    pub classes: Vec<ClassSilhouette>,
}

/// The silhouette of one class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassSilhouette {
    /// The class, an index into `Evaluation::class_names`.
    pub class: usize,
    /// Of its measured samples.
    pub silhouette: Silhouette,
    /// The other class that is the nearest one most often; `None` where there is no other.
    pub nearest: Option<usize>,
}

/// The silhouette of some samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Silhouette {
    /// How many samples they are.
    pub n_samples: usize,
    /// The mean of s, with its interval over subjects.
    pub mean: Estimate,
    /// The mean where other samples of the same subject count neither for the own class nor for
    /// another: images of one subject lie near one another and flatter.
    pub mean_without_own_subject: f64,
    /// Share of the samples whose s is below 0: nearer to another class, from 0 to 1.
    pub share_negative: f64,
}

/// Measures the silhouettes of samples among one another.
///
/// * `chosen`: positions among the evaluated samples, rising.
///
/// Takes O(n²) time for n chosen samples, and O(n² d) where the table does not hold all pairs.
pub(super) fn silhouettes(view: &View, chosen: &[usize], confidence: f64) -> Silhouettes {
    let evaluated = view.evaluated;
    let n_classes = evaluated.n_classes;
    let square = Square::new(view, chosen);
    let classes: Vec<usize> = chosen.iter().map(|&p| evaluated.classes[p]).collect();
    let groups: Vec<usize> = chosen.iter().map(|&p| evaluated.groups[p]).collect();
    let mut sizes = vec![0; n_classes];
    for &class in &classes {
        sizes[class] += 1;
    }
    let widths: Vec<Width> = (0..chosen.len())
        .into_par_iter()
        .map_init(Vec::new, |row, place| {
            square.row(place, row);
            let mut all: Vec<(f64, usize)> = sizes.iter().map(|&size| (0.0, size)).collect();
            for (value, &class) in row.iter().zip(&classes) {
                all[class].0 += value;
            }
            all[classes[place]].1 -= 1;
            let mut others = all.clone();
            let of_subject = (0..row.len()).filter(|&other| groups[other] == groups[place]);
            for other in of_subject.filter(|&other| other != place) {
                others[classes[other]].0 -= row[other];
                others[classes[other]].1 -= 1;
            }
            let (value, nearest) = width(&all, classes[place]);
            Width {
                value,
                without_own_subject: width(&others, classes[place]).0,
                nearest,
            }
        })
        .collect();

    let of = |places: &[usize]| {
        let n = places.len() as f64;
        let values: Vec<f64> = places.iter().map(|&place| widths[place].value).collect();
        let groups: Vec<usize> = places.iter().map(|&place| groups[place]).collect();
        let clean = places
            .iter()
            .map(|&place| widths[place].without_own_subject);
        let clustered = Clustered {
            values: &values,
            clusters: &groups,
        };
        Silhouette {
            n_samples: places.len(),
            mean: Estimate {
                value: values.iter().sum::<f64>() / n,
                interval: clustered_interval(clustered, confidence),
            },
            mean_without_own_subject: clean.sum::<f64>() / n,
            share_negative: values.iter().filter(|&&value| value < 0.0).count() as f64 / n,
        }
    };
    let of_class = |class: usize| {
        let places: Vec<usize> = (0..classes.len())
            .filter(|&place| classes[place] == class)
            .collect();
        let mut counts = vec![0; n_classes];
        for nearest in places.iter().filter_map(|&place| widths[place].nearest) {
            counts[nearest] += 1;
        }
        // Of equals the first.
        let most = (0..n_classes).rev().max_by_key(|&other| counts[other]);
        ClassSilhouette {
            class,
            silhouette: of(&places),
            nearest: most.filter(|&other| counts[other] > 0),
        }
    };
    let all: Vec<usize> = (0..chosen.len()).collect();
    Silhouettes {
        n_samples: chosen.len(),
        n_evaluated: evaluated.n_samples(),
        overall: of(&all),
        classes: (0..n_classes)
            .filter(|&class| sizes[class] > 0)
            .map(of_class)
            .collect(),
    }
}

/// The silhouette of one sample.
struct Width {
    value: f64,
    without_own_subject: f64,
    nearest: Option<usize>,
}

/// The silhouette of a sample and the class nearest to it, by the sum of distances to each class and
/// the number of these.
fn width(sums: &[(f64, usize)], own: usize) -> (f64, Option<usize>) {
    let mean = |(sum, n): (f64, usize)| sum / n as f64;
    let others = (0..sums.len()).filter(|&class| class != own && sums[class].1 > 0);
    let nearest = others.min_by(|&a, &b| mean(sums[a]).total_cmp(&mean(sums[b])));
    let (Some(nearest), true) = (nearest, sums[own].1 > 0) else {
        return (0.0, nearest);
    };
    let (a, b) = (mean(sums[own]), mean(sums[nearest]));
    let greater = a.max(b);
    let value = if greater > 0.0 {
        (b - a) / greater
    } else {
        0.0
    };
    (value, Some(nearest))
}
