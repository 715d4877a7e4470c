//! How much of the evaluation's figures is the number of subjects: the same vote, taught by a few
//! subjects of each class.

mod classifier;
mod draws;
mod summary;
mod tasks;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde::Serialize;

use self::classifier::{Classifier, Measured};
use self::draws::Draw;
use self::tasks::{same_training, tasks};

use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, EvaluationParams, Interval, Measure, Protocol, Weights,
};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors, Scaling};

/// Subjects of each class that teach.
pub const SIZES: [usize; 6] = [1, 2, 5, 10, 20, 50];

/// Drawings of the subjects that teach.
pub const N_DRAWS: usize = 20;

/// Up to this many samples are tested in one drawing; of more, each class gives the same share, but
/// at least one.
pub const MOST_TESTED: usize = 2000;

/// The share of the drawings that a band holds.
pub const BAND: f64 = 0.8;

/// Measures against the number of subjects of each class that teach.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FewShot {
    /// Whose k votes: the first protocol's.
    pub protocol: Option<Protocol>,
    /// Drawings that every figure is a mean over.
    pub n_draws: usize,
    /// Whether only [`MOST_TESTED`] samples, about, were tested in a drawing.
    pub is_sampled: bool,
    /// The classes of the curves with [`ClassSet::Fixed`], indices into `Evaluation::class_names`.
    #[serde(skip)]
    pub fixed_classes: Vec<usize>,
    /// Two for each distance and weights, the fixed classes first; none where fewer than two classes
    /// have two subjects.
    pub curves: Vec<LearningCurve>,
}

/// One classifier over one rule for the classes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearningCurve {
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// Which classes are told apart.
    pub class_set: ClassSet,
    /// One per size that is possible, rising.
    pub points: Vec<LearningPoint>,
    /// From the last size but one to the last, one per measure; only of the fixed classes, and none
    /// where they allow one size only.
    pub last_steps: Vec<LastStep>,
}

/// Which classes a learning curve is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassSet {
    /// The same classes and the same test subjects at every size, so that only the training differs:
    /// the classes with more subjects than the greatest size that at least half of all classes, and
    /// at least two, have more subjects than; tested on the subjects that are not drawn at that size.
    /// Where half the classes have no more than one subject, the greatest size that two classes allow.
    Fixed,
    /// At every size all classes with more subjects, tested on all their other subjects. Where classes
    /// drop out the task changes, and becomes easier.
    Enough,
}

impl ClassSet {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            ClassSet::Fixed => "fixed",
            ClassSet::Enough => "enough",
        }
    }
}

/// All measures at one size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearningPoint {
    /// Subjects of each class that teach.
    pub subjects_per_class: usize,
    /// Neighbors that vote: the headline's k, but no more than subjects of a class.
    pub k: usize,
    /// Classes that are told apart.
    pub n_classes: usize,
    /// Training samples, mean over drawings.
    pub n_training: f64,
    /// Tested samples, mean over drawings.
    pub n_tested: f64,
    /// Accuracy, macro F1, macro AUC, top-5 accuracy beyond five classes, and the selecting measure;
    /// those that are defined.
    pub values: Vec<OverDraws>,
}

/// One measure over drawings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OverDraws {
    /// The measure.
    pub measure: Measure,
    /// Mean over the drawings where it is defined.
    pub mean: f64,
    /// Population standard deviation over the same drawings.
    pub sd: f64,
    /// Between which values four of five drawings fall, from the 10th to the 90th percentile. It says
    /// how much depends on who teaches; it is no interval of the mean, since all drawings share the
    /// subjects of one file.
    pub band: Interval,
    /// What guessing with equal chances for all classes gives, where that depends on their number
    /// alone.
    pub chance: Option<f64>,
}

/// The gain of the last step of a curve, from drawings in which the smaller training set is part of
/// the larger one and the test set is the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LastStep {
    /// The measure.
    pub measure: Measure,
    /// Subjects of each class before the step.
    pub from: usize,
    /// Subjects of each class after it.
    pub to: usize,
    /// Mean over drawings of the value after minus the value before.
    pub difference: f64,
    /// Population standard deviation over drawings.
    pub sd: f64,
    /// The 10th and the 90th percentile over drawings.
    pub band: Interval,
    /// Drawings in which the value rises.
    pub n_rising: usize,
    /// Drawings in which it falls.
    pub n_falling: usize,
    /// Drawings in which both values are defined.
    pub n_draws: usize,
}

/// Evaluates the headline's votes with few training subjects of each class.
///
/// In every drawing the subjects of each class are put into a random order; the first 1, 2, 5, … of
/// them teach, with all their samples, so that a smaller training set is part of a larger one. Every
/// vote has the k that the first protocol chose, but no more neighbors than a class has training
/// subjects. A class needs more subjects than are drawn, so that some remain to be tested, and a size
/// needs two such classes.
///
/// * `neighbors`, `groups`, `params`: as the evaluation was made with.
///
/// The result does not depend on the number of threads. Takes O([`N_DRAWS`] n n_classes) time for
/// each distance and vote where the tables hold all pairs; beyond that O(m d) for each of at most
/// [`MOST_TESTED`] tested samples of a drawing, m the number of training samples.
pub fn few_shot(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    machine: &Machine,
) -> FewShot {
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let units = evaluated.groups_of_classes();
    let n_subjects: Vec<usize> = units.iter().map(Vec::len).collect();
    let tasks = tasks(&n_subjects);
    let trainings = same_training(&tasks);
    let is_sampled = evaluated.n_samples() > MOST_TESTED;
    let draws: Vec<Draw> = (0..N_DRAWS)
        .into_par_iter()
        .map(|draw| Draw::new(&units, evaluated.n_samples(), params.seed, draw as u64))
        .collect();

    let part = evaluation.protocols.first();
    let mut curves = Vec::new();
    for run in part.into_iter().flat_map(|part| &part.runs) {
        let Some(table) = neighbors
            .iter()
            .find(|table| table.distance() == run.distance)
        else {
            continue;
        };
        let keys = Keys::new(dataset, run.distance, machine.instruction_set);
        let classifier = Classifier {
            evaluated: &evaluated,
            table,
            scaling: Scaling::new(&keys),
            run,
            params,
        };
        let of_draws: Vec<Vec<Measured>> = draws
            .par_iter()
            .map(|draw| classifier.measure(&trainings, draw))
            .collect();
        for class_set in [ClassSet::Fixed, ClassSet::Enough] {
            curves.extend(summary::curve(run, class_set, &tasks, &of_draws, params));
        }
    }
    let fixed = tasks.iter().find(|task| task.class_set == ClassSet::Fixed);
    FewShot {
        protocol: part.map(|part| part.protocol),
        n_draws: N_DRAWS,
        is_sampled,
        fixed_classes: fixed.map_or_else(Vec::new, |task| task.classes.clone()),
        curves,
    }
}

/// The measures of a task with so many classes. Among five classes or fewer the first five are no
/// achievement.
fn wanted(n_classes: usize, select_by: Measure) -> Vec<Measure> {
    let mut wanted = vec![Measure::Accuracy, Measure::F1Macro, Measure::AucMacro];
    if n_classes > 5 {
        wanted.push(Measure::Top5);
    }
    if !wanted.contains(&select_by) {
        wanted.push(select_by);
    }
    wanted
}
