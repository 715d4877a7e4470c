//! What would mend the classifier, on the first users' file: the predictions of scikit-learn.

use std::fs;

use phenolens::Silent;
use phenolens::evaluation::{EvaluationParams, Protocol, Ties, cross_validate};
use phenolens::improvement::{VariantResult, improve};
use phenolens::neighbors::nearest_neighbors;
use phenolens::sources::{ReadOptions, read_file};
use phenolens::validation::OnInvalid;
use phenolens::{Machine, admit};
use serde_json::Value;

use crate::support::{real_data, shared};

/// Written by `tests/reference/improvements.py`.
const PREDICTIONS: &str = include_str!("../reference/improvements.csv");

/// The k of the recorded predictions, which is the one that these folds choose.
const K: usize = 14;

#[test]
fn variants_predict_what_scikit_learn_predicts() {
    let (Some(data), Some(folds)) = (real_data(), shared("reference/folds.json")) else {
        return;
    };
    let folds = fs::read_to_string(folds).expect("readable");
    let folds: Value = serde_json::from_str(&folds).expect("JSON");
    let folds = folds["stratified_group"].as_array().expect("a list");
    let fold = |fold: &Value| fold.as_u64().expect("a number") as usize;

    let source = read_file(&data, &ReadOptions::default(), &Silent).expect("a cohort");
    let dataset = admit(source.cohort, OnInvalid::Drop)
        .expect("usable")
        .dataset;
    let params = EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some(folds.iter().map(fold).collect()),
        ties: Ties::LowestClass,
        n_resamples: 0,
        ..EvaluationParams::default()
    };
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 50, &machine);
    let groups = dataset.subjects();
    let evaluation =
        cross_validate(&dataset, &tables, groups, &params, &machine).expect("the settings suit");
    let found = improve(&dataset, &tables, groups, &evaluation, &params, &machine);
    let found = found.expect("it is small enough");
    assert_eq!((found.k, found.distance.name()), (K, "cosine"));

    let mut n_variants = 0;
    for line in PREDICTIONS.lines() {
        let (name, expected) = line.split_once(',').expect("a name and predictions");
        let is_of = |result: &&VariantResult| result.variant.name() == name;
        let result = found.variants.iter().find(is_of).expect("a variant");
        let digit = |digit: u8| usize::from(digit - b'0');
        let expected: Vec<usize> = expected.bytes().map(digit).collect();
        assert_eq!(result.predicted.len(), expected.len());
        let pairs = result.predicted.iter().zip(&expected);
        let n_equal = pairs.filter(|(found, expected)| found == expected).count();
        let share = n_equal as f64 / expected.len() as f64;
        assert!(share >= 0.99, "{name}: {share}");
        n_variants += 1;
    }
    assert_eq!(n_variants, 5);
}
