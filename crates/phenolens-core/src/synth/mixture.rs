//! A mixture of clusters on curved sheets: data of any size, to time neighbors and maps on.
//!
//! # The model
//!
//! Sample `i` of cluster `c`, with `q = 40` factors of which a cluster uses about ten directions, is
//!
//! ```text
//! x  =  L (m_c  +  s_c B_c z  +  Q_c (z² - 0.8) / 4)  +  0.03 e
//! ```
//!
//! * `L`: shape `(n_dims, q)`, normal numbers over `√n_dims`: factors become vectors;
//! * `m_c`: the center, normal numbers times 0.18: clusters overlap somewhat;
//! * `B_c`, `Q_c`: shape `(q, 10)`, normal numbers over `√q`: the directions of the sheet, and how it
//!   curves along each; `s_c` between 0.6 and 1.4;
//! * `z`: ten normal numbers, whose standard deviations fall evenly from 1.3 to 0.5; squared one by one;
//! * `e`: noise, `n_dims` normal numbers.
//!
//! A sample is of cluster `c` with a probability from a Dirichlet distribution whose parameters are all
//! 8, so that sizes differ by a few times.
//!
//! Samples are made in blocks of 10,000, each with a random stream of its own, one sample after
//! another: a smaller set is the beginning of a larger one, and threads do not change a bit.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::params::check_size;
use super::{Part, SynthError, seeded};
use crate::dataset::{Dataset, SampleId};
use crate::random::Stream;

/// The size of a mixture.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureParams {
    /// Samples of all clusters; at least 1.
    pub n_samples: usize,
    /// Values of each vector; at least 1.
    pub n_dims: usize,
    /// Clusters, one class each; at least 1. Those that no sample is of do not appear.
    pub n_classes: usize,
    /// Seed of every random choice.
    pub seed: u64,
}

impl Default for MixtureParams {
    fn default() -> MixtureParams {
        MixtureParams {
            n_samples: 10_000,
            n_dims: 320,
            n_classes: 50,
            seed: 42,
        }
    }
}

/// Samples with one random stream.
const BLOCK: usize = 10_000;

/// Dimensions of the space in which the sheets lie.
const N_FACTORS: usize = 40;

/// Dimensions of a sheet.
const N_DIRECTIONS: usize = 10;

/// Standard deviation of the centers in each factor.
const CENTER_SPREAD: f64 = 0.18;

/// Standard deviations along the first and the last direction of a sheet.
const LONGEST: f64 = 1.3;
const SHORTEST: f64 = 0.5;

/// How far a sheet curves, and the square at which it does not.
const CURVATURE: f64 = 0.25;
const LEVEL: f64 = 0.8;

/// Standard deviation of the noise in each dimension.
const NOISE: f64 = 0.03;

/// The parameter of the Dirichlet distribution of the clusters' weights.
const EVENNESS: usize = 8;

/// Makes a mixture by the model of this module; every sample is a subject of its own.
///
/// The ids say that they are made up: `cluster-01`, `subject-0000001`, `image-0000001`. The same
/// parameters give the same bits on every machine, and fewer samples the beginning of more.
///
/// Takes O(n d) time, threads of the current pool, and memory for the vectors and ids.
///
/// # Errors
/// If there is to be no sample, dimension or class, or more than can be held.
pub fn mixture(params: &MixtureParams) -> Result<Dataset, SynthError> {
    for (what, n) in [
        ("samples", params.n_samples),
        ("dimensions", params.n_dims),
        ("classes", params.n_classes),
    ] {
        if n < 1 {
            let least = 1;
            return Err(SynthError::TooFew { what, n, least });
        }
    }
    check_size(params.n_samples, params.n_dims)?;
    let model = Model::new(params);
    let mut vectors = vec![0.0_f32; params.n_samples * params.n_dims];
    let mut clusters = vec![0_usize; params.n_samples];
    vectors
        .par_chunks_mut(BLOCK * params.n_dims)
        .zip(clusters.par_chunks_mut(BLOCK))
        .enumerate()
        .for_each(|(block, (vectors, clusters))| {
            let mut stream = seeded(params.seed, Part::Block, block);
            let mut scratch = vec![0.0; params.n_dims];
            let rows = vectors.chunks_exact_mut(params.n_dims);
            for (vector, cluster) in rows.zip(clusters) {
                *cluster = model.sample(&mut stream, &mut scratch, vector);
            }
        });
    let ids = clusters.iter().enumerate().map(|(sample, &cluster)| {
        let number = sample + 1;
        SampleId {
            class: format!("cluster-{:02}", cluster + 1),
            subject: format!("subject-{number:07}"),
            sample: format!("image-{number:07}"),
        }
    });
    let dataset = Dataset::new(vectors, params.n_dims, ids.collect());
    Ok(dataset.expect("sums of a few normal numbers are finite, and not all of them zero"))
}

/// Everything that the samples have in common.
struct Model {
    /// Shape `(N_FACTORS, n_dims)`, row-major.
    lift: Vec<f64>,
    clusters: Vec<Cluster>,
    /// Of each cluster and those before it, rising to 1.
    cumulative_weights: Vec<f64>,
}

/// One sheet, among the factors.
struct Cluster {
    center: [f64; N_FACTORS],
    /// `s_c B_c`, one row for each direction.
    directions: [[f64; N_FACTORS]; N_DIRECTIONS],
    /// `Q_c / 4`, one row for each direction.
    curvature: [[f64; N_FACTORS]; N_DIRECTIONS],
}

impl Model {
    fn new(params: &MixtureParams) -> Model {
        let mut stream = seeded(params.seed, Part::Clusters, 0);
        let mut weights: Vec<f64> = (0..params.n_classes).map(|_| gamma(&mut stream)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        for weight in &mut weights {
            sum += *weight / total;
            *weight = sum;
        }
        let lift_scale = 1.0 / (params.n_dims as f64).sqrt();
        let mut of_lift = seeded(params.seed, Part::Clusters, 1);
        let lift = (0..N_FACTORS * params.n_dims).map(|_| lift_scale * of_lift.normal());
        let cluster = |class| Cluster::new(&mut seeded(params.seed, Part::Clusters, 2 + class));
        Model {
            lift: lift.collect(),
            clusters: (0..params.n_classes).map(cluster).collect(),
            cumulative_weights: weights,
        }
    }

    /// Draws the next sample into `vector`, and gives its cluster; `scratch` is as long as the vector.
    fn sample(&self, stream: &mut Stream, scratch: &mut [f64], vector: &mut [f32]) -> usize {
        let place = stream.unit();
        let below = self.cumulative_weights.partition_point(|&sum| sum <= place);
        let index = below.min(self.clusters.len() - 1);
        let cluster = &self.clusters[index];
        let mut factors = cluster.center;
        let mut coordinates = [0.0; N_DIRECTIONS];
        normals(stream, &mut coordinates);
        for (direction, coordinate) in coordinates.into_iter().enumerate() {
            let share = direction as f64 / (N_DIRECTIONS - 1) as f64;
            let coordinate = coordinate * (LONGEST + share * (SHORTEST - LONGEST));
            let bend = coordinate * coordinate - LEVEL;
            let along = cluster.directions[direction].iter();
            let across = cluster.curvature[direction].iter();
            for (factor, (along, across)) in factors.iter_mut().zip(along.zip(across)) {
                *factor += coordinate * along + bend * across;
            }
        }
        normals(stream, scratch);
        for value in scratch.iter_mut() {
            *value *= NOISE;
        }
        for (factor, row) in factors.iter().zip(self.lift.chunks_exact(scratch.len())) {
            for (value, along) in scratch.iter_mut().zip(row) {
                *value += factor * along;
            }
        }
        for (single, &value) in vector.iter_mut().zip(scratch.iter()) {
            *single = value as f32;
        }
        index
    }
}

impl Cluster {
    fn new(stream: &mut Stream) -> Cluster {
        let spread = 0.6 + 0.8 * stream.unit();
        let each = 1.0 / (N_FACTORS as f64).sqrt();
        let mut row = |scale: f64| std::array::from_fn(|_| scale * stream.normal());
        Cluster {
            center: row(CENTER_SPREAD),
            directions: std::array::from_fn(|_| row(spread * each)),
            curvature: std::array::from_fn(|_| row(CURVATURE * each)),
        }
    }
}

fn normals(stream: &mut Stream, values: &mut [f64]) {
    for pair in values.chunks_mut(2) {
        let both = stream.normal_pair();
        pair.copy_from_slice(&both[..pair.len()]);
    }
}

/// A number from the gamma distribution of shape [`EVENNESS`]: a sum of exponential numbers. Divided by
/// their sum, such numbers have a Dirichlet distribution.
fn gamma(stream: &mut Stream) -> f64 {
    (0..EVENNESS).map(|_| -libm::log(1.0 - stream.unit())).sum()
}
