use super::*;
use crate::neighbors::tests::{dataset, normal_values};
use crate::random::{Stream, Use};

/// Of every pair the reach of its own key holds its sketches: what the search relies on.
///
/// Gives the mean of the half squared distances of sketches over the reaches, so that a bound that
/// holds because it excludes nothing is told from one that is of use; `None` without sketches.
fn check(vectors: Vec<f32>, n_dims: usize, distance: Distance) -> Option<f64> {
    let dataset = dataset(vectors, n_dims);
    let instruction_set = InstructionSet::detect();
    let keys = Keys::new(&dataset, distance, instruction_set);
    let sketcher = Sketcher::new(&dataset, &keys, 5, instruction_set)?;
    let sketches = sketcher.arrange(sketcher.coordinates());
    let n_samples = dataset.n_samples();
    let (mut sum, mut n_pairs) = (0.0, 0);
    for a in 0..n_samples {
        for b in 0..a {
            let half = sketches.half_distance(instruction_set, a, b);
            let reach = sketches.reach(keys.key(a, b));
            assert!(
                half <= reach,
                "{distance:?}, {a} and {b}: {half} beyond {reach}"
            );
            let key = keys.key(a, b);
            let bound = sketches.greatest_key(sketches.greatest_distance(key));
            let slack = 4.0 * rounding_of_keys(n_dims);
            assert!(
                bound >= key && bound <= key + slack * (1.0 + key),
                "{distance:?}, {a} and {b}: {key} and {bound}"
            );
            sum += f64::from(half) / f64::from(reach);
            n_pairs += 1;
        }
    }
    Some(sum / n_pairs as f64)
}

const BOTH: [Distance; 2] = [Distance::Cosine, Distance::Euclidean];

/// Points of 6 dimensions, turned into 200, with a little noise.
fn flat_values(n_samples: usize) -> Vec<f32> {
    let mut stream = Stream::new(8, Use::Synth, 0);
    let axes: Vec<Vec<f64>> = (0..6)
        .map(|_| (0..200).map(|_| stream.normal()).collect())
        .collect();
    let mut values = Vec::new();
    for _ in 0..n_samples {
        let weights: Vec<f64> = (0..6).map(|_| stream.normal()).collect();
        for dim in 0..200 {
            let along = axes
                .iter()
                .zip(&weights)
                .map(|(axis, weight)| axis[dim] * weight);
            values.push((along.sum::<f64>() + 0.05 * stream.normal()) as f32);
        }
    }
    values
}

/// Without folding, all that a sketch loses is rounding of 1 in 22,000.
#[test]
fn whole_sketches_are_nearly_the_distance() {
    for n_dims in [1, 2, 3, 40] {
        let tightness = check(normal_values(120 * n_dims, 1), n_dims, Distance::Euclidean).unwrap();
        assert!(tightness > 0.99, "{n_dims}: {tightness}");
    }
    let tightness = check(normal_values(120 * 40, 1), 40, Distance::Cosine).unwrap();
    assert!(tightness > 0.99, "{tightness}");
}

/// Half of a neighbor's squared distance at most is lost, and much less of those farther away.
#[test]
fn folded_sketches_keep_most_of_the_distance() {
    for distance in BOTH {
        let vectors = flat_values(150);
        let of = dataset(vectors.clone(), 200);
        let keys = Keys::new(&of, distance, InstructionSet::PLAIN);
        let sketcher = Sketcher::new(&of, &keys, 5, InstructionSet::PLAIN).unwrap();
        assert!(
            sketcher.n_coordinates() < 20,
            "{}",
            sketcher.n_coordinates()
        );
        let tightness = check(vectors, 200, distance).unwrap();
        assert!(tightness > 0.9, "{tightness}");
    }
}

#[test]
fn the_bound_holds_of_hostile_data() {
    let base = normal_values(90 * 24, 2);
    let scaled = |factor: f32| base.iter().map(|value| value * factor).collect::<Vec<_>>();
    let mut sets = vec![
        scaled(1e30),
        scaled(1e-30),
        base.iter().map(|value| value + 1e6).collect(),
        base.iter().map(|value| 1e-3 * value + 1e6).collect(),
        // Whole numbers with many ties.
        base.iter().map(|value| value.round() + 3.0).collect(),
    ];
    // Norms over sixty orders of magnitude.
    sets.push(
        base.iter()
            .enumerate()
            .map(|(cell, value)| value * 10.0_f32.powi((cell / 24 % 60) as i32 - 30))
            .collect(),
    );
    // One huge outlier, then several, in one direction and in many.
    let mut outlier = base.clone();
    outlier[5] = 3e38;
    sets.push(outlier.clone());
    for row in 1..10 {
        for value in &mut outlier[row * 24..][..24] {
            *value *= 1e20;
        }
    }
    sets.push(outlier);
    // Copies, and most of the samples equal.
    let mut copies = base.clone();
    copies.truncate(45 * 24);
    copies.extend_from_within(..);
    sets.push(copies);
    let mut equal = base.clone();
    for row in 0..70 {
        equal.copy_within(0..24, row * 24);
    }
    sets.push(equal);
    // Two tight groups far apart.
    sets.push(
        base.iter()
            .enumerate()
            .map(|(cell, value)| 1e-6 * value + if cell / 24 % 2 == 0 { 1.0 } else { -1.0 })
            .collect(),
    );
    for vectors in sets {
        for distance in BOTH {
            check(vectors.clone(), 24, distance);
        }
    }
    for distance in BOTH {
        let mut vectors = flat_values(150);
        for value in &mut vectors[..600] {
            *value *= 1e15;
        }
        check(
            vectors.iter().map(|value| value + 100.0).collect(),
            200,
            distance,
        );
        check(vectors, 200, distance);
    }
}

#[test]
fn equal_vectors_have_no_sketches() {
    for distance in BOTH {
        assert_eq!(check(vec![2.5; 50 * 8], 8, distance), None);
    }
}
