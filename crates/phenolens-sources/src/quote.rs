//! Text from a file, made fit for a message.

/// Characters of a quotation; the rest is cut.
const MAX_CHARS: usize = 80;

/// `text` in double quotes, with everything escaped that could act on a terminal or mislead the
/// eye, and cut where it is long.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// The same for bytes that may not be text.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(4 * (MAX_CHARS + 1))];
    quote(&String::from_utf8_lossy(head))
}

/// The same without the quotes, for names.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for (n_chars, character) in text.chars().enumerate() {
        if n_chars == MAX_CHARS {
            escaped.push('…');
            break;
        }
        match character {
            '"' | '\\' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            _ if misleads(character) => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Whether a terminal obeys a character or the eye misses it: control, invisible and
/// direction-changing ones.
pub fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_stays_as_it_is() {
        assert_eq!(quote("Kabuki, 3 März 日本"), "\"Kabuki, 3 März 日本\"");
    }

    #[test]
    fn what_acts_on_a_terminal_or_turns_the_text_is_escaped() {
        let nasty = "a\u{1b}[31m\"\\\n\u{202e}b\u{85}\u{feff}";
        let harmless = r#""a\u{1b}[31m\"\\\n\u{202e}b\u{85}\u{feff}""#;
        assert_eq!(quote(nasty), harmless);
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(escape(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(escape(&"é".repeat(81)), "é".repeat(80) + "…");
        assert_eq!(quote_bytes(&[b'x'; 1000]).chars().count(), 83);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        assert_eq!(quote_bytes(b"ab\xff"), "\"ab\u{fffd}\"");
    }
}
