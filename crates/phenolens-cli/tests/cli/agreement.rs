//! Agreement with scikit-learn: the same folds, the same figures.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Home, real_data, shared};

/// Both programs sum the same numbers of at most 1,116 terms in different orders.
const TOLERANCE: f64 = 1e-9;

/// The measures that both have: the name of the reference's columns, and ours.
const MEASURES: [(&str, &str); 10] = [
    ("accuracy", "accuracy"),
    ("f1_macro", "f1_macro"),
    ("f1_weighted", "f1_weighted"),
    ("auc_macro_ovr", "auc_macro"),
    ("auc_weighted_ovr", "auc_weighted"),
    ("auc_micro", "auc_micro"),
    ("top1", "top1"),
    ("top2", "top2"),
    ("top3", "top3"),
    ("top5", "top5"),
];

/// Mean, standard deviation and pooled value by distance, weights, k and measure.
type Sweep = BTreeMap<(String, String, String, String), [f64; 3]>;

#[test]
fn every_figure_of_scikit_learn_is_met() {
    let (Some(data), Some(folds), Some(reference)) = (
        real_data(),
        shared("reference/folds.json"),
        shared("reference/sklearn_knn.csv"),
    ) else {
        return;
    };
    let home = Home::new();
    let folds: Value =
        serde_json::from_str(&fs::read_to_string(folds).expect("readable")).expect("JSON");
    let mut n_rows = 0;
    for fold_set in ["stratified", "stratified_group"] {
        home.write("folds.csv", folds_csv(&folds, fold_set));
        let ours = sweep(&home, &data);
        n_rows += compare(&reference, fold_set, &ours);
    }
    assert_eq!(n_rows, 120);
}

/// Folds as the command line wants them; `tests/reference/make_folds_csv.py` does the same.
fn folds_csv(folds: &Value, fold_set: &str) -> String {
    let mut csv = "class,subject,sample,fold\n".to_owned();
    let rows = folds["rows"].as_array().expect("a list");
    let numbers = folds[fold_set].as_array().expect("a list");
    assert_eq!(rows.len(), numbers.len());
    for (row, fold) in rows.iter().zip(numbers) {
        let id = |name: &str| row[name].as_str().expect("text");
        csv.push_str(&format!(
            "{},{},{},{fold}\n",
            id("syndrome_id"),
            id("subject_id"),
            id("image_id")
        ));
    }
    csv
}

/// Runs the program on these folds and reads its table.
fn sweep(home: &Home, data: &Path) -> Sweep {
    let data = data.to_str().expect("UTF-8");
    let run = home.run(&[
        "run",
        data,
        "--protocol",
        "from-file",
        "--folds-file",
        "folds.csv",
        "--set",
        "evaluation.ties=\"lowest-class\"",
        "--set",
        "evaluation.weights=[\"uniform\", \"distance\"]",
        "--set",
        "evaluation.bootstrap=0",
        "--set",
        "map.distances=[]",
        "--set",
        "figures.formats=[]",
        "--set",
        "report.formats=[]",
    ]);
    run.assert_success();
    let mut table =
        csv::Reader::from_path(home.path("phenolens-out/tables/k_sweep.csv")).expect("a table");
    let header = "protocol,distance,weights,repeat,k,measure,mean,sd,pooled";
    assert_eq!(
        table.headers().expect("a header"),
        header.split(',').collect::<Vec<_>>()
    );
    let mut sweep = Sweep::new();
    for row in table.records() {
        let row = row.expect("a row");
        let text = |column: usize| row[column].to_owned();
        let number = |column: usize| row[column].parse().expect("a number");
        sweep.insert(
            (text(1), text(2), text(4), text(5)),
            [number(6), number(7), number(8)],
        );
    }
    sweep
}

/// Compares every row of one fold set; gives how many there were.
fn compare(reference: &Path, fold_set: &str, ours: &Sweep) -> usize {
    let mut table = csv::Reader::from_path(reference).expect("a table");
    let header = table.headers().expect("a header").clone();
    let mut n_rows = 0;
    for row in table.records() {
        let row = row.expect("a row");
        let cell = |name: &str| {
            let column = header.iter().position(|column| column == name);
            row[column.unwrap_or_else(|| panic!("no column {name}"))].to_owned()
        };
        if cell("cv") != fold_set {
            continue;
        }
        n_rows += 1;
        for (theirs, our_name) in MEASURES {
            let key = (
                cell("metric"),
                cell("weights"),
                cell("k"),
                our_name.to_owned(),
            );
            let values = ours.get(&key).unwrap_or_else(|| panic!("no {key:?}"));
            for (value, statistic) in values.iter().zip(["mean", "std", "pooled"]) {
                let expected: f64 = cell(&format!("{theirs}_{statistic}"))
                    .parse()
                    .expect("a number");
                assert!(
                    (value - expected).abs() <= TOLERANCE,
                    "{fold_set} {key:?} {statistic}: {value} instead of {expected}"
                );
            }
        }
    }
    n_rows
}
