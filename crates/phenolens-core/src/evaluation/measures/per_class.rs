use super::super::{Confusion, PerClass, Votes};
use super::{Scorer, Workspace};
use crate::statistics::wilson_interval;

/// How each class fares when every sample counts once, in the order of the classes.
///
/// * `subjects`: the subject of every sample, shape `(n_samples,)`; a subject under two classes
///   counts in both.
/// * `confidence`: of the recall's interval, between 0 and 1.
///
/// The samples of one subject are not independent, so the interval is not that of as many samples:
/// it is Wilson's with the effective number of subjects
///
/// ```text
/// n = (∑ mₛ)² / ∑ mₛ²        mₛ samples of the class from subject s
/// ```
///
/// which is the number of subjects where all have equally many samples, and less otherwise. A ratio
/// without a denominator is 0 here; [`Scorer::class_figures`] tells which. The other figures have no
/// interval yet, since theirs need resamples, and no class is tested against the others, since that
/// asks who else could train.
///
/// # Source
/// Kish (1965), Survey Sampling, section 8.2: the effective sample size, here that of subjects whose
/// answers count as often as they have samples.
pub fn per_class(scorer: &Scorer, subjects: &[usize], confidence: f64) -> Vec<PerClass> {
    let ones = vec![1; scorer.n_samples()];
    let figures = scorer.class_figures(&ones, &mut Workspace::default());

    let classes = scorer.truth().iter().copied();
    let mut samples: Vec<(usize, usize)> = classes.zip(subjects.iter().copied()).collect();
    samples.sort_unstable();
    let mut n_subjects = vec![0; scorer.n_classes()];
    let mut sum_of_squares = vec![0_u64; scorer.n_classes()];
    for subject in samples.chunk_by(|a, b| a == b) {
        let class = subject[0].0;
        n_subjects[class] += 1;
        sum_of_squares[class] += (subject.len() * subject.len()) as u64;
    }

    let fare = |(class, figures): (usize, &super::ClassFigures)| {
        let recall = figures.recall.unwrap_or(0.0);
        let support = figures.support as f64;
        let n_effective = match sum_of_squares[class] {
            0 => 0.0,
            squares => support * support / squares as f64,
        };
        PerClass {
            class,
            n_subjects: n_subjects[class],
            support: figures.support,
            precision: figures.precision.unwrap_or(0.0),
            precision_interval: None,
            recall,
            recall_interval: wilson_interval(recall, n_effective, confidence),
            f1: figures.f1.unwrap_or(0.0),
            f1_interval: None,
            auc: figures.auc,
            auc_interval: None,
            against_others: None,
        }
    };
    figures.iter().enumerate().map(fare).collect()
}

/// How often each class is predicted as each other.
pub fn confusion(votes: &Votes) -> Confusion {
    let n_classes = votes.n_classes;
    let mut counts = vec![0; n_classes * n_classes];
    for (truth, predicted) in votes.truth.iter().zip(&votes.predicted) {
        counts[truth * n_classes + predicted] += 1;
    }
    Confusion { n_classes, counts }
}
