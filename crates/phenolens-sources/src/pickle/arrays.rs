//! numpy's element types, scalars and arrays.

use half::{bf16, f16};

use super::PickleError;
use super::cursor::Span;
use super::values::{Arena, Id, Value};
use crate::elements::Number;
use crate::quote::quote_bytes;

/// Axes that a numpy array may have.
const MAX_AXES: usize = 64;

/// The type of the elements of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dtype {
    kind: Kind,
    /// Bytes of one element.
    size: usize,
    is_big_endian: bool,
    /// An array or scalar has been made of it, so that it may no longer change.
    is_used: bool,
}

/// What the elements of an array are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Float,
    Int,
    Uint,
    Bool,
    /// Text of four bytes per character.
    Text,
    Bytes,
}

/// An array: its shape and where its elements stand. Whether they are in C or Fortran order does
/// not matter for a vector, which has at most one axis longer than 1.
#[derive(Debug, Clone)]
pub(super) struct Array {
    pub(super) element: Element,
    pub(super) data: Span,
    /// A tuple of counts.
    shape: Id,
    /// A tuple that says in which order they are, where that is another one.
    axes: Option<Id>,
}

/// The elements that are read as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) number: Number,
    pub(super) is_big_endian: bool,
}

impl Dtype {
    /// The type of a code like `f4`, `<f4` or `U7`; `None` where its elements are neither numbers
    /// nor text.
    pub(super) fn parse(code: &[u8]) -> Option<Dtype> {
        let (is_big_endian, code) = match code {
            [b'>', code @ ..] => (true, code),
            [b'<' | b'=' | b'|', code @ ..] => (false, code),
            code => (false, code),
        };
        let (&letter, digits) = code.split_first()?;
        if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let size: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let (kind, size) = match (letter, size) {
            (b'f', 2 | 4 | 8) => (Kind::Float, size),
            (b'i', 1 | 2 | 4 | 8) => (Kind::Int, size),
            (b'u', 1 | 2 | 4 | 8) => (Kind::Uint, size),
            (b'b', 1) => (Kind::Bool, 1),
            (b'U', _) => (Kind::Text, 4 * size),
            (b'S' | b'a', _) => (Kind::Bytes, size),
            _ => return None,
        };
        Some(Dtype {
            kind,
            size,
            is_big_endian,
            is_used: false,
        })
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Float => "float",
            Kind::Int => "integer",
            Kind::Uint => "unsigned integer",
            Kind::Bool => "boolean",
            Kind::Text => "text",
            Kind::Bytes => "bytes",
        }
    }

    /// How its elements are read, where they are real numbers.
    fn element(&self) -> Option<Element> {
        let number = match (self.kind, self.size) {
            (Kind::Float, 2) => Number::F16,
            (Kind::Float, 4) => Number::F32,
            (Kind::Float, 8) => Number::F64,
            (Kind::Int, 1) => Number::I8,
            (Kind::Int, 2) => Number::I16,
            (Kind::Int, 4) => Number::I32,
            (Kind::Int, 8) => Number::I64,
            (Kind::Uint, 1) => Number::U8,
            (Kind::Uint, 2) => Number::U16,
            (Kind::Uint, 4) => Number::U32,
            (Kind::Uint, 8) => Number::U64,
            _ => return None,
        };
        Some(Element {
            number,
            is_big_endian: self.is_big_endian,
        })
    }
}

/// Gives a dtype its state, the tuple `(version, order, subtype, names, fields, size, alignment,
/// flags)`, with one more member in version 4.
pub(super) fn build_dtype(
    arena: &mut Arena<'_>,
    target: Id,
    state: Id,
    offset: usize,
) -> Result<(), PickleError> {
    let refused = |what: &str| PickleError::Array {
        offset: offset as u64,
        what: format!("the state of a numpy dtype {what}"),
    };
    let Some(members) = arena.tuple(state) else {
        return Err(refused("is no tuple"));
    };
    let &[version, order, subtype, names, fields, size, _, _, ..] = members else {
        return Err(refused("has fewer than 8 members"));
    };
    let n_members = match arena.get(version) {
        Value::Int(3) => 8,
        Value::Int(4) => 9,
        _ => return Err(refused("has an unknown version")),
    };
    if members.len() != n_members {
        return Err(refused(
            "has a number of members that does not suit its version",
        ));
    }
    let is_none = |id: Id| matches!(arena.get(id), Value::None);
    if ![subtype, names, fields].into_iter().all(is_none) {
        return Err(PickleError::Dtype {
            offset: offset as u64,
            dtype: "structured".to_owned(),
        });
    }
    let is_big_endian = match arena.text_or_bytes(order) {
        Some(b">") => true,
        Some(b"<" | b"=" | b"|") => false,
        _ => return Err(refused("has an unknown byte order")),
    };
    let Value::Int(size) = *arena.get(size) else {
        return Err(refused("has a size that is no integer"));
    };
    let Value::Dtype(dtype) = arena.get_mut(target) else {
        return Err(refused("is given to something else"));
    };
    if size != -1 && usize::try_from(size) != Ok(dtype.size) {
        return Err(refused("contradicts its size"));
    }
    if dtype.is_used {
        return Err(refused("changes after an array was made of it"));
    }
    dtype.is_big_endian = is_big_endian;
    Ok(())
}

/// Gives an array its state, the tuple `(version, shape, dtype, is_fortran, data)`, in old files
/// without the version.
pub(super) fn build_array(
    arena: &mut Arena<'_>,
    target: Id,
    state: Id,
    offset: usize,
) -> Result<(), PickleError> {
    let refused = |what: &str| PickleError::Array {
        offset: offset as u64,
        what: format!("the state of a numpy array {what}"),
    };
    let (shape, dtype, order, data) = match arena.tuple(state) {
        Some(&[version, shape, dtype, order, data]) => match arena.get(version) {
            Value::Int(0 | 1) => (shape, dtype, order, data),
            _ => return Err(refused("has an unknown version")),
        },
        Some(&[shape, dtype, order, data]) => (shape, dtype, order, data),
        _ => return Err(refused("is no tuple of 4 or 5")),
    };
    if !matches!(arena.get(order), Value::Bool | Value::Int(0 | 1)) {
        return Err(refused("does not say whether it is in Fortran order"));
    }
    let array = array(arena, dtype, shape, data, offset)?;
    match arena.get_mut(target) {
        Value::Array(slot @ None) => *slot = Some(Box::new(array)),
        _ => return Err(refused("arrives a second time")),
    }
    Ok(())
}

/// An array of real numbers, once everything about it has been found to fit.
pub(super) fn array(
    arena: &mut Arena<'_>,
    dtype: Id,
    shape: Id,
    data: Id,
    offset: usize,
) -> Result<Array, PickleError> {
    let offset = offset as u64;
    let refused = |what: String| PickleError::Array { offset, what };
    let Value::Dtype(dtype) = arena.get_mut(dtype) else {
        return Err(refused("a numpy array has no dtype".to_owned()));
    };
    dtype.is_used = true;
    let Some(element) = dtype.element() else {
        let dtype = dtype.name().to_owned();
        return Err(PickleError::Dtype { offset, dtype });
    };
    let element_size = dtype.size;

    let data = match *arena.get(data) {
        Value::Bytes(span) | Value::ByteArray(span) => span,
        ref other => {
            let kind = other.kind();
            return Err(refused(format!("a numpy array has {kind} for its bytes")));
        }
    };
    let Some(sides) = counts(arena, shape) else {
        return Err(refused(
            "a numpy array has a shape that is no tuple of counts".to_owned(),
        ));
    };
    let n_bytes = sides
        .iter()
        .try_fold(element_size, |product, &side| product.checked_mul(side));
    if n_bytes != Some(data.len) {
        return Err(refused(format!(
            "a numpy array of shape {sides:?} and {element_size} bytes per value has {} bytes",
            data.len
        )));
    }
    Ok(Array {
        element,
        data,
        shape,
        axes: None,
    })
}

impl Array {
    /// Its sides.
    pub(super) fn shape(&self, arena: &Arena<'_>) -> Vec<usize> {
        let checked = "the constructor and `transpose` have seen it";
        let sides = counts(arena, self.shape).expect(checked);
        match self.axes {
            None => sides,
            Some(axes) => {
                let axes = counts(arena, axes).expect(checked);
                axes.into_iter().map(|axis| sides[axis]).collect()
            }
        }
    }

    /// Puts the sides of the shape in the order that `axes` names.
    pub(super) fn transpose(
        &mut self,
        arena: &Arena<'_>,
        axes: Id,
        offset: usize,
    ) -> Result<(), PickleError> {
        let n_axes = self.shape(arena).len();
        let mut sorted = counts(arena, axes).unwrap_or_default();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..n_axes) {
            return Err(PickleError::Array {
                offset: offset as u64,
                what: format!("a numpy array of {n_axes} axes names them in no order"),
            });
        }
        self.axes = Some(axes);
        Ok(())
    }
}

/// A tuple of counts, as many as an array may have axes.
fn counts(arena: &Arena<'_>, id: Id) -> Option<Vec<usize>> {
    let members = arena.tuple(id)?;
    if members.len() > MAX_AXES {
        return None;
    }
    let counts = members.iter().map(|&member| match *arena.get(member) {
        Value::Int(count) => usize::try_from(count).ok(),
        _ => None,
    });
    counts.collect()
}

/// One value that numpy wrote with a dtype of its own.
pub(super) fn scalar(
    arena: &mut Arena<'_>,
    dtype: Id,
    data: Id,
    offset: usize,
) -> Result<Value, PickleError> {
    let refused = |what: String| PickleError::Array {
        offset: offset as u64,
        what,
    };
    let Value::Dtype(dtype) = arena.get_mut(dtype) else {
        return Err(refused("a numpy scalar has no dtype".to_owned()));
    };
    dtype.is_used = true;
    let dtype = Dtype::clone(dtype);
    let Value::Bytes(span) = *arena.get(data) else {
        let kind = arena.get(data).kind();
        return Err(refused(format!("a numpy scalar has {kind} for its bytes")));
    };
    if span.len != dtype.size {
        let (size, len) = (dtype.size, span.len);
        return Err(refused(format!(
            "a numpy scalar of {size} bytes has {len} bytes"
        )));
    }
    let bytes = arena.bytes(span);
    if let Some(element) = dtype.element() {
        return Ok(element.value(bytes));
    }
    match dtype.kind {
        Kind::Bool => Ok(Value::Bool),
        Kind::Bytes => {
            let n_padding = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
            Ok(Value::Bytes(Span {
                start: span.start,
                len: span.len - n_padding,
            }))
        }
        _ => {
            let Some(text) = utf32(bytes, dtype.is_big_endian) else {
                return Err(refused(format!(
                    "a numpy text {} is not valid UTF-32",
                    quote_bytes(bytes)
                )));
            };
            Ok(Value::Text(arena.keep(text.as_bytes(), offset)?))
        }
    }
}

impl Element {
    /// Bytes of one element.
    pub(super) fn size(self) -> usize {
        self.number.size()
    }

    /// The number that as many bytes stand for as an element has.
    pub(super) fn value(self, bytes: &[u8]) -> Value {
        let mut low = [0; 8];
        let size = self.size();
        low[..size].copy_from_slice(&bytes[..size]);
        if self.is_big_endian {
            low[..size].reverse();
        }
        let bits = u64::from_le_bytes(low);
        // Casts to fewer bits keep the low ones, which are all that the element has.
        match self.number {
            Number::F16 => Value::Float(f16::from_bits(bits as u16).to_f64()),
            Number::Bf16 => Value::Float(bf16::from_bits(bits as u16).to_f64()),
            Number::F32 => Value::Float(f64::from(f32::from_bits(bits as u32))),
            Number::F64 => Value::Float(f64::from_bits(bits)),
            Number::I8 => Value::Int(i64::from(bits as i8)),
            Number::I16 => Value::Int(i64::from(bits as i16)),
            Number::I32 => Value::Int(i64::from(bits as i32)),
            Number::I64 => Value::Int(bits as i64),
            Number::U8 | Number::U16 | Number::U32 => Value::Int(bits as i64),
            Number::U64 => match i64::try_from(bits) {
                Ok(value) => Value::Int(value),
                Err(_) => Value::LargeInt(bits),
            },
        }
    }
}

/// Text of four bytes per character, without the zeros that pad it.
fn utf32(bytes: &[u8], is_big_endian: bool) -> Option<String> {
    let (characters, _) = bytes.as_chunks::<4>();
    let text: Option<String> = characters
        .iter()
        .map(|&character| {
            char::from_u32(match is_big_endian {
                true => u32::from_be_bytes(character),
                false => u32::from_le_bytes(character),
            })
        })
        .collect();
    text.map(|text| text.trim_end_matches('\0').to_owned())
}
