mod plants;

use std::collections::BTreeMap;

use super::plan::Plan;
use super::*;
use crate::cohort::RawCohort;
use crate::dataset::Dataset;
use crate::exploration::explore;
use crate::machine::Machine;
use crate::neighbors::{Distance, Neighbors, nearest_neighbors};
use crate::validation::{OnInvalid, ReviewParams, admit, review};

const BOTH: [Distance; 2] = [Distance::Cosine, Distance::Euclidean];

fn admitted(params: &SynthParams) -> Dataset {
    let admission = admit(synthesize(params).unwrap(), OnInvalid::Error).unwrap();
    assert_eq!(admission.findings, []);
    admission.dataset
}

#[test]
fn the_default_has_the_shape_of_the_real_file() {
    let dataset = admitted(&SynthParams::default());
    assert_eq!(dataset.n_samples(), 1116);
    assert_eq!(dataset.n_subjects(), 941);
    assert_eq!(dataset.n_classes(), 10);
    assert_eq!(dataset.n_dims(), 320);
    assert_eq!(
        dataset.id(0),
        ["syndrome-01", "subject-0001", "image-00001"]
    );
    assert_eq!(
        dataset.id(1115),
        ["syndrome-10", "subject-0941", "image-01116"]
    );
    // The real file: 60 to 180 subjects per class, 850 subjects with one image, at most 11 images.
    let subjects = dataset.subjects_per_class();
    assert_eq!((subjects[0], subjects[9]), (154, 51));
    let exploration = explore(&dataset, &BOTH, &[], 1, &Machine::default());
    let counts = &exploration.samples_per_subject;
    assert!((830..=870).contains(&counts[0].n_subjects), "{counts:?}");
    let most = counts.last().unwrap().n_samples;
    assert!((6..=20).contains(&most), "{counts:?}");
    // Its lengths: 21.9, give or take 2.7. Its cosine distances: 0.56 within subjects, 0.81 within
    // classes, 0.93 between.
    let norms = exploration.norms;
    assert!(
        (norms.mean - 22.0).abs() < 1.0 && (norms.sd - 3.0).abs() < 1.0,
        "{norms:?}"
    );
    let cosine = &exploration.distances[0];
    let mean = |group: &Option<crate::exploration::PairGroup>| group.as_ref().unwrap().spread.mean;
    assert!((mean(&cosine.same_subject) - 0.58).abs() < 0.03);
    assert!((mean(&cosine.within_class) - 0.81).abs() < 0.03);
    assert!((mean(&cosine.between_classes) - 0.93).abs() < 0.03);
}

/// Share of samples whose class wins among the `k` nearest samples of other subjects, ties going to
/// the class whose first voter is nearer.
fn accuracy(dataset: &Dataset, table: &Neighbors, k: usize) -> f64 {
    let is_right = |&sample: &usize| {
        let others = table.indices(sample).iter().map(|&other| other as usize);
        let others =
            others.filter(|&other| dataset.subjects()[other] != dataset.subjects()[sample]);
        let mut votes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (rank, other) in others.take(k).enumerate() {
            let vote = votes
                .entry(dataset.classes()[other])
                .or_insert((0, k - rank));
            vote.0 += 1;
        }
        let winner = votes.iter().max_by_key(|&(_, &vote)| vote);
        winner.is_some_and(|(&class, _)| class == dataset.classes()[sample])
    };
    let n_right = (0..dataset.n_samples()).filter(is_right).count();
    n_right as f64 / dataset.n_samples() as f64
}

/// The real file: 0.75 to 0.78 by cosine, 0.68 to 0.74 by euclidean distance.
#[test]
fn the_default_is_as_difficult_as_the_real_file() {
    let dataset = admitted(&SynthParams::default());
    let tables = nearest_neighbors(&dataset, &BOTH, 40, &Machine::default());
    for k in [5, 10, 15] {
        let [cosine, euclidean] = [0, 1].map(|table| accuracy(&dataset, &tables[table], k));
        assert!((0.70..=0.80).contains(&cosine), "k = {k}: {cosine}");
        let difference = cosine - euclidean;
        assert!((0.03..=0.11).contains(&difference), "k = {k}: {difference}");
    }
}

#[test]
fn near_duplicates_are_those_that_were_planned() {
    let params = SynthParams::default();
    let dataset = admitted(&params);
    let review = review(&dataset, &[], &ReviewParams::default());
    let plan = Plan::new(&params).unwrap();
    assert_eq!(plan.duplicates.len(), 10);
    assert_eq!(review.duplicates.len(), 10);
    for (planned, found) in plan.duplicates.iter().zip(&review.duplicates) {
        let (original, copy) = (planned.original, planned.copy);
        assert_eq!(
            (found.first, found.second),
            (original.min(copy), original.max(copy))
        );
        // 32-bit values: 6e-8 of each, less on the mean.
        assert!((found.cosine - planned.distance).abs() < 1e-6);
        assert_eq!(dataset.classes()[original], dataset.classes()[copy]);
    }
    assert!((review.duplicates[0].cosine - 0.03).abs() < 1e-6);
    assert!((review.duplicates[9].cosine - 0.2).abs() < 1e-6);
}

/// Bits of a cohort, folded into one number.
fn digest(cohort: &RawCohort) -> u64 {
    let values = cohort
        .records
        .iter()
        .filter_map(|record| cohort.values(record));
    values.flatten().fold(0, |digest: u64, value| {
        digest.rotate_left(5).wrapping_mul(31) ^ u64::from(value.to_bits())
    })
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let params = SynthParams::default();
    let cohort = synthesize(&params).unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(3)
        .build()
        .unwrap();
    assert_eq!(pool.install(|| synthesize(&params)), Ok(cohort.clone()));
    let other = synthesize(&SynthParams { seed: 43, ..params }).unwrap();
    assert_ne!(digest(&other), digest(&cohort));
}

#[test]
fn every_possible_shape_is_met() {
    for (n_classes, n_subjects, n_samples, n_dims, n_duplicates, imbalance) in [
        (1, 1, 1, 1, 0, 1.0),
        (1, 2, 2, 1, 1, 1.0),
        (3, 3, 9, 2, 0, 100.0),
        (2, 4, 4, 65, 2, 1.0),
        (5, 17, 40, 7, 4, 3.0),
        (120, 1300, 5000, 8, 100, 10.0),
    ] {
        let params = SynthParams {
            n_classes,
            n_subjects,
            n_samples,
            n_dims,
            n_duplicates,
            imbalance,
            ..SynthParams::default()
        };
        let admission = admit(synthesize(&params).unwrap(), OnInvalid::Error).unwrap();
        let dataset = admission.dataset;
        assert_eq!(dataset.n_classes(), n_classes);
        assert_eq!(dataset.n_subjects(), n_subjects);
        assert_eq!(dataset.n_samples(), n_samples);
        assert_eq!(dataset.n_dims(), n_dims);
        // Ids of one width sort as they are counted.
        let mut sorted = dataset.sample_names().to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted, dataset.sample_names());
        let sizes = dataset.subjects_per_class();
        assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]), "{sizes:?}");
    }
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let check = |change: &dyn Fn(&mut SynthParams), message: &str| {
        let mut params = SynthParams::default();
        change(&mut params);
        let error = synthesize(&params).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    check(
        &|params| params.n_classes = 0,
        "0 classes are too few: there must be at least 1",
    );
    check(
        &|params| params.n_subjects = 9,
        "9 subjects are too few: there must be at least 10",
    );
    check(
        &|params| params.n_samples = 940,
        "940 samples are too few: there must be at least 941",
    );
    check(
        &|params| params.n_dims = 0,
        "0 dimensions are too few: there must be at least 1",
    );
    check(
        &|params| params.n_dims = usize::MAX,
        "1116 samples of 18446744073709551615 dimensions are too many: there may be 4294967295 \
         samples and 17179869184 values",
    );
    check(
        &|params| params.n_duplicates = 471,
        "471 near-duplicates are too many: the classes have 469 pairs of subjects for them",
    );
    check(
        &|params| params.imbalance = f64::NAN,
        "imbalance is NaN: it must lie in [1, 1000000]",
    );
    check(
        &|params| params.length_spread = -0.5,
        "length_spread is -0.5: it must lie in [0, 1]",
    );
    check(
        &|params| params.group_noise = 11.0,
        "group_noise is 11: it must lie in [0, 10]",
    );
    check(
        &|params| (params.layout, params.n_dims) = (Layout::Equidistant, 10),
        "11 directions at right angles do not fit into the 10 dimensions of the effects",
    );
    check(
        &|params| params.n_swapped = 471,
        "471 swapped labels are too many: 470 pairs of subjects of different classes were found",
    );
    check(
        &|params| (params.n_classes, params.pair_closeness) = (1, 0.5),
        "1 classes are too few: there must be at least 2",
    );
    check(
        &|params| params.class_share = 0.75,
        "the shares of all, of classes, of subjects and of nuisance add up to 1.05: it must be below 1",
    );
}
