//! The Markdown file, a section at a time: what is not measured again stays.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// What stands above the sections.
const PREFACE: &str = "\
# Performance

Written by `cargo xtask bench`; CONTRIBUTING.md says how to run it. Programs take turns at each task, and
the least time of each counts. *Seconds* are those of the task alone: of ours the phases named, of the
others the call, without imports and loading; *whole process* is all of it. *Ratio* is their seconds over
ours of the first row. Data are `phenolens synth --kind mixture` unless said otherwise: 50 Gaussian
clusters on curved sheets in 320 dimensions.
";

/// One section.
pub(super) struct Section {
    /// Its heading, by which it is found again.
    pub(super) title: String,
    /// What stands below.
    pub(super) text: String,
}

/// The sections in the order of the file.
pub(super) struct Document {
    sections: Vec<Section>,
}

impl Document {
    /// The sections of an older file, if there is one.
    pub(super) fn read(path: &Path) -> Result<Document, String> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Document::parse(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Document::parse("")),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    fn parse(text: &str) -> Document {
        let sections = text.split("\n## ").skip(1).map(|section| {
            let (title, text) = section.split_once('\n').unwrap_or((section, ""));
            Section {
                title: title.to_owned(),
                text: text.trim().to_owned(),
            }
        });
        Document {
            sections: sections.collect(),
        }
    }

    /// Puts a section in the place of the one with its title, or at the end.
    pub(super) fn put(&mut self, section: Section) {
        let mut sections = self.sections.iter_mut();
        match sections.find(|older| older.title == section.title) {
            Some(older) => *older = section,
            None => self.sections.push(section),
        }
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        fs::write(path, self.text()).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn text(&self) -> String {
        let mut text = PREFACE.to_owned();
        for section in &self.sections {
            text.push_str(&format!(
                "\n## {}\n\n{}\n",
                section.title,
                section.text.trim()
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_replaced_and_the_others_stay() {
        let section = |title: &str, text: &str| Section {
            title: title.to_owned(),
            text: text.to_owned(),
        };
        let mut document = Document::parse("");
        document.put(section("A", "one\n\n| a |\n"));
        document.put(section("B", "two"));
        let mut again = Document::parse(&document.text());
        assert_eq!(again.text(), document.text());
        again.put(section("A", "three"));
        let expected = format!("{PREFACE}\n## A\n\nthree\n\n## B\n\ntwo\n");
        assert_eq!(again.text(), expected);
    }
}
