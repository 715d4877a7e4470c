//! Areas under curves, from how many positives and negatives have each score.

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

/// Average precision: the area under the steps of the precision-recall curve.
///
/// ```text
///          1       positives that score s or above
/// AP   =  ───  ∑  ───────────────────────────────── · (positives that score s)
///          P   s     samples that score s or above
/// ```
///
/// * `falling`: one per distinct score, the highest first.
///
/// `None` where there is no positive or no negative. Takes O(thresholds) time.
pub(super) fn average_precision(falling: impl Iterator<Item = Threshold>) -> Option<f64> {
    let (mut positives, mut negatives) = (0, 0);
    let mut sum = 0.0;
    for tied in falling {
        positives += tied.positives;
        negatives += tied.negatives;
        // The 1 stands for 0, where the product is 0 anyway; a branch would be slower.
        let precision = positives as f64 / (positives + negatives).max(1) as f64;
        sum += precision * tied.positives as f64;
    }
    (positives > 0 && negatives > 0).then(|| sum / positives as f64)
}
