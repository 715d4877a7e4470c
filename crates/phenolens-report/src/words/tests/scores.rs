//! Scores as probabilities, in words.

use phenolens_core::calibration::{Isotonic, RunCalibration, ScoreMeasure};

use super::*;

fn with_run(change: impl Fn(&mut RunCalibration)) -> Analysis {
    let mut analysis = test_support::analysis();
    let calibration = analysis.calibration.as_mut().expect("a calibration");
    calibration.runs.iter_mut().for_each(change);
    analysis
}

/// Another change of the log loss, which is 1.5 as voted.
fn with_log_loss(isotonic: f64, interval: Option<[f64; 2]>) -> Analysis {
    with_run(|run| {
        let changes = &mut isotonic_of(run).changes;
        let change = changes
            .iter_mut()
            .find(|change| change.measure == ScoreMeasure::LogLoss)
            .expect("every measure");
        change.isotonic = isotonic;
        change.difference = isotonic - change.plain;
        change.interval = interval.map(|[low, high]| Interval { low, high });
    })
}

fn isotonic_of(run: &mut RunCalibration) -> &mut Isotonic {
    run.isotonic.as_mut().expect("four folds")
}

/// The headline's log loss, 0.25 by guessing, as a share of 1: 1 - 0.781.
fn with_loss_worse_than_guessing(mut analysis: Analysis) -> Analysis {
    for summary in &mut analysis.evaluation.protocols[0].runs[0].summary {
        if summary.measure == Measure::LogLoss {
            summary.pooled = Some(1.5);
        }
    }
    analysis
}

/// Bare shares of the classes have a log loss of 2, not of 0.25.
fn with_poor_shares(mut analysis: Analysis) -> Analysis {
    for part in &mut analysis.evaluation.protocols {
        for summary in part.runs.iter_mut().flat_map(|run| &mut run.summary) {
            if summary.measure == Measure::LogLoss {
                summary.chance.largest_class = Some(2.0);
            }
        }
    }
    analysis
}

#[test]
fn calibration_by_hand() {
    check(
        &with_poor_shares(test_support::analysis()),
        &[
            "By cosine distance with k = 9 the share of votes of the predicted syndrome is 0.750 in the \
             mean, and 62.5% of the predictions are right. Shares of votes have an expected calibration \
             error of 0.125. Perfect probabilities would show 0.047 in the mean by chance alone, and \
             more than 0.078 in 5% of cases: these are no probabilities, too high on the whole.",
            "Their mean squared error is 0.188: the uncertainty of being right, 0.219, less the 0.031 by \
             which bins differ in it (resolution), and 0.016 for bins whose mean score is off \
             (reliability), with −0.016 for what scores differ inside bins.",
            "Isotonic calibration, fitted inside the training part of every fold, lowers the log loss \
             from 1.500 to 0.750 (−0.750, 95% interval [−0.781, −0.719]), changes, undecided in sign, \
             the Brier score from 0.375 to 0.344 (−0.031, 95% interval [−0.062, 0.000]) and lowers the \
             expected calibration error from 0.125 to 0.031 (−0.094, 95% interval [−0.125, −0.062]).",
            "5 images got no vote for their own syndrome",
            "Calibrated scores have an expected calibration error of 0.031. Perfect probabilities would \
             show 0.047 in the mean by chance alone, and more than 0.078 in 5% of cases: no error beyond \
             chance is shown.",
            "2 images have another prediction, since the maps of two syndromes can cross; accuracy goes \
             from 0.750 to 0.766 (+0.016, 95% interval [−0.016, +0.047]), macro AUC from 0.938 to 0.938.",
            "**Calibrate before a score is shown.** Their log loss is 0.219. Isotonic calibration, \
             fitted inside the training part, lowers it to 0.750 (−0.750, 95% interval [−0.781, \
             −0.719]). After that no calibration error beyond chance is left.",
            "| Log loss | 1.500 | 0.750 | −0.750 [−0.781, −0.719] |",
            "| Macro AUC | 0.938 | 0.938 | 0.000 |",
        ],
    );
}

/// The recommendation says no more than the interval does.
#[test]
fn advice_on_scores_follows_the_interval() {
    let undecided = with_log_loss(1.25, Some([-0.5, 0.0625]));
    let text = text_of(&undecided);
    assert!(!text.contains("**Calibrate before") && !text.contains("**Do not read"));
    check(
        &with_loss_worse_than_guessing(undecided),
        &[
            "**Do not read scores as probabilities.** Their log loss is 1.500, worse than the 0.250 of \
             the bare shares of the syndromes",
            "Whether isotonic calibration mends that is undecided: fitted inside the training part it \
             gives 1.250 (−0.250, 95% interval [−0.500, +0.062]).",
        ],
    );
    check(
        &with_loss_worse_than_guessing(with_log_loss(1.75, Some([0.125, 0.375]))),
        &["Isotonic calibration does not mend that; it raises it to 1.750"],
    );
    check(
        &with_loss_worse_than_guessing(with_log_loss(1.25, None)),
        &["gives 1.250 (−0.250); without resampling there is no interval to judge that by."],
    );
    let still_off = with_run(|run| {
        let reliability = &mut isotonic_of(run).reliability;
        reliability.ece_if_calibrated.upper = 0.015625;
    });
    check(&still_off, &["Even then they are not quite probabilities"]);
}

#[test]
fn too_few_folds_are_said() {
    let mut analysis = with_run(|run| run.isotonic = None);
    analysis
        .calibration
        .as_mut()
        .expect("a calibration")
        .n_folds = 2;
    let why = "Calibration needs at least three folds: with 2 the training part is a single fold, in \
               which no image can be scored by others.";
    check(&analysis, &[why]);
    let text = text_of(&analysis);
    assert!(!text.contains("Calibration is that of this file"));
    check(
        &with_loss_worse_than_guessing(analysis),
        &["Whether calibration mends that was not tried. Calibration needs"],
    );
}

#[test]
fn too_many_folds_are_said() {
    let mut analysis = with_run(|run| run.isotonic = None);
    let calibration = analysis.calibration.as_mut();
    calibration.expect("a calibration").n_folds = 941;
    let why = "Calibration is done up to 100 folds; here there are 941.";
    check(&analysis, &[why]);
}

#[test]
fn calibration_is_advised_where_it_beats_bare_shares() {
    let helps = with_log_loss(1.25, Some([-0.5, -0.0625]));
    let text = text_of(&helps);
    assert!(text.contains("**Do not read scores") && !text.contains("**Calibrate before"));
    check(
        &helps,
        &["That is still no better than the 0.250 of the bare shares."],
    );
    let text = text_of(&with_poor_shares(helps));
    assert!(text.contains("**Calibrate before") && !text.contains("no better than the"));
}

#[test]
fn one_image_and_none_are_counted_right() {
    let analysis = with_run(|run| {
        run.n_without_vote = 1;
        isotonic_of(run).n_predicted_anew = 1;
    });
    check(
        &analysis,
        &[
            "1 image got no vote for its own syndrome",
            "1 image has another prediction",
        ],
    );
    let analysis = with_run(|run| {
        run.n_without_vote = 0;
        run.plain.score_mean = 0.5;
        isotonic_of(run).n_predicted_anew = 0;
    });
    check(
        &analysis,
        &["No prediction changes.", "too low on the whole"],
    );
    assert!(!text_of(&analysis).contains("got no vote"));
}
