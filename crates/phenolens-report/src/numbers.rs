//! How numbers are written for readers.
//!
//! Measures have three decimals, shares one decimal of a percent, differences of measures one
//! decimal of a percentage point, or as many more as show that they are not 0; whole numbers have a comma between thousands; a minus is `−`.

use phenolens_core::evaluation::{Interval, Measure};

/// A whole number: `1,116`.
pub(crate) fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with a fixed number of decimals: `0.754`, `−0.030`; never `−0.000`.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// A number with its sign: `+2.3`, `−0.4`, `0.0`.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value > 0.0 && !is_zero {
        format!("+{text}")
    } else {
        text
    }
}

/// A measure: `0.754`.
pub(crate) fn measure(value: f64) -> String {
    fixed(value, 3)
}

/// A measure, or a dash where it is undefined.
pub(crate) fn optional_measure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), measure)
}

/// An interval of a measure: `[0.721, 0.786]`.
pub(crate) fn interval(interval: Interval) -> String {
    format!("[{}, {}]", measure(interval.low), measure(interval.high))
}

/// A measure and, where there is one, its interval: `0.754 [0.721, 0.786]`.
pub(crate) fn with_interval(value: Option<f64>, range: Option<Interval>) -> String {
    match (value, range) {
        (Some(value), Some(range)) => format!("{} {}", measure(value), interval(range)),
        (value, _) => optional_measure(value),
    }
}

/// A share as a percentage: `87.5%`.
pub(crate) fn percent(share: f64) -> String {
    format!("{}%", fixed(share * 100.0, 1))
}

/// Does a difference of this measure read best in percentage points?
pub(crate) fn is_in_points(measure: Measure) -> bool {
    !matches!(
        measure,
        Measure::LogLoss | Measure::Brier | Measure::Mcc | Measure::Mrr
    )
}

/// The size of a difference of a measure, without its sign: `2.3 points`, or `0.031` where the
/// measure is no share.
pub(crate) fn difference(of: Measure, value: f64) -> String {
    let size = value.abs() * unit(of);
    let text = fixed(size, decimals(of, size));
    match (is_in_points(of), text.as_str()) {
        (true, "1.0") => format!("{text} point"),
        (true, _) => format!("{text} points"),
        (false, _) => text,
    }
}

/// An interval of a difference of a measure: `[−0.4, 5.1]`, in the unit of [`difference`].
pub(crate) fn difference_interval(of: Measure, range: Interval) -> String {
    let [low, high] = [range.low, range.high].map(|end| end * unit(of));
    let decimals = decimals(of, low.abs().max(high.abs()));
    format!("[{}, {}]", signed(low, decimals), signed(high, decimals))
}

/// What a difference is multiplied by to be written.
fn unit(of: Measure) -> f64 {
    if is_in_points(of) { 100.0 } else { 1.0 }
}

/// How many decimals a difference of such a size has in its unit: one or three, and up to three more
/// where it would look like 0.
fn decimals(of: Measure, size: f64) -> usize {
    let (usual, mut tens) = if is_in_points(of) {
        (1, 10.0)
    } else {
        (3, 1e3)
    };
    for decimals in usual..=usual + 3 {
        if size * tens >= 0.5 {
            return decimals;
        }
        tens *= 10.0;
    }
    usual
}

/// A p-value with its letter: `p = 0.032`, `p < 0.001`.
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {}", fixed(p, 3))
    }
}

/// A difference of a measure with its sign and without its unit: `+2.3`, `−0.031`.
pub(crate) fn signed_difference(of: Measure, value: f64) -> String {
    let value = value * unit(of);
    signed(value, decimals(of, value.abs()))
}

/// A p-value without its letter: `0.032`, `< 0.001`.
pub(crate) fn bare_p_value(p: f64) -> String {
    let text = p_value(p);
    text.trim_start_matches("p = ")
        .trim_start_matches("p ")
        .to_owned()
}

/// A setting or another number whose digits are its own: `30`, `93`, `0.25`, `93.08`.
pub(crate) fn plain(value: f64) -> String {
    let text = fixed(value, 2);
    match text.strip_suffix(".00") {
        Some(whole) => whole.to_owned(),
        None => text.strip_suffix('0').map_or(text.clone(), str::to_owned),
    }
}

/// A confidence as a percentage without needless decimals: `95%`, `99.5%`.
pub(crate) fn confidence(value: f64) -> String {
    format!("{}%", plain(value * 100.0))
}

/// A size in bytes: `1,482,113 bytes`.
pub(crate) fn bytes(value: u64) -> String {
    match usize::try_from(value) {
        Ok(1) => "1 byte".to_owned(),
        Ok(value) => format!("{} bytes", count(value)),
        Err(_) => format!("{value} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_hand() {
        for (value, expected) in [
            (0, "0"),
            (999, "999"),
            (1116, "1,116"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(value), expected);
        }
        assert_eq!(fixed(-0.0004, 3), "0.000");
        assert_eq!(fixed(-0.0304, 3), "−0.030");
        assert_eq!(signed(2.31, 1), "+2.3");
        assert_eq!(signed(0.01, 1), "0.0");
        assert_eq!(percent(0.8754), "87.5%");
        assert_eq!(optional_measure(None), "–");
        assert_eq!(plain(30.0), "30");
        assert_eq!(plain(0.25), "0.25");
        assert_eq!(plain(0.5), "0.5");
        assert_eq!(confidence(0.995), "99.5%");
        assert_eq!(p_value(0.0005), "p < 0.001");
        assert_eq!(p_value(0.032), "p = 0.032");
    }

    #[test]
    fn differences_are_in_points_unless_the_measure_is_no_share() {
        let range = Interval {
            low: -0.004,
            high: 0.051,
        };
        assert_eq!(difference(Measure::F1Macro, -0.0231), "2.3 points");
        assert_eq!(difference(Measure::F1Macro, 0.0101), "1.0 point");
        assert_eq!(difference(Measure::LogLoss, 0.0231), "0.023");
        assert_eq!(difference(Measure::F1Macro, 0.000_21), "0.02 points");
        assert_eq!(difference(Measure::F1Macro, -0.000_006), "0.001 points");
        assert_eq!(difference(Measure::F1Macro, 0.0), "0.0 points");
        assert_eq!(difference(Measure::Brier, 0.000_02), "0.00002");
        assert_eq!(signed_difference(Measure::F1Macro, -0.000_4), "−0.04");
        let narrow = Interval {
            low: -0.000_01,
            high: 0.000_3,
        };
        assert_eq!(
            difference_interval(Measure::F1Macro, narrow),
            "[0.00, +0.03]"
        );
        assert_eq!(difference_interval(Measure::F1Macro, range), "[−0.4, +5.1]");
        assert_eq!(
            difference_interval(Measure::Brier, range),
            "[−0.004, +0.051]"
        );
    }
}
