use serde::Serialize;

/// An interval of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether all of it lies on one side of 0.
    pub fn excludes_zero(self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// Between the percentiles that leave out equally much on both sides; `None` of no values.
///
/// * `values`: in any order, none of them NaN;
/// * `confidence`: between 0 and 1.
///
/// # Source
/// Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3; the percentiles are
/// interpolated linearly between order statistics (type 7 of Hyndman & Fan 1996, Am. Stat. 50,
/// 361-365).
pub fn percentile_interval(mut values: Vec<f64>, confidence: f64) -> Option<Interval> {
    if values.is_empty() {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    Some(Interval {
        low: percentile(&values, (1.0 - confidence) / 2.0),
        high: percentile(&values, (1.0 + confidence) / 2.0),
    })
}

/// The value that a share of rising values, at least one, lies below.
pub(crate) fn percentile(rising: &[f64], share: f64) -> f64 {
    let last = rising.len() - 1;
    let position = share * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    rising[below] + (position - position.floor()) * (rising[above] - rising[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_interpolated_between_order_statistics() {
        let check = |values: &[f64], confidence: f64, low: f64, high: f64| {
            let interval =
                percentile_interval(values.to_vec(), confidence).expect("there are values");
            // A rounding of the position moves the result by its like.
            assert!(
                (interval.low - low).abs() < 1e-14,
                "{interval:?}, not from {low}"
            );
            assert!(
                (interval.high - high).abs() < 1e-14,
                "{interval:?}, not to {high}"
            );
        };
        check(&[5.0, 1.0, 4.0, 2.0, 3.0], 0.5, 2.0, 4.0);
        check(&[5.0, 1.0, 4.0, 2.0, 3.0], 0.95, 1.1, 4.9);
        check(&[4.0, 0.0], 0.5, 1.0, 3.0);
        check(&[7.0], 0.9, 7.0, 7.0);
        assert_eq!(percentile_interval(Vec::new(), 0.9), None);
    }
}
