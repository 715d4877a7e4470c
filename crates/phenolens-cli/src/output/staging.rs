//! The unfinished folder beside the output folder, and what killed runs left of theirs.
//!
//! A run holds a lock on its folder, which the system lets go when the program ends in whatever way.
//! A folder of that name that nobody holds is of a run that was killed.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::place::{Place, foreign_file, is_ours};

/// Letters and digits after the name of a folder beside the output folder.
const N_RANDOM: usize = 12;

/// Times that a new folder is taken for a dead one before something else must be wrong.
const N_ATTEMPTS: usize = 16;

/// A folder to write into, a sibling of the output folder.
#[derive(Debug)]
pub(super) struct Staging {
    pub(super) folder: PathBuf,
    /// Held to the end of the program; `None` where the file system has no locks.
    _lock: Option<File>,
}

/// What trying to lock a new folder came to.
enum Hold {
    Held(File),
    /// Another run took it for one of a killed run.
    Taken,
    /// Nobody can lock it, so that nobody takes it either.
    Unsupported,
}

impl Staging {
    /// Makes the folder, for its owner only, however open the one is that it replaces.
    pub(super) fn make(place: &Place) -> io::Result<Staging> {
        let mut builder = tempfile::Builder::new();
        let prefix = prefix(&place.name, "unfinished");
        builder.prefix(&prefix).rand_bytes(N_RANDOM);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        for _ in 0..N_ATTEMPTS {
            let folder = builder.tempdir_in(&place.parent)?.keep();
            let lock = match hold(&folder) {
                Hold::Held(lock) => Some(lock),
                Hold::Unsupported => None,
                Hold::Taken => continue,
            };
            return Ok(Staging {
                folder,
                _lock: lock,
            });
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }
}

/// Removes what killed runs left beside the place, and puts back what one of them had moved aside.
pub(super) fn sweep(place: &Place) {
    for folder in left(place, "replaced") {
        if !place.target.exists() && is_ours(&folder) {
            drop(fs::rename(&folder, &place.target));
        }
    }
    for folder in left(place, "unfinished").chain(left(place, "replaced")) {
        if foreign_file(&folder).is_some() {
            continue;
        }
        let Ok(lock) = File::open(&folder) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            // Nothing is lost where this fails: the next run tries again.
            drop(fs::remove_dir_all(&folder));
        }
    }
}

/// Where the older results stand while a file system that cannot exchange two folders moves them.
pub(super) fn aside(staging: &Path, name: &OsStr) -> PathBuf {
    let shown = staging.file_name().unwrap_or_default().to_string_lossy();
    let start = shown.char_indices().rev().nth(N_RANDOM - 1);
    let random = start.map_or("", |(start, _)| &shown[start..]);
    staging.with_file_name(format!("{}{random}", prefix(name, "replaced")))
}

/// The folders beside a place that are called as ours are.
fn left(place: &Place, state: &str) -> impl Iterator<Item = PathBuf> {
    let prefix = prefix(&place.name, state);
    let entries = fs::read_dir(&place.parent).into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let name = entry.file_name();
        let random = name.to_str()?.strip_prefix(&prefix)?;
        let is_ours = random.len() == N_RANDOM
            && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        is_ours.then(|| entry.path())
    })
}

/// How the name of a folder beside the output folder begins.
fn prefix(name: &OsStr, state: &str) -> String {
    format!(".{}.{state}-", name.to_string_lossy())
}

/// Locks a folder that was just made.
fn hold(folder: &Path) -> Hold {
    let file = match File::open(folder) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Hold::Taken,
        // Other systems cannot open a folder as a file.
        Err(_) => return Hold::Unsupported,
    };
    match file.try_lock() {
        // Another run may have held it in between, and removed it.
        Ok(()) if folder.exists() => Hold::Held(file),
        Ok(()) | Err(TryLockError::WouldBlock) => Hold::Taken,
        Err(TryLockError::Error(_)) => Hold::Unsupported,
    }
}
