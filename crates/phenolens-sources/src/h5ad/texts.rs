//! Text, which a file may keep once and name any number of times.
//!
//! The library makes a copy for every name before it gives any back; here each is counted first.

use std::collections::{HashMap, HashSet};

use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, StringPadding, StringSize, VarLenKind};
use phenolens_core::cohort::Stored;

use super::{damaged, fault, number};
use crate::format_error::{Excess, Fault, FormatError, Place};
use crate::quote::quote_bytes;
use crate::records::RECORD_BYTES;
use crate::{Format, Limits};

/// Reads text, within what a file of its size may come to.
pub(super) struct Texts<'a> {
    root: &'a Group,
    n_file_bytes: u64,
    max_bytes: u64,
    max_id_bytes: usize,
    n_bytes: u64,
    /// Where text is kept that has no fixed length, and how much of the file that is.
    heaps: HashSet<u64>,
    n_heap_bytes: u64,
}

impl<'a> Texts<'a> {
    /// For a file of `n_file_bytes` that had `n_stored` before it was unpacked.
    pub(super) fn new(
        root: &'a Group,
        n_file_bytes: u64,
        n_stored: u64,
        limits: &Limits,
    ) -> Texts<'a> {
        Texts {
            root,
            n_file_bytes,
            max_bytes: limits.cohort(n_stored),
            max_id_bytes: limits.id_bytes,
            n_bytes: 0,
            heaps: HashSet::new(),
            n_heap_bytes: 0,
        }
    }

    /// A list of text or integers.
    pub(super) fn list(
        &mut self,
        dataset: &Dataset,
        shown: &str,
    ) -> Result<Vec<String>, FormatError> {
        let n_values = dataset.num_elements().unwrap_or(u64::MAX);
        let max = self.max_bytes / RECORD_BYTES;
        if n_values > max {
            let what = format!("it has {n_values} values, and a file of its size may have {max}");
            return Err(fault(Fault::Limit, what).at(Place::Named(shown.to_owned())));
        }
        let raw = || {
            dataset
                .read_raw_bytes()
                .map_err(|error| damaged(shown, &error))
        };
        match dataset.dtype() {
            &Datatype::String {
                size: StringSize::Fixed(n_bytes),
                padding,
                ..
            } => {
                let n_bytes = n_bytes as usize;
                let raw = raw()?;
                let element = |row: usize| raw.get(row * n_bytes..(row + 1) * n_bytes);
                (0..n_values as usize)
                    .map(|row| {
                        let bytes = element(row)
                            .ok_or_else(|| damaged(shown, &"it is shorter than its shape says"))?;
                        self.text(bytes, padding, shown)
                    })
                    .collect()
            }
            &Datatype::String { padding, .. }
            | &Datatype::VarLen {
                kind: VarLenKind::String,
                padding,
                ..
            } => self.named(&raw()?, padding, shown),
            dtype => match number(dtype) {
                Some((number, is_big_endian)) if number.stored() == Stored::Integer => {
                    Ok(number.texts(&raw()?, is_big_endian))
                }
                _ => {
                    let what = format!("ids are {dtype:?} values; ids are text or integers");
                    Err(fault(Fault::Key, what).at(Place::Named(shown.to_owned())))
                }
            },
        }
    }

    /// The text of an attribute; `None` where it has none that can be an id.
    pub(super) fn attribute(&mut self, group: &Group, name: &str) -> Option<String> {
        let attributes = group.raw_attributes().ok()?;
        let attribute = attributes
            .iter()
            .find(|attribute| attribute.name() == name)?;
        let message = attribute.message();
        let texts = match &message.datatype {
            &Datatype::String {
                size: StringSize::Fixed(_),
                padding,
                ..
            } => return self.text(&message.raw_data, padding, name).ok(),
            &Datatype::String { padding, .. }
            | &Datatype::VarLen {
                kind: VarLenKind::String,
                padding,
                ..
            } => {
                let n_bytes = self.n_reference_bytes().min(message.raw_data.len());
                self.named(&message.raw_data[..n_bytes], padding, name)
            }
            _ => return None,
        };
        texts.ok()?.pop()
    }

    /// Counts a text, and refuses what is too much.
    pub(super) fn spend(&mut self, text: &str, shown: &str) -> Result<(), FormatError> {
        self.n_bytes += text.len() as u64;
        if self.n_bytes > self.max_bytes {
            let limit = self.max_bytes;
            let error = Excess::Cohort { limit }.of(Format::H5ad);
            return Err(error.at(Place::Named(shown.to_owned())));
        }
        Ok(())
    }

    /// The texts that references name.
    fn named(
        &mut self,
        references: &[u8],
        padding: StringPadding,
        shown: &str,
    ) -> Result<Vec<String>, FormatError> {
        let unfit = |what: &str| damaged(shown, &what);
        // Finding a text takes as long as there are texts beside it: each is found once.
        let mut known: HashMap<&[u8], (&[u8], usize)> = HashMap::new();
        let mut texts: Vec<String> = Vec::new();
        for reference in references.chunks(self.n_reference_bytes()) {
            let Some((count, place)) = reference.split_at_checked(4) else {
                return Err(unfit("a reference to a text is cut short"));
            };
            let text = match known.get(place) {
                Some(&(known_count, _)) if known_count != count => {
                    return Err(unfit("two references to a text give it two lengths"));
                }
                Some(&(_, row)) => {
                    let text = texts[row].clone();
                    self.spend(&text, shown)?;
                    text
                }
                None => {
                    self.check_heap(place, shown)?;
                    let resolved = self.root.resolve_vlen_reference_bytes(reference, 1);
                    let bytes = resolved.map_err(|error| damaged(shown, &error))?;
                    known.insert(place, (count, texts.len()));
                    self.text(&bytes, padding, shown)?
                }
            };
            texts.push(text);
        }
        Ok(texts)
    }

    fn text(
        &mut self,
        bytes: &[u8],
        padding: StringPadding,
        shown: &str,
    ) -> Result<String, FormatError> {
        let end = match padding {
            StringPadding::NullTerminate => bytes.iter().position(|&byte| byte == 0),
            StringPadding::NullPad => bytes.iter().rposition(|&byte| byte != 0).map(|at| at + 1),
            StringPadding::SpacePad => bytes
                .iter()
                .rposition(|&byte| byte != b' ')
                .map(|at| at + 1),
        };
        let end = end.unwrap_or(match padding {
            StringPadding::NullTerminate => bytes.len(),
            _ => 0,
        });
        let bytes = &bytes[..end];
        if bytes.len() > self.max_id_bytes {
            let excess = Excess::Id {
                n_bytes: bytes.len(),
                start: quote_bytes(bytes),
                limit: self.max_id_bytes,
            };
            let place = Place::Named(shown.to_owned());
            return Err(excess.of(Format::H5ad).at(place));
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(damaged(shown, &"a text is not UTF-8"));
        };
        self.spend(text, shown)?;
        Ok(text.to_owned())
    }

    /// Refuses heaps that lie in one another: the library copies each, whole.
    fn check_heap(&mut self, place: &[u8], shown: &str) -> Result<(), FormatError> {
        let n_offset_bytes = usize::from(self.root.offset_size());
        let word = |bytes: &[u8]| {
            let mut word = [0; 8];
            let n_bytes = bytes.len().min(8);
            word[..n_bytes].copy_from_slice(&bytes[..n_bytes]);
            u64::from_le_bytes(word)
        };
        let address = word(place.get(..n_offset_bytes).unwrap_or(place));
        if !self.heaps.insert(address) {
            return Ok(());
        }
        let n_length_bytes = usize::from(self.root.length_size());
        let Some(size_at) = address.checked_add(8) else {
            return Ok(());
        };
        let Ok(size) = self.root.storage().read_range(size_at, n_length_bytes) else {
            // A reference to nothing, which is an empty text.
            return Ok(());
        };
        self.n_heap_bytes = self.n_heap_bytes.saturating_add(word(size.as_ref()));
        if self.n_heap_bytes > self.n_file_bytes {
            return Err(damaged(
                shown,
                &"its texts claim more bytes than the file has",
            ));
        }
        Ok(())
    }

    fn n_reference_bytes(&self) -> usize {
        4 + usize::from(self.root.offset_size()) + 4
    }
}
