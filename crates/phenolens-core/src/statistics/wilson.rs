//! An interval for a proportion.

use super::Interval;

/// Wilson's interval of a proportion: those values that a two-sided score test does not reject.
///
/// ```text
///          1          z²           p (1 - p)     z²
///     ────────── ( p + ──  ±  z √ ( ───────── + ──── ) )       z = Φ⁻¹( (1 + confidence) / 2 )
///      1 + z²/n       2n              n         4n²
/// ```
///
/// * `proportion`: p, from 0 to 1.
/// * `n`: trials, possibly an effective number and so no integer; 0 gives the interval from 0 to 1.
/// * `confidence`: between 0 and 1.
///
/// Both ends lie in `[0, 1]`, with `proportion` between them.
///
/// # Source
/// Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
pub fn wilson_interval(proportion: f64, n: f64, confidence: f64) -> Interval {
    if n == 0.0 {
        return Interval {
            low: 0.0,
            high: 1.0,
        };
    }
    let z = two_sided_quantile(confidence);
    let shrinkage = 1.0 + z * z / n;
    let center = (proportion + z * z / (2.0 * n)) / shrinkage;
    let variance = proportion * (1.0 - proportion) / n + z * z / (4.0 * n * n);
    let half_width = z * variance.sqrt() / shrinkage;
    // Rounding moves an end that is 0, 1 or the proportion itself by some 10⁻¹⁷.
    Interval {
        low: (center - half_width).clamp(0.0, proportion),
        high: (center + half_width).clamp(proportion, 1.0),
    }
}

/// The z for which a standard normal number lies in `[-z, z]` with probability `confidence`, which
/// is between 0 and 1.
///
/// Halves `[0, 40]`, beyond which 64-bit probabilities are 0, until no number lies between the ends;
/// as exact as `erfc` is.
fn two_sided_quantile(confidence: f64) -> f64 {
    let outside = 1.0 - confidence;
    let (mut low, mut high) = (0.0, 40.0);
    loop {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if libm::erfc(middle / core::f64::consts::SQRT_2) > outside {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.norm.isf((1 - confidence) / 2)` of scipy 1.17.1.
    const QUANTILES: [(f64, f64); 9] = [
        (0.01, 0.012533469508069276),
        (0.5, 0.6744897501960817),
        (0.6826894921370859, 1.0),
        (0.8, 1.2815515655446004),
        (0.9, 1.6448536269514729),
        (0.95, 1.959963984540054),
        (0.99, 2.5758293035489004),
        (0.999, 3.2905267314918945),
        (0.9999999, 5.326723886480144),
    ];

    /// Successes, trials, confidence and the two ends: `binomtest(successes, trials)
    /// .proportion_ci(confidence, method="wilson")` of scipy 1.17.1.
    const INTERVALS: [(f64, f64, f64, f64, f64); 10] = [
        (0.0, 10.0, 0.9, 0.0, 0.21294197008340698),
        (0.0, 10.0, 0.95, 0.0, 0.27753279986288926),
        (3.0, 10.0, 0.9, 0.1268765839031979, 0.5583002041301649),
        (3.0, 10.0, 0.95, 0.10779126740630102, 0.6032218525388546),
        (10.0, 10.0, 0.9, 0.787058029916593, 1.0),
        (10.0, 10.0, 0.95, 0.7224672001371109, 1.0),
        (57.0, 60.0, 0.9, 0.8813248674127362, 0.9798430138533206),
        (57.0, 60.0, 0.95, 0.8629948352365148, 0.9828504978356044),
        (1.0, 1.0, 0.9, 0.2698659487840541, 1.0),
        (1.0, 1.0, 0.95, 0.20654931437723745, 1.0),
    ];

    /// The tolerance is some rounding errors of the arguments; what a quantile makes of that of
    /// `1 - confidence` grows as the outside shrinks.
    #[test]
    fn quantiles_are_those_of_scipy() {
        for (confidence, expected) in QUANTILES {
            let z = two_sided_quantile(confidence);
            let tolerance = 4.0 * f64::EPSILON * expected + f64::EPSILON / (1.0 - confidence);
            assert!((z - expected).abs() <= tolerance, "{confidence}: {z}");
        }
    }

    /// Within some ten rounding errors of numbers near 1.
    #[test]
    fn intervals_are_those_of_scipy() {
        for (successes, trials, confidence, low, high) in INTERVALS {
            let interval = wilson_interval(successes / trials, trials, confidence);
            assert!(
                (interval.low - low).abs() < 2e-15,
                "{interval:?}, not {low}"
            );
            assert!(
                (interval.high - high).abs() < 2e-15,
                "{interval:?}, not {high}"
            );
        }
    }

    #[test]
    fn interval_without_trials_is_everything() {
        let (low, high) = (0.0, 1.0);
        assert_eq!(wilson_interval(0.0, 0.0, 0.95), Interval { low, high });
    }
}
