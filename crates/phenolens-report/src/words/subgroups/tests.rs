use phenolens_core::analysis::Analysis;
use phenolens_core::findings::{Finding, Severity};

use super::*;
use crate::document::Numbering;
use crate::test_support;

fn with_groups(change: impl Fn(&mut Subgroups)) -> Analysis {
    let mut analysis = test_support::analysis();
    let mut subgroups = test_support::subgroups();
    change(&mut subgroups);
    analysis.subgroups = Some(subgroups);
    analysis
}

fn text_of(analysis: &Analysis) -> String {
    let context = test_support::context();
    let mut text = String::new();
    for block in blocks(&Facts::new(analysis, &context)).expect("there is metadata") {
        if let Block::Paragraph(paragraph) = block {
            for span in paragraph.0 {
                text.push_str(&Numbering::default().resolve(&span));
            }
            text.push('\n');
        }
    }
    text
}

fn check(analysis: &Analysis, sentences: &[&str]) {
    let text = text_of(analysis);
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is missing:\n{text}");
    }
}

#[test]
fn only_what_the_correction_leaves_is_claimed() {
    let analysis = with_groups(|_| ());
    check(
        &analysis,
        &[
            "The metadata make groups by sex (2 groups) and site (3 groups).",
            "A raw figure depends on which syndromes a group has as well as on its subjects.",
            "Site north: accuracy is 0.500, 25.0 points lower than in the others (95% interval [−31.2, \
             −18.8], p = 0.016; its mix of syndromes alone would make it 1.6 points lower).",
            "p-values are corrected by Holm for 4 tests; all other differences are undecided.",
            "1 group has fewer than 10 subjects and is shown without figures.",
        ],
    );
    // Of two groups one test; nothing of sex, whose p-values are 1.
    let text = text_of(&analysis);
    assert!(
        !text.contains("south") && !text.contains("female"),
        "{text}"
    );
}

#[test]
fn nothing_is_claimed_where_no_test_carries_it() {
    let undecided = |subgroups: &mut Subgroups| {
        for group in &mut subgroups.variables[1].groups {
            for difference in &mut group.differences {
                difference.p_holm = Some(0.0625);
            }
        }
    };
    check(
        &with_groups(undecided),
        &[
            "No group does better or worse than the others by more than chance explains (4 tests; the \
           smallest p-value after Holm's correction is 0.062). That does not show that they are equal",
        ],
    );
    let blunt = |subgroups: &mut Subgroups| {
        undecided(subgroups);
        subgroups.n_permutations = 100;
    };
    check(
        &with_groups(blunt),
        &["With 100 permutations so many tests cannot show any."],
    );
    check(
        &with_groups(|subgroups| subgroups.n_permutations = 0),
        &["Without resampling no difference between groups is tested."],
    );
    let alone = |subgroups: &mut Subgroups| {
        for group in subgroups.variables.iter_mut().flat_map(|v| &mut v.groups) {
            group.differences.clear();
        }
    };
    check(
        &with_groups(alone),
        &["No variable has two groups of known value with 10 subjects each: nothing is compared."],
    );
}

#[test]
fn columns_without_groups_are_said() {
    let none = |subgroups: &mut Subgroups| {
        subgroups.variables.clear();
        let message = "An age.".to_owned();
        let finding = Finding::new(Severity::Note, "metadata_not_grouped", message);
        subgroups.findings.push(finding);
    };
    let text = text_of(&with_groups(none));
    assert_eq!(
        text,
        "No column of the metadata makes groups. 1 column makes no groups, having fewer than 2 values or \
         more than 20; see tables/findings.csv.\n"
    );
}

#[test]
fn every_group_has_its_row() {
    let analysis = with_groups(|_| ());
    let context = test_support::context();
    let facts = Facts::new(&analysis, &context);
    let table = table(&facts).expect("there are groups");
    assert_eq!(table.rows.len(), 6);
    let unknown = [
        "sex",
        "unknown",
        "12",
        "17",
        "0.688 [0.625, 0.750]",
        "0.688 [0.625, 0.750]",
    ];
    assert_eq!(table.rows[2][..6], unknown);
    assert_eq!(table.rows[2][7..], ["–", "–", "–"]);
    assert_eq!(
        table.rows[3][6..],
        ["0.484", "−25.0 [−31.2, −18.8]", "−1.6", "0.016"]
    );
    assert_eq!(table.rows[5][2..6], ["4", "9", "too few", "too few"]);
}

/// Without metadata there is no section, and the limits own up to it.
#[test]
fn without_metadata_a_limit_says_so() {
    let analysis = test_support::analysis();
    let context = test_support::context();
    let facts = Facts::new(&analysis, &context);
    assert_eq!(blocks(&facts), None);
    let report = |analysis: &Analysis| {
        let facts = Facts::new(analysis, &context);
        let document = crate::words::report(&facts, crate::words::Figures::new(&[]));
        crate::markdown::render(&document, "svg")
    };
    let without = report(&analysis);
    assert!(
        without.contains("Nothing is known here of the sex, age, ancestry or site of the subjects")
    );
    assert!(!without.contains("Groups of people"));
    let with = report(&with_groups(|_| ()));
    assert!(with.contains("## Groups of people") && with.contains("shows no cause"));
}
