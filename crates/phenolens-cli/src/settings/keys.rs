//! The table of all settings: name, meaning, how it is read and how it is written.

mod analysis;
mod data;
mod evaluation;
mod general;
mod map;
mod neighbors;
mod report;
mod values;

use toml::Value;

use super::Settings;
use super::given::{Given, Unfit};

/// One setting.
pub(super) struct Key {
    /// The dotted name.
    pub(super) name: &'static str,
    /// What it means, in a line or two.
    pub(super) about: &'static str,
    /// Whether a run's own record holds it: what names a place on one machine does not belong there,
    /// nor what a run does not use.
    pub(super) recorded: bool,
    /// Its value as TOML.
    pub(super) get: fn(&Settings) -> Value,
    /// Sets it, or says what it must be.
    pub(super) set: fn(&mut Settings, &Given) -> Result<(), Unfit>,
}

impl Key {
    /// The environment variable: `evaluation.k_max` is `PHENOLENS_EVALUATION_K_MAX`.
    pub(super) fn variable(&self) -> String {
        format!("PHENOLENS_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

/// The settings, a section of the program at a time.
const SECTIONS: [&[Key]; 7] = [
    general::KEYS,
    data::KEYS,
    analysis::KEYS,
    neighbors::KEYS,
    evaluation::KEYS,
    map::KEYS,
    report::KEYS,
];

/// Every setting, in the order in which they are written.
pub(super) fn keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.into_iter().flatten()
}
