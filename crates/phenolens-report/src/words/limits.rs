//! What the figures do not say.

use phenolens_core::analysis::Part;
use phenolens_core::evaluation::Protocol;

use crate::document::{Block, Text};
use crate::facts::Facts;

/// The limits.
pub(super) fn limits(facts: &Facts) -> Vec<Block> {
    let params = &facts.analysis.params.evaluation;
    let (class, subject, sample) = (&facts.class, &facts.subject, &facts.sample);
    let mut points: Vec<Text> = Vec::new();
    if params.n_resamples > 0 {
        points.push(
            format!(
                "Intervals are conditional on the fitted folds: they say how the figure varies with \
                 the {} that are tested, not with those that are trained on, nor with how the folds \
                 were drawn.",
                subject.many()
            )
            .into(),
        );
        points.push(
            format!(
                "{} measures are shown, and their intervals are not corrected for that; only {} was the \
                 one to decide by.",
                phenolens_core::evaluation::Measure::ALL.len(),
                super::measures::name(params.select_by)
            )
            .into(),
        );
    } else {
        points.push("This run has no intervals; every figure is a point without a margin.".into());
    }
    points.extend(super::field::limits(facts).into_iter().map(Text::from));
    points.push(
        format!(
            "What is named here was told from chance at a confidence of {}; where there is nothing to \
             find, as many decisions as that leaves may still be wrong. What is not named may be there \
             all the same.",
            crate::numbers::confidence(params.confidence)
        )
        .into(),
    );
    points.push(super::selection::caution(facts).into());
    if params.n_repeats == 1
        && facts
            .protocols()
            .iter()
            .any(|part| part.protocol != Protocol::FromFile)
    {
        points.push("The folds were drawn once; another seed gives somewhat other figures.".into());
    }
    points.push(
        format!(
            "The {} are those of this file. How the figures carry over to other sources, devices or \
             populations is not tested here.",
            subject.many(),
        )
        .into(),
    );
    points.push(super::open_set::caution(facts).into());
    points.extend(super::calibration::caution(facts).map(Text::from));
    points.push(super::subgroups::caution(facts));
    points.extend(super::subject_level::caution(facts).map(Text::from));
    points.push(
        format!(
            "The shares of the {} in the file need not be those where the classifier is used. \
             Precision, accuracy and scores depend on them; recall by {} and AUC less so.",
            class.many(),
            class.one()
        )
        .into(),
    );
    points.push(
        format!(
            "The encoder is taken as it is. If it was trained on any of these {}, every figure here is \
             too good, and nothing in the file shows it.",
            sample.many()
        )
        .into(),
    );
    if facts.examines(Part::Diagnosis) {
        points.push(
        format!(
            "An intrinsic dimension supposes an even density around each {}, and its interval that \
             {} are independent; since their neighborhoods overlap, it is somewhat too narrow. Compare it \
             between encoders, not with a truth. Why it errs shows what goes with errors; nothing there shows a cause.",
            sample.one(),
            subject.many()
        )
        .into(),
    );
    }
    if !facts.analysis.projections.is_empty() {
        points.push(
            "A map is a picture of neighborhoods, not a measurement: no figure rests on it.".into(),
        );
    }
    vec![Block::List(points)]
}
