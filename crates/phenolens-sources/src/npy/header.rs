//! What an npy file says of itself: a Python dictionary of three keys, read as a literal.

use std::io::{self, Read};

use crate::Format;
use crate::elements::Number;
use crate::format_error::{Fault, FormatError, Place};
use crate::quote::{quote, quote_bytes};

/// Bytes of a header; numpy itself refuses longer ones than 10,000.
const MAX_HEADER: usize = 64 << 10;

/// Axes that an array may have.
const MAX_AXES: usize = 64;

/// The header of an npy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) element: Element,
    /// Whether columns stand one after another instead of rows.
    pub(crate) is_fortran: bool,
    pub(crate) shape: Vec<u64>,
    /// Where the elements begin, in bytes from the start of the file.
    pub(crate) data_start: u64,
}

/// What the elements of an array are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    /// Real numbers.
    Number { number: Number, is_big_endian: bool },
    /// Text of so many characters, four bytes each.
    Text { n_chars: usize, is_big_endian: bool },
    /// So many bytes.
    Bytes { n_bytes: usize },
}

impl Element {
    /// Bytes of one element.
    pub(crate) fn size(self) -> u64 {
        match self {
            Element::Number { number, .. } => number.size() as u64,
            Element::Text { n_chars, .. } => 4 * n_chars as u64,
            Element::Bytes { n_bytes } => n_bytes as u64,
        }
    }

    /// The type of a code such as `<f4` or `|S7`.
    fn parse(code: &str) -> Option<Element> {
        let (order, rest) = match code.as_bytes().first()? {
            b'<' | b'>' | b'=' | b'|' => code.split_at(1),
            _ => ("<", code),
        };
        let is_big_endian = order == ">";
        let (letter, digits) = rest.split_at_checked(1)?;
        if digits.is_empty()
            || digits.len() > 9
            || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let size: usize = digits.parse().ok()?;
        let number = match (letter, size) {
            ("f", 2) => Number::F16,
            ("f", 4) => Number::F32,
            ("f", 8) => Number::F64,
            ("i", 1) => Number::I8,
            ("i", 2) => Number::I16,
            ("i", 4) => Number::I32,
            ("i", 8) => Number::I64,
            ("u", 1) => Number::U8,
            ("u", 2) => Number::U16,
            ("u", 4) => Number::U32,
            ("u", 8) => Number::U64,
            ("U", n_chars) => {
                return Some(Element::Text {
                    n_chars,
                    is_big_endian,
                });
            }
            ("S" | "a", n_bytes) => return Some(Element::Bytes { n_bytes }),
            _ => return None,
        };
        Some(Element::Number {
            number,
            is_big_endian,
        })
    }
}

impl Header {
    /// Reads the header from the start of a file.
    pub(crate) fn read(format: Format, reader: &mut impl Read) -> Result<Header, FormatError> {
        let mut preamble = [0; 8];
        fill(format, reader, &mut preamble)?;
        let malformed = |what: String| FormatError::new(format, Fault::Malformed, what);
        if !preamble.starts_with(b"\x93NUMPY") {
            let start = quote_bytes(&preamble);
            return Err(malformed(format!(
                "the array begins with {start}, not as an npy file does"
            ))
            .at(Place::Byte(0)));
        }
        let (n_length_bytes, is_utf8) = match preamble[6..] {
            [1, 0] => (2, false),
            [2, 0] => (4, false),
            [3, 0] => (4, true),
            _ => {
                let (major, minor) = (preamble[6], preamble[7]);
                let what = format!(
                    "version {major}.{minor} of the npy format is not known; 1.0 to 3.0 are"
                );
                return Err(malformed(what).at(Place::Byte(6)));
            }
        };
        let mut length = [0; 4];
        fill(format, reader, &mut length[..n_length_bytes])?;
        let n_header = u32::from_le_bytes(length) as usize;
        if n_header > MAX_HEADER {
            let what = format!("the header has {n_header} bytes; at most {MAX_HEADER} are read");
            return Err(malformed(what).at(Place::Byte(8)));
        }
        let mut bytes = vec![0; n_header];
        fill(format, reader, &mut bytes)?;
        let start = 8 + n_length_bytes as u64;
        let text = match is_utf8 {
            true => String::from_utf8(bytes).ok(),
            false => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        };
        let Some(text) = text else {
            return Err(malformed("the header is not UTF-8".to_owned()).at(Place::Byte(start)));
        };
        Header::parse(&text, start + n_header as u64)
            .map_err(|(fault, what)| refusal(format, fault, what).at(Place::Byte(start)))
    }

    fn parse(text: &str, data_start: u64) -> Result<Header, (Fault, String)> {
        let mut literal = Literal { rest: text };
        let malformed = |what: String| (Fault::Malformed, what);
        if !text.ends_with('\n') {
            return Err(malformed(
                "the header does not end with a newline".to_owned(),
            ));
        }
        literal.expect("{")?;
        let (mut element, mut is_fortran, mut shape) = (None, None, None);
        while !literal.take("}") {
            let key = literal.text()?;
            literal.expect(":")?;
            let is_repeated = match key.as_str() {
                "descr" => element.replace(literal.element()?).is_some(),
                "fortran_order" => is_fortran.replace(literal.boolean()?).is_some(),
                "shape" => shape.replace(literal.counts()?).is_some(),
                _ => {
                    return Err(malformed(format!(
                        "the header has an unknown key {}",
                        quote(&key)
                    )));
                }
            };
            if is_repeated {
                return Err(malformed(format!(
                    "the header has the key {} twice",
                    quote(&key)
                )));
            }
            if !literal.take(",") {
                literal.expect("}")?;
                break;
            }
        }
        if !literal.rest.trim().is_empty() {
            let rest = quote(literal.rest.trim());
            return Err(malformed(format!("{rest} follows the header")));
        }
        match (element, is_fortran, shape) {
            (Some(element), Some(is_fortran), Some(shape)) => Ok(Header {
                element,
                is_fortran,
                shape,
                data_start,
            }),
            _ => Err(malformed(
                "the header lacks descr, fortran_order or shape".to_owned(),
            )),
        }
    }
}

fn refusal(format: Format, fault: Fault, what: String) -> FormatError {
    let error = FormatError::new(format, fault, what);
    match fault {
        Fault::Dtype => error.hint("in Python: numpy.save(path, array.astype(\"float32\"))"),
        _ => error,
    }
}

/// What is left of a Python literal. Nothing nests but a tuple in a dictionary.
struct Literal<'a> {
    rest: &'a str,
}

impl Literal<'_> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start_matches([' ', '\n']);
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), (Fault, String)> {
        if self.take(token) {
            return Ok(());
        }
        let found = quote(self.rest);
        let what = format!("{found} in the header where {token:?} is needed");
        Err((Fault::Malformed, what))
    }

    /// A text in quotes, without escapes.
    fn text(&mut self) -> Result<String, (Fault, String)> {
        let mark = match (self.take("'"), self.rest) {
            (true, _) => '\'',
            (false, rest) if rest.starts_with('"') => {
                self.take("\"");
                '"'
            }
            _ => {
                let found = quote(self.rest);
                return Err((
                    Fault::Malformed,
                    format!("{found} in the header where text is needed"),
                ));
            }
        };
        let end = self
            .rest
            .find(mark)
            .filter(|&end| !self.rest[..end].contains('\\'));
        let Some(end) = end else {
            return Err((
                Fault::Malformed,
                "a text in the header has no end".to_owned(),
            ));
        };
        let text = self.rest[..end].to_owned();
        self.rest = &self.rest[end + 1..];
        Ok(text)
    }

    fn boolean(&mut self) -> Result<bool, (Fault, String)> {
        if self.take("True") {
            return Ok(true);
        }
        self.expect("False").map(|()| false)
    }

    fn element(&mut self) -> Result<Element, (Fault, String)> {
        if self.take("[") {
            let what = "an array of structured values; real numbers of 8 to 64 bits are read";
            return Err((Fault::Dtype, what.to_owned()));
        }
        let code = self.text()?;
        Element::parse(&code).ok_or_else(|| {
            let kind = match code.trim_start_matches(['<', '>', '=', '|']).chars().next() {
                Some('O') => "Python objects, which could run code",
                Some('b' | '?') => "booleans",
                Some('c') => "complex numbers",
                Some('M' | 'm') => "dates",
                Some('V') => "raw or structured values",
                Some('f' | 'g') => "floats of an unusual size",
                _ => "an unknown type",
            };
            let what = format!(
                "an array of {kind} ({}); real numbers of 8 to 64 bits are read",
                quote(&code)
            );
            (Fault::Dtype, what)
        })
    }

    /// A tuple of counts.
    fn counts(&mut self) -> Result<Vec<u64>, (Fault, String)> {
        self.expect("(")?;
        let mut counts = Vec::new();
        while !self.take(")") {
            self.take("");
            let n_digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            let count = self.rest[..n_digits].parse();
            let Ok(count) = count else {
                let found = quote(self.rest);
                return Err((
                    Fault::Malformed,
                    format!("{found} in the header where a count is needed"),
                ));
            };
            self.rest = &self.rest[n_digits..];
            counts.push(count);
            if counts.len() > MAX_AXES {
                return Err((Fault::Malformed, format!("more than {MAX_AXES} axes")));
            }
            if !self.take(",") {
                self.expect(")")?;
                // One count in brackets and without a comma is a number, not a tuple.
                if counts.len() == 1 {
                    return Err((Fault::Malformed, "the shape is no tuple".to_owned()));
                }
                break;
            }
        }
        Ok(counts)
    }
}

/// Fills a buffer from a stream.
pub(super) fn fill(
    format: Format,
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> Result<(), FormatError> {
    reader
        .read_exact(buffer)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                let what = "the file ends before its array does";
                FormatError::new(format, Fault::Truncated, what)
                    .hint("was it copied or downloaded completely?")
            }
            _ => {
                let what = format!("the data are damaged, or cannot be read: {error}");
                FormatError::new(format, Fault::Malformed, what)
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Header, (Fault, String)> {
        Header::parse(&format!("{text}\n"), 0)
    }

    #[test]
    fn headers_as_numpy_writes_them_are_read() {
        let header = parse("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   ");
        let number = Number::F32;
        let element = Element::Number {
            number,
            is_big_endian: false,
        };
        let expected = Header {
            element,
            is_fortran: false,
            shape: vec![3, 4],
            data_start: 0,
        };
        assert_eq!(header, Ok(expected));
        let header =
            parse("{\"shape\": (3,), 'descr': '>U7', 'fortran_order': True}").expect("good");
        assert_eq!(
            header.element,
            Element::Text {
                n_chars: 7,
                is_big_endian: true
            }
        );
        assert_eq!((header.is_fortran, header.shape), (true, vec![3]));
        let scalar = parse("{'descr': '|u1', 'fortran_order': False, 'shape': ()}");
        assert!(scalar.expect("good").shape.is_empty());
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, fault) in [
            ("", Fault::Malformed),
            ("{}", Fault::Malformed),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3.0,)}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
                Fault::Malformed,
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} or exit()",
                Fault::Malformed,
            ),
            ("__import__('os')", Fault::Malformed),
            (
                "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}",
                Fault::Dtype,
            ),
            (
                "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}",
                Fault::Dtype,
            ),
            (
                "{'descr': '<f16', 'fortran_order': False, 'shape': (3,)}",
                Fault::Dtype,
            ),
            (
                "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}",
                Fault::Dtype,
            ),
            (
                "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,)}",
                Fault::Dtype,
            ),
            (
                "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,)}",
                Fault::Dtype,
            ),
        ] {
            let (found, what) = parse(text).expect_err(text);
            assert_eq!(found, fault, "{text}: {what}");
        }
    }
}
