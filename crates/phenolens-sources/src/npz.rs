//! Zip archives: of numpy arrays, or of one pickle.

mod directory;

use std::io::{Read, Seek};

use phenolens_core::Progress;
use phenolens_core::cohort::RawCohort;
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::format_error::{Fault, FormatError, Place};
use crate::guard::guarded;
use crate::labels::{IdColumns, Labels};
use crate::npy::{Element, Header, Shape, read_rows, read_texts};
use crate::quote::quote;
use crate::records::Records;
use crate::{Format, ReadOptions, SourceError, pickle};

/// Entries of an archive.
const MAX_ENTRIES: usize = 4096;

/// Reads an archive that is a file of `n_stored` bytes.
pub(crate) fn read<R: Read + Seek>(
    reader: R,
    n_stored: u64,
    labels: Option<Labels>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RawCohort, SourceError> {
    let mut archive = guarded(Format::Npz, || open(reader, n_stored, options))??;
    let entries = entries(&mut archive)?;
    let arrays: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.name.ends_with(".npy"))
        .collect();
    if arrays.is_empty() {
        return pickle_of(&mut archive, &entries, n_stored, options);
    }
    let arrays = Arrays::look_at(&mut archive, &arrays)?;
    arrays.read(&mut archive, n_stored, labels, options, progress)
}

/// A file in an archive.
struct Entry {
    index: usize,
    name: String,
    n_bytes: u64,
}

/// Opens an archive, and refuses what no writer of arrays makes.
fn open<R: Read + Seek>(
    mut reader: R,
    n_stored: u64,
    options: &ReadOptions,
) -> Result<ZipArchive<R>, FormatError> {
    let n_listed = directory::count(&mut reader, n_stored)?;
    let malformed = |what: String| FormatError::new(Format::Npz, Fault::Malformed, what);
    let mut archive = ZipArchive::new(reader)
        .map_err(|error| malformed(format!("the archive is damaged or cut short: {error}")))?;
    if archive.len() > MAX_ENTRIES {
        let what = format!(
            "the archive has {} entries; at most {MAX_ENTRIES} are read",
            archive.len()
        );
        return Err(FormatError::new(Format::Npz, Fault::Limit, what));
    }
    if n_listed != archive.len() as u64 {
        let what = "the archive holds two entries of the same name";
        return Err(FormatError::new(Format::Npz, Fault::DuplicateKey, what));
    }
    let has_overlap = archive.has_overlapping_files();
    if has_overlap.map_err(|error| malformed(error.to_string()))? {
        return Err(malformed("entries of the archive overlap".to_owned()));
    }
    let mut n_expanded = 0_u64;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| broken("an entry", &error))?;
        n_expanded = n_expanded.saturating_add(entry.size());
    }
    let limit = options.limits.expanded(n_stored);
    if n_expanded > limit {
        let what = format!(
            "the archive of {n_stored} bytes unpacks to more than {limit} bytes, the most that a file of \
             its size may"
        );
        return Err(FormatError::new(Format::Npz, Fault::Limit, what)
            .hint("if you trust it, unpack it first and read the result"));
    }
    Ok(archive)
}

/// The entries of an archive, each of a harmless name.
fn entries<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Vec<Entry>, FormatError> {
    (0..archive.len())
        .map(|index| {
            let file = archive
                .by_index_raw(index)
                .map_err(|error| broken("an entry", &error))?;
            let name = file
                .name()
                .map_err(|error| broken("an entry", &error))?
                .into_owned();
            let place = Place::Named(format!("entry {}", quote(&name)));
            if file.encrypted() {
                let error = FormatError::new(Format::Npz, Fault::Malformed, "it is encrypted");
                return Err(error.at(place).hint("unpack it first"));
            }
            if file.enclosed_name().is_none()
                || name.contains(['\\', '\0'])
                || name.starts_with('/')
            {
                let what = "the name leads out of the archive";
                return Err(FormatError::new(Format::Npz, Fault::Malformed, what).at(place));
            }
            let n_bytes = file.size();
            Ok(Entry {
                index,
                name,
                n_bytes,
            })
        })
        .collect()
}

fn broken(name: &str, error: &dyn std::fmt::Display) -> FormatError {
    let what = format!("it is damaged or cut short: {error}");
    FormatError::new(Format::Npz, Fault::Malformed, what).at(Place::Named(name.to_owned()))
}

/// Opens an entry for reading.
fn stream<'a, R: Read + Seek>(
    archive: &'a mut ZipArchive<R>,
    entry: &Entry,
) -> Result<ZipFile<'a, R>, FormatError> {
    let name = format!("entry {}", quote(&entry.name));
    archive
        .by_index(entry.index)
        .map_err(|error| broken(&name, &error))
}

/// The pickle of an archive that holds nothing else.
fn pickle_of<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    entries: &[Entry],
    n_stored: u64,
    options: &ReadOptions,
) -> Result<RawCohort, SourceError> {
    let files: Vec<&Entry> = entries
        .iter()
        .filter(|entry| !entry.name.ends_with('/'))
        .collect();
    let [entry] = files[..] else {
        let what = match files.len() {
            0 => "the archive holds no file".to_owned(),
            n => format!(
                "the archive holds {n} files and no numpy array: which one is meant is not known"
            ),
        };
        let error = FormatError::new(Format::Npz, Fault::Columns, what);
        return Err(error.hint("unpack it and name the file").into());
    };
    let bytes = guarded(Format::Npz, || -> Result<Vec<u8>, FormatError> {
        let mut bytes = Vec::new();
        let stream = stream(archive, entry)?;
        let name = format!("entry {}", quote(&entry.name));
        let limit = entry.n_bytes + 1;
        stream
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| broken(&name, &error))?;
        if bytes.len() as u64 != entry.n_bytes {
            return Err(broken(&name, &"its size is not what the archive says"));
        }
        Ok(bytes)
    })??;
    if crate::compression::Method::of(&bytes).is_some() || bytes.starts_with(b"PK\x03\x04") {
        let what = "an archive inside an archive is not read";
        let error = FormatError::new(Format::Npz, Fault::Malformed, what);
        return Err(error.hint("unpack the outer layer first").into());
    }
    if !pickle::looks_like(&bytes) {
        let what = format!(
            "{} is neither a numpy array nor a pickle",
            quote(&entry.name)
        );
        let error = FormatError::new(Format::Npz, Fault::Columns, what);
        return Err(error.hint("unpack the archive and name the file").into());
    }
    pickle::read(&bytes, n_stored, options)
}

/// The arrays of an archive, by what they can be.
struct Arrays {
    matrices: Vec<(Entry, Header)>,
    lists: Vec<(Entry, Header)>,
}

impl Arrays {
    fn look_at<R: Read + Seek>(
        archive: &mut ZipArchive<R>,
        entries: &[&Entry],
    ) -> Result<Arrays, FormatError> {
        let mut arrays = Arrays {
            matrices: Vec::new(),
            lists: Vec::new(),
        };
        for entry in entries {
            let name = entry.name.trim_end_matches(".npy").to_owned();
            let header = guarded(Format::Npz, || {
                let mut stream = stream(archive, entry)?;
                Header::read(Format::Npz, &mut stream)
            })?
            .map_err(|error| in_array(&name, error))?;
            let entry = Entry {
                index: entry.index,
                name,
                n_bytes: entry.n_bytes,
            };
            match header.shape.len() {
                1 => arrays.lists.push((entry, header)),
                _ => arrays.matrices.push((entry, header)),
            }
        }
        Ok(arrays)
    }

    fn read<R: Read + Seek>(
        &self,
        archive: &mut ZipArchive<R>,
        n_stored: u64,
        labels: Option<Labels>,
        options: &ReadOptions,
        progress: &dyn Progress,
    ) -> Result<RawCohort, SourceError> {
        let (entry, header) = self.vectors(options.vector.as_deref())?;
        let shape = Shape::of(Format::Npz, header, entry.n_bytes)
            .map_err(|error| in_array(&entry.name, error))?;
        options.limits.check_memory(shape.n_memory_bytes())?;
        let labels = match labels {
            Some(labels) => labels,
            None => self.labels(archive, shape.n_rows, n_stored, options)?,
        };
        labels.check_count(Format::Npz, shape.n_rows)?;
        let mut records = Records::new(labels.labelling, n_stored, &options.limits);
        let mut ids = labels.ids.into_iter();
        let ids = |_| ids.next().expect("there are as many labels as rows");
        guarded(Format::Npz, || -> Result<(), FormatError> {
            let mut stream = stream(archive, entry)?;
            Header::read(Format::Npz, &mut stream)?;
            read_rows(
                Format::Npz,
                &mut stream,
                &shape,
                ids,
                &mut records,
                progress,
            )?;
            check_end(&mut stream)
        })?
        .map_err(|error| in_array(&entry.name, error))?;
        Ok(records.finish())
    }

    /// The matrix with the vectors.
    fn vectors(&self, wanted: Option<&str>) -> Result<&(Entry, Header), FormatError> {
        let names = |arrays: &[(Entry, Header)]| {
            let names: Vec<String> = arrays
                .iter()
                .take(8)
                .map(|(entry, _)| quote(&entry.name))
                .collect();
            names.join(", ")
        };
        let refused = |what: String, hint: &str| {
            Err(FormatError::new(Format::Npz, Fault::Columns, what).hint(hint))
        };
        if let Some(wanted) = wanted {
            return match self.matrices.iter().find(|(entry, _)| entry.name == wanted) {
                Some(found) => Ok(found),
                None => refused(
                    format!(
                        "the archive has no matrix {} among {}",
                        quote(wanted),
                        names(&self.matrices)
                    ),
                    "data.vector names the array with the vectors",
                ),
            };
        }
        match &self.matrices[..] {
            [only] => Ok(only),
            [] => refused(
                format!(
                    "the archive has no array of two axes, only {}",
                    names(&self.lists)
                ),
                "the vectors must stand in one array, one in each row",
            ),
            _ => refused(
                format!(
                    "the archive has several arrays that may be the vectors: {}",
                    names(&self.matrices)
                ),
                "name one by data.vector",
            ),
        }
    }

    /// The labels that stand in arrays of the archive, positional ones where none do.
    fn labels<R: Read + Seek>(
        &self,
        archive: &mut ZipArchive<R>,
        n_rows: u64,
        n_stored: u64,
        options: &ReadOptions,
    ) -> Result<Labels, FormatError> {
        let names: Vec<&str> = self
            .lists
            .iter()
            .map(|(entry, _)| entry.name.as_str())
            .collect();
        let ids = match IdColumns::find(&names, &options.columns) {
            Ok(ids) => ids,
            // Nothing that could be meant as a label: a bare matrix.
            Err(_) if names.is_empty() => {
                let n_bytes = n_rows.saturating_mul(crate::records::RECORD_BYTES);
                if n_bytes > options.limits.cohort(n_stored) {
                    let limit = options.limits.cohort(n_stored);
                    return Err(crate::format_error::Excess::Cohort { limit }.of(Format::Npz));
                }
                return Ok(Labels::bare(n_rows as usize));
            }
            Err(missing) => {
                let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
                return Err(crate::labels::missing_columns(
                    Format::Npz,
                    &names,
                    &missing,
                    &options.columns,
                ));
            }
        };
        let texts = |column: usize| -> Result<Vec<String>, FormatError> {
            let (entry, header) = &self.lists[column];
            if header.shape[0] != n_rows {
                let what = format!(
                    "{} ids for {n_rows} vectors; there must be one for each",
                    header.shape[0]
                );
                let error = FormatError::new(Format::Npz, Fault::Join, what);
                return Err(in_array(&entry.name, error));
            }
            let n_id_bytes = header.element.size();
            let may_be_text = !matches!(header.element, Element::Number { .. });
            if may_be_text && n_id_bytes > 4 * options.limits.id_bytes as u64 {
                let limit = options.limits.id_bytes;
                let what = format!("ids of {n_id_bytes} bytes; at most {limit} are read");
                let error = FormatError::new(Format::Npz, Fault::Limit, what);
                return Err(in_array(&entry.name, error));
            }
            guarded(Format::Npz, || -> Result<Vec<String>, FormatError> {
                let mut stream = stream(archive, entry)?;
                Header::read(Format::Npz, &mut stream)?;
                let texts = read_texts(Format::Npz, &mut stream, header, entry.n_bytes)?;
                check_end(&mut stream)?;
                Ok(texts)
            })?
            .map_err(|error| in_array(&entry.name, error))
        };
        Ok(Labels {
            labelling: ids.labelling(),
            ids: ids.all_ids(texts)?,
        })
    }
}

/// Reads past the last element, where the library compares the checksum.
fn check_end(stream: &mut impl Read) -> Result<(), FormatError> {
    match stream.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => {
            let what = "bytes follow the last element";
            Err(FormatError::new(Format::Npz, Fault::TrailingBytes, what))
        }
        Err(error) => {
            let what = format!("it is damaged: {error}");
            Err(FormatError::new(Format::Npz, Fault::Malformed, what))
        }
    }
}

fn in_array(name: &str, error: FormatError) -> FormatError {
    error.at(Place::Named(format!("array {}", quote(name))))
}
