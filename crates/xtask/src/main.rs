//! What developers run beside the tests.
//!
//! `cargo xtask fuzz` feeds every reader with damaged files and says how many it read.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of the command line"
)]

mod fuzz;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask fuzz [--seconds SECONDS] [TARGET ...]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// Does what the arguments say; false where it found something.
fn run(mut args: impl Iterator<Item = String>) -> Result<bool, String> {
    if args.next().as_deref() != Some("fuzz") {
        return Err(USAGE.to_owned());
    }
    let mut n_seconds = 60;
    let mut targets = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => {
                let value = args.next().and_then(|value| value.parse().ok());
                n_seconds = value.filter(|&value| value > 0).ok_or(USAGE)?;
            }
            target if fuzz::TARGETS.contains(&target) => targets.push(arg),
            _ => {
                let targets = fuzz::TARGETS.join(" ");
                return Err(format!("{arg} is not known\n{USAGE}\ntargets: {targets}"));
            }
        }
    }
    if targets.is_empty() {
        targets = fuzz::TARGETS.map(str::to_owned).to_vec();
    }
    fuzz::fuzz(&targets, n_seconds)
}
