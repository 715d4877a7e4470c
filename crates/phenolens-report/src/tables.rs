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

use phenolens_core::analysis::Analysis;
use rayon::prelude::*;

use crate::{OutputFile, ReportError};

/// `neighbors.csv` is written up to this many samples.
const MAX_SAMPLES_WITH_NEIGHBORS: usize = 20_000;

/// Neighbors of each sample in `neighbors.csv`.
const N_NEIGHBORS_SHOWN: usize = 15;

/// Writes one table.
type WriteTable = fn(&Analysis) -> csv::Result<Vec<u8>>;

/// Every CSV file, by its name.
const TABLES: &[(&str, WriteTable)] = &[
    ("calibration", calibration::calibration),
    ("calibration_effects", calibration::effects),
    ("classes", data::classes),
    ("comparison", comparison::comparison),
    ("clusters", structure::clusters),
    ("confusion", evaluation::confusion),
    ("duplicate_effects", leakage::duplicate_effects),
    ("duplicates", leakage::duplicates),
    ("exposure", leakage::exposure),
    ("confusable_pairs", diagnosis::confusable_pairs),
    ("findings", data::findings),
    ("folds", predictions::folds),
    ("geometry", structure::geometry),
    ("groups", people::groups),
    ("gallery", field::gallery),
    ("improvements", improvement::improvements),
    ("hubness", diagnosis::hubness),
    ("k_bands", bands::k_bands),
    ("k_rise", selection::k_rise),
    ("k_sweep", evaluation::k_sweep),
    ("k_sweep_folds", evaluation::k_sweep_folds),
    ("leak_control", leakage::leak_control),
    ("leakage", leakage::leakage),
    ("learning_curve", field::learning_curve),
    ("map", data::map),
    ("neighbors", data::neighbors),
    ("nested", selection::nested),
    ("outliers", structure::outliers),
    ("open_set", open_set::open_set),
    ("per_class", evaluation::per_class),
    ("per_class_intervals", bands::per_class_intervals),
    ("predictions", predictions::predictions),
    ("repeats", bands::repeats),
    ("roc", evaluation::roc),
    ("roc_bands", bands::roc_bands),
    ("silhouette", structure::silhouette),
    ("subject_level", people::subject_level),
    ("summary", evaluation::summary),
    ("suspects", diagnosis::suspects),
];

/// Makes every CSV file of the folder `tables`.
pub(crate) fn csv_files(analysis: &Analysis) -> Result<Vec<OutputFile>, ReportError> {
    let has_neighbors = analysis.dataset.n_samples() <= MAX_SAMPLES_WITH_NEIGHBORS;
    TABLES
        .par_iter()
        .filter(|(name, _)| has_neighbors || *name != "neighbors")
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
