use rayon::prelude::*;

use super::subset::Subset;
use super::voting::NeighborLists;
use crate::dataset::Dataset;
use crate::kernels::InstructionSet;
use crate::neighbors::{Distance, Keys, Neighbors};

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
        self.nearest(subset, k, |test, training| folds[test] != folds[training])
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
        let lists = (0..subset.n_samples())
            .into_par_iter()
            .map(|test| {
                let position = |sample: usize| subset.positions[sample];
                let is_training =
                    |sample| position(sample).is_some_and(|training| may_teach(test, training));
                let sample = subset.samples[test];
                let mut found = Vec::with_capacity(k);
                self.table
                    .nearest_where(&self.keys, sample, k, is_training, &mut found);
                for neighbor in &mut found {
                    neighbor.sample =
                        position(neighbor.sample).expect("training samples are evaluated");
                }
                found
            })
            .collect();
        NeighborLists::new(lists)
    }
}
