//! Approximate neighbors beside pynndescent and hnswlib, with the recall of each.

use super::Bench;
use super::contest::Entrant;
use super::document::{Part, Section};
use super::neighbors::{N_CHECKED, N_DIMS, check, enter_peer};
use super::table::{Table, figure, memory, ratio, seconds};

/// Approximate neighbors, few and many.
pub(super) fn section(bench: &Bench) -> Result<Section, String> {
    let n_samples = match bench.options.is_quick {
        true => 10_000,
        false => 200_000,
    };
    let text = format!(
        "*Recall* is the share of the true neighbors that are found, of {N_CHECKED} drawn rows against brute \
         force in 64 bits. The exact search stands beside the others."
    );
    let parts = [15, 90].map(|k| at_k(bench, n_samples, k));
    Ok(Section {
        title: "Approximate neighbors".to_owned(),
        text,
        parts: parts.into_iter().collect::<Result<_, _>>()?,
    })
}

fn at_k(bench: &Bench, n_samples: usize, k: usize) -> Result<Part, String> {
    let data = bench.program.mixture(&bench.folder, n_samples, N_DIMS)?;
    let mut contest = bench.contest();
    for method in bench.program.methods()? {
        let name = format!("phenolens, {method}");
        let out = bench.folder.result(&format!("phenolens-{method}.npz"))?;
        let (program, data, written) = (bench.program.clone(), data.clone(), out.clone());
        let (k, setting) = (k.to_string(), format!("neighbors.method={method}"));
        contest.enter(Entrant {
            name,
            command: Box::new(move || {
                let args = ["neighbors", "--force", "--distance", "euclidean", "-k", &k];
                let mut command = program.measured(&args);
                command
                    .args(["--set", &setting])
                    .arg("-o")
                    .arg(&written)
                    .arg(&data);
                command
            }),
            phases: &["neighbors"],
            out,
        });
    }
    for script in ["pynndescent_index.py", "hnswlib_index.py"] {
        enter_peer(bench, &mut contest, &data, script, k)?;
    }
    let outcomes = contest.run();
    let checked = check(bench, &data, k, &outcomes)?;
    let header = [
        "program",
        "seconds",
        "ratio",
        "recall",
        "whole process, s",
        "memory",
    ];
    let mut table = Table::new(&header);
    for (outcome, figures) in outcomes.iter().zip(&checked) {
        table.row(&[
            outcome.title(),
            seconds(outcome.seconds),
            ratio(outcome.seconds, outcomes[0].seconds),
            figure(figures.as_ref().and_then(|figures| figures.recall), 4),
            seconds(outcome.wall),
            memory(outcome.peak_bytes),
        ]);
    }
    let title = format!("{n_samples} x {N_DIMS}, k = {k}");
    Ok(bench.part(&title, bench.options.n_rounds, &table))
}
