//! The sentence of a finding, in which ids stand apart from words.

use std::fmt;

use serde::{Serialize, Serializer};

/// A sentence about the data.
///
/// Ids of subjects and samples in it are parts of their own, so that who shows it to others can put
/// something else in their place. Shown as it is, it quotes them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message(Vec<Part>);

/// A piece of a [`Message`].
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Words, numbers and ids of classes.
    Words(String),
    /// The id of a subject or a sample.
    Id(Level, String),
}

/// Whom an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A subject.
    Subject,
    /// A sample.
    Sample,
}

impl Message {
    /// Adds words.
    pub fn words(mut self, words: impl Into<String>) -> Message {
        self.0.push(Part::Words(words.into()));
        self
    }

    /// Adds the id of a subject or a sample.
    pub fn id(mut self, level: Level, id: &str) -> Message {
        self.0.push(Part::Id(level, id.to_owned()));
        self
    }

    /// The ids in it, in order.
    pub fn ids(&self) -> impl Iterator<Item = (Level, &str)> {
        self.0.iter().filter_map(|part| match part {
            Part::Words(_) => None,
            Part::Id(level, id) => Some((*level, id.as_str())),
        })
    }

    /// The sentence with what `show` makes of each id.
    pub fn with_ids(&self, show: impl Fn(Level, &str) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Id(level, id) => show(*level, id),
        });
        parts.collect()
    }
}

impl Level {
    /// The level as a word.
    pub fn name(self) -> &'static str {
        match self {
            Level::Subject => "subject",
            Level::Sample => "sample",
        }
    }
}

impl From<String> for Message {
    fn from(words: String) -> Message {
        Message::default().words(words)
    }
}

impl From<&str> for Message {
    fn from(words: &str) -> Message {
        Message::default().words(words)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.with_ids(|_, id| format!("{id:?}")))
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_quoted_or_replaced_and_words_stay() {
        let message = Message::from("Sample ")
            .id(Level::Sample, "a\nb")
            .words(" of subject ")
            .id(Level::Subject, "s")
            .words(".");
        assert_eq!(message.to_string(), "Sample \"a\\nb\" of subject \"s\".");
        let replaced = message.with_ids(|level, id| format!("<{} {}>", level.name(), id.len()));
        assert_eq!(replaced, "Sample <sample 3> of subject <subject 1>.");
        let ids: Vec<(Level, &str)> = message.ids().collect();
        assert_eq!(ids, [(Level::Sample, "a\nb"), (Level::Subject, "s")]);
    }
}
