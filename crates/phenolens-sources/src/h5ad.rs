//! AnnData files: a matrix, or another representation of it, with a table of observations.

mod observations;
mod texts;

use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, Hdf5File, OpenOptions};
use phenolens_core::cohort::RawCohort;

use crate::elements::Number;
use crate::format_error::{Fault, FormatError, Place};
use crate::guard::guarded;
use crate::labels::Labels;
use crate::quote::quote;
use crate::records::{RECORD_BYTES, Records};
use crate::{Format, ReadOptions};
use texts::Texts;

/// The matrix that is taken where nothing else is asked for.
const MATRIX: &str = "X";

/// Reads the bytes of a file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    n_stored: u64,
    options: &ReadOptions,
) -> Result<RawCohort, FormatError> {
    guarded(Format::H5ad, || {
        let limit = usize::try_from(options.limits.expanded(n_stored)).unwrap_or(usize::MAX);
        let open_options = OpenOptions::default()
            .with_chunk_cache_bytes(0)
            .with_max_chunk_bytes(limit)
            .with_max_read_bytes(limit)
            .with_max_object_header_bytes(limit.min(1 << 20));
        let file = Hdf5File::from_bytes_with_options(bytes, open_options)
            .map_err(|error| damaged("the file", &error))?;
        let root = file
            .root_group()
            .map_err(|error| damaged("the file", &error))?;
        let matrix = Matrix::open(&root, options)?;
        let max_rows = options.limits.cohort(n_stored) / RECORD_BYTES;
        if matrix.n_rows as u64 > max_rows {
            let what = format!(
                "the matrix has {} rows, and a file of its size may have {max_rows}",
                matrix.n_rows
            );
            return Err(fault(Fault::Limit, what).at(Place::Named(matrix.name)));
        }
        let texts = Texts::new(&root, bytes.len() as u64, n_stored, &options.limits);
        let labels = observations::labels(&root, matrix.n_rows, texts, options)?;
        labels.check_count(Format::H5ad, matrix.n_rows as u64)?;
        matrix.read(labels, n_stored, options)
    })?
}

/// The vectors: a dense matrix.
struct Matrix {
    name: String,
    dataset: Dataset,
    number: Number,
    is_big_endian: bool,
    n_rows: usize,
    n_columns: usize,
}

impl Matrix {
    fn open(root: &Group, options: &ReadOptions) -> Result<Matrix, FormatError> {
        let wanted = options.vector.as_deref().unwrap_or(MATRIX);
        let (name, dataset) = match wanted {
            MATRIX => {
                if root.group(MATRIX).is_ok() {
                    let what = "X is a sparse matrix; dense ones are read";
                    return Err(fault(Fault::Shape, what).hint(
                        "in Python: adata.X = adata.X.toarray(); or name an obsm key by data.vector",
                    ));
                }
                (MATRIX.to_owned(), root.dataset(MATRIX))
            }
            key => {
                let dataset = root.group("obsm").and_then(|obsm| obsm.dataset(key));
                (format!("obsm/{key}"), dataset)
            }
        };
        let place = Place::Named(name.clone());
        let dataset = dataset.map_err(|error| {
            let keys = root.group("obsm").and_then(|obsm| obsm.member_names());
            let keys = keys.map(|(_, names)| names).unwrap_or_default();
            let keys: Vec<String> = keys.iter().take(8).map(|key| quote(key)).collect();
            let what = format!(
                "there is no such matrix: {error}; the keys of obsm are [{}]",
                keys.join(", ")
            );
            fault(Fault::Columns, what)
                .at(place.clone())
                .hint("data.vector names an obsm key, or X")
        })?;
        let sides: Vec<usize> = dataset
            .shape()
            .iter()
            .map(|&side| usize::try_from(side).unwrap_or(usize::MAX))
            .collect();
        let &[n_rows, n_columns] = &sides[..] else {
            let what = format!("the matrix has {} axes; two are needed", sides.len());
            return Err(fault(Fault::Shape, what).at(place));
        };
        let Some((number, is_big_endian)) = number(dataset.dtype()) else {
            let what = format!(
                "the matrix holds {:?} values; real numbers of 8 to 64 bits are read",
                dataset.dtype()
            );
            return Err(fault(Fault::Dtype, what).at(place));
        };
        Ok(Matrix {
            name,
            dataset,
            number,
            is_big_endian,
            n_rows,
            n_columns,
        })
    }

    fn read(
        &self,
        labels: Labels,
        n_stored: u64,
        options: &ReadOptions,
    ) -> Result<RawCohort, FormatError> {
        let bytes = self
            .dataset
            .read_raw_bytes()
            .map_err(|error| damaged(&self.name, &error))?;
        let n_row_bytes = self.n_columns * self.number.size();
        if bytes.len() != self.n_rows * n_row_bytes {
            return Err(damaged(
                &self.name,
                &"it has fewer values than its shape says",
            ));
        }
        let mut records = Records::new(labels.labelling, n_stored, &options.limits);
        records.reserve_values((self.n_rows * self.n_columns) as u64);
        let mut values = Vec::new();
        for (row, ids) in labels.ids.into_iter().enumerate() {
            values.clear();
            let bytes = &bytes[row * n_row_bytes..][..n_row_bytes];
            self.number.decode(bytes, self.is_big_endian, &mut values);
            let pushed = records.push(ids, &values, self.number.stored());
            pushed.map_err(|excess| excess.of(Format::H5ad))?;
        }
        Ok(records.finish())
    }
}

fn number(dtype: &Datatype) -> Option<(Number, bool)> {
    let (number, order) = match dtype {
        Datatype::FloatingPoint { size, byte_order } => {
            let number = match size {
                2 => Number::F16,
                4 => Number::F32,
                8 => Number::F64,
                _ => return None,
            };
            (number, byte_order)
        }
        Datatype::FixedPoint {
            size,
            signed,
            byte_order,
        } => {
            let number = match (size, signed) {
                (1, true) => Number::I8,
                (2, true) => Number::I16,
                (4, true) => Number::I32,
                (8, true) => Number::I64,
                (1, false) => Number::U8,
                (2, false) => Number::U16,
                (4, false) => Number::U32,
                (8, false) => Number::U64,
                _ => return None,
            };
            (number, byte_order)
        }
        _ => return None,
    };
    Some((number, matches!(order, hdf5_reader::ByteOrder::BigEndian)))
}

fn fault(fault: Fault, what: impl Into<String>) -> FormatError {
    FormatError::new(Format::H5ad, fault, what)
}

fn damaged(name: &str, error: &dyn std::fmt::Display) -> FormatError {
    let what = format!("it is damaged, cut short, or of a kind that is not read: {error}");
    fault(Fault::Malformed, what)
        .at(Place::Named(name.to_owned()))
        .hint("write it again with a current version of anndata")
}
