//! Settings of what is examined.

use super::Key;
use super::values::names;

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[Key {
    name: "analysis.parts",
    about: "What is examined beyond the evaluation and the maps: \"subject-level\", \"groups\", \
            \"gallery\", \"learning-curve\", \"improvement\", \"leakage\", \"open-set\", \
            \"calibration\", \"diagnosis\"; [] for nothing more. No part changes what others give.",
    recorded: true,
    get: |settings| names(&settings.analysis.parts),
    set: |settings, given| {
        settings.analysis.parts = given.choices(0)?;
        // The order says nothing, so that no record should differ by it.
        settings.analysis.parts.sort();
        Ok(())
    },
}];
