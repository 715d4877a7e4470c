//! Receiver operating characteristic curves, averaged over folds.

mod band;
#[cfg(test)]
mod tests;

pub(super) use band::roc_band;

use super::measures::{Threshold, roc_area};
use super::{RocCurve, RocSubject, Scorer, Workspace};

/// The curves are read at the false-positive rates `i / N_STEPS`.
const N_STEPS: usize = 1000;

/// The ROC curves over folds: macro, micro, then one per class.
///
/// * `folds`: the fold of every sample, shape `(n_samples,)`, below `n_folds`.
///
/// Each fold and class has an exact curve: from (0, 0) through one point per distinct score, falling,
/// straight between them, so that samples of equal score make a slope; where it rises vertically it
/// has its upper value. The curve is read at fixed false-positive rates, where the mean over classes
/// gives the fold's macro curve; mean and standard deviation are over folds. The areas are those of
/// the exact curves.
///
/// A class is left out of a fold where it has no sample or nothing but its samples. What is left out
/// of every fold has no curve, and is missing from the result.
///
/// Takes O(n_folds x n_classes x (1001 + thresholds)) time.
///
/// # Source
/// Vertical averaging: Fawcett (2006), Pattern Recogn. Lett. 27, 861-874, section 9.
pub fn roc_curves(scorer: &Scorer, folds: &[usize], n_folds: usize) -> Vec<RocCurve> {
    let n_classes = scorer.n_classes();
    let mut workspace = Workspace::default();
    let mut macros = Vec::new();
    let mut micros = Vec::new();
    let mut classes = vec![Vec::new(); n_classes];
    for fold in 0..n_folds {
        let is_tested: Vec<u32> = folds.iter().map(|&of| u32::from(of == fold)).collect();
        let (of_classes, pooled) = scorer.thresholds(&is_tested, &mut workspace);

        let mut defined = Vec::new();
        for (thresholds, over_folds) in of_classes.iter().zip(&mut classes) {
            if let Some(curve) = read_curve(thresholds) {
                over_folds.push(curve.clone());
                defined.push(curve);
            }
        }
        macros.extend(mean(&defined));
        micros.extend(read_curve(&pooled));
    }

    let classes = classes.iter().enumerate();
    let per_class = classes.map(|(class, curves)| average(RocSubject::Class(class), curves));
    [
        average(RocSubject::Macro, &macros),
        average(RocSubject::Micro, &micros),
    ]
    .into_iter()
    .chain(per_class)
    .flatten()
    .collect()
}

/// A curve of one fold.
#[derive(Debug, Clone, PartialEq)]
struct FoldCurve {
    /// The true-positive rate at each false-positive rate, shape `(N_STEPS + 1,)`.
    rates: Vec<f64>,
    /// The exact area.
    area: f64,
}

/// Reads an exact curve, given by its thresholds, scores falling; `None` where there is no positive
/// or no negative.
fn read_curve(falling: &[Threshold]) -> Option<FoldCurve> {
    let area = roc_area(falling.iter().copied())?;
    let n_positives: i64 = falling.iter().map(|tied| tied.positives).sum();
    let n_negatives: i64 = falling.iter().map(|tied| tied.negatives).sum();

    // False-positive rates are compared as integers, in units of 1 / (N_STEPS * n_negatives).
    let n_steps = N_STEPS as i64;
    let (mut positives, mut negatives) = (0, 0);
    let mut remaining = falling.iter().peekable();
    let rates = (0..=n_steps).map(|step| {
        let position = step * n_negatives;
        while let Some(tied) =
            remaining.next_if(|tied| (negatives + tied.negatives) * n_steps <= position)
        {
            positives += tied.positives;
            negatives += tied.negatives;
        }
        // The next point lies to the right, so it has negatives.
        let rise = remaining.peek().map_or(0.0, |tied| {
            let way = (position - negatives * n_steps) as f64;
            tied.positives as f64 * way / (tied.negatives * n_steps) as f64
        });
        (positives as f64 + rise) / n_positives as f64
    });
    Some(FoldCurve {
        rates: rates.collect(),
        area,
    })
}

/// The mean of curves, point by point; `None` of none.
fn mean(curves: &[FoldCurve]) -> Option<FoldCurve> {
    let n_curves = (!curves.is_empty()).then_some(curves.len() as f64)?;
    let mut rates = vec![0.0; N_STEPS + 1];
    for curve in curves {
        for (sum, rate) in rates.iter_mut().zip(&curve.rates) {
            *sum += rate;
        }
    }
    for sum in &mut rates {
        *sum /= n_curves;
    }
    let area = curves.iter().map(|curve| curve.area).sum::<f64>() / n_curves;
    Some(FoldCurve { rates, area })
}

/// Mean and population standard deviation over folds; `None` without a fold.
fn average(subject: RocSubject, folds: &[FoldCurve]) -> Option<RocCurve> {
    let mean = mean(folds)?;
    let mut squares = vec![0.0; N_STEPS + 1];
    let mut area_squares = 0.0;
    for fold in folds {
        for ((sum, rate), center) in squares.iter_mut().zip(&fold.rates).zip(&mean.rates) {
            *sum += (rate - center) * (rate - center);
        }
        area_squares += (fold.area - mean.area) * (fold.area - mean.area);
    }
    let deviation = |squares: f64| (squares / folds.len() as f64).sqrt();
    Some(RocCurve {
        subject,
        tpr_sd: squares.into_iter().map(deviation).collect(),
        tpr_mean: mean.rates,
        area_mean: mean.area,
        area_sd: deviation(area_squares),
    })
}
