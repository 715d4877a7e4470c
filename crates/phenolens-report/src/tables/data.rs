//! Tables of the data and its maps.

use phenolens_core::analysis::Analysis;

use super::N_NEIGHBORS_SHOWN;
use super::sheet::Sheet;
use crate::facts::Facts;

/// `classes.csv`: one row per class.
pub(super) fn classes(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "class",
        "n_subjects",
        "n_samples",
        "share",
        "samples_per_subject_mean",
        "norm_mean",
        "norm_sd",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for class in &analysis.exploration.classes {
        sheet.text(&class.class)?;
        sheet.count(class.n_subjects)?;
        sheet.count(class.n_samples)?;
        sheet.number(class.share)?;
        sheet.number(class.samples_per_subject_mean)?;
        sheet.number(class.norm_mean)?;
        sheet.number(class.norm_sd)?;
        sheet.end_row()?;
    }
    sheet.finish()
}

/// `findings.csv`: one row per finding.
pub(super) fn findings(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = ["severity", "code", "class", "subject", "sample", "message"];
    let mut sheet = Sheet::new(header, 0)?;
    for finding in &analysis.findings {
        sheet.word(finding.severity.name())?;
        sheet.word(finding.code)?;
        for id in [&finding.class, &finding.subject, &finding.sample] {
            sheet.text(id.as_deref().unwrap_or_default())?;
        }
        sheet.text(&finding.message.to_string())?;
        sheet.end_row()?;
    }
    sheet.finish()
}

/// `pseudonyms.csv`: whom each pseudonym stands for; no rows where ids are shown plain.
pub(crate) fn pseudonyms(facts: &Facts) -> csv::Result<Vec<u8>> {
    let mut sheet = Sheet::new(["level", "id", "pseudonym"], 0)?;
    let entries = facts.pseudonyms().map(|pseudonyms| pseudonyms.entries());
    for (level, id, pseudonym) in entries.into_iter().flatten() {
        sheet.word(level.name())?;
        sheet.text(id)?;
        sheet.word(pseudonym)?;
        sheet.end_row()?;
    }
    sheet.finish()
}

/// `map.csv`: one row per distance and sample.
pub(super) fn map(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = ["distance", "class", "subject", "sample", "x", "y"];
    let n_rows = analysis.projections.len() * analysis.dataset.n_samples();
    let mut sheet = Sheet::new(header, n_rows * 80)?;
    for projection in &analysis.projections {
        for (sample, [x, y]) in projection.positions.iter().enumerate() {
            sheet.word(projection.distance.name())?;
            sheet.ids(analysis.dataset.id(sample))?;
            sheet.number(*x)?;
            sheet.number(*y)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `neighbors.csv`: one row per distance, sample and rank.
pub(super) fn neighbors(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "distance",
        "class",
        "subject",
        "sample",
        "rank",
        "neighbor_class",
        "neighbor_subject",
        "neighbor_sample",
        "value",
    ];
    let n_rows = analysis.neighbors.len() * analysis.dataset.n_samples() * N_NEIGHBORS_SHOWN;
    let mut sheet = Sheet::new(header, n_rows * 90)?;
    for table in &analysis.neighbors {
        for sample in 0..table.n_samples() {
            let pairs = table.indices(sample).iter().zip(table.values(sample));
            for (rank, (&neighbor, &value)) in pairs.take(N_NEIGHBORS_SHOWN).enumerate() {
                sheet.word(table.distance().name())?;
                sheet.ids(analysis.dataset.id(sample))?;
                sheet.count(rank + 1)?;
                sheet.ids(analysis.dataset.id(neighbor as usize))?;
                sheet.number(value)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}
