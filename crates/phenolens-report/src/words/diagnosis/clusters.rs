//! Clusters on the map against the classes.

use phenolens_core::diagnosis::{Diagnosis, MapClusters, SplitClass};

use crate::document::{Block, Text};
use crate::facts::Facts;
use crate::numbers;
use crate::words::phrases;

/// Classes that are named.
const NAMED: usize = 5;

pub(super) fn blocks(facts: &Facts, diagnosis: &Diagnosis) -> Vec<Block> {
    let Some(of_map) = headline_map(facts, diagnosis) else {
        return Vec::new();
    };
    let mut blocks = vec![
        Block::Heading("Clusters on the map".to_owned()),
        Block::Paragraph(found(facts, of_map)),
    ];
    if !of_map.clusters.is_empty() {
        blocks.push(Block::Paragraph(split(facts, of_map)));
    }
    blocks
}

/// The clusters of the headline's map, or else of the first.
fn headline_map<'a>(facts: &Facts, diagnosis: &'a Diagnosis) -> Option<&'a MapClusters> {
    let (_, run) = facts.headline()?;
    let clusters = &diagnosis.clusters;
    clusters
        .iter()
        .find(|of_map| of_map.distance == run.distance)
        .or_else(|| clusters.first())
}

fn found(facts: &Facts, of_map: &MapClusters) -> Text {
    let n_samples = of_map.labels.len();
    let n_clusters = of_map.clusters.len();
    let map = format!("the {} map", of_map.distance.name());
    if n_clusters == 0 {
        return format!(
            "On {map} no clusters of at least {} stand apart by density (HDBSCAN).",
            facts.sample.count(of_map.min_size)
        )
        .into();
    }
    let mut text = Text::from(format!(
        "By density (HDBSCAN, at least {}) {map} has {}, the largest of {}; {} of {} {} in none.",
        facts.sample.count(of_map.min_size),
        phrases::counted(n_clusters, "cluster", "clusters"),
        facts.sample.count(of_map.clusters[0].n_samples),
        numbers::count(of_map.n_noise),
        facts.sample.count(n_samples),
        if of_map.n_noise == 1 { "is" } else { "are" },
    ));
    let agreement = |of: Option<f64>| numbers::optional_measure(of);
    text.say(format!(
        "With these as one cluster more, clusters and {} agree by an adjusted Rand index of {} and an \
         adjusted mutual information of {} (1: the same, 0: as chance); of the clustered alone {} and \
         {}.",
        facts.class.many(),
        agreement(of_map.agreement.adjusted_rand),
        agreement(of_map.agreement.adjusted_information),
        agreement(of_map.agreement_inside.adjusted_rand),
        agreement(of_map.agreement_inside.adjusted_information),
    ));
    text
}

fn split(facts: &Facts, of_map: &MapClusters) -> Text {
    let split = &of_map.split_classes;
    if split.is_empty() {
        return format!(
            "No {} falls into several of them: none has a fifth or more of its {} in each of two.",
            facts.class.one(),
            facts.sample.many()
        )
        .into();
    }
    let said = |class: &SplitClass| {
        let parts: Vec<String> = class
            .parts
            .iter()
            .map(|part| numbers::count(part.n_samples))
            .collect();
        format!(
            "{} ({} of {})",
            facts.dataset_name(class.class),
            phrases::list(&parts),
            facts.sample.count(class.n_samples)
        )
    };
    let named: Vec<String> = split.iter().take(NAMED).map(said).collect();
    let mut text = Text::from(format!(
        "{} {} into several, with a fifth or more in each: {}{}.",
        facts.class.count(split.len()),
        if split.len() == 1 { "falls" } else { "fall" },
        named.join("; "),
        if split.len() > NAMED {
            "; and others"
        } else {
            ""
        }
    ));
    text.say(format!(
        "These are clusters of the picture, which also tears what is continuous: a reason to look for \
         what the parts have in common, not a finding that there are kinds of the {}.",
        facts.class.one()
    ));
    text
}
