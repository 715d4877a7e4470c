//! What the messages of a table claim, before room is made for any of it.

use std::io::{Read, Seek, SeekFrom};

use arrow_ipc::{RecordBatch, root_as_footer, root_as_message};

use crate::format_error::{Fault, FormatError, Place};
use crate::records::RECORD_BYTES;
use crate::{Format, Limits};

/// Bytes of the description of a message.
const MAX_DESCRIPTION: u64 = 64 << 20;

/// The mark with which a message begins.
const CONTINUATION: u32 = u32::MAX;

/// What is known of a table before it is read.
pub(super) struct Claims {
    /// Whether it is a file, with an index, rather than a stream.
    pub(super) is_file: bool,
    /// Bytes of the largest batch, as it is stored.
    pub(super) largest_batch: u64,
    /// Whether the columns of some batch are compressed.
    pub(super) is_packed: bool,
    /// The batches of rows, in their order.
    pub(super) batches: Vec<Batch>,
}

impl Claims {
    /// Rows of all batches.
    pub(super) fn n_rows(&self) -> u64 {
        self.batches.iter().map(|batch| batch.n_rows).sum()
    }
}

/// Where the columns of a batch of rows stand.
pub(super) struct Batch {
    pub(super) n_rows: u64,
    /// Where the body begins, in bytes from the start of the file.
    pub(super) body: u64,
    pub(super) n_body: u64,
    /// Values and nulls of every column and of what is nested in it.
    pub(super) nodes: Vec<(u64, u64)>,
    /// Place in the body, and bytes, of every buffer.
    pub(super) buffers: Vec<(u64, u64)>,
}

/// Walks over the messages of a stream, or those that the index of a file names, and refuses those
/// that claim more than the file can hold.
pub(super) fn check<R: Read + Seek>(
    reader: &mut R,
    n_bytes: u64,
    n_stored: u64,
    limits: &Limits,
) -> Result<Claims, FormatError> {
    let mut walk = Walk {
        reader,
        n_bytes,
        offset: 0,
    };
    let mut head = [0; 8];
    walk.read_exact(&mut head)?;
    let is_file = head.starts_with(b"ARROW1");
    if !is_file && !head.starts_with(&CONTINUATION.to_le_bytes()) {
        let what = "the file does not begin as an Arrow table does";
        return Err(FormatError::new(Format::Arrow, Fault::Malformed, what)
            .at(Place::Byte(0))
            .hint("is it in another format? without --format that is told by its content"));
    }
    let mut budget = Budget {
        n_unpacked: 0,
        n_rows: 0,
        max_unpacked: limits.expanded(n_stored),
        max_rows: limits.cohort(n_stored) / RECORD_BYTES,
        is_packed: false,
        batches: Vec::new(),
    };
    let mut largest_batch = 0;
    if is_file {
        for block in walk.index()? {
            largest_batch = largest_batch.max(block.n_body);
            walk.go_to(block.offset)?;
            if walk.message(&mut budget)?.as_ref() != Some(&block) {
                let what = "a message is of another size than the index says";
                return Err(FormatError::new(Format::Arrow, Fault::Malformed, what)
                    .at(Place::Byte(block.offset)));
            }
        }
    } else {
        walk.go_to(0)?;
        while let Some(block) = walk.message(&mut budget)? {
            largest_batch = largest_batch.max(block.n_body);
        }
    }
    Ok(Claims {
        is_file,
        largest_batch,
        is_packed: budget.is_packed,
        batches: budget.batches,
    })
}

/// What all messages together may come to, and what they came to so far.
struct Budget {
    n_unpacked: u64,
    n_rows: u64,
    max_unpacked: u64,
    max_rows: u64,
    is_packed: bool,
    batches: Vec<Batch>,
}

/// Where a message stands: the bytes of its description, with what is in front of it, and of its body.
#[derive(PartialEq, Eq)]
struct Block {
    offset: u64,
    n_description: u64,
    n_body: u64,
}

struct Walk<'a, R> {
    reader: &'a mut R,
    n_bytes: u64,
    offset: u64,
}

impl<R: Read + Seek> Walk<'_, R> {
    /// Looks at one message; `None` at the end of all.
    fn message(&mut self, budget: &mut Budget) -> Result<Option<Block>, FormatError> {
        let start = self.offset;
        if start == self.n_bytes {
            // A stream may end without saying so.
            return Ok(None);
        }
        let mut length = self.u32()?;
        if length == CONTINUATION {
            length = self.u32()?;
        }
        if length == 0 {
            return Ok(None);
        }
        let n_description = u64::from(length);
        if n_description > self.n_left() || n_description > MAX_DESCRIPTION {
            let what = format!(
                "the description of a message claims {n_description} bytes, where {} are left",
                self.n_left()
            );
            return Err(self.truncated(&what, start));
        }
        let mut description = vec![0; n_description as usize];
        self.read_exact(&mut description)?;
        let message = root_as_message(&description).map_err(|error| {
            let what = format!("a message has no description that can be read: {error}");
            FormatError::new(Format::Arrow, Fault::Malformed, what).at(Place::Byte(start))
        })?;
        let n_body = u64::try_from(message.bodyLength()).unwrap_or(u64::MAX);
        if n_body > self.n_left() {
            let what = format!(
                "a message claims {n_body} bytes, where {} are left",
                self.n_left()
            );
            return Err(self.truncated(&what, start));
        }
        let body = self.offset;
        if let Some(batch) = message.header_as_record_batch() {
            let batch = self.batch(&batch, body, n_body, budget)?;
            budget.batches.push(batch);
        } else if let Some(batch) = message
            .header_as_dictionary_batch()
            .and_then(|batch| batch.data())
        {
            self.batch(&batch, body, n_body, budget)?;
        }
        self.go_to(body + n_body)?;
        Ok(Some(Block {
            offset: start,
            n_description: body - start,
            n_body,
        }))
    }

    /// Looks at the buffers of a batch.
    fn batch(
        &mut self,
        batch: &RecordBatch<'_>,
        body: u64,
        n_body: u64,
        budget: &mut Budget,
    ) -> Result<Batch, FormatError> {
        let n_rows = u64::try_from(batch.length()).unwrap_or(u64::MAX);
        budget.n_rows = budget.n_rows.saturating_add(n_rows);
        if budget.n_rows > budget.max_rows {
            let max = budget.max_rows;
            let what = format!(
                "the table claims more than {max} rows, the most that a file of its size may"
            );
            return Err(FormatError::new(Format::Arrow, Fault::Limit, what).at(Place::Byte(body)));
        }
        let is_packed = batch.compression().is_some();
        budget.is_packed |= is_packed;
        let counted = |count: i64| u64::try_from(count).unwrap_or(u64::MAX);
        let nodes: Vec<(u64, u64)> = batch
            .nodes()
            .into_iter()
            .flatten()
            .map(|node| (counted(node.length()), counted(node.null_count())))
            .collect();
        for &(n_values, _) in &nodes {
            // Nothing is stored for a null or a structure, so that only the rows bound these.
            if n_values > budget.max_unpacked {
                let what = "a column claims more values than a file of its size may";
                return Err(
                    FormatError::new(Format::Arrow, Fault::Limit, what).at(Place::Byte(body))
                );
            }
        }
        let mut buffers = Vec::new();
        for buffer in batch.buffers().into_iter().flatten() {
            let (offset, length) = (
                u64::try_from(buffer.offset()),
                u64::try_from(buffer.length()),
            );
            let (Ok(offset), Ok(length)) = (offset, length) else {
                return Err(self.truncated("a buffer stands before the start of its message", body));
            };
            if offset.checked_add(length).is_none_or(|end| end > n_body) {
                return Err(self.truncated("a buffer ends behind the end of its message", body));
            }
            buffers.push((offset, length));
            if is_packed && length >= 8 {
                self.go_to(body + offset)?;
                let mut claim = [0; 8];
                self.read_exact(&mut claim)?;
                // Minus one says that it is not packed after all.
                let n_unpacked = u64::try_from(i64::from_le_bytes(claim)).unwrap_or(length);
                budget.n_unpacked = budget.n_unpacked.saturating_add(n_unpacked);
                if budget.n_unpacked > budget.max_unpacked {
                    let max = budget.max_unpacked;
                    let what = format!(
                        "the columns unpack to more than {max} bytes, the most that a file of its size may"
                    );
                    return Err(FormatError::new(Format::Arrow, Fault::Limit, what)
                        .at(Place::Byte(body + offset))
                        .hint("if you trust it, write it again without compression"));
                }
            }
        }
        Ok(Batch {
            n_rows,
            body,
            n_body,
            nodes,
            buffers,
        })
    }

    /// Where the messages stand that the index at the end of a file names.
    ///
    /// Each may be named once, and none lies in another: the library reads every one whole.
    fn index(&mut self) -> Result<Vec<Block>, FormatError> {
        let n_bytes = self.n_bytes;
        if n_bytes < 18 {
            return Err(self.truncated("the file is too short for a table", n_bytes));
        }
        self.go_to(n_bytes - 10)?;
        let mut end = [0; 10];
        self.read_exact(&mut end)?;
        if &end[4..] != b"ARROW1" {
            return Err(self.truncated("the file does not end as an Arrow table does", n_bytes));
        }
        let malformed = |what: String| {
            let error = FormatError::new(Format::Arrow, Fault::Malformed, what);
            error.at(Place::Byte(n_bytes - 10))
        };
        let n_index = i32::from_le_bytes([end[0], end[1], end[2], end[3]]);
        let n_index = match u64::try_from(n_index) {
            Ok(n_index) if n_index <= (n_bytes - 18).min(MAX_DESCRIPTION) => n_index,
            _ => {
                let what = format!("the index of the table claims {n_index} bytes of {n_bytes}");
                return Err(malformed(what));
            }
        };
        self.go_to(n_bytes - 10 - n_index)?;
        let mut index = vec![0; n_index as usize];
        self.read_exact(&mut index)?;
        let index = root_as_footer(&index).map_err(|error| {
            malformed(format!("the index of the table cannot be read: {error}"))
        })?;
        let batches = index.recordBatches().into_iter().flatten();
        let mut blocks = Vec::new();
        let mut n_left = n_bytes;
        for block in batches.chain(index.dictionaries().into_iter().flatten()) {
            let claimed = (
                u64::try_from(block.offset()),
                u64::try_from(block.metaDataLength()),
                u64::try_from(block.bodyLength()),
            );
            let read = match claimed {
                (Ok(offset), Ok(n_description), Ok(n_body)) => n_description
                    .checked_add(n_body)
                    .filter(|n| n.checked_add(offset).is_some_and(|end| end <= n_bytes))
                    .and_then(|n| n_left.checked_sub(n))
                    .map(|rest| (rest, offset, n_description, n_body)),
                _ => None,
            };
            let Some((rest, offset, n_description, n_body)) = read else {
                let offset = block.offset();
                let what = format!(
                    "the index names a message at byte {offset} that does not fit into the file"
                );
                return Err(malformed(what));
            };
            n_left = rest;
            blocks.push(Block {
                offset,
                n_description,
                n_body,
            });
        }
        let mut offsets: Vec<u64> = blocks.iter().map(|block| block.offset).collect();
        offsets.sort_unstable();
        if let Some(pair) = offsets.windows(2).find(|pair| pair[0] == pair[1]) {
            let what = format!("the index names the message at byte {} twice", pair[0]);
            return Err(malformed(what));
        }
        Ok(blocks)
    }

    fn truncated(&self, what: &str, byte: u64) -> FormatError {
        FormatError::new(Format::Arrow, Fault::Truncated, what)
            .at(Place::Byte(byte))
            .hint("was it copied or downloaded completely?")
    }

    fn n_left(&self) -> u64 {
        self.n_bytes - self.offset
    }

    fn u32(&mut self) -> Result<u32, FormatError> {
        let mut bytes = [0; 4];
        self.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), FormatError> {
        let start = self.offset;
        match self.reader.read_exact(buffer) {
            Ok(()) => {
                self.offset += buffer.len() as u64;
                Ok(())
            }
            Err(_) => Err(self.truncated("the file ends inside a message", start)),
        }
    }

    fn go_to(&mut self, offset: u64) -> Result<(), FormatError> {
        self.offset = offset;
        match self.reader.seek(SeekFrom::Start(offset)) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.truncated("the file cannot be read to its end", offset)),
        }
    }
}
