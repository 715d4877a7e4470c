//! Tables of why neighbors err.

use phenolens_core::analysis::Analysis;
use phenolens_core::diagnosis::RunDiagnosis;

use super::sheet::Sheet;
use crate::facts;

/// `hubness.csv`: one row per distance and sample.
pub(super) fn hubness(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "distance",
        "class",
        "subject",
        "sample",
        "k_occurrence",
        "bad_k_occurrence",
    ];
    let distances = facts::distance_diagnoses(analysis);
    let n_rows = distances.len() * analysis.dataset.n_samples();
    let mut sheet = Sheet::new(header, n_rows * 50)?;
    for part in distances {
        let hubness = &part.hubness;
        let counts = hubness.occurrences.iter().zip(&hubness.bad_occurrences);
        for (sample, (&occurrences, &bad_occurrences)) in counts.enumerate() {
            sheet.word(part.distance.name())?;
            sheet.ids(analysis.dataset.id(sample))?;
            sheet.count(occurrences)?;
            sheet.count(bad_occurrences)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `confusable_pairs.csv`: the pairs that are confused more often than chance explains.
pub(super) fn confusable_pairs(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "class",
        "other",
        "rate",
        "reverse_rate",
        "ci_low",
        "ci_high",
        "n",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    for run in analysis.diagnosis.iter().flat_map(|of| &of.runs) {
        for pair in &run.confusable_pairs {
            run_cells(&mut sheet, run)?;
            sheet.text(&class_names[pair.class])?;
            sheet.text(&class_names[pair.other])?;
            sheet.number(pair.rate)?;
            sheet.number(pair.reverse_rate)?;
            sheet.number(pair.rate_interval.low)?;
            sheet.number(pair.rate_interval.high)?;
            sheet.count(pair.n_samples)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `suspects.csv`: the samples whose label is in doubt.
pub(super) fn suspects(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "class",
        "subject",
        "sample",
        "suggested",
        "score_of_label",
        "score_of_suggested",
        "reason",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    for run in analysis.diagnosis.iter().flat_map(|of| &of.runs) {
        for suspect in &run.suspects {
            run_cells(&mut sheet, run)?;
            sheet.ids(analysis.dataset.id(suspect.sample))?;
            sheet.text(&class_names[suspect.suggested])?;
            sheet.number(suspect.score_of_label)?;
            sheet.number(suspect.score_of_suggested)?;
            sheet.word(suspect.reason.name())?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

fn run_cells(sheet: &mut Sheet, run: &RunDiagnosis) -> csv::Result<()> {
    sheet.word(run.protocol.name())?;
    sheet.word(run.distance.name())?;
    sheet.word(run.weights.name())
}
