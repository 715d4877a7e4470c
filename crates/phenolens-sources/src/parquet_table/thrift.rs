//! As much of Thrift's compact protocol as it takes to pass over a structure.
//!
//! Booleans in lists are refused: nothing that is needed has any, and the library counts no bytes for
//! them, so that it would go on elsewhere, after as many steps as a list claims.

/// Structures inside one another.
const MAX_DEPTH: usize = 16;

/// What is left of the bytes.
pub(super) struct Compact<'a> {
    rest: &'a [u8],
}

/// The type of a field that holds no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Boolean,
    Byte,
    /// Of 16 to 64 bits, which are written alike.
    Integer,
    Double,
    Binary,
}

/// A field of a structure, or an element of a list.
pub(super) struct Field {
    pub(super) id: i16,
    kind: u8,
}

const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

impl<'a> Compact<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Compact<'a> {
        Compact { rest: bytes }
    }

    /// Bytes that are left.
    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    /// The next field of a structure whose last one had the number `last`; `Some(None)` at its end,
    /// `None` where the bytes are none.
    pub(super) fn field(&mut self, last: i16) -> Option<Option<Field>> {
        let byte = self.byte()?;
        let kind = byte & 0x0f;
        if kind == STOP {
            return Some(None);
        }
        let step = i16::from(byte >> 4);
        let id = match step {
            0 => i16::try_from(self.zigzag()?).ok()?,
            step => last.checked_add(step)?,
        };
        Some(Some(Field { id, kind }))
    }

    /// The value of a field that is an integer.
    pub(super) fn integer(&mut self, field: &Field) -> Option<i64> {
        match field.kind {
            I16 | I32 | I64 => self.zigzag(),
            _ => None,
        }
    }

    /// Whether a field is a structure.
    pub(super) fn is_structure(field: &Field) -> bool {
        field.kind == STRUCT
    }

    /// Whether a field is a list.
    pub(super) fn is_list(field: &Field) -> bool {
        field.kind == LIST
    }

    /// The number of elements of a list, and what each is.
    pub(super) fn list(&mut self) -> Option<(u64, Field)> {
        let byte = self.byte()?;
        let kind = byte & 0x0f;
        let n_elements = match byte >> 4 {
            15 => self.varint()?,
            n_elements => u64::from(n_elements),
        };
        if matches!(kind, TRUE | FALSE) {
            return None;
        }
        Some((n_elements, Field { id: 0, kind }))
    }

    /// Passes over the value of a field.
    pub(super) fn skip(&mut self, field: &Field) -> Option<()> {
        self.skip_value(field, 0)
    }

    fn skip_value(&mut self, field: &Field, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match field.kind {
            // The type is the value.
            TRUE | FALSE => Some(()),
            BYTE => self.byte().map(drop),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.take(8),
            BINARY => {
                let n_bytes = usize::try_from(self.varint()?).ok()?;
                self.take(n_bytes)
            }
            LIST | SET => {
                let (n_elements, element) = self.list()?;
                (0..n_elements).try_for_each(|_| self.skip_value(&element, depth + 1))
            }
            STRUCT => {
                let mut last = 0;
                while let Some(field) = self.field(last)? {
                    last = field.id;
                    self.skip_value(&field, depth + 1)?;
                }
                Some(())
            }
            // No version of the format has a mapping.
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn take(&mut self, n_bytes: usize) -> Option<()> {
        self.rest = self.rest.get(n_bytes..)?;
        Some(())
    }

    /// A number of which every byte but the last has its highest bit set.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

impl Field {
    /// Whether it is of a type.
    pub(super) fn is(&self, wire: Wire) -> bool {
        match wire {
            Wire::Boolean => matches!(self.kind, TRUE | FALSE),
            Wire::Byte => self.kind == BYTE,
            Wire::Integer => matches!(self.kind, I16 | I32 | I64),
            Wire::Double => self.kind == DOUBLE,
            Wire::Binary => self.kind == BINARY,
        }
    }
}
