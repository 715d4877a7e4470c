//! The choice of k without optimism.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::Measure;

use super::evaluation::runs;
use super::sheet::Sheet;

/// `nested.csv`: every measure of every outer fold, at the k that its training part chose.
pub(super) fn nested(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "repeat", "fold", "k", "measure", "value",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for (repeat, nested) in run.nested.iter().enumerate() {
            for fold in &nested.folds {
                for measure in Measure::ALL {
                    sheet.word(part.protocol.name())?;
                    sheet.word(run.distance.name())?;
                    sheet.word(run.weights.name())?;
                    sheet.count(repeat)?;
                    sheet.count(fold.fold)?;
                    sheet.count(fold.k)?;
                    sheet.word(measure.name())?;
                    sheet.optional(fold.measures.get(measure))?;
                    sheet.end_row()?;
                }
            }
        }
    }
    sheet.finish()
}

/// `k_rise.csv`: the selecting measure at the largest k against half of it.
pub(super) fn k_rise(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "half_k",
        "measure",
        "difference",
        "ci_low",
        "ci_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        let Some(rise) = run.rise else {
            continue;
        };
        sheet.word(part.protocol.name())?;
        sheet.word(run.distance.name())?;
        sheet.word(run.weights.name())?;
        sheet.count(rise.k)?;
        sheet.count(rise.half_k)?;
        sheet.word(rise.measure.name())?;
        sheet.number(rise.difference)?;
        sheet.optional(rise.interval.map(|interval| interval.low))?;
        sheet.optional(rise.interval.map(|interval| interval.high))?;
        sheet.end_row()?;
    }
    sheet.finish()
}
