//! `phenolens init`: a settings file to start from.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use crate::Status;
use crate::args::InitArgs;
use crate::failure::Failure;
use crate::settings;
use crate::talk::Talk;

/// Writes a settings file with every setting, and leaves an existing one alone.
pub(crate) fn init(args: &InitArgs, talk: Talk) -> Result<Status, Failure> {
    let shown = args.out.display();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&args.out)
        .and_then(|mut file| file.write_all(settings::commented_defaults().as_bytes()));
    match written {
        Ok(()) => {
            talk.note(&format!("wrote {shown}"));
            Ok(Status::Success)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let message = format!("{shown} exists already");
            Err(Failure::new("output_exists", message)
                .hint("`phenolens init -o OTHER.toml` writes another file"))
        }
        Err(error) => Err(Failure::caused(
            "output",
            format!("cannot write {shown}"),
            &error,
        )),
    }
}
