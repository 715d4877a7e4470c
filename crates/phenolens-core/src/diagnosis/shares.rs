//! Shares of samples that have some property, with the number of independent subjects behind them.

use super::Estimate;
use crate::statistics::{Interval, Proportion, difference_of_proportions, wilson_interval};

/// Samples, and how many of them have a property.
#[derive(Default)]
pub(super) struct Share {
    /// The subject of each sample.
    groups: Vec<usize>,
    pub(super) n_with: usize,
}

impl Share {
    pub(super) fn add(&mut self, group: usize, has: bool) {
        self.groups.push(group);
        self.n_with += usize::from(has);
    }

    pub(super) fn n(&self) -> usize {
        self.groups.len()
    }

    /// Wilson's interval with the effective number of subjects; `None` without samples.
    pub(super) fn interval(&self, confidence: f64) -> Option<Interval> {
        let Proportion { share, n } = self.proportion()?;
        Some(wilson_interval(share, n, confidence))
    }

    /// This share minus another, the interval with the effective numbers of subjects; `None` where
    /// one of them has no samples.
    ///
    /// A subject with samples in both is taken as two, which makes the interval rather too wide:
    /// such samples are alike.
    pub(super) fn minus(&self, other: &Share, confidence: f64) -> Option<Estimate> {
        let (first, second) = (self.proportion()?, other.proportion()?);
        Some(Estimate {
            value: first.share - second.share,
            interval: Some(difference_of_proportions(first, second, confidence)),
        })
    }

    /// With `(∑ mₛ)² / ∑ mₛ²` trials, mₛ samples of subject s (Kish 1965).
    fn proportion(&self) -> Option<Proportion> {
        let mut groups = self.groups.clone();
        groups.sort_unstable();
        let sizes = groups.chunk_by(|a, b| a == b).map(<[usize]>::len);
        let squares: usize = sizes.map(|size| size * size).sum();
        let n = self.n() as f64;
        (self.n() > 0).then(|| Proportion {
            share: self.n_with as f64 / n,
            n: n * n / squares as f64,
        })
    }
}
