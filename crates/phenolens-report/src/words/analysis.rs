//! The analysis: what the results mean.

use super::{Figures, clusters, confusions, distances, imbalance, leak};
use crate::document::Block;
use crate::facts::Facts;

/// The analysis section.
pub(super) fn analysis(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(text.to_owned());
    let mut blocks = vec![heading("Clusters on the map")];
    blocks.extend(figures.take("map"));
    blocks.extend(clusters::blocks(facts));
    blocks.push(heading("Which errors are made"));
    blocks.extend(confusions::blocks(facts));
    blocks.push(heading("Cosine against euclidean"));
    blocks.extend(distances::blocks(facts));
    blocks.push(heading(&format!("Unequal {}", facts.class.many())));
    blocks.extend(imbalance::blocks(facts));
    blocks.push(heading("The leak between protocols"));
    blocks.extend(leak::blocks(facts));
    blocks
}
