use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Interval, Measure};
use phenolens_core::few_shot::ClassSet;
use phenolens_core::gallery::{Average, Kind, TopFigure};

use super::super::{Facts, Figures, report};
use crate::markdown;
use crate::test_support::{self, Shape};

fn text_of(analysis: &Analysis) -> String {
    let context = test_support::context();
    let document = report(&Facts::new(analysis, &context), Figures::new(&[]));
    // Markdown keeps brackets apart from links.
    markdown::render(&document, "svg").replace('\\', "")
}

fn check(analysis: &Analysis, present: &[&str], absent: &[&str]) {
    let text = text_of(analysis);
    for sentence in present {
        assert!(text.contains(sentence), "{sentence:?} is missing:\n{text}");
    }
    for sentence in absent {
        assert!(!text.contains(sentence), "{sentence:?} is there:\n{text}");
    }
}

/// Sets a figure of every row with these probes against the unified gallery.
fn set_unified(analysis: &mut Analysis, probes: Kind, change: impl Fn(&mut TopFigure)) {
    for row in &mut analysis.identification.as_mut().unwrap().rows {
        if (row.gallery, row.probes) == (Kind::Unified, probes) {
            row.figures.iter_mut().for_each(&change);
        }
    }
}

/// Two frequent classes at 0.66 and, with the rare one, 0.63; rare probes at 0.43; each with 0.0625 to
/// either side.
#[test]
fn gallery_by_hand() {
    check(
        &test_support::analysis(),
        &[
            "## Protocols of the field",
            "In each of 10 random splits 10% of the subjects of every syndrome, at least one of them and \
             never all, are probes with all their images",
            "1 syndrome with fewer than 7 subjects counts as rare, the other 2 as frequent; the unified \
             gallery holds both, and one rare alone is no choice, so that it has no gallery of its own.",
            "With cosine distance the right one of 2 frequent syndromes comes first for 66.0% [59.8%, \
             72.2%] of the frequent images that are probes (mean over syndromes: 66.0% [59.8%, 72.2%]); \
             a random order gives 50.0%. From split to split the share in first place has a standard \
             deviation of 3.1 points.",
            "With the one rare syndrome in the gallery too, the share of frequent images in first place \
             falls from 66.0% [59.8%, 72.2%] to 63.0% [56.8%, 69.2%].",
            "come first: rare syndromes are recognized less often.",
            "| cosine | frequent | frequent | 2 | 81 | 12 | images | 0.660 [0.598, 0.723] |",
            "| gallery.rare_below | 7 |",
        ],
        &["not shown to be better than that"],
    );
}

#[test]
fn rare_against_frequent_is_decided_by_intervals_that_lie_apart() {
    let interval = |low: f64, high: f64| Some(Interval { low, high });
    let mut analysis = test_support::analysis();
    set_unified(&mut analysis, Kind::Rare, |figure| {
        figure.interval = interval(0.3, 0.6);
    });
    check(
        &analysis,
        &["the intervals overlap, so that it is undecided"],
        &["recognized less often."],
    );
    set_unified(&mut analysis, Kind::Rare, |figure| {
        figure.value = 0.9;
        figure.interval = interval(0.8, 1.0);
    });
    check(
        &analysis,
        &["rare syndromes are recognized more often."],
        &[],
    );
    set_unified(&mut analysis, Kind::Frequent, |figure| {
        figure.interval = None;
    });
    check(
        &analysis,
        &["without intervals it is undecided which"],
        &["recognized more often."],
    );
    set_unified(&mut analysis, Kind::Frequent, |figure| figure.value = 0.66);
    check(
        &analysis,
        &["With the one rare syndrome in the gallery too, as many frequent images come first."],
        &["in first place falls"],
    );
}

#[test]
fn a_gallery_like_a_random_order_is_called_so() {
    let mut analysis = test_support::analysis();
    for figure in analysis
        .identification
        .as_mut()
        .unwrap()
        .rows
        .iter_mut()
        .flat_map(|row| &mut row.figures)
    {
        figure.interval = Some(Interval {
            low: figure.chance,
            high: 0.7,
        });
    }
    check(
        &analysis,
        &["The first place is not shown to be better than that."],
        &[],
    );
}

#[test]
fn absent_rows_are_explained() {
    let none_rare = |analysis: &mut Analysis| {
        analysis.identification.as_mut().unwrap().n_rare = 0;
        analysis
            .identification
            .as_mut()
            .unwrap()
            .rows
            .retain(|row| row.gallery == Kind::Frequent);
    };
    let mut analysis = test_support::analysis();
    none_rare(&mut analysis);
    check(
        &analysis,
        &[
            "Every syndrome has at least 7 subjects and counts as frequent, so that there are no rows for \
             rare ones.",
            "the right one of 2 syndromes comes first for 66.0% [59.8%, 72.2%] of the images that are probes",
        ],
        &["the unified gallery", "frequent images"],
    );
    analysis.identification.as_mut().unwrap().rows.clear();
    check(
        &analysis,
        &[
            "No probe has a choice between two syndromes in the gallery, so that there is no figure.",
        ],
        &["How often the right", "A gallery that is part of this file"],
    );
    let mut analysis = test_support::analysis();
    analysis.identification.as_mut().unwrap().n_rare_probed = 0;
    analysis
        .identification
        .as_mut()
        .unwrap()
        .rows
        .retain(|row| row.probes == Kind::Frequent);
    check(
        &analysis,
        &["holds both, and no rare one has a probe."],
        &["are recognized"],
    );
}

#[test]
fn a_given_gallery_is_called_so() {
    let mut analysis = test_support::analysis();
    let identification = analysis.identification.as_mut().unwrap();
    identification.is_from_file = true;
    identification.n_splits = 1;
    identification.n_without_side = 1;
    for figure in identification
        .rows
        .iter_mut()
        .flat_map(|row| &mut row.figures)
    {
        figure.sd_over_splits = None;
    }
    check(
        &analysis,
        &[
            "Gallery and probes are those of the file that was given, without 1 image that has no row.",
            "Gallery and probes are given.",
        ],
        &["random splits", "From split to split", "splits together"],
    );
}

#[test]
fn first_places_of_many_classes_are_shown() {
    let analysis = test_support::analysis_of(&Shape::with_classes(100..112));
    let row = &analysis.identification.as_ref().unwrap().rows[0];
    assert_eq!(row.n_classes, 11);
    assert!(
        row.figures
            .iter()
            .any(|figure| (figure.top, figure.average) == (10, Average::Classes))
    );
    check(
        &analysis,
        &[
            "and is among the first 10 for 75.0% [68.8%, 81.2%]; a random order gives 9.1% and 90.9%.",
            "| Mean over | Top-1 | Top-5 | Top-10 |",
        ],
        &["Top-30"],
    );
}

/// Levels 0.4, 0.5, 0.6 and 0.7; the last class drops out after five subjects.
#[test]
fn learning_curve_by_hand() {
    check(
        &test_support::analysis(),
        &[
            "taught by 1, 2, 5 or 10 subjects of each syndrome with all their images, drawn 20 times",
            "k is that of the headline, 9, but at most the number of subjects of a syndrome that teach.",
            "2 syndromes with more than 10 subjects, tested on those that are not drawn",
            "With cosine distance mean macro F1 is 0.400 with 1 subject of each syndrome and 0.700 with 10.",
            "From 5 to 10 subjects of each syndrome mean macro F1 rises by 10.0 points (in 19 of 20 draws; \
             the middle 80% of them [+6.9, +13.1]): the curve has not leveled off at its end.",
            "3 at the first and 2 at the last, in place of the same 2. Fewer syndromes are easier to tell \
             apart: what it gains as they drop out is not learning.",
            "**Add subjects of every syndrome.** The learning curve has not leveled off: from 5 to 10",
            // Of the other classes only where their number differs.
            "| cosine | the same (2) | 10 | 9 | 45 |",
            "| cosine | all with more (3) | 5 | 5 | 23 |",
        ],
        &["all with more (2)"],
    );
}

fn set_step(analysis: &mut Analysis, difference: f64, half_width: f64) {
    for step in analysis
        .few_shot
        .as_mut()
        .unwrap()
        .curves
        .iter_mut()
        .flat_map(|curve| &mut curve.last_steps)
    {
        step.difference = difference;
        step.band = Interval {
            low: difference - half_width,
            high: difference + half_width,
        };
    }
}

/// Nothing is recommended where draws disagree, or more training does harm.
#[test]
fn the_end_of_the_curve_is_judged_by_its_draws() {
    let mut analysis = test_support::analysis();
    set_step(&mut analysis, 0.01, 0.02);
    let advice = "**Add subjects";
    check(
        &analysis,
        &[
            "rises by 1.0 point (in 19 of 20 draws; the middle 80% of them [−1.0, +3.0]): draws do not \
           agree on the direction, so that the curve may have leveled off.",
        ],
        &[advice, "at its end"],
    );
    set_step(&mut analysis, -0.04, 0.02);
    check(
        &analysis,
        &[
            "falls by 4.0 points (in 1 of 20 draws; the middle 80% of them [−6.0, −2.0]): more training \
           makes it worse here.",
        ],
        &[advice],
    );
    set_step(&mut analysis, 0.0, 0.0);
    check(
        &analysis,
        &["From 5 to 10 subjects of each syndrome mean macro F1 stays the same."],
        &[advice],
    );
}

/// A loss that falls is a gain.
#[test]
fn the_end_is_judged_the_way_the_measure_runs() {
    let mut analysis = test_support::analysis();
    analysis.params.evaluation.select_by = Measure::LogLoss;
    for curve in &mut analysis.few_shot.as_mut().unwrap().curves {
        for value in curve.points.iter_mut().flat_map(|point| &mut point.values) {
            if value.measure == Measure::F1Macro {
                value.measure = Measure::LogLoss;
            }
        }
        for step in &mut curve.last_steps {
            if step.measure == Measure::F1Macro {
                step.measure = Measure::LogLoss;
            }
        }
    }
    check(
        &analysis,
        &["mean log loss rises by 0.100"],
        &["**Add subjects", "has not leveled off"],
    );
    set_step(&mut analysis, -0.1, 0.05);
    check(
        &analysis,
        &[
            "mean log loss falls by 0.100",
            "**Add subjects of every syndrome.**",
        ],
        &[],
    );
}

#[test]
fn curves_that_cannot_be_are_explained() {
    let mut analysis = test_support::analysis();
    for curve in &mut analysis.few_shot.as_mut().unwrap().curves {
        curve.points.truncate(1);
        curve.last_steps.clear();
    }
    check(
        &analysis,
        &[
            "taught by 1 subject of each",
            "0.400 with 1 subject of each syndrome; no larger number",
        ],
        &["**Add subjects", "not learning"],
    );
    analysis.few_shot.as_mut().unwrap().curves.clear();
    check(
        &analysis,
        &["Not measured: fewer than two syndromes have two subjects."],
        &["A learning curve ends where", "The vote with few subjects"],
    );
}

#[test]
fn classes_that_never_drop_out_are_not_called_easier() {
    let mut analysis = test_support::analysis();
    for curve in &mut analysis.few_shot.as_mut().unwrap().curves {
        if curve.class_set == ClassSet::Enough {
            curve
                .points
                .iter_mut()
                .for_each(|point| point.n_classes = 3);
        }
    }
    check(
        &analysis,
        &["Every syndrome has more than 10 subjects, so that none drops out at any size."],
        &["not learning"],
    );
}
