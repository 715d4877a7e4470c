//! Writes three levels of mappings out as records.

use std::borrow::Cow;
use std::collections::BTreeSet;

use phenolens_core::cohort::{EmptyGroup, RawCohort};

use super::PickleError;
use super::values::{Arena, Id, Value};
use super::vectors::{self, Vector};
use crate::gestalt_matcher::{Encodings, Variant};
use crate::quote::{quote, quote_bytes};

/// Bytes that a record takes beside its ids and values, with what the allocator adds.
const RECORD_BYTES: u64 = 256;

/// The records of `class -> subject -> sample -> vector`, in the order of the file.
///
/// Values may be shared: the cohort, in which each record has its own, may take `max_bytes`.
pub(super) fn flatten(
    arena: &Arena<'_>,
    top: Id,
    max_bytes: u64,
    max_id_bytes: usize,
) -> Result<RawCohort, PickleError> {
    let mut flattening = Flattening::new(arena, max_bytes, max_id_bytes);
    let Value::Dict(classes) = arena.get(top) else {
        return Err(PickleError::Levels {
            offset: arena.offset(top),
            what: format!(
                "the file holds {} where a mapping class -> subject -> sample -> vector is needed",
                vectors::describe(arena, top)
            ),
        });
    };
    for (class, value) in flattening.items(classes, &[])? {
        flattening.class(&class, value)?;
    }
    Ok(flattening.cohort)
}

/// The vectors of `image -> [vector, ...]`, each known by its place in the list.
pub(super) fn flatten_variants(
    arena: &Arena<'_>,
    top: Id,
    max_bytes: u64,
    max_id_bytes: usize,
) -> Result<Encodings, PickleError> {
    let mut flattening = Flattening::new(arena, max_bytes, max_id_bytes);
    let levels = |id: Id, what: String| PickleError::Levels {
        offset: arena.offset(id),
        what,
    };
    let Value::Dict(images) = arena.get(top) else {
        let what = format!(
            "the file holds {} where a mapping image -> list of vectors is needed",
            vectors::describe(arena, top)
        );
        return Err(levels(top, what));
    };
    let mut encodings = Encodings::default();
    for (image, value) in flattening.items(images, &[])? {
        let members = match arena.get(value) {
            Value::List(members) => members.as_slice(),
            Value::Tuple(members) => members,
            _ => {
                let what = format!(
                    "image {} holds {} where a list of vectors is needed; labels beside a pickle are for \
                     {{image: [vectors]}}",
                    quote(&image),
                    vectors::describe(arena, value)
                );
                return Err(levels(value, what));
            }
        };
        for (place, &member) in members.iter().enumerate() {
            let n_values = vectors::n_values(arena, member);
            flattening.spend(image.len() as u64 + 4 * n_values + RECORD_BYTES, member)?;
            let values = match vectors::read(arena, member) {
                Vector::Values { values, .. } => Ok(values),
                Vector::Missing => Err("nothing".to_owned()),
                Vector::Unusable(what) => Err(what),
            };
            let kind = [format!("{place:06}"), String::new(), String::new()];
            encodings
                .push(&image, Variant { kind, values })
                .expect("every place in a list is another one");
        }
    }
    Ok(encodings)
}

struct Flattening<'a> {
    arena: &'a Arena<'a>,
    max_id_bytes: usize,
    /// Bytes that the cohort takes so far, and may take.
    n_bytes: u64,
    max_bytes: u64,
    cohort: RawCohort,
}

impl<'a> Flattening<'a> {
    fn new(arena: &'a Arena<'a>, max_bytes: u64, max_id_bytes: usize) -> Flattening<'a> {
        Flattening {
            arena,
            max_id_bytes,
            n_bytes: 0,
            max_bytes,
            cohort: RawCohort::default(),
        }
    }

    fn class(&mut self, class: &str, value: Id) -> Result<(), PickleError> {
        match self.arena.get(value) {
            Value::Dict(subjects) if !subjects.is_empty() => {
                for (subject, value) in self.items(subjects, &[class])? {
                    self.subject(class, &subject, value)?;
                }
                Ok(())
            }
            Value::None | Value::Dict(_) => {
                self.spend(class.len() as u64 + RECORD_BYTES, value)?;
                self.cohort.empty_groups.push(EmptyGroup {
                    class: class.to_owned(),
                    subject: None,
                });
                Ok(())
            }
            _ => Err(PickleError::Levels {
                offset: self.arena.offset(value),
                what: format!(
                    "{} holds {} where a mapping subject -> sample -> vector is needed; with one \
                     level of keys it is unknown which samples belong together",
                    place(&[class]),
                    vectors::describe(self.arena, value)
                ),
            }),
        }
    }

    fn subject(&mut self, class: &str, subject: &str, value: Id) -> Result<(), PickleError> {
        match self.arena.get(value) {
            Value::Dict(samples) if !samples.is_empty() => {
                for (sample, value) in self.items(samples, &[class, subject])? {
                    self.sample([class, subject, &sample], value)?;
                }
                Ok(())
            }
            Value::None | Value::Dict(_) => {
                let n_bytes = class.len() + subject.len();
                self.spend(n_bytes as u64 + RECORD_BYTES, value)?;
                self.cohort.empty_groups.push(EmptyGroup {
                    class: class.to_owned(),
                    subject: Some(subject.to_owned()),
                });
                Ok(())
            }
            _ => Err(PickleError::Levels {
                offset: self.arena.offset(value),
                what: format!(
                    "{} holds {} where a mapping sample -> vector is needed; a file of two levels \
                     lacks the subjects, without which the samples of one person cannot be kept \
                     together",
                    place(&[class, subject]),
                    vectors::describe(self.arena, value)
                ),
            }),
        }
    }

    fn sample(&mut self, ids: [&str; 3], value: Id) -> Result<(), PickleError> {
        let n_values = vectors::n_values(self.arena, value);
        let n_id_bytes: usize = ids.iter().map(|id| id.len()).sum();
        self.spend(n_id_bytes as u64 + 4 * n_values + RECORD_BYTES, value)?;

        let owned = ids.map(str::to_owned);
        match vectors::read(self.arena, value) {
            Vector::Values { values, stored } => self.cohort.push_values(owned, values, stored),
            Vector::Missing => self.cohort.push_missing(owned),
            Vector::Unusable(what) => self.cohort.push_unusable(owned, what),
        }
        Ok(())
    }

    /// The items of a mapping with their keys as text, each key once.
    ///
    /// Each item leads to a record or an empty group, so that their budget bounds this too.
    fn items(
        &self,
        items: &[(Id, Id)],
        path: &[&str],
    ) -> Result<Vec<(Cow<'a, str>, Id)>, PickleError> {
        let mut ids = Vec::with_capacity(items.len());
        let mut seen = BTreeSet::new();
        for &(key, value) in items {
            let id = self.id(key, path)?;
            if !seen.insert(id.clone()) {
                return Err(PickleError::DuplicateKey {
                    offset: self.arena.offset(key),
                    place: place(path),
                    id: quote(&id),
                });
            }
            ids.push((id, value));
        }
        Ok(ids)
    }

    /// A key as text.
    fn id(&self, key: Id, path: &[&str]) -> Result<Cow<'a, str>, PickleError> {
        let refused = |what: String| PickleError::Key {
            offset: self.arena.offset(key),
            place: place(path),
            what,
        };
        let id = match *self.arena.get(key) {
            Value::Text(span) => Cow::Borrowed(self.arena.text(span)),
            Value::Bytes(span) => {
                let bytes = self.arena.bytes(span);
                match std::str::from_utf8(bytes) {
                    Ok(id) => Cow::Borrowed(id),
                    Err(_) => {
                        let quoted = quote_bytes(bytes);
                        return Err(refused(format!("bytes that are not UTF-8 ({quoted})")));
                    }
                }
            }
            Value::Int(id) => Cow::Owned(id.to_string()),
            Value::LargeInt(id) => Cow::Owned(id.to_string()),
            ref other => return Err(refused(other.kind().to_owned())),
        };
        if id.len() > self.max_id_bytes {
            return Err(PickleError::KeyLength {
                offset: self.arena.offset(key),
                place: place(path),
                n_bytes: id.len() as u64,
                start: quote(&id),
                limit: self.max_id_bytes,
            });
        }
        Ok(id)
    }

    /// Counts what the cohort grows by: without sharing it is in proportion to the file, with
    /// sharing there is no other end to it.
    fn spend(&mut self, n_bytes: u64, value: Id) -> Result<(), PickleError> {
        self.n_bytes += n_bytes;
        if self.n_bytes <= self.max_bytes {
            return Ok(());
        }
        Err(PickleError::Limit {
            offset: self.arena.offset(value),
            what: "shared values come to too many bytes once each record has its own",
            limit: self.max_bytes,
        })
    }
}

/// A place in the file as a reader knows it.
fn place(path: &[&str]) -> String {
    match *path {
        [] => "the mapping of classes".to_owned(),
        [class] => format!("class {}", quote(class)),
        [class, subject, ..] => format!("subject {} of class {}", quote(subject), quote(class)),
    }
}
