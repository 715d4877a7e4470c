use super::hubness::hubness;
use super::*;
use crate::analysis::{Analysis, AnalysisParams, analyze};
use crate::cohort::RawCohort;
use crate::synth::{SynthParams, synthesize};
use crate::validation::{OnInvalid, admit};

mod clusters;
mod errors;
mod structure;

/// Equal classes without duplicates or anything else that is odd.
fn plain_cohort(seed: u64) -> RawCohort {
    let params = SynthParams {
        n_subjects: 800,
        n_samples: 940,
        n_dims: 60,
        n_classes: 8,
        imbalance: 1.0,
        n_duplicates: 0,
        seed,
        ..SynthParams::default()
    };
    synthesize(&params).unwrap()
}

fn analysis(cohort: RawCohort, distances: &[Distance]) -> Analysis {
    let mut params = AnalysisParams::default();
    params.evaluation.protocols.truncate(1);
    params.evaluation.distances = distances.to_vec();
    params.evaluation.n_folds = 5;
    params.evaluation.n_resamples = 0;
    params.map.distances.clear();
    let admission = admit(cohort, OnInvalid::Drop).unwrap();
    analyze(admission, &params, &Machine::default()).unwrap()
}

/// A table whose neighbors follow a rule; the distances do not matter here.
fn table(n_samples: usize, n_neighbors: usize, rule: impl Fn(usize, usize) -> usize) -> Neighbors {
    let rule = &rule;
    let indices: Vec<u32> = (0..n_samples)
        .flat_map(|sample| (0..n_neighbors).map(move |rank| rule(sample, rank) as u32))
        .collect();
    let values = vec![1.0; indices.len()];
    Neighbors::from_parts(Distance::Cosine, n_samples, n_neighbors, indices, values)
}

#[test]
fn hubs_by_hand() {
    // Everyone's nearest is sample 0, whose own nearest is sample 1; ten samples, one neighbor each.
    // Occurrences 9, 1, 0 × 8: mean 1, variance (64 + 0 + 8) / 10, third moment (512 - 8) / 10.
    let table = table(10, 1, |sample, _| usize::from(sample == 0));
    let classes = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1];
    let hubness = hubness(&table, &classes);
    assert_eq!(hubness.k, 1);
    assert_eq!(hubness.occurrences, [9, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(hubness.bad_occurrences, [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(hubness.skewness, Some(50.4 / (7.2 * 7.2_f64.sqrt())));
    assert_eq!(hubness.hub_limit, 1.0 + 2.0 * 7.2_f64.sqrt());
    assert_eq!(hubness.hubs(), [0]);
    assert_eq!((hubness.n_hubs, hubness.n_anti_hubs), (1, 8));
    assert_eq!(hubness.hub_share, 0.9);
}

/// The figures are those of scipy 1.17.1; `tests/reference/diagnosis/make.py` has the same rule.
#[test]
fn skewness_is_that_of_scipy() {
    let table = table(60, 5, |sample, rank| (sample * sample + rank * rank) % 60);
    let hubness = hubness(&table, &[0; 60]);
    // Within some rounding errors of sums of 60 terms.
    let skewness = hubness.skewness.unwrap();
    assert!((skewness - 1.44196962268044).abs() < 1e-13, "{skewness}");
    assert!((hubness.hub_limit - 16.41928193889616).abs() < 1e-13);
    assert_eq!((hubness.n_hubs, hubness.n_anti_hubs), (2, 22));
}

#[test]
fn a_table_without_differences_has_no_skewness() {
    let table = table(6, 2, |sample, rank| (sample + rank + 1) % 6);
    let hubness = hubness(&table, &[0; 6]);
    assert_eq!(hubness.skewness, None);
    assert_eq!((hubness.n_hubs, hubness.n_anti_hubs), (0, 0));
}

/// Ten nearest of twelve neighbors: the last two do not count.
#[test]
fn ten_neighbors_count() {
    let table = table(13, 12, |sample, rank| (sample + rank + 1) % 13);
    assert_eq!(hubness(&table, &[0; 13]).occurrences, [10; 13]);
}

/// The voters that are found here are those of the evaluation: they give the same scores.
#[test]
fn voters_are_those_of_the_evaluation() {
    let analysis = analysis(plain_cohort(0), &[Distance::Cosine, Distance::Euclidean]);
    let dataset = &analysis.dataset;
    let evaluation = &analysis.evaluation;
    let evaluated = Evaluated::new(dataset, dataset.subjects(), evaluation);
    assert_eq!(evaluated.classes, dataset.classes());
    let part = &evaluation.protocols[0];
    for (table, run) in analysis.neighbors.iter().zip(&part.runs) {
        let keys = Keys::new(
            dataset,
            table.distance(),
            Machine::default().instruction_set,
        );
        let search = OutOfFold {
            table,
            keys: &keys,
            folds: &part.folds,
            evaluated: &evaluated,
        };
        let lists = voters::nearest(&search, run.k);
        let hubness =
            &analysis.diagnosis.as_ref().unwrap().distances[table.distance() as usize].hubness;
        let mut expected = [[0, 0], [0, 0]];
        let mut hub_shares = [0.0, 0.0];
        for (position, prediction) in run.predictions.iter().enumerate() {
            let mut scores = vec![0.0; evaluated.n_classes];
            let (mut has_hub, mut n_hubs, mut n_deciding) = (false, 0.0, 0.0);
            for &voter in &lists[position] {
                scores[dataset.classes()[voter]] += 1.0;
                let is_deciding = dataset.classes()[voter] == prediction.predicted;
                let is_hub = is_deciding && hubness.hubs().contains(&voter);
                has_hub |= is_hub;
                n_hubs += f64::from(u8::from(is_hub));
                n_deciding += f64::from(u8::from(is_deciding));
            }
            for (score, expected) in scores.iter().zip(run.scores.of(position).iter()) {
                assert_eq!(score / run.k as f64, expected);
            }
            let is_right = prediction.predicted == dataset.classes()[position];
            expected[usize::from(is_right)][0] += 1;
            expected[usize::from(is_right)][1] += usize::from(has_hub);
            hub_shares[usize::from(is_right)] += n_hubs / n_deciding;
        }
        let found = voters::hub_voters(&evaluated, run, &lists, hubness, 0.95);
        assert_eq!([found.n_wrong, found.n_wrong_by_hubs], expected[0]);
        assert_eq!([found.n_right, found.n_right_by_hubs], expected[1]);
        assert!(found.n_wrong_by_hubs > 0 && found.n_right_by_hubs > 0);
        let mean = |of: usize| hub_shares[of] / expected[of][0] as f64;
        assert_eq!(found.hub_share_wrong, Some(mean(0)));
        assert_eq!(found.hub_share_right, Some(mean(1)));
        let difference = found.difference.unwrap();
        assert_eq!(difference.value, mean(0) - mean(1));
        let interval = difference.interval.unwrap();
        assert!(interval.low < difference.value && difference.value < interval.high);
    }
}

#[test]
fn classes_that_are_left_out_keep_the_others_in_order() {
    let mut params = AnalysisParams::default();
    params.evaluation.exclude = vec!["syndrome-02".to_owned()];
    params.evaluation.n_folds = 5;
    params.evaluation.n_resamples = 0;
    params.map.distances.clear();
    let admission = admit(plain_cohort(1), OnInvalid::Drop).unwrap();
    let analysis = analyze(admission, &params, &Machine::default()).unwrap();
    let evaluated = Evaluated::new(
        &analysis.dataset,
        analysis.dataset.subjects(),
        &analysis.evaluation,
    );
    assert_eq!(evaluated.n_classes, 7);
    for (&class, &sample) in evaluated.classes.iter().zip(evaluated.samples) {
        assert_eq!(
            analysis.evaluation.class_names[class],
            analysis.dataset.id(sample)[0]
        );
    }
}
