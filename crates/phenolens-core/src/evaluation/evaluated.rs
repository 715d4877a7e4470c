use super::{Evaluation, NeighborLists};
use crate::dataset::Dataset;
use crate::neighbors::{Keys, Neighbor, Neighbors};

/// The samples of an evaluation, for whoever looks at it again; they are named by their positions
/// in [`Evaluation::samples`].
pub(crate) struct Evaluated<'a> {
    /// Which samples of the dataset, rising.
    pub(crate) samples: &'a [usize],
    /// Where each sample of the dataset stands among them.
    pub(crate) positions: Vec<Option<usize>>,
    /// The class of each, an index into [`Evaluation::class_names`].
    pub(crate) classes: Vec<usize>,
    pub(crate) n_classes: usize,
    /// The unit of independence of each, from 0 without gaps.
    pub(crate) groups: Vec<usize>,
}

impl<'a> Evaluated<'a> {
    /// * `groups`: the unit of independence of every sample of the dataset, as evaluated.
    pub(crate) fn new(
        dataset: &Dataset,
        groups: &[usize],
        evaluation: &'a Evaluation,
    ) -> Evaluated<'a> {
        let samples = evaluation.samples.as_slice();
        let mut positions = vec![None; dataset.n_samples()];
        for (position, &sample) in samples.iter().enumerate() {
            positions[sample] = Some(position);
        }
        let names = &evaluation.class_names;
        let class = |&sample: &usize| {
            let name = &dataset.class_names()[dataset.classes()[sample]];
            // Both lists of names are sorted.
            names.partition_point(|other| other < name)
        };
        let mut used: Vec<usize> = samples.iter().map(|&sample| groups[sample]).collect();
        used.sort_unstable();
        used.dedup();
        let group = |&sample: &usize| used.partition_point(|&other| other < groups[sample]);
        Evaluated {
            samples,
            positions,
            classes: samples.iter().map(class).collect(),
            n_classes: names.len(),
            groups: samples.iter().map(group).collect(),
        }
    }

    /// Number of evaluated samples.
    pub(crate) fn n_samples(&self) -> usize {
        self.samples.len()
    }

    /// For each class its groups, rising, each a list of positions, rising. A group with samples of
    /// two classes stands in both.
    pub(crate) fn groups_of_classes(&self) -> Vec<Vec<Vec<usize>>> {
        let key = |&position: &usize| (self.classes[position], self.groups[position]);
        let mut positions: Vec<usize> = (0..self.n_samples()).collect();
        positions.sort_by_key(key);
        let mut of_class = vec![Vec::new(); self.n_classes];
        for group in positions.chunk_by(|a, b| key(a) == key(b)) {
            of_class[self.classes[group[0]]].push(group.to_vec());
        }
        of_class
    }

    /// The `k` nearest evaluated samples that may teach a sample, nearest first, as positions; fewer
    /// only where fewer may.
    ///
    /// * `table`, `keys`: of one distance;
    /// * `found`: emptied, then filled.
    pub(crate) fn nearest_where(
        &self,
        table: &Neighbors,
        keys: &Keys,
        position: usize,
        k: usize,
        may_teach: impl Fn(usize) -> bool,
        found: &mut Vec<Neighbor>,
    ) {
        let place = |sample: usize| self.positions[sample];
        let is_candidate = |sample| place(sample).is_some_and(&may_teach);
        table.nearest_where(keys, self.samples[position], k, is_candidate, found);
        for neighbor in found {
            neighbor.sample = place(neighbor.sample).expect("candidates are evaluated");
        }
    }

    /// The same of many samples, one list for each; see [`Neighbors::nearest_of_each`].
    ///
    /// * `tests`: positions;
    /// * `may_teach`: of the positions of a test and a training sample.
    pub(crate) fn nearest_of_each(
        &self,
        table: &Neighbors,
        keys: &Keys,
        tests: &[usize],
        k: usize,
        may_teach: impl Fn(usize, usize) -> bool + Sync,
    ) -> Vec<Vec<Neighbor>> {
        let place = |sample: usize| self.positions[sample];
        let samples: Vec<usize> = tests.iter().map(|&test| self.samples[test]).collect();
        let is_candidate = |test: usize, sample: usize| {
            place(sample).is_some_and(|training| may_teach(tests[test], training))
        };
        let mut lists = table.nearest_of_each(keys, &samples, self.samples, k, is_candidate);
        for neighbor in lists.iter_mut().flatten() {
            neighbor.sample = place(neighbor.sample).expect("candidates are evaluated");
        }
        lists
    }

    /// The `k` nearest evaluated samples outside its own fold of every one.
    ///
    /// * `folds`: the fold of every evaluated sample.
    pub(crate) fn across_folds(
        &self,
        table: &Neighbors,
        keys: &Keys,
        folds: &[usize],
        k: usize,
    ) -> NeighborLists {
        let all: Vec<usize> = (0..self.n_samples()).collect();
        let is_outside = |test: usize, other: usize| folds[other] != folds[test];
        NeighborLists::new(self.nearest_of_each(table, keys, &all, k, is_outside))
    }
}
