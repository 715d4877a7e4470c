//! Division of samples into folds.

#[cfg(test)]
mod tests;

use crate::random::{Stream, Use};

/// Stratified folds over samples: every fold has its share of every class, give or take one sample.
///
/// The samples of each class are shuffled and dealt out in turn, each class starting where the one
/// before it ended, so that the folds are of even size too.
///
/// * `classes`: shape `(n_samples,)`, indices from 0;
/// * `n_folds`: from 1 to the number of samples, so that no fold is empty.
///
/// The fold of every sample, shape `(n_samples,)`, from 0. Takes O(n log n) time.
pub(crate) fn stratified(
    classes: &[usize],
    n_folds: usize,
    seed: u64,
    repeat: usize,
) -> Vec<usize> {
    let mut stream = Stream::new(seed, Use::Folds, 2 * repeat as u64);
    let mut order: Vec<usize> = (0..classes.len()).collect();
    stream.shuffle(&mut order);
    order.sort_by_key(|&sample| classes[sample]);
    let mut folds = vec![0; classes.len()];
    for (turn, sample) in order.into_iter().enumerate() {
        folds[sample] = turn % n_folds;
    }
    folds
}

/// Stratified folds over groups: all samples of a group in one fold, class shares as even as that
/// allows.
///
/// Groups are shuffled, the largest first, and each goes to the fold where it raises
///
/// ```text
///   ∑   ∑  (samples of the class in the fold / samples of the class)²
/// folds classes
/// ```
///
/// least; among equals to the fold with the fewest samples. The last groups go to folds that are
/// still empty.
///
/// * `classes`, `groups`: shape `(n_samples,)`, indices from 0;
/// * `n_folds`: from 1 to the number of groups, so that no fold is empty.
///
/// The fold of every sample, shape `(n_samples,)`, from 0. Takes O(n n_folds) time.
pub(crate) fn stratified_by_group(
    classes: &[usize],
    groups: &[usize],
    n_folds: usize,
    seed: u64,
    repeat: usize,
) -> Vec<usize> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count(groups)];
    for (sample, &group) in groups.iter().enumerate() {
        members[group].push(sample);
    }
    members.retain(|members| !members.is_empty());
    Stream::new(seed, Use::Folds, 2 * repeat as u64 + 1).shuffle(&mut members);
    members.sort_by_key(|members| std::cmp::Reverse(members.len()));

    let n_classes = count(classes);
    let mut class_sizes = vec![0.0_f64; n_classes];
    for &class in classes {
        class_sizes[class] += 1.0;
    }
    let mut parts = vec![
        Part {
            class_counts: vec![0.0; n_classes],
            n_samples: 0
        };
        n_folds
    ];
    let mut folds = vec![0; classes.len()];
    let n_groups = members.len();
    for (turn, members) in members.into_iter().enumerate() {
        let mut counts: Vec<(usize, f64)> = Vec::new();
        for &sample in &members {
            match counts
                .iter_mut()
                .find(|(class, _)| *class == classes[sample])
            {
                Some((_, count)) => *count += 1.0,
                None => counts.push((classes[sample], 1.0)),
            }
        }
        let increase = |part: &Part| -> f64 {
            let of_class = |&(class, count): &(usize, f64)| {
                let size = class_sizes[class];
                count * (2.0 * part.class_counts[class] + count) / (size * size)
            };
            counts.iter().map(of_class).sum()
        };
        let n_empty = parts.iter().filter(|part| part.n_samples == 0).count();
        let must_fill = n_empty >= n_groups - turn;
        let fold = (0..n_folds)
            .filter(|&fold| !must_fill || parts[fold].n_samples == 0)
            .min_by(|&a, &b| {
                increase(&parts[a])
                    .total_cmp(&increase(&parts[b]))
                    .then(parts[a].n_samples.cmp(&parts[b].n_samples))
            })
            .expect("a fold is empty or none must be filled");
        for &(class, count) in &counts {
            parts[fold].class_counts[class] += count;
        }
        parts[fold].n_samples += members.len();
        for sample in members {
            folds[sample] = fold;
        }
    }
    folds
}

/// What a fold holds so far.
#[derive(Clone)]
struct Part {
    /// Samples of every class.
    class_counts: Vec<f64>,
    n_samples: usize,
}

/// One more than the greatest index.
fn count(indices: &[usize]) -> usize {
    indices.iter().max().map_or(0, |greatest| greatest + 1)
}
