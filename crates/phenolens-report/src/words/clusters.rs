//! The clusters of a map: how far the map can be trusted, which classes hold together on it, and
//! what that means for classification.

use phenolens_core::evaluation::PerClass;
use phenolens_core::projection::{ClassOnMap, MapQuality, Projection};

use super::phrases;
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

/// A class holds together where at least this share of its nearest neighbors is its own.
const HOLDS_TOGETHER: f64 = 0.5;

/// Mixtures that are named.
const MIXTURES_NAMED: usize = 3;

/// The map of the headline distance, or a word on why there is none.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let Some(map) = headline_map(facts) else {
        return vec![Block::Paragraph("No map was made in this run.".into())];
    };
    let mut blocks = vec![trust(facts, map).into(), together(facts, map).into()];
    blocks.extend(mixtures(facts, map).map(Block::from));
    blocks.extend(table(facts).map(Block::Table));
    blocks.extend(meaning(facts, map).map(Block::from));
    blocks
}

fn headline_map<'a>(facts: &Facts<'a>) -> Option<&'a Projection> {
    match facts.headline() {
        Some((_, run)) => facts.map(run.distance),
        None => facts.analysis.projections.first(),
    }
}

/// How far the map can be trusted.
fn trust(facts: &Facts, map: &Projection) -> Text {
    let MapQuality {
        kl,
        k_trust,
        trustworthiness,
        continuity,
        k_kept,
        neighbors_kept,
        class_center_correlation,
        ..
    } = map.quality;
    let mut text = Text::from(format!(
        "The {} map keeps {} of the {k_kept} nearest neighbors of {}. Its trustworthiness at \
         {k_trust} is {} and its continuity {} (both at best 1); the Kullback-Leibler divergence is \
         {} nats.",
        map.distance.name(),
        numbers::percent(neighbors_kept),
        facts.sample.a(),
        numbers::measure(trustworthiness),
        numbers::measure(continuity),
        numbers::measure(kl),
    ));
    text.say(if trustworthiness >= 0.95 {
        "Neighbors on the map are nearly always near in the data too."
    } else if trustworthiness >= 0.85 {
        "Neighbors on the map are mostly near in the data too, but read the map for groups and not \
         for single points."
    } else {
        "Many neighbors on the map are not near in the data: read large groups only."
    });
    if let Some(correlation) = class_center_correlation {
        let value = numbers::fixed(correlation, 2);
        let classes = facts.class.many();
        text.say(if correlation >= 0.9 {
            format!(
                "Which {classes} lie far apart on the map also lie far apart in the data (rank \
                 correlation of distances between centers {value})."
            )
        } else if correlation >= 0.5 {
            format!(
                "How far apart two {classes} lie on the map follows the data roughly (rank correlation \
                 of distances between centers {value})."
            )
        } else {
            format!(
                "How far apart two {classes} lie on the map says little about the data (rank \
                 correlation of distances between centers {value})."
            )
        });
    }
    text.say("The size of a group and the gap beside it mean nothing in t-SNE.");
    for other in &facts.analysis.projections {
        if other.distance != map.distance {
            text.say(format!(
                "The {} map keeps {}, with trustworthiness {}.",
                other.distance.name(),
                numbers::percent(other.quality.neighbors_kept),
                numbers::measure(other.quality.trustworthiness)
            ));
        }
    }
    text
}

/// Which classes hold together.
fn together(facts: &Facts, map: &Projection) -> Text {
    let mut classes: Vec<&ClassOnMap> = map.classes.iter().collect();
    classes.sort_by(|a, b| b.share_on_map.total_cmp(&a.share_on_map));
    let holding: Vec<String> = classes
        .iter()
        .filter(|class| class.share_on_map >= HOLDS_TOGETHER)
        .map(|class| named_share(facts, class))
        .collect();
    let k = map.quality.k_kept;
    let n_all = classes.len();
    let (class, classes_word) = (facts.class.one(), facts.class.many());
    let mut text = Text::from(match holding.len() {
        0 => format!(
            "No {class} holds together: for none are most of the {k} nearest neighbors on the map of \
             the same {class}."
        ),
        n if n == n_all => format!(
            "Every {class} holds together: most of the {k} nearest neighbors on the map are of the \
             same {class}, from {} to {}.",
            holding[0],
            holding[n - 1]
        ),
        n => format!(
            "{n} of {n_all} {classes_word} hold together, in that most of the {k} nearest neighbors \
             on the map are of the same {class}: {}.",
            phrases::list(&holding)
        ),
    });
    let loose: Vec<String> = classes
        .iter()
        .rev()
        .filter(|class| class.share_on_map < HOLDS_TOGETHER)
        .map(|class| {
            format!(
                "{} ({}, by chance {})",
                facts.dataset_name(class.class),
                numbers::percent(class.share_on_map),
                numbers::percent(class.share_by_chance)
            )
        })
        .collect();
    match loose.len() {
        0 => {}
        1 => text.say(format!("Spread over the others: {}.", loose[0])),
        _ => text.say(format!(
            "The others, loosest first: {}.",
            phrases::list(&loose)
        )),
    }
    text
}

/// Which classes mix with which.
fn mixtures(facts: &Facts, map: &Projection) -> Option<Text> {
    let mut mixed: Vec<(usize, usize, f64)> = map
        .classes
        .iter()
        .filter_map(|class| {
            let (other, share) = class.most_mixed_with?;
            Some((class.class, other, share))
        })
        .collect();
    mixed.sort_by(|a, b| b.2.total_cmp(&a.2));
    if mixed.is_empty() {
        return None;
    }
    let goes_to = |class: usize| mixed.iter().find(|m| m.0 == class).map(|m| m.1);
    let named: Vec<String> = mixed
        .iter()
        .take(MIXTURES_NAMED)
        .map(|&(class, other, share)| {
            format!(
                "{} with {} ({}{})",
                facts.dataset_name(class),
                facts.dataset_name(other),
                numbers::percent(share),
                if goes_to(other) == Some(class) {
                    ", and the other way around"
                } else {
                    ""
                }
            )
        })
        .collect();
    Some(Text::from(format!(
        "The closest mixtures, by the share of nearest neighbors on the map that are of the other {}: \
         {}.",
        facts.class.one(),
        phrases::list(&named)
    )))
}

/// What the map means for the classifier.
fn meaning(facts: &Facts, map: &Projection) -> Option<Text> {
    let (_, run) = facts.headline()?;
    let find = |on_map: &&ClassOnMap| -> Option<&PerClass> {
        run.per_class
            .iter()
            .find(|class| facts.evaluated_id(class.class) == facts.dataset_id(on_map.class))
    };
    let mut pairs: Vec<(&ClassOnMap, &PerClass)> = map
        .classes
        .iter()
        .filter_map(|on_map| Some((on_map, find(&on_map)?)))
        .collect();
    pairs.sort_by(|a, b| b.0.share_on_map.total_cmp(&a.0.share_on_map));
    let (first, last) = (pairs.first()?, pairs.last()?);
    if pairs.len() < 2 {
        return None;
    }
    let mut text = Text::from("For classification:");
    // With a tie on the map there is no best and no loosest to speak of.
    let ends = [first, last].map(|pair| numbers::percent(pair.0.share_on_map));
    if ends[0] != ends[1] {
        let recalls = [first, last].map(|pair| numbers::measure(pair.1.recall));
        text.say(format!(
            "the {} that holds together best, {}, is recognized with recall {}, and the loosest, {}, \
             with {}{}.",
            facts.class.one(),
            facts.dataset_name(first.0.class),
            recalls[0],
            facts.dataset_name(last.0.class),
            recalls[1],
            if recalls[0] == recalls[1] {
                ""
            } else if first.1.recall > last.1.recall {
                "; map and classifier agree on which end is which"
            } else {
                "; map and classifier do not agree here"
            },
        ));
    }
    let n_sharper = pairs
        .iter()
        .filter(|(on_map, _)| on_map.share_on_map > on_map.share_in_data)
        .count();
    text.say(format!(
        "{} classifier votes among neighbors in all {} dimensions, not on the map. For {} of {} {} \
         the share of own neighbors is larger on the map than in the data{}.",
        if ends[0] == ends[1] { "the" } else { "The" },
        numbers::count(facts.analysis.dataset.n_dims()),
        n_sharper,
        pairs.len(),
        facts.class.many(),
        if 2 * n_sharper > pairs.len() {
            ": the map looks cleaner than the data is"
        } else {
            ""
        }
    ));
    Some(text)
}

/// How the classes lie on the map.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let map = headline_map(facts)?;
    let recall = |class: usize| -> String {
        let found = facts.headline().and_then(|(_, run)| {
            run.per_class
                .iter()
                .find(|other| facts.evaluated_id(other.class) == facts.dataset_id(class))
        });
        numbers::optional_measure(found.map(|class| class.recall))
    };
    let k = map.quality.k_kept;
    Some(Table {
        key: "clusters",
        caption: Text::from(format!(
            "How the {} lie on the {} map: mean share of the {k} nearest neighbors that are of the \
             same {}, on the map, in the data and by chance; the {} most often among the others; and \
             the recall of the headline classifier.",
            facts.class.many(),
            map.distance.name(),
            facts.class.one(),
            facts.class.one(),
        )),
        columns: vec![
            Column::left(facts.class.title()),
            Column::right("On the map"),
            Column::right("In the data"),
            Column::right("By chance"),
            Column::left("Most mixed with"),
            Column::right("Share"),
            Column::right("Recall"),
        ],
        rows: map
            .classes
            .iter()
            .map(|class| {
                let (other, share) = match class.most_mixed_with {
                    Some((other, share)) => (facts.dataset_name(other), numbers::percent(share)),
                    None => ("–".to_owned(), "–".to_owned()),
                };
                vec![
                    facts.name_with_id(facts.dataset_id(class.class)),
                    numbers::percent(class.share_on_map),
                    numbers::percent(class.share_in_data),
                    numbers::percent(class.share_by_chance),
                    other,
                    share,
                    recall(class.class),
                ]
            })
            .collect(),
    })
}

fn named_share(facts: &Facts, class: &ClassOnMap) -> String {
    format!(
        "{} ({})",
        facts.dataset_name(class.class),
        numbers::percent(class.share_on_map)
    )
}
