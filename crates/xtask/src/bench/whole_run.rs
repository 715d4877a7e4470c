//! The main job, from a file to a report, beside the same task as people write it in Python.

use super::Bench;
use super::document::Section;
use super::process;
use super::table::{Table, ratio, seconds};

/// What is examined: what the script does too, and everything.
const SCOPES: [(&str, Option<&str>); 2] = [
    (
        "both protocols, both maps, bootstrap, figures, HTML (`analysis.parts = []`)",
        Some("analysis.parts=[]"),
    ),
    ("everything", None),
];

/// The whole run on the real file, where there is one, else on the cohort of the demo.
pub(super) fn section(bench: &Bench) -> Result<Section, String> {
    let mut ours = [f64::INFINITY; SCOPES.len()];
    let mut theirs = f64::INFINITY;
    let script = bench.options.seed_task.as_ref().zip(bench.peers.as_ref());
    let script = match script {
        None => None,
        Some((script, peers)) => {
            let script = std::path::absolute(script).map_err(|error| error.to_string())?;
            Some((script, peers))
        }
    };
    for round in 0..bench.options.n_rounds {
        for ((_, setting), best) in SCOPES.iter().zip(&mut ours) {
            *best = best.min(our_seconds(bench, *setting)?);
        }
        if let (Some((script, peers)), Some(real)) = (&script, &bench.options.real) {
            let real = std::path::absolute(real).map_err(|error| error.to_string())?;
            let mut command = peers.script(script, &[&real.display().to_string()]);
            match process::time(command.current_dir(bench.folder.data(""))) {
                Ok(seconds) => theirs = theirs.min(seconds),
                Err(why) => println!("round {}: {why}", round + 1),
            }
        }
    }
    let mut table = Table::new(&[
        "program",
        "whole process, s",
        "ratio to the first",
        "ratio to the second",
    ]);
    let mut row = |title: String, time: f64| {
        table.row(&[
            title,
            seconds(time),
            ratio(time, ours[0]),
            ratio(time, ours[1]),
        ]);
    };
    let (title, command) = match bench.options.real {
        Some(_) => ("Real file", "run"),
        None => ("Cohort of the demo", "demo"),
    };
    for ((scope, _), time) in SCOPES.iter().zip(ours) {
        row(format!("phenolens {command}: {scope}"), time);
    }
    println!("phenolens {ours:.3?} s");
    if theirs.is_finite() {
        println!("the script {theirs:.3} s");
        let title = "the first of these as people write it with scikit-learn";
        row(title.to_owned(), theirs);
    }
    Ok(Section {
        title: "The whole run".to_owned(),
        text: String::new(),
        parts: vec![bench.part(title, bench.options.n_rounds, &table)],
    })
}

/// Seconds of the whole process, with one setting away from its default.
fn our_seconds(bench: &Bench, setting: Option<&str>) -> Result<f64, String> {
    let out = bench.folder.result("report")?;
    let key = bench.folder.data("pseudonym.key");
    let mut command = match &bench.options.real {
        Some(real) => {
            let mut command = bench.program.measured(&["run"]);
            command.arg(std::path::absolute(real).map_err(|error| error.to_string())?);
            command
        }
        None => bench.program.measured(&["demo"]),
    };
    command
        .arg("--out")
        .arg(&out)
        .arg("--pseudonym-key")
        .arg(&key);
    if let Some(setting) = setting {
        command.args(["--set", setting]);
    }
    process::time(&mut command)
}
