//! Why a pickle is refused.

/// Why a pickle is refused; every message begins with the byte of the unpacked file that it is
/// about.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum PickleError {
    /// The file ends too early, or a length in it is a lie.
    #[error("byte {offset}: {opcode} needs {needed} more bytes, and {left} are left in the file")]
    Truncated {
        offset: u64,
        opcode: &'static str,
        needed: u64,
        left: u64,
    },
    /// The file ends between two instructions.
    #[error("byte {offset}: the file ends before its STOP instruction")]
    NoStop { offset: u64 },
    /// A byte that is no instruction.
    #[error("byte {offset}: 0x{opcode:02x} is no pickle instruction")]
    UnknownOpcode { offset: u64, opcode: u8 },
    /// An instruction that plain data does not need.
    #[error("byte {offset}: {opcode} {what}")]
    RefusedOpcode {
        offset: u64,
        opcode: &'static str,
        what: &'static str,
    },
    /// Something that runs, or that this reader does not know.
    #[error(
        "byte {offset}: the file asks for `{name}`, which is not data that this reader knows; nothing was run"
    )]
    RefusedCallable { offset: u64, name: String },
    /// A table of the pandas library.
    #[error("byte {offset}: the file is a pandas pickle (it asks for `{name}`), which is not read")]
    Pandas { offset: u64, name: String },
    /// A known callable that is called in a way that no writer of data uses.
    #[error("byte {offset}: `{name}` is called with {what}")]
    Arguments {
        offset: u64,
        name: &'static str,
        what: String,
    },
    /// A version from the future, or garbage.
    #[error("byte {offset}: pickle protocol {version} is not known; 0 to 5 are")]
    Protocol { offset: u64, version: u8 },
    /// Frames that do not hold whole instructions one after another.
    #[error("byte {offset}: {what}")]
    Frame { offset: u64, what: String },
    /// The instructions do not fit what is on the stack.
    #[error("byte {offset}: {opcode} {what}")]
    Stack {
        offset: u64,
        opcode: &'static str,
        what: String,
    },
    /// A memo index that was never written, or that skips others.
    #[error("byte {offset}: {opcode} of memo entry {index}, where {n_entries} are set")]
    Memo {
        offset: u64,
        opcode: &'static str,
        index: u64,
        n_entries: u64,
    },
    /// A number or a text that cannot be read.
    #[error("byte {offset}: {opcode} of {value}: {what}")]
    Literal {
        offset: u64,
        opcode: &'static str,
        value: String,
        what: &'static str,
    },
    /// More of something than the limits allow.
    #[error("byte {offset}: {what} (limit: {limit})")]
    Limit {
        offset: u64,
        what: &'static str,
        limit: u64,
    },
    /// The value is complete and the file goes on.
    #[error("byte {offset}: {n_bytes} bytes follow the end of the pickle")]
    Trailing { offset: u64, n_bytes: u64 },
    /// An array whose parts contradict each other.
    #[error("byte {offset}: {what}")]
    Array { offset: u64, what: String },
    /// An array of something else than real numbers.
    #[error("byte {offset}: an array of {dtype} values; real numbers of 8 to 64 bits are read")]
    Dtype { offset: u64, dtype: String },
    /// A value inside itself.
    #[error("byte {offset}: this {kind} contains itself")]
    Cycle { offset: u64, kind: &'static str },
    /// Containers in containers without end.
    #[error("byte {offset}: values are nested over {limit} deep")]
    Depth { offset: u64, limit: usize },
    /// Not three levels of mappings.
    #[error("byte {offset}: {what}")]
    Levels { offset: u64, what: String },
    /// A key that is no id.
    #[error("byte {offset}: {place} has a key that is {what}; ids are text or integers")]
    Key {
        offset: u64,
        place: String,
        what: String,
    },
    /// An id of unreasonable size.
    #[error(
        "byte {offset}: {place} has an id of {n_bytes} bytes ({start}); at most {limit} are read"
    )]
    KeyLength {
        offset: u64,
        place: String,
        n_bytes: u64,
        start: String,
        limit: usize,
    },
    /// The same key twice in one mapping.
    #[error("byte {offset}: {place} has the key {id} twice")]
    DuplicateKey {
        offset: u64,
        place: String,
        id: String,
    },
}

impl PickleError {
    /// Where in the unpacked file the cause stands, in bytes from its start.
    pub fn offset(&self) -> u64 {
        match *self {
            Self::Truncated { offset, .. }
            | Self::NoStop { offset }
            | Self::UnknownOpcode { offset, .. }
            | Self::RefusedOpcode { offset, .. }
            | Self::RefusedCallable { offset, .. }
            | Self::Pandas { offset, .. }
            | Self::Arguments { offset, .. }
            | Self::Protocol { offset, .. }
            | Self::Frame { offset, .. }
            | Self::Stack { offset, .. }
            | Self::Memo { offset, .. }
            | Self::Literal { offset, .. }
            | Self::Limit { offset, .. }
            | Self::Trailing { offset, .. }
            | Self::Array { offset, .. }
            | Self::Dtype { offset, .. }
            | Self::Cycle { offset, .. }
            | Self::Depth { offset, .. }
            | Self::Levels { offset, .. }
            | Self::Key { offset, .. }
            | Self::KeyLength { offset, .. }
            | Self::DuplicateKey { offset, .. } => offset,
        }
    }

    /// What kind of error it is, in snake_case: stable, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } | Self::NoStop { .. } => "pickle_truncated",
            Self::UnknownOpcode { .. }
            | Self::Protocol { .. }
            | Self::Frame { .. }
            | Self::Stack { .. }
            | Self::Memo { .. }
            | Self::Literal { .. } => "pickle_malformed",
            Self::RefusedOpcode { .. } | Self::Arguments { .. } => "pickle_not_data",
            Self::RefusedCallable { .. } => "pickle_callable",
            Self::Pandas { .. } => "pickle_pandas",
            Self::Limit { .. } => "pickle_limit",
            Self::Trailing { .. } => "pickle_trailing_bytes",
            Self::Array { .. } => "pickle_array",
            Self::Dtype { .. } => "pickle_dtype",
            Self::Cycle { .. } => "pickle_cycle",
            Self::Depth { .. } => "pickle_depth",
            Self::Levels { .. } => "levels",
            Self::Key { .. } | Self::KeyLength { .. } => "key",
            Self::DuplicateKey { .. } => "duplicate_key",
        }
    }

    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Truncated { .. } | Self::NoStop { .. } => {
                Some("was it copied or downloaded completely?")
            }
            Self::RefusedCallable { .. } | Self::RefusedOpcode { .. } | Self::Arguments { .. } => {
                Some(
                    "if you trust where it comes from, load it in Python and dump it again as plain \
                     dictionaries of numpy arrays; if not, do not load it in Python either",
                )
            }
            Self::Pandas { .. } => Some(
                "in Python: pickle.dump({c: {s: dict(zip(g.image, g.vector)) for s, g in \
                 d.groupby(\"subject\")} for c, d in table.groupby(\"class\")}, file)",
            ),
            Self::Dtype { .. } => Some("in Python: array.astype(\"float32\")"),
            Self::Levels { .. } => Some("arrange the file as {class: {subject: {sample: vector}}}"),
            Self::Key { .. } => Some("in Python: str(key)"),
            Self::DuplicateKey { .. } => {
                Some("give each a name of its own; 1 and \"1\" are one id")
            }
            Self::KeyLength { .. } => Some("give them shorter ids; is the key a path or a text?"),
            Self::Cycle { .. } | Self::Depth { .. } => Some(
                "arrange the file as {class: {subject: {sample: vector}}}, with nothing in between",
            ),
            Self::Trailing { .. } => {
                Some("was a second value dumped into the file, or the file copied as text?")
            }
            Self::Limit { .. } => Some(
                "if you trust where it comes from, load it in Python and dump it again as plain \
                 dictionaries of numpy arrays",
            ),
            Self::Protocol { .. }
            | Self::UnknownOpcode { .. }
            | Self::Frame { .. }
            | Self::Stack { .. }
            | Self::Memo { .. }
            | Self::Literal { .. }
            | Self::Array { .. } => {
                Some("is the file damaged, or no pickle at all? copy it again, or dump it again")
            }
        }
    }
}
