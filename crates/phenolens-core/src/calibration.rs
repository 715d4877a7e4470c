//! Whether the scores of a vote are probabilities, and what calibration makes of them.

mod inside;
mod isotonic;
mod reliability;
mod scored;
#[cfg(test)]
mod tests;

use serde::Serialize;

use self::scored::{Measured, Scored};
use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, EvaluationParams, Interval, Measure, MeasureSet, Protocol, Run, Scorer,
    Votes, Weights, Workspace, resample_subjects_in_lanes,
};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};
use crate::statistics::percentile_interval;

pub use self::reliability::{Bin, BrierParts, EceIfCalibrated, N_BINS, N_SIMULATIONS, Reliability};

/// Up to this many folds scores are calibrated; maps are fitted in the training part of each, so that
/// subjects left out one by one cost more than they tell.
pub const MAX_FOLDS: usize = 100;

/// How far the scores of the headline's votes are probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The headline, in its first repeat.
    pub protocol: Protocol,
    /// Its folds.
    pub n_folds: usize,
    /// One per run, in their order.
    pub runs: Vec<RunCalibration>,
}

/// The scores of one classifier at its chosen k.
#[derive(Debug, Clone, PartialEq)]
pub struct RunCalibration {
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// The chosen k.
    pub k: usize,
    /// Samples whose own class got no vote, so that its score is 0.
    pub n_without_vote: usize,
    /// The shares of votes as they are.
    pub plain: Reliability,
    /// The same after isotonic calibration; `None` with fewer than three folds, since the training
    /// part is then a single fold, whose samples nothing else in it can score, and with more than
    /// [`MAX_FOLDS`].
    pub isotonic: Option<Isotonic>,
}

/// Scores after isotonic calibration inside the training part.
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    /// The calibrated scores.
    pub reliability: Reliability,
    /// Samples whose predicted class is another than before.
    pub n_predicted_anew: usize,
    /// One per [`ScoreMeasure`], in their order.
    pub changes: Vec<ScoreChange>,
}

/// What calibration does to one measure of the pooled predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreChange {
    /// The measure.
    pub measure: ScoreMeasure,
    /// Its value for shares of votes.
    pub plain: f64,
    /// Its value for calibrated scores.
    pub isotonic: f64,
    /// Calibrated minus plain.
    pub difference: f64,
    /// Interval of the difference over subjects; `None` without resampling, and for the area, whose
    /// resamples would cost more than all the others.
    ///
    /// Resampling adds to the expected calibration error as sampling does, and more to the lesser of
    /// two: this interval lies too high, so that a fall of that error is claimed too rarely.
    pub interval: Option<Interval>,
}

/// A measure of scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreMeasure {
    /// As [`Measure::LogLoss`].
    LogLoss,
    /// As [`Measure::Brier`].
    Brier,
    /// [`Reliability::ece`].
    ExpectedCalibrationError,
    /// As [`Measure::Accuracy`]; maps of single classes can change which class is first.
    Accuracy,
    /// As [`Measure::AucMacro`], which calibration can change too.
    AucMacro,
}

impl ScoreMeasure {
    /// Every measure, in the order of the tables.
    pub const ALL: [ScoreMeasure; 5] = [
        ScoreMeasure::LogLoss,
        ScoreMeasure::Brier,
        ScoreMeasure::ExpectedCalibrationError,
        ScoreMeasure::Accuracy,
        ScoreMeasure::AucMacro,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            ScoreMeasure::LogLoss => "log_loss",
            ScoreMeasure::Brier => "brier",
            ScoreMeasure::ExpectedCalibrationError => "expected_calibration_error",
            ScoreMeasure::Accuracy => "accuracy",
            ScoreMeasure::AucMacro => "auc_macro",
        }
    }
}

impl Isotonic {
    /// What calibration does to one measure; `None` where that is undefined.
    pub fn change(&self, measure: ScoreMeasure) -> Option<&ScoreChange> {
        self.changes.iter().find(|change| change.measure == measure)
    }
}

/// Measures the reliability of the scores of every run of the headline, and calibrates them.
///
/// Calibration is isotonic regression of each class against the rest, its results scaled to sum to 1.
/// It is fitted inside the training part of every fold: training samples are scored by the training
/// part without their own fold, with the k of the run, and the map fitted on these is applied to the
/// fold outside. The test samples' classes have no part in it, but for the choice of k.
///
/// `None` where nothing was evaluated.
///
/// * `neighbors`, `groups`, `params`: as the evaluation was made with.
///
/// The result does not depend on the number of threads. Takes n_folds times what one vote takes, and
/// O(n_resamples n) time.
///
/// # Source
/// Zadrozny & Elkan (2002), KDD, 694-699.
pub fn calibrate(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &EvaluationParams,
    machine: &Machine,
) -> Option<Calibration> {
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let part = evaluation.protocols.first()?;
    let votes: Vec<(Votes, Option<Votes>)> = part
        .runs
        .iter()
        .map(|run| {
            let table = neighbors
                .iter()
                .find(|table| table.distance() == run.distance)
                .expect("every evaluated distance has a neighbor table");
            let keys = Keys::new(dataset, run.distance, machine.instruction_set);
            let isotonic = inside::calibrated(&evaluated, table, &keys, part, run, params);
            (plain_votes(&evaluated, run), isotonic)
        })
        .collect();
    Some(Calibration {
        protocol: part.protocol,
        n_folds: part.n_folds,
        runs: calibrations(&evaluated, &part.runs, &votes, params),
    })
}

/// The votes that a run's predictions were made of; places are not known any more and all shared.
fn plain_votes(evaluated: &Evaluated, run: &Run) -> Votes {
    Votes {
        n_classes: evaluated.n_classes,
        truth: evaluated.classes.clone(),
        predicted: run.predictions.iter().map(|row| row.predicted).collect(),
        places: vec![inside::shared_by_all(evaluated.n_classes); evaluated.n_samples()],
        scores: run.scores.clone(),
    }
}

/// One per run.
///
/// * `votes`: of every run, plain and calibrated.
fn calibrations(
    evaluated: &Evaluated,
    runs: &[Run],
    votes: &[(Votes, Option<Votes>)],
    params: &EvaluationParams,
) -> Vec<RunCalibration> {
    let scored: Vec<(Scored, Option<Scored>)> = votes
        .iter()
        .map(|(plain, isotonic)| (Scored::new(plain), isotonic.as_ref().map(Scored::new)))
        .collect();
    // All runs see the same resamples, which take longer to draw than to measure.
    let resampled: Vec<Vec<Option<Measured>>> = resample_subjects_in_lanes(
        &evaluated.classes,
        &evaluated.groups,
        params.n_resamples,
        params.seed,
        |multiplicities, _| {
            let both = |(plain, isotonic): &(Scored, Option<Scored>)| {
                let isotonic = isotonic.as_ref()?;
                Some([isotonic, plain].map(|scored| scored.measures(multiplicities)))
            };
            let of_runs: Vec<_> = scored.iter().map(both).collect();
            core::array::from_fn(|lane| {
                let difference = |[isotonic, plain]: [[Measured; _]; 2]| {
                    core::array::from_fn(|measure| isotonic[lane][measure] - plain[lane][measure])
                };
                of_runs.iter().map(|both| both.map(difference)).collect()
            })
        },
    );

    let reliability = |scored: &Scored| Reliability::new(scored, &evaluated.groups, params);
    let of_run = |(index, run): (usize, &Run)| {
        let (plain, isotonic) = &votes[index];
        let (scored_plain, scored_isotonic) = &scored[index];
        let of_isotonic = || {
            let (votes, scored) = (isotonic.as_ref()?, scored_isotonic.as_ref()?);
            let differences: Vec<Measured> =
                resampled.iter().filter_map(|all| all[index]).collect();
            let both = plain.predicted.iter().zip(&votes.predicted);
            Some(Isotonic {
                reliability: reliability(scored),
                n_predicted_anew: both.filter(|(before, after)| before != after).count(),
                changes: changes(
                    [plain, votes],
                    [scored_plain, scored],
                    &differences,
                    params.confidence,
                ),
            })
        };
        let has_no_vote = |&sample: &usize| plain.scores(sample)[plain.truth[sample]] == 0.0;
        RunCalibration {
            distance: run.distance,
            weights: run.weights,
            k: run.k,
            n_without_vote: (0..plain.n_samples()).filter(has_no_vote).count(),
            plain: reliability(scored_plain),
            isotonic: of_isotonic(),
        }
    };
    runs.iter().enumerate().map(of_run).collect()
}

/// Every measure of plain and calibrated scores.
///
/// * `resampled`: their differences in every resample.
fn changes(
    votes: [&Votes; 2],
    scored: [&Scored; 2],
    resampled: &[Measured],
    confidence: f64,
) -> Vec<ScoreChange> {
    let once = vec![[1]; votes[0].n_samples()];
    let [[plain], [isotonic]] = scored.map(|scored| scored.measures(&once));
    let areas = votes.map(area);
    let mut changes = Vec::new();
    for (index, measure) in ScoreMeasure::ALL.into_iter().enumerate() {
        let (plain, isotonic) = match (plain.get(index), isotonic.get(index)) {
            (Some(&plain), Some(&isotonic)) => (plain, isotonic),
            _ => match areas {
                [Some(plain), Some(isotonic)] => (plain, isotonic),
                _ => continue,
            },
        };
        let differences = resampled.iter().filter_map(|all| all.get(index).copied());
        changes.push(ScoreChange {
            measure,
            plain,
            isotonic,
            difference: isotonic - plain,
            interval: percentile_interval(differences.collect(), confidence),
        });
    }
    changes
}

fn area(votes: &Votes) -> Option<f64> {
    let wanted = MeasureSet::from_iter([Measure::AucMacro]);
    let ones = vec![1; votes.n_samples()];
    let measures =
        Scorer::of(votes, wanted).measures_of_each(wanted, &[&ones], &mut Workspace::default())[0];
    measures.get(Measure::AucMacro)
}
