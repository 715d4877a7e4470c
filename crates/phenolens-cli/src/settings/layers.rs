//! Where settings come from: defaults, a file, the environment, the command line; later ones win.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs};

use phenolens::kernels::InstructionSet;
use toml::Spanned;
use toml::de::DeTable;

use super::Settings;
use super::given::{Given, Unfit};
use super::keys::{Key, keys};
use super::text::Recorded;
use crate::args::SettingsArgs;
use crate::failure::Failure;
use crate::talk::Talk;

/// The name of a settings file.
const FILE_NAME: &str = "phenolens.toml";

/// Limits the vector instructions of the kernels; results are the same, so tests alone need it.
const INSTRUCTION_SET: &str = "PHENOLENS_INSTRUCTION_SET";

/// Tells the project's tests where a data file is; means nothing here.
const REAL_DATA: &str = "PHENOLENS_REAL_DATA";

/// The settings and what else their sources say.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// The settings.
    pub(crate) settings: Settings,
    /// The settings file that was read.
    pub(crate) file: Option<PathBuf>,
    /// What that file says of the run it records, if it records one.
    pub(crate) recorded: Recorded,
    /// The vector instructions to use.
    pub(crate) instruction_set: InstructionSet,
}

/// Collects the settings from the command line, the process environment and the working folder.
pub(crate) fn from_surroundings(
    args: &SettingsArgs,
    flags: &[(&str, String, &str)],
    talk: Talk,
) -> Result<Resolved, Failure> {
    let folder = env::current_dir().map_err(|error| {
        Failure::caused("settings_file", "cannot tell the working folder", &error)
    })?;
    let resolved = resolve(args, flags, &folder, env::vars_os())?;
    if let Some(file) = &resolved.file {
        talk.detail(&format!("settings: {}", file.display()));
    }
    Ok(resolved)
}

/// Collects the settings.
///
/// `flags` are settings that have a flag of their own: key, value and flag. `folder` is the working
/// folder, `variables` the environment.
pub(super) fn resolve(
    args: &SettingsArgs,
    flags: &[(&str, String, &str)],
    folder: &Path,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Resolved, Failure> {
    let mut resolved = Resolved {
        settings: Settings::default(),
        file: settings_file(args, folder),
        recorded: Recorded::default(),
        instruction_set: InstructionSet::detect(),
    };
    if let Some(file) = resolved.file.clone() {
        read_settings_file(&file, &mut resolved)?;
    }
    read_environment(variables, &mut resolved)?;
    for assignment in &args.set {
        let Some((key, value)) = assignment.split_once('=') else {
            let message = format!("--set {assignment}: a setting is written KEY=VALUE");
            return Err(Failure::new("setting", message).hint("such as --set evaluation.folds=5"));
        };
        let settings = &mut resolved.settings;
        apply(settings, key.trim(), &Given::Word(value.trim()), "--set")?;
    }
    let own_flags = [
        ("seed", args.seed.as_deref(), "--seed"),
        ("threads", args.threads.as_deref(), "--threads"),
    ];
    for (key, value, flag) in own_flags {
        if let Some(value) = value {
            apply(&mut resolved.settings, key, &Given::Word(value), flag)?;
        }
    }
    for (key, value, flag) in flags {
        apply(&mut resolved.settings, key, &Given::Word(value), flag)?;
    }
    Ok(resolved)
}

/// The file that is asked for, or the nearest one upward.
fn settings_file(args: &SettingsArgs, folder: &Path) -> Option<PathBuf> {
    if args.no_config {
        return None;
    }
    match &args.config {
        Some(file) => Some(file.clone()),
        None => folder
            .ancestors()
            .map(|ancestor| ancestor.join(FILE_NAME))
            .find(|file| file.is_file()),
    }
}

fn read_settings_file(file: &Path, resolved: &mut Resolved) -> Result<(), Failure> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|error| {
        Failure::caused("settings_file", format!("cannot read {shown}"), &error)
            .hint("`phenolens init` writes a settings file; --no-config does without one")
    })?;
    let broken = |error: toml::de::Error| {
        let place = error.span().map_or(String::new(), |span| {
            let (line, column) = position(&text, span.start);
            format!(":{line}:{column}")
        });
        Failure::new(
            "settings_file",
            format!("{shown}{place}: {}", error.message().trim_end()),
        )
    };
    let tree = DeTable::parse(&text).map_err(broken)?;
    let values: toml::Table = text.parse().map_err(broken)?;
    let layer = FileLayer {
        file,
        folder: file.parent().unwrap_or(Path::new("")),
        text: &text,
    };
    layer.read(tree.get_ref(), &values, "", resolved)
}

/// A settings file while it is read.
struct FileLayer<'a> {
    file: &'a Path,
    folder: &'a Path,
    text: &'a str,
}

impl FileLayer<'_> {
    /// Applies every key of a table; `tree` knows where they stand and `values` what they are.
    fn read(
        &self,
        tree: &DeTable<'_>,
        values: &toml::Table,
        prefix: &str,
        resolved: &mut Resolved,
    ) -> Result<(), Failure> {
        // In the order of the file, so that the first mistake is named first.
        let mut entries: Vec<_> = tree.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, item) in entries {
            let (name, place) = (format!("{prefix}{}", key.get_ref()), self.place(key));
            let value = &values[key.get_ref().as_ref()];
            let inside = format!("{name}.");
            let is_section = keys().any(|key| key.name.starts_with(&inside));
            match value.as_table() {
                Some(table) if name == Recorded::SECTION => {
                    resolved.recorded = Recorded::read(table).map_err(|unknown| {
                        let message = format!("{place}: [{name}] has no `{unknown}`");
                        Failure::new("setting", message).hint(
                            "this section is written by phenolens; copy it whole or leave it out",
                        )
                    })?;
                }
                Some(table) if is_section => {
                    let subtree = item.get_ref().as_table();
                    let subtree = subtree.expect("both parsers see the same table");
                    self.read(subtree, table, &inside, resolved)?;
                }
                None if is_section => {
                    let message = format!("{place}: `{name}` is a section, not a setting");
                    return Err(
                        Failure::new("setting", message).hint(format!("write [{name}] above it"))
                    );
                }
                _ => {
                    let given = Given::File {
                        value: value.clone(),
                        folder: self.folder,
                    };
                    apply(&mut resolved.settings, &name, &given, &place)?;
                }
            }
        }
        Ok(())
    }

    fn place<T>(&self, item: &Spanned<T>) -> String {
        let (line, _) = position(self.text, item.span().start);
        format!("{}:{line}", self.file.display())
    }
}

fn read_environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    resolved: &mut Resolved,
) -> Result<(), Failure> {
    let mut ours: Vec<(String, OsString)> = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("PHENOLENS_") && name != REAL_DATA)
        .collect();
    ours.sort();
    for (name, value) in ours {
        let Ok(value) = value.into_string() else {
            return Err(Failure::new("setting", format!("{name} is not UTF-8")));
        };
        if name == INSTRUCTION_SET {
            resolved.instruction_set = instruction_set(&value)?;
            continue;
        }
        let Some(key) = keys().find(|key| key.variable() == name) else {
            let known = keys().map(Key::variable);
            let message = format!("{name} is no setting of phenolens");
            return Err(Failure::new("unknown_setting", message).hint(did_you_mean(&name, known)));
        };
        set(&mut resolved.settings, key, &Given::Word(&value), &name)?;
    }
    Ok(())
}

fn instruction_set(name: &str) -> Result<InstructionSet, Failure> {
    let available = InstructionSet::available();
    let names: Vec<&str> = available.iter().map(|set| set.name()).collect();
    match available.iter().find(|set| set.name() == name) {
        Some(set) => Ok(*set),
        None => Err(Failure::new(
            "setting",
            format!(
                "{INSTRUCTION_SET} is {name:?}; this processor has {}",
                names.join(", ")
            ),
        )),
    }
}

/// Sets the setting of that name; `origin` says where it was given.
fn apply(settings: &mut Settings, name: &str, given: &Given, origin: &str) -> Result<(), Failure> {
    match keys().find(|key| key.name == name) {
        Some(key) => set(settings, key, given, origin),
        None => {
            let known = keys().map(|key| key.name.to_owned());
            let message = format!("{origin}: unknown setting `{name}`");
            Err(Failure::new("unknown_setting", message).hint(did_you_mean(name, known)))
        }
    }
}

fn set(settings: &mut Settings, key: &Key, given: &Given, origin: &str) -> Result<(), Failure> {
    (key.set)(settings, given).map_err(|Unfit(wanted)| {
        let (name, shown) = (key.name, given.shown());
        let message = format!("{origin}: `{name}` must be {wanted}, not {shown}");
        Failure::new("setting", message)
    })
}

/// Names the known name that is nearest to `name`.
fn did_you_mean(name: &str, known: impl Iterator<Item = String>) -> String {
    // Who leaves out the section has the right last part.
    let without_section = |known: &str| known.rsplit('.').next() == Some(name);
    let nearest = known
        .min_by_key(|known| {
            let n_edits = strsim::damerau_levenshtein(name, known);
            (!without_section(known), n_edits)
        })
        .expect("there are settings");
    format!("did you mean `{nearest}`? `phenolens init` writes a file with every setting")
}

/// Line and column of a byte, both from 1.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}
