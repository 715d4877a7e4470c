//! What the pages of a table claim, before any of them is unpacked.
//!
//! The library makes room for what a page says that it unpacks to, and for as many values as it says
//! that it holds. Both are read here first and held against the size of the file.

use std::io::Read;

use parquet::basic::{Compression, Type};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::ChunkReader;

use super::shapes::is_page_header;
use super::thrift::Compact;
use crate::format_error::{Fault, FormatError, Place};
use crate::quote::quote;
use crate::records::RECORD_BYTES;
use crate::{Format, Limits};

/// Bytes of a page's header that are looked at; it may hold the least and the greatest value.
const HEADER: u64 = 8 << 10;

/// What a page claims.
struct Claim {
    n_header_bytes: u64,
    n_packed_bytes: u64,
    n_unpacked_bytes: u64,
    n_values: u64,
    /// Whether all that follows the header is packed as one, as it is in all pages but data pages of
    /// the second kind.
    is_packed_whole: bool,
}

/// Refuses a table that claims too much for its size; gives the bytes that all pages unpack to.
pub(super) fn check(
    reader: &impl ChunkReader,
    metadata: &ParquetMetaData,
    n_bytes: u64,
    n_stored: u64,
    limits: &Limits,
) -> Result<u64, FormatError> {
    let max_unpacked = limits.expanded(n_stored);
    let max_value_bytes = limits.cohort(n_stored);
    let max_rows = limits.cohort(n_stored) / RECORD_BYTES;
    let (mut n_unpacked, mut n_value_bytes, mut n_rows) = (0_u64, 0_u64, 0_u64);
    let mut n_packed = 0_u64;
    let too_much = |what: String| {
        FormatError::new(Format::Parquet, Fault::Limit, what)
            .hint("if you trust it, write it again without compression and dictionaries")
    };
    for group in metadata.row_groups() {
        n_rows = n_rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or(u64::MAX));
        if n_rows > max_rows {
            let what = format!(
                "the table claims more than {max_rows} rows, the most that a file of its size may"
            );
            return Err(too_much(what));
        }
        for column in group.columns() {
            if group.num_rows() == 0 {
                continue;
            }
            let mut offset = start(column);
            let end =
                offset.saturating_add(u64::try_from(column.compressed_size()).unwrap_or(u64::MAX));
            if end > n_bytes {
                let what = format!(
                    "column {} ends behind the end of the file",
                    quote(column.column_path().string().as_str())
                );
                return Err(FormatError::new(Format::Parquet, Fault::Truncated, what));
            }
            // Else each of many columns might have the library walk over the whole file.
            n_packed += end - offset.min(end);
            if n_packed > n_bytes {
                let what = "the columns claim more bytes than the file has";
                return Err(FormatError::new(Format::Parquet, Fault::Malformed, what));
            }
            while offset < end {
                let claim = claim(reader, offset, end - offset)?;
                let is_packed = column.compression() != Compression::UNCOMPRESSED;
                if !is_packed && claim.n_unpacked_bytes != claim.n_packed_bytes {
                    let what = "a page that is not compressed claims two sizes";
                    return Err(FormatError::new(Format::Parquet, Fault::Malformed, what)
                        .at(Place::Byte(offset)));
                }
                if column.compression() == Compression::SNAPPY && claim.is_packed_whole {
                    check_snappy(reader, offset, &claim)?;
                }
                n_unpacked = n_unpacked.saturating_add(claim.n_unpacked_bytes);
                let is_in_list = column.column_descr().max_rep_level() > 0;
                let bytes_per_value = match column.column_type() {
                    Type::INT64 | Type::DOUBLE => 8,
                    _ => 4,
                    // In a list each has two levels of 16 bits.
                } + if is_in_list { 4 } else { 0 };
                n_value_bytes =
                    n_value_bytes.saturating_add(claim.n_values.saturating_mul(bytes_per_value));
                if n_unpacked > max_unpacked {
                    let what = format!(
                        "the pages unpack to more than {max_unpacked} bytes, the most that a file of its size may"
                    );
                    return Err(too_much(what).at(Place::Byte(offset)));
                }
                if n_value_bytes > max_value_bytes {
                    let what = format!(
                        "the values of the pages come to more than {max_value_bytes} bytes, the most that a file of its size may"
                    );
                    return Err(too_much(what).at(Place::Byte(offset)));
                }
                offset += claim.n_header_bytes + claim.n_packed_bytes;
            }
        }
    }
    Ok(n_unpacked)
}

/// Refuses a page whose packed bytes begin with another size than its header says: the library would
/// fill up with zeros.
fn check_snappy(reader: &impl ChunkReader, offset: u64, claim: &Claim) -> Result<(), FormatError> {
    let mut start = Vec::new();
    let packed = reader.get_read(offset + claim.n_header_bytes);
    let n_read = packed.ok().and_then(|packed| {
        let n_bytes = claim.n_packed_bytes.min(10);
        packed.take(n_bytes).read_to_end(&mut start).ok()
    });
    let size = n_read.and_then(|_| Compact::new(&start).varint());
    if size == Some(claim.n_unpacked_bytes) || claim.n_packed_bytes == 0 {
        return Ok(());
    }
    let what = "a page unpacks to another size than its header says";
    Err(FormatError::new(Format::Parquet, Fault::Malformed, what).at(Place::Byte(offset)))
}

/// Where the first page of a column stands.
fn start(column: &ColumnChunkMetaData) -> u64 {
    let data = column.data_page_offset();
    let first = match column.dictionary_page_offset() {
        Some(dictionary) if dictionary > 0 => dictionary.min(data),
        _ => data,
    };
    u64::try_from(first).unwrap_or(u64::MAX)
}

/// Reads the header of the page at `offset`, of which at most `n_left` bytes are there.
fn claim(reader: &impl ChunkReader, offset: u64, n_left: u64) -> Result<Claim, FormatError> {
    let malformed = || {
        let what = "a page has no header that can be read";
        FormatError::new(Format::Parquet, Fault::Malformed, what).at(Place::Byte(offset))
    };
    let mut n_looked_at = HEADER;
    loop {
        let mut bytes = Vec::new();
        let stream = reader.get_read(offset).map_err(|_| malformed())?;
        let n_wanted = n_looked_at.min(n_left);
        stream
            .take(n_wanted)
            .read_to_end(&mut bytes)
            .map_err(|_| malformed())?;
        match parse(&bytes) {
            Some(claim) if claim.n_header_bytes + claim.n_packed_bytes <= n_left => {
                return Ok(claim);
            }
            Some(_) => return Err(malformed()),
            None if n_wanted < n_left && n_looked_at < 16 << 20 => n_looked_at *= 8,
            None => return Err(malformed()),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Claim> {
    if !is_page_header(bytes) {
        return None;
    }
    let mut compact = Compact::new(bytes);
    let (mut unpacked, mut packed, mut n_values) = (None, None, 0);
    let mut is_packed_whole = true;
    let mut last = 0;
    while let Some(field) = compact.field(last)? {
        last = field.id;
        match field.id {
            2 => unpacked = Some(compact.integer(&field)?),
            3 => packed = Some(compact.integer(&field)?),
            // The header of a data page, of a dictionary, of a data page of the second kind: each
            // begins with the number of values.
            5 | 7 | 8 if Compact::is_structure(&field) => {
                is_packed_whole &= field.id != 8;
                let mut last = 0;
                while let Some(field) = compact.field(last)? {
                    last = field.id;
                    match field.id {
                        1 => n_values = compact.integer(&field)?,
                        _ => compact.skip(&field)?,
                    }
                }
            }
            _ => compact.skip(&field)?,
        }
    }
    Some(Claim {
        n_header_bytes: (bytes.len() - compact.len()) as u64,
        n_packed_bytes: u64::try_from(packed?).ok()?,
        n_unpacked_bytes: u64::try_from(unpacked?).ok()?,
        n_values: u64::try_from(n_values).ok()?,
        is_packed_whole,
    })
}
