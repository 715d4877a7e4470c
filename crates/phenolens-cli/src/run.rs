//! `phenolens run`: from a data file to an output folder.

use std::path::Path;

use phenolens::sources::{self, Limits, Source};

use crate::Status;
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::pipeline::{Input, quoted, report};
use crate::talk::Talk;

/// Reads, analyzes and reports a data file.
pub(crate) fn run(args: &RunArgs, talk: Talk) -> Result<Status, Failure> {
    let Some(data) = &args.data else {
        return Err(Failure::new("usage", "no data file is named")
            .hint("`phenolens run DATA`, or `phenolens demo` with no data at hand"));
    };
    let name = file_name(data);
    let input = Input {
        command: format!("run {}", quoted(&name)),
        name,
        path: Some(data),
        read: &|_| read(data),
    };
    report(&args.analysis, &input, talk)
}

/// Reads a data file.
pub(crate) fn read(path: &Path) -> Result<Source, Failure> {
    sources::read_file(path, &Limits::default()).map_err(|error| {
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
