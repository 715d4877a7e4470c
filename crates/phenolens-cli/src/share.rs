//! `phenolens share`: from an output folder to one that is fit to leave the house.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use phenolens::report::{self, SHARED_FROM};

use crate::Status;
use crate::args::ShareArgs;
use crate::failure::Failure;
use crate::output::OutputFolder;
use crate::talk::{self, Talk};

/// Writes the folder, and says where.
pub(crate) fn share(args: &ShareArgs, talk: Talk) -> Result<Status, Failure> {
    let manifest = args.dir.join("manifest.json");
    refuse_other_folders(&args.dir, &manifest)?;
    let output = OutputFolder::begin(&args.out, Some(&manifest))?;
    let mut tables = BTreeMap::new();
    for name in SHARED_FROM {
        let path = args.dir.join(format!("tables/{name}.csv"));
        match fs::read(&path) {
            Ok(bytes) => {
                tables.insert(name, bytes);
            }
            // The report says what is missing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("cannot read {}", path.display());
                return Err(Failure::caused("file_unreadable", message, &error));
            }
        }
    }
    let files = report::share(&tables, env!("CARGO_PKG_VERSION")).map_err(|error| {
        let message = format!("{}: {error}", args.dir.display());
        Failure::new("share", message).hint_if(error.hint())
    })?;
    output.write(&files)?;
    output.finish()?;
    if talk != Talk::Quiet {
        let report = args.out.join("report.html");
        talk::print(&format!("report: {}\n", report.display()))?;
    }
    Ok(Status::Success)
}

/// Refuses what `run` did not write: of such a folder nothing is known.
fn refuse_other_folders(dir: &Path, manifest: &Path) -> Result<(), Failure> {
    let shown = dir.display();
    let refused = |why: &str| {
        Failure::new("share", format!("{shown} {why}"))
            .hint("name a folder that `phenolens run` or `phenolens demo` wrote")
    };
    let bytes = fs::read(manifest).map_err(|_| refused("has no manifest.json to be read"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|_| refused("has a manifest.json of something else"))?;
    if manifest["program"]["name"] != "phenolens" {
        return Err(refused("was not written by phenolens"));
    }
    match manifest["kind"].as_str() {
        None => Ok(()),
        Some(kind) => Err(refused(&format!("is a {kind} folder already"))),
    }
}
