//! `cargo xtask repeat`: whether any number of threads gives the same bytes, at sizes beyond tests.

use std::fs;
use std::path::Path;

use super::folder::Folder;
use super::neighbors::N_DIMS;
use super::options::Options;
use super::process;
use super::program::Program;

const N_THREADS: [&str; 3] = ["1", "2", "8"];

/// The commands that are run, with the most samples that each gets.
const COMMANDS: [(&[&str], usize); 3] = [
    (&["neighbors", "--distance", "both"], 100_000),
    (
        &["neighbors", "--distance", "both", "--method", "approximate"],
        100_000,
    ),
    (&["map", "--distance", "euclidean"], 30_000),
];

/// Runs the engines with several numbers of threads; false where bytes differ.
pub(crate) fn repeat(options: &Options) -> Result<bool, String> {
    let folder = Folder::make()?;
    let program = Program::build(options, &folder)?;
    let max_samples = match options.is_quick {
        true => 10_000,
        false => options.max_samples,
    };
    let mut is_equal = true;
    for (args, n_samples) in COMMANDS {
        let n_samples = n_samples.min(max_samples);
        let data = program.mixture(&folder, n_samples, N_DIMS)?;
        let mut outputs = Vec::new();
        for n_threads in N_THREADS {
            let out = folder.result("repeat.npz")?;
            run(&program, args, n_threads, &data, &out)?;
            outputs.push(fs::read(&out).map_err(|error| format!("{}: {error}", out.display()))?);
        }
        let is_same = outputs.iter().all(|output| *output == outputs[0]);
        is_equal &= is_same;
        println!(
            "{}, {n_samples} x {N_DIMS}, {} threads: {} of {} bytes",
            args.join(" "),
            N_THREADS.join(", "),
            if is_same {
                "the same"
            } else {
                "OTHER bytes out"
            },
            outputs[0].len(),
        );
    }
    Ok(is_equal)
}

fn run(
    program: &Program,
    args: &[&str],
    n_threads: &str,
    data: &Path,
    out: &Path,
) -> Result<(), String> {
    let mut command = program.command(args);
    command
        .args(["--no-config", "--quiet", "--threads", n_threads, "-o"])
        .args([out, data]);
    process::time(&mut command).map(|_| ())
}
