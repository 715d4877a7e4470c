//! What else is known of subjects or samples: sex, age band, ancestry, site.

use std::collections::BTreeMap;
use std::path::Path;

use phenolens::dataset::Dataset;
use phenolens::report::InputFile;
use phenolens::subgroups::Variable;

use super::by_sample::shown as shown_id;
use super::{SideFile, first_few};
use crate::failure::Failure;
use crate::talk::count;

/// The columns that say whom a row is of; each of these sets is one way.
const IDS: [&[&str]; 4] = [
    &["subject"],
    &["sample"],
    &["class", "subject"],
    &["class", "subject", "sample"],
];

/// Every other column of the file, for the samples of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// At least one.
    pub(crate) variables: Vec<Variable>,
    /// The file.
    pub(crate) identity: InputFile,
    /// What of the file was of no use, and what it does not tell, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Reads metadata for the samples of `dataset`.
///
/// Ids are compared as text, values are trimmed, and an empty one is unknown, as is that of a sample
/// without a row.
///
/// # Errors
/// If the columns do not say whom a row is of, or nothing else; if two rows are of the same; or if
/// sample ids alone do not tell samples apart.
pub(crate) fn read_metadata(path: &Path, dataset: &Dataset) -> Result<Metadata, Failure> {
    let file = SideFile::read(path, "the metadata file")?;
    let shown = path.display();
    let failure =
        |line: u64, text: &str| Failure::new("metadata_file", format!("{shown}:{line}: {text}"));
    refuse_unfit_names(&file.header).map_err(|text| failure(1, &text))?;
    let is_id = |name: &String| ["class", "subject", "sample"].contains(&name.as_str());
    let (ids, others): (Vec<usize>, Vec<usize>) =
        (0..file.header.len()).partition(|&column| is_id(&file.header[column]));
    let mut found: Vec<&str> = ids.iter().map(|&column| &*file.header[column]).collect();
    // "class" before "subject" before "sample".
    found.sort_by_key(|name| IDS[3].iter().position(|other| other == name));
    if !IDS.contains(&found.as_slice()) {
        let columns = file.header.join(",");
        let text = format!(
            "the columns are {columns}; those that say whom a row is of must be subject, or sample, \
             or class,subject, or class,subject,sample"
        );
        return Err(failure(1, &text));
    }
    if others.is_empty() {
        let text = "there is no column besides those that say whom a row is of";
        return Err(failure(1, text).hint("each other column is a variable, such as sex or site"));
    }

    let columns: Vec<usize> = found
        .iter()
        .filter_map(|name| file.header.iter().position(|column| column == name))
        .collect();
    let ids_of = |sample: usize| -> Vec<&str> {
        let [class, subject, own] = dataset.id(sample);
        let id = |name: &&str| match *name {
            "class" => class,
            "subject" => subject,
            _ => own,
        };
        found.iter().map(id).collect()
    };
    let known: Vec<Vec<&str>> = (0..dataset.n_samples()).map(ids_of).collect();
    if found == ["sample"] {
        refuse_repeated(&known)?;
    }

    let mut row_of: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for (row, (line, cells)) in file.rows.iter().enumerate() {
        let id: Vec<&str> = columns.iter().map(|&column| &*cells[column]).collect();
        if let Some(&earlier) = row_of.get(&id) {
            let (other_line, other_cells) = &file.rows[earlier];
            let values = |cells: &Vec<String>| -> Vec<String> {
                others.iter().map(|&c| cells[c].trim().to_owned()).collect()
            };
            let says = match values(cells) == values(other_cells) {
                true => "the same",
                false => "something else",
            };
            let whom = shown_id(&id);
            let text = format!("{whom} has a row before, in line {other_line}, which says {says}");
            return Err(failure(*line, &text).hint(format!(
                "one row for each {}",
                found.last().expect("there is an id column")
            )));
        }
        row_of.insert(id, row);
    }

    let rows: Vec<Option<usize>> = known.iter().map(|id| row_of.get(id).copied()).collect();
    let variable = |&column: &usize| {
        let text = |row: &Option<usize>| {
            let text = file.rows[(*row)?].1[column].trim();
            (!text.is_empty()).then_some(text)
        };
        let texts: Vec<Option<&str>> = rows.iter().map(text).collect();
        Variable::new(file.header[column].clone(), &texts)
    };
    Ok(Metadata {
        variables: others.iter().map(variable).collect(),
        notes: notes(&shown.to_string(), known, &row_of),
        identity: file.identity,
    })
}

/// Names of columns must tell them apart.
fn refuse_unfit_names(header: &[String]) -> Result<(), String> {
    if let Some(place) = header.iter().position(String::is_empty) {
        return Err(format!("column {} has no name", place + 1));
    }
    let mut names = header.to_vec();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two columns are called {:?}", pair[0])),
        None => Ok(()),
    }
}

fn refuse_repeated(ids: &[Vec<&str>]) -> Result<(), Failure> {
    let mut sorted = ids.to_vec();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => {
            let message = format!(
                "the sample id {:?} stands for several samples, so that it does not tell whom a row of \
                 the metadata is of",
                pair[0][0]
            );
            Err(Failure::new("metadata_file", message)
                .hint("use the columns class,subject,sample and the variables"))
        }
    }
}

/// Rows of nobody, and samples without a row.
fn notes(
    shown: &str,
    mut known: Vec<Vec<&str>>,
    row_of: &BTreeMap<Vec<&str>, usize>,
) -> Vec<String> {
    let n_samples = known.len();
    let is_without = |id: &&Vec<&str>| !row_of.contains_key(*id);
    let n_without = known.iter().filter(is_without).count();
    known.sort();
    let unused: Vec<String> = row_of
        .keys()
        .filter(|id| known.binary_search(id).is_err())
        .map(|id| shown_id(id))
        .collect();
    let mut notes = Vec::new();
    if !unused.is_empty() {
        let rows = count(unused.len(), "row");
        let examples = first_few(&unused);
        notes.push(format!(
            "{shown}: {rows} of no sample that is used: {examples}"
        ));
    }
    if n_without > 0 {
        let samples = count(n_samples, "sample");
        notes.push(format!(
            "{shown}: {n_without} of {samples} have no row: all is unknown of them"
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::fixtures::dataset;
    use super::*;

    fn metadata_of(samples: [&str; 3], csv: &str) -> Result<Metadata, Failure> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("people.csv");
        fs::write(&path, csv).expect("a writable folder");
        read_metadata(&path, &dataset(samples))
    }

    /// The text of every sample, `-` where it is unknown.
    fn texts(variable: &Variable) -> Vec<&str> {
        let values = variable.values().iter();
        values
            .map(|value| value.map_or("-", |value| &*variable.names()[value]))
            .collect()
    }

    #[test]
    fn rows_are_joined_by_each_kind_of_id() {
        let check = |csv: &str, expected: [&str; 3]| {
            let found = metadata_of(["a", "b", "c"], csv).expect(csv);
            assert_eq!(found.variables[0].name(), "sex", "{csv}");
            assert_eq!(texts(&found.variables[0]), expected, "{csv}");
            found
        };
        let found = check("subject,sex\n2,m\n1,f\n", ["f", "f", "m"]);
        assert_eq!(found.identity.name, "people.csv");
        assert!(found.notes.is_empty());
        check("sex,sample\nm,c\nf,a\nm,b\n", ["f", "m", "m"]);
        check("subject,sex,class\n1,f,x\n2,m,y\n", ["f", "f", "m"]);
        check(
            "sample,class,subject,sex\na,x,1,f\nb,x,1,m\nc,y,2,m\n",
            ["f", "m", "m"],
        );
        // A mark in front, lines of other systems, spaces, a quoted comma, another variable.
        let csv = "\u{feff}subject, sex ,site\r\n1, f ,\"A, B\"\r\n2,,\r\n";
        let found = check(csv, ["f", "f", "-"]);
        assert_eq!(found.variables[1].name(), "site");
        assert_eq!(texts(&found.variables[1]), ["A, B", "A, B", "-"]);
    }

    #[test]
    fn rows_of_nobody_and_samples_without_a_row_are_counted() {
        let csv = "class,subject,sex\nx,1,f\nx,2,m\ny,1,m\n";
        let found = metadata_of(["a", "b", "c"], csv).expect("a good file");
        assert_eq!(texts(&found.variables[0]), ["f", "f", "-"]);
        let [unused, without] = &found.notes[..] else {
            panic!("{:?}", found.notes);
        };
        assert!(unused.ends_with("people.csv: 2 rows of no sample that is used: x/2, y/1"));
        assert!(
            without.ends_with("people.csv: 1 of 3 samples have no row: all is unknown of them")
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (
                "person,sex\n1,f\n",
                ":1: the columns are person,sex; those that say whom a row is of must be subject, or \
                 sample, or class,subject, or class,subject,sample",
            ),
            (
                "subject,sample,sex\n1,a,f\n",
                ":1: the columns are subject,sample,sex; those that say whom a row is of must be \
                 subject, or sample, or class,subject, or class,subject,sample",
            ),
            (
                "subject,class\n1,x\n",
                ":1: there is no column besides those that say whom a row is of",
            ),
            (
                "subject,sex,sex\n1,f,f\n",
                ":1: two columns are called \"sex\"",
            ),
            ("subject,\n1,f\n", ":1: column 2 has no name"),
            (
                "subject,sex\n1,f\n2,m\n1,m\n",
                ":4: 1 has a row before, in line 2, which says something else",
            ),
            (
                "class,subject,sex\nx,1,f\nx,1,f \n",
                ":3: x/1 has a row before, in line 2, which says the same",
            ),
            ("subject,sex\n1,f,\n", ":2: 3 cells where the header has 2"),
        ];
        for (csv, message) in cases {
            let failure = metadata_of(["a", "b", "c"], csv).expect_err(csv);
            assert!(
                failure.message.ends_with(&format!("people.csv{message}")),
                "{failure}"
            );
        }
        let failure = metadata_of(["a", "b", "a"], "sample,sex\na,f\n").expect_err("two a");
        assert!(
            failure.message.contains("\"a\" stands for several samples"),
            "{failure}"
        );
    }
}
