//! Settings of the program as a whole.

use super::Key;
use super::values::{size, text, whole};

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "seed",
        about: "Seed of every random choice; from 0 to 9223372036854775807.",
        recorded: true,
        get: |settings| whole(settings.analysis.evaluation.seed),
        set: |settings, given| {
            // TOML numbers end there.
            settings.analysis.evaluation.seed = given.whole(0..=i64::MAX as u64)?;
            Ok(())
        },
    },
    Key {
        name: "threads",
        about: "Threads; 0 takes all processors. Results do not depend on it.",
        recorded: false,
        get: |settings| size(settings.threads),
        set: |settings, given| {
            settings.threads = given.size(0..=1024)?;
            Ok(())
        },
    },
    Key {
        name: "memory_limit",
        about: "Memory, such as \"8 GiB\" or \"500 MB\": data that need more are refused before they are \
                read, with the figure needed; \"none\" for no limit.",
        recorded: false,
        get: |settings| match settings.memory_limit {
            None => text("none"),
            Some(bytes) => whole(bytes),
        },
        set: |settings, given| {
            settings.memory_limit = given.bytes()?;
            Ok(())
        },
    },
];
