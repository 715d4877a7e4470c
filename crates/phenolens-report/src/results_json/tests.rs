use phenolens_core::evaluation::Protocol;

use super::*;
use crate::test_support::{self, Shape};

fn text(analysis: &Analysis) -> String {
    let bytes = results_json(analysis, &test_support::context()).expect("finite numbers");
    String::from_utf8(bytes).expect("UTF-8")
}

/// One protocol, one distance and one k, so that the whole file can be read.
#[test]
fn results_of_a_small_analysis() {
    let mut analysis = test_support::analysis_of(&Shape {
        distances: vec![Distance::Cosine],
        protocols: vec![Protocol::SubjectGrouped],
        ..Shape::with_classes(["b", "a"])
    });
    analysis.evaluation.protocols[0].runs[0]
        .k_points
        .truncate(1);
    analysis.exploration.distances.clear();
    analysis.subgroups = Some(test_support::subgroups());
    insta::assert_snapshot!(text(&analysis));
}

/// The ids of subjects here are `0-000` and the like; samples are `0`, `1` and `2`.
#[test]
fn no_subject_is_named() {
    let mut analysis = test_support::analysis();
    analysis.findings[0].subject = Some("0-000".to_owned());
    let text = text(&analysis);
    for subject in analysis.dataset.subject_names() {
        assert!(!text.contains(subject.as_str()), "{subject}");
    }
    assert!(text.contains("300000007"));
}

#[test]
fn undefined_is_null() {
    let mut analysis = test_support::analysis();
    analysis.evaluation.protocols[0].runs[0].summary[0].pooled = None;
    let value: serde_json::Value = serde_json::from_str(&text(&analysis)).expect("JSON");
    let run = &value["evaluation"]["protocols"][0]["runs"][0];
    assert!(run["summary"][0]["pooled"].is_null());
    assert_eq!(run["summary"][1]["pooled"], 0.781);
}
