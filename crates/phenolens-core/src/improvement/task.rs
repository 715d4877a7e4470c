use crate::dataset::Dataset;
use crate::evaluation::{NeighborLists, Place, Scores, Ties, Votes, Weights, vote};
use crate::kernels::InstructionSet;
use crate::neighbors::{Distance, Neighbor};

/// The samples that are classified, under which folds, and how the plain classifier votes.
///
/// Samples are positions among the evaluated ones.
pub(super) struct Task<'a> {
    pub(super) dataset: &'a Dataset,
    /// Which samples of the dataset, shape `(n_samples,)`, as all that follow.
    pub(super) samples: &'a [usize],
    pub(super) classes: Vec<usize>,
    /// The unit of independence of every sample, from 0 without gaps.
    pub(super) groups: Vec<usize>,
    pub(super) folds: &'a [usize],
    pub(super) n_folds: usize,
    pub(super) n_classes: usize,
    pub(super) k: usize,
    pub(super) distance: Distance,
    pub(super) weights: Weights,
    pub(super) ties: Ties,
    pub(super) instruction_set: InstructionSet,
}

impl Task<'_> {
    pub(super) fn n_samples(&self) -> usize {
        self.samples.len()
    }

    pub(super) fn n_dims(&self) -> usize {
        self.dataset.n_dims()
    }

    pub(super) fn vector(&self, position: usize) -> &[f32] {
        self.dataset.vector(self.samples[position])
    }

    /// The samples outside a fold, rising.
    pub(super) fn training(&self, fold: usize) -> Vec<usize> {
        let is_outside = |&position: &usize| self.folds[position] != fold;
        (0..self.n_samples()).filter(is_outside).collect()
    }

    /// The samples of a fold, rising.
    pub(super) fn test(&self, fold: usize) -> Vec<usize> {
        let is_inside = |&position: &usize| self.folds[position] == fold;
        (0..self.n_samples()).filter(is_inside).collect()
    }

    /// Lets the nearest training samples by `distance` vote as the plain classifier's do.
    ///
    /// * `lists`: one list per sample, in their order.
    pub(super) fn vote(&self, lists: Vec<Vec<Neighbor>>, distance: Distance) -> Votes {
        let weights = match self.weights.suit(distance) {
            true => self.weights,
            false => Weights::Uniform,
        };
        self.vote_with(lists, weights)
    }

    /// The same with other weights.
    pub(super) fn vote_with(&self, lists: Vec<Vec<Neighbor>>, weights: Weights) -> Votes {
        let lists = NeighborLists::new(lists);
        vote(
            &lists,
            &self.classes,
            self.n_classes,
            self.k,
            weights,
            self.ties,
        )
    }

    /// Puts what was found fold by fold into the order of the samples.
    ///
    /// * `of_folds`: for every fold one item per test sample, in their order.
    pub(super) fn in_order<T>(&self, of_folds: Vec<Vec<T>>) -> Vec<T> {
        let mut of_folds: Vec<_> = of_folds.into_iter().map(Vec::into_iter).collect();
        let next = |&fold: &usize| of_folds[fold].next();
        let items: Vec<T> = self.folds.iter().filter_map(next).collect();
        assert_eq!(items.len(), self.n_samples(), "one item per sample");
        items
    }
}

/// What a classifier without neighbors says of one sample.
pub(super) struct Opinion {
    /// How strongly it holds for every class, in any unit; `NEG_INFINITY` for a class that the
    /// training part lacks. Shape `(n_classes,)`.
    pub(super) evidence: Vec<f64>,
    /// The scores, not negative, summing to 1, same shape.
    pub(super) scores: Vec<f64>,
}

impl Opinion {
    /// Scores are the shares of `exp(evidence)`.
    pub(super) fn softmax(evidence: Vec<f64>) -> Opinion {
        let most = evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut scores: Vec<f64> = evidence
            .iter()
            .map(|value| libm::exp(value - most))
            .collect();
        let total: f64 = scores.iter().sum();
        for score in &mut scores {
            *score /= total;
        }
        Opinion { evidence, scores }
    }

    /// Evidence is how near a class is; scores are the shares of `1 / distance`, and of the classes
    /// at distance 0 alone where there are any.
    pub(super) fn nearness(distances: &[f64]) -> Opinion {
        let is_any_at_zero = distances.contains(&0.0);
        let weight = |&distance: &f64| match is_any_at_zero {
            true => f64::from(u8::from(distance == 0.0)),
            false => 1.0 / distance,
        };
        let mut scores: Vec<f64> = distances.iter().map(weight).collect();
        let total: f64 = scores.iter().sum();
        for score in &mut scores {
            *score /= total;
        }
        let evidence = distances.iter().map(|distance| -distance).collect();
        Opinion { evidence, scores }
    }

    /// The class with the most evidence, of equals the first.
    fn predicted(&self) -> usize {
        let better = |best: usize, class: usize| {
            if self.evidence[class] > self.evidence[best] {
                class
            } else {
                best
            }
        };
        (0..self.evidence.len()).fold(0, better)
    }

    /// Classes that the training part lacks share the last ranks; of other equals the first class
    /// stands before.
    fn place(&self, class: usize) -> Place {
        let own = self.evidence[class];
        let others = || (0..self.evidence.len()).filter(|&other| other != class);
        if own == f64::NEG_INFINITY {
            let n_known = others().filter(|&other| self.evidence[other] > own).count();
            let n_tied = self.evidence.len() - n_known;
            return Place {
                n_ahead: n_known,
                n_tied,
            };
        }
        let is_ahead = |&other: &usize| {
            self.evidence[other] > own || self.evidence[other] == own && other < class
        };
        Place {
            n_ahead: others().filter(is_ahead).count(),
            n_tied: 1,
        }
    }
}

/// The votes of opinions, one per sample of the task, in their order.
pub(super) fn votes_of(task: &Task, opinions: &[Opinion]) -> Votes {
    let places = opinions.iter().zip(&task.classes);
    let mut scores = Scores::new(task.n_classes);
    for opinion in opinions {
        scores.push(opinion.scores.iter().copied().enumerate());
    }
    Votes {
        n_classes: task.n_classes,
        truth: task.classes.clone(),
        predicted: opinions.iter().map(Opinion::predicted).collect(),
        places: places
            .map(|(opinion, &truth)| opinion.place(truth))
            .collect(),
        scores,
    }
}

/// The `k` least of the values, rising; of equals the earlier sample.
pub(super) fn least(mut all: Vec<Neighbor>, k: usize) -> Vec<Neighbor> {
    let order =
        |a: &Neighbor, b: &Neighbor| (a.value.total_cmp(&b.value)).then(a.sample.cmp(&b.sample));
    if all.len() > k && k > 0 {
        all.select_nth_unstable_by(k - 1, order);
        all.truncate(k);
    }
    all.sort_unstable_by(order);
    all
}
