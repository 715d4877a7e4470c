//! The patient's view: what a subject's samples say together.

#[cfg(test)]
mod tests;

use phenolens_core::evaluation::Measure;
use phenolens_core::subject_level::{
    FusedAgainstSingle, FusedFigures, Fusion, SubjectLevel, SubjectRun,
};

use super::{measures, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// The part of the results.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let Some(level) = &facts.analysis.subject_level else {
        let text = format!(
            "Not shown: the headline's folds put {} of one {} on both sides, where they would vote on \
             one another.",
            facts.sample.many(),
            facts.subject.one()
        );
        return vec![Block::Paragraph(text.into())];
    };
    let Some(run) = headline(facts, level) else {
        let text = format!(
            "Every {} has one {}, so that figures by {} are those by {}.",
            facts.subject.one(),
            facts.sample.one(),
            facts.subject.one(),
            facts.sample.one()
        );
        return vec![Block::Paragraph(text.into())];
    };
    let mut blocks = vec![fused(facts, level, run).into()];
    blocks.extend(several(facts, level, run).map(Block::Paragraph));
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// What is done, for the methodology; nothing where nothing is shown.
pub(super) fn method(facts: &Facts) -> Option<String> {
    let level = facts.analysis.subject_level.as_ref()?;
    headline(facts, level)?;
    Some(format!(
        "All {} of {} are also classified together, with the folds and the k of the headline, in three \
         ways: by the smallest distance of a training {} to any of them, by the mean of their scores, \
         and by the distance to their mean vector (of vectors at length 1 for cosine). Differences from \
         single {} are over the same resamples of {}.",
        facts.sample.many(),
        facts.subject.a(),
        facts.sample.one(),
        facts.sample.many(),
        facts.subject.many(),
    ))
}

/// What it cannot say, for the limits; nothing where nothing is shown.
pub(super) fn caution(facts: &Facts) -> Option<String> {
    let level = facts.analysis.subject_level.as_ref()?;
    headline(facts, level)?;
    Some(format!(
        "Figures by {} rest on the {} of {} with several {}; how these were chosen, and whether they \
         were taken on one occasion, the file does not say.",
        facts.subject.one(),
        numbers::count(level.n_several),
        facts.subject.count(level.n_subjects),
        facts.sample.many()
    ))
}

/// The run of the headline's classifier.
fn headline<'a>(facts: &Facts, level: &'a SubjectLevel) -> Option<&'a SubjectRun> {
    let (_, headline) = facts.headline()?;
    let is_headline =
        |run: &&SubjectRun| run.distance == headline.distance && run.weights == headline.weights;
    level.runs.iter().find(is_headline)
}

/// A way of fusing, after "by".
fn name(fusion: Fusion) -> &'static str {
    match fusion {
        Fusion::SmallestDistance => "smallest distance",
        Fusion::MeanScore => "mean score",
        Fusion::Centroid => "mean vector",
    }
}

fn fused(facts: &Facts, level: &SubjectLevel, run: &SubjectRun) -> Text {
    let measure = facts.select_by();
    let mut values = Vec::new();
    let mut differences = Vec::new();
    let mut single = None;
    for figures in &run.fusions {
        let of = &figures.measures[measure as usize];
        single = of.per_sample;
        if let Some(value) = of.value {
            values.push(format!(
                "{} by {}",
                numbers::measure(value),
                name(figures.fusion)
            ));
        }
        if let Some(range) = of.difference_interval {
            differences.push((figures.fusion, range));
        }
    }
    let mut text = Text::from(format!(
        "With all {} of {} taken together, {} is {}, against {} over single {} ",
        facts.sample.many(),
        facts.subject.a(),
        measures::name(measure),
        phrases::list(&values),
        numbers::optional_measure(single),
        facts.sample.many(),
    ))
    .plain("(")
    .table("subject_level")
    .plain(").");
    if !differences.is_empty() {
        let decided: Vec<String> = differences
            .iter()
            .filter(|(_, range)| range.excludes_zero())
            .map(|&(fusion, _)| name(fusion).to_owned())
            .collect();
        text.say(match decided.len() {
            0 => "The interval of each difference from single ones holds zero.".to_owned(),
            n if n == differences.len() => {
                "The interval of each difference from single ones excludes zero.".to_owned()
            }
            _ => format!(
                "The interval of the difference from single ones excludes zero by {} only.",
                phrases::list(&decided)
            ),
        });
    }
    text.say(format!(
        "Part of such a difference is that {} counts once here, however many {} it has.",
        facts.subject.a(),
        facts.sample.many()
    ));
    if level.n_subjects != facts.analysis.evaluation.n_groups {
        text.say(format!(
            "A {} under two {} counts under each.",
            facts.subject.one(),
            facts.class.many()
        ));
    }
    text
}

/// What more than one sample gives; nothing where no accuracy was compared.
fn several(facts: &Facts, level: &SubjectLevel, run: &SubjectRun) -> Option<Text> {
    let of_fusion = |figures: &FusedFigures| {
        let is_accuracy = |of: &&FusedAgainstSingle| of.measure == Measure::Accuracy;
        let of = figures.several.iter().find(is_accuracy)?;
        Some((figures.fusion, *of))
    };
    let compared: Vec<(Fusion, FusedAgainstSingle)> =
        run.fusions.iter().filter_map(of_fusion).collect();
    let (_, first) = compared.first()?;
    let n = level.n_several;
    let per_subject = level.n_samples_of_several as f64 / n as f64;
    let mut text = Text::from(format!(
        "What does a second {} give? {} of {} {} more than one, {} in the mean.",
        facts.sample.one(),
        numbers::count(n),
        facts.subject.count(level.n_subjects),
        if n == 1 { "has" } else { "have" },
        numbers::fixed(per_subject, 1),
    ));
    let has_intervals = compared.iter().all(|(_, of)| of.interval.is_some());
    let clauses: Vec<String> = compared
        .iter()
        .map(|(fusion, of)| {
            let range = of.interval.map_or_else(String::new, |range| {
                let undecided = if range.excludes_zero() {
                    ""
                } else {
                    ", undecided"
                };
                format!(
                    " {}{undecided}",
                    numbers::difference_interval(Measure::Accuracy, range)
                )
            });
            format!(
                "{} by {} ({} points{range})",
                numbers::measure(of.fused),
                name(*fusion),
                numbers::signed_difference(Measure::Accuracy, of.difference),
            )
        })
        .collect();
    text.say(format!(
        "For {}, one of the {} alone is right with probability {}, all of them together {}{}.",
        if n == 1 { "it" } else { "them" },
        facts.sample.many(),
        numbers::measure(first.single),
        phrases::list(&clauses),
        match has_intervals {
            true => format!("; {}s of the difference", phrases::interval_name(facts)),
            false => String::new(),
        }
    ));
    text.say(answer(facts, &compared, has_intervals));
    Some(text)
}

/// As much of an answer as the intervals carry.
fn answer(facts: &Facts, compared: &[(Fusion, FusedAgainstSingle)], has_intervals: bool) -> String {
    let more = format!("more {}", facts.sample.many());
    if !has_intervals {
        return format!("Without resampling nothing says whether {more} help.");
    }
    let by = |is_side: &dyn Fn(f64, f64) -> bool| -> Vec<String> {
        let on_side = compared.iter().filter(|(_, of)| {
            let range = of.interval.expect("all have one");
            is_side(range.low, range.high)
        });
        on_side
            .map(|&(fusion, _)| name(fusion).to_owned())
            .collect()
    };
    let better = by(&|low, _| low > 0.0);
    let worse = by(&|_, high| high < 0.0);
    let uncorrected = match compared.len() {
        0 | 1 => String::new(),
        n => format!(" The {n} intervals are not corrected for one another."),
    };
    let verdict = match (better.len(), worse.len()) {
        (0, 0) => format!("Whether {more} help is undecided here."),
        (n, 0) if n == compared.len() => {
            format!("So {more} help, whichever way they are taken together.")
        }
        (_, 0) => format!(
            "So {more} help when they are taken together by {}; otherwise that is undecided.",
            phrases::list(&better)
        ),
        (0, _) => format!(
            "Taken together by {} they do worse than one alone.",
            phrases::list(&worse)
        ),
        _ => format!(
            "They help when taken together by {} and do harm by {}.",
            phrases::list(&better),
            phrases::list(&worse)
        ),
    };
    format!("{verdict}{uncorrected}")
}

/// The selecting measure, accuracy, macro AUC and top-3 accuracy, each once.
fn shown(facts: &Facts) -> Vec<Measure> {
    let mut shown = vec![Measure::Accuracy, Measure::F1Macro, Measure::AucMacro];
    shown.push(Measure::Top3);
    if !shown.contains(&facts.select_by()) {
        shown.insert(0, facts.select_by());
    }
    shown
}

/// The headline's classifier by sample, then by subject in each way; nothing where nothing is fused.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let level = facts.analysis.subject_level.as_ref()?;
    let run = headline(facts, level)?;
    let (part, of_samples) = facts.headline()?;
    let shown = shown(facts);
    let mut columns = vec![Column::left("Classified")];
    let titles = shown
        .iter()
        .map(|&measure| facts::capitalized(measures::name(measure)));
    columns.extend(titles.map(Column::right));
    let mut single = vec![format!("single {}", facts.sample.many())];
    single.extend(shown.iter().map(|&m| phrases::value(of_samples, m)));
    let mut rows = vec![single];
    for figures in &run.fusions {
        let mut row = vec![format!(
            "{}, {}",
            facts.subject.many(),
            name(figures.fusion)
        )];
        row.extend(shown.iter().map(|&measure| {
            let of = &figures.measures[measure as usize];
            numbers::with_interval(of.value, of.interval)
        }));
        rows.push(row);
    }
    let intervals = match facts.analysis.params.evaluation.n_resamples {
        0 => String::new(),
        _ => format!(
            ", with {}s over {}",
            phrases::interval_name(facts),
            facts.subject.many()
        ),
    };
    Some(Table {
        key: "subject_level",
        caption: Text::from(format!(
            "Single {} against whole {} under {} folds ({}), pooled{intervals}.",
            facts.sample.many(),
            facts.subject.many(),
            phrases::protocol(part.protocol),
            phrases::run_heading(facts, of_samples),
        )),
        columns,
        rows,
    })
}
