//! What to do next, drawn from the numbers of this run.

use phenolens_core::evaluation::{Measure, Protocol, Run};

use super::phrases::{self, point};
use super::{
    calibration, confusions, distances, duplicates as near_duplicates, field, improvement,
    leak_audit, open_set,
};
use crate::document::{Block, Text};
use crate::facts::{self, Facts, Verdict};
use crate::numbers;

/// A list of three is worth offering where it gains at least this much on the first alone.
const WORTH_A_LIST: f64 = 0.05;

/// Weak classes that are named.
const WEAK_NAMED: usize = 3;

/// The recommendations, in the order of their weight.
pub(super) fn recommendations(facts: &Facts) -> Vec<Block> {
    let Some((_, run)) = facts.headline() else {
        return vec![Block::Paragraph("Nothing was evaluated.".into())];
    };
    let mut points = vec![report_this(facts, run)];
    points.extend(run_grouped(facts));
    let is_a_guess = phrases::not_better_than_guessing(facts, run).is_some();
    if !is_a_guess {
        points.push(which_distance(facts, run));
    }
    points.extend(improvement::recommendation(facts));
    if !is_a_guess {
        points.extend(raise_k(facts, run));
    }
    points.extend(duplicates(facts));
    points.extend(more_subjects(facts, run));
    points.extend(field::recommendation(facts));
    points.extend(look_at_pairs(facts, run));
    if !is_a_guess {
        points.extend(offer_a_list(facts, run));
    }
    points.extend(open_set::recommendation(facts));
    points.extend(calibration::recommendation(facts, run));
    points.extend(intervals(facts));
    vec![Block::Steps(points)]
}

fn report_this(facts: &Facts, run: &Run) -> Text {
    let measure = facts.select_by();
    let (part, protocol) = match facts.protocols().first() {
        Some(part) => (part.protocol, phrases::protocol(part.protocol)),
        None => (Protocol::SubjectGrouped, ""),
    };
    let chance = facts::summary(run, measure)
        .and_then(|summary| summary.chance.shuffled_labels)
        .map_or_else(String::new, |chance| {
            format!(" beside its chance level of {}", numbers::measure(chance))
        });
    let mut text = format!(
        "{} from {protocol} folds{chance}.",
        facts::capitalized(&phrases::measured(run, measure))
    );
    if part.holds_out_subjects() && facts.protocol_pair().is_some() {
        text.push_str(&format!(
            " Do not give the image-level figure as performance on new {}.",
            facts.subject.many()
        ));
    }
    if let Some(warning) = phrases::not_better_than_guessing(facts, run) {
        text.push_str(&format!(
            " {warning} No distance and no k is advised on such figures."
        ));
    }
    point("Report", text)
}

fn run_grouped(facts: &Facts) -> Option<Text> {
    let is_grouped =
        |part: &phenolens_core::evaluation::ProtocolEvaluation| part.protocol.holds_out_subjects();
    if facts.protocols().iter().any(is_grouped) || facts.n_multi_sample_subjects() == 0 {
        return None;
    }
    let mut text = Text::from(format!(
        "{} here {} more than one {}. ",
        facts.subject.count(facts.n_multi_sample_subjects()),
        if facts.n_multi_sample_subjects() == 1 {
            "has"
        } else {
            "have"
        },
        facts.sample.one()
    ));
    text = text
        .plain("Run ")
        .code("--protocol subject-grouped")
        .plain(format!(
            " too before a figure is given for new {}.",
            facts.subject.many()
        ));
    Some(point(
        &format!("Hold out whole {}", facts.subject.many()),
        text,
    ))
}

fn which_distance(facts: &Facts, run: &Run) -> Text {
    let k = match super::summary::nearly_the_best(facts, run) {
        (low, high) if low < high => {
            format!(
                "k = {} (any from {low} to {high} does about as well)",
                run.k
            )
        }
        _ => format!("k = {}", run.k),
    };
    let votes = match phrases::has_many_weights(facts) {
        true => format!(", {} votes", phrases::weights(run.weights)),
        false => String::new(),
    };
    let settings = format!("{} distance{votes} with {k}", run.distance.name());
    let judged = distances::judged(facts);
    let text = match judged.map(|judged| (facts.verdict(judged.comparison), judged.best)) {
        Some((Verdict::Decided, best)) if best.distance == run.distance => {
            format!("Use {settings}; on this data the other distance is worse.")
        }
        Some(_) => format!(
            "Use {settings}, but do not claim that it beats the other distance: this run does not \
             decide that."
        ),
        None => format!("Use {settings}; no other distance was compared."),
    };
    point("Settings", text)
}

fn raise_k(facts: &Facts, run: &Run) -> Option<Text> {
    let k_max = facts.analysis.params.evaluation.k_max;
    (run.k == k_max && k_max > 1).then(|| {
        let text = Text::from(format!(
            "The best k is the largest that was tried, {k_max}. Set "
        ))
        .code(format!("evaluation.k_max = {}", 2 * k_max))
        .plain(" and see whether the figure still rises.");
        point("Try a larger k", text)
    })
}

fn duplicates(facts: &Facts) -> Option<Text> {
    let pairs = &facts.analysis.duplicates;
    if pairs.is_empty() || facts.analysis.params.duplicates.merge_subjects {
        return None;
    }
    let n_shown = near_duplicates::SHOWN.min(pairs.len());
    let mut text = Text::from(if n_shown < pairs.len() {
        format!(
            "Have someone look at the {} nearest of {} pairs in ",
            numbers::count(n_shown),
            numbers::count(pairs.len())
        )
    } else {
        format!(
            "Have someone look at the {} in ",
            phrases::counted(pairs.len(), "pair", "pairs")
        )
    })
    .table("duplicates")
    .plain(". Where they are one ")
    .plain(facts.subject.one())
    .plain(", mend the ids or run again with ")
    .code("data.merge_duplicates = true")
    .plain(".");
    if let Some(advice) = leak_audit::duplicate_advice(facts) {
        text.say(advice);
    }
    if let Some(warning) = near_duplicates::too_many(facts) {
        text.say(warning);
    }
    Some(point("Check the near-duplicates", text))
}

fn more_subjects(facts: &Facts, run: &Run) -> Option<Text> {
    let mut classes = facts.evaluated_classes(run);
    if classes.len() < 2 {
        return None;
    }
    classes.sort_by(|a, b| a.recall.total_cmp(&b.recall));
    // Sorted: where the lowest is perfect as shown, all are.
    if numbers::measure(classes[0].recall) == numbers::measure(1.0) {
        return None;
    }
    let n_named = WEAK_NAMED.min(classes.len() / 2);
    let named: Vec<String> = classes[..n_named]
        .iter()
        .map(|class| {
            format!(
                "{} (recall {} {}, {})",
                facts.evaluated_name(class.class),
                numbers::measure(class.recall),
                numbers::interval(class.recall_interval),
                facts.subject.count(class.n_subjects)
            )
        })
        .collect();
    Some(point(
        &format!("Collect more {}", facts.subject.many()),
        format!(
            "First where recall is lowest: {}. An interval shrinks with the root of the number of {}: \
             four times as many halve it.",
            phrases::list(&named),
            facts.subject.many()
        ),
    ))
}

fn look_at_pairs(facts: &Facts, run: &Run) -> Option<Text> {
    let pairs = confusions::pairs(run);
    let first = pairs.first()?;
    let mut text = Text::from(said(facts, *first));
    if !first.is_mutual()
        && let Some(mutual) = pairs.iter().find(|pair| pair.is_mutual())
    {
        text.say(said(facts, *mutual));
    }
    text.say(format!(
        "Look at those {}: is there anything in them that a vector could hold and tells them apart?",
        facts.sample.many()
    ));
    Some(point("Look at the confused", text))
}

/// A confusion as a sentence.
fn said(facts: &Facts, pair: confusions::Pair) -> String {
    let (truth, predicted) = (
        facts.evaluated_name(pair.truth),
        facts.evaluated_name(pair.predicted),
    );
    let there = format!("{} of {}", pair.count, facts.sample.count(pair.n_truth));
    let back = format!(
        "{} of {}",
        pair.count_back,
        numbers::count(pair.n_predicted)
    );
    if pair.is_mutual() {
        format!("{truth} and {predicted} are taken for each other ({there} and {back}).")
    } else if pair.count_back == 0 {
        format!("{truth} is taken for {predicted} ({there}), never the other way.")
    } else {
        format!("{truth} is taken for {predicted} ({there}), rarely the other way ({back}).")
    }
}

fn offer_a_list(facts: &Facts, run: &Run) -> Option<Text> {
    let first = facts::pooled(run, Measure::Top1)?;
    let three = facts::pooled(run, Measure::Top3)?;
    let n_classes = facts.evaluated_classes(run).len();
    (n_classes > 3 && three - first >= WORTH_A_LIST).then(|| {
        point(
            "Offer a short list",
            format!(
                "The right {} is ranked first for {} of {} and among the first three for {}: a list of \
                 three says more than one name.",
                facts.class.one(),
                numbers::percent(first),
                facts.sample.many(),
                numbers::percent(three),
            ),
        )
    })
}

fn intervals(facts: &Facts) -> Option<Text> {
    (facts.analysis.params.evaluation.n_resamples == 0).then(|| {
        let text = Text::from("Set ")
            .code("evaluation.bootstrap = 2000")
            .plain(": without intervals no difference can be called real.");
        point("Resample", text)
    })
}
