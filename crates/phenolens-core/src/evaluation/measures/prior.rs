use super::super::{Place, Scores, Votes};

/// The classifier that knows nothing but the class sizes: for every sample it predicts the largest
/// class (of equal ones the earliest) and scores each class with its share.
///
/// * `truth`: the class of every sample, shape `(n_samples,)`, below `n_classes`.
///
/// Classes of equal share hold equal ranks.
pub fn prior_votes(truth: &[usize], n_classes: usize) -> Votes {
    let mut sizes = vec![0_usize; n_classes];
    for &class in truth {
        sizes[class] += 1;
    }
    let n_samples = truth.len();
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let predicted = sizes.iter().position(|&size| size == largest).unwrap_or(0);
    let shares: Vec<f64> = sizes
        .iter()
        .map(|&size| size as f64 / n_samples as f64)
        .collect();
    let place = |&class: &usize| Place {
        n_ahead: sizes.iter().filter(|&&size| size > sizes[class]).count(),
        n_tied: sizes.iter().filter(|&&size| size == sizes[class]).count(),
    };
    Votes {
        n_classes,
        truth: truth.to_vec(),
        predicted: vec![predicted; n_samples],
        places: truth.iter().map(place).collect(),
        scores: Scores::from_rows(n_classes, &shares.repeat(n_samples)),
    }
}
