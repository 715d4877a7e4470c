use super::class_layout::spearman;
use super::*;
use crate::dataset::SampleId;
use crate::neighbors::Keys;
use crate::projection::tests::{dataset, normal_values};
use crate::random::{Stream, Use};

/// A row of squared distances on the map, as neighbors there are ordered by.
fn map_row(positions: &[[f64; 2]], i: usize) -> Vec<f64> {
    let squared =
        |p: &[f64; 2]| (p[0] - positions[i][0]).powi(2) + (p[1] - positions[i][1]).powi(2);
    positions.iter().map(squared).collect()
}

/// All other samples in the order of the row, ties by index.
fn order(row: &[f64], i: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..row.len()).filter(|&j| j != i).collect();
    others.sort_by(|&a, &b| row[a].total_cmp(&row[b]).then(a.cmp(&b)));
    others
}

/// The definition of Venna & Kaski, word for word: how much the first orders intrude on the second.
fn trust(first: &[Vec<usize>], second: &[Vec<usize>], k: usize) -> f64 {
    let n = first.len();
    let mut sum = 0.0;
    for (first, second) in first.iter().zip(second) {
        for j in &first[..k] {
            if !second[..k].contains(j) {
                let rank = second.iter().position(|other| other == j).unwrap() + 1;
                sum += (rank - k) as f64;
            }
        }
    }
    1.0 - 2.0 / (n as f64 * k as f64 * (2.0 * n as f64 - 3.0 * k as f64 - 1.0)) * sum
}

fn check(dataset: &Dataset, positions: &[[f64; 2]], [k_trust, k_kept]: [usize; 2]) {
    let n = dataset.n_samples();
    for distance in [Distance::Euclidean, Distance::Cosine] {
        let keys = Keys::new(dataset, distance, InstructionSet::PLAIN);
        let row = |i: usize| (0..n).map(|j| keys.key(i, j)).collect::<Vec<f64>>();
        let in_data: Vec<Vec<usize>> = (0..n).map(|i| order(&row(i), i)).collect();
        let on_map: Vec<Vec<usize>> = (0..n).map(|i| order(&map_row(positions, i), i)).collect();
        for set in InstructionSet::available() {
            let found = Neighborhoods::new(
                dataset,
                distance,
                positions,
                [k_trust, k_kept],
                &Draw::all(n),
                set,
            );
            // Whole numbers summed exactly; only the last few operations may be ordered otherwise.
            let expected = trust(&on_map, &in_data, k_trust);
            assert!((found.trustworthiness() - expected).abs() < 1e-14);
            let expected = trust(&in_data, &on_map, k_trust);
            assert!((found.continuity() - expected).abs() < 1e-14);
            let mut n_kept = 0;
            for i in 0..n {
                assert_eq!(found.in_data(i), &in_data[i][..k_kept]);
                assert_eq!(found.on_map(i), &on_map[i][..k_kept]);
                n_kept += in_data[i][..k_kept]
                    .iter()
                    .filter(|j| on_map[i][..k_kept].contains(j))
                    .count();
            }
            assert_eq!(found.share_kept(), n_kept as f64 / (n * k_kept) as f64);

            for class in 0..dataset.n_classes() {
                let found = class_on_map(dataset, class, positions, &found);
                check_class(dataset, positions, &in_data, &on_map, k_kept, &found);
            }
        }
    }
}

fn check_class(
    dataset: &Dataset,
    positions: &[[f64; 2]],
    in_data: &[Vec<usize>],
    on_map: &[Vec<usize>],
    k: usize,
    found: &ClassOnMap,
) {
    let classes = dataset.classes();
    let members: Vec<usize> = (0..classes.len())
        .filter(|&i| classes[i] == found.class)
        .collect();
    let size = members.len() as f64;
    // Share of another class: mean over the members of the share of their neighbors.
    let share = |orders: &[Vec<usize>], class: usize| {
        let count = |i: &usize| {
            orders[*i][..k]
                .iter()
                .filter(|&&j| classes[j] == class)
                .count()
        };
        members
            .iter()
            .map(count)
            .map(|count| count as f64 / k as f64)
            .sum::<f64>()
            / size
    };
    let close = |a: f64, b: f64| (a - b).abs() < 1e-13;
    assert!(close(found.share_on_map, share(on_map, found.class)));
    assert!(close(found.share_in_data, share(in_data, found.class)));
    assert!(close(
        found.share_by_chance,
        (size - 1.0) / (classes.len() as f64 - 1.0)
    ));
    for (axis, &coordinate) in found.center.iter().enumerate() {
        let mean = members.iter().map(|&i| positions[i][axis]).sum::<f64>() / size;
        assert!(close(coordinate, mean));
    }
    let others = (0..dataset.n_classes()).filter(|&class| class != found.class);
    let shares: Vec<(usize, f64)> = others.map(|class| (class, share(on_map, class))).collect();
    let greatest = shares.iter().map(|&(_, share)| share).fold(0.0, f64::max);
    match found.most_mixed_with {
        None => assert_eq!(greatest, 0.0),
        Some((class, share)) => {
            assert!(close(share, greatest) && greatest > 0.0);
            let first = shares.iter().find(|&&(_, share)| close(share, greatest));
            assert_eq!(first.map(|&(class, _)| class), Some(class));
        }
    }
}

#[test]
fn neighborhoods_and_classes_match_their_definitions() {
    let mut stream = Stream::new(4, Use::Synth, 7);
    for (n, n_dims, ks) in [
        (4, 2, [1, 3]),
        (9, 1, [4, 8]),
        (40, 3, [12, 10]),
        (70, 5, [5, 20]),
    ] {
        let positions: Vec<[f64; 2]> = (0..n).map(|_| [stream.normal(), stream.normal()]).collect();
        check(
            &dataset(normal_values(n * n_dims, 5), n_dims, 3.min(n)),
            &positions,
            ks,
        );

        // Small whole numbers, so that most distances are tied.
        let values = (0..n * n_dims)
            .map(|_| stream.below(3) as f32 + 1.0)
            .collect();
        let positions: Vec<[f64; 2]> = (0..n)
            .map(|_| [stream.below(3) as f64, stream.below(3) as f64])
            .collect();
        check(&dataset(values, n_dims, 4.min(n)), &positions, ks);
    }
}

#[test]
fn a_perfect_map_scores_1() {
    let positions: Vec<[f64; 2]> = normal_values(60, 6)
        .chunks(2)
        .map(|p| [p[0].into(), p[1].into()])
        .collect();
    let dataset = dataset(normal_values(60, 6), 2, 3);
    let found = Neighborhoods::new(
        &dataset,
        Distance::Euclidean,
        &positions,
        [12, 10],
        &Draw::all(30),
        InstructionSet::detect(),
    );
    assert_eq!(
        [
            found.trustworthiness(),
            found.continuity(),
            found.share_kept()
        ],
        [1.0; 3]
    );
    let correlation = class_center_correlation(&dataset, Distance::Euclidean, &positions);
    assert_eq!(correlation, Some(1.0));
}

/// Figures of scikit-learn and scipy; `tests/reference/projection/map_quality.py` made both files.
#[test]
fn the_figures_of_other_programs() {
    let samples = include_str!("../../../tests/reference/projection/map_quality.csv");
    let (mut values, mut positions, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (row, line) in samples.lines().enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        values.extend(
            fields[1..6]
                .iter()
                .map(|value| value.parse::<f32>().unwrap()),
        );
        positions.push([6, 7].map(|field: usize| fields[field].parse::<f64>().unwrap()));
        ids.push(SampleId {
            class: fields[0].into(),
            subject: row.to_string(),
            sample: row.to_string(),
        });
    }
    let dataset = Dataset::new(values, 5, ids).unwrap();
    let expected = include_str!("../../../tests/reference/projection/map_quality_expected.csv");
    assert_eq!(expected.lines().count(), 8);
    for line in expected.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let distance = match fields[0] {
            "euclidean" => Distance::Euclidean,
            _ => Distance::Cosine,
        };
        let k: usize = fields[1].parse().unwrap();
        let found = Neighborhoods::new(
            &dataset,
            distance,
            &positions,
            [k, 10],
            &Draw::all(dataset.n_samples()),
            InstructionSet::detect(),
        );
        let correlation = class_center_correlation(&dataset, distance, &positions).unwrap();
        let found = [found.trustworthiness(), found.continuity(), correlation];
        for (found, expected) in found.iter().zip(&fields[2..]) {
            // Both end with a few operations on whole numbers.
            let expected: f64 = expected.parse().unwrap();
            assert!((found - expected).abs() < 1e-13, "{line}: {found}");
        }
    }
}

#[test]
fn class_centers_without_a_correlation_have_none() {
    let positions = [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [3.0, 1.0]];
    let none = |values: Vec<f32>, n_dims, n_classes, distance| {
        let dataset = dataset(values, n_dims, n_classes);
        assert_eq!(
            class_center_correlation(&dataset, distance, &positions),
            None
        );
    };
    // Two classes; all centers equally far apart; a class of opposite vectors.
    none(vec![1.0, 2.0, 3.0, 4.0], 1, 2, Distance::Euclidean);
    none(vec![1.0, 1.0, 1.0, 1.0], 1, 4, Distance::Euclidean);
    none(
        vec![1.0, 2.0, 0.5, 1.0, 2.0, 1.0, -1.0, -2.0],
        2,
        3,
        Distance::Cosine,
    );
}

#[test]
fn spearman_by_hand() {
    // Ranks 1, 2½, 2½, 4 against 2, 1, 3, 4: deviations -1½, 0, 0, 1½ and -½, -1½, ½, 1½,
    // so (¾ + 2¼) / √(4½ · 5).
    let found = spearman(&[0.1, 7.0, 7.0, 9.0], &[20.0, 10.0, 30.0, 40.0]).unwrap();
    assert!((found - 3.0 / 22.5_f64.sqrt()).abs() < 1e-15, "{found}");
    assert_eq!(spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(-1.0));
    assert_eq!(spearman(&[1.0, 1.0], &[3.0, 2.0]), None);
}

#[test]
fn divergence_matches_its_definition() {
    let n = 30;
    let mut stream = Stream::new(9, Use::Synth, 3);
    for size in [1e-4, 1.0, 50.0] {
        let y: Vec<[f64; 2]> = (0..n)
            .map(|_| [size * stream.normal(), size * stream.normal()])
            .collect();
        let mut p = SparseMatrix {
            starts: vec![0],
            columns: Vec::new(),
            values: Vec::new(),
        };
        for i in 0..n {
            // Every third pair tied, one cell stored as 0.
            for j in (0..n).filter(|&j| j != i && (i + j) % 3 == 0) {
                p.columns.push(j as u32);
                p.values.push(if i + j == 3 {
                    0.0
                } else {
                    (stream.unit() / 300.0) as f32
                });
            }
            p.starts.push(p.columns.len());
        }
        let sum: f64 = p.values.iter().copied().map(f64::from).sum();
        let w = |i: usize, j: usize| {
            1.0 / (1.0 + (y[i][0] - y[j][0]).powi(2) + (y[i][1] - y[j][1]).powi(2))
        };
        let (mut z, mut expected) = (0.0, 0.0);
        for i in 0..n {
            for j in 0..n {
                z += if i == j { 0.0 } else { w(i, j) };
            }
        }
        for i in 0..n {
            let (columns, values) = p.row(i);
            for (&j, &p) in columns.iter().zip(values) {
                let p = f64::from(p) / sum;
                if p > 0.0 {
                    expected += p * (p / (w(i, j as usize) / z)).ln();
                }
            }
        }
        for set in InstructionSet::available() {
            let found = divergence(&p, &y, set);
            // 900 terms of 64 bits.
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
}

/// The interpolated normalizer is that of all pairs within what the divergence's documentation says.
#[test]
fn the_divergence_of_many_points_is_that_of_all_pairs() {
    let n = 20_001;
    let mut stream = Stream::new(10, Use::Synth, 3);
    let y: Vec<[f64; 2]> = (0..n)
        .map(|i| {
            let center = [30.0 * (i % 4) as f64, 25.0 * (i % 3) as f64];
            center.map(|value| value + 4.0 * stream.normal())
        })
        .collect();
    // One pair tied, so that the divergence is ln(Z / 2w).
    let p = SparseMatrix {
        starts: (0..=n).map(|row| row.min(2)).collect(),
        columns: vec![1, 0],
        values: vec![0.5, 0.5],
    };
    let normalizer: f64 = (0..n)
        .map(|i| {
            let [x, y_i] = y[i];
            let weight = |b: &[f64; 2]| 1.0 / (1.0 + (b[0] - x).powi(2) + (b[1] - y_i).powi(2));
            y.iter().map(weight).sum::<f64>() - 1.0
        })
        .sum();
    let w = 1.0 / (1.0 + (y[0][0] - y[1][0]).powi(2) + (y[0][1] - y[1][1]).powi(2));
    let found = divergence(&p, &y, InstructionSet::detect());
    let expected = (normalizer / (2.0 * w)).ln();
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
}

/// A draw gives the figures of its own samples, errors by the textbook, and no class is left out.
#[test]
fn a_draw_stands_for_all_samples() {
    let (n, m, k) = (120, 30, 5);
    let dataset = dataset(normal_values(n * 3, 12), 3, 40);
    let positions: Vec<[f64; 2]> = normal_values(2 * n, 13)
        .chunks(2)
        .map(|p| [p[0].into(), p[1].into()])
        .collect();
    let draw = Draw::at_random(&dataset, m, 50);
    assert_eq!(draw, Draw::at_random(&dataset, m, 50));
    let mut distinct = draw.samples.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!((distinct.len(), draw.n_drawn), (draw.samples.len(), m));
    for class in 0..40 {
        assert!(
            draw.samples
                .iter()
                .any(|&sample| dataset.classes()[sample] == class)
        );
    }
    let set = InstructionSet::detect();
    let of = |draw: &Draw| {
        Neighborhoods::new(&dataset, Distance::Euclidean, &positions, [k, k], draw, set)
    };
    let found = of(&draw);
    assert_eq!(found.n_drawn(), Some(m));
    // Each figure of a single sample, from draws of one.
    let singles: Vec<[f64; 3]> = draw.samples[..m]
        .iter()
        .map(|&sample| {
            let single = of(&Draw {
                samples: vec![sample],
                n_drawn: 1,
            });
            [
                single.trustworthiness(),
                single.continuity(),
                single.share_kept(),
            ]
        })
        .collect();
    let figures = [
        found.trustworthiness(),
        found.continuity(),
        found.share_kept(),
    ];
    let errors = found.errors().unwrap();
    for index in 0..3 {
        let values: Vec<f64> = singles.iter().map(|single| single[index]).collect();
        let mean = values.iter().sum::<f64>() / m as f64;
        assert!((figures[index] - mean).abs() < 1e-13);
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let expected = (squares / (m - 1) as f64 / m as f64 * (1.0 - m as f64 / n as f64)).sqrt();
        assert!((errors[index] - expected).abs() < 1e-13, "{errors:?}");
    }
    assert_eq!(of(&Draw::all(n)).errors(), None);
}
