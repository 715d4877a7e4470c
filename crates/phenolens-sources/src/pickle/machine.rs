//! Runs the instructions of a pickle.

use super::PickleError;
use super::arrays;
use super::callables::{self, Callable};
use super::cursor::{Cursor, Span};
use super::literals;
use super::opcodes::{self as op};
use super::values::{Arena, Id, Value};
use crate::quote::quote_bytes;

/// Runs a pickle to its end and gives all values it made, and which of them is the result.
///
/// Takes O(1) per instruction and byte; at most `max_steps` instructions.
pub(super) fn run(bytes: &[u8], max_steps: u64) -> Result<(Arena<'_>, Id), PickleError> {
    let mut machine = Machine {
        cursor: Cursor::new(bytes),
        arena: Arena::new(bytes),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Vec::new(),
        n_memoized: 0,
        frame_end: None,
        at: 0,
        opcode: "",
    };
    for _ in 0..max_steps {
        if let Some(result) = machine.step()? {
            machine.check_arrays()?;
            return Ok((machine.arena, result));
        }
    }
    Err(PickleError::Limit {
        offset: machine.cursor.position() as u64,
        what: "too many instructions for a file of this size",
        limit: max_steps,
    })
}

struct Machine<'a> {
    cursor: Cursor<'a>,
    arena: Arena<'a>,
    stack: Vec<Id>,
    /// Heights of the stack; what stands below the last one is out of reach.
    marks: Vec<usize>,
    memo: Vec<Option<Id>>,
    /// Entries of the memo that are set.
    n_memoized: usize,
    /// Where the frame ends that the machine is in.
    frame_end: Option<usize>,
    /// Where the instruction begins that is being run, and its name.
    at: usize,
    opcode: &'static str,
}

impl<'a> Machine<'a> {
    /// Runs one instruction; gives the result after the last.
    fn step(&mut self) -> Result<Option<Id>, PickleError> {
        self.at = self.cursor.position();
        if self.frame_end == Some(self.at) {
            self.frame_end = None;
        }
        let frame_end = self.frame_end;
        let opcode = self.cursor.opcode()?;
        let Some(name) = op::name(opcode) else {
            let offset = self.at as u64;
            return Err(PickleError::UnknownOpcode { offset, opcode });
        };
        self.opcode = name;
        let result = match opcode {
            op::STOP => Some(self.stop()?),
            _ => {
                self.run_opcode(opcode)?;
                None
            }
        };
        match frame_end {
            Some(end) if self.cursor.position() > end => Err(PickleError::Frame {
                offset: self.at as u64,
                what: format!("{name} reaches beyond its frame, which ends at byte {end}"),
            }),
            _ => Ok(result),
        }
    }

    fn run_opcode(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            op::PROTO => self.protocol(),
            op::FRAME => self.frame(),

            op::MARK => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            op::POP => self.pop().map(drop),
            op::POP_MARK => self.pop_mark().map(drop),
            op::DUP => {
                let top = self.top()?;
                self.stack.push(top);
                Ok(())
            }
            op::PUT | op::BINPUT | op::LONG_BINPUT | op::MEMOIZE => self.put(opcode),
            op::GET | op::BINGET | op::LONG_BINGET => self.get(opcode),

            op::NONE => self.push(Value::None),
            op::NEWTRUE | op::NEWFALSE => self.push(Value::Bool),
            op::INT | op::LONG | op::FLOAT => self.decimal(opcode),
            op::BININT | op::BININT1 | op::BININT2 | op::LONG1 | op::LONG4 | op::BINFLOAT => {
                self.binary_number(opcode)
            }
            op::UNICODE | op::STRING => self.escaped_text(opcode),
            op::BINUNICODE
            | op::SHORT_BINUNICODE
            | op::BINUNICODE8
            | op::BINSTRING
            | op::SHORT_BINSTRING
            | op::BINBYTES
            | op::SHORT_BINBYTES
            | op::BINBYTES8
            | op::BYTEARRAY8 => self.counted_bytes(opcode),

            op::EMPTY_LIST => self.push(Value::List(Vec::new())),
            op::EMPTY_TUPLE => self.push(Value::Tuple(Box::new([]))),
            op::EMPTY_DICT => self.push(Value::Dict(Vec::new())),
            op::LIST => {
                let members = self.pop_mark()?;
                self.push(Value::List(members))
            }
            op::TUPLE => {
                let members = self.pop_mark()?;
                self.push(Value::Tuple(members.into()))
            }
            op::TUPLE1 => self.short_tuple::<1>(),
            op::TUPLE2 => self.short_tuple::<2>(),
            op::TUPLE3 => self.short_tuple::<3>(),
            op::DICT => {
                let items = self.pop_mark()?;
                let pairs = self.pairs(&items)?;
                self.push(Value::Dict(pairs))
            }
            op::APPEND => {
                let member = self.pop()?;
                self.append(&[member])
            }
            op::APPENDS => {
                let members = self.pop_mark()?;
                self.append(&members)
            }
            op::SETITEM => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(&[(key, value)])
            }
            op::SETITEMS => {
                let items = self.pop_mark()?;
                let pairs = self.pairs(&items)?;
                self.set_items(&pairs)
            }

            op::GLOBAL | op::STACK_GLOBAL => self.global(opcode),
            op::REDUCE => self.reduce(),
            op::BUILD => self.build(),
            _ => self.refuse(opcode),
        }
    }

    fn protocol(&mut self) -> Result<(), PickleError> {
        let [version] = self.cursor.array(self.opcode)?;
        if version > 5 {
            let offset = self.at as u64;
            return Err(PickleError::Protocol { offset, version });
        }
        Ok(())
    }

    /// Frames only help a program that reads in pieces; here they must be what they claim to be.
    fn frame(&mut self) -> Result<(), PickleError> {
        let len = u64::from_le_bytes(self.cursor.array(self.opcode)?);
        let start = self.cursor.position();
        if let Some(end) = self.frame_end {
            let what = format!("a frame begins inside another, which ends at byte {end}");
            let offset = self.at as u64;
            return Err(PickleError::Frame { offset, what });
        }
        if len > self.cursor.left() as u64 {
            return Err(PickleError::Truncated {
                offset: start as u64,
                opcode: self.opcode,
                needed: len,
                left: self.cursor.left() as u64,
            });
        }
        self.frame_end = Some(start + len as usize);
        Ok(())
    }

    fn stop(&mut self) -> Result<Id, PickleError> {
        let offset = self.cursor.position() as u64;
        let n_bytes = self.cursor.left() as u64;
        if n_bytes > 0 {
            return Err(PickleError::Trailing { offset, n_bytes });
        }
        match (&self.stack[..], &self.marks[..]) {
            (&[result], []) => Ok(result),
            (stack, marks) => Err(self.misfit(format!(
                "finds {} values and {} marks on the stack instead of one value",
                stack.len(),
                marks.len()
            ))),
        }
    }

    /// Refuses arrays whose elements never came.
    fn check_arrays(&self) -> Result<(), PickleError> {
        let is_hollow = |(value, _): &(&Value, u64)| matches!(value, Value::Array(None));
        match self.arena.iter().find(is_hollow) {
            None => Ok(()),
            Some((_, offset)) => Err(PickleError::Array {
                offset,
                what: "a numpy array never receives its values".to_owned(),
            }),
        }
    }

    // The stack.

    fn push(&mut self, value: Value) -> Result<(), PickleError> {
        let id = self.arena.push(value, self.at)?;
        self.stack.push(id);
        Ok(())
    }

    /// Values that stand above the last mark.
    fn n_reachable(&self) -> usize {
        self.stack.len() - self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<Id, PickleError> {
        match self.stack.last() {
            Some(&top) if self.n_reachable() > 0 => Ok(top),
            _ => Err(self.misfit("finds no value on the stack".to_owned())),
        }
    }

    fn pop(&mut self) -> Result<Id, PickleError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// Takes everything above the last mark, and the mark.
    fn pop_mark(&mut self) -> Result<Vec<Id>, PickleError> {
        match self.marks.pop() {
            Some(height) => Ok(self.stack.split_off(height)),
            None => Err(self.misfit("finds no mark on the stack".to_owned())),
        }
    }

    fn misfit(&self, what: String) -> PickleError {
        PickleError::Stack {
            offset: self.at as u64,
            opcode: self.opcode,
            what,
        }
    }

    // The memo.

    /// Stores the top of the stack. Writers number the entries one after another, from 0 or, in
    /// Python 2, from 1; an index that skips entries would claim memory for them.
    fn put(&mut self, opcode: u8) -> Result<(), PickleError> {
        let index = match opcode {
            op::MEMOIZE => self.n_memoized as u64,
            _ => self.memo_index(opcode)?,
        };
        let n_entries = self.memo.len() as u64;
        let is_next = index == n_entries || (n_entries == 0 && index == 1);
        if index > n_entries && !is_next {
            return Err(self.memo_error(index));
        }
        let top = self.top()?;
        let index = index as usize;
        if index >= self.memo.len() {
            self.memo.resize(index + 1, None);
        }
        if self.memo[index].replace(top).is_none() {
            self.n_memoized += 1;
        }
        Ok(())
    }

    fn get(&mut self, opcode: u8) -> Result<(), PickleError> {
        let index = self.memo_index(opcode)?;
        let entry = usize::try_from(index)
            .ok()
            .and_then(|index| self.memo.get(index));
        match entry {
            Some(&Some(id)) => {
                self.stack.push(id);
                Ok(())
            }
            _ => Err(self.memo_error(index)),
        }
    }

    fn memo_index(&mut self, opcode: u8) -> Result<u64, PickleError> {
        match opcode {
            op::BINPUT | op::BINGET => {
                let [index] = self.cursor.array(self.opcode)?;
                Ok(u64::from(index))
            }
            op::LONG_BINPUT | op::LONG_BINGET => {
                let index = u32::from_le_bytes(self.cursor.array(self.opcode)?);
                Ok(u64::from(index))
            }
            _ => {
                let line = self.cursor.line(self.opcode)?;
                match literals::integer(self.arena.bytes(line)) {
                    Some(Value::Int(index @ 0..)) => Ok(index as u64),
                    _ => Err(self.unreadable(line, "it is no memo index")),
                }
            }
        }
    }

    fn memo_error(&self, index: u64) -> PickleError {
        PickleError::Memo {
            offset: self.at as u64,
            opcode: self.opcode,
            index,
            n_entries: self.n_memoized as u64,
        }
    }

    // Numbers and text.

    fn decimal(&mut self, opcode: u8) -> Result<(), PickleError> {
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

    fn binary_number(&mut self, opcode: u8) -> Result<(), PickleError> {
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

    fn escaped_text(&mut self, opcode: u8) -> Result<(), PickleError> {
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

    fn counted_bytes(&mut self, opcode: u8) -> Result<(), PickleError> {
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

    fn unreadable(&self, span: Span, what: &'static str) -> PickleError {
        PickleError::Literal {
            offset: self.at as u64,
            opcode: self.opcode,
            value: quote_bytes(self.arena.bytes(span)),
            what,
        }
    }

    // Containers.

    fn short_tuple<const N: usize>(&mut self) -> Result<(), PickleError> {
        if self.n_reachable() < N {
            return Err(self.misfit(format!("finds fewer than {N} values on the stack")));
        }
        let members = self.stack.split_off(self.stack.len() - N);
        self.push(Value::Tuple(members.into()))
    }

    fn pairs(&self, items: &[Id]) -> Result<Vec<(Id, Id)>, PickleError> {
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.misfit("finds a key without a value".to_owned()));
        }
        Ok(pairs.iter().map(|&[key, value]| (key, value)).collect())
    }

    fn append(&mut self, members: &[Id]) -> Result<(), PickleError> {
        let target = self.top()?;
        match self.arena.get_mut(target) {
            Value::List(list) => list.extend_from_slice(members),
            other => {
                let what = format!("is applied to {} instead of a list", other.kind());
                return Err(self.misfit(what));
            }
        }
        Ok(())
    }

    fn set_items(&mut self, pairs: &[(Id, Id)]) -> Result<(), PickleError> {
        let target = self.top()?;
        match self.arena.get_mut(target) {
            Value::Dict(items) => items.extend_from_slice(pairs),
            other => {
                let what = format!("is applied to {} instead of a mapping", other.kind());
                return Err(self.misfit(what));
            }
        }
        Ok(())
    }

    // What would be calls.

    fn global(&mut self, opcode: u8) -> Result<(), PickleError> {
        let callable = if opcode == op::GLOBAL {
            self.named_by_lines()?
        } else {
            let (name, module) = (self.pop()?, self.pop()?);
            match (self.arena.get(module), self.arena.get(name)) {
                (&Value::Text(module), &Value::Text(name)) => {
                    let (module, name) = (self.arena.text(module), self.arena.text(name));
                    Callable::lookup(module, name, self.at as u64)?
                }
                (module, name) => {
                    let (module, name) = (module.kind(), name.kind());
                    let what = format!("finds {module} and {name} instead of two names");
                    return Err(self.misfit(what));
                }
            }
        };
        self.push(Value::Callable(callable))
    }

    /// The callable that two lines of the file name.
    fn named_by_lines(&mut self) -> Result<Callable, PickleError> {
        let (module, name) = (
            self.cursor.line(self.opcode)?,
            self.cursor.line(self.opcode)?,
        );
        let module = String::from_utf8_lossy(self.arena.bytes(module));
        let name = String::from_utf8_lossy(self.arena.bytes(name));
        Callable::lookup(&module, &name, self.at as u64)
    }

    fn reduce(&mut self) -> Result<(), PickleError> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        let Value::Callable(callable) = *self.arena.get(callable) else {
            let kind = self.arena.get(callable).kind();
            return Err(self.misfit(format!("calls {kind}, which cannot be called")));
        };
        let Some(arguments) = self.arena.tuple(arguments) else {
            let kind = self.arena.get(arguments).kind();
            return Err(self.misfit(format!("finds {kind} instead of a tuple of arguments")));
        };
        let arguments = arguments.get(..6).unwrap_or(arguments).to_vec();
        let value = callables::call(&mut self.arena, callable, &arguments, self.at)?;
        self.push(value)
    }

    fn build(&mut self) -> Result<(), PickleError> {
        let state = self.pop()?;
        let target = self.top()?;
        match self.arena.get(target) {
            Value::Array(_) => arrays::build_array(&mut self.arena, target, state, self.at),
            Value::Dtype(_) => arrays::build_dtype(&mut self.arena, target, state, self.at),
            other => {
                let what = format!("gives a state to {}, which has none", other.kind());
                Err(self.misfit(what))
            }
        }
    }

    /// Instructions that plain data never needs.
    fn refuse(&mut self, opcode: u8) -> Result<(), PickleError> {
        let what = match opcode {
            op::INST => {
                // The name is the better message where it is a forbidden one.
                self.named_by_lines()?;
                "makes an object of a class, which is not read"
            }
            op::OBJ | op::NEWOBJ | op::NEWOBJ_EX => "makes an object of a class, which is not read",
            op::PERSID | op::BINPERSID => "refers to an object outside the file, which is not read",
            op::EXT1 | op::EXT2 | op::EXT4 => {
                "refers to a registry that only its writer has, which is not read"
            }
            op::NEXT_BUFFER | op::READONLY_BUFFER => {
                "refers to a buffer outside the file, which is not read"
            }
            _ => "makes a set, which has no order and is not read",
        };
        Err(PickleError::RefusedOpcode {
            offset: self.at as u64,
            opcode: self.opcode,
            what,
        })
    }
}
