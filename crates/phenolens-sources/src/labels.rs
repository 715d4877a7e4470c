//! Which columns hold the ids, and files that hold nothing else.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use phenolens_core::cohort::Labelling;

use crate::delimited::Table;
use crate::digest::sha256;
use crate::format_error::{Fault, FormatError, Place};
use crate::options::{Columns, SubjectColumn};
use crate::quote::quote;
use crate::{Format, ReadOptions, SourceError};

/// Names of columns that need not be asked for, in the order in which they are looked for.
const CLASS: [&str; 4] = ["class", "syndrome", "syndrome_id", "label"];
const SUBJECT: [&str; 2] = ["subject", "subject_id"];
const SAMPLE: [&str; 3] = ["sample", "image", "image_id"];

/// Whether a column of that name holds ids, wanted or not: numbers in it are no values of a vector.
pub(crate) fn is_id_name(name: &str) -> bool {
    CLASS.contains(&name) || SUBJECT.contains(&name) || SAMPLE.contains(&name)
}

/// Where the ids stand among the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdColumns {
    pub(crate) class: usize,
    /// `None` where the data are said to have no subjects.
    pub(crate) subject: Option<usize>,
    pub(crate) sample: usize,
}

impl IdColumns {
    /// Finds the columns with the ids: those that are asked for, else those of a known name.
    ///
    /// # Errors
    /// The names that are missing, in words.
    pub(crate) fn find<S: AsRef<str>>(names: &[S], columns: &Columns) -> Result<IdColumns, String> {
        // Only where nothing else is asked for is a known name good enough: another column than the
        // one that was meant would be worse than none.
        let find = |wanted: &str, default: &str, known: &[&str]| {
            let place = |name: &str| names.iter().position(|other| other.as_ref() == name);
            match wanted == default {
                true => place(wanted).or_else(|| known.iter().find_map(|name| place(name))),
                false => place(wanted),
            }
        };
        let default = Columns::default();
        let class = find(&columns.class, &default.class, &CLASS);
        let (subject, is_subject_missing) = match &columns.subject {
            SubjectColumn::None => (None, false),
            SubjectColumn::Named(name) => {
                let subject = find(name, "subject", &SUBJECT);
                (subject, subject.is_none())
            }
        };
        let sample = find(&columns.sample, &default.sample, &SAMPLE);
        match (class, sample) {
            (Some(class), Some(sample)) if !is_subject_missing => Ok(IdColumns {
                class,
                subject,
                sample,
            }),
            _ => {
                let missing = [
                    (class.is_none(), "class"),
                    (is_subject_missing, "subject"),
                    (sample.is_none(), "sample"),
                ];
                let missing: Vec<&str> = missing
                    .into_iter()
                    .filter_map(|(is_missing, level)| is_missing.then_some(level))
                    .collect();
                Err(missing.join(" and the "))
            }
        }
    }

    /// Whether a column holds an id.
    pub(crate) fn contains(&self, column: usize) -> bool {
        column == self.class || column == self.sample || Some(column) == self.subject
    }

    /// The ids of a row, whose cells `cell` gives.
    pub(crate) fn ids(&self, cell: impl Fn(usize) -> String) -> [String; 3] {
        let sample = cell(self.sample);
        let subject = self.subject.map_or_else(|| sample.clone(), &cell);
        [cell(self.class), subject, sample]
    }

    /// The ids of all rows, of whose columns `column` gives the texts.
    pub(crate) fn all_ids<E>(
        &self,
        mut column: impl FnMut(usize) -> Result<Vec<String>, E>,
    ) -> Result<Vec<[String; 3]>, E> {
        let classes = column(self.class)?;
        let samples = column(self.sample)?;
        let subjects = match self.subject {
            Some(subject) => column(subject)?,
            None => samples.clone(),
        };
        let triples = classes.into_iter().zip(subjects).zip(samples);
        Ok(triples
            .map(|((class, subject), sample)| [class, subject, sample])
            .collect())
    }

    /// What is known of the samples.
    pub(crate) fn labelling(&self) -> Labelling {
        match self.subject {
            Some(_) => Labelling::Complete,
            None => Labelling::WithoutSubjects,
        }
    }
}

/// The error of a table that lacks columns with ids.
pub(crate) fn missing_columns(
    format: Format,
    names: &[String],
    missing: &str,
    columns: &Columns,
) -> FormatError {
    let mut shown: Vec<String> = names.iter().take(8).map(|name| quote(name)).collect();
    if names.len() > shown.len() {
        shown.push("…".to_owned());
    }
    let shown = shown.join(", ");
    let subject = match &columns.subject {
        SubjectColumn::Named(name) => quote(name),
        SubjectColumn::None => "none".to_owned(),
    };
    let wanted = [quote(&columns.class), subject, quote(&columns.sample)].join(", ");
    let what = format!(
        "there is no column with the {missing} of each row among {shown}; asked for are {wanted}"
    );
    FormatError::new(format, Fault::Columns, what).hint(
        "call the columns class,subject,sample, or name them by data.class, data.subject and data.sample; \
         data.subject = \"none\" is for data without subjects",
    )
}

/// The labels of vectors that stand in a file of their own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Labels {
    pub(crate) labelling: Labelling,
    /// Of every row, in its order.
    pub(crate) ids: Vec<[String; 3]>,
}

impl Labels {
    /// Positional ids for vectors of which nothing is known.
    pub(crate) fn bare(n_rows: usize) -> Labels {
        let id = |row: usize| [String::new(), String::new(), row.to_string()];
        Labels {
            labelling: Labelling::Bare,
            ids: (0..n_rows).map(id).collect(),
        }
    }

    /// Refuses labels that are not one to one with the vectors.
    pub(crate) fn check_count(&self, format: Format, n_rows: u64) -> Result<(), FormatError> {
        let n_labels = self.ids.len() as u64;
        if n_labels == n_rows {
            return Ok(());
        }
        let what = match n_labels < n_rows {
            true => format!(
                "{n_rows} vectors and {n_labels} labels: vector {n_labels} (counted from 0) has none"
            ),
            false => {
                let [class, subject, sample] = &self.ids[n_rows as usize];
                let (class, subject, sample) = (quote(class), quote(subject), quote(sample));
                format!(
                    "{n_rows} vectors and {n_labels} labels: class {class}, subject {subject}, sample \
                     {sample} is the first without a vector"
                )
            }
        };
        Err(FormatError::new(format, Fault::Join, what)
            .hint("give one row of labels for every vector, in the same order"))
    }
}

/// A table of labels whose rows are in no order: what is known of each image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LabelTable {
    pub(crate) labelling: Labelling,
    /// The ids, and the line on which they stand.
    pub(crate) rows: Vec<([String; 3], u64)>,
    /// Whether an image may stand in several rows, one for each division of the images.
    pub(crate) has_splits: bool,
}

/// A file beside the data, as it is told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub n_bytes: u64,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// Reads a side file whole.
pub(crate) fn read_side_file(
    path: &Path,
    options: &ReadOptions,
) -> Result<(Vec<u8>, SideFile), SourceError> {
    let unreadable = |source| SourceError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        let path = path.to_owned();
        return Err(SourceError::NoFile { path });
    }
    let mut bytes = Vec::new();
    file.take(options.limits.file_bytes)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let side_file = SideFile {
        path: path.to_owned(),
        n_bytes: bytes.len() as u64,
        sha256: sha256(&bytes),
    };
    Ok((bytes, side_file))
}

/// Reads the labels of vectors, in their order, from a table with a header.
///
/// The projector's metadata of one column have no header: the column is then the class.
pub(crate) fn read_labels(bytes: &[u8], columns: &Columns) -> Result<Labels, FormatError> {
    let table = read_table(bytes, columns)?;
    Ok(Labels {
        labelling: table.labelling,
        ids: table.rows.into_iter().map(|(ids, _)| ids).collect(),
    })
}

/// Reads a table of labels with a header.
pub(crate) fn read_table(bytes: &[u8], columns: &Columns) -> Result<LabelTable, FormatError> {
    let head = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let (format, delimiter) = match head.contains(&b'\t') {
        true => (Format::Tsv, b'\t'),
        false => (Format::Csv, b','),
    };
    let table = Table::new(format, delimiter, bytes)?;
    let mut rows = table.rows();
    let header = rows.header()?;
    let mut ids = Vec::new();
    if header.len() == 1 && columns.subject == SubjectColumn::None {
        let triple = |class: &str, row: usize| [class.to_owned(), row.to_string(), row.to_string()];
        ids.push((triple(&header[0], 0), 1));
        while let Some(row) = rows.next()? {
            row.check_length(format, 1)?;
            ids.push((triple(&row.cells[0], ids.len()), row.line));
        }
        return Ok(LabelTable {
            labelling: Labelling::WithoutSubjects,
            rows: ids,
            has_splits: false,
        });
    }
    let id_columns = IdColumns::find(&header, columns).map_err(|missing| {
        missing_columns(format, &header, &missing, columns).at(Place::Line(1, None))
    })?;
    while let Some(row) = rows.next()? {
        row.check_length(format, header.len())?;
        ids.push((
            id_columns.ids(|column| row.cells[column].to_owned()),
            row.line,
        ));
    }
    Ok(LabelTable {
        labelling: id_columns.labelling(),
        rows: ids,
        has_splits: header.iter().any(|name| name == "split"),
    })
}
