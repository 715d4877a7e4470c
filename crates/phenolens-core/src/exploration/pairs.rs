//! Which pairs of samples are measured.
//!
//! Each pair belongs to one group: of one subject; else of one class; else of two classes.

use std::ops::Range;

use crate::dataset::Dataset;
use crate::random::{Stream, Use};

/// Up to this many pairs are all measured: 2,000 samples.
const MAX_PAIRS: usize = 2_000_000;

/// Pairs of each group that are measured otherwise.
const MAX_SAMPLED: usize = 200_000;

/// The pairs of one group, each as two samples.
pub(super) type Pairs = Vec<[u32; 2]>;

/// The pairs that are measured, by group.
#[derive(Debug, PartialEq)]
pub(super) struct Groups {
    pub(super) same_subject: Pairs,
    pub(super) within_class: Pairs,
    pub(super) between_classes: Pairs,
    /// These are all pairs that there are.
    pub(super) is_complete: bool,
}

/// The group of a pair.
#[derive(Debug, Clone, Copy)]
pub(super) enum Group {
    SameSubject,
    WithinClass,
    BetweenClasses,
}

/// To which group two samples belong.
pub(super) fn group_of(dataset: &Dataset, one: usize, other: usize) -> Group {
    if dataset.subjects()[one] == dataset.subjects()[other] {
        Group::SameSubject
    } else if dataset.classes()[one] == dataset.classes()[other] {
        Group::WithinClass
    } else {
        Group::BetweenClasses
    }
}

/// All pairs, or where these are too many a random choice from each group.
pub(super) fn choose(dataset: &Dataset, seed: u64) -> Groups {
    let n_samples = dataset.n_samples();
    if n_samples * (n_samples - 1) / 2 <= MAX_PAIRS {
        all(dataset)
    } else {
        sample(dataset, seed, MAX_SAMPLED)
    }
}

pub(super) fn all(dataset: &Dataset) -> Groups {
    let mut groups = Groups {
        same_subject: Vec::new(),
        within_class: Vec::new(),
        between_classes: Vec::new(),
        is_complete: true,
    };
    for first in 0..dataset.n_samples() {
        for second in first + 1..dataset.n_samples() {
            let group = match group_of(dataset, first, second) {
                Group::SameSubject => &mut groups.same_subject,
                Group::WithinClass => &mut groups.within_class,
                Group::BetweenClasses => &mut groups.between_classes,
            };
            group.push([first as u32, second as u32]);
        }
    }
    groups
}

/// Up to `n_pairs` pairs of each group, each pair equally likely; memory grows with the samples, not
/// with their pairs.
pub(super) fn sample(dataset: &Dataset, seed: u64, n_pairs: usize) -> Groups {
    let (classes, subjects) = (dataset.classes(), dataset.subjects());
    let n_samples = dataset.n_samples();
    // Stable sorts: equal samples stay in the order of the source.
    let mut by_subject: Vec<usize> = (0..n_samples).collect();
    by_subject.sort_by_key(|&row| subjects[row]);
    let mut by_class: Vec<usize> = (0..n_samples).collect();
    by_class.sort_by_key(|&row| (classes[row], subjects[row]));

    let subject_ends = block_ends(&by_subject, |row| (0, subjects[row]));
    let class_ends = block_ends(&by_class, |row| (classes[row], 0));
    let both_ends = block_ends(&by_class, |row| (classes[row], subjects[row]));
    let same_subject = Runs::new(
        by_subject,
        |position| position + 1..subject_ends[position],
        |_| Vec::new(),
    );
    let within_class = Runs::new(
        by_class.clone(),
        |position| both_ends[position]..class_ends[position],
        |_| Vec::new(),
    );

    // Only a subject under two classes has samples behind the class of an earlier one.
    let mut positions_by_subject: Vec<(usize, usize)> = by_class
        .iter()
        .enumerate()
        .map(|(position, &row)| (subjects[row], position))
        .collect();
    positions_by_subject.sort_unstable();
    let later_positions = |position: usize| {
        let subject = subjects[by_class[position]];
        let start = positions_by_subject
            .partition_point(|&(other, place)| (other, place) < (subject, class_ends[position]));
        let later = positions_by_subject[start..].iter();
        later
            .take_while(|&&(other, _)| other == subject)
            .map(|&(_, place)| place)
            .collect()
    };
    let between_classes = Runs::new(
        by_class.clone(),
        |position| class_ends[position]..n_samples,
        later_positions,
    );

    let draw = |runs: &Runs, index| runs.draw(&mut Stream::new(seed, Use::Pairs, index), n_pairs);
    Groups {
        same_subject: draw(&same_subject, 0),
        within_class: draw(&within_class, 1),
        between_classes: draw(&between_classes, 2),
        is_complete: false,
    }
}

/// For each position of an order the end of the block of equal keys in which it stands.
fn block_ends(order: &[usize], key: impl Fn(usize) -> (usize, usize)) -> Vec<usize> {
    let mut ends = Vec::with_capacity(order.len());
    for block in order.chunk_by(|&one, &other| key(one) == key(other)) {
        ends.resize(ends.len() + block.len(), ends.len() + block.len());
    }
    ends
}

/// A group of pairs, numbered without being listed: the partners of each position of an order are a
/// run of later positions, less a few that are skipped.
struct Runs {
    order: Vec<usize>,
    runs: Vec<Range<usize>>,
    /// Rising; nearly always empty.
    skipped: Vec<Vec<usize>>,
    /// Pairs of all positions before this one; one longer than the order.
    starts: Vec<usize>,
}

impl Runs {
    fn new(
        order: Vec<usize>,
        run: impl Fn(usize) -> Range<usize>,
        skipped: impl Fn(usize) -> Vec<usize>,
    ) -> Runs {
        let positions = 0..order.len();
        let runs: Vec<Range<usize>> = positions.clone().map(run).collect();
        let skipped: Vec<Vec<usize>> = positions.map(skipped).collect();
        let mut starts = vec![0];
        for (run, skipped) in runs.iter().zip(&skipped) {
            starts.push(starts[starts.len() - 1] + run.len() - skipped.len());
        }
        Runs {
            order,
            runs,
            skipped,
            starts,
        }
    }

    fn n_pairs(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// The pair of a number below [`Runs::n_pairs`], the earlier sample first.
    fn pair(&self, number: usize) -> [u32; 2] {
        let position = self.starts.partition_point(|&start| start <= number) - 1;
        let mut partner = self.runs[position].start + number - self.starts[position];
        for &skipped in &self.skipped[position] {
            if skipped <= partner {
                partner += 1;
            }
        }
        let (one, other) = (self.order[position] as u32, self.order[partner] as u32);
        [one.min(other), one.max(other)]
    }

    /// All pairs where there are at most `limit`; else `limit` draws, of which the few repeated ones
    /// count once.
    fn draw(&self, stream: &mut Stream, limit: usize) -> Pairs {
        let n_pairs = self.n_pairs();
        let mut numbers: Vec<usize> = if n_pairs <= limit {
            (0..n_pairs).collect()
        } else {
            (0..limit).map(|_| stream.below(n_pairs)).collect()
        };
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .map(|number| self.pair(number))
            .collect()
    }
}
