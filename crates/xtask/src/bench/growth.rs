//! How the cost of exact neighbors grows with samples, dimensions and neighbors.

use super::Bench;
use super::contest::Entrant;
use super::document::{Part, Section};
use super::table::{Table, memory, seconds, significant};

/// One size of the task.
#[derive(Clone, Copy)]
struct Size {
    n_samples: usize,
    n_dims: usize,
    k: usize,
}

/// What differs from row to row of a series.
type Varied = fn(&Size) -> usize;

/// Three series, each in one of the sizes.
pub(super) fn section(bench: &Bench) -> Result<Section, String> {
    let (samples, middle): (&[usize], usize) = match bench.options.is_quick {
        true => (&[2_500, 5_000, 10_000], 5_000),
        false => (&[10_000, 20_000, 50_000, 100_000, 200_000], 20_000),
    };
    let samples = samples.iter().copied();
    let samples = samples.filter(|&n| n <= bench.options.max_samples);
    let usual = Size {
        n_samples: middle,
        n_dims: 320,
        k: 15,
    };
    let of_samples = samples.map(|n_samples| Size { n_samples, ..usual });
    let of_dims = [40, 80, 160, 320, 640].map(|n_dims| Size { n_dims, ..usual });
    let of_k = [1, 5, 15, 45, 90].map(|k| Size { k, ..usual });
    let text = "\
        Euclidean distance. *Exponent* is that of the power by which the seconds grow from the row above: 2 \
        is a square.";
    let mut parts = Vec::new();
    let series: [(&str, Vec<Size>, Varied); 3] = [
        ("samples", of_samples.collect(), |size| size.n_samples),
        ("dimensions", of_dims.into(), |size| size.n_dims),
        ("neighbors", of_k.into(), |size| size.k),
    ];
    for (name, sizes, varied) in series {
        parts.push(one_series(bench, name, &sizes, varied)?);
    }
    Ok(Section {
        title: "How exact neighbors grow".to_owned(),
        text: text.to_owned(),
        parts,
    })
}

fn one_series(bench: &Bench, name: &str, sizes: &[Size], varied: Varied) -> Result<Part, String> {
    let mut contest = bench.contest();
    for size in sizes {
        let data = bench
            .program
            .mixture(&bench.folder, size.n_samples, size.n_dims)?;
        let out = bench
            .folder
            .result(&format!("growth-{}.npz", varied(size)))?;
        let (program, k, written) = (bench.program.clone(), size.k.to_string(), out.clone());
        contest.enter(Entrant {
            name: format!("{} x {}, k = {}", size.n_samples, size.n_dims, size.k),
            command: Box::new(move || {
                let args = ["neighbors", "--force", "--distance", "euclidean", "-k", &k];
                let mut command = program.measured(&args);
                command.arg("-o").arg(&written).arg(&data);
                command
            }),
            phases: &["neighbors"],
            out,
        });
    }
    let outcomes = contest.run();
    if outcomes.len() != sizes.len() {
        return Err("a size of the series failed".to_owned());
    }
    let mut table = Table::new(&["size", "seconds", "exponent", "memory"]);
    for (place, (size, outcome)) in sizes.iter().zip(&outcomes).enumerate() {
        let exponent = place.checked_sub(1).map(|before| {
            let growth = outcome.seconds / outcomes[before].seconds;
            growth.ln() / (varied(size) as f64 / varied(&sizes[before]) as f64).ln()
        });
        table.row(&[
            outcome.name.clone(),
            seconds(outcome.seconds),
            exponent.map_or(String::new(), significant),
            memory(outcome.peak_bytes),
        ]);
    }
    let title = format!("By {name}");
    Ok(bench.part(&title, bench.options.n_rounds, &table))
}
