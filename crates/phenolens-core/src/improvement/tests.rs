use super::*;
use crate::dataset::SampleId;
use crate::evaluation::{EvaluationParams, SampleScores, Ties, cross_validate};
use crate::kernels::InstructionSet;
use crate::neighbors::nearest_neighbors;

/// The cohort of `tests/reference/improvement`, and what other programs say of it; see make.py.
mod reference {
    pub(super) const DATA: &str = include_str!("../../tests/reference/improvement/data.csv");
    pub(super) const PREDICTIONS: &str =
        include_str!("../../tests/reference/improvement/predictions.csv");
    pub(super) const SCORES: &str = include_str!("../../tests/reference/improvement/scores.csv");
}

const N_CLASSES: usize = 4;
const N_FOLDS: usize = 5;

/// The made-up cohort with its folds.
fn cohort() -> (Dataset, Vec<usize>) {
    let (mut values, mut ids, mut folds) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in reference::DATA.lines().enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        ids.push(SampleId {
            class: cells[0].to_owned(),
            subject: format!("{:>3}", cells[1]),
            sample: index.to_string(),
        });
        folds.push(cells[2].parse().unwrap());
        values.extend(cells[3..].iter().map(|cell| cell.parse::<f32>().unwrap()));
    }
    let n_dims = values.len() / ids.len();
    (Dataset::new(values, n_dims, ids).unwrap(), folds)
}

/// Calls `check` with the made-up task: k = 5, ties as scikit-learn has them.
fn with_task(distance: Distance, check: impl Fn(&Task, &Products)) {
    let (dataset, folds) = cohort();
    let samples: Vec<usize> = (0..dataset.n_samples()).collect();
    let task = Task {
        dataset: &dataset,
        samples: &samples,
        classes: dataset.classes().to_vec(),
        groups: dataset.subjects().to_vec(),
        folds: &folds,
        n_folds: N_FOLDS,
        n_classes: N_CLASSES,
        k: 5,
        distance,
        weights: Weights::Uniform,
        ties: Ties::LowestClass,
        instruction_set: InstructionSet::detect(),
    };
    check(&task, &Products::new(&task));
}

fn predicted(name: &str) -> Vec<usize> {
    let line = reference::PREDICTIONS
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name},")))
        .unwrap();
    line.split(',').map(|cell| cell.parse().unwrap()).collect()
}

/// Every prediction is the other program's: no sample of this cohort lies so near a border that
/// rounding to 32 bits would move it across.
fn agrees(name: &str, votes: &Votes) {
    assert_eq!(votes.predicted, predicted(name), "{name}");
}

/// The greatest difference to the other program's scores.
fn scores_agree(name: &str, votes: &Votes, tolerance: f64) {
    let prefix = format!("{name},");
    let expected: Vec<f64> = reference::SCORES
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix))
        .flat_map(|line| line.split(','))
        .map(|cell| cell.parse().unwrap())
        .collect();
    let scores: Vec<f64> = votes.scores.iter().flat_map(SampleScores::iter).collect();
    assert_eq!(scores.len(), expected.len());
    let differences = scores.iter().zip(&expected);
    let greatest = differences.fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
    assert!(greatest <= tolerance, "{name}: {greatest}");
}

/// Scores are written with 8 decimals.
#[test]
fn linear_discriminants_are_those_of_scikit_learn() {
    with_task(Distance::Cosine, |task, _| {
        let found = of_covariance(task);
        let discriminant = found.discriminant.unwrap();
        agrees("lda", &discriminant.classifier);
        agrees("lda_neighbors", &discriminant.neighbors);
        scores_agree("lda", &discriminant.classifier, 1e-8);
    });
}

#[test]
fn whitened_components_are_those_of_scikit_learn() {
    for distance in [Distance::Cosine, Distance::Euclidean] {
        with_task(distance, |task, _| {
            let name = format!("pca_whitening {}", distance.name());
            agrees(&name, &of_covariance(task).whitened);
        });
    }
}

/// The other program went on to 10⁻¹⁰ of the gradient, this one to 10⁻⁴. At the start an element of the
/// gradient is some 50 here and the penalty gives the loss a curvature of at least 1, so that a weight
/// is off by some 0.005 at most, and a share by less than that.
#[test]
fn logistic_regression_is_that_of_scikit_learn() {
    with_task(Distance::Cosine, |task, _| {
        let votes = logistic_votes(task);
        agrees("logistic_regression", &votes);
        scores_agree("logistic_regression", &votes, 5e-3);
    });
}

#[test]
fn centering_hubness_and_centroids_are_as_defined() {
    for distance in [Distance::Cosine, Distance::Euclidean] {
        with_task(distance, |task, products| {
            let (dataset, metric) = (task.dataset, distance.name());
            let keys = Keys::new(dataset, distance, task.instruction_set);
            let nearest = |position: usize, fold: usize| {
                let is_training = |other: usize| task.folds[other] != fold;
                keys.nearest_by_brute_force(position, SCALE_NEIGHBOR, is_training)
            };
            let check = |name: &str, votes: &Votes| agrees(&format!("{name} {metric}"), votes);
            agrees("center_unit", &centered_votes(task, products));
            check("local_scaling", &local_scaling(task, products, nearest));
            check("mutual_proximity", &mutual_proximity(task, products));
            check("class_centroid", &centroid_votes(task, Unit::Sample));
            check("subject_centroid", &centroid_votes(task, Unit::Subject));
        });
    }
}

fn params(folds: Vec<usize>) -> EvaluationParams {
    EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some(folds),
        k_max: 7,
        n_resamples: 100,
        ..EvaluationParams::default()
    }
}

fn improved(params: &EvaluationParams) -> (Evaluation, Improvement) {
    let (dataset, _) = cohort();
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 30, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(&dataset, &tables, groups, params, &machine).unwrap();
    let found = improve(&dataset, &tables, groups, &evaluation, params, &machine).unwrap();
    (evaluation, found)
}

/// Values, differences and intervals hang together, and the plain value is the headline's.
#[test]
fn every_variant_is_measured_beside_the_headline() {
    let (_, folds) = cohort();
    let params = params(folds);
    let (evaluation, found) = improved(&params);
    let run = evaluation.protocols[0].best_run(params.select_by).unwrap();
    assert_eq!((found.k, found.distance), (run.k, run.distance));
    let has_softmax = found.distance == Distance::Cosine;
    assert_eq!(found.variants.len(), 10 + usize::from(has_softmax));
    for result in &found.variants {
        assert_eq!(result.k.is_some(), result.variant.has_neighbors());
        for change in &result.changes {
            let plain = run.summary[change.measure as usize].pooled.unwrap();
            assert!((change.value - change.difference - plain).abs() < 1e-12);
            let range = change.interval.unwrap();
            assert!(range.low <= range.high);
            assert!(change.p_value <= change.p_holm, "{change:?}");
        }
    }
}

/// An excluded class and a class that one training part lacks: positions and classes are counted
/// anew, and nothing is predicted as a class that was never taught.
#[test]
fn classes_may_be_left_out_or_absent_in_training() {
    let (dataset, mut folds) = cohort();
    for (fold, &class) in folds.iter_mut().zip(dataset.classes()) {
        if class == 3 {
            *fold = 0;
        }
    }
    let mut params = params(folds);
    params.exclude = vec!["1".to_owned()];
    let (evaluation, found) = improved(&params);
    assert_eq!(evaluation.class_names, ["0", "2", "3"]);
    for result in &found.variants {
        let accuracy = result.changes.last().unwrap();
        assert_eq!(accuracy.measure, Measure::Accuracy);
        let n_of_three = dataset.class_sizes()[3] as f64;
        let most = 1.0 - n_of_three / evaluation.samples.len() as f64;
        assert!(accuracy.value <= most + 1e-12, "{result:?}");
        assert!(accuracy.value > 0.5, "{result:?}");
    }
}

#[test]
fn too_many_dimensions_are_left_alone() {
    let values: Vec<f32> = (0..8 * (MAX_DIMS + 1))
        .map(|i| 1.0 + (i % 7) as f32)
        .collect();
    let id = |index: usize| SampleId {
        class: (index % 2).to_string(),
        subject: index.to_string(),
        sample: "0".to_owned(),
    };
    let dataset = Dataset::new(values, MAX_DIMS + 1, (0..8).map(id).collect()).unwrap();
    let params = EvaluationParams {
        n_folds: 2,
        k_max: 1,
        n_resamples: 0,
        ..EvaluationParams::default()
    };
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 7, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(&dataset, &tables, groups, &params, &machine).unwrap();
    assert!(improve(&dataset, &tables, groups, &evaluation, &params, &machine).is_none());
}
