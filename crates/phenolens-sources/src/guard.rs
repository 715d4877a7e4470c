//! Other people's parsers, kept from taking the program with them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Format;
use crate::format_error::{Fault, FormatError};

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Whether a panic on this thread would be caught and told as an error about the file: a panic hook
/// has nothing to say about it then.
pub fn is_guarded() -> bool {
    DEPTH.get() > 0
}

/// Runs what calls a library that reads untrusted bytes: a panic in it is an error about the file.
///
/// What the call was changing is dropped afterwards, so that nothing half-changed is seen.
pub(crate) fn guarded<T>(format: Format, call: impl FnOnce() -> T) -> Result<T, FormatError> {
    catch(call).ok_or_else(|| {
        let name = format.name();
        let what =
            format!("the reader of {name} files gave up on it; it is damaged, or made to harm");
        FormatError::new(format, Fault::Reader, what)
            .hint("write it again with the program that made it")
    })
}

/// The result of a call; `None` where it panics.
pub(crate) fn catch<T>(call: impl FnOnce() -> T) -> Option<T> {
    DEPTH.set(DEPTH.get() + 1);
    let result = catch_unwind(AssertUnwindSafe(call));
    DEPTH.set(DEPTH.get() - 1);
    result.ok()
}
