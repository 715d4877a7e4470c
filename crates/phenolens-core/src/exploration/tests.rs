use super::*;
use crate::dataset::SampleId;
use crate::exploration::pairs::Groups;
use crate::kernels::InstructionSet;
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};

/// One sample per vector, of the class and subject beside it.
fn dataset(rows: &[(String, String, Vec<f32>)]) -> Dataset {
    let ids = rows
        .iter()
        .enumerate()
        .map(|(row, (class, subject, _))| SampleId {
            class: class.clone(),
            subject: subject.clone(),
            sample: format!("i{row}"),
        });
    let vectors: Vec<f32> = rows
        .iter()
        .flat_map(|(_, _, vector)| vector.clone())
        .collect();
    Dataset::new(vectors, rows[0].2.len(), ids.collect()).unwrap()
}

/// 48 samples of small whole numbers, with many equal distances; subject s0 stands in two classes.
fn with_ties() -> Dataset {
    let mut stream = Stream::new(8, Use::Synth, 0);
    let rows: Vec<(String, String, Vec<f32>)> = (0..48)
        .map(|row| {
            let subject = row % 17;
            let class = if row == 0 { 2 } else { subject % 3 };
            let mut vector: Vec<f32> = (0..3).map(|_| stream.below(4) as f32).collect();
            vector[class] += 1.0;
            (format!("c{class}"), format!("s{subject}"), vector)
        })
        .collect();
    dataset(&rows)
}

fn explored(dataset: &Dataset) -> Exploration {
    let distances = [Distance::Cosine, Distance::Euclidean];
    explore(dataset, &distances, &[], 1, &Machine::default())
}

/// The reference distance of a pair, word for word. Sums of small whole numbers are exact in any
/// order, so that even the last bit is that of the reference.
fn distance_by_definition(dataset: &Dataset, distance: Distance, a: usize, b: usize) -> f64 {
    let (x, y) = (dataset.vector(a), dataset.vector(b));
    let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
        let terms = x
            .iter()
            .zip(y)
            .map(|(&x, &y)| term(f64::from(x), f64::from(y)));
        terms.sum()
    };
    match distance {
        Distance::Euclidean => sum(&|x, y| (x - y) * (x - y)).sqrt(),
        Distance::Cosine => {
            let cosine =
                1.0 - sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
            cosine.max(0.0)
        }
    }
}

/// The values of the pairs that `is_in` accepts, in no order.
fn values_where(
    dataset: &Dataset,
    distance: Distance,
    is_in: impl Fn(usize, usize) -> bool,
) -> Vec<f64> {
    let n_samples = dataset.n_samples();
    (0..n_samples)
        .flat_map(|a| (a + 1..n_samples).map(move |b| (a, b)))
        .filter(|&(a, b)| is_in(a, b))
        .map(|(a, b)| distance_by_definition(dataset, distance, a, b))
        .collect()
}

/// Equal up to a few roundings of numbers of order 1 to 10.
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn classes_and_subjects_by_hand() {
    let row = |class: &str, subject: &str, vector: [f32; 2]| {
        (class.to_owned(), subject.to_owned(), vector.to_vec())
    };
    let exploration = explored(&dataset(&[
        row("a", "s1", [3.0, 4.0]),
        row("a", "s1", [0.0, 1.0]),
        row("a", "s2", [0.0, 3.0]),
        row("b", "s3", [5.0, 12.0]),
    ]));
    assert_eq!(
        (
            exploration.n_samples,
            exploration.n_subjects,
            exploration.n_dims
        ),
        (4, 3, 2)
    );
    // Lengths 5, 1, 3: mean 3, squares of deviations 4 + 4 + 0.
    assert_eq!(
        exploration.classes[0],
        ClassSummary {
            class: "a".to_owned(),
            n_subjects: 2,
            n_samples: 3,
            share: 0.75,
            samples_per_subject_mean: 1.5,
            norm_mean: 3.0,
            norm_sd: (8.0_f64 / 3.0).sqrt(),
        }
    );
    assert_eq!(
        (
            exploration.classes[1].norm_mean,
            exploration.classes[1].norm_sd
        ),
        (13.0, 0.0)
    );
    let count = |n_samples, n_subjects| SubjectCount {
        n_samples,
        n_subjects,
    };
    assert_eq!(exploration.samples_per_subject, [count(1, 2), count(2, 1)]);
    assert_eq!(exploration.imbalance_samples, 3.0);
    assert_eq!(exploration.imbalance_subjects, 2.0);
    // exp of the entropy of 3/4 and 1/4 = 1 / (0.75^0.75 * 0.25^0.25) = 4 / 27^(1/4).
    assert_near(exploration.effective_classes, 4.0 / 27.0_f64.sqrt().sqrt());
    // Lengths 1, 3, 5, 13: the quartiles lie at positions 0.75, 1.5 and 2.25.
    let norms = exploration.norms;
    assert_eq!((norms.count, norms.min, norms.max), (4, 1.0, 13.0));
    assert_eq!((norms.q25, norms.median, norms.q75), (2.5, 4.0, 7.0));
    assert_eq!(norms.mean, 5.5);
    assert_eq!(norms.sd, (20.75_f64).sqrt());
}

#[test]
fn distances_are_those_of_the_definition() {
    let dataset = with_ties();
    let (classes, subjects) = (dataset.classes(), dataset.subjects());
    for summary in explored(&dataset).distances {
        assert!(summary.is_complete);
        let same_subject = |a: usize, b: usize| subjects[a] == subjects[b];
        let same_class = |a: usize, b: usize| classes[a] == classes[b];
        let values =
            |is_in: &dyn Fn(usize, usize) -> bool| values_where(&dataset, summary.distance, is_in);
        let within = values(&|a, b| same_class(a, b) && !same_subject(a, b));
        let between = values(&|a, b| !same_class(a, b) && !same_subject(a, b));
        check_group(&summary, &summary.same_subject, values(&same_subject));
        check_group(&summary, &summary.within_class, within.clone());
        check_group(&summary, &summary.between_classes, between.clone());

        let mut n_wins = 0.0;
        for within in &within {
            for between in &between {
                if within < between {
                    n_wins += 1.0;
                } else if within == between {
                    n_wins += 0.5;
                }
            }
        }
        let separation = n_wins / (within.len() * between.len()) as f64;
        assert_eq!(summary.separation, Some(separation));
        assert!(separation > 0.55 && separation < 0.95, "{separation}");
    }
}

fn check_group(summary: &DistanceSummary, group: &Option<PairGroup>, mut values: Vec<f64>) {
    let group = group.as_ref().unwrap();
    values.sort_by(f64::total_cmp);
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
    assert_eq!(group.spread.count, n);
    assert_near(group.spread.mean, mean);
    assert_near(group.spread.sd, variance.sqrt());
    assert_eq!(group.spread.min, values[0]);
    assert_eq!(group.spread.max, values[n - 1]);
    for (found, quarters) in [
        (group.spread.q25, 1),
        (group.spread.median, 2),
        (group.spread.q75, 3),
    ] {
        // Whole quarters of n - 1: the part of the way from one number to the next.
        let (below, rest) = ((n - 1) * quarters / 4, (n - 1) * quarters % 4);
        let above = values[(below + 1).min(n - 1)];
        assert_near(
            found,
            values[below] * (4 - rest) as f64 / 4.0 + above * rest as f64 / 4.0,
        );
    }
    assert_eq!(group.counts.iter().sum::<usize>(), n);
    assert_eq!(group.counts.len() + 1, summary.bin_edges.len());
    for (bin, &count) in group.counts.iter().enumerate() {
        let (low, high) = (summary.bin_edges[bin], summary.bin_edges[bin + 1]);
        let is_last = bin + 2 == summary.bin_edges.len();
        let expected = values
            .iter()
            .filter(|&&v| low <= v && (v < high || is_last && v == high))
            .count();
        assert_eq!(count, expected);
    }
}

#[test]
fn separation_by_hand() {
    let row = |class: &str, subject: usize, value: f32| {
        (class.to_owned(), format!("s{subject}"), vec![value, 1.0])
    };
    // On a line, a at 0 and 2, b at 3 and 7. Within: 2, 4. Between: 3, 7, 1, 5.
    // 2 is below 3, 7, 5; 4 is below 7, 5: 5 of 8.
    let exploration = explored(&dataset(&[
        row("a", 1, 0.0),
        row("a", 2, 2.0),
        row("b", 3, 3.0),
        row("b", 4, 7.0),
    ]));
    let euclidean = &exploration.distances[1];
    assert_eq!(euclidean.separation, Some(0.625));
    assert_eq!(euclidean.same_subject, None);
    // Within: 2, 2. Between: 4, 6, 2, 4. Of 8, 6 are won and 2 are ties.
    let exploration = explored(&dataset(&[
        row("a", 1, 0.0),
        row("a", 2, 2.0),
        row("b", 3, 4.0),
        row("b", 4, 6.0),
    ]));
    assert_eq!(exploration.distances[1].separation, Some(0.875));
    // Round edges from 2 to 6, a fortieth apart.
    let edges = &exploration.distances[1].bin_edges;
    assert_eq!((edges.len(), edges[0], edges[40]), (41, 2.0, 6.0));
    assert_eq!(edges[1..4], [2.1, 2.2, 2.3]);
}

#[test]
fn class_means_are_those_of_all_pairs_of_different_subjects() {
    let dataset = with_ties();
    let (classes, subjects) = (dataset.classes(), dataset.subjects());
    for summary in explored(&dataset).distances {
        let mean = |one: usize, other: usize| {
            let values = values_where(&dataset, summary.distance, |a, b| {
                let pair = [classes[a], classes[b]];
                subjects[a] != subjects[b] && (pair == [one, other] || pair == [other, one])
            });
            let n = values.len() as f64;
            match summary.distance {
                Distance::Cosine => values.iter().sum::<f64>() / n,
                Distance::Euclidean => (values.iter().map(|v| v * v).sum::<f64>() / n).sqrt(),
            }
        };
        for (class, found) in summary.classes.iter().enumerate() {
            assert_near(found.within.unwrap(), mean(class, class));
            let nearest = found.nearest.unwrap();
            assert_near(nearest.apart, mean(class, nearest.class));
            for other in (0..3).filter(|&other| other != class) {
                assert!(nearest.apart <= mean(class, other) + 1e-12);
            }
        }
    }
}

#[test]
fn what_is_not_there_is_none() {
    let row = |class: &str, subject: &str, vector: [f32; 2]| {
        (class.to_owned(), subject.to_owned(), vector.to_vec())
    };
    let one = explored(&dataset(&[row("a", "s", [1.0, 2.0])]));
    for summary in one.distances {
        assert_eq!(summary.same_subject, None);
        assert_eq!(summary.within_class, None);
        assert_eq!(summary.between_classes, None);
        assert_eq!(summary.separation, None);
        assert_eq!(summary.bin_edges, []);
        let none = ClassDistances {
            within: None,
            nearest: None,
        };
        assert_eq!(summary.classes, [none]);
    }
    // Equal vectors: every distance is 0 and there is still a bin to count it in.
    let equal = explored(&dataset(&[
        row("a", "s", [1.0, 2.0]),
        row("a", "t", [1.0, 2.0]),
    ]));
    for summary in equal.distances {
        assert_eq!(summary.bin_edges, [0.0, 0.1]);
        let within = summary.within_class.unwrap();
        assert_eq!((within.counts, within.spread.max), (vec![1], 0.0));
        assert_eq!(summary.classes[0].within, Some(0.0));
        assert_eq!(summary.separation, None);
    }
}

fn sorted(groups: Groups) -> [Vec<[u32; 2]>; 3] {
    [
        groups.same_subject,
        groups.within_class,
        groups.between_classes,
    ]
    .map(|mut pairs| {
        pairs.sort_unstable();
        pairs
    })
}

#[test]
fn numbered_pairs_are_all_pairs() {
    let dataset = with_ties();
    let sampled = pairs::sample(&dataset, 1, usize::MAX);
    assert!(!sampled.is_complete);
    assert_eq!(sorted(sampled), sorted(pairs::all(&dataset)));
}

/// Drawn 4,000 times 10 pairs of a group, each pair comes up about equally often.
#[test]
fn sampled_pairs_are_of_their_group_and_equally_likely() {
    let dataset = with_ties();
    let all = sorted(pairs::all(&dataset));
    let mut counts = all.clone().map(|pairs| vec![0_i32; pairs.len()]);
    for seed in 0..4000 {
        let sampled = sorted(pairs::sample(&dataset, seed, 10));
        for ((all, counts), sampled) in all.iter().zip(&mut counts).zip(&sampled) {
            assert!(sampled.len() <= 10 && sampled.len() >= 5);
            for pair in sampled {
                counts[all.binary_search(pair).unwrap()] += 1;
            }
        }
    }
    for counts in counts {
        // Poisson at most: 6 standard deviations of the mean either way.
        let mean = counts.iter().sum::<i32>() as f64 / counts.len() as f64;
        for count in counts {
            assert!((f64::from(count) - mean).abs() < 6.0 * mean.sqrt() + 1.0);
        }
    }
}

/// Above two million pairs each group is sampled; the sample's means are near those of all pairs.
#[test]
fn a_large_dataset_is_sampled_and_repeatable() {
    let mut stream = Stream::new(4, Use::Synth, 0);
    let rows: Vec<(String, String, Vec<f32>)> = (0..2001)
        .map(|row| {
            let class = row % 2;
            let vector = (0..2).map(|_| stream.normal() as f32 + class as f32);
            (
                format!("c{class}"),
                format!("s{}", row / 4),
                vector.collect(),
            )
        })
        .collect();
    let dataset = dataset(&rows);
    let exploration = explored(&dataset);
    assert_eq!(exploration, explored(&dataset));
    let all = pairs::all(&dataset);
    let machine = Machine::default();
    let of_all = distances::summarize(&dataset, &[Distance::Euclidean], &[], &all, &machine);
    let (sampled, all) = (&exploration.distances[1], &of_all[0]);
    assert!(!sampled.is_complete && all.is_complete);
    assert_eq!(sampled.same_subject.as_ref().unwrap().spread.count, 500 * 6);
    let pairs = [
        (&sampled.within_class, &all.within_class),
        (&sampled.between_classes, &all.between_classes),
    ];
    for (sampled, all) in pairs {
        let (sampled, all) = (sampled.as_ref().unwrap(), all.as_ref().unwrap());
        assert!(sampled.spread.count > 160_000 && sampled.spread.count <= 200_000);
        // 5 standard errors of a mean of 160,000.
        let tolerance = 5.0 * all.spread.sd / 400.0;
        assert!((sampled.spread.mean - all.spread.mean).abs() < tolerance);
    }
    // A standard error is below 0.001.
    let difference = sampled.separation.unwrap() - all.separation.unwrap();
    assert!(difference.abs() < 0.005, "{difference}");
}

/// Tables of all others, and of all but one, which are no use.
#[test]
fn what_tables_tell_is_what_is_measured() {
    let (dataset, machine) = (with_ties(), Machine::default());
    let distances = [Distance::Cosine, Distance::Euclidean];
    for n_neighbors in [dataset.n_samples() - 1, dataset.n_samples() - 2] {
        let tables = nearest_neighbors(&dataset, &distances, n_neighbors, &machine);
        let found = explore(&dataset, &distances, &tables, 1, &machine);
        assert_eq!(found, explored(&dataset), "{n_neighbors}");
    }
}

#[test]
fn neither_threads_nor_instructions_change_a_bit() {
    let dataset = with_ties();
    let expected = explored(&dataset);
    for instruction_set in InstructionSet::available() {
        for n_threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(n_threads)
                .build()
                .unwrap();
            let machine = Machine {
                instruction_set,
                ..Machine::default()
            };
            let distances = [Distance::Cosine, Distance::Euclidean];
            let found = pool.install(|| explore(&dataset, &distances, &[], 1, &machine));
            assert_eq!(found, expected);
        }
    }
}
