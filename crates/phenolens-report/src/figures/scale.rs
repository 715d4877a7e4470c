//! From values to px, and where the ticks of an axis stand.

use crate::numbers::{count, fixed};

/// A linear scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The values at the two ends.
    pub(super) domain: [f64; 2],
    /// The px at the two ends; falling for an axis that points up.
    pub(super) range: [f64; 2],
}

impl Scale {
    /// A scale; a domain without extent is widened by one half to both sides.
    pub(super) fn new(domain: [f64; 2], range: [f64; 2]) -> Scale {
        let domain = match domain[1] > domain[0] {
            true => domain,
            false => [domain[0] - 0.5, domain[0] + 0.5],
        };
        Scale { domain, range }
    }

    /// The px of a value.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value - self.domain[0]) / (self.domain[1] - self.domain[0]);
        self.range[0] + share * (self.range[1] - self.range[0])
    }

    /// The px of a value, or of the end beyond which it lies.
    pub(super) fn clamped(&self, value: f64) -> f64 {
        self.at(value.clamp(self.domain[0], self.domain[1]))
    }
}

/// Where an axis has a tick, and what is written there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) text: String,
}

/// Ticks at multiples of 1, 2 or 5 times a power of ten inside `domain`, about `n_wanted` of them.
pub(super) fn ticks(domain: [f64; 2], n_wanted: usize) -> Vec<Tick> {
    ticks_by(
        nice_step((domain[1] - domain[0]) / n_wanted.max(1) as f64),
        domain,
    )
}

fn ticks_by(step: f64, [low, high]: [f64; 2]) -> Vec<Tick> {
    // A tick at an end counts as inside although its product is rounded.
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let decimals = decimals(step);
    (first..=last)
        .map(|index| index as f64 * step)
        .map(|value| Tick {
            value,
            text: match decimals {
                0 if value >= 0.0 => count(value.round() as usize),
                _ => fixed(value, decimals),
            },
        })
        .collect()
}

/// Whole-numbered ticks inside `domain`, at most `n_wanted` and a few of them.
pub(super) fn whole_ticks(domain: [f64; 2], n_wanted: usize) -> Vec<Tick> {
    let [low, high] = domain;
    ticks(domain, n_wanted.min((high - low) as usize).max(1))
        .into_iter()
        .filter(|tick| tick.value.fract() == 0.0)
        .collect()
}

/// The smallest domain around the values that begins and ends at a tick, cut to `limits`, and its
/// ticks, about `n_wanted` of them.
pub(super) fn nice_axis(
    values: impl IntoIterator<Item = f64>,
    limits: [f64; 2],
    n_wanted: usize,
) -> ([f64; 2], Vec<Tick>) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.into_iter().filter(|value| value.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low >= high {
        let middle = if low.is_finite() { low } else { 0.5 };
        (low, high) = (middle - 0.5, middle + 0.5);
    }
    let step = nice_step((high - low) / n_wanted.max(1) as f64);
    let low = ((low / step + 1e-9).floor() * step).max(limits[0]);
    let high = ((high / step - 1e-9).ceil() * step).min(limits[1]);
    ([low, high], ticks_by(step, [low, high]))
}

/// The least of 1, 2 or 5 times a power of ten that is not less than `raw`.
fn nice_step(raw: f64) -> f64 {
    // By products and quotients of 10, which round alike everywhere, rather than by a logarithm.
    let mut power = 1.0;
    while power * 10.0 <= raw {
        power *= 10.0;
    }
    while power > raw && power > 1e-12 {
        power /= 10.0;
    }
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= raw * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// Decimals that tell multiples of `step` apart.
fn decimals(step: f64) -> usize {
    let is_whole = |decimals: &usize| {
        let scaled = step * (0..*decimals).fold(1.0, |product, _| product * 10.0);
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    };
    (0..9).find(is_whole).unwrap_or(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(domain: [f64; 2], n_wanted: usize) -> Vec<String> {
        ticks(domain, n_wanted)
            .into_iter()
            .map(|tick| tick.text)
            .collect()
    }

    #[test]
    fn ticks_by_hand() {
        assert_eq!(
            texts([0.0, 1.0], 5),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(texts([0.62, 0.81], 4), ["0.65", "0.70", "0.75", "0.80"]);
        assert_eq!(
            texts([0.0, 2300.0], 5),
            ["0", "500", "1,000", "1,500", "2,000"]
        );
        assert_eq!(texts([-0.1, 0.1], 2), ["−0.1", "0.0", "0.1"]);
        assert_eq!(
            texts([1.0, 15.0], 7),
            ["2", "4", "6", "8", "10", "12", "14"]
        );
    }

    #[test]
    fn whole_ticks_have_no_fractions() {
        let values = |domain, n| whole_ticks(domain, n).into_iter().map(|tick| tick.value);
        assert_eq!(values([1.0, 3.0], 8).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
        assert_eq!(values([0.5, 1.5], 8).collect::<Vec<_>>(), [1.0]);
    }

    #[test]
    fn a_nice_axis_holds_its_values() {
        let axis = |values: &[f64]| {
            let (domain, ticks) = nice_axis(values.iter().copied(), [0.0, 1.0], 4);
            let texts: Vec<String> = ticks.into_iter().map(|tick| tick.text).collect();
            (domain.map(|end| fixed(end, 6)), texts.join(" "))
        };
        let expected =
            |low: &str, high: &str, ticks: &str| ([low, high].map(String::from), ticks.to_owned());
        assert_eq!(
            axis(&[0.62, 0.81]),
            expected("0.600000", "0.850000", "0.60 0.65 0.70 0.75 0.80 0.85")
        );
        // 1.04 lies beyond what a measure can be.
        assert_eq!(
            axis(&[0.91, 1.04]),
            expected("0.900000", "1.000000", "0.90 0.95 1.00")
        );
        assert_eq!(
            axis(&[0.5]),
            expected("0.000000", "1.000000", "0.0 0.5 1.0")
        );
        assert_eq!(axis(&[]), expected("0.000000", "1.000000", "0.0 0.5 1.0"));
    }

    #[test]
    fn steps_are_the_next_nice_number() {
        for (raw, step) in [
            (1.0, 1.0),
            (1.1, 2.0),
            (2.5, 5.0),
            (7.0, 10.0),
            (300.0, 500.0),
        ] {
            assert_eq!(nice_step(raw), step);
        }
        assert!((nice_step(0.03) - 0.05).abs() < 1e-12);
    }

    #[test]
    fn a_scale_without_extent_has_its_value_in_the_middle() {
        assert_eq!(Scale::new([3.0, 3.0], [0.0, 10.0]).at(3.0), 5.0);
        assert_eq!(Scale::new([0.0, 2.0], [10.0, 0.0]).clamped(5.0), 0.0);
    }
}
