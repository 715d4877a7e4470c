//! The output folder: whole or untouched.
//!
//! A run writes into a sibling of the folder and exchanges the two at the end. What phenolens did
//! not write is never replaced. Files and folders are for their owner only: they hold ids, names of
//! files and digests.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use phenolens::report::OutputFile;
use rayon::prelude::*;

use crate::failure::Failure;
use crate::interrupt::{OutputLock, Remains};
use crate::private;

/// An output folder in the making; dropped before [`OutputFolder::finish`], it leaves no trace.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    /// Where it will be.
    target: PathBuf,
    /// Where it is until then, a sibling of `target`, and the folders around it that were made.
    staging: Remains,
}

impl OutputFolder {
    /// Judges the place and makes a sibling to write into.
    ///
    /// `data` is the file that will be read, where there is one: it must not lie where things are
    /// replaced.
    ///
    /// # Errors
    /// If something stands there that phenolens did not write, or nothing can be written there.
    pub(crate) fn begin(place: &Path, data: Option<&Path>) -> Result<OutputFolder, Failure> {
        let target = absolute(place)?;
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            let message = format!("{} cannot be an output folder", place.display());
            return Err(Failure::new("output", message).hint("name a folder with --out"));
        };
        refuse_what_is_not_ours(&target, place)?;
        let data = data.and_then(|data| data.canonicalize().ok());
        if data.is_some_and(|data| data.starts_with(&target)) {
            let message = format!("the data lie inside the output folder {}", place.display());
            return Err(Failure::new("output", message)
                .hint("the folder is replaced whole; choose another one with --out"));
        }

        let unwritable = |error: &io::Error| {
            Failure::caused("output", format!("cannot write {}", place.display()), error)
                .hint("choose another folder with --out")
        };
        let mut lock = OutputLock::hold();
        let ancestors = parent.ancestors();
        let missing = ancestors.take_while(|ancestor| !ancestor.exists());
        let parents: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        fs::create_dir_all(parent).map_err(|error| unwritable(&error))?;
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{}-", name.to_string_lossy());
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder
            .tempdir_in(parent)
            .map_err(|error| unwritable(&error))?
            .keep();
        let staging = Remains { folder, parents };
        lock.begin(staging.clone());
        Ok(OutputFolder { target, staging })
    }

    /// Writes the files, as deep in the folder as their paths say, and waits for the disk.
    pub(crate) fn write(&self, files: &[OutputFile]) -> Result<(), Failure> {
        let _lock = OutputLock::hold();
        let mut folders: Vec<PathBuf> = files
            .iter()
            .filter_map(|file| {
                self.staging
                    .folder
                    .join(&file.path)
                    .parent()
                    .map(Path::to_owned)
            })
            .collect();
        folders.sort();
        folders.dedup();
        let failed = |path: &str, error: &io::Error| {
            let message = format!("cannot write {path}");
            Failure::caused("output", message, error).hint("is the disk full?")
        };
        for folder in &folders {
            private::make_folders(folder).map_err(|error| failed("a folder", &error))?;
        }
        // In parallel, since the disk can take many files at once.
        let results: Vec<io::Result<()>> = files
            .par_iter()
            .map(|file| {
                let mut written = private::create_file(&self.staging.folder.join(&file.path))?;
                written.write_all(&file.bytes)?;
                written.sync_all()
            })
            .collect();
        for (file, result) in files.iter().zip(results) {
            result.map_err(|error| failed(&file.path, &error))?;
        }
        for folder in &folders {
            sync_folder(folder).map_err(|error| failed("a folder", &error))?;
        }
        Ok(())
    }

    /// Puts the folder into its place, whole, and gives that place.
    pub(crate) fn finish(self) -> Result<PathBuf, Failure> {
        let mut lock = OutputLock::hold();
        let place = self.target.clone();
        // Somebody may have written there in the meantime.
        refuse_what_is_not_ours(&place, &place)?;
        exchange(&self.staging.folder, &place).map_err(|error| {
            let message = format!("cannot move the results to {}", place.display());
            Failure::caused("output", message, &error)
        })?;
        if let Some(parent) = place.parent() {
            // The results are in place; whether the disk knows already is its affair.
            drop(sync_folder(parent));
        }
        // The older results, where there were any.
        drop(fs::remove_dir_all(&self.staging.folder));
        lock.finish();
        std::mem::forget(self);
        Ok(place)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        let mut lock = OutputLock::hold();
        self.staging.remove();
        lock.give_up();
    }
}

/// The path from the root, through symbolic links where it exists.
fn absolute(place: &Path) -> Result<PathBuf, Failure> {
    match place.canonicalize() {
        Ok(path) => Ok(path),
        Err(_) => std::path::absolute(place).map_err(|error| {
            let message = format!("{} cannot be an output folder", place.display());
            Failure::caused("output", message, &error)
        }),
    }
}

/// Refuses a place where something stands that phenolens did not write.
fn refuse_what_is_not_ours(target: &Path, shown: &Path) -> Result<(), Failure> {
    let shown = shown.display();
    let message = match fs::read_dir(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) if target.is_file() => format!("{shown} is a file, not a folder"),
        Err(error) => {
            return Err(Failure::caused(
                "output",
                format!("cannot look into {shown}"),
                &error,
            ));
        }
        Ok(mut entries) => {
            if entries.next().is_none() {
                return Ok(());
            }
            match foreign_file(target) {
                None => return Ok(()),
                Some(_) if !is_ours(target) => {
                    format!("{shown} exists and was not written by phenolens; it is left as it is")
                }
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

/// A file in a folder that no run writes, or the manifest of another program; `None` where everything
/// is ours to replace.
fn foreign_file(folder: &Path) -> Option<PathBuf> {
    if !is_ours(folder) {
        return Some(PathBuf::from("manifest.json"));
    }
    let mut left = vec![PathBuf::new()];
    while let Some(inner) = left.pop() {
        let mut entries: Vec<_> = fs::read_dir(folder.join(&inner)).ok()?.flatten().collect();
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

/// Whether phenolens wrote a folder: its manifest says so.
fn is_ours(folder: &Path) -> bool {
    fs::read(folder.join("manifest.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
        .is_some_and(|manifest| manifest["program"]["name"] == "phenolens")
}

/// Moves `staging` to `target`; what stood there stands at `staging` afterwards.
fn exchange(staging: &Path, target: &Path) -> io::Result<()> {
    if !target.exists() {
        return fs::rename(staging, target);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        // One step, so that even a power cut finds either the old folder or the new one.
        if renameat_with(CWD, staging, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    // Not every system and file system can exchange: two steps, the first undone if the second fails.
    let aside = staging.with_extension("old");
    fs::rename(target, &aside)?;
    if let Err(error) = fs::rename(staging, target) {
        fs::rename(&aside, target)?;
        return Err(error);
    }
    fs::rename(&aside, staging)
}

/// Waits until the disk holds the entries of a folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Other systems cannot open a folder as a file.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> OutputFile {
        OutputFile {
            path: path.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn manifest(name: &str) -> OutputFile {
        let text = format!("{{\"program\": {{\"name\": {name:?}}}}}");
        file("manifest.json", &text)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("text")
            })
            .collect();
        names.sort();
        names
    }

    /// One test, since the unfinished folder is one for the whole program.
    #[test]
    fn a_folder_is_whole_or_untouched() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let out = home.path().join("deep/out");

        drop(OutputFolder::begin(&out, None).expect("nothing stands there"));
        assert!(names(home.path()).is_empty(), "no parents without results");

        let first = OutputFolder::begin(&out, None).expect("nothing stands there");
        first
            .write(&[manifest("phenolens"), file("tables/a.csv", "a")])
            .expect("a writable folder");
        assert!(!out.exists(), "not before the end");
        first.finish().expect("nothing stands there");
        assert_eq!(names(&out), ["manifest.json", "tables"]);

        let dropped = OutputFolder::begin(&out, None).expect("ours");
        dropped.write(&[file("b.csv", "b")]).expect("writable");
        drop(dropped);
        assert_eq!(names(&out), ["manifest.json", "tables"]);
        assert_eq!(names(&home.path().join("deep")), ["out"]);

        let second = OutputFolder::begin(&out, None).expect("ours");
        second
            .write(&[manifest("phenolens"), file("report.md", "b")])
            .expect("writable");
        second.finish().expect("ours");
        assert_eq!(
            names(&out),
            ["manifest.json", "report.md"],
            "replaced whole"
        );
        assert_eq!(names(&home.path().join("deep")), ["out"]);

        let inside = OutputFolder::begin(&out, Some(&out.join("report.md")));
        let failure = inside.expect_err("data inside the output");
        assert!(
            failure.message.contains("inside the output folder"),
            "{failure}"
        );

        for mine in ["notes.txt", "tables/folds.xlsx", "figures/deep/map.svg"] {
            let path = out.join(mine);
            fs::create_dir_all(path.parent().expect("inside")).expect("a writable folder");
            fs::write(&path, "mine").expect("writable");
            let failure = OutputFolder::begin(&out, None).expect_err("a file of the user's");
            assert!(failure.message.contains("did not write"), "{failure}");
            assert!(path.exists());
            fs::remove_file(&path).expect("removable");
        }

        for foreign in [manifest("other"), file("manifest.json", "{"), file("x", "")] {
            let place = home.path().join("foreign");
            fs::create_dir(&place).expect("a writable folder");
            assert!(
                OutputFolder::begin(&place, None).is_ok(),
                "an empty folder holds nothing to lose"
            );
            fs::write(place.join(&foreign.path), &foreign.bytes).expect("writable");
            let failure = OutputFolder::begin(&place, None).expect_err("not ours");
            assert_eq!(failure.code, "output_exists");
            assert_eq!(names(&place), [foreign.path.as_str()]);
            fs::remove_dir_all(&place).expect("removable");
        }

        let plain = home.path().join("plain");
        fs::write(&plain, "text").expect("writable");
        let failure = OutputFolder::begin(&plain, None).expect_err("a file");
        assert!(
            failure.message.ends_with("is a file, not a folder"),
            "{failure}"
        );
        assert_eq!(names(home.path()), ["deep", "plain"]);
    }
}
