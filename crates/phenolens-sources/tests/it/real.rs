//! The first users' file, where it is at hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use phenolens_core::Silent;
use phenolens_core::cohort::{RawVector, Stored};
use phenolens_sources::{ReadOptions, read_bytes, read_file, write_pickle};

const NAME: &str = "mini_gm_public_v0.1.p";

pub(crate) fn real_file() -> Option<PathBuf> {
    let path = match std::env::var_os("PHENOLENS_REAL_DATA") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data")
            .join(NAME),
    };
    let path = if path.is_dir() { path.join(NAME) } else { path };
    if path.is_file() {
        return Some(path);
    }
    #[expect(clippy::print_stderr, reason = "a test that was skipped must say so")]
    {
        eprintln!("SKIPPED: the real file is not at {}", path.display());
    }
    None
}

#[test]
fn real_file_has_the_known_counts() {
    let Some(path) = real_file() else { return };
    let source = read_file(&path, &ReadOptions::default(), &Silent).expect("a good file");
    assert_eq!(source.n_bytes, 1_486_562);

    let cohort = source.cohort;
    let classes: BTreeSet<&str> = cohort.records.iter().map(|r| r.class.as_str()).collect();
    let subjects: BTreeSet<[&str; 2]> = cohort
        .records
        .iter()
        .map(|record| [record.class.as_str(), record.subject.as_str()])
        .collect();
    assert_eq!(classes.len(), 10);
    assert_eq!(subjects.len(), 941);
    assert_eq!(cohort.records.len(), 1116);
    assert_eq!(cohort.empty_groups, []);
    for record in &cohort.records {
        let is_whole = matches!(
            record.vector,
            RawVector::Values {
                len: 320,
                stored: Stored::Exact,
                ..
            }
        );
        assert!(is_whole, "{record:?}");
    }

    // The first record, against the bytes of its array in the file.
    let first = &cohort.records[0];
    let ids = [&first.class, &first.subject, &first.sample];
    assert_eq!(ids, ["300000082", "595", "3543"]);
    let bytes = std::fs::read(&path).expect("it was read before");
    let start = bytes
        .windows(5)
        .position(|window| window == [b'B', 0, 5, 0, 0])
        .expect("1280 bytes of the first vector");
    let values: Vec<u8> = cohort
        .values(first)
        .expect("a vector")
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    assert_eq!(values, bytes[start + 5..][..1280]);

    let again = read_bytes(&write_pickle(&cohort), &ReadOptions::default());
    assert_eq!(again.expect("our own pickle").cohort, cohort);
}
