//! Settings as TOML text: the commented file of `init`, and the record that a run leaves.

use phenolens::report::InputFile;
use toml::{Table, Value};

use super::Settings;
use super::keys::{Key, keys};

/// What a record says about the run's inputs, beside its settings.
///
/// The names and digests tell whether a repetition has the same inputs; where these lay is nobody
/// else's business.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The version of the program.
    pub(crate) version: Option<String>,
    /// The digest of the data's content.
    pub(crate) content_digest: Option<String>,
    /// The file with the folds.
    pub(crate) folds_file: Option<RecordedFile>,
    /// The file with gallery and probes.
    pub(crate) gallery_file: Option<RecordedFile>,
    /// The file with words for the class ids.
    pub(crate) names: Option<RecordedFile>,
    /// The file with what else is known of subjects or samples.
    pub(crate) metadata: Option<RecordedFile>,
}

/// An input besides the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedFile {
    /// Its name, without its folder.
    pub(crate) name: String,
    /// The SHA-256 of its bytes, lower-case hexadecimal.
    pub(crate) sha256: String,
}

impl From<&InputFile> for RecordedFile {
    fn from(file: &InputFile) -> RecordedFile {
        RecordedFile {
            name: file.name.clone(),
            sha256: file.sha256.clone(),
        }
    }
}

impl Recorded {
    /// The section of the file in which a record stands.
    pub(super) const SECTION: &str = "source";

    /// Reads the section.
    ///
    /// # Errors
    /// The first entry that does not belong there.
    pub(super) fn read(section: &Table) -> Result<Recorded, String> {
        let mut recorded = Recorded::default();
        let mut files = [
            ("folds_file", None),
            ("gallery_file", None),
            ("names", None),
            ("metadata", None),
        ];
        for (name, value) in section {
            let text = value.as_str().map(str::to_owned);
            let Some(text) = text else {
                return Err(name.clone());
            };
            match name.as_str() {
                "version" => recorded.version = Some(text),
                "content_digest" => recorded.content_digest = Some(text),
                _ => {
                    let file = files.iter_mut().find(|(file, _)| file == name);
                    match (file, text.split_once(' ')) {
                        (Some((_, file)), Some((sha256, name))) => {
                            *file = Some(RecordedFile {
                                name: name.to_owned(),
                                sha256: sha256.to_owned(),
                            });
                        }
                        _ => return Err(name.clone()),
                    }
                }
            }
        }
        let [
            (_, folds_file),
            (_, gallery_file),
            (_, names),
            (_, metadata),
        ] = files;
        recorded.folds_file = folds_file;
        recorded.gallery_file = gallery_file;
        recorded.names = names;
        recorded.metadata = metadata;
        Ok(recorded)
    }

    /// What is not as it was in an earlier run, one sentence each.
    pub(crate) fn differences_from(&self, earlier: &Recorded) -> Vec<String> {
        let mut sentences = Vec::new();
        let differs = |now: &Option<String>, then: &Option<String>| then.is_some() && now != then;
        if differs(&self.version, &earlier.version) {
            let version = earlier.version.as_deref().unwrap_or_default();
            sentences.push(format!(
                "the settings were recorded by version {version}, which is not this one"
            ));
        }
        if differs(&self.content_digest, &earlier.content_digest) {
            sentences.push("the data are not those of the recorded run".to_owned());
        }
        let files = [
            ("folds file", &self.folds_file, &earlier.folds_file),
            ("gallery file", &self.gallery_file, &earlier.gallery_file),
            ("names file", &self.names, &earlier.names),
            ("metadata file", &self.metadata, &earlier.metadata),
        ];
        for (what, now, then) in files {
            let digest = |file: &RecordedFile| file.sha256.clone();
            if differs(&now.as_ref().map(digest), &then.as_ref().map(digest)) {
                let name = then.as_ref().map_or("", |file| &file.name);
                sentences.push(format!(
                    "the recorded run had the {what} {name}, which is not this one"
                ));
            }
        }
        sentences
    }

    fn write(&self) -> String {
        let mut text = format!("\n[{}]\n", Recorded::SECTION);
        let file = |file: &RecordedFile| format!("{} {}", file.sha256, file.name);
        let entries = [
            ("version", self.version.clone()),
            ("content_digest", self.content_digest.clone()),
            ("folds_file", self.folds_file.as_ref().map(file)),
            ("gallery_file", self.gallery_file.as_ref().map(file)),
            ("names", self.names.as_ref().map(file)),
            ("metadata", self.metadata.as_ref().map(file)),
        ];
        for (name, value) in entries {
            if let Some(value) = value {
                text.push_str(&format!("{name} = {}\n", Value::String(value)));
            }
        }
        text
    }
}

/// A settings file with every setting, what it means, and its default.
pub(crate) fn commented_defaults() -> String {
    let settings = Settings::default();
    let mut text = String::from(
        "# Settings of phenolens. All of them are optional; these are the defaults.\n\
         # Flags win over PHENOLENS_* variables, which win over this file.\n",
    );
    write_keys(&mut text, keys(), |text, key| {
        text.push('\n');
        for line in wrap(key.about, 98) {
            text.push_str(&format!("# {line}\n"));
        }
        push_key(text, key, &settings);
    });
    text
}

/// The record of a run: `phenolens run DATA --config` of it repeats the run.
pub(crate) fn recorded(settings: &Settings, recorded: &Recorded) -> String {
    let mut text = String::from(
        "# The settings of this run of phenolens; `phenolens run DATA --config` of this file repeats \
         it.\n\n",
    );
    let keys = keys().filter(|key| key.recorded);
    write_keys(&mut text, keys, |text, key| push_key(text, key, settings));
    text.push_str(&recorded.write());
    text
}

/// Writes each key under the heading of its section.
fn write_keys<'a>(
    text: &mut String,
    keys: impl Iterator<Item = &'a Key>,
    mut push: impl FnMut(&mut String, &Key),
) {
    let mut current = "";
    for key in keys {
        let (section, _) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        if section != current {
            text.push_str(&format!("\n[{section}]\n"));
            current = section;
        }
        push(text, key);
    }
}

fn push_key(text: &mut String, key: &Key, settings: &Settings) {
    let (_, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
    text.push_str(&format!("{name} = {}\n", (key.get)(settings)));
}

/// Breaks a text at spaces into lines of at most `width` characters, where its words allow.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
