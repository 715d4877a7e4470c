use crate::evaluation::{Evaluated, resample_subjects};
use crate::neighbors::{Keys, Neighbor, Neighbors};
use crate::random::{Stream, Use};

/// The probes of one distance, and what they find in the gallery of all classes.
pub(super) struct Probes {
    pub(super) n_classes: usize,
    /// In the order of their positions.
    pub(super) all: Vec<Probe>,
}

/// What one probe finds, by one distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Probe {
    /// Its true class.
    pub(super) class: usize,
    /// The unit of independence that it belongs to.
    pub(super) group: usize,
    /// Whether the gallery has a sample of its class.
    pub(super) has_mate: bool,
    /// The nearest gallery sample.
    pub(super) nearest: Option<Match>,
    /// The nearest of another class than that.
    pub(super) runner_up: Option<Match>,
}

/// A gallery sample that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) class: usize,
    pub(super) distance: f64,
}

impl Probe {
    /// The nearest sample in the gallery without one class; `None` where that leaves nothing.
    pub(super) fn nearest_without(&self, held_out: usize) -> Option<Match> {
        self.nearest
            .filter(|found| found.class != held_out)
            .or(self.runner_up)
    }
}

impl Probes {
    /// Searches for all probes.
    ///
    /// * `positions`: the probes, as positions among the evaluated samples;
    /// * `table`, `keys`: of one distance;
    /// * `folds`: the fold of every evaluated sample.
    pub(super) fn search(
        evaluated: &Evaluated,
        positions: &[usize],
        table: &Neighbors,
        keys: &Keys,
        folds: &[usize],
    ) -> Probes {
        let mut of_class = vec![Vec::new(); evaluated.n_classes];
        for (position, &class) in evaluated.classes.iter().enumerate() {
            of_class[class].push(position);
        }
        let is_in_gallery = |probe: usize, other: usize| {
            folds[other] != folds[probe] && evaluated.groups[other] != evaluated.groups[probe]
        };
        let found = |list: &Vec<Neighbor>| {
            list.first().map(|neighbor| Match {
                class: evaluated.classes[neighbor.sample],
                distance: neighbor.value,
            })
        };
        let first = evaluated.nearest_of_each(table, keys, positions, 1, is_in_gallery);
        let first: Vec<Option<Match>> = first.iter().map(found).collect();
        let mut class_found = vec![None; evaluated.n_samples()];
        for (&position, first) in positions.iter().zip(&first) {
            class_found[position] = first.map(|first| first.class);
        }
        let is_other = |probe: usize, other: usize| {
            is_in_gallery(probe, other) && class_found[probe] != Some(evaluated.classes[other])
        };
        let runners_up = evaluated.nearest_of_each(table, keys, positions, 1, is_other);
        let probe = |((&position, &first), runner_up): ((&usize, &Option<Match>), _)| {
            let class = evaluated.classes[position];
            let mut of_class = of_class[class].iter();
            Probe {
                class,
                group: evaluated.groups[position],
                has_mate: of_class.any(|&other| is_in_gallery(position, other)),
                nearest: first,
                runner_up: found(runner_up),
            }
        };
        let all = positions.iter().zip(&first).zip(&runners_up).map(probe);
        let all = all.collect();
        Probes {
            n_classes: evaluated.n_classes,
            all,
        }
    }
}

/// How often each probe is drawn in each resample of subjects within their class.
///
/// * `positions`: the probes.
pub(super) fn resamples(
    evaluated: &Evaluated,
    positions: &[usize],
    n_resamples: usize,
    seed: u64,
) -> Vec<Vec<u32>> {
    let of = |values: &[usize]| -> Vec<usize> {
        positions.iter().map(|&position| values[position]).collect()
    };
    let (classes, groups) = (of(&evaluated.classes), of(&evaluated.groups));
    resample_subjects(&classes, &groups, n_resamples, seed, |multiplicities, _| {
        multiplicities.to_vec()
    })
}

/// Which evaluated samples are probes: all of them up to `most`, else the samples of randomly drawn
/// subjects, of every class until its share of `most` is reached and of one at least.
///
/// Positions, rising.
pub(super) fn drawn(evaluated: &Evaluated, most: usize, seed: u64) -> Vec<usize> {
    let n_samples = evaluated.n_samples();
    let mut positions: Vec<usize> = (0..n_samples).collect();
    if n_samples <= most {
        return positions;
    }
    let unit = |&position: &usize| (evaluated.classes[position], evaluated.groups[position]);
    positions.sort_by_key(unit);
    let mut stream = Stream::new(seed, Use::OpenSet, 0);
    let mut probes = Vec::new();
    for of_class in positions.chunk_by(|a, b| unit(a).0 == unit(b).0) {
        let share = of_class.len() as f64 * most as f64 / n_samples as f64;
        let mut units: Vec<&[usize]> = of_class.chunk_by(|a, b| unit(a) == unit(b)).collect();
        stream.shuffle(&mut units);
        let mut n_drawn = 0;
        for unit in units {
            if n_drawn as f64 >= share {
                break;
            }
            probes.extend(unit);
            n_drawn += unit.len();
        }
    }
    probes.sort_unstable();
    probes
}
