use std::collections::BTreeMap;

use super::{Admission, AdmissionError, OnInvalid, RowCounts, ids, values};
use crate::cohort::{EmptyGroup, RawCohort, RawRecord, RawVector, Stored};
use crate::dataset::{Dataset, SampleId};
use crate::findings::{Finding, Severity};

/// Judges every record and makes a [`Dataset`] of those that can be used.
///
/// Set aside, each with a finding: a record whose vector is missing, no vector, empty, of another
/// length than most, not finite or all zero. Nothing is repaired, the ids stay as they are, and the
/// records stay in the order of the source. What is odd about the used records is a finding too.
///
/// Takes time proportional to the number of values, and n log n in the number of records.
///
/// # Errors
/// If there is no record, none is usable, or two lengths of vectors are equally frequent; with
/// [`OnInvalid::Error`] also for the first record or group that would be set aside.
pub fn admit(mut cohort: RawCohort, on_invalid: OnInvalid) -> Result<Admission, AdmissionError> {
    let n_records = cohort.records.len();
    if n_records == 0 {
        return Err(AdmissionError::NoRecords);
    }
    let n_dims = majority_length(&cohort)?;

    let faults: Vec<Option<Fault>> = cohort
        .records
        .iter()
        .map(|record| find_fault(record, cohort.values(record), n_dims))
        .collect();
    if on_invalid == OnInvalid::Error {
        refuse_first(&cohort, &faults)?;
    }
    let n_used = faults.iter().filter(|fault| fault.is_none()).count();
    if n_used == 0 {
        let what = faults.into_iter().flatten().next().map(|fault| fault.what);
        let what = what.unwrap_or_default();
        return Err(AdmissionError::NothingUsable { n_records, what });
    }

    let stored_values = cohort.take_values();
    let RawCohort {
        records,
        empty_groups,
        labelling,
        findings: of_file,
        ..
    } = cohort;
    let mut findings: Vec<Finding> = records
        .iter()
        .zip(&faults)
        .filter_map(|(record, fault)| Some(set_aside(record, fault.as_ref()?)))
        .collect();
    findings.extend(empty_groups.iter().map(empty_group));

    let used: Vec<RawRecord> = records
        .into_iter()
        .zip(&faults)
        .filter_map(|(record, fault)| fault.is_none().then_some(record))
        .collect();
    let (n_rounded, n_integer) = count_stored(&used);
    let vectors = gather(stored_values, &used, n_dims);
    let dataset = Dataset::new(vectors, n_dims, used.into_iter().map(sample_id).collect())
        .expect("every used record was found to satisfy the invariants")
        .with_labelling(labelling);

    findings.extend(of_file);
    findings.extend(values::storage(n_used, n_rounded, n_integer));
    findings.extend(values::inspect(&dataset));
    findings.extend(ids::inspect(&dataset));
    Ok(Admission {
        dataset,
        findings,
        rows: RowCounts {
            read: n_records,
            used: n_used,
            set_aside: n_records - n_used,
        },
    })
}

/// Why a record cannot be used: `what` completes "because …".
struct Fault {
    code: &'static str,
    what: String,
}

/// The most frequent length of the vectors that have any value; 0 where none has.
fn majority_length(cohort: &RawCohort) -> Result<usize, AdmissionError> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for record in &cohort.records {
        if let RawVector::Values { len, .. } = record.vector
            && len > 0
        {
            *counts.entry(len).or_default() += 1;
        }
    }
    let count = counts.values().copied().max().unwrap_or(0);
    let mut most_frequent = counts
        .iter()
        .filter(|&(_, &other)| other == count)
        .map(|(&len, _)| len);
    match (most_frequent.next(), most_frequent.next()) {
        (Some(shorter), Some(longer)) => Err(AdmissionError::NoMajority {
            count,
            shorter,
            longer,
        }),
        (Some(len), None) => Ok(len),
        (None, _) => Ok(0),
    }
}

fn find_fault(record: &RawRecord, values: Option<&[f32]>, n_dims: usize) -> Option<Fault> {
    let (code, what) = match (&record.vector, values) {
        (RawVector::Unusable(what), _) => (
            "unusable_vector",
            format!("{what} stands in the place of its vector"),
        ),
        (RawVector::Missing, _) | (_, None) => ("missing_vector", "it has no vector".to_owned()),
        (_, Some([])) => ("empty_vector", "its vector has no values".to_owned()),
        (_, Some(values)) if values.len() != n_dims => {
            let len = values.len();
            let what = format!("its vector has length {len} where most have length {n_dims}");
            ("wrong_length", what)
        }
        (_, Some(values)) => {
            if let Some(column) = values.iter().position(|value| !value.is_finite()) {
                let n_bad = values.iter().filter(|value| !value.is_finite()).count();
                let what = format!(
                    "{n_bad} of its {n_dims} values are not finite as 32-bit numbers, the first, {}, \
                     in column {column} (counted from 0)",
                    values[column]
                );
                ("not_finite", what)
            } else if values.iter().all(|&value| value == 0.0) {
                let what =
                    "its vector is all zero as 32-bit numbers, which has no direction".to_owned();
                ("zero_vector", what)
            } else {
                return None;
            }
        }
    };
    Some(Fault { code, what })
}

/// The first bad record, or else the first empty group, as an error.
fn refuse_first(cohort: &RawCohort, faults: &[Option<Fault>]) -> Result<(), AdmissionError> {
    let mut bad = cohort.records.iter().zip(faults);
    if let Some((record, fault)) = bad.find_map(|(record, fault)| Some((record, fault.as_ref()?))) {
        return Err(AdmissionError::Record {
            code: fault.code,
            class: record.class.clone(),
            subject: record.subject.clone(),
            sample: record.sample.clone(),
            what: fault.what.clone(),
        });
    }
    let Some(group) = cohort.empty_groups.first() else {
        return Ok(());
    };
    let class = group.class.clone();
    Err(match group.subject.clone() {
        Some(subject) => AdmissionError::EmptySubject { class, subject },
        None => AdmissionError::EmptyClass { class },
    })
}

fn set_aside(record: &RawRecord, fault: &Fault) -> Finding {
    let message = format!("This sample was set aside because {}.", fault.what);
    Finding::new(Severity::Error, fault.code, message)
        .of_class(&record.class)
        .of_subject(&record.subject)
        .of_sample(&record.sample)
}

fn empty_group(group: &EmptyGroup) -> Finding {
    match &group.subject {
        Some(subject) => {
            let message = "This subject holds no sample and was left out.".to_owned();
            Finding::new(Severity::Error, "empty_subject", message)
                .of_class(&group.class)
                .of_subject(subject)
        }
        None => {
            let message = "This class holds no subject and was left out.".to_owned();
            Finding::new(Severity::Error, "empty_class", message).of_class(&group.class)
        }
    }
}

/// How many vectors were rounded to 32 bits, and how many were stored as integers.
fn count_stored(records: &[RawRecord]) -> (usize, usize) {
    let count = |kind| {
        let is_kind = |record: &&RawRecord| matches!(record.vector, RawVector::Values { stored, .. } if stored == kind);
        records.iter().filter(is_kind).count()
    };
    (count(Stored::Rounded), count(Stored::Integer))
}

/// The vectors of the used records one after another, in the storage of the cohort: a large cohort
/// is not copied.
fn gather(mut values: Vec<f32>, used: &[RawRecord], n_dims: usize) -> Vec<f32> {
    let start_of = |record: &RawRecord| match record.vector {
        RawVector::Values { start, .. } => start,
        RawVector::Missing | RawVector::Unusable(_) => {
            unreachable!("a used record has values")
        }
    };
    // Moving vectors toward the front overwrites none that is still to be moved as long as each
    // starts behind the one before; sources push them so, but the records are public.
    let in_order = used
        .windows(2)
        .all(|pair| start_of(&pair[0]) + n_dims <= start_of(&pair[1]));
    if !in_order {
        let rows = used
            .iter()
            .map(|record| &values[start_of(record)..][..n_dims]);
        return rows.collect::<Vec<_>>().concat();
    }
    for (row, record) in used.iter().enumerate() {
        let start = start_of(record);
        values.copy_within(start..start + n_dims, row * n_dims);
    }
    values.truncate(used.len() * n_dims);
    values
}

fn sample_id(record: RawRecord) -> SampleId {
    SampleId {
        class: record.class,
        subject: record.subject,
        sample: record.sample,
    }
}
