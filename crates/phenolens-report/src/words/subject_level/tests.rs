use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::Interval;

use super::*;
use crate::test_support;

fn text_of(analysis: &Analysis) -> String {
    let context = test_support::context();
    let mut text = String::new();
    for block in blocks(&Facts::new(analysis, &context)) {
        if let Block::Paragraph(paragraph) = block {
            for span in paragraph.0 {
                text.push_str(&crate::document::Numbering::default().resolve(&span));
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

fn level(analysis: &mut Analysis) -> &mut SubjectLevel {
    analysis.subject_level.as_mut().expect("it is made up")
}

/// Gives the comparisons of the headline these intervals, one per way of fusing.
fn with_intervals(ranges: [(f64, f64); 3]) -> Analysis {
    let mut analysis = test_support::analysis();
    for run in &mut level(&mut analysis).runs {
        for (figures, (low, high)) in run.fusions.iter_mut().zip(ranges) {
            figures.several[0].interval = Some(Interval { low, high });
        }
    }
    analysis
}

#[test]
fn figures_are_those_of_the_headline() {
    check(
        &test_support::analysis(),
        &[
            "With all images of a subject taken together, macro F1 is 0.766 by smallest distance, 0.781 \
             by mean score and 0.797 by mean vector, against 0.750 over single images",
            "The interval of the difference from single ones excludes zero by mean score and mean \
             vector only.",
            "What does a second image give? 21 of 63 subjects have more than one, 2.4 in the mean.",
            "For them, one of the images alone is right with probability 0.625, all of them together \
             0.688 by smallest distance (+6.2 points [−3.1, +15.6], undecided), 0.750 by mean score \
             (+12.5 points [+3.1, +21.9]) and 0.812 by mean vector (+18.8 points [+9.4, +28.1]); 95% \
             intervals of the difference.",
            "So more images help when they are taken together by mean score and mean vector; otherwise \
             that is undecided. The 3 intervals are not corrected for one another.",
        ],
    );
}

#[test]
fn no_more_is_answered_than_the_intervals_carry() {
    let (up, none, down) = ((0.01, 0.2), (-0.1, 0.1), (-0.2, -0.01));
    for (ranges, sentence) in [
        (
            [up; 3],
            "So more images help, whichever way they are taken together.",
        ),
        ([none; 3], "Whether more images help is undecided here."),
        (
            [none, none, down],
            "Taken together by mean vector they do worse than one alone.",
        ),
        (
            [up, none, down],
            "They help when taken together by smallest distance and do harm by mean vector.",
        ),
    ] {
        check(&with_intervals(ranges), &[sentence]);
    }
}

#[test]
fn without_resampling_nothing_is_decided() {
    let mut analysis = test_support::analysis();
    for run in &mut level(&mut analysis).runs {
        for figures in &mut run.fusions {
            figures.several[0].interval = None;
            for of in &mut figures.measures {
                (of.interval, of.difference_interval) = (None, None);
            }
        }
    }
    check(
        &analysis,
        &[
            "Without resampling nothing says whether more images help.",
            "0.688 by smallest distance",
        ],
    );
    let text = text_of(&analysis);
    assert!(
        !text.contains("interval") && !text.contains("undecided"),
        "{text}"
    );
}

#[test]
fn one_subject_with_several_images() {
    let mut analysis = test_support::analysis();
    level(&mut analysis).n_several = 1;
    level(&mut analysis).n_samples_of_several = 2;
    check(
        &analysis,
        &["1 of 63 subjects has more than one, 2.0 in the mean. For it, one of"],
    );
}

#[test]
fn one_image_each_or_split_subjects_take_a_sentence() {
    let mut analysis = test_support::analysis();
    level(&mut analysis).runs.clear();
    level(&mut analysis).n_several = 0;
    let sentence = "Every subject has one image, so that figures by subject are those by image.\n";
    assert_eq!(text_of(&analysis), sentence);
    let context = test_support::context();
    assert_eq!(table(&Facts::new(&analysis, &context)), None);
    analysis.subject_level = None;
    check(
        &analysis,
        &["Not shown: the headline's folds put images of one subject on both sides"],
    );
}
