//! The Markdown file, a table at a time: what is not measured again stays.

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
    /// What was measured one by one, below the text.
    pub(super) parts: Vec<Part>,
}

/// One data set or series of a section.
pub(super) struct Part {
    /// Its heading, by which it is found again.
    pub(super) title: String,
    /// The machine and the table.
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
            let mut parts = section.split("\n### ").map(|part| {
                let (title, text) = part.split_once('\n').unwrap_or((part, ""));
                Part {
                    title: title.to_owned(),
                    text: text.trim().to_owned(),
                }
            });
            let head = parts.next().expect("a split has a first part");
            Section {
                title: head.title,
                text: head.text,
                parts: parts.collect(),
            }
        });
        Document {
            sections: sections.collect(),
        }
    }

    /// Puts a section in the place of the one with its title, or at the end. Of the older one those
    /// parts stay that the new one has not.
    pub(super) fn put(&mut self, section: Section) {
        let mut sections = self.sections.iter_mut();
        let Some(older) = sections.find(|older| older.title == section.title) else {
            self.sections.push(section);
            return;
        };
        older.text = section.text;
        for part in section.parts {
            match older.parts.iter_mut().find(|old| old.title == part.title) {
                Some(old) => *old = part,
                None => older.parts.push(part),
            }
        }
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        fs::write(path, self.text()).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn text(&self) -> String {
        let mut text = PREFACE.to_owned();
        for section in &self.sections {
            text.push_str(&format!("\n## {}\n", section.title));
            if !section.text.trim().is_empty() {
                text.push_str(&format!("\n{}\n", section.text.trim()));
            }
            for part in &section.parts {
                text.push_str(&format!("\n### {}\n\n{}\n", part.title, part.text.trim()));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(title: &str, text: &str, parts: &[(&str, &str)]) -> Section {
        let part = |&(title, text): &(&str, &str)| Part {
            title: title.to_owned(),
            text: text.to_owned(),
        };
        Section {
            title: title.to_owned(),
            text: text.to_owned(),
            parts: parts.iter().map(part).collect(),
        }
    }

    #[test]
    fn what_is_measured_again_is_replaced_and_the_rest_stays() {
        let mut document = Document::parse("");
        document.put(section("A", "one", &[("x", "| 1 |\n"), ("y", "| 2 |")]));
        document.put(section("B", "", &[("x", "| 3 |")]));
        let mut again = Document::parse(&document.text());
        assert_eq!(again.text(), document.text());
        again.put(section("A", "two", &[("z", "| 4 |"), ("y", "| 5 |")]));
        let expected = format!(
            "{PREFACE}\n## A\n\ntwo\n\n### x\n\n| 1 |\n\n### y\n\n| 5 |\n\n### z\n\n| 4 |\n\
             \n## B\n\n### x\n\n| 3 |\n"
        );
        assert_eq!(again.text(), expected);
    }
}
