//! Which image is of whom.

use std::collections::BTreeMap;
use std::path::Path;

use phenolens_core::cohort::Labelling;

use crate::Format;
use crate::format_error::{Fault, FormatError};
use crate::labels::LabelTable;
use crate::quote::quote;

/// Ids that a message names.
const NAMED: usize = 8;

/// The labels of images, from one table or several.
#[derive(Debug, Default)]
pub(crate) struct Images {
    pub(crate) labelling: Labelling,
    by_id: BTreeMap<String, [String; 3]>,
}

impl Images {
    /// Adds a table.
    ///
    /// # Errors
    /// If an image stands in it twice, unless once for each division of the images, or if it is of
    /// somebody else elsewhere.
    pub(crate) fn add(&mut self, path: &Path, table: LabelTable) -> Result<(), FormatError> {
        self.labelling = table.labelling;
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        for (ids, line) in table.rows {
            let image = ids[2].clone();
            let refused = |what: String| {
                let error = FormatError::new(Format::GestaltMatcher, Fault::Join, what);
                Err(error.hint("every image must stand in the tables once"))
            };
            if let Some(other) = self.by_id.get(&image)
                && *other != ids
            {
                let what = format!(
                    "{}, line {line}: image {} is of class {} and subject {}, and of class {} and subject {} \
                     before",
                    path.display(),
                    quote(&image),
                    quote(&ids[0]),
                    quote(&ids[1]),
                    quote(&other[0]),
                    quote(&other[1]),
                );
                return refused(what);
            }
            if let Some(before) = seen.insert(image.clone(), line)
                && !table.has_splits
            {
                let what = format!(
                    "{}, line {line}: image {} stands in line {before} as well, so that joining would \
                     multiply it",
                    path.display(),
                    quote(&image)
                );
                return refused(what);
            }
            self.by_id.insert(image, ids);
        }
        Ok(())
    }

    /// The ids of each of the images named, in their order: one to one.
    ///
    /// An image file is known by its whole name, by its name without the ending, or by what stands in
    /// front of the first underscore.
    ///
    /// # Errors
    /// If an image has no labels, a labelled one is not there, or two are one: with the ids.
    pub(super) fn join(&self, names: &[String]) -> Result<Vec<[String; 3]>, FormatError> {
        let mut unknown = Vec::new();
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let stem = name
                .rsplit_once('.')
                .map_or(name.as_str(), |(stem, _)| stem);
            let number = stem.split_once('_').map_or(stem, |(number, _)| number);
            let known = [name.as_str(), stem, number]
                .into_iter()
                .find_map(|id| self.by_id.get_key_value(id));
            let Some((id, ids)) = known else {
                unknown.push(quote(name));
                continue;
            };
            if let Some(other) = taken.insert(id, name) {
                let (id, one, other) = (quote(id), quote(name), quote(other));
                let what = format!("images {other} and {one} both belong to the labels of {id}");
                return Err(FormatError::new(Format::GestaltMatcher, Fault::Join, what));
            }
            found.push(ids.clone());
        }
        let refused = |n_images: usize, what: &str, ids: &[String], hint: &str| {
            let more = if ids.len() > NAMED { ", …" } else { "" };
            let ids = ids[..ids.len().min(NAMED)].join(", ");
            let what = format!("{n_images} {what}: {ids}{more}");
            Err(FormatError::new(Format::GestaltMatcher, Fault::Join, what).hint(hint))
        };
        if !unknown.is_empty() {
            return refused(
                unknown.len(),
                "images have encodings and no labels",
                &unknown,
                "name all tables of images with --labels; leave out encodings that are not wanted",
            );
        }
        let unused: Vec<String> = self
            .by_id
            .keys()
            .filter(|id| !taken.contains_key(id.as_str()))
            .map(|id| quote(id))
            .collect();
        if !unused.is_empty() {
            return refused(
                unused.len(),
                "images have labels and no encodings",
                &unused,
                "encode them, or leave them out of the tables",
            );
        }
        Ok(found)
    }
}
