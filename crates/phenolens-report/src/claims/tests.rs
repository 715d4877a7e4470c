use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Protocol, Weights};
use phenolens_core::improvement::{Improvement, Variant};
use phenolens_core::neighbors::Distance;

use super::list::{Kind, claims};
use super::*;
use crate::test_support::{self, Shape};
use crate::words::{Advice, recommendations};

fn with_facts<T>(analysis: &Analysis, ask: impl Fn(&Facts) -> T) -> T {
    ask(&Facts::new(analysis, &test_support::context()))
}

/// Tested and claimed.
fn counts(analysis: &Analysis, kind: Kind) -> (usize, usize) {
    let all = with_facts(analysis, claims);
    let claims = all.iter().find(|claims| claims.kind == kind);
    let claims = claims.expect("every kind is there");
    (claims.n_tested, claims.n_claimed)
}

fn is_advised(analysis: &Analysis, advice: Advice) -> bool {
    let all = with_facts(analysis, recommendations);
    all.iter().any(|one| one.advice == advice)
}

fn improvement(low: f64) -> Improvement {
    let change = Change {
        measure: Measure::F1Macro,
        value: 0.8,
        difference: 0.042,
        interval: Some(Interval { low, high: 0.061 }),
        p_value: Some(0.002),
        p_holm: Some(0.004),
    };
    Improvement {
        protocol: Protocol::SubjectGrouped,
        distance: Distance::Cosine,
        weights: Weights::Uniform,
        k: 9,
        n_components: vec![2],
        variants: vec![VariantResult {
            variant: Variant::Lda,
            k: None,
            predicted: Vec::new(),
            changes: vec![change],
        }],
    }
}

/// Two audited classifiers, both with a leak of 0.02 ± 0.0125; of all pairs of 92 samples those of one
/// subject are none; six ordered pairs of classes, one listed; 92 samples, one named; three classes,
/// none weak; a comparison of which interval and test do not agree; and a curve that falls.
#[test]
fn claims_by_hand() {
    let mut analysis = test_support::analysis();
    assert_eq!(counts(&analysis, Kind::Leak), (2, 2));
    assert_eq!(counts(&analysis, Kind::ConfusablePair), (6, 1));
    assert_eq!(counts(&analysis, Kind::Suspect), (92, 1));
    assert_eq!(counts(&analysis, Kind::WeakClass), (3, 0));
    assert_eq!(counts(&analysis, Kind::Distance), (1, 0));
    assert_eq!(counts(&analysis, Kind::LargerK), (1, 0));
    assert_eq!(counts(&analysis, Kind::DuplicateEffect), (1, 0));
    let subjects = analysis.dataset.subjects();
    let n_pairs = (0..92)
        .flat_map(|first| (0..first).map(move |second| (first, second)))
        .filter(|&(first, second)| subjects[first] != subjects[second])
        .count();
    assert_eq!(counts(&analysis, Kind::Duplicate), (n_pairs, 1));
    assert_eq!(counts(&analysis, Kind::Improvement), (0, 0));
    analysis.improvement = Some(improvement(0.024));
    assert_eq!(counts(&analysis, Kind::Improvement), (1, 1));
    analysis.improvement = Some(improvement(-0.001));
    assert_eq!(counts(&analysis, Kind::Improvement), (1, 0));
}

#[test]
fn weak_classes_are_named_by_their_test() {
    let mut analysis = test_support::analysis();
    assert!(!is_advised(&analysis, Advice::CollectSubjects));
    let class = &mut analysis.evaluation.protocols[0].runs[0].per_class[1];
    class.against_others.as_mut().expect("three classes").p_holm = 0.05;
    assert_eq!(counts(&analysis, Kind::WeakClass), (3, 1));
    assert!(is_advised(&analysis, Advice::CollectSubjects));
}

/// A rise to a k that was not chosen is none to follow, and of a loss a rise is no gain.
#[test]
fn a_larger_k_is_advised_where_the_largest_gains() {
    let mut analysis = test_support::analysis();
    let mut is_said = |k: usize, measure: Measure, low: f64| {
        let run = &mut analysis.evaluation.protocols[0].runs[0];
        run.k = k;
        run.rise = Some(Rise {
            measure,
            k: 15,
            half_k: 7,
            difference: 0.011,
            interval: Some(Interval { low, high: 0.021 }),
        });
        let is_claimed = counts(&analysis, Kind::LargerK) == (1, 1);
        assert_eq!(is_claimed, is_advised(&analysis, Advice::TryLargerK));
        is_claimed
    };
    assert!(is_said(15, Measure::F1Macro, 0.001));
    assert!(!is_said(15, Measure::F1Macro, -0.001));
    assert!(!is_said(14, Measure::F1Macro, 0.001));
    assert!(!is_said(15, Measure::LogLoss, 0.001));
}

#[test]
fn pairs_are_looked_at_where_they_are_listed() {
    let mut analysis = test_support::analysis();
    assert!(is_advised(&analysis, Advice::LookAtPairs));
    for run in &mut analysis.diagnosis.as_mut().unwrap().runs {
        run.confusable_pairs.clear();
    }
    assert!(!is_advised(&analysis, Advice::LookAtPairs));
}

/// The made-up right class is first for 0.776 and among three for 0.888; with three classes a list of
/// three is all of them. With eight, two more names by chance give 0.776 + 0.224 · 2/7 = 0.840, and the
/// interval of 0.888 begins at 0.859.
#[test]
fn a_list_is_offered_where_it_gains_more_than_guesses() {
    let mut analysis = test_support::analysis();
    assert!(!is_advised(&analysis, Advice::OfferList));
    analysis = test_support::analysis_of(&Shape::with_classes(100..108));
    assert!(is_advised(&analysis, Advice::OfferList));
    // With four, 0.776 + 0.224 · 2/3 = 0.925.
    analysis = test_support::analysis_of(&Shape::with_classes(100..104));
    assert!(!is_advised(&analysis, Advice::OfferList));
}

/// Every support of every claim and recommendation is a row of a table; also with little at hand.
#[test]
fn supports_are_rows_of_the_tables() {
    let mut bare = test_support::analysis();
    bare.params.evaluation.n_resamples = 0;
    bare.improvement = Some(improvement(0.024));
    let analyses = [
        test_support::analysis(),
        test_support::analysis_of(&Shape::with_classes(["a"])),
        test_support::analysis_of(&Shape::with_classes(["a", "b"])),
        test_support::analysis_of(&Shape {
            protocols: vec![Protocol::ImageLevel],
            distances: vec![Distance::Euclidean],
            ..Shape::default()
        }),
        bare,
    ];
    for analysis in &analyses {
        let files = crate::tables::csv_files(analysis).expect("tables in memory");
        let recommended = with_facts(analysis, recommendations);
        let of_claims = with_facts(analysis, claims);
        assert!(!recommended.is_empty());
        assert!(recommended.iter().all(|one| !one.supports.is_empty()));
        let of_claims = of_claims.iter().flat_map(|claims| &claims.supports);
        for support in of_claims.chain(recommended.iter().flat_map(|one| &one.supports)) {
            let path = format!("tables/{}.csv", support.table);
            let file = files.iter().find(|file| file.path == path);
            let mut reader = csv::Reader::from_reader(file.expect("a table").bytes.as_slice());
            let header = reader.headers().expect("a header").clone();
            let has_all = |row: csv::StringRecord| {
                support.row.iter().all(|(column, value)| {
                    let place = header.iter().position(|other| other == *column);
                    row.get(place.expect("a column")) == Some(value)
                })
            };
            let mut rows = reader.records().map(|row| row.expect("a row"));
            assert!(rows.any(has_all), "{support:?}");
        }
    }
}
