//! The one file that `neighbors` or `map` writes: which format, where, and whose rows are whose.

use std::path::Path;

use phenolens::cohort::Labelling;
use phenolens::dataset::Dataset;
use phenolens::sources::{ArrayFormat, Elements, NamedArray, id_arrays, write_arrays};

use crate::failure::Failure;
use crate::new_file::{self, Existing, NewFile, write_new};
use crate::private::resolved;

/// The option that names the file.
const OPTION: &str = "--out";

/// A file of results that is to be, in a place that was found good.
pub(crate) struct ResultsFile<'a> {
    path: &'a Path,
    format: ResultsFormat,
    existing: Existing,
}

/// A format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultsFormat {
    /// Arrays of one row for each sample.
    Arrays(ArrayFormat),
    /// A table to read, of one row for each number or point.
    Csv,
}

impl<'a> ResultsFile<'a> {
    /// Judges the name and the place before any work begins.
    ///
    /// # Errors
    /// If the ending names no format, if something stands there that is not to be replaced, or if
    /// nothing can be written there.
    pub(crate) fn judge(path: &'a Path, force: bool, data: &Path) -> Result<Self, Failure> {
        let format = ResultsFormat::of_path(path).ok_or_else(|| {
            let message = format!("{}: the ending names no format of results", path.display());
            let endings: Vec<String> = ArrayFormat::ALL
                .iter()
                .flat_map(|format| format.endings())
                .chain(&["csv"])
                .map(|ending| format!(".{ending}"))
                .collect();
            Failure::new("format_unsupported", message)
                .hint(format!("end the name in one of {}", endings.join(", ")))
        })?;
        let existing = match force {
            true => Existing::Replaced,
            false => Existing::Kept,
        };
        // Only where both exist can one be the other; what is wrong with either is said elsewhere.
        if let (Ok(out), Ok(data)) = (resolved(path), resolved(data))
            && out == data
        {
            let message = format!("{} is the data file itself", path.display());
            return Err(Failure::new("output_exists", message)
                .hint(format!("choose another name with {OPTION}")));
        }
        new_file::judge(path, OPTION, existing)?;
        Ok(ResultsFile {
            path,
            format,
            existing,
        })
    }

    /// The format that the name asks for.
    pub(crate) fn format(&self) -> ResultsFormat {
        self.format
    }

    /// Arrays as the bytes of such a file; the ids stand in front.
    pub(crate) fn arrays<'b>(
        &self,
        dataset: &'b Dataset,
        n_set_aside: usize,
        format: ArrayFormat,
        results: Vec<NamedArray<'b>>,
    ) -> Result<Vec<u8>, Failure> {
        let mut arrays = sample_arrays(dataset, n_set_aside, format);
        arrays.extend(results);
        write_arrays(dataset.n_samples(), &arrays, format).map_err(|error| {
            let message = format!("{}: {error}", self.path.display());
            Failure::new("format_unsuited", message).hint_if(error.hint())
        })
    }

    /// Writes the file, whole or not at all, for its owner only.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let file = NewFile {
            path: self.path,
            bytes,
            option: OPTION,
        };
        match self.existing {
            Existing::Kept => write_new(&[file]),
            Existing::Replaced => new_file::replace(&file),
        }
    }
}

impl ResultsFormat {
    fn of_path(path: &Path) -> Option<ResultsFormat> {
        if path.extension()?.eq_ignore_ascii_case("csv") {
            return Some(ResultsFormat::Csv);
        }
        ArrayFormat::of_path(path).map(ResultsFormat::Arrays)
    }

    /// Its name in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ResultsFormat::Arrays(format) => format.name(),
            ResultsFormat::Csv => "csv",
        }
    }
}

/// What tells the rows: their ids or, of a bare matrix, the rows of the source.
///
/// An archive of arrays needs no numbers where they are those of its own rows; a table may be sorted.
fn sample_arrays(
    dataset: &Dataset,
    n_set_aside: usize,
    format: ArrayFormat,
) -> Vec<NamedArray<'_>> {
    if dataset.labelling() != Labelling::Bare {
        return id_arrays(dataset);
    }
    if format == ArrayFormat::Npz && n_set_aside == 0 {
        return Vec::new();
    }
    let row = |sample: usize| {
        let id = &dataset.sample_names()[sample];
        id.parse()
            .expect("samples of a bare matrix are called by their rows")
    };
    vec![NamedArray {
        name: "row".to_owned(),
        elements: Elements::Counts(Box::new(row)),
    }]
}

/// The name of an array: its own or, where there are several distances, with the distance in front.
pub(crate) fn array_name(name: &str, distance: &str, n_distances: usize) -> String {
    match n_distances {
        1 => name.to_owned(),
        _ => format!("{distance}_{name}"),
    }
}
