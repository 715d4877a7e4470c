//! How probes fare against a gallery.

use phenolens_core::gallery::{
    Average, GalleryRow, Identification, Kind, MOST_PROBES, TOPS, TopFigure,
};
use phenolens_core::neighbors::Distance;

use super::super::phrases;
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;

pub(super) fn blocks(facts: &Facts, identification: &Identification) -> Vec<Block> {
    let mut blocks = vec![how(facts, identification).into()];
    if !identification.rows.is_empty() {
        blocks.push(outcome(facts, identification).into());
    }
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// What is ranked against what, and which rows there cannot be.
fn how(facts: &Facts, identification: &Identification) -> Text {
    let (class, subject, sample) = (&facts.class, &facts.subject, &facts.sample);
    let mut text = Text::from(format!(
        "The {} of known {} (the gallery) are ranked for {} whose {} is looked for (a probe): each by \
         its nearest {}. No k is chosen.",
        class.many(),
        sample.many(),
        sample.a(),
        class.one(),
        sample.one(),
    ));
    text.say(match identification.is_from_file {
        true => {
            let apart = match identification.n_without_side {
                0 => String::new(),
                1 => format!(", without 1 {} that has no row", sample.one()),
                n => format!(", without {} that have no row", sample.count(n)),
            };
            format!("Gallery and probes are those of the file that was given{apart}.")
        }
        false => format!(
            "In each of {} random splits {} of the {} of every {}, at least one of them and never \
             all, are probes with all their {}; all others are the gallery.",
            numbers::count(identification.n_splits),
            numbers::confidence(facts.analysis.params.gallery.probe_share),
            subject.many(),
            class.one(),
            sample.many(),
        ),
    });
    if identification.is_sampled {
        text.say(format!(
            "Since there are many, about {} probes of frequent {} and as many of rare ones are ranked \
             over all splits, drawn by {}.",
            numbers::count(MOST_PROBES),
            class.many(),
            subject.one(),
        ));
    }
    if let Some(absent) = absent_rows(facts, identification) {
        text.say(absent);
    }
    text
}

/// Why there are fewer than four rows.
fn absent_rows(facts: &Facts, identification: &Identification) -> Option<String> {
    let class = &facts.class;
    let limit = facts
        .subject
        .count(facts.analysis.params.gallery.rare_below);
    let (n_frequent, n_rare) = (identification.n_frequent, identification.n_rare);
    if identification.rows.is_empty() {
        return Some(format!(
            "No probe has a choice between two {} in the gallery, so that there is no figure.",
            class.many()
        ));
    }
    if n_rare == 0 {
        return Some(format!(
            "Every {} has at least {limit} and counts as frequent, so that there are no rows for rare \
             ones.",
            class.one()
        ));
    }
    if n_frequent == 0 {
        return Some(format!(
            "Every {} has fewer than {limit} and counts as rare, so that there are no rows for frequent \
             ones.",
            class.one()
        ));
    }
    let mut text = format!(
        "{} with fewer than {limit} {} as rare, the other {} as frequent; the unified gallery holds both",
        class.count(n_rare),
        if n_rare == 1 { "counts" } else { "count" },
        numbers::count(n_frequent),
    );
    if identification.n_rare_probed == 0 {
        text.push_str(", and no rare one has a probe");
    } else if n_rare == 1 {
        text.push_str(", and one rare alone is no choice, so that it has no gallery of its own");
    }
    if identification.n_frequent_probed == 0 {
        text.push_str(", and no frequent one has a probe");
    } else if n_frequent == 1 {
        text.push_str(
            ", and one frequent alone is no choice, so that it has no gallery of its own",
        );
    }
    text.push('.');
    Some(text)
}

/// What came out, by the distance of the headline.
fn outcome(facts: &Facts, identification: &Identification) -> Text {
    let distance = facts
        .headline()
        .map_or(identification.rows[0].distance, |(_, run)| run.distance);
    let mut text = Text::default();
    let find = |gallery, probes| row(identification, distance, gallery, probes);
    let own = [
        find(Kind::Frequent, Kind::Frequent),
        find(Kind::Rare, Kind::Rare),
    ];
    let unified = [
        find(Kind::Unified, Kind::Frequent),
        find(Kind::Unified, Kind::Rare),
    ];
    let rows = [own[0], own[1], unified[0], unified[1]];
    if let Some(row) = rows.into_iter().flatten().next() {
        text.say(first_row(facts, identification, row));
    }
    for (own, unified) in own.into_iter().zip(unified) {
        if let (Some(own), Some(unified)) = (own, unified) {
            text.say(enlarged(facts, own, unified));
        }
    }
    if let [Some(frequent), Some(rare)] = unified {
        text.say(rare_or_frequent(facts, frequent, rare));
    }
    text
}

/// The first and the first few, with chance.
fn first_row(facts: &Facts, identification: &Identification, row: &GalleryRow) -> String {
    let (class, sample) = (&facts.class, &facts.sample);
    let Some(first) = figure(row, 1, Average::Images) else {
        return String::new();
    };
    let word = |kind: Kind| match kind {
        Kind::Frequent | Kind::Rare if has_both_kinds(identification) => {
            format!("{} ", kind.name())
        }
        _ => String::new(),
    };
    let mut text = format!(
        "With {} distance the right one of {} {}{} comes first for {} of the {}{} that are probes",
        row.distance.name(),
        numbers::count(row.n_classes),
        word(row.gallery),
        class.many(),
        share(first),
        word(row.probes),
        sample.many(),
    );
    if let Some(classes) = figure(row, 1, Average::Classes) {
        text.push_str(&format!(
            " (mean over {}: {})",
            class.many(),
            share(classes)
        ));
    }
    let last = TOPS.into_iter().rev().find_map(|top| {
        let figure = figure(row, top, Average::Images)?;
        (top > 1).then_some(figure)
    });
    if let Some(last) = last {
        text.push_str(&format!(
            " and is among the first {} for {}",
            last.top,
            share(last)
        ));
    }
    let chance = match last {
        Some(last) => format!(
            "{} and {}",
            numbers::percent(first.chance),
            numbers::percent(last.chance)
        ),
        None => numbers::percent(first.chance),
    };
    text.push_str(&format!("; a random order gives {chance}."));
    if first
        .interval
        .is_some_and(|interval| interval.low <= first.chance)
    {
        text.push_str(" The first place is not shown to be better than that.");
    }
    if let Some(sd) = first.sd_over_splits {
        text.push_str(&format!(
            " From split to split the share in first place has a standard deviation of {} points.",
            numbers::fixed(100.0 * sd, 1)
        ));
    }
    text
}

fn has_both_kinds(identification: &Identification) -> bool {
    identification.n_frequent > 0 && identification.n_rare > 0
}

/// What the other kind in the gallery costs: it can only push a class down.
fn enlarged(facts: &Facts, own: &GalleryRow, unified: &GalleryRow) -> String {
    let (Some(before), Some(after)) = (
        figure(own, 1, Average::Images),
        figure(unified, 1, Average::Images),
    ) else {
        return String::new();
    };
    let others = match own.probes {
        Kind::Frequent => Kind::Rare,
        Kind::Rare | Kind::Unified => Kind::Frequent,
    };
    let others = match unified.n_classes - own.n_classes {
        1 => format!("the one {} {}", others.name(), facts.class.one()),
        n => format!(
            "the {} {} {}",
            numbers::count(n),
            others.name(),
            facts.class.many()
        ),
    };
    if before.value == after.value {
        return format!(
            "With {others} in the gallery too, as many {} {} come first.",
            own.probes.name(),
            facts.sample.many(),
        );
    }
    format!(
        "With {others} in the gallery too, the share of {} {} in first place falls from {} to {}.",
        own.probes.name(),
        facts.sample.many(),
        share(before),
        share(after),
    )
}

/// Different subjects of different classes: intervals that lie apart decide.
fn rare_or_frequent(facts: &Facts, frequent: &GalleryRow, rare: &GalleryRow) -> String {
    let (Some(of_frequent), Some(of_rare)) = (
        figure(frequent, 1, Average::Images),
        figure(rare, 1, Average::Images),
    ) else {
        return String::new();
    };
    let values = format!(
        "In the unified gallery {} of the frequent and {} of the rare {} come first",
        share(of_frequent),
        share(of_rare),
        facts.sample.many()
    );
    match (of_frequent.interval, of_rare.interval) {
        (Some(a), Some(b)) if a.low > b.high => {
            format!(
                "{values}: rare {} are recognized less often.",
                facts.class.many()
            )
        }
        (Some(a), Some(b)) if b.low > a.high => {
            format!(
                "{values}: rare {} are recognized more often.",
                facts.class.many()
            )
        }
        (Some(_), Some(_)) => format!(
            "{values}; the intervals overlap, so that it is undecided which are recognized better."
        ),
        _ => format!("{values}; without intervals it is undecided which are recognized better."),
    }
}

/// `65.2% [60.1%, 70.0%]`.
fn share(figure: &TopFigure) -> String {
    let interval = figure.interval.map_or_else(String::new, |interval| {
        format!(
            " [{}, {}]",
            numbers::percent(interval.low),
            numbers::percent(interval.high)
        )
    });
    format!("{}{interval}", numbers::percent(figure.value))
}

fn row(
    identification: &Identification,
    distance: Distance,
    gallery: Kind,
    probes: Kind,
) -> Option<&GalleryRow> {
    identification
        .rows
        .iter()
        .find(|row| (row.distance, row.gallery, row.probes) == (distance, gallery, probes))
}

fn figure(row: &GalleryRow, top: usize, average: Average) -> Option<&TopFigure> {
    let mut figures = row.figures.iter();
    figures.find(|figure| (figure.top, figure.average) == (top, average))
}

/// The table of the report.
pub(in crate::words) fn table(facts: &Facts) -> Option<Table> {
    let identification = facts.analysis.identification.as_ref()?;
    let is_shown = |top: &usize| {
        let mut rows = identification.rows.iter();
        rows.any(|row| figure(row, *top, Average::Images).is_some())
    };
    let tops: Vec<usize> = TOPS.into_iter().filter(is_shown).collect();
    if tops.is_empty() {
        return None;
    }
    let mut columns = vec![
        Column::left("Distance"),
        Column::left("Gallery"),
        Column::left("Probes"),
        Column::right(facts.class.titles()),
        Column::right(format!("Gallery {}", facts.sample.many())),
        Column::right(format!("Probe {}", facts.sample.many())),
        Column::left("Mean over"),
    ];
    columns.extend(tops.iter().map(|top| Column::right(format!("Top-{top}"))));
    let cells = |row: &GalleryRow, average: Average| {
        let over = match average {
            Average::Images => facts.sample.many(),
            Average::Classes => facts.class.many(),
        };
        let mut cells = vec![
            row.distance.name().to_owned(),
            row.gallery.name().to_owned(),
            row.probes.name().to_owned(),
            numbers::count(row.n_classes),
            numbers::count(row.n_gallery.round() as usize),
            numbers::count(row.n_probes.round() as usize),
            over.to_owned(),
        ];
        cells.extend(tops.iter().map(|&top| {
            let figure = figure(row, top, average);
            numbers::with_interval(
                figure.map(|figure| figure.value),
                figure.and_then(|figure| figure.interval),
            )
        }));
        cells
    };
    let rows = identification
        .rows
        .iter()
        .flat_map(|row| [cells(row, Average::Images), cells(row, Average::Classes)])
        .collect();
    let intervals = match facts.analysis.params.evaluation.n_resamples {
        0 => String::new(),
        _ => format!(
            " In brackets the {} over the {} of the probes, resampled within their {}.",
            phrases::interval_name(facts),
            facts.subject.many(),
            facts.class.one()
        ),
    };
    let over_splits = match identification.n_splits {
        1 => String::new(),
        n => format!(
            " All figures are over {} splits together; numbers of {} are means over splits.",
            numbers::count(n),
            facts.sample.many()
        ),
    };
    Some(Table {
        key: "gallery",
        caption: format!(
            "How often the right {} is among the first of a gallery. A random order gives the number of \
             first places / the number of {}; where it gives 1 nothing is shown.{intervals}{over_splits}",
            facts.class.one(),
            facts.class.many(),
        )
        .into(),
        columns,
        rows,
    })
}

/// How it is made, for the methodology.
pub(in crate::words) fn method(facts: &Facts) -> Option<String> {
    let identification = facts.analysis.identification.as_ref()?;
    let params = &facts.analysis.params.gallery;
    Some(format!(
        "{} are ranked by the nearest {} each has in the gallery, of equally near ones the earlier \
         first; ranks are over distinct {}. Those with fewer than {} are rare. {}",
        facts::capitalized(facts.class.many()),
        facts.sample.one(),
        facts.class.many(),
        facts.subject.count(params.rare_below),
        match identification.is_from_file {
            true => "Gallery and probes are given.".to_owned(),
            false => format!(
                "Whole {} are drawn as probes; {} with one {} stays in the gallery.",
                facts.subject.many(),
                facts.class.a(),
                facts.subject.one()
            ),
        }
    ))
}
