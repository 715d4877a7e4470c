//! Cohorts with nothing to find, and with each effect planted: the sizes are those that were asked
//! for.

use super::*;

/// What is left to the noise of images where there is to be none.
const TRIFLE: f64 = 1e-12;

/// Nothing to find, and no noise: an image lies where its class does.
fn without_noise() -> SynthParams {
    SynthParams {
        blank_share: 0.0,
        class_share: 1.0 - TRIFLE,
        ..SynthParams::nothing_to_find()
    }
}

fn vector(dataset: &Dataset, sample: usize) -> Vec<f64> {
    let values = dataset.vector(sample).iter();
    values.map(|&value| value.into()).collect()
}

/// Mean vectors of the classes.
fn class_means(dataset: &Dataset) -> Vec<Vec<f64>> {
    let mut means = vec![vec![0.0; dataset.n_dims()]; dataset.n_classes()];
    let sizes = dataset.class_sizes();
    for sample in 0..dataset.n_samples() {
        let class = dataset.classes()[sample];
        for (mean, value) in means[class].iter_mut().zip(vector(dataset, sample)) {
            *mean += value / sizes[class] as f64;
        }
    }
    means
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn difference(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(x, y)| x - y).collect()
}

fn distance(one: &[f64], other: &[f64]) -> f64 {
    length(&difference(one, other))
}

/// Two effects of squared length q at a right angle, scaled by 22 / √q, are 22 √2 apart. The noise
/// that is left moves a mean by some 22e-6.
#[test]
fn equidistant_classes_are_equally_far_from_one_another() {
    let means = class_means(&admitted(&without_noise()));
    assert_eq!(means.len(), 6);
    for (class, one) in means.iter().enumerate() {
        for other in &means[..class] {
            let found = distance(one, other);
            assert!((found - 22.0 * 2.0_f64.sqrt()).abs() < 1e-4, "{found}");
        }
    }
}

/// Moved by a half of the way, 22 √2 become 11 √2; the others stay.
#[test]
fn a_pair_is_moved_together() {
    let means = class_means(&admitted(&SynthParams {
        pair_closeness: 0.5,
        ..without_noise()
    }));
    let found = distance(&means[0], &means[1]);
    assert!((found - 11.0 * 2.0_f64.sqrt()).abs() < 1e-4, "{found}");
    let found = distance(&means[2], &means[3]);
    assert!((found - 22.0 * 2.0_f64.sqrt()).abs() < 1e-4, "{found}");
}

#[test]
fn swapped_subjects_lie_where_they_come_from() {
    let plain = admitted(&without_noise());
    let params = SynthParams {
        n_swapped: 5,
        ..without_noise()
    };
    let swapped = admitted(&params);
    assert_eq!(swapped.class_sizes(), plain.class_sizes());
    let means = class_means(&plain);
    let subjects = synthetic_subjects(&params).unwrap();
    let is_moved = |subject: &&SynthSubject| subject.class != subject.origin;
    assert_eq!(subjects.iter().filter(is_moved).count(), 10);
    for sample in 0..swapped.n_samples() {
        let [class, subject, _] = swapped.id(sample);
        let mut subjects = subjects.iter();
        let planned = subjects.find(|other| other.subject == subject).unwrap();
        assert_eq!(planned.class, class);
        let mut names = plain.class_names().iter();
        let origin = names.position(|name| *name == planned.origin).unwrap();
        assert!(distance(&vector(&swapped, sample), &means[origin]) < 1e-3);
    }
}

/// A quarter of 360 images, give or take 5 standard deviations (8.2), lies far from its class. The
/// length of 128 normal numbers is 22, give or take 5 standard deviations of 22 / √256.
#[test]
fn blank_images_are_as_many_as_asked_for_and_as_long_as_the_others() {
    let means = class_means(&admitted(&without_noise()));
    let dataset = admitted(&SynthParams {
        blank_share: 0.25,
        ..without_noise()
    });
    let mut n_blank = 0;
    for sample in 0..dataset.n_samples() {
        let vector = vector(&dataset, sample);
        let is_blank = distance(&vector, &means[dataset.classes()[sample]]) > 1e-3;
        n_blank += usize::from(is_blank);
        assert!((length(&vector) - 22.0).abs() < 7.0, "{}", length(&vector));
    }
    assert!((49..=131).contains(&n_blank), "{n_blank}");
}

/// Half of the variance, the other half the classes': without the center of its class every vector
/// lies in a space of four dimensions, with squared length 22² / 2 on the mean. That is known to
/// 22² / 2 √(2 / 4 / 360) = 9.0 from 360 images.
#[test]
fn nuisance_lies_in_four_directions_that_tell_nothing() {
    let share = 0.5_f64;
    let means = class_means(&admitted(&without_noise()));
    let dataset = admitted(&SynthParams {
        class_share: 1.0 - TRIFLE - share,
        nuisance_share: share,
        ..without_noise()
    });
    let rest = |sample: usize| {
        let center = means[dataset.classes()[sample]].iter();
        let center: Vec<f64> = center.map(|value| share.sqrt() * value).collect();
        difference(&vector(&dataset, sample), &center)
    };
    let n_samples = dataset.n_samples();
    let squares = (0..n_samples).map(|sample| length(&rest(sample)).powi(2));
    let mean = squares.sum::<f64>() / n_samples as f64;
    assert!((mean - 242.0).abs() < 45.0, "{mean}");

    // What is left of a vector beside those before it is noise after the fourth.
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for sample in 0..20 {
        let mut left = rest(sample);
        for _ in 0..2 {
            for row in &basis {
                let along: f64 = left.iter().zip(row).map(|(x, y)| x * y).sum();
                for (value, row) in left.iter_mut().zip(row) {
                    *value -= along * row;
                }
            }
        }
        let size = length(&left);
        if size > 1e-2 {
            basis.push(left.iter().map(|value| value / size).collect());
        }
    }
    assert_eq!(basis.len(), 4);
}

/// A third of the subjects of each class, the last ones, three times as noisy: 9 times the squared
/// distance from the class, each mean known to a hundredth from 78 images of 128 numbers.
#[test]
fn a_group_is_as_noisy_as_asked_for() {
    let params = SynthParams {
        n_samples: 240,
        class_share: 0.3,
        group_share: 1.0 / 3.0,
        group_noise: 3.0,
        ..without_noise()
    };
    let subjects = synthetic_subjects(&params).unwrap();
    let is_last = |subject: usize| subject % 40 >= 27;
    for (index, subject) in subjects.iter().enumerate() {
        assert_eq!(subject.group == "noisy", is_last(index), "{subject:?}");
    }
    let means = class_means(&admitted(&SynthParams {
        n_samples: 240,
        ..without_noise()
    }));
    let dataset = admitted(&params);
    let mean_square = |is_noisy: bool| {
        let samples = (0..240).filter(|&sample| is_last(sample) == is_noisy);
        let squares: Vec<f64> = samples
            .map(|sample| {
                let center = means[dataset.classes()[sample]].iter();
                let center: Vec<f64> = center.map(|value| 0.3_f64.sqrt() * value).collect();
                distance(&vector(&dataset, sample), &center).powi(2)
            })
            .collect();
        squares.iter().sum::<f64>() / squares.len() as f64
    };
    let ratio = mean_square(true) / mean_square(false);
    assert!((ratio - 9.0).abs() < 0.7, "{ratio}");
}
