//! Unknown classes: whether they would be noticed, and what noticing them costs.

use phenolens_core::analysis::Part;
use phenolens_core::open_set::{
    HeldOutClass, LEAST_CLASSES, MeanOverClasses, OpenSet, OpenSetDistance,
};

use super::recommendations::{Advice, Recommendation};
use super::{Figures, phrases};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;
use crate::support::Support;

/// Classes in the table, the least noticed first.
const SHOWN: usize = 15;

/// How an unknown class looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Farther from the gallery than known ones, beyond doubt.
    Farther,
    /// Nearer, beyond doubt.
    Nearer,
    /// Neither is shown.
    Undecided,
}

/// The section; nothing where that was not examined.
pub(super) fn blocks(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    if !facts.examines(Part::OpenSet) {
        return Vec::new();
    }
    let Some((open_set, of_distance)) = headline(facts) else {
        return vec![Block::Paragraph(why_not(facts).into())];
    };
    let mut blocks = vec![would_it_be_noticed(facts, open_set, of_distance).into()];
    blocks.push(cost(facts, of_distance).into());
    blocks.extend(figures.take("open_set"));
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// What to do with new samples that may be of an unknown class.
pub(super) fn recommendation(facts: &Facts) -> Option<Recommendation> {
    let (open_set, of_distance) = headline(facts)?;
    let common = of_distance.common;
    let text = match look(of_distance) {
        Look::Farther => format!(
            "If {} of {} outside the file must be noticed, call unknown what has its nearest {} at {} \
             distance {} or more. Of {} that had no part in that choice {} of the {} pass for known all \
             the same. It has its price: {} of the known ones are then rejected or taken for another {}, \
             where {} are without a threshold.",
            facts.sample.a(),
            facts.class.a(),
            facts.sample.one(),
            of_distance.distance.name(),
            numbers::measure(common.threshold),
            facts.class.a(),
            numbers::percent(common.fpir_left_out),
            facts.sample.many(),
            numbers::percent(common.fnir),
            facts.class.one(),
            numbers::percent(of_distance.misidentified),
        ),
        Look::Nearer | Look::Undecided => format!(
            "Do not rely on the distance to notice {} outside the file: it is not shown to be farther \
             than a known one (AUROC {}).",
            facts.class.a(),
            mean(of_distance.auroc)
        ),
    };
    Some(Recommendation {
        advice: Advice::AllowForUnknown,
        lead: format!("Allow for unknown {}", facts.class.many()),
        text: text.into(),
        supports: vec![
            Support::new("open_set")
                .with("protocol", open_set.protocol.name())
                .with("distance", of_distance.distance.name()),
        ],
    })
}

/// What this cannot say, for the limits.
pub(super) fn caution(facts: &Facts) -> String {
    let (class, sample) = (&facts.class, &facts.sample);
    match headline(facts) {
        Some(_) => format!(
            "{} of the file, left out one at a time, stand for unknown ones. {} of another kind, or of \
             no {} at all, may look otherwise; without a threshold the classifier names each one of \
             the {}.",
            class.titles(),
            sample.titles(),
            class.one(),
            class.count(facts.analysis.evaluation.class_names.len()),
        ),
        None => format!(
            "{} that belong to none of the {} of the file are not tested here; the classifier would \
             still name one of them.",
            sample.titles(),
            class.count(facts.analysis.evaluation.class_names.len()),
        ),
    }
}

/// The table of the report.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let (_, of_distance) = headline(facts)?;
    let mut classes: Vec<&HeldOutClass> = of_distance.classes.iter().collect();
    // A stable sort: equal areas stay in the order of the classes.
    classes.sort_by(|a, b| a.auroc.total_cmp(&b.auroc));
    let n_classes = classes.len();
    let rows = classes.into_iter().take(SHOWN).map(|class| {
        vec![
            facts.name_with_id(facts.evaluated_id(class.class)),
            numbers::count(class.n_unknown),
            numbers::with_interval(Some(class.auroc), class.auroc_interval),
            numbers::measure(class.oscr),
            numbers::measure(class.fnir_at_fpir_10),
            numbers::measure(class.threshold),
            numbers::measure(class.fpir_at_common),
        ]
    });
    let shown = match n_classes > SHOWN {
        true => format!(
            "The {SHOWN} of {} that are noticed least",
            facts.class.count(n_classes)
        ),
        false => format!(
            "Every {} held out, the least noticed first",
            facts.class.one()
        ),
    };
    Some(Table {
        key: "open_set",
        caption: Text::from(format!(
            "{shown}, by {} distance. AUROC: how often {} of it is farther from the others than a known \
             {} is; OSCR: how often a known {} is named right and nearer; FNIR: share of known {} \
             rejected or misnamed at the threshold that accepts at most 10% of the unknown ones; \
             accepted: share of the unknown ones nearer than the common threshold, {}.",
            of_distance.distance.name(),
            facts.sample.a(),
            facts.sample.one(),
            facts.sample.one(),
            facts.sample.many(),
            numbers::measure(of_distance.common.threshold),
        )),
        columns: vec![
            Column::left(format!("Unknown {}", facts.class.one())),
            Column::right(facts.sample.titles()),
            Column::right(format!("AUROC {}", phrases::interval_name(facts))),
            Column::right("OSCR"),
            Column::right("FNIR"),
            Column::right("Threshold"),
            Column::right("Accepted"),
        ],
        rows: rows.collect(),
    })
}

/// The results of the headline's distance.
fn headline<'a>(facts: &Facts<'a>) -> Option<(&'a OpenSet, &'a OpenSetDistance)> {
    let (_, run) = facts.headline()?;
    let open_set = facts.analysis.open_set.as_ref()?;
    let mut distances = open_set.distances.iter();
    let of_distance = distances.find(|other| other.distance == run.distance)?;
    Some((open_set, of_distance))
}

fn why_not(facts: &Facts) -> String {
    let n_classes = facts.analysis.evaluation.class_names.len();
    if facts.headline().is_none() {
        "Nothing was evaluated.".to_owned()
    } else if n_classes < LEAST_CLASSES {
        format!(
            "Not tested: of {} none can be left out so that two are left to tell apart.",
            facts.class.count(n_classes)
        )
    } else {
        format!(
            "Not tested: the folds leave no {} with known {} beside it.",
            facts.class.one(),
            facts.sample.many()
        )
    }
}

fn look(of_distance: &OpenSetDistance) -> Look {
    match of_distance.auroc.interval {
        Some(interval) if interval.low > 0.5 => Look::Farther,
        Some(interval) if interval.high < 0.5 => Look::Nearer,
        _ => Look::Undecided,
    }
}

/// `0.744 [0.714, 0.774]`.
fn mean(of_classes: MeanOverClasses) -> String {
    numbers::with_interval(Some(of_classes.value), of_classes.interval)
}

fn would_it_be_noticed(facts: &Facts, open_set: &OpenSet, of_distance: &OpenSetDistance) -> Text {
    let classes = &of_distance.classes;
    let mut text = Text::from(format!(
        "Every {} in turn was treated as unknown: its {} were compared with those of all others, in \
         other folds. By {} distance {} of an unknown {} is farther from its nearest neighbor than one \
         of a known {} with probability {} (AUROC; mean over {}, {} over them, which share their known \
         {} and so are not quite independent).",
        facts.class.one(),
        facts.sample.many(),
        of_distance.distance.name(),
        facts.sample.a(),
        facts.class.one(),
        facts.class.one(),
        mean(of_distance.auroc),
        facts.class.count(classes.len()),
        phrases::interval_name(facts),
        facts.sample.many(),
    ));
    text.say(match look(of_distance) {
        Look::Farther => format!(
            "0.5 would be no difference: an unknown {} does look farther away.",
            facts.class.one()
        ),
        Look::Nearer => format!(
            "That is below 0.5: an unknown {} looks nearer than a known one, and the distance misleads.",
            facts.class.one()
        ),
        Look::Undecided => format!(
            "0.5 is no difference, and this run does not tell the two apart: an unknown {} is not shown \
             to look different, and no threshold helps.",
            facts.class.one()
        ),
    });
    let by_area = |a: &&HeldOutClass, b: &&HeldOutClass| a.auroc.total_cmp(&b.auroc);
    let (lowest, highest) = (
        classes.iter().min_by(by_area),
        classes.iter().rev().max_by(by_area),
    );
    if let (Some(lowest), Some(highest)) = (lowest, highest)
        && lowest.auroc < highest.auroc
    {
        text.say(format!(
            "{} is noticed least ({}), {} most ({}).",
            facts.evaluated_name(lowest.class),
            numbers::measure(lowest.auroc),
            facts.evaluated_name(highest.class),
            numbers::measure(highest.auroc),
        ));
    }
    let others = open_set.distances.iter();
    for other in others.filter(|other| other.distance != of_distance.distance) {
        text.say(format!(
            "By {} distance the AUROC is {}.",
            other.distance.name(),
            mean(other.auroc)
        ));
    }
    text
}

fn cost(facts: &Facts, of_distance: &OpenSetDistance) -> Text {
    let common = of_distance.common;
    let mut text = Text::from(format!(
        "With a threshold for each {} that accepts 10% of the unknown {}, {} of the known ones are \
         rejected or taken for another {} (false-negative identification rate {}); {} are taken for \
         another one without any threshold, and {} would be missed if the distance said nothing.",
        facts.class.one(),
        facts.sample.many(),
        numbers::percent(of_distance.fnir_at_fpir_10.value),
        facts.class.one(),
        mean(of_distance.fnir_at_fpir_10),
        numbers::percent(of_distance.misidentified),
        numbers::percent(of_distance.fnir_by_chance),
    ));
    if look(of_distance) == Look::Farther {
        text.say(format!(
            "One threshold for all, {}, accepts {} of the unknown {} in the mean over {}, and {} of \
             those of {}; of {} that had no part in choosing it, {} in the mean. It misses {} of the \
             known ones.",
            numbers::measure(common.threshold),
            numbers::percent(common.fpir),
            facts.sample.many(),
            facts.class.many(),
            numbers::percent(common.fpir_of_worst),
            facts.evaluated_name(common.worst_class),
            facts.class.a(),
            numbers::percent(common.fpir_left_out),
            numbers::percent(common.fnir),
        ));
    }
    text
}
