use rayon::prelude::*;

use super::subset::Subset;
use super::voting::NeighborLists;
use crate::dataset::Dataset;
use crate::kernels::InstructionSet;
use crate::neighbors::{Distance, Keys, Neighbors};

/// In the place of the fold of a sample that teaches none.
const TEACHES_NONE: u32 = u32::MAX;

/// Where the training neighbors of evaluated samples are found, by one distance.
pub(super) struct Search<'a> {
    keys: Keys<'a>,
    table: &'a Neighbors,
}

impl<'a> Search<'a> {
    /// Reads the table of `distance`, which must be among `tables`.
    pub(super) fn new(
        dataset: &'a Dataset,
        tables: &'a [Neighbors],
        distance: Distance,
        instruction_set: InstructionSet,
    ) -> Search<'a> {
        let table = tables
            .iter()
            .find(|table| table.distance() == distance)
            .expect("every evaluated distance has a neighbor table");
        let keys = Keys::new(dataset, distance, instruction_set);
        Search { keys, table }
    }

    pub(super) fn distance(&self) -> Distance {
        self.keys.distance()
    }

    /// For every evaluated sample its `k` nearest evaluated samples outside its own fold.
    pub(super) fn across_folds(&self, subset: &Subset, folds: &[usize], k: usize) -> NeighborLists {
        self.nearest_teachers(subset, folds, k, |_| true)
    }

    /// The same of some of the samples.
    pub(super) fn nearest_teachers(
        &self,
        subset: &Subset,
        folds: &[usize],
        k: usize,
        is_teacher: impl Fn(usize) -> bool,
    ) -> NeighborLists {
        // What is asked of a neighbor is read at every step along the rows, in any order: in one place,
        // and in few bytes.
        let fold_of = |(sample, &fold): (usize, &usize)| match is_teacher(sample) {
            true => u32::try_from(fold).expect("neighbor tables index samples by u32"),
            false => TEACHES_NONE,
        };
        let teaching: Vec<u32> = folds.iter().enumerate().map(fold_of).collect();
        self.nearest(subset, k, |test, training| {
            let fold = teaching[training];
            fold != TEACHES_NONE && fold as usize != folds[test]
        })
    }

    /// Distances that [`Search::nearest`] would compute beyond the table.
    pub(super) fn n_extra_distances(
        &self,
        subset: &Subset,
        k: usize,
        may_teach: impl Fn(usize, usize) -> bool + Sync,
    ) -> usize {
        let n_samples = self.table.n_samples();
        if self.table.is_whole() {
            return 0;
        }
        let is_short = |&test: &usize| {
            let row = self.table.indices(subset.samples[test]).iter();
            let teaching = row.filter(|&&sample| {
                subset.positions[sample as usize].is_some_and(|training| may_teach(test, training))
            });
            teaching.take(k).count() < k
        };
        let tests = (0..subset.n_samples()).into_par_iter();
        tests.filter(is_short).count().saturating_mul(n_samples)
    }

    /// For every evaluated sample its `k` nearest evaluated samples that may teach it.
    ///
    /// * `may_teach`: of a test and a training sample, both as positions in the subset.
    pub(super) fn nearest(
        &self,
        subset: &Subset,
        k: usize,
        may_teach: impl Fn(usize, usize) -> bool + Sync,
    ) -> NeighborLists {
        let is_whole = subset.n_samples() == subset.positions.len();
        let position = |sample: usize| match is_whole {
            true => Some(sample),
            false => subset.positions[sample],
        };
        let is_training = |test: usize, sample: usize| {
            position(sample).is_some_and(|training| may_teach(test, training))
        };
        let samples = &subset.samples;
        let mut lists = self
            .table
            .nearest_of_each(&self.keys, samples, samples, k, is_training);
        for neighbor in lists.iter_mut().flatten() {
            neighbor.sample = position(neighbor.sample).expect("training samples are evaluated");
        }
        NeighborLists::new(lists)
    }
}
