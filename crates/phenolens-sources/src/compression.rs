//! Compressed files: recognized by their first bytes, unpacked up to a bound.

use std::io::{self, Read};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::guard::catch;
use crate::{Limits, SourceError};

/// Memory for the window of an xz file, in KiB; `xz -9` needs 65 MiB.
const XZ_MEMORY_KIB: u32 = 128 << 10;

/// Bytes that are unpacked between two looks at the bound.
const STEP: usize = 64 << 10;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Gzip,
    Xz,
    Zstd,
    Bzip2,
}

impl Method {
    /// The method that the first bytes of a file name.
    pub(crate) fn of(bytes: &[u8]) -> Option<Method> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Method::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Method::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Method::Zstd)
            }
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Method::Bzip2),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Method::Gzip => "gzip",
            Method::Xz => "xz",
            Method::Zstd => "zstd",
            Method::Bzip2 => "bzip2",
        }
    }
}

/// The bytes that a file unpacks to: at most as many as the limits allow, all checksums verified.
pub(crate) fn unpack(
    bytes: &[u8],
    method: Method,
    limits: &Limits,
) -> Result<Vec<u8>, SourceError> {
    let n_bytes = bytes.len() as u64;
    let limit = limits.expanded(n_bytes);
    let mut unpacked = Vec::new();

    // The decoders are other people's work: a bug in one is reported as a damaged file.
    let outcome = catch(|| match method {
        Method::Gzip => drain(MultiGzDecoder::new(bytes), limit, &mut unpacked),
        Method::Bzip2 => drain(MultiBzDecoder::new(bytes), limit, &mut unpacked),
        Method::Xz => {
            let reader = XzReader::new_mem_limit(bytes, true, XZ_MEMORY_KIB);
            drain(reader, limit, &mut unpacked)
        }
        Method::Zstd => unpack_zstd(bytes, limit, &mut unpacked),
    });
    let method = method.name();
    match outcome {
        Some(Ok(End::Complete)) => Ok(unpacked),
        Some(Ok(End::OverLimit)) => Err(SourceError::Expansion {
            method,
            n_bytes,
            limit,
        }),
        Some(Err(error)) => Err(SourceError::Compression {
            method,
            n_expanded: unpacked.len() as u64,
            message: error.to_string(),
        }),
        None => Err(SourceError::Compression {
            method,
            n_expanded: unpacked.len() as u64,
            message: "the decoder gave up".to_owned(),
        }),
    }
}

/// How unpacking ended, where nothing was wrong with the bytes.
enum End {
    Complete,
    OverLimit,
}

/// Appends what `reader` gives to `unpacked`, until that has more than `limit` bytes.
fn drain(mut reader: impl Read, limit: u64, unpacked: &mut Vec<u8>) -> io::Result<End> {
    loop {
        let n_read = (&mut reader).take(STEP as u64).read_to_end(unpacked)?;
        if unpacked.len() as u64 > limit {
            return Ok(End::OverLimit);
        }
        if n_read == 0 {
            return Ok(End::Complete);
        }
    }
}

/// Unpacks frame after frame. The decoder reads checksums but leaves it to us to compare them.
fn unpack_zstd(mut bytes: &[u8], limit: u64, unpacked: &mut Vec<u8>) -> io::Result<End> {
    let mut decoder = FrameDecoder::new();
    while !bytes.is_empty() {
        match decoder.init(&mut bytes) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                bytes = bytes
                    .get(length as usize..)
                    .ok_or_else(|| io::Error::other("a skippable frame is cut short"))?;
                continue;
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        let n_before = unpacked.len() as u64;
        while !decoder.is_finished() {
            decoder
                .decode_blocks(&mut bytes, BlockDecodingStrategy::UptoBytes(STEP))
                .map_err(io::Error::other)?;
            decoder.collect_to_writer(&mut *unpacked)?;
            if unpacked.len() as u64 > limit {
                return Ok(End::OverLimit);
            }
        }
        let n_frame = unpacked.len() as u64 - n_before;
        let n_claimed = decoder.content_size();
        if n_claimed != 0 && n_claimed != n_frame {
            let message = format!("a frame has {n_frame} bytes and claims {n_claimed}");
            return Err(io::Error::other(message));
        }
        let stored = decoder.get_checksum_from_data();
        if stored.is_some() && stored != decoder.get_calculated_checksum() {
            return Err(io::Error::other("a checksum does not match"));
        }
    }
    Ok(End::Complete)
}
