//! Every phase in order, one call each.

mod measured;
mod parts;
#[cfg(test)]
mod tests;

pub use parts::Part;

use self::measured::{Measured, measure};
use crate::calibration::Calibration;
use crate::cohort::Labelling;
use crate::dataset::Dataset;
use crate::diagnosis::{Diagnosis, DiagnosisParams, diagnose};
use crate::evaluation::{
    Evaluation, EvaluationError, EvaluationParams, Leakage, Protocol, check_evaluation,
};
use crate::exploration::{Exploration, explore};
use crate::few_shot::FewShot;
use crate::findings::Finding;
use crate::gallery::{GalleryError, GalleryParams, Identification};
use crate::improvement::Improvement;
use crate::machine::{Machine, Phase, side_by_side};
use crate::neighbors::{Distance, Neighbors, SearchMethod};
use crate::open_set::OpenSet;
use crate::projection::{MapError, MapParams, Projection, project};
use crate::subgroups::{Subgroups, Variable};
use crate::subject_level::SubjectLevel;
use crate::validation::{
    Admission, DuplicatePair, OnInvalid, ReviewParams, RowCounts, duplicate_clusters, review,
};

/// Up to this many samples the neighbor tables hold all pairs: 48 MB for each distance, and no
/// question is ever searched again.
const MAX_SAMPLES_OF_WHOLE_ROWS: usize = 2000;

/// Runs every phase of the analysis on records that were let in.
///
/// The result is the same on any number of threads and with any instruction set.
///
/// # Errors
/// If a parameter does not suit the dataset, before any work starts.
pub fn analyze(
    admission: Admission,
    params: &AnalysisParams,
    machine: &Machine,
) -> Result<Analysis, AnalysisError> {
    let Admission {
        dataset,
        mut findings,
        rows,
    } = admission;
    params.check(&dataset)?;

    let tables = params.search.search(
        &dataset,
        &params.distances(),
        params.depth(&dataset),
        machine,
    );
    // Neither needs the other.
    let (found, exploration) = rayon::join(
        || review(&dataset, &tables, &params.review()),
        || {
            let seed = params.evaluation.seed;
            explore(&dataset, &params.distances(), &tables, seed, machine)
        },
    );
    findings.extend(found.findings);
    let (projections, measured) =
        project_and_measure(&dataset, &tables, &found.duplicates, params, machine);
    let (projections, measured) = (projections?, measured?);
    findings.extend(measured.findings);
    let diagnosis = params.examines(Part::Diagnosis).then(|| {
        machine.progress.report(Phase::Diagnosis, 0, 1);
        diagnose(
            &dataset,
            &tables,
            &measured.groups,
            &measured.evaluation,
            &projections,
            &params.diagnosis(),
            machine,
        )
    });
    Ok(Analysis {
        params: params.clone(),
        rows,
        findings,
        duplicate_clusters: duplicate_clusters(&dataset, &found.duplicates),
        dataset,
        duplicates: found.duplicates,
        neighbors: tables,
        exploration,
        evaluation: measured.evaluation,
        subject_level: measured.subject_level,
        subgroups: measured.subgroups,
        identification: measured.identification,
        few_shot: measured.few_shot,
        improvement: measured.improvement,
        leakage: measured.leakage,
        open_set: measured.open_set,
        calibration: measured.calibration,
        projections,
        diagnosis,
    })
}

/// What is asked of an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisParams {
    /// What is examined beyond the evaluation and the maps.
    pub parts: Vec<Part>,
    /// What becomes of records that cannot be used.
    pub on_invalid: OnInvalid,
    /// Which samples are near-duplicates.
    pub duplicates: DuplicateParams,
    /// How neighbors are searched.
    pub search: SearchMethod,
    /// How neighbors are evaluated as a classifier.
    pub evaluation: EvaluationParams,
    /// How gallery and probes are chosen.
    pub gallery: GalleryParams,
    /// How the maps are made.
    pub map: MapParams,
    /// What else is known of the samples, each with one value per sample of the dataset; empty where
    /// nothing is.
    pub metadata: Vec<Variable>,
}

impl Default for AnalysisParams {
    fn default() -> AnalysisParams {
        AnalysisParams {
            parts: Part::ALL.to_vec(),
            on_invalid: OnInvalid::default(),
            duplicates: DuplicateParams::default(),
            search: SearchMethod::default(),
            evaluation: EvaluationParams::default(),
            gallery: GalleryParams::default(),
            map: MapParams::default(),
            metadata: Vec::new(),
        }
    }
}

/// Which samples are near-duplicates, and what follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuplicateParams {
    /// Samples of two subjects nearer than this cosine distance are near-duplicates; from 0 to 2.
    pub distance: f64,
    /// Subjects with near-duplicate samples count as one in folds and resamples.
    pub merge_subjects: bool,
}

impl Default for DuplicateParams {
    fn default() -> DuplicateParams {
        DuplicateParams {
            distance: 0.25,
            merge_subjects: false,
        }
    }
}

/// Everything a report shows, in the order in which it is computed.
///
/// A [`Part`] that was not asked for is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What was asked.
    pub params: AnalysisParams,
    /// The samples that are used.
    pub dataset: Dataset,
    /// How many records were read, used and set aside.
    pub rows: RowCounts,
    /// What deserves a second look; never a reason to stop.
    pub findings: Vec<Finding>,
    /// Samples of different subjects that are nearly the same, nearest first.
    pub duplicates: Vec<DuplicatePair>,
    /// The cluster of every such pair, from 1 in their order: pairs that a chain of subjects links
    /// share one. Shape `(n_pairs,)`.
    pub duplicate_clusters: Vec<usize>,
    /// One neighbor table per distance: those evaluated in their order, then those only mapped.
    pub neighbors: Vec<Neighbors>,
    /// The dataset described, before any model.
    pub exploration: Exploration,
    /// How well neighbors predict the class, out of sample.
    pub evaluation: Evaluation,
    /// The samples of a subject classified together; `None` where the headline protocol splits
    /// subjects.
    pub subject_level: Option<SubjectLevel>,
    /// How each group of people fares; `None` without metadata.
    pub subgroups: Option<Subgroups>,
    /// How probes fare against a gallery of known samples.
    pub identification: Option<Identification>,
    /// Measures against the number of subjects that teach.
    pub few_shot: Option<FewShot>,
    /// What would mend the headline's classifier; `None` where the dataset is too large for it.
    pub improvement: Option<Improvement>,
    /// How much of that is leakage.
    pub leakage: Option<Leakage>,
    /// Whether samples of unknown classes look different; `None` with too few classes.
    pub open_set: Option<OpenSet>,
    /// Whether scores are probabilities; `None` where nothing was evaluated.
    pub calibration: Option<Calibration>,
    /// The samples in two dimensions, one map per distance.
    pub projections: Vec<Projection>,
    /// Why neighbors err.
    pub diagnosis: Option<Diagnosis>,
}

/// Why an analysis cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// The evaluation does not suit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The gallery does not suit the data.
    #[error(transparent)]
    Gallery(#[from] GalleryError),
    /// The maps do not suit the data.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Vectors without labels.
    #[error("the data have no labels, so that there is nothing to tell apart")]
    Unlabelled,
    /// Folds that keep subjects together, of data that do not know them.
    #[error(
        "the data do not tell subjects, so that the protocol {protocol:?} means nothing for them"
    )]
    WithoutSubjects {
        /// The protocol.
        protocol: &'static str,
    },
    /// Nothing can be tested on subjects that were not seen.
    #[error(
        "{n_classes} of the classes have two subjects or more; at least two must, or no subject can be \
         recognized by others"
    )]
    FewSubjects {
        /// The classes with at least two subjects.
        n_classes: usize,
    },
    /// The duplicate distance is not one.
    #[error("`data.duplicate_distance` is {distance}; it must be from 0 to 2")]
    DuplicateDistance {
        /// What was given.
        distance: f64,
    },
    /// A variable of the metadata does not have one value per sample.
    #[error(
        "the variable {variable:?} of the metadata has {n_values} values; the data have {n_samples} \
         samples"
    )]
    MetadataShape {
        /// The variable.
        variable: String,
        /// Its values.
        n_values: usize,
        /// The samples that are used.
        n_samples: usize,
    },
}

impl AnalysisError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Evaluation(error) => error.hint(),
            Self::Gallery(error) => error.hint(),
            Self::Map(error) => error.hint(),
            Self::Unlabelled => Some("give the labels in the file, or beside it with --labels"),
            Self::WithoutSubjects { .. } => Some(
                "use the protocol \"image-level\", or say by data.subject where the subjects stand",
            ),
            Self::FewSubjects { .. } => {
                Some("`phenolens check` lists the classes; does every image count as a class?")
            }
            Self::DuplicateDistance { .. } => {
                Some("it is a cosine distance: 0 is the same direction, 2 the opposite one")
            }
            Self::MetadataShape { .. } => {
                Some("give a value, or none, for every sample that is used, in their order")
            }
        }
    }
}

impl AnalysisParams {
    /// Is that part asked for?
    pub fn examines(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Refuses what does not suit the dataset, and changes nothing.
    fn check(&self, dataset: &Dataset) -> Result<(), AnalysisError> {
        self.check_labels(dataset)?;
        let distance = self.duplicates.distance;
        if !(0.0..=2.0).contains(&distance) {
            return Err(AnalysisError::DuplicateDistance { distance });
        }
        let n_samples = dataset.n_samples();
        let is_unfit = |variable: &&Variable| variable.values().len() != n_samples;
        if let Some(variable) = self.metadata.iter().find(is_unfit) {
            return Err(AnalysisError::MetadataShape {
                variable: variable.name().to_owned(),
                n_values: variable.values().len(),
                n_samples,
            });
        }
        check_evaluation(dataset, dataset.subjects(), &self.evaluation)?;
        self.gallery.check(dataset.n_samples())?;
        if !self.map.distances.is_empty() {
            self.map.check(dataset.n_samples())?;
        }
        Ok(())
    }

    /// Refuses data whose labels do not tell what is asked.
    fn check_labels(&self, dataset: &Dataset) -> Result<(), AnalysisError> {
        if dataset.labelling() == Labelling::Bare {
            return Err(AnalysisError::Unlabelled);
        }
        let keeps_subjects = |protocol: &&Protocol| {
            matches!(
                protocol,
                Protocol::SubjectGrouped | Protocol::LeaveOneSubjectOut
            )
        };
        let wanted = self.evaluation.protocols.iter().find(keeps_subjects);
        if let (Labelling::WithoutSubjects, Some(protocol)) = (dataset.labelling(), wanted) {
            let protocol = protocol.name();
            return Err(AnalysisError::WithoutSubjects { protocol });
        }
        let n_subjects = dataset.subjects_per_class();
        let n_classes = n_subjects
            .iter()
            .filter(|&&n_subjects| n_subjects > 1)
            .count();
        match n_classes {
            0 | 1 => Err(AnalysisError::FewSubjects { n_classes }),
            _ => Ok(()),
        }
    }

    /// Those that are evaluated, then those that are only mapped: one table each.
    fn distances(&self) -> Vec<Distance> {
        let mut distances = Vec::new();
        for &distance in self.evaluation.distances.iter().chain(&self.map.distances) {
            if !distances.contains(&distance) {
                distances.push(distance);
            }
        }
        distances
    }

    /// How many neighbors of each sample answer nearly every question: all of them where samples are
    /// few, else those of the map, and twice the greatest k so that a fold can be taken out of them.
    fn depth(&self, dataset: &Dataset) -> usize {
        if dataset.n_samples() <= MAX_SAMPLES_OF_WHOLE_ROWS {
            return dataset.n_samples() - 1;
        }
        let of_evaluation = 2 * self.evaluation.k_max + 20;
        of_evaluation.max(self.map.n_neighbors(dataset.n_samples()))
    }

    fn diagnosis(&self) -> DiagnosisParams {
        DiagnosisParams {
            confidence: self.evaluation.confidence,
            n_resamples: self.evaluation.n_resamples,
            seed: self.evaluation.seed,
        }
    }

    fn review(&self) -> ReviewParams {
        ReviewParams {
            duplicate_distance: self.duplicates.distance,
            n_folds: self.evaluation.n_folds,
            search_duplicates: true,
        }
    }
}

/// Makes the maps and measures the classifiers; neither needs the other.
fn project_and_measure(
    dataset: &Dataset,
    tables: &[Neighbors],
    duplicates: &[DuplicatePair],
    params: &AnalysisParams,
    machine: &Machine,
) -> (
    Result<Vec<Projection>, MapError>,
    Result<Measured, EvaluationError>,
) {
    let distances = &params.map.distances;
    let project = |&distance: &Distance| {
        let is_of = |table: &&Neighbors| table.distance() == distance;
        let table = tables.iter().find(is_of);
        let table = table.expect("every mapped distance has a neighbor table");
        project(dataset, table, &params.map, machine)
    };
    let measure = || measure(dataset, tables, duplicates, params, machine);
    if !side_by_side(dataset.n_samples()) {
        let measured = measure();
        return (distances.iter().map(project).collect(), measured);
    }
    // The maps first, since each is one long chain of small steps that a thread walks best alone; what is
    // measured falls into many pieces, which fill the others' time.
    let mut projections: Vec<_> = distances.iter().map(|_| None).collect();
    let mut measured = None;
    rayon::scope_fifo(|scope| {
        for (distance, projection) in distances.iter().zip(&mut projections) {
            scope.spawn_fifo(|_| *projection = Some(project(distance)));
        }
        scope.spawn_fifo(|_| measured = Some(measure()));
    });
    let projections = projections.into_iter().flatten().collect();
    (projections, measured.expect("the scope waits for it"))
}
