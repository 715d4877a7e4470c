//! Ctrl-C and its like: the unfinished folder goes, the finished one stays.

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
#[derive(Debug, Clone, Default)]
pub(crate) struct Remains {
    /// The folder that it writes into.
    pub(crate) folder: Option<PathBuf>,
    /// The folders around it that it made, the deepest first.
    pub(crate) parents: Vec<PathBuf>,
}

impl Remains {
    /// Removes it all, but for parents in which somebody else has put something.
    pub(crate) fn remove(&self) {
        // Nothing better can be done about a folder that does not go; the next run tries again.
        if let Some(folder) = &self.folder {
            drop(fs::remove_dir_all(folder));
        }
        for parent in &self.parents {
            drop(fs::remove_dir(parent));
        }
    }
}

/// Makes signals end the program tidily.
pub(crate) fn watch() -> Result<(), Failure> {
    on_signals(end).map_err(|error| Failure::caused("internal", "cannot watch for Ctrl-C", &*error))
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

/// Ends the program as a signal asks, unless all that is left to do is to say what was done.
fn end() {
    // Held to the end of the program: nothing else is written from here on.
    let output = lock();
    match &*output {
        State::Finished => return,
        State::Unfinished(remains) => remains.remove(),
        State::Nothing => {}
    }
    let failure = Failure::new("interrupted", "interrupted; nothing was changed");
    say(&failure.hint("the same command starts anew").to_string());
    process::exit(2);
}

/// Calls `end` on Ctrl-C, at the end of a terminal session, when asked to terminate, and at the end
/// of the processor time that is allowed.
///
/// To be called before any other thread is started: what this thread holds back, those that come
/// later hold back too, and only the one that waits for signals gets them.
#[cfg(unix)]
fn on_signals(end: fn()) -> Result<(), Box<dyn std::error::Error>> {
    use nix::sys::signal::{SigSet, Signal};

    // A file that grows over a limit is then an error of writing, as is a full disk.
    let mut held_back = SigSet::empty();
    held_back.add(Signal::SIGXFSZ);
    held_back.thread_block()?;

    let ignored = ignored_signals();
    let mut heeded = SigSet::empty();
    for signal in [
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGXCPU,
    ] {
        // `nohup` asks for a run that outlives its terminal.
        if (ignored >> (signal as i32 - 1)) & 1 == 0 {
            heeded.add(signal);
        }
    }
    heeded.thread_block()?;
    let watch = move || {
        while heeded.wait().is_ok() {
            end();
        }
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(watch)?;
    Ok(())
}

/// The signals that whoever started the program had it ignore, one bit for each, where the system
/// tells.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Calls `end` on Ctrl-C, and when the console closes.
#[cfg(not(unix))]
fn on_signals(end: fn()) -> Result<(), Box<dyn std::error::Error>> {
    Ok(ctrlc::set_handler(end)?)
}
