//! Which training samples are removed as a control for those of the tested group.

use crate::evaluation::splits::Split;
use crate::evaluation::subset::Subset;
use crate::random::{Stream, Use};

/// Draws for one sample to remove: only where nearly all of a class stand in the tested fold, or are
/// of the tested group, does none of them hit.
const MOST_DRAWS: usize = 100;

/// For every test sample as many training samples of its class and of other groups as it has of its
/// own group and class, shape `(n_samples,)`; fewer where the class has hardly any.
///
/// * `index`: tells drawings of folds apart.
///
/// Training samples of the group in another class have no counterpart: what they teach is wrong.
pub(super) fn removed(subset: &Subset, split: &Split, seed: u64, index: u64) -> Vec<Vec<usize>> {
    let mut stream = Stream::new(seed, Use::LeakControl, index);
    let mut of_class = vec![Vec::new(); subset.n_classes()];
    let mut of_group = vec![Vec::new(); subset.n_groups];
    for (sample, (&class, &group)) in subset.classes.iter().zip(&subset.groups).enumerate() {
        of_class[class].push(sample);
        of_group[group].push(sample);
    }
    (0..subset.n_samples())
        .map(|test| {
            let (class, group) = (subset.classes[test], subset.groups[test]);
            let is_training = |sample: usize| split.folds[sample] != split.folds[test];
            let n_own = of_group[group]
                .iter()
                .filter(|&&sample| is_training(sample) && subset.classes[sample] == class)
                .count();
            let mut removed = Vec::with_capacity(n_own);
            for _ in 0..n_own {
                let mut draw = || of_class[class][stream.below(of_class[class].len())];
                let is_new = |sample: &usize| {
                    is_training(*sample)
                        && subset.groups[*sample] != group
                        && !removed.contains(sample)
                };
                let drawn = (0..MOST_DRAWS).map(|_| draw()).find(is_new);
                removed.extend(drawn);
            }
            removed
        })
        .collect()
}
