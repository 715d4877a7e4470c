//! Gallery and probes as the user chooses them.

use std::collections::BTreeMap;
use std::path::Path;

use phenolens::dataset::Dataset;
use phenolens::gallery::Side;
use phenolens::report::InputFile;

use super::SideFile;
use super::by_sample::{BySample, Row, by_sample, shown as shown_id, unused};
use crate::failure::Failure;
use crate::talk::count;

/// The side of every sample, and which file says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sides {
    /// Shape `(n_samples,)`; `None` for samples without a row.
    pub(crate) sides: Vec<Option<Side>>,
    /// The file.
    pub(crate) identity: InputFile,
    /// What a user should know of how the file and the data fit, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Reads the sides of the samples of `dataset`.
///
/// # Errors
/// If a set is not one, a sample is in both, sample ids alone do not tell samples apart, or one of
/// the sets has no sample.
pub(crate) fn assign_sides(path: &Path, dataset: &Dataset) -> Result<Sides, Failure> {
    let file = SideFile::read(path, "the gallery file")?;
    let shown = path.display();
    let failure = |message: String| Failure::new("gallery_file", message);
    let BySample { ids, rows } = by_sample(&file, path, dataset, "set", "gallery_file")?;
    let mut side_of: BTreeMap<&[&str], Side> = BTreeMap::new();
    for Row { line, id, cell } in &rows {
        let side = match *cell {
            "gallery" => Side::Gallery,
            "probe" => Side::Probe,
            _ => {
                let message =
                    format!("{shown}:{line}: set {cell:?} is not \"gallery\" or \"probe\"");
                return Err(failure(message));
            }
        };
        if let Some(other) = side_of.insert(id, side)
            && other != side
        {
            let message = format!(
                "{shown}:{line}: {} is {}, and {} before",
                shown_id(id),
                said(side),
                said(other)
            );
            return Err(failure(message));
        }
    }
    let sides: Vec<Option<Side>> = ids
        .iter()
        .map(|id| side_of.get(id.as_slice()).copied())
        .collect();
    for side in [Side::Gallery, Side::Probe] {
        if !sides.contains(&Some(side)) {
            let message = format!("{shown}: no sample that is used is {}", said(side));
            return Err(failure(message)
                .hint("there must be samples on both sides; ids are compared as text"));
        }
    }

    let n_without = sides.iter().filter(|side| side.is_none()).count();
    let without = (n_without > 0).then(|| {
        format!(
            "{shown}: {} of {} without a row, left out of gallery and probes",
            count(n_without, "sample"),
            dataset.n_samples()
        )
    });
    let notes = without
        .into_iter()
        .chain(unused(path, &ids, &rows))
        .collect();
    Ok(Sides {
        sides,
        identity: file.identity,
        notes,
    })
}

fn said(side: Side) -> &'static str {
    match side {
        Side::Gallery => "in the gallery",
        Side::Probe => "a probe",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::fixtures::dataset;
    use super::*;

    /// Samples a, b of one subject, c of another class.
    fn sides_of(samples: [&str; 3], csv: &str) -> Result<Sides, Failure> {
        let dataset = dataset(samples);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sides.csv");
        fs::write(&path, csv).expect("a writable folder");
        assign_sides(&path, &dataset)
    }

    #[test]
    fn samples_without_a_row_take_no_part() {
        let sides = sides_of(["a", "b", "c"], "set,sample\nprobe,c\n gallery ,a\n").expect("good");
        assert_eq!(sides.sides, [Some(Side::Gallery), None, Some(Side::Probe)]);
        assert_eq!(sides.notes.len(), 1);
        let note = "sides.csv: 1 sample of 3 without a row, left out of gallery and probes";
        assert!(sides.notes[0].ends_with(note), "{:?}", sides.notes);

        let csv =
            "class,subject,sample,set\ny,2,a,probe\nx,1,a,gallery\nx,1,b,probe\nz,1,a,probe\n";
        let sides = sides_of(["a", "b", "a"], csv).expect("good");
        let expected = [Side::Gallery, Side::Probe, Side::Probe].map(Some);
        assert_eq!(sides.sides, expected);
        assert_eq!(sides.identity.name, "sides.csv");
        let note = "sides.csv: 1 row of no sample that is used: z/1/a";
        assert!(sides.notes[0].ends_with(note), "{:?}", sides.notes);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (
                "sample,set\na,gallery\nb,probes\n",
                ":3: set \"probes\" is not \"gallery\" or \"probe\"",
            ),
            (
                "sample,set\na,gallery\nb,probe\na,probe\n",
                ":4: a is a probe, and in the gallery before",
            ),
            (
                "sample,set\na,gallery\nz,probe\n",
                ": no sample that is used is a probe",
            ),
            ("sample,set\n", ": no sample that is used is in the gallery"),
            (
                "sample,fold\na,gallery\n",
                ":1: the columns are sample,fold; they must be class,subject,sample,set or sample,set",
            ),
            ("sample,set\na\n", ":2: 1 cells where the header has 2"),
        ];
        for (csv, message) in cases {
            let failure = sides_of(["a", "b", "c"], csv).expect_err(csv);
            assert!(
                failure.message.ends_with(&format!("sides.csv{message}")),
                "{failure}"
            );
        }
        let csv = "sample,set\na,gallery\nb,probe\n";
        let failure = sides_of(["a", "b", "a"], csv).expect_err("two a");
        let message =
            "\"a\" stands for several samples, so that it does not tell which set each is in";
        assert!(
            failure
                .message
                .ends_with(&format!("the sample id {message}")),
            "{failure}"
        );
        assert!(
            failure
                .hint
                .is_some_and(|hint| hint.contains("class,subject,sample,set"))
        );
    }
}
