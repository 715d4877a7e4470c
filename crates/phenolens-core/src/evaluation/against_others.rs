//! Whether the recall of a class is lower than that of the others.

use rayon::prelude::*;

use super::search::Search;
use super::splits::Split;
use super::subset::Subset;
use super::voting::{VotingRule, predict};
use super::{AgainstOthers, EvaluationParams, Votes, Weights};
use crate::random::{Stream, Use};
use crate::statistics::{holm, hypergeometric_tail};

/// Times that the training subjects are halved. The variance that follows from 12 pairs of halves is
/// known to about √(2/12), two fifths of itself.
const N_HALVINGS: usize = 12;

/// Every class's recall against that of all the others, in the order of the classes; `None` where there
/// are no others.
///
/// The unit is the subject; one that is wrong on a part of its samples counts as that part. The share
/// of wrong subjects of the class less that of the others is tested twice, one-sided, and the greater
/// p-value counts:
///
/// * by Fisher's exact test, which takes the training samples as they are; parts are rounded so that
///   they can only hide a difference;
/// * by a normal test whose variance has a part for the subjects that are tested and one for those
///   that train. Were other subjects of equally hard classes to train, other classes would be those that
///   draw votes to themselves.
///
/// ```text
/// z  =  d / √( p (1 - p) (1/n + 1/m)  +  v )      v = mean over halvings of ((d_A - d_B) / 2)²
/// ```
///
/// with d of all training subjects, d_A and d_B with one half and the other of them and half of the
/// neighbors: two halves differ by twice the standard deviation of the whole.
///
/// # Source
/// McCarthy (1969), Rev. Int. Stat. Inst. 37, 239-264: half samples.
pub(super) fn against_others(
    subset: &Subset,
    split: &Split,
    search: &Search,
    votes: &Votes,
    weights: Weights,
    k: usize,
    params: &EvaluationParams,
) -> Vec<Option<AgainstOthers>> {
    let units = Units::new(&subset.classes, &subset.groups, subset.n_classes());
    let of_halvings: Vec<Vec<f64>> = (0..N_HALVINGS)
        .into_par_iter()
        .map(|halving| {
            let is_first = halved(subset, params.seed, halving as u64);
            let [first, second] = [true, false].map(|half| {
                let is_in_half = |sample: usize| is_first[subset.groups[sample]] == half;
                let k = k.div_ceil(2);
                let lists = search.nearest_teachers(subset, &split.folds, k, is_in_half);
                let rule = VotingRule {
                    n_classes: subset.n_classes(),
                    k,
                    weights,
                    ties: params.ties,
                };
                units
                    .tallies(&predict(&lists, &subset.classes, &rule))
                    .differences()
            });
            let pairs = first.iter().zip(&second);
            let square = |(a, b): (&f64, &f64)| (a - b) * (a - b) / 4.0;
            pairs.map(square).collect()
        })
        .collect();
    let variance = |class: usize| {
        let of_class = of_halvings.iter().map(|halving| halving[class]);
        of_class.sum::<f64>() / N_HALVINGS as f64
    };
    let variances: Vec<f64> = (0..subset.n_classes()).map(variance).collect();
    units.tallies(votes).tests(&variances)
}

/// Whether every group is in the first half: half of those of every class, drawn at random.
fn halved(subset: &Subset, seed: u64, halving: u64) -> Vec<bool> {
    let mut stream = Stream::new(seed, Use::Halves, halving);
    let mut class_of_group = vec![0; subset.n_groups];
    for (&group, &class) in subset.groups.iter().zip(&subset.classes) {
        class_of_group[group] = class;
    }
    let mut order: Vec<usize> = (0..subset.n_groups).collect();
    stream.shuffle(&mut order);
    let mut n_drawn = vec![0; subset.n_classes()];
    let mut is_first = vec![false; subset.n_groups];
    for group in order {
        let n_drawn = &mut n_drawn[class_of_group[group]];
        is_first[group] = *n_drawn % 2 == 0;
        *n_drawn += 1;
    }
    is_first
}

/// The samples of every class and subject.
struct Units {
    n_classes: usize,
    /// Class and samples.
    units: Vec<(usize, Vec<usize>)>,
}

impl Units {
    fn new(classes: &[usize], groups: &[usize], n_classes: usize) -> Units {
        let mut samples: Vec<usize> = (0..classes.len()).collect();
        let unit = |&sample: &usize| (classes[sample], groups[sample]);
        samples.sort_by_key(unit);
        let chunks = samples.chunk_by(|a, b| unit(a) == unit(b));
        let units = chunks.map(|samples| (classes[samples[0]], samples.to_vec()));
        Units {
            n_classes,
            units: units.collect(),
        }
    }

    fn tallies(&self, votes: &Votes) -> Tallies {
        let mut tallies = Tallies {
            of_class: vec![Tally::default(); self.n_classes],
            all: Tally::default(),
        };
        for (class, samples) in &self.units {
            let is_right = |&&sample: &&usize| votes.predicted[sample] == *class;
            let n_right = samples.iter().filter(is_right).count();
            for tally in [&mut tallies.of_class[*class], &mut tallies.all] {
                tally.n_subjects += 1;
                tally.wrong += (samples.len() - n_right) as f64 / samples.len() as f64;
                tally.n_samples += samples.len();
                tally.n_right += n_right;
            }
        }
        tallies
    }
}

/// What became of the subjects of some class, or of all.
#[derive(Clone, Default)]
struct Tally {
    n_subjects: usize,
    /// Subjects that are predicted wrong, in parts.
    wrong: f64,
    n_samples: usize,
    n_right: usize,
}

struct Tallies {
    of_class: Vec<Tally>,
    all: Tally,
}

impl Tallies {
    /// Share of wrong subjects of each class less that of the others; 0 where there are none of either.
    fn differences(&self) -> Vec<f64> {
        let of_class = self.of_class.iter();
        of_class.map(|own| self.difference(own)).collect()
    }

    fn difference(&self, own: &Tally) -> f64 {
        let n_others = self.all.n_subjects - own.n_subjects;
        if own.n_subjects == 0 || n_others == 0 {
            return 0.0;
        }
        own.wrong / own.n_subjects as f64 - (self.all.wrong - own.wrong) / n_others as f64
    }

    /// * `variances`: what training subjects add to the variance of each difference.
    fn tests(&self, variances: &[f64]) -> Vec<Option<AgainstOthers>> {
        let is_tested = |own: &Tally| own.n_subjects > 0 && own.n_subjects < self.all.n_subjects;
        let tested = self.of_class.iter().zip(variances);
        let p_values: Vec<f64> = tested
            .filter(|(own, _)| is_tested(own))
            .map(|(own, &variance)| self.exact(own).max(self.normal(own, variance)))
            .collect();
        let mut adjusted = p_values.iter().zip(holm(&p_values, p_values.len()));
        let against = |own: &Tally| {
            if !is_tested(own) {
                return None;
            }
            let (&p_value, p_holm) = adjusted.next()?;
            let n_others = (self.all.n_samples - own.n_samples) as f64;
            Some(AgainstOthers {
                recall: (self.all.n_right - own.n_right) as f64 / n_others,
                p_value,
                p_holm,
            })
        };
        self.of_class.iter().map(against).collect()
    }

    fn exact(&self, own: &Tally) -> f64 {
        // Parts of a subject add up to a whole number but for rounding.
        let rounding = 1e-9;
        let n_others = self.all.n_subjects - own.n_subjects;
        let x = (own.wrong + rounding).floor() as usize;
        let y = (self.all.wrong - own.wrong - rounding).ceil().max(0.0) as usize;
        let marked = x + y.min(n_others);
        hypergeometric_tail(self.all.n_subjects, marked, own.n_subjects, x)
    }

    fn normal(&self, own: &Tally, variance: f64) -> f64 {
        let (n, all) = (own.n_subjects as f64, self.all.n_subjects as f64);
        let wrong = self.all.wrong / all;
        let of_tested = wrong * (1.0 - wrong) * (1.0 / n + 1.0 / (all - n));
        let error = (of_tested + variance).sqrt();
        if error == 0.0 {
            return 1.0;
        }
        libm::erfc(self.difference(own) / error / core::f64::consts::SQRT_2) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(n_subjects: usize, wrong: f64) -> Tally {
        let n_wrong = wrong.ceil() as usize;
        Tally {
            n_subjects,
            wrong,
            n_samples: n_subjects,
            n_right: n_subjects - n_wrong,
        }
    }

    fn two(first: Tally, second: Tally) -> Tallies {
        let all = Tally {
            n_subjects: first.n_subjects + second.n_subjects,
            wrong: first.wrong + second.wrong,
            n_samples: first.n_samples + second.n_samples,
            n_right: first.n_right + second.n_right,
        };
        Tallies {
            of_class: vec![first, second],
            all,
        }
    }

    /// 15 of 30 subjects wrong against 19 of 200. Fisher's exact test gives scipy's 5.915e-07, as in
    /// the test of the hypergeometric tail; the normal one less, 2.8e-9. With a variance of 0.01 from
    /// training the difference of 0.405 is 0.405 / √0.0148290 = 3.3258 standard errors: 4.4079e-4 by
    /// scipy's `norm.sf`. Both are doubled for two classes.
    #[test]
    fn a_class_that_errs_more_than_the_others_is_told() {
        let tallies = || two(tally(30, 15.0), tally(200, 19.0));
        for (variance, expected) in [(0.0, 5.915025595666615e-07), (0.01, EXPECTED)] {
            let found = tallies().tests(&[variance, variance]);
            let weak = found[0].expect("there are others");
            let other = found[1].expect("there are others");
            assert!((weak.p_value / expected - 1.0).abs() < 1e-6, "{weak:?}");
            assert_eq!(weak.p_holm, 2.0 * weak.p_value);
            assert!((weak.recall - 181.0 / 200.0).abs() < 1e-15);
            assert!((other.recall - 0.5).abs() < 1e-15 && other.p_value > 0.99);
        }
    }

    /// `norm.sf(0.405 / sqrt(p (1 - p) (1/30 + 1/200) + 0.01))`, p = 34/230, of scipy 1.17.1.
    const EXPECTED: f64 = 0.00044078739218450166;

    /// A third of a subject is rounded down for its own class, and up for the other.
    #[test]
    fn parts_of_subjects_hide_rather_than_show() {
        let parts = two(tally(2, 1.0 / 3.0), tally(1, 1.0));
        let found = parts.tests(&[0.0, 0.0]);
        assert_eq!(found[0].expect("there are others").p_value, 1.0);
        // One of one against one of two: 2/3.
        let p_value = found[1].expect("there are others").p_value;
        assert!((p_value - 2.0 / 3.0).abs() < 1e-12, "{p_value}");
    }

    #[test]
    fn without_others_there_is_nothing_to_compare() {
        let alone = two(tally(3, 1.0), tally(0, 0.0));
        assert_eq!(alone.tests(&[0.0, 0.0]), [None, None]);
        let right = two(tally(3, 0.0), tally(3, 0.0));
        let found = right.tests(&[0.0, 0.0]);
        assert!(
            found
                .iter()
                .all(|one| one.is_some_and(|one| one.p_value == 1.0))
        );
    }
}
