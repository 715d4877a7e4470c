//! Tables of typed columns, as Parquet and Arrow hold them: ids, and values in columns or in lists.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};
use phenolens_core::cohort::{Labelling, RawCohort, Stored};

use crate::format_error::{Excess, Fault, FormatError, Place};
use crate::labels::{IdColumns, is_id_name, missing_columns};
use crate::quote::quote;
use crate::records::Records;
use crate::{Columns, Format, ReadOptions};

/// A table that is being read, batch by batch.
pub(crate) struct Table<'a> {
    format: Format,
    names: Vec<String>,
    ids: Option<IdColumns>,
    values: Values,
    max_bytes: u64,
    options: &'a ReadOptions,
    records: Records,
    n_rows: u64,
}

/// Which columns hold the values.
enum Values {
    /// One list in each row.
    List(usize),
    /// One number in each.
    Columns(Vec<usize>),
}

impl<'a> Table<'a> {
    /// Decides which column is what.
    ///
    /// # Errors
    /// If there are no ids beside other columns than numbers, or it is not clear where the vectors
    /// stand.
    pub(crate) fn new(
        format: Format,
        schema: &Schema,
        n_stored: u64,
        options: &'a ReadOptions,
    ) -> Result<Table<'a>, FormatError> {
        let names: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let what = format!("the column {} stands twice", quote(pair[0]));
            return Err(FormatError::new(format, Fault::DuplicateKey, what)
                .hint("give every column a name of its own"));
        }
        let types: Vec<&DataType> = schema
            .fields()
            .iter()
            .map(|field| field.data_type())
            .collect();
        let ids = match IdColumns::find(&names, &options.columns) {
            Ok(ids) => Some(ids),
            Err(_)
                if options.columns == Columns::default()
                    && types.iter().all(|kind| is_number(kind) || is_list(kind)) =>
            {
                None
            }
            Err(missing) => {
                return Err(missing_columns(format, &names, &missing, &options.columns));
            }
        };
        let values = values(
            format,
            &names,
            &types,
            ids.as_ref(),
            options.vector.as_deref(),
        )?;
        let labelling = ids.map_or(Labelling::Bare, |ids| ids.labelling());
        Ok(Table {
            format,
            names,
            ids,
            values,
            max_bytes: options.limits.cohort(n_stored),
            options,
            records: Records::new(labelling, n_stored, &options.limits),
            n_rows: 0,
        })
    }

    /// The columns that are needed.
    pub(crate) fn columns(&self) -> Vec<usize> {
        let mut columns = match &self.values {
            Values::List(column) => vec![*column],
            Values::Columns(columns) => columns.clone(),
        };
        if let Some(ids) = &self.ids {
            columns.extend([ids.class, ids.sample]);
            columns.extend(ids.subject);
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Makes room for the values of so many rows, told by the first batch.
    pub(crate) fn reserve(&mut self, n_rows: u64, first: &RecordBatch) {
        let n_values = match &self.values {
            Values::Columns(columns) => columns.len() as u64,
            Values::List(column) => {
                let list = self.column(first, *column);
                list_member(list, 0).map_or(0, |vector| vector.len() as u64)
            }
        };
        self.records.reserve_values(n_rows.saturating_mul(n_values));
    }

    /// Adds the rows of a batch, in which the columns stand under their names.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        let ids = match &self.ids {
            Some(ids) => {
                // A dictionary may name one long text in every row.
                let mut n_left = self.max_bytes;
                ids.all_ids(|column| self.texts(batch, column, &mut n_left))?
            }
            None => {
                let rows = self.n_rows..self.n_rows + batch.num_rows() as u64;
                let positional = rows.map(|row| [String::new(), String::new(), row.to_string()]);
                positional.collect::<Vec<_>>()
            }
        };
        self.n_rows += batch.num_rows() as u64;
        let pushed = match &self.values {
            Values::List(column) => {
                let list = self.column(batch, *column).clone();
                push_lists(&mut self.records, &list, ids)
            }
            Values::Columns(columns) => {
                let columns: Vec<ArrayRef> = columns
                    .iter()
                    .map(|&column| self.column(batch, column).clone())
                    .collect();
                push_columns(&mut self.records, &columns, ids)
            }
        };
        pushed.map_err(|excess| excess.of(self.format))
    }

    /// Everything that came in.
    pub(crate) fn finish(self) -> RawCohort {
        self.records.finish()
    }

    fn column<'b>(&self, batch: &'b RecordBatch, column: usize) -> &'b ArrayRef {
        batch
            .column_by_name(&self.names[column])
            .expect("batches have the columns of their schema")
    }

    /// The ids in a column: text, or integers in decimal; at most `n_left` bytes of them.
    fn texts(
        &self,
        batch: &RecordBatch,
        column: usize,
        n_left: &mut u64,
    ) -> Result<Vec<String>, FormatError> {
        let array = self.column(batch, column);
        let name = quote(&self.names[column]);
        (0..array.len())
            .map(|row| {
                let place = || Place::Row(self.n_rows + row as u64, Some(name.clone()));
                let refused = |fault: Fault, what: String| {
                    FormatError::new(self.format, fault, what).at(place())
                };
                let id = id(array, row).map_err(|what| {
                    refused(
                        Fault::Key,
                        format!("the id is {what}; ids are text or integers"),
                    )
                })?;
                if id.len() > self.options.limits.id_bytes {
                    let limit = self.options.limits.id_bytes;
                    let (n_bytes, start) = (id.len(), quote(&id[..id.floor_char_boundary(400)]));
                    let excess = Excess::Id {
                        n_bytes,
                        start,
                        limit,
                    };
                    return Err(excess.of(self.format).at(place()));
                }
                let Some(rest) = n_left.checked_sub(id.len() as u64) else {
                    let limit = self.max_bytes;
                    return Err(Excess::Cohort { limit }.of(self.format).at(place()));
                };
                *n_left = rest;
                Ok(id.into_owned())
            })
            .collect()
    }
}

/// Decides which columns hold the values.
fn values(
    format: Format,
    names: &[String],
    types: &[&DataType],
    ids: Option<&IdColumns>,
    wanted: Option<&str>,
) -> Result<Values, FormatError> {
    let refused = |fault: Fault, what: String, hint: &str| {
        Err(FormatError::new(format, fault, what).hint(hint))
    };
    let candidates: Vec<usize> = (0..names.len())
        .filter(|&column| ids.is_none_or(|ids| !ids.contains(column)))
        .filter(|&column| !is_id_name(&names[column]))
        .collect();
    let lists: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&column| is_list(types[column]))
        .collect();
    let list = match wanted {
        Some(wanted) => match lists.iter().find(|&&column| names[column] == wanted) {
            Some(&column) => Some(column),
            None => {
                return refused(
                    Fault::Columns,
                    format!("there is no column {} that holds lists", quote(wanted)),
                    "data.vector names the column with the vectors",
                );
            }
        },
        None if lists.len() > 1 => {
            let several: Vec<String> = lists.iter().map(|&column| quote(&names[column])).collect();
            return refused(
                Fault::Columns,
                format!("several columns hold lists: {}", several.join(", ")),
                "name the one with the vectors by data.vector",
            );
        }
        None => lists.first().copied(),
    };
    if let Some(column) = list {
        let member = list_type(types[column]).expect("it is a list");
        if !is_number(member) {
            return refused(
                Fault::Dtype,
                format!(
                    "column {} holds lists of {member} values; lists of real numbers are read",
                    quote(&names[column])
                ),
                "store the vectors as lists of 32-bit floats",
            );
        }
        return Ok(Values::List(column));
    }
    if let Some(&column) = candidates.iter().find(|&&column| !is_number(types[column])) {
        let kind = types[column];
        return refused(
            Fault::Dtype,
            format!(
                "column {} holds {kind} values, which are no numbers",
                quote(&names[column])
            ),
            "leave out columns beside ids and values, or put the vectors in one column as lists",
        );
    }
    if candidates.is_empty() {
        return refused(
            Fault::Columns,
            "there is no column besides the ids".to_owned(),
            "put the values in columns of their own, or in one column as lists",
        );
    }
    Ok(Values::Columns(candidates))
}

fn is_list(kind: &DataType) -> bool {
    list_type(kind).is_some()
}

/// The type of the members of a list.
fn list_type(kind: &DataType) -> Option<&DataType> {
    match kind {
        DataType::FixedSizeList(field, _) | DataType::List(field) | DataType::LargeList(field) => {
            Some(field.data_type())
        }
        _ => None,
    }
}

fn is_number(kind: &DataType) -> bool {
    kind.is_integer() || kind.is_floating()
}

fn stored(kind: &DataType) -> Stored {
    match kind.is_integer() {
        true => Stored::Integer,
        false => Stored::Exact,
    }
}

/// An id, or what stands there instead.
fn id(array: &dyn Array, row: usize) -> Result<Cow<'_, str>, String> {
    if array.is_null(row) {
        return Err("missing".to_owned());
    }
    if let Some(integer) = integer(array, row) {
        return Ok(integer.to_string().into());
    }
    match array.data_type() {
        DataType::Utf8 => Ok(array.as_string::<i32>().value(row).into()),
        DataType::LargeUtf8 => Ok(array.as_string::<i64>().value(row).into()),
        DataType::Utf8View => Ok(array.as_string_view().value(row).into()),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let key = integer(dictionary.keys(), row).and_then(|key| usize::try_from(key).ok());
            match key.filter(|&key| key < dictionary.values().len()) {
                Some(key) => id(dictionary.values(), key),
                None => Err("outside its dictionary".to_owned()),
            }
        }
        other => Err(format!("of the type {other}")),
    }
}

/// An integer of any width; `None` where the array holds something else.
fn integer(array: &dyn Array, row: usize) -> Option<i128> {
    macro_rules! value {
        ($kind:ty) => {
            Some(i128::from(array.as_primitive::<$kind>().value(row)))
        };
    }
    match array.data_type() {
        DataType::Int8 => value!(Int8Type),
        DataType::Int16 => value!(Int16Type),
        DataType::Int32 => value!(Int32Type),
        DataType::Int64 => value!(Int64Type),
        DataType::UInt8 => value!(UInt8Type),
        DataType::UInt16 => value!(UInt16Type),
        DataType::UInt32 => value!(UInt32Type),
        DataType::UInt64 => value!(UInt64Type),
        _ => None,
    }
}

/// The members of the list of a row; `None` where there is none.
fn list_member(list: &ArrayRef, row: usize) -> Option<ArrayRef> {
    if list.len() <= row || list.is_null(row) {
        return None;
    }
    match list.data_type() {
        DataType::FixedSizeList(_, _) => Some(list.as_fixed_size_list().value(row)),
        DataType::List(_) => Some(list.as_list::<i32>().value(row)),
        DataType::LargeList(_) => Some(list.as_list::<i64>().value(row)),
        _ => None,
    }
}

fn push_lists(records: &mut Records, list: &ArrayRef, ids: Vec<[String; 3]>) -> Result<(), Excess> {
    let mut values = Vec::new();
    for (row, ids) in ids.into_iter().enumerate() {
        let Some(members) = list_member(list, row) else {
            records.push_missing(ids)?;
            continue;
        };
        if members.null_count() > 0 {
            let hole = (0..members.len())
                .find(|&index| members.is_null(index))
                .unwrap_or(0);
            records.push_unusable(ids, format!("a list with nothing at index {hole}"))?;
            continue;
        }
        values.clear();
        append(&members, &mut values);
        records.push(ids, &values, stored(members.data_type()))?;
    }
    Ok(())
}

fn push_columns(
    records: &mut Records,
    columns: &[ArrayRef],
    ids: Vec<[String; 3]>,
) -> Result<(), Excess> {
    let mut by_column = Vec::with_capacity(columns.len());
    for column in columns {
        let mut values = Vec::with_capacity(column.len());
        append(column, &mut values);
        by_column.push(values);
    }
    let all_integers = columns.iter().all(|column| column.data_type().is_integer());
    let stored = if all_integers {
        Stored::Integer
    } else {
        Stored::Exact
    };
    let mut vector = Vec::with_capacity(columns.len());
    for (row, ids) in ids.into_iter().enumerate() {
        let n_missing = columns.iter().filter(|column| column.is_null(row)).count();
        if n_missing == columns.len() {
            records.push_missing(ids)?;
        } else if n_missing > 0 {
            let first = columns
                .iter()
                .position(|column| column.is_null(row))
                .unwrap_or(0);
            records.push_unusable(ids, format!("a row with nothing in value column {first}"))?;
        } else {
            vector.clear();
            vector.extend(by_column.iter().map(|values| values[row]));
            records.push(ids, &vector, stored)?;
        }
    }
    Ok(())
}

/// Appends the numbers of an array, whatever stands where there is none.
fn append(array: &ArrayRef, values: &mut Vec<f32>) {
    macro_rules! each {
        ($kind:ty, $of:expr) => {
            values.extend(
                array
                    .as_primitive::<$kind>()
                    .values()
                    .iter()
                    .map(|&value| $of(value)),
            )
        };
    }
    match array.data_type() {
        DataType::Float16 => each!(Float16Type, |value: half::f16| value.to_f32()),
        DataType::Float32 => values.extend_from_slice(array.as_primitive::<Float32Type>().values()),
        DataType::Float64 => each!(Float64Type, |value| value as f32),
        DataType::Int8 => each!(Int8Type, f32::from),
        DataType::Int16 => each!(Int16Type, f32::from),
        DataType::Int32 => each!(Int32Type, |value| value as f32),
        DataType::Int64 => each!(Int64Type, |value| value as f32),
        DataType::UInt8 => each!(UInt8Type, f32::from),
        DataType::UInt16 => each!(UInt16Type, f32::from),
        DataType::UInt32 => each!(UInt32Type, |value| value as f32),
        DataType::UInt64 => each!(UInt64Type, |value| value as f32),
        _ => unreachable!("columns of other types were refused"),
    }
}
