//! The 64-bit distances of pairs, by every instruction set that this processor has.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use phenolens_core::kernels::InstructionSet;
use phenolens_core::neighbors::{Distance, Keys};
use phenolens_core::synth::{MixtureParams, mixture};

/// Pairs in each measurement: one row with all others.
const N_SAMPLES: usize = 1000;

fn keys(criterion: &mut Criterion) {
    for n_dims in [40, 320] {
        let params = MixtureParams {
            n_samples: N_SAMPLES,
            n_dims,
            ..MixtureParams::default()
        };
        let dataset = mixture(&params).expect("a good size");
        let mut group = criterion.benchmark_group(format!("key of a pair, {n_dims} dimensions"));
        group.throughput(Throughput::Elements(N_SAMPLES as u64));
        for distance in [Distance::Cosine, Distance::Euclidean] {
            for set in InstructionSet::available() {
                let keys = Keys::new(&dataset, distance, set);
                let id = BenchmarkId::new(distance.name(), set.name());
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        let all = (0..N_SAMPLES).map(|other| keys.key(black_box(0), other));
                        all.sum::<f64>()
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, keys);
criterion_main!(benches);
