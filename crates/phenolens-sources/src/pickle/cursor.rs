//! The bytes of the file, taken from front to back, never past their end.

use super::PickleError;

/// A stretch of bytes: of the file, or behind its end, of what the machine itself has decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) len: usize,
}

/// Where in the file the machine is.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, position: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// The next instruction.
    pub(super) fn opcode(&mut self) -> Result<u8, PickleError> {
        let Some(&opcode) = self.bytes.get(self.position) else {
            let offset = self.position as u64;
            return Err(PickleError::NoStop { offset });
        };
        self.position += 1;
        Ok(opcode)
    }

    /// The next `len` bytes. Nothing is allocated, so `len` may be anything that a file claims.
    pub(super) fn take(&mut self, len: u64, opcode: &'static str) -> Result<Span, PickleError> {
        let left = self.left();
        match usize::try_from(len) {
            Ok(len) if len <= left => {
                let start = self.position;
                self.position += len;
                Ok(Span { start, len })
            }
            _ => Err(PickleError::Truncated {
                offset: self.position as u64,
                opcode,
                needed: len,
                left: left as u64,
            }),
        }
    }

    /// The next `N` bytes, by value.
    pub(super) fn array<const N: usize>(
        &mut self,
        opcode: &'static str,
    ) -> Result<[u8; N], PickleError> {
        let span = self.take(N as u64, opcode)?;
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes[span.start..][..N]);
        Ok(array)
    }

    /// The bytes up to the next line feed, which is skipped.
    pub(super) fn line(&mut self, opcode: &'static str) -> Result<Span, PickleError> {
        let rest = &self.bytes[self.position..];
        let Some(len) = rest.iter().position(|&byte| byte == b'\n') else {
            return Err(PickleError::Truncated {
                offset: self.position as u64,
                opcode,
                needed: rest.len() as u64 + 1,
                left: rest.len() as u64,
            });
        };
        let start = self.position;
        self.position += len + 1;
        Ok(Span { start, len })
    }
}
