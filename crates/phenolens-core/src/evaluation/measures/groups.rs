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

#[cfg(test)]
mod tests {
    use super::*;

    /// More than 256 samples in a group, each as often as a byte can tell: 16 bits do not hold their sum.
    #[test]
    fn sums_are_those_of_whole_numbers() {
        let mut groups = Groups::default();
        groups.push(0..600);
        groups.push([]);
        groups.push([600, 601]);
        let bytes: Vec<[u8; LANES]> = (0..602)
            .map(|sample| {
                std::array::from_fn(|lane| {
                    if lane == 0 {
                        255
                    } else {
                        (sample * lane % 7) as u8
                    }
                })
            })
            .collect();
        let mut sums = Vec::new();
        groups.sums(&bytes, &mut sums);
        let of = |lane: usize, samples: std::ops::Range<usize>| {
            bytes[samples]
                .iter()
                .map(|row| i32::from(row[lane]))
                .sum::<i32>()
        };
        let expected = [0..600, 0..0, 600..602]
            .map(|samples| std::array::from_fn(|lane| of(lane, samples.clone())));
        assert_eq!(sums, expected);
        assert_eq!(sums[0][0], 153_000);

        let whole: Vec<Counts> = bytes.iter().map(|row| row.map(i32::from)).collect();
        groups.sums(&whole, &mut sums);
        assert_eq!(sums, expected);
    }
}
