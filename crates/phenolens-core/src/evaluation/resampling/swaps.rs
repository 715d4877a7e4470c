use rayon::prelude::*;

use super::difference;
use crate::evaluation::measures::{Bits, LANES, Multiplicities};
use crate::evaluation::{Measure, MeasureSet, Measures, Scorer, Votes, Workspace};
use crate::random::{Stream, Use};

/// Two differences of measures count as equal within this. A measure of swapped predictions adds the
/// same few numbers in another order, which moves it by some 10⁻¹⁶ and never by as much as one
/// sample does.
const EQUAL_WITHIN: f64 = 1e-12;

/// How often chance alone parts two classifiers as far as they are: two-sided p-values, one per
/// `wanted` measure, `None` where the measure is undefined or `n_permutations` is 0.
///
/// * `first`, `second`: two classifiers of the same samples.
/// * `subjects`: the subject of every sample, shape `(n_samples,)`.
///
/// If the two were interchangeable, swapping their whole predictions of any subject would change
/// nothing. Each permutation swaps those of every subject with probability one half.
///
/// ```text
///      1 + #{ |d*| ≥ |d| }
/// p = ─────────────────────      d the difference of the measures, d* after swapping
///      1 + n_permutations
/// ```
///
/// Differences within 10⁻¹² count as equal. The result does not depend on the number of threads.
///
/// # Panics
/// If the classifiers differ in their true classes, or there is not one subject per sample.
///
/// # Source
/// Yeh (2000), COLING, 947-953: approximate randomization; the 1s are those of Phipson & Smyth
/// (2010), Stat. Appl. Genet. Mol. Biol. 9(1), 39.
pub fn swap_p_values(
    first: &Votes,
    second: &Votes,
    subjects: &[usize],
    wanted: MeasureSet,
    n_permutations: usize,
    seed: u64,
) -> Measures {
    swap_p_values_of_means(&[[first, second]], subjects, wanted, n_permutations, seed)
}

/// The same of the means of measures over several pairs of classifiers of the same samples, such as
/// those of several drawings of folds: a subject is swapped in all of them or in none.
pub(in crate::evaluation) fn swap_p_values_of_means(
    pairs: &[[&Votes; 2]],
    subjects: &[usize],
    wanted: MeasureSet,
    n_permutations: usize,
    seed: u64,
) -> Measures {
    let pairs: Vec<Pair> = pairs
        .iter()
        .map(|[first, second]| {
            assert_eq!(first.n_samples(), subjects.len(), "one subject per sample");
            Pair::new(first, second, wanted)
        })
        .collect();
    let differences = |swaps: &[Bits], scratch: &mut Scratch| -> [Measures; LANES] {
        let of_pairs: Vec<[Measures; LANES]> = pairs
            .iter()
            .map(|pair| pair.differences(subjects, swaps, scratch))
            .collect();
        // A measure is defined for all pairs or for none: that is up to the true classes.
        core::array::from_fn(|lane| {
            Measures(Measure::ALL.map(|measure| {
                let values = of_pairs.iter().map(|lanes| lanes[lane].get(measure));
                let sum = values.sum::<Option<f64>>()?;
                (!of_pairs.is_empty()).then(|| sum / of_pairs.len() as f64)
            }))
        })
    };
    let n_subjects = subjects.iter().max().map_or(0, |&last| last + 1);
    let mut scratch = Scratch::default();
    let [observed, ..] = differences(&vec![0; n_subjects], &mut scratch);

    let n_as_far: Vec<[usize; Measure::ALL.len()]> = (0..n_permutations.div_ceil(LANES))
        .into_par_iter()
        .map_init(Scratch::default, |scratch, batch| {
            let first = batch * LANES;
            let n_lanes = LANES.min(n_permutations - first);
            let mut swaps: Vec<Bits> = vec![0; n_subjects];
            for lane in 0..n_lanes {
                let permutation = (first + lane) as u64;
                let mut stream = Stream::new(seed, Use::Permutation, permutation);
                for swaps in &mut swaps {
                    *swaps |= Bits::from(stream.coin()) << lane;
                }
            }
            let swapped = differences(&swaps, scratch);
            Measure::ALL.map(|measure| {
                let is_as_far =
                    |swapped: &&Measures| is_at_least_as_far(swapped, &observed, measure);
                swapped[..n_lanes].iter().filter(is_as_far).count()
            })
        })
        .collect();

    Measures(Measure::ALL.map(|measure| {
        observed.get(measure)?;
        let n_as_far: usize = n_as_far.iter().map(|all| all[measure as usize]).sum();
        (n_permutations > 0).then(|| (1 + n_as_far) as f64 / (1 + n_permutations) as f64)
    }))
}

/// Two classifiers of the same samples, measured as parts of one list of predictions.
pub(super) struct Pair {
    /// Of the first's predictions, then the second's.
    scorer: Scorer,
    wanted: MeasureSet,
}

/// What a worker keeps between two permutations.
#[derive(Default)]
pub(super) struct Scratch {
    multiplicities: Vec<Multiplicities>,
    workspace: Workspace,
}

impl Pair {
    pub(super) fn new(first: &Votes, second: &Votes, wanted: MeasureSet) -> Pair {
        assert!(
            (first.n_classes, &first.truth) == (second.n_classes, &second.truth),
            "both classifiers have the same samples"
        );
        let mut scores = first.scores.clone();
        scores.extend(second.scores.iter());
        let both = Votes {
            n_classes: first.n_classes,
            truth: [&first.truth[..], &second.truth].concat(),
            predicted: [&first.predicted[..], &second.predicted].concat(),
            places: [&first.places[..], &second.places].concat(),
            scores,
        };
        let scorer = Scorer::of(&both, wanted);
        Pair { scorer, wanted }
    }

    /// First minus second after swapping, for as many permutations as there are lanes.
    ///
    /// * `swaps`: for every subject the permutations, as bits, that swap its predictions.
    pub(super) fn differences(
        &self,
        subjects: &[usize],
        swaps: &[Bits],
        scratch: &mut Scratch,
    ) -> [Measures; LANES] {
        let n_samples = subjects.len();
        let Scratch {
            multiplicities,
            workspace,
        } = scratch;
        multiplicities.resize(2 * n_samples, [0; LANES]);
        let mut measure = |is_second: bool| {
            let (of_first, of_second) = multiplicities.split_at_mut(n_samples);
            let samples = of_first.iter_mut().zip(of_second).zip(subjects);
            for ((of_first, of_second), &subject) in samples {
                let lanes = of_first.iter_mut().zip(of_second).enumerate();
                for (lane, (of_first, of_second)) in lanes {
                    let is_swapped = swaps[subject] >> lane & 1 == 1;
                    let from_second = u8::from(is_swapped != is_second);
                    *of_first = 1 - from_second;
                    *of_second = from_second;
                }
            }
            self.scorer
                .measures_in_lanes(self.wanted, multiplicities, workspace)
        };
        let (first, second) = (measure(false), measure(true));
        core::array::from_fn(|lane| {
            let of = |measure| difference(&first[lane], &second[lane], measure);
            Measures(Measure::ALL.map(of))
        })
    }
}

/// Whether the swapped difference is as far from 0 as the observed one, or farther. Which measures
/// are defined is up to the true classes, which swapping does not change.
fn is_at_least_as_far(swapped: &Measures, observed: &Measures, measure: Measure) -> bool {
    match (swapped.get(measure), observed.get(measure)) {
        (Some(swapped), Some(observed)) => swapped.abs() >= observed.abs() - EQUAL_WITHIN,
        _ => false,
    }
}
