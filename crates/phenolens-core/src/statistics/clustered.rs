use super::{Interval, student_interval};

/// Numbers that come in clusters, as the images of a subject do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustered<'a> {
    /// The numbers.
    pub values: &'a [f64],
    /// The cluster of each, any indices, same shape.
    pub clusters: &'a [usize],
}

/// The interval of a mean of numbers that come in clusters.
///
/// ```text
/// m = ∑ S / ∑ n        S, n the sum and the number of values of each of G clusters
/// z = m + (S - m n) G / ∑ n
/// ```
///
/// is Student's interval of the z, whose mean is m: clusters are independent, values of one are not.
/// Fewer than two clusters have none.
///
/// * `confidence`: between 0 and 1.
///
/// # Panics
/// If there is not one cluster per value.
///
/// # Source
/// Cochran (1977), Sampling Techniques, 3rd edition, section 6.4: a mean as the ratio of two totals.
pub fn clustered_interval(numbers: Clustered, confidence: f64) -> Option<Interval> {
    let totals = [(1.0, numbers)];
    student_interval(&linearized(&totals), confidence)
}

/// The interval of a difference of two such means, `first - second`, of numbers that may share
/// clusters; made as that of [`clustered_interval`].
pub fn clustered_difference(
    first: Clustered,
    second: Clustered,
    confidence: f64,
) -> Option<Interval> {
    if first.values.is_empty() || second.values.is_empty() {
        return None;
    }
    let totals = [(1.0, first), (-1.0, second)];
    student_interval(&linearized(&totals), confidence)
}

/// For every cluster the number z whose mean is the sum of the signed means.
fn linearized(signed: &[(f64, Clustered)]) -> Vec<f64> {
    let mut value = 0.0;
    let mut deviations: Vec<(usize, f64)> = Vec::new();
    for &(sign, Clustered { values, clusters }) in signed {
        assert_eq!(values.len(), clusters.len(), "one cluster per value");
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        value += sign * mean;
        let deviation = |value: &f64| sign * (value - mean) / n;
        deviations.extend(clusters.iter().copied().zip(values.iter().map(deviation)));
    }
    // A stable sort: values of one cluster are summed in their order.
    deviations.sort_by_key(|&(cluster, _)| cluster);
    let blocks: Vec<&[(usize, f64)]> = deviations.chunk_by(|a, b| a.0 == b.0).collect();
    let n_clusters = blocks.len() as f64;
    let of_block = |block: &&[(usize, f64)]| {
        value + n_clusters * block.iter().map(|(_, deviation)| deviation).sum::<f64>()
    };
    blocks.iter().map(of_block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(values: &[f64], clusters: &[usize], confidence: f64) -> Option<Interval> {
        clustered_interval(Clustered { values, clusters }, confidence)
    }

    /// Two clusters, of 1, 2, 3 and of 6: by hand z = 3 + 2 (6 - 9) / 4 = 1.5 and 3 + 2 (6 - 3) / 4
    /// = 4.5, and t of one degree at 50 % is 1: 3 ± 1.5.
    #[test]
    fn interval_by_hand() {
        let interval = interval(&[1.0, 6.0, 2.0, 3.0], &[7, 2, 7, 7], 0.5);
        let interval = interval.expect("two clusters");
        // Within the rounding of t.
        assert!((interval.low - 1.5).abs() < 1e-12, "{interval:?}");
        assert!((interval.high - 4.5).abs() < 1e-12, "{interval:?}");
    }

    #[test]
    fn single_values_have_the_interval_of_student() {
        let values = [0.5, -1.0, 2.0, 0.25];
        let clustered = interval(&values, &[3, 1, 0, 2], 0.9).expect("four clusters");
        let plain = student_interval(&values, 0.9).expect("four values");
        // The values are added in another order.
        assert!((clustered.low - plain.low).abs() < 1e-14);
        assert!((clustered.high - plain.high).abs() < 1e-14);
    }

    #[test]
    fn one_cluster_has_no_interval() {
        assert_eq!(interval(&[1.0, 2.0], &[5, 5], 0.95), None);
        assert_eq!(interval(&[], &[], 0.95), None);
    }

    /// Every cluster has the same number in both: of each pair of values the second is 0.5 lower, so
    /// that the clusters' differences are all 0.5 and nothing is uncertain.
    #[test]
    fn clusters_in_both_means_cancel() {
        let (first, second) = ([1.0, 4.0, 2.0], [3.5, 0.5, 1.5]);
        let of = |values, clusters| Clustered { values, clusters };
        let paired = clustered_difference(of(&first, &[0, 1, 2]), of(&second, &[1, 0, 2]), 0.95);
        let paired = paired.expect("three clusters");
        assert!((paired.low - 0.5).abs() < 1e-14 && (paired.high - 0.5).abs() < 1e-14);
    }

    /// Clusters of their own: z = 1 - 6 (1 / 2), 1 + 6 (1 / 2), 1 and so on, by hand with the means 2
    /// of 1, 3 and 1 of 1, 1, 1, 1: z = -2, 4, 1, 1, 1, 1, s² = 18 / 5, error √0.6.
    #[test]
    fn difference_of_separate_clusters_by_hand() {
        let of = |values, clusters| Clustered { values, clusters };
        let found =
            clustered_difference(of(&[1.0, 3.0], &[0, 1]), of(&[1.0; 4], &[2, 3, 4, 5]), 0.95);
        let found = found.expect("six clusters");
        // Half of 5 % beyond t = 2.5705818366147 of five degrees (scipy 1.17.1).
        let reach = 2.5705818366147 * 0.6_f64.sqrt();
        assert!((found.low - (1.0 - reach)).abs() < 1e-9, "{found:?}");
        assert!((found.high - (1.0 + reach)).abs() < 1e-9, "{found:?}");
        assert_eq!(
            clustered_difference(of(&[], &[]), of(&[1.0], &[0]), 0.95),
            None
        );
    }
}
