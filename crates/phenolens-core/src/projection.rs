//! The samples in two dimensions by t-SNE, and how far to trust that picture.

mod params;

pub use params::MapParams;

use serde::Serialize;

use crate::neighbors::Distance;

/// One map and its quality; a map without its quality is not shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Projection {
    /// The distance whose neighbors the map shows.
    pub distance: Distance,
    /// Position of every sample, shape `(n_samples,)`, no unit, centered on the origin.
    #[serde(skip)]
    pub positions: Vec<[f64; 2]>,
    /// The settings as they were used.
    pub settings: MapSettings,
    /// How faithful the map is.
    pub quality: MapQuality,
    /// How the classes lie on the map, in the order of the class names.
    pub classes: Vec<ClassOnMap>,
}

/// The settings of a map as they were used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MapSettings {
    /// Effective number of neighbors of a sample.
    pub perplexity: f64,
    /// Neighbors whose affinity is not 0.
    pub n_neighbors: usize,
    /// Gradient steps, early exaggeration included.
    pub n_steps: usize,
    /// Step length, for the gradient written without its factor 4.
    pub learning_rate: f64,
    /// Factor on the affinities in the first steps.
    pub exaggeration: f64,
    /// How many steps that factor holds.
    pub n_exaggerated_steps: usize,
}

/// How faithful a map is to the distances it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MapQuality {
    /// Kullback-Leibler divergence of the map's affinities from the data's, in nats; from 0 up.
    pub kl: f64,
    /// Neighbors counted by trustworthiness and continuity.
    pub k_trust: usize,
    /// Are the neighbors on the map neighbors in the data? From 0 to 1.
    pub trustworthiness: f64,
    /// Are the neighbors in the data neighbors on the map? From 0 to 1.
    pub continuity: f64,
    /// Neighbors counted by `neighbors_kept` and the classes' shares.
    pub k_kept: usize,
    /// Share of the nearest neighbors in the data that are so on the map too, from 0 to 1.
    pub neighbors_kept: f64,
    /// Spearman's correlation of the distances between class centers in the data and on the map,
    /// from -1 to 1; `None` with fewer than three classes.
    pub class_center_correlation: Option<f64>,
}

/// How one class lies on a map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassOnMap {
    /// The class, an index into the class names.
    pub class: usize,
    /// Mean position of its samples.
    pub center: [f64; 2],
    /// Mean share of its samples' nearest neighbors on the map that are of the class, from 0 to 1.
    pub share_on_map: f64,
    /// The same of the nearest neighbors in the data.
    pub share_in_data: f64,
    /// The share that chance gives: other samples of the class over all other samples.
    pub share_by_chance: f64,
    /// The other class most often among its samples' nearest neighbors on the map, and the share it
    /// has; `None` where no other class is.
    pub most_mixed_with: Option<(usize, f64)>,
}
