//! Clusters in the plane and agreement of partitions, against scikit-learn and by hand.

use super::super::agreement::Contingency;
use super::super::clusters::{ClassPart, describe};
use super::super::density::density_clusters;
use crate::dataset::{Dataset, SampleId};
use crate::neighbors::Distance;

const MAP: &str = include_str!("../../../tests/reference/diagnosis/map.csv");
const STRUCTURE: &str = include_str!("../../../tests/reference/diagnosis/structure.csv");

/// Points, classes and clusters of `make_structure.py`.
struct Recorded {
    points: Vec<[f64; 2]>,
    classes: Vec<usize>,
    clusters: Vec<Option<usize>>,
}

fn recorded() -> Recorded {
    let mut recorded = Recorded {
        points: Vec::new(),
        classes: Vec::new(),
        clusters: Vec::new(),
    };
    for line in MAP.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        recorded
            .points
            .push([0, 1].map(|axis| cells[axis].parse().unwrap()));
        recorded.classes.push(cells[2].parse().unwrap());
        recorded.clusters.push(cells[3].parse().ok());
    }
    recorded
}

/// Clusters numbered by their first point.
fn renumbered(labels: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut known: Vec<usize> = Vec::new();
    let number = |label: &usize| match known.iter().position(|other| other == label) {
        Some(number) => number,
        None => {
            known.push(*label);
            known.len() - 1
        }
    };
    let mut number = number;
    labels
        .iter()
        .map(|label| label.as_ref().map(&mut number))
        .collect()
}

#[test]
fn clusters_are_those_of_scikit_learn() {
    let Recorded {
        points, clusters, ..
    } = recorded();
    let found = density_clusters(&points, 10);
    assert_eq!(renumbered(&found), renumbered(&clusters));
}

/// The order of the points has no say, nor do equal distances: a grid is full of them.
#[test]
fn order_and_ties_change_nothing() {
    let mut points: Vec<[f64; 2]> = (0..100)
        .map(|index| [f64::from(index % 10), f64::from(index / 10)])
        .collect();
    points.extend((0..49).map(|index| {
        [
            30.0 + 0.5 * f64::from(index % 7),
            0.5 * f64::from(index / 7),
        ]
    }));
    points.extend((0..5).map(|index| [100.0 + 9.0 * f64::from(index), 50.0]));
    let found = density_clusters(&points, 6);
    let expected = |index: usize| match index {
        0..100 => Some(0),
        100..149 => Some(1),
        _ => None,
    };
    let expected: Vec<Option<usize>> = (0..points.len()).map(expected).collect();
    assert_eq!(renumbered(&found), expected);
    let reversed: Vec<[f64; 2]> = points.iter().rev().copied().collect();
    let mut turned = density_clusters(&reversed, 6);
    turned.reverse();
    assert_eq!(renumbered(&turned), expected);
}

/// Seven points on one another and seven on others: the density has no end, the clusters have.
#[test]
fn points_on_one_another_are_clusters() {
    let points: Vec<[f64; 2]> = (0..14).map(|index| [f64::from(index % 2), 0.0]).collect();
    let found = density_clusters(&points, 5);
    assert_eq!(
        renumbered(&found)[..4],
        [Some(0), Some(1), Some(0), Some(1)]
    );
    assert_eq!(density_clusters(&[[1.0, 1.0]; 14], 5), [None; 14]);
    assert_eq!(density_clusters(&points[..9], 5), [None; 9]);
}

#[test]
fn agreement_is_that_of_scikit_learn() {
    let Recorded {
        classes, clusters, ..
    } = recorded();
    let of = |quantity: &str| -> f64 {
        let prefix = format!(",{quantity},0,");
        let mut rows = STRUCTURE
            .lines()
            .filter_map(|line| line.strip_prefix(&prefix));
        rows.next().unwrap().parse().unwrap()
    };
    let pairs = || classes.iter().copied().zip(clusters.iter().copied());
    let all = Contingency::new(pairs().map(|(class, c)| (class, c.unwrap_or(4))), 6, 5);
    let inside = pairs().filter_map(|(class, cluster)| Some((class, cluster?)));
    let inside = Contingency::new(inside, 6, 4);
    // The expectation sums some thousand terms, each within rounding errors of logarithms near 10³.
    for (found, quantity, tolerance) in [
        (all.adjusted_rand(), "adjusted_rand", 1e-14),
        (all.adjusted_information(), "adjusted_information", 1e-11),
        (inside.adjusted_rand(), "adjusted_rand_inside", 1e-14),
        (
            inside.adjusted_information(),
            "adjusted_information_inside",
            1e-11,
        ),
    ] {
        let found = found.unwrap();
        assert!(
            (found - of(quantity)).abs() < tolerance,
            "{quantity}: {found}"
        );
    }
}

#[test]
fn equal_partitions_agree_and_trivial_ones_say_nothing() {
    let of = |labels: &[(usize, usize)], n: usize| {
        let table = Contingency::new(labels.iter().copied(), n, n);
        [table.adjusted_rand(), table.adjusted_information()]
    };
    let equal: Vec<(usize, usize)> = (0..12).map(|index| (index % 3, (index + 1) % 3)).collect();
    for found in of(&equal, 3) {
        // Within the rounding of logarithms.
        assert!((found.unwrap() - 1.0).abs() < 1e-12);
    }
    assert_eq!(of(&[(0, 0); 5], 1), [None, None]);
    let single: Vec<(usize, usize)> = (0..4).map(|index| (index, index)).collect();
    assert_eq!(of(&single, 4), [None, None]);
    assert_eq!(of(&[], 2), [None, None]);
    let none = Contingency::new(std::iter::empty(), 2, 0);
    assert_eq!(
        [none.adjusted_rand(), none.adjusted_information()],
        [None, None]
    );
}

/// Class a: 30 samples, of which 12 in one cluster, 10 in another, 3 in a third and 5 in none. Class b:
/// 20 samples in the first cluster. At least 10 samples and a fifth are asked for.
#[test]
fn a_class_in_two_clusters_by_hand() {
    let clusters = [(12, Some(7)), (10, Some(2)), (3, Some(0)), (5, None)];
    let mut found: Vec<Option<usize>> = clusters
        .iter()
        .flat_map(|&(n, cluster)| vec![cluster; n])
        .collect();
    found.extend([Some(7); 20]);
    let ids = (0..50).map(|index| SampleId {
        class: if index < 30 { "a" } else { "b" }.to_owned(),
        subject: index.to_string(),
        sample: String::new(),
    });
    let dataset = Dataset::new(vec![1.0; 50], 1, ids.collect()).unwrap();
    let described = describe(&dataset, Distance::Cosine, 10, &found);
    let sizes: Vec<usize> = described.clusters.iter().map(|of| of.n_samples).collect();
    assert_eq!((sizes, described.n_noise), (vec![32, 10, 3], 5));
    assert_eq!(described.clusters[0].main_class, 1);
    assert_eq!(described.clusters[0].main_share, 20.0 / 32.0);
    assert_eq!(described.labels[0], Some(0));
    assert_eq!(described.split_classes.len(), 1);
    let split = &described.split_classes[0];
    let part = |cluster, n_samples| ClassPart { cluster, n_samples };
    assert_eq!((split.class, split.n_samples), (0, 30));
    assert_eq!(split.parts, [part(0, 12), part(1, 10)]);
    // With eleven asked for, one part is left.
    assert_eq!(
        describe(&dataset, Distance::Cosine, 11, &found).split_classes,
        []
    );
}
