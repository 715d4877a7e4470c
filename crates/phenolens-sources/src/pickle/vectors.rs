//! What stands where a vector should be, as 32-bit floats.

use phenolens_core::cohort::Stored;

use super::arrays::Array;
use super::values::{Arena, Id, Value};
use crate::elements::Number;

#[cfg(test)]
mod tests;

/// What stands where a vector should be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Vector {
    Values {
        values: Vec<f32>,
        stored: Stored,
    },
    Missing,
    /// Well-formed, but no vector; the text says what it is.
    Unusable(String),
}

/// Reads a vector: an array of shape `(d,)`, `(1, d)` or `(d, 1)`, or a list or tuple of numbers,
/// by itself or as the only member of another.
pub(super) fn read(arena: &Arena<'_>, id: Id) -> Vector {
    if matches!(arena.get(id), Value::None) {
        return Vector::Missing;
    }
    let row = row(arena, id);
    match arena.get(row) {
        Value::Array(Some(array)) => from_array(arena, array),
        Value::List(members) => from_members(arena, members, "list"),
        Value::Tuple(members) => from_members(arena, members, "tuple"),
        _ => Vector::Unusable(describe(arena, id)),
    }
}

/// Numbers that reading a vector looks at, at most.
pub(super) fn n_values(arena: &Arena<'_>, id: Id) -> u64 {
    let n_values = match arena.get(row(arena, id)) {
        Value::Array(Some(array)) => array.data.len / array.element.size(),
        Value::List(members) => members.len(),
        Value::Tuple(members) => members.len(),
        _ => 0,
    };
    n_values as u64
}

/// What a value is, in a few words, for messages.
pub(super) fn describe(arena: &Arena<'_>, id: Id) -> String {
    match arena.get(id) {
        Value::Array(Some(array)) => {
            format!("an array of shape {}", shape_text(&array.shape(arena)))
        }
        Value::List(members) => format!("a list of {} values", members.len()),
        Value::Tuple(members) => format!("a tuple of {} values", members.len()),
        other => other.kind().to_owned(),
    }
}

/// The only member of a list or tuple where that is itself a list, a tuple or an array: a matrix of
/// one row. Otherwise the value itself.
fn row(arena: &Arena<'_>, id: Id) -> Id {
    let only = match arena.get(id) {
        Value::List(members) => members.as_slice(),
        Value::Tuple(members) => members,
        _ => return id,
    };
    match *only {
        [member]
            if matches!(
                arena.get(member),
                Value::List(_) | Value::Tuple(_) | Value::Array(_)
            ) =>
        {
            member
        }
        _ => id,
    }
}

/// A shape as Python writes it.
fn shape_text(shape: &[usize]) -> String {
    match *shape {
        [side] => format!("({side},)"),
        _ => {
            let sides: Vec<String> = shape.iter().take(8).map(usize::to_string).collect();
            format!("({})", sides.join(", "))
        }
    }
}

fn from_array(arena: &Arena<'_>, array: &Array) -> Vector {
    let shape = array.shape(arena);
    let is_vector = match shape[..] {
        [_] => true,
        [n_rows, n_columns] => n_rows == 1 || n_columns == 1,
        _ => false,
    };
    if !is_vector {
        let shape = shape_text(&shape);
        return Vector::Unusable(format!("an array of shape {shape}, which is no vector"));
    }
    let bytes = arena.bytes(array.data);
    let elements = bytes.chunks_exact(array.element.size());
    if array.element.number == Number::F32 {
        // The usual case, and the one in which every bit is kept.
        let (words, _) = bytes.as_chunks::<4>();
        let values = match array.element.is_big_endian {
            true => words.iter().map(|&word| f32::from_be_bytes(word)).collect(),
            false => words.iter().map(|&word| f32::from_le_bytes(word)).collect(),
        };
        let stored = Stored::Exact;
        return Vector::Values { values, stored };
    }
    let mut rounding = Rounding::new(elements.len());
    for element in elements {
        rounding.push(&array.element.value(element));
    }
    rounding.finish()
}

fn from_members(arena: &Arena<'_>, members: &[Id], container: &str) -> Vector {
    let mut rounding = Rounding::new(members.len());
    for (index, &member) in members.iter().enumerate() {
        let value = arena.get(member);
        if !rounding.push(value) {
            return Vector::Unusable(match (index, value) {
                (0, Value::Bool) => format!("a {container} of booleans"),
                (0, value) => format!("a {container} that begins with {}", value.kind()),
                (_, value) => format!("a {container} with {} at index {index}", value.kind()),
            });
        }
    }
    rounding.finish()
}

/// Collects numbers as 32-bit floats and notes what that does to them.
struct Rounding {
    values: Vec<f32>,
    has_float: bool,
    has_changed: bool,
}

impl Rounding {
    fn new(n_values: usize) -> Rounding {
        Rounding {
            values: Vec::with_capacity(n_values),
            has_float: false,
            has_changed: false,
        }
    }

    /// Adds a number; says whether it was one. A number beyond the range of 32-bit floats becomes
    /// an infinity.
    fn push(&mut self, value: &Value) -> bool {
        match *value {
            Value::Int(value) => {
                let rounded = value as f32;
                self.has_changed |= rounded as i128 != i128::from(value);
                self.values.push(rounded);
            }
            Value::LargeInt(value) => {
                let rounded = value as f32;
                self.has_changed |= rounded as i128 != i128::from(value);
                self.values.push(rounded);
            }
            Value::Float(value) => {
                let rounded = value as f32;
                self.has_float = true;
                self.has_changed |= !value.is_nan() && f64::from(rounded) != value;
                self.values.push(rounded);
            }
            _ => return false,
        }
        true
    }

    fn finish(self) -> Vector {
        let stored = match (self.has_changed, self.has_float) {
            (true, _) => Stored::Rounded,
            (false, true) => Stored::Exact,
            // Nothing at all was stored as nothing in particular.
            (false, false) if self.values.is_empty() => Stored::Exact,
            (false, false) => Stored::Integer,
        };
        Vector::Values {
            values: self.values,
            stored,
        }
    }
}
