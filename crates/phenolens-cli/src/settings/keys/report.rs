//! Settings of the report and its figures.

use super::Key;
use super::values::{chosen_names, name, text};
use crate::settings::choice::{FigureFormat, ReportFormat};

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "report.formats",
        about: "Forms of the report: \"html\", \"md\".",
        recorded: true,
        get: |settings| {
            let wanted = [settings.formats.html, settings.formats.md];
            chosen_names(&[ReportFormat::Html, ReportFormat::Md], &wanted)
        },
        set: |settings, given| {
            let formats = given.choices(0)?;
            settings.formats.html = formats.contains(&ReportFormat::Html);
            settings.formats.md = formats.contains(&ReportFormat::Md);
            Ok(())
        },
    },
    Key {
        name: "report.ids",
        about: "How report and figures show ids of subjects and samples: \"pseudonyms\" under a key \
                (see --pseudonym-key), or \"plain\". The folder `tables` always holds ids.",
        recorded: true,
        get: |settings| name(settings.ids),
        set: |settings, given| {
            settings.ids = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "figures.style",
        about: "Look of the figures; only \"screen\" in this version.",
        recorded: true,
        get: |_| text("screen"),
        set: |_, given| given.only(&["screen"]),
    },
    Key {
        name: "figures.formats",
        about: "Forms of the figures: \"svg\", \"png\".",
        recorded: true,
        get: |settings| {
            let wanted = [settings.formats.svg, settings.formats.png];
            chosen_names(&[FigureFormat::Svg, FigureFormat::Png], &wanted)
        },
        set: |settings, given| {
            let formats = given.choices(0)?;
            settings.formats.svg = formats.contains(&FigureFormat::Svg);
            settings.formats.png = formats.contains(&FigureFormat::Png);
            Ok(())
        },
    },
];
