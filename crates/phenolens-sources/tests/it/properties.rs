//! What holds for any bytes and any cohort.

use std::fs;

use phenolens_core::cohort::{EmptyGroup, RawCohort, Stored};
use phenolens_core::dataset::{Dataset, SampleId};
use phenolens_sources::{Limits, ReadOptions, content_digest, read_bytes, write_pickle};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

use crate::assembler::pickle;
use crate::fixtures::folder;

/// Files that mutations start from, and pieces that they are made of.
const SEEDS: [&str; 6] = [
    "numpy-1.23.5-protocol-0.p",
    "numpy-2.0.2-protocol-2.p",
    "numpy-1.26.4-protocol-4.p",
    "numpy-2.3.5-protocol-5.p",
    "one.p.zst",
    "one.p.xz",
];

/// Reading must end, in a cohort whose vectors are all there or in an error that can be shown.
fn read_somehow(bytes: &[u8]) {
    let limits = Limits {
        expanded_floor: 1 << 20,
        ..Limits::default()
    };
    let options = ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    match read_bytes(bytes, &options) {
        Ok(source) => {
            for record in &source.cohort.records {
                let _ = source.cohort.values(record);
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(
                !message.is_empty() && message.chars().all(|c| !c.is_control()),
                "{message:?}"
            );
            assert!(!error.code().is_empty());
            assert!(error.offset().is_none_or(|offset| offset <= 1 << 20));
        }
    }
}

/// One way in which a file is damaged.
#[derive(Debug, Clone)]
enum Damage {
    Set(Index, u8),
    Remove(Index, usize),
    Repeat(Index, usize),
    Insert(Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    // Instructions are likelier than other bytes to lead somewhere.
    let opcodes = b"().012FGIJKLMNPQRSTUVX]abcdeghijlopqrstu}\x80\x81\x82\x85\x86\x87\x88\x8a\x8b\x8c\x8d\x8e\x93\x94\x95\x96\x97";
    let byte = prop_oneof![select(&opcodes[..]), any::<u8>()];
    prop_oneof![
        (any::<Index>(), byte.clone()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, len)| Damage::Remove(at, len)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, len)| Damage::Repeat(at, len)),
        (any::<Index>(), vec(byte, 1..8)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        match damage {
            Damage::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Remove(at, len) => {
                let at = at.index(bytes.len());
                bytes.drain(at..(at + len).min(bytes.len()));
            }
            Damage::Repeat(at, len) => {
                let at = at.index(bytes.len());
                let piece = bytes[at..(at + len).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Damage::Insert(at, piece) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

/// Ids, values and empty groups of a cohort, as nested mappings.
type Groups = std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<Vec<u32>>>>;

fn groups() -> impl Strategy<Value = Groups> {
    let id = prop_oneof![".{0,4}", "[a-c]{1,2}", "x{300}"];
    let samples = vec(vec(any::<u32>(), 0..4), 0..3);
    btree_map(id.clone(), btree_map(id, samples, 0..4), 0..4)
}

/// The cohort of nested mappings; NaN has many forms and equals none, so that it becomes 0.
fn cohort(groups: &Groups) -> RawCohort {
    let mut cohort = RawCohort::default();
    for (class, subjects) in groups {
        if subjects.is_empty() {
            let (class, subject) = (class.clone(), None);
            cohort.empty_groups.push(EmptyGroup { class, subject });
        }
        for (subject, samples) in subjects {
            if samples.is_empty() {
                let (class, subject) = (class.clone(), Some(subject.clone()));
                cohort.empty_groups.push(EmptyGroup { class, subject });
            }
            for (index, bits) in samples.iter().enumerate() {
                let values = bits.iter().map(|&bits| match f32::from_bits(bits) {
                    value if value.is_nan() => 0.0,
                    value => value,
                });
                let ids = [class.clone(), subject.clone(), index.to_string()];
                cohort.push_values(ids, values, Stored::Exact);
            }
        }
    }
    cohort
}

/// The ids of a record and the bits of its values.
type Row = ([String; 3], Vec<u32>);

/// A cohort with its records and empty groups in the order of their ids.
fn sorted(cohort: &RawCohort) -> (Vec<Row>, Vec<(String, Option<String>)>) {
    let bits = |value: &f32| value.to_bits();
    let mut records: Vec<_> = cohort
        .records
        .iter()
        .map(|record| {
            let ids = [&record.class, &record.subject, &record.sample].map(String::clone);
            let values = cohort.values(record).expect("only vectors were written");
            (ids, values.iter().map(bits).collect())
        })
        .collect();
    records.sort();
    let mut empty: Vec<_> = cohort
        .empty_groups
        .iter()
        .map(|group| (group.class.clone(), group.subject.clone()))
        .collect();
    empty.sort();
    (records, empty)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(42),
        ..ProptestConfig::with_cases(512)
    })]

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        read_somehow(&bytes);
        read_somehow(&pickle![[0x80, 4], bytes]);
    }

    #[test]
    fn random_instructions_never_panic(damages in vec(damage(), 1..60)) {
        read_somehow(&damaged(b"\x80\x04}".to_vec(), &damages));
    }

    #[test]
    fn damaged_files_never_panic(seed in select(&SEEDS[..]), damages in vec(damage(), 1..5)) {
        let bytes = fs::read(folder().join(seed)).expect("a committed file");
        read_somehow(&damaged(bytes, &damages));
    }

    #[test]
    fn what_was_written_is_read_back(groups in groups()) {
        let written = cohort(&groups);
        let read = read_bytes(&write_pickle(&written), &ReadOptions::default());
        let read = read.expect("our own pickle").cohort;
        prop_assert_eq!(sorted(&read), sorted(&written));
    }

    #[test]
    fn whole_cohorts_are_read_back_in_order(groups in groups()) {
        let mut written = cohort(&groups);
        written.empty_groups.clear();
        let read = read_bytes(&write_pickle(&written), &ReadOptions::default());
        prop_assert_eq!(read.expect("our own pickle").cohort, written);
    }

    #[test]
    fn the_digest_depends_on_the_rows_and_not_on_their_order(
        rows in vec(("[ab]", "[ab]", "[ab]", 1..9_u8), 1..6),
        shift in any::<Index>(),
    ) {
        let digest = |rows: &[(String, String, String, u8)]| {
            let vectors = rows.iter().map(|row| f32::from(row.3)).collect();
            let ids = rows
                .iter()
                .map(|(class, subject, sample, _)| SampleId {
                    class: class.clone(),
                    subject: subject.clone(),
                    sample: sample.clone(),
                })
                .collect();
            content_digest(&Dataset::new(vectors, 1, ids).expect("usable rows"))
        };
        let mut turned = rows.clone();
        turned.rotate_left(shift.index(rows.len()));
        prop_assert_eq!(digest(&turned), digest(&rows));
        turned[0].3 += 1;
        prop_assert_ne!(digest(&turned), digest(&rows));
    }
}
