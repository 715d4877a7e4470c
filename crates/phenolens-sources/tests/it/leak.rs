//! The leak of the first users' file, against figures that another program gave.

use phenolens_core::Machine;
use phenolens_core::evaluation::{
    EvaluationParams, Measure, Protocol, audit_leakage, cross_validate,
};
use phenolens_core::neighbors::{Distance, nearest_neighbors};

use crate::explored::real_dataset;

/// Means of ten drawings of stratified folds by scikit-learn: what the removal of the training
/// samples of the tested subject costs in accuracy. Ours draws other folds, and the standard
/// deviation of one drawing is about 0.5 points.
const REFERENCE: [(Distance, usize, f64); 4] = [
    (Distance::Cosine, 1, 0.044),
    (Distance::Cosine, 15, 0.014),
    (Distance::Euclidean, 1, 0.054),
    (Distance::Euclidean, 15, 0.017),
];

#[test]
fn the_leak_of_the_real_file_is_that_of_the_reference() {
    let Some(dataset) = real_dataset() else {
        return;
    };
    let machine = Machine::default();
    let params = EvaluationParams {
        protocols: vec![Protocol::ImageLevel],
        n_resamples: 200,
        ..EvaluationParams::default()
    };
    let groups = dataset.subjects();
    let tables = nearest_neighbors(&dataset, &params.distances, 90, &machine);
    let evaluation =
        cross_validate(&dataset, &tables, groups, &params, &machine).expect("parameters that suit");
    let leakage = audit_leakage(
        &dataset,
        &tables,
        groups,
        &[],
        &evaluation,
        &params,
        &machine,
    )
    .expect("parameters that suit");
    for (distance, k, expected) in REFERENCE {
        let removal = leakage
            .removals
            .iter()
            .find(|removal| removal.distance == distance)
            .expect("both distances");
        assert_eq!(removal.n_seeds, 10);
        let point = removal
            .points
            .iter()
            .find(|point| point.k == k && point.measure == Measure::Accuracy)
            .expect("every k has its accuracy");
        let found = point.difference;
        assert!(
            (found - expected).abs() <= 0.007,
            "{distance:?} {k}: {found}"
        );
        let interval = point.interval.expect("resamples were asked for");
        assert!(interval.low > 0.0 && interval.low < found && found < interval.high);
    }
}
