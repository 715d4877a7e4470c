//! How k was chosen, and what choosing it on the folds that score it adds.

use phenolens_core::evaluation::{Nested, Protocol, ProtocolEvaluation, Run};

use super::{measures, phrases};
use crate::document::Text;
use crate::facts::{self, Facts};
use crate::numbers;

/// What k came to for every protocol and distance.
pub(super) fn choice_of_k(facts: &Facts) -> Text {
    let params = &facts.analysis.params.evaluation;
    let measure = facts.select_by();
    let mut text = Text::from(format!(
        "k runs from 1 to {} and is chosen for each protocol and distance by mean {} over folds; of \
         equals the smaller.{}",
        params.k_max,
        measures::name(measure),
        match facts.protocols().iter().any(is_pooled) {
            true => " Where single parts are too small to be measured, the pooled value decides.",
            false => "",
        }
    ));
    for part in facts.protocols() {
        let chosen: Vec<String> = part
            .runs
            .iter()
            .map(|run| {
                let mean = facts::summary(run, measure).and_then(|summary| match is_pooled(part) {
                    true => summary.pooled,
                    false => summary.mean,
                });
                let weights = match phrases::has_many_weights(facts) {
                    true => format!(" with {} votes", phrases::weights(run.weights)),
                    false => String::new(),
                };
                format!(
                    "k = {} for {}{weights} ({})",
                    run.k,
                    run.distance.name(),
                    numbers::optional_measure(mean)
                )
            })
            .collect();
        text.say(format!(
            "{} folds: {}.",
            facts::capitalized(phrases::protocol(part.protocol)),
            phrases::list(&chosen)
        ));
    }
    text
}

/// Whether no single fold is measured, each being one subject.
fn is_pooled(part: &ProtocolEvaluation) -> bool {
    part.protocol == Protocol::LeaveOneSubjectOut
}

/// The headline with k chosen inside every training part; `None` where that was not done.
pub(super) fn nested(facts: &Facts) -> Option<Text> {
    let (part, run) = facts.headline()?;
    let nested = run.nested.first()?;
    let mut text = Text::from(format!(
        "The same folds with k chosen inside every training part, by the {} other folds, so that no {} \
         helps to choose the k it is tested with: {}.",
        part.n_folds - 1,
        facts.sample.one(),
        chosen_ks(run, nested),
    ));
    text.say(optimism(facts, nested)?);
    Some(text)
}

/// One sentence for where the headline could be taken for more than it is.
pub(super) fn caution(facts: &Facts) -> String {
    let optimism = facts
        .headline()
        .and_then(|(_, run)| run.nested.first()?.optimism);
    let k = match optimism {
        Some(optimism) => format!(
            "One k was chosen on the folds that also score it; with k chosen inside every training part, \
             mean {} over folds is {} in place of {}.",
            measures::name(optimism.measure),
            numbers::measure(optimism.nested),
            numbers::measure(optimism.plain),
        ),
        None => {
            "One k was chosen on the folds that also score it, which can flatter it.".to_owned()
        }
    };
    match competing_runs(facts) {
        Some(runs) => format!("{k} {runs}"),
        None => k,
    }
}

/// That the headline is the best of several runs on the folds that score them, where it is.
fn competing_runs(facts: &Facts) -> Option<String> {
    let (part, headline) = facts.headline()?;
    if part.runs.len() < 2 {
        return None;
    }
    let has_distances = part
        .runs
        .iter()
        .any(|run| run.distance != headline.distance);
    let has_weights = part.runs.iter().any(|run| run.weights != headline.weights);
    Some(format!(
        "The headline's {} on the same folds too, as the best of {} by {}, and nothing here corrects for \
         that.",
        match (has_distances, has_weights) {
            (true, true) => "distance and votes were chosen",
            (false, true) => "votes were chosen",
            _ => "distance was chosen",
        },
        numbers::count(part.runs.len()),
        measures::name(facts.select_by()),
    ))
}

/// What plain selection adds, decided or not.
fn optimism(facts: &Facts, nested: &Nested) -> Option<String> {
    let optimism = nested.optimism?;
    let name = measures::name(optimism.measure);
    let values = format!(
        "Mean {name} over folds is then {} in place of {}",
        numbers::measure(optimism.nested),
        numbers::measure(optimism.plain),
    );
    // What flatters is a gain, whichever way the measure runs.
    let sign = if optimism.measure.higher_is_better() {
        1.0
    } else {
        -1.0
    };
    let gain = sign * optimism.difference;
    let size = numbers::difference(optimism.measure, gain.abs());
    let Some(interval) = optimism.interval else {
        return Some(format!(
            "{values}, a difference of {size} without an interval."
        ));
    };
    let range = match sign > 0.0 {
        true => interval,
        false => facts::flipped(interval),
    };
    let bounds = numbers::difference_interval(optimism.measure, range);
    let level = phrases::interval_name(facts);
    Some(if range.low > 0.0 {
        format!(
            "{values}: choosing k on the folds that score it flatters by {size} ({level} {bounds})."
        )
    } else if range.high < 0.0 {
        format!(
            "{values}: here the plain choice does not flatter, but falls {size} short ({level} {bounds})."
        )
    } else {
        format!(
            "{values}: a difference of {size} whose {level} {bounds} holds zero, so that it is undecided \
             whether choosing k on the folds that score it flatters here."
        )
    })
}

/// "k was 14 in 6 folds, 13 in 3 and 9 in 1".
fn chosen_ks(run: &Run, nested: &Nested) -> String {
    let k_max = run.k_points.iter().map(|point| point.k).max().unwrap_or(1);
    let mut counts: Vec<(usize, usize)> = (1..=k_max)
        .map(|k| (nested.folds.iter().filter(|fold| fold.k == k).count(), k))
        .filter(|&(n_folds, _)| n_folds > 0)
        .collect();
    counts.sort_by_key(|&(n_folds, k)| (std::cmp::Reverse(n_folds), k));
    let said: Vec<String> = counts
        .iter()
        .enumerate()
        .map(|(place, &(n_folds, k))| match (place, n_folds) {
            (0, 1) => format!("{k} in 1 fold"),
            (0, n) => format!("{k} in {n} folds"),
            (_, n) => format!("{k} in {n}"),
        })
        .collect();
    format!("k was {}", phrases::list(&said))
}
