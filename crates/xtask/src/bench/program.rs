//! Our own program, built and run.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder::Folder;
use super::options::Options;
use super::process;

/// The released program.
#[derive(Clone)]
pub(super) struct Program {
    path: PathBuf,
    n_threads: usize,
    /// Where it finds no settings of anybody's.
    folder: PathBuf,
}

impl Program {
    /// Builds it, unless one is given.
    pub(super) fn build(options: &Options, folder: &Folder) -> Result<Program, String> {
        let path = match &options.program {
            Some(path) => std::path::absolute(path).map_err(|error| error.to_string())?,
            None => built()?,
        };
        Ok(Program {
            path,
            n_threads: options.n_threads,
            folder: folder.data(""),
        })
    }

    /// The program with a command and its arguments, without settings from outside.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(&self.folder).args(args);
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("PHENOLENS_")) {
            command.env_remove(name);
        }
        command
    }

    /// The same with a number of threads and no settings file, saying what it did as JSON.
    pub(super) fn measured(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        let n_threads = self.n_threads.to_string();
        command.args(["--no-config", "--json", "--threads", &n_threads]);
        command
    }

    /// What it says of its version.
    pub(super) fn version(&self) -> Result<String, String> {
        let output = self.command(&["--version"]).output();
        let output = output.map_err(|error| format!("{}: {error}", self.path.display()))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The ways of searching neighbors that it knows, the approximate one first.
    pub(super) fn methods(&self) -> Result<Vec<&'static str>, String> {
        let args = [
            "check",
            "absent",
            "--no-config",
            "--set",
            "neighbors.method=approximate",
        ];
        let output = self
            .command(&args)
            .output()
            .map_err(|error| error.to_string())?;
        // A setting that is not known is refused before the file is looked for.
        let refused = String::from_utf8_lossy(&output.stderr).contains("neighbors.method");
        Ok(match refused {
            true => vec!["exact"],
            false => vec!["approximate", "exact"],
        })
    }

    /// The mixture of a size, made once.
    pub(super) fn mixture(
        &self,
        folder: &Folder,
        n_samples: usize,
        n_dims: usize,
    ) -> Result<PathBuf, String> {
        let path = folder.data(&format!("mixture-{n_samples}x{n_dims}.npy"));
        if !path.exists() {
            let [samples, dims] = [n_samples, n_dims].map(|number| number.to_string());
            let args = [
                "synth",
                "--kind",
                "mixture",
                "--samples",
                &samples,
                "--dims",
                &dims,
                "-o",
            ];
            let mut command = self.command(&args);
            let seconds = process::time(command.arg(&path))?;
            println!("made {n_samples} x {n_dims} in {seconds:.1} s");
        }
        Ok(path)
    }

    /// The vectors of a labelled file as an array, made once.
    pub(super) fn vectors(&self, folder: &Folder, data: &Path) -> Result<PathBuf, String> {
        let path = folder.data("real.npy");
        if !path.exists() {
            process::time(self.command(&["convert"]).arg(data).arg(&path))?;
        }
        Ok(path)
    }
}

fn built() -> Result<PathBuf, String> {
    let status = Command::new("cargo")
        .current_dir(crate::root())
        .args(["build", "--release", "--locked", "-p", "phenolens-cli"])
        .status()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !status.success() {
        return Err("phenolens cannot be built".to_owned());
    }
    Ok(crate::root().join("target/release/phenolens"))
}
