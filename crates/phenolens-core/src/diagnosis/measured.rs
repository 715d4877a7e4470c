//! What of the data is measured: everything where it is small, a seeded choice where it is not.

use crate::evaluation::Evaluated;
use crate::neighbors::{Distance, Keys, Neighbors};
use crate::random::{Stream, Use};

/// Up to this many are all measured against one another.
pub(super) const MAX_MEASURED: usize = 2000;

/// Streams of `Use::Diagnosis` that choose what is measured; resamples count from 0.
const POINTS: u64 = u64::MAX;
const SAMPLES: u64 = u64::MAX - 1;

/// The evaluated samples as one distance sees them.
pub(super) struct View<'a> {
    pub(super) table: &'a Neighbors,
    pub(super) keys: &'a Keys<'a>,
    pub(super) evaluated: &'a Evaluated<'a>,
}

impl View<'_> {
    pub(super) fn distance(&self) -> Distance {
        self.table.distance()
    }
}

/// One sample of each subject, so that several of one do not bend what is measured of the space.
pub(super) struct Points {
    /// Whether each evaluated sample is the first of its subject.
    pub(super) is_point: Vec<bool>,
    /// How many are.
    pub(super) n_points: usize,
    /// Those that are measured, rising.
    pub(super) chosen: Vec<usize>,
}

impl Points {
    pub(super) fn new(evaluated: &Evaluated, seed: u64) -> Points {
        let n_groups = evaluated.groups.iter().max().map_or(0, |last| last + 1);
        let mut is_known = vec![false; n_groups];
        let is_first = |&group: &usize| !std::mem::replace(&mut is_known[group], true);
        let is_point: Vec<bool> = evaluated.groups.iter().map(is_first).collect();
        let all: Vec<usize> = (0..is_point.len())
            .filter(|&position| is_point[position])
            .collect();
        Points {
            is_point,
            n_points: all.len(),
            chosen: choose(all, seed, POINTS),
        }
    }
}

/// The evaluated samples that are measured against one another, rising.
pub(super) fn chosen_samples(evaluated: &Evaluated, seed: u64) -> Vec<usize> {
    choose((0..evaluated.n_samples()).collect(), seed, SAMPLES)
}

fn choose(mut all: Vec<usize>, seed: u64, index: u64) -> Vec<usize> {
    if all.len() > MAX_MEASURED {
        Stream::new(seed, Use::Diagnosis, index).shuffle(&mut all);
        all.truncate(MAX_MEASURED);
        all.sort_unstable();
    }
    all
}

/// The distances of all pairs of some samples, row by row.
pub(super) struct Square<'a> {
    view: &'a View<'a>,
    /// The samples, as positions among the evaluated.
    chosen: &'a [usize],
    /// Where each sample of the dataset stands among them.
    places: Vec<Option<usize>>,
}

impl<'a> Square<'a> {
    pub(super) fn new(view: &'a View<'a>, chosen: &'a [usize]) -> Square<'a> {
        let mut places = vec![None; view.table.n_samples()];
        for (place, &position) in chosen.iter().enumerate() {
            places[view.evaluated.samples[position]] = Some(place);
        }
        Square {
            view,
            chosen,
            places,
        }
    }

    /// Writes the distances of one of the samples to all, 0 to itself.
    pub(super) fn row(&self, place: usize, row: &mut Vec<f64>) {
        let View {
            table,
            keys,
            evaluated,
        } = self.view;
        let sample = evaluated.samples[self.chosen[place]];
        row.clear();
        row.resize(self.chosen.len(), 0.0);
        let is_whole_row = table.is_whole();
        if is_whole_row {
            for (&other, &value) in table.indices(sample).iter().zip(table.values(sample)) {
                if let Some(place) = self.places[other as usize] {
                    row[place] = value;
                }
            }
        } else {
            for (value, &other) in row.iter_mut().zip(self.chosen) {
                let other = evaluated.samples[other];
                if other != sample {
                    *value = keys.value(sample, other);
                }
            }
        }
    }
}
