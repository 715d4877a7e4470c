//! Tables of measures.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{KPoint, Measure, ProtocolEvaluation, RocSubject, Run};

use super::sheet::Sheet;

/// `k_sweep.csv`: every measure at every k.
pub(super) fn k_sweep(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "repeat", "k", "measure", "mean", "sd", "pooled",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for point in &run.k_points {
            for measure in Measure::ALL {
                point_cells(&mut sheet, part, run, point)?;
                sheet.word(measure.name())?;
                sheet.optional(point.mean.get(measure))?;
                sheet.optional(point.sd.get(measure))?;
                sheet.optional(point.pooled.get(measure))?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

/// `k_sweep_folds.csv`: every measure at every k in every fold.
pub(super) fn k_sweep_folds(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "repeat", "k", "fold", "n", "measure", "value",
    ];
    let mut sheet = Sheet::new(header, 1 << 20)?;
    for (part, run) in runs(analysis) {
        for point in &run.k_points {
            for (fold, (measures, &size)) in point.folds.iter().zip(&point.fold_sizes).enumerate() {
                for measure in Measure::ALL {
                    point_cells(&mut sheet, part, run, point)?;
                    sheet.count(fold)?;
                    sheet.count(size)?;
                    sheet.word(measure.name())?;
                    sheet.optional(measures.get(measure))?;
                    sheet.end_row()?;
                }
            }
        }
    }
    sheet.finish()
}

/// `summary.csv`: every measure at the chosen k; the interval is of `pooled`.
pub(super) fn summary(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "k", "measure", "mean", "sd", "pooled", "ci_low",
        "ci_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for summary in &run.summary {
            chosen_cells(&mut sheet, part, run)?;
            sheet.word(summary.measure.name())?;
            sheet.optional(summary.mean)?;
            sheet.optional(summary.sd)?;
            sheet.optional(summary.pooled)?;
            sheet.optional(summary.interval.map(|interval| interval.low))?;
            sheet.optional(summary.interval.map(|interval| interval.high))?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `per_class.csv`: how every class fares at the chosen k.
pub(super) fn per_class(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "class",
        "n_subjects",
        "support",
        "precision",
        "recall",
        "recall_low",
        "recall_high",
        "f1",
        "auc",
        "recall_of_others",
        "p_value",
        "p_holm",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for class in &run.per_class {
            chosen_cells(&mut sheet, part, run)?;
            sheet.text(&class_names[class.class])?;
            sheet.count(class.n_subjects)?;
            sheet.count(class.support)?;
            sheet.number(class.precision)?;
            sheet.number(class.recall)?;
            sheet.number(class.recall_interval.low)?;
            sheet.number(class.recall_interval.high)?;
            sheet.number(class.f1)?;
            sheet.optional(class.auc)?;
            let against = class.against_others;
            sheet.optional(against.map(|against| against.recall))?;
            sheet.optional(against.map(|against| against.p_value))?;
            sheet.optional(against.map(|against| against.p_holm))?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `confusion.csv`: every pair of classes, also those that are never confused.
pub(super) fn confusion(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "true_class",
        "predicted_class",
        "count",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    for (part, run) in runs(analysis) {
        for (truth, true_class) in class_names.iter().enumerate() {
            for (predicted, predicted_class) in class_names.iter().enumerate() {
                chosen_cells(&mut sheet, part, run)?;
                sheet.text(true_class)?;
                sheet.text(predicted_class)?;
                sheet.count(run.confusion.count(truth, predicted))?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

/// `roc.csv`: every averaged curve at its fixed false-positive rates.
pub(super) fn roc(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "k", "curve", "class", "fpr", "tpr_mean", "tpr_sd",
    ];
    let class_names = &analysis.evaluation.class_names;
    let n_curves: usize = runs(analysis).map(|(_, run)| run.roc.len()).sum();
    let mut sheet = Sheet::new(header, n_curves * 1001 * 110)?;
    for (part, run) in runs(analysis) {
        for curve in &run.roc {
            let (name, class) = match curve.subject {
                RocSubject::Macro => ("macro", ""),
                RocSubject::Micro => ("micro", ""),
                RocSubject::Class(class) => ("class", class_names[class].as_str()),
            };
            let last = curve.tpr_mean.len().saturating_sub(1).max(1);
            for (step, (&mean, &sd)) in curve.tpr_mean.iter().zip(&curve.tpr_sd).enumerate() {
                chosen_cells(&mut sheet, part, run)?;
                sheet.word(name)?;
                sheet.text(class)?;
                sheet.number(step as f64 / last as f64)?;
                sheet.number(mean)?;
                sheet.number(sd)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

/// Writes the cells `protocol,distance,weights,k` of a run at its chosen k.
pub(super) fn chosen_cells(
    sheet: &mut Sheet,
    part: &ProtocolEvaluation,
    run: &Run,
) -> csv::Result<()> {
    sheet.word(part.protocol.name())?;
    sheet.word(run.distance.name())?;
    sheet.word(run.weights.name())?;
    sheet.count(run.k)
}

/// Writes the cells `protocol,distance,weights,repeat,k`.
fn point_cells(
    sheet: &mut Sheet,
    part: &ProtocolEvaluation,
    run: &Run,
    point: &KPoint,
) -> csv::Result<()> {
    sheet.word(part.protocol.name())?;
    sheet.word(run.distance.name())?;
    sheet.word(run.weights.name())?;
    sheet.count(point.repeat)?;
    sheet.count(point.k)
}

/// Every run with its protocol.
pub(super) fn runs(analysis: &Analysis) -> impl Iterator<Item = (&ProtocolEvaluation, &Run)> {
    analysis
        .evaluation
        .protocols
        .iter()
        .flat_map(|part| part.runs.iter().map(move |run| (part, run)))
}
