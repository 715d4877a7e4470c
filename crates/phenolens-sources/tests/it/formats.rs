//! Every format that is written is read back as the same dataset, and damaged files end in an error.

use phenolens_core::Silent;
use phenolens_core::cohort::Labelling;
use phenolens_core::dataset::{Dataset, SampleId};
use phenolens_core::validation::{OnInvalid, admit};
use phenolens_sources::{
    Columns, Format, Limits, ReadOptions, SubjectColumn, Writable, WriteError, content_digest,
    read_bytes, read_file, write,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

/// How a file that is written in a format is read back.
fn options(dataset: &Dataset, format: Writable) -> ReadOptions {
    let subject = match dataset.labelling() {
        Labelling::WithoutSubjects => SubjectColumn::None,
        _ => SubjectColumn::Named("subject".to_owned()),
    };
    ReadOptions {
        // The first id may make a table look like something else, but for a header of ours.
        format: (format == Writable::Projector).then_some(Format::Projector),
        columns: Columns {
            subject,
            ..Columns::default()
        },
        ..ReadOptions::default()
    }
}

/// Writes a dataset and reads it back.
fn again(dataset: &Dataset, format: Writable) -> Result<Dataset, WriteError> {
    let written = write(dataset, format)?;
    let mut options = options(dataset, format);
    let source = match written.labels {
        None => read_bytes(&written.data, &options),
        Some(labels) => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("metadata.tsv");
            std::fs::write(&path, labels).expect("a writable folder");
            options.labels.push(path);
            let data = folder.path().join("vectors.tsv");
            std::fs::write(&data, &written.data).expect("a writable folder");
            read_file(&data, &options, &Silent)
        }
    };
    let cohort = source
        .unwrap_or_else(|error| panic!("{format:?}: {error}"))
        .cohort;
    let n_records = cohort.records.len();
    let admission = admit(cohort, OnInvalid::Error).expect("every record is a good one");
    assert_eq!(admission.rows.used, n_records);
    Ok(admission.dataset)
}

/// Ids that writers and readers may stumble over.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,5}",
        "[\"',;|\t\n\r =#\\[]{0,3}",
        "[a-c]",
        select(vec![
            "007",
            "NA",
            "1e5",
            "null",
            "'x",
            "\u{feff}a",
            "e\u{301}"
        ])
        .prop_map(str::to_owned),
    ]
}

/// A finite number of any size.
fn number() -> impl Strategy<Value = f32> {
    any::<u32>().prop_map(|bits| match f32::from_bits(bits) {
        number if number.is_finite() => number,
        _ => 0.5,
    })
}

fn dataset() -> impl Strategy<Value = Dataset> {
    let rows =
        (1_usize..5).prop_flat_map(|n_dims| vec(([id(), id(), id()], vec(number(), n_dims)), 1..7));
    let labellings = vec![
        Labelling::Complete,
        Labelling::WithoutSubjects,
        Labelling::Bare,
    ];
    (rows, select(labellings)).prop_map(|(rows, labelling)| {
        let n_dims = rows[0].1.len();
        let mut vectors = Vec::new();
        let mut ids = Vec::new();
        for (row, ([class, subject, sample], mut vector)) in rows.into_iter().enumerate() {
            if vector.iter().all(|&value| value == 0.0) {
                vector[0] = 1.0;
            }
            vectors.extend(vector);
            let [class, subject, sample] = match labelling {
                Labelling::Complete => [class, subject, sample],
                Labelling::WithoutSubjects => [class, sample.clone(), sample],
                Labelling::Bare => [String::new(), String::new(), row.to_string()],
            };
            ids.push(SampleId {
                class,
                subject,
                sample,
            });
        }
        let dataset = Dataset::new(vectors, n_dims, ids).expect("good rows");
        dataset.with_labelling(labelling)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(43),
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn a_dataset_is_read_back_from_every_format(dataset in dataset()) {
        for format in Writable::ALL {
            match again(&dataset, format) {
                // Mappings give classes and subjects in the order of their first samples.
                Ok(read) if format == Writable::Pickle => {
                    prop_assert_eq!(content_digest(&read), content_digest(&dataset));
                }
                Ok(read) => prop_assert_eq!(&read, &dataset, "{:?}", format),
                Err(WriteError::Bare { .. }) => {
                    prop_assert_eq!(dataset.labelling(), Labelling::Bare);
                    prop_assert!(matches!(format, Writable::Csv | Writable::Projector | Writable::Pickle));
                }
                Err(WriteError::WithoutSubjects { .. } | WriteError::Repeated { .. }) => {
                    prop_assert_eq!(format, Writable::Pickle);
                }
                Err(error) => prop_assert!(false, "{:?}: {}", format, error),
            }
        }
    }

    #[test]
    fn damaged_files_of_every_format_never_panic(
        dataset in dataset(),
        format in select(Writable::ALL.to_vec()),
        damages in vec((any::<Index>(), any::<u8>()), 1..6),
        length in any::<Index>(),
        is_cut in any::<bool>(),
    ) {
        let Ok(written) = write(&dataset, format) else {
            return Ok(());
        };
        let mut bytes = written.data;
        for (at, byte) in damages {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(length.index(bytes.len()) + 1);
        }
        // What is read may be something else than was written; what matters is that it ends, and that
        // no record is lost between what is used and what is set aside.
        if let Ok(source) = read_bytes(&bytes, &options(&dataset, format)) {
            let n_records = source.cohort.records.len();
            if let Ok(admission) = admit(source.cohort, OnInvalid::Drop) {
                let rows = admission.rows;
                prop_assert_eq!(rows.read, n_records);
                prop_assert_eq!(rows.used + rows.set_aside, n_records);
            }
        }
    }

    #[test]
    fn random_bytes_in_every_format_never_panic(
        bytes in vec(any::<u8>(), 0..200),
        format in select(Format::ALL.to_vec()),
    ) {
        let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
        let _ = read_bytes(&bytes, &options);
    }
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let one = |id: &str| {
        let ids = vec![SampleId {
            class: "c".to_owned(),
            subject: "s".to_owned(),
            sample: id.to_owned(),
        }];
        Dataset::new(vec![1.0], 1, ids).expect("a good row")
    };
    for (format, id) in [
        (Writable::Csv, "a\0b"),
        (Writable::Projector, "a\0b"),
        (Writable::Npz, "a\0"),
    ] {
        let error = write(&one(id), format).expect_err("no such id");
        assert!(matches!(error, WriteError::Id { .. }), "{error}");
        assert!(error.to_string().contains("\\u{0}"), "{error}");
    }
    // What they can hold beside it.
    for (format, id) in [
        (Writable::Npz, "a\0b"),
        (Writable::Parquet, "a\0"),
        (Writable::Arrow, "\0"),
    ] {
        let dataset = one(id);
        assert_eq!(again(&dataset, format), Ok(dataset));
    }
}

/// A column with ids that is not asked for holds no values, even where it holds numbers.
#[test]
fn ids_are_no_values() {
    let text = "class,subject,sample,v0,v1\na,1,x,0.5,1.5\nb,2,y,-0.5,2.5\n";
    let columns = Columns {
        subject: SubjectColumn::None,
        ..Columns::default()
    };
    let options = ReadOptions {
        columns,
        ..ReadOptions::default()
    };
    let cohort = read_bytes(text.as_bytes(), &options)
        .expect("a good table")
        .cohort;
    assert_eq!(cohort.labelling, Labelling::WithoutSubjects);
    assert_eq!(cohort.values(&cohort.records[1]), Some(&[-0.5, 2.5][..]));

    let dataset = admit(cohort, OnInvalid::Error).expect("good rows").dataset;
    let complete = read_bytes(text.as_bytes(), &ReadOptions::default()).expect("a good table");
    let complete = admit(complete.cohort, OnInvalid::Error)
        .expect("good rows")
        .dataset;
    for format in [Writable::Parquet, Writable::Arrow] {
        let written = write(&complete, format).expect("all of it").data;
        let cohort = read_bytes(&written, &options).expect("a good table").cohort;
        assert_eq!(
            cohort.values(&cohort.records[0]),
            Some(dataset.vector(0)),
            "{format:?}"
        );
    }
}

/// The limit is checked before the values are read, in every format; a little more lets them in.
#[test]
fn more_memory_than_there_may_be_is_refused_in_every_format() {
    let n_dims = 64;
    let ids = (0..512).map(|row: usize| SampleId {
        class: (row % 2).to_string(),
        subject: row.to_string(),
        sample: row.to_string(),
    });
    let values = (0..512 * n_dims).map(|value| value as f32 + 0.5).collect();
    let dataset = Dataset::new(values, n_dims, ids.collect()).expect("good rows");
    for format in Writable::ALL {
        if format == Writable::Projector {
            // Its labels stand in a second file.
            continue;
        }
        let written = write(&dataset, format).expect("all of it").data;
        let read = |memory_bytes: u64| {
            let limits = Limits {
                memory_bytes: Some(memory_bytes),
                ..Limits::default()
            };
            let options = ReadOptions {
                limits,
                ..ReadOptions::default()
            };
            read_bytes(&written, &options)
        };
        // The values alone take 128 KiB.
        let error = read(100 << 10).expect_err("too little");
        assert_eq!(error.code(), "memory", "{format:?}: {error}");
        let message = error.to_string();
        assert!(
            message.ends_with("more than the limit of 100 KiB"),
            "{message}"
        );
        assert!(error.hint().is_some());
        assert!(read(4 << 20).is_ok(), "{format:?}");
    }
}
