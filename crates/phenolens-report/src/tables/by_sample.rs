//! Neighbors and positions of every sample, of an analysis or computed alone.

use phenolens_core::cohort::Labelling;
use phenolens_core::dataset::Dataset;
use phenolens_core::neighbors::Neighbors;
use phenolens_core::projection::Projection;

use super::sheet::Sheet;
use crate::ReportError;

/// Neighbor tables as CSV: one row per table, sample and rank, of the `n_shown` nearest.
///
/// The columns are `distance,class,subject,sample,rank,neighbor_class,neighbor_subject,neighbor_sample,value`.
/// Of a bare matrix they are `sample,rank,neighbor,value`, where samples are rows of the source, with
/// `distance` in front where there are several tables.
///
/// # Errors
/// If the table cannot be made; a bug.
pub fn neighbors_csv(
    dataset: &Dataset,
    tables: &[Neighbors],
    n_shown: usize,
) -> Result<Vec<u8>, ReportError> {
    neighbors(dataset, tables, n_shown).map_err(|error| broken("neighbors.csv", &error))
}

/// Maps as CSV: one row per map and sample.
///
/// The columns are `distance,class,subject,sample,x,y`. Of a bare matrix they are `sample,x,y`, where
/// samples are rows of the source, with `distance` in front where there are several maps.
///
/// # Errors
/// If the table cannot be made; a bug.
pub fn map_csv(dataset: &Dataset, maps: &[Projection]) -> Result<Vec<u8>, ReportError> {
    map(dataset, maps).map_err(|error| broken("map.csv", &error))
}

pub(super) fn neighbors(
    dataset: &Dataset,
    tables: &[Neighbors],
    n_shown: usize,
) -> csv::Result<Vec<u8>> {
    let ids = IdCells::of(dataset, tables.len());
    let header = ids.header(&["rank"]);
    let header = header.chain(ids.neighbor_names()).chain(["value"]);
    let n_rows = tables.len() * dataset.n_samples() * n_shown;
    let mut sheet = Sheet::new(header, n_rows * ids.row_bytes(2))?;
    for table in tables {
        for sample in 0..table.n_samples() {
            let pairs = table.indices(sample).iter().zip(table.values(sample));
            for (rank, (&neighbor, &value)) in pairs.take(n_shown).enumerate() {
                ids.begin(&mut sheet, table.distance().name(), sample)?;
                sheet.count(rank + 1)?;
                ids.write(&mut sheet, neighbor as usize)?;
                sheet.number(value)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

pub(super) fn map(dataset: &Dataset, maps: &[Projection]) -> csv::Result<Vec<u8>> {
    let ids = IdCells::of(dataset, maps.len());
    let n_rows = maps.len() * dataset.n_samples();
    let mut sheet = Sheet::new(ids.header(&["x", "y"]), n_rows * ids.row_bytes(1))?;
    for map in maps {
        for (sample, [x, y]) in map.positions.iter().enumerate() {
            ids.begin(&mut sheet, map.distance.name(), sample)?;
            sheet.number(*x)?;
            sheet.number(*y)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// The cells that say which sample a row is of.
struct IdCells<'a> {
    dataset: &'a Dataset,
    is_bare: bool,
    has_distance: bool,
}

impl<'a> IdCells<'a> {
    fn of(dataset: &'a Dataset, n_tables: usize) -> IdCells<'a> {
        let is_bare = dataset.labelling() == Labelling::Bare;
        IdCells {
            dataset,
            is_bare,
            has_distance: !is_bare || n_tables > 1,
        }
    }

    /// The names of the first columns, and others.
    fn header<'b>(&self, others: &'b [&'b str]) -> impl Iterator<Item = &'b str> {
        let ids: &[&str] = match self.is_bare {
            true => &["sample"],
            false => &["class", "subject", "sample"],
        };
        let distance = self.has_distance.then_some("distance");
        let names = distance.into_iter().chain(ids.iter().copied());
        names.chain(others.iter().copied())
    }

    fn neighbor_names(&self) -> impl Iterator<Item = &'static str> {
        let names: &[&str] = match self.is_bare {
            true => &["neighbor"],
            false => &["neighbor_class", "neighbor_subject", "neighbor_sample"],
        };
        names.iter().copied()
    }

    /// Bytes of a row with the ids of so many samples, about.
    fn row_bytes(&self, n_samples: usize) -> usize {
        match self.is_bare {
            true => 30 + 8 * n_samples,
            false => 40 + 25 * n_samples,
        }
    }

    fn begin(&self, sheet: &mut Sheet, distance: &str, sample: usize) -> csv::Result<()> {
        if self.has_distance {
            sheet.word(distance)?;
        }
        self.write(sheet, sample)
    }

    fn write(&self, sheet: &mut Sheet, sample: usize) -> csv::Result<()> {
        let ids = self.dataset.id(sample);
        match self.is_bare {
            true => sheet.text(ids[2]),
            false => sheet.ids(ids),
        }
    }
}

fn broken(path: &str, error: &csv::Error) -> ReportError {
    ReportError::Internal {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
