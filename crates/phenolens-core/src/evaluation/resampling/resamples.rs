use rayon::prelude::*;

use crate::evaluation::measures::{LANES, Multiplicities, Workspace};
use crate::random::{Stream, Use};

/// Up to this many counts are kept: 1 GiB.
const MAX_KEPT: usize = 1 << 30;

/// Bootstrap resamples of the subjects of some samples, sixteen side by side.
///
/// A subject's samples of one class are one unit. Each resample draws from the units of each class
/// as many as there are, with replacement.
///
/// # Source
/// Field & Welsh (2007), J. R. Stat. Soc. B 69, 369-390: resampling whole clusters.
pub(in crate::evaluation) struct Resamples {
    units: Units,
    n_resamples: usize,
    seed: u64,
    /// How often each unit was drawn, sixteen resamples after sixteen, as far as they are kept.
    kept: Vec<Vec<Multiplicities>>,
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
            n_resamples,
            seed,
            kept: Vec::new(),
        }
    }

    /// The same, drawn once for whoever asks for them several times, as far as they fit into memory.
    pub(in crate::evaluation) fn kept(mut self) -> Resamples {
        let n_fit = MAX_KEPT / (LANES * self.units.len()).max(1);
        let n_batches = self.n_resamples.div_ceil(LANES).min(n_fit);
        let drawn = (0..n_batches).into_par_iter().map(|batch| {
            let mut drawn = Vec::new();
            self.draw(batch, &mut drawn);
            drawn
        });
        self.kept = drawn.collect();
        self
    }

    /// What `of_some` makes of every sixteen resamples; the last of them may be fewer, and the lanes
    /// left over are empty.
    ///
    /// * `of_some`: of how often each sample is drawn, shape `(n_samples,)`, and a workspace that is
    ///   kept between calls and must not change what comes out.
    pub(in crate::evaluation) fn each<T: Send>(
        &self,
        of_some: impl Fn(&[Multiplicities], &mut Workspace) -> T + Sync,
    ) -> Vec<T> {
        let batches = (0..self.n_resamples.div_ceil(LANES)).into_par_iter();
        let scratch = || (Vec::new(), Vec::new(), Workspace::default());
        batches
            .map_init(scratch, |(drawn, multiplicities, workspace), batch| {
                let drawn = match self.kept.get(batch) {
                    Some(kept) => kept,
                    None => {
                        self.draw(batch, drawn);
                        &*drawn
                    }
                };
                self.units.spread(drawn, multiplicities);
                of_some(multiplicities, workspace)
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

    /// Draws sixteen resamples, or as many as are left, and counts how often each unit is drawn.
    fn draw(&self, batch: usize, drawn: &mut Vec<Multiplicities>) {
        drawn.clear();
        drawn.resize(self.units.len(), [0; LANES]);
        let first = batch * LANES;
        for lane in 0..LANES.min(self.n_resamples - first) {
            let resample = (first + lane) as u64;
            let mut stream = Stream::new(self.seed, Use::Bootstrap, resample);
            self.units.draw(&mut stream, lane, drawn);
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

    /// Number of units.
    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Draws every class's units, the classes in order, and counts in one lane how often each is drawn.
    fn draw(&self, stream: &mut Stream, lane: usize, drawn: &mut [Multiplicities]) {
        for bounds in self.classes.windows(2) {
            let n_units = bounds[1] - bounds[0];
            for _ in 0..n_units {
                let count = &mut drawn[bounds[0] + stream.below(n_units)][lane];
                // The mean is 1: the chance of 256 is below 10⁻⁵⁰⁰.
                *count = count.checked_add(1).expect("no unit is drawn so often");
            }
        }
    }

    /// Gives every sample what its unit was given.
    fn spread(&self, drawn: &[Multiplicities], multiplicities: &mut Vec<Multiplicities>) {
        multiplicities.clear();
        multiplicities.resize(self.samples.len(), [0; LANES]);
        for (bounds, drawn) in self.starts.windows(2).zip(drawn) {
            for &sample in &self.samples[bounds[0]..bounds[1]] {
                multiplicities[sample] = *drawn;
            }
        }
    }
}
