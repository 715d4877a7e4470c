use super::*;
use crate::kernels::InstructionSet;
use crate::machine::Machine;
use crate::neighbors::{Keys, nearest_neighbors};
use crate::projection::MapParams;
use crate::projection::tests::{dataset, normal_values};

/// Settings of which only these matter here.
fn settings(
    n_samples: usize,
    n_neighbors: usize,
    perplexity: f64,
    affinities: Affinities,
) -> MapSettings {
    let settings = MapParams::default().check(n_samples).unwrap();
    MapSettings {
        n_neighbors,
        perplexity,
        affinities,
        ..settings
    }
}

fn entropy(probabilities: &[f64]) -> f64 {
    let terms = probabilities.iter().filter(|&&p| p > 0.0);
    -terms.map(|p| p * p.ln()).sum::<f64>()
}

/// Checks that a row becomes probabilities of the wanted perplexity, falling with the distance.
fn check_row(squared: &[f64], perplexity: f64) {
    let mut row = squared.to_vec();
    conditional_probabilities(
        InstructionSet::detect(),
        &mut row,
        perplexity,
        &mut Vec::new(),
    );
    // The search stops within 1e-10 nats of the wanted entropy; the rest is rounding.
    let error = (entropy(&row) - perplexity.ln()).abs();
    assert!(error < 2e-10, "{squared:?}, {perplexity}: {error}");
    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    assert!(row.is_sorted_by(|a, b| a >= b), "{row:?}");
}

#[test]
fn rows_reach_their_perplexity() {
    let even: Vec<f64> = (1..=90).map(f64::from).collect();
    for perplexity in [1.001, 2.0, 30.0, 89.0, 89.999] {
        check_row(&even, perplexity);
    }
    let scaled = |factor: f64| even.iter().map(|d| d * factor).collect::<Vec<f64>>();
    for factor in [1e-80, 1e-20, 1e20, 1e80] {
        check_row(&scaled(factor), 30.0);
    }
    // A duplicate, a narrow shell far away, and distances of every size.
    check_row(&[0.0, 1.0, 1.0, 1.0, 1.0, 1.0], 2.0);
    let shell: Vec<f64> = (0..90).map(|i| 1e6 + f64::from(i) * 1e-3).collect();
    check_row(&shell, 30.0);
    let every_size: Vec<f64> = (0..40).map(|i| 10_f64.powi(i - 20)).collect();
    check_row(&every_size, 10.0);
}

#[test]
fn ties_that_exceed_the_perplexity_share_all() {
    let check = |squared: &[f64], perplexity: f64, expected: &[f64]| {
        let mut row = squared.to_vec();
        conditional_probabilities(InstructionSet::PLAIN, &mut row, perplexity, &mut Vec::new());
        assert_eq!(row, expected);
    };
    check(&[4.0; 4], 2.0, &[0.25; 4]);
    check(&[0.0; 4], 1.5, &[0.25; 4]);
    check(&[0.0, 0.0, 1.0, 9.0], 1.5, &[0.5, 0.5, 0.0, 0.0]);
    check(&[3.0, 4.0, 5.0], 1.0, &[1.0, 0.0, 0.0]);
}

/// The affinities by definition in full: squared distances of the vectors or of the unit vectors, β by
/// bisection, nothing shared with the module.
fn by_definition(
    vectors: &[Vec<f64>],
    distance: Distance,
    n_neighbors: usize,
    perplexity: f64,
) -> Vec<Vec<f64>> {
    let n = vectors.len();
    let points: Vec<Vec<f64>> = vectors
        .iter()
        .map(|vector| match distance {
            Distance::Euclidean => vector.clone(),
            Distance::Cosine => {
                let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
                vector.iter().map(|x| x / norm).collect()
            }
        })
        .collect();
    let squared = |i: usize, j: usize| -> f64 {
        let pairs = points[i].iter().zip(&points[j]);
        pairs.map(|(x, y)| (x - y).powi(2)).sum()
    };
    let conditional = |i: usize| -> Vec<f64> {
        let mut others: Vec<usize> = (0..n).filter(|&j| j != i).collect();
        others.sort_by(|&a, &b| squared(i, a).total_cmp(&squared(i, b)));
        others.truncate(n_neighbors);
        let (mut low, mut high) = (0.0, 200.0);
        let mut row = Vec::new();
        for _ in 0..100 {
            let beta = (low + high) / 2.0;
            row = vec![0.0; n];
            for &j in &others {
                row[j] = (-beta * squared(i, j)).exp();
            }
            let total: f64 = row.iter().sum();
            row.iter_mut().for_each(|p| *p /= total);
            if entropy(&row) > perplexity.ln() {
                low = beta;
            } else {
                high = beta;
            }
        }
        row
    };
    let rows: Vec<Vec<f64>> = (0..n).map(conditional).collect();
    let symmetric = |i: usize, j: usize| (rows[i][j] + rows[j][i]) / (2.0 * n as f64);
    (0..n)
        .map(|i| (0..n).map(|j| symmetric(i, j)).collect())
        .collect()
}

#[test]
fn affinities_match_their_definition() {
    let (n, n_dims) = (50, 6);
    let dataset = dataset(normal_values(n * n_dims, 3), n_dims, 2);
    let vectors: Vec<Vec<f64>> = (0..n)
        .map(|i| dataset.vector(i).iter().map(|&x| f64::from(x)).collect())
        .collect();
    for distance in [Distance::Euclidean, Distance::Cosine] {
        for perplexity in [3.0, 10.0] {
            let n_neighbors = (3.0 * perplexity) as usize;
            // A table that reaches further than it is read.
            let tables = nearest_neighbors(&dataset, &[distance], 40, &Machine::default());
            let settings = settings(n, n_neighbors, perplexity, Affinities::Perplexity);
            let found = affinities(&tables[0], &settings, InstructionSet::detect());
            let expected = by_definition(&vectors, distance, n_neighbors, perplexity);

            let mut full = vec![vec![0.0; n]; n];
            for (i, row) in full.iter_mut().enumerate() {
                let (columns, values) = found.row(i);
                assert!(columns.is_sorted_by(|a, b| a < b));
                for (&j, &p) in columns.iter().zip(values) {
                    row[j as usize] = f64::from(p);
                }
            }
            let total: f64 = found.values.iter().copied().map(f64::from).sum();
            // Each is rounded to 32 bits, twice: by up to 6e-8 of itself.
            assert!((total - 1.0).abs() < 1.2e-7, "{total}");
            for i in 0..n {
                assert_eq!(full[i][i], 0.0);
                for j in 0..n {
                    assert_eq!(full[i][j], full[j][i]);
                    // An entropy within 1e-10 leaves β, and with it p, within a few 1e-10 of its size;
                    // the two roundings to 32 bits are far larger.
                    let difference = (full[i][j] - expected[i][j]).abs();
                    assert!(difference <= 1.3e-7 * expected[i][j], "{difference}");
                }
            }
        }
    }
}

#[test]
fn duplicates_have_the_affinities_of_their_ties() {
    // Four equal samples and four far ones: each of the first sees three neighbors at distance 0.
    let mut values = vec![1.0_f32; 8];
    values.extend([9.0, 0.0, 0.0, 9.0, -9.0, 0.5, 0.5, -9.0]);
    let dataset = dataset(values, 2, 1);
    let distance = Distance::Euclidean;
    let keys = Keys::new(&dataset, distance, InstructionSet::PLAIN);
    assert_eq!(keys.key(0, 3), 0.0);
    let tables = nearest_neighbors(&dataset, &[distance], 6, &Machine::default());
    let settings = settings(8, 6, 2.0, Affinities::Perplexity);
    let found = affinities(&tables[0], &settings, InstructionSet::detect());
    let total: f64 = found.values.iter().copied().map(f64::from).sum();
    assert!((total - 1.0).abs() < 1.2e-7 && found.values.iter().all(|p| p.is_finite()));
    let (columns, values) = found.row(0);
    let p = columns.iter().zip(values).find(|&(&column, _)| column == 1);
    // A third in 32 bits, doubled and divided by powers of 2.
    assert_eq!(p.map(|(_, &p)| p), Some(2.0 * (1.0_f32 / 3.0) / 16.0));
}

/// Uniform affinities are 1 / 2nk for a neighbor on one side, twice that on both.
#[test]
fn uniform_affinities_count_who_is_whose_neighbor() {
    let (n, k) = (30, 4);
    let dataset = dataset(normal_values(n * 3, 4), 3, 1);
    let tables = nearest_neighbors(&dataset, &[Distance::Euclidean], k, &Machine::default());
    let settings = settings(n, k, 2.0, Affinities::Uniform);
    let found = affinities(&tables[0], &settings, InstructionSet::detect());
    let mut n_cells = 0;
    for i in 0..n {
        let (columns, values) = found.row(i);
        n_cells += columns.len();
        for (&j, &p) in columns.iter().zip(values) {
            let is_neighbor = |of: usize, other: u32| tables[0].indices(of)[..k].contains(&other);
            let n_sides =
                usize::from(is_neighbor(i, j)) + usize::from(is_neighbor(j as usize, i as u32));
            let expected = n_sides as f64 / (2 * n * k) as f64;
            assert!((f64::from(p) - expected).abs() < 1e-7 * expected);
        }
    }
    let mut pairs: Vec<[usize; 2]> = (0..n)
        .flat_map(|i| {
            tables[0].indices(i)[..k]
                .iter()
                .map(move |&j| [i, j as usize])
        })
        .flat_map(|[i, j]| [[i, j], [j, i]])
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!(n_cells, pairs.len());
}

/// Those of perplexity 8 are the mean of those of 8, 4 and 2.
#[test]
fn multiscale_affinities_are_means() {
    let (n, k) = (40, 24);
    let dataset = dataset(normal_values(n * 3, 6), 3, 1);
    let tables = nearest_neighbors(&dataset, &[Distance::Cosine], k, &Machine::default());
    let of = |perplexity: f64, kind: Affinities| {
        let settings = settings(n, k, perplexity, kind);
        affinities(&tables[0], &settings, InstructionSet::detect())
    };
    let scales = [8.0, 4.0, 2.0].map(|perplexity| of(perplexity, Affinities::Perplexity));
    let found = of(8.0, Affinities::Multiscale);
    assert_eq!(found.columns, scales[0].columns);
    for (cell, &p) in found.values.iter().enumerate() {
        let expected = scales
            .iter()
            .map(|scale| f64::from(scale.values[cell]))
            .sum::<f64>()
            / 3.0;
        // A few roundings to 32 bits.
        assert!(
            (f64::from(p) - expected).abs() <= 4e-7 * expected,
            "{p} {expected}"
        );
    }
}

/// Against the mathematical library, which shares nothing with it and errs by less than 1e-16.
#[test]
fn exponentials_are_those_of_the_library() {
    let mut values: Vec<f64> = (0..20_011).map(|i| -f64::from(i) * 0.035).collect();
    values.extend([
        -0.0,
        -1e-300,
        -1e-17,
        -699.999,
        -700.0,
        -745.0,
        -1e300,
        f64::NEG_INFINITY,
    ]);
    let mut of_plain = None;
    for set in InstructionSet::available() {
        let mut found = values.clone();
        search::exponentials(set, &mut found);
        for (&x, &found) in values.iter().zip(&found) {
            let expected = if x > -700.0 { libm::exp(x) } else { 0.0 };
            assert!(
                (found - expected).abs() <= 1e-15 * expected,
                "{x}: {found}, {expected}"
            );
        }
        let bits: Vec<u64> = found.iter().map(|value| value.to_bits()).collect();
        assert_eq!(*of_plain.get_or_insert(bits.clone()), bits, "{set:?}");
    }
}
