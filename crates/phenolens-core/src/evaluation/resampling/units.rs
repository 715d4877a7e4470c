use rayon::prelude::*;

use crate::evaluation::measures::{Counts, LANES, Workspace};
use crate::random::{Stream, Use};

/// What `of_some` makes of every eight bootstrap resamples, drawn side by side; in the last of them
/// there may be fewer, and the lanes left over are empty.
///
/// A subject's samples of one class are one unit. Each resample draws from the units of each class
/// as many as there are, with replacement.
///
/// * `classes`, `subjects`: of every sample, shape `(n_samples,)`;
/// * `of_some`: of how often each sample is drawn, shape `(n_samples,)`, and a workspace that is kept
///   between calls and must not change what comes out.
///
/// # Panics
/// If there is not one subject per sample.
pub(in crate::evaluation) fn resample_subjects<T: Send>(
    classes: &[usize],
    subjects: &[usize],
    n_resamples: usize,
    seed: u64,
    of_some: impl Fn(&[Counts], &mut Workspace) -> T + Sync,
) -> Vec<T> {
    let units = Units::new(classes, subjects);
    (0..n_resamples.div_ceil(LANES))
        .into_par_iter()
        .map_init(
            || (vec![[0; LANES]; subjects.len()], Workspace::default()),
            |(multiplicities, workspace), batch| {
                multiplicities.fill([0; LANES]);
                let first = batch * LANES;
                for lane in 0..LANES.min(n_resamples - first) {
                    let resample = (first + lane) as u64;
                    let mut stream = Stream::new(seed, Use::Bootstrap, resample);
                    units.draw(&mut stream, lane, multiplicities);
                }
                of_some(multiplicities, workspace)
            },
        )
        .collect()
}

/// Lays out one after the other what [`resample_subjects`] made of several at a time.
pub(in crate::evaluation) fn one_by_one<T: Clone>(of_some: &[[T; LANES]], n: usize) -> Vec<T> {
    of_some.iter().flatten().take(n).cloned().collect()
}

/// What a bootstrap draws: the samples of one class and subject, together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Units {
    /// All units: by class, then by subject, both rising; the samples of each, rising.
    samples: Vec<usize>,
    /// Where each unit begins in `samples`, and their end.
    starts: Vec<usize>,
    /// Where each class begins in `starts`, and their end.
    classes: Vec<usize>,
}

impl Units {
    fn new(classes: &[usize], subjects: &[usize]) -> Units {
        assert_eq!(classes.len(), subjects.len(), "one subject per sample");
        let key = |&sample: &usize| (classes[sample], subjects[sample]);
        let mut samples: Vec<usize> = (0..classes.len()).collect();
        samples.sort_by_key(key);
        let mut starts = vec![0];
        let mut class_starts = vec![0];
        for of_class in samples.chunk_by(|a, b| classes[*a] == classes[*b]) {
            for unit in of_class.chunk_by(|a, b| key(a) == key(b)) {
                starts.push(starts[starts.len() - 1] + unit.len());
            }
            class_starts.push(starts.len() - 1);
        }
        Units {
            samples,
            starts,
            classes: class_starts,
        }
    }

    /// Draws every class's units, the classes in order, and counts in one lane how often each sample
    /// is drawn.
    fn draw(&self, stream: &mut Stream, lane: usize, multiplicities: &mut [Counts]) {
        for bounds in self.classes.windows(2) {
            let n_units = bounds[1] - bounds[0];
            for _ in 0..n_units {
                let unit = bounds[0] + stream.below(n_units);
                for &sample in &self.samples[self.starts[unit]..self.starts[unit + 1]] {
                    multiplicities[sample][lane] += 1;
                }
            }
        }
    }
}
