//! Who has how many: the structure of a cohort before any vector.

use super::{Part, SynthError, SynthParams, stream};
use crate::random::Stream;

/// The structure of a cohort. Subjects stand in the order of their classes, samples in that of their
/// subjects.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    /// The class that every subject is labelled with, shape `(n_subjects,)`.
    pub(super) classes: Vec<usize>,
    /// The class whose effect every subject has, shape `(n_subjects,)`: another than its label where
    /// labels are swapped.
    pub(super) origins: Vec<usize>,
    /// Whether every subject is of the noisy group, shape `(n_subjects,)`.
    pub(super) is_noisy: Vec<bool>,
    /// The subject of every sample, shape `(n_samples,)`.
    pub(super) subjects: Vec<usize>,
    /// Pairs of samples of which the second is a near-duplicate of the first, and their cosine
    /// distance.
    pub(super) duplicates: Vec<Duplicate>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Duplicate {
    pub(super) original: usize,
    pub(super) copy: usize,
    pub(super) distance: f64,
}

/// The nearest and the farthest near-duplicate; the others lie evenly between.
const NEAREST: f64 = 0.03;
const FARTHEST: f64 = 0.2;

impl Plan {
    pub(super) fn new(params: &SynthParams) -> Result<Plan, SynthError> {
        let mut stream = stream(params, Part::Plan, 0);
        let sizes = subjects_per_class(params);
        let most: usize = sizes.iter().map(|size| size / 2).sum();
        if params.n_duplicates > most {
            let n_duplicates = params.n_duplicates;
            return Err(SynthError::Duplicates { n_duplicates, most });
        }
        let classes = repeat_each(&sizes);
        let subjects = repeat_each(&samples_per_subject(params, &mut stream));
        let duplicates = duplicates(params, &sizes, &subjects, &mut stream);
        Ok(Plan {
            origins: origins(params, &classes)?,
            is_noisy: is_noisy(params, &sizes),
            classes,
            subjects,
            duplicates,
        })
    }
}

/// Every class one subject, the others in shares that fall geometrically, rounded so that they add
/// up: the largest remainders are rounded up, the earlier class first.
fn subjects_per_class(params: &SynthParams) -> Vec<usize> {
    let n_classes = params.n_classes;
    let steps = n_classes.saturating_sub(1).max(1) as f64;
    let weights: Vec<f64> = (0..n_classes)
        .map(|class| libm::pow(params.imbalance, -(class as f64) / steps))
        .collect();
    let total: f64 = weights.iter().sum();
    // What each class should have, less the subject that it has in any case.
    let wanted: Vec<f64> = weights
        .iter()
        .map(|weight| (weight / total * params.n_subjects as f64 - 1.0).max(0.0))
        .collect();
    let n_others = params.n_subjects - n_classes;
    let scale = n_others as f64 / wanted.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let shares: Vec<f64> = wanted.iter().map(|wanted| wanted * scale).collect();
    let mut sizes: Vec<usize> = shares.iter().map(|share| 1 + *share as usize).collect();

    let mut by_remainder: Vec<usize> = (0..n_classes).collect();
    by_remainder.sort_by(|&one, &other| shares[other].fract().total_cmp(&shares[one].fract()));
    let n_missing = params.n_subjects - sizes.iter().sum::<usize>();
    for &class in by_remainder.iter().cycle().take(n_missing) {
        sizes[class] += 1;
    }
    sizes
}

/// Every subject one sample, the others by chance, subjects that have more drawing more.
fn samples_per_subject(params: &SynthParams, stream: &mut Stream) -> Vec<usize> {
    let mut counts = vec![1; params.n_subjects];
    let mut drawn = Vec::with_capacity(params.n_samples - params.n_subjects);
    for n_drawn in 0..params.n_samples - params.n_subjects {
        let subject = if n_drawn > 0 && stream.below(5) < 2 {
            drawn[stream.below(n_drawn)]
        } else {
            stream.below(params.n_subjects)
        };
        drawn.push(subject);
        counts[subject] += 1;
    }
    counts
}

/// Disjoint pairs of subjects of one class, in random order; each by its first sample.
fn duplicates(
    params: &SynthParams,
    sizes: &[usize],
    subjects: &[usize],
    stream: &mut Stream,
) -> Vec<Duplicate> {
    let mut pairs: Vec<[usize; 2]> = Vec::new();
    let mut first_of_class = 0;
    for size in sizes {
        let mut of_class: Vec<usize> = (first_of_class..first_of_class + size).collect();
        stream.shuffle(&mut of_class);
        pairs.extend(of_class.as_chunks::<2>().0);
        first_of_class += size;
    }
    stream.shuffle(&mut pairs);
    let first_sample = |subject: usize| subjects.partition_point(|&other| other < subject);
    let steps = params.n_duplicates.saturating_sub(1).max(1) as f64;
    pairs
        .into_iter()
        .take(params.n_duplicates)
        .enumerate()
        .map(|(position, [one, other])| Duplicate {
            original: first_sample(one),
            copy: first_sample(other),
            distance: NEAREST + (FARTHEST - NEAREST) * position as f64 / steps,
        })
        .collect()
}

/// The classes with some pairs swapped: subjects in random order, each with the first after it that
/// is of another class.
fn origins(params: &SynthParams, classes: &[usize]) -> Result<Vec<usize>, SynthError> {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    stream(params, Part::Swap, 0).shuffle(&mut order);
    let mut origins = classes.to_vec();
    let mut is_free = vec![true; classes.len()];
    let mut n_left = params.n_swapped;
    for (place, &subject) in order.iter().enumerate() {
        if n_left == 0 {
            break;
        }
        let suits = |&&other: &&usize| is_free[other] && classes[other] != classes[subject];
        if is_free[subject]
            && let Some(&other) = order[place + 1..].iter().find(suits)
        {
            origins.swap(subject, other);
            is_free[subject] = false;
            is_free[other] = false;
            n_left -= 1;
        }
    }
    match n_left {
        0 => Ok(origins),
        _ => Err(SynthError::Swapped {
            n_swapped: params.n_swapped,
            most: params.n_swapped - n_left,
        }),
    }
}

/// The last subjects of every class, as many as the share says, rounded to the nearest.
fn is_noisy(params: &SynthParams, sizes: &[usize]) -> Vec<bool> {
    let of_class = |&size: &usize| {
        let n_noisy = (params.group_share * size as f64).round() as usize;
        (0..size).map(move |place| place >= size - n_noisy)
    };
    sizes.iter().flat_map(of_class).collect()
}

/// `[2, 1, 3]` to `[0, 0, 1, 2, 2, 2]`.
fn repeat_each(counts: &[usize]) -> Vec<usize> {
    let repeated = counts.iter().enumerate();
    repeated
        .flat_map(|(item, &count)| std::iter::repeat_n(item, count))
        .collect()
}
