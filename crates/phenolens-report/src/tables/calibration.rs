//! Tables of scores as probabilities.

use phenolens_core::analysis::Analysis;
use phenolens_core::calibration::{Calibration, RunCalibration};

use super::sheet::Sheet;

/// `calibration.csv`: one row per run, before and after calibration, and bin that has a sample.
pub(super) fn calibration(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "calibrated",
        "bin",
        "n",
        "score_mean",
        "accuracy",
        "bin_low",
        "bin_high",
        "accuracy_low",
        "accuracy_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (calibration, run) in runs(analysis) {
        let isotonic = run.isotonic.as_ref();
        let versions = [
            ("false", Some(&run.plain)),
            ("true", isotonic.map(|isotonic| &isotonic.reliability)),
        ];
        for (is_calibrated, reliability) in versions {
            for bin in reliability.iter().flat_map(|reliability| &reliability.bins) {
                run_cells(&mut sheet, calibration, run)?;
                sheet.word(is_calibrated)?;
                sheet.count(bin.bin)?;
                sheet.count(bin.n)?;
                sheet.number(bin.score_mean)?;
                sheet.number(bin.accuracy)?;
                sheet.number(bin.low)?;
                sheet.number(bin.high)?;
                sheet.number(bin.accuracy_interval.low)?;
                sheet.number(bin.accuracy_interval.high)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

/// `calibration_effects.csv`: one row per run and measure of scores, where they are calibrated.
pub(super) fn effects(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "measure",
        "plain",
        "isotonic",
        "difference",
        "ci_low",
        "ci_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (calibration, run) in runs(analysis) {
        for change in run.isotonic.iter().flat_map(|isotonic| &isotonic.changes) {
            run_cells(&mut sheet, calibration, run)?;
            sheet.word(change.measure.name())?;
            sheet.number(change.plain)?;
            sheet.number(change.isotonic)?;
            sheet.number(change.difference)?;
            sheet.optional(change.interval.map(|interval| interval.low))?;
            sheet.optional(change.interval.map(|interval| interval.high))?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

fn runs(analysis: &Analysis) -> impl Iterator<Item = (&Calibration, &RunCalibration)> {
    let of_all = |calibration| -> Vec<_> {
        let calibration: &Calibration = calibration;
        calibration
            .runs
            .iter()
            .map(|run| (calibration, run))
            .collect()
    };
    analysis.calibration.iter().flat_map(of_all)
}

fn run_cells(
    sheet: &mut Sheet,
    calibration: &Calibration,
    run: &RunCalibration,
) -> csv::Result<()> {
    sheet.word(calibration.protocol.name())?;
    sheet.word(run.distance.name())?;
    sheet.word(run.weights.name())
}
