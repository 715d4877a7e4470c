//! Numbers that stand in a file as text.

use crate::quote::quote;

/// Why a text is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoNumber {
    /// What it is instead, such as `"1,5" is no number`.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) hint: Option<&'static str>,
}

/// What a list of numbers in a text comes to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum List {
    /// Numbers, in the place that was given for them; whether all are written as integers.
    Numbers { all_integers: bool },
    /// A list of something else; the text says of what.
    Unusable(String),
    /// No list at all.
    Malformed(String),
}

/// Reads a decimal number, with space around it or not.
///
/// The result is the 32-bit float nearest to what is written, an infinity where that is beyond their
/// range. `nan` and `inf` are numbers here, to be judged later; hexadecimal ones, separators between
/// digits and decimal commas are none.
pub(crate) fn parse(text: &str) -> Result<f32, NoNumber> {
    let trimmed = text.trim_matches([' ', '\t']);
    match trimmed.parse::<f32>() {
        Ok(number) => Ok(number),
        Err(_) => Err(NoNumber {
            what: format!("{} is no number", quote(text)),
            hint: remedy(trimmed),
        }),
    }
}

/// Whether a number is written as an integer.
pub(crate) fn is_integer(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t']);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// How the members of a list are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// By commas.
    Json,
    /// By commas, or by space where there are none, as numpy prints them.
    Any,
}

/// Reads a list such as `[0.5, -1]` or, as numpy prints it, `[0.5 -1.]`, into `values`.
pub(crate) fn parse_list(text: &str, style: Style, values: &mut Vec<f32>) -> List {
    values.clear();
    let trimmed = text.trim();
    let inner = trimmed
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let Some(inner) = inner.map(str::trim) else {
        return not_a_list(trimmed);
    };
    if inner.is_empty() {
        return List::Numbers {
            all_integers: false,
        };
    }
    if inner.starts_with('[') {
        return List::Unusable("a list of lists".to_owned());
    }
    let mut all_integers = true;
    let by_comma = style == Style::Json || inner.contains(',');
    let by_space = |letter: char| letter.is_ascii_whitespace();
    let items: Box<dyn Iterator<Item = &str>> = match by_comma {
        true => Box::new(inner.split(',')),
        false => Box::new(inner.split(by_space).filter(|item| !item.is_empty())),
    };
    for (index, item) in items.enumerate() {
        let item = item.trim();
        match item.parse::<f32>() {
            Ok(number) => values.push(number),
            Err(_) => return not_a_number(item, index),
        }
        all_integers &= is_integer(item);
    }
    List::Numbers { all_integers }
}

/// What stands where a list should be.
fn not_a_list(text: &str) -> List {
    match text {
        "null" | "None" => List::Unusable("nothing".to_owned()),
        "true" | "false" | "True" | "False" => List::Unusable("a boolean".to_owned()),
        _ if text.parse::<f32>().is_ok() => List::Unusable("a number".to_owned()),
        _ if text.starts_with('"') => List::Unusable("text".to_owned()),
        _ => List::Malformed(format!("{} is no list of numbers", quote(text))),
    }
}

/// What stands where a member of a list should be.
fn not_a_number(item: &str, index: usize) -> List {
    let what = match item {
        "null" | "None" => format!("a list with nothing at index {index}"),
        "true" | "false" | "True" | "False" => format!("a list with a boolean at index {index}"),
        _ if item.starts_with(['"', '\'']) => format!("a list with text at index {index}"),
        _ if item.starts_with('[') => format!("a list with a list at index {index}"),
        _ => {
            let item = quote(item);
            return List::Malformed(format!("{item} at index {index} of a list is no number"));
        }
    };
    List::Unusable(what)
}

/// What to do about a text that is no number.
fn remedy(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = lower.trim_start_matches(['-', '+']);
    if unsigned.starts_with("0x") {
        return Some("write numbers in decimal");
    }
    match unsigned.split_once(',') {
        Some((whole, rest))
            if is_digits(whole) && rest.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Some("write a point as decimal mark, and no separators between digits")
        }
        _ if is_digits(&unsigned.replace('_', "")) && unsigned.contains('_') => {
            Some("write no separators between digits")
        }
        _ => Some("every column beside the ids must hold numbers; leave out the others"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Vec<f32>, List> {
        let mut values = Vec::new();
        match parse_list(text, Style::Any, &mut values) {
            List::Numbers { .. } => Ok(values),
            other => Err(other),
        }
    }

    #[test]
    fn decimal_numbers_are_read_and_others_are_not() {
        for (text, number) in [
            ("1", 1.0),
            (" 1.0 ", 1.0),
            ("+1", 1.0),
            ("-0", -0.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e5", 1e5),
            ("1E-5", 1e-5),
            ("1e400", f32::INFINITY),
            ("-inf", f32::NEG_INFINITY),
        ] {
            let found = parse(text).expect(text);
            assert_eq!(found.to_bits(), f32::to_bits(number), "{text}");
        }
        assert!(parse("NaN").expect("a number").is_nan());
        for text in [
            "", "one", "0x1p3", "0x10", "1_000", "1,5", "1.2.3", "1 2", "NA", "--1", "\u{a0}1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(
            parse("0x10").expect_err("hexadecimal").hint,
            Some("write numbers in decimal")
        );
        let comma = parse("1,5").expect_err("a decimal comma");
        assert!(comma.hint.expect("a remedy").contains("decimal mark"));
    }

    #[test]
    fn lists_are_read_as_json_and_numpy_write_them() {
        assert_eq!(numbers("[0.5, -1]"), Ok(vec![0.5, -1.0]));
        assert_eq!(numbers("[0.5 -1.\n 2e3]"), Ok(vec![0.5, -1.0, 2000.0]));
        assert_eq!(numbers(" [] "), Ok(vec![]));
        let json = parse_list("[0.5 -1.]", Style::Json, &mut Vec::new());
        assert!(matches!(json, List::Malformed(_)));
        for (text, what) in [
            ("[1, null]", "a list with nothing at index 1"),
            ("[true]", "a list with a boolean at index 0"),
            ("[\"a\"]", "a list with text at index 0"),
            ("[[1]]", "a list of lists"),
            ("[1, [2]]", "a list with a list at index 1"),
            ("null", "nothing"),
            ("3", "a number"),
        ] {
            assert_eq!(
                numbers(text),
                Err(List::Unusable(what.to_owned())),
                "{text}"
            );
        }
        for text in ["[1, 2", "1, 2]", "[1; 2]", "[1,,2]", "[0x1]", "word", ""] {
            assert!(matches!(numbers(text), Err(List::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn integers_are_told_by_how_they_are_written() {
        assert!(is_integer(" -12 ") && is_integer("007"));
        assert!(!is_integer("1.0") && !is_integer("") && !is_integer("-") && !is_integer("1e3"));
    }
}
