//! What a source read, before anything is judged: records, and groups that hold none.

use crate::findings::Finding;

/// Everything that a source found, in the order of the source.
///
/// Sources fill it with the `push` functions; [`crate::validation::admit`] turns it into a
/// [`crate::dataset::Dataset`] and lists what it leaves out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawCohort {
    /// One per image, usable or not.
    pub records: Vec<RawRecord>,
    /// Classes without a subject and subjects without a sample.
    pub empty_groups: Vec<EmptyGroup>,
    /// What is known of the samples beside their vectors.
    pub labelling: Labelling,
    /// What is odd about the file itself, which its records do not tell.
    pub findings: Vec<Finding>,
    /// The values of all records with a vector, one after another.
    values: Vec<f32>,
}

/// One sample as the source gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRecord {
    /// The class id, as text.
    pub class: String,
    /// The subject id, as text.
    pub subject: String,
    /// The sample id, as text; may repeat under other subjects.
    pub sample: String,
    /// What stood where the vector should be.
    pub vector: RawVector,
}

/// What a source knows of its samples beside their vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labelling {
    /// The class, the subject and the sample.
    #[default]
    Complete,
    /// The class and the sample: each sample counts as a subject of its own, with the same id.
    WithoutSubjects,
    /// Nothing: a bare matrix. The sample ids are row numbers, the other ids are empty.
    Bare,
}

/// What stood where a vector should be.
#[derive(Debug, Clone, PartialEq)]
pub enum RawVector {
    /// Numbers, possibly none, possibly not finite.
    Values {
        /// Where they start in [`RawCohort::values`].
        start: usize,
        /// How many there are.
        len: usize,
        /// How the source stored them.
        stored: Stored,
    },
    /// Nothing: `None` or an empty cell.
    Missing,
    /// Something well-formed that is no vector; the text says what, in a few words.
    Unusable(String),
}

/// How a source stored the values of a vector; they are used as 32-bit floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// 16- or 32-bit floats: taken as they are.
    Exact,
    /// 64-bit floats or large integers of which at least one was rounded to 32 bits.
    Rounded,
    /// Integers that 32-bit floats hold exactly.
    Integer,
}

/// A class without a subject, or a subject without a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyGroup {
    /// The class id.
    pub class: String,
    /// The subject id; `None` where the class itself is empty.
    pub subject: Option<String>,
}

impl RawCohort {
    /// Makes room for as many values, so that they are not moved while they come in.
    pub fn reserve_values(&mut self, n_values: usize) {
        self.values.reserve_exact(n_values);
    }

    /// Adds a sample with numbers.
    pub fn push_values(
        &mut self,
        [class, subject, sample]: [String; 3],
        values: impl IntoIterator<Item = f32>,
        stored: Stored,
    ) {
        let start = self.values.len();
        self.values.extend(values);
        let vector = RawVector::Values {
            start,
            len: self.values.len() - start,
            stored,
        };
        self.records.push(RawRecord {
            class,
            subject,
            sample,
            vector,
        });
    }

    /// Adds a sample with `None` in the place of its vector.
    pub fn push_missing(&mut self, [class, subject, sample]: [String; 3]) {
        self.records.push(RawRecord {
            class,
            subject,
            sample,
            vector: RawVector::Missing,
        });
    }

    /// Adds a sample with something else in the place of its vector; `what` names it.
    pub fn push_unusable(&mut self, [class, subject, sample]: [String; 3], what: String) {
        self.records.push(RawRecord {
            class,
            subject,
            sample,
            vector: RawVector::Unusable(what),
        });
    }

    /// Takes the values that the records point into out of it.
    pub(crate) fn take_values(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.values)
    }

    /// The numbers of a record, where it has any.
    pub fn values(&self, record: &RawRecord) -> Option<&[f32]> {
        match record.vector {
            RawVector::Values { start, len, .. } => Some(&self.values[start..][..len]),
            RawVector::Missing | RawVector::Unusable(_) => None,
        }
    }
}
