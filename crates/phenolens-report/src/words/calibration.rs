//! Scores as probabilities: how far they are, and what calibration makes of them.

use phenolens_core::analysis::Part;
use phenolens_core::calibration::{
    Isotonic, MAX_FOLDS, Reliability, RunCalibration, ScoreChange, ScoreMeasure,
};
use phenolens_core::evaluation::{Measure, ProtocolEvaluation, Run};

use super::recommendations::{Advice, Recommendation};
use super::{Figures, measures, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;
use crate::support::Support;

/// Which way a change goes, beyond doubt or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Lower,
    Higher,
    Undecided,
    /// There is no interval.
    Unknown,
}

/// The section; nothing where that was not examined.
pub(super) fn blocks(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    if !facts.examines(Part::Calibration) {
        return Vec::new();
    }
    let Some(run) = facts.calibration() else {
        return vec![Block::Paragraph("Nothing was evaluated.".into())];
    };
    let mut blocks = vec![as_voted(facts, run).into()];
    blocks.push(match &run.isotonic {
        Some(isotonic) => what_changes(facts, run, isotonic).into(),
        None => Block::Paragraph(why_not(facts).into()),
    });
    blocks.extend(figures.take("calibration"));
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// What to do before a score is shown; nothing where neither the log loss nor calibration says that
/// scores are no probabilities.
pub(super) fn recommendation(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
) -> Option<Recommendation> {
    let measure = Measure::LogLoss;
    let loss = facts::pooled(run, measure)?;
    let chance = facts::summary(run, measure)?.chance.largest_class?;
    let is_worse_than_shares = loss > chance;
    let isotonic = facts.calibration().and_then(|run| run.isotonic.as_ref());
    let change = isotonic.and_then(|isotonic| isotonic.change(ScoreMeasure::LogLoss));
    let helps = change.is_some_and(|change| outcome(change) == Outcome::Lower);
    if !is_worse_than_shares && !helps {
        return None;
    }

    let mut text = format!(
        "Their {} is {}",
        measures::name(measure),
        numbers::measure(loss)
    );
    if is_worse_than_shares {
        text.push_str(&format!(
            ", worse than the {} of the bare shares of the {}: {} without a vote gets the score 0, \
             however likely it is",
            numbers::measure(chance),
            facts.class.many(),
            facts.class.a(),
        ));
    }
    text.push_str(". ");
    text.push_str(&match change {
        Some(change) => what_it_does(facts, change),
        None => format!(
            "Whether calibration mends that was not tried. {}",
            why_not(facts)
        ),
    });
    if let (true, Some(isotonic)) = (helps, isotonic) {
        text.push(' ');
        text.push_str(match isotonic.reliability.is_miscalibrated() {
            true => "Even then they are not quite probabilities: the calibration error is beyond chance.",
            false => "After that no calibration error beyond chance is left.",
        });
    }
    // Better than before may still be worse than no scores at all.
    let is_enough = change.is_some_and(|change| change.isotonic < chance);
    if helps && !is_enough {
        text.push_str(&format!(
            " That is still no better than the {} of the bare shares.",
            numbers::measure(chance)
        ));
    }
    let lead = match helps && is_enough {
        true => "Calibrate before a score is shown",
        false => "Do not read scores as probabilities",
    };
    let mut supports = vec![Support::summary(part, run, measure)];
    if change.is_some() {
        let row = Support::of_run("calibration_effects", part, run);
        supports.push(row.with("measure", ScoreMeasure::LogLoss.name()));
    }
    Some(Recommendation {
        advice: Advice::CalibrateScores,
        lead: lead.to_owned(),
        text: text.into(),
        supports,
    })
}

/// What calibration does to the log loss, as a sentence.
fn what_it_does(facts: &Facts, change: &ScoreChange) -> String {
    let to = format!(
        "{} ({})",
        numbers::measure(change.isotonic),
        said(facts, change)
    );
    match outcome(change) {
        Outcome::Lower => {
            format!("Isotonic calibration, fitted inside the training part, lowers it to {to}.")
        }
        Outcome::Higher => {
            format!("Isotonic calibration does not mend that; it raises it to {to}.")
        }
        Outcome::Undecided => format!(
            "Whether isotonic calibration mends that is undecided: fitted inside the training part it \
             gives {to}."
        ),
        Outcome::Unknown => format!(
            "Isotonic calibration, fitted inside the training part, gives {to}; without resampling \
             there is no interval to judge that by."
        ),
    }
}

/// What calibration cannot say, for the limits.
pub(super) fn caution(facts: &Facts) -> Option<String> {
    facts.calibration()?.isotonic.as_ref()?;
    Some(format!(
        "Calibration is that of this file: where the {} have other shares, calibrated scores are off \
         too. The k whose votes are calibrated was chosen on all folds.",
        facts.class.many()
    ))
}

/// The table of the report.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let run = facts.calibration()?;
    let isotonic = run.isotonic.as_ref()?;
    let row = |change: &ScoreChange| {
        let mut difference = numbers::signed(change.difference, 3);
        if let Some(interval) = change.interval {
            difference.push_str(&format!(
                " [{}, {}]",
                numbers::signed(interval.low, 3),
                numbers::signed(interval.high, 3)
            ));
        }
        vec![
            facts::capitalized(name(change.measure)),
            numbers::measure(change.plain),
            numbers::measure(change.isotonic),
            difference,
        ]
    };
    Some(Table {
        key: "calibration",
        caption: Text::from(format!(
            "Scores by {} distance with k = {}, as voted and after isotonic calibration inside the \
             training part. Less is better in the first three rows.",
            run.distance.name(),
            run.k
        )),
        columns: vec![
            Column::left("Measure"),
            Column::right("As voted"),
            Column::right("Calibrated"),
            Column::right(format!("Difference {}", phrases::interval_name(facts))),
        ],
        rows: isotonic.changes.iter().map(row).collect(),
    })
}

fn why_not(facts: &Facts) -> String {
    let n_folds = facts.analysis.calibration.as_ref().map_or(0, |c| c.n_folds);
    if n_folds > MAX_FOLDS {
        return format!(
            "Calibration is done up to {MAX_FOLDS} folds; here there are {}.",
            numbers::count(n_folds)
        );
    }
    format!(
        "Calibration needs at least three folds: with {n_folds} the training part is a single fold, in \
         which no {} can be scored by others.",
        facts.sample.one()
    )
}

fn as_voted(facts: &Facts, run: &RunCalibration) -> Text {
    let plain = &run.plain;
    let mut text = Text::from(format!(
        "By {} distance with k = {} the share of votes of the predicted {} is {} in the mean, and {} of \
         the predictions are right.",
        run.distance.name(),
        run.k,
        facts.class.one(),
        numbers::measure(plain.score_mean),
        numbers::percent(plain.accuracy),
    ));
    text.say(error(facts, "Shares of votes have", plain));
    let parts = plain.brier_parts;
    text.say(format!(
        "Their mean squared error is {}: the uncertainty of being right, {}, less the {} by which bins \
         differ in it (resolution), and {} for bins whose mean score is off (reliability), with {} for \
         what scores differ inside bins.",
        numbers::measure(parts.brier),
        numbers::measure(parts.uncertainty),
        numbers::measure(parts.resolution),
        numbers::measure(parts.reliability),
        numbers::signed(parts.within_bins, 3),
    ));
    text
}

/// The calibration error of some scores beside what chance makes of it.
fn error(facts: &Facts, subject: &str, reliability: &Reliability) -> String {
    let by_chance = reliability.ece_if_calibrated;
    let direction = match reliability.score_mean > reliability.accuracy {
        true => "high",
        false => "low",
    };
    let verdict = match reliability.is_miscalibrated() {
        true => format!("these are no probabilities, too {direction} on the whole"),
        false => "no error beyond chance is shown".to_owned(),
    };
    format!(
        "{subject} an expected calibration error of {}. Perfect probabilities would show {} in the mean \
         by chance alone, and more than {} in {} of cases: {verdict}.",
        numbers::measure(reliability.ece),
        numbers::measure(by_chance.mean),
        numbers::measure(by_chance.upper),
        numbers::confidence(1.0 - facts.analysis.params.evaluation.confidence),
    )
}

fn what_changes(facts: &Facts, run: &RunCalibration, isotonic: &Isotonic) -> Text {
    let mut text =
        Text::from("Isotonic calibration, fitted inside the training part of every fold,");
    let verdicts: Vec<String> = [
        ScoreMeasure::LogLoss,
        ScoreMeasure::Brier,
        ScoreMeasure::ExpectedCalibrationError,
    ]
    .into_iter()
    .filter_map(|measure| isotonic.change(measure))
    .map(|change| {
        let verb = match outcome(change) {
            Outcome::Lower => "lowers",
            Outcome::Higher => "raises",
            Outcome::Undecided => "changes, undecided in sign,",
            Outcome::Unknown => "changes",
        };
        format!(
            "{verb} the {} from {} to {} ({})",
            name(change.measure),
            numbers::measure(change.plain),
            numbers::measure(change.isotonic),
            said(facts, change)
        )
    })
    .collect();
    text = text.plain(format!(" {}.", phrases::list(&verdicts)));
    if run.n_without_vote > 0 {
        text.say(format!(
            "{} got no vote for {} own {} and so the score 0, which the log loss counts as 10⁻¹⁵: what \
             it gains is theirs in large part, and hangs on that bound.",
            facts.sample.count(run.n_without_vote),
            if run.n_without_vote == 1 { "its" } else { "their" },
            facts.class.one(),
        ));
    }
    text.say(error(
        facts,
        "Calibrated scores have",
        &isotonic.reliability,
    ));
    text.say(match isotonic.n_predicted_anew {
        0 => "No prediction changes.".to_owned(),
        n => format!(
            "{} {} prediction, since the maps of two {} can cross{}.",
            facts.sample.count(n),
            if n == 1 {
                "has another"
            } else {
                "have another"
            },
            facts.class.many(),
            accuracy(facts, isotonic),
        ),
    });
    text
}

/// What that does to accuracy and ranks, as a clause.
fn accuracy(facts: &Facts, isotonic: &Isotonic) -> String {
    let of = |measure| isotonic.change(measure);
    let mut clause = String::new();
    if let Some(change) = of(ScoreMeasure::Accuracy) {
        clause.push_str(&format!(
            "; accuracy goes from {} to {} ({})",
            numbers::measure(change.plain),
            numbers::measure(change.isotonic),
            said(facts, change)
        ));
    }
    if let Some(change) = of(ScoreMeasure::AucMacro) {
        clause.push_str(&format!(
            ", macro AUC from {} to {}",
            numbers::measure(change.plain),
            numbers::measure(change.isotonic)
        ));
    }
    clause
}

fn outcome(change: &ScoreChange) -> Outcome {
    match change.interval {
        None => Outcome::Unknown,
        Some(interval) if interval.high < 0.0 => Outcome::Lower,
        Some(interval) if interval.low > 0.0 => Outcome::Higher,
        Some(_) => Outcome::Undecided,
    }
}

/// `−0.750, 95% interval [−0.781, −0.719]`.
fn said(facts: &Facts, change: &ScoreChange) -> String {
    let difference = numbers::signed(change.difference, 3);
    match change.interval {
        Some(interval) => format!(
            "{difference}, {} [{}, {}]",
            phrases::interval_name(facts),
            numbers::signed(interval.low, 3),
            numbers::signed(interval.high, 3)
        ),
        None => difference,
    }
}

/// What a measure is called inside a sentence.
fn name(measure: ScoreMeasure) -> &'static str {
    match measure {
        ScoreMeasure::LogLoss => "log loss",
        ScoreMeasure::Brier => "Brier score",
        ScoreMeasure::ExpectedCalibrationError => "expected calibration error",
        ScoreMeasure::Accuracy => "accuracy",
        ScoreMeasure::AucMacro => "macro AUC",
    }
}
