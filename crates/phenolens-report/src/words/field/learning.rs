//! How the measures grow with the number of training subjects.

use phenolens_core::evaluation::Measure;
use phenolens_core::few_shot::{
    BAND, ClassSet, FewShot, LastStep, LearningCurve, LearningPoint, MOST_TESTED, OverDraws,
};

use super::super::recommendations::{Advice, Recommendation};
use super::super::{Figures, measures, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;
use crate::support::Support;

/// Where a curve goes at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Better,
    Worse,
    Undecided,
}

pub(super) fn blocks(facts: &Facts, few_shot: &FewShot, figures: &mut Figures) -> Vec<Block> {
    let Some(fixed) = headline_curve(facts, ClassSet::Fixed) else {
        return vec![Block::Paragraph(
            format!(
                "Not measured: fewer than two {} have two {}.",
                facts.class.many(),
                facts.subject.many()
            )
            .into(),
        )];
    };
    let mut blocks = vec![how(facts, few_shot, fixed).into()];
    blocks.push(course(facts, fixed).into());
    blocks.extend(figures.take("learning_curve"));
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// That more subjects can be expected to help, where the curve still rises at its end.
pub(in crate::words) fn recommendation(facts: &Facts) -> Option<Recommendation> {
    let fixed = headline_curve(facts, ClassSet::Fixed)?;
    let step = last_step(fixed, facts.select_by())?;
    let last = fixed.points.last()?;
    let row = |subjects_per_class: usize| {
        Support::new("learning_curve")
            .with("distance", fixed.distance.name())
            .with("weights", fixed.weights.name())
            .with("subjects_per_class", subjects_per_class.to_string())
            .with("measure", facts.select_by().name())
            .with("class_set", ClassSet::Fixed.name())
    };
    (end_of(step) == End::Better).then(|| Recommendation {
        advice: Advice::AddSubjects,
        lead: format!("Add {} of every {}", facts.subject.many(), facts.class.one()),
        text: format!(
                "The learning curve has not leveled off: {}. More {} can be expected to help; how much, \
                 the curve does not say.",
                step_words(facts, step),
                facts.subject.many(),
            )
            .into(),
        supports: vec![row(last.subjects_per_class)],
    })
}

fn how(facts: &Facts, few_shot: &FewShot, fixed: &LearningCurve) -> Text {
    let (class, subject, sample) = (&facts.class, &facts.subject, &facts.sample);
    let sizes: Vec<String> = fixed
        .points
        .iter()
        .map(|p| numbers::count(p.subjects_per_class))
        .collect();
    let last = fixed
        .points
        .last()
        .map_or(1, |point| point.subjects_per_class);
    let k = facts.headline().map_or(1, |(_, run)| run.k);
    let taught_by = match sizes.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => sizes.concat(),
    };
    let mut text = Text::from(format!(
        "The same vote, taught by {taught_by} {} of each {} with all their {}, drawn {} times; a smaller \
         draw is part of the larger one. k is that of the headline, {k}, but at most the number of {} of \
         {} that teach.",
        subject.of(last),
        class.one(),
        sample.many(),
        numbers::count(few_shot.n_draws),
        subject.many(),
        class.a(),
    ));
    text.say(format!(
        "The curve is over the same {} and the same test {} at every size, so that only the training \
         differs: {} with more than {}, tested on those that are not drawn at the largest size. Training \
         has as many {} of every {}, and the tested have other shares than the file, so that the figures \
         are not those of the headline.",
        class.many(),
        subject.many(),
        class.count(few_shot.fixed_classes.len()),
        subject.count(last),
        subject.many(),
        class.one(),
    ));
    if few_shot.is_sampled {
        text.say(format!(
            "At most about {} {} are tested in a draw, the same share of every {}.",
            numbers::count(MOST_TESTED),
            sample.many(),
            class.one()
        ));
    }
    text
}

/// From the first size to the last, the last step, and what the other curve is.
fn course(facts: &Facts, fixed: &LearningCurve) -> Text {
    let measure = facts.select_by();
    let mut text = Text::default();
    let value =
        |point: &LearningPoint| value(point, measure).map(|value| numbers::measure(value.mean));
    if let [first, .., last] = fixed.points.as_slice()
        && let (Some(first_value), Some(last_value)) = (value(first), value(last))
    {
        text.say(format!(
            "With {} distance mean {} is {first_value} with {} of each {} and {last_value} with {}.",
            fixed.distance.name(),
            measures::name(measure),
            facts.subject.count(first.subjects_per_class),
            facts.class.one(),
            numbers::count(last.subjects_per_class),
        ));
    } else if let [only] = fixed.points.as_slice()
        && let Some(value) = value(only)
    {
        text.say(format!(
            "With {} distance mean {} is {value} with {} of each {}; no larger number can be tried.",
            fixed.distance.name(),
            measures::name(measure),
            facts.subject.count(only.subjects_per_class),
            facts.class.one(),
        ));
    }
    if let Some(step) = last_step(fixed, measure) {
        text.say(format!(
            "{}{}.",
            facts::capitalized(&step_words(facts, step)),
            match end_of(step) {
                End::Better => ": the curve has not leveled off at its end",
                End::Worse => ": more training makes it worse here",
                End::Undecided if step.difference == 0.0 => "",
                End::Undecided =>
                    ": draws do not agree on the direction, so that the curve may have leveled off",
            }
        ));
    }
    if let Some(enough) = headline_curve(facts, ClassSet::Enough) {
        text.say(changing_classes(facts, fixed, enough));
    }
    text
}

/// Whether classes drop out along the other curve.
fn changing_classes(facts: &Facts, fixed: &LearningCurve, enough: &LearningCurve) -> String {
    let class = &facts.class;
    let n_fixed = fixed.points.first().map_or(0, |point| point.n_classes);
    let (Some(first), Some(last)) = (enough.points.first(), enough.points.last()) else {
        return String::new();
    };
    let n_all = facts.analysis.evaluation.class_names.len();
    if last.n_classes == n_all {
        return format!(
            "Every {} has more than {}, so that none drops out at any size.",
            class.one(),
            facts.subject.count(last.subjects_per_class)
        );
    }
    if first.n_classes == last.n_classes {
        return format!(
            "{} of {} have too few {} for any of these sizes.",
            numbers::count(n_all - last.n_classes),
            class.count(n_all),
            facts.subject.many()
        );
    }
    format!(
        "The other curve takes at every size all {} with more {}, {} at the first and {} at the last, in \
         place of the same {}. Fewer {} are easier to tell apart: what it gains as they drop out is not \
         learning.",
        class.many(),
        facts.subject.many(),
        numbers::count(first.n_classes),
        numbers::count(last.n_classes),
        numbers::count(n_fixed),
        class.many(),
    )
}

/// `from 20 to 50 subjects of each syndrome macro F1 rises by 3.1 points (in 20 of 20 draws; …)`.
fn step_words(facts: &Facts, step: &LastStep) -> String {
    let sizes = format!(
        "from {} to {} of each {}",
        numbers::count(step.from),
        facts.subject.count(step.to),
        facts.class.one(),
    );
    let (way, n_that_way) = match step.difference {
        0.0 => {
            return format!(
                "{sizes} mean {} stays the same",
                measures::name(step.measure)
            );
        }
        fall if fall < 0.0 => ("falls", step.n_falling),
        _ => ("rises", step.n_rising),
    };
    format!(
        "{sizes} mean {} {way} by {} (in {} of {} draws; the middle {} of them {})",
        measures::name(step.measure),
        numbers::difference(step.measure, step.difference),
        n_that_way,
        step.n_draws,
        numbers::confidence(BAND),
        numbers::difference_interval(step.measure, step.band),
    )
}

/// Decided where four of five draws, the middle ones, go one way.
fn end_of(step: &LastStep) -> End {
    let higher_is_better = step.measure.higher_is_better();
    match (step.band.low > 0.0, step.band.high < 0.0) {
        (true, _) if higher_is_better => End::Better,
        (_, true) if !higher_is_better => End::Better,
        (false, false) => End::Undecided,
        _ => End::Worse,
    }
}

/// The curve of the headline's distance and votes.
fn headline_curve<'a>(facts: &Facts<'a>, class_set: ClassSet) -> Option<&'a LearningCurve> {
    let (_, run) = facts.headline()?;
    let mut curves = facts.analysis.few_shot.iter().flat_map(|of| &of.curves);
    curves.find(|curve| {
        (curve.distance, curve.weights, curve.class_set) == (run.distance, run.weights, class_set)
    })
}

fn last_step(curve: &LearningCurve, measure: Measure) -> Option<&LastStep> {
    curve.last_steps.iter().find(|step| step.measure == measure)
}

fn value(point: &LearningPoint, measure: Measure) -> Option<&OverDraws> {
    point.values.iter().find(|value| value.measure == measure)
}

/// The table of the report: the fixed classes, then where other classes take part.
pub(in crate::words) fn table(facts: &Facts) -> Option<Table> {
    let few_shot = facts.analysis.few_shot.as_ref()?;
    let first = few_shot.curves.first()?.points.first()?;
    let shown: Vec<Measure> = first.values.iter().map(|value| value.measure).collect();
    let has_weights = phrases::has_many_weights(facts);
    let mut columns = vec![Column::left("Distance")];
    if has_weights {
        columns.push(Column::left("Votes"));
    }
    columns.extend([
        Column::left(facts.class.titles()),
        Column::right(format!("{} of each", facts.subject.titles())),
        Column::right("k"),
        Column::right(format!("Training {}", facts.sample.many())),
    ]);
    let titles = shown
        .iter()
        .map(|&measure| facts::capitalized(measures::name(measure)));
    columns.extend(titles.map(Column::right));
    let n_fixed = few_shot.fixed_classes.len();
    let row = |curve: &LearningCurve, point: &LearningPoint| {
        let mut cells = vec![curve.distance.name().to_owned()];
        if has_weights {
            cells.push(phrases::weights(curve.weights).to_owned());
        }
        let rule = match curve.class_set {
            ClassSet::Fixed => "the same",
            ClassSet::Enough => "all with more",
        };
        cells.extend([
            format!("{rule} ({})", numbers::count(point.n_classes)),
            numbers::count(point.subjects_per_class),
            numbers::count(point.k),
            numbers::count(point.n_training.round() as usize),
        ]);
        cells.extend(shown.iter().map(|&measure| {
            value(point, measure).map_or_else(
                || "–".to_owned(),
                |value| {
                    format!(
                        "{} ± {}",
                        numbers::measure(value.mean),
                        numbers::measure(value.sd)
                    )
                },
            )
        }));
        cells
    };
    let mut rows = Vec::new();
    for curve in &few_shot.curves {
        let differs = |point: &&LearningPoint| {
            curve.class_set == ClassSet::Fixed || point.n_classes != n_fixed
        };
        rows.extend(
            curve
                .points
                .iter()
                .filter(differs)
                .map(|point| row(curve, point)),
        );
    }
    Some(Table {
        key: "learning_curve",
        caption: format!(
            "The vote with few {} of each {}, mean ± standard deviation over {} draws. The deviation is \
             that of single draws, and says how much depends on who teaches; all draws share the {} of \
             this file. “The same” are tested on the same {} at every size; “all with more” is another \
             task where their number differs, and is shown there only.",
            facts.subject.many(),
            facts.class.one(),
            numbers::count(few_shot.n_draws),
            facts.subject.many(),
            facts.subject.many(),
        )
        .into(),
        columns,
        rows,
    })
}

/// How it is made, for the methodology.
pub(in crate::words) fn method(facts: &Facts) -> Option<String> {
    let few_shot = facts.analysis.few_shot.as_ref()?;
    Some(format!(
        "In each of {} draws the {} of every {} are put into a random order; the first few teach, and \
         others are tested. Every {} has the same number of them, so that the shares of the {} in the \
         file play no part in training.",
        numbers::count(few_shot.n_draws),
        facts.subject.many(),
        facts.class.one(),
        facts.class.one(),
        facts.class.many(),
    ))
}
