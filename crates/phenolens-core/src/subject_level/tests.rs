use super::fusion::fused_votes;
use super::*;
use crate::dataset::SampleId;
use crate::evaluation::{Ties, cross_validate};
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};

/// Samples of 3 classes; a subject has as many as `n_samples_of` says.
fn cohort(n_subjects: usize, n_samples_of: impl Fn(usize) -> usize) -> Dataset {
    const N_DIMS: usize = 9;
    let mut stream = Stream::new(11, Use::Synth, 0);
    let mut values = Vec::new();
    let mut ids = Vec::new();
    for subject in 0..n_subjects {
        let class = subject % 3;
        for sample in 0..n_samples_of(subject) {
            let mean = |dim: usize| if dim == class { 1.5 } else { 0.5 };
            values.extend((0..N_DIMS).map(|dim| (mean(dim) + stream.normal()) as f32));
            ids.push(SampleId {
                class: class.to_string(),
                subject: format!("{subject:03}"),
                sample: sample.to_string(),
            });
        }
    }
    Dataset::new(values, N_DIMS, ids).unwrap()
}

fn params() -> EvaluationParams {
    EvaluationParams {
        protocols: vec![Protocol::SubjectGrouped],
        weights: vec![Weights::Uniform, Weights::Distance],
        n_folds: 5,
        k_max: 7,
        n_resamples: 200,
        ..EvaluationParams::default()
    }
}

fn fused_at_depth(
    dataset: &Dataset,
    params: &EvaluationParams,
    depth: usize,
) -> (Evaluation, Option<SubjectLevel>) {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, depth, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(dataset, &tables, groups, params, &machine).unwrap();
    let found = subject_level(dataset, &tables, groups, &evaluation, params, &machine);
    (evaluation, found)
}

fn fused(dataset: &Dataset, params: &EvaluationParams) -> (Evaluation, Option<SubjectLevel>) {
    fused_at_depth(dataset, params, dataset.n_samples() - 1)
}

/// The distance by its definition.
fn literal_distance(distance: Distance, x: &[f64], y: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    match distance {
        Distance::Cosine => 1.0 - dot(x, y) / (dot(x, x).sqrt() * dot(y, y).sqrt()),
        Distance::Euclidean => {
            let squares = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y));
            squares.sum::<f64>().sqrt()
        }
    }
}

/// The scores of the classes of `(distance, class)`, nearest `k`.
fn literal_scores(mut all: Vec<(f64, usize)>, k: usize, weights: Weights) -> Vec<f64> {
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut scores = [0.0; 3];
    let mut total = 0.0;
    for &(distance, class) in &all[..k] {
        let weight = match weights {
            Weights::Uniform => 1.0,
            _ => 1.0 / distance,
        };
        scores[class] += weight;
        total += weight;
    }
    scores.iter().map(|score| score / total).collect()
}

/// Every score of every way of fusing is that of its definition; sums here run in another order, which
/// moves a score by some 10⁻¹⁶.
#[test]
fn fused_scores_are_those_of_the_definition() {
    let dataset = cohort(40, |subject| 1 + subject % 4);
    let vector = |sample: usize| -> Vec<f64> {
        dataset
            .vector(sample)
            .iter()
            .map(|&v| f64::from(v))
            .collect()
    };
    let params = params();
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 30, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(&dataset, &tables, groups, &params, &machine).unwrap();
    let part = &evaluation.protocols[0];
    let evaluated = Evaluated::new(&dataset, groups, &evaluation);
    let units = units(&evaluated);
    assert_eq!(units.len(), 40);
    for run in &part.runs {
        let is_of = |table: &&Neighbors| table.distance() == run.distance;
        let test = Test {
            dataset: &dataset,
            evaluated: &evaluated,
            folds: &part.folds,
            table: tables.iter().find(is_of).unwrap(),
            keys: Keys::new(&dataset, run.distance, machine.instruction_set),
            rule: VotingRule {
                n_classes: 3,
                k: run.k,
                weights: run.weights,
                ties: Ties::Nearest,
            },
        };
        let lists = evaluated.across_folds(test.table, &test.keys, &part.folds, run.k);
        let votes = fused_votes(&test, &units, &lists);
        assert_eq!(votes.len(), 3);
        for (fusion, votes) in &votes {
            for (place, unit) in units.iter().enumerate() {
                let training: Vec<usize> = (0..dataset.n_samples())
                    .filter(|&other| part.folds[other] != part.folds[unit.samples[0]])
                    .collect();
                let scores = |distance_to: &dyn Fn(usize) -> f64| {
                    let of = |&other: &usize| (distance_to(other), dataset.classes()[other]);
                    let all = training.iter().map(of).collect();
                    literal_scores(all, run.k, run.weights)
                };
                let distance = |sample: usize, other: usize| {
                    literal_distance(run.distance, &vector(sample), &vector(other))
                };
                let n = unit.samples.len() as f64;
                let expected = match fusion {
                    Fusion::SmallestDistance => scores(&|other| {
                        let distances = unit.samples.iter().map(|&s| distance(s, other));
                        distances.fold(f64::INFINITY, f64::min)
                    }),
                    Fusion::MeanScore => {
                        let mut mean = vec![0.0; 3];
                        for &sample in &unit.samples {
                            let of_sample = scores(&|other| distance(sample, other));
                            for (sum, score) in mean.iter_mut().zip(of_sample) {
                                *sum += score / n;
                            }
                        }
                        mean
                    }
                    Fusion::Centroid => {
                        let mut mean = vec![0.0; dataset.n_dims()];
                        for &sample in &unit.samples {
                            let vector = vector(sample);
                            let length = match run.distance {
                                Distance::Cosine => {
                                    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
                                }
                                Distance::Euclidean => 1.0,
                            };
                            for (sum, value) in mean.iter_mut().zip(vector) {
                                *sum += value / length / n;
                            }
                        }
                        scores(&|other| literal_distance(run.distance, &mean, &vector(other)))
                    }
                };
                for (found, expected) in votes.scores(place).iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-12, "{fusion:?} {unit:?}");
                }
                let most = expected.iter().copied().fold(0.0, f64::max);
                assert!((expected[votes.predicted[place]] - most).abs() < 1e-12);
            }
        }
    }
}

/// Two and three images of one subject: 2 + 5 of 14 votes are as many as 3 + 4, to the bit.
#[test]
fn equal_counts_of_votes_are_equal_scores() {
    use crate::evaluation::{NeighborLists, vote_jointly};
    use crate::neighbors::Neighbor;
    let list = |n_of_first: usize| -> Vec<Neighbor> {
        (0..14)
            .map(|rank| Neighbor {
                sample: usize::from(rank >= n_of_first),
                value: 1.0,
            })
            .collect()
    };
    let lists = NeighborLists::new(vec![list(2), list(5), list(3), list(4), list(7)]);
    let rule = VotingRule {
        n_classes: 2,
        k: 14,
        weights: Weights::Uniform,
        ties: Ties::Nearest,
    };
    let units: [&[usize]; 4] = [&[0, 1], &[2, 3], &[4], &[4, 4, 4]];
    let votes = vote_jointly(&lists, &units, &[0; 4], &[0, 1], &rule);
    assert_eq!(votes.scores(0), votes.scores(1));
    let of = |unit| votes.scores(unit).iter().collect::<Vec<_>>();
    assert_eq!(of(2), [0.5, 0.5]);
    assert_eq!(of(3), [0.5, 0.5]);
}

/// Every subject has the same image twice: fusing changes nothing, and since both sides draw the same
/// subjects, no resample has a difference.
#[test]
fn copies_of_an_image_add_nothing_in_any_resample() {
    let once = cohort(60, |_| 1);
    let mut values = Vec::new();
    let mut ids = Vec::new();
    for sample in 0..once.n_samples() {
        let [class, subject, _] = once.id(sample).map(str::to_owned);
        for copy in 0..2 {
            values.extend_from_slice(once.vector(sample));
            ids.push(SampleId {
                class: class.clone(),
                subject: subject.clone(),
                sample: copy.to_string(),
            });
        }
    }
    let twice = Dataset::new(values, once.n_dims(), ids).unwrap();
    let (evaluation, found) = fused(&twice, &params());
    let found = found.unwrap();
    assert_eq!((found.n_subjects, found.n_several), (60, 60));
    assert_eq!(found.n_samples_of_several, 120);
    for (run, of_run) in found.runs.iter().zip(&evaluation.protocols[0].runs) {
        for figures in &run.fusions {
            for of in &figures.measures {
                let single = &of_run.summary[of.measure as usize];
                assert_eq!(of.per_sample, single.pooled);
                let difference = of.difference.unwrap();
                // Sums over twice as many samples are rounded otherwise.
                assert!(difference.abs() < 1e-12, "{of:?}");
                let range = of.difference_interval.unwrap();
                assert!(range.low > -1e-12 && range.high < 1e-12, "{of:?}");
            }
            for of in &figures.several {
                assert!(of.difference.abs() < 1e-12, "{of:?}");
            }
        }
    }
}

/// Means over units by hand: accuracies of three subjects with 2, 3 and 2 images.
#[test]
fn several_by_hand() {
    use crate::evaluation::{Place, Scores, Votes};
    let votes = |truth: &[usize], right: &[bool]| Votes {
        n_classes: 2,
        truth: truth.to_vec(),
        predicted: truth
            .iter()
            .zip(right)
            .map(|(&t, &r)| if r { t } else { 1 - t })
            .collect(),
        places: right
            .iter()
            .map(|&right| Place {
                n_ahead: usize::from(!right),
                n_tied: 1,
            })
            .collect(),
        scores: {
            let row = |(&truth, &right): (&usize, &bool)| match (truth == 0) == right {
                true => [0.75, 0.25],
                false => [0.25, 0.75],
            };
            let rows: Vec<[f64; 2]> = truth.iter().zip(right).map(row).collect();
            Scores::from_rows(2, &rows.concat())
        },
    };
    let unit = |class, group, samples: &[usize]| Unit {
        class,
        group,
        samples: samples.to_vec(),
    };
    let units = [
        unit(0, 0, &[0, 1]),
        unit(0, 1, &[2]),
        unit(0, 2, &[3, 4, 5]),
        unit(1, 3, &[6, 7]),
    ];
    let single = votes(
        &[0, 0, 0, 0, 0, 0, 1, 1],
        &[true, false, false, true, true, false, false, false],
    );
    let fused = votes(&[0, 0, 0, 1], &[true, false, true, false]);
    let several = Several::new(&units, &fused, &single);
    // How often each unit stands in four multisets.
    let resampled = several.differences(&[[1, 3, 0, 2], [1, 0, 3, 0], [1, 0, 0, 1], [1, 1, 1, 0]]);
    let found = several.compare(&resampled.each_ref(), 0.5);
    let of = |measure| *found.iter().find(|of| of.measure == measure).unwrap();
    let check = |measure, fused: f64, single: f64| {
        let of = of(measure);
        assert!((of.fused - fused).abs() < 1e-15, "{of:?}");
        assert!((of.single - single).abs() < 1e-15, "{of:?}");
        assert!((of.difference - (fused - single)).abs() < 1e-15, "{of:?}");
    };
    // (1/2 + 2/3 + 0) / 3 of single images are right, and 2 of 3 subjects.
    let share = (0.5 + 2.0 / 3.0) / 3.0;
    check(Measure::Accuracy, 2.0 / 3.0, share);
    check(Measure::Top2, 1.0, 1.0);
    check(Measure::Mrr, 5.0 / 6.0, share + (1.0 - share) / 2.0);
    // A right one has (1/4)² twice, a wrong one (3/4)² twice.
    let brier = |right: f64| right * 0.125 + (1.0 - right) * 1.125;
    check(Measure::Brier, brier(2.0 / 3.0), brier(share));
    let loss = |right: f64| -right * 0.75_f64.ln() - (1.0 - right) * 0.25_f64.ln();
    check(Measure::LogLoss, loss(2.0 / 3.0), loss(share));
    assert!(found.iter().all(|of| of.measure != Measure::F1Macro));
    // Differences of 1/2, 1/3 and 0 in the four multisets: their mean, 1.5 / 4, 0 and 4/3 / 3.
    let [low, high] = [[0.0, 5.0 / 18.0], [1.5 / 4.0, 4.0 / 9.0]];
    let quartile = |[a, b]: [f64; 2], share: f64| a + share * (b - a);
    let range = of(Measure::Accuracy).interval.unwrap();
    assert!((range.low - quartile(low, 0.75)).abs() < 1e-12, "{range:?}");
    assert!(
        (range.high - quartile(high, 0.25)).abs() < 1e-12,
        "{range:?}"
    );
    // A multiset without such a subject says nothing.
    let [without] = several.differences(&[[0], [5], [0], [0]]);
    assert!(without.is_empty());
}

#[test]
fn more_images_help_where_images_are_noisy() {
    let dataset = cohort(240, |subject| 1 + subject % 5);
    let (_, found) = fused(&dataset, &params());
    for run in &found.unwrap().runs {
        let mean_score = &run.fusions[1];
        assert_eq!(mean_score.fusion, Fusion::MeanScore);
        let accuracy = mean_score.several[0];
        assert_eq!(accuracy.measure, Measure::Accuracy);
        assert!(accuracy.interval.unwrap().low > 0.0, "{accuracy:?}");
    }
}

/// A table that ends early gives the same.
#[test]
fn shallow_tables_give_the_same() {
    let dataset = cohort(60, |subject| 1 + subject % 3);
    let deep = fused(&dataset, &params()).1;
    assert!(deep.is_some() && fused_at_depth(&dataset, &params(), 2).1 == deep);
}

#[test]
fn one_image_each_has_no_runs() {
    let dataset = cohort(40, |_| 1);
    let found = fused(&dataset, &params()).1.unwrap();
    assert_eq!((found.n_subjects, found.n_several), (40, 0));
    assert!(found.runs.is_empty());
}

#[test]
fn folds_that_split_a_subject_have_no_subject_level() {
    let dataset = cohort(40, |subject| 1 + subject % 3);
    let of = |protocols: Vec<Protocol>, folds| {
        let params = EvaluationParams {
            protocols,
            folds_from_file: folds,
            ..params()
        };
        fused(&dataset, &params).1
    };
    assert_eq!(
        of(vec![Protocol::ImageLevel, Protocol::SubjectGrouped], None),
        None
    );
    let by_subject: Vec<usize> = dataset.subjects().iter().map(|s| s % 4).collect();
    let given = of(vec![Protocol::FromFile], Some(by_subject.clone())).unwrap();
    assert_eq!(given.protocol, Protocol::FromFile);
    let mut split = by_subject;
    let last = split.len() - 1;
    split[last] = (split[last] + 1) % 4;
    let is_alone = dataset.subjects()[last] != dataset.subjects()[last - 1];
    assert_eq!(
        of(vec![Protocol::FromFile], Some(split)).is_some(),
        is_alone
    );
}

#[test]
fn a_subject_of_two_classes_is_two_units() {
    let dataset = cohort(40, |_| 2);
    let ids = (0..dataset.n_samples()).map(|sample| {
        let [class, subject, sample] = dataset.id(sample).map(str::to_owned);
        // Subjects 0 and 1, of two classes, are one person.
        let subject = if subject == "001" {
            "000".to_owned()
        } else {
            subject
        };
        SampleId {
            class,
            subject,
            sample,
        }
    });
    let dataset =
        Dataset::new(dataset.vectors().to_vec(), dataset.n_dims(), ids.collect()).unwrap();
    let found = fused(&dataset, &params()).1.unwrap();
    assert_eq!((found.n_subjects, found.n_several), (40, 40));
}

/// Beyond the depth that whole tables have.
#[test]
fn more_samples_than_whole_tables_hold() {
    let dataset = cohort(1100, |_| 2);
    let params = EvaluationParams {
        distances: vec![Distance::Cosine],
        weights: vec![Weights::Uniform],
        n_resamples: 0,
        ..params()
    };
    let found = fused_at_depth(&dataset, &params, 34).1.unwrap();
    assert_eq!((found.n_subjects, found.n_several), (1100, 1100));
    for figures in &found.runs[0].fusions {
        let accuracy = figures.measures[0];
        assert_eq!(
            (accuracy.interval, accuracy.difference_interval),
            (None, None)
        );
        assert!(accuracy.difference.unwrap() > 0.0, "{accuracy:?}");
    }
}

/// Opposite images have a mean without a direction: the first training samples vote.
#[test]
fn a_mean_at_zero_has_no_direction() {
    let values = vec![1.0, 0.0, -1.0, 0.0, 0.6, 0.8, 0.8, 0.6];
    let id = |sample: usize| SampleId {
        class: (sample / 2).to_string(),
        subject: (sample / 2).to_string(),
        sample: sample.to_string(),
    };
    let dataset = Dataset::new(values, 2, (0..4).map(id).collect()).unwrap();
    let keys = Keys::new(
        &dataset,
        Distance::Cosine,
        Machine::default().instruction_set,
    );
    let found = keys.nearest_to(&[0.0, 0.0], 1, |sample| sample > 1);
    assert_eq!((found[0].sample, found[0].value), (2, 1.0));
}
