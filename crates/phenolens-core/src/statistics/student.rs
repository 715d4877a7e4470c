//! Student's t distribution.

use super::Interval;

/// Two-sided p-value of a t statistic: the probability that a number of Student's distribution is as
/// far from 0.
///
/// ```text
/// p  =  I( ν / (ν + t²);  ν/2, 1/2 )        I the regularized incomplete beta function
/// ```
///
/// * `t`: any number but NaN;
/// * `degrees`: ν, degrees of freedom, above 0.
///
/// # Source
/// Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.1.
pub fn student_p_value(t: f64, degrees: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    let square = t * t;
    // Both arguments are given, so that neither loses digits by subtraction from 1.
    incomplete_beta(
        degrees / (degrees + square),
        square / (degrees + square),
        degrees / 2.0,
        0.5,
    )
}

/// The interval of a mean of independent numbers, by Student's distribution.
///
/// ```text
/// mean  ±  t s / √n        s² = ∑ (xᵢ - mean)² / (n - 1),  t of n - 1 degrees of freedom
/// ```
///
/// * `values`: the numbers; fewer than two have no interval;
/// * `confidence`: between 0 and 1.
///
/// # Source
/// Student (1908), Biometrika 6, 1-25.
pub fn student_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    interval(values, 1.0 / values.len() as f64, confidence)
}

/// The interval of a mean over test folds whose training parts overlap, by the corrected resampled t
/// statistic.
///
/// ```text
/// mean  ±  t √( (1/n + n_test / n_training) s² )        s² as in [`student_interval`]
/// ```
///
/// * `values`: one for each fold of each repeat; fewer than two have no interval;
/// * `test_over_training`: samples that a fold tests over those that train for it;
/// * `confidence`: between 0 and 1.
///
/// # Source
/// Nadeau & Bengio (2003), Mach. Learn. 52, 239-281.
pub fn corrected_interval(
    values: &[f64],
    test_over_training: f64,
    confidence: f64,
) -> Option<Interval> {
    let share_of_variance = 1.0 / values.len() as f64 + test_over_training;
    interval(values, share_of_variance, confidence)
}

/// The interval of a mean whose variance is a share of that of the values.
fn interval(values: &[f64], share_of_variance: f64, confidence: f64) -> Option<Interval> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|value| (value - mean) * (value - mean));
    let variance = squares.sum::<f64>() / (n - 1.0);
    let reach = (share_of_variance * variance).sqrt() * two_sided_quantile(confidence, n - 1.0);
    Some(Interval {
        low: mean - reach,
        high: mean + reach,
    })
}

/// The t for which a number of Student's distribution lies in `[-t, t]` with probability
/// `confidence`: by doubling, then by halving until no number lies between the ends.
fn two_sided_quantile(confidence: f64, degrees: f64) -> f64 {
    let outside = 1.0 - confidence;
    let (mut low, mut high) = (0.0, 1.0);
    while student_p_value(high, degrees) > outside {
        (low, high) = (high, 2.0 * high);
    }
    loop {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if student_p_value(middle, degrees) > outside {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The regularized incomplete beta function `I(x; a, b)`, by its continued fraction.
///
/// * `x`, `rest`: from 0 to 1, with `x + rest = 1`.
///
/// # Source
/// Abramowitz & Stegun (1964), 26.5.8; evaluated as Lentz (1976), Appl. Opt. 15, 668-671, does.
fn incomplete_beta(x: f64, rest: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    // The fraction converges fast below the mean of the distribution.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(rest, x, b, a);
    }
    let log_front = a * libm::log(x) + b * libm::log(rest) + libm::lgamma(a + b)
        - libm::lgamma(a)
        - libm::lgamma(b);
    let tiny = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < tiny { tiny } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..=10_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            factor = c * d;
            fraction *= factor;
        }
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    libm::exp(log_front) * fraction / a
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `2 * scipy.stats.t.sf(t, degrees)` of scipy 1.17.1.
    const P_VALUES: [(f64, f64, f64); 8] = [
        (0.0, 9.0, 1.0),
        (0.5, 1.0, 0.7048327646991335),
        (2.262157162740992, 9.0, 0.0500000000046757),
        (-3.2, 9.0, 0.010831302589901321),
        (1.0, 4.5, 0.3680050838801885),
        (12.0, 9.0, 7.699886222985653e-07),
        (1.96, 99999.0, 0.049998563222030994),
        (40.0, 3.0, 3.4380680789158506e-05),
    ];

    /// Confidence, degrees and `scipy.stats.t.isf((1 - confidence) / 2, degrees)` of scipy 1.17.1.
    const QUANTILES: [(f64, f64, f64); 5] = [
        (0.95, 9.0, 2.262157162798205),
        (0.95, 1.0, 12.706204736174694),
        (0.5, 4.0, 0.7406970841126829),
        (0.99, 29.0, 2.756385903670605),
        (0.9, 1000.0, 1.646378817285465),
    ];

    /// The logarithms of the gamma function reach some 10⁶ for the largest degrees here, each within a
    /// rounding error.
    #[test]
    fn p_values_are_those_of_scipy() {
        for (t, degrees, expected) in P_VALUES {
            let found = student_p_value(t, degrees);
            let tolerance = (1e-13 + 1e-15 * degrees) * expected;
            assert!(
                (found - expected).abs() <= tolerance,
                "{t} {degrees}: {found}"
            );
        }
        assert_eq!(student_p_value(f64::INFINITY, 3.0), 0.0);
    }

    #[test]
    fn quantiles_are_those_of_scipy() {
        for (confidence, degrees, expected) in QUANTILES {
            let found = two_sided_quantile(confidence, degrees);
            assert!(
                (found - expected).abs() <= 1e-11 * expected,
                "{confidence} {degrees}: {found}"
            );
        }
    }

    /// Of 1, 2, 3: mean 2, s = 1, t of 2 degrees of freedom at 95 % is 4.302652729911275 (its closed
    /// form is 0.95 √(2 / (1 - 0.95²))), divided by √3.
    #[test]
    fn interval_by_hand() {
        let reach = 0.95 * (2.0_f64 / (1.0 - 0.95 * 0.95)).sqrt() / 3.0_f64.sqrt();
        let interval = student_interval(&[3.0, 1.0, 2.0], 0.95).expect("three values");
        assert!((interval.low - (2.0 - reach)).abs() < 1e-12, "{interval:?}");
        assert!(
            (interval.high - (2.0 + reach)).abs() < 1e-12,
            "{interval:?}"
        );
        assert_eq!(student_interval(&[1.0], 0.95), None);
    }
}
