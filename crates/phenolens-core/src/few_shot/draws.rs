use super::MOST_TESTED;
use crate::random::{Stream, Use};

/// One drawing of the subjects that teach, for every size and every set of classes.
pub(super) struct Draw {
    /// The place of every sample's subject in the random order of its class, from 0.
    places: Vec<usize>,
    /// All samples in a random order, where not all of them may be tested.
    priorities: Option<Vec<usize>>,
}

impl Draw {
    /// * `units`: for each class its subjects, each a list of samples below `n_samples`.
    pub(super) fn new(units: &[Vec<Vec<usize>>], n_samples: usize, seed: u64, draw: u64) -> Draw {
        let mut stream = Stream::new(seed, Use::FewShot, draw);
        let mut places = vec![0; n_samples];
        for units in units {
            let mut order: Vec<&Vec<usize>> = units.iter().collect();
            stream.shuffle(&mut order);
            for (place, samples) in order.into_iter().enumerate() {
                for &sample in samples {
                    places[sample] = place;
                }
            }
        }
        let priorities = (n_samples > MOST_TESTED).then(|| {
            let mut order: Vec<usize> = (0..n_samples).collect();
            stream.shuffle(&mut order);
            order
        });
        Draw { places, priorities }
    }

    /// The place of a sample's subject in the random order of its class.
    pub(super) fn place(&self, sample: usize) -> usize {
        self.places[sample]
    }

    /// Whether each sample is tested: all that may be, or about [`MOST_TESTED`] of them, the same share
    /// of each class, rounded up.
    pub(super) fn tested(
        &self,
        classes: &[usize],
        may_be_tested: impl Fn(usize) -> bool,
    ) -> Vec<bool> {
        let all: Vec<bool> = (0..classes.len()).map(may_be_tested).collect();
        let mut left = vec![0; classes.iter().max().map_or(0, |&last| last + 1)];
        for (&class, _) in classes.iter().zip(&all).filter(|(_, may_be)| **may_be) {
            left[class] += 1;
        }
        let n_all: usize = left.iter().sum();
        let Some(priorities) = self.priorities.as_ref().filter(|_| n_all > MOST_TESTED) else {
            return all;
        };
        for count in &mut left {
            *count = (*count * MOST_TESTED).div_ceil(n_all);
        }
        let mut tested = vec![false; classes.len()];
        for &sample in priorities {
            let left = &mut left[classes[sample]];
            if *left > 0 && all[sample] {
                *left -= 1;
                tested[sample] = true;
            }
        }
        tested
    }
}
