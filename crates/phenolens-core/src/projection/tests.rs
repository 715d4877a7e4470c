use std::path::{Path, PathBuf};
use std::{env, fs};

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

/// The same above the number of samples up to which the gradient is exact: points are ordered anew, the
/// grid is filled by several workers and replaced as the map grows.
#[test]
fn the_bits_of_large_maps_depend_on_neither_threads_nor_instruction_set() {
    let n = gradient::MAX_EXACT + 101;
    let dataset = dataset(normal_values(n * 3, 7), 3, 4);
    let params = MapParams {
        n_steps: 60,
        perplexity: Some(5.0),
        ..MapParams::default()
    };
    let tables = nearest_neighbors(&dataset, &[Distance::Euclidean], 15, &Machine::default());
    let mut first = None;
    for (n_threads, set) in [1, 2, 3, 8].into_iter().flat_map(|n_threads| {
        InstructionSet::available()
            .into_iter()
            .map(move |set| (n_threads, set))
    }) {
        let machine = Machine {
            instruction_set: set,
            progress: &Silent,
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .unwrap();
        let settings = params.check(n).unwrap();
        let found = pool.install(|| {
            let affinities = affinities::affinities(&tables[0], &settings, set);
            let mut positions = start::start(&dataset, Distance::Euclidean, set);
            descent::descend(&affinities, &settings, &mut positions, &machine).unwrap();
            positions
        });
        let first = first.get_or_insert_with(|| found.clone());
        assert_eq!(*first, found, "{n_threads} threads, {set:?}");
    }
}

/// The vectors of the first users' file, if it is here. Only this test reads it in this crate,
/// and by its look alone: each vector is a byte string of 320 values, after its 5-byte header.
fn real_vectors() -> Option<Vec<f32>> {
    let name = "mini_gm_public_v0.1.p";
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    let path = env::var_os("PHENOLENS_REAL_DATA").map_or(beside, PathBuf::from);
    let bytes = fs::read(path).ok()?;
    let header = [b'B', 0, 5, 0, 0];
    let (mut values, mut at) = (Vec::new(), 0);
    while let Some(found) = bytes[at..].windows(5).position(|window| window == header) {
        let start = at + found + 5;
        let (vector, _) = bytes[start..start + 1280].as_chunks::<4>();
        values.extend(vector.iter().map(|&value| f32::from_le_bytes(value)));
        at = start + 1280;
    }
    Some(values)
}

#[test]
fn the_real_file_is_mapped_as_well_as_by_scikit_learn() {
    let Some(vectors) = real_vectors() else {
        eprintln!("SKIPPED: the real data file is not here; set PHENOLENS_REAL_DATA to its path");
        return;
    };
    let dataset = dataset(vectors, 320, 1);
    assert_eq!(dataset.n_samples(), 1116);
    let set = InstructionSet::detect();
    let perplexities = (0..16).map(|step| 28.5 + 0.2 * f64::from(step));
    let qualities: Vec<MapQuality> = perplexities
        .map(|perplexity| {
            let params = MapParams {
                perplexity: Some(perplexity),
                ..MapParams::default()
            };
            let found = map(&dataset, Distance::Euclidean, &params, set);
            found.unwrap().quality
        })
        .collect();
    let mean = |figure: fn(&MapQuality) -> f64| qualities.iter().map(figure).sum::<f64>() / 16.0;
    // scikit-learn 1.9.1 by tests/reference/tsne_spread.py: 2.0124 and 0.8419. Single maps vary by some
    // 0.03 and 0.005, so that the means of 16 differ by chance by up to 0.02 and 0.0035 (two standard
    // errors). Allowed are 1 % of the divergence, and a trustworthiness as far below as single maps vary.
    let (kl, trustworthiness) = (mean(|q| q.kl), mean(|q| q.trustworthiness));
    assert!(kl <= 1.01 * 2.0124, "{kl}");
    assert!(trustworthiness >= 0.8419 - 0.005, "{trustworthiness}");
    assert!(qualities.iter().all(|quality| quality.k_trust == 12));
}

/// Tight clusters far apart stay apart: every sample's neighbors are of its own.
#[test]
fn separate_clusters_are_separate_on_the_map() {
    let mut values = normal_values(120 * 10, 2);
    for (cell, value) in values.iter_mut().enumerate() {
        // Sample i belongs to class i % 4, far out along the dimension of that number.
        let (sample, dimension) = (cell / 10, cell % 10);
        *value = 0.3 * *value + if dimension == sample % 4 { 8.0 } else { 1.0 };
    }
    let dataset = dataset(values, 10, 4);
    let params = MapParams {
        perplexity: Some(8.0),
        ..MapParams::default()
    };
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let found = map(&dataset, distance, &params, InstructionSet::detect()).unwrap();
        for class in &found.classes {
            assert_eq!((class.share_on_map, class.share_in_data), (1.0, 1.0));
            assert_eq!(class.most_mixed_with, None);
        }
        assert!(found.quality.trustworthiness > 0.95 && found.quality.continuity > 0.95);
        assert!(
            (0.0..1.0).contains(&found.quality.kl),
            "{:?}",
            found.quality
        );
    }
}

/// Whatever the data, a map has finite positions around the origin and figures in their ranges.
#[test]
fn odd_data_have_a_map() {
    let simplex: Vec<f32> = (0..144).map(|cell| f32::from(cell % 13 == 0)).collect();
    let mut duplicates = normal_values(60, 3);
    duplicates.extend_from_within(..);
    let mut outlier = normal_values(90, 4);
    outlier[0] = 3e38;
    let cases = [
        ("four samples", dataset(normal_values(8, 1), 2, 2)),
        ("five samples", dataset(normal_values(10, 1), 2, 5)),
        ("duplicates", dataset(duplicates, 3, 3)),
        ("all equal", dataset(vec![0.5; 60], 3, 4)),
        ("all equally far", dataset(simplex, 12, 3)),
        (
            "one dimension",
            dataset((1..=50).map(|i| i as f32).collect(), 1, 3),
        ),
        ("an outlier", dataset(outlier, 3, 3)),
        (
            "tiny values",
            dataset(
                normal_values(90, 5).iter().map(|x| x * 1e-40).collect(),
                3,
                3,
            ),
        ),
    ];
    for (name, dataset) in &cases {
        for distance in [Distance::Cosine, Distance::Euclidean] {
            let found = map(
                dataset,
                distance,
                &MapParams::default(),
                InstructionSet::detect(),
            );
            let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
            let n = dataset.n_samples();
            assert_eq!(found.positions.len(), n);
            for axis in 0..2 {
                let sum: f64 = found.positions.iter().map(|p| p[axis]).sum();
                let size: f64 = found.positions.iter().map(|p| p[axis].abs()).sum();
                assert!(
                    sum.abs() <= 1e-12 * size && size > 0.0,
                    "{name}: {sum} {size}"
                );
            }
            let quality = &found.quality;
            assert!(
                quality.kl >= -1e-12 && quality.kl.is_finite(),
                "{name}: {quality:?}"
            );
            assert!(2 * n > 3 * quality.k_trust + 1, "{name}: {quality:?}");
            assert!(
                quality.k_trust >= 1 && quality.k_kept < n,
                "{name}: {quality:?}"
            );
            for share in [
                quality.trustworthiness,
                quality.continuity,
                quality.neighbors_kept,
            ] {
                assert!((0.0..=1.0).contains(&share), "{name}: {quality:?}");
            }
            if let Some(correlation) = quality.class_center_correlation {
                assert!(correlation.abs() <= 1.0 + 1e-12, "{name}: {quality:?}");
            }
        }
    }
}

#[test]
fn a_table_that_does_not_suit_is_refused() {
    let dataset = dataset(normal_values(40 * 3, 1), 3, 2);
    let table = |n_samples: usize, n_neighbors: usize| {
        let n_cells = n_samples * n_neighbors;
        Neighbors::from_parts(
            Distance::Cosine,
            n_samples,
            n_neighbors,
            vec![0; n_cells],
            vec![0.0; n_cells],
        )
    };
    let check = |table: &Neighbors, expected: MapError| {
        let params = MapParams {
            perplexity: Some(5.0),
            ..MapParams::default()
        };
        let result = project(&dataset, table, &params, &Machine::default());
        assert_eq!(result, Err(expected));
    };
    check(
        &table(39, 15),
        MapError::TableSamples {
            n_in_table: 39,
            n_samples: 40,
        },
    );
    let (n_in_table, n_neighbors, perplexity) = (14, 15, 5.0);
    check(
        &table(40, 14),
        MapError::TableNeighbors {
            n_in_table,
            n_neighbors,
            perplexity,
        },
    );
}
