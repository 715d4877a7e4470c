//! The output folder: whole or untouched.
//!
//! A run writes into a sibling of the folder and exchanges the two at the end. What phenolens did
//! not write is never replaced. `docs/reliability.md` says what is left after each kind of fault.
//! Files and folders are for their owner only: they hold ids, names of files and digests.

mod exchange;
mod place;
mod staging;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use phenolens::report::OutputFile;
use rayon::prelude::*;

use crate::failure::Failure;
use crate::interrupt::{OutputLock, Remains};
use crate::private;
use exchange::exchange;
use place::{Place, inside, refuse_what_is_not_ours};
use staging::Staging;

/// An output folder in the making; dropped before [`OutputFolder::finish`], it leaves no trace.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    /// The folder as the user names it, for messages.
    named: PathBuf,
    /// Where it will be.
    place: Place,
    /// Where it is until then.
    staging: Staging,
    /// What must go if nothing comes of it.
    remains: Remains,
}

impl OutputFolder {
    /// Judges the place and makes a sibling to write into.
    ///
    /// `data` is the file that will be read, where there is one: it must not lie where things are
    /// replaced.
    ///
    /// # Errors
    /// If something stands there that phenolens did not write, or nothing can be written there.
    pub(crate) fn begin(named: &Path, data: Option<&Path>) -> Result<OutputFolder, Failure> {
        let mut lock = OutputLock::hold();
        let place = Place::judge(named, data)?;
        staging::sweep(&place);
        let ancestors = place.parent.ancestors();
        let missing = ancestors.take_while(|ancestor| !ancestor.exists());
        let mut remains = Remains {
            parents: missing.map(Path::to_owned).collect(),
            ..Remains::default()
        };
        let staging = fs::create_dir_all(&place.parent)
            .and_then(|()| Staging::make(&place))
            .map_err(|error| {
                remains.remove();
                Failure::unwritten(named, "--out", &error)
            })?;
        remains.folder = Some(staging.folder.clone());
        lock.begin(remains.clone());
        Ok(OutputFolder {
            named: named.to_owned(),
            place,
            staging,
            remains,
        })
    }

    /// Writes the files, as deep in the folder as their paths say, and waits for the disk.
    pub(crate) fn write(&self, files: &[OutputFile]) -> Result<(), Failure> {
        let _lock = OutputLock::hold();
        let staged = |file: &OutputFile| self.staging.folder.join(&file.path);
        let parent = |file| staged(file).parent().map(Path::to_owned);
        let mut folders: Vec<PathBuf> = files.iter().filter_map(parent).collect();
        // The folder itself too: it has the entries of the others.
        folders.push(self.staging.folder.clone());
        folders.sort();
        folders.dedup();
        let failed = |path: &str, error: &io::Error| {
            Failure::unwritten(&inside(&self.named, path), "--out", error)
        };
        for folder in &folders {
            private::make_folders(folder).map_err(|error| failed("", &error))?;
        }
        // In parallel, since the disk can take many files at once.
        let results: Vec<io::Result<()>> = files
            .par_iter()
            .map(|file| {
                let mut written = private::create_file(&staged(file))?;
                written.write_all(&file.bytes)?;
                written.sync_all()
            })
            .collect();
        for (file, result) in files.iter().zip(results) {
            result.map_err(|error| failed(&file.path, &error))?;
        }
        for folder in &folders {
            sync_folder(folder).map_err(|error| failed("", &error))?;
        }
        Ok(())
    }

    /// Puts the folder into its place, whole, and gives that place.
    pub(crate) fn finish(self) -> Result<PathBuf, Failure> {
        let mut lock = OutputLock::hold();
        let place = &self.place;
        // Somebody may have written there in the meantime.
        refuse_what_is_not_ours(&place.target, &self.named)?;
        exchange(&self.staging.folder, &place.target, &place.name)
            .map_err(|error| Failure::unwritten(&self.named, "--out", &error))?;
        // The results are in place; whether the disk knows already is its affair.
        drop(sync_folder(&place.parent));
        for made in &self.remains.parents {
            drop(made.parent().map(sync_folder));
        }
        // The older results, where there were any.
        drop(fs::remove_dir_all(&self.staging.folder));
        lock.finish();
        let target = place.target.clone();
        std::mem::forget(self);
        Ok(target)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        let mut lock = OutputLock::hold();
        self.remains.remove();
        lock.give_up();
    }
}

/// Waits until the disk holds the entries of a folder.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Other systems cannot open a folder as a file.
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        // Some file systems keep entries in their own way, and refuse to be asked.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}
