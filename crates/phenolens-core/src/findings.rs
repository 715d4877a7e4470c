//! What deserves a second look: values beside the result, never errors, never logs.

mod message;

use serde::Serialize;

pub use message::{Level, Message};

/// One thing about the data or the evaluation that a reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of thing it is, in snake_case: stable, for machines.
    pub code: &'static str,
    /// The class it is about, where it is about one.
    pub class: Option<String>,
    /// The subject it is about, where it is about one.
    pub subject: Option<String>,
    /// The sample it is about, where it is about one.
    pub sample: Option<String>,
    /// One sentence: what was found and what was done.
    pub message: Message,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice.
    Note,
    /// Kept, but it can mislead.
    Warning,
    /// A row or group was set aside that a user would want back.
    Error,
}

impl Severity {
    /// The severity as a word, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl Finding {
    /// A finding about the data as a whole.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<Message>) -> Finding {
        Finding {
            severity,
            code,
            class: None,
            subject: None,
            sample: None,
            message: message.into(),
        }
    }

    /// The same about a class.
    pub fn of_class(self, class: &str) -> Finding {
        Finding {
            class: Some(class.to_owned()),
            ..self
        }
    }

    /// The same about a subject.
    pub fn of_subject(self, subject: &str) -> Finding {
        Finding {
            subject: Some(subject.to_owned()),
            ..self
        }
    }

    /// The same about a sample.
    pub fn of_sample(self, sample: &str) -> Finding {
        Finding {
            sample: Some(sample.to_owned()),
            ..self
        }
    }
}
