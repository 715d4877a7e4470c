//! The samples in two dimensions by t-SNE, and how far to trust that picture.

mod affinities;
mod descent;
mod error;
mod gradient;
mod order;
mod params;
mod quality;
mod start;
#[cfg(test)]
mod tests;

pub use error::MapError;
pub use params::{Affinities, MapParams};

use serde::Serialize;

use crate::dataset::Dataset;
use crate::machine::{Machine, Phase};
use crate::neighbors::{Distance, Neighbors, Recall};

/// One map and its quality; a map without its quality is not shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Projection {
    /// The distance whose neighbors the map shows.
    pub distance: Distance,
    /// What the table of neighbors held of the exact ones; `None` of an exact table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<Recall>,
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
    /// Gradient steps taken, early exaggeration included.
    pub n_steps: usize,
    /// Step length, for the gradient written without its factor 4.
    pub learning_rate: f64,
    /// The same once affinities are exaggerated no more.
    pub late_learning_rate: f64,
    /// Factor on the affinities in the first steps.
    pub exaggeration: f64,
    /// How many steps that factor holds.
    pub n_exaggerated_steps: usize,
    /// Factor on the affinities in the other steps.
    pub late_exaggeration: f64,
    /// How the distances to the neighbors became affinities.
    pub affinities: Affinities,
    /// Share of the divergence by which 50 steps must lower it for the descent to go on.
    pub least_progress: Option<f64>,
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
    /// Samples whose neighborhoods were compared, drawn at random; `None` if all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_sampled: Option<usize>,
    /// Standard error of the trustworthiness, for the draw; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trustworthiness_error: Option<f64>,
    /// Standard error of the continuity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuity_error: Option<f64>,
    /// Standard error of the share of neighbors kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neighbors_kept_error: Option<f64>,
    /// Spearman's correlation of the distances between class centers in the data and on the map,
    /// from -1 to 1; `None` with fewer than three classes, where all these distances are equal, or
    /// where a center has no direction.
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
    /// Samples of the class whose neighbors were counted for these shares, drawn at random; `None` if
    /// all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_sampled: Option<usize>,
    /// The other class most often among its samples' nearest neighbors on the map, and the share it
    /// has; `None` where no other class is.
    pub most_mixed_with: Option<(usize, f64)>,
}

/// Lays the samples out in two dimensions by t-SNE, so that neighbors in the data are neighbors on the
/// map, and measures how well that went.
///
/// The affinities of the data are those of its nearest neighbors at the wanted perplexity; the map
/// starts from the first two principal components and descends the gradient of the Kullback-Leibler
/// divergence, which is exact for up to 4,000 samples and interpolated for more. Repeatable to the bit, on any number of threads and any instruction
/// set.
///
/// * `neighbors`: the table of the same dataset for the distance that the map is to show, with at
///   least [`MapParams::n_neighbors`] neighbors of each sample.
///
/// Takes O(n perplexity n_steps) time, that of the grid of the map's area in each step, and that of its
/// quality, O(n² d) up to 20,000 samples and O(n d) above; beside the table, O(n perplexity) memory.
/// Progress is told in steps, with the divergence.
///
/// # Errors
/// If a setting or the table does not suit the dataset, before any work starts; if the steps are so
/// long that the map flies apart.
///
/// # Source
/// van der Maaten & Hinton (2008), Visualizing data using t-SNE, Journal of Machine Learning Research
/// 9, 2579–2605. Each part names its own.
pub fn project(
    dataset: &Dataset,
    neighbors: &Neighbors,
    params: &MapParams,
    machine: &Machine,
) -> Result<Projection, MapError> {
    let n_samples = dataset.n_samples();
    let mut settings = params.check(n_samples)?;
    check_table(neighbors, n_samples, &settings)?;
    let distance = neighbors.distance();
    let instruction_set = machine.instruction_set;

    let affinities = affinities::affinities(neighbors, &settings, instruction_set);
    let mut positions = start::start(dataset, distance, instruction_set);
    // One visit to the pool for all steps: handing each of them over would take as long as the step.
    settings.n_steps =
        rayon::scope(|_| descent::descend(&affinities, &settings, &mut positions, machine))?;
    machine.progress.report(Phase::MapQuality, 0, n_samples);
    let (quality, classes) =
        quality::quality(dataset, distance, &affinities, &positions, instruction_set);
    machine
        .progress
        .report(Phase::MapQuality, n_samples, n_samples);
    Ok(Projection {
        distance,
        recall: neighbors.recall(),
        positions,
        settings,
        quality,
        classes,
    })
}

fn check_table(
    neighbors: &Neighbors,
    n_samples: usize,
    settings: &MapSettings,
) -> Result<(), MapError> {
    if neighbors.n_samples() != n_samples {
        return Err(MapError::TableSamples {
            n_in_table: neighbors.n_samples(),
            n_samples,
        });
    }
    if neighbors.n_neighbors() < settings.n_neighbors {
        return Err(MapError::TableNeighbors {
            n_in_table: neighbors.n_neighbors(),
            n_neighbors: settings.n_neighbors,
            perplexity: settings.perplexity,
        });
    }
    Ok(())
}
