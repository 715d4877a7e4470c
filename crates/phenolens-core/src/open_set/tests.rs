use super::probes::{Match, Probe, drawn};
use super::*;
use crate::dataset::SampleId;
use crate::evaluation::cross_validate;
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};

/// The cohort of `tests/reference/improvement`, and what scikit-learn says of it; see make.py.
mod reference {
    pub(super) const DATA: &str = include_str!("../../tests/reference/improvement/data.csv");
    pub(super) const EXPECTED: &str = include_str!("../../tests/reference/open_set/expected.csv");
}

fn cohort() -> (Dataset, Vec<usize>) {
    let (mut values, mut ids, mut folds) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in reference::DATA.lines().enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        ids.push(id(cells[0], cells[1], index));
        folds.push(cells[2].parse().unwrap());
        values.extend(cells[3..].iter().map(|cell| cell.parse::<f32>().unwrap()));
    }
    let n_dims = values.len() / ids.len();
    (Dataset::new(values, n_dims, ids).unwrap(), folds)
}

fn id(class: &str, subject: &str, sample: usize) -> SampleId {
    SampleId {
        class: class.to_owned(),
        subject: format!("{subject:>3}"),
        sample: sample.to_string(),
    }
}

/// Classes with two samples of each of some subjects, all around one point.
fn noise(n_subjects: &[usize], seed: u64) -> Dataset {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    let (mut values, mut ids) = (Vec::new(), Vec::new());
    for (class, &n_subjects) in n_subjects.iter().enumerate() {
        for subject in 0..n_subjects {
            for sample in 0..2 {
                values.extend((0..4).map(|_| stream.normal() as f32));
                ids.push(id(&class.to_string(), &subject.to_string(), sample));
            }
        }
    }
    Dataset::new(values, 4, ids).unwrap()
}

fn params() -> EvaluationParams {
    EvaluationParams {
        n_folds: 3,
        k_max: 3,
        n_resamples: 50,
        ..EvaluationParams::default()
    }
}

fn found(dataset: &Dataset, depth: usize, params: &EvaluationParams) -> Option<OpenSet> {
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &params.distances, depth, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(dataset, &tables, groups, params, &machine).unwrap();
    open_set(dataset, &tables, groups, &evaluation, params, &machine)
}

/// Rates are fractions of small numbers and areas sums of them: some rounding errors apart. The
/// other program's distances are rounded in another order.
#[test]
fn figures_are_those_of_scikit_learn() {
    let (dataset, folds) = cohort();
    let params = EvaluationParams {
        protocols: vec![Protocol::FromFile],
        folds_from_file: Some(folds),
        ..params()
    };
    let found = found(&dataset, dataset.n_samples() - 1, &params).unwrap();
    let mut lines = reference::EXPECTED.lines();
    for of_distance in &found.distances {
        let mut check = |key: &str, figures: &[f64]| {
            let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!(cells[..2], [of_distance.distance.name(), key]);
            assert_eq!(cells.len() - 2, figures.len());
            for (cell, figure) in cells[2..].iter().zip(figures) {
                let expected: f64 = cell.parse().unwrap();
                assert!((figure - expected).abs() < 1e-12, "{cells:?} {figure}");
            }
        };
        for class in &of_distance.classes {
            let figures = [
                class.auroc,
                class.oscr,
                class.fnir_at_fpir_10,
                class.threshold,
                class.fpir_at_common,
                class.fpir_left_out,
            ];
            check(&class.class.to_string(), &figures);
        }
        check(
            "common",
            &[of_distance.common.threshold, of_distance.common.fnir],
        );
    }
    assert_eq!(lines.next(), None);
}

/// Held-out class 0 with unknown probes at 2, 4, 4; known ones, right at 1, 2, 4, wrong at 3:
///
/// ```text
/// known 1: nearer than all 3            3 wins
///       2: ties with 2, nearer than 4s  2½
///       3: nearer than the 4s           2
///       4: ties with the 4s             1
/// ```
#[test]
fn one_trial_by_hand() {
    let probe = |class: usize, distance: f64, found: usize| Probe {
        class,
        group: 0,
        has_mate: true,
        nearest: Some(Match {
            class: found,
            distance,
        }),
        runner_up: None,
    };
    let all = vec![
        probe(0, 4.0, 1),
        probe(0, 2.0, 2),
        probe(0, 4.0, 2),
        probe(1, 1.0, 1),
        probe(2, 2.0, 2),
        probe(2, 3.0, 1),
        probe(1, 4.0, 1),
    ];
    let probes = Probes { n_classes: 3, all };
    let trial = Trial::new(&probes, 0, &[], 0.95).unwrap();
    assert_eq!(trial.unknown, [2.0, 4.0, 4.0]);
    let figures = trial.figures;
    assert_eq!((figures.n_known, figures.n_unknown), (4, 3));
    assert_eq!(figures.auroc, 8.5 / 12.0);
    assert_eq!(figures.oscr, 6.5 / 12.0);
    // None of three may be accepted: what is as near as the nearest is rejected.
    assert_eq!(figures.threshold, 2.0);
    assert_eq!(figures.fnir_at_fpir_10, 0.75);
    assert_eq!(trial.fnir_curve[33], 0.75, "0 of 3");
    assert_eq!(trial.fnir_curve[34], 0.5, "1 of 3: below 4");
    assert_eq!(trial.fnir_curve[67], 0.5, "2 of 3 are those below 4 too");
    assert_eq!(trial.fnir_curve[100], 0.25, "all: the wrong one is left");
    assert_eq!(figures.auroc_interval, None);
}

/// The definitions, pair by pair and threshold by threshold, on made-up probes with many ties; a
/// resample is the same as a longer list.
#[test]
fn trials_match_their_definitions() {
    let mut stream = Stream::new(5, Use::Synth, 0);
    for _ in 0..200 {
        let random_probe = |stream: &mut Stream| {
            let first = stream.below(3);
            let nearest = stream.below(6);
            Probe {
                class: stream.below(3),
                group: stream.below(4),
                has_mate: stream.below(5) > 0,
                nearest: Some(Match {
                    class: first,
                    distance: nearest as f64,
                }),
                runner_up: Some(Match {
                    class: (first + 1 + stream.below(2)) % 3,
                    distance: (nearest + stream.below(3)) as f64,
                }),
            }
        };
        let n_probes = 4 + stream.below(30);
        let all: Vec<Probe> = (0..n_probes).map(|_| random_probe(&mut stream)).collect();
        let weights: Vec<u32> = all.iter().map(|_| stream.below(3) as u32).collect();
        let repeated: Vec<Probe> = all
            .iter()
            .zip(&weights)
            .flat_map(|(probe, &times)| vec![*probe; times as usize])
            .collect();
        let probes = Probes { n_classes: 3, all };
        for class in 0..3 {
            let trial = Trial::new(&probes, class, std::slice::from_ref(&weights), 0.95);
            let expected = literal(&probes.all, class);
            assert_eq!(trial.is_some(), expected.is_some());
            let (Some(trial), Some(expected)) = (trial, expected) else {
                continue;
            };
            let figures = trial.figures;
            let [auroc, oscr, fnir, threshold] = expected;
            assert!((figures.auroc - auroc).abs() < 1e-12);
            assert!((figures.oscr - oscr).abs() < 1e-12);
            assert!((figures.fnir_at_fpir_10 - fnir).abs() < 1e-12);
            assert_eq!(figures.threshold, threshold);
            let resampled = literal(&repeated, class).map(|figures| figures[0]);
            let interval = figures.auroc_interval;
            assert_eq!(interval.is_some(), resampled.is_some());
            if let (Some(interval), Some(resampled)) = (interval, resampled) {
                assert!((interval.low - resampled).abs() < 1e-12);
            }
        }
    }
}

/// Area, open-set area, false-negative rate and threshold of one held-out class.
fn literal(all: &[Probe], held_out: usize) -> Option<[f64; 4]> {
    let nearest = |probe: &Probe| {
        let both = [probe.nearest.unwrap(), probe.runner_up.unwrap()];
        both.into_iter()
            .find(|found| found.class != held_out)
            .unwrap()
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for probe in all {
        let found = nearest(probe);
        if probe.class == held_out {
            unknown.push(found.distance);
        } else if probe.has_mate {
            known.push((found.distance, found.class == probe.class));
        }
    }
    if known.is_empty() || unknown.is_empty() {
        return None;
    }
    let share = |counts: &dyn Fn(bool) -> bool| {
        let mut wins = 0.0;
        for &(distance, _) in known.iter().filter(|known| counts(known.1)) {
            for &other in &unknown {
                if distance < other {
                    wins += 1.0;
                } else if distance == other {
                    wins += 0.5;
                }
            }
        }
        wins / (known.len() * unknown.len()) as f64
    };
    let fpir = |threshold: f64| {
        let n = unknown.iter().filter(|&&other| other < threshold).count();
        n as f64 / unknown.len() as f64
    };
    let allowed = unknown.iter().copied().filter(|&t| fpir(t) <= 0.1);
    let threshold = allowed.fold(f64::NEG_INFINITY, f64::max);
    let n_accepted = known
        .iter()
        .filter(|&&(distance, is_right)| is_right && distance < threshold)
        .count();
    let fnir = 1.0 - n_accepted as f64 / known.len() as f64;
    Some([
        share(&|_| true),
        share(&|is_right| is_right),
        fnir,
        threshold,
    ])
}

#[test]
fn shallow_tables_threads_and_repeats_change_nothing() {
    let (dataset, _) = cohort();
    let whole = found(&dataset, dataset.n_samples() - 1, &params());
    assert!(whole.is_some());
    assert_eq!(whole, found(&dataset, 4, &params()));
    for n_threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .unwrap();
        assert_eq!(whole, pool.install(|| found(&dataset, 40, &params())));
    }
}

/// Where classes mean nothing, an unknown one looks like the others.
#[test]
fn unknown_noise_looks_like_known_noise() {
    let dataset = noise(&[40, 40, 40, 40, 40], 3);
    let found = found(&dataset, dataset.n_samples() - 1, &params()).unwrap();
    for of_distance in &found.distances {
        let MeanOverClasses { value, interval } = of_distance.auroc;
        let interval = interval.unwrap();
        // A class's area of 80 unknown probes has a standard error of some 0.035.
        assert!((value - 0.5).abs() < 0.05, "{value}");
        assert!(interval.low < 0.5 && 0.5 < interval.high, "{interval:?}");
        assert!(of_distance.common.fpir <= 0.1 + 1e-12);
        assert!(of_distance.common.fnir >= of_distance.misidentified);
        for class in &of_distance.classes {
            let interval = class.auroc_interval.unwrap();
            assert!(interval.low <= class.auroc && class.auroc <= interval.high);
        }
    }
}

/// Of 60 cohorts without any difference, three may have an interval without 0.5, give or take three
/// standard deviations of 1.7.
#[test]
fn a_difference_is_seldom_claimed_where_there_is_none() {
    let params = EvaluationParams {
        distances: vec![Distance::Euclidean],
        n_resamples: 0,
        ..params()
    };
    let claims = |seed: &u64| {
        let dataset = noise(&[12; 6], 100 + seed);
        let found = found(&dataset, dataset.n_samples() - 1, &params).unwrap();
        let interval = found.distances[0].auroc.interval.unwrap();
        interval.low > 0.5 || interval.high < 0.5
    };
    let n_claims = (0..60).filter(claims).count();
    assert!(n_claims <= 8, "{n_claims}");
}

/// The one subject of class 2 has no mate: it is unknown when held out, and never known.
#[test]
fn a_class_of_one_subject_is_never_known() {
    let dataset = noise(&[12, 12, 1], 4);
    let found = found(&dataset, dataset.n_samples() - 1, &params()).unwrap();
    let classes = &found.distances[0].classes;
    assert_eq!(classes.len(), 3);
    assert_eq!((classes[0].n_unknown, classes[0].n_known), (24, 24));
    assert_eq!((classes[2].n_unknown, classes[2].n_known), (2, 48));
    assert_eq!(classes[2].n_unknown_subjects, 1);
    assert_eq!(classes[0].n_unknown_subjects, 12);
}

#[test]
fn two_classes_leave_nothing_to_hold_out() {
    let dataset = noise(&[12, 12], 5);
    assert_eq!(found(&dataset, 23, &params()), None);
}

#[test]
fn without_resampling_only_means_have_intervals() {
    let dataset = noise(&[12, 12, 12], 6);
    let params = EvaluationParams {
        n_resamples: 0,
        ..params()
    };
    let found = found(&dataset, dataset.n_samples() - 1, &params).unwrap();
    let of_distance = &found.distances[0];
    let has_interval = |class: &HeldOutClass| class.auroc_interval.is_some();
    assert!(!of_distance.classes.iter().any(has_interval));
    let interval = of_distance.auroc.interval.unwrap();
    assert!(0.0 <= interval.low && interval.high <= 1.0);
}

/// 5,030 samples, more than can all be probes, with tables that hold 20 neighbors.
#[test]
fn many_samples_are_drawn_by_whole_subjects() {
    let dataset = noise(&[2000, 500, 15], 7);
    let params = EvaluationParams {
        distances: vec![Distance::Euclidean],
        n_resamples: 2,
        ..params()
    };
    let machine = Machine::default();
    let tables = nearest_neighbors(&dataset, &params.distances, 20, &machine);
    let groups = dataset.subjects();
    let evaluation = cross_validate(&dataset, &tables, groups, &params, &machine).unwrap();
    let evaluated = Evaluated::new(&dataset, groups, &evaluation);
    let positions = drawn(&evaluated, 500, 1);
    assert!(positions.is_sorted());
    let sizes = [0, 1, 2].map(|class| {
        let is_of = |&&position: &&usize| evaluated.classes[position] == class;
        positions.iter().filter(is_of).count()
    });
    // Shares of 397.6, 99.4 and 2.98, each filled by pairs.
    assert_eq!(sizes, [398, 100, 4]);
    let is_whole = |pair: &[usize]| evaluated.groups[pair[0]] == evaluated.groups[pair[1]];
    assert!(positions.chunks(2).all(is_whole));
    assert_eq!(positions, drawn(&evaluated, 500, 1));
    assert_ne!(positions, drawn(&evaluated, 500, 2));
    assert_eq!(drawn(&evaluated, 5030, 1), (0..5030).collect::<Vec<_>>());

    let found = open_set(&dataset, &tables, groups, &evaluation, &params, &machine).unwrap();
    let n_unknown: usize = found.distances[0].classes.iter().map(|c| c.n_unknown).sum();
    assert_eq!(n_unknown, found.n_probes);
    assert!((2000..2006).contains(&found.n_probes), "{}", found.n_probes);
}
