//! Data files: what is asked of their reading, how it fails, and what of them is used.

use std::path::Path;

use phenolens::Progress;
use phenolens::findings::Severity;
use phenolens::sources::{self, Source};
use phenolens::validation::{Admission, RowCounts, admit};

use crate::args::ReadingArgs;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::talk::{Talk, count, thousands};

/// Set-aside rows that are named one by one.
const NAMED: usize = 20;

/// The settings that arguments about reading stand for: key, value and flag.
pub(crate) fn flags(args: &ReadingArgs) -> Result<Vec<(&str, String, &str)>, Failure> {
    let mut flags = Vec::new();
    if let Some(format) = &args.format {
        flags.push(("data.format", format.clone(), "--format"));
    }
    if let Some(limit) = &args.memory_limit {
        flags.push(("memory_limit", limit.clone(), "--memory-limit"));
    }
    if !args.labels.is_empty() {
        let paths: Option<Vec<toml::Value>> = args
            .labels
            .iter()
            .map(|path| Some(toml::Value::String(path.to_str()?.to_owned())))
            .collect();
        let Some(paths) = paths else {
            return Err(Failure::new("setting", "--labels: a name is not UTF-8"));
        };
        flags.push((
            "data.labels",
            toml::Value::Array(paths).to_string(),
            "--labels",
        ));
    }
    Ok(flags)
}

/// Reads a data file.
pub(crate) fn read(
    path: &Path,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Source, Failure> {
    sources::read_file(path, &settings.read_options(), progress).map_err(|error| {
        let (shown, text) = (path.display().to_string(), error.to_string());
        // What the operating system refuses already names the file.
        let message = if text.contains(&shown) {
            text
        } else {
            format!("{shown}: {text}")
        };
        Failure {
            offset: error.offset(),
            ..Failure::new(error.code(), message).hint_if(error.hint())
        }
    })
}

/// Reads a data file and judges which of its rows are used.
pub(crate) fn admitted(
    path: &Path,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Admission, Failure> {
    let source = read(path, settings, progress)?;
    admit(source.cohort, settings.analysis.on_invalid).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        Failure::new(error.code(), message).hint_if(error.hint())
    })
}

/// `5 rows in, 4 used, 1 set aside`.
pub(crate) fn rows(rows: &RowCounts) -> String {
    format!(
        "{} in, {} used, {} set aside",
        count(rows.read, "row"),
        thousands(rows.used),
        thousands(rows.set_aside),
    )
}

/// Names on stderr what is not used, as far as it is not too much.
pub(crate) fn say_what_is_left_out(admission: &Admission, talk: Talk) {
    let errors = || {
        let findings = admission.findings.iter();
        findings.filter(|finding| finding.severity == Severity::Error)
    };
    for finding in errors().take(NAMED) {
        let ids = [&finding.class, &finding.subject, &finding.sample];
        let ids: Vec<String> = ids
            .into_iter()
            .flatten()
            .map(|id| format!("{id:?}"))
            .collect();
        talk.note(&format!("error: {}: {}", ids.join("/"), finding.message));
    }
    let n_more = errors().count().saturating_sub(NAMED);
    if n_more > 0 {
        talk.note(&format!(
            "and {n_more} more; `phenolens check` lists them all"
        ));
    }
}

/// The name of a file without its folder.
pub(crate) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
