//! Where an output folder may stand: judged before any work is done.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A place for an output folder.
#[derive(Debug)]
pub(super) struct Place {
    /// The path from the root, through symbolic links.
    pub(super) target: PathBuf,
    /// The folder around it.
    pub(super) parent: PathBuf,
    /// Its name there.
    pub(super) name: OsString,
}

impl Place {
    /// Judges a place that the user names.
    ///
    /// `data` is the file that will be read, where there is one.
    ///
    /// # Errors
    /// If something stands there that must not or cannot be replaced.
    pub(super) fn judge(named: &Path, data: Option<&Path>) -> Result<Place, Failure> {
        let shown = named.display();
        let refused = |message: String, hint: &str| {
            Err(Failure::new("output", message).hint(hint.to_owned()))
        };
        let target = absolute(named)?;
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            let message = format!("{shown} cannot be an output folder");
            return refused(message, "name a folder with --out");
        };
        if target.is_symlink() {
            // Links that lead somewhere have been followed.
            let message = format!("{shown} is a symbolic link to a place that does not exist");
            return refused(
                message,
                "make the folder that it names, or choose another with --out",
            );
        }
        refuse_what_is_not_ours(&target, named)?;
        if target.is_dir() {
            if is_mounted(&target) {
                let message =
                    format!("{shown} is where a disk is mounted; it cannot be replaced whole");
                return refused(message, "name a folder inside it with --out");
            }
            let working = std::env::current_dir().and_then(|folder| folder.canonicalize());
            if working.is_ok_and(|folder| folder.starts_with(&target)) {
                // Whoever stands in it would be left in the folder that was removed.
                let message = format!("{shown} is the working folder; it would be replaced whole");
                return refused(message, "name a folder inside it with --out");
            }
            if let Some((folder, error)) = protected_folder(&target) {
                return Err(Failure::unwritten(&inside(named, folder), "--out", &error));
            }
        }
        let data = data.and_then(|data| data.canonicalize().ok());
        if data.is_some_and(|data| data.starts_with(&target)) {
            let message = format!("the data lie inside the output folder {shown}");
            return refused(
                message,
                "the folder is replaced whole; choose another one with --out",
            );
        }
        Ok(Place {
            parent: parent.to_owned(),
            name: name.to_owned(),
            target,
        })
    }
}

/// A path inside a folder, for messages; the folder itself where `path` is empty.
pub(super) fn inside(folder: &Path, path: &str) -> PathBuf {
    match path {
        "" => folder.to_owned(),
        _ => folder.join(path),
    }
}

/// Refuses a place where something stands that phenolens did not write.
pub(super) fn refuse_what_is_not_ours(target: &Path, named: &Path) -> Result<(), Failure> {
    let shown = named.display();
    let message = match fs::read_dir(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) if target.is_file() => format!("{shown} is a file, not a folder"),
        Err(error) => return Err(Failure::unwritten(named, "--out", &error)),
        Ok(mut entries) => {
            if entries.next().is_none() {
                return Ok(());
            }
            match foreign_file(target) {
                _ if !is_ours(target) => {
                    format!("{shown} exists and was not written by phenolens; it is left as it is")
                }
                None => return Ok(()),
                Some(file) => format!(
                    "{shown} holds {:?}, which phenolens did not write; the folder would be replaced \
                     whole",
                    file.to_string_lossy()
                ),
            }
        }
    };
    Err(Failure::new("output_exists", message).hint("choose another folder with --out"))
}

/// Whether phenolens wrote a folder: its manifest says so.
pub(super) fn is_ours(folder: &Path) -> bool {
    fs::read(folder.join("manifest.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
        .is_some_and(|manifest| manifest["program"]["name"] == "phenolens")
}

/// A file in a folder that no run writes; `None` where everything could be ours to replace.
pub(super) fn foreign_file(folder: &Path) -> Option<PathBuf> {
    let mut left = vec![PathBuf::new()];
    while let Some(inner) = left.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&inner)) else {
            // What cannot be looked at may be anything.
            return Some(inner);
        };
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = inner.join(entry.file_name());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            match path.to_str() {
                Some("tables" | "figures") if is_folder => left.push(path),
                Some(name) if !is_folder && is_written_by_a_run(name) => {}
                _ => return Some(path),
            }
        }
    }
    None
}

/// The path from the root, through symbolic links where it exists.
fn absolute(named: &Path) -> Result<PathBuf, Failure> {
    match named.canonicalize() {
        Ok(path) => Ok(path),
        Err(_) => std::path::absolute(named).map_err(|error| {
            let message = format!("{} cannot be an output folder", named.display());
            Failure::caused("output", message, &error).hint("name a folder with --out")
        }),
    }
}

/// Whether a run writes a file of that path.
fn is_written_by_a_run(path: &str) -> bool {
    let extension = Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str());
    match Path::new(path).parent().and_then(Path::to_str) {
        Some("") => matches!(
            path,
            "report.html"
                | "report.md"
                | "results.json"
                | "manifest.json"
                | "run.json"
                | "phenolens.toml"
        ),
        Some("tables") => matches!(extension, Some("csv" | "md" | "tex")),
        Some("figures") => matches!(extension, Some("svg" | "png")),
        _ => false,
    }
}

/// Whether a folder is the root of a mounted file system, which cannot be renamed.
#[cfg(target_os = "linux")]
fn is_mounted(folder: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

    statx(CWD, folder, AtFlags::empty(), StatxFlags::empty())
        .is_ok_and(|status| status.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

/// Whether a folder is the root of a mounted file system: other systems do not tell beforehand.
#[cfg(not(target_os = "linux"))]
fn is_mounted(_folder: &Path) -> bool {
    false
}

/// A folder of older results out of which this user cannot remove files, and why not.
///
/// They would stay beside the new results.
#[cfg(target_os = "linux")]
fn protected_folder(target: &Path) -> Option<(&'static str, io::Error)> {
    use rustix::fs::{Access, access};

    let inner = ["", "tables", "figures"].into_iter();
    inner
        .filter(|inner| target.join(inner).is_dir())
        .find_map(|inner| {
            let all = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
            let error = access(target.join(inner), all).err()?;
            Some((inner, error.into()))
        })
}

/// A folder of older results out of which this user cannot remove files, where its mode says so.
#[cfg(not(target_os = "linux"))]
fn protected_folder(target: &Path) -> Option<(&'static str, io::Error)> {
    // On Windows the mark says nothing about the files of a folder.
    let is_protected = |folder: PathBuf| {
        cfg!(unix) && fs::metadata(folder).is_ok_and(|status| status.permissions().readonly())
    };
    ["", "tables", "figures"]
        .into_iter()
        .find(|inner| is_protected(target.join(inner)))
        .map(|inner| (inner, io::ErrorKind::PermissionDenied.into()))
}
