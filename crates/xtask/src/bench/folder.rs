//! Where everything lies that the benchmark makes.

use std::fs;
use std::path::{Path, PathBuf};

/// `target/bench`, with a folder for data that are made once and one for results.
pub(super) struct Folder {
    data: PathBuf,
    results: PathBuf,
}

impl Folder {
    pub(super) fn make() -> Result<Folder, String> {
        let base = crate::root().join("target/bench");
        let folder = Folder {
            data: base.join("data"),
            results: base.join("results"),
        };
        for made in [&folder.data, &folder.results] {
            fs::create_dir_all(made).map_err(|error| format!("{}: {error}", made.display()))?;
        }
        Ok(folder)
    }

    /// A data file, which stays for the next time.
    pub(super) fn data(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    /// A file that a program writes; what an earlier one left is removed.
    pub(super) fn result(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.results.join(name);
        remove(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match path.is_dir() {
        true => fs::remove_dir_all(path),
        false if path.exists() => fs::remove_file(path),
        false => Ok(()),
    }
}
