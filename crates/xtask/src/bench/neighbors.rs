//! Exact neighbors beside faiss and scikit-learn, and checked against brute force in 64 bits.

use std::path::{Path, PathBuf};

use super::contest::{Contest, Entrant, Outcome};
use super::document::{Part, Section};
use super::table::{Table, figure, memory, ratio, seconds, significant};
use super::{Bench, peers::Checked};

/// Dimensions of the mixture.
pub(super) const N_DIMS: usize = 320;

/// Neighbors of each sample.
const K: usize = 15;

/// Rows that are searched again by brute force.
pub(super) const N_CHECKED: usize = 1000;

/// Up to so many samples the slow ones take part: plain instructions, scikit-learn.
const MAX_OF_SLOW: usize = 100_000;

/// Up to so many samples a round takes less time than what else the machine does disturbs it.
const MAX_OF_SHORT: usize = 10_000;

/// Rounds of these for each that is asked for.
const ROUNDS_OF_SHORT: usize = 4;

/// Exact neighbors at every size.
pub(super) fn section(bench: &Bench) -> Result<Section, String> {
    let sizes: &[usize] = match bench.options.is_quick {
        true => &[10_000],
        false => &[10_000, 100_000, 200_000],
    };
    let text = format!(
        "*Gop/s* count a product and a sum for every dimension of every ordered pair, 2 n² d, whoever makes \
         use of symmetry or skips pairs; *share* is that of the peak above the table. *Identical* are the \
         rows, of {N_CHECKED} drawn ones, whose {K} neighbors are those of brute force in 64 bits."
    );
    let sizes = sizes.iter().filter(|&&n| n <= bench.options.max_samples);
    let parts = sizes.map(|&n_samples| at_size(bench, n_samples));
    Ok(Section {
        title: "Exact neighbors".to_owned(),
        text,
        parts: parts.collect::<Result<_, _>>()?,
    })
}

fn at_size(bench: &Bench, n_samples: usize) -> Result<Part, String> {
    let data = bench.program.mixture(&bench.folder, n_samples, N_DIMS)?;
    let n_rounds = match n_samples <= MAX_OF_SHORT {
        true => ROUNDS_OF_SHORT * bench.options.n_rounds,
        false => bench.options.n_rounds,
    };
    let mut contest = Contest::new(n_rounds);
    for distance in ["euclidean", "cosine", "both"] {
        enter_ours(bench, &mut contest, &data, distance, None)?;
    }
    let mut limited = vec!["avx2"];
    if n_samples <= MAX_OF_SLOW / 10 {
        limited.push("plain");
    }
    for set in limited {
        enter_ours(bench, &mut contest, &data, "euclidean", Some(set))?;
    }
    let of_small = n_samples <= MAX_OF_SLOW;
    let peers = [("faiss_flat.py", true), ("sklearn_neighbors.py", of_small)];
    for (script, _) in peers.into_iter().filter(|&(_, takes_part)| takes_part) {
        enter_peer(bench, &mut contest, &data, script, K)?;
    }
    let outcomes = contest.run();
    let checked = check(bench, &data, K, &outcomes)?;
    let table = table(bench, n_samples, &outcomes, &checked);
    let title = format!("{n_samples} x {N_DIMS}, k = {K}");
    Ok(bench.part(&title, n_rounds, &table))
}

/// Enters our own program.
fn enter_ours(
    bench: &Bench,
    contest: &mut Contest,
    data: &Path,
    distance: &'static str,
    set: Option<&'static str>,
) -> Result<(), String> {
    let name = match set {
        None => format!("phenolens, {distance}"),
        Some(set) => format!("phenolens, {distance}, {set} only"),
    };
    let out = bench.folder.result(&format!(
        "{}.npz",
        name.replace(", ", "-").replace(' ', "-")
    ))?;
    let command = ours(bench, data, distance, K, &out, set);
    contest.enter(Entrant {
        name,
        command,
        phases: &["neighbors"],
        out,
    });
    Ok(())
}

/// How our own program is run.
fn ours(
    bench: &Bench,
    data: &Path,
    distance: &'static str,
    k: usize,
    out: &Path,
    set: Option<&'static str>,
) -> Box<dyn Fn() -> std::process::Command> {
    let program = bench.program.clone();
    let (data, out, k) = (data.to_owned(), out.to_owned(), k.to_string());
    Box::new(move || {
        let mut command = program.measured(&["neighbors", "--force", "--distance", distance]);
        command.args(["-k", &k]).arg("-o").arg(&out).arg(&data);
        if let Some(set) = set {
            command.env("PHENOLENS_INSTRUCTION_SET", set);
        }
        command
    })
}

/// Enters another program, where there is a Python.
pub(super) fn enter_peer(
    bench: &Bench,
    contest: &mut Contest,
    data: &Path,
    script: &'static str,
    k: usize,
) -> Result<(), String> {
    let Some(peers) = bench.peers.clone() else {
        return Ok(());
    };
    let name = script.trim_end_matches(".py").replace('_', " ");
    let out = bench
        .folder
        .result(&format!("{}.npy", name.replace(' ', "-")))?;
    let (data, k) = (data.display().to_string(), k.to_string());
    let written = out.display().to_string();
    contest.enter(Entrant {
        name,
        command: Box::new(move || peers.command(script, &[&data, &k, &written])),
        phases: &[],
        out,
    });
    Ok(())
}

/// Compares what was found with brute force, where there is a Python; what holds two tables or other
/// distances has no figure.
pub(super) fn check(
    bench: &Bench,
    data: &Path,
    k: usize,
    outcomes: &[Outcome],
) -> Result<Vec<Option<Figures>>, String> {
    let Some(peers) = &bench.peers else {
        return Ok(outcomes.iter().map(|_| None).collect());
    };
    let is_checked =
        |outcome: &&Outcome| !["both", "cosine"].iter().any(|d| outcome.name.contains(d));
    let files: Vec<PathBuf> = outcomes
        .iter()
        .filter(is_checked)
        .map(|o| o.out.clone())
        .collect();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let (k, n_rows) = (k.to_string(), N_CHECKED.to_string());
    let args = [&data.display().to_string(), &k, &n_rows];
    let args: Vec<&str> = args.iter().map(|arg| arg.as_str()).collect();
    let checked: Checked = peers.check("check_neighbors.py", &args, &files)?;
    let mut place = 0;
    let figures = outcomes.iter().map(|outcome| {
        if !is_checked(&outcome) {
            return None;
        }
        place += 1;
        Some(Figures {
            recall: checked.figure(place - 1, "recall"),
            identical: checked.figure(place - 1, "identical"),
            rows: checked.figure(place - 1, "rows"),
        })
    });
    Ok(figures.collect())
}

/// How right a table is.
pub(super) struct Figures {
    pub(super) recall: Option<f64>,
    identical: Option<f64>,
    rows: Option<f64>,
}

fn table(
    bench: &Bench,
    n_samples: usize,
    outcomes: &[Outcome],
    checked: &[Option<Figures>],
) -> Table {
    let mut table = Table::new(&[
        "program",
        "seconds",
        "ratio",
        "Gop/s",
        "share",
        "identical",
        "whole process, s",
        "memory",
    ]);
    let Some(first) = outcomes.first() else {
        return table;
    };
    for (outcome, figures) in outcomes.iter().zip(checked) {
        let n_operations = 2.0 * (n_samples as f64) * (n_samples as f64) * N_DIMS as f64;
        let gops = n_operations / outcome.seconds / 1e9;
        let identical = figures.as_ref().map_or(String::new(), |figures| {
            let (identical, rows) = (figures.identical, figures.rows);
            format!("{} of {}", figure(identical, 0), figure(rows, 0))
        });
        table.row(&[
            outcome.title(),
            seconds(outcome.seconds),
            ratio(outcome.seconds, first.seconds),
            significant(gops),
            bench.machine.share_of_peak(gops),
            identical,
            seconds(outcome.wall),
            memory(outcome.peak_bytes),
        ]);
    }
    table
}
