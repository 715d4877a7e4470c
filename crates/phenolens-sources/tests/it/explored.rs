//! The first users' file judged and described, against figures that other programs gave.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use phenolens_core::Machine;
use phenolens_core::Silent;
use phenolens_core::dataset::Dataset;
use phenolens_core::exploration::{PairGroup, Spread, explore};
use phenolens_core::neighbors::{Distance, nearest_neighbors};
use phenolens_core::validation::{OnInvalid, ReviewParams, admit, review};
use phenolens_sources::{ReadOptions, read_file};

use crate::real::real_file;

const DISTANCES: [Distance; 2] = [Distance::Cosine, Distance::Euclidean];

pub(crate) fn real_dataset() -> Option<Dataset> {
    let source = read_file(&real_file()?, &ReadOptions::default(), &Silent).expect("a good file");
    let admission = admit(source.cohort, OnInvalid::Error).expect("good records");
    assert_eq!(admission.findings, []);
    assert_eq!((admission.rows.read, admission.rows.used), (1116, 1116));
    Some(admission.dataset)
}

/// Figures of order 1 to 100 from sums of up to 547,310 terms, in another order.
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-10, "{found} {expected}");
}

#[test]
fn near_duplicates_of_the_real_file_are_those_of_the_reference() {
    let Some(dataset) = real_dataset() else {
        return;
    };
    let path = real_file().expect("it was read before");
    let path = path.with_file_name("../reference/near_duplicates.csv");
    let Ok(reference) = fs::read_to_string(&path) else {
        eprintln!("SKIPPED: the reference is not at {}", path.display());
        return;
    };
    let expected: Vec<(f64, f64, [[&str; 3]; 2])> = reference
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |cell: usize| cells[cell].parse().expect("a number");
            let id = |cell: usize| [cells[cell], cells[cell + 1], cells[cell + 2]];
            (number(0), number(1), [id(2), id(5)])
        })
        .collect();
    assert_eq!(expected.len(), 10);

    let tables = nearest_neighbors(&dataset, &DISTANCES, 90, &Machine::default());
    for tables in [&tables[..], &tables[1..]] {
        let review = review(&dataset, tables, &ReviewParams::default());
        assert_eq!(review.duplicates.len(), expected.len());
        for (found, (cosine, euclidean, ids)) in review.duplicates.iter().zip(&expected) {
            assert_eq!([dataset.id(found.first), dataset.id(found.second)], *ids);
            assert_near(found.cosine, *cosine);
            assert_near(found.euclidean, *euclidean);
        }
        let is_named = |code| review.findings.iter().filter(|f| f.code == code).count();
        assert_eq!(is_named("near_duplicates"), 10);
        assert_eq!(is_named("imbalanced_classes"), 1);
        assert_eq!(is_named("norms_differ"), 1);
        assert_eq!(review.findings.len(), 12);
    }
}

#[test]
fn exploration_of_the_real_file_is_that_of_numpy() {
    let Some(dataset) = real_dataset() else {
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/exploration.csv");
    let reference = fs::read_to_string(path).expect("it is committed");
    let expected: BTreeMap<String, Vec<f64>> = reference
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.splitn(3, ',');
            let mut next = || cells.next().expect("a cell");
            let name = format!("{} {}", next(), next());
            let numbers = next()
                .split(',')
                .map(|cell| cell.parse().expect("a number"));
            (name, numbers.collect())
        })
        .collect();
    let assert_spread = |found: &Spread, name: &str| {
        let numbers = [
            found.count as f64,
            found.mean,
            found.sd,
            found.min,
            found.q25,
            found.median,
            found.q75,
            found.max,
        ];
        for (found, &expected) in numbers.into_iter().zip(&expected[name]) {
            assert_near(found, expected);
        }
    };
    let assert_group = |found: &Option<PairGroup>, name: &str| {
        let group = found.as_ref().expect("the file has such pairs");
        assert_spread(&group.spread, name);
        assert_eq!(group.counts.iter().sum::<usize>(), group.spread.count);
    };

    let exploration = explore(&dataset, &DISTANCES, &[], 42, &Machine::default());
    assert_spread(&exploration.norms, " norms");
    for summary in &exploration.distances {
        let name = |what: &str| format!("{} {what}", summary.distance.name());
        assert!(summary.is_complete);
        assert_group(&summary.same_subject, &name("same_subject"));
        assert_group(&summary.within_class, &name("within_class"));
        assert_group(&summary.between_classes, &name("between_classes"));
        let separation = summary.separation.expect("both groups are there");
        assert_near(separation, expected[&name("separation")][0]);
        for (class, found) in summary.classes.iter().enumerate() {
            let expected = |what| expected[&name(what)][class];
            let nearest = found.nearest.expect("there are ten classes");
            assert_near(found.within.expect("of many subjects"), expected("within"));
            assert_eq!(nearest.class as f64, expected("nearest_class"));
            assert_near(nearest.apart, expected("nearest_mean"));
        }
    }
}
