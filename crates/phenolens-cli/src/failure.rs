//! What ends a command early, in the words that the user reads.

use std::error::Error;
use std::fmt;

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
