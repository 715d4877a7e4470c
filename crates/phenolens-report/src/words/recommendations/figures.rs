//! Which figures to give, and how to read them.

use phenolens_core::evaluation::{ExposedTo, Exposure, Measure, Protocol, ProtocolEvaluation, Run};

use super::{Advice, Recommendation};
use crate::document::Text;
use crate::facts::{self, Facts};
use crate::numbers;
use crate::support::Support;
use crate::words::{leak_audit, phrases};

/// A list of three is worth offering where it gains at least this much on the first alone.
const WORTH_A_LIST: f64 = 0.05;

pub(super) fn report_this(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Recommendation {
    let measure = facts.select_by();
    let chance = facts::summary(run, measure)
        .and_then(|summary| summary.chance.shuffled_labels)
        .map_or_else(String::new, |chance| {
            format!(" beside its chance level of {}", numbers::measure(chance))
        });
    let mut text = Text::from(format!(
        "{} from {} folds{chance}.",
        facts::capitalized(&phrases::measured(run, measure)),
        phrases::protocol(part.protocol),
    ));
    let mut supports = vec![Support::summary(part, run, measure)];
    if part.protocol.holds_out_subjects()
        && let Some(exposed) = split_subjects(facts, Protocol::ImageLevel)
    {
        text.say(format!(
            "Do not give the image-level figure as performance on new {}: {}.",
            facts.subject.many(),
            exposed_words(facts, exposed),
        ));
        supports.push(exposure_support(exposed));
    }
    if let Some(warning) = phrases::not_better_than_guessing(facts, run) {
        text.say(format!(
            "{warning} No distance and no k is advised on such figures."
        ));
    }
    Recommendation {
        advice: Advice::ReportFigure,
        lead: "Report".to_owned(),
        text,
        supports,
    }
}

pub(super) fn hold_out_subjects(
    facts: &Facts,
    part: &ProtocolEvaluation,
) -> Option<Recommendation> {
    let is_grouped = |part: &ProtocolEvaluation| part.protocol.holds_out_subjects();
    if facts.protocols().iter().any(is_grouped) {
        return None;
    }
    let exposed = split_subjects(facts, part.protocol)?;
    let text = Text::from(format!(
        "In {} folds {}. Run ",
        phrases::protocol(part.protocol),
        exposed_words(facts, exposed)
    ))
    .code("--protocol subject-grouped")
    .plain(format!(
        " too before a figure is given for new {}.",
        facts.subject.many()
    ));
    Some(Recommendation {
        advice: Advice::HoldOutSubjects,
        lead: format!("Hold out whole {}", facts.subject.many()),
        text,
        supports: vec![exposure_support(exposed)],
    })
}

/// A list where its gain is more than that of naming two more by chance.
pub(super) fn offer_list(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
) -> Option<Recommendation> {
    let first = facts::pooled(run, Measure::Top1)?;
    let three = facts::pooled(run, Measure::Top3)?;
    let low = facts::interval(run, Measure::Top3)?.low;
    let n_classes = facts.evaluated_classes(run).len();
    if n_classes <= 3 || three - first < WORTH_A_LIST {
        return None;
    }
    let by_chance = first + (1.0 - first) * 2.0 / (n_classes as f64 - 1.0);
    (low > by_chance).then(|| Recommendation {
        advice: Advice::OfferList,
        lead: "Offer a short list".to_owned(),
        text: format!(
            "The right {} is ranked first for {} of {} and among the first three for {}, where two more \
             names drawn by chance would give {}: a list of three says more than one name.",
            facts.class.one(),
            numbers::percent(first),
            facts.sample.many(),
            numbers::percent(three),
            numbers::percent(by_chance),
        )
        .into(),
        supports: vec![
            Support::summary(part, run, Measure::Top1),
            Support::summary(part, run, Measure::Top3),
        ],
    })
}

/// Shares of votes are no probabilities; the log loss says how far they are from it.
pub(super) fn resample(
    facts: &Facts,
    part: &ProtocolEvaluation,
    run: &Run,
) -> Option<Recommendation> {
    (facts.analysis.params.evaluation.n_resamples == 0).then(|| Recommendation {
        advice: Advice::Resample,
        lead: "Resample".to_owned(),
        text: Text::from("Set ")
            .code("evaluation.bootstrap = 2000")
            .plain(": without intervals no difference can be called real."),
        supports: vec![Support::summary(part, run, facts.select_by())],
    })
}

/// The exposure of the headline's classifier to samples of the tested subject, where there is any.
fn split_subjects<'a>(facts: &Facts<'a>, protocol: Protocol) -> Option<&'a Exposure> {
    let exposed = leak_audit::exposure(facts, ExposedTo::SameSubject, protocol)?;
    (exposed.n_exposed > 0).then_some(exposed)
}

fn exposed_words(facts: &Facts, exposed: &Exposure) -> String {
    format!(
        "{} of {} test {} {} another of their {} in training",
        numbers::count(exposed.n_exposed),
        numbers::count(exposed.n_exposed + exposed.n_others),
        facts.sample.many(),
        if exposed.n_exposed == 1 {
            "has"
        } else {
            "have"
        },
        facts.subject.one(),
    )
}

fn exposure_support(exposed: &Exposure) -> Support {
    Support::new("exposure")
        .with("protocol", exposed.protocol.name())
        .with("distance", exposed.distance.name())
        .with("weights", exposed.weights.name())
        .with("exposed_to", exposed.to.name())
}
