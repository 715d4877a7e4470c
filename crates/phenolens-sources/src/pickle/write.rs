//! Writes a cohort as Python would pickle it.

use std::collections::BTreeMap;

use phenolens_core::cohort::{RawCohort, RawRecord, RawVector};

use super::opcodes as op;

#[cfg(test)]
mod tests;

/// Writes a cohort as a pickle (protocol 4) of `{class: {subject: {sample: vector}}}`, which any
/// Python 3 with numpy loads and [`crate::read_bytes`] reads back.
///
/// Classes, subjects and samples stand in the order of their first record; groups without records
/// follow as empty mappings. Vectors become arrays of 32-bit floats, missing ones `None`, and
/// unusable ones the text that says what they are. The ids of one record are taken to be unlike
/// those of any other: a mapping holds a key once.
pub fn write_pickle(cohort: &RawCohort) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes.push(op::EMPTY_DICT);
    for class in grouped(cohort) {
        writer.text(class.name);
        writer.bytes.push(op::EMPTY_DICT);
        for subject in class.subjects {
            writer.text(subject.name);
            writer.bytes.push(op::EMPTY_DICT);
            for record in subject.records {
                writer.text(&record.sample);
                writer.vector(cohort, record);
                writer.bytes.push(op::SETITEM);
            }
            writer.bytes.push(op::SETITEM);
        }
        writer.bytes.push(op::SETITEM);
    }
    writer.bytes.push(op::STOP);
    writer.bytes
}

struct Class<'a> {
    name: &'a str,
    subjects: Vec<Subject<'a>>,
    /// Where each subject stands among `subjects`.
    index: BTreeMap<&'a str, usize>,
}

struct Subject<'a> {
    name: &'a str,
    records: Vec<&'a RawRecord>,
}

/// The records by class and subject, in the order of the first of each.
fn grouped(cohort: &RawCohort) -> Vec<Class<'_>> {
    let mut classes = Vec::new();
    let mut index = BTreeMap::new();
    for record in &cohort.records {
        let class = class_of(&mut classes, &mut index, &record.class);
        class.subject(&record.subject).records.push(record);
    }
    for group in &cohort.empty_groups {
        let class = class_of(&mut classes, &mut index, &group.class);
        if let Some(subject) = &group.subject {
            class.subject(subject);
        }
    }
    classes
}

fn class_of<'b, 'a>(
    classes: &'b mut Vec<Class<'a>>,
    index: &mut BTreeMap<&'a str, usize>,
    name: &'a str,
) -> &'b mut Class<'a> {
    let position = *index.entry(name).or_insert_with(|| {
        classes.push(Class {
            name,
            subjects: Vec::new(),
            index: BTreeMap::new(),
        });
        classes.len() - 1
    });
    &mut classes[position]
}

impl<'a> Class<'a> {
    fn subject(&mut self, name: &'a str) -> &mut Subject<'a> {
        let subjects = &mut self.subjects;
        let position = *self.index.entry(name).or_insert_with(|| {
            subjects.push(Subject {
                name,
                records: Vec::new(),
            });
            subjects.len() - 1
        });
        &mut subjects[position]
    }
}

/// The bytes so far, and which values the memo already holds.
struct Writer {
    bytes: Vec<u8>,
    n_memoized: u32,
    reconstruct: Option<u32>,
    /// The arguments of `_reconstruct`, and the dtype.
    arguments: u32,
    dtype: u32,
}

impl Writer {
    fn new() -> Writer {
        Writer {
            bytes: vec![op::PROTO, 4],
            n_memoized: 0,
            reconstruct: None,
            arguments: 0,
            dtype: 0,
        }
    }

    fn vector(&mut self, cohort: &RawCohort, record: &RawRecord) {
        match &record.vector {
            RawVector::Missing => self.bytes.push(op::NONE),
            RawVector::Unusable(what) => self.text(what),
            RawVector::Values { .. } => {
                let values = cohort.values(record).unwrap_or_default();
                self.array(values);
            }
        }
    }

    /// `_reconstruct(ndarray, (0,), b"b")` with the state `(1, (n,), dtype, False, values)`.
    fn array(&mut self, values: &[f32]) {
        match self.reconstruct {
            Some(reconstruct) => {
                self.memoized(reconstruct);
                self.memoized(self.arguments);
            }
            None => {
                self.global("numpy.core.multiarray", "_reconstruct");
                self.reconstruct = Some(self.memoize());
                self.global("numpy", "ndarray");
                self.small_int(0);
                self.bytes.push(op::TUPLE1);
                self.bytes.extend([op::SHORT_BINBYTES, 1, b'b']);
                self.bytes.push(op::TUPLE3);
                self.arguments = self.memoize();
            }
        }
        self.bytes.push(op::REDUCE);

        self.bytes.push(op::MARK);
        self.small_int(1);
        match i32::try_from(values.len()) {
            Ok(n_values) => {
                self.bytes.push(op::BININT);
                self.bytes.extend(n_values.to_le_bytes());
            }
            Err(_) => {
                self.bytes.extend([op::LONG1, 9]);
                self.bytes.extend((values.len() as u64).to_le_bytes());
                self.bytes.push(0);
            }
        }
        self.bytes.push(op::TUPLE1);
        self.dtype();
        self.bytes.push(op::NEWFALSE);
        self.bytes.push(op::BINBYTES8);
        self.bytes.extend((4 * values.len() as u64).to_le_bytes());
        self.bytes
            .extend(values.iter().flat_map(|value| value.to_le_bytes()));
        self.bytes.extend([op::TUPLE, op::BUILD]);
    }

    /// `dtype("f4", False, True)` with the state `(3, "<", None, None, None, -1, -1, 0)`.
    fn dtype(&mut self) {
        if self.dtype > 0 {
            self.memoized(self.dtype);
            return;
        }
        self.global("numpy", "dtype");
        self.text("f4");
        self.bytes
            .extend([op::NEWFALSE, op::NEWTRUE, op::TUPLE3, op::REDUCE]);
        self.dtype = self.memoize();
        self.bytes.push(op::MARK);
        self.small_int(3);
        self.text("<");
        self.bytes.extend([op::NONE; 3]);
        for _ in 0..2 {
            self.bytes.push(op::BININT);
            self.bytes.extend((-1_i32).to_le_bytes());
        }
        self.small_int(0);
        self.bytes.extend([op::TUPLE, op::BUILD]);
    }

    fn global(&mut self, module: &str, name: &str) {
        self.text(module);
        self.text(name);
        self.bytes.push(op::STACK_GLOBAL);
    }

    fn text(&mut self, text: &str) {
        match u8::try_from(text.len()) {
            Ok(len) => self.bytes.extend([op::SHORT_BINUNICODE, len]),
            Err(_) => {
                self.bytes.push(op::BINUNICODE8);
                self.bytes.extend((text.len() as u64).to_le_bytes());
            }
        }
        self.bytes.extend(text.as_bytes());
    }

    fn small_int(&mut self, value: u8) {
        self.bytes.extend([op::BININT1, value]);
    }

    /// Puts the value on top of the stack into the memo, and gives its index.
    fn memoize(&mut self) -> u32 {
        self.bytes.push(op::MEMOIZE);
        self.n_memoized += 1;
        self.n_memoized - 1
    }

    /// Pushes a value of the memo, which has few of them.
    fn memoized(&mut self, index: u32) {
        self.bytes.push(op::LONG_BINGET);
        self.bytes.extend(index.to_le_bytes());
    }
}
