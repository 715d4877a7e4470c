//! The summary: the answer in a few lines.

use phenolens_core::cohort::Labelling;
use phenolens_core::evaluation::{Measure, Run};

use super::phrases::{self, point};
use super::{confusions, distances, duplicates, leak, measures, selection};
use crate::claims;
use crate::document::{Block, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// A k is as good as the best where its mean is nearer than this, in the measure's own unit.
const NEARLY_THE_BEST: f64 = 0.01;

/// The summary section.
pub(super) fn summary(facts: &Facts) -> Vec<Block> {
    let mut points = vec![point("Data", data(facts))];
    if let Some(well) = how_well(facts) {
        points.push(point("How well", well));
    }
    points.push(point("Which distance", distances::in_short(facts)));
    if let Some(k) = which_k(facts) {
        points.push(point("Which k", k));
    }
    points.push(point("The leak", leak::in_short(facts)));
    if let Some(errs) = where_it_errs(facts) {
        points.push(point("Where it errs", errs));
    }
    points.push(point("Caution", caution(facts)));
    vec![Block::List(points)]
}

fn data(facts: &Facts) -> Text {
    let exploration = &facts.analysis.exploration;
    let mut text = Text::from(format!(
        "{} of {} in {}; each is a vector of {}.",
        facts.sample.count(exploration.n_samples),
        facts.subject.count(exploration.n_subjects),
        facts.class.count(exploration.classes.len()),
        phrases::counted(exploration.n_dims, "value", "values"),
    ));
    if facts.analysis.dataset.labelling() == Labelling::WithoutSubjects {
        text.say(format!(
            "The data do not tell {}: each {} counts as one, and what several of one {} add is not known.",
            facts.subject.many(),
            facts.sample.one(),
            facts.subject.one()
        ));
    }
    let rows = facts.analysis.rows;
    if rows.set_aside > 0 {
        text.say(format!(
            "{} of {} read {} set aside.",
            numbers::count(rows.set_aside),
            phrases::counted(rows.read, "record", "records"),
            if rows.set_aside == 1 { "was" } else { "were" }
        ));
    }
    let n_evaluated = facts.analysis.evaluation.samples.len();
    if n_evaluated < exploration.n_samples {
        text.say(format!(
            "{} of them were evaluated; the others belong to {} that were left out.",
            numbers::count(n_evaluated),
            facts.class.many()
        ));
    }
    text
}

/// The headline figure with its interval and its chance level.
pub(super) fn how_well(facts: &Facts) -> Option<Text> {
    let (part, run) = facts.headline()?;
    let measure = facts.select_by();
    let interval = match facts::interval(run, measure) {
        Some(_) => format!(
            " ({} over {})",
            phrases::interval_name(facts),
            facts.subject.many()
        ),
        None => String::new(),
    };
    let mut text = Text::from(format!(
        "In {}, {} reaches ",
        phrases::held_out(facts, part),
        phrases::run(facts, run),
    ))
    .strong(phrases::measured(run, measure))
    .plain(format!("{interval}."));
    if let Some(chance) = phrases::chance(facts, run, measure) {
        text.say(chance);
    }
    if let Some(warning) = phrases::not_better_than_guessing(facts, run) {
        text.say(warning);
    }
    let others: Vec<String> = [Measure::Accuracy, Measure::AucMacro]
        .into_iter()
        .filter(|&other| other != measure && facts::pooled(run, other).is_some())
        .map(|other| phrases::measured(run, other))
        .collect();
    if !others.is_empty() {
        text.say(format!(
            "On the same predictions: {}.",
            phrases::list(&others)
        ));
    }
    Some(text)
}

fn which_k(facts: &Facts) -> Option<String> {
    let (_, run) = facts.headline()?;
    let measure = facts.select_by();
    let params = &facts.analysis.params.evaluation;
    let best = facts::summary(run, measure)?.mean?;
    let name = measures::name(measure);
    let mut text = format!(
        "Of k = 1 to {}, k = {} has the best mean {name} over folds, {}.",
        params.k_max,
        run.k,
        numbers::measure(best)
    );
    let (low, high) = nearly_the_best(facts, run);
    if low < high {
        text.push_str(&format!(
            " From k = {low} to k = {high} it stays within {} of that, so that the exact k matters \
             little.",
            numbers::difference(measure, NEARLY_THE_BEST)
        ));
    }
    if low > 1
        && params.n_repeats == 1
        && let Some(first) = facts::point(run, 1).and_then(|point| point.mean.get(measure))
    {
        text.push_str(&format!(" At k = 1 it is {}.", numbers::measure(first)));
    }
    if run.k == params.k_max && params.k_max > 1 {
        text.push_str(match claims::still_rises(run) {
            Some(_) => " This is the largest k that was tried, and the figure still rises there.",
            None => " This is the largest k that was tried.",
        });
    }
    Some(text)
}

/// The range of k around the chosen one where the mean is nearly the best.
///
/// With repeats there is no mean over all of them but at the chosen k, and so no range.
pub(super) fn nearly_the_best(facts: &Facts, run: &Run) -> (usize, usize) {
    let measure = facts.select_by();
    let mean = |k: usize| facts::point(run, k)?.mean.get(measure);
    let best = match mean(run.k) {
        Some(best) if facts.analysis.params.evaluation.n_repeats == 1 => best,
        _ => return (run.k, run.k),
    };
    let is_near = |k: usize| mean(k).is_some_and(|value| (value - best).abs() <= NEARLY_THE_BEST);
    let low = (1..run.k).rev().take_while(|&k| is_near(k)).last();
    let high = (run.k + 1..).take_while(|&k| is_near(k)).last();
    (low.unwrap_or(run.k), high.unwrap_or(run.k))
}

fn where_it_errs(facts: &Facts) -> Option<String> {
    let (part, run) = facts.headline()?;
    let classes = facts.evaluated_classes(run);
    let weakest = classes
        .iter()
        .min_by(|a, b| a.recall.total_cmp(&b.recall))
        .filter(|_| classes.len() > 1)?;
    let shown = numbers::measure(weakest.recall);
    let mut text = if classes
        .iter()
        .all(|class| numbers::measure(class.recall) == shown)
    {
        format!("Every {} has recall {shown}.", facts.class.one())
    } else {
        let is_weak = claims::weak_classes(facts, run)
            .iter()
            .any(|class| class.class == weakest.class);
        format!(
            "The lowest recall is that of {}: {shown} {} from {}, {} that of the others.",
            facts.evaluated_name(weakest.class),
            numbers::interval(weakest.recall_interval),
            facts.subject.count(weakest.n_subjects),
            match is_weak {
                true => "below",
                false => "not told from",
            },
        )
    };
    if let Some(pair) = confusions::pairs(run).first() {
        let is_listed = facts.diagnosis(part, run).map(|of_run| {
            let mut listed = of_run.confusable_pairs.iter();
            listed.any(|other| (other.class, other.other) == (pair.truth, pair.predicted))
        });
        text.push_str(&format!(
            " The most frequent confusion is {} taken for {}: {} of {}{}.",
            facts.evaluated_name(pair.truth),
            facts.evaluated_name(pair.predicted),
            numbers::count(pair.count),
            facts.sample.count(pair.n_truth),
            match is_listed {
                Some(true) => ", more often than the errors of the others explain",
                Some(false) => ", not told from where the errors of the others fall",
                None => "",
            },
        ));
    }
    Some(text)
}

fn caution(facts: &Facts) -> Text {
    let mut text = Text::default();
    let pairs = &facts.analysis.duplicates;
    if !pairs.is_empty() {
        let limit = facts.analysis.params.duplicates.distance;
        text.say(format!(
            "{} of {} of different {} {} within cosine distance {} and may be of one {}.",
            duplicates::n_pairs(facts),
            facts.sample.many(),
            facts.subject.many(),
            if pairs.len() == 1 { "lies" } else { "lie" },
            numbers::plain(limit),
            facts.subject.one(),
        ));
    }
    if let Some((_, run)) = facts.headline()
        && let Some(widest) = phrases::least_certain(facts, run)
    {
        text.say(format!(
            "The least certain recall is that of {}: {} {} from {}.",
            facts.evaluated_name(widest.class),
            numbers::measure(widest.recall),
            numbers::interval(widest.recall_interval),
            facts.subject.count(widest.n_subjects)
        ));
    }
    text.say(selection::caution(facts));
    text
}
