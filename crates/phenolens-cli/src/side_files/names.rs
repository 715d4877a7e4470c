//! Words for class ids.

use std::collections::BTreeMap;
use std::path::Path;

use phenolens::dataset::Dataset;
use phenolens::report::InputFile;

use super::{SideFile, first_few};
use crate::failure::Failure;
use crate::talk::count;
use crate::terminal;

/// Words for class ids, and which file gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// Pairs of id and name, for classes of the dataset only, in their order.
    pub(crate) labels: Vec<(String, String)>,
    /// The file.
    pub(crate) identity: InputFile,
    /// What of the file was of no use, in a sentence.
    pub(crate) unused: Option<String>,
}

/// Reads words for the classes of `dataset`; classes without one keep their id.
///
/// # Errors
/// If the columns are others than `class,name`, or a class has two names.
pub(crate) fn assign_names(path: &Path, dataset: &Dataset) -> Result<Names, Failure> {
    let file = SideFile::read(path, "the names file")?;
    let shown = path.display();
    // The table of syndromes of GestaltMatcher-Arc has further columns.
    let place = |name: &str| file.header.iter().position(|column| column == name);
    let of_gestalt_matcher = place("syndrome_id").zip(place("syndrome_name"));
    let columns = file.columns(&["class", "name"]);
    let Some(columns) = columns.or(of_gestalt_matcher.map(|(id, name)| vec![id, name])) else {
        let columns = file.header.join(",");
        let message = format!(
            "{shown}:1: the columns are {columns}; they must be class,name, or syndrome_id and syndrome_name \
             among others"
        );
        return Err(Failure::new("names_file", message));
    };
    let mut name_of: BTreeMap<&str, &str> = BTreeMap::new();
    for (line, cells) in &file.rows {
        let (class, name) = (&*cells[columns[0]], cells[columns[1]].trim());
        if name.is_empty() {
            let message = format!("{shown}:{line}: class {class:?} has an empty name");
            return Err(Failure::new("names_file", message));
        }
        if let Some(other) = name_of.insert(class, name) {
            let message =
                format!("{shown}:{line}: class {class:?} is called {name:?}, and {other:?} before");
            return Err(Failure::new("names_file", message));
        }
    }
    let classes = dataset.class_names();
    let unknown: Vec<String> = name_of
        .keys()
        .filter(|&&class| {
            classes
                .binary_search_by(|name| name.as_str().cmp(class))
                .is_err()
        })
        .map(|&class| terminal::id(class))
        .collect();
    let labels = classes
        .iter()
        .filter_map(|class| Some((class.clone(), (*name_of.get(class.as_str())?).to_owned())))
        .collect();
    let unused = (!unknown.is_empty()).then(|| {
        let rows = count(unknown.len(), "row");
        let examples = first_few(&unknown);
        format!("{shown}: {rows} of no class that is used: {examples}")
    });
    Ok(Names {
        labels,
        identity: file.identity,
        unused,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use phenolens::dataset::SampleId;

    use super::*;

    fn names_of(csv: &str) -> Result<Names, Failure> {
        let ids = ["a", "b"].map(|class| SampleId {
            class: class.to_owned(),
            subject: class.to_owned(),
            sample: class.to_owned(),
        });
        let dataset = Dataset::new(vec![1.0, 2.0], 1, ids.to_vec()).expect("two samples");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("names.csv");
        fs::write(&path, csv).expect("a writable folder");
        assign_names(&path, &dataset)
    }

    #[test]
    fn names_of_the_classes_at_hand() {
        let names = names_of("\u{feff}class,name\nz,Zed\nb,Bee\n").expect("a good file");
        assert_eq!(names.labels, [("b".to_owned(), "Bee".to_owned())]);
        let unused = names.unused.expect("z is unknown");
        assert!(
            unused.ends_with("1 row of no class that is used: z"),
            "{unused}"
        );
    }

    #[test]
    fn the_table_of_gestalt_matcher_gives_names() {
        let table = "syndrome_id\tsyndrome_name\tnum_of_images\nb\tBee, the\t3\n";
        let names = names_of(table).expect("a good file");
        assert_eq!(names.labels, [("b".to_owned(), "Bee, the".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (
                "id,name\na,A\n",
                ":1: the columns are id,name; they must be class,name, or syndrome_id and \
                 syndrome_name among others",
            ),
            ("class,name\na, \n", ":2: class \"a\" has an empty name"),
            (
                "class,name\na,A\na,B\n",
                ":3: class \"a\" is called \"B\", and \"A\" before",
            ),
        ];
        for (csv, message) in cases {
            let failure = names_of(csv).expect_err(csv);
            assert!(
                failure.message.ends_with(&format!("names.csv{message}")),
                "{failure}"
            );
        }
    }
}
