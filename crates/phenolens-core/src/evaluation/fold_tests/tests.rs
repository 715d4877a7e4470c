use super::*;
use crate::evaluation::{Confusion, KPoint, Measures, Place, Scores};
use crate::neighbors::Distance;

/// A run with the accuracy of each fold of each repeat, all folds of one size.
fn run(repeats: &[&[f64]], size: usize) -> Run {
    let measures = |value: f64| {
        let mut measures = Measures::UNDEFINED;
        measures.set(Measure::Accuracy, value);
        measures
    };
    let point = |(repeat, folds): (usize, &&[f64])| KPoint {
        repeat,
        k: 1,
        folds: folds.iter().map(|&value| measures(value)).collect(),
        fold_sizes: vec![size; folds.len()],
        mean: Measures::UNDEFINED,
        sd: Measures::UNDEFINED,
        pooled: Measures::UNDEFINED,
    };
    Run {
        distance: Distance::Cosine,
        weights: Weights::Uniform,
        k_points: repeats.iter().enumerate().map(point).collect(),
        k: 1,
        summary: Vec::new(),
        per_class: Vec::new(),
        confusion: Confusion {
            n_classes: 0,
            counts: Vec::new(),
        },
        k_bands: Vec::new(),
        roc: Vec::new(),
        roc_band: None,
        predictions: Vec::new(),
        scores: Scores::new(2),
        nested: Vec::new(),
        rise: None,
    }
}

/// Differences 1/4, 1/2, 0, 1/4 in two repeats of two folds of 10 samples each: mean 1/4, s² = (1/16
/// + 1/16) / 3 = 1/24, 1/J + n_test / n_train = 1/4 + 10/10, t = 1/4 / √(5/4 · 1/24).
#[test]
fn t_test_by_hand() {
    let cosine = run(&[&[0.75, 1.0], &[0.5, 0.75]], 10);
    let euclidean = run(&[&[0.5, 0.5], &[0.5, 0.5]], 10);
    let test = corrected_t_test(&cosine, &euclidean, Measure::Accuracy, 20).expect("four folds");
    assert_eq!(test.n_folds, 4);
    assert_eq!(
        (test.cosine, test.euclidean, test.difference),
        (0.75, 0.5, 0.25)
    );
    let t = 0.25 / (5.0_f64 / 96.0).sqrt();
    assert!((test.t - t).abs() < 1e-14, "{}", test.t);
    assert_eq!(test.p_value, student_p_value(test.t, 3.0));
    let turned = corrected_t_test(&euclidean, &cosine, Measure::Accuracy, 20).expect("as before");
    assert_eq!((turned.t, turned.p_value), (-test.t, test.p_value));
}

/// `scipy.stats.t.sf` of the statistic computed by numpy from these ten folds of 111 or 112 of 1,116
/// samples; made by `tests/reference/fold_tests/make.py`.
#[test]
fn t_test_of_ten_folds_is_that_of_scipy() {
    let mut cosine = run(&[&COSINE], 0);
    let mut euclidean = run(&[&EUCLIDEAN], 0);
    let sizes: Vec<usize> = (0..10).map(|fold| 111 + usize::from(fold < 6)).collect();
    cosine.k_points[0].fold_sizes = sizes.clone();
    euclidean.k_points[0].fold_sizes = sizes;
    let test = corrected_t_test(&cosine, &euclidean, Measure::Accuracy, 1116).expect("ten folds");
    // Sums of ten numbers, then the distribution's own 10⁻¹³.
    assert!((test.t - T).abs() < 1e-12 * T, "{}", test.t);
    assert!((test.p_value - P_VALUE).abs() < 1e-11, "{}", test.p_value);
}

const COSINE: [f64; 10] = [0.79, 0.77, 0.81, 0.76, 0.8, 0.83, 0.75, 0.78, 0.82, 0.74];
const EUCLIDEAN: [f64; 10] = [0.75, 0.76, 0.77, 0.75, 0.74, 0.8, 0.76, 0.72, 0.79, 0.71];
const T: f64 = 2.952980815003696;
const P_VALUE: f64 = 0.01614255179630851;

#[test]
fn t_test_needs_two_folds_and_a_spread() {
    let same = run(&[&[0.5, 0.5]], 10);
    let ahead = run(&[&[0.75, 0.75]], 10);
    assert_eq!(corrected_t_test(&ahead, &same, Measure::Accuracy, 20), None);
    let one = run(&[&[0.5]], 10);
    assert_eq!(corrected_t_test(&one, &one, Measure::Accuracy, 10), None);
    let none = corrected_t_test(&same, &ahead, Measure::F1Macro, 20);
    assert_eq!(none, None, "no fold defines it");
}

/// Six subjects; the second sample of subject 0 does not count. Right by cosine, by euclidean: both,
/// cosine, cosine, cosine, euclidean, neither. Two-sided: 2 (1 + 4) / 2⁴.
#[test]
fn mcnemar_takes_one_sample_of_every_subject() {
    let votes = |is_right: [bool; 7]| Votes {
        n_classes: 2,
        truth: vec![0; 7],
        predicted: is_right.map(|is_right| usize::from(!is_right)).to_vec(),
        places: vec![
            Place {
                n_ahead: 0,
                n_tied: 1
            };
            7
        ],
        scores: Scores::from_rows(2, &[0.5; 14]),
    };
    let cosine = votes([true, false, true, true, true, false, false]);
    let euclidean = votes([true, true, false, false, false, true, false]);
    let test = mcnemar(
        &cosine,
        &euclidean,
        &[0, 0, 1, 2, 3, 4, 5],
        Weights::Uniform,
    );
    assert_eq!((test.n_subjects, test.n_both), (6, 1));
    assert_eq!((test.n_cosine_only, test.n_euclidean_only), (3, 1));
    assert!((test.p_value - 10.0 / 16.0).abs() < 1e-14);
}
