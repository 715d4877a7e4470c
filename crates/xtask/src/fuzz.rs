//! `cargo xtask fuzz`: every target for a time, and a table of what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The targets: one per format, one that tells the format by content, and one for labels.
pub(crate) const TARGETS: [&str; 14] = [
    "any",
    "arrow",
    "csv",
    "gestalt_matcher",
    "h5ad",
    "jsonl",
    "labels",
    "npy",
    "npz",
    "parquet",
    "pickle",
    "projector",
    "safetensors",
    "tsv",
];

/// Longest input in bytes.
const MAX_BYTES: u32 = 64 << 10;

/// Memory of the process, in MiB. The targets hold each input to 256 MiB of heap by themselves; the
/// rest is for libfuzzer and its corpus, and for what the C heap has not given back.
const MAX_PROCESS_MEMORY: u32 = 512;

/// Seconds after which an input counts as one that never ends. The targets hold each to a second of
/// the processor by themselves.
const HANG: u32 = 10;

/// What a target came to.
struct Outcome {
    n_executions: u64,
    n_executions_per_second: u64,
    /// What the target says of the input that took most.
    most: String,
    process_memory: u64,
    /// Inputs that it stopped at.
    reproducers: Vec<PathBuf>,
    is_success: bool,
}

/// Runs each target for `n_seconds`; false where one of them stopped at an input.
pub(crate) fn fuzz(targets: &[String], n_seconds: u32) -> Result<bool, String> {
    install()?;
    for target in targets {
        let status = cargo_fuzz("build", target)
            .status()
            .map_err(|error| format!("cargo does not start: {error}"))?;
        if !status.success() {
            return Err(format!("target {target} cannot be built"));
        }
    }
    println!(
        "{:<16} {:>12} {:>8} {:>12} {:>13} {:>15} {:>8}",
        "target", "executions", "exec/s", "slowest, ms", "largest, MiB", "process, MiB", "crashes"
    );
    let mut is_success = true;
    for target in targets {
        let outcome = run(target, n_seconds)?;
        let (slowest, largest) = outcome.most.split_once(' ').unwrap_or(("?", "?"));
        println!(
            "{target:<16} {:>12} {:>8} {slowest:>12} {largest:>13} {:>15} {:>8}",
            outcome.n_executions,
            outcome.n_executions_per_second,
            outcome.process_memory,
            outcome.reproducers.len()
        );
        is_success &= outcome.is_success && outcome.reproducers.is_empty();
        for path in &outcome.reproducers {
            println!("    it stopped at {}", path.display());
        }
        if !outcome.is_success {
            println!("    why: fuzz/artifacts/{target}.log");
        }
    }
    Ok(is_success)
}

/// Installs cargo-fuzz where it is missing.
fn install() -> Result<(), String> {
    let is_there = Command::new("cargo")
        .args(["fuzz", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if is_there {
        return Ok(());
    }
    let status = Command::new("cargo")
        .args(["install", "--locked", "cargo-fuzz"])
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err("cargo-fuzz cannot be installed; do it by hand".to_owned()),
    }
}

/// `cargo fuzz` for a target. Sanitizers need a nightly compiler, which nobody else needs here.
fn cargo_fuzz(command: &str, target: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(crate::root())
        .args(["fuzz", command, "--sanitizer", "none", "--fuzz-dir", "fuzz"])
        .arg(target);
    cargo
}

fn run(target: &str, n_seconds: u32) -> Result<Outcome, String> {
    let failed = |error| format!("{target}: {error}");
    let artifacts = crate::root().join("fuzz/artifacts").join(target);
    let grown = crate::root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&artifacts).map_err(failed)?;
    fs::create_dir_all(&grown).map_err(failed)?;
    let known = files(&artifacts);
    let output = cargo_fuzz("run", target)
        // New inputs are written to the first folder; the others are read only.
        .arg(&grown)
        .args(seeds(target))
        .arg("--")
        .arg(format!("-max_total_time={n_seconds}"))
        .arg(format!("-max_len={MAX_BYTES}"))
        .arg(format!("-rss_limit_mb={MAX_PROCESS_MEMORY}"))
        .arg(format!("-timeout={HANG}"))
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    let outcome = Outcome::of(&output, files(&artifacts), &known);
    fs::write(
        crate::root().join(format!("fuzz/artifacts/{target}.log")),
        &output.stderr,
    )
    .map_err(failed)?;
    Ok(outcome)
}

/// Folders with files to begin with: those of the hostile corpus.
fn seeds(target: &str) -> Vec<PathBuf> {
    let corpus = crate::root().join("crates/phenolens-cli/tests/corpus");
    match target {
        "any" => vec![corpus],
        "labels" => vec![corpus.join("projector"), corpus.join("gestalt-matcher")],
        target => vec![corpus.join(target.replace('_', "-"))],
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

impl Outcome {
    fn of(output: &Output, found: Vec<PathBuf>, known: &[PathBuf]) -> Outcome {
        let log = String::from_utf8_lossy(&output.stderr);
        let last = |mark: &str| log.lines().rev().find_map(|line| line.split_once(mark));
        let number = |mark: &str| {
            let value = last(mark).map(|(_, value)| value.trim().parse());
            value.and_then(Result::ok).unwrap_or(0)
        };
        let most = last("measured: at most ").map(|(_, most)| {
            let numbers = most.split(' ').filter(|word| word.parse::<u64>().is_ok());
            numbers.collect::<Vec<&str>>().join(" ")
        });
        Outcome {
            n_executions: number("stat::number_of_executed_units:"),
            n_executions_per_second: number("stat::average_exec_per_sec:"),
            most: most.unwrap_or_default(),
            process_memory: number("stat::peak_rss_mb:"),
            reproducers: found
                .into_iter()
                .filter(|path| !known.contains(path))
                .collect(),
            is_success: output.status.success(),
        }
    }
}
