//! The labels in the table of observations.

use hdf5_reader::group::Group;

use super::texts::Texts;
use super::{damaged, fault};
use crate::format_error::{Fault, FormatError, Place};
use crate::labels::{IdColumns, Labels, missing_columns};
use crate::quote::quote;
use crate::{Format, ReadOptions};

/// The labels in the columns of the table; the index is the sample where no column is.
pub(super) fn labels(
    root: &Group,
    n_rows: usize,
    mut texts: Texts<'_>,
    options: &ReadOptions,
) -> Result<Labels, FormatError> {
    let obs = root.group("obs").map_err(|error| {
        fault(
            Fault::Columns,
            format!("there is no table of observations: {error}"),
        )
        .hint("write it again with a current version of anndata")
    })?;
    let (groups, datasets) = obs.member_names().map_err(|error| damaged("obs", &error))?;
    let mut names: Vec<String> = groups.into_iter().chain(datasets).collect();
    names.sort();
    let mut columns = options.columns.clone();
    let has_sample = IdColumns::find(&names, &columns).is_ok();
    if !has_sample {
        let index = texts.attribute(&obs, "_index");
        columns.sample = index.unwrap_or_else(|| "_index".to_owned());
    }
    let ids = IdColumns::find(&names, &columns).map_err(|missing| {
        missing_columns(Format::H5ad, &names, &missing, &options.columns)
            .at(Place::Named("obs".to_owned()))
    })?;
    Ok(Labels {
        labelling: ids.labelling(),
        ids: ids.all_ids(|place| column(&obs, &names[place], n_rows, &mut texts))?,
    })
}

/// A column of `n_rows` texts: plain, or by codes into a list of categories.
fn column(
    obs: &Group,
    name: &str,
    n_rows: usize,
    texts: &mut Texts<'_>,
) -> Result<Vec<String>, FormatError> {
    let shown = format!("obs/{}", quote(name));
    let of_rows = |n_values: u64| match n_values == n_rows as u64 {
        true => Ok(()),
        false => {
            let what = format!("a column of obs has {n_values} values for {n_rows} rows");
            Err(fault(Fault::Join, what))
        }
    };
    let Ok(column) = obs.group(name) else {
        let dataset = obs.dataset(name).map_err(|error| damaged(&shown, &error))?;
        of_rows(dataset.num_elements().unwrap_or(u64::MAX))?;
        return texts.list(&dataset, &shown);
    };
    let codes = column
        .dataset("codes")
        .map_err(|error| damaged(&shown, &error))?;
    of_rows(codes.num_elements().unwrap_or(u64::MAX))?;
    let categories = column
        .dataset("categories")
        .map_err(|error| damaged(&shown, &error))?;
    let categories = texts.list(&categories, &shown)?;
    let codes = texts.list(&codes, &shown)?;
    codes
        .iter()
        .enumerate()
        .map(|(row, code)| {
            let code: Option<usize> = code.parse().ok();
            let Some(text) = code.and_then(|code| categories.get(code)) else {
                let what = "the id is missing; ids are text or integers";
                let place = Place::Row(row as u64, Some(shown.clone()));
                return Err(fault(Fault::Key, what).at(place));
            };
            texts.spend(text, &shown)?;
            Ok(text.clone())
        })
        .collect()
}
