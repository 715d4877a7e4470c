use super::literal::{expand, literal};
use super::*;
use crate::evaluation::{Scores, Votes};
use crate::random::{Stream, Use};
use crate::statistics::wilson_interval;

fn place(n_ahead: usize, n_tied: usize) -> Place {
    Place { n_ahead, n_tied }
}

/// Four samples, three classes, four voters each; class 2 is never predicted and never the truth.
fn four_by_hand() -> Votes {
    Votes {
        n_classes: 3,
        truth: vec![0, 0, 1, 1],
        predicted: vec![0, 1, 1, 1],
        places: vec![place(0, 1), place(1, 2), place(0, 1), place(0, 1)],
        scores: Scores::from_rows(
            3,
            &[
                0.75, 0.25, 0.0, //
                0.0, 1.0, 0.0, //
                0.25, 0.75, 0.0, //
                0.25, 0.5, 0.25,
            ],
        ),
    }
}

fn measures_of(votes: &Votes, multiplicities: &[u32]) -> Measures {
    Scorer::new(votes).measures(multiplicities, &mut Workspace::default())
}

#[test]
fn four_samples_by_hand() {
    let measures = measures_of(&four_by_hand(), &[1, 1, 1, 1]);
    let check = |measure: Measure, expected: f64| {
        let value = measures.get(measure).expect("four samples define it");
        // Two roundings of numbers up to 35.
        assert!(
            (value - expected).abs() < 1e-14,
            "{measure:?}: {value}, not {expected}"
        );
    };
    check(Measure::Accuracy, 3.0 / 4.0);
    // Recalls 1/2 and 1; class 2 is absent.
    check(Measure::BalancedAccuracy, 3.0 / 4.0);
    check(Measure::RecallMacro, 1.5 / 3.0);
    // Precisions 1, 2/3 and, of nothing predicted, 0.
    check(Measure::PrecisionMacro, (1.0 + 2.0 / 3.0) / 3.0);
    // F1 2/3, 4/5, 0.
    check(Measure::F1Macro, (2.0 / 3.0 + 4.0 / 5.0) / 3.0);
    check(Measure::F1Weighted, (2.0 / 3.0 + 4.0 / 5.0) / 2.0);
    check(Measure::F1Micro, 3.0 / 4.0);
    // Class 0: 3/4 beats both 1/4, 0 beats none: 2 of 4. Class 1: 1/4 and 1 against 3/4 and 1/2:
    // each beats 1/4 alone: 2 of 4.
    check(Measure::AucMacro, 1.0 / 2.0);
    check(Measure::AucWeighted, 1.0 / 2.0);
    // Positives 3/4 3/4 1/2 0, negatives 1, 1/4 (4 times), 0 (3 times): wins 7, 7, 7 and 3 halves.
    check(Measure::AucMicro, 22.5 / 32.0);
    // Class 0: precision 1 at 3/4, then 2/4 at 0. Class 1: 1/2 at 3/4, 2/3 at 1/2.
    check(
        Measure::ApMacro,
        ((1.0 + 0.5) / 2.0 + (1.0 / 2.0 + 2.0 / 3.0) / 2.0) / 2.0,
    );
    check(Measure::Top1, 3.0 / 4.0);
    check(Measure::Top2, 3.5 / 4.0);
    check(Measure::Top3, 1.0);
    check(Measure::Top5, 1.0);
    check(Measure::Mrr, (3.0 + (1.0 / 2.0 + 1.0 / 3.0) / 2.0) / 4.0);
    // Truth 2 2 0, predicted 1 3 0, right 3: (12 - 8) / √((16 - 8) (16 - 10)).
    check(Measure::Mcc, 4.0 / 48.0_f64.sqrt());
    // -ln of 3/4, nothing, 3/4, 1/2.
    check(
        Measure::LogLoss,
        (2.0 * 0.287_682_072_451_780_9 + 34.538_776_394_910_684 + core::f64::consts::LN_2) / 4.0,
    );
    // 2 · 1/16, 2, 2 · 1/16, 1/16 + 1/4 + 1/16.
    check(Measure::Brier, (0.125 + 2.0 + 0.125 + 0.375) / 4.0);
}

#[test]
fn measures_of_nothing_are_undefined() {
    let measures = measures_of(&four_by_hand(), &[0, 0, 0, 0]);
    assert_eq!(measures, Measures::UNDEFINED);
}

/// The scorer against the definitions on the expanded multiset, all 20 measures.
fn check_case(votes: &Votes, multiplicities: &[u32], scorer: &Scorer, workspace: &mut Workspace) {
    let expanded = expand(votes, multiplicities);
    let measures = scorer.measures(multiplicities, workspace);
    for measure in Measure::ALL {
        let (value, expected) = (measures.get(measure), literal(&expanded, measure));
        let is_equal = match (value, expected) {
            // Sums of up to some hundred terms, none above 35 in mean.
            (Some(value), Some(expected)) => (value - expected).abs() < 1e-13,
            (None, None) => true,
            _ => false,
        };
        assert!(
            is_equal,
            "{measure:?}: {value:?}, not {expected:?}, of {multiplicities:?} of {votes:?}"
        );
    }
}

/// Three samples of three classes: every truth, every outcome of two votes, every multiplicity up
/// to 2.
#[test]
fn measures_match_their_definitions_on_every_small_case() {
    let rows = [
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [0.5, 0.5, 0.0],
        [0.5, 0.0, 0.5],
        [0.0, 0.5, 0.5],
    ];
    let mut workspace = Workspace::default();
    for case in 0..18_usize.pow(3) {
        let digits = [case % 18, case / 18 % 18, case / 18 / 18];
        let votes = from_rows(&digits.map(|digit| (digit / 6, rows[digit % 6].to_vec())));
        let scorer = Scorer::new(&votes);
        for multiplicities in 0..27 {
            let multiplicities = [
                multiplicities % 3,
                multiplicities / 3 % 3,
                multiplicities / 9,
            ];
            check_case(&votes, &multiplicities, &scorer, &mut workspace);
        }
    }
}

/// Scores without zeros, with ties between classes, places and predictions that have nothing to do
/// with them, one class and many, absent classes: whatever a classifier says, it is measured.
#[test]
fn measures_match_their_definitions_on_random_cases() {
    let mut stream = Stream::new(11, Use::Synth, 0);
    let mut workspace = Workspace::default();
    for _ in 0..2000 {
        let (n_classes, n_samples) = (1 + stream.below(6), 1 + stream.below(30));
        let n_levels = 1 + stream.below(12);
        let mut rows = Vec::new();
        for _ in 0..n_samples {
            let mut scores: Vec<f64> = (0..n_classes)
                .map(|_| stream.below(n_levels) as f64)
                .collect();
            scores[0] += 1.0;
            let sum: f64 = scores.iter().sum();
            scores.iter_mut().for_each(|score| *score /= sum);
            rows.push((stream.below(n_classes), scores));
        }
        let mut votes = from_rows(&rows);
        for sample in 0..n_samples {
            votes.predicted[sample] = stream.below(n_classes);
            let n_ahead = stream.below(n_classes);
            votes.places[sample] = place(n_ahead, 1 + stream.below(n_classes - n_ahead));
        }
        let multiplicities: Vec<u32> = (0..n_samples).map(|_| stream.below(4) as u32).collect();
        check_case(
            &votes,
            &multiplicities,
            &Scorer::new(&votes),
            &mut workspace,
        );
    }
}

/// The same bits, since every sum is over counts.
#[test]
fn order_of_the_samples_changes_no_bit() {
    let mut stream = Stream::new(11, Use::Synth, 1);
    let mut rows = Vec::new();
    for _ in 0..50 {
        let scores = [stream.unit(), stream.unit(), stream.unit()];
        let sum: f64 = scores.iter().sum();
        rows.push((stream.below(3), scores.map(|score| score / sum).to_vec()));
    }
    let measures = measures_of(&from_rows(&rows), &[1; 50]);
    rows.reverse();
    assert_eq!(measures_of(&from_rows(&rows), &[1; 50]), measures);
}

/// Votes of rows of truth and scores: the first of the highest is predicted, equal scores share a
/// rank.
pub(in crate::evaluation) fn from_rows(rows: &[(usize, Vec<f64>)]) -> Votes {
    let mut votes = Votes {
        n_classes: rows[0].1.len(),
        truth: Vec::new(),
        predicted: Vec::new(),
        places: Vec::new(),
        scores: Scores::new(rows[0].1.len()),
    };
    for (truth, scores) in rows {
        let highest = scores.iter().copied().fold(0.0, f64::max);
        let first = scores.iter().position(|&score| score == highest);
        let own = scores[*truth];
        votes.truth.push(*truth);
        votes
            .predicted
            .push(first.expect("the highest score is one of them"));
        votes.places.push(place(
            scores.iter().filter(|&&score| score > own).count(),
            scores.iter().filter(|&&score| score == own).count(),
        ));
        votes.scores.push(scores.iter().copied().enumerate());
    }
    votes
}

#[test]
fn ratios_without_a_denominator_are_told_apart() {
    let scorer = Scorer::new(&four_by_hand());
    let figures = scorer.class_figures(&[1, 1, 0, 0], &mut Workspace::default());
    let [of_0, of_1, of_2] = figures[..] else {
        panic!("three classes");
    };
    // Two samples of class 0, one predicted as class 1. There is no negative of class 0 and no
    // positive of the others, so no area.
    let expected = ClassFigures {
        support: 2,
        n_predicted: 1,
        n_right: 1,
        precision: Some(1.0),
        recall: Some(0.5),
        f1: Some(2.0 / 3.0),
        auc: None,
        average_precision: None,
    };
    assert_eq!(of_0, expected);
    assert_eq!(
        (of_1.precision, of_1.recall, of_1.f1),
        (Some(0.0), None, Some(0.0))
    );
    assert_eq!((of_2.precision, of_2.recall, of_2.f1), (None, None, None));
    assert_eq!((of_1.auc, of_2.auc), (None, None));
}

#[test]
fn confusion_is_true_by_predicted() {
    let confusion = confusion(&four_by_hand());
    assert_eq!(confusion.counts, [1, 1, 0, 0, 2, 0, 0, 0, 0]);
    assert_eq!((confusion.count(0, 1), confusion.count(1, 0)), (1, 0));
}

/// Class 0: subjects with 3 and 1 samples, 16 / 10 effective ones. Class 1: one subject with one
/// sample, which class 0 has too. Class 2: nobody.
#[test]
fn per_class_figures_by_hand() {
    let rows = [
        (0, vec![0.75, 0.25, 0.0]),
        (0, vec![0.5, 0.25, 0.25]),
        (0, vec![0.25, 0.75, 0.0]),
        (0, vec![1.0, 0.0, 0.0]),
        (1, vec![0.75, 0.25, 0.0]),
    ];
    let classes = per_class(&Scorer::new(&from_rows(&rows)), &[7, 7, 7, 4, 4], 0.95);
    let expected = [
        // Right 3 of 4 and of 4 predicted; 3/4 ties, 1/2 and 1/4 lose, 1 wins: 1.5 of 4.
        (2, 4, 0.75, 0.75, 0.75, Some(0.375)),
        // 1/4 against 1/4, 1/4, 3/4, 0.
        (1, 1, 0.0, 0.0, 0.0, Some(0.5)),
        (0, 0, 0.0, 0.0, 0.0, None),
    ];
    for (class, figures) in classes.iter().enumerate() {
        let figures_alone = (
            figures.n_subjects,
            figures.support,
            figures.precision,
            figures.recall,
            figures.f1,
            figures.auc,
        );
        assert_eq!(figures.class, class);
        assert_eq!(figures_alone, expected[class]);
    }
    let intervals = [0, 1, 2].map(|class: usize| classes[class].recall_interval);
    assert_eq!(intervals[0], wilson_interval(0.75, 1.6, 0.95));
    assert_eq!(intervals[1], wilson_interval(0.0, 1.0, 0.95));
    assert_eq!((intervals[2].low, intervals[2].high), (0.0, 1.0));
}

#[test]
fn prior_votes_know_the_class_sizes_alone() {
    let votes = prior_votes(&[1, 0, 1, 2, 1, 0, 2, 1], 4);
    assert_eq!(votes.predicted, [1; 8]);
    let scores: Vec<f64> = votes.scores(3).iter().collect();
    assert_eq!(scores, [0.25, 0.5, 0.25, 0.0]);
    assert_eq!(votes.places[0], place(0, 1));
    assert_eq!(
        (votes.places[1], votes.places[3]),
        (place(1, 2), place(1, 2))
    );
    let measures = measures_of(&votes, &[1; 8]);
    let expected = [
        (Measure::Accuracy, 0.5),
        (Measure::BalancedAccuracy, 1.0 / 3.0),
        (Measure::AucMacro, 0.5),
        (Measure::Mcc, 0.0),
        (Measure::Top2, 0.75),
        (Measure::Top3, 1.0),
    ];
    for (measure, expected) in expected {
        assert_eq!(measures.get(measure), Some(expected), "{measure:?}");
    }
    // Of equal classes the earliest.
    assert_eq!(prior_votes(&[2, 1], 3).predicted, [1, 1]);
}

/// Nine made-up cases: votes with many ties, few and none; all samples, a resample, a small fold.
/// Made by `tests/reference/measures/make.py`.
#[test]
fn measures_are_those_of_scikit_learn() {
    let (mut multiplicities, mut rows) = (vec![Vec::new(); 9], vec![Vec::new(); 9]);
    for line in include_str!("../../../tests/reference/measures/votes.csv")
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = line.split(',').collect();
        let case: usize = cells[0].parse().expect("a number");
        let scores = cells[3].split(' ');
        let scores = scores.map(|score| score.parse().expect("a number"));
        multiplicities[case].push(cells[1].parse().expect("a number"));
        rows[case].push((cells[2].parse().expect("a number"), scores.collect()));
    }
    let cases = rows.iter().zip(&multiplicities);
    let measured: Vec<Measures> = cases
        .map(|(rows, multiplicities)| measures_of(&from_rows(rows), multiplicities))
        .collect();

    let mut n_compared = 0;
    for line in include_str!("../../../tests/reference/measures/measures.csv")
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = line.split(',').collect();
        let case: usize = cells[0].parse().expect("a number");
        let measure = Measure::from_name(cells[1]).expect("a measure's name");
        let expected: f64 = cells[2].parse().expect("a number");
        let value = measured[case].get(measure).expect("it is defined there");
        // Sums of up to 560 terms in another order.
        assert!(
            (value - expected).abs() < 1e-12,
            "{case} {measure:?}: {value}, not {expected}"
        );
        n_compared += 1;
    }
    assert_eq!(n_compared, 144);
}
