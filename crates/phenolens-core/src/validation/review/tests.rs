use super::*;
use crate::dataset::SampleId;
use crate::machine::Machine;
use crate::neighbors::{Distance, nearest_neighbors};
use crate::random::{Stream, Use};
use crate::validation::duplicates::{Effort, near_duplicates};
use crate::validation::tests::in_words;
use crate::validation::{LISTED, merged_subjects};

fn dataset(rows: &[([&str; 2], Vec<f32>)]) -> Dataset {
    let ids = rows
        .iter()
        .enumerate()
        .map(|(row, ([class, subject], _))| SampleId {
            class: (*class).to_owned(),
            subject: (*subject).to_owned(),
            sample: format!("i{row}"),
        });
    let vectors: Vec<f32> = rows.iter().flat_map(|(_, vector)| vector.clone()).collect();
    Dataset::new(vectors, rows[0].1.len(), ids.collect()).unwrap()
}

/// Samples of 20 subjects in 3 classes in 4 dimensions: many are near one another.
fn crowded(n_samples: usize) -> Dataset {
    let mut stream = Stream::new(3, Use::Synth, 0);
    let names: Vec<[String; 2]> = (0..n_samples)
        .map(|row| [format!("c{}", row % 3), format!("s{}", row % 20)])
        .collect();
    let rows: Vec<([&str; 2], Vec<f32>)> = names
        .iter()
        .map(|[class, subject]| {
            let vector = (0..4).map(|_| stream.normal() as f32).collect();
            ([class.as_str(), subject.as_str()], vector)
        })
        .collect();
    dataset(&rows)
}

fn tables(dataset: &Dataset, distances: &[Distance], n_neighbors: usize) -> Vec<Neighbors> {
    nearest_neighbors(dataset, distances, n_neighbors, &Machine::default())
}

/// All pairs, by the definition of the cosine distance.
fn pairs_by_definition(dataset: &Dataset, limit: f64) -> Vec<(usize, usize)> {
    let dot = |a: usize, b: usize| -> f64 {
        let terms = dataset.vector(a).iter().zip(dataset.vector(b));
        terms.map(|(&x, &y)| f64::from(x) * f64::from(y)).sum()
    };
    let mut pairs = Vec::new();
    for first in 0..dataset.n_samples() {
        for second in first + 1..dataset.n_samples() {
            let cosine =
                1.0 - dot(first, second) / (dot(first, first) * dot(second, second)).sqrt();
            if dataset.subjects()[first] != dataset.subjects()[second] && cosine < limit {
                pairs.push((cosine, first, second));
            }
        }
    }
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
    pairs
        .into_iter()
        .map(|(_, first, second)| (first, second))
        .collect()
}

/// Tables too short for the near-duplicates, tables of the other distance, and none at all.
#[test]
fn near_duplicates_are_those_of_the_definition_whatever_the_tables() {
    let dataset = crowded(60);
    let params = ReviewParams {
        duplicate_distance: 0.1,
        n_folds: 3,
        ..ReviewParams::default()
    };
    let expected = pairs_by_definition(&dataset, 0.1);
    assert!(expected.len() > 20, "{}", expected.len());
    let both = [Distance::Cosine, Distance::Euclidean];
    let choices = [
        tables(&dataset, &both[..1], 1),
        tables(&dataset, &both[..1], 3),
        tables(&dataset, &both[..1], 59),
        tables(&dataset, &both[1..], 2),
        tables(&dataset, &both[1..], 59),
        tables(&dataset, &both, 4),
        Vec::new(),
    ];
    for neighbors in choices {
        let review = review(&dataset, &neighbors, &params);
        let pairs: Vec<(usize, usize)> = review
            .duplicates
            .iter()
            .map(|pair| (pair.first, pair.second))
            .collect();
        assert_eq!(pairs, expected);
        let last = review.duplicates.last().unwrap();
        let difference: f64 = dataset
            .vector(last.first)
            .iter()
            .zip(dataset.vector(last.second))
            .map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2))
            .sum();
        // Four terms of order 1: a few roundings of 1e-16.
        assert!((last.euclidean - difference.sqrt()).abs() < 1e-14);
        let count = |code| review.findings.iter().filter(|f| f.code == code).count();
        assert_eq!(count("near_duplicates"), expected.len().min(LISTED + 1));
        assert_eq!(count("near_duplicates_incomplete"), 0);
    }
}

/// The second dataset is larger than what is searched between two cuts.
#[test]
fn of_too_many_near_duplicates_the_nearest_are_kept() {
    for (dataset, limit) in [(crowded(60), 0.1), (crowded(2100), 0.005)] {
        let all = pairs_by_definition(&dataset, limit);
        for max_pairs in [1, 50, all.len(), all.len() + 1] {
            let near = near_duplicates(
                &dataset,
                &[],
                limit,
                Effort {
                    max_pairs,
                    ..EFFORT
                },
            );
            let pairs: Vec<(usize, usize)> = near
                .pairs
                .iter()
                .map(|pair| (pair.first, pair.second))
                .collect();
            assert_eq!(pairs, all[..max_pairs.min(all.len())]);
            assert_eq!(near.is_cut, max_pairs < all.len());
        }
    }
}

/// Where searching further would take too long, what the tables hold is found, and what they may
/// not hold is said.
#[test]
fn near_duplicates_beyond_the_tables_are_owned_up_to() {
    let dataset = crowded(60);
    let effort = Effort {
        max_extra_distances: 59,
        ..EFFORT
    };
    let all = pairs_by_definition(&dataset, 0.1);
    let cosine = tables(&dataset, &[Distance::Cosine], 2);
    let near = near_duplicates(&dataset, &cosine, 0.1, effort);
    let is_full = |&sample: &usize| cosine[0].values(sample)[1] < 0.1;
    assert_eq!(near.n_unsearched, (0..60).filter(is_full).count());
    assert!(!near.pairs.is_empty() && near.pairs.len() < all.len());
    let in_tables = |&(one, other): &(usize, usize)| {
        let holds = |a: usize, b: usize| cosine[0].indices(a).contains(&(b as u32));
        holds(one, other) || holds(other, one)
    };
    let expected: Vec<(usize, usize)> = all.into_iter().filter(in_tables).collect();
    let pairs = near.pairs.iter().map(|pair| (pair.first, pair.second));
    assert_eq!(pairs.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_incomplete_is_a_finding() {
    let near = |n_unsearched, is_cut| NearDuplicates {
        pairs: Vec::new(),
        n_unsearched,
        is_cut,
    };
    assert_eq!(incomplete(&near(0, false), 9, 0.25), []);
    assert_eq!(
        in_words(&incomplete(&near(3, true), 9, 0.25)),
        [
            "warning near_duplicates_incomplete -/-/-: Near-duplicates (cosine distance below \
             0.25) of 3 of 9 samples may be missing: their neighbor tables end before that \
             distance, and comparing all samples would take too long.",
            "warning near_duplicates_incomplete -/-/-: More than 0 pairs of samples of different \
             subjects are nearer than the duplicate distance 0.25; only the nearest of them are \
             kept. A smaller distance may suit these vectors.",
        ]
    );
}

#[test]
fn a_near_duplicate_names_both_samples_and_an_equal_one_was_named_before() {
    let dataset = dataset(&[
        (["a", "s1"], vec![3.0, 4.0]),
        (["b", "s2"], vec![4.0, 3.0]),
        (["a", "s3"], vec![3.0, 4.0]),
        (["b", "s4"], vec![-1.0, 0.0]),
        // The same subject as the second: to be expected.
        (["b", "s2"], vec![4.0, 3.0]),
    ]);
    let params = ReviewParams {
        duplicate_distance: 0.05,
        n_folds: 2,
        ..ReviewParams::default()
    };
    let review = review(&dataset, &[], &params);
    // 1 - 24/25 = 0.04 and a difference of (1, -1), by hand.
    let pairs: Vec<(usize, usize)> = review
        .duplicates
        .iter()
        .map(|pair| (pair.first, pair.second))
        .collect();
    assert_eq!(pairs, [(0, 2), (0, 1), (0, 4), (1, 2), (2, 4)]);
    assert!((review.duplicates[1].cosine - 0.04).abs() < 1e-15);
    assert_eq!(review.duplicates[1].euclidean, 2.0_f64.sqrt());
    assert_eq!(
        (review.duplicates[0].cosine, review.duplicates[0].euclidean),
        (0.0, 0.0)
    );
    let words = in_words(&review.findings);
    assert_eq!(
        words[0],
        "warning near_duplicates a/s1/i0: This sample and sample \"i1\" of subject \"s2\" in \
         class \"b\", another class, are nearly the same (cosine distance 0.0400, below 0.05); \
         both were kept."
    );
    let near = review
        .findings
        .iter()
        .filter(|finding| finding.code == "near_duplicates");
    assert_eq!(near.count(), 4);
}

/// Reviews samples that are far apart, one for each `(class, subject, length)`.
fn check(rows: &[(&str, &str, f32)], n_folds: usize, expected: &[&str]) {
    let n_dims = rows.len();
    let rows: Vec<([&str; 2], Vec<f32>)> = rows
        .iter()
        .enumerate()
        .map(|(row, &(class, subject, length))| {
            let mut vector = vec![0.0; n_dims];
            vector[row] = length;
            ([class, subject], vector)
        })
        .collect();
    let params = ReviewParams {
        n_folds,
        ..ReviewParams::default()
    };
    let review = review(&dataset(&rows), &[], &params);
    assert_eq!(review.duplicates, []);
    assert_eq!(in_words(&review.findings), expected);
}

#[test]
fn small_classes_are_named_with_the_consequence() {
    check(
        &[
            ("a", "s1", 1.0),
            ("a", "s2", 1.0),
            ("b", "s3", 1.0),
            ("b", "s4", 1.0),
        ],
        2,
        &[],
    );
    check(
        &[
            ("a", "s1", 1.0),
            ("a", "s2", 1.0),
            ("b", "s3", 1.0),
            ("c", "s4", 1.0),
            ("c", "s4", 1.0),
        ],
        3,
        &[
            "note fewer_subjects_than_folds a/-/-: This class has 2 subjects for 3 folds: in \
             at least 1 fold no sample of it is tested. Means over folds leave it out of AUC and average \
             precision there, and count its precision, recall and F1 as 0: the pooled figures are the \
             fairer ones.",
            "warning class_with_one_sample b/-/-: This class has one sample: no sample of it \
             can be recognized when it is tested, since none is left to compare with.",
            "warning class_with_one_subject c/-/-: This class has one subject (2 samples): no \
             sample of it can be recognized when whole subjects are tested, since no other \
             subject is left to compare with.",
        ],
    );
    check(
        &[("a", "s1", 1.0), ("a", "s2", 1.0)],
        2,
        &["warning one_class -/-/-: There is one class, so that there is nothing to tell apart."],
    );
}

#[test]
fn imbalance_and_lengths_are_notes() {
    check(
        &[
            ("a", "s1", 1.0),
            ("a", "s2", 1.0),
            ("a", "s3", 1.5),
            ("a", "s4", 1.0),
            ("a", "s5", 1.0),
            ("a", "s6", 1.9),
            ("b", "s7", 1.0),
            ("b", "s8", 1.0),
        ],
        2,
        &[
            "note imbalanced_classes -/-/-: The largest class, \"a\", has 3.0 times as many \
             samples as the smallest, \"b\" (6 and 2): accuracy is mostly that of the large \
             classes, so read the macro measures and the figures per class.",
        ],
    );
    check(
        &[
            ("a", "s1", 1.0),
            ("a", "s2", 2.5),
            ("b", "s3", 1.0),
            ("b", "s4", 1.0),
        ],
        2,
        &[
            "note norms_differ -/-/-: The longest vector is 2.5 times as long as the shortest \
             (2.5000 and 1.0000): euclidean distances depend on length as well as direction, \
             cosine distances on direction alone.",
        ],
    );
}

#[test]
fn merged_subjects_follow_every_chain_of_pairs() {
    let names = ["s0", "s1", "s2", "s3", "s4", "s5", "s3"];
    let rows: Vec<([&str; 2], Vec<f32>)> = names
        .iter()
        .map(|&subject| (["a", subject], vec![1.0]))
        .collect();
    let dataset = dataset(&rows);
    let pair = |first, second| DuplicatePair {
        first,
        second,
        cosine: 0.0,
        euclidean: 0.0,
    };
    assert_eq!(merged_subjects(&dataset, &[]), dataset.subjects());
    assert_eq!(merged_subjects(&dataset, &[]), [0, 1, 2, 3, 4, 5, 3]);
    // The last sample belongs to s3: s5-s2 and s2-s3 make one group, s0-s4 another.
    let pairs = [pair(2, 5), pair(0, 4), pair(2, 6)];
    assert_eq!(merged_subjects(&dataset, &pairs), [0, 1, 2, 2, 0, 2, 2]);
    let backwards = [pair(2, 6), pair(0, 4), pair(2, 5)];
    assert_eq!(merged_subjects(&dataset, &backwards), [0, 1, 2, 2, 0, 2, 2]);
}

#[test]
fn what_was_not_looked_for_is_said() {
    let params = ReviewParams {
        search_duplicates: false,
        ..ReviewParams::default()
    };
    let ids = ["i1", "i2"].map(|sample| SampleId {
        class: "a".to_owned(),
        subject: sample.to_owned(),
        sample: sample.to_owned(),
    });
    let dataset = Dataset::new(vec![1.0, 0.0, 1.0, 0.1], 2, ids.to_vec()).expect("two samples");
    let found = review(&dataset, &[], &params);
    assert!(found.duplicates.is_empty());
    assert_eq!(found.findings[0].code, "near_duplicates_not_searched");

    let bare = dataset.with_labelling(Labelling::Bare);
    let codes: Vec<&str> = review(&bare, &[], &params)
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(codes, ["near_duplicates_not_searched", "unlabelled"]);
}
