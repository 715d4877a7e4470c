//! The folds of the protocol `from-file`.

use std::collections::BTreeMap;
use std::path::Path;

use phenolens::dataset::Dataset;
use phenolens::report::InputFile;

use super::by_sample::{BySample, Row, by_sample, shown as shown_id, unused};
use super::{SideFile, first_few};
use crate::failure::Failure;
use crate::talk::count;

/// The fold of every sample, and which file says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folds {
    /// Shape `(n_samples,)`, numbered from 0 without gaps.
    pub(crate) folds: Vec<usize>,
    /// The file.
    pub(crate) identity: InputFile,
    /// What of the file was of no use, in a sentence.
    pub(crate) unused: Option<String>,
}

/// Reads folds for the samples of `dataset`.
///
/// # Errors
/// If a sample has no fold or two, sample ids alone do not tell samples apart, or a fold has no
/// sample.
pub(crate) fn assign_folds(path: &Path, dataset: &Dataset) -> Result<Folds, Failure> {
    let file = SideFile::read(path, "the folds file")?;
    let shown = path.display();
    let BySample { ids, rows } = by_sample(&file, path, dataset, "fold", "folds_file")?;
    let mut fold_of: BTreeMap<&[&str], usize> = BTreeMap::new();
    for Row { line, id, cell } in &rows {
        let Ok(fold) = cell.parse::<usize>() else {
            let message = format!("{shown}:{line}: fold {cell:?} is not a whole number from 0 up");
            return Err(Failure::new("folds_file", message));
        };
        if let Some(other) = fold_of.insert(id, fold)
            && other != fold
        {
            let message = format!(
                "{shown}:{line}: {} is in fold {fold}, and in fold {other} before",
                shown_id(id)
            );
            return Err(Failure::new("folds_file", message));
        }
    }

    let missing: Vec<String> = ids
        .iter()
        .filter(|id| !fold_of.contains_key(id.as_slice()))
        .map(|id| shown_id(id))
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "{shown}: {} of {} without a fold: {}",
            count(missing.len(), "sample"),
            dataset.n_samples(),
            first_few(&missing)
        );
        return Err(Failure::new("folds_file", message)
            .hint("every sample that is used must have a row; ids are compared as text"));
    }
    let folds: Vec<usize> = ids.iter().map(|id| fold_of[id.as_slice()]).collect();
    refuse_gaps(&folds, path)?;

    let unused = unused(path, &ids, &rows);
    Ok(Folds {
        folds,
        identity: file.identity,
        unused,
    })
}

/// A fold without samples would be a silent empty one.
fn refuse_gaps(folds: &[usize], path: &Path) -> Result<(), Failure> {
    let mut numbers = folds.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let gap = numbers
        .iter()
        .enumerate()
        .find(|(place, fold)| place != *fold);
    match gap {
        Some((place, _)) => {
            let message = format!("{}: no sample is in fold {place}", path.display());
            Err(Failure::new("folds_file", message).hint("folds are numbered from 0 without gaps"))
        }
        None if numbers.len() < 2 => {
            let message = format!("{}: all samples are in one fold", path.display());
            Err(Failure::new("folds_file", message).hint("there must be at least two folds"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::fixtures::dataset;
    use super::*;

    fn folds_of(samples: [&str; 3], csv: &str) -> Result<Folds, Failure> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("folds.csv");
        fs::write(&path, csv).expect("a writable folder");
        assign_folds(&path, &dataset(samples))
    }

    #[test]
    fn rows_in_any_order_and_columns_too() {
        let by_sample = folds_of(["a", "b", "c"], "sample,fold\nc,1\na,0\nb,1\n");
        assert_eq!(by_sample.expect("complete").folds, [0, 1, 1]);
        let csv = "fold,sample,class,subject\n0,a,y,2\n1,a,x,1\n0,\"b,\",x,1\n1,z,y,2\n";
        let folds = folds_of(["a", "b,", "a"], csv).expect("complete");
        assert_eq!(folds.folds, [1, 0, 0]);
        assert_eq!(folds.identity.name, "folds.csv");
        let unused = folds.unused.expect("a row too many");
        assert!(
            unused.ends_with("1 row of no sample that is used: y/2/z"),
            "{unused}"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (
                "sample,fold\na,0\n",
                ": 2 samples of 3 without a fold: b, c",
            ),
            (
                "class,subject,sample,fold\nx,1,a,0\ny,1,c,0\ny,2,c,1\n",
                ": 1 sample of 3 without a fold: x/1/b",
            ),
            (
                "sample,fold\na,0\nb,-1\n",
                ":3: fold \"-1\" is not a whole number from 0 up",
            ),
            (
                "sample,fold\na,0\na,1\n",
                ":3: a is in fold 1, and in fold 0 before",
            ),
            ("sample,fold\na,0\nb,0\nc,2\n", ": no sample is in fold 1"),
            ("sample,fold\na,1\nb,2\nc,2\n", ": no sample is in fold 0"),
            (
                "sample,fold\na,0\nb,0\nc,0\n",
                ": all samples are in one fold",
            ),
            (
                "sample\na\n",
                ":1: the columns are sample; they must be class,subject,sample,fold or sample,fold",
            ),
            ("sample,fold\na,0,1\n", ":2: 3 cells where the header has 2"),
        ];
        for (csv, message) in cases {
            let failure = folds_of(["a", "b", "c"], csv).expect_err(csv);
            assert!(
                failure.message.ends_with(&format!("folds.csv{message}")),
                "{failure}"
            );
        }
        let failure = folds_of(["a", "b", "a"], "sample,fold\na,0\nb,1\n").expect_err("two a");
        assert!(
            failure.message.contains("\"a\" stands for several samples"),
            "{failure}"
        );
    }
}
