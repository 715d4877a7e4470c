//! Ctrl-C and SIGTERM: the unfinished folder goes, the finished one stays.

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::failure::Failure;
use crate::talk::say;

/// How far the output is.
///
/// A signal can come at any time, so what it needs to know cannot be handed to it: this is the one
/// global variable of the program. Who changes the output holds the lock, so that a signal never
/// meets a half-made change.
static OUTPUT: Mutex<State> = Mutex::new(State::Nothing);

enum State {
    /// Nothing of it is on the disk.
    Nothing,
    /// It is being made.
    Unfinished(Remains),
    /// It is in its place.
    Finished,
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

/// Makes signals end the program tidily.
pub(crate) fn watch() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        // Held to the end of the program: nothing else is written from here on.
        let output = lock();
        match &*output {
            // All that is left to do is to say so.
            State::Finished => return,
            State::Unfinished(remains) => remains.remove(),
            State::Nothing => {}
        }
        let failure = Failure::new("interrupted", "interrupted; the output folder is as it was");
        say(&failure.hint("the same command starts anew").to_string());
        process::exit(2);
    })
    .map_err(|error| Failure::caused("internal", "cannot watch for Ctrl-C", &error))
}

/// The right to change the output, which a signal waits for.
pub(crate) struct OutputLock(MutexGuard<'static, State>);

impl OutputLock {
    /// Waits for the lock.
    pub(crate) fn hold() -> OutputLock {
        OutputLock(lock())
    }

    /// From now on a signal removes this.
    pub(crate) fn begin(&mut self, remains: Remains) {
        *self.0 = State::Unfinished(remains);
    }

    /// The output is in its place: from now on it is too late for a signal.
    pub(crate) fn finish(&mut self) {
        *self.0 = State::Finished;
    }

    /// Nothing is left of the output.
    pub(crate) fn give_up(&mut self) {
        *self.0 = State::Nothing;
    }
}

fn lock() -> MutexGuard<'static, State> {
    // A panic while the lock is held leaves the state as it was, which is right.
    OUTPUT.lock().unwrap_or_else(PoisonError::into_inner)
}
