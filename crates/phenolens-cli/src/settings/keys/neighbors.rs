//! Settings of the search for neighbors.

use super::Key;
use super::values::{names, size, text};
use crate::settings::given::Unfit;

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "neighbors.k",
        about: "Neighbors of each sample that the command `neighbors` writes; \"auto\" takes 15, or all \
                others where there are fewer.",
        recorded: false,
        get: |settings| match settings.neighbors.k {
            None => text("auto"),
            Some(k) => size(k),
        },
        set: |settings, given| {
            settings.neighbors.k = match given.text().is_ok_and(|text| text == "auto") {
                true => None,
                false => {
                    let k = given.size(1..=1_000_000);
                    Some(k.map_err(|Unfit(wanted)| Unfit(format!("\"auto\" or {wanted}")))?)
                }
            };
            Ok(())
        },
    },
    Key {
        name: "neighbors.distances",
        about: "Distances of the tables that the command `neighbors` writes: \"cosine\", \"euclidean\".",
        recorded: false,
        get: |settings| names(&settings.neighbors.distances),
        set: |settings, given| {
            settings.neighbors.distances = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "neighbors.method",
        about: "How neighbors are searched: \"exact\", or \"approximate\" where samples are too many; then \
                the report says how many were found.",
        recorded: true,
        get: |settings| text(settings.analysis.search.name()),
        set: |settings, given| {
            settings.analysis.search = given.choice()?;
            Ok(())
        },
    },
];
