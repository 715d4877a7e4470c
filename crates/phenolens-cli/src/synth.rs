//! `phenolens synth`: a synthetic cohort, with the structure of real ones.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use phenolens::sources::write_pickle;
use phenolens::synth::{SynthParams, synthesize};

use crate::Status;
use crate::args::{SettingsArgs, SynthArgs};
use crate::failure::Failure;
use crate::settings::{self, Settings};
use crate::talk::{Talk, count};

/// Names under which programs write pickles.
const EXTENSIONS: [&str; 3] = ["p", "pkl", "pickle"];

/// Writes a synthetic cohort, and leaves an existing file alone.
pub(crate) fn synth(args: &SynthArgs, talk: Talk) -> Result<Status, Failure> {
    let seed = SettingsArgs {
        seed: args.seed.clone(),
        ..SettingsArgs::default()
    };
    let resolved = settings::from_surroundings(&seed, &[], talk)?;
    let extension = args
        .out
        .extension()
        .and_then(|extension| extension.to_str());
    if !extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
        let message = format!("{}: this version writes pickles", args.out.display());
        return Err(
            Failure::new("format_unsupported", message).hint("end the name in .p, .pkl or .pickle")
        );
    }
    let default = params(&resolved.settings);
    let params = SynthParams {
        n_samples: args.samples.unwrap_or(default.n_samples),
        n_subjects: args.subjects.unwrap_or(default.n_subjects),
        n_classes: args.classes.unwrap_or(default.n_classes),
        n_dims: args.dims.unwrap_or(default.n_dims),
        n_duplicates: args.duplicates.unwrap_or(default.n_duplicates),
        ..default
    };
    let bytes = pickle(&params)?;
    write_new(&args.out, &bytes).map_err(|error| {
        let shown = args.out.display();
        if error.kind() == ErrorKind::AlreadyExists {
            return Failure::new("output_exists", format!("{shown} exists already"))
                .hint("choose another name with --out");
        }
        Failure::caused("output", format!("cannot write {shown}"), &error)
    })?;
    talk.note(&format!(
        "wrote {} to {}",
        count(params.n_samples, "sample"),
        args.out.display()
    ));
    Ok(Status::Success)
}

/// The cohort that is made unless something else is asked for.
pub(crate) fn params(settings: &Settings) -> SynthParams {
    SynthParams {
        seed: settings.analysis.evaluation.seed,
        ..SynthParams::default()
    }
}

/// A synthetic cohort as a pickle.
pub(crate) fn pickle(params: &SynthParams) -> Result<Vec<u8>, Failure> {
    let cohort = synthesize(params)
        .map_err(|error| Failure::new("synth", error.to_string()).hint_if(error.hint()))?;
    Ok(write_pickle(&cohort))
}

/// Writes a file whole or not at all, where none is.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // As any other file that this user makes; the default is private.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}
