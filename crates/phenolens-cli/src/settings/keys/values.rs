//! What getters and setters have in common: values as TOML, and what a value may be.

use toml::Value;

use crate::settings::choice::Choice;
use crate::settings::given::{Given, Unfit};

/// The subject of data that have none.
pub(super) const NONE: &str = "none";

/// A word of the report: it stands in headings and sentences.
pub(super) fn word(given: &Given) -> Result<String, Unfit> {
    let word = given.text()?;
    let n_chars = word.chars().count();
    if (1..=40).contains(&n_chars) && word.trim() == word && !word.chars().any(char::is_control) {
        // Data without subjects are asked for by this word.
        if word == NONE {
            return Err(Unfit("a word other than \"none\"".to_owned()));
        }
        return Ok(word);
    }
    Err(Unfit("a word of 1 to 40 characters".to_owned()))
}

pub(super) fn auto_or(
    given: &Given,
    wanted: &str,
    fits: fn(f64) -> bool,
) -> Result<Option<f64>, Unfit> {
    if given.text().is_ok_and(|text| text == "auto") {
        return Ok(None);
    }
    given.real(&format!("\"auto\" or {wanted}"), fits).map(Some)
}

pub(super) fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

pub(super) fn whole(number: u64) -> Value {
    Value::Integer(i64::try_from(number).expect("settings hold numbers that TOML can write"))
}

pub(super) fn size(number: usize) -> Value {
    whole(number as u64)
}

pub(super) fn path(path: Option<&std::path::PathBuf>) -> Value {
    text(&path.map_or(String::new(), |path| path.display().to_string()))
}

pub(super) fn name<T: Choice>(choice: T) -> Value {
    text(choice.name())
}

pub(super) fn names<T: Choice>(choices: &[T]) -> Value {
    Value::Array(choices.iter().copied().map(name).collect())
}

pub(super) fn chosen_names<T: Choice>(all: &[T], wanted: &[bool]) -> Value {
    let chosen = all.iter().zip(wanted).filter(|&(_, &wanted)| wanted);
    Value::Array(chosen.map(|(&choice, _)| name(choice)).collect())
}

pub(super) fn number_or_auto(number: Option<f64>) -> Value {
    number.map_or_else(|| text("auto"), Value::Float)
}
