//! Pickles by hand, instruction by instruction, so that they can say what no program writes.

/// Pieces of a pickle, one after another.
pub(crate) fn join<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(part.as_ref());
    }
    bytes
}

/// Joins pieces of any type that is bytes.
macro_rules! pickle {
    ($($part:expr),* $(,)?) => {
        crate::assembler::join([$(AsRef::<[u8]>::as_ref(&$part)),*])
    };
}
pub(crate) use pickle;

/// `SHORT_BINUNICODE`.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let len = u8::try_from(text.len()).expect("a short text");
    pickle![[0x8c, len], text]
}

/// `BINUNICODE8`.
pub(crate) fn long_text(text: &str) -> Vec<u8> {
    pickle![[0x8d], (text.len() as u64).to_le_bytes(), text]
}

/// `SHORT_BINBYTES`.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    let len = u8::try_from(bytes.len()).expect("few bytes");
    pickle![[b'C', len], bytes]
}

/// `BININT`.
pub(crate) fn int(value: i32) -> Vec<u8> {
    pickle!["J", value.to_le_bytes()]
}

/// `GLOBAL`.
pub(crate) fn global(module: &str, name: &str) -> Vec<u8> {
    pickle!["c", module, "\n", name, "\n"]
}

/// `STACK_GLOBAL` with its two names.
pub(crate) fn stack_global(module: &str, name: &str) -> Vec<u8> {
    pickle![text(module), text(name), [0x93]]
}

/// Makes a mapping `{class: {subject: {sample: VALUE}}}` of the instructions for a value.
pub(crate) fn one_sample(value: impl AsRef<[u8]>) -> Vec<u8> {
    pickle![
        [0x80, 4],
        "}",
        text("class"),
        "}",
        text("subject"),
        "}",
        text("sample"),
        value,
        "sss."
    ]
}

/// The instructions that come before the value of [`one_sample`], in bytes.
pub(crate) fn n_before_sample() -> u64 {
    one_sample("").len() as u64 - 4
}

/// A dtype with its state.
pub(crate) fn dtype(code: &str) -> Vec<u8> {
    pickle![
        global("numpy", "dtype"),
        text(code),
        [0x89, 0x88, 0x87],
        "R",
        "(",
        int(3),
        text("<"),
        "NNN",
        int(-1),
        int(-1),
        int(0),
        "tb"
    ]
}

/// An array that has not yet received its state.
pub(crate) fn hollow_array() -> Vec<u8> {
    pickle![
        global("numpy.core.multiarray", "_reconstruct"),
        global("numpy", "ndarray"),
        int(0),
        [0x85],
        bytes(b"b"),
        [0x87],
        "R"
    ]
}

/// The state of an array, from the instructions for its shape, dtype and data.
pub(crate) fn state(
    shape: impl AsRef<[u8]>,
    dtype: impl AsRef<[u8]>,
    data: impl AsRef<[u8]>,
) -> Vec<u8> {
    pickle!["(", int(1), shape, dtype, [0x89], data, "t"]
}

/// A tuple of one integer.
pub(crate) fn shape(side: i32) -> Vec<u8> {
    pickle![int(side), [0x85]]
}
