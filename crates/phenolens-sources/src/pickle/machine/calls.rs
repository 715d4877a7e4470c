//! Instructions that would run something: names, calls, states of objects.

use super::Machine;
use crate::pickle::PickleError;
use crate::pickle::arrays;
use crate::pickle::callables::{self, Callable};
use crate::pickle::opcodes as op;
use crate::pickle::values::Value;

impl Machine<'_> {
    pub(super) fn global(&mut self, opcode: u8) -> Result<(), PickleError> {
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

    pub(super) fn reduce(&mut self) -> Result<(), PickleError> {
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

    pub(super) fn build(&mut self) -> Result<(), PickleError> {
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
    pub(super) fn refuse(&mut self, opcode: u8) -> Result<(), PickleError> {
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
