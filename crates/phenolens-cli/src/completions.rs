//! `phenolens completions`: what a shell needs to complete a command line.

use clap::CommandFactory;

use crate::Status;
use crate::args::{Args, CompletionsArgs};
use crate::failure::Failure;
use crate::talk::print_as_it_is;

/// Prints the completions of one shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "phenolens", &mut script);
    print_as_it_is(&String::from_utf8_lossy(&script))?;
    Ok(Status::Success)
}
