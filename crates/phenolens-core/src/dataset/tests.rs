use super::*;

fn ids(rows: &[[&str; 3]]) -> Vec<SampleId> {
    let owned = |row: &[&str; 3]| row.map(str::to_owned);
    rows.iter()
        .map(owned)
        .map(|[class, subject, sample]| SampleId {
            class,
            subject,
            sample,
        })
        .collect()
}

#[test]
fn classes_and_subjects_are_indexed_in_sorted_order() {
    let rows = [
        ["b", "s2", "1"],
        ["a", "s1", "1"],
        ["b", "s3", "2"],
        ["b", "s2", "3"],
    ];
    let dataset = Dataset::new(vec![1.0, 2.0, 3.0, 4.0], 1, ids(&rows)).unwrap();
    assert_eq!(dataset.class_names(), ["a", "b"]);
    assert_eq!(dataset.classes(), [1, 0, 1, 1]);
    assert_eq!(dataset.subjects(), [1, 0, 2, 1]);
    assert_eq!(dataset.class_sizes(), [1, 3]);
    assert_eq!(dataset.subjects_per_class(), [1, 2]);
    assert_eq!(dataset.id(2), ["b", "s3", "2"]);
    assert_eq!(dataset.vector(2), [3.0]);
}

#[test]
fn broken_invariants_are_named() {
    let two = || ids(&[["a", "s", "1"], ["a", "s", "2"]]);
    let check = |vectors: Vec<f32>, n_dims, error| {
        assert_eq!(Dataset::new(vectors, n_dims, two()), Err(error));
    };
    check(
        vec![],
        0,
        DatasetError::Empty {
            n_samples: 2,
            n_dims: 0,
        },
    );
    check(
        vec![1.0; 3],
        2,
        DatasetError::Shape {
            n_values: 3,
            n_samples: 2,
            n_dims: 2,
        },
    );
    let value = f32::INFINITY;
    check(
        vec![1.0, 1.0, 1.0, value],
        2,
        DatasetError::NotFinite {
            row: 1,
            column: 1,
            value,
        },
    );
    check(vec![1.0, 0.0, 0.0, -0.0], 2, DatasetError::Zero { row: 1 });
}
