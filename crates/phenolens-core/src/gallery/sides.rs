//! Which classes are frequent, and which samples stand where.

use super::{GalleryParams, Kind, MOST_PROBES, MOST_SAMPLES, Side};
use crate::dataset::Dataset;
use crate::evaluation::{Evaluated, Evaluation};
use crate::findings::{Finding, Severity};
use crate::random::{Stream, Use};

/// The kind of every class.
pub(super) struct Kinds {
    /// Frequent or rare, shape `(n_classes,)`.
    of_class: Vec<Kind>,
}

impl Kinds {
    /// Counts the groups of each class among the samples that take part.
    pub(super) fn new(
        evaluated: &Evaluated,
        takes_part: impl Fn(usize) -> bool,
        params: &GalleryParams,
    ) -> Kinds {
        let kind = |groups: Vec<Vec<usize>>| {
            let has_part = |group: &&Vec<usize>| group.iter().any(|&position| takes_part(position));
            match groups.iter().filter(has_part).count() < params.rare_below {
                true => Kind::Rare,
                false => Kind::Frequent,
            }
        };
        let units = evaluated.groups_of_classes();
        Kinds {
            of_class: units.into_iter().map(kind).collect(),
        }
    }

    pub(super) fn of(&self, class: usize) -> Kind {
        self.of_class[class]
    }

    /// Whether a class belongs to a gallery of that kind.
    pub(super) fn is_in(&self, class: usize, gallery: Kind) -> bool {
        gallery == Kind::Unified || self.of_class[class] == gallery
    }

    /// The classes of a kind, rising.
    pub(super) fn classes(&self, kind: Kind) -> Vec<usize> {
        let classes = 0..self.of_class.len();
        classes.filter(|&class| self.is_in(class, kind)).collect()
    }
}

/// One choice of gallery and probes.
pub(super) struct Split {
    /// Shape `(n_samples,)`, by position; `None` for samples that take no part.
    pub(super) sides: Vec<Option<Side>>,
    /// The probes that are ranked, rising: those with their class in the gallery, or some of them.
    pub(super) ranked: Vec<usize>,
    /// Whether some that could be ranked are not.
    pub(super) is_sampled: bool,
}

/// Whether each class has samples on a side in some split; of the probes, those that are ranked.
pub(super) fn present(evaluated: &Evaluated, splits: &[Split], side: Side) -> Vec<bool> {
    let mut is_present = vec![false; evaluated.n_classes];
    for split in splits {
        let in_gallery = |&position: &usize| split.sides[position] == Some(Side::Gallery);
        let positions: Vec<usize> = match side {
            Side::Probe => split.ranked.clone(),
            Side::Gallery => (0..split.sides.len()).filter(in_gallery).collect(),
        };
        for position in positions {
            is_present[evaluated.classes[position]] = true;
        }
    }
    is_present
}

/// Random splits, with the probes that are ranked in each.
pub(super) fn splits(
    evaluated: &Evaluated,
    kinds: &Kinds,
    params: &GalleryParams,
    seed: u64,
) -> Vec<Split> {
    let units = evaluated.groups_of_classes();
    let most = match evaluated.n_samples() > MOST_SAMPLES {
        true => MOST_PROBES.div_ceil(params.n_splits),
        false => usize::MAX,
    };
    (0..params.n_splits)
        .map(|index| {
            let mut stream = Stream::new(seed, Use::GallerySplits, index as u64);
            random_split(
                &units,
                evaluated.n_samples(),
                kinds,
                params,
                most,
                &mut stream,
            )
        })
        .collect()
}

/// * `most`: about how many probes of each kind are ranked.
fn random_split(
    units: &[Vec<Vec<usize>>],
    n_samples: usize,
    kinds: &Kinds,
    params: &GalleryParams,
    most: usize,
    stream: &mut Stream,
) -> Split {
    let mut sides = vec![None; n_samples];
    let mut probes = [Vec::new(), Vec::new()];
    for (class, units) in units.iter().enumerate() {
        let mut order: Vec<&Vec<usize>> = units.iter().collect();
        stream.shuffle(&mut order);
        let n_probes = n_probes(units.len(), params.probe_share);
        for (place, unit) in order.into_iter().enumerate() {
            let side = match place < n_probes {
                true => Side::Probe,
                false => Side::Gallery,
            };
            for &position in unit {
                sides[position] = Some(side);
            }
            if side == Side::Probe {
                probes[usize::from(kinds.of(class) == Kind::Rare)].push(unit);
            }
        }
    }
    let mut ranked = Vec::new();
    let mut is_sampled = false;
    for mut units in probes {
        let n_all: usize = units.iter().map(|unit| unit.len()).sum();
        if n_all > most {
            is_sampled = true;
            stream.shuffle(&mut units);
        }
        let mut n_left = most;
        for unit in units {
            if n_left == 0 {
                break;
            }
            n_left -= unit.len().min(n_left);
            ranked.extend_from_slice(unit);
        }
    }
    ranked.sort_unstable();
    Split {
        sides,
        ranked,
        is_sampled,
    }
}

/// Subjects of a class with `n` that are probes.
fn n_probes(n: usize, share: f64) -> usize {
    match n {
        0 | 1 => 0,
        _ => ((share * n as f64).round() as usize).clamp(1, n - 1),
    }
}

/// The split that the user gives; probes without their class in the gallery are not ranked.
///
/// * `sides`: of every sample of the dataset.
pub(super) fn given_split(evaluated: &Evaluated, sides: &[Option<Side>]) -> Split {
    let sides: Vec<Option<Side>> = evaluated
        .samples
        .iter()
        .map(|&sample| sides[sample])
        .collect();
    let mut is_in_gallery = vec![false; evaluated.n_classes];
    for (side, &class) in sides.iter().zip(&evaluated.classes) {
        is_in_gallery[class] |= *side == Some(Side::Gallery);
    }
    let is_ranked = |&position: &usize| {
        sides[position] == Some(Side::Probe) && is_in_gallery[evaluated.classes[position]]
    };
    Split {
        ranked: (0..sides.len()).filter(is_ranked).collect(),
        sides,
        is_sampled: false,
    }
}

/// What is odd about a split that the user gives.
pub(super) fn split_findings(
    dataset: &Dataset,
    evaluated: &Evaluated,
    evaluation: &Evaluation,
    split: &Split,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let on = |position: usize, side: Side| split.sides[position] == Some(side);
    for (class, name) in evaluation.class_names.iter().enumerate() {
        let members = || (0..split.sides.len()).filter(|&other| evaluated.classes[other] == class);
        let n_probes = members().filter(|&other| on(other, Side::Probe)).count();
        if n_probes > 0 && !members().any(|other| on(other, Side::Gallery)) {
            let message = format!(
                "the gallery has no sample of the class; its probes ({n_probes}) are not ranked"
            );
            let finding = Finding::new(Severity::Warning, "class_without_gallery", message);
            findings.push(finding.of_class(name));
        }
    }
    let subject = |position: usize| dataset.subjects()[evaluated.samples[position]];
    let mut counts = vec![[0_usize; 2]; dataset.n_subjects()];
    for (position, side) in split.sides.iter().enumerate() {
        if let Some(side) = side {
            counts[subject(position)][usize::from(*side == Side::Probe)] += 1;
        }
    }
    for (subject, [n_gallery, n_probes]) in counts.into_iter().enumerate() {
        if n_gallery > 0 && n_probes > 0 {
            let message = format!(
                "the subject has samples in the gallery ({n_gallery}) and among the probes \
                 ({n_probes}); its probes can find the subject in place of the class"
            );
            let finding = Finding::new(Severity::Warning, "subject_on_both_sides", message);
            findings.push(finding.of_subject(&dataset.subject_names()[subject]));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_keeps_a_subject_in_the_gallery() {
        for (n, share, expected) in [
            (1, 0.9, 0),
            (2, 0.1, 1),
            (2, 0.9, 1),
            (14, 0.1, 1),
            (15, 0.1, 2),
            (180, 0.1, 18),
            (3, 0.99, 2),
        ] {
            assert_eq!(n_probes(n, share), expected, "{n} {share}");
        }
    }
}
