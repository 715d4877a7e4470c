//! Ctrl-C and SIGTERM: the unfinished folder goes, the finished one stays.

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::failure::Failure;
use crate::talk::say;

/// The unfinished folder, where there is one.
///
/// A signal can come at any time, so what it needs to know cannot be handed to it: this is the one
/// global variable of the program. Who changes the folder holds the lock, so that a signal never
/// meets a half-made change.
static UNFINISHED: Mutex<Option<Remains>> = Mutex::new(None);

/// Makes signals end the program tidily.
pub(crate) fn watch() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        // Never released: nothing else is written from here on.
        let mut unfinished = lock();
        if let Some(remains) = unfinished.take() {
            remains.remove();
        }
        let failure = Failure::new("interrupted", "interrupted; the output folder is as it was");
        say(&failure.hint("the same command starts anew").to_string());
        process::exit(2);
    })
    .map_err(|error| Failure::caused("internal", "cannot watch for Ctrl-C", &error))
}

/// What an unfinished run has put on the disk.
#[derive(Debug, Clone)]
pub(crate) struct Remains {
    /// The folder that it writes into.
    pub(crate) folder: PathBuf,
    /// The folders around it that it made, the deepest first.
    pub(crate) parents: Vec<PathBuf>,
}

impl Remains {
    /// Removes it all, but for parents in which somebody else has put something.
    pub(crate) fn remove(&self) {
        // Nothing better can be done about a folder that does not go.
        drop(fs::remove_dir_all(&self.folder));
        for parent in &self.parents {
            drop(fs::remove_dir(parent));
        }
    }
}

/// The unfinished folder, locked against signals.
pub(crate) struct Unfinished(MutexGuard<'static, Option<Remains>>);

impl Unfinished {
    /// Waits for the lock.
    pub(crate) fn hold() -> Unfinished {
        Unfinished(lock())
    }

    /// From now on a signal removes this.
    pub(crate) fn begin(&mut self, remains: Remains) {
        *self.0 = Some(remains);
    }

    /// From now on a signal removes nothing.
    pub(crate) fn end(&mut self) {
        *self.0 = None;
    }
}

fn lock() -> MutexGuard<'static, Option<Remains>> {
    // A panic while the lock is held leaves the name as it was, which is right.
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}
