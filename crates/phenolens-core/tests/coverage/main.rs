//! Do intervals hold the truth as often as they say, and do tests reject as seldom as they say?
//!
//! Simulated predictions whose population values are known, without cross-validation: subjects of
//! three classes with one to four samples each, whose scores share what is the subject's own.

use phenolens_core::evaluation::{
    Measure, MeasureSet, Measures, Place, Scorer, Scores, Votes, Workspace, bootstrap, interval,
    swap_p_values,
};
use phenolens_core::random::{Stream, Use};
use rayon::prelude::*;

/// Subjects of every class.
const N_SUBJECTS: [usize; 3] = [140, 100, 60];

/// Classes.
const N_CLASSES: usize = N_SUBJECTS.len();

/// Simulated cohorts for each seed.
const N_RUNS: u64 = 2000;

/// Resamples of each.
const N_RESAMPLES: usize = 1000;

/// The fixed seeds.
const SEEDS: [u64; 3] = [1, 2, 3];

/// What is watched.
const WATCHED: [Measure; 3] = [Measure::Accuracy, Measure::AucMacro, Measure::F1Macro];

/// A cohort's predictions and the subject of every sample.
struct Cohort {
    votes: Votes,
    subjects: Vec<usize>,
}

/// Draws subjects of every class; the number of samples of each is part of the draw.
///
/// The evidence for class c is 1.2 where it is the truth, plus the subject's own deviation, plus the
/// sample's; scores are its softmax, cut to eighths so that there are ties as among votes.
fn draw(n_subjects: [usize; 3], classifier: u64, seed: u64, run: u64) -> Cohort {
    let mut sizes = Stream::new(seed, Use::Synth, run);
    let mut stream = Stream::new(seed, Use::Synth, (1 + classifier) << 32 | run);
    let mut cohort = Cohort {
        votes: Votes {
            n_classes: N_CLASSES,
            truth: Vec::new(),
            predicted: Vec::new(),
            places: Vec::new(),
            scores: Scores::new(N_CLASSES),
        },
        subjects: Vec::new(),
    };
    let mut subject = 0;
    for (class, n_subjects) in n_subjects.into_iter().enumerate() {
        for _ in 0..n_subjects {
            let own: Vec<f64> = (0..N_CLASSES).map(|_| stream.normal()).collect();
            for _ in 0..1 + sizes.below(4) {
                let evidence = |other: usize, stream: &mut Stream| {
                    f64::from(u8::from(other == class)) * 1.2 + own[other] + 0.7 * stream.normal()
                };
                let evidence: Vec<f64> = (0..N_CLASSES)
                    .map(|other| evidence(other, &mut stream))
                    .collect();
                add_sample(&mut cohort, class, subject, &evidence);
            }
            subject += 1;
        }
    }
    cohort
}

/// Adds a sample as a classifier with that evidence would predict it.
fn add_sample(cohort: &mut Cohort, class: usize, subject: usize, evidence: &[f64]) {
    let weights: Vec<f64> = evidence
        .iter()
        .map(|&evidence| (8.0 * libm::exp(evidence)).round().max(0.0))
        .collect();
    let total: f64 = weights.iter().sum();
    let scores = weights
        .iter()
        .map(|weight| (8.0 * weight / total).round() / 8.0);
    let votes = &mut cohort.votes;
    votes.scores.push(scores.enumerate());
    let best = |a: &usize, b: &usize| evidence[*a].total_cmp(&evidence[*b]);
    let predicted = (0..N_CLASSES).max_by(best).expect("there are classes");
    votes.truth.push(class);
    votes.predicted.push(predicted);
    let n_ahead = evidence
        .iter()
        .filter(|&&other| other > evidence[class])
        .count();
    votes.places.push(Place { n_ahead, n_tied: 1 });
    cohort.subjects.push(subject);
}

/// The measures of a cohort so large that it stands for the population: 400,000 subjects in the same
/// shares, so that the accuracy is known to some 0.0007, a sixtieth of an interval's width.
fn population() -> Measures {
    let shares = N_SUBJECTS.map(|n| n * 400_000 / N_SUBJECTS.iter().sum::<usize>());
    let cohort = draw(shares, 0, 99, 0);
    let all = vec![1; cohort.votes.n_samples()];
    Scorer::new(&cohort.votes).measures(&all, &mut Workspace::default())
}

#[test]
fn intervals_hold_the_population_as_often_as_they_say() {
    let population = population();
    let wanted: MeasureSet = WATCHED.into_iter().collect();
    for seed in SEEDS {
        let held: Vec<[bool; 3]> = (0..N_RUNS)
            .into_par_iter()
            .map(|run| {
                let Cohort { votes, subjects } = draw(N_SUBJECTS, 0, seed, run);
                let scorer = Scorer::of(&votes, wanted);
                let resampled = &bootstrap(&[&scorer], &subjects, wanted, N_RESAMPLES, run)[0];
                WATCHED.map(|measure| {
                    let truth = population.get(measure).expect("every class is there");
                    let interval = interval(resampled, measure, 0.95).expect("there are resamples");
                    interval.low <= truth && truth <= interval.high
                })
            })
            .collect();
        let coverage = [0, 1, 2]
            .map(|place| held.iter().filter(|held| held[place]).count() as f64 / N_RUNS as f64);
        for (measure, coverage) in WATCHED.into_iter().zip(coverage) {
            let truth = population.get(measure).unwrap_or(f64::NAN);
            println!(
                "seed {seed}: {:.2} % of {N_RUNS} intervals hold the {} of {truth:.4}",
                100.0 * coverage,
                measure.name()
            );
        }
        let [accuracy, auc, f1] = coverage;
        assert!((0.935..=0.965).contains(&accuracy), "accuracy: {accuracy}");
        assert!(auc >= 0.92, "AUC: {auc}");
        assert!(f1 >= 0.92, "F1: {f1}");
    }
}

/// Two classifiers that are equally good and err apart: p-values are at most as often small as they
/// say, give or take three standard errors of 2,000 runs.
#[test]
fn tests_reject_no_more_often_than_they_say() {
    let wanted: MeasureSet = WATCHED.into_iter().collect();
    for seed in SEEDS {
        let p_values: Vec<Measures> = (0..N_RUNS)
            .into_par_iter()
            .map(|run| {
                let first = draw(N_SUBJECTS, 0, seed, run);
                let second = draw(N_SUBJECTS, 1, seed, run);
                swap_p_values(
                    &first.votes,
                    &second.votes,
                    &first.subjects,
                    wanted,
                    400,
                    run,
                )
            })
            .collect();
        for measure in WATCHED {
            for level in [0.01, 0.05, 0.1] {
                let is_small = |p: &&Measures| p.get(measure).is_some_and(|p| p <= level);
                let share = p_values.iter().filter(is_small).count() as f64 / N_RUNS as f64;
                let error = (level * (1.0 - level) / N_RUNS as f64).sqrt();
                println!(
                    "seed {seed}: p <= {level} for {:.2} % of {N_RUNS} pairs that do not differ in {}",
                    100.0 * share,
                    measure.name()
                );
                assert!(share <= level + 3.0 * error, "{measure:?} {level}: {share}");
            }
        }
    }
}
