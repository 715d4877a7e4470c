use proptest::prelude::*;

use super::*;
use crate::cohort::{EmptyGroup, RawCohort, Stored};
use crate::findings::Severity;

/// A row of a cohort: class, subject, sample and the place of the vector.
type Row<'a> = ([&'a str; 3], Place<'a>);

enum Place<'a> {
    Values(&'a [f32]),
    StoredAs(&'a [f32], Stored),
    Missing,
    Unusable(&'a str),
}
use Place::{Missing, StoredAs, Unusable, Values};

fn cohort(rows: &[Row]) -> RawCohort {
    let mut cohort = RawCohort::default();
    for (ids, place) in rows {
        let ids = ids.map(str::to_owned);
        match *place {
            Values(values) => cohort.push_values(ids, values.iter().copied(), Stored::Exact),
            StoredAs(values, stored) => cohort.push_values(ids, values.iter().copied(), stored),
            Missing => cohort.push_missing(ids),
            Unusable(what) => cohort.push_unusable(ids, what.to_owned()),
        }
    }
    cohort
}

/// Two ordinary rows to stand beside the odd one.
fn ordinary() -> [Row<'static>; 2] {
    [
        (["a", "s1", "i1"], Values(&[1.0, 2.0, -1.5])),
        (["b", "s2", "i2"], Values(&[0.5, -1.0, 2.5])),
    ]
}

/// Admits two ordinary rows and `odd` ones behind them, and compares the findings as
/// `severity code class/subject/sample: message`.
fn check(odd: impl IntoIterator<Item = Row<'static>>, expected: &[&str]) -> Admission {
    let rows: Vec<Row> = ordinary().into_iter().chain(odd).collect();
    let admission = admit(cohort(&rows), OnInvalid::Drop).unwrap();
    assert_eq!(in_words(&admission.findings), expected);
    assert_eq!(admission.rows.read, rows.len());
    assert_eq!(admission.rows.used, admission.dataset.n_samples());
    assert_eq!(
        admission.rows.read,
        admission.rows.used + admission.rows.set_aside
    );
    admission
}

pub(super) fn in_words(findings: &[Finding]) -> Vec<String> {
    let id = |id: &Option<String>| id.clone().unwrap_or("-".to_owned());
    findings
        .iter()
        .map(|finding| {
            let (class, subject, sample) = (
                id(&finding.class),
                id(&finding.subject),
                id(&finding.sample),
            );
            format!(
                "{} {} {class}/{subject}/{sample}: {}",
                finding.severity.name(),
                finding.code,
                finding.message
            )
        })
        .collect()
}

#[test]
fn an_ordinary_cohort_has_no_findings_and_keeps_order_and_ids() {
    let admission = check([], &[]);
    assert_eq!(admission.dataset.id(0), ["a", "s1", "i1"]);
    assert_eq!(admission.dataset.id(1), ["b", "s2", "i2"]);
    assert_eq!(
        admission.dataset.vectors(),
        [1.0, 2.0, -1.5, 0.5, -1.0, 2.5]
    );
}

#[test]
fn each_unusable_record_is_set_aside_and_named() {
    let id = ["c", "s3", "i3"];
    let check_one = |place, expected: &str| {
        let admission = check([(id, place)], &[expected]);
        assert_eq!(admission.rows.set_aside, 1);
        assert_eq!(admission.dataset.n_classes(), 2);
    };
    check_one(
        Missing,
        "error missing_vector c/s3/i3: This sample was set aside because it has no vector.",
    );
    check_one(
        Unusable("a text"),
        "error unusable_vector c/s3/i3: This sample was set aside because a text stands in the \
         place of its vector.",
    );
    check_one(
        Values(&[]),
        "error empty_vector c/s3/i3: This sample was set aside because its vector has no values.",
    );
    check_one(
        Values(&[1.0, 2.0]),
        "error wrong_length c/s3/i3: This sample was set aside because its vector has length 2 \
         where most have length 3.",
    );
    check_one(
        Values(&[1.0, f32::NAN, f32::INFINITY]),
        "error not_finite c/s3/i3: This sample was set aside because 2 of its 3 values are not \
         finite as 32-bit numbers, the first, NaN, in column 1 (counted from 0).",
    );
    check_one(
        Values(&[0.0, -0.0, 0.0]),
        "error zero_vector c/s3/i3: This sample was set aside because its vector is all zero as \
         32-bit numbers, which has no direction.",
    );
}

#[test]
fn set_aside_records_leave_the_others_in_place() {
    let admission = check(
        [
            (["c", "s3", "i3"], Values(&[9.0, 9.0])),
            (["c", "s3", "i4"], Values(&[3.0, 4.0, 5.0])),
            (["c", "s3", "i5"], Missing),
            (["c", "s3", "i6"], Values(&[6.0, -7.0, 8.0])),
        ],
        &[
            "error wrong_length c/s3/i3: This sample was set aside because its vector has length 2 \
             where most have length 3.",
            "error missing_vector c/s3/i5: This sample was set aside because it has no vector.",
        ],
    );
    assert_eq!(
        admission.dataset.vectors()[6..],
        [3.0, 4.0, 5.0, 6.0, -7.0, 8.0]
    );
    assert_eq!(admission.dataset.sample_names(), ["i1", "i2", "i4", "i6"]);
}

/// Records are public, so their order need not be that of their values.
#[test]
fn reordered_records_keep_their_own_values() {
    let mut reordered = cohort(&ordinary());
    reordered.records.reverse();
    let admission = admit(reordered, OnInvalid::Drop).unwrap();
    assert_eq!(admission.dataset.id(0), ["b", "s2", "i2"]);
    assert_eq!(
        admission.dataset.vectors(),
        [0.5, -1.0, 2.5, 1.0, 2.0, -1.5]
    );
}

#[test]
fn empty_groups_are_named() {
    let mut with_groups = cohort(&ordinary());
    let group = |class: &str, subject: Option<&str>| EmptyGroup {
        class: class.to_owned(),
        subject: subject.map(str::to_owned),
    };
    with_groups.empty_groups = vec![group("a", Some("s9")), group("z", None)];
    let admission = admit(with_groups.clone(), OnInvalid::Drop).unwrap();
    assert_eq!(
        in_words(&admission.findings),
        [
            "error empty_subject a/s9/-: This subject holds no sample and was left out.",
            "error empty_class z/-/-: This class holds no subject and was left out.",
        ]
    );
    let (class, subject) = ("a".to_owned(), "s9".to_owned());
    assert_eq!(
        admit(with_groups.clone(), OnInvalid::Error),
        Err(AdmissionError::EmptySubject { class, subject })
    );
    with_groups.empty_groups.remove(0);
    let class = "z".to_owned();
    assert_eq!(
        admit(with_groups, OnInvalid::Error),
        Err(AdmissionError::EmptyClass { class })
    );
}

#[test]
fn storage_is_one_finding_for_the_file() {
    check(
        [
            (
                ["b", "s3", "i3"],
                StoredAs(&[1.1, 1.0, 1.0], Stored::Rounded),
            ),
            (
                ["b", "s4", "i4"],
                StoredAs(&[1.0, 3.0, 7.0], Stored::Integer),
            ),
            (
                ["b", "s5", "i5"],
                StoredAs(&[2.0, 3.0, 7.0], Stored::Integer),
            ),
            // What is not used does not count.
            (["b", "s6", "i6"], StoredAs(&[2.0], Stored::Integer)),
        ],
        &[
            "error wrong_length b/s6/i6: This sample was set aside because its vector has length 1 \
             where most have length 3.",
            "warning rounded_values -/-/-: 1 of 5 vectors hold values that 32-bit floats cannot, and \
             were rounded to 32 bits.",
            "warning integer_storage -/-/-: 2 of 5 vectors are stored as integers, which embeddings \
             rarely are: they may be quantized, or no embeddings; they were used as they are.",
        ],
    );
}

#[test]
fn odd_ids_are_kept_and_named() {
    check(
        [(["b", "s3", " "], Values(&[1.0, 1.0, 1.0]))],
        &["warning empty_id b/s3/ : The sample id of this sample is empty; it was kept as it is."],
    );
    check(
        [
            (["B ", "s3", "i3"], Values(&[1.0, 1.0, 1.0])),
            (["b", "S1", "I2"], Values(&[2.0, 1.0, 1.0])),
        ],
        &[
            "warning similar_ids B /-/-: The class ids \"B \" and \"b\" differ only by case, surrounding \
             space or Unicode form; they were kept apart.",
            "warning similar_ids -/S1/-: The subject ids \"S1\" and \"s1\" differ only by case, surrounding \
             space or Unicode form; they were kept apart.",
            "warning similar_ids -/-/I2: The sample ids \"I2\" and \"i2\" differ only by case, surrounding \
             space or Unicode form; they were kept apart.",
        ],
    );
    check(
        [(["b", "s1", "i3"], Values(&[1.0, 1.0, 1.0]))],
        &[
            "warning subject_in_two_classes -/s1/-: This subject id stands under the classes \"a\" \
             and \"b\"; it is taken for one person and kept in one fold.",
        ],
    );
}

#[test]
fn repeated_sample_ids_name_their_subjects() {
    check(
        [
            (["b", "s3", "i1"], Values(&[1.0, 1.0, 1.0])),
            (["b", "s2", "i2"], Values(&[2.0, 1.0, 1.0])),
        ],
        &[
            "warning repeated_sample_id a/s1/i1: This sample id stands for 2 samples, under the \
             subjects \"s1\" and \"s3\"; all were kept, told apart by class, subject and order.",
            "warning repeated_sample_id b/s2/i2: This sample id stands for 2 samples, all under \
             this subject; all were kept, told apart by class, subject and order.",
        ],
    );
}

#[test]
fn exactly_equal_vectors_are_one_finding_per_group() {
    check(
        [
            (["b", "s3", "i3"], Values(&[0.0, 1.0, 1.0])),
            (["b", "s3", "i4"], Values(&[-0.0, 1.0, 1.0])),
            (["b", "s4", "i5"], Values(&[0.0, 1.0, 1.0])),
            (["a", "s5", "i6"], Values(&[1.0, 2.0, -1.5])),
            (["b", "s6", "i7"], Values(&[0.5, -1.0, 2.5])),
        ],
        &[
            "warning duplicate_vectors a/s1/i1: This sample and sample \"i6\" of subject \"s5\" in \
             class \"a\", of 2 subjects, have exactly equal vectors; all were kept.",
            "warning duplicate_vectors b/s2/i2: This sample and sample \"i7\" of subject \"s6\" in \
             class \"b\", of 2 subjects, have exactly equal vectors; all were kept.",
            "warning duplicate_vectors b/s3/i3: This sample and sample \"i4\" of subject \"s3\" in \
             class \"b\" and 1 more, of 2 subjects, have exactly equal vectors; all were kept.",
        ],
    );
}

#[test]
fn odd_values_are_one_finding_for_the_file() {
    let check_all = |vectors: &[&'static [f32]], expected: &[&str]| {
        let names: Vec<String> = (0..vectors.len()).map(|row| format!("s{row}")).collect();
        let rows: Vec<Row> = vectors
            .iter()
            .zip(&names)
            .map(|(&vector, name)| (["a", name.as_str(), name.as_str()], Values(vector)))
            .collect();
        let admission = admit(cohort(&rows), OnInvalid::Drop).unwrap();
        assert_eq!(in_words(&admission.findings), expected);
    };
    check_all(
        &[&[1.0, 7.0, 3.0], &[2.0, 7.0, 3.0]],
        &[
            "warning constant_dimensions -/-/-: 2 of 3 dimensions have the same value in every \
             vector (columns 1, 2, counted from 0): they tell nothing apart; they were kept.",
        ],
    );
    check_all(
        &[&[1.0], &[2.0]],
        &[
            "warning one_dimension -/-/-: The vectors have one dimension, so that every cosine \
             distance is 0 or 2; they were used as they are.",
        ],
    );
    check_all(
        &[&[1.0, 2.0], &[1.0, 2.0]],
        &[
            "warning all_vectors_equal -/-/-: All 2 vectors are equal, so that every distance is 0 \
             and nothing can be told apart; they were kept.",
        ],
    );
    // One large value is enough; a small one matters only where all of a vector's are.
    check_all(
        &[&[1.0, 2.0], &[1e-20, 1.0], &[3.0, 1e16], &[1e-16, 1e-17]],
        &[
            "warning extreme_magnitude a/s2/s2: 2 of 4 vectors have a largest absolute value below \
             1e-15 or above 1e15, beginning with this one: a scale at which other programs lose \
             digits; they were used as they are.",
        ],
    );
    // Mean 100,000, standard deviation 5: 20,000 of them. The other column is 9,999.5 / 1 away.
    check_all(
        &[&[99_995.0, 9_998.5], &[100_005.0, 10_000.5]],
        &[
            "warning mean_far_from_zero -/-/-: 1 of 2 dimensions have a mean more than 10000 \
             standard deviations from zero (column 0, counted from 0): the offset swamps cosine \
             distances and costs digits; they were used as they are.",
        ],
    );
    // A single vector is constant and equal to all others, which says nothing.
    check_all(&[&[1.0, 2.0]], &[]);
}

#[test]
fn many_findings_of_a_kind_end_in_a_count() {
    let names: Vec<String> = (0..50).map(|row| format!("s{row}")).collect();
    let rows: Vec<Row> = names
        .iter()
        .map(|name| (["a", name.as_str(), ""], Missing))
        .chain(ordinary())
        .collect();
    let admission = admit(cohort(&rows), OnInvalid::Drop).unwrap();
    // What is set aside is always listed, one by one.
    assert_eq!(admission.findings.len(), 50);

    let values: Vec<[f32; 2]> = (0..50).map(|row| [1.0, row as f32]).collect();
    let rows: Vec<Row> = names
        .iter()
        .zip(&values)
        .map(|(name, values)| {
            let class = if values[1] == 0.0 { "a" } else { "b" };
            ([class, name.as_str(), ""], Values(values))
        })
        .collect();
    let admission = admit(cohort(&rows), OnInvalid::Drop).unwrap();
    let empty: Vec<&Finding> = admission
        .findings
        .iter()
        .filter(|finding| finding.code == "empty_id")
        .collect();
    assert_eq!(empty.len(), LISTED + 1);
    assert_eq!(
        empty[LISTED].message.to_string(),
        "30 samples more with an empty id; they were kept as they are."
    );
    assert_eq!(empty[LISTED].sample, None);
}

#[test]
fn nothing_to_use_is_an_error() {
    let check_error = |rows: &[Row], error| {
        assert_eq!(admit(cohort(rows), OnInvalid::Drop), Err(error));
    };
    check_error(&[], AdmissionError::NoRecords);
    check_error(
        &[
            (["a", "s", "i"], Values(&[])),
            (["a", "s", "j"], Values(&[0.0])),
        ],
        AdmissionError::NothingUsable {
            n_records: 2,
            what: "its vector has no values".to_owned(),
        },
    );
    check_error(
        &[(["a", "s", "i"], Missing)],
        AdmissionError::NothingUsable {
            n_records: 1,
            what: "it has no vector".to_owned(),
        },
    );
    check_error(
        &[
            (["a", "s", "i"], Values(&[1.0, 2.0])),
            (["a", "s", "j"], Values(&[1.0])),
            (["a", "s", "k"], Values(&[])),
            (["a", "s", "l"], Values(&[])),
            (["a", "s", "m"], Values(&[])),
        ],
        AdmissionError::NoMajority {
            count: 1,
            shorter: 1,
            longer: 2,
        },
    );
}

#[test]
fn the_first_bad_record_is_the_error_where_that_is_asked() {
    let rows = [
        (["a", "s1", "i1"], Values(&[1.0, 2.0])),
        (["a", "s2", "i2"], Values(&[1.0, f32::NEG_INFINITY])),
        (["a", "s3", "i3"], Missing),
    ];
    let error = admit(cohort(&rows), OnInvalid::Error).unwrap_err();
    assert_eq!(error.code(), "not_finite");
    assert_eq!(
        error.to_string(),
        "class \"a\", subject \"s2\", sample \"i2\" cannot be used because 1 of its 2 values are \
         not finite as 32-bit numbers, the first, -inf, in column 1 (counted from 0)"
    );
    assert!(error.hint().is_some());
}

proptest! {
    /// Every record is used or listed, whatever the cohort.
    #[test]
    fn rows_read_are_rows_used_and_rows_set_aside(
        kinds in prop::collection::vec((0_usize..7, 0_usize..4, 0_usize..4), 0..40),
    ) {
        let nan = f32::NAN;
        let mut raw = RawCohort::default();
        for (row, &(kind, class, subject)) in kinds.iter().enumerate() {
            let ids = [format!("c{class}"), format!("s{subject}"), format!("i{row}")];
            match kind {
                0 => raw.push_missing(ids),
                1 => raw.push_unusable(ids, "a number".to_owned()),
                2 => raw.push_values(ids, [], Stored::Exact),
                3 => raw.push_values(ids, [1.0, nan], Stored::Exact),
                4 => raw.push_values(ids, [0.0, 0.0], Stored::Exact),
                5 => raw.push_values(ids, [1.0, 2.0, row as f32], Stored::Rounded),
                _ => raw.push_values(ids, [1.0, row as f32], Stored::Exact),
            }
        }
        let rows = raw.records.clone();
        let values: Vec<Option<Vec<f32>>> =
            rows.iter().map(|record| raw.values(record).map(<[f32]>::to_vec)).collect();
        match admit(raw, OnInvalid::Drop) {
            Ok(admission) => {
                prop_assert_eq!(admission.rows.read, kinds.len());
                prop_assert_eq!(admission.rows.read, admission.rows.used + admission.rows.set_aside);
                prop_assert_eq!(admission.rows.used, admission.dataset.n_samples());
                let listed: Vec<&Finding> = admission
                    .findings
                    .iter()
                    .filter(|finding| finding.severity == Severity::Error)
                    .collect();
                prop_assert_eq!(listed.len(), admission.rows.set_aside);
                // Used and listed samples together are the source, each in its order, with its values.
                let (mut used, mut aside) = (0, 0);
                for (record, values) in rows.iter().zip(&values) {
                    let name = &record.sample;
                    if admission.dataset.sample_names().get(used) == Some(name) {
                        let vector = admission.dataset.vector(used);
                        prop_assert_eq!(Some(vector), values.as_deref());
                        used += 1;
                    } else {
                        prop_assert_eq!(listed[aside].sample.as_ref(), Some(name));
                        aside += 1;
                    }
                }
            }
            Err(error) => {
                let is_expected = matches!(
                    error,
                    AdmissionError::NoRecords
                        | AdmissionError::NothingUsable { .. }
                        | AdmissionError::NoMajority { .. }
                );
                prop_assert!(is_expected, "{error:?}");
            }
        }
    }
}
