//! Tables of how far curves and means can be trusted.

use phenolens_core::analysis::Analysis;

use super::evaluation::{chosen_cells, runs};
use super::sheet::Sheet;

/// `k_bands.csv`: measures of the pooled predictions at every k with their intervals.
pub(super) fn k_bands(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "k", "measure", "pooled", "ci_low", "ci_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for band in &run.k_bands {
            sheet.word(part.protocol.name())?;
            sheet.word(run.distance.name())?;
            sheet.word(run.weights.name())?;
            sheet.count(band.k)?;
            sheet.word(band.measure.name())?;
            sheet.number(band.pooled)?;
            sheet.number(band.interval.low)?;
            sheet.number(band.interval.high)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `roc_bands.csv`: between which rates the macro-averaged curve lies.
pub(super) fn roc_bands(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "k", "fpr", "ci_low", "ci_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        let Some(band) = &run.roc_band else {
            continue;
        };
        for (fpr, (low, high)) in band.fpr.iter().zip(band.low.iter().zip(&band.high)) {
            chosen_cells(&mut sheet, part, run)?;
            sheet.number(*fpr)?;
            sheet.number(*low)?;
            sheet.number(*high)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `per_class_intervals.csv`: the figures of every class that have an interval by resampling.
pub(super) fn per_class_intervals(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "k", "class", "measure", "value", "ci_low", "ci_high",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for class in &run.per_class {
            for (measure, value, interval) in [
                ("precision", Some(class.precision), class.precision_interval),
                ("f1", Some(class.f1), class.f1_interval),
                ("auc", class.auc, class.auc_interval),
            ] {
                let (Some(value), Some(interval)) = (value, interval) else {
                    continue;
                };
                chosen_cells(&mut sheet, part, run)?;
                sheet.text(&class_names[class.class])?;
                sheet.word(measure)?;
                sheet.number(value)?;
                sheet.number(interval.low)?;
                sheet.number(interval.high)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

/// `repeats.csv`: how measures at the chosen k spread over folds, and over drawings of them.
pub(super) fn repeats(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "measure",
        "repeats",
        "mean",
        "sd_between_folds",
        "sd_between_repeats",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        let repeats = run.k_points.iter().map(|point| point.repeat + 1);
        let n_repeats = repeats.max().unwrap_or(0);
        for summary in &run.summary {
            chosen_cells(&mut sheet, part, run)?;
            sheet.word(summary.measure.name())?;
            sheet.count(n_repeats)?;
            sheet.optional(summary.mean)?;
            sheet.optional(summary.sd_between_folds)?;
            sheet.optional(summary.sd_between_repeats)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}
