//! The tables of the output folder: one CSV each for programs, and one Markdown and one LaTeX file
//! for readers.
//!
//! Numbers have all digits that a 64-bit float has, without an exponent; `None` is an empty cell.
//! Text that a spreadsheet would run as a formula (it starts with `=`, `+`, `-`, `@`, a tab or a
//! carriage return) has an apostrophe in front, and so has text that begins with an apostrophe, so that
//! who reads a table takes one away, always. Only ids and messages can be such text.

mod bands;
mod by_sample;
mod calibration;
mod comparison;
mod data;
mod diagnosis;
mod evaluation;
mod field;
mod improvement;
mod leakage;
mod open_set;
mod people;
mod predictions;
mod selection;
mod sheet;
mod structure;
#[cfg(test)]
mod tests;

pub use by_sample::{map_csv, neighbors_csv};
pub(crate) use data::pseudonyms;

use phenolens_core::analysis::{Analysis, Part};
use rayon::prelude::*;

use crate::{OutputFile, ReportError};

/// `neighbors.csv` is written up to this many samples.
const MAX_SAMPLES_WITH_NEIGHBORS: usize = 20_000;

/// Neighbors of each sample in `neighbors.csv`.
const N_NEIGHBORS_SHOWN: usize = 15;

/// Writes one table.
type WriteTable = fn(&Analysis) -> csv::Result<Vec<u8>>;

/// The CSV files that are always there, by their names.
const TABLES: &[(&str, WriteTable)] = &[
    ("classes", data::classes),
    ("comparison", comparison::comparison),
    ("confusion", evaluation::confusion),
    ("duplicates", leakage::duplicates),
    ("findings", data::findings),
    ("folds", predictions::folds),
    ("k_bands", bands::k_bands),
    ("k_rise", selection::k_rise),
    ("k_sweep", evaluation::k_sweep),
    ("k_sweep_folds", evaluation::k_sweep_folds),
    ("map", data::map),
    ("neighbors", data::neighbors),
    ("nested", selection::nested),
    ("per_class", evaluation::per_class),
    ("per_class_intervals", bands::per_class_intervals),
    ("predictions", predictions::predictions),
    ("repeats", bands::repeats),
    ("roc", evaluation::roc),
    ("roc_bands", bands::roc_bands),
    ("summary", evaluation::summary),
];

/// The CSV files of the parts that may be left out.
const OF_PARTS: &[(Part, &str, WriteTable)] = &[
    (Part::SubjectLevel, "subject_level", people::subject_level),
    (Part::Groups, "groups", people::groups),
    (Part::Gallery, "gallery", field::gallery),
    (Part::LearningCurve, "learning_curve", field::learning_curve),
    (Part::Improvement, "improvements", improvement::improvements),
    (
        Part::Leakage,
        "duplicate_effects",
        leakage::duplicate_effects,
    ),
    (Part::Leakage, "exposure", leakage::exposure),
    (Part::Leakage, "leak_control", leakage::leak_control),
    (Part::Leakage, "leakage", leakage::leakage),
    (Part::OpenSet, "open_set", open_set::open_set),
    (Part::Calibration, "calibration", calibration::calibration),
    (
        Part::Calibration,
        "calibration_effects",
        calibration::effects,
    ),
    (Part::Diagnosis, "clusters", structure::clusters),
    (
        Part::Diagnosis,
        "confusable_pairs",
        diagnosis::confusable_pairs,
    ),
    (Part::Diagnosis, "geometry", structure::geometry),
    (Part::Diagnosis, "hubness", diagnosis::hubness),
    (Part::Diagnosis, "outliers", structure::outliers),
    (Part::Diagnosis, "silhouette", structure::silhouette),
    (Part::Diagnosis, "suspects", diagnosis::suspects),
];

/// Makes every CSV file of the folder `tables`.
pub(crate) fn csv_files(analysis: &Analysis) -> Result<Vec<OutputFile>, ReportError> {
    let has_neighbors = analysis.dataset.n_samples() <= MAX_SAMPLES_WITH_NEIGHBORS;
    let mut tables = TABLES.to_vec();
    tables.retain(|(name, _)| has_neighbors || *name != "neighbors");
    let examined = OF_PARTS
        .iter()
        .filter(|(part, ..)| analysis.params.examines(*part));
    tables.extend(examined.map(|&(_, name, write)| (name, write)));
    tables
        .par_iter()
        .map(|(name, write)| {
            let path = format!("tables/{name}.csv");
            match write(analysis) {
                Ok(bytes) => Ok(OutputFile { path, bytes }),
                Err(error) => Err(ReportError::Internal {
                    path,
                    reason: error.to_string(),
                }),
            }
        })
        .collect()
}
