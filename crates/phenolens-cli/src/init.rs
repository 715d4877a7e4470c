//! `phenolens init`: a settings file to start from.

use crate::Status;
use crate::args::InitArgs;
use crate::failure::Failure;
use crate::new_file::{NewFile, write_new};
use crate::settings;
use crate::talk::Talk;

/// Writes a settings file with every setting, and leaves an existing one alone.
pub(crate) fn init(args: &InitArgs, talk: Talk) -> Result<Status, Failure> {
    write_new(&[NewFile {
        path: &args.out,
        bytes: settings::commented_defaults().as_bytes(),
        option: "-o",
    }])?;
    talk.note(&format!("wrote {}", args.out.display()));
    Ok(Status::Success)
}
