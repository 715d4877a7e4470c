//! JSON Lines: one object per line, with the three ids and a list.

mod object;

pub(crate) use object::{Object, depth};

use phenolens_core::cohort::{RawCohort, Stored};

use crate::delimited::decode;
use crate::format_error::{Excess, Fault, FormatError, Place};
use crate::labels::{IdColumns, missing_columns};
use crate::numbers::{self, List, Style};
use crate::quote::quote;
use crate::records::{RECORD_BYTES, Records};
use crate::{Format, ReadOptions};

/// The field that is taken for the vector where several hold lists.
const VECTOR: &str = "vector";

/// Reads the bytes of a file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    n_stored: u64,
    options: &ReadOptions,
) -> Result<RawCohort, FormatError> {
    let text = decode(Format::JsonLines, bytes)?;
    let max_rows = options.limits.cohort(n_stored) / RECORD_BYTES;
    let lines: Vec<(u64, &str)> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .take(usize::try_from(max_rows + 1).unwrap_or(usize::MAX))
        .collect();
    if lines.len() as u64 > max_rows {
        let limit = options.limits.cohort(n_stored);
        return Err(Excess::Cohort { limit }.of(Format::JsonLines));
    }
    let Some(&(number, first)) = lines.first() else {
        return Err(fault(Fault::Truncated, "the file has no lines".to_owned()));
    };
    let first = object(number, first, options)?;
    let names: Vec<String> = first.names().map(str::to_owned).collect();
    let ids = IdColumns::find(&names, &options.columns).map_err(|missing| {
        missing_columns(Format::JsonLines, &names, &missing, &options.columns)
            .at(Place::Line(number, None))
    })?;
    let vector =
        vector_field(&first, &ids, options).map_err(|error| error.at(Place::Line(number, None)))?;
    let fields = Fields {
        class: &names[ids.class],
        subject: ids.subject.map(|subject| names[subject].as_str()),
        sample: &names[ids.sample],
        vector: &vector,
    };

    let mut rows = Vec::with_capacity(lines.len());
    let mut all_integers = true;
    let mut values = Vec::new();
    for (number, line) in lines {
        let object = object(number, line, options)?;
        let row = fields.of(&object, number)?;
        if let Some(text) = row.vector
            && let List::Numbers {
                all_integers: integers,
            } = numbers::parse_list(text, Style::Json, &mut values)
        {
            all_integers &= integers;
        }
        rows.push(row);
    }
    let stored = if all_integers {
        Stored::Integer
    } else {
        Stored::Exact
    };
    let mut records = Records::new(ids.labelling(), n_stored, &options.limits);
    for row in rows {
        row.push(&mut records, &mut values, stored, &vector)?;
    }
    records.note_newline(text.ends_with('\n'));
    Ok(records.finish())
}

/// The names of the fields.
struct Fields<'a> {
    class: &'a str,
    subject: Option<&'a str>,
    sample: &'a str,
    vector: &'a str,
}

/// What a line holds.
struct Row<'a> {
    line: u64,
    ids: [String; 3],
    /// JSON; `None` where there is none.
    vector: Option<&'a str>,
}

impl Fields<'_> {
    fn of<'a>(&self, object: &Object<'a>, line: u64) -> Result<Row<'a>, FormatError> {
        let id = |name: &str| {
            let place = || Place::Line(line, Some(quote(name)));
            let Some(value) = object.get(name) else {
                let error = fault(Fault::Columns, "the field is missing".to_owned());
                return Err(error
                    .at(place())
                    .hint("every line must have the same fields"));
            };
            id(value).map_err(|what| {
                let what = format!("the id is {what}; ids are text or integers");
                fault(Fault::Key, what).at(place())
            })
        };
        let sample = id(self.sample)?;
        let subject = match self.subject {
            Some(subject) => id(subject)?,
            None => sample.clone(),
        };
        Ok(Row {
            line,
            ids: [id(self.class)?, subject, sample],
            vector: object.get(self.vector),
        })
    }
}

impl Row<'_> {
    fn push(
        self,
        records: &mut Records,
        values: &mut Vec<f32>,
        stored: Stored,
        field: &str,
    ) -> Result<(), FormatError> {
        let place = Place::Line(self.line, Some(quote(field)));
        let pushed = match self.vector {
            None | Some("null") => records.push_missing(self.ids),
            Some(text) if text.starts_with('{') => {
                records.push_unusable(self.ids, "an object".to_owned())
            }
            Some(text) => match numbers::parse_list(text, Style::Json, values) {
                List::Numbers { .. } => records.push(self.ids, values, stored),
                List::Unusable(what) => records.push_unusable(self.ids, what),
                List::Malformed(what) => return Err(fault(Fault::Number, what).at(place)),
            },
        };
        pushed.map_err(|excess: Excess| excess.of(Format::JsonLines).at(place))
    }
}

/// The object of a line.
fn object<'a>(
    number: u64,
    line: &'a str,
    options: &ReadOptions,
) -> Result<Object<'a>, FormatError> {
    let refused = |fault: Fault, what: String, hint: &str| {
        let error = FormatError::new(Format::JsonLines, fault, what);
        Err(error.at(Place::Line(number, None)).hint(hint))
    };
    if depth(line) > options.limits.depth {
        let limit = options.limits.depth;
        let what = format!("values are nested over {limit} deep");
        return refused(
            Fault::Limit,
            what,
            "a line holds ids and one list of numbers",
        );
    }
    if line.trim_start().starts_with('[') {
        let what = "the line holds an array where an object is needed".to_owned();
        return refused(
            Fault::Malformed,
            what,
            "write one object per line, without brackets around them",
        );
    }
    let object = match serde_json::from_str::<Object<'a>>(line) {
        Ok(object) => object,
        Err(error) if error.is_eof() => {
            let what = "the object does not end on its line".to_owned();
            return refused(
                Fault::Malformed,
                what,
                "write one whole object per line; was the file copied completely?",
            );
        }
        Err(error) => {
            let what = format!("no JSON object: {error}");
            return refused(Fault::Malformed, what, "write one whole object per line");
        }
    };
    match object.repeated() {
        Some(name) => {
            let what = format!("the field {} stands twice", quote(name));
            refused(
                Fault::DuplicateKey,
                what,
                "give every field a name of its own",
            )
        }
        None => Ok(object),
    }
}

/// The field that holds the vectors.
fn vector_field(
    first: &Object<'_>,
    ids: &IdColumns,
    options: &ReadOptions,
) -> Result<String, FormatError> {
    if let Some(name) = &options.vector {
        return Ok(name.clone());
    }
    let names: Vec<&str> = first.names().collect();
    if names.contains(&VECTOR) {
        return Ok(VECTOR.to_owned());
    }
    let is_array = |name: &str| first.get(name).is_some_and(|value| value.starts_with('['));
    let arrays: Vec<&str> = (0..names.len())
        .filter(|&field| !ids.contains(field) && is_array(names[field]))
        .map(|field| names[field])
        .collect();
    match arrays[..] {
        [only] => Ok(only.to_owned()),
        [] => Err(fault(Fault::Columns, "no field holds a list".to_owned())
            .hint("call the field with the vectors \"vector\", or name it by data.vector")),
        _ => {
            let arrays: Vec<String> = arrays.into_iter().map(quote).collect();
            let what = format!("several fields hold lists: {}", arrays.join(", "));
            Err(fault(Fault::Columns, what).hint("name the one with the vectors by data.vector"))
        }
    }
}

/// An id, or what stands there instead.
fn id(value: &str) -> Result<String, &'static str> {
    match value.as_bytes().first() {
        Some(b'"') => serde_json::from_str(value).map_err(|_| "text that cannot be read"),
        Some(b'-' | b'0'..=b'9') if numbers::is_integer(value) => Ok(value.to_owned()),
        Some(b'-' | b'0'..=b'9') => Err("a float"),
        Some(b't' | b'f') => Err("a boolean"),
        Some(b'[') => Err("a list"),
        Some(b'{') => Err("an object"),
        _ => Err("missing"),
    }
}

fn fault(fault: Fault, what: String) -> FormatError {
    FormatError::new(Format::JsonLines, fault, what)
}
