use super::probes::Probes;
use super::{CURVE_STEPS, HeldOutClass, ONE_IN};
use crate::statistics::percentile_interval;

/// What came of holding one class out.
pub(super) struct Trial {
    /// All but what the common threshold says.
    pub(super) figures: HeldOutClass,
    /// Distances of the unknown probes, rising.
    pub(super) unknown: Vec<f64>,
    /// The least false-negative identification rate at each step of the false-positive one.
    pub(super) fnir_curve: Vec<f64>,
}

/// A probe of a class in the gallery.
struct Known {
    probe: usize,
    /// The nearest gallery sample is of its class.
    is_right: bool,
    /// Unknown probes that are nearer.
    n_nearer: usize,
    /// Unknown probes that are nearer or as near.
    n_not_farther: usize,
}

impl Trial {
    /// Holds `class` out; `None` where that leaves no known or no unknown probe.
    ///
    /// * `resamples`: how often each probe is drawn in each, for the interval of the area.
    pub(super) fn new(
        probes: &Probes,
        class: usize,
        resamples: &[Vec<u32>],
        confidence: f64,
    ) -> Option<Trial> {
        let mut unknown: Vec<(f64, usize)> = Vec::new();
        for (index, probe) in probes.all.iter().enumerate() {
            if probe.class == class {
                let found = probe.nearest_without(class);
                unknown.extend(found.map(|found| (found.distance, index)));
            }
        }
        unknown.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let order: Vec<usize> = unknown.iter().map(|&(_, index)| index).collect();
        let unknown: Vec<f64> = unknown.into_iter().map(|(distance, _)| distance).collect();

        let known: Vec<Known> = probes
            .all
            .iter()
            .enumerate()
            .filter(|(_, probe)| probe.class != class && probe.has_mate)
            .filter_map(|(index, probe)| {
                let found = probe.nearest_without(class)?;
                Some(Known {
                    probe: index,
                    is_right: found.class == probe.class,
                    n_nearer: unknown.partition_point(|&other| other < found.distance),
                    n_not_farther: unknown.partition_point(|&other| other <= found.distance),
                })
            })
            .collect();
        if known.is_empty() || unknown.is_empty() {
            return None;
        }

        let mut subjects: Vec<usize> = order.iter().map(|&i| probes.all[i].group).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let fnir = FalseNegatives::new(&known, unknown.len());
        let ones = vec![1; probes.all.len()];
        let area = |weights: &[u32]| area(&known, &order, weights, |_| true);
        let resampled: Vec<f64> = resamples
            .iter()
            .filter_map(|weights| area(weights))
            .collect();
        let at_rate = unknown.len() / ONE_IN;
        let figures = HeldOutClass {
            class,
            n_unknown: unknown.len(),
            n_unknown_subjects: subjects.len(),
            n_known: known.len(),
            auroc: area(&ones)?,
            auroc_interval: percentile_interval(resampled, confidence),
            oscr: self::area(&known, &order, &ones, |known| known.is_right)?,
            fnir_at_fpir_10: fnir.at(at_rate),
            threshold: unknown[at_rate],
            fpir_at_common: 0.0,
            fpir_left_out: 0.0,
        };
        let curve = (0..=CURVE_STEPS).map(|step| fnir.at(unknown.len() * step / CURVE_STEPS));
        Some(Trial {
            figures,
            fnir_curve: curve.collect(),
            unknown,
        })
    }
}

/// How often a known probe that counts is nearer than an unknown one, a tie counting one half, among
/// all pairs of a known and an unknown probe; `None` without a pair.
///
/// * `order`: the unknown probes, nearest first;
/// * `weights`: how often each probe stands in the multiset.
fn area(
    known: &[Known],
    order: &[usize],
    weights: &[u32],
    counts: impl Fn(&Known) -> bool,
) -> Option<f64> {
    let mut sums = Vec::with_capacity(order.len() + 1);
    let mut total = 0_u64;
    sums.push(total);
    for &probe in order {
        total += u64::from(weights[probe]);
        sums.push(total);
    }
    let (mut doubled_wins, mut n_known) = (0, 0);
    for known in known {
        let weight = u64::from(weights[known.probe]);
        n_known += weight;
        if counts(known) {
            // Twice those farther, and once those as far.
            let wins = 2 * total - sums[known.n_nearer] - sums[known.n_not_farther];
            doubled_wins += weight * wins;
        }
    }
    let doubled_pairs = 2.0 * n_known as f64 * total as f64;
    (doubled_pairs > 0.0).then(|| doubled_wins as f64 / doubled_pairs)
}

/// The false-negative identification rate at every threshold that matters.
struct FalseNegatives {
    n_known: usize,
    /// For every number of unknown probes the known ones that are taken for the right class and have
    /// no more unknown ones as near or nearer.
    n_accepted: Vec<usize>,
}

impl FalseNegatives {
    fn new(known: &[Known], n_unknown: usize) -> FalseNegatives {
        let mut n_accepted = vec![0; n_unknown + 1];
        for known in known.iter().filter(|known| known.is_right) {
            n_accepted[known.n_not_farther] += 1;
        }
        let mut sum = 0;
        for count in &mut n_accepted {
            sum += *count;
            *count = sum;
        }
        FalseNegatives {
            n_known: known.len(),
            n_accepted,
        }
    }

    /// The rate at the largest threshold that accepts at most `n` unknown probes: the distance of
    /// the next one, or none where there is no next.
    fn at(&self, n: usize) -> f64 {
        1.0 - self.n_accepted[n] as f64 / self.n_known as f64
    }
}
