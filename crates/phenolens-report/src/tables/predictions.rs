//! Tables with a row per evaluated sample.

use phenolens_core::analysis::Analysis;

use super::evaluation::chosen_cells;
use super::sheet::Sheet;

/// `folds.csv`: the fold of every evaluated sample under every protocol, from 0.
pub(super) fn folds(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = ["protocol", "class", "subject", "sample", "fold"];
    let evaluation = &analysis.evaluation;
    let n_rows = evaluation.protocols.len() * evaluation.samples.len();
    let mut sheet = Sheet::new(header, n_rows * 50)?;
    for part in &evaluation.protocols {
        for (&sample, &fold) in evaluation.samples.iter().zip(&part.folds) {
            sheet.word(part.protocol.name())?;
            sheet.ids(analysis.dataset.id(sample))?;
            sheet.count(fold)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `predictions.csv`: what is predicted out of fold at the chosen k, with the score of every class.
pub(super) fn predictions(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let fixed = [
        "protocol",
        "distance",
        "weights",
        "k",
        "class",
        "subject",
        "sample",
        "fold",
        "predicted",
        "rank_of_true",
    ];
    let class_names = &analysis.evaluation.class_names;
    let scores: Vec<String> = class_names
        .iter()
        .map(|class| format!("score_{class}"))
        .collect();
    let header = fixed.into_iter().chain(scores.iter().map(String::as_str));
    let n_runs: usize = analysis
        .evaluation
        .protocols
        .iter()
        .map(|part| part.runs.len())
        .sum();
    let n_rows = n_runs * analysis.evaluation.samples.len();
    let mut sheet = Sheet::new(header, n_rows * (90 + class_names.len() * 8))?;
    for part in &analysis.evaluation.protocols {
        for run in &part.runs {
            for (prediction, scores) in run.predictions.iter().zip(run.scores.iter()) {
                chosen_cells(&mut sheet, part, run)?;
                sheet.ids(analysis.dataset.id(prediction.sample))?;
                sheet.count(prediction.fold)?;
                sheet.text(&class_names[prediction.predicted])?;
                sheet.number(prediction.rank_of_true)?;
                for score in scores.iter() {
                    sheet.number(score)?;
                }
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}
