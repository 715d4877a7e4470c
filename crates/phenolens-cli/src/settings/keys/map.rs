//! Settings of the maps.

use phenolens::neighbors::Distance;
use toml::Value;

use super::Key;
use super::values::{auto_or, names, number_or_auto, size, text};
use crate::settings::given::Unfit;

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "map.distances",
        about: "Distances that are mapped, a list; \"evaluated\" takes those of the evaluation \
                (the command `map`: cosine).",
        recorded: true,
        get: |settings| match &settings.map_distances {
            Some(distances) => names(distances),
            None => text("evaluated"),
        },
        set: |settings, given| {
            settings.map_distances = if given.text().is_ok_and(|text| text == "evaluated") {
                None
            } else {
                let choices = given.choices::<Distance>(0);
                Some(choices.map_err(|Unfit(wanted)| Unfit(format!("\"evaluated\" or {wanted}")))?)
            };
            Ok(())
        },
    },
    Key {
        name: "map.perplexity",
        about: "Effective number of neighbors of a sample on the map; \"auto\" takes 30 or, on fewer \
                than 91 samples, a third of the others.",
        recorded: true,
        get: |settings| number_or_auto(settings.analysis.map.perplexity),
        set: |settings, given| {
            settings.analysis.map.perplexity =
                auto_or(given, "a number of at least 1", |number| {
                    number >= 1.0 && number.is_finite()
                })?;
            Ok(())
        },
    },
    Key {
        name: "map.steps",
        about: "Gradient steps of a map.",
        recorded: true,
        get: |settings| size(settings.analysis.map.n_steps),
        set: |settings, given| {
            settings.analysis.map.n_steps = given.size(1..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "map.learning_rate",
        about: "Step length; \"auto\" takes the number of samples / 12, at least 50, and four times that once the \
                attraction is exaggerated no more.",
        recorded: true,
        get: |settings| number_or_auto(settings.analysis.map.learning_rate),
        set: |settings, given| {
            settings.analysis.map.learning_rate = auto_or(given, "a number above 0", |number| {
                number > 0.0 && number.is_finite()
            })?;
            Ok(())
        },
    },
    Key {
        name: "map.exaggeration",
        about: "Factor on the attraction in the first quarter of 1,000 steps; at least 1.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.map.exaggeration),
        set: |settings, given| {
            settings.analysis.map.exaggeration = given
                .real("a number of at least 1", |number| {
                    number >= 1.0 && number.is_finite()
                })?;
            Ok(())
        },
    },
    Key {
        name: "map.late_exaggeration",
        about: "Factor on the attraction in the other steps; at least 1, which is none.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.map.late_exaggeration),
        set: |settings, given| {
            settings.analysis.map.late_exaggeration = given
                .real("a number of at least 1", |number| {
                    number >= 1.0 && number.is_finite()
                })?;
            Ok(())
        },
    },
    Key {
        name: "map.affinities",
        about: "How distances to neighbors become affinities: \"perplexity\"; \"multiscale\", the mean of \
                those for the perplexity, its half, its quarter, … down to 2; or \"uniform\".",
        recorded: true,
        get: |settings| text(settings.analysis.map.affinities.name()),
        set: |settings, given| {
            settings.analysis.map.affinities = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "map.least_progress",
        about: "Ends a map once 50 steps after the exaggeration lower its divergence by less than this share \
                of it; \"none\" takes all steps.",
        recorded: true,
        get: |settings| match settings.analysis.map.least_progress {
            Some(share) => Value::Float(share),
            None => text("none"),
        },
        set: |settings, given| {
            settings.analysis.map.least_progress =
                match given.text().is_ok_and(|text| text == "none") {
                    true => None,
                    false => {
                        let share = given.real("\"none\" or a number from 0 to 1", |number| {
                            (0.0..=1.0).contains(&number)
                        });
                        Some(share?)
                    }
                };
            Ok(())
        },
    },
];
