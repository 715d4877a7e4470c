//! Scores as probabilities.

use phenolens_core::analysis::Analysis;
use phenolens_core::calibration::{Reliability, RunCalibration, ScoreChange};
use phenolens_core::evaluation::{Protocol, Weights};
use phenolens_core::neighbors::Distance;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CalibrationResults<'a> {
    protocol: Protocol,
    n_folds: usize,
    runs: Vec<RunResults<'a>>,
}

#[derive(Serialize)]
struct RunResults<'a> {
    distance: Distance,
    weights: Weights,
    k: usize,
    n_without_vote: usize,
    plain: ReliabilityResults<'a>,
    isotonic: Option<IsotonicResults<'a>>,
}

#[derive(Serialize)]
struct ReliabilityResults<'a> {
    is_miscalibrated: bool,
    #[serde(flatten)]
    reliability: &'a Reliability,
}

#[derive(Serialize)]
struct IsotonicResults<'a> {
    n_predicted_anew: usize,
    reliability: ReliabilityResults<'a>,
    changes: &'a [ScoreChange],
}

pub(super) fn calibration(analysis: &Analysis) -> Option<CalibrationResults<'_>> {
    let calibration = analysis.calibration.as_ref()?;
    Some(CalibrationResults {
        protocol: calibration.protocol,
        n_folds: calibration.n_folds,
        runs: calibration.runs.iter().map(run_results).collect(),
    })
}

fn run_results(run: &RunCalibration) -> RunResults<'_> {
    RunResults {
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        n_without_vote: run.n_without_vote,
        plain: reliability_results(&run.plain),
        isotonic: run.isotonic.as_ref().map(|isotonic| IsotonicResults {
            n_predicted_anew: isotonic.n_predicted_anew,
            reliability: reliability_results(&isotonic.reliability),
            changes: &isotonic.changes,
        }),
    }
}

fn reliability_results(reliability: &Reliability) -> ReliabilityResults<'_> {
    ReliabilityResults {
        is_miscalibrated: reliability.is_miscalibrated(),
        reliability,
    }
}
