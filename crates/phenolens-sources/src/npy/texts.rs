//! An array of ids.

use std::io::Read;

use phenolens_core::cohort::Stored;

use super::header::{Element, Header, fill};
use super::matrix::check_size;
use crate::Format;
use crate::format_error::{Fault, FormatError};

/// Reads an array of text or integers with one axis, from where its elements begin.
///
/// Integers are ids as they are written in decimal. Text ends before its trailing NULs, as numpy
/// pads it.
pub(crate) fn read_texts(
    format: Format,
    reader: &mut impl Read,
    header: &Header,
    n_bytes: u64,
) -> Result<Vec<String>, FormatError> {
    check_size(format, header, n_bytes)?;
    let [n_rows] = header.shape[..] else {
        let what = "an array of ids must have one axis";
        return Err(FormatError::new(format, Fault::Shape, what));
    };
    let mut bytes = vec![0; header.element.size() as usize];
    let mut texts = Vec::new();
    for _ in 0..n_rows {
        fill(format, reader, &mut bytes)?;
        let text = text(header.element, &bytes)
            .map_err(|(fault, what)| FormatError::new(format, fault, what))?;
        texts.push(text);
    }
    Ok(texts)
}

fn text(element: Element, bytes: &[u8]) -> Result<String, (Fault, String)> {
    let unfit = |what: &str| (Fault::Key, what.to_owned());
    match element {
        Element::Text { is_big_endian, .. } => {
            let (words, _) = bytes.as_chunks::<4>();
            let code = |word: &[u8; 4]| match is_big_endian {
                true => u32::from_be_bytes(*word),
                false => u32::from_le_bytes(*word),
            };
            let codes: Vec<u32> = words.iter().map(code).collect();
            let n_chars = codes
                .iter()
                .rposition(|&code| code != 0)
                .map_or(0, |last| last + 1);
            let text: Option<String> = codes[..n_chars]
                .iter()
                .map(|&code| char::from_u32(code))
                .collect();
            text.ok_or_else(|| unfit("an id holds a code that is no character"))
        }
        Element::Bytes { .. } => {
            let n_bytes = bytes
                .iter()
                .rposition(|&byte| byte != 0)
                .map_or(0, |last| last + 1);
            String::from_utf8(bytes[..n_bytes].to_vec())
                .map_err(|_| unfit("an id is bytes that are not UTF-8"))
        }
        Element::Number {
            number,
            is_big_endian,
        } if number.stored() == Stored::Integer => Ok(number.texts(bytes, is_big_endian).concat()),
        Element::Number { .. } => Err((
            Fault::Key,
            "ids are floats; ids are text or integers".to_owned(),
        )),
    }
}
