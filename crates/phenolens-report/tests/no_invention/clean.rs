use std::collections::BTreeMap;

use phenolens_core::synth::SynthParams;

use crate::reports;

/// At most this share of what could be claimed may be.
const MOST: f64 = 0.05;

/// Claims of some cohorts together.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    n_tested: u64,
    n_claimed: u64,
    /// Cohorts with a claim.
    n_cohorts: u64,
}

/// Counts every kind of claim, and asserts that each recommendation rests on rows that exist.
fn totals(name: &str, params: &SynthParams) -> BTreeMap<String, Total> {
    let mut totals: BTreeMap<String, Total> = BTreeMap::new();
    let mut recommended: BTreeMap<String, u64> = BTreeMap::new();
    for (params, report) in reports(params) {
        for kind in report.kinds() {
            let [n_tested, n_claimed] = report.counts(&kind);
            let total = totals.entry(kind).or_default();
            total.n_tested += n_tested;
            total.n_claimed += n_claimed;
            total.n_cohorts += u64::from(n_claimed > 0);
        }
        for (kind, n_rows) in report.recommendations() {
            let is_supported = !n_rows.is_empty() && n_rows.iter().all(|&n_rows| n_rows > 0);
            assert!(is_supported, "seed {}: {kind} {n_rows:?}", params.seed);
            *recommended.entry(kind).or_default() += 1;
        }
    }
    println!("{name}: recommended in so many cohorts: {recommended:?}");
    for (kind, total) in &totals {
        println!(
            "{name}: {kind}: {} of {} claimed ({:.2} %), in {} cohorts",
            total.n_claimed,
            total.n_tested,
            100.0 * total.n_claimed as f64 / total.n_tested.max(1) as f64,
            total.n_cohorts,
        );
    }
    totals
}

fn assert_few(totals: &BTreeMap<String, Total>, kinds: &[&str]) {
    for &kind in kinds {
        let Total {
            n_tested,
            n_claimed,
            ..
        } = totals[kind];
        assert!(n_tested > 0, "{kind} was not tested");
        assert!(
            n_claimed as f64 <= MOST * n_tested as f64,
            "{kind}: {n_claimed} of {n_tested}"
        );
    }
}

#[test]
fn little_is_claimed_where_there_is_nothing_to_find() {
    // Two fifths of the subjects are a group that differs in nothing.
    let params = SynthParams {
        group_share: 0.4,
        ..SynthParams::nothing_to_find()
    };
    let totals = totals("nothing to find", &params);
    assert_few(
        &totals,
        &[
            "leak",
            "confusable-pair",
            "suspect",
            "improvement",
            "weak-class",
            "larger-k",
            "distance",
            "duplicate",
            "group",
        ],
    );
}

/// Errors are not those of blank images here: every image is one of its class, and the classes
/// overlap. Means of classes are better than neighbors then, and so are discriminants, as they are
/// for normal numbers of equal variance; cosine distance beats the euclidean one, and a larger k a
/// smaller one. So nothing is said of these.
#[test]
fn classes_that_overlap_evenly_are_not_set_apart() {
    let params = SynthParams {
        blank_share: 0.0,
        class_share: 0.06,
        ..SynthParams::nothing_to_find()
    };
    let totals = totals("overlap", &params);
    assert_few(
        &totals,
        &[
            "leak",
            "confusable-pair",
            "suspect",
            "weak-class",
            "duplicate",
        ],
    );
}
