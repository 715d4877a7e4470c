//! What the machine makes: values in one arena, which refer to each other by index.

use super::PickleError;
use super::arrays::{Array, Dtype};
use super::callables::Callable;
use super::cursor::Span;

/// A value of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u32);

impl Id {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One value; what it contains stands elsewhere in the arena.
#[derive(Debug)]
pub(super) enum Value {
    None,
    /// True or false: no value that is read depends on which.
    Bool,
    Int(i64),
    /// An integer of 64 bits that `i64` does not hold.
    LargeInt(u64),
    Float(f64),
    /// Text, known to be UTF-8.
    Text(Span),
    Bytes(Span),
    ByteArray(Span),
    List(Vec<Id>),
    Tuple(Box<[Id]>),
    Dict(Vec<(Id, Id)>),
    Callable(Callable),
    Dtype(Box<Dtype>),
    /// `None` until its state arrives.
    Array(Option<Box<Array>>),
}

impl Value {
    /// What it is, in a few words, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::None => "None",
            Value::Bool => "a boolean",
            Value::Int(_) | Value::LargeInt(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::Bytes(_) | Value::ByteArray(_) => "bytes",
            Value::List(_) => "a list",
            Value::Tuple(_) => "a tuple",
            Value::Dict(_) => "a mapping",
            Value::Callable(_) => "a function or type",
            Value::Dtype(_) => "a numpy dtype",
            Value::Array(_) => "an array",
        }
    }
}

/// All values that the machine has made, those that it has dropped again included.
#[derive(Debug)]
pub(super) struct Arena<'a> {
    input: &'a [u8],
    /// Bytes that stand nowhere in the file because they were escaped there.
    decoded: Vec<u8>,
    /// Bytes that instructions have copied from other values.
    n_copied: usize,
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    value: Value,
    /// Where in the file it was made.
    offset: usize,
}

impl<'a> Arena<'a> {
    pub(super) fn new(input: &'a [u8]) -> Arena<'a> {
        Arena {
            input,
            decoded: Vec::new(),
            n_copied: 0,
            nodes: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn push(&mut self, value: Value, offset: usize) -> Result<Id, PickleError> {
        let Ok(index) = u32::try_from(self.nodes.len()) else {
            return Err(PickleError::Limit {
                offset: offset as u64,
                what: "too many values",
                limit: u64::from(u32::MAX),
            });
        };
        self.nodes.push(Node { value, offset });
        Ok(Id(index))
    }

    pub(super) fn get(&self, id: Id) -> &Value {
        &self.nodes[id.index()].value
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Value {
        &mut self.nodes[id.index()].value
    }

    /// Where in the file a value was made.
    pub(super) fn offset(&self, id: Id) -> u64 {
        self.nodes[id.index()].offset as u64
    }

    /// All values with the place where each was made.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Value, u64)> {
        self.nodes
            .iter()
            .map(|node| (&node.value, node.offset as u64))
    }

    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        match span.start.checked_sub(self.input.len()) {
            None => &self.input[span.start..][..span.len],
            Some(start) => &self.decoded[start..][..span.len],
        }
    }

    /// The text of a span that was checked when its value was made.
    pub(super) fn text(&self, span: Span) -> &str {
        std::str::from_utf8(self.bytes(span)).expect("text values are checked to be UTF-8")
    }

    /// The bytes of text or bytes: older Pythons do not tell them apart.
    pub(super) fn text_or_bytes(&self, id: Id) -> Option<&[u8]> {
        match *self.get(id) {
            Value::Text(span) | Value::Bytes(span) => Some(self.bytes(span)),
            _ => None,
        }
    }

    /// The members of a tuple.
    pub(super) fn tuple(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Value::Tuple(members) => Some(members),
            _ => None,
        }
    }

    /// Keeps bytes that were decoded from an escaped form.
    pub(super) fn keep(&mut self, bytes: &[u8], offset: usize) -> Result<Span, PickleError> {
        self.charge(bytes.len(), offset)?;
        // An empty span must not seem to lie in the file: its start is behind the end of it.
        let start = self.input.len() + self.decoded.len();
        self.decoded.extend_from_slice(bytes);
        Ok(Span {
            start,
            len: bytes.len(),
        })
    }

    /// Counts what an instruction copies from a value that may be used again. What is copied takes
    /// as many bytes in the file, so only a value that is copied again and again gets past that.
    pub(super) fn charge(&mut self, n_bytes: usize, offset: usize) -> Result<(), PickleError> {
        let limit = 2 * self.input.len() + (64 << 10);
        self.n_copied += n_bytes;
        if self.n_copied <= limit {
            return Ok(());
        }
        Err(PickleError::Limit {
            offset: offset as u64,
            what: "one value is copied again and again",
            limit: limit as u64,
        })
    }
}
