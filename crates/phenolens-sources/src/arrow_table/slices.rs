//! Batches of plain columns, some rows at a time.
//!
//! The library reads a batch whole, and a writer may put all rows into one: it would stand in memory
//! beside the values that come of it. Where the needed columns are not compressed and of plain types,
//! the bytes of some rows are read alone.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{RecordBatch, make_array};
use arrow_buffer::{BooleanBuffer, Buffer, MutableBuffer, NullBuffer};
use arrow_data::ArrayData;
use arrow_schema::{DataType, Schema};

use super::broken;
use super::claims::Batch;
use crate::Format;
use crate::format_error::{Fault, FormatError, Place};

/// Bytes of some rows, about.
const SLICE: u64 = 1 << 20;

/// The needed columns of a table, and where each begins in a batch.
pub(super) struct Columns {
    schema: Arc<Schema>,
    columns: Vec<Column>,
}

/// A column: the first of the nodes and of the buffers that are its own.
struct Column {
    kind: DataType,
    node: usize,
    buffer: usize,
}

impl Columns {
    /// The columns at `places` of a schema; `None` where one is of a type that only the library
    /// reads.
    pub(super) fn of(schema: &Schema, places: &[usize]) -> Option<Columns> {
        let mut columns = Vec::new();
        let (mut node, mut buffer) = (0, 0);
        for (place, field) in schema.fields().iter().enumerate() {
            let kind = field.data_type();
            if places.contains(&place) {
                let kind = is_plain(kind).then(|| kind.clone())?;
                columns.push(Column { kind, node, buffer });
            }
            let (n_nodes, n_buffers) = extent(kind)?;
            node += n_nodes;
            buffer += n_buffers;
        }
        let schema = Arc::new(schema.project(places).ok()?);
        Some(Columns { schema, columns })
    }

    /// Reads a batch and hands out some rows after others.
    pub(super) fn each_slice<R: Read + Seek>(
        &self,
        reader: &mut R,
        batch: &Batch,
        mut push: impl FnMut(&RecordBatch) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let bytes_per_row = (batch.n_body / batch.n_rows.max(1)).max(1);
        let n_rows_at_once = (SLICE / bytes_per_row).clamp(1, 8192);
        let mut start = 0;
        while start < batch.n_rows {
            let rows = start..(start + n_rows_at_once).min(batch.n_rows);
            let arrays = self.columns.iter().map(|column| {
                let mut cursor = Cursor {
                    reader: &mut *reader,
                    batch,
                    node: column.node,
                    buffer: column.buffer,
                };
                Ok(make_array(cursor.array(&column.kind, rows.clone())?))
            });
            let arrays = arrays.collect::<Result<Vec<_>, FormatError>>()?;
            let slice = RecordBatch::try_new(Arc::clone(&self.schema), arrays);
            push(&slice.map_err(|error| broken(&error))?)?;
            start = rows.end;
        }
        Ok(())
    }
}

/// Whether values of a type are read here.
fn is_plain(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 => true,
        DataType::FixedSizeList(member, _)
        | DataType::List(member)
        | DataType::LargeList(member) => is_number(member.data_type()),
        kind => is_number(kind),
    }
}

fn is_number(kind: &DataType) -> bool {
    kind.is_integer() || kind.is_floating()
}

/// Nodes and buffers of a column; `None` where a type has as many as the batch says.
fn extent(kind: &DataType) -> Option<(usize, usize)> {
    let with = |own: usize, member: &DataType| {
        let (n_nodes, n_buffers) = extent(member)?;
        Some((1 + n_nodes, own + n_buffers))
    };
    match kind {
        DataType::Null => Some((1, 0)),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => {
            Some((1, 3))
        }
        DataType::Boolean | DataType::FixedSizeBinary(_) | DataType::Dictionary(_, _) => {
            Some((1, 2))
        }
        DataType::FixedSizeList(member, _) => with(1, member.data_type()),
        DataType::List(member) | DataType::LargeList(member) => with(2, member.data_type()),
        DataType::Struct(fields) => fields.iter().try_fold((1, 1), |(nodes, buffers), field| {
            let (n_nodes, n_buffers) = extent(field.data_type())?;
            Some((nodes + n_nodes, buffers + n_buffers))
        }),
        kind => kind.primitive_width().map(|_| (1, 2)),
    }
}

/// The nodes and buffers of a column that are still to be read.
struct Cursor<'a, R> {
    reader: &'a mut R,
    batch: &'a Batch,
    node: usize,
    buffer: usize,
}

impl<R: Read + Seek> Cursor<'_, R> {
    /// Some values of a column, checked by the library.
    fn array(&mut self, kind: &DataType, rows: Range<u64>) -> Result<ArrayData, FormatError> {
        let n_rows = rows.end - rows.start;
        let nulls = self.nulls(&rows)?;
        let array = ArrayData::builder(kind.clone())
            .len(n_rows as usize)
            .nulls(nulls);
        let array = match kind {
            DataType::Utf8 => {
                let (offsets, bytes) = self.offsets::<i32>(&rows)?;
                let bytes = self.next_buffer(bytes)?;
                array.add_buffer(offsets).add_buffer(bytes)
            }
            DataType::LargeUtf8 => {
                let (offsets, bytes) = self.offsets::<i64>(&rows)?;
                let bytes = self.next_buffer(bytes)?;
                array.add_buffer(offsets).add_buffer(bytes)
            }
            DataType::List(member) => {
                let (offsets, members) = self.offsets::<i32>(&rows)?;
                let members = self.array(member.data_type(), members)?;
                array.add_buffer(offsets).add_child_data(members)
            }
            DataType::LargeList(member) => {
                let (offsets, members) = self.offsets::<i64>(&rows)?;
                let members = self.array(member.data_type(), members)?;
                array.add_buffer(offsets).add_child_data(members)
            }
            DataType::FixedSizeList(member, length) => {
                let length = u64::try_from(*length).map_err(|error| broken(&error))?;
                let place = |row: u64| row.checked_mul(length).ok_or_else(|| self.damaged());
                let members = place(rows.start)?..place(rows.end)?;
                array.add_child_data(self.array(member.data_type(), members)?)
            }
            kind => {
                let width = kind.primitive_width().unwrap_or_default() as u64;
                array.add_buffer(self.next_buffer(rows.start * width..rows.end * width)?)
            }
        };
        array.build().map_err(|error| broken(&error))
    }

    /// Which of some values are there; `None` where all are.
    fn nulls(&mut self, rows: &Range<u64>) -> Result<Option<NullBuffer>, FormatError> {
        let &(n_values, n_nulls) = self
            .batch
            .nodes
            .get(self.node)
            .ok_or_else(|| self.damaged())?;
        self.node += 1;
        if rows.end > n_values {
            return Err(self.damaged());
        }
        if n_nulls == 0 {
            self.next_buffer(0..0)?;
            return Ok(None);
        }
        let bits = self.next_buffer(rows.start / 8..rows.end.div_ceil(8))?;
        let n_rows = (rows.end - rows.start) as usize;
        let bits = BooleanBuffer::new(bits, (rows.start % 8) as usize, n_rows);
        Ok(Some(NullBuffer::new(bits)))
    }

    /// Where some values begin and end among what they hold, counted from the first of them; and
    /// which part of it that is.
    fn offsets<T: Offset>(
        &mut self,
        rows: &Range<u64>,
    ) -> Result<(Buffer, Range<u64>), FormatError> {
        let width = size_of::<T>() as u64;
        let bytes = self.next_buffer(rows.start * width..(rows.end + 1) * width)?;
        let offsets: &[T] = bytes.typed_data();
        let (Some(&first), Some(&last)) = (offsets.first(), offsets.last()) else {
            return Err(self.damaged());
        };
        let range = (first.place(), last.place());
        let (Some(start), Some(end)) = range else {
            return Err(self.damaged());
        };
        if start > end {
            return Err(self.damaged());
        }
        let shifted = offsets.iter().map(|&offset| offset.minus(first));
        Ok((shifted.collect::<Vec<T>>().into(), start..end))
    }

    /// Some bytes of the next buffer.
    fn next_buffer(&mut self, bytes: Range<u64>) -> Result<Buffer, FormatError> {
        let &(offset, length) = self
            .batch
            .buffers
            .get(self.buffer)
            .ok_or_else(|| self.damaged())?;
        self.buffer += 1;
        if bytes.end > length {
            return Err(self.damaged());
        }
        // Aligned for every type.
        let mut buffer = MutableBuffer::from_len_zeroed((bytes.end - bytes.start) as usize);
        let start = self.batch.body + offset + bytes.start;
        self.reader
            .seek(SeekFrom::Start(start))
            .and_then(|_| self.reader.read_exact(buffer.as_slice_mut()))
            .map_err(|error| broken(&error))?;
        Ok(buffer.into())
    }

    fn damaged(&self) -> FormatError {
        let what = "a column of a batch is shorter than the batch says";
        FormatError::new(Format::Arrow, Fault::Malformed, what).at(Place::Byte(self.batch.body))
    }
}

/// A number that says where a value begins.
trait Offset: arrow_buffer::ArrowNativeType {
    /// The place, unless it is before the start.
    fn place(self) -> Option<u64>;

    /// The same counted from another; an offset before it wraps, and the library refuses that.
    fn minus(self, first: Self) -> Self;
}

impl Offset for i32 {
    fn place(self) -> Option<u64> {
        u64::try_from(self).ok()
    }

    fn minus(self, first: i32) -> i32 {
        self.wrapping_sub(first)
    }
}

impl Offset for i64 {
    fn place(self) -> Option<u64> {
        u64::try_from(self).ok()
    }

    fn minus(self, first: i64) -> i64 {
        self.wrapping_sub(first)
    }
}
