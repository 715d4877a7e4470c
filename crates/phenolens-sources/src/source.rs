//! From a file to a cohort, by content.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use phenolens_core::cohort::RawCohort;
use phenolens_core::{Phase, Progress};

use crate::compression::{self, Method};
use crate::digest::{sha256, sha256_of};
use crate::format::by_mark;
use crate::format_error::{Fault, FormatError};
use crate::gestalt_matcher::{self, Images};
use crate::labels::{Labels, SideFile, read_labels, read_side_file, read_table};
use crate::{
    Format, ReadOptions, SourceError, arrow_table, csv_table, h5ad, json_lines, npy, npz,
    parquet_table, pickle, projector, tensors,
};

/// Bytes that are read at once where a file is streamed.
const BUFFER: usize = 1 << 20;

/// Bytes of memory for each of a file that is read whole: itself, and what comes of it.
const BYTES_PER_BYTE: u64 = 2;

/// What a file held, and which file it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Every record, in the order of the file.
    pub cohort: RawCohort,
    /// The format that it was in.
    pub format: Format,
    /// Size of the file as it is stored.
    pub n_bytes: u64,
    /// SHA-256 of the file as it is stored, in lower-case hexadecimal.
    pub sha256: String,
    /// The files with the labels, in the order in which they were given.
    pub labels: Vec<SideFile>,
}

/// Reads the labelled vectors of a file.
///
/// Arrays, archives of arrays, Parquet and Arrow tables are streamed: beside their vectors little of
/// them is in memory at once. Files in other formats, and compressed ones, are read whole first.
///
/// # Errors
/// If the operating system does not give the file, and as [`read_bytes`].
pub fn read_file(
    path: &Path,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<Source, SourceError> {
    let unreadable = |source| SourceError::Io {
        path: path.to_owned(),
        source,
    };
    if path.is_dir() {
        let path = path.to_owned();
        return Err(SourceError::Folder { path });
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if is_device(&metadata) {
        let path = path.to_owned();
        return Err(SourceError::NoFile { path });
    }
    let mut head = Vec::new();
    if metadata.is_file() {
        (&mut file)
            .take(8)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
    }
    if let Some(format) = streamed(&head, options) {
        let n_bytes = metadata.len();
        if n_bytes > options.limits.file_bytes {
            let limit = options.limits.file_bytes;
            return Err(SourceError::FileSize { limit });
        }
        let sha256 = sha256_of(&mut file).map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        let beside = beside(format, options)?;
        let cohort = read_streamed(format, file, n_bytes, beside.labels, options, progress)?;
        return Ok(Source {
            cohort,
            format,
            n_bytes,
            sha256,
            labels: beside.files,
        });
    }
    options
        .limits
        .check_memory(BYTES_PER_BYTE * metadata.len())?;
    let bytes = read_whole(file, metadata.len(), options, progress).map_err(unreadable)?;
    read_bytes(&bytes, options)
}

/// Reads all bytes, or one more than the limit allows.
fn read_whole(
    mut file: File,
    n_bytes: u64,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> std::io::Result<Vec<u8>> {
    let max = options.limits.file_bytes.saturating_add(1);
    let mut bytes = Vec::new();
    loop {
        let n_wanted = (BUFFER as u64).min(max - bytes.len() as u64);
        let n_read = (&mut file).take(n_wanted).read_to_end(&mut bytes)?;
        if n_read == 0 {
            return Ok(bytes);
        }
        let n_total = (n_bytes as usize).max(bytes.len());
        progress.report(Phase::Reading, bytes.len(), n_total);
    }
}

/// Reads labelled vectors from the bytes of a file, compressed or not.
///
/// Takes time and memory in proportion to the bytes, within the limits.
///
/// # Errors
/// If the bytes are in no known format, damaged, hostile, over a limit, or do not say which vector
/// is of which class, subject and sample.
pub fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Source, SourceError> {
    let n_bytes = bytes.len() as u64;
    if n_bytes > options.limits.file_bytes {
        let limit = options.limits.file_bytes;
        return Err(SourceError::FileSize { limit });
    }
    let (format, cohort, labels) = match Method::of(bytes) {
        None => read_unpacked(bytes, n_bytes, options)?,
        Some(outer) => {
            let unpacked = compression::unpack(bytes, outer, &options.limits)?;
            let inner = Method::of(&unpacked).map(Method::name);
            let inner = inner.or(unpacked.starts_with(b"PK\x03\x04").then_some("zip"));
            if let Some(inner) = inner {
                let outer = outer.name();
                return Err(SourceError::Nested { outer, inner });
            }
            read_unpacked(&unpacked, n_bytes, options)?
        }
    };
    Ok(Source {
        cohort,
        format,
        n_bytes,
        sha256: sha256(bytes),
        labels,
    })
}

/// The format of a file that is streamed, told by its first bytes; `None` where it is to be read
/// whole.
fn streamed(head: &[u8], options: &ReadOptions) -> Option<Format> {
    let format = match options.format {
        // A file that is compressed is no array yet, whatever is asked for.
        Some(_) if Method::of(head).is_some() => None,
        Some(format) => Some(format),
        None => by_mark(head),
    };
    format.filter(|format| {
        matches!(
            format,
            Format::Npy | Format::Npz | Format::Parquet | Format::Arrow
        )
    })
}

/// Devices have no end.
fn is_device(metadata: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        kind.is_char_device() || kind.is_block_device() || kind.is_socket()
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

/// Reads the bytes of a file that had `n_stored` of them before it was unpacked.
fn read_unpacked(
    bytes: &[u8],
    n_stored: u64,
    options: &ReadOptions,
) -> Result<(Format, RawCohort, Vec<SideFile>), SourceError> {
    if bytes.is_empty() {
        return Err(SourceError::Empty);
    }
    let format = match options.format {
        Some(format) => format,
        None => Format::of(bytes)?,
    };
    let is_streamed = streamed(&bytes[..bytes.len().min(8)], options).is_some();
    if !is_streamed {
        options
            .limits
            .check_memory(BYTES_PER_BYTE * bytes.len() as u64)?;
    }
    let beside = beside(format, options)?;
    let cohort = match format {
        Format::Pickle => match beside.images {
            Some(images) => pickle::read_variants(bytes, n_stored, &images, options)?,
            None => pickle::read(bytes, n_stored, options)?,
        },
        Format::Csv | Format::Tsv => csv_table::read(bytes, format, n_stored, options)?,
        Format::JsonLines => json_lines::read(bytes, n_stored, options)?,
        Format::Safetensors => tensors::read(bytes, n_stored, beside.labels, options)?,
        Format::H5ad => h5ad::read(bytes, n_stored, options)?,
        Format::Projector => projector::read(bytes, n_stored, beside.labels, options)?,
        Format::GestaltMatcher => {
            let images = beside.images.ok_or_else(no_images)?;
            match pickle::looks_like(bytes) {
                true => pickle::read_variants(bytes, n_stored, &images, options)?,
                false => gestalt_matcher::read(bytes, n_stored, &images, options)?,
            }
        }
        Format::Parquet => parquet_table::read_bytes(bytes, n_stored, options)?,
        Format::Npy | Format::Npz | Format::Arrow => {
            let n_bytes = bytes.len() as u64;
            let mut bytes = Cursor::new(bytes);
            let silent = &phenolens_core::Silent;
            match format {
                Format::Npy => npy::read(
                    &mut bytes,
                    n_bytes,
                    n_stored,
                    beside.labels,
                    options,
                    silent,
                )?,
                Format::Npz => npz::read(bytes, n_stored, beside.labels, options, silent)?,
                _ => arrow_table::read(bytes, n_bytes, n_stored, options, silent)?,
            }
        }
    };
    Ok((format, cohort, beside.files))
}

/// Reads the formats of which only a part need be in memory.
fn read_streamed(
    format: Format,
    file: File,
    n_bytes: u64,
    labels: Option<Labels>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    if format == Format::Parquet {
        return parquet_table::read_file(file, n_bytes, options, progress);
    }
    let mut file = BufReader::with_capacity(BUFFER, file);
    match format {
        Format::Npy => npy::read(&mut file, n_bytes, n_bytes, labels, options, progress),
        Format::Npz => npz::read(file, n_bytes, labels, options, progress),
        _ => arrow_table::read(file, n_bytes, n_bytes, options, progress),
    }
}

/// What stands in files beside the data.
#[derive(Default)]
struct Beside {
    /// The labels of every vector, in their order.
    labels: Option<Labels>,
    /// The labels of images, of which there may be several vectors.
    images: Option<Images>,
    files: Vec<SideFile>,
}

/// Encodings say nothing of whom they are.
fn no_images() -> SourceError {
    let what = "the encodings hold no labels";
    let error = FormatError::new(Format::GestaltMatcher, Fault::Labels, what);
    error
        .hint(
            "name the tables image_id,subject,label, such as --labels gmdb_train_images_v1.1.0.csv",
        )
        .into()
}

/// Reads the files beside the data, for formats that take them.
fn beside(format: Format, options: &ReadOptions) -> Result<Beside, SourceError> {
    let mut beside = Beside::default();
    if options.labels.is_empty() {
        return Ok(beside);
    }
    let in_file = |path: &Path, error: FormatError| SourceError::InSideFile {
        path: path.to_owned(),
        error,
    };
    match format {
        Format::Npy | Format::Npz | Format::Safetensors | Format::Projector => {
            let [path] = &options.labels[..] else {
                return Err(SourceError::LabelFiles {
                    n_files: options.labels.len(),
                });
            };
            let (bytes, file) = read_side_file(path, options)?;
            let labels =
                read_labels(&bytes, &options.columns).map_err(|error| in_file(path, error))?;
            beside.labels = Some(labels);
            beside.files.push(file);
        }
        Format::Pickle | Format::GestaltMatcher => {
            let mut images = Images::default();
            for path in &options.labels {
                let (bytes, file) = read_side_file(path, options)?;
                let table =
                    read_table(&bytes, &options.columns).map_err(|error| in_file(path, error))?;
                images.add(path, table)?;
                beside.files.push(file);
            }
            beside.images = Some(images);
        }
        _ => {
            return Err(SourceError::NoUseOfLabels {
                format: format.name(),
            });
        }
    }
    Ok(beside)
}
