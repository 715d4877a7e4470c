//! What ends a command early, in the words that the user reads.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;

/// An error that the user can mend: what went wrong, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The kind of failure, in snake_case: stable, for machines.
    pub(crate) code: &'static str,
    /// What, where, value and allowed range, in one sentence without a full stop; causes follow it
    /// after colons.
    pub(crate) message: String,
    /// What the user can do about it.
    pub(crate) hint: Option<String>,
    /// The byte of the data file at which reading stopped.
    pub(crate) offset: Option<u64>,
}

impl Failure {
    /// A failure without hint or offset.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Failure {
        Failure {
            code,
            message: message.into(),
            hint: None,
            offset: None,
        }
    }

    /// A failure with the chain of its causes.
    pub(crate) fn caused(
        code: &'static str,
        message: impl Into<String>,
        cause: &dyn Error,
    ) -> Failure {
        let mut message = message.into();
        let mut next = Some(cause);
        while let Some(error) = next {
            let text = error.to_string();
            // Some errors already repeat what caused them.
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            next = error.source();
        }
        Failure::new(code, message)
    }

    /// A file or folder that could not be written; `option` is how the user chooses another.
    pub(crate) fn unwritten(path: &Path, option: &str, cause: &io::Error) -> Failure {
        let another = format!("choose another place with {option}");
        let hint = match cause.kind() {
            ErrorKind::StorageFull => format!("free some space there, or {another}"),
            ErrorKind::QuotaExceeded => {
                format!("remove files of yours until you are below your quota, or {another}")
            }
            ErrorKind::FileTooLarge => format!(
                "raise the limit on the size of files (`ulimit -f`), or {another}, whose disk takes \
                 larger ones"
            ),
            ErrorKind::PermissionDenied => {
                format!("ask for the right to write there, or {another}")
            }
            ErrorKind::ReadOnlyFilesystem => format!("that disk is read-only; {another}"),
            ErrorKind::NotADirectory => {
                format!("a part of that path is a file, not a folder; {another}")
            }
            ErrorKind::NotFound => {
                format!(
                    "a folder on that path does not exist, or was removed meanwhile; make it, or {another}"
                )
            }
            _ => another,
        };
        Failure::caused("output", format!("cannot write {}", path.display()), cause).hint(hint)
    }

    /// The same with a remedy.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Failure {
        Failure {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// The same with a remedy, where there is one.
    pub(crate) fn hint_if(self, hint: Option<impl Into<String>>) -> Failure {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// The failure as JSON, for programs that read stdout: the same keys as the result of `check`.
    pub(crate) fn json(&self) -> String {
        let value = serde_json::json!({
            "status": "error",
            "rows_in": null,
            "rows_used": null,
            "rows_set_aside": null,
            "content_digest": null,
            "findings": [],
            "error": {
                "code": self.code,
                "message": self.message,
                "hint": self.hint,
                "offset": self.offset,
            },
        });
        format!("{value:#}\n")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}
