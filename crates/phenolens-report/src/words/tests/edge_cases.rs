//! Data at the edge: figures no better than guessing, figures that are all equal, all right, or
//! drawn more than once.

use super::*;
use phenolens_core::exploration::SubjectCount;
use phenolens_core::validation::DuplicatePair;

fn check_absent(analysis: &Analysis, sentences: &[&str]) {
    let text = text_of(analysis);
    for sentence in sentences {
        assert!(!text.contains(sentence), "{sentence:?} is there:\n{text}");
    }
}

/// The made-up interval is [0.750, 0.812]; a chance level of 0.7734375 lies inside it.
#[test]
fn figures_like_guessing_give_no_advice_on_settings() {
    let mut analysis = test_support::analysis();
    let warning = "The interval of macro F1 does not lie above the chance level of 0.773: the \
                   classifier is not shown to be better than guessing.";
    check_absent(&analysis, &["better than guessing"]);
    check(&analysis, &["**Settings.**"]);
    for run in &mut analysis.evaluation.protocols[0].runs {
        for summary in &mut run.summary {
            summary.chance.largest_class = Some(0.773_437_5);
        }
    }
    check(&analysis, &[warning, "No distance and no k is advised"]);
    check_absent(&analysis, &["**Settings.**", "**Try a larger k.**"]);
}

/// Of a loss the smaller level counts, and the interval must lie below it.
#[test]
fn guessing_is_judged_the_way_the_measure_runs() {
    let mut analysis = test_support::analysis();
    analysis.params.evaluation.select_by = Measure::LogLoss;
    let set = |analysis: &mut Analysis, level: f64| {
        for run in &mut analysis.evaluation.protocols[0].runs {
            for summary in &mut run.summary {
                summary.interval = Some(Interval {
                    low: 0.25,
                    high: 0.375,
                });
                summary.chance.shuffled_labels = Some(2.0);
                summary.chance.largest_class = Some(level);
            }
        }
    };
    set(&mut analysis, 0.5);
    check_absent(&analysis, &["better than guessing"]);
    set(&mut analysis, 0.3125);
    check(
        &analysis,
        &["The interval of log loss does not lie below the chance level of 0.312"],
    );
}

#[test]
fn one_image_each_cannot_leak() {
    let mut analysis = test_support::analysis();
    analysis.exploration.samples_per_subject = vec![SubjectCount {
        n_samples: 1,
        n_subjects: 63,
    }];
    let none = "No subject has more than one image, so that there can be no leak between images of \
                one subject;";
    check(
        &analysis,
        &[none, "the difference is the chance of the draw."],
    );
    check_absent(
        &analysis,
        &[
            "are the leak",
            "better with images of one subject",
            "taking the tested",
        ],
    );
    let part = &mut analysis.evaluation.protocols;
    part[1] = part[0].clone();
    part[1].protocol = Protocol::ImageLevel;
    check(&analysis, &[none, "nor is there a difference."]);
}

/// At k = 9 both protocols have the same curve; only their own k differ.
#[test]
fn equal_figures_at_one_k_are_called_the_same() {
    let mut analysis = test_support::analysis();
    let part = &mut analysis.evaluation.protocols;
    part[1] = part[0].clone();
    part[1].protocol = Protocol::ImageLevel;
    part[1].runs[0].k = 8;
    check(
        &analysis,
        &["at k = 9 for both, folds over single images give the same, 0.781."],
    );
}

#[test]
fn a_removal_that_moves_nothing_is_no_leak() {
    check(
        &with_leak(0.0, 0.0),
        &["leaves 0.819: no difference, so that no leak flatters the figure."],
    );
}

#[test]
fn the_choice_among_runs_is_owned_up_to() {
    let sentence = "The headline's distance was chosen on the same folds too, as the best of 2 by macro \
                    F1, and nothing here corrects for that.";
    check(&test_support::analysis(), &[sentence]);
    let one = test_support::analysis_of(&Shape {
        distances: vec![Distance::Cosine],
        ..Shape::default()
    });
    check_absent(&one, &["on the same folds too"]);
}

/// 25 pairs of 26 of the 92 samples; the table has 20.
#[test]
fn many_near_duplicates_doubt_the_limit() {
    let mut analysis = test_support::analysis();
    check_absent(&analysis, &["may not suit these vectors"]);
    check(&analysis, &["Have someone look at the 1 pair in Table"]);
    analysis.duplicates = (1..=25)
        .map(|second| DuplicatePair {
            first: 0,
            second,
            cosine: 0.0625,
            euclidean: 1.5,
        })
        .collect();
    check(
        &analysis,
        &[
            "Have someone look at the 20 nearest of 25 pairs in Table",
            "26 of 92 images are in such a pair, more than a tenth",
            "; 20 of the 25 that were found, which are in `tables/duplicates.csv`.",
        ],
    );
    analysis.findings.push(Finding::new(
        Severity::Warning,
        "near_duplicates_incomplete",
        "There are more.".to_owned(),
    ));
    check(
        &analysis,
        &["; 20 of the 25 that were kept (there are more)"],
    );
}

/// Every recall 1, no confusion, and a tie of the distances.
fn all_right() -> Analysis {
    let mut analysis = test_support::analysis();
    for run in &mut analysis.evaluation.protocols[0].runs {
        for class in &mut run.per_class {
            class.recall = 1.0;
        }
        let n_classes = run.confusion.n_classes;
        for truth in 0..n_classes {
            let row = &mut run.confusion.counts[truth * n_classes..(truth + 1) * n_classes];
            let size = row.iter().sum();
            row.fill(0);
            row[truth] = size;
        }
    }
    compare(&mut analysis, |comparison| {
        comparison.euclidean = comparison.cosine;
        comparison.difference = 0.0;
    });
    analysis
}

#[test]
fn nothing_is_mended_where_all_is_right() {
    let analysis = all_right();
    check(
        &analysis,
        &[
            "Every syndrome has recall 1.000.",
            "Cosine and euclidean give the same macro F1,",
        ],
    );
    check_absent(
        &analysis,
        &[
            "lowest recall",
            "**Collect more",
            " cosine and euclidean give",
        ],
    );
}

/// Euclidean separates better, cosine classifies better.
#[test]
fn only_a_decided_classifier_can_be_contradicted() {
    let mut analysis = test_support::analysis();
    for summary in &mut analysis.exploration.distances {
        if summary.distance == Distance::Euclidean {
            summary.separation = Some(0.9);
        }
    }
    let judge = |analysis: &mut Analysis, low: f64| {
        compare(analysis, |comparison| {
            comparison.interval = Some(Interval { low, high: 0.052 });
            comparison.p_value = Some(if low > 0.0 { 0.02 } else { 0.2 });
        });
    };
    judge(&mut analysis, 0.008);
    check(
        &analysis,
        &["which points the other way than the classifier"],
    );
    judge(&mut analysis, -0.008);
    check(
        &analysis,
        &["which favors euclidean; the classifier decides for neither."],
    );
    check_absent(&analysis, &["points the other way"]);
}

#[test]
fn equal_sizes_say_nothing_of_size() {
    let mut analysis = test_support::analysis();
    let odd = ["Recall by size", "The largest syndrome, "];
    check(&analysis, &odd);
    for run in &mut analysis.evaluation.protocols[0].runs {
        for class in &mut run.per_class {
            class.support = 30;
        }
    }
    for class in &mut analysis.exploration.classes {
        class.n_samples = 30;
    }
    check(
        &analysis,
        &["All syndromes that were evaluated have the same size, 30 images"],
    );
    check_absent(&analysis, &odd);
}

/// The made-up recall falls with the index of the class.
#[test]
fn map_and_classifier_agree_disagree_or_tie() {
    let with_shares = |shares: [f64; 3]| {
        let mut analysis = test_support::analysis();
        for map in &mut analysis.projections {
            for (class, share) in map.classes.iter_mut().zip(shares) {
                class.share_on_map = share;
            }
        }
        analysis
    };
    check(
        &with_shares([0.9, 0.8, 0.7]),
        &["; map and classifier agree"],
    );
    check(
        &with_shares([0.7, 0.8, 0.9]),
        &["; map and classifier do not agree"],
    );
    let tied = with_shares([0.8, 0.8, 0.8]);
    check(&tied, &["For classification: the classifier votes among"]);
    check_absent(&tied, &["map and classifier", "the loosest, "]);
    let mut equal = with_shares([0.9, 0.8, 0.7]);
    for class in &mut equal.evaluation.protocols[0].runs[0].per_class {
        class.recall = 0.5;
    }
    check(
        &equal,
        &["is recognized with recall 0.500, and the loosest, "],
    );
    check_absent(&equal, &["map and classifier"]);
}

/// Four folds, drawn three times.
#[test]
fn the_mean_counts_the_folds_of_all_drawings() {
    let mut analysis = test_support::analysis();
    check(&analysis, &["The mean over the 4 folds is"]);
    let run = &mut analysis.evaluation.protocols[0].runs[0];
    let first = run.k_points.clone();
    for repeat in 1..3 {
        run.k_points.extend(first.iter().cloned().map(|mut point| {
            point.repeat = repeat;
            point
        }));
    }
    analysis.params.evaluation.n_repeats = 3;
    check(
        &analysis,
        &["The mean over the 12 folds (3 drawings of 4) is"],
    );
}
