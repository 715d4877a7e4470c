//! Areas under curves, from how many positives and negatives have each score.

/// The samples that share one score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::evaluation) struct Threshold {
    /// Those that should score high.
    pub(in crate::evaluation) positives: u64,
    /// Those that should score low.
    pub(in crate::evaluation) negatives: u64,
}

/// What the positives' scores are worth against the negatives'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::evaluation) struct Area {
    /// Area under the ROC curve.
    pub(in crate::evaluation) auc: f64,
    /// Average precision.
    pub(in crate::evaluation) average_precision: f64,
}

/// Areas under the ROC curve and the steps of the precision-recall curve.
///
/// ```text
///           1
/// AUC  =  ─────   ∑ ∑  [sᵢ > sⱼ] + ½ [sᵢ = sⱼ]      i positive, j negative
///         P · N   i j
///
///          1        true positives at s
/// AP   =  ───  ∑  ───────────────────────  · (positives with score s)      at s: score s or above
///          P   s     all samples at s
/// ```
///
/// * `falling`: one per distinct score, the highest first.
///
/// `None` where there is no positive or no negative. Takes O(thresholds) time. The wins are counted
/// in integers, exactly for up to 10⁹ samples.
///
/// # Source
/// Hanley & McNeil (1982), Radiology 143(1), 29-36.
pub(in crate::evaluation) fn area(falling: impl Iterator<Item = Threshold>) -> Option<Area> {
    let (mut positives, mut negatives) = (0, 0);
    let mut doubled_wins = 0;
    let mut precisions = 0.0;
    for tied in falling {
        // Each negative is beaten by every positive above it, and half by those beside it.
        doubled_wins += tied.negatives * (2 * positives + tied.positives);
        positives += tied.positives;
        negatives += tied.negatives;
        if tied.positives > 0 {
            let precision = positives as f64 / (positives + negatives) as f64;
            precisions += tied.positives as f64 * precision;
        }
    }
    (positives > 0 && negatives > 0).then(|| Area {
        auc: doubled_wins as f64 / (2.0 * positives as f64 * negatives as f64),
        average_precision: precisions / positives as f64,
    })
}
