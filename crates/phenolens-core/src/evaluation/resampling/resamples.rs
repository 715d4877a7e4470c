use rayon::prelude::*;

use crate::evaluation::measures::{Counts, LANES, Workspace};
use crate::random::{Stream, Use};

/// Up to this many counts are kept: 64 MiB.
const MAX_KEPT: usize = 1 << 24;

/// Bootstrap resamples of the subjects of some samples, eight side by side.
///
/// A subject's samples of one class are one unit. Each resample draws from the units of each class
/// as many as there are, with replacement.
///
/// # Source
/// Field & Welsh (2007), J. R. Stat. Soc. B 69, 369-390: resampling whole clusters.
pub(in crate::evaluation) struct Resamples {
    units: Units,
    n_samples: usize,
    n_resamples: usize,
    seed: u64,
    /// What was drawn, eight resamples after eight; empty where nothing is kept.
    kept: Vec<Vec<Counts>>,
}

impl Resamples {
    /// * `classes`, `subjects`: of every sample, shape `(n_samples,)`.
    ///
    /// # Panics
    /// If there is not one subject per sample.
    pub(in crate::evaluation) fn new(
        classes: &[usize],
        subjects: &[usize],
        n_resamples: usize,
        seed: u64,
    ) -> Resamples {
        Resamples {
            units: Units::new(classes, subjects),
            n_samples: classes.len(),
            n_resamples,
            seed,
            kept: Vec::new(),
        }
    }

    /// The same, drawn once for whoever asks for them several times, where that is not too much.
    pub(in crate::evaluation) fn kept(mut self) -> Resamples {
        if self.n_samples.saturating_mul(self.n_resamples) <= MAX_KEPT {
            self.kept = self.each(|multiplicities, _| multiplicities.to_vec());
        }
        self
    }

    /// What `of_some` makes of every eight resamples; the last of them may be fewer, and the lanes
    /// left over are empty.
    ///
    /// * `of_some`: of how often each sample is drawn, shape `(n_samples,)`, and a workspace that is
    ///   kept between calls and must not change what comes out.
    pub(in crate::evaluation) fn each<T: Send>(
        &self,
        of_some: impl Fn(&[Counts], &mut Workspace) -> T + Sync,
    ) -> Vec<T> {
        let batches = (0..self.n_resamples.div_ceil(LANES)).into_par_iter();
        let scratch = || (Vec::new(), Workspace::default());
        batches
            .map_init(scratch, |(multiplicities, workspace), batch| {
                match self.kept.get(batch) {
                    Some(kept) => of_some(kept, workspace),
                    None => {
                        self.draw(batch, multiplicities);
                        of_some(multiplicities, workspace)
                    }
                }
            })
            .collect()
    }

    /// Lays out one after the other what [`Resamples::each`] made of several at a time.
    pub(in crate::evaluation) fn one_by_one<'a, T: 'a>(
        &self,
        of_some: impl Iterator<Item = &'a [T; LANES]>,
    ) -> impl Iterator<Item = &'a T> {
        of_some.flatten().take(self.n_resamples)
    }

    /// Draws eight resamples, or as many as are left.
    fn draw(&self, batch: usize, multiplicities: &mut Vec<Counts>) {
        multiplicities.clear();
        multiplicities.resize(self.n_samples, [0; LANES]);
        let first = batch * LANES;
        for lane in 0..LANES.min(self.n_resamples - first) {
            let resample = (first + lane) as u64;
            let mut stream = Stream::new(self.seed, Use::Bootstrap, resample);
            self.units.draw(&mut stream, lane, multiplicities);
        }
    }
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
