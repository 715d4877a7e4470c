//! Rates, rounded until no count smaller than eleven shows through.

use super::MIN_SHOWN;

/// What rates are rounded to, and the decimals that this takes.
const STEPS: [(f64, usize); 10] = [
    (0.001, 3),
    (0.002, 3),
    (0.005, 3),
    (0.01, 2),
    (0.02, 2),
    (0.05, 2),
    (0.1, 1),
    (0.2, 1),
    (0.25, 2),
    (0.5, 1),
];

/// What a rate is rounded to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    size: f64,
    decimals: usize,
}

impl Step {
    /// The step for rates over `n` samples or subjects; `None` where they are too few.
    ///
    /// The finest that spans at least eleven of them, so that a rate and `n` leave eleven counts possible,
    /// or six next to 0 and 1. It depends on `n` alone: one that depended on what is hidden would tell of
    /// it.
    pub(super) fn for_count(n: usize) -> Option<Step> {
        let steps = STEPS.into_iter();
        let mut steps = steps.map(|(size, decimals)| Step { size, decimals });
        steps.find(|step| step.size * n as f64 >= MIN_SHOWN as f64)
    }

    /// The nearest multiple.
    pub(super) fn rounded(self, value: f64) -> String {
        self.text((value / self.size).round())
    }

    /// The next multiple below, or the value itself.
    pub(super) fn below(self, value: f64) -> String {
        self.text((value / self.size).floor())
    }

    /// The next multiple above, or the value itself.
    pub(super) fn above(self, value: f64) -> String {
        self.text((value / self.size).ceil())
    }

    /// The step as a number.
    pub(super) fn name(self) -> String {
        format!("{:.*}", self.decimals, self.size)
    }

    fn text(self, multiple: f64) -> String {
        // Adding zero turns minus zero into zero.
        format!("{:.*}", self.decimals, multiple * self.size + 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(n: usize) -> Option<String> {
        Step::for_count(n).map(Step::name)
    }

    #[test]
    fn steps_by_hand() {
        assert_eq!(first(21), None);
        assert_eq!(first(22).as_deref(), Some("0.5"));
        assert_eq!(first(44).as_deref(), Some("0.25"));
        assert_eq!(first(100).as_deref(), Some("0.2"));
        assert_eq!(first(1116).as_deref(), Some("0.01"));
        assert_eq!(first(1_000_000).as_deref(), Some("0.001"));
    }

    #[test]
    fn multiples_by_hand() {
        let step = Step::for_count(1116).expect("enough");
        assert_eq!(step.rounded(0.7849), "0.78");
        assert_eq!(step.below(0.7849), "0.78");
        assert_eq!(step.above(0.7812), "0.79");
        assert_eq!(step.rounded(-0.001), "0.00");
        assert_eq!(step.rounded(1.0), "1.00");
    }

    /// Every number of errors out of every n is one of at least six that give the same rounded rate.
    #[test]
    fn a_rounded_rate_and_its_denominator_leave_six_counts() {
        for n in 22..400 {
            let step = Step::for_count(n).expect("enough");
            let shown: Vec<String> = (0..=n)
                .map(|count| step.rounded(count as f64 / n as f64))
                .collect();
            for alike in shown.chunk_by(|one, other| one == other) {
                assert!(alike.len() >= 6, "{} of {n}", alike[0]);
            }
        }
    }
}
