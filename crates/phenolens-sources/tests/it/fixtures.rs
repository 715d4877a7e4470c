//! The files of `tests/fixtures/`, written by Python and several versions of numpy, against what
//! the script that wrote them says that they hold.

use std::fs;
use std::path::{Path, PathBuf};

use phenolens_core::Silent;
use phenolens_core::cohort::{EmptyGroup, RawCohort, RawVector, Stored};
use phenolens_sources::{ReadOptions, read_bytes, read_file, write_pickle};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A table of the script: lines of tab-separated fields.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder().join(name)).expect("a committed file");
    let unescape = |field: &str| {
        let parts: Vec<String> = field
            .split("\\\\")
            .map(|p| p.replace("\\n", "\n"))
            .collect();
        parts.join("\\")
    };
    text.lines()
        .map(|line| line.split('\t').map(unescape).collect())
        .collect()
}

/// A cohort as lines of the table `expected.tsv`.
fn as_table(cohort: &RawCohort) -> Vec<Vec<String>> {
    let records = cohort.records.iter().map(|record| {
        let (kind, text) = match &record.vector {
            RawVector::Missing => ("missing", String::new()),
            RawVector::Unusable(what) => ("unusable", what.clone()),
            RawVector::Values { stored, .. } => {
                let values = cohort.values(record).expect("values are there");
                let bits: Vec<String> = values
                    .iter()
                    .map(|value| format!("{:08x}", value.to_bits()))
                    .collect();
                let kind = match stored {
                    Stored::Exact => "exact",
                    Stored::Rounded => "rounded",
                    Stored::Integer => "integer",
                };
                (kind, bits.join(" "))
            }
        };
        [&record.class, &record.subject, &record.sample, kind, &text].map(str::to_owned)
    });
    let groups = cohort.empty_groups.iter().map(|group| {
        let subject = group.subject.as_deref().unwrap_or_default();
        [&group.class, subject, "", "empty", ""].map(str::to_owned)
    });
    records.chain(groups).map(Vec::from).collect()
}

/// Files of the folder whose name is accepted.
fn files(accept: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder is committed");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            path.file_name()
                .and_then(|n| n.to_str())
                .is_some_and(&accept)
        })
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_version_protocol_and_compression_gives_the_same_records() {
    let expected = table("expected.tsv");
    let paths = files(|name| name.contains(".p") && !name.ends_with(".py") && name != "written.p");
    assert_eq!(paths.len(), 4 * 6 + 2 + 8);
    for path in paths {
        let source = read_file(&path, &ReadOptions::default(), &Silent)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let found = as_table(&source.cohort);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{}", path.display());
        }
        assert_eq!(found.len(), expected.len(), "{}", path.display());
    }
}

#[test]
fn what_numpy_can_write_and_nobody_can_use_is_refused_by_its_code() {
    let refused = table("refused.tsv");
    assert!(refused.len() > 70);
    for line in refused {
        let [name, code] = &line[..] else {
            panic!("{line:?}");
        };
        let path = folder().join("refused").join(name);
        match read_file(&path, &ReadOptions::default(), &Silent) {
            Ok(_) => panic!("{name} was read"),
            Err(error) => assert_eq!(error.code(), code, "{name}: {error}"),
        }
    }
}

#[test]
fn a_damaged_compressed_file_is_refused_wherever_the_damage_is() {
    for name in ["one.p.gz", "one.p.bz2", "one.p.xz", "one.p.zst"] {
        let bytes = fs::read(folder().join(name)).expect("a committed file");
        let whole = read_bytes(&bytes, &ReadOptions::default())
            .expect("a good file")
            .cohort;
        for len in (1..bytes.len()).step_by(37) {
            let error = read_bytes(&bytes[..len], &ReadOptions::default());
            assert!(error.is_err(), "{name} cut to {len} bytes was read");
        }
        for position in (0..bytes.len()).step_by(37) {
            let mut damaged = bytes.clone();
            damaged[position] ^= 0x10;
            // A flipped bit in a time stamp, a file name or the like changes nothing; elsewhere
            // the checksum tells.
            match read_bytes(&damaged, &ReadOptions::default()) {
                Ok(source) => assert_eq!(source.cohort, whole, "{name} at byte {position}"),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
        let mut longer = bytes.clone();
        longer.extend(b"more");
        assert!(
            read_bytes(&longer, &ReadOptions::default()).is_err(),
            "{name}"
        );
    }
}

/// `make.py` loads the same file with every version of numpy and compares what it holds.
#[test]
fn what_python_has_loaded_is_still_what_is_written() {
    let mut cohort = RawCohort::default();
    let ids =
        |class: &str, subject: &str, sample: &str| [class, subject, sample].map(str::to_owned);
    let values = [1.0, -2.5, f32::INFINITY, 0.1];
    cohort.push_values(ids("a", "1", "x"), values, Stored::Exact);
    cohort.push_values(ids("a", "1", "é"), [], Stored::Exact);
    cohort.push_missing(ids("b", "2", &"m".repeat(300)));
    cohort.push_unusable(ids("b", "3", "u"), "text".to_owned());
    for (class, subject) in [("b", Some("4")), ("e", None)] {
        cohort.empty_groups.push(EmptyGroup {
            class: class.to_owned(),
            subject: subject.map(str::to_owned),
        });
    }
    let written = write_pickle(&cohort);
    let loaded = fs::read(folder().join("written.p")).expect("a committed file");
    assert!(
        written == loaded,
        "write the new bytes to written.p and run make.py on it"
    );
    let source = read_bytes(&written, &ReadOptions::default()).expect("our own pickle");
    assert_eq!(source.cohort, cohort);
}

#[test]
fn the_digest_is_that_of_the_file_as_it_is_stored() {
    // sha256sum of the committed file.
    let path = folder().join("one.p.gz");
    let source = read_file(&path, &ReadOptions::default(), &Silent).expect("a good file");
    assert_eq!(
        source.sha256,
        "5874f8119fe44d3f9e75c0c7f25f5bac68097da9c637fe89e84301a865723540"
    );
    assert_eq!(
        source.n_bytes,
        fs::metadata(&path).expect("it exists").len()
    );
}
