//! Maps beside openTSNE, scikit-learn and Multicore-TSNE, all measured by one script with one P.

use std::path::Path;

use super::Bench;
use super::contest::{Contest, Entrant, Outcome};
use super::document::{Part, Section};
use super::neighbors::N_DIMS;
use super::table::{Table, figure, memory, ratio, seconds};

/// A map of another program: its name, the script, and what the script is given beside the data and
/// the file.
struct Peer {
    name: &'static str,
    script: &'static str,
    args: &'static [&'static str],
    /// Up to so many samples it takes part.
    max_samples: usize,
}

/// Programs that walk a tree for every sample are beyond patience above this.
const MAX_OF_TREES: usize = 10_000;

const PEERS: [Peer; 5] = [
    Peer {
        name: "fft, exact neighbors, 250 + 750 steps",
        script: "opentsne_map.py",
        args: &["fft", "exact", "750"],
        max_samples: usize::MAX,
    },
    Peer {
        name: "fft, as it comes, 250 + 500 steps",
        script: "opentsne_map.py",
        args: &["fft", "auto", "500"],
        max_samples: usize::MAX,
    },
    Peer {
        name: "Barnes-Hut, exact neighbors, 250 + 750 steps",
        script: "opentsne_map.py",
        args: &["bh", "exact", "750"],
        max_samples: MAX_OF_TREES,
    },
    Peer {
        name: "Barnes-Hut, 1,000 steps",
        script: "sklearn_map.py",
        args: &[],
        max_samples: MAX_OF_TREES,
    },
    Peer {
        name: "Barnes-Hut, 1,000 steps",
        script: "multicore_map.py",
        args: &[],
        max_samples: MAX_OF_TREES,
    },
];

/// Maps of the real file, where there is one, and of mixtures.
pub(super) fn section(bench: &Bench) -> Result<Section, String> {
    let text = "\
        Perplexity 30, euclidean distance, neighbors included; the quality of ours is measured apart. *KL* is \
        the divergence of the map from one P for all (90 exact neighbors, 64 bits, exact normalizer), *kept* \
        the share of the 10 nearest neighbors that are so on the map.";
    let mut parts = Vec::new();
    if let Some(real) = &bench.options.real {
        let data = bench.program.vectors(&bench.folder, real)?;
        parts.push(one_data_set(bench, "Real file", &data, 1)?);
    }
    let sizes: &[usize] = match bench.options.is_quick {
        true => &[2_000],
        false => &[10_000, 70_000],
    };
    for &n_samples in sizes.iter().filter(|&&n| n <= bench.options.max_samples) {
        let data = bench.program.mixture(&bench.folder, n_samples, N_DIMS)?;
        let title = format!("{n_samples} x {N_DIMS}");
        parts.push(one_data_set(bench, &title, &data, n_samples)?);
    }
    Ok(Section {
        title: "Maps".to_owned(),
        text: text.to_owned(),
        parts,
    })
}

fn one_data_set(bench: &Bench, title: &str, data: &Path, n_samples: usize) -> Result<Part, String> {
    let mut contest = bench.contest();
    enter_ours(bench, &mut contest, data)?;
    for (place, peer) in PEERS.iter().enumerate() {
        if n_samples <= peer.max_samples {
            enter_peer(bench, &mut contest, data, place, peer)?;
        }
    }
    let outcomes = contest.run();
    let qualities = qualities(bench, data, &outcomes)?;
    let header = [
        "program",
        "seconds",
        "ratio",
        "KL",
        "kept",
        "whole process, s",
        "memory",
    ];
    let mut table = Table::new(&header);
    for (outcome, quality) in outcomes.iter().zip(qualities) {
        table.row(&[
            outcome.title(),
            seconds(outcome.seconds),
            ratio(outcome.seconds, outcomes[0].seconds),
            figure(quality.kl, 4),
            figure(quality.kept, 4),
            seconds(outcome.wall),
            memory(outcome.peak_bytes),
        ]);
    }
    Ok(bench.part(title, bench.options.n_rounds, &table))
}

fn enter_ours(bench: &Bench, contest: &mut Contest, data: &Path) -> Result<(), String> {
    let out = bench.folder.result("phenolens-map.npz")?;
    let (program, data, written) = (bench.program.clone(), data.to_owned(), out.clone());
    contest.enter(Entrant {
        name: "phenolens, exact neighbors, 1,000 steps".to_owned(),
        command: Box::new(move || {
            let mut command = program.measured(&["map", "--force", "--distance", "euclidean"]);
            command.arg("-o").arg(&written).arg(&data);
            command
        }),
        phases: &["neighbors", "projection"],
        out,
    });
    Ok(())
}

fn enter_peer(
    bench: &Bench,
    contest: &mut Contest,
    data: &Path,
    place: usize,
    peer: &'static Peer,
) -> Result<(), String> {
    let Some(peers) = bench.peers.clone() else {
        return Ok(());
    };
    let out = bench.folder.result(&format!("map-{place}.npy"))?;
    let (data, written) = (data.display().to_string(), out.display().to_string());
    contest.enter(Entrant {
        name: peer.name.to_owned(),
        command: Box::new(move || {
            let given = [&[data.as_str(), written.as_str()], peer.args].concat();
            peers.command(peer.script, &given)
        }),
        phases: &[],
        out,
    });
    Ok(())
}

/// How faithful a map is.
#[derive(Clone, Copy, Default)]
struct Quality {
    kl: Option<f64>,
    kept: Option<f64>,
}

/// The quality of every map by one measure, where there is a Python.
fn qualities(bench: &Bench, data: &Path, outcomes: &[Outcome]) -> Result<Vec<Quality>, String> {
    let Some(peers) = &bench.peers else {
        return Ok(vec![Quality::default(); outcomes.len()]);
    };
    let files: Vec<&Path> = outcomes
        .iter()
        .map(|outcome| outcome.out.as_path())
        .collect();
    let checked = peers.check("map_quality.py", &[&data.display().to_string()], &files)?;
    let quality = |place| Quality {
        kl: checked.figure(place, "kl"),
        kept: checked.figure(place, "kept"),
    };
    Ok((0..outcomes.len()).map(quality).collect())
}
