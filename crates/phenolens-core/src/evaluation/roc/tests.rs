use super::band::{Part, curves};
use super::*;
use crate::evaluation::measures::LANES;
use crate::evaluation::measures::literal::expand;
use crate::evaluation::measures::tests::from_rows;
use crate::evaluation::resampling::Resamples;
use crate::evaluation::{Place, Scores, Votes};
use crate::random::{Stream, Use};

/// Votes of two classes, from the scores of class 1.
fn two_classes(scores: &[f64], truth: &[usize]) -> Votes {
    Votes {
        n_classes: 2,
        truth: truth.to_vec(),
        predicted: truth.to_vec(),
        places: vec![
            Place {
                n_ahead: 0,
                n_tied: 1
            };
            truth.len()
        ],
        scores: {
            let rows = scores.iter().map(|&score| [1.0 - score, score]);
            Scores::from_rows(2, &rows.collect::<Vec<_>>().concat())
        },
    }
}

/// One per distinct score, the highest first.
fn thresholds(counts: &[(i64, i64)]) -> Vec<Threshold> {
    let threshold = |&(positives, negatives): &(i64, i64)| Threshold {
        positives,
        negatives,
    };
    counts.iter().map(threshold).collect()
}

#[test]
fn curve_of_nine_samples_by_hand() {
    // Four positives, five negatives: up to 1/4, a slope to (2/5, 3/4), across to 3/5, an empty
    // threshold, up to 1, across to the end.
    let curve = read_curve(&thresholds(&[
        (1, 0),
        (2, 2),
        (0, 1),
        (0, 0),
        (1, 0),
        (0, 2),
    ]));
    let curve = curve.expect("there are positives and negatives");
    let at = |rate: f64| curve.rates[(rate * 1000.0).round() as usize];
    assert_eq!(curve.rates.len(), 1001);
    assert_eq!(at(0.0), 0.25);
    assert_eq!(at(0.1), 0.375);
    assert_eq!(at(0.2), 0.5);
    assert_eq!(at(0.4), 0.75);
    assert_eq!(at(0.5), 0.75);
    assert_eq!(at(0.599), 0.75);
    // 0.6 is three of five exactly, where the curve rises: its upper value.
    assert_eq!(at(0.6), 1.0);
    assert_eq!(at(1.0), 1.0);
    // Wins of the positives: 5, twice 3 + 2/2, 2: 15 of 20.
    assert_eq!(curve.area, 15.0 / 20.0);
}

#[test]
fn curve_without_a_negative_or_a_positive_is_undefined() {
    assert_eq!(read_curve(&thresholds(&[(1, 0), (2, 0)])), None);
    assert_eq!(read_curve(&thresholds(&[(0, 1), (0, 0)])), None);
    assert_eq!(read_curve(&[]), None);
}

/// All scores of four thresholds for five samples, all labelings. The curve is compared with its
/// definition: points from counting, one threshold at a time, and a search among all segments.
#[test]
fn curve_matches_its_definition_on_every_small_case() {
    for case in 0..4_usize.pow(5) * 2_usize.pow(5) {
        let scores: Vec<usize> = (0..5).map(|i| case / 4_usize.pow(i) % 4).collect();
        let labels = case / 4_usize.pow(5);
        let is_positive: Vec<bool> = (0..5).map(|i| labels >> i & 1 == 1).collect();
        let falling: Vec<Threshold> = (0..4)
            .rev()
            .map(|score| {
                let count = |positive: bool| {
                    let tied = |i: &usize| scores[*i] == score && is_positive[*i] == positive;
                    (0..5).filter(tied).count() as i64
                };
                Threshold {
                    positives: count(true),
                    negatives: count(false),
                }
            })
            .collect();
        let expected = curve_by_definition(&scores, &is_positive);
        let curve = read_curve(&falling);
        assert_eq!(curve.is_some(), expected.is_some());
        for (rate, expected) in curve
            .iter()
            .flat_map(|curve| &curve.rates)
            .zip(expected.iter().flatten())
        {
            // Some roundings of numbers of at most 1.
            assert!(
                (rate - expected).abs() < 1e-14,
                "case {case}: {rate}, not {expected}"
            );
        }
    }
}

/// The true-positive rates at 0, 0.001, .. 1, by the words of the definition.
fn curve_by_definition(scores: &[usize], is_positive: &[bool]) -> Option<Vec<f64>> {
    let rate = |positive: bool, least: usize| {
        let all = is_positive.iter().filter(|&&is| is == positive).count();
        let of = |&i: &usize| is_positive[i] == positive && scores[i] >= least;
        (0..scores.len()).filter(of).count() as f64 / all as f64
    };
    if is_positive.iter().all(|&is| is) || is_positive.iter().all(|&is| !is) {
        return None;
    }
    let mut points: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    points.extend(
        (0..=4)
            .rev()
            .map(|least| (rate(false, least), rate(true, least))),
    );
    let read = |i: usize| {
        let x = i as f64 / 1000.0;
        // Rates of at most five samples that are not equal differ by more than 0.04.
        let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let here = points
            .iter()
            .filter(|point| same(point.0, x))
            .map(|point| point.1);
        here.reduce(f64::max).unwrap_or_else(|| {
            let segment = points
                .windows(2)
                .find(|pair| pair[0].0 < x && x < pair[1].0);
            let pair = segment.expect("the points lead from 0 to 1");
            let slope = (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
            pair[0].1 + slope * (x - pair[0].0)
        })
    };
    Some((0..=1000).map(read).collect())
}

#[test]
fn mean_and_deviation_are_over_folds() {
    // Fold 0 is perfect: rate 1 from the start, area 1. Fold 1 is reversed: 0 up to 1, area 0. In
    // fold 2 class 1 has no sample: it is left out.
    let votes = two_classes(&[0.75, 0.25, 0.25, 0.75, 0.5], &[1, 0, 1, 0, 0]);
    let curves = roc_curves(&Scorer::new(&votes), &[0, 0, 1, 1, 2], 3);
    assert_eq!(curves.len(), 4);
    let subjects: Vec<RocSubject> = curves.iter().map(|curve| curve.subject).collect();
    let classes = [RocSubject::Class(0), RocSubject::Class(1)];
    assert_eq!(subjects[..2], [RocSubject::Macro, RocSubject::Micro]);
    assert_eq!(subjects[2..], classes);
    for curve in [&curves[0], &curves[2], &curves[3]] {
        assert_eq!((curve.area_mean, curve.area_sd), (0.5, 0.5));
        assert_eq!((curve.tpr_mean[0], curve.tpr_sd[0]), (0.5, 0.5));
        assert_eq!((curve.tpr_mean[999], curve.tpr_sd[999]), (0.5, 0.5));
        assert_eq!((curve.tpr_mean[1000], curve.tpr_sd[1000]), (1.0, 0.0));
    }
    // All decisions: areas 1, 0 and, with a tie, 1/2.
    assert_eq!(curves[1].area_mean, 0.5);
    // √(1/6) within a rounding.
    assert!((curves[1].area_sd * curves[1].area_sd - 1.0 / 6.0).abs() < 1e-15);
    assert_eq!(curves[1].tpr_mean[500], (1.0 + 0.0 + 0.5) / 3.0);
}

#[test]
fn macro_curve_is_the_mean_over_the_classes_that_a_fold_has() {
    // Class 2 has no sample in fold 0; classes 0 and 1 are perfect there. Class 3 is nowhere.
    let scores = [
        1.0, 0.0, 0.0, 0.0, //
        0.0, 1.0, 0.0, 0.0, //
        0.0, 0.5, 0.5, 0.0, //
        0.5, 0.5, 0.0, 0.0,
    ];
    let place = Place {
        n_ahead: 0,
        n_tied: 1,
    };
    let votes = Votes {
        n_classes: 4,
        truth: vec![0, 1, 1, 2],
        predicted: vec![0, 1, 1, 2],
        places: vec![place; 4],
        scores: Scores::from_rows(4, &scores),
    };
    let curves = roc_curves(&Scorer::new(&votes), &[0, 0, 1, 1], 2);
    assert_eq!(curves.len(), 5);
    // Fold 0: 1 and 1. Fold 1: class 1 ties, 1/2, and class 2 scores below, 0.
    assert_eq!(curves[0].area_mean, (1.0 + 0.25) / 2.0);
    assert_eq!(curves[0].tpr_mean[0], (1.0 + 0.0) / 2.0);
    assert_eq!(curves[0].tpr_mean[400], (1.0 + 0.2) / 2.0);
    assert_eq!(curves[2].area_mean, 1.0);
    assert_eq!(curves[3].area_mean, 0.75);
    assert_eq!(curves[4].area_mean, 0.0);
}

/// Random votes with many ties in three folds, one of which lacks a class: the curves of resamples are
/// those of the expanded resamples, at every tenth of the rates.
#[test]
fn curves_of_resamples_are_those_of_expanded_resamples() {
    let mut stream = Stream::new(5, Use::Synth, 0);
    let n_samples = 60;
    let mut rows = Vec::new();
    let mut folds = Vec::new();
    for sample in 0..n_samples {
        let mut scores: Vec<f64> = (0..3).map(|_| stream.below(4) as f64 / 8.0).collect();
        scores[sample % 3] += 0.125;
        let fold = if sample % 3 == 2 {
            sample / 3 % 2
        } else {
            stream.below(3)
        };
        rows.push((sample % 3, scores));
        folds.push(fold);
    }
    let votes = from_rows(&rows);
    let classes: Vec<usize> = (0..n_samples).map(|sample| sample % 3).collect();
    let subjects: Vec<usize> = (0..n_samples)
        .map(|sample| sample / 6 * 3 + sample % 3)
        .collect();
    let resamples = Resamples::new(&classes, &subjects, 19, 3);
    let parts = Part::of_folds(&votes, &folds, 3);
    let drawn = resamples.each(|multiplicities, workspace| {
        (
            multiplicities.to_vec(),
            curves(&parts, multiplicities, workspace),
        )
    });
    let mut n_compared = 0;
    let batches = 0..19_usize.div_ceil(LANES);
    let places = batches.flat_map(|batch| (0..LANES).map(move |lane| (batch, lane)));
    for (resample, (batch, lane)) in places.enumerate() {
        let (multiplicities, curves) = &drawn[batch];
        let drawn: Vec<u32> = multiplicities
            .iter()
            .map(|counts| counts[lane] as u32)
            .collect();
        if resample >= 19 {
            assert!(curves[lane].is_none(), "an empty lane has no curve");
            continue;
        }
        let expanded = expand(&votes, &drawn);
        let of_folds: Vec<usize> = drawn
            .iter()
            .zip(&folds)
            .flat_map(|(&n, &fold)| std::iter::repeat_n(fold, n as usize))
            .collect();
        let expected = &roc_curves(&Scorer::new(&expanded), &of_folds, 3)[0];
        assert_eq!(expected.subject, RocSubject::Macro);
        let curve = curves[lane].as_ref().expect("some fold has a curve");
        for (step, rate) in curve.iter().enumerate() {
            // Sums of some dozens of terms up to some hundreds.
            let difference = (rate - expected.tpr_mean[step * 10]).abs();
            assert!(difference < 1e-12, "{resample} {step}: {difference}");
            n_compared += 1;
        }
    }
    assert_eq!(n_compared, 19 * 101);
}

#[test]
fn band_holds_the_middle_of_the_resamples() {
    let votes = two_classes(&[0.75, 0.5, 0.25, 0.5, 0.0, 0.25], &[1, 1, 1, 0, 0, 0]);
    let classes = [1, 1, 1, 0, 0, 0];
    let resamples = Resamples::new(&classes, &[0, 1, 2, 3, 4, 5], 50, 1);
    let band = roc_band(&votes, &[0; 6], 1, &resamples, 0.9).expect("there is a curve");
    assert_eq!(
        (band.fpr.len(), band.fpr[0], band.fpr[100]),
        (101, 0.0, 1.0)
    );
    assert_eq!((band.low[100], band.high[100]), (1.0, 1.0));
    assert!(
        band.low
            .iter()
            .zip(&band.high)
            .all(|(low, high)| low <= high)
    );
    assert!(band.low[0] < band.high[0], "{band:?}");
    let none = Resamples::new(&classes, &[0, 1, 2, 3, 4, 5], 0, 1);
    assert_eq!(roc_band(&votes, &[0; 6], 1, &none, 0.9), None);
}
