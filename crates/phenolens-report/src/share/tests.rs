//! Attacks on what is shared, and what must not be in it.

use std::collections::BTreeMap;

use super::confusion::published;
use super::mask::is_small;
use super::*;
use crate::tables::csv_files;
use crate::test_support::{self, Shape};

/// A confusion table.
type Counts = Vec<Vec<usize>>;

/// Somebody who knows the size of every class and these very rules tries all tables and keeps those
/// that give what was published. No cell that is masked, nor the errors of a masked row, may be one
/// and the same small count in all of them.
fn attack(tables: impl Iterator<Item = Counts>) -> usize {
    let mut consistent: BTreeMap<_, Vec<Option<usize>>> = BTreeMap::new();
    let mut n_tables = 0;
    for counts in tables {
        n_tables += 1;
        let (cells, rates) = published(&counts);
        let sizes: Vec<usize> = counts.iter().map(|row| row.iter().sum()).collect();
        // Every cell, then the errors of every row.
        let mut secrets: Vec<usize> = counts.concat();
        let errors = sizes.iter().enumerate();
        secrets.extend(errors.map(|(truth, size)| size - counts[truth][truth]));
        let certain = consistent
            .entry((sizes, cells, rates))
            .or_insert_with(|| secrets.iter().map(|&secret| Some(secret)).collect());
        for (certain, secret) in certain.iter_mut().zip(secrets) {
            *certain = certain.filter(|&value| value == secret);
        }
    }
    for ((sizes, cells, rates), certain) in consistent {
        let found: Vec<usize> = certain.into_iter().flatten().collect();
        assert!(
            !found.iter().copied().any(is_small),
            "{found:?} of {sizes:?} are certain from {cells:?} and {rates:?}"
        );
    }
    n_tables
}

/// Every way to spread `n` over three cells.
fn rows_of_three(n: usize) -> impl Iterator<Item = [usize; 3]> {
    (0..=n).flat_map(move |one| (0..=n - one).map(move |two| [one, two, n - one - two]))
}

#[test]
fn two_classes_give_nothing_small_away() {
    let sizes = [11, 12, 16, 22, 23, 30, 44, 60];
    let tables = sizes.iter().flat_map(|&first| {
        sizes.iter().flat_map(move |&second| {
            (0..=first).flat_map(move |right| {
                (0..=second)
                    .map(move |wrong| vec![vec![right, first - right], vec![wrong, second - wrong]])
            })
        })
    });
    assert_eq!(attack(tables), 226 * 226);
}

#[test]
fn three_small_classes_give_nothing_small_away() {
    let tables = rows_of_three(13).flat_map(|first| {
        rows_of_three(12).flat_map(move |second| {
            rows_of_three(11).map(move |third| [first, second, third].map(Vec::from).to_vec())
        })
    });
    assert_eq!(attack(tables), 105 * 91 * 78);
}

/// Four classes, so that some rows are shown beside hidden ones. Of each class the errors are of one kind.
#[test]
fn rows_beside_hidden_ones_give_nothing_small_away() {
    let sizes: [usize; 4] = [48, 26, 24, 45];
    let n_tables = sizes.iter().map(|size| size + 1).product::<usize>();
    let tables = (0..n_tables).step_by(3).map(|code| {
        let mut rest = code;
        let rows = sizes.iter().enumerate().map(|(class, &size)| {
            let errors = rest % (size + 1);
            rest /= size + 1;
            let mut row = vec![0; 4];
            (row[class], row[(class + 1) % 4]) = (size - errors, errors);
            row
        });
        rows.collect()
    });
    assert_eq!(attack(tables), n_tables.div_ceil(3));
}

/// The largest class may be hidden, and then takes two others with it.
#[test]
fn a_class_that_is_hidden_by_two_gives_nothing_small_away() {
    let tables = (0..=80).flat_map(|first: usize| {
        (0..=60).flat_map(move |second| {
            (0..=60).map(move |third| {
                vec![
                    vec![80 - first, first, 0],
                    vec![0, 60 - second, second],
                    vec![third, 0, 60 - third],
                ]
            })
        })
    });
    assert_eq!(attack(tables), 81 * 61 * 61);
}

/// Rows that are shown in part, and tables that are not shown at all; the errors of two classes are all of
/// one kind, so that there are fewer tables than there are in truth, which makes the attack easier.
#[test]
fn a_larger_class_gives_nothing_small_away() {
    let tables = rows_of_three(36).flat_map(|first| {
        (0..=24).flat_map(move |second| {
            (0..=24).map(move |third| {
                vec![
                    first.to_vec(),
                    vec![second, 24 - second, 0],
                    vec![third, 0, 24 - third],
                ]
            })
        })
    });
    assert_eq!(attack(tables), 703 * 625);
}

fn tables_of(shape: &Shape) -> BTreeMap<&'static str, Vec<u8>> {
    let files = csv_files(&test_support::analysis_of(shape)).expect("tables");
    let table = |name: &'static str| {
        let path = format!("tables/{name}.csv");
        let file = files.iter().find(|file| file.path == path);
        (name, file.expect("every table is written").bytes.clone())
    };
    SHARED_FROM.map(table).into()
}

fn text_of(files: &[OutputFile], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path);
    String::from_utf8(file.expect("a file").bytes.clone()).expect("UTF-8")
}

/// Classes of 24, 21, .. 6 subjects: 9 and 6 are small and hide each other.
#[test]
fn small_classes_are_masked_everywhere() {
    let shape = Shape::with_classes(["a", "b", "c", "d", "e", "f", "g"]);
    let files = share(&tables_of(&shape), "1.2.3").expect("a run");
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "manifest.json",
            "report.html",
            "report.md",
            "results.json",
            "tables/classes.csv",
            "tables/comparison.csv",
            "tables/confusion.csv",
            "tables/k_sweep.csv",
            "tables/per_class.csv",
            "tables/roc.csv",
            "tables/subject_level.csv",
            "tables/summary.csv",
        ]
    );
    let classes = text_of(&files, "tables/classes.csv");
    assert!(classes.contains("\ne,12,"), "{classes}");
    assert!(
        classes.ends_with("f,masked,masked\ng,masked,masked\n"),
        "{classes}"
    );
    for line in text_of(&files, "tables/per_class.csv").lines() {
        if line.contains(",f,") || line.contains(",g,") {
            assert!(line.ends_with(",masked,masked"), "{line}");
        }
    }
    for line in text_of(&files, "tables/summary.csv").lines() {
        // Means over classes, and what follows from a confusion table that is not shown whole.
        let is_masked = ["_macro", "balanced", "mcc"]
            .iter()
            .any(|name| line.contains(name));
        assert_eq!(line.contains("masked"), is_masked, "{line}");
    }
    for line in text_of(&files, "tables/confusion.csv").lines().skip(1) {
        let count = line.rsplit_once(',').expect("cells").1;
        assert!(
            count.parse::<usize>().is_ok_and(|n| !is_small(n)) || count == MASKED,
            "{line}"
        );
    }
}

/// Rates are multiples of what the table says they are rounded to.
#[test]
fn rates_are_rounded() {
    let files = share(&tables_of(&Shape::default()), "1.2.3").expect("a run");
    let summary = text_of(&files, "tables/summary.csv");
    let mut reader = csv::Reader::from_reader(summary.as_bytes());
    let mut n_rates = 0;
    for record in reader.records() {
        let record = record.expect("a row");
        let step: f64 = record[8].parse().unwrap_or(f64::NAN);
        for cell in [5, 6, 7].map(|place| &record[place]) {
            if cell == MASKED || cell.is_empty() {
                continue;
            }
            let multiple = cell.parse::<f64>().expect("a rate") / step;
            assert!((multiple - multiple.round()).abs() < 1e-6, "{record:?}");
            n_rates += 1;
        }
    }
    assert!(n_rates > 0, "{summary}");
}

#[test]
fn what_cannot_be_shared_is_refused() {
    let whole = tables_of(&Shape::default());
    let mut missing = whole.clone();
    missing.remove("roc");
    assert_eq!(
        share(&missing, "1"),
        Err(ShareError::Missing { table: "roc" })
    );

    let mut few = whole.clone();
    few.insert(
        "classes",
        b"class,n_subjects,n_samples\na,5,9\nb,4,4\n".to_vec(),
    );
    assert_eq!(share(&few, "1"), Err(ShareError::TooFew));

    for (name, text, reason) in [
        ("classes", "class,n_subjects\na,50\n", "no column n_samples"),
        (
            "classes",
            "class,n_subjects,n_samples\na,x,50\n",
            "no whole number",
        ),
        (
            "confusion",
            "protocol,distance,weights,k,true_class,predicted_class,count\np,d,w,1,a,a,1\np,d,w,1,a,b,1\n",
            "every pair",
        ),
    ] {
        let mut malformed = whole.clone();
        malformed.insert(name, text.as_bytes().to_vec());
        let error = share(&malformed, "1").expect_err(reason);
        assert!(error.to_string().contains(reason), "{error}");
    }
}
