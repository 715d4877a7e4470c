//! Data files: what is asked of their reading, and how it fails.

use std::path::Path;

use phenolens::Progress;
use phenolens::sources::{self, Source};

use crate::args::ReadingArgs;
use crate::failure::Failure;
use crate::settings::Settings;

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

/// The name of a file without its folder.
pub(crate) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
