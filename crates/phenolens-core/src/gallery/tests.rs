use super::sides::Split;
use super::*;
use crate::analysis::{Analysis, AnalysisParams, analyze};
use crate::cohort::{RawCohort, Stored};
use crate::evaluation::cross_validate;
use crate::neighbors::nearest_neighbors;
use crate::random::{Stream, Use};
use crate::validation::{OnInvalid, admit};

/// Gaussian classes of so many subjects each, every third subject with two samples.
fn cohort(n_subjects: &[usize], n_dims: usize, seed: u64) -> Dataset {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    let mut cohort = RawCohort::default();
    for (class, &n_subjects) in n_subjects.iter().enumerate() {
        let center: Vec<f64> = (0..n_dims).map(|_| stream.normal()).collect();
        for subject in 0..n_subjects {
            for sample in 0..1 + usize::from(subject % 3 == 0) {
                let values: Vec<f32> = center
                    .iter()
                    .map(|mean| (mean + stream.normal()) as f32)
                    .collect();
                let ids = [
                    format!("c{class:03}"),
                    format!("{class}-{subject}"),
                    format!("{class}-{subject}-{sample}"),
                ];
                cohort.push_values(ids, values, Stored::Exact);
            }
        }
    }
    admit(cohort, OnInvalid::Drop).unwrap().dataset
}

/// Identification with neighbor tables of some depth.
fn identified(dataset: &Dataset, params: &GalleryParams, depth: usize) -> Identification {
    let evaluation_params = EvaluationParams {
        n_folds: 2,
        k_max: 1,
        n_resamples: 200,
        ..EvaluationParams::default()
    };
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &evaluation_params.distances, depth, &machine);
    let groups = dataset.subjects();
    let evaluation =
        cross_validate(dataset, &tables, groups, &evaluation_params, &machine).unwrap();
    identify(
        dataset,
        &tables,
        groups,
        &evaluation,
        params,
        &evaluation_params,
        &machine,
    )
}

fn whole(dataset: &Dataset, params: &GalleryParams) -> Identification {
    identified(dataset, params, dataset.n_samples() - 1)
}

/// Sides that the splits by rule have, found again from the parameters.
fn sides_of_splits(dataset: &Dataset, params: &GalleryParams) -> Vec<Split> {
    let evaluation_params = EvaluationParams {
        n_folds: 2,
        k_max: 1,
        n_resamples: 0,
        ..EvaluationParams::default()
    };
    let machine = Machine::default();
    let tables = nearest_neighbors(dataset, &evaluation_params.distances, 20, &machine);
    let groups = dataset.subjects();
    let evaluation =
        cross_validate(dataset, &tables, groups, &evaluation_params, &machine).unwrap();
    let evaluated = Evaluated::new(dataset, groups, &evaluation);
    let kinds = Kinds::new(&evaluated, |_| true, params);
    splits(&evaluated, &kinds, params, evaluation_params.seed)
}

fn euclidean(a: &[f32], b: &[f32]) -> f64 {
    let square = |(x, y): (&f32, &f32)| (f64::from(*x) - f64::from(*y)).powi(2);
    a.iter().zip(b).map(square).sum()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(x, y)| f64::from(*x) * f64::from(*y))
            .sum()
    };
    1.0 - dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Per class of the dataset the hits and the probes, by the definition: the distance of every class
/// is that of its nearest gallery sample, and the rank counts the classes that are nearer.
fn literal_hits(
    dataset: &Dataset,
    sides: &[Option<Side>],
    distance: fn(&[f32], &[f32]) -> f64,
    is_in_gallery: impl Fn(usize) -> bool,
    top: usize,
) -> Vec<[usize; 2]> {
    let mut hits = vec![[0, 0]; dataset.n_classes()];
    for probe in 0..dataset.n_samples() {
        let truth = dataset.classes()[probe];
        if sides[probe] != Some(Side::Probe) {
            continue;
        }
        let mut nearest = vec![f64::INFINITY; dataset.n_classes()];
        for (other, &side) in sides.iter().enumerate() {
            let class = dataset.classes()[other];
            if side == Some(Side::Gallery) && is_in_gallery(class) {
                let value = distance(dataset.vector(probe), dataset.vector(other));
                nearest[class] = nearest[class].min(value);
            }
        }
        let n_nearer = nearest
            .iter()
            .filter(|&&other| other < nearest[truth])
            .count();
        hits[truth][0] += usize::from(n_nearer < top);
        hits[truth][1] += 1;
    }
    hits
}

/// Mean over images and over classes of hits added up over splits, of some classes.
fn literal_shares(of_splits: &[Vec<[usize; 2]>], classes: &[usize]) -> [f64; 2] {
    let sums: Vec<[usize; 2]> = classes
        .iter()
        .map(|&class| {
            let of = |index: usize| of_splits.iter().map(|hits| hits[class][index]).sum();
            [of(0), of(1)]
        })
        .filter(|&[_, n]: &[usize; 2]| n > 0)
        .collect();
    let total = |index: usize| sums.iter().map(|sum| sum[index]).sum::<usize>() as f64;
    let shares = sums.iter().map(|&[hits, n]| hits as f64 / n as f64);
    [total(0) / total(1), shares.sum::<f64>() / sums.len() as f64]
}

const SIZES: [usize; 9] = [30, 2, 9, 1, 6, 12, 3, 7, 4];
const FREQUENT: [usize; 4] = [0, 2, 5, 7];
const RARE: [usize; 5] = [1, 3, 4, 6, 8];

/// Every figure of every row, both distances, with hits counted by the definition.
#[test]
fn figures_are_those_of_the_definition() {
    for seed in 0..3 {
        let dataset = cohort(&SIZES, 4, seed);
        let params = GalleryParams {
            n_splits: 4,
            probe_share: 0.3,
            ..GalleryParams::default()
        };
        let splits = sides_of_splits(&dataset, &params);
        let found = whole(&dataset, &params);
        assert_eq!((found.n_frequent, found.n_rare), (4, 5));
        // One rare class has a single subject.
        assert_eq!((found.n_frequent_probed, found.n_rare_probed), (4, 4));
        assert_eq!(found.rows.len(), 8);
        for row in &found.rows {
            let classes = |kind: Kind| -> Vec<usize> {
                match kind {
                    Kind::Frequent => FREQUENT.to_vec(),
                    Kind::Rare => RARE.to_vec(),
                    Kind::Unified => (0..9).collect(),
                }
            };
            let (gallery, probes) = (classes(row.gallery), classes(row.probes));
            assert_eq!(row.n_classes, gallery.len());
            let distance = match row.distance {
                Distance::Cosine => cosine,
                Distance::Euclidean => euclidean,
            };
            let tops: Vec<usize> = row.figures.iter().map(|figure| figure.top).collect();
            let expected: &[usize] = if gallery.len() > 5 {
                &[1, 1, 5, 5]
            } else {
                &[1, 1]
            };
            assert_eq!(tops, expected);
            for pair in row.figures.chunks(2) {
                let hits = |split: &Split| {
                    let is_in = |class: usize| gallery.contains(&class);
                    literal_hits(&dataset, &split.sides, distance, is_in, pair[0].top)
                };
                let of_splits: Vec<_> = splits.iter().map(hits).collect();
                let [images, classes] = literal_shares(&of_splits, &probes);
                let singles: Vec<[f64; 2]> = of_splits
                    .iter()
                    .map(|hits| literal_shares(std::slice::from_ref(hits), &probes))
                    .collect();
                for (index, (figure, value)) in pair.iter().zip([images, classes]).enumerate() {
                    // Sums of a few shares, in the same order.
                    assert!((figure.value - value).abs() < 1e-12, "{row:?}");
                    assert_eq!(figure.chance, figure.top as f64 / gallery.len() as f64);
                    let mean = singles.iter().map(|single| single[index]).sum::<f64>() / 4.0;
                    let square = |single: &[f64; 2]| (single[index] - mean).powi(2);
                    let sd = (singles.iter().map(square).sum::<f64>() / 4.0).sqrt();
                    assert!((figure.sd_over_splits.unwrap() - sd).abs() < 1e-12);
                    let interval = figure.interval.unwrap();
                    assert!(interval.low <= value && value <= interval.high);
                }
            }
            let n_probes: usize = splits
                .iter()
                .map(|split| {
                    let is_of = |&&probe: &&usize| probes.contains(&dataset.classes()[probe]);
                    split.ranked.iter().filter(is_of).count()
                })
                .sum();
            assert_eq!(row.n_probes, n_probes as f64 / 4.0);
        }
    }
}

#[test]
fn whole_subjects_are_probes_and_one_stays() {
    let dataset = cohort(&SIZES, 3, 1);
    let params = GalleryParams {
        n_splits: 20,
        probe_share: 0.25,
        ..GalleryParams::default()
    };
    // 7.5 and 2.25 of 30 and 9 are rounded to 8 and 2; two and three subjects give one.
    let expected = [8, 1, 2, 0, 2, 3, 1, 2, 1];
    let splits = sides_of_splits(&dataset, &params);
    for split in &splits {
        let mut sides = vec![None; dataset.n_subjects()];
        for (sample, side) in split.sides.iter().enumerate() {
            let of_subject = &mut sides[dataset.subjects()[sample]];
            assert!(of_subject.is_none() || *of_subject == *side);
            *of_subject = *side;
        }
        for (class, n_probes) in expected.into_iter().enumerate() {
            let prefix = format!("{class}-");
            let is_probe = |&subject: &usize| {
                sides[subject] == Some(Side::Probe)
                    && dataset.subject_names()[subject].starts_with(&prefix)
            };
            let n = (0..dataset.n_subjects()).filter(is_probe).count();
            assert_eq!(n, n_probes, "class {class}");
        }
    }
    assert!(splits[0].sides != splits[1].sides);
}

/// Where a table ends before a probe's class, all pairs are measured.
#[test]
fn shallow_tables_give_the_same() {
    let dataset = cohort(&SIZES, 2, 5);
    let params = GalleryParams::default();
    assert_eq!(identified(&dataset, &params, 3), whole(&dataset, &params));
    // More than thirty classes, so that some ranks are beyond all that are counted.
    let many = cohort(&[3; 60], 2, 6);
    let found = whole(&many, &params);
    assert_eq!(identified(&many, &params, 10), found);
    let tops: Vec<usize> = found.rows[0]
        .figures
        .iter()
        .map(|figure| figure.top)
        .collect();
    assert_eq!(tops, [1, 1, 5, 5, 10, 10, 30, 30]);
    assert!(
        found.rows[0]
            .figures
            .iter()
            .all(|figure| figure.value < 1.0)
    );
}

/// More than 2,000 samples: of each kind about 2,000 probes are ranked, here 500 in each split.
#[test]
fn of_many_probes_some_are_ranked() {
    let dataset = cohort(&[800, 800, 5, 5], 2, 7);
    assert!(dataset.n_samples() > MOST_SAMPLES);
    let params = GalleryParams {
        n_splits: 4,
        probe_share: 0.5,
        ..GalleryParams::default()
    };
    let found = identified(&dataset, &params, 50);
    assert!(found.is_sampled);
    let row = |probes: Kind| found.rows.iter().find(|row| row.probes == probes).unwrap();
    // A subject that begins before the limit may end one sample after it.
    assert!((500.0..501.0).contains(&row(Kind::Frequent).n_probes));
    // Three of five subjects, with one or two samples each.
    assert!((6.0..=10.0).contains(&row(Kind::Rare).n_probes));
    // All others stand in the gallery, ranked or not.
    let n_in_gallery = |split: &Split| {
        let sides = split.sides.iter();
        sides.filter(|side| **side == Some(Side::Gallery)).count()
    };
    let splits = sides_of_splits(&dataset, &params);
    let n_gallery = splits.iter().map(n_in_gallery).sum::<usize>() as f64 / 4.0;
    let unified = found.rows.iter().find(|row| row.gallery == Kind::Unified);
    assert_eq!(unified.unwrap().n_gallery, n_gallery);

    let few = GalleryParams {
        probe_share: 0.01,
        ..params
    };
    assert!(!identified(&dataset, &few, 50).is_sampled);
}

#[test]
fn rows_that_cannot_be_are_absent() {
    let rows = |sizes: &[usize], rare_below: usize| -> Vec<String> {
        let params = GalleryParams {
            rare_below,
            ..GalleryParams::default()
        };
        let found = whole(&cohort(sizes, 3, 2), &params);
        let cosine = found
            .rows
            .iter()
            .filter(|row| row.distance == Distance::Cosine);
        cosine
            .map(|row| format!("{}/{}", row.probes.name(), row.gallery.name()))
            .collect()
    };
    assert_eq!(rows(&[8, 9, 10], 7), ["frequent/frequent"]);
    assert_eq!(rows(&[8, 9, 10], 11), ["rare/rare"]);
    assert_eq!(
        rows(&[8, 9, 2], 7),
        ["frequent/frequent", "frequent/unified", "rare/unified"]
    );
    assert_eq!(
        rows(&[8, 9, 1], 7),
        ["frequent/frequent", "frequent/unified"]
    );
    assert_eq!(
        rows(&[8, 3, 2], 7),
        ["rare/rare", "frequent/unified", "rare/unified"]
    );
}

/// One dimension, by hand: the gallery has a at 1 and 9, b at 3, c at 8.5; probes of a stand at 2.1
/// (b at 0.9 is nearest, then a at 1.1), at 8.8 (a at 0.2), and one of b at 4 (b first).
#[test]
fn given_sides_by_hand() {
    let samples: [(&str, &str, f32, Option<Side>); 9] = [
        ("a", "1", 1.0, Some(Side::Gallery)),
        ("a", "2", 9.0, Some(Side::Gallery)),
        ("a", "3", 2.1, Some(Side::Probe)),
        ("a", "2", 8.8, Some(Side::Probe)),
        ("b", "4", 3.0, Some(Side::Gallery)),
        ("b", "5", 4.0, Some(Side::Probe)),
        ("c", "6", 8.5, Some(Side::Gallery)),
        ("c", "7", 2.0, None),
        ("d", "8", 5.0, Some(Side::Probe)),
    ];
    let mut cohort = RawCohort::default();
    for (index, (class, subject, value, _)) in samples.iter().enumerate() {
        let ids = [class.to_string(), subject.to_string(), index.to_string()];
        cohort.push_values(ids, [*value], Stored::Exact);
    }
    let dataset = admit(cohort, OnInvalid::Drop).unwrap().dataset;
    let params = GalleryParams {
        rare_below: 1,
        sides_from_file: Some(samples.iter().map(|sample| sample.3).collect()),
        ..GalleryParams::default()
    };
    let found = whole(&dataset, &params);
    assert!(found.is_from_file);
    assert_eq!((found.n_splits, found.n_without_side), (1, 1));
    assert_eq!((found.n_frequent, found.n_frequent_probed), (3, 2));
    let is_euclidean = |row: &&GalleryRow| row.distance == Distance::Euclidean;
    let row = found.rows.iter().find(is_euclidean).unwrap();
    assert_eq!((row.n_classes, row.n_gallery, row.n_probes), (3, 4.0, 3.0));
    let [images, classes] = row.figures[..] else {
        panic!("{:?}", row.figures);
    };
    assert_eq!((images.top, images.value), (1, 2.0 / 3.0));
    assert_eq!((classes.top, classes.value), (1, 0.75));
    assert_eq!((images.sd_over_splits, images.chance), (None, 1.0 / 3.0));

    let findings: Vec<String> = found
        .findings
        .iter()
        .map(|finding| format!("{} {:?} {:?}", finding.code, finding.class, finding.subject))
        .collect();
    assert_eq!(
        findings,
        [
            r#"class_without_gallery Some("d") None"#,
            r#"subject_on_both_sides None Some("2")"#,
        ]
    );
}

/// With one sample for each subject and one split a figure is a mean of independent draws within
/// classes: its variance is ∑ n p (1 - p) / (∑ n)². Ends of percentile intervals of 200 resamples lie
/// within a tenth or so of the width.
#[test]
fn intervals_are_as_wide_as_the_binomial_says() {
    let n = 300;
    let mut stream = Stream::new(4, Use::Synth, 0);
    let mut cohort = RawCohort::default();
    for subject in 0..2 * n {
        let class = subject % 2;
        let values = [0, 1].map(|dim| (f64::from(u8::from(dim == class)) + stream.normal()) as f32);
        let ids = [
            format!("{class}"),
            format!("{subject}"),
            format!("{subject}"),
        ];
        cohort.push_values(ids, values, Stored::Exact);
    }
    let dataset = admit(cohort, OnInvalid::Drop).unwrap().dataset;
    let params = GalleryParams {
        n_splits: 1,
        probe_share: 0.5,
        ..GalleryParams::default()
    };
    let found = whole(&dataset, &params);
    let splits = sides_of_splits(&dataset, &params);
    for row in &found.rows {
        let distance = match row.distance {
            Distance::Cosine => cosine,
            Distance::Euclidean => euclidean,
        };
        let hits = literal_hits(&dataset, &splits[0].sides, distance, |_| true, 1);
        let variance = |&[hits, n]: &[usize; 2]| {
            let p = hits as f64 / n as f64;
            n as f64 * p * (1.0 - p)
        };
        let sd = hits.iter().map(variance).sum::<f64>().sqrt() / n as f64;
        let interval = row.figures[0].interval.unwrap();
        let ratio = (interval.high - interval.low) / (2.0 * 1.96 * sd);
        assert!((0.85..1.15).contains(&ratio), "{ratio}");
    }
}

#[test]
fn a_single_subject_for_each_class_has_no_interval() {
    let dataset = cohort(&[2, 2, 2], 3, 8);
    let params = GalleryParams {
        n_splits: 1,
        ..GalleryParams::default()
    };
    let found = whole(&dataset, &params);
    assert_eq!(found.rows.len(), 2);
    assert!(
        found.rows[0]
            .figures
            .iter()
            .all(|figure| figure.interval.is_none())
    );
}

#[test]
fn settings_are_refused() {
    let check = |params: GalleryParams, message: &str| {
        assert_eq!(params.check(10).unwrap_err().to_string(), message);
    };
    let default = GalleryParams::default;
    check(
        GalleryParams {
            n_splits: 0,
            ..default()
        },
        "`gallery.splits` is 0; it must be at least 1",
    );
    for share in [0.0, 1.0, f64::NAN] {
        let message = format!("`gallery.probe_share` is {share}; it must be above 0 and below 1");
        check(
            GalleryParams {
                probe_share: share,
                ..default()
            },
            &message,
        );
    }
    check(
        GalleryParams {
            sides_from_file: Some(vec![None; 9]),
            ..default()
        },
        "9 sides for 10 samples; there must be one each",
    );
    assert_eq!(default().check(10), Ok(()));
}

/// Classes that are left out of the evaluation are in no gallery, and findings reach the analysis.
#[test]
fn an_analysis_identifies_among_evaluated_classes() {
    let dataset = cohort(&[9, 8, 10, 12], 4, 3);
    let mut raw = RawCohort::default();
    for sample in 0..dataset.n_samples() {
        let ids = dataset.id(sample).map(str::to_owned);
        raw.push_values(ids, dataset.vector(sample).to_vec(), Stored::Exact);
    }
    let mut params = AnalysisParams::default();
    params.evaluation.exclude = vec!["c001".to_owned()];
    params.evaluation.n_folds = 3;
    params.evaluation.n_resamples = 0;
    params.map.distances.clear();
    let side = |sample: usize| {
        if sample.is_multiple_of(2) {
            Side::Gallery
        } else {
            Side::Probe
        }
    };
    params.gallery.sides_from_file = Some((0..dataset.n_samples()).map(side).map(Some).collect());
    let analysis: Analysis = analyze(
        admit(raw, OnInvalid::Drop).unwrap(),
        &params,
        &Machine::default(),
    )
    .unwrap();
    let row = &analysis.identification.expect("it is asked for").rows[0];
    assert_eq!(row.n_classes, 3);
    assert!(row.figures.iter().all(|figure| figure.interval.is_none()));
    // Every third subject has two samples, one after the other, hence one on either side.
    let on_both = |finding: &&Finding| finding.code == "subject_on_both_sides";
    let n_on_both = analysis.findings.iter().filter(on_both).count();
    assert_eq!(n_on_both, 3 + 4 + 4);
}
