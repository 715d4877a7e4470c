//! Tables of the data and its maps.

use phenolens_core::analysis::Analysis;

use super::sheet::Sheet;
use super::{N_NEIGHBORS_SHOWN, by_sample};
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
    by_sample::map(&analysis.dataset, &analysis.projections)
}

/// `neighbors.csv`: one row per distance, sample and rank.
pub(super) fn neighbors(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    by_sample::neighbors(&analysis.dataset, &analysis.neighbors, N_NEIGHBORS_SHOWN)
}
