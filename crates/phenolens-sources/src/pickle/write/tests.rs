use phenolens_core::cohort::{EmptyGroup, Stored};

use super::*;
use crate::{ReadOptions, read_bytes};

fn ids(class: &str, subject: &str, sample: &str) -> [String; 3] {
    [class, subject, sample].map(str::to_owned)
}

fn read(cohort: &RawCohort) -> RawCohort {
    let source = read_bytes(&write_pickle(cohort), &ReadOptions::default());
    source.expect("our own pickle").cohort
}

#[test]
fn records_are_grouped_in_the_order_of_the_first_of_each_group() {
    let mut cohort = RawCohort::default();
    for [class, subject, sample] in [
        ["b", "1", "x"],
        ["a", "2", "x"],
        ["b", "3", "x"],
        ["b", "1", "a"],
    ] {
        cohort.push_values(ids(class, subject, sample), [1.0], Stored::Exact);
    }
    let found: Vec<String> = read(&cohort)
        .records
        .iter()
        .map(|record| [&record.class[..], &record.subject, &record.sample].join(" "))
        .collect();
    assert_eq!(found, ["b 1 x", "b 1 a", "b 3 x", "a 2 x"]);
}

#[test]
fn what_is_no_vector_is_written_too() {
    let mut cohort = RawCohort::default();
    cohort.push_missing(ids("a", "s", "1"));
    cohort.push_unusable(ids("a", "s", "2"), "text".to_owned());
    cohort.push_values(ids("a", "s", "3"), [], Stored::Exact);
    cohort.push_values(ids("a", "s", &"long ".repeat(200)), [0.0], Stored::Exact);
    for (class, subject) in [("a", Some("empty")), ("b", None)] {
        cohort.empty_groups.push(EmptyGroup {
            class: class.to_owned(),
            subject: subject.map(str::to_owned),
        });
    }
    assert_eq!(read(&cohort), cohort);
    assert_eq!(read(&RawCohort::default()), RawCohort::default());
}
