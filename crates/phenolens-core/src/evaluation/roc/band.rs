//! How far the macro-averaged curve can be trusted.

use crate::evaluation::measures::{Counts, LANES, Multiplicities, Scorer, Workspace};
use crate::evaluation::resampling::Resamples;
use crate::evaluation::{MeasureSet, RocBand, Votes};
use crate::statistics::percentile_interval;

/// The band is read at the false-positive rates `i / N_STEPS`.
const N_STEPS: usize = 100;

/// The interval of the macro-averaged curve over resamples of subjects, rate by rate.
///
/// In every resample the curve is made as [`super::roc_curves`] makes it: per fold and class, then the
/// mean over classes, then over folds. `None` without resamples, or where no curve is defined.
///
/// * `folds`: the fold of every sample, shape `(n_samples,)`, below `n_folds`;
/// * `confidence`: between 0 and 1.
///
/// Takes O(n_resamples x (scores + n_folds x n_classes x thresholds)) time.
pub(in crate::evaluation) fn roc_band(
    votes: &Votes,
    folds: &[usize],
    n_folds: usize,
    resamples: &Resamples,
    confidence: f64,
) -> Option<RocBand> {
    let parts = Part::of_folds(votes, folds, n_folds);
    let drawn: Vec<[Option<Vec<f64>>; LANES]> =
        resamples.each(|multiplicities, workspace| curves(&parts, multiplicities, workspace));
    let curves: Vec<&Vec<f64>> = resamples.one_by_one(drawn.iter()).flatten().collect();
    if curves.is_empty() {
        return None;
    }
    let rates = 0..=N_STEPS;
    let mut band = RocBand {
        fpr: rates.clone().map(rate).collect(),
        low: Vec::new(),
        high: Vec::new(),
    };
    for step in rates {
        let values = curves.iter().map(|curve| curve[step]).collect();
        let interval = percentile_interval(values, confidence)?;
        band.low.push(interval.low);
        band.high.push(interval.high);
    }
    Some(band)
}

/// The false-positive rate of a step.
fn rate(step: usize) -> f64 {
    step as f64 / N_STEPS as f64
}

/// One fold's predictions.
pub(super) struct Part {
    members: Vec<usize>,
    scorer: Scorer,
}

impl Part {
    pub(super) fn of_folds(votes: &Votes, folds: &[usize], n_folds: usize) -> Vec<Part> {
        let of_fold = |fold: usize| {
            let members: Vec<usize> = (0..folds.len())
                .filter(|&sample| folds[sample] == fold)
                .collect();
            let scorer = Scorer::of(&votes.of(&members), MeasureSet::ALL);
            Part { members, scorer }
        };
        (0..n_folds).map(of_fold).collect()
    }
}

/// The curves of several resamples, each of shape `(N_STEPS + 1,)`; `None` where no fold has one.
pub(super) fn curves(
    parts: &[Part],
    multiplicities: &[Multiplicities],
    workspace: &mut Workspace,
) -> [Option<Vec<f64>>; LANES] {
    let mut sums: [Curve; LANES] = core::array::from_fn(|_| Curve::default());
    let mut n_folds = [0.0; LANES];
    for part in parts {
        let of_part: Vec<Multiplicities> = (part.members.iter())
            .map(|&sample| multiplicities[sample])
            .collect();
        let classes = part.scorer.class_counts(&of_part, workspace);
        for lane in 0..LANES {
            let has_curve = |[positives, negatives]: &[&[Counts]; 2]| {
                let total = |counts: &[Counts]| counts.iter().map(|count| count[lane]).sum::<i32>();
                let (positives, negatives) = (total(positives), total(negatives));
                (positives > 0 && negatives > 0).then_some((positives, negatives))
            };
            let totals: Vec<Option<(i32, i32)>> = classes.iter().map(has_curve).collect();
            let n_defined = totals.iter().flatten().count();
            if n_defined == 0 {
                continue;
            }
            n_folds[lane] += 1.0;
            let weight = 1.0 / n_defined as f64;
            for (counts, totals) in classes.iter().zip(totals) {
                if let Some(totals) = totals {
                    sums[lane].add(counts, totals, lane, weight);
                }
            }
        }
    }
    let mut n_folds = n_folds.into_iter();
    sums.map(|sum| {
        let n_folds = n_folds.next().unwrap_or(0.0);
        (n_folds > 0.0).then(|| sum.read(n_folds))
    })
}

/// A sum of curves of straight pieces, kept as what changes at each rate that is read.
///
/// A piece that starts at x with slope s adds `s (rate - x)` to every rate from x on, and its end takes
/// it away again: constants and factors of the rate are added up apart, where they begin to count.
#[derive(Clone)]
struct Curve {
    /// Shape `(N_STEPS + 1,)`.
    constants: Vec<f64>,
    /// Same shape.
    factors: Vec<f64>,
}

impl Default for Curve {
    fn default() -> Curve {
        let zeros = vec![0.0; N_STEPS + 1];
        Curve {
            constants: zeros.clone(),
            factors: zeros,
        }
    }
}

impl Curve {
    /// Adds the curve of one class in one multiset.
    ///
    /// * `counts`: positives and negatives at every threshold, scores falling; `totals` of them.
    fn add(&mut self, counts: &[&[Counts]; 2], totals: (i32, i32), lane: usize, weight: f64) {
        let (n_positives, n_negatives) = totals;
        let [positives, negatives] = counts;
        let mut passed = 0;
        for (tied, beaten) in positives.iter().zip(*negatives) {
            let (tied, beaten) = (tied[lane], beaten[lane]);
            let rise = weight * f64::from(tied) / f64::from(n_positives);
            if beaten == 0 {
                self.constants[first_step(passed, n_negatives)] += rise;
            } else {
                let slope = rise * f64::from(n_negatives) / f64::from(beaten);
                self.bend(passed, n_negatives, slope);
                passed += beaten;
                self.bend(passed, n_negatives, -slope);
            }
        }
    }

    /// Changes the slope from a false-positive rate on.
    fn bend(&mut self, passed: i32, n_negatives: i32, slope: f64) {
        let step = first_step(passed, n_negatives);
        self.constants[step] -= slope * f64::from(passed) / f64::from(n_negatives);
        self.factors[step] += slope;
    }

    /// The mean curve.
    fn read(&self, n_folds: f64) -> Vec<f64> {
        let (mut constant, mut factor) = (0.0, 0.0);
        let pieces = self.constants.iter().zip(&self.factors).enumerate();
        let mut rates: Vec<f64> = pieces
            .map(|(step, (constants, factors))| {
                constant += constants;
                factor += factors;
                // Rounding may leave the last bits of a rate of 0 or 1.
                ((constant + factor * rate(step)) / n_folds).clamp(0.0, 1.0)
            })
            .collect();
        // Where every curve ends.
        rates[N_STEPS] = 1.0;
        rates
    }
}

/// The first step whose rate is at least `passed / n_negatives`.
fn first_step(passed: i32, n_negatives: i32) -> usize {
    (passed as usize * N_STEPS).div_ceil(n_negatives as usize)
}
