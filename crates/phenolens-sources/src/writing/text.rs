//! Text: ids as they are, numbers with as many digits as it takes to read the same ones back.

use phenolens_core::cohort::Labelling;
use phenolens_core::dataset::Dataset;

use super::{Writable, WriteError, id_columns};
use crate::quote::quote;

/// The ids and one column for each value.
pub(super) fn csv(dataset: &Dataset) -> Result<Vec<u8>, WriteError> {
    let format = Writable::Csv.name();
    refuse(dataset, format)?;
    let columns = id_columns(dataset);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = columns.iter().map(|(name, _)| (*name).to_owned());
    let header = names.chain((0..dataset.n_dims()).map(|column| format!("v{column}")));
    writer
        .write_record(header)
        .map_err(|error| internal(format, &error))?;
    for sample in 0..dataset.n_samples() {
        let ids = dataset.id(sample);
        let cells = columns.iter().map(|&(_, level)| ids[level].to_owned());
        let values = dataset
            .vector(sample)
            .iter()
            .map(|value| format!("{value:?}"));
        writer
            .write_record(cells.chain(values))
            .map_err(|error| internal(format, &error))?;
    }
    writer
        .into_inner()
        .map_err(|error| internal(format, &error))
}

/// The ids alone, with tabs between them.
pub(super) fn labels(dataset: &Dataset, format: &'static str) -> Result<Vec<u8>, WriteError> {
    refuse(dataset, format)?;
    let columns = id_columns(dataset);
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b'\t')
        .from_writer(Vec::new());
    writer
        .write_record(columns.iter().map(|(name, _)| name))
        .map_err(|error| internal(format, &error))?;
    for sample in 0..dataset.n_samples() {
        let ids = dataset.id(sample);
        writer
            .write_record(columns.iter().map(|&(_, level)| ids[level]))
            .map_err(|error| internal(format, &error))?;
    }
    writer
        .into_inner()
        .map_err(|error| internal(format, &error))
}

/// The values alone, with tabs between them.
pub(super) fn vectors(dataset: &Dataset) -> Vec<u8> {
    let mut text = String::new();
    for sample in 0..dataset.n_samples() {
        for (column, value) in dataset.vector(sample).iter().enumerate() {
            if column > 0 {
                text.push('\t');
            }
            text.push_str(&format!("{value:?}"));
        }
        text.push('\n');
    }
    text.into_bytes()
}

/// Refuses vectors without labels, and ids that text cannot hold.
fn refuse(dataset: &Dataset, format: &'static str) -> Result<(), WriteError> {
    if dataset.labelling() == Labelling::Bare {
        return Err(WriteError::Bare { format });
    }
    let ids = (0..dataset.n_samples()).flat_map(|sample| dataset.id(sample));
    match ids.into_iter().find(|id| id.contains('\0')) {
        Some(id) => Err(WriteError::Id {
            id: quote(id),
            format,
            why: "text holds no NUL",
        }),
        None => Ok(()),
    }
}

fn internal(format: &'static str, error: &dyn std::fmt::Display) -> WriteError {
    let reason = error.to_string();
    WriteError::Internal { format, reason }
}
