//! An analysis in words, figures and tables.
//!
//! [`render`] turns an [`Analysis`] into files, as values: who calls it writes them. Nothing here
//! computes a statistic, and nothing here reads or writes a file.

#[cfg(test)]
mod test_support;

mod claims;
mod document;
mod escape;
mod facts;
mod figures;
mod html;
mod latex;
mod manifest;
mod markdown;
mod numbers;
mod pseudonyms;
mod results_json;
mod share;
mod support;
mod tables;
mod words;

use std::cmp::Reverse;

use phenolens_core::analysis::Analysis;

pub use pseudonyms::{Ids, KEY_BYTES, PseudonymKey};
pub use share::{MIN_SHOWN, SHARED_FROM, ShareError, share};
pub use tables::{map_csv, neighbors_csv};

use facts::Facts;
use figures::Figure;
use words::Figures;

/// What a report needs to know besides the analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The name of the data file, without its folder.
    pub source_name: String,
    /// Its size in bytes.
    pub source_bytes: u64,
    /// The SHA-256 of its bytes, lower-case hexadecimal.
    pub source_sha256: String,
    /// The other files that were read, such as folds or names of classes.
    pub other_inputs: Vec<InputFile>,
    /// The data's digest, the same in any format; see the design's section on digests.
    pub content_digest: String,
    /// What classes, subjects and samples are called, in the singular.
    pub words: Words,
    /// Words for class ids, where the user gave some: pairs of id and name.
    pub class_labels: Vec<(String, String)>,
    /// The resolved settings as TOML.
    pub settings: String,
    /// The command that repeats the run where the data and these settings lie, for example
    /// `phenolens run cohort.p --config phenolens.toml`.
    pub command: String,
    /// The version of the program.
    pub version: String,
    /// How reports and figures show ids of subjects and samples.
    pub ids: Ids,
    /// Which files are wanted.
    pub formats: Formats,
}

/// A file that was read, as it is told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Its name, without its folder.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// What the three levels of the data are called, in the singular, lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// For example `syndrome`.
    pub class: String,
    /// For example `subject`.
    pub subject: String,
    /// For example `image`.
    pub sample: String,
}

/// Which files are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// `report.html`.
    pub html: bool,
    /// `report.md`.
    pub md: bool,
    /// `figures/*.svg`.
    pub svg: bool,
    /// `figures/*.png`.
    pub png: bool,
}

/// One file of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Its path inside the folder, with `/` between the parts.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A template or figure of ours is broken; a bug.
    #[error("cannot make {path}: {reason}")]
    Internal {
        /// The file that was being made.
        path: String,
        /// What went wrong.
        reason: String,
    },
}

/// Makes every file of the output folder except `run.json`, sorted by path.
///
/// # Errors
/// If a figure or a file of ours cannot be made, which is a bug, or if the settings of the context
/// are no TOML.
pub fn render(analysis: &Analysis, context: &Context) -> Result<Vec<OutputFile>, ReportError> {
    let drawn = figures::draw(analysis, context);
    // The pictures take longest; everything else is made beside them.
    let (pictures, texts) = rayon::join(
        || figure_files(&drawn, context.formats),
        || text_files(analysis, context, &drawn),
    );
    let mut files = pictures?;
    files.extend(texts?);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Every figure in the wanted formats.
fn figure_files(drawn: &[Figure], formats: Formats) -> Result<Vec<OutputFile>, ReportError> {
    let mut files = Vec::new();
    if formats.svg {
        files.extend(drawn.iter().map(|figure| OutputFile {
            path: format!("figures/{}.svg", figure.name),
            bytes: figure.svg.clone().into_bytes(),
        }));
    }
    if formats.png {
        files.extend(pictures(drawn)?);
    }
    Ok(files)
}

/// The PNG of every figure.
fn pictures(drawn: &[Figure]) -> Result<Vec<OutputFile>, ReportError> {
    let mut pictures: Vec<_> = drawn.iter().map(|figure| (figure, None)).collect();
    // The longest first, so that no thread waits for one that was begun last.
    pictures.sort_by_key(|(figure, _)| Reverse(figure.svg.len()));
    rayon::scope_fifo(|scope| {
        for (figure, picture) in &mut pictures {
            scope.spawn_fifo(|_| *picture = Some(figures::png(&figure.svg)));
        }
    });
    let files = pictures.into_iter().map(|(figure, picture)| {
        Ok(OutputFile {
            path: format!("figures/{}.png", figure.name),
            bytes: picture.expect("the scope waits for all")?,
        })
    });
    files.collect()
}

/// Tables, reports and what programs read, side by side.
fn text_files(
    analysis: &Analysis,
    context: &Context,
    drawn: &[Figure],
) -> Result<Vec<OutputFile>, ReportError> {
    let facts = Facts::new(analysis, context);
    let (tables, (records, reports)) = rayon::join(
        || tables::csv_files(analysis),
        || {
            rayon::join(
                || records(analysis, context),
                || reports(&facts, context, drawn),
            )
        },
    );
    let mut files = tables?;
    files.extend(records?);
    files.extend(reports?);
    Ok(files)
}

/// What programs read.
fn records(analysis: &Analysis, context: &Context) -> Result<Vec<OutputFile>, ReportError> {
    Ok(vec![
        file("manifest.json", manifest::manifest(analysis, context)?),
        file("phenolens.toml", context.settings.clone().into_bytes()),
        file(
            "results.json",
            results_json::results_json(analysis, context)?,
        ),
    ])
}

/// What people read, and what stands for ids there.
fn reports(
    facts: &Facts,
    context: &Context,
    drawn: &[Figure],
) -> Result<Vec<OutputFile>, ReportError> {
    let path = "tables/pseudonyms.csv";
    let pseudonyms = tables::pseudonyms(facts).map_err(|error| ReportError::Internal {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    let mut files = vec![file(path, pseudonyms)];
    let document = words::report(facts, Figures::new(drawn));
    if context.formats.html {
        files.push(file("report.html", html::render(&document).into_bytes()));
    }
    if context.formats.md {
        let extension = if context.formats.svg { "svg" } else { "png" };
        let text = markdown::render(&document, extension);
        files.push(file("report.md", text.into_bytes()));
    }
    let summaries = words::summary_tables(facts);
    let text = markdown::tables(&summaries);
    files.push(file("tables/tables.md", text.into_bytes()));
    let text = latex::tables(&summaries);
    files.push(file("tables/tables.tex", text.into_bytes()));
    Ok(files)
}

fn file(path: &str, bytes: Vec<u8>) -> OutputFile {
    OutputFile {
        path: path.to_owned(),
        bytes,
    }
}
