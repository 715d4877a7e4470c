//! What the program says: results on stdout, everything else on stderr.

use std::io::{self, ErrorKind, IsTerminal, Write};

use crate::failure::Failure;
use crate::terminal;

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Talk {
    /// Errors only.
    Quiet,
    /// What a user would want to know.
    Normal,
    /// Also where settings come from and how long each phase took.
    Verbose,
}

impl Talk {
    /// Says something that the user should know, on stderr.
    pub(crate) fn note(self, text: &str) {
        if self != Talk::Quiet {
            say(text);
        }
    }

    /// Says something that only an inquisitive user wants to know, on stderr.
    pub(crate) fn detail(self, text: &str) {
        if self == Talk::Verbose {
            say(text);
        }
    }

    /// Whether progress bars make sense: someone watches, and did not ask for silence.
    pub(crate) fn shows_progress(self) -> bool {
        self != Talk::Quiet && io::stderr().is_terminal()
    }

    /// The word in `run.json`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Talk::Quiet => "quiet",
            Talk::Normal => "normal",
            Talk::Verbose => "verbose",
        }
    }
}

/// Writes a line on stderr, with what a terminal would obey escaped.
///
/// Where stderr is closed nobody listens, and that is no reason to stop.
pub(crate) fn say(text: &str) {
    drop(writeln!(io::stderr(), "{}", terminal::text(text)));
}

/// Writes `text` on stdout, with what a terminal would obey escaped.
///
/// A reader that closes the pipe, such as `head`, has seen enough: no error.
///
/// # Errors
/// If what is written goes nowhere, as on a full disk.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    print_as_it_is(&terminal::text(text))
}

/// The same for JSON.
pub(crate) fn print_json(json: &str) -> Result<(), Failure> {
    print_as_it_is(&terminal::json(json))
}

/// The same for what is a program's input: as it is.
pub(crate) fn print_as_it_is(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let failure = Failure::caused("output", "cannot write to standard output", &error);
            Err(failure.hint("send it to where there is space"))
        }
        _ => Ok(()),
    }
}

/// `1116` as `1,116`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 image`, `2 images`: the number and the word, with an `s` where there is not exactly one.
///
/// A word in `y` or `s` takes the usual plural.
pub(crate) fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 {
        word.to_owned()
    } else if word.ends_with('s') || word.ends_with('x') || word.ends_with("ch") {
        format!("{word}es")
    } else if let Some(stem) = word
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
    {
        format!("{stem}ies")
    } else {
        format!("{word}s")
    };
    format!("{} {plural}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_plurals() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "image"), "1 image");
        assert_eq!(count(1116, "image"), "1,116 images");
        assert_eq!(count(2, "class"), "2 classes");
        assert_eq!(count(2, "body"), "2 bodies");
        assert_eq!(count(2, "essay"), "2 essays");
    }
}
