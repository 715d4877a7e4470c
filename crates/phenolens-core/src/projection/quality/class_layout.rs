use super::neighborhoods::Neighborhoods;
use crate::dataset::Dataset;
use crate::neighbors::Distance;
use crate::projection::ClassOnMap;

/// How one class lies on the map.
pub(super) fn class_on_map(
    dataset: &Dataset,
    class: usize,
    positions: &[[f64; 2]],
    neighborhoods: &Neighborhoods,
) -> ClassOnMap {
    let classes = dataset.classes();
    let members: Vec<usize> = (0..classes.len())
        .filter(|&sample| classes[sample] == class)
        .collect();
    let center = [0, 1].map(|axis| {
        let sum: f64 = members.iter().map(|&sample| positions[sample][axis]).sum();
        sum / members.len() as f64
    });
    // Neighbors of the members by their class, on the map and in the data.
    let mut on_map = vec![0_usize; dataset.n_classes()];
    let mut in_data = on_map.clone();
    let mut n_compared = 0;
    for (place, sample) in neighborhoods.samples().enumerate() {
        if classes[sample] != class {
            continue;
        }
        n_compared += 1;
        for &neighbor in neighborhoods.on_map(place) {
            on_map[classes[neighbor]] += 1;
        }
        for &neighbor in neighborhoods.in_data(place) {
            in_data[classes[neighbor]] += 1;
        }
    }
    let n_neighbors = (n_compared * neighborhoods.k_kept()) as f64;
    let mut most_mixed_with: Option<(usize, usize)> = None;
    for (other, &count) in on_map.iter().enumerate() {
        let most = most_mixed_with.map_or(0, |(_, most)| most);
        if other != class && count > most {
            most_mixed_with = Some((other, count));
        }
    }
    ClassOnMap {
        class,
        center,
        share_on_map: on_map[class] as f64 / n_neighbors,
        share_in_data: in_data[class] as f64 / n_neighbors,
        share_by_chance: (members.len() - 1) as f64 / (classes.len() - 1) as f64,
        n_sampled: (n_compared < members.len()).then_some(n_compared),
        most_mixed_with: most_mixed_with.map(|(other, count)| (other, count as f64 / n_neighbors)),
    }
}

/// Spearman's correlation of the distances between class centers, in the data and on the map.
///
/// A center is the mean of the class's vectors; for cosine of its unit-length vectors, and centers are
/// then compared by cosine too. From -1 to 1; `None` with fewer than three classes, where all
/// distances are equal, or where a center has no direction.
pub(super) fn class_center_correlation(
    dataset: &Dataset,
    distance: Distance,
    positions: &[[f64; 2]],
) -> Option<f64> {
    if dataset.n_classes() < 3 {
        return None;
    }
    let vector = |sample: usize| -> Vec<f64> {
        let vector: Vec<f64> = dataset
            .vector(sample)
            .iter()
            .copied()
            .map(f64::from)
            .collect();
        let scale = match distance {
            Distance::Euclidean => 1.0,
            Distance::Cosine => dot(&vector, &vector).sqrt(),
        };
        vector.into_iter().map(|value| value / scale).collect()
    };
    let in_data = centers(dataset, dataset.n_dims(), vector);
    let on_map = centers(dataset, 2, |sample| positions[sample].to_vec());
    if distance == Distance::Cosine && in_data.iter().any(|center| dot(center, center) == 0.0) {
        return None;
    }
    let by_distance = |x: &[f64], y: &[f64]| match distance {
        Distance::Euclidean => euclidean(x, y),
        Distance::Cosine => 1.0 - dot(x, y) / (dot(x, x) * dot(y, y)).sqrt(),
    };
    spearman(
        &between_pairs(&in_data, by_distance),
        &between_pairs(&on_map, euclidean),
    )
}

/// The mean of each class, shape `(n_classes, n_dims)`.
fn centers(dataset: &Dataset, n_dims: usize, vector: impl Fn(usize) -> Vec<f64>) -> Vec<Vec<f64>> {
    let mut centers = vec![vec![0.0; n_dims]; dataset.n_classes()];
    for (sample, &class) in dataset.classes().iter().enumerate() {
        for (sum, value) in centers[class].iter_mut().zip(vector(sample)) {
            *sum += value;
        }
    }
    for (center, size) in centers.iter_mut().zip(dataset.class_sizes()) {
        for sum in center {
            *sum /= size as f64;
        }
    }
    centers
}

fn between_pairs(centers: &[Vec<f64>], distance: impl Fn(&[f64], &[f64]) -> f64) -> Vec<f64> {
    let mut distances = Vec::new();
    for (second, y) in centers.iter().enumerate() {
        for x in &centers[..second] {
            distances.push(distance(x, y));
        }
    }
    distances
}

/// Spearman's rank correlation, tied values sharing their mean rank; `None` where one side is all
/// ties.
pub(super) fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = (mean_ranks(x), mean_ranks(y));
    // Ranks and their mean are halves of whole numbers, so these sums are exact.
    let mean = (x.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    let scale = (product(&x, &x) * product(&y, &y)).sqrt();
    (scale > 0.0).then(|| product(&x, &y) / scale)
}

/// The rank of each value, from 1; tied values share the mean of their ranks.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut rising: Vec<usize> = (0..values.len()).collect();
    rising.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut n_before = 0;
    for tied in rising.chunk_by(|&a, &b| values[a] == values[b]) {
        for &index in tied {
            ranks[index] = n_before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        }
        n_before += tied.len();
    }
    ranks
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn euclidean(x: &[f64], y: &[f64]) -> f64 {
    let squares = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y));
    squares.sum::<f64>().sqrt()
}
