use super::products::table_by_products;
use super::search::{table_by_sketches, tables_of_both};
use super::*;
use crate::dataset::{Dataset, SampleId};
use crate::kernels::InstructionSet;
use crate::machine::{Machine, Silent};
use crate::random::{Stream, Use};

pub(super) fn dataset(vectors: Vec<f32>, n_dims: usize) -> Dataset {
    let id = |row: usize| SampleId {
        class: "c".into(),
        subject: format!("s{row}"),
        sample: format!("{row}"),
    };
    let ids = (0..vectors.len() / n_dims).map(id).collect();
    Dataset::new(vectors, n_dims, ids).unwrap()
}

/// All others by the definition of the distance, ties by index; shares no code with the search but
/// the order of its 64-bit sums, which is what makes ties ties.
fn by_definition(dataset: &Dataset, distance: Distance, sample: usize) -> Vec<usize> {
    let sum = |terms: Vec<f64>| {
        let mut lanes = [0.0; 16];
        for (index, term) in terms.into_iter().enumerate() {
            lanes[index % 16] += term;
        }
        let eight: [f64; 8] = std::array::from_fn(|i| lanes[i] + lanes[i + 8]);
        let four: [f64; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    };
    let key = |a: usize, b: usize| {
        let zipped = || {
            dataset
                .vector(a)
                .iter()
                .zip(dataset.vector(b))
                .map(|(&x, &y)| (x as f64, y as f64))
        };
        match distance {
            Distance::Euclidean => sum(zipped().map(|(x, y)| (x - y) * (x - y)).collect()),
            Distance::Cosine => {
                let product = sum(zipped().map(|(x, y)| x * y).collect());
                let squares = [
                    sum(zipped().map(|(x, _)| x * x).collect()),
                    sum(zipped().map(|(_, y)| y * y).collect()),
                ];
                1.0 - product / (squares[0] * squares[1]).sqrt()
            }
        }
    };
    let mut others: Vec<usize> = (0..dataset.n_samples())
        .filter(|&other| other != sample)
        .collect();
    others.sort_by(|&a, &b| key(sample, a).total_cmp(&key(sample, b)));
    others
}

/// That many neighbors, and all, which are found in another way.
fn check(dataset: &Dataset, n_neighbors: usize) {
    check_depth(dataset, n_neighbors);
    check_depth(dataset, dataset.n_samples() - 1);
}

fn check_depth(dataset: &Dataset, n_neighbors: usize) {
    for instruction_set in InstructionSet::available() {
        let machine = Machine {
            instruction_set,
            progress: &Silent,
        };
        for table in tables(dataset, n_neighbors, &machine) {
            assert_eq!(
                table.n_neighbors(),
                n_neighbors.min(dataset.n_samples() - 1)
            );
            for sample in 0..dataset.n_samples() {
                let expected = by_definition(dataset, table.distance(), sample);
                let found: Vec<usize> = table
                    .indices(sample)
                    .iter()
                    .map(|&index| index as usize)
                    .collect();
                assert_eq!(
                    found,
                    expected[..table.n_neighbors()],
                    "{:?}",
                    table.distance()
                );
                assert!(table.values(sample).is_sorted());
            }
        }
    }
}

/// Both tables one by one, and the same by one search, also where that one does not pay.
fn tables(dataset: &Dataset, n_neighbors: usize, machine: &Machine) -> Vec<Neighbors> {
    let distances = [Distance::Cosine, Distance::Euclidean];
    let singles =
        distances.map(|distance| nearest_neighbors(dataset, &[distance], n_neighbors, machine));
    let singles = singles.concat();
    assert_eq!(
        nearest_neighbors(dataset, &distances, n_neighbors, machine),
        singles
    );
    if n_neighbors > 0
        && n_neighbors < dataset.n_samples() - 1
        && let Some(both) = tables_of_both(dataset, n_neighbors, f64::INFINITY, machine)
    {
        assert_eq!(both.to_vec(), singles);
    }
    singles
}

pub(super) fn normal_values(len: usize, seed: u64) -> Vec<f32> {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    (0..len).map(|_| stream.normal() as f32).collect()
}

#[test]
fn ordinary_data() {
    for n_dims in [1, 2, 15, 16, 17, 40] {
        for n_neighbors in [0, 1, 5, 200] {
            check(&dataset(normal_values(61 * n_dims, 1), n_dims), n_neighbors);
        }
    }
}

#[test]
fn integer_grids_full_of_ties() {
    let mut stream = Stream::new(2, Use::Synth, 0);
    let values = (0..90 * 3).map(|_| stream.below(3) as f32 + 1.0).collect();
    check(&dataset(values, 3), 7);
}

#[test]
fn duplicates_and_multiples() {
    let mut values = normal_values(20 * 20, 3);
    let copies: Vec<f32> = values.clone();
    values.extend(&copies);
    values.extend(copies.iter().map(|value| value * 2.0));
    values.extend(copies.iter().map(|value| value * 3.0));
    check(&dataset(values, 20), 9);
}

#[test]
fn tiny_spread_around_a_large_mean() {
    let values = normal_values(50 * 33, 4)
        .into_iter()
        .map(|value| 1e6 + value)
        .collect();
    check(&dataset(values, 33), 6);
}

#[test]
fn extreme_scales() {
    let base = normal_values(60 * 18, 5);
    for scale in [1e-44, 1e-38, 1e-30, 1e30, 5e37] {
        let scaled: Vec<f32> = base
            .iter()
            .map(|&value| (value.abs() + 0.1) * scale)
            .collect();
        if scaled
            .chunks(18)
            .all(|row| row.iter().any(|&value| value != 0.0))
        {
            check(&dataset(scaled, 18), 6);
        }
    }
    // Every row its own scale, and one huge outlier.
    let mut mixed: Vec<f32> = base
        .iter()
        .enumerate()
        .map(|(cell, &value)| value * 10_f32.powi((cell / 18 % 60) as i32 - 30))
        .collect();
    mixed[0] = 3e38;
    check(&dataset(mixed, 18), 6);
}

#[test]
fn a_filter_gives_what_brute_force_gives() {
    let dataset = dataset(normal_values(80 * 5, 6), 5);
    let machine = Machine::default();
    let tables = nearest_neighbors(
        &dataset,
        &[Distance::Cosine, Distance::Euclidean],
        10,
        &machine,
    );
    for table in &tables {
        let keys = Keys::new(&dataset, table.distance(), machine.instruction_set);
        let mut found = Vec::new();
        let all: Vec<usize> = (0..80).collect();
        for sample in 0..80 {
            for modulus in [2, 20] {
                let is_candidate = |other: usize| other % modulus == 1;
                table.nearest_where(&keys, sample, 8, is_candidate, &mut found);
                let of_each = |_: usize, other: usize| is_candidate(other);
                let each = table.nearest_of_each(&keys, &[sample], &all, 8, of_each);
                assert_eq!(each[0], found);
                let found: Vec<usize> = found.iter().map(|neighbor| neighbor.sample).collect();
                let expected: Vec<usize> = by_definition(&dataset, table.distance(), sample)
                    .into_iter()
                    .filter(|&other| is_candidate(other))
                    .take(8)
                    .collect();
                assert_eq!(found, expected);
            }
        }
    }
}

/// Many samples at once, among some of the others, each with a filter of its own; so many copies that
/// not all of them can wait to be measured; scales, an offset and ties.
#[test]
fn many_filtered_samples_at_once() {
    let mut stream = Stream::new(17, Use::Synth, 0);
    let mut values: Vec<f32> = (0..400 * 21).map(|_| stream.below(5) as f32).collect();
    values.extend_from_within(..200 * 21);
    for (cell, value) in values.iter_mut().enumerate() {
        *value = match cell / 21 % 50 {
            0 => (*value + 1.0) * 1e25,
            1 => (*value + 1.0) * 1e-25,
            _ => *value + 40.0,
        };
    }
    let one_vector: Vec<f32> = values[2 * 21..3 * 21].to_vec();
    values.extend(one_vector.repeat(2500));
    let dataset = dataset(values, 21);
    let samples: Vec<usize> = (0..dataset.n_samples()).step_by(97).collect();
    let others: Vec<usize> = (0..dataset.n_samples()).filter(|o| o % 7 != 3).collect();
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let in_order = |&sample: &usize| by_definition(&dataset, distance, sample);
        let in_order: Vec<Vec<usize>> = samples.iter().map(in_order).collect();
        for instruction_set in InstructionSet::available() {
            let keys = Keys::new(&dataset, distance, instruction_set);
            let scaling = Scaling::new(&keys);
            for modulus in [1, 4, 2000] {
                let is_candidate =
                    |place: usize, other: usize| (place + other).is_multiple_of(modulus);
                let found = nearest_among(&scaling, &samples, &others, 6, is_candidate);
                for (place, in_order) in in_order.iter().enumerate() {
                    let may = |other: usize| other % 7 != 3 && is_candidate(place, other);
                    let expected = in_order.iter().copied().filter(|&other| may(other));
                    let expected: Vec<usize> = expected.take(6).collect();
                    let found: Vec<usize> = found[place].iter().map(|found| found.1).collect();
                    assert_eq!(found, expected, "{distance:?} {place} {modulus}");
                }
            }
        }
    }
}

#[test]
fn a_duplicate_is_at_distance_0() {
    let mut values = normal_values(4 * 321, 7);
    values.extend_from_within(..321);
    let dataset = dataset(values, 321);
    let machine = Machine::default();
    for table in nearest_neighbors(
        &dataset,
        &[Distance::Cosine, Distance::Euclidean],
        1,
        &machine,
    ) {
        assert_eq!(table.indices(0), [4]);
        assert_eq!(table.values(0), [0.0]);
    }
}

/// Points near curved sheets of few dimensions in many, as embeddings are, in several blocks.
fn sheets(n_samples: usize, n_dims: usize) -> Vec<f32> {
    let mut stream = Stream::new(11, Use::Synth, 0);
    let axes = normal_values(8 * n_dims, 12);
    let mut values = Vec::new();
    for sample in 0..n_samples {
        let mut weights: Vec<f64> = (0..8).map(|_| stream.normal()).collect();
        weights[7] = weights[0] * weights[1] + (sample % 5) as f64;
        for dim in 0..n_dims {
            let along = weights
                .iter()
                .enumerate()
                .map(|(axis, weight)| weight * f64::from(axes[axis * n_dims + dim]));
            values.push((along.sum::<f64>() + 0.1 * stream.normal()) as f32);
        }
    }
    values
}

/// The whole search over several blocks, against the definition for every 29th sample.
fn check_blocks(dataset: &Dataset, n_neighbors: usize) {
    for instruction_set in InstructionSet::available() {
        let machine = Machine {
            instruction_set,
            progress: &Silent,
        };
        for table in tables(dataset, n_neighbors, &machine) {
            // Both ways, whichever of them is taken.
            let distance = table.distance();
            let keys = Keys::new(dataset, distance, instruction_set);
            let by_sketches = table_by_sketches(dataset, &keys, n_neighbors, &machine);
            assert_eq!(by_sketches.as_ref(), Some(&table));
            let by_products = table_by_products(&keys, n_neighbors, &machine);
            assert_eq!(by_products, table);
            for sample in (0..dataset.n_samples()).step_by(29) {
                let expected = by_definition(dataset, distance, sample);
                let found: Vec<usize> = table
                    .indices(sample)
                    .iter()
                    .map(|&index| index as usize)
                    .collect();
                assert_eq!(found, expected[..n_neighbors], "{distance:?} {sample}");
            }
        }
    }
}

#[test]
fn several_blocks_folded_and_not() {
    let sheets_of_many = dataset(sheets(1100, 100), 100);
    check_blocks(&sheets_of_many, 15);
    let both = tables_of_both(&sheets_of_many, 15, 1.1, &Machine::default());
    assert!(both.is_some(), "one search serves both distances");
    check_blocks(&dataset(sheets(700, 100), 100), 90);
    check_blocks(&dataset(normal_values(1030 * 30, 13), 30), 15);
}

#[test]
fn several_blocks_of_ties_copies_and_outliers() {
    let mut stream = Stream::new(14, Use::Synth, 0);
    let grid = (0..900 * 4).map(|_| stream.below(4) as f32 + 1.0).collect();
    check_blocks(&dataset(grid, 4), 12);

    let mut values = sheets(400, 100);
    values.extend_from_within(..);
    values.extend_from_within(..100 * 100);
    for (cell, value) in values.iter_mut().enumerate() {
        *value = match cell / 100 % 97 {
            0 => *value * 1e12,
            1 => *value * 1e-12,
            _ => *value + 30.0,
        };
    }
    check_blocks(&dataset(values, 100), 9);
}

/// More than 128 blocks, from which on neighbors are asked for theirs first.
#[test]
fn many_blocks() {
    let dataset = dataset(sheets(33_000, 12), 12);
    let distances = [Distance::Cosine, Distance::Euclidean];
    for table in nearest_neighbors(&dataset, &distances, 5, &Machine::default()) {
        for sample in (0..dataset.n_samples()).step_by(6599) {
            let expected = by_definition(&dataset, table.distance(), sample);
            let found = table.indices(sample).iter().map(|&index| index as usize);
            assert_eq!(found.collect::<Vec<_>>(), expected[..5], "{sample}");
        }
    }
}

/// Neighbors do not depend on how the work is shared out.
#[test]
fn any_number_of_threads() {
    let dataset = dataset(sheets(1500, 100), 100);
    let table = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
        let pool = pool.build().unwrap();
        let distances = [Distance::Cosine, Distance::Euclidean];
        pool.install(|| nearest_neighbors(&dataset, &distances, 15, &Machine::default()))
    };
    let of_one = table(1);
    assert_eq!(of_one, table(2));
    assert_eq!(of_one, table(8));
}

/// The recall that a table tells is the share of neighbors by definition that it holds, up to four of
/// its standard errors; and distances are exact.
#[test]
fn an_approximate_table_tells_its_recall() {
    let dataset = dataset(sheets(5000, 100), 100);
    for distance in [Distance::Cosine, Distance::Euclidean] {
        for k in [5, 40] {
            let table =
                approximate_neighbors(&dataset, &[distance], k, &Machine::default()).remove(0);
            let recall = table.recall().expect("it is approximate");
            let keys = Keys::new(&dataset, distance, InstructionSet::PLAIN);
            let (mut n_found, mut n_asked) = (0, 0);
            for sample in (0..5000).step_by(41) {
                let expected = &by_definition(&dataset, distance, sample)[..k];
                let found = table.indices(sample);
                n_found += found
                    .iter()
                    .filter(|&&i| expected.contains(&(i as usize)))
                    .count();
                n_asked += k;
                for (&index, &value) in found.iter().zip(table.values(sample)) {
                    assert_eq!(keys.value(sample, index as usize), value);
                }
                assert!(table.values(sample).is_sorted());
            }
            let expected = n_found as f64 / n_asked as f64;
            // The share above has an error of its own, of about the same size per sample.
            let error = recall.standard_error * (1.0 + (1024.0_f64 / 122.0).sqrt()) + 0.002;
            assert!(
                (recall.value - expected).abs() < 4.0 * error,
                "{recall:?} {expected}"
            );
            assert!(recall.value > 0.95, "{recall:?}");
        }
    }
}

#[test]
fn an_approximate_search_does_not_depend_on_threads() {
    let dataset = dataset(sheets(4500, 100), 100);
    let table = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
        let pool = pool.build().unwrap();
        let distances = [Distance::Cosine];
        pool.install(|| approximate_neighbors(&dataset, &distances, 10, &Machine::default()))
    };
    let of_one = table(1);
    assert!(of_one[0].recall().is_some());
    assert_eq!(of_one, table(2));
    assert_eq!(of_one, table(8));
}

#[test]
fn few_samples_are_searched_exactly() {
    let dataset = dataset(sheets(300, 100), 100);
    let distances = [Distance::Cosine, Distance::Euclidean];
    let machine = Machine::default();
    let approximate = approximate_neighbors(&dataset, &distances, 10, &machine);
    assert!(approximate.iter().all(|table| table.recall().is_none()));
    assert_eq!(
        approximate,
        nearest_neighbors(&dataset, &distances, 10, &machine)
    );
}

/// The greatest number of dimensions of which products stay within 32 bits, and one more.
#[test]
fn more_dimensions_than_whole_products_hold() {
    for n_dims in [400_000, 400_001] {
        let levels = [-3.0_f32, 3.0, 2.9, 0.001, -2.8];
        let values = levels.iter().flat_map(|&level| vec![level; n_dims]);
        check_depth(&dataset(values.collect(), n_dims), 2);
    }
}
