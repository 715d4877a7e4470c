//! The results: figures and tables, both protocols side by side.

use phenolens_core::analysis::Part;
use phenolens_core::evaluation::{Measure, MeasureSummary, ProtocolEvaluation, Run};

use super::{Figures, distances, measures, phrases, selection, subject_level};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Runs that fit side by side in one table of measures.
const RUNS_SIDE_BY_SIDE: usize = 4;

/// The results section.
pub(super) fn results(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(text.to_owned());
    let Some((part, run)) = facts.headline() else {
        return vec![Block::Paragraph("Nothing was evaluated.".into())];
    };
    let mut blocks = vec![heading("Headline")];
    blocks.push(headline(facts, part, run).into());
    blocks.extend(headline_table(facts).map(Block::Table));
    blocks.extend(figures.take("protocols"));
    blocks.push(heading("Choice of k"));
    blocks.push(selection::choice_of_k(facts).into());
    blocks.extend(selection::nested(facts).map(Block::Paragraph));
    blocks.extend(figures.take("k_sweep"));
    blocks.push(heading("ROC curves"));
    blocks.push(roc(facts).into());
    blocks.extend(figures.take("roc"));
    blocks.push(heading("Every measure"));
    blocks.extend(measure_tables(facts).into_iter().map(Block::Table));
    blocks.extend(comparison_table(facts).map(Block::Table));
    blocks.push(heading(&format!("By {}", facts.class.one())));
    blocks.push(by_class(facts, run).into());
    blocks.extend(class_result_table(facts).map(Block::Table));
    blocks.extend(figures.take("recall"));
    blocks.extend(figures.take("confusion"));
    blocks.extend(figures.take_rest());
    if facts.examines(Part::SubjectLevel) {
        blocks.push(heading(&format!("By {}", facts.subject.one())));
        blocks.extend(subject_level::blocks(facts));
    }
    blocks
}

/// The folds that a mean is over: `10 folds`, `30 folds (3 drawings of 10)`.
fn all_folds(part: &ProtocolEvaluation, run: &Run) -> String {
    let repeats = run.k_points.iter().map(|point| point.repeat + 1);
    match repeats.max() {
        Some(n_repeats) if n_repeats > 1 => format!(
            "{} folds ({n_repeats} drawings of {})",
            numbers::count(part.n_folds * n_repeats),
            part.n_folds
        ),
        _ => phrases::counted(part.n_folds, "fold", "folds"),
    }
}

fn headline(facts: &Facts, part: &ProtocolEvaluation, run: &Run) -> Text {
    let measure = facts.select_by();
    let mut text = Text::from(format!(
        "The headline is {}: {}, {}.",
        phrases::held_out(facts, part),
        phrases::run(facts, run),
        phrases::measured(run, measure)
    ));
    if let Some(chance) = phrases::chance(facts, run, measure) {
        text.say(chance);
    }
    let mean = facts::summary(run, measure);
    if let Some((mean, sd)) = mean.and_then(|summary| Some((summary.mean?, summary.sd?))) {
        text.say(format!(
            "The mean over the {} is {} with standard deviation {}; the pooled value takes all \
             out-of-fold predictions as one set.",
            all_folds(part, run),
            numbers::measure(mean),
            numbers::measure(sd),
        ));
    }
    if let Some(sentence) = mean.and_then(|summary| repeats(summary, run)) {
        text.say(sentence);
    }
    text.say(
        Text::default()
            .table("headline")
            .plain(" has every protocol and distance, each at its own k."),
    );
    text
}

/// How far means of drawings of folds lie apart, where there are several.
fn repeats(summary: &MeasureSummary, run: &Run) -> Option<String> {
    let (of_folds, of_repeats) = (summary.sd_between_folds?, summary.sd_between_repeats?);
    let n_repeats = run.k_points.iter().map(|point| point.repeat + 1).max()?;
    Some(format!(
        "Within one drawing the folds have a standard deviation of {}; the means of the {} drawings \
         have one of {}, which is the chance of the draw alone.",
        numbers::measure(of_folds),
        numbers::count(n_repeats),
        numbers::measure(of_repeats),
    ))
}

/// "Pooled", and what stands in brackets after it.
fn pooled_heading(facts: &Facts) -> String {
    match facts.analysis.params.evaluation.n_resamples {
        0 => "Pooled".to_owned(),
        _ => format!("Pooled ({})", phrases::interval_name(facts)),
    }
}

/// One row per protocol, distance and vote.
pub(super) fn headline_table(facts: &Facts) -> Option<Table> {
    facts.headline()?;
    let measure = facts.select_by();
    let name = measures::name(measure);
    let has_weights = phrases::has_many_weights(facts);
    let mut columns = vec![Column::left("Folds"), Column::left("Distance")];
    if has_weights {
        columns.push(Column::left("Votes"));
    }
    columns.extend([
        Column::right("k"),
        Column::right(format!("{}, mean ± SD", facts::capitalized(name))),
        Column::right(pooled_heading(facts)),
        Column::right("Shuffled labels"),
        Column::right(format!("Largest {}", facts.class.one())),
        Column::right("Accuracy"),
        Column::right("Macro AUC"),
    ]);
    let row = |part: &ProtocolEvaluation, run: &Run| {
        let mut row = vec![
            phrases::protocol(part.protocol).to_owned(),
            run.distance.name().to_owned(),
        ];
        if has_weights {
            row.push(phrases::weights(run.weights).to_owned());
        }
        let summary = facts::summary(run, measure);
        let mean = summary.and_then(|summary| Some((summary.mean?, summary.sd?)));
        let chance = summary.map(|summary| summary.chance);
        row.extend([
            run.k.to_string(),
            mean.map_or_else(
                || "–".to_owned(),
                |(mean, sd)| format!("{} ± {}", numbers::measure(mean), numbers::measure(sd)),
            ),
            phrases::value(run, measure),
            numbers::optional_measure(chance.and_then(|chance| chance.shuffled_labels)),
            numbers::optional_measure(chance.and_then(|chance| chance.largest_class)),
            numbers::optional_measure(facts::pooled(run, Measure::Accuracy)),
            numbers::optional_measure(facts::pooled(run, Measure::AucMacro)),
        ]);
        row
    };
    Some(Table {
        key: "headline",
        caption: Text::from(format!(
            "{} by protocol and distance: over folds, pooled, and by chance (mean under shuffled \
             labels; always naming the largest {}). Accuracy and AUC are pooled.",
            facts::capitalized(name),
            facts.class.one()
        )),
        columns,
        rows: facts
            .protocols()
            .iter()
            .flat_map(|part| part.runs.iter().map(move |run| row(part, run)))
            .collect(),
    })
}

fn roc(facts: &Facts) -> Text {
    use phenolens_core::evaluation::RocSubject;

    let mut text = Text::from(format!(
        "Curves are averaged over {} and folds at fixed false-positive rates; an area is the mean of \
         the folds' exact areas. 0.5 is chance.",
        facts.class.many()
    ));
    if let Some((part, _)) = facts.headline() {
        let areas: Vec<String> = part
            .runs
            .iter()
            .filter_map(|run| {
                let curve = run.roc.iter().find(|c| c.subject == RocSubject::Macro)?;
                curve.area_mean.is_finite().then(|| {
                    format!(
                        "{} ± {} for {}",
                        numbers::measure(curve.area_mean),
                        numbers::measure(curve.area_sd),
                        phrases::run_heading(facts, run)
                    )
                })
            })
            .collect();
        if !areas.is_empty() {
            text.say(format!(
                "Macro area under {} folds, mean ± standard deviation over folds: {}.",
                phrases::protocol(part.protocol),
                phrases::list(&areas)
            ));
        }
    }
    text
}

/// Every measure, both protocols side by side where that fits, otherwise a table for each.
pub(super) fn measure_tables(facts: &Facts) -> Vec<Table> {
    let runs: Vec<(&ProtocolEvaluation, &Run)> = facts
        .protocols()
        .iter()
        .flat_map(|part| part.runs.iter().map(move |run| (part, run)))
        .collect();
    if runs.is_empty() {
        return Vec::new();
    }
    if runs.len() <= RUNS_SIDE_BY_SIDE {
        return vec![measure_table(facts, "measures", &runs)];
    }
    let keys = ["measures", "measures-2", "measures-3"];
    facts
        .protocols()
        .iter()
        .zip(keys)
        .map(|(part, key)| {
            let runs: Vec<_> = part.runs.iter().map(|run| (part, run)).collect();
            measure_table(facts, key, &runs)
        })
        .collect()
}

fn measure_table(facts: &Facts, key: &'static str, runs: &[(&ProtocolEvaluation, &Run)]) -> Table {
    let mut columns = vec![Column::left("Measure")];
    columns.extend(runs.iter().map(|(part, run)| {
        Column::right(format!(
            "{}: {}",
            phrases::protocol(part.protocol),
            phrases::run_heading(facts, run)
        ))
    }));
    columns.extend([
        Column::right("Shuffled labels"),
        Column::right(format!("Largest {}", facts.class.one())),
    ]);
    let (part, first) = runs[0];
    Table {
        key,
        caption: Text::from(format!(
            "Every measure, {}, at the chosen k, with the chance level of the first column \
             ({}, {}). Higher is better, but for log loss and Brier score, where lower is.",
            pooled_heading(facts).to_lowercase(),
            phrases::protocol(part.protocol),
            first.distance.name()
        )),
        columns,
        rows: Measure::ALL
            .into_iter()
            .map(|measure| {
                let mut row = vec![facts::capitalized(measures::name(measure))];
                row.extend(runs.iter().map(|(_, run)| phrases::value(run, measure)));
                let chance = facts::summary(first, measure).map(|summary| summary.chance);
                row.extend([
                    numbers::optional_measure(chance.and_then(|c| c.shuffled_labels)),
                    numbers::optional_measure(chance.and_then(|c| c.largest_class)),
                ]);
                row
            })
            .collect(),
    }
}

/// Cosine against euclidean under the headline protocol.
pub(super) fn comparison_table(facts: &Facts) -> Option<Table> {
    let judged = distances::judged(facts)?;
    let part = judged.part;
    let comparisons: Vec<_> = distances::SHOWN
        .into_iter()
        .filter_map(|measure| facts.comparison(part, judged.best.weights, measure))
        .collect();
    if comparisons.is_empty() {
        return None;
    }
    Some(Table {
        key: "comparison",
        caption: Text::from(format!(
            "Cosine against euclidean under {} folds, each at its own k, pooled. The difference is \
             cosine minus euclidean, its interval is over {}; p is from swapping the two \
             classifiers' predictions of whole {}, by itself and adjusted for all 20 measures (Holm). \
             Differences of shares are in percentage points, those of Matthews correlation, log loss and \
             Brier score in their own unit. \"Ahead\" is by interval and p, each measure by itself.",
            phrases::protocol(part.protocol),
            facts.subject.many(),
            facts.subject.many()
        )),
        columns: vec![
            Column::left("Measure"),
            Column::right("Cosine"),
            Column::right("Euclidean"),
            Column::right("Difference"),
            Column::right(phrases::interval_name(facts)),
            Column::right("p"),
            Column::right("p, Holm"),
            Column::left("Ahead"),
        ],
        rows: comparisons
            .into_iter()
            .map(|comparison| {
                let measure = comparison.measure;
                vec![
                    facts::capitalized(measures::name(measure)),
                    numbers::measure(comparison.cosine),
                    numbers::measure(comparison.euclidean),
                    numbers::signed_difference(measure, comparison.difference),
                    comparison.interval.map_or_else(
                        || "–".to_owned(),
                        |interval| numbers::difference_interval(measure, interval),
                    ),
                    comparison
                        .p_value
                        .map_or_else(|| "–".to_owned(), numbers::bare_p_value),
                    comparison
                        .p_holm
                        .map_or_else(|| "–".to_owned(), numbers::bare_p_value),
                    match (facts.verdict(comparison), facts::favored(comparison)) {
                        (facts::Verdict::Decided, Some(distance)) => distance.name(),
                        _ => "undecided",
                    }
                    .to_owned(),
                ]
            })
            .collect(),
    })
}

fn by_class(facts: &Facts, run: &Run) -> Text {
    let mut classes = facts.evaluated_classes(run);
    classes.sort_by(|a, b| b.recall.total_cmp(&a.recall));
    let (Some(best), Some(worst)) = (classes.first(), classes.last()) else {
        return "No class was evaluated.".into();
    };
    let mut text = Text::from(format!(
        "Recall runs from {} {} ({}) to {} {} ({}).",
        numbers::measure(best.recall),
        numbers::interval(best.recall_interval),
        facts.evaluated_name(best.class),
        numbers::measure(worst.recall),
        numbers::interval(worst.recall_interval),
        facts.evaluated_name(worst.class),
    ));
    if let Some(widest) = phrases::least_certain(facts, run) {
        text.say(format!(
            "The widest interval is that of {}, from {} to {}, with {}.",
            facts.evaluated_name(widest.class),
            numbers::measure(widest.recall_interval.low),
            numbers::measure(widest.recall_interval.high),
            facts.subject.count(widest.n_subjects)
        ));
    }
    text
}

/// How every class fares in the headline run.
pub(super) fn class_result_table(facts: &Facts) -> Option<Table> {
    let (part, run) = facts.headline()?;
    Some(Table {
        key: "per-class",
        caption: Text::from(format!(
            "Each {} under {} folds ({}), pooled, with {}s. That of the recall is Wilson's, with the \
             effective number of {}; the others resample {}.",
            facts.class.one(),
            phrases::protocol(part.protocol),
            phrases::run_heading(facts, run),
            phrases::interval_name(facts),
            facts.subject.many(),
            facts.subject.many()
        )),
        columns: vec![
            Column::left(facts.class.title()),
            Column::right(facts.subject.titles()),
            Column::right(facts.sample.titles()),
            Column::right("Precision"),
            Column::right("Recall"),
            Column::right("F1"),
            Column::right("AUC"),
        ],
        rows: facts
            .evaluated_classes(run)
            .into_iter()
            .map(|class| {
                vec![
                    facts.name_with_id(facts.evaluated_id(class.class)),
                    numbers::count(class.n_subjects),
                    numbers::count(class.support),
                    numbers::with_interval(Some(class.precision), class.precision_interval),
                    format!(
                        "{} {}",
                        numbers::measure(class.recall),
                        numbers::interval(class.recall_interval)
                    ),
                    numbers::with_interval(Some(class.f1), class.f1_interval),
                    numbers::with_interval(class.auc, class.auc_interval),
                ]
            })
            .collect(),
    })
}
