//! Confusable pairs and suspects: by hand, by definition, and on cohorts with and without any.

use super::super::confusable::confusable_pairs;
use super::super::suspects::suspects;
use super::{analysis, plain_cohort};
use crate::analysis::Analysis;
use crate::cohort::RawCohort;
use crate::diagnosis::{RunDiagnosis, Suspect, SuspicionReason};
use crate::evaluation::{Evaluated, Prediction, Scores};
use crate::neighbors::Distance;
use crate::random::{Stream, Use};

/// Samples as (class, group, predicted).
fn predictions_of(
    samples: &[(usize, usize, usize)],
    n_classes: usize,
) -> (Evaluated<'static>, Vec<Prediction>) {
    let mut predictions = Vec::new();
    for (sample, &(_, _, predicted)) in samples.iter().enumerate() {
        predictions.push(Prediction {
            sample,
            fold: 0,
            predicted,
            rank_of_true: 1.0,
        });
    }
    let evaluated = Evaluated {
        samples: &[],
        positions: Vec::new(),
        classes: samples.iter().map(|&(class, ..)| class).collect(),
        n_classes,
        groups: samples.iter().map(|&(_, group, _)| group).collect(),
    };
    (evaluated, predictions)
}

/// Class 0 has 20 subjects: 10 are right, 9 are taken for 1 and the last, with two images, half for
/// 1 and half for 2. Classes 2 and 3 have 10 erring subjects each, of which one is taken for 1.
/// So x = 9 (of 9.5), n = 10, y = 2, m = 20.
#[test]
fn a_pair_by_hand() {
    let mut samples = Vec::new();
    for group in 0..19 {
        samples.push((0, group, usize::from(group >= 10)));
    }
    samples.extend([(0, 19, 1), (0, 19, 2)]);
    for group in 0..10 {
        samples.push((1, 100 + group, 1));
        samples.push((2, 200 + group, if group == 0 { 1 } else { 3 }));
        samples.push((3, 300 + group, if group == 0 { 1 } else { 2 }));
    }
    let (evaluated, predictions) = predictions_of(&samples, 4);
    let pairs = confusable_pairs(&evaluated, &predictions, 0.95);
    let pair = pairs.iter().find(|pair| pair.class == 0).unwrap();
    assert_eq!((pair.other, pair.n_samples), (1, 21));
    assert_eq!(pair.rate, 10.0 / 21.0);
    assert_eq!(pair.reverse_rate, 0.0);
    assert_eq!(pair.expected_rate, 2.0 / 20.0 * (1.0 - 10.0 / 21.0));
    // C(11, 9) C(19, 1) + C(11, 10) draws of C(30, 10) have 9 or 10 of the 11 marked.
    let expected = (55.0 * 19.0 + 11.0) / 30_045_015.0;
    assert!(
        (pair.p_value - expected).abs() < 1e-12 * expected * 30.0,
        "{}",
        pair.p_value
    );
    assert!((pair.p_holm - 12.0 * expected).abs() < 1e-9 * expected);
    assert!(!pair.is_mutual);
    // n = 21² / (19 · 1² + 2²) effective subjects; Wilson's formula as it is printed.
    let (p, n, z) = (10.0 / 21.0, 441.0 / 23.0, 1.959963984540054_f64);
    let center = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    assert!((pair.rate_interval.low - (center - half)).abs() < 1e-14);
    assert!((pair.rate_interval.high - (center + half)).abs() < 1e-14);
}

#[test]
fn a_class_that_draws_all_errors_to_itself_is_no_pair() {
    let samples: Vec<(usize, usize, usize)> = (0..200)
        .map(|group| {
            let class = group % 5;
            (class, group, if group % 3 == 0 { 4 } else { class })
        })
        .collect();
    let (evaluated, predictions) = predictions_of(&samples, 5);
    assert!(confusable_pairs(&evaluated, &predictions, 0.95).is_empty());
}

#[test]
fn two_classes_have_no_pair() {
    let samples: Vec<(usize, usize, usize)> = (0..60)
        .map(|group| (group % 2, group, 1 - group % 2))
        .collect();
    let (evaluated, predictions) = predictions_of(&samples, 2);
    assert!(confusable_pairs(&evaluated, &predictions, 0.95).is_empty());
}

/// The definition of the confident joint on random scores; shares no code.
#[test]
fn suspects_match_their_definition() {
    let mut stream = Stream::new(11, Use::Synth, 0);
    let (n_samples, n_classes) = (120, 4);
    let samples: Vec<(usize, usize, usize)> = (0..n_samples)
        .map(|sample| (sample % n_classes, sample, stream.below(n_classes)))
        .collect();
    let (evaluated, predictions) = predictions_of(&samples, n_classes);
    let mut of_predictions = vec![vec![0.0; n_classes]; n_samples];
    for (prediction, scores) in predictions.iter().zip(&mut of_predictions) {
        scores[prediction.predicted] = 1.0;
        for _ in 0..9 {
            let class = stream.below(n_classes + 1);
            let label = samples[prediction.sample].0;
            let voted = if class < n_classes { class } else { label };
            scores[voted] += 1.0;
        }
        scores.iter_mut().for_each(|score| *score /= 10.0);
    }
    let lists: Vec<Vec<usize>> = (0..n_samples)
        .map(|_| (0..3).map(|_| stream.below(n_samples)).collect())
        .collect();
    // Of few voters the scores are shares of the nearest, here three.
    let shares = |sample: usize| -> Vec<f64> {
        let share = |class: usize| {
            let is_of = |other: &&usize| samples[**other].0 == class;
            lists[sample].iter().filter(is_of).count() as f64 / 3.0
        };
        (0..n_classes).map(share).collect()
    };
    let of_nearest: Vec<Vec<f64>> = (0..n_samples).map(shares).collect();
    let n_of_reason = |k: usize, scores: &[Vec<f64>]| {
        let of_votes = Scores::from_rows(n_classes, &of_predictions.concat());
        let found = suspects(&evaluated, &predictions, &of_votes, k, &lists);
        check_suspects(&samples, &predictions, scores, &lists, &found)
    };
    let counts = n_of_reason(10, &of_predictions);
    assert!(counts.iter().all(|&count| count > 5), "{counts:?}");
    // Of three one reaches every threshold: who has no neighbor of its own is never there alone.
    let [confident, no_neighbor, both] = n_of_reason(3, &of_nearest);
    assert!(confident > 5 && both > 5 && no_neighbor == 0);
}

/// The definition, literally; how many there are of each reason.
fn check_suspects(
    samples: &[(usize, usize, usize)],
    predictions: &[Prediction],
    scores: &[Vec<f64>],
    lists: &[Vec<usize>],
    found: &[Suspect],
) -> [usize; 3] {
    // Thirds do not add up to the same last digit in every order.
    let rounding = 1e-12;
    let (n_samples, n_classes) = (samples.len(), scores[0].len());
    let mut n_of_reason = [0; 3];
    for (sample, prediction) in predictions.iter().enumerate() {
        let label = samples[sample].0;
        let own_scores = &scores[sample];
        let threshold = |class: usize| {
            let own: Vec<f64> = (0..n_samples)
                .filter(|&other| samples[other].0 == class)
                .map(|other| scores[other][class])
                .collect();
            own.iter().sum::<f64>() / own.len() as f64
        };
        let over: Vec<usize> = (0..n_classes)
            .filter(|&c| own_scores[c] >= threshold(c) - rounding)
            .collect();
        let most = over.iter().map(|&c| own_scores[c]).fold(0.0, f64::max);
        let best: Vec<usize> = over
            .into_iter()
            .filter(|&c| own_scores[c] >= most - rounding)
            .collect();
        let confident = (!best.is_empty() && !best.contains(&label)).then(|| best[0]);
        let is_alone = lists[sample].iter().all(|&other| samples[other].0 != label);
        let expected = match (confident, is_alone) {
            (Some(class), true) => Some((class, SuspicionReason::Both)),
            (Some(class), false) => Some((class, SuspicionReason::Confident)),
            (None, true) => Some((prediction.predicted, SuspicionReason::NoNeighbor)),
            (None, false) => None,
        };
        let suspect = found.iter().find(|suspect| suspect.sample == sample);
        assert_eq!(
            suspect.map(|s| (s.suggested, s.reason)),
            expected,
            "{sample}"
        );
        if let Some(suspect) = suspect {
            let differs = |found: f64, class: usize| (found - own_scores[class]).abs() > rounding;
            assert!(!differs(suspect.score_of_label, label));
            assert!(!differs(suspect.score_of_suggested, suspect.suggested));
            n_of_reason[suspect.reason as usize] += 1;
        }
    }
    assert!(found.is_sorted_by_key(|suspect| suspect.score_of_label));
    n_of_reason
}

/// The headline: cosine under grouped folds.
fn headline(cohort: RawCohort) -> (RunDiagnosis, Analysis) {
    let analysis = analysis(cohort, &[Distance::Cosine]);
    (
        analysis.diagnosis.as_ref().unwrap().runs[0].clone(),
        analysis,
    )
}

fn n_named(run: &RunDiagnosis) -> usize {
    let is_named = |suspect: &&Suspect| suspect.reason == SuspicionReason::Both;
    run.suspects.iter().filter(is_named).count()
}

/// 20 cohorts of equal classes: of 56 ordered pairs and 940 samples each at most 5 % are named.
#[test]
fn little_is_named_where_nothing_is_odd() {
    let (mut n_pairs, mut n_suspects) = (0, 0);
    for seed in 0..20 {
        let (run, analysis) = headline(plain_cohort(seed));
        let n_wrong = run.hub_voters.n_wrong;
        assert!(
            n_wrong > 50,
            "{n_wrong} errors, among which chance could find some"
        );
        n_pairs += run.confusable_pairs.len();
        n_suspects += n_named(&run);
        assert_eq!(analysis.dataset.n_samples(), 940);
    }
    assert!(n_pairs <= 20 * 56 / 20, "{n_pairs} pairs");
    assert!(n_suspects <= 20 * 940 / 20, "{n_suspects} suspects");
}

/// Half of the subjects of one class under another name: the two are confused, one way at least.
#[test]
fn a_class_under_two_names_is_found() {
    let mut n_found = 0;
    for seed in 0..20 {
        let mut cohort = plain_cohort(seed);
        for record in &mut cohort.records {
            let is_odd = record.subject.ends_with(['1', '3', '5', '7', '9']);
            if record.class == "syndrome-03" && is_odd {
                record.class = "twin".to_owned();
            }
        }
        let (run, analysis) = headline(cohort);
        let names = &analysis.evaluation.class_names;
        let is_named = |one: &str, other: &str| {
            let mut pairs = run.confusable_pairs.iter();
            pairs.any(|pair| names[pair.class] == one && names[pair.other] == other)
        };
        n_found += usize::from(is_named("syndrome-03", "twin") || is_named("twin", "syndrome-03"));
    }
    assert!(n_found >= 19, "{n_found}");
}

/// 20 of 800 subjects under the next class's name: some of them are named, and others rarely.
#[test]
fn labels_that_were_swapped_are_found() {
    let mut n_found = 0;
    for seed in 0..20 {
        let mut cohort = plain_cohort(seed);
        let is_moved = |subject: &str| {
            let number: usize = subject.trim_start_matches("subject-").parse().unwrap();
            number % 40 == 7
        };
        for record in &mut cohort.records {
            if is_moved(&record.subject) {
                let class: usize = record
                    .class
                    .trim_start_matches("syndrome-")
                    .parse()
                    .unwrap();
                record.class = format!("syndrome-{:02}", class % 8 + 1);
            }
        }
        let (run, analysis) = headline(cohort);
        let [mut n_moved, mut n_moved_named, mut n_others_named] = [0, 0, 0];
        for sample in 0..analysis.dataset.n_samples() {
            let [_, subject, _] = analysis.dataset.id(sample);
            let is_named = run
                .suspects
                .iter()
                .any(|s| s.sample == sample && s.reason == SuspicionReason::Both);
            if is_moved(subject) {
                n_moved += 1;
                n_moved_named += usize::from(is_named);
            } else {
                n_others_named += usize::from(is_named);
            }
        }
        let others = analysis.dataset.n_samples() - n_moved;
        let is_found = n_moved_named >= 3 && n_moved_named * others > 10 * n_others_named * n_moved;
        n_found += usize::from(is_found);
    }
    assert!(n_found >= 19, "{n_found}");
}
