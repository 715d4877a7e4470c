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
                let name = format!("{}.{}", escape(module), escape(name));
                let is_pandas = module == "pandas" || module.starts_with("pandas.");
                return Err(match is_pandas {
                    true => PickleError::Pandas { offset, name },
                    false => PickleError::RefusedCallable { offset, name },
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
    if let Some(value) = make(arena, callable, arguments, offset)? {
        return Ok(value);
    }
    let kinds: Vec<&str> = arguments
        .iter()
        .map(|&argument| arena.get(argument).kind())
        .collect();
    let arguments = match kinds[..] {
        [] => "no arguments".to_owned(),
        _ => format!("({})", kinds.join(", ")),
    };
    Err(PickleError::Arguments {
        offset: offset as u64,
        name: callable.name(),
        what: format!("{arguments}, which no writer of data does"),
    })
}

/// The same; `None` where the arguments are not those of a writer of data.
fn make(
    arena: &mut Arena<'_>,
    callable: Callable,
    arguments: &[Id],
    offset: usize,
) -> Result<Option<Value>, PickleError> {
    let value = match (callable, arguments) {
        (Callable::Reconstruct, &[class, shape, code]) => {
            is_hollow_array(arena, class, shape, code).then_some(Value::Array(None))
        }
        (Callable::FromBuffer, &[buffer, dtype, shape, order])
            if matches!(arena.text_or_bytes(order), Some(b"C" | b"F")) =>
        {
            let array = arrays::array(arena, dtype, shape, buffer, offset)?;
            Some(Value::Array(Some(Box::new(array))))
        }
        (Callable::FromBuffer, &[buffer, dtype, shape, order, axes])
            if arena.text_or_bytes(order) == Some(b"K") =>
        {
            let mut array = arrays::array(arena, dtype, shape, buffer, offset)?;
            array.transpose(arena, axes, offset)?;
            Some(Value::Array(Some(Box::new(array))))
        }
        (Callable::Scalar, &[dtype, data]) => Some(arrays::scalar(arena, dtype, data, offset)?),
        (Callable::Dtype, &[code] | &[code, _] | &[code, _, _]) => {
            match arena.text_or_bytes(code) {
                Some(code) => match Dtype::parse(code) {
                    Some(dtype) => Some(Value::Dtype(Box::new(dtype))),
                    None => {
                        let dtype = quote_bytes(code);
                        let offset = offset as u64;
                        return Err(PickleError::Dtype { offset, dtype });
                    }
                },
                None => None,
            }
        }

        (Callable::Encode, &[text, encoding]) => {
            match latin1(arena, text, encoding, &[b"latin1"]) {
                Some(bytes) => Some(Value::Bytes(arena.keep(&bytes, offset)?)),
                None => None,
            }
        }
        (Callable::ByteArray, &[text, encoding]) => {
            match latin1(arena, text, encoding, &[b"latin1", b"latin-1"]) {
                Some(bytes) => Some(Value::ByteArray(arena.keep(&bytes, offset)?)),
                None => None,
            }
        }
        (Callable::ByteArray, &[bytes]) => match *arena.get(bytes) {
            Value::Bytes(span) => Some(Value::ByteArray(span)),
            _ => None,
        },
        (Callable::ByteArray, []) => Some(Value::ByteArray(arena.keep(&[], offset)?)),
        (Callable::Bytes, []) => Some(Value::Bytes(arena.keep(&[], offset)?)),

        (Callable::List, []) => Some(Value::List(Vec::new())),
        (Callable::Dict | Callable::OrderedDict | Callable::DefaultDict, []) => {
            Some(Value::Dict(Vec::new()))
        }
        (Callable::OrderedDict, &[items]) => match pairs(arena, items) {
            Some(pairs) => {
                // The list stays, and may be handed over again.
                arena.charge(size_of_val(&pairs[..]) / 4, offset)?;
                Some(Value::Dict(pairs))
            }
            None => None,
        },
        (Callable::DefaultDict, &[factory]) => {
            is_factory(arena.get(factory)).then(|| Value::Dict(Vec::new()))
        }
        _ => None,
    };
    Ok(value)
}

/// Whether the arguments of `_reconstruct` are those of an array that its state will fill.
fn is_hollow_array(arena: &Arena<'_>, class: Id, shape: Id, code: Id) -> bool {
    let is_ndarray = matches!(arena.get(class), Value::Callable(Callable::Ndarray));
    let is_empty = match arena.tuple(shape) {
        Some(&[side]) => matches!(arena.get(side), Value::Int(0)),
        _ => false,
    };
    is_ndarray && is_empty && arena.text_or_bytes(code) == Some(b"b")
}

/// What a `defaultdict` may say that it makes for missing keys; it is never asked to.
fn is_factory(value: &Value) -> bool {
    match value {
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
    }
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
