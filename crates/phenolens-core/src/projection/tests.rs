use super::*;
use crate::dataset::SampleId;
use crate::kernels::InstructionSet;
use crate::machine::Silent;
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};

/// Row-major vectors with classes `a`, `b`, `c`, … as the rows' remainders.
pub(super) fn dataset(vectors: Vec<f32>, n_dims: usize, n_classes: usize) -> Dataset {
    let id = |row: usize| SampleId {
        class: format!("{:03}", row % n_classes),
        subject: format!("s{row}"),
        sample: format!("{row}"),
    };
    let ids = (0..vectors.len() / n_dims).map(id).collect();
    Dataset::new(vectors, n_dims, ids).unwrap()
}

pub(super) fn normal_values(len: usize, seed: u64) -> Vec<f32> {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    (0..len).map(|_| stream.normal() as f32).collect()
}

fn map(
    dataset: &Dataset,
    distance: Distance,
    params: &MapParams,
    set: InstructionSet,
) -> Result<Projection, MapError> {
    let machine = Machine {
        instruction_set: set,
        progress: &Silent,
    };
    let n_neighbors = params.n_neighbors(dataset.n_samples());
    let tables = nearest_neighbors(dataset, &[distance], n_neighbors, &machine);
    project(dataset, &tables[0], params, &machine)
}

#[test]
fn the_bits_depend_on_neither_threads_nor_instruction_set() {
    let dataset = dataset(normal_values(150 * 7, 1), 7, 4);
    let params = MapParams {
        n_steps: 120,
        ..MapParams::default()
    };
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let mut first = None;
        for n_threads in 1..=3 {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(n_threads)
                .build()
                .unwrap();
            for set in InstructionSet::available() {
                let found = pool.install(|| map(&dataset, distance, &params, set).unwrap());
                let first = first.get_or_insert_with(|| found.clone());
                assert_eq!(*first, found, "{n_threads} threads, {set:?}");
            }
        }
    }
}
