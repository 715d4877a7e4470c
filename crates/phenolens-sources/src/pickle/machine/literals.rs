//! Instructions that hold a number, a text or bytes.

use super::Machine;
use crate::pickle::PickleError;
use crate::pickle::cursor::Span;
use crate::pickle::literals;
use crate::pickle::opcodes as op;
use crate::pickle::values::Value;
use crate::quote::quote_bytes;

impl Machine<'_> {
    pub(super) fn decimal(&mut self, opcode: u8) -> Result<(), PickleError> {
        let line = self.cursor.line(self.opcode)?;
        let digits = self.arena.bytes(line);
        let value = match (opcode, digits) {
            (op::INT, b"00" | b"01") => Some(Value::Bool),
            (op::FLOAT, digits) => literals::float(digits).map(Value::Float),
            (op::LONG, [digits @ .., b'L']) => literals::integer(digits),
            (_, digits) => literals::integer(digits),
        };
        match value {
            Some(value) => self.push(value),
            None => Err(self.unreadable(line, "it is no number of at most 64 bits")),
        }
    }

    pub(super) fn binary_number(&mut self, opcode: u8) -> Result<(), PickleError> {
        let name = self.opcode;
        let value = match opcode {
            op::BININT => Value::Int(i64::from(i32::from_le_bytes(self.cursor.array(name)?))),
            op::BININT1 => Value::Int(i64::from(u8::from_le_bytes(self.cursor.array(name)?))),
            op::BININT2 => Value::Int(i64::from(u16::from_le_bytes(self.cursor.array(name)?))),
            op::BINFLOAT => Value::Float(f64::from_be_bytes(self.cursor.array(name)?)),
            _ => {
                let len = match opcode {
                    op::LONG1 => i64::from(u8::from_le_bytes(self.cursor.array(name)?)),
                    _ => i64::from(i32::from_le_bytes(self.cursor.array(name)?)),
                };
                let Ok(len) = u64::try_from(len) else {
                    return Err(self.misfit(format!("claims a length of {len}")));
                };
                let digits = self.cursor.take(len, name)?;
                match literals::twos_complement(self.arena.bytes(digits)) {
                    Some(value) => value,
                    None => return Err(self.unreadable(digits, "it needs more than 64 bits")),
                }
            }
        };
        self.push(value)
    }

    pub(super) fn escaped_text(&mut self, opcode: u8) -> Result<(), PickleError> {
        let line = self.cursor.line(self.opcode)?;
        let escaped = self.arena.bytes(line);
        let value = if opcode == op::UNICODE {
            let Some(text) = literals::raw_unicode_escape(escaped) else {
                return Err(self.unreadable(line, "an escape in it is no character"));
            };
            Value::Text(self.arena.keep(text.as_bytes(), self.at)?)
        } else {
            let Some(bytes) = literals::quoted_string(escaped) else {
                return Err(self.unreadable(line, "it is no quoted string"));
            };
            Value::Bytes(self.arena.keep(&bytes, self.at)?)
        };
        self.push(value)
    }

    pub(super) fn counted_bytes(&mut self, opcode: u8) -> Result<(), PickleError> {
        let name = self.opcode;
        let len = match opcode {
            op::SHORT_BINUNICODE | op::SHORT_BINBYTES | op::SHORT_BINSTRING => {
                u64::from(u8::from_le_bytes(self.cursor.array(name)?))
            }
            op::BINUNICODE | op::BINBYTES => {
                u64::from(u32::from_le_bytes(self.cursor.array(name)?))
            }
            op::BINSTRING => {
                let len = i32::from_le_bytes(self.cursor.array(name)?);
                match u64::try_from(len) {
                    Ok(len) => len,
                    Err(_) => return Err(self.misfit(format!("claims a length of {len}"))),
                }
            }
            _ => u64::from_le_bytes(self.cursor.array(name)?),
        };
        let span = self.cursor.take(len, name)?;
        let value = match opcode {
            op::BINUNICODE | op::SHORT_BINUNICODE | op::BINUNICODE8 => {
                if std::str::from_utf8(self.arena.bytes(span)).is_err() {
                    return Err(self.unreadable(span, "it is not valid UTF-8"));
                }
                Value::Text(span)
            }
            op::BYTEARRAY8 => Value::ByteArray(span),
            _ => Value::Bytes(span),
        };
        self.push(value)
    }

    pub(super) fn unreadable(&self, span: Span, what: &'static str) -> PickleError {
        PickleError::Literal {
            offset: self.at as u64,
            opcode: self.opcode,
            value: quote_bytes(self.arena.bytes(span)),
            what,
        }
    }
}
