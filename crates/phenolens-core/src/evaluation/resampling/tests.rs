use super::swaps::{Pair, Scratch};
use super::*;
use crate::evaluation::Scores;
use crate::evaluation::measures::Bits;
use crate::evaluation::measures::literal::{expand, literal};
use crate::evaluation::measures::tests::from_rows;
use crate::random::{Stream, Use};

/// Seven samples of two classes and five subjects; subject 3 has both classes.
const SUBJECTS: [usize; 7] = [3, 0, 0, 3, 2, 5, 2];

fn first_classifier() -> Votes {
    of_class_0(&[0.75, 0.5, 1.0, 0.25, 0.5, 0.0, 0.25])
}

fn second_classifier() -> Votes {
    of_class_0(&[0.5, 0.75, 0.25, 0.25, 0.75, 0.0, 0.5])
}

/// Votes of the seven samples from their scores of class 0.
fn of_class_0(scores: &[f64; 7]) -> Votes {
    let truth = [0, 0, 0, 1, 1, 1, 1];
    let row = |(&truth, &score): (&usize, &f64)| (truth, vec![score, 1.0 - score]);
    from_rows(&truth.iter().zip(scores).map(row).collect::<Vec<_>>())
}

fn on_threads<T: Send>(n_threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(n_threads)
        .build();
    pool.expect("threads can be made").install(work)
}

/// Each resample drawn again by the words of the rule, expanded, and measured by definition.
#[test]
fn bootstrap_measures_what_is_drawn() {
    let classifiers = [first_classifier(), second_classifier()];
    let scorers = classifiers.each_ref().map(Scorer::new);
    let resampled = bootstrap(
        &[&scorers[0], &scorers[1]],
        &SUBJECTS,
        MeasureSet::ALL,
        200,
        9,
    );

    // The units of class 0, by subject: 0, 3. Of class 1: 2, 3, 5.
    let units: [&[&[usize]]; 2] = [&[&[1, 2], &[0]], &[&[4, 6], &[3], &[5]]];
    for resample in 0..200 {
        let mut stream = Stream::new(9, Use::Bootstrap, resample as u64);
        let mut drawn = [0; 7];
        for of_class in units {
            for _ in 0..of_class.len() {
                for &sample in of_class[stream.below(of_class.len())] {
                    drawn[sample] += 1;
                }
            }
        }
        for (classifier, resampled) in classifiers.iter().zip(&resampled) {
            let expanded = expand(classifier, &drawn);
            for measure in Measure::ALL {
                let value = resampled[resample]
                    .get(measure)
                    .expect("both classes are drawn");
                let expected = literal(&expanded, measure).expect("both classes are drawn");
                // Sums of up to a dozen terms, in mean below 35.
                assert!(
                    (value - expected).abs() < 1e-13,
                    "{measure:?}: {value}, not {expected}"
                );
            }
        }
    }
}

/// Accuracy of 6 subjects, each right with its only sample or not, has all its 4⁴ times 2² resamples
/// known: the drawn shares agree with the exact ones within 5 standard errors.
#[test]
fn every_resample_is_equally_likely() {
    let wrong = vec![0.25, 0.75];
    let rows = [
        (0, vec![1.0, 0.0]),
        (0, vec![1.0, 0.0]),
        (0, vec![1.0, 0.0]),
        (0, wrong.clone()),
        (1, vec![0.0, 1.0]),
        (1, vec![1.0, 0.0]),
    ];
    let mut exact = [0.0_f64; 7];
    for case in 0..1024 {
        let of_class_0 = (0..4).filter(|i| case / 4_usize.pow(*i) % 4 < 3).count();
        let of_class_1 = (0..2)
            .filter(|i| case / 256 / 2_usize.pow(*i) % 2 == 0)
            .count();
        exact[of_class_0 + of_class_1] += 1.0 / 1024.0;
    }
    let n_resamples = 20_000;
    let scorer = Scorer::new(&from_rows(&rows));
    let resampled = &bootstrap(
        &[&scorer],
        &[0, 1, 2, 3, 4, 5],
        MeasureSet::ALL,
        n_resamples,
        1,
    )[0];
    for (n_right, share) in exact.into_iter().enumerate() {
        let is_drawn = |measures: &&Measures| {
            let accuracy = measures
                .get(Measure::Accuracy)
                .expect("six samples define it");
            (accuracy * 6.0).round() as usize == n_right
        };
        let drawn = resampled.iter().filter(is_drawn).count() as f64 / n_resamples as f64;
        let standard_error = (share * (1.0 - share) / n_resamples as f64).sqrt();
        assert!(
            (drawn - share).abs() <= 5.0 * standard_error,
            "{n_right}: {drawn}, not {share}"
        );
    }
}

/// 300 cohorts of 50 subjects with two samples each, both right with probability 0.7 or both wrong:
/// 90 % intervals hold the truth in 84 % to 94 % (the percentile interval of 50 is a little short,
/// and 300 cohorts have a standard error of 1.7 %). Taking the 100 samples as independent would
/// hold it in three quarters.
#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let mut n_covered = 0;
    for cohort in 0..300 {
        let mut stream = Stream::new(3, Use::Synth, cohort);
        let mut rows = Vec::new();
        for _ in 0..50 {
            let score = if stream.unit() < 0.7 { 1.0 } else { 0.0 };
            rows.push((0, vec![score, 1.0 - score]));
            rows.push((0, vec![score, 1.0 - score]));
        }
        let subjects: Vec<usize> = (0..100).map(|sample| sample / 2).collect();
        let scorer = Scorer::new(&from_rows(&rows));
        let resampled = &bootstrap(&[&scorer], &subjects, MeasureSet::ALL, 200, cohort)[0];
        let interval = interval(resampled, Measure::Accuracy, 0.9).expect("it is defined");
        n_covered += usize::from(interval.low <= 0.7 && 0.7 <= interval.high);
    }
    assert!((252..=282).contains(&n_covered), "{n_covered} of 300");
}

#[test]
fn resamples_without_a_value_are_left_out() {
    let accuracy = |value: Option<f64>| {
        let mut measures = Measures::UNDEFINED;
        if let Some(value) = value {
            measures.set(Measure::Accuracy, value);
        }
        measures
    };
    let first = [Some(0.25), None, Some(0.75), Some(0.5)].map(accuracy);
    let second = [Some(0.5), Some(0.0), None, Some(0.5)].map(accuracy);
    let at_half = |low: f64, high: f64| Some(Interval { low, high });
    assert_eq!(
        interval(&first, Measure::Accuracy, 0.5),
        at_half(0.375, 0.625)
    );
    // The differences -1/4 and 0.
    let difference = difference_interval(&first, &second, Measure::Accuracy, 0.5);
    assert_eq!(difference, at_half(-0.1875, -0.0625));
    assert_eq!(interval(&first, Measure::Mcc, 0.5), None);
}

/// All 2⁶ ways to swap six subject numbers, of which two have no sample; each is carried out on the
/// votes themselves and measured by definition.
#[test]
fn differences_match_their_definition_for_every_swap() {
    let (first, second) = (first_classifier(), second_classifier());
    let pair = Pair::new(&first, &second, MeasureSet::ALL);
    let mut scratch = Scratch::default();
    for swaps in 0..64_usize {
        let is_swapped: Vec<bool> = (0..6).map(|subject| swaps >> subject & 1 == 1).collect();
        // The other lanes swap nothing.
        let lane = swaps % LANES;
        let bits: Vec<Bits> = is_swapped
            .iter()
            .map(|&is| Bits::from(is) << lane)
            .collect();
        let differences = pair.differences(&SUBJECTS, &bits, &mut scratch)[lane];
        let swapped = swap_by_hand(&first, &second, &is_swapped);
        for measure in Measure::ALL {
            let value = differences.get(measure).expect("both classes have samples");
            let expected = difference_by_hand(&swapped, measure);
            // Sums of up to a dozen terms, in mean below 35.
            assert!(
                (value - expected).abs() < 1e-13,
                "{measure:?}: {value}, not {expected}"
            );
        }
    }
}

/// The p-value is an estimate of the share of all swaps that part the two as far, from 20,000 of
/// them: within 5 standard errors, and two more of 1 / 20,000 for the 1s.
#[test]
fn p_values_estimate_the_share_of_all_swaps() {
    let (first, second) = (first_classifier(), second_classifier());
    let n_permutations = 20_000;
    let p_values = swap_p_values(
        &first,
        &second,
        &SUBJECTS,
        MeasureSet::ALL,
        n_permutations,
        5,
    );
    let mut n_between = 0;
    for measure in Measure::ALL {
        let observed = difference_by_hand(&[first.clone(), second.clone()], measure).abs();
        let is_as_far = |swaps: &usize| {
            let is_swapped: Vec<bool> = (0..6).map(|subject| swaps >> subject & 1 == 1).collect();
            let swapped = swap_by_hand(&first, &second, &is_swapped);
            difference_by_hand(&swapped, measure).abs() > observed - 1e-9
        };
        let share = (0..64).filter(is_as_far).count() as f64 / 64.0;
        let p_value = p_values.get(measure).expect("both classes have samples");
        let standard_error = (share * (1.0 - share) / n_permutations as f64).sqrt();
        let tolerance = 5.0 * standard_error + 2.0 / n_permutations as f64;
        assert!(
            (p_value - share).abs() <= tolerance,
            "{measure:?}: {p_value}, not {share}"
        );
        n_between += usize::from(share > 0.05 && share < 0.95);
    }
    // The case is one that a wrong rule would not pass by giving 1.
    assert!(n_between >= 5, "{n_between} of 20");
}

#[test]
fn p_value_of_equal_classifiers_is_1_and_of_no_permutation_is_none() {
    let votes = first_classifier();
    let p_values = swap_p_values(&votes, &votes, &SUBJECTS, MeasureSet::ALL, 50, 5);
    assert_eq!(p_values, Measures([Some(1.0); Measure::ALL.len()]));
    let p_values = swap_p_values(
        &votes,
        &second_classifier(),
        &SUBJECTS,
        MeasureSet::ALL,
        0,
        5,
    );
    assert_eq!(p_values, Measures::UNDEFINED);
}

/// The mean of a pair and itself is the pair's; that of a pair and its reverse is 0 whatever is
/// swapped, and nothing parts the two less.
#[test]
fn a_subject_is_swapped_in_all_pairs_or_in_none() {
    let (first, second) = (first_classifier(), second_classifier());
    let p_values =
        |pairs: &[[&Votes; 2]]| swap_p_values_of_means(pairs, &SUBJECTS, MeasureSet::ALL, 200, 5);
    let one = swap_p_values(&first, &second, &SUBJECTS, MeasureSet::ALL, 200, 5);
    assert_eq!(p_values(&[[&first, &second], [&first, &second]]), one);
    let none = p_values(&[[&first, &second], [&second, &first]]);
    assert_eq!(none, Measures([Some(1.0); Measure::ALL.len()]));
}

#[test]
fn threads_change_no_bit() {
    let (first, second) = (first_classifier(), second_classifier());
    let scorer = Scorer::new(&first);
    let run = || {
        let resampled = bootstrap(&[&scorer], &SUBJECTS, MeasureSet::ALL, 100, 2);
        (
            resampled,
            swap_p_values(&first, &second, &SUBJECTS, MeasureSet::ALL, 100, 2),
        )
    };
    let alone = on_threads(1, run);
    assert_eq!(on_threads(2, run), alone);
    assert_eq!(on_threads(3, run), alone);
}

/// The two classifiers with the predictions of the swapped subjects exchanged.
fn swap_by_hand(first: &Votes, second: &Votes, is_swapped: &[bool]) -> [Votes; 2] {
    let mut swapped = [first.clone(), second.clone()];
    let [to_first, to_second] = &mut swapped;
    let mut scores = [Scores::new(2), Scores::new(2)];
    for (sample, &subject) in SUBJECTS.iter().enumerate() {
        if is_swapped[subject] {
            for (to, from) in [(&mut *to_first, second), (&mut *to_second, first)] {
                to.predicted[sample] = from.predicted[sample];
                to.places[sample] = from.places[sample];
            }
        }
        let (to_first, to_second) = match is_swapped[subject] {
            true => (second, first),
            false => (first, second),
        };
        scores[0].extend([to_first.scores(sample)]);
        scores[1].extend([to_second.scores(sample)]);
    }
    for (votes, scores) in swapped.iter_mut().zip(scores) {
        votes.scores = scores;
    }
    swapped
}

fn difference_by_hand(classifiers: &[Votes; 2], measure: Measure) -> f64 {
    let [first, second] = classifiers.each_ref().map(|votes| literal(votes, measure));
    first.expect("both classes have samples") - second.expect("both classes have samples")
}
