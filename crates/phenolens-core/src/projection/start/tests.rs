use super::*;
use crate::projection::tests::{dataset, normal_values};

fn spreads(positions: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|axis| {
        let n = positions.len() as f64;
        let mean = positions.iter().map(|p| p[axis]).sum::<f64>() / n;
        let squares = positions.iter().map(|p| (p[axis] - mean).powi(2));
        (squares.sum::<f64>() / n).sqrt()
    })
}

/// All corners of a box with sides 6, 4 and 2 in the axes 2, 0 and 1, off the origin: the components
/// are the axes, and the coordinates divided by the largest standard deviation are known.
#[test]
fn components_of_a_box_by_hand() {
    let corner = |i: usize, bit: usize| if i >> bit & 1 == 1 { 1.0_f32 } else { -1.0 };
    let values = (0..8)
        .flat_map(|i| {
            [
                2.0 * corner(i, 0) + 5.0,
                corner(i, 1) - 7.0,
                3.0 * corner(i, 2) + 1.0,
            ]
        })
        .collect();
    let dataset = dataset(values, 3, 1);
    for set in InstructionSet::available() {
        for (i, position) in start(&dataset, Distance::Euclidean, set).iter().enumerate() {
            let expected = [corner(i, 2), corner(i, 0) * 2.0 / 3.0].map(|x| f64::from(x) * 1e-4);
            for axis in 0..2 {
                // The iteration leaves each axis within 1e-6 · 9/5 of its direction (residual over gap).
                let error = (position[axis] - expected[axis]).abs();
                assert!(error < 1e-4 * 1e-5, "{i}: {position:?} {expected:?}");
            }
        }
    }
}

/// The variances along the found axes are those of the two leading components, found here by plain
/// power iteration on the covariance with deflation.
#[test]
fn components_have_the_greatest_variances() {
    let (n, n_dims) = (60, 25);
    for distance in [Distance::Euclidean, Distance::Cosine] {
        let mut values = normal_values(n * n_dims, 8);
        for (cell, value) in values.iter_mut().enumerate() {
            // A mean, and variances that fall slowly from dimension to dimension.
            *value = (*value + 0.5) * 0.9_f32.powi((cell % n_dims) as i32);
        }
        let dataset = dataset(values, n_dims, 1);
        let rows: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let row: Vec<f64> = dataset.vector(i).iter().map(|&x| f64::from(x)).collect();
                let norm = match distance {
                    Distance::Euclidean => 1.0,
                    Distance::Cosine => row.iter().map(|x| x * x).sum::<f64>().sqrt(),
                };
                row.iter().map(|x| x / norm).collect()
            })
            .collect();
        let mean = |k: usize| rows.iter().map(|row| row[k]).sum::<f64>() / n as f64;
        let means: Vec<f64> = (0..n_dims).map(mean).collect();
        let covariance = |a: usize, b: usize| {
            let terms = rows
                .iter()
                .map(|row| (row[a] - means[a]) * (row[b] - means[b]));
            terms.sum::<f64>() / n as f64
        };
        let mut matrix: Vec<Vec<f64>> = (0..n_dims)
            .map(|a| (0..n_dims).map(|b| covariance(a, b)).collect())
            .collect();
        let mut components: Vec<(f64, Vec<f64>)> = Vec::new();
        for _ in 0..2 {
            let mut vector: Vec<f64> = (0..n_dims).map(|k| 1.0 + k as f64).collect();
            let mut length = 0.0;
            for _ in 0..5000 {
                let image: Vec<f64> = matrix
                    .iter()
                    .map(|row| row.iter().zip(&vector).map(|(m, v)| m * v).sum())
                    .collect();
                length = image.iter().map(|x| x * x).sum::<f64>().sqrt();
                vector = image.iter().map(|x| x / length).collect();
            }
            for a in 0..n_dims {
                for b in 0..n_dims {
                    matrix[a][b] -= length * vector[a] * vector[b];
                }
            }
            let largest = vector
                .iter()
                .copied()
                .max_by(|a, b| a.abs().total_cmp(&b.abs()));
            if largest < Some(0.0) {
                vector.iter_mut().for_each(|x| *x = -*x);
            }
            components.push((length, vector));
        }

        let positions = start(&dataset, distance, InstructionSet::detect());
        let scale = 1e-4 / components[0].0.sqrt();
        for (row, position) in rows.iter().zip(&positions) {
            for axis in 0..2 {
                let centered = row.iter().zip(&means).map(|(x, mean)| x - mean);
                let along = centered.zip(&components[axis].1).map(|(x, a)| x * a);
                let expected = scale * along.sum::<f64>();
                // Residual 1e-6 over the gap of the variances, here above a tenth of the first.
                let error = (position[axis] - expected).abs();
                assert!(error < 1e-4 * 5e-5, "{position:?}, {expected}");
            }
        }
    }
}

/// Whatever the data lack, the map starts with two axes of about the usual size.
#[test]
fn missing_axes_are_filled() {
    let line: Vec<f32> = (0..30)
        .flat_map(|i| [i as f32, 2.0 * i as f32 + 1.0])
        .collect();
    let cases = [
        (
            "one dimension",
            dataset((1..=30).map(|i| i as f32).collect(), 1, 1),
        ),
        ("a line", dataset(line, 2, 1)),
        ("all equal", dataset([0.1_f32, 0.7, 0.3].repeat(30), 3, 1)),
        ("two samples", dataset(vec![1.0, 2.0, 3.0, 5.0], 2, 1)),
    ];
    for (name, dataset) in &cases {
        for distance in [Distance::Euclidean, Distance::Cosine] {
            let positions = start(dataset, distance, InstructionSet::detect());
            for spread in spreads(&positions) {
                assert!(
                    (1e-6..3e-4).contains(&spread),
                    "{name}, {distance:?}: {spread}"
                );
            }
        }
    }
}

#[test]
fn eigenvalues_of_a_matrix_made_from_them() {
    // A = Q D Qᵀ with Q = I - 2 v vᵀ / v·v, v = (1, 2, .., 8).
    let v: Vec<f64> = (1..=8).map(f64::from).collect();
    let square: f64 = v.iter().map(|x| x * x).sum();
    let q = |i: usize, j: usize| f64::from(i == j) - 2.0 * v[i] * v[j] / square;
    let d = [0.5, -3.0, 7.0, 7.0, 0.0, 1e-3, 4.0, 2.0];
    let matrix: [[f64; 8]; 8] = std::array::from_fn(|i| {
        std::array::from_fn(|j| (0..8).map(|k| q(i, k) * d[k] * q(j, k)).sum())
    });
    let (values, vectors) = eigen(matrix);
    for (value, expected) in values
        .iter()
        .zip([7.0, 7.0, 4.0, 2.0, 0.5, 1e-3, 0.0, -3.0])
    {
        assert!((value - expected).abs() < 1e-13, "{values:?}");
    }
    for k in 0..8 {
        for i in 0..8 {
            let image: f64 = (0..8).map(|j| matrix[i][j] * vectors[j][k]).sum();
            assert!((image - values[k] * vectors[i][k]).abs() < 1e-13);
        }
    }
}
