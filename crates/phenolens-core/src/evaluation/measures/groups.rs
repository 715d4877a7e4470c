use super::lanes::{Counts, LANES, Multiplicity};

/// Groups of samples, whose multiplicities are added up.
///
/// Only groups with a sample are kept, so that adding up does not stumble over empty ones: where
/// nearly all scores differ, half of the groups are empty and the others have one sample.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Groups {
    n_groups: usize,
    /// The groups that are not empty, rising.
    filled: Vec<usize>,
    /// Where each of those ends in `samples`.
    ends: Vec<usize>,
    samples: Vec<u32>,
}

impl Groups {
    /// Adds a group, which may be empty.
    pub(super) fn push(&mut self, samples: impl IntoIterator<Item = usize>) {
        let start = self.samples.len();
        let index = |sample| u32::try_from(sample).expect("neighbor tables index samples by u32");
        self.samples.extend(samples.into_iter().map(index));
        if self.samples.len() > start {
            self.filled.push(self.n_groups);
            self.ends.push(self.samples.len());
        }
        self.n_groups += 1;
    }

    /// Sets `sums` to the sum of the multiplicities of each group.
    pub(super) fn sums<T: Multiplicity>(
        &self,
        multiplicities: &[[T; LANES]],
        sums: &mut Vec<Counts>,
    ) {
        sums.clear();
        sums.resize(self.n_groups, [0; LANES]);
        let mut start = 0;
        for (&group, &end) in self.filled.iter().zip(&self.ends) {
            sums[group] = T::sum(&self.samples[start..end], multiplicities);
            start = end;
        }
    }
}
