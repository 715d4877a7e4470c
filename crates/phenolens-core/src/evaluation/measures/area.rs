//! Areas under curves, from how many positives and negatives have each score.

use super::lanes::{Counts, LANES, Values, combine, ratio};

/// The samples that share one score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::evaluation) struct Threshold {
    /// Those that should score high.
    pub(in crate::evaluation) positives: i64,
    /// Those that should score low.
    pub(in crate::evaluation) negatives: i64,
}

/// Area under the ROC curve: how often a positive outscores a negative, a tie counting one half.
///
/// ```text
///           1
/// AUC  =  ─────   ∑ ∑  [sᵢ > sⱼ] + ½ [sᵢ = sⱼ]      i positive, j negative
///         P · N   i j
/// ```
///
/// * `falling`: one per distinct score, the highest first.
///
/// `None` where there is no positive or no negative. Takes O(thresholds) time. The wins are counted
/// in integers, exactly for up to 10⁹ samples.
///
/// # Source
/// Hanley & McNeil (1982), Radiology 143(1), 29-36.
pub(in crate::evaluation) fn roc_area(falling: impl Iterator<Item = Threshold>) -> Option<f64> {
    let (mut positives, mut negatives) = (0, 0);
    let mut doubled_wins = 0;
    for tied in falling {
        // Each negative is beaten by every positive above it, and half by those beside it.
        doubled_wins += tied.negatives * (2 * positives + tied.positives);
        positives += tied.positives;
        negatives += tied.negatives;
    }
    let doubled_pairs = 2.0 * positives as f64 * negatives as f64;
    (doubled_pairs > 0.0).then(|| doubled_wins as f64 / doubled_pairs)
}

/// The same of several multisets at a time, 0 where undefined, and where it is defined as 1, else 0.
///
/// * `positives`, `negatives`: one per distinct score, the highest first.
///
/// The wins are exact for up to 10⁸ samples.
#[inline(always)]
pub(super) fn roc_areas(positives: &[Counts], negatives: &[Counts]) -> (Values, Values) {
    let (mut above, mut total, mut doubled_wins) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for (positives, negatives) in positives.iter().zip(negatives) {
        for lane in 0..LANES {
            let (tied, beaten) = (f64::from(positives[lane]), f64::from(negatives[lane]));
            doubled_wins[lane] += beaten * (2.0 * above[lane] + tied);
            above[lane] += tied;
            total[lane] += beaten;
        }
    }
    let doubled_pairs = combine(&above, &total, |positives, negatives| {
        2.0 * positives * negatives
    });
    let is_defined = doubled_pairs.map(|pairs| f64::from(u8::from(pairs > 0.0)));
    (ratio(&doubled_wins, &doubled_pairs), is_defined)
}

/// Average precision: the area under the steps of the precision-recall curve.
///
/// ```text
///          1       positives that score s or above
/// AP   =  ───  ∑  ───────────────────────────────── · (positives that score s)
///          P   s     samples that score s or above
/// ```
///
/// * `positives`, `negatives`: of several multisets, one per distinct score, the highest first.
///
/// 0 where there is no positive. Takes O(thresholds) time.
#[inline(always)]
pub(super) fn average_precisions(positives: &[Counts], negatives: &[Counts]) -> Values {
    let (mut above, mut total, mut sums) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for (positives, negatives) in positives.iter().zip(negatives) {
        for lane in 0..LANES {
            let tied = f64::from(positives[lane]);
            above[lane] += tied;
            total[lane] += tied + f64::from(negatives[lane]);
            // The 1 stands for 0, where the product is 0 anyway; a branch would be slower.
            sums[lane] += above[lane] / total[lane].max(1.0) * tied;
        }
    }
    ratio(&sums, &above)
}
