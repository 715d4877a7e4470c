//! The leak inside one drawing of folds: what training samples of the tested subject, and
//! near-duplicates, give to a figure.

use phenolens_core::evaluation::{
    DuplicateTreatment, ExposedTo, Exposure, Interval, Measure, Protocol, Removal, RemovalPoint,
};

use super::{measures, phrases};
use crate::claims::{Leak, duplicate_effect, leak};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// What training samples of the tested subject give to the headline's classifier, and whether that
/// is a leak; `None` where it was not measured.
pub(super) fn removal_sentences(facts: &Facts) -> Option<String> {
    let (removal, point) = headline_removal(facts)?;
    let measure = point.measure;
    let (subject, samples) = (facts.subject.one(), facts.sample.many());
    let name = measures::name(measure);
    let signed = |value: f64| match value_sign(measure, value) {
        Sign::Worse => format!("costs {}", numbers::difference(measure, value)),
        Sign::Better => format!("gains {}", numbers::difference(measure, value)),
    };
    let mut text = format!(
        "Within the same folds, taking the tested {subject}'s other {samples} out of training {} of \
         {name} at k = {} ({} to {}; {}mean of {}).",
        signed(point.difference),
        point.k,
        numbers::measure(point.leaky),
        numbers::measure(point.clean),
        interval_words(facts, measure, point.interval),
        phrases::counted(removal.n_seeds, "drawing of folds", "drawings of folds"),
    );
    let control = point.control?;
    let size = numbers::difference(measure, control.leak);
    let range = control.interval.map_or_else(String::new, |interval| {
        format!(
            " ({} {}{})",
            phrases::interval_name(facts),
            numbers::difference_interval(measure, interval),
            phrases::comma_p(control.p_value)
        )
    });
    text.push_str(&format!(
        " Taking out as many of the same {} but of other {} leaves {}: ",
        facts.class.one(),
        facts.subject.many(),
        numbers::measure(control.value)
    ));
    let is_nothing = |interval: Interval| interval.low == 0.0 && interval.high == 0.0;
    text.push_str(&match leak(facts, measure, control.interval, control.p_value) {
        _ if control.interval.is_some_and(is_nothing) => {
            "no difference, so that no leak flatters the figure.".to_owned()
        }
        Leak::Shown => format!("{size}{range} are the leak."),
        Leak::Borderline => format!(
            "what is the {subject}'s own is {size}{range}, but interval and test do not agree: whether \
             there is a leak is undecided."
        ),
        Leak::Undecided => format!(
            "what is the {subject}'s own is {size}{range}, and that interval spans zero: whether there \
             is a leak is undecided."
        ),
        Leak::Reversed => format!(
            "that costs {size} more{range}, so that no leak flatters the figure."
        ),
        Leak::Unknown => format!(
            "what is the {subject}'s own is {size}; without resampling nothing says whether that is \
             more than chance."
        ),
    });
    Some(text)
}

/// Whether a figure gets worse or better by what is taken away.
enum Sign {
    Worse,
    Better,
}

fn value_sign(measure: Measure, loss: f64) -> Sign {
    if measure.higher_is_better() == (loss >= 0.0) {
        Sign::Worse
    } else {
        Sign::Better
    }
}

/// How many test samples had another of their subject in training, and a table of the removal.
pub(super) fn removal_blocks(facts: &Facts) -> Vec<Block> {
    let Some((removal, _)) = headline_removal(facts) else {
        return Vec::new();
    };
    let mut text = Text::default();
    if let Some(exposure) = exposure(facts, ExposedTo::SameSubject, removal.protocol)
        && let Some(sentence) = exposure_sentence(facts, exposure)
    {
        text.say(sentence);
        text.say(format!(
            "The others are other {}, so that this difference is not the leak alone; ",
            facts.subject.many()
        ));
        text = text.table("leakage").plain(" is.");
    }
    let table = Block::Table(removal_table(facts));
    match text.0.is_empty() {
        true => vec![table],
        false => vec![text.into(), table],
    }
}

/// What near-duplicates in training give to the headline, in a few sentences.
pub(super) fn duplicate_sentences(facts: &Facts) -> Vec<String> {
    let mut sentences = Vec::new();
    let headline = facts.headline().map(|(part, _)| part.protocol);
    if let Some(protocol) = headline
        && let Some(exposure) = exposure(facts, ExposedTo::NearDuplicate, protocol)
    {
        sentences.extend(exposure_sentence(facts, exposure));
    }
    if let Some(effect) = duplicate_effect(facts, DuplicateTreatment::RowsRemoved) {
        sentences.push(format!(
            "With every cluster of near-duplicates as one {} in the same folds, {} goes from {} to {} \
             ({}{}).",
            facts.subject.one(),
            measures::name(effect.measure),
            numbers::measure(effect.apart),
            numbers::measure(effect.merged),
            interval_words(facts, effect.measure, effect.interval),
            match leak(facts, effect.measure, effect.interval, None) {
                Leak::Shown => "they flatter the headline",
                Leak::Borderline | Leak::Undecided => "undecided, the interval spans zero",
                Leak::Reversed => "they do not flatter the headline",
                Leak::Unknown => "without resampling nothing says whether that is more than chance",
            }
        ));
    }
    if let Some(effect) = duplicate_effect(facts, DuplicateTreatment::FoldsRedrawn) {
        sentences.push(format!(
            "With folds drawn again around the clusters it is {}, which is also the chance of the draw.",
            numbers::measure(effect.merged)
        ));
    }
    sentences
}

/// What the measured effect of near-duplicates means for what to report.
pub(super) fn duplicate_advice(facts: &Facts) -> Option<String> {
    let effect = duplicate_effect(facts, DuplicateTreatment::RowsRemoved)?;
    let name = measures::name(effect.measure);
    let size = numbers::difference(effect.measure, effect.difference);
    let interval = interval_words(facts, effect.measure, effect.interval);
    let interval = interval.trim_end_matches("; ");
    let (apart, merged) = (
        numbers::measure(effect.apart),
        numbers::measure(effect.merged),
    );
    match leak(facts, effect.measure, effect.interval, None) {
        Leak::Shown => Some(format!(
            "They flatter {name} by {size} ({interval}): until someone has looked, give {merged} and not \
             {apart}."
        )),
        Leak::Borderline | Leak::Undecided => Some(format!(
            "They move {name} by {size} ({interval}), which is not told from zero: the headline does not \
             hang on them."
        )),
        Leak::Reversed | Leak::Unknown => None,
    }
}

/// The removal at k = 1, at the headline's k and at the largest k, for every distance and weights.
pub(super) fn removal_table(facts: &Facts) -> Table {
    let measure = facts.select_by();
    let name = measures::name(measure);
    let mut columns = vec![
        Column::left("Distance"),
        Column::right("k"),
        Column::right(format!("{} with", facts::capitalized(name))),
        Column::right("Without"),
        Column::right("Difference"),
    ];
    let has_accuracy = measure != Measure::Accuracy;
    if has_accuracy {
        columns.push(Column::right("Accuracy with"));
        columns.push(Column::right("Without"));
        columns.push(Column::right("Difference"));
    }
    let mut rows = Vec::new();
    for removal in removals(facts) {
        for k in shown_ks(facts, removal) {
            let cells = |measure| {
                let point = point(removal, k, measure)?;
                let difference = numbers::signed_difference(measure, point.difference);
                Some([
                    numbers::measure(point.leaky),
                    numbers::measure(point.clean),
                    match point.interval {
                        Some(interval) => format!(
                            "{difference} {}",
                            numbers::difference_interval(measure, interval)
                        ),
                        None => difference,
                    },
                ])
            };
            let absent = || ["–", "–", "–"].map(String::from);
            let mut row = vec![classifier(facts, removal), k.to_string()];
            row.extend(cells(measure).unwrap_or_else(absent));
            if has_accuracy {
                row.extend(cells(Measure::Accuracy).unwrap_or_else(absent));
            }
            rows.push(row);
        }
    }
    let caption = Text::from(format!(
        "With the tested {}'s other {} in training and without, in the same folds; differences in \
         points where the measure is a share, with their {}. Every k is in ",
        facts.subject.one(),
        facts.sample.many(),
        phrases::interval_name(facts),
    ))
    .code("tables/leakage.csv")
    .plain(".");
    Table {
        key: "leakage",
        caption,
        columns,
        rows,
    }
}

/// The distance, with what else tells the row apart where there is more.
fn classifier(facts: &Facts, removal: &Removal) -> String {
    let mut text = removal.distance.name().to_owned();
    if phrases::has_many_weights(facts) {
        text.push_str(&format!(", {}", removal.weights.name()));
    }
    if removals(facts)
        .next()
        .is_some_and(|first| first.protocol != removal.protocol)
    {
        text.push_str(&format!(", {} folds", phrases::protocol(removal.protocol)));
    }
    text
}

/// The k at which the selecting measure has an interval; where nothing was resampled, the ends.
fn shown_ks(facts: &Facts, removal: &Removal) -> Vec<usize> {
    let measure = match facts.select_by() {
        Measure::Accuracy => Measure::AucMacro,
        measure => measure,
    };
    let k_max = facts.analysis.params.evaluation.k_max;
    let mut ks: Vec<usize> = removal
        .points
        .iter()
        .filter(|point| point.measure == measure)
        .filter(|point| point.interval.is_some() || [1, k_max].contains(&point.k))
        .map(|point| point.k)
        .collect();
    ks.dedup();
    ks
}

/// The removal of the headline's classifier and its point at the headline's k.
fn headline_removal<'a>(facts: &Facts<'a>) -> Option<(&'a Removal, &'a RemovalPoint)> {
    let (_, run) = facts.headline()?;
    let removal = removals(facts)
        .find(|removal| removal.distance == run.distance && removal.weights == run.weights)?;
    Some((removal, point(removal, run.k, facts.select_by())?))
}

fn removals<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Removal> {
    let leakage = facts.analysis.leakage.iter();
    leakage.flat_map(|leakage| &leakage.removals)
}

fn point(removal: &Removal, k: usize, measure: Measure) -> Option<&RemovalPoint> {
    let mut points = removal.points.iter();
    points.find(|point| point.k == k && point.measure == measure)
}

/// The exposure of the headline's classifier under a protocol.
pub(super) fn exposure<'a>(
    facts: &Facts<'a>,
    to: ExposedTo,
    protocol: Protocol,
) -> Option<&'a Exposure> {
    let (_, run) = facts.headline()?;
    let mut exposures = facts.analysis.leakage.iter().flat_map(|of| &of.exposures);
    exposures.find(|exposure| {
        exposure.to == to
            && exposure.protocol == protocol
            && (exposure.distance, exposure.weights) == (run.distance, run.weights)
    })
}

/// How many test samples are exposed, and how they fare; `None` where none is.
fn exposure_sentence(facts: &Facts, exposure: &Exposure) -> Option<String> {
    let of_exposed = exposure.accuracy_exposed()?;
    let what = match exposure.to {
        ExposedTo::SameSubject => format!(
            "another {} of their {}",
            facts.sample.one(),
            facts.subject.one()
        ),
        ExposedTo::NearDuplicate => format!("a near-duplicate of another {}", facts.subject.one()),
    };
    let against = exposure.accuracy_others().map_or_else(
        || format!("Accuracy is {}.", numbers::measure(of_exposed)),
        |of_others| {
            format!(
                "Accuracy is {} on those and {} on the others.",
                numbers::measure(of_exposed),
                numbers::measure(of_others)
            )
        },
    );
    Some(format!(
        "In {} folds, {} of {} test {} had {what} in training. {against}",
        phrases::protocol(exposure.protocol),
        numbers::count(exposure.n_exposed),
        numbers::count(exposure.n_exposed + exposure.n_others),
        facts.sample.many(),
    ))
}

/// `95% interval of the difference [+0.4, +2.1]; `, or nothing where there is none.
fn interval_words(facts: &Facts, measure: Measure, interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |interval| {
        format!(
            "{} of the difference {}; ",
            phrases::interval_name(facts),
            numbers::difference_interval(measure, interval)
        )
    })
}
