//! Closed-set identification, as papers on facial phenotypes report it: which class of a gallery of
//! known images is nearest to a probe?

mod error;
mod figures;
mod ranks;
mod sides;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde::Serialize;

pub use error::GalleryError;

use self::figures::figures;
use self::ranks::Ranking;
use self::sides::{Kinds, given_split, present, split_findings, splits};
use crate::dataset::Dataset;
use crate::evaluation::{Evaluated, Evaluation, EvaluationParams, Interval};
use crate::findings::Finding;
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};

/// The numbers of first ranks that are counted.
pub const TOPS: [usize; 4] = [1, 5, 10, 30];

/// Up to this many samples every probe of a random split is ranked.
pub const MOST_SAMPLES: usize = 2000;

/// Beyond that, about so many probes of frequent classes are ranked over all splits together, and as
/// many of rare ones.
pub const MOST_PROBES: usize = 2000;

/// How gallery and probes are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct GalleryParams {
    /// Classes with fewer subjects are rare, all others frequent.
    pub rare_below: usize,
    /// Random splits; at least 1.
    pub n_splits: usize,
    /// The share of each class's subjects that are probes, rounded, but at least one subject, and one
    /// less than all; above 0 and below 1.
    pub probe_share: f64,
    /// The side of every sample as the user gives it, in place of random splits; `None` for samples
    /// that take no part. Shape `(n_samples,)`.
    pub sides_from_file: Option<Vec<Option<Side>>>,
}

impl Default for GalleryParams {
    fn default() -> GalleryParams {
        GalleryParams {
            rare_below: 7,
            n_splits: 10,
            probe_share: 0.1,
            sides_from_file: None,
        }
    }
}

impl GalleryParams {
    /// Refuses what does not suit a dataset of so many samples, and changes nothing.
    ///
    /// # Errors
    /// If a parameter is out of its range.
    pub fn check(&self, n_samples: usize) -> Result<(), GalleryError> {
        if self.n_splits == 0 {
            return Err(GalleryError::Splits);
        }
        let share = self.probe_share;
        if !(share > 0.0 && share < 1.0) {
            return Err(GalleryError::ProbeShare { share });
        }
        match &self.sides_from_file {
            Some(sides) if sides.len() != n_samples => Err(GalleryError::Shape {
                n_sides: sides.len(),
                n_samples,
            }),
            _ => Ok(()),
        }
    }
}

/// Where a sample stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Its class is known.
    Gallery,
    /// Its class is looked for.
    Probe,
}

/// Classes by their number of subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Those with enough subjects.
    Frequent,
    /// Those with fewer than [`GalleryParams::rare_below`].
    Rare,
    /// Both together.
    Unified,
}

impl Kind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Frequent => "frequent",
            Kind::Rare => "rare",
            Kind::Unified => "unified",
        }
    }
}

/// How probes fare against a gallery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Identification {
    /// Whether the sides are the user's.
    pub is_from_file: bool,
    /// Splits over which everything is a mean.
    pub n_splits: usize,
    /// Evaluated samples that the user puts on no side.
    pub n_without_side: usize,
    /// Whether only some of the probes were ranked; see [`MOST_PROBES`].
    pub is_sampled: bool,
    /// Frequent classes with gallery samples.
    pub n_frequent: usize,
    /// Rare classes with gallery samples.
    pub n_rare: usize,
    /// Frequent classes with probes.
    pub n_frequent_probed: usize,
    /// Rare classes with probes.
    pub n_rare_probed: usize,
    /// Up to four for each distance: frequent probes against the frequent gallery, rare against rare,
    /// frequent against unified, rare against unified. Those without probes, with fewer than two
    /// classes in the gallery, or with a unified gallery of one kind are left out.
    pub rows: Vec<GalleryRow>,
    /// What deserves a second look.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

/// Probes of one kind against one gallery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GalleryRow {
    /// The distance.
    pub distance: Distance,
    /// The classes in the gallery.
    pub gallery: Kind,
    /// The classes of the probes.
    pub probes: Kind,
    /// Classes in the gallery.
    pub n_classes: usize,
    /// Gallery samples, mean over splits.
    pub n_gallery: f64,
    /// Probes, mean over splits.
    pub n_probes: f64,
    /// Subjects that are probes in some split.
    pub n_probe_subjects: usize,
    /// For each number of first ranks below the number of classes the mean over images, then over
    /// classes.
    pub figures: Vec<TopFigure>,
}

/// How often the class of a probe is among the first so many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopFigure {
    /// The number of first ranks.
    pub top: usize,
    /// What it is a mean over.
    pub average: Average,
    /// The mean over the probes of all splits.
    pub value: f64,
    /// Population standard deviation of the figures of single splits; `None` with one split.
    pub sd_over_splits: Option<f64>,
    /// Interval over the subjects of the probes, resampled within their class; `None` without
    /// resampling, and where no class has two such subjects.
    pub interval: Option<Interval>,
    /// What a random order of the classes gives: `top / n_classes`.
    pub chance: f64,
}

/// What a figure is a mean over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Average {
    /// Every probe counts the same.
    Images,
    /// Every class counts the same: the mean of its probes' shares.
    Classes,
}

impl Average {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Average::Images => "images",
            Average::Classes => "classes",
        }
    }
}

/// Ranks the classes of a gallery for every probe by their nearest gallery sample, for each evaluated
/// distance.
///
/// ```text
/// rank of a class  =  1 + number of other classes in the gallery with a nearer sample
/// ```
///
/// Of equally near samples the earlier counts as nearer. In random splits whole subjects are probes;
/// classes with one subject stand in the gallery only, and gallery samples of a probe's own subject,
/// which it can have under another class alone, are passed over. Sides from a file are taken as they
/// are; a subject on both sides is a finding.
///
/// A figure is a mean over the probes of all splits, so that a split counts by its probes. Its
/// interval resamples the subjects that were probes, within their class, each with all it was in any
/// split: one subject's outcomes in several splits are not independent.
///
/// * `neighbors`, `groups`, `evaluation_params`: as the evaluation was made with.
///
/// The result does not depend on the number of threads. Takes O(n) time for a probe where the tables
/// hold all pairs, and O(n d) where they end before its class.
///
/// # Source
/// Hsieh et al. (2022), Nat. Genet. 54, 349-357; Hustinx et al. (2023), WACV, 5007-5016. Ranks over
/// distinct classes: Phillips et al. (2000), IEEE Trans. Pattern Anal. Mach. Intell. 22, 1090-1104.
pub fn identify(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &GalleryParams,
    evaluation_params: &EvaluationParams,
    machine: &Machine,
) -> Identification {
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let (kinds, splits) = match &params.sides_from_file {
        Some(sides) => {
            let split = given_split(&evaluated, sides);
            let takes_part = |position: usize| split.sides[position].is_some();
            (Kinds::new(&evaluated, takes_part, params), vec![split])
        }
        None => {
            let kinds = Kinds::new(&evaluated, |_| true, params);
            let splits = splits(&evaluated, &kinds, params, evaluation_params.seed);
            (kinds, splits)
        }
    };
    let is_from_file = params.sides_from_file.is_some();
    let mut rows = Vec::new();
    for &distance in &evaluation_params.distances {
        let Some(table) = neighbors.iter().find(|table| table.distance() == distance) else {
            continue;
        };
        let ranking = Ranking {
            evaluated: &evaluated,
            table,
            keys: Keys::new(dataset, distance, machine.instruction_set),
            kinds: &kinds,
            own_group_counts: is_from_file,
        };
        let outcomes = splits
            .par_iter()
            .enumerate()
            .flat_map(|(index, split)| ranking.outcomes(index, split))
            .collect::<Vec<_>>();
        rows.extend(figures(
            distance,
            &evaluated,
            &kinds,
            &splits,
            &outcomes,
            evaluation_params,
        ));
    }
    let with = |side: Side, kind: Kind| {
        let present = present(&evaluated, &splits, side);
        let has = |class: &&usize| present[**class];
        kinds.classes(kind).iter().filter(has).count()
    };
    let n_without_side = match is_from_file {
        true => splits[0].sides.iter().filter(|side| side.is_none()).count(),
        false => 0,
    };
    Identification {
        is_from_file,
        n_splits: splits.len(),
        n_without_side,
        is_sampled: splits.iter().any(|split| split.is_sampled),
        n_frequent: with(Side::Gallery, Kind::Frequent),
        n_rare: with(Side::Gallery, Kind::Rare),
        n_frequent_probed: with(Side::Probe, Kind::Frequent),
        n_rare_probed: with(Side::Probe, Kind::Rare),
        rows,
        findings: match is_from_file {
            true => split_findings(dataset, &evaluated, evaluation, &splits[0]),
            false => Vec::new(),
        },
    }
}
