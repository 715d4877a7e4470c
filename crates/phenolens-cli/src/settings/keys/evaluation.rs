//! Settings of the evaluation and the gallery.

use toml::Value;

use super::Key;
use super::values::{name, names, path, size};

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "evaluation.distances",
        about: "Distances that are evaluated: \"cosine\", \"euclidean\".",
        recorded: true,
        get: |settings| names(&settings.analysis.evaluation.distances),
        set: |settings, given| {
            settings.analysis.evaluation.distances = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.protocols",
        about: "How samples are divided into folds: \"subject-grouped\", \"image-level\", \
                \"from-file\"; the first is the headline.",
        recorded: true,
        get: |settings| names(&settings.analysis.evaluation.protocols),
        set: |settings, given| {
            settings.analysis.evaluation.protocols = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.folds",
        about: "Folds of the protocols that make their own; at least 2.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.n_folds),
        set: |settings, given| {
            settings.analysis.evaluation.n_folds = given.size(2..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.folds_file",
        about: "CSV file `class,subject,sample,fold`, or `sample,fold` where sample ids are unique, \
                for the protocol \"from-file\"; \"\" for none. Relative to this file.",
        recorded: false,
        get: |settings| path(settings.folds_file.as_ref()),
        set: |settings, given| {
            settings.folds_file = given.path()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.repeats",
        about: "How often the folds are drawn anew; at least 1.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.n_repeats),
        set: |settings, given| {
            settings.analysis.evaluation.n_repeats = given.size(1..=10_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.k_max",
        about: "k, the number of neighbors that vote, runs from 1 to this.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.k_max),
        set: |settings, given| {
            settings.analysis.evaluation.k_max = given.size(1..=10_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.weights",
        about: "Weights of the votes: \"uniform\", \"distance\" (1/d), \"softmax\" (cosine only).",
        recorded: true,
        get: |settings| names(&settings.analysis.evaluation.weights),
        set: |settings, given| {
            settings.analysis.evaluation.weights = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.ties",
        about: "Order of classes with equal votes: \"nearest\" (the nearer voter first), \
                \"lowest-class\" (as scikit-learn).",
        recorded: true,
        get: |settings| name(settings.analysis.evaluation.ties),
        set: |settings, given| {
            settings.analysis.evaluation.ties = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.select_by",
        about: "Measure whose mean over folds chooses k.",
        recorded: true,
        get: |settings| name(settings.analysis.evaluation.select_by),
        set: |settings, given| {
            settings.analysis.evaluation.select_by = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.bootstrap",
        about: "Resamples of the intervals and tests; 0 for none.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.n_resamples),
        set: |settings, given| {
            settings.analysis.evaluation.n_resamples = given.size(0..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.confidence",
        about: "Confidence of the intervals; between 0 and 1.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.evaluation.confidence),
        set: |settings, given| {
            let wanted = "a number between 0 and 1, both excluded";
            settings.analysis.evaluation.confidence =
                given.real(wanted, |number| number > 0.0 && number < 1.0)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.rare_below",
        about: "Classes with fewer subjects than this are rare in the gallery, all others frequent.",
        recorded: true,
        get: |settings| size(settings.analysis.gallery.rare_below),
        set: |settings, given| {
            settings.analysis.gallery.rare_below = given.size(1..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.splits",
        about: "Random splits into gallery and probes; at least 1.",
        recorded: true,
        get: |settings| size(settings.analysis.gallery.n_splits),
        set: |settings, given| {
            settings.analysis.gallery.n_splits = given.size(1..=1000)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.probe_share",
        about: "Share of each class's subjects that are probes in a random split; at least one subject \
                is, and one stays in the gallery. Between 0 and 1.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.gallery.probe_share),
        set: |settings, given| {
            let wanted = "a number between 0 and 1, both excluded";
            settings.analysis.gallery.probe_share =
                given.real(wanted, |number| number > 0.0 && number < 1.0)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.file",
        about: "CSV file `class,subject,sample,set`, or `sample,set` where sample ids are unique, in \
                place of random splits; set is \"gallery\" or \"probe\", and samples without a row take \
                no part. \"\" for none. Relative to this file.",
        recorded: false,
        get: |settings| path(settings.gallery_file.as_ref()),
        set: |settings, given| {
            settings.gallery_file = given.path()?;
            Ok(())
        },
    },
];
