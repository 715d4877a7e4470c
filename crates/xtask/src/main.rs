//! What developers run beside the tests.
//!
//! `cargo xtask fuzz` feeds every reader with damaged files and says how many it read; `cargo xtask
//! bench` times the program beside others and writes the tables of `docs/performance.md`; `cargo xtask
//! repeat` compares what the engines write with several numbers of threads.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of the command line"
)]

mod bench;
mod fuzz;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const FUZZ_USAGE: &str = "usage: cargo xtask fuzz [--seconds SECONDS] [TARGET ...]";

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
    match args.next().as_deref() {
        Some("fuzz") => fuzz(args),
        Some("bench") => bench::bench(&bench::Options::read(args)?),
        Some("repeat") => bench::repeat(&bench::Options::read(args)?),
        _ => Err(format!("{FUZZ_USAGE}\n{}", bench::USAGE)),
    }
}

fn fuzz(mut args: impl Iterator<Item = String>) -> Result<bool, String> {
    let mut n_seconds = 60;
    let mut targets = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => {
                let value = args.next().and_then(|value| value.parse().ok());
                n_seconds = value.filter(|&value| value > 0).ok_or(FUZZ_USAGE)?;
            }
            target if fuzz::TARGETS.contains(&target) => targets.push(arg),
            _ => {
                let targets = fuzz::TARGETS.join(" ");
                return Err(format!(
                    "{arg} is not known\n{FUZZ_USAGE}\ntargets: {targets}"
                ));
            }
        }
    }
    if targets.is_empty() {
        targets = fuzz::TARGETS.map(str::to_owned).to_vec();
    }
    fuzz::fuzz(&targets, n_seconds)
}

/// The root of the workspace.
fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates
        .and_then(Path::parent)
        .expect("the crate stands two folders below the root")
        .to_owned()
}
