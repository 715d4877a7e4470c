//! Files and folders for their owner only, and where they really lie.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The path from the root, through symbolic links as far as it exists.
pub(crate) fn resolved(place: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(place)?;
    let mut path = without_steps_back(&path);
    let mut missing = Vec::new();
    loop {
        if let Ok(mut found) = path.canonicalize() {
            found.extend(missing.iter().rev());
            return Ok(found);
        }
        match path.file_name() {
            Some(name) => missing.push(name.to_owned()),
            None => return Ok(path),
        }
        path.pop();
    }
}

/// The path as it is where it exists; otherwise with `..` taken literally, since what does not exist
/// is no link.
fn without_steps_back(path: &Path) -> PathBuf {
    if path.exists() {
        return path.to_owned();
    }
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Makes a folder and those around it that are missing, for their owner only.
pub(crate) fn make_folders(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file for its owner only.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
