//! A new file: whole, or not there; or in the place of an older one, which stays until it is whole.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::interrupt::OutputLock;
use crate::output::sync_folder;

/// Where the open files of the program can be seen.
#[cfg(target_os = "linux")]
const DESCRIPTORS: &str = "/proc/self/fd";

/// What to write, and where.
pub(crate) struct NewFile<'a> {
    /// Where nothing may stand yet.
    pub(crate) path: &'a Path,
    /// What it will hold.
    pub(crate) bytes: &'a [u8],
    /// The option that chooses the path, for hints.
    pub(crate) option: &'static str,
}

/// Writes files: each whole, and none where one cannot be written.
///
/// Only a program that is killed, or a power cut, between two of them leaves the first alone.
pub(crate) fn write_new(files: &[NewFile]) -> Result<(), Failure> {
    // A signal waits until they are there or not: that takes as long as the disk does.
    let mut lock = OutputLock::hold();
    let mut prepared = Vec::new();
    for file in files {
        let contents = Contents::write(file).map_err(|error| file.failure(&error))?;
        prepared.push((file, contents));
    }
    let mut placed: Vec<&Path> = Vec::new();
    for (file, contents) in prepared {
        if let Err(error) = contents.place(file.path) {
            for path in placed {
                drop(fs::remove_file(path));
            }
            return Err(file.failure(&error));
        }
        placed.push(file.path);
    }
    for file in files {
        // The file is in place; whether the disk knows already is its affair.
        drop(sync_folder(&file.folder()));
    }
    lock.finish();
    Ok(())
}

/// What becomes of an older file of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and nothing is written.
    Kept,
    /// It is replaced, where it is a file.
    Replaced,
}

/// Refuses a place where a file cannot be written, before the work that makes its content begins.
pub(crate) fn judge(path: &Path, option: &'static str, existing: Existing) -> Result<(), Failure> {
    let file = NewFile {
        path,
        bytes: &[],
        option,
    };
    if let Ok(found) = fs::symlink_metadata(path) {
        if existing == Existing::Kept {
            let failure = file.failure(&ErrorKind::AlreadyExists.into());
            return Err(failure.hint(format!(
                "choose another name with {option}, or replace it with --force"
            )));
        }
        if !found.is_file() {
            let message = format!("{} is no file that could be replaced", path.display());
            return Err(Failure::new("output_exists", message)
                .hint(format!("choose another name with {option}")));
        }
    }
    // What is made is gone at once; a disk that takes it takes a file.
    let made = Contents::make(&file.folder()).map_err(|error| file.failure(&error))?;
    drop(made);
    Ok(())
}

/// Writes a file in the place of an older one, if there is one.
pub(crate) fn replace(file: &NewFile) -> Result<(), Failure> {
    let mut lock = OutputLock::hold();
    let failed = |error: &io::Error| file.failure(error);
    let mut named = named_file(&file.folder()).map_err(|error| failed(&error))?;
    named
        .write_all(file.bytes)
        .and_then(|()| named.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    named
        .persist(file.path)
        .map_err(|error| failed(&error.error))?;
    drop(sync_folder(&file.folder()));
    lock.finish();
    Ok(())
}

impl NewFile<'_> {
    fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    fn failure(&self, error: &io::Error) -> Failure {
        if error.kind() == ErrorKind::AlreadyExists {
            let message = format!("{} exists already", self.path.display());
            return Failure::new("output_exists", message)
                .hint(format!("choose another name with {}", self.option));
        }
        Failure::unwritten(self.path, self.option, error)
    }
}

/// The bytes of a file on the disk, before it has its name.
enum Contents {
    /// Without any name, so that not even a killed program leaves something.
    #[cfg(target_os = "linux")]
    Unnamed(fs::File),
    /// Under another name, where the system or the file system cannot do without.
    Named(NamedTempFile),
}

impl Contents {
    fn write(file: &NewFile) -> io::Result<Contents> {
        if fs::symlink_metadata(file.path).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let mut contents = Contents::make(&file.folder())?;
        let disk = match &mut contents {
            #[cfg(target_os = "linux")]
            Contents::Unnamed(disk) => disk,
            Contents::Named(named) => named.as_file_mut(),
        };
        disk.write_all(file.bytes)?;
        disk.sync_all()?;
        Ok(contents)
    }

    /// An empty file, for its owner only: what is written holds the ids of people.
    fn make(folder: &Path) -> io::Result<Contents> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{Mode, OFlags, open};
            let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
            let unnamed = || open(folder, flags, Mode::from_raw_mode(0o600)).ok();
            if Path::new(DESCRIPTORS).is_dir()
                && let Some(file) = unnamed()
            {
                return Ok(Contents::Unnamed(file.into()));
            }
        }
        Ok(Contents::Named(named_file(folder)?))
    }

    /// Gives the file its name, unless something has it.
    fn place(self, path: &Path) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Contents::Unnamed(file) => {
                use rustix::fs::{AtFlags, CWD, linkat};
                use std::os::fd::AsRawFd;
                // Naming a file by its descriptor alone takes a privilege; by this link it does not.
                let unnamed = format!("{DESCRIPTORS}/{}", file.as_raw_fd());
                linkat(CWD, unnamed, CWD, path, AtFlags::SYMLINK_FOLLOW)?;
                Ok(())
            }
            Contents::Named(named) => {
                named.persist_noclobber(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
}

/// An empty file under another name, for its owner only.
fn named_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    builder.tempfile_in(folder)
}
