//! `phenolens run`: from a data file to an output folder.

use crate::Status;
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::pipeline::{Input, quoted, report};
use crate::reading::{self, file_name};
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
        flags: reading::flags(&args.reading)?,
        read: &|settings, progress| reading::read(data, settings, progress),
    };
    report(&args.analysis, &input, talk)
}
