//! The list of entries at the end of an archive, which the library reads with more trust.

use std::io::{Read, Seek, SeekFrom};

use crate::Format;
use crate::format_error::{Fault, FormatError, Place};

/// The marks of the end of the list, of an entry in it, and of where a list of a large archive ends.
const END: &[u8; 4] = b"PK\x05\x06";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const LARGE_END: &[u8; 4] = b"PK\x06\x06";

/// Bytes of the end without its comment, and of an entry without its name.
const END_BYTES: u64 = 22;
const ENTRY_BYTES: usize = 46;

/// Bytes of a list.
const MAX_LIST: u64 = 16 << 20;

/// Counts the entries of the list of an archive of `n_bytes` bytes.
///
/// # Errors
/// If the end does not stand at the end of the file, or says something else than the list.
pub(super) fn count<R: Read + Seek>(reader: &mut R, n_bytes: u64) -> Result<u64, FormatError> {
    let n_tail = n_bytes.min(END_BYTES + u64::from(u16::MAX));
    let tail = read_at(reader, n_bytes - n_tail, n_tail)?;
    let Some(end) = tail.windows(4).rposition(|window| window == END) else {
        let what = "the archive has no end: it is cut short";
        return Err(FormatError::new(Format::Npz, Fault::Truncated, what)
            .at(Place::Byte(n_bytes))
            .hint("was it copied or downloaded completely?"));
    };
    let end_offset = n_bytes - n_tail + end as u64;
    let malformed = |what: &str| {
        FormatError::new(Format::Npz, Fault::Malformed, what).at(Place::Byte(end_offset))
    };
    let end = &tail[end..];
    if (end.len() as u64) < END_BYTES {
        return Err(malformed("the end of the archive is cut short"));
    }
    let n_comment = u64::from(u16::from_le_bytes([end[20], end[21]]));
    if end.len() as u64 != END_BYTES + n_comment {
        let what = "bytes follow the end of the archive";
        let error = FormatError::new(Format::Npz, Fault::TrailingBytes, what);
        return Err(error.at(Place::Byte(end_offset + END_BYTES + n_comment)));
    }
    let u32_at = |place: usize| {
        u64::from(u32::from_le_bytes([
            end[place],
            end[place + 1],
            end[place + 2],
            end[place + 3],
        ]))
    };
    let claimed = u64::from(u16::from_le_bytes([end[10], end[11]]));
    let (n_list, list) = (u32_at(12), u32_at(16));
    let is_large = claimed == 0xffff || n_list == 0xffff_ffff || list == 0xffff_ffff;
    let (claimed, n_list, list, list_end) = match is_large {
        false => (claimed, n_list, list, end_offset),
        true => large(reader, end_offset).ok_or_else(|| {
            malformed("the archive says that it is a large one, and does not end as such do")
        })?,
    };
    if list.checked_add(n_list) != Some(list_end) || n_list > MAX_LIST {
        return Err(malformed(
            "the directory of the archive does not stand where its end says",
        ));
    }
    let bytes = read_at(reader, list, n_list)?;
    let mut rest = &bytes[..];
    let mut count = 0;
    while !rest.is_empty() {
        let length = |place: usize| {
            let bytes = rest.get(place..place + 2)?;
            Some(usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
        };
        let n_entry = length(28)
            .zip(length(30))
            .zip(length(32))
            .map(|((name, extra), comment)| ENTRY_BYTES + name + extra + comment);
        let next = n_entry
            .filter(|_| rest.starts_with(ENTRY))
            .and_then(|n_entry| rest.get(n_entry..));
        rest = next.ok_or_else(|| malformed("the directory of the archive is damaged"))?;
        count += 1;
    }
    match count == claimed {
        true => Ok(count),
        false => Err(malformed(
            "the directory of the archive has not as many entries as it says",
        )),
    }
}

/// The same of an archive whose numbers need 64 bits: entries, bytes and place of the list, and
/// where it ends.
fn large<R: Read + Seek>(reader: &mut R, end: u64) -> Option<(u64, u64, u64, u64)> {
    let locator = read_at(reader, end.checked_sub(20)?, 20).ok()?;
    let u64_at = |bytes: &[u8], place: usize| {
        let word = bytes.get(place..place + 8)?;
        Some(u64::from_le_bytes(word.try_into().ok()?))
    };
    let record_at = u64_at(&locator, 8)?;
    let record = read_at(reader, record_at, 56).ok()?;
    let is_there = locator.starts_with(b"PK\x06\x07") && record.starts_with(LARGE_END);
    is_there.then_some(())?;
    Some((
        u64_at(&record, 32)?,
        u64_at(&record, 40)?,
        u64_at(&record, 48)?,
        record_at,
    ))
}

fn read_at<R: Read + Seek>(
    reader: &mut R,
    offset: u64,
    n_bytes: u64,
) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    let is_read = reader.seek(SeekFrom::Start(offset)).is_ok()
        && reader
            .by_ref()
            .take(n_bytes)
            .read_to_end(&mut bytes)
            .is_ok();
    if is_read && bytes.len() as u64 == n_bytes {
        return Ok(bytes);
    }
    let what = "the archive cannot be read to its end";
    Err(FormatError::new(Format::Npz, Fault::Truncated, what).at(Place::Byte(offset)))
}
