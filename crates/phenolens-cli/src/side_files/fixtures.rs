//! What the tests of side files read them for.

use phenolens::dataset::{Dataset, SampleId};

/// The first two samples of subject 1 in class x, the third of subject 2 in class y.
pub(super) fn dataset(samples: [&str; 3]) -> Dataset {
    let id = |((class, subject), sample): ((&str, &str), &str)| SampleId {
        class: class.to_owned(),
        subject: subject.to_owned(),
        sample: sample.to_owned(),
    };
    let ids = [("x", "1"), ("x", "1"), ("y", "2")]
        .into_iter()
        .zip(samples);
    Dataset::new(vec![1.0, 2.0, 3.0], 1, ids.map(id).collect())
        .expect("three samples of one dimension")
}
