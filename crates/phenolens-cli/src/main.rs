//! The `phenolens` command: from a file of embeddings to a report.
//!
//! `args` holds what clap reads, each subcommand has a file of its own, and `settings` collects what
//! is asked from flags, environment and file. Nothing here knows an algorithm.

mod args;
mod check;
mod completions;
mod convert;
mod demo;
mod engine;
mod failure;
mod init;
mod interrupt;
mod man;
mod map;
mod neighbors;
mod new_file;
mod output;
mod pipeline;
mod private;
mod progress;
mod pseudonym_key;
mod reading;
mod record;
mod results_file;
mod run;
mod settings;
mod share;
mod side_files;
mod summary;
mod synth;
mod talk;
mod terminal;

use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use args::{Args, Command};
use talk::Talk;

/// That of the system grows by a page at a time where threads ask, which they do at every step.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How a command ends well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// All done.
    Success,
    /// All done, and something deserves a look.
    Findings,
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(ask_to_report));
    // First of all, so that hardly a moment is left in which a signal ends the program by itself.
    let watched = interrupt::watch();
    let args = Args::parse();
    let talk = match (args.quiet, args.verbose) {
        (true, _) => Talk::Quiet,
        (false, true) => Talk::Verbose,
        (false, false) => Talk::Normal,
    };
    let json = match &args.command {
        Command::Run(args) => args.analysis.json,
        Command::Demo(args) => args.json,
        Command::Check(args) => args.json,
        Command::Neighbors(args) => args.engine.json,
        Command::Map(args) => args.engine.json,
        _ => false,
    };
    let result = watched.and_then(|()| match &args.command {
        Command::Run(args) => run::run(args, talk),
        Command::Demo(args) => demo::demo(args, talk),
        Command::Check(args) => check::check(args, talk),
        Command::Neighbors(args) => neighbors::neighbors(args, talk),
        Command::Map(args) => map::map(args, talk),
        Command::Convert(args) => convert::convert(args, talk),
        Command::Init(args) => init::init(args, talk),
        Command::Synth(args) => synth::synth(args, talk),
        Command::Share(args) => share::share(args, talk),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => man::man(args),
    });
    match result {
        Ok(Status::Success) => ExitCode::SUCCESS,
        Ok(Status::Findings) => ExitCode::from(1),
        Err(failure) => {
            if json {
                // Where stdout takes nothing, stderr says so below or says what is worse.
                drop(talk::print_json(&failure.json()));
            }
            talk::say(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

/// Says that a panic is a bug of ours; the exit code is then 101.
fn ask_to_report(info: &PanicHookInfo) {
    // A reader of somebody else's that gives up on a file: the file's error says so.
    if phenolens::sources::is_guarded() {
        return;
    }
    talk::say(&format!(
        "error: phenolens has a bug: {info}\n\
         hint: please report this text and what you ran at {}/issues; the output folder is as it was",
        env!("CARGO_PKG_REPOSITORY")
    ));
}
