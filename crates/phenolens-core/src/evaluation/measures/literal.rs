//! Every measure by the words of its definition, slowly; shares no code with what it tests.

use crate::evaluation::{Measure, Place, Scores, Votes};

/// The rows of `votes` that stand in a multiset, each as often as it does there.
pub(in crate::evaluation) fn expand(votes: &Votes, multiplicities: &[u32]) -> Votes {
    let mut expanded = Votes {
        n_classes: votes.n_classes,
        truth: Vec::new(),
        predicted: Vec::new(),
        places: Vec::new(),
        scores: Scores::new(votes.n_classes),
    };
    for (sample, &multiplicity) in multiplicities.iter().enumerate() {
        for _ in 0..multiplicity {
            expanded.truth.push(votes.truth[sample]);
            expanded.predicted.push(votes.predicted[sample]);
            expanded.places.push(votes.places[sample]);
            expanded.scores.extend([votes.scores(sample)]);
        }
    }
    expanded
}

/// One measure of all rows.
pub(in crate::evaluation) fn literal(votes: &Votes, measure: Measure) -> Option<f64> {
    if votes.truth.is_empty() {
        return None;
    }
    let classes = 0..votes.n_classes;
    let present: Vec<usize> = classes
        .clone()
        .filter(|&class| support(votes, class) > 0)
        .collect();
    let split: Vec<usize> = present
        .iter()
        .copied()
        .filter(|&class| support(votes, class) < votes.truth.len())
        .collect();
    let mean = |values: Vec<f64>| {
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let samples = 0..votes.truth.len();
    match measure {
        Measure::Accuracy | Measure::F1Micro => mean(
            samples
                .map(|i| f64::from(votes.predicted[i] == votes.truth[i]))
                .collect(),
        ),
        Measure::BalancedAccuracy => mean(present.iter().map(|&c| recall(votes, c)).collect()),
        Measure::PrecisionMacro => mean(classes.map(|c| precision(votes, c)).collect()),
        Measure::RecallMacro => mean(classes.map(|c| recall(votes, c)).collect()),
        Measure::F1Macro => mean(classes.map(|c| f1(votes, c)).collect()),
        Measure::F1Weighted => mean(votes.truth.iter().map(|&c| f1(votes, c)).collect()),
        Measure::AucMacro => mean(split.iter().map(|&c| auc(&pairs(votes, c))).collect()),
        Measure::AucWeighted => {
            let defined = votes.truth.iter().filter(|&class| split.contains(class));
            mean(defined.map(|&class| auc(&pairs(votes, class))).collect())
        }
        Measure::AucMicro => {
            let pooled: Vec<(f64, bool)> = classes.flat_map(|c| pairs(votes, c)).collect();
            (votes.n_classes > 1).then(|| auc(&pooled))
        }
        Measure::ApMacro => mean(
            split
                .iter()
                .map(|&c| average_precision(&pairs(votes, c)))
                .collect(),
        ),
        Measure::Top1 => mean(
            votes
                .places
                .iter()
                .map(|place| in_first(place, 1))
                .collect(),
        ),
        Measure::Top2 => mean(
            votes
                .places
                .iter()
                .map(|place| in_first(place, 2))
                .collect(),
        ),
        Measure::Top3 => mean(
            votes
                .places
                .iter()
                .map(|place| in_first(place, 3))
                .collect(),
        ),
        Measure::Top4 => mean(
            votes
                .places
                .iter()
                .map(|place| in_first(place, 4))
                .collect(),
        ),
        Measure::Top5 => mean(
            votes
                .places
                .iter()
                .map(|place| in_first(place, 5))
                .collect(),
        ),
        Measure::Mrr => mean(
            votes
                .places
                .iter()
                .map(|place| {
                    let inverses = ranks(place).map(|rank| 1.0 / rank as f64);
                    inverses.sum::<f64>() / place.n_tied as f64
                })
                .collect(),
        ),
        Measure::Mcc => Some(matthews(votes)),
        Measure::LogLoss => mean(
            samples
                .map(|i| -votes.scores(i)[votes.truth[i]].clamp(1e-15, 1.0).ln())
                .collect(),
        ),
        Measure::Brier => mean(
            samples
                .map(|i| {
                    let truth = votes.truth[i];
                    let error = |c: usize| votes.scores(i)[c] - f64::from(c == truth);
                    classes.clone().map(|c| error(c) * error(c)).sum()
                })
                .collect(),
        ),
    }
}

fn support(votes: &Votes, class: usize) -> usize {
    votes.truth.iter().filter(|&&truth| truth == class).count()
}

fn count(votes: &Votes, is_counted: impl Fn(usize, usize) -> bool) -> f64 {
    let decisions = votes.truth.iter().zip(&votes.predicted);
    decisions
        .filter(|&(&truth, &predicted)| is_counted(truth, predicted))
        .count() as f64
}

fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator == 0.0 {
        0.0
    } else {
        numerator / denominator
    }
}

fn precision(votes: &Votes, class: usize) -> f64 {
    let right = count(votes, |truth, predicted| {
        truth == class && predicted == class
    });
    ratio(right, count(votes, |_, predicted| predicted == class))
}

fn recall(votes: &Votes, class: usize) -> f64 {
    let right = count(votes, |truth, predicted| {
        truth == class && predicted == class
    });
    ratio(right, count(votes, |truth, _| truth == class))
}

fn f1(votes: &Votes, class: usize) -> f64 {
    let (precision, recall) = (precision(votes, class), recall(votes, class));
    ratio(2.0 * precision * recall, precision + recall)
}

/// Every sample's score for a class, and whether it is of that class.
fn pairs(votes: &Votes, class: usize) -> Vec<(f64, bool)> {
    (0..votes.truth.len())
        .map(|i| (votes.scores(i)[class], votes.truth[i] == class))
        .collect()
}

fn auc(pairs: &[(f64, bool)]) -> f64 {
    let (mut n_wins, mut n_pairs) = (0.0, 0.0);
    for positive in pairs.iter().filter(|pair| pair.1) {
        for negative in pairs.iter().filter(|pair| !pair.1) {
            n_pairs += 1.0;
            if positive.0 > negative.0 {
                n_wins += 1.0;
            } else if positive.0 == negative.0 {
                n_wins += 0.5;
            }
        }
    }
    n_wins / n_pairs
}

/// For each positive the share of positives among those that score at least as high.
fn average_precision(pairs: &[(f64, bool)]) -> f64 {
    let positives: Vec<f64> = pairs
        .iter()
        .filter(|pair| pair.1)
        .map(|pair| pair.0)
        .collect();
    let precision = |&least: &f64| {
        let selected = pairs.iter().filter(|pair| pair.0 >= least);
        let right = selected.clone().filter(|pair| pair.1).count();
        right as f64 / selected.count() as f64
    };
    positives.iter().map(precision).sum::<f64>() / positives.len() as f64
}

fn ranks(place: &Place) -> impl Iterator<Item = usize> {
    place.n_ahead + 1..place.n_ahead + place.n_tied + 1
}

fn in_first(place: &Place, k: usize) -> f64 {
    ranks(place).filter(|&rank| rank <= k).count() as f64 / place.n_tied as f64
}

/// Gorodkin's definition: the covariance of the indicators of truth and prediction, summed over
/// classes, by the root of the two variances.
fn matthews(votes: &Votes) -> f64 {
    let n = votes.truth.len() as f64;
    let covariance = |a: &[usize], b: &[usize]| -> f64 {
        let of_class = |class: usize| -> f64 {
            let center = |x: &[usize]| x.iter().filter(|&&c| c == class).count() as f64 / n;
            let (center_a, center_b) = (center(a), center(b));
            let product = |(&a, &b): (&usize, &usize)| {
                (f64::from(a == class) - center_a) * (f64::from(b == class) - center_b)
            };
            a.iter().zip(b).map(product).sum()
        };
        (0..votes.n_classes).map(of_class).sum()
    };
    let is_constant = |x: &[usize]| x.iter().all(|&class| class == x[0]);
    if is_constant(&votes.truth) || is_constant(&votes.predicted) {
        return 0.0;
    }
    let variances =
        covariance(&votes.truth, &votes.truth) * covariance(&votes.predicted, &votes.predicted);
    covariance(&votes.truth, &votes.predicted) / variances.sqrt()
}
