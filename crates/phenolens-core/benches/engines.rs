//! Neighbors and maps at small sizes: a change that costs a tenth is seen in a minute.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use phenolens_core::Machine;
use phenolens_core::dataset::Dataset;
use phenolens_core::kernels::InstructionSet;
use phenolens_core::neighbors::{Distance, nearest_neighbors};
use phenolens_core::projection::{MapParams, project};
use phenolens_core::synth::{MixtureParams, mixture};

/// Neighbors of each sample.
const K: usize = 15;

/// Gradient steps of a map; the cost of a step does not depend on how many there are.
const N_STEPS: usize = 50;

fn samples(n_samples: usize) -> Dataset {
    let params = MixtureParams {
        n_samples,
        ..MixtureParams::default()
    };
    mixture(&params).expect("a good size")
}

fn neighbors(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("nearest neighbors");
    group.sample_size(10);
    group.measurement_time(Duration::from_secs(3));
    for n_samples in [1000, 4000] {
        let dataset = samples(n_samples);
        group.throughput(Throughput::Elements((n_samples * n_samples) as u64));
        let both = [Distance::Cosine, Distance::Euclidean];
        for (name, distances) in [
            ("cosine", &both[..1]),
            ("euclidean", &both[1..]),
            ("both", &both),
        ] {
            for instruction_set in InstructionSet::available() {
                let machine = Machine {
                    instruction_set,
                    ..Machine::default()
                };
                let name = format!("{name}, {}", instruction_set.name());
                let id = BenchmarkId::new(name, n_samples);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| nearest_neighbors(&dataset, distances, K, &machine));
                });
            }
        }
    }
    group.finish();
}

/// The neighbors are found before the clock runs; the quality of the map is part of the time.
fn map(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("map of 50 steps");
    group.sample_size(10);
    group.measurement_time(Duration::from_secs(3));
    let params = MapParams {
        n_steps: N_STEPS,
        ..MapParams::default()
    };
    for n_samples in [500, 2000] {
        let dataset = samples(n_samples);
        let machine = Machine::default();
        let n_neighbors = params.n_neighbors(n_samples);
        let tables = nearest_neighbors(&dataset, &[Distance::Euclidean], n_neighbors, &machine);
        group.bench_function(BenchmarkId::from_parameter(n_samples), |bencher| {
            bencher.iter(|| project(&dataset, &tables[0], &params, &machine));
        });
    }
    group.finish();
}

criterion_group!(benches, neighbors, map);
criterion_main!(benches);
