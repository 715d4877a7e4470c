use super::{Interval, wilson_interval};

/// A share of independent trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// The share, from 0 to 1.
    pub share: f64,
    /// The trials, possibly an effective number and so no integer.
    pub n: f64,
}

/// The interval of a difference of two independent proportions, `first - second`.
///
/// ```text
/// d - √( (p₁ - l₁)² + (u₂ - p₂)² )   to   d + √( (u₁ - p₁)² + (p₂ - l₂)² )
/// ```
///
/// with the ends l and u of Wilson's intervals. Unlike that of the normal distribution it does not
/// vanish where both proportions are 0 or 1.
///
/// * `confidence`: between 0 and 1.
///
/// # Source
/// Newcombe (1998), Stat. Med. 17, 873-890, method 10.
pub fn difference_of_proportions(
    first: Proportion,
    second: Proportion,
    confidence: f64,
) -> Interval {
    let [one, two] = [first, second].map(|p| wilson_interval(p.share, p.n, confidence));
    let length = |a: f64, b: f64| (a * a + b * b).sqrt();
    let difference = first.share - second.share;
    Interval {
        low: difference - length(first.share - one.low, two.high - second.share),
        high: difference + length(one.high - first.share, second.share - two.low),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked examples of Newcombe's table II, method 10, at 95 %.
    #[test]
    fn intervals_are_those_of_the_paper() {
        for (a, m, b, n, low, high) in [
            (56.0, 70.0, 48.0, 80.0, 0.0524, 0.3339),
            (9.0, 10.0, 3.0, 10.0, 0.1705, 0.8090),
            (10.0, 10.0, 0.0, 20.0, 0.6791, 1.0000),
            (0.0, 10.0, 0.0, 20.0, -0.1611, 0.2775),
        ] {
            let proportion = |count: f64, n: f64| Proportion {
                share: count / n,
                n,
            };
            let interval = difference_of_proportions(proportion(a, m), proportion(b, n), 0.95);
            // The paper has four digits.
            assert!((interval.low - low).abs() < 6e-5, "{interval:?}");
            assert!((interval.high - high).abs() < 6e-5, "{interval:?}");
        }
    }
}
