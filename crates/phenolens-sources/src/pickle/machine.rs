//! Runs the instructions of a pickle: the loop, the stack, the memo and the containers.

use super::PickleError;
use super::cursor::Cursor;
use super::opcodes as op;
use super::values::{Arena, Id, Value};

mod calls;
mod literals;

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

impl Machine<'_> {
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
                match super::literals::integer(self.arena.bytes(line)) {
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
}
