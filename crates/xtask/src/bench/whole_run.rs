//! The main job, from a file to a report, beside the same task as people write it in Python.

use super::Bench;
use super::document::Section;
use super::process;
use super::table::{Table, ratio, seconds};

/// The whole run on the real file, where there is one, else on the cohort of the demo.
pub(super) fn section(bench: &Bench) -> Result<Section, String> {
    let mut ours = f64::INFINITY;
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
        ours = ours.min(process::time(&mut command)?);
        if let (Some((script, peers)), Some(real)) = (&script, &bench.options.real) {
            let real = std::path::absolute(real).map_err(|error| error.to_string())?;
            let mut command = peers.script(script, &[&real.display().to_string()]);
            match process::time(command.current_dir(bench.folder.data(""))) {
                Ok(seconds) => theirs = theirs.min(seconds),
                Err(why) => println!("round {}: {why}", round + 1),
            }
        }
    }
    println!("phenolens {ours:.3} s, the script {theirs:.3} s");
    let mut table = Table::new(&["program", "whole process, s", "ratio"]);
    let data = match bench.options.real {
        Some(_) => "run",
        None => "demo",
    };
    let title = format!("phenolens {data}: both protocols, both maps, bootstrap, figures, HTML");
    table.row(&[title, seconds(ours), ratio(ours, ours)]);
    if theirs.is_finite() {
        let title = "the task as people write it with scikit-learn".to_owned();
        table.row(&[title, seconds(theirs), ratio(theirs, ours)]);
    }
    Ok(Section {
        title: "The whole run".to_owned(),
        text: format!("{}\n\n{}", bench.machine.sentence(), table.text()),
    })
}
