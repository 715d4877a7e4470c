//! Made-up calibration: scores as voted are too high, calibrated ones as right as can be told.

use phenolens_core::calibration::{
    Bin, BrierParts, Calibration, EceIfCalibrated, Isotonic, Reliability, RunCalibration,
    ScoreChange, ScoreMeasure,
};
use phenolens_core::evaluation::{Interval, Weights};
use phenolens_core::neighbors::Distance;

use super::{N_FOLDS, Shape};

pub(super) fn calibration(shape: &Shape) -> Calibration {
    let run = |distance: &Distance| RunCalibration {
        distance: *distance,
        weights: Weights::Uniform,
        k: 9,
        n_without_vote: 5,
        plain: reliability(0.125),
        isotonic: Some(Isotonic {
            reliability: reliability(0.03125),
            n_predicted_anew: 2,
            changes: ScoreMeasure::ALL.map(change).to_vec(),
        }),
    };
    Calibration {
        protocol: shape.protocols[0],
        n_folds: N_FOLDS,
        runs: shape.distances.iter().map(run).collect(),
    }
}

/// Scores that are too high by `gap` in every bin.
fn reliability(gap: f64) -> Reliability {
    let bin = |bin: usize| {
        let low = bin as f64 / 10.0;
        let accuracy = low + 0.0625 - gap;
        Bin {
            bin,
            low,
            high: low + 0.1,
            n: 2 * bin,
            score_mean: low + 0.0625,
            accuracy,
            accuracy_interval: Interval {
                low: (accuracy - 0.125).max(0.0),
                high: (accuracy + 0.125).min(1.0),
            },
        }
    };
    Reliability {
        score_mean: 0.75,
        accuracy: 0.75 - gap,
        bins: (3..10).map(bin).collect(),
        brier_parts: BrierParts {
            brier: 0.1875,
            reliability: gap * gap,
            resolution: 0.03125,
            uncertainty: 0.21875,
            within_bins: -gap * gap,
        },
        ece: gap,
        ece_if_calibrated: EceIfCalibrated {
            mean: 0.046875,
            upper: 0.078125,
        },
    }
}

fn change(measure: ScoreMeasure) -> ScoreChange {
    let (plain, isotonic, has_interval) = match measure {
        ScoreMeasure::LogLoss => (1.5, 0.75, true),
        ScoreMeasure::Brier => (0.375, 0.34375, true),
        ScoreMeasure::ExpectedCalibrationError => (0.125, 0.03125, true),
        ScoreMeasure::Accuracy => (0.75, 0.765625, true),
        ScoreMeasure::AucMacro => (0.9375, 0.9375, false),
    };
    let difference = isotonic - plain;
    ScoreChange {
        measure,
        plain,
        isotonic,
        difference,
        interval: has_interval.then_some(Interval {
            low: difference - 0.03125,
            high: difference + 0.03125,
        }),
    }
}
