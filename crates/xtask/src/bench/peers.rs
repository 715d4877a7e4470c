//! The other programs: small scripts of our own around their libraries.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::process;

/// A Python with some of the peers.
#[derive(Clone)]
pub(super) struct Peers {
    python: PathBuf,
    scripts: PathBuf,
    n_threads: usize,
}

/// A figure of one result, by a script that measures all alike.
pub(super) struct Checked {
    results: Vec<Value>,
}

impl Peers {
    pub(super) fn new(python: &Path, n_threads: usize) -> Peers {
        Peers {
            python: python.to_owned(),
            scripts: crate::root().join("crates/xtask/peers"),
            n_threads,
        }
    }

    /// A script with its arguments, held to the threads of everybody.
    pub(super) fn command(&self, script: &str, args: &[&str]) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.scripts.join(script)).args(args);
        self.hold(&mut command);
        command
    }

    /// Any other script of this Python.
    pub(super) fn script(&self, path: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(path).args(args);
        self.hold(&mut command);
        command
    }

    fn hold(&self, command: &mut Command) {
        let n_threads = self.n_threads.to_string();
        for library in ["OMP", "OPENBLAS", "MKL", "NUMBA"] {
            command.env(format!("{library}_NUM_THREADS"), &n_threads);
        }
    }

    /// Measures results of several programs by one script.
    pub(super) fn check(
        &self,
        script: &str,
        args: &[&str],
        files: &[&Path],
    ) -> Result<Checked, String> {
        let mut command = self.command(script, args);
        let finished = process::run(command.args(files))?;
        let results = finished.said["results"].as_array().cloned();
        let results = results.filter(|results| results.len() == files.len());
        let results = results.ok_or_else(|| format!("{script} left something out"))?;
        Ok(Checked { results })
    }
}

impl Checked {
    /// A figure of the result of that place; `None` where the script gave none.
    pub(super) fn figure(&self, place: usize, name: &str) -> Option<f64> {
        self.results[place][name].as_f64()
    }
}
