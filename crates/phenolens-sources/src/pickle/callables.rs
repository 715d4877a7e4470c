//! The few callables that data is written with, and what each of them makes.

use super::PickleError;
use super::arrays::{self, Dtype};
use super::values::{Arena, Id, Value};
use crate::quote::{escape, quote_bytes};

/// A callable or type that pickles of arrays refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callable {
    Reconstruct,
    Scalar,
    FromBuffer,
    Ndarray,
    Dtype,
    Encode,
    OrderedDict,
    DefaultDict,
    ByteArray,
    Bytes,
    Dict,
    List,
}

impl Callable {
    /// The callable of a name, refused where it is not one of the few.
    pub(super) fn lookup(module: &str, name: &str, offset: u64) -> Result<Callable, PickleError> {
        let callable = match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
                Callable::Reconstruct
            }
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Callable::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Callable::FromBuffer,
            ("numpy", "ndarray") => Callable::Ndarray,
            ("numpy", "dtype") => Callable::Dtype,
            ("_codecs", "encode") => Callable::Encode,
            ("collections", "OrderedDict") => Callable::OrderedDict,
            ("collections", "defaultdict") => Callable::DefaultDict,
            ("builtins" | "__builtin__", "bytearray") => Callable::ByteArray,
            ("builtins" | "__builtin__", "bytes") => Callable::Bytes,
            ("builtins" | "__builtin__", "dict") => Callable::Dict,
            ("builtins" | "__builtin__", "list") => Callable::List,
            _ => {
                let full_name = format!("{}.{}", escape(module), escape(name));
                let is_pandas = module == "pandas" || module.starts_with("pandas.");
                return Err(if is_pandas {
                    let name = full_name;
                    PickleError::Pandas { offset, name }
                } else {
                    let name = full_name;
                    PickleError::RefusedCallable { offset, name }
                });
            }
        };
        Ok(callable)
    }

    fn name(self) -> &'static str {
        match self {
            Callable::Reconstruct => "numpy.core.multiarray._reconstruct",
            Callable::Scalar => "numpy.core.multiarray.scalar",
            Callable::FromBuffer => "numpy.core.numeric._frombuffer",
            Callable::Ndarray => "numpy.ndarray",
            Callable::Dtype => "numpy.dtype",
            Callable::Encode => "_codecs.encode",
            Callable::OrderedDict => "collections.OrderedDict",
            Callable::DefaultDict => "collections.defaultdict",
            Callable::ByteArray => "builtins.bytearray",
            Callable::Bytes => "builtins.bytes",
            Callable::Dict => "builtins.dict",
            Callable::List => "builtins.list",
        }
    }
}

/// What a call makes; `offset` is the place of the `REDUCE`.
pub(super) fn call(
    arena: &mut Arena<'_>,
    callable: Callable,
    arguments: &[Id],
    offset: usize,
) -> Result<Value, PickleError> {
    match (callable, arguments) {
        (Callable::Reconstruct, &[class, shape, code]) => {
            let is_ndarray = matches!(arena.get(class), Value::Callable(Callable::Ndarray));
            let is_empty = arena.tuple(shape).is_some_and(
                |shape| matches!(shape, &[side] if matches!(arena.get(side), Value::Int(0))),
            );
            if is_ndarray && is_empty && arena.text_or_bytes(code) == Some(b"b") {
                return Ok(Value::Array(None));
            }
        }
        (Callable::Scalar, &[dtype, data]) => return arrays::scalar(arena, dtype, data, offset),
        (Callable::FromBuffer, &[buffer, dtype, shape, order])
        | (Callable::FromBuffer, &[buffer, dtype, shape, order, _]) => {
            // The fifth argument permutes the axes of an array of three or more; a vector has at
            // most one axis longer than 1, so that neither it nor the order changes anything.
            if matches!(arena.text_or_bytes(order), Some(b"C" | b"F" | b"K" | b"A")) {
                let array = arrays::array(arena, dtype, shape, buffer, offset)?;
                return Ok(Value::Array(Some(Box::new(array))));
            }
        }
        (Callable::Dtype, &[code])
        | (Callable::Dtype, &[code, _])
        | (Callable::Dtype, &[code, _, _]) => {
            if let Some(code) = arena.text_or_bytes(code) {
                let Some(dtype) = Dtype::parse(code) else {
                    let dtype = quote_bytes(code);
                    let offset = offset as u64;
                    return Err(PickleError::Dtype { offset, dtype });
                };
                return Ok(Value::Dtype(Box::new(dtype)));
            }
        }
        (Callable::Encode, &[text, encoding]) => {
            if let Some(bytes) = latin1(arena, text, encoding, &[b"latin1"]) {
                return Ok(Value::Bytes(arena.keep(&bytes, offset)?));
            }
        }
        (Callable::ByteArray, &[]) => return Ok(Value::ByteArray(arena.keep(&[], offset)?)),
        (Callable::ByteArray, &[bytes]) => {
            if let Value::Bytes(span) = *arena.get(bytes) {
                return Ok(Value::ByteArray(span));
            }
        }
        (Callable::ByteArray, &[text, encoding]) => {
            if let Some(bytes) = latin1(arena, text, encoding, &[b"latin1", b"latin-1"]) {
                return Ok(Value::ByteArray(arena.keep(&bytes, offset)?));
            }
        }
        (Callable::Bytes, &[]) => return Ok(Value::Bytes(arena.keep(&[], offset)?)),
        (Callable::Dict | Callable::OrderedDict, &[]) => return Ok(Value::Dict(Vec::new())),
        (Callable::List, &[]) => return Ok(Value::List(Vec::new())),
        (Callable::OrderedDict, &[items]) => {
            if let Some(pairs) = pairs(arena, items) {
                return Ok(Value::Dict(pairs));
            }
        }
        (Callable::DefaultDict, &[]) => return Ok(Value::Dict(Vec::new())),
        (Callable::DefaultDict, &[factory]) => {
            let is_data = match arena.get(factory) {
                Value::None => true,
                Value::Callable(callable) => matches!(
                    callable,
                    Callable::Dict
                        | Callable::List
                        | Callable::Bytes
                        | Callable::OrderedDict
                        | Callable::DefaultDict
                ),
                _ => false,
            };
            if is_data {
                return Ok(Value::Dict(Vec::new()));
            }
        }
        _ => {}
    }
    let kinds: Vec<&str> = arguments
        .iter()
        .take(6)
        .map(|&argument| arena.get(argument).kind())
        .collect();
    Err(PickleError::Arguments {
        offset: offset as u64,
        name: callable.name(),
        what: match kinds[..] {
            [] => "no arguments, which no writer of data does".to_owned(),
            _ => format!("({}), which no writer of data does", kinds.join(", ")),
        },
    })
}

/// The bytes that text stands for in Latin-1, where `encoding` names that.
fn latin1(arena: &Arena<'_>, text: Id, encoding: Id, names: &[&[u8]]) -> Option<Vec<u8>> {
    let (Value::Text(text), Value::Text(encoding)) = (arena.get(text), arena.get(encoding)) else {
        return None;
    };
    if !names.contains(&arena.bytes(*encoding)) {
        return None;
    }
    let characters = arena.text(*text).chars();
    characters
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}

/// The items of a list of pairs, as Python 2 hands them to an ordered dictionary.
fn pairs(arena: &Arena<'_>, items: Id) -> Option<Vec<(Id, Id)>> {
    let Value::List(items) = arena.get(items) else {
        return None;
    };
    items
        .iter()
        .map(|&item| match arena.get(item) {
            Value::List(pair) => pair.as_slice().try_into().ok(),
            Value::Tuple(pair) => pair.as_ref().try_into().ok(),
            _ => None,
        })
        .map(|pair: Option<[Id; 2]>| pair.map(|[key, value]| (key, value)))
        .collect()
}
