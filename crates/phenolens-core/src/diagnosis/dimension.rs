//! How many dimensions the samples fill, from the distances of near neighbors.

use rayon::prelude::*;

use super::measured::{Points, View};
use super::{DiagnosisParams, Estimate};
use crate::neighbors::{Distance, Neighbor};
use crate::random::{Stream, Use};
use crate::statistics::{percentile_interval, student_interval};

/// Fewest and most neighbors of the estimate by maximum likelihood.
const NEIGHBORS: [usize; 2] = [10, 20];

/// With fewer points the twenty nearest are no neighborhood.
const MIN_POINTS: usize = 40;

/// One of so many points, those with the largest ratios, is left out of the line of TwoNN.
const LEFT_OUT: usize = 10;

/// Most resamples: the ends of a 95 % interval are then known to about an eighth of a standard
/// deviation.
const MAX_RESAMPLES: usize = 500;

/// The intrinsic dimension of some points.
pub(super) struct Dimension {
    pub(super) two_nn: Option<Estimate>,
    pub(super) maximum_likelihood: Option<Estimate>,
    /// Measured points at distance 0 from another.
    pub(super) n_coincident: usize,
}

/// Estimates the intrinsic dimension of the points by two methods; neighbors at distance 0 are
/// passed over.
pub(super) fn dimension(view: &View, points: &Points, params: &DiagnosisParams) -> Dimension {
    let found: Vec<(Vec<f64>, bool)> = points
        .chosen
        .par_iter()
        .map_init(Vec::new, |found, &point| {
            log_distances(view, points, point, found)
        })
        .collect();
    let n_coincident = found.iter().filter(|(_, coincides)| *coincides).count();
    let mut logs: Vec<Vec<f64>> = found.into_iter().map(|(logs, _)| logs).collect();
    logs.retain(|logs| logs.len() >= NEIGHBORS[1]);
    if logs.len() < MIN_POINTS {
        return Dimension {
            two_nn: None,
            maximum_likelihood: None,
            n_coincident,
        };
    }
    let ratios = logs.iter().map(|logs| logs[1] - logs[0]).collect();
    Dimension {
        two_nn: two_nn(ratios, params),
        maximum_likelihood: maximum_likelihood(&logs, params.confidence),
        n_coincident,
    }
}

/// The logarithms of the nearest distances above 0 to other points, and whether there is one at 0.
fn log_distances(
    view: &View,
    points: &Points,
    point: usize,
    found: &mut Vec<Neighbor>,
) -> (Vec<f64>, bool) {
    let wanted = NEIGHBORS[1];
    let mut n_coincident = 0;
    loop {
        let k = wanted + n_coincident;
        let is_point = |position: usize| points.is_point[position];
        view.evaluated
            .nearest_where(view.table, view.keys, point, k, is_point, found);
        let n_zeros = found.partition_point(|neighbor| neighbor.value <= 0.0);
        if n_zeros == n_coincident || found.len() < k {
            let apart = found[n_zeros..].iter().take(wanted);
            let log = |neighbor: &Neighbor| match view.distance() {
                Distance::Euclidean => libm::log(neighbor.value),
                // The chord √(2 cosine distance) of unit vectors is a metric; the cosine distance
                // is not.
                Distance::Cosine => libm::log(2.0 * neighbor.value) / 2.0,
            };
            return (apart.map(log).collect(), n_zeros > 0);
        }
        n_coincident = n_zeros;
    }
}

/// TwoNN: of uniform density around each point, `-ln(1 - F)` of the ratio `r₂ / r₁` of the distances
/// to its two nearest neighbors is the dimension times `ln(r₂ / r₁)`. Fitted is the line through the
/// origin, without the largest tenth of the ratios:
///
/// ```text
/// d = ∑ xᵢ yᵢ / ∑ xᵢ²        xᵢ = ln(r₂ / r₁), rising; yᵢ = -ln(1 - i/N); i = 1 .. 0.9 N
/// ```
///
/// The interval resamples points. Neighborhoods overlap, so that points are not quite independent: on
/// cubes without faces, of 2 to 8 dimensions, a 95 % interval held the truth in 86 to 91 of 100
/// trials.
///
/// # Source
/// Facco, d'Errico, Rodriguez & Laio (2017), Sci. Rep. 7, 12140.
fn two_nn(mut ratios: Vec<f64>, params: &DiagnosisParams) -> Option<Estimate> {
    let n_points = ratios.len();
    ratios.sort_unstable_by(f64::total_cmp);
    let n_kept = n_points - n_points.div_ceil(LEFT_OUT);
    // Sums of the y up to each rank.
    let mut sums = vec![0.0];
    for rank in 1..=n_kept {
        let share = rank as f64 / n_points as f64;
        sums.push(sums[rank - 1] - libm::log1p(-share));
    }
    let fit = |multiplicities: &[u32]| {
        let (mut rank, mut products, mut squares) = (0, 0.0, 0.0);
        for (&x, &multiplicity) in ratios.iter().zip(multiplicities) {
            let last = (rank + multiplicity as usize).min(n_kept);
            products += x * (sums[last] - sums[rank]);
            squares += x * x * (last - rank) as f64;
            rank = last;
        }
        (squares > 0.0).then(|| products / squares)
    };
    let value = fit(&vec![1; n_points])?;
    let resampled: Vec<f64> = (0..params.n_resamples.min(MAX_RESAMPLES))
        .into_par_iter()
        .filter_map(|resample| {
            let mut stream = Stream::new(params.seed, Use::Diagnosis, resample as u64);
            let mut multiplicities = vec![0; n_points];
            for _ in 0..n_points {
                multiplicities[stream.below(n_points)] += 1;
            }
            fit(&multiplicities)
        })
        .collect();
    Some(Estimate {
        value,
        interval: percentile_interval(resampled, params.confidence),
    })
}

/// Maximum likelihood, averaged over points as inverse dimensions, then over k:
///
/// ```text
/// 1 / d(k) = mean of ∑ ln(T_k / T_j) / (k - 1), j = 1 .. k - 1        d = mean of d(k), k = 10 .. 20
/// ```
///
/// with the distance T_j of a point's j-th neighbor. The interval is Student's for the mean of what
/// each point contributes to first order; for the reason given at [`two_nn`] it is too narrow by a
/// fifth or so.
///
/// # Source
/// Levina & Bickel (2005), NIPS 17, 777-784; the average is that of MacKay & Ghahramani (2005),
/// Comments on "Maximum likelihood estimation of intrinsic dimension".
fn maximum_likelihood(logs: &[Vec<f64>], confidence: f64) -> Option<Estimate> {
    let [least, most] = NEIGHBORS;
    let inverse = |logs: &[f64], k: usize| {
        let nearer: f64 = logs[..k - 1].iter().sum();
        logs[k - 1] - nearer / (k - 1) as f64
    };
    let n_points = logs.len() as f64;
    let n_ks = (most - least + 1) as f64;
    let mut contributions = vec![0.0; logs.len()];
    for k in least..=most {
        let inverses: Vec<f64> = logs.iter().map(|logs| inverse(logs, k)).collect();
        let mean = inverses.iter().sum::<f64>() / n_points;
        if mean <= 0.0 {
            return None;
        }
        for (contribution, inverse) in contributions.iter_mut().zip(&inverses) {
            *contribution += (2.0 - inverse / mean) / mean / n_ks;
        }
    }
    Some(Estimate {
        value: contributions.iter().sum::<f64>() / n_points,
        interval: student_interval(&contributions, confidence),
    })
}
