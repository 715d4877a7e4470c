//! `phenolens man`: the manual pages.

use clap::CommandFactory;

use crate::Status;
use crate::args::{Args, ManArgs};
use crate::failure::Failure;
use crate::talk::print_as_it_is;

/// Prints the page of the program, or of one of its commands.
pub(crate) fn man(args: &ManArgs) -> Result<Status, Failure> {
    let mut program = Args::command();
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let names: Vec<&str> = program.get_subcommands().map(|c| c.get_name()).collect();
                let message = format!("there is no command {name:?}");
                return Err(
                    Failure::new("usage", message).hint(format!("one of {}", names.join(", ")))
                );
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| Failure::caused("output", "cannot make the manual page", &error))?;
    print_as_it_is(&String::from_utf8_lossy(&page))?;
    Ok(Status::Success)
}
