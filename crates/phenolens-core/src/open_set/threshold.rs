use super::probes::Probes;
use super::rejection::Trial;
use super::{CommonThreshold, ONE_IN, mean};

/// Rates of classes are added in some order; they exceed a limit only by more than the rounding of
/// that sum.
const ROUNDING: f64 = 1e-12;

/// The common threshold of all trials, and what it makes of each; see [`CommonThreshold`].
pub(super) fn common(probes: &Probes, trials: &mut [Trial]) -> CommonThreshold {
    // One unknown probe each: its distance, its trial, and its part of that trial's rate.
    let mut unknown: Vec<(f64, usize, f64)> = Vec::new();
    for (index, trial) in trials.iter().enumerate() {
        let part = 1.0 / trial.unknown.len() as f64;
        unknown.extend(
            trial
                .unknown
                .iter()
                .map(|&distance| (distance, index, part)),
        );
    }
    unknown.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));

    let threshold = largest_threshold(&unknown, trials.len(), None);
    for index in 0..trials.len() {
        let without_it = match trials.len() {
            1 => threshold,
            n_trials => largest_threshold(&unknown, n_trials - 1, Some(index)),
        };
        let trial = &mut trials[index];
        trial.figures.fpir_at_common = share_below(&trial.unknown, threshold);
        trial.figures.fpir_left_out = share_below(&trial.unknown, without_it);
    }

    let mut worst = &trials[0].figures;
    for trial in &trials[1..] {
        if trial.figures.fpir_at_common > worst.fpir_at_common {
            worst = &trial.figures;
        }
    }
    let of_trials = |value: &dyn Fn(&Trial) -> f64| mean(trials.iter().map(value));
    CommonThreshold {
        threshold,
        fpir: of_trials(&|trial| trial.figures.fpir_at_common),
        worst_class: worst.class,
        fpir_of_worst: worst.fpir_at_common,
        fpir_left_out: of_trials(&|trial| trial.figures.fpir_left_out),
        fnir: of_trials(&|trial| false_negatives(probes, trial.figures.class, threshold)),
    }
}

/// The largest distance such that the mean over trials of the share of nearer unknown probes is at
/// most 1 in [`ONE_IN`].
///
/// * `unknown`: nearest first;
/// * `without`: a trial whose probes do not count, and that is not among the `n_trials`.
fn largest_threshold(
    unknown: &[(f64, usize, f64)],
    n_trials: usize,
    without: Option<usize>,
) -> f64 {
    let limit = n_trials as f64 / ONE_IN as f64 + ROUNDING;
    let mut sum = 0.0;
    let counted = unknown
        .iter()
        .filter(|(_, trial, _)| Some(*trial) != without);
    for &(distance, _, part) in counted {
        sum += part;
        if sum > limit {
            return distance;
        }
    }
    unreachable!("the rates of all trials add up to their number")
}

/// Share of rising values that are below a threshold.
fn share_below(rising: &[f64], threshold: f64) -> f64 {
    rising.partition_point(|&value| value < threshold) as f64 / rising.len() as f64
}

/// False-negative identification rate with one class held out.
fn false_negatives(probes: &Probes, held_out: usize, threshold: f64) -> f64 {
    let (mut n_known, mut n_accepted) = (0, 0);
    for probe in &probes.all {
        if probe.class == held_out || !probe.has_mate {
            continue;
        }
        if let Some(found) = probe.nearest_without(held_out) {
            n_known += 1;
            let is_accepted = found.class == probe.class && found.distance < threshold;
            n_accepted += usize::from(is_accepted);
        }
    }
    1.0 - n_accepted as f64 / n_known as f64
}
