use serde::Serialize;

use super::K;
use crate::evaluation::{Evaluated, Prediction, Scores};

/// A sample whose label is in doubt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suspect {
    /// The sample, an index into the dataset.
    pub sample: usize,
    /// The class that the vote suggests, an index into `Evaluation::class_names`.
    pub suggested: usize,
    /// The score of its label, from 0 to 1.
    pub score_of_label: f64,
    /// The score of the suggested class.
    pub score_of_suggested: f64,
    /// What speaks against the label.
    pub reason: SuspicionReason,
}

/// What speaks against a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuspicionReason {
    /// The suggested class scores as high as it does on its own samples, and the label lower.
    Confident,
    /// None of the 10 nearest training samples carries the label.
    NoNeighbor,
    /// Both.
    Both,
}

impl SuspicionReason {
    /// The name in tables, such as `no-neighbor`.
    pub fn name(self) -> &'static str {
        match self {
            SuspicionReason::Confident => "confident",
            SuspicionReason::NoNeighbor => "no-neighbor",
            SuspicionReason::Both => "both",
        }
    }
}

/// The samples whose out-of-fold predictions contradict their label, the lowest score of the label
/// first, then the highest of the suggested class.
///
/// The threshold of a class is the mean of its score over its own samples. A sample is confidently
/// of that class, among those that reach their threshold, whose score is highest; where that is not
/// its label, the label is in doubt.
///
/// Scores are those of the predictions where at least 10 neighbors vote. With fewer, a vote is
/// unanimous by chance: then scores are shares of the 10 nearest.
///
/// * `scores`: those of the predictions, in their order;
/// * `k`: neighbors that vote in the predictions;
/// * `lists`: the nearest training samples of each evaluated one, at least 10 where there are.
///
/// # Source
/// Northcutt, Jiang & Chuang (2021), J. Artif. Intell. Res. 70, 1373-1411: the entries off the
/// diagonal of the confident joint.
pub(super) fn suspects(
    evaluated: &Evaluated,
    predictions: &[Prediction],
    scores: &Scores,
    k: usize,
    lists: &[Vec<usize>],
) -> Vec<Suspect> {
    let of_nearest = (k < K).then(|| shares(evaluated, lists));
    let all_scores = of_nearest.as_ref().unwrap_or(scores);
    let thresholds = thresholds(evaluated, all_scores);
    let mut suspects = Vec::new();
    let mut scores = Vec::new();
    for (position, prediction) in predictions.iter().enumerate() {
        let label = evaluated.classes[position];
        scores.clear();
        scores.extend(all_scores.of(position).iter());
        let list = &lists[position];
        let nearest = &list[..K.min(list.len())];
        let has_neighbor = nearest
            .iter()
            .any(|&voter| evaluated.classes[voter] == label);
        let confident =
            confident_class(&scores, &thresholds, label).filter(|&class| class != label);
        let (suggested, reason) = match (confident, has_neighbor) {
            (Some(class), false) => (class, SuspicionReason::Both),
            (Some(class), true) => (class, SuspicionReason::Confident),
            (None, false) => (prediction.predicted, SuspicionReason::NoNeighbor),
            (None, true) => continue,
        };
        suspects.push(Suspect {
            sample: prediction.sample,
            suggested,
            score_of_label: scores[label],
            score_of_suggested: scores[suggested],
            reason,
        });
    }
    // A stable sort: equal ones stay in the order of the source.
    suspects.sort_by(|a, b| {
        (a.score_of_label.total_cmp(&b.score_of_label))
            .then(b.score_of_suggested.total_cmp(&a.score_of_suggested))
    });
    suspects
}

/// Shares of the classes among the 10 nearest of every sample.
fn shares(evaluated: &Evaluated, lists: &[Vec<usize>]) -> Scores {
    let mut all = Scores::new(evaluated.n_classes);
    let mut shares = vec![0.0; evaluated.n_classes];
    for list in lists {
        let nearest = &list[..K.min(list.len())];
        shares.fill(0.0);
        for &voter in nearest {
            shares[evaluated.classes[voter]] += 1.0 / nearest.len() as f64;
        }
        all.push(shares.iter().copied().enumerate());
    }
    all
}

/// Mean score of each class over its own samples; infinite where it has none.
fn thresholds(evaluated: &Evaluated, scores: &Scores) -> Vec<f64> {
    let mut sums = vec![0.0; evaluated.n_classes];
    let mut counts = vec![0.0; evaluated.n_classes];
    for (&label, scores) in evaluated.classes.iter().zip(scores.iter()) {
        sums[label] += scores[label];
        counts[label] += 1.0;
    }
    let mean = |(sum, count): (f64, f64)| {
        if count > 0.0 {
            sum / count
        } else {
            f64::INFINITY
        }
    };
    sums.into_iter().zip(counts).map(mean).collect()
}

/// The class of the highest score among those that reach their threshold; of equals the label, then
/// the earliest.
fn confident_class(scores: &[f64], thresholds: &[f64], label: usize) -> Option<usize> {
    let reaches = |&class: &usize| scores[class] >= thresholds[class];
    let others = (0..scores.len()).filter(|&class| class != label);
    std::iter::once(label)
        .chain(others)
        .filter(reaches)
        .reduce(|best, class| {
            let is_better = scores[class] > scores[best];
            if is_better { class } else { best }
        })
}
