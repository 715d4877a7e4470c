use crate::dataset::Dataset;
use crate::random::{Stream, Use};

/// The samples whose neighborhoods are compared.
#[derive(Debug, PartialEq)]
pub(super) struct Draw {
    /// First those that stand for all samples, then those that only their class asked for.
    pub(super) samples: Vec<usize>,
    /// How many the first are.
    pub(super) n_drawn: usize,
}

impl Draw {
    /// All samples, in their order.
    pub(super) fn all(n_samples: usize) -> Draw {
        Draw {
            samples: (0..n_samples).collect(),
            n_drawn: n_samples,
        }
    }

    /// `n_drawn` samples, each set of so many equally likely, and more where a class has too few of
    /// them: up to its share of `n_drawn`, at most `max_of_class`, at least one.
    pub(super) fn at_random(dataset: &Dataset, n_drawn: usize, max_of_class: usize) -> Draw {
        let mut order: Vec<usize> = (0..dataset.n_samples()).collect();
        Stream::new(0, Use::MapQuality, 0).shuffle(&mut order);
        let wanted = (n_drawn / dataset.n_classes()).clamp(1, max_of_class);
        let (drawn, rest) = order.split_at(n_drawn);
        let mut samples = drawn.to_vec();
        let mut n_of_class = vec![0; dataset.n_classes()];
        for &sample in drawn {
            n_of_class[dataset.classes()[sample]] += 1;
        }
        for &sample in rest {
            let n_of_class = &mut n_of_class[dataset.classes()[sample]];
            if *n_of_class < wanted {
                *n_of_class += 1;
                samples.push(sample);
            }
        }
        Draw { samples, n_drawn }
    }
}
