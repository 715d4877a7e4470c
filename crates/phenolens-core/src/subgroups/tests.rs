use super::*;
use crate::dataset::SampleId;
use crate::evaluation::{Place, Scores, Votes, cross_validate};
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};
use crate::synth::{SynthParams, synthesize};
use crate::validation::{OnInvalid, admit};

fn params(n_resamples: usize) -> EvaluationParams {
    EvaluationParams {
        distances: vec![Distance::Cosine],
        protocols: vec![Protocol::SubjectGrouped],
        n_folds: 5,
        n_resamples,
        ..EvaluationParams::default()
    }
}

fn votes(n_classes: usize, truth: &[usize], predicted: &[usize]) -> Votes {
    let pairs = truth.iter().zip(predicted);
    let mut scores = Scores::new(n_classes);
    for &class in predicted {
        scores.push([(class, 1.0)]);
    }
    Votes {
        n_classes,
        truth: truth.to_vec(),
        predicted: predicted.to_vec(),
        places: pairs
            .map(|(truth, predicted)| Place {
                n_ahead: usize::from(truth != predicted),
                n_tied: 1,
            })
            .collect(),
        scores,
    }
}

fn grouped(
    votes: &Votes,
    subjects: &[usize],
    texts: &[Option<&str>],
    params: &EvaluationParams,
) -> GroupedVariable {
    let variable = Variable::new("v".to_owned(), texts);
    let predictions = Predictions {
        votes,
        groups: subjects,
    };
    let values = variable.values().to_vec();
    let grouping = Grouping::new(&predictions, &variable, values, params.select_by);
    let n_permutations = params.n_resamples;
    let mut variables = [measure_variable(
        &predictions,
        &grouping,
        0,
        n_permutations,
        params,
    )];
    correct(&mut variables);
    let [variable] = variables;
    variable
}

fn value(group: &Group, measure: Measure) -> f64 {
    group.measures[measure as usize].value.unwrap()
}

/// Of class 0 group a has 6 right of 8, b 6 of 10; of class 1 a has 3 of 4; b has none of it, but takes
/// 4 of class 0 for it. c is too small, and four subjects have no value.
#[test]
fn figures_by_hand() {
    let mut truth = Vec::new();
    let mut predicted = Vec::new();
    let mut texts = Vec::new();
    let mut add = |n: usize, class: usize, as_class: usize, text: Option<&'static str>| {
        for _ in 0..n {
            truth.push(class);
            predicted.push(as_class);
            texts.push(text);
        }
    };
    add(6, 0, 0, Some("a"));
    add(2, 0, 1, Some("a"));
    add(3, 1, 1, Some("a"));
    add(1, 1, 0, Some("a"));
    add(6, 0, 0, Some("b"));
    add(4, 0, 1, Some("b"));
    add(9, 1, 1, Some("c"));
    add(4, 1, 1, None);
    let subjects: Vec<usize> = (0..truth.len()).collect();
    let votes = votes(2, &truth, &predicted);
    let found = grouped(&votes, &subjects, &texts, &params(0));
    let names: Vec<Option<&str>> = found.groups.iter().map(|g| g.value.as_deref()).collect();
    assert_eq!(names, [Some("a"), Some("b"), Some("c"), None]);
    let n_subjects: Vec<usize> = found.groups.iter().map(|g| g.n_subjects).collect();
    assert_eq!(n_subjects, [12, 10, 9, 4]);
    let too_small: Vec<bool> = found.groups.iter().map(|g| g.is_too_small).collect();
    assert_eq!(too_small, [false, false, true, true]);
    assert!(found.groups[2].measures.is_empty() && found.groups[2].differences.is_empty());

    let [a, b] = [&found.groups[0], &found.groups[1]];
    assert_eq!(value(a, Measure::Accuracy), 0.75);
    assert_eq!(value(b, Measure::Accuracy), 0.6);
    // a: F1 of class 0 is 12 / (8 + 7), of class 1 6 / (4 + 5). b: class 0 alone, 12 / (10 + 6).
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-15, "{found}");
    close(value(a, Measure::F1Macro), (0.8 + 2.0 / 3.0) / 2.0);
    close(value(b, Measure::F1Macro), 0.75);
    close(value(b, Measure::RecallMacro), 0.6);
    close(value(b, Measure::PrecisionMacro), 1.0);
    // 18 of 35 are of class 0.
    close(
        a.standardized_accuracy.unwrap(),
        (18.0 * 0.75 + 17.0 * 0.75) / 35.0,
    );
    assert_eq!(b.standardized_accuracy, None);
    let difference = a.differences[0];
    close(difference.difference, 0.15);
    close(b.differences[0].difference, -0.15);
    assert_eq!((difference.interval, difference.p_value), (None, None));
    assert_eq!(a.differences[1].measure, Measure::F1Macro);
}

/// In each class the group does as the others do, but it has the harder class: the difference is the
/// mix alone, and every permutation is as far from it.
#[test]
fn another_mix_of_classes_is_no_difference() {
    let mut truth = Vec::new();
    let mut predicted = Vec::new();
    let mut texts = Vec::new();
    for (class, n_hard, n_others) in [(0, 5, 25), (1, 25, 5)] {
        for index in 0..n_hard + n_others {
            truth.push(class);
            // Class 0 is all right, class 1 all wrong.
            predicted.push(0);
            texts.push(Some(if index < n_hard { "hard" } else { "others" }));
        }
    }
    let subjects: Vec<usize> = (0..truth.len()).collect();
    let found = grouped(
        &votes(2, &truth, &predicted),
        &subjects,
        &texts,
        &params(200),
    );
    let difference = found.groups[0].differences[0];
    let expected = 5.0 / 30.0 - 25.0 / 30.0;
    assert!((difference.difference - expected).abs() < 1e-12);
    assert!((difference.by_class_mix.unwrap() - expected).abs() < 1e-12);
    assert_eq!(difference.p_value, Some(1.0));
    // Standardized, both are the same.
    let of = |group: usize| found.groups[group].standardized_accuracy.unwrap();
    assert_eq!(of(0), of(1));
    assert_eq!(of(0), 0.5);
}

/// 12 subjects of one class in a, 12 in b, one image each; a has 11 right, b 5. With 16 right of 24
/// the number in a is hypergeometric: the exact two-sided p is P(X ≥ 11) + P(X ≤ 5).
#[test]
fn p_value_is_that_of_all_permutations() {
    let truth = vec![0; 24];
    let predicted: Vec<usize> = (0..24)
        .map(|subject| usize::from((11..12).contains(&subject) || subject >= 17))
        .collect();
    let texts: Vec<Option<&str>> = (0..24)
        .map(|s| Some(if s < 12 { "a" } else { "b" }))
        .collect();
    let subjects: Vec<usize> = (0..24).collect();
    const N: usize = 20_000;
    let params = EvaluationParams {
        select_by: Measure::Accuracy,
        ..params(N)
    };
    let found = grouped(&votes(2, &truth, &predicted), &subjects, &texts, &params);
    let choose = |n: usize, k: usize| (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
    let chance = |x: usize| choose(16, x) * choose(8, 12 - x) / choose(24, 12);
    let exact: f64 = [4, 5, 11, 12].map(chance).iter().sum();
    let difference = found.groups[0].differences[0];
    assert!((difference.difference - 0.5).abs() < 1e-15);
    assert!(difference.by_class_mix.unwrap().abs() < 0.01);
    let p = difference.p_value.unwrap();
    let deviation = (exact * (1.0 - exact) / N as f64).sqrt();
    assert!((p - exact).abs() < 5.0 * deviation, "{p} {exact}");
    // One test of one measure: nothing to correct for, and both groups have it.
    assert_eq!(difference.p_holm, difference.p_value);
    let other = found.groups[1].differences[0];
    assert_eq!(
        (other.p_value, other.p_holm),
        (difference.p_value, difference.p_holm)
    );
    assert_eq!(
        other.interval.unwrap().low,
        -difference.interval.unwrap().high
    );
}

/// Subjects have several images, classes differ in how hard they are, and the groups in their mix of
/// classes. Nothing else differs: p-values up to a are at most as frequent as a, within 3 standard
/// errors of 600 cohorts.
#[test]
fn p_values_hold_their_level() {
    const N_COHORTS: u64 = 600;
    let mut smallest = Vec::new();
    for cohort in 0..N_COHORTS {
        let mut stream = Stream::new(cohort, Use::Synth, 99);
        let (mut truth, mut predicted, mut texts, mut subjects) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for subject in 0..90 {
            let class = subject % 3;
            let is_in_a = stream.unit() < [0.2, 0.5, 0.7][class];
            // A subject is easy or not as a whole.
            let chance = [0.9, 0.6, 0.4][class] + 0.2 * (stream.unit() - 0.5);
            for _ in 0..1 + stream.below(3) {
                truth.push(class);
                let is_right = stream.unit() < chance;
                predicted.push(if is_right { class } else { (class + 1) % 3 });
                texts.push(Some(if is_in_a { "a" } else { "b" }));
                subjects.push(subject);
            }
        }
        let params = EvaluationParams {
            seed: cohort,
            ..params(199)
        };
        let found = grouped(&votes(3, &truth, &predicted), &subjects, &texts, &params);
        let p_values = found.groups[0]
            .differences
            .iter()
            .map(|d| d.p_value.unwrap());
        smallest.extend(p_values);
    }
    for level in [0.05, 0.1, 0.2] {
        let share = |measure: usize| {
            let of = smallest.iter().skip(measure).step_by(2);
            of.filter(|&&p| p <= level).count() as f64 / N_COHORTS as f64
        };
        let limit = level + 3.0 * (level * (1.0 - level) / N_COHORTS as f64).sqrt();
        assert!(share(0) <= limit && share(1) <= limit, "{level}");
        // And the test is alive.
        assert!(share(0) > level / 3.0, "{level}");
    }
}

/// A cohort with two invented variables, and a third whose images have this much noise on top, as a
/// share of the typical length.
fn cohort(seed: u64, noise: f64) -> (Dataset, Vec<Variable>) {
    let params = SynthParams {
        n_classes: 5,
        n_subjects: 400,
        n_samples: 480,
        n_dims: 40,
        n_duplicates: 0,
        seed,
        ..SynthParams::default()
    };
    let cohort = synthesize(&params).unwrap();
    let dataset = admit(cohort, OnInvalid::Drop).unwrap().dataset;
    let mut stream = Stream::new(seed, Use::Synth, 1 << 50);
    let mut draw = |n_values: usize| -> Vec<usize> {
        (0..dataset.n_subjects())
            .map(|_| stream.below(n_values))
            .collect()
    };
    let of_subjects = [draw(2), draw(3), draw(4)];
    let names = ["0", "1", "2", "3"];
    let variable = |index: usize| {
        let texts: Vec<Option<&str>> = dataset
            .subjects()
            .iter()
            .map(|&subject| Some(names[of_subjects[index][subject]]))
            .collect();
        Variable::new(format!("variable-{index}"), &texts)
    };
    let variables = (0..3).map(variable).collect();
    let mut vectors = dataset.vectors().to_vec();
    for (sample, vector) in vectors.chunks_exact_mut(dataset.n_dims()).enumerate() {
        if of_subjects[2][dataset.subjects()[sample]] == 1 {
            for value in vector {
                *value += (noise * 22.0 / (40.0_f64).sqrt() * stream.normal()) as f32;
            }
        }
    }
    let id = |sample: usize| {
        let [class, subject, sample] = dataset.id(sample).map(str::to_owned);
        SampleId {
            class,
            subject,
            sample,
        }
    };
    let ids = (0..dataset.n_samples()).map(id).collect();
    (
        Dataset::new(vectors, dataset.n_dims(), ids).unwrap(),
        variables,
    )
}

fn of_cohort(dataset: &Dataset, variables: &[Variable], params: &EvaluationParams) -> Subgroups {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, 60, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(dataset, &tables, groups, params, &machine).unwrap();
    subgroups(
        dataset,
        &tables,
        groups,
        &evaluation,
        variables,
        params,
        &machine,
    )
    .unwrap()
}

/// What would be claimed: variable and value.
fn claims(found: &Subgroups) -> Vec<(&str, &str)> {
    let mut claims = Vec::new();
    for variable in &found.variables {
        for group in &variable.groups {
            let is_claimed = |d: &GroupDifference| d.p_holm.unwrap() <= 0.05;
            if group.differences.iter().any(is_claimed) {
                claims.push((&*variable.name, group.value.as_deref().unwrap()));
            }
        }
    }
    claims
}

#[test]
fn groups_that_do_not_differ_are_rarely_claimed() {
    let n_claimed = (0..20)
        .filter(|&seed| {
            let (dataset, variables) = cohort(seed, 0.0);
            let found = of_cohort(&dataset, &variables, &params(400));
            // One test of the first variable, 3 of the second, 4 of the third, of two measures.
            assert_eq!(found.n_tests, 2 * (1 + 3 + 4));
            !claims(&found).is_empty()
        })
        .count();
    // 5 % of 20; of 300 such cohorts 8 had a claim.
    assert!(n_claimed <= 1, "{n_claimed}");
}

#[test]
fn a_group_with_noisier_images_is_found() {
    let n_found = (0..20)
        .filter(|&seed| {
            let (dataset, variables) = cohort(100 + seed, 2.5);
            let found = of_cohort(&dataset, &variables, &params(400));
            let group = &found.variables[2].groups[1];
            let is_named = claims(&found).contains(&("variable-2", "1"));
            is_named && group.differences[0].difference < 0.0
        })
        .count();
    assert!(n_found >= 19, "{n_found}");
}

/// What makes no groups is said and left out.
#[test]
fn variables_without_groups_are_findings() {
    let (dataset, _) = cohort(0, 0.0);
    let n_samples = dataset.n_samples();
    let texts: Vec<String> = (0..n_samples)
        .map(|sample| (sample % 21).to_string())
        .collect();
    let ages: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
    let some: Vec<Option<&str>> = (0..n_samples)
        .map(|s| (s % 2 == 0).then_some("x"))
        .collect();
    let twenty: Vec<Option<&str>> = ages
        .iter()
        .map(|age| age.filter(|&age| age != "20"))
        .collect();
    let variables = [
        Variable::new("age".to_owned(), &ages),
        Variable::new("site".to_owned(), &some),
        Variable::new("nothing".to_owned(), &vec![None; n_samples]),
        Variable::new("band".to_owned(), &twenty),
    ];
    let found = of_cohort(&dataset, &variables, &params(0));
    let messages: Vec<String> = found
        .findings
        .iter()
        .map(|f| f.message.to_string())
        .collect();
    assert_eq!(messages.len(), 3);
    assert!(messages[0].contains("\"age\" of the metadata has 21 distinct values"));
    assert!(messages[0].contains("Give bands"));
    assert!(messages[1].contains("\"site\" of the metadata has one value, \"x\""));
    assert!(messages[2].contains("\"nothing\" of the metadata has no value"));
    assert_eq!(found.variables.len(), 1);
    assert_eq!(found.variables[0].groups.len(), 21);
    let unknown = found.variables[0].groups.last().unwrap();
    assert_eq!(unknown.value, None);
    assert!(!unknown.is_too_small && unknown.differences.is_empty());
    assert_eq!(unknown.measures.len(), Measure::ALL.len());
    assert_eq!(found.n_tests, 0);
}

/// By site: every subject has an image at each, so that both groups have all subjects, and a resample
/// of subjects moves both together. The difference, the same for every subject, never moves.
#[test]
fn a_subject_can_be_in_two_groups() {
    let (mut truth, mut predicted, mut texts, mut subjects) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for subject in 0..40 {
        let class = subject % 2;
        for site in ["north", "south"] {
            truth.push(class);
            let is_wrong = subject % 3 == 0;
            predicted.push(if is_wrong { 1 - class } else { class });
            texts.push(Some(site));
            subjects.push(subject);
        }
    }
    let found = grouped(
        &votes(2, &truth, &predicted),
        &subjects,
        &texts,
        &params(300),
    );
    for group in &found.groups {
        assert_eq!((group.n_subjects, group.n_samples), (40, 40));
        let accuracy = group.measures[0];
        let range = accuracy.interval.unwrap();
        assert!(range.low < accuracy.value.unwrap() && accuracy.value.unwrap() < range.high);
        let difference = group.differences[0];
        assert_eq!(difference.difference, 0.0);
        let range = difference.interval.unwrap();
        assert_eq!((range.low, range.high), (0.0, 0.0));
        assert_eq!(difference.p_value, Some(1.0));
    }
}

/// Groups keep their classes in every resample, so that the interval of a measure holds its value
/// also where a class has one subject of the group.
#[test]
fn intervals_are_within_the_group() {
    let (dataset, variables) = cohort(3, 0.0);
    let found = of_cohort(&dataset, &variables, &params(300));
    for group in found.variables.iter().flat_map(|v| &v.groups) {
        for of in &group.measures {
            let (value, range) = (of.value.unwrap(), of.interval.unwrap());
            assert!(
                range.low <= value + 1e-12 && value <= range.high + 1e-12,
                "{of:?}"
            );
        }
    }
}
