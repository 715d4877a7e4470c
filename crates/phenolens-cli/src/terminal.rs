//! Text from the data made harmless for terminals.

use std::fmt::Write as _;

use phenolens::sources::misleads;

/// The same text with everything escaped that a terminal obeys or the eye misreads; line breaks stay.
pub(crate) fn text(text: &str) -> String {
    escaped(text, |letter, out| out.extend(letter.escape_unicode()))
}

/// The same for JSON, where such characters stand inside of texts only and have an escape that means
/// the same.
pub(crate) fn json(text: &str) -> String {
    escaped(text, |letter, out| {
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

/// An id in the middle of a message: line breaks are escaped too.
pub(crate) fn id(id: &str) -> String {
    id.escape_debug().collect()
}

fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != '\n' && misleads(letter) {
            escape(letter, &mut out);
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_the_terminal() {
        let hostile = "a\u{1b}[31m\u{9b}2J\rb\n\u{202e}c\u{e0041}é";
        assert_eq!(
            text(hostile),
            "a\\u{1b}[31m\\u{9b}2J\\u{d}b\n\\u{202e}c\\u{e0041}é"
        );
        assert_eq!(id("a\n\u{1b}\u{202e}é"), "a\\n\\u{1b}\\u{202e}é");
    }

    #[test]
    fn json_means_the_same() {
        let hostile = "\u{9b}2J\u{202e}c\u{e0041}é\u{1b}";
        let value = serde_json::json!({ "id": hostile });
        let shown = json(&format!("{value:#}\n"));
        assert!(
            shown
                .chars()
                .all(|letter| letter == '\n' || !misleads(letter))
        );
        let read: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(read, value);
    }
}
