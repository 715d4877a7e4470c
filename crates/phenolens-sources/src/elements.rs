//! Numbers that stand in a file as bytes.

use half::{bf16, f16};
use phenolens_core::cohort::Stored;

/// The type of the elements of an array: real numbers by kind and bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    F16,
    Bf16,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl Number {
    /// Bytes of one element.
    pub(crate) fn size(self) -> usize {
        match self {
            Number::I8 | Number::U8 => 1,
            Number::F16 | Number::Bf16 | Number::I16 | Number::U16 => 2,
            Number::F32 | Number::I32 | Number::U32 => 4,
            Number::F64 | Number::I64 | Number::U64 => 8,
        }
    }

    /// How such elements are stored; rounding from 64 bits is not noted.
    pub(crate) fn stored(self) -> Stored {
        match self {
            Number::F16 | Number::Bf16 | Number::F32 | Number::F64 => Stored::Exact,
            _ => Stored::Integer,
        }
    }

    /// The elements in `bytes` as they are written in decimal.
    ///
    /// * `bytes`: whole elements, integers.
    pub(crate) fn texts(self, bytes: &[u8], is_big_endian: bool) -> Vec<String> {
        let is_signed = matches!(self, Number::I8 | Number::I16 | Number::I32 | Number::I64);
        let text = |element: &[u8]| {
            let mut little = element.to_vec();
            if is_big_endian {
                little.reverse();
            }
            let is_negative = is_signed && little.last().is_some_and(|&byte| byte >= 0x80);
            let mut word = [if is_negative { 0xff } else { 0 }; 8];
            word[..little.len()].copy_from_slice(&little);
            match is_signed {
                true => i64::from_le_bytes(word).to_string(),
                false => u64::from_le_bytes(word).to_string(),
            }
        };
        bytes.chunks_exact(self.size()).map(text).collect()
    }

    /// Appends the elements in `bytes` to `values`, each as the nearest 32-bit float.
    ///
    /// * `bytes`: whole elements.
    pub(crate) fn decode(self, bytes: &[u8], is_big_endian: bool, values: &mut Vec<f32>) {
        macro_rules! each {
            ($size:literal, $of:expr) => {{
                let (words, _) = bytes.as_chunks::<$size>();
                if is_big_endian {
                    values.extend(words.iter().map(|&(mut word)| {
                        word.reverse();
                        $of(word)
                    }));
                } else {
                    values.extend(words.iter().map(|&word| $of(word)));
                }
            }};
        }
        match self {
            Number::F16 => each!(2, |word| f16::from_le_bytes(word).to_f32()),
            Number::Bf16 => each!(2, |word| bf16::from_le_bytes(word).to_f32()),
            Number::F32 => each!(4, f32::from_le_bytes),
            Number::F64 => each!(8, |word| f64::from_le_bytes(word) as f32),
            Number::I8 => each!(1, |word| f32::from(i8::from_le_bytes(word))),
            Number::I16 => each!(2, |word| f32::from(i16::from_le_bytes(word))),
            Number::I32 => each!(4, |word| i32::from_le_bytes(word) as f32),
            Number::I64 => each!(8, |word| i64::from_le_bytes(word) as f32),
            Number::U8 => each!(1, |word| f32::from(u8::from_le_bytes(word))),
            Number::U16 => each!(2, |word| f32::from(u16::from_le_bytes(word))),
            Number::U32 => each!(4, |word| u32::from_le_bytes(word) as f32),
            Number::U64 => each!(8, |word| u64::from_le_bytes(word) as f32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_in_decimal() {
        let bytes = [0xff, 0xff, 0x01, 0x00];
        assert_eq!(Number::I16.texts(&bytes, false), ["-1", "1"]);
        assert_eq!(Number::U16.texts(&bytes, false), ["65535", "1"]);
        assert_eq!(Number::U16.texts(&bytes, true), ["65535", "256"]);
        assert_eq!(
            Number::U64.texts(&[0xff; 8], false),
            ["18446744073709551615"]
        );
        assert_eq!(Number::I64.texts(&[0xff; 8], true), ["-1"]);
    }

    #[test]
    fn every_type_is_read_in_both_orders() {
        let check = |number: Number, little: &[u8], expected: f32| {
            assert_eq!(little.len(), number.size());
            let mut values = Vec::new();
            number.decode(little, false, &mut values);
            let big: Vec<u8> = little.iter().rev().copied().collect();
            number.decode(&big, true, &mut values);
            assert_eq!(values, [expected, expected], "{number:?}");
        };
        // Bits by hand: 1.5 is 0 01111 1000000000, 0 01111111 1000000, 0 01111111 100….
        check(Number::F16, &[0x00, 0x3e], 1.5);
        check(Number::Bf16, &[0xc0, 0x3f], 1.5);
        check(Number::F32, &[0, 0, 0xc0, 0x3f], 1.5);
        check(Number::F64, &[0, 0, 0, 0, 0, 0, 0xf8, 0x3f], 1.5);
        check(Number::I8, &[0xfe], -2.0);
        check(Number::I16, &[0xfe, 0xff], -2.0);
        check(Number::I32, &[0xfe, 0xff, 0xff, 0xff], -2.0);
        check(
            Number::I64,
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            -2.0,
        );
        check(Number::U8, &[0xfe], 254.0);
        check(Number::U16, &[2, 1], 258.0);
        check(Number::U32, &[2, 1, 0, 0], 258.0);
        check(Number::U64, &[0, 0, 0, 0, 1, 0, 0, 0], 4_294_967_296.0);
    }
}
