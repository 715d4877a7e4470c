use phenolens_core::analysis::Analysis;
use phenolens_core::diagnosis::Estimate;
use phenolens_core::evaluation::Interval;
use phenolens_core::neighbors::Distance;

use super::*;
use crate::document::{Document, Section};
use crate::markdown;
use crate::test_support::{self, Shape};

fn text_of(analysis: &Analysis) -> String {
    let context = test_support::context();
    let drawn = crate::figures::draw(analysis, &context);
    let blocks = diagnosis(&Facts::new(analysis, &context), &mut Figures::new(&drawn));
    let document = Document {
        title: String::new(),
        subtitle: String::new(),
        sections: vec![Section {
            id: "diagnosis",
            heading: "Why it errs".to_owned(),
            blocks,
        }],
    };
    // Brackets that could be a link are escaped.
    markdown::render(&document, "svg").replace('\\', "")
}

fn check(analysis: &Analysis, sentences: &[&str]) {
    let text = text_of(analysis);
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is missing:\n{text}");
    }
}

fn check_absent(analysis: &Analysis, sentences: &[&str]) {
    let text = text_of(analysis);
    for sentence in sentences {
        assert!(!text.contains(sentence), "{sentence:?} is there:\n{text}");
    }
}

fn around(value: f64, half_width: f64) -> Estimate {
    Estimate {
        value,
        interval: Some(Interval {
            low: value - half_width,
            high: value + half_width,
        }),
    }
}

/// The made-up figures of `test_support`, as they stand.
#[test]
fn sentences_by_hand() {
    check(
        &test_support::analysis(),
        &[
            "lie as they would in 3.2 [3.0, 3.5] dimensions (TwoNN) or 3.5 [3.4, 3.6] (maximum \
             likelihood), of the 4 that a vector has, measured on the first image of each of 63 subjects",
            "as over 3.1 equal directions; the widest holds 37.5% of it.",
            "have a mean cosine of 0.125 [0.062, 0.188]: all vectors lean one way",
            "The mean silhouette by cosine distance is 0.188 [0.156, 0.219]",
            "25.0% of them lie nearer, on average, to another syndrome than to their own.",
            "By euclidean it is 0.125 [0.094, 0.156], with 25.0% nearer to another.",
            "The highest is that of 300000002 (0.250 [0.219, 0.281]), the lowest that of 300000018 \
             (0.000 [−0.031, 0.031]), whose nearest other is mostly 300000002.",
            "2 of 3 syndromes have an interval above 0.",
            "in 40.0% of 30 wrong predictions and in 50.0% of 62 right ones. Hubs were 18.8% of the \
             deciding voters of the wrong and 25.0% of those of the right (−6.2 points, 95% interval \
             [−18.8, +6.2]): it is undecided whether hubs have to do with errors.",
            "They agree on 50.0% [43.8%, 56.2%] of the 10 nearest neighbors of an image; hubs by cosine are 9, \
             by euclidean 9, by both 3.",
            "2 of 92 images lie farther from the 10 nearest images of other subjects than 4 robust",
            "1 of these is predicted wrong (a rate of 0.500 [0.094, 0.906]).",
            "Of the most remote tenth 62.5% of 8 are predicted wrong, of the others 29.8% of 84 (+32.8 \
             points, 95% interval [+7.8, +57.8]): what lies far off is more often wrong.",
            "the cosine map has 2 clusters, the largest of 46 images; 23 of 92 images are in none.",
            "1 syndrome falls into several, with a fifth or more in each: 300000002 (18 and 10 of 35 \
             images).",
        ],
    );
}

/// What is said of hubs and of far samples follows the side on which the interval lies.
#[test]
fn verdicts_follow_the_intervals() {
    let mut analysis = test_support::analysis();
    let run = &mut analysis.diagnosis.as_mut().unwrap().runs[0];
    run.hub_voters.difference = Some(around(0.125, 0.0625));
    run.far_errors.difference = Some(around(0.125, 0.25));
    check(
        &analysis,
        &[
            "hubs and errors go together, which does not say that hubs cause them.",
            "it is undecided whether distance and errors go together.",
        ],
    );
    let run = &mut analysis.diagnosis.as_mut().unwrap().runs[0];
    run.hub_voters.difference = Some(around(-0.125, 0.0625));
    run.far_errors.difference = Some(around(-0.125, 0.0625));
    check(
        &analysis,
        &[
            "and explain no errors.",
            "what lies far off is less often wrong.",
        ],
    );
    let run = &mut analysis.diagnosis.as_mut().unwrap().runs[0];
    run.hub_voters.difference = None;
    run.far_errors.difference = None;
    check_absent(&analysis, &["A hub was among", "Of the most remote tenth"]);
}

/// By euclidean short vectors are neighbors of many; whether length tells the class is the test's to say.
#[test]
fn what_length_does_is_drawn_from_test_and_interval() {
    let mut analysis = test_support::analysis();
    let hubs = "By euclidean the rank correlation of length and how often an image is a neighbor is \
                −0.50 [−0.62, −0.38]: the shorter a vector, the more often it is a neighbor.";
    check(
        &analysis,
        &[
            hubs,
            "is 0.12 [−0.12, 0.38]: undecided whether length makes neighbors.",
            "6.2% lies between syndromes and the rest inside them (3.1% by chance; p = 0.250 by \
             shuffling subjects): it is not shown that length tells anything of the syndrome.",
            "To euclidean neighbors length makes hubs, and is not shown to tell anything; the \
             classifier decides for neither distance.",
        ],
    );
    let set = |analysis: &mut Analysis, p_value: Option<f64>, correlation: Option<Estimate>| {
        if let Some(norms) = &mut analysis.diagnosis.as_mut().unwrap().norms {
            norms.p_value = p_value;
        }
        analysis.diagnosis.as_mut().unwrap().distances[1].norm_occurrence = correlation;
    };
    set(&mut analysis, Some(0.001), Some(around(-0.5, 0.125)));
    check(
        &analysis,
        &[
            "length tells something of the syndrome.",
            "length is both: it tells something, and it makes hubs;",
        ],
    );
    set(&mut analysis, Some(0.001), Some(around(0.0, 0.125)));
    check(
        &analysis,
        &["length tells something, and is not shown to make hubs;"],
    );
    set(&mut analysis, None, None);
    check(
        &analysis,
        &[
            "without resampling there is no test).",
            "That length matters to euclidean neighbors, for better or worse, is not shown;",
        ],
    );
    check_absent(&analysis, &["By euclidean the rank correlation"]);
    analysis.diagnosis.as_mut().unwrap().norms = None;
    check(
        &analysis,
        &["Whether length tells the syndrome cannot be said from these."],
    );
}

#[test]
fn one_distance_is_compared_with_none() {
    for (distance, verdict) in [
        (Distance::Cosine, "Cosine distance does not see it."),
        (Distance::Euclidean, "is not shown to tell anything."),
    ] {
        let analysis = test_support::analysis_of(&Shape {
            distances: vec![distance],
            ..Shape::default()
        });
        check(&analysis, &[verdict]);
        check_absent(
            &analysis,
            &[
                "They agree on",
                "with 25.0% nearer to another",
                "both distances",
            ],
        );
    }
}

#[test]
fn nothing_odd_is_called_nothing() {
    let mut analysis = test_support::analysis();
    for of in &mut analysis.diagnosis.as_mut().unwrap().distances {
        of.remoteness.outliers.clear();
        of.geometry.two_nn = None;
        of.geometry.maximum_likelihood = None;
    }
    for of_map in &mut analysis.diagnosis.as_mut().unwrap().clusters {
        of_map.split_classes.clear();
    }
    check(
        &analysis,
        &[
            "No image lies farther from the 10 nearest images of other subjects",
            "There are too few subjects, or too few that differ,",
            "No syndrome falls into several of them",
            "| Intrinsic dimension, TwoNN | – | – |",
        ],
    );
    check_absent(&analysis, &["of these is predicted", "Robust z"]);
    for of_map in &mut analysis.diagnosis.as_mut().unwrap().clusters {
        of_map.clusters.clear();
        of_map.labels.fill(None);
    }
    check(
        &analysis,
        &["no clusters of at least 10 images stand apart by density"],
    );
    check_absent(&analysis, &["falls into several"]);
    analysis.diagnosis.as_mut().unwrap().clusters.clear();
    check_absent(&analysis, &["Clusters on the map"]);
}

/// Where there are too many, a part is measured, and the words say so.
#[test]
fn a_part_is_owned_up_to() {
    let mut analysis = test_support::analysis();
    for of in &mut analysis.diagnosis.as_mut().unwrap().distances {
        of.geometry.n_points = 50;
        of.geometry.n_coincident = 1;
        of.silhouettes.n_samples = 80;
    }
    check(
        &analysis,
        &[
            "the first image of each of 50 chosen subjects",
            "1 of these has the same vector as another",
            "Measured on 80 chosen ones of 92 images.",
        ],
    );
}

#[test]
fn classes_of_the_evaluation_have_their_own_names() {
    let mut analysis = test_support::analysis();
    analysis.evaluation.class_names = ["first", "second", "third"].map(String::from).to_vec();
    check(
        &analysis,
        &[
            "The highest is that of first",
            "| second | 31 |",
            "300000002 (18 and 10 of",
        ],
    );
}
