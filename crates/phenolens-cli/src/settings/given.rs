//! One value as a user gave it, and what can be made of it.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml::Value;

use super::choice::Choice;

/// A value as a user gave it.
#[derive(Debug, Clone)]
pub(super) enum Given<'a> {
    /// In a settings file: TOML, exactly typed; paths are relative to the file's folder.
    File { value: Value, folder: &'a Path },
    /// On the command line or in the environment, where shells eat quotes: TOML, or bare words.
    Word(&'a str),
}

/// What a setting wants instead, such as `a whole number from 2 to 1000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfit(pub(super) String);

impl Given<'_> {
    /// The value for a message, cut where it is long.
    pub(super) fn shown(&self) -> String {
        let text = match self {
            Given::File { value, .. } => value.to_string(),
            Given::Word(word) => (*word).to_owned(),
        };
        let escaped: String = text.chars().flat_map(char::escape_debug).collect();
        let escaped = escaped.replace("\\\"", "\"").replace("\\'", "'");
        match escaped.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &escaped[..end]),
            None => escaped,
        }
    }

    /// A whole number in a range.
    pub(super) fn whole(&self, range: RangeInclusive<u64>) -> Result<u64, Unfit> {
        let number = self.toml().and_then(|value| value.as_integer());
        match number.and_then(|number| u64::try_from(number).ok()) {
            Some(number) if range.contains(&number) => Ok(number),
            _ => {
                let (low, high) = (range.start(), range.end());
                Err(Unfit(format!("a whole number from {low} to {high}")))
            }
        }
    }

    /// The same for what counts things in memory.
    pub(super) fn size(&self, range: RangeInclusive<u32>) -> Result<usize, Unfit> {
        let range = u64::from(*range.start())..=u64::from(*range.end());
        let number = self.whole(range)?;
        Ok(usize::try_from(number).expect("the range holds 32-bit numbers only"))
    }

    /// A number that `fits`; `wanted` says which do.
    pub(super) fn real(&self, wanted: &str, fits: fn(f64) -> bool) -> Result<f64, Unfit> {
        let number = match self.toml() {
            Some(Value::Float(number)) => Some(number),
            // Every whole number that makes sense in a setting is exact in a float.
            Some(Value::Integer(number)) => Some(number as f64),
            _ => None,
        };
        number
            .filter(|&number| fits(number))
            .ok_or_else(|| Unfit(wanted.to_owned()))
    }

    /// `true` or `false`.
    pub(super) fn flag(&self) -> Result<bool, Unfit> {
        self.toml()
            .and_then(|value| value.as_bool())
            .ok_or_else(|| Unfit("true or false".to_owned()))
    }

    /// A text.
    pub(super) fn text(&self) -> Result<String, Unfit> {
        match (self.toml(), self) {
            (Some(Value::String(text)), _) => Ok(text),
            (_, Given::Word(word)) => Ok((*word).to_owned()),
            _ => Err(Unfit("a text in quotes".to_owned())),
        }
    }

    /// A list of texts; on the command line also `a,b` and, where a shell ate the quotes, `[a,b]`.
    pub(super) fn texts(&self) -> Result<Vec<String>, Unfit> {
        if let Some(Value::Array(items)) = self.toml() {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect();
            if let Some(texts) = texts {
                return Ok(texts);
            }
        }
        let Given::Word(word) = self else {
            return Err(Unfit("a list of texts in quotes".to_owned()));
        };
        let bare = word.trim();
        let bare = bare
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(bare);
        Ok(bare
            .split(',')
            .map(|item| item.trim().trim_matches('"').to_owned())
            .filter(|item| !item.is_empty())
            .collect())
    }

    /// A file, or none where the text is empty.
    pub(super) fn path(&self) -> Result<Option<PathBuf>, Unfit> {
        let text = self.text()?;
        Ok(match self {
            _ if text.is_empty() => None,
            Given::File { folder, .. } => Some(folder.join(text)),
            Given::Word(_) => Some(PathBuf::from(text)),
        })
    }

    /// Files, relative to the settings file where they stand in one.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Unfit> {
        let texts = self.texts()?;
        Ok(match self {
            Given::File { folder, .. } => texts.iter().map(|text| folder.join(text)).collect(),
            Given::Word(_) => texts.into_iter().map(PathBuf::from).collect(),
        })
    }

    /// A number of bytes such as `500000000`, `"512 MiB"` or `"8GB"`, or none.
    pub(super) fn bytes(&self) -> Result<Option<u64>, Unfit> {
        let text = match self.toml().and_then(|value| value.as_integer()) {
            Some(number) => number.to_string(),
            None => self.text()?,
        };
        if text == "none" {
            return Ok(None);
        }
        let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, unit) = text.split_at(n_digits);
        let unit = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => Some(1),
            "kb" => Some(1000),
            "mb" => Some(1_000_000),
            "gb" => Some(1_000_000_000),
            "kib" => Some(1 << 10),
            "mib" => Some(1 << 20),
            "gib" => Some(1 << 30),
            _ => None,
        };
        let number: Option<u64> = digits.parse().ok();
        let bytes = number
            .zip(unit)
            .and_then(|(number, unit)| number.checked_mul(unit));
        match bytes {
            Some(bytes) if bytes > 0 => Ok(Some(bytes)),
            _ => Err(Unfit(
                "a number of bytes such as \"8 GiB\" or \"500 MB\", or \"none\"".to_owned(),
            )),
        }
    }

    /// One name of a few.
    pub(super) fn choice<T: Choice>(&self) -> Result<T, Unfit> {
        let text = self.text().unwrap_or_default();
        chosen(&text).ok_or_else(|| Unfit(format!("one of {}", names(T::ALL))))
    }

    /// Some names of a few, each once, in the order given; at least `min` of them.
    pub(super) fn choices<T: Choice>(&self, min: usize) -> Result<Vec<T>, Unfit> {
        let among = if min == 0 { "some or none" } else { "some" };
        let unfit = || Unfit(format!("a list of {among} of {}, each once", names(T::ALL)));
        let mut all = Vec::new();
        for text in self.texts().map_err(|_| unfit())? {
            match chosen(&text) {
                Some(choice) if !all.contains(&choice) => all.push(choice),
                _ => return Err(unfit()),
            }
        }
        if all.len() < min {
            return Err(unfit());
        }
        Ok(all)
    }

    /// One of the few values that this version supports, where others are to come.
    pub(super) fn only(&self, supported: &[&str]) -> Result<(), Unfit> {
        let text = self.text().unwrap_or_default();
        if supported.contains(&text.as_str()) {
            return Ok(());
        }
        let quoted: Vec<String> = supported.iter().map(|name| format!("{name:?}")).collect();
        Err(Unfit(format!("{} in this version", quoted.join(" or "))))
    }

    /// The value as TOML, where it is TOML.
    fn toml(&self) -> Option<Value> {
        match self {
            Given::File { value, .. } => Some(value.clone()),
            Given::Word(word) => {
                let table: toml::Table = format!("value = {word}").parse().ok()?;
                // A line break in the word could bring in other keys.
                let mut entries = table.into_iter();
                entries
                    .next()
                    .filter(|_| entries.next().is_none())
                    .map(|(_, value)| value)
            }
        }
    }
}

fn chosen<T: Choice>(name: &str) -> Option<T> {
    T::ALL.iter().copied().find(|choice| choice.name() == name)
}

fn names<T: Choice>(all: &[T]) -> String {
    let quoted: Vec<String> = all
        .iter()
        .map(|choice| format!("{:?}", choice.name()))
        .collect();
    quoted.join(", ")
}
