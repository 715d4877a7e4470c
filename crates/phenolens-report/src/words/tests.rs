mod edge_cases;
mod scores;
mod unknown;

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Comparison, Interval, Measure, Protocol};
use phenolens_core::findings::{Finding, Level, Message, Severity};
use phenolens_core::neighbors::Distance;

use super::*;
use crate::document::Span;
use crate::test_support::{self, Shape};
use crate::{Context, Ids, KEY_BYTES, PseudonymKey, Words, html, markdown};

fn document_of(analysis: &Analysis, context: &Context) -> Document {
    let drawn = crate::figures::draw(analysis, context);
    report(&Facts::new(analysis, context), Figures::new(&drawn))
}

/// The whole report as plain text, one line per paragraph, point and row.
fn text_of(analysis: &Analysis) -> String {
    markdown::render(&document_of(analysis, &test_support::context()), "svg")
}

fn check(analysis: &Analysis, sentences: &[&str]) {
    let text = text_of(analysis);
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is missing:\n{text}");
    }
}

/// Puts figures into the headline's comparison on the selecting measure.
fn compare(analysis: &mut Analysis, change: impl Fn(&mut Comparison)) {
    let part = &mut analysis.evaluation.protocols[0];
    let comparison = part
        .comparisons
        .iter_mut()
        .find(|comparison| comparison.measure == Measure::F1Macro)
        .expect("every measure is compared");
    change(comparison);
}

/// The ids of subjects here are `0-000` and the like; a message names one.
#[test]
fn pseudonyms_stand_for_subjects_and_samples() {
    let mut analysis = test_support::analysis();
    let message = Message::from("It is as like subject ")
        .id(Level::Subject, "2-001")
        .words(" as can be.");
    let finding = Finding::new(Severity::Error, "odd_thing", message);
    analysis.findings.push(finding.of_subject("0-000"));
    let context = Context {
        ids: Ids::Pseudonyms(PseudonymKey::new([1; KEY_BYTES])),
        ..test_support::context()
    };
    let document = document_of(&analysis, &context);
    for text in [html::render(&document), markdown::render(&document, "svg")] {
        for subject in analysis.dataset.subject_names() {
            assert!(!text.contains(subject), "{subject}");
        }
        assert!(text.contains("It is as like subject S-"), "{text}");
        assert!(text.contains("are called by pseudonyms here, such as S-"));
    }
    assert!(text_of(&analysis).contains("It is as like subject \"2-001\" as can be."));
}

/// At k = 9 the made-up mean is 0.78 - 0.004 and the pooled value 0.005 above it, with 0.03125 to
/// either side: 0.781 [0.750, 0.812]. Euclidean is 0.03 lower: 0.751 at k = 7, both 1 from 8.
#[test]
fn headline_by_hand() {
    check(
        &test_support::analysis(),
        &[
            "In 4-fold cross-validation that holds out whole subjects, cosine distance with k = 9 \
             reaches **macro F1 0.781 [0.750, 0.812]** (95% interval over subjects).",
            "Chance level: 0.312 with shuffled labels, 0.250 by always naming the largest syndrome.",
            "92 images of 63 subjects in 3 syndromes; each is a vector of 4 values. 1 of 93 records \
             read was set aside.",
            "Of k = 1 to 15, k = 9 has the best mean macro F1 over folds, 0.776.",
            // 0.004 for every step from 8: k = 6 has 0.772 and k = 12 has 0.764, 0.012 too low.
            "From k = 5 to k = 11 it stays within 1.0 point of that",
        ],
    );
}

/// 0.781 - 0.751 = 0.030; the interval excludes zero, but the p-value is above 1 - 0.95.
#[test]
fn interval_and_test_that_disagree_are_undecided() {
    let mut analysis = test_support::analysis();
    compare(&mut analysis, |comparison| {
        comparison.interval = Some(Interval {
            low: 0.008,
            high: 0.052,
        });
        comparison.p_value = Some(0.062);
    });
    check(
        &analysis,
        &[
            "Undecided. Cosine has the higher macro F1 (0.781 against 0.751, 3.0 points), but interval \
             and test do not agree that the difference is real (95% interval of the difference \
             [+0.8, +5.2], p = 0.062).",
            "but do not claim that it beats the other distance",
        ],
    );
}

#[test]
fn interval_without_zero_and_small_p_decide() {
    let mut analysis = test_support::analysis();
    compare(&mut analysis, |comparison| {
        comparison.interval = Some(Interval {
            low: 0.008,
            high: 0.052,
        });
        comparison.p_value = Some(0.02);
    });
    check(
        &analysis,
        &[
            "Cosine. Its macro F1 is 3.0 points higher than with euclidean distance (0.781 against \
           0.751; 95% interval of the difference [+0.8, +5.2], p = 0.020), each at its own k.",
        ],
    );
    assert!(!text_of(&analysis).contains("Undecided"));
}

#[test]
fn interval_that_spans_zero_is_undecided() {
    let mut analysis = test_support::analysis();
    compare(&mut analysis, |comparison| {
        comparison.interval = Some(Interval {
            low: -0.004,
            high: 0.064,
        });
        comparison.p_value = Some(0.062);
    });
    check(
        &analysis,
        &[
            "Undecided. Cosine has the higher macro F1 (0.781 against 0.751, 3.0 points), but the \
           interval of the difference spans zero (95% interval of the difference [−0.4, +6.4], \
           p = 0.062): this run does not tell the two distances apart.",
        ],
    );
}

/// With the two runs swapped euclidean is ahead; the interval of cosine minus euclidean is turned
/// around with it.
#[test]
fn the_other_distance_may_win() {
    let mut analysis = test_support::analysis();
    let part = &mut analysis.evaluation.protocols[0];
    part.runs.swap(0, 1);
    part.runs[0].distance = Distance::Cosine;
    part.runs[1].distance = Distance::Euclidean;
    compare(&mut analysis, |comparison| {
        (comparison.cosine, comparison.euclidean) = (comparison.euclidean, comparison.cosine);
        comparison.difference = -comparison.difference;
        comparison.interval = Some(Interval {
            low: -0.052,
            high: -0.008,
        });
        comparison.p_value = Some(0.0005);
    });
    check(
        &analysis,
        &[
            "Euclidean. Its macro F1 is 3.0 points higher than with cosine distance (0.781 against \
             0.751; 95% interval of the difference [+0.8, +5.2], p < 0.001), each at its own k.",
            "Use euclidean distance with k = 9",
        ],
    );
}

/// The less log loss the better: euclidean's made-up loss is higher, so cosine leads with "lower".
#[test]
fn lower_is_better_for_log_loss() {
    let mut analysis = test_support::analysis();
    analysis.params.evaluation.select_by = Measure::LogLoss;
    check(
        &analysis,
        &[
            "cosine distance with k = 9 reaches **log loss 0.219",
            "Cosine has the lower log loss (0.219 against 0.249, 0.030)",
        ],
    );
}

/// The image-level run is 0.04 higher, which is more than half of 2 x 0.03125.
#[test]
fn the_leak_by_hand() {
    check(
        &test_support::analysis(),
        &[
            "Folds over single images give macro F1 0.821, against 0.781 with whole subjects held out: \
           4.0 points better with images of one subject on both sides.",
        ],
    );
    let mut analysis = test_support::analysis();
    analysis.evaluation.protocols[1] = analysis.evaluation.protocols[0].clone();
    analysis.evaluation.protocols[1].protocol = Protocol::ImageLevel;
    check(
        &analysis,
        &["against 0.781 with whole subjects held out: no difference."],
    );
}

/// Every point of the removal and its control, changed alike.
fn with_leak(low: f64, high: f64) -> Analysis {
    let mut analysis = test_support::analysis();
    for removal in &mut analysis.leakage.as_mut().unwrap().removals {
        for point in &mut removal.points {
            if let Some(control) = &mut point.control {
                control.interval = Some(Interval { low, high });
            }
        }
    }
    analysis
}

/// The removal costs 0.0225 of 0.821, of which 0.02 are beyond the control.
#[test]
fn a_leak_is_claimed_only_by_its_interval() {
    check(
        &with_leak(0.0075, 0.0325),
        &[
            "Within the same folds, taking the tested subject's other images out of training costs 2.2 \
             points of macro F1 at k = 9 (0.821 to 0.799; 95% interval of the difference [+1.0, +3.5]; \
             mean of 10 drawings of folds). Taking out as many of the same syndrome but of other \
             subjects leaves 0.819: 2.0 points (95% interval [+0.8, +3.2], p = 0.016) are the leak.",
            "In image-level folds, 20 of 92 test images had another image of their subject in training. \
             Accuracy is 0.900 on those and 0.500 on the others.",
            "| cosine | 9 | 0.821 | 0.799 | +2.2 [+1.0, +3.5] |",
        ],
    );
    check(
        &with_leak(-0.0025, 0.0425),
        &["that interval spans zero: whether there is a leak is undecided."],
    );
    check(
        &with_leak(-0.0425, -0.0025),
        &["so that no leak flatters the figure."],
    );
    // A few changes that all go one way leave an interval above zero, and a test that knows better.
    let mut borderline = with_leak(0.0075, 0.0325);
    for removal in &mut borderline.leakage.as_mut().unwrap().removals {
        for control in removal
            .points
            .iter_mut()
            .filter_map(|point| point.control.as_mut())
        {
            control.p_value = Some(0.125);
        }
    }
    check(
        &borderline,
        &["but interval and test do not agree: whether there is a leak is undecided."],
    );
    let undecided = [
        with_leak(-0.0025, 0.0425),
        with_leak(-0.0425, -0.0025),
        borderline,
    ];
    for analysis in undecided {
        assert!(!text_of(&analysis).contains("are the leak"));
    }
}

/// Near-duplicates give 0.005, with 0.01 to either side.
#[test]
fn advice_on_duplicates_follows_their_measured_effect() {
    let analysis = test_support::analysis();
    check(
        &analysis,
        &[
            "In subject-grouped folds, 2 of 92 test images had a near-duplicate of another subject in \
             training.",
            "macro F1 goes from 0.781 to 0.776 (95% interval of the difference [−0.5, +1.5]; undecided, \
             the interval spans zero).",
            "They move macro F1 by 0.5 points (95% interval of the difference [−0.5, +1.5]), which is \
             not told from zero",
        ],
    );
    let mut decided = analysis;
    for effect in &mut decided.leakage.as_mut().unwrap().duplicates {
        effect.interval = Some(Interval {
            low: 0.001,
            high: 0.009,
        });
    }
    check(
        &decided,
        &["until someone has looked, give 0.776 and not 0.781."],
    );
}

/// Whatever is missing, a report is whole: no empty sentence, no reference to what is not there.
#[test]
fn reports_of_less() {
    let one_distance = Shape {
        distances: vec![Distance::Euclidean],
        ..Shape::default()
    };
    let one_protocol = Shape {
        protocols: vec![Protocol::ImageLevel],
        ..Shape::default()
    };
    let from_file = Shape {
        protocols: vec![Protocol::FromFile],
        has_maps: false,
        ..Shape::default()
    };
    let mut analyses = vec![
        test_support::analysis_of(&one_distance),
        test_support::analysis_of(&one_protocol),
        test_support::analysis_of(&from_file),
        test_support::analysis_of(&Shape::with_classes(["a", "b"])),
        test_support::analysis_of(&Shape::with_classes(["a"])),
        test_support::analysis_of(&Shape::with_classes(100..140)),
    ];
    let mut bare = test_support::analysis();
    bare.params.evaluation.n_resamples = 0;
    bare.findings.clear();
    bare.duplicates.clear();
    bare.leakage.as_mut().unwrap().removals.clear();
    bare.leakage.as_mut().unwrap().duplicates.clear();
    bare.exploration.samples_per_subject.truncate(1);
    bare.exploration.distances.clear();
    for part in &mut bare.evaluation.protocols {
        for comparison in &mut part.comparisons {
            comparison.interval = None;
            comparison.p_value = None;
        }
        for run in &mut part.runs {
            for summary in &mut run.summary {
                summary.interval = None;
                summary.mean = None;
                summary.chance.shuffled_labels = None;
                summary.chance.largest_class = None;
            }
        }
    }
    analyses.push(bare.clone());
    for run in &mut bare.evaluation.protocols[0].runs {
        for summary in &mut run.summary {
            summary.pooled = None;
        }
    }
    bare.subject_level = None;
    bare.subgroups = Some(test_support::subgroups());
    analyses.push(bare);

    for analysis in &analyses {
        let document = document_of(analysis, &test_support::context());
        let numbering = document.numbering();
        for block in document.blocks() {
            let texts = match block {
                Block::Paragraph(text) => std::slice::from_ref(text),
                Block::List(items) | Block::Steps(items) => items.as_slice(),
                _ => continue,
            };
            for text in texts {
                assert!(!text.0.is_empty(), "an empty text in {document:?}");
                for span in &text.0 {
                    if let Span::TableNumber(key) = span {
                        let name = numbering.table(key);
                        assert!(name.starts_with("Table "), "{key} is not there");
                    }
                }
            }
        }
        let text = markdown::render(&document, "svg");
        for wrong in [
            "NaN", "inf,", "inf ", "inf.", "None", "  ", " .", " ,", "..", "()",
        ] {
            let prose = text
                .lines()
                .filter(|line| !line.starts_with(['|', '!', '#']));
            let mut lines = prose.filter(|line| line.contains(wrong));
            assert_eq!(lines.next(), None, "{wrong:?}");
        }
    }
}

#[test]
fn without_intervals_nothing_is_decided() {
    let mut analysis = test_support::analysis();
    analysis.params.evaluation.n_resamples = 0;
    compare(&mut analysis, |comparison| {
        comparison.interval = None;
        comparison.p_value = None;
    });
    check(
        &analysis,
        &[
            "without resampling nothing says whether the difference is more than chance.",
            "This run has no intervals",
        ],
    );
}

#[test]
fn words_of_the_user_and_labels_are_used() {
    let mut context = test_support::context();
    context.words = Words {
        class: "diagnosis".to_owned(),
        subject: "person".to_owned(),
        sample: "X-ray".to_owned(),
    };
    let text = markdown::render(&document_of(&test_support::analysis(), &context), "svg");
    for phrase in [
        "92 X-rays of 63 people in 3 diagnoses",
        "that holds out whole people",
        "The score of a diagnosis is its share",
        "| Example syndrome (300000007) |",
    ] {
        assert!(text.contains(phrase), "{phrase:?} is missing:\n{text}");
    }
    for word in ["image ", "images", "syndromes", "subjects held"] {
        let mut lines = text.lines().filter(|line| line.contains(word));
        assert_eq!(lines.next(), None, "{word:?}");
    }
}

/// Where classes are left out, an index in the evaluation is not one in the dataset: here every class
/// of the evaluation has an id that the dataset lacks.
#[test]
fn classes_of_the_evaluation_have_their_own_names() {
    let mut analysis = test_support::analysis();
    analysis.evaluation.class_names = ["first", "second", "third"].map(String::from).to_vec();
    check(
        &analysis,
        &[
            "The lowest recall is that of third: 0.654",
            "The most frequent confusion is first taken for second: 12 of 35 images, more \
             often than the errors of the others explain.",
            "| first | 24 | 35 |",
            "Smallest: third",
        ],
    );
}

/// Thirty findings: counts, the first twenty, and where all are.
#[test]
fn many_findings_are_folded() {
    let mut analysis = test_support::analysis();
    analysis.findings = (0..30)
        .map(|index| {
            let message = format!("Finding number {index}.");
            Finding::new(Severity::Warning, "odd_thing", message)
        })
        .collect();
    let text = text_of(&analysis);
    assert!(text.contains("30 findings: 30 warnings."));
    assert!(text.contains("| warning | odd_thing | 30 |"));
    assert!(text.contains("Finding number 19.") && !text.contains("Finding number 20."));
    assert!(text.contains("`tables/findings.csv`"));
}

/// Every number of the headline sentence stands in summary.csv, rounded.
#[test]
fn headline_does_not_contradict_the_table() {
    let analysis = test_support::analysis();
    let text = text_of(&analysis);
    let line = text
        .lines()
        .find(|line| line.starts_with("- **How well.**"))
        .expect("a headline");
    let files = crate::tables::csv_files(&analysis).expect("tables in memory");
    let summary = files
        .iter()
        .find(|file| file.path == "tables/summary.csv")
        .expect("a summary");
    let rounded: Vec<String> = String::from_utf8_lossy(&summary.bytes)
        .lines()
        .filter(|line| line.starts_with("subject-grouped,cosine,uniform,9,"))
        .flat_map(|line| {
            let cells = line.split(',').skip(5).map(str::to_owned);
            cells.collect::<Vec<_>>()
        })
        .filter_map(|cell| cell.parse::<f64>().ok())
        .map(|value| format!("{value:.3}"))
        .collect();
    let is_digit = |letter: char| letter.is_ascii_digit() || letter == '.';
    let numbers: Vec<&str> = line
        .split(|letter| !is_digit(letter))
        .map(|number| number.trim_end_matches('.'))
        .filter(|number| number.starts_with("0."))
        .collect();
    assert_eq!(numbers.len(), 11, "{line}");
    for number in numbers {
        let is_chance = number == "0.312" || number == "0.250";
        assert!(
            is_chance || rounded.iter().any(|other| other == number),
            "{number}"
        );
    }
}

#[test]
fn markdown_and_html_have_the_same_headings() {
    let document = document_of(&test_support::analysis(), &test_support::context());
    let text = markdown::render(&document, "svg");
    let of_markdown: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## ").or(line.strip_prefix("### ")))
        .collect();
    let page = html::render(&document);
    let of_html: Vec<&str> = page
        .lines()
        .filter_map(|line| {
            let rest = line.split_once("<h2>").or(line.split_once("<h3>"))?.1;
            Some(rest.split_once("</h")?.0)
        })
        .collect();
    assert!(of_markdown.len() > 15);
    assert_eq!(of_markdown, of_html);
}

/// The made-up nested mean is 0.0125 below the plain 0.776; its interval, -0.0025 to 0.0275, holds
/// zero. Of four folds the first and third chose k = 9, the others k = 8.
#[test]
fn optimism_is_undecided_where_its_interval_holds_zero() {
    let mut analysis = test_support::analysis();
    check(
        &analysis,
        &[
            "helps to choose the k it is tested with: k was 8 in 2 folds and 9 in 2.",
            "a difference of 1.2 points whose 95% interval [−0.2, +2.8] holds zero, so that it is \
             undecided whether",
        ],
    );
    let optimism = analysis.evaluation.protocols[0].runs[0].nested[0]
        .optimism
        .as_mut()
        .expect("the made-up run has one");
    optimism.interval = Some(Interval {
        low: 0.0025,
        high: 0.0225,
    });
    check(
        &analysis,
        &[
            "choosing k on the folds that score it flatters by 1.2 points (95% interval [+0.2, +2.2])",
        ],
    );
}
