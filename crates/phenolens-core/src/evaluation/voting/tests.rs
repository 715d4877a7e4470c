use super::*;

/// Votes on one sample of class `truth` from `(class, distance)` neighbors, nearest first.
fn check(
    neighbors: &[(usize, f64)],
    truth: usize,
    weights: Weights,
    ties: Ties,
) -> (Vec<f64>, usize, Place) {
    // Sample 0 is asked about; the neighbors are samples 1, 2, ….
    let classes: Vec<usize> = std::iter::once(truth)
        .chain(neighbors.iter().map(|&(class, _)| class))
        .collect();
    let list = |first: usize| -> Vec<Neighbor> {
        neighbors
            .iter()
            .enumerate()
            .map(|(index, &(_, value))| Neighbor {
                sample: first + index,
                value,
            })
            .collect()
    };
    let lists = NeighborLists::new((0..classes.len()).map(|_| list(1)).collect());
    let votes = vote(&lists, &classes, 5, neighbors.len(), weights, ties);
    (
        votes.scores(0).iter().collect(),
        votes.predicted[0],
        votes.places[0],
    )
}

#[test]
fn uniform_votes_are_shares() {
    let neighbors = [(2, 0.1), (1, 0.2), (2, 0.3), (4, 0.4)];
    let (scores, predicted, place) = check(&neighbors, 2, Weights::Uniform, Ties::Nearest);
    assert_eq!(scores, [0.0, 0.25, 0.5, 0.0, 0.25]);
    assert_eq!(
        (predicted, place),
        (
            2,
            Place {
                n_ahead: 0,
                n_tied: 1
            }
        )
    );
    // Classes 1 and 4 have one vote each; that of class 1 is nearer.
    assert_eq!(
        check(&neighbors, 4, Weights::Uniform, Ties::Nearest)
            .2
            .n_ahead,
        2
    );
    // Classes 0 and 3 have none and share the last two ranks.
    let (_, _, place) = check(&neighbors, 3, Weights::Uniform, Ties::Nearest);
    assert_eq!(
        place,
        Place {
            n_ahead: 3,
            n_tied: 2
        }
    );
}

#[test]
fn equal_scores_go_to_the_nearer_voter_then_to_the_earlier_class() {
    let predicted =
        |neighbors: &[(usize, f64)], ties| check(neighbors, 0, Weights::Uniform, ties).1;
    assert_eq!(predicted(&[(3, 0.1), (1, 0.2)], Ties::Nearest), 3);
    assert_eq!(predicted(&[(3, 0.1), (1, 0.1)], Ties::Nearest), 1);
    assert_eq!(predicted(&[(3, 0.1), (1, 0.2)], Ties::LowestClass), 1);
}

#[test]
fn lowest_class_puts_the_highest_of_equal_classes_first_in_top_k() {
    let neighbors = [(3, 0.1), (1, 0.2)];
    let n_ahead = |truth| {
        check(&neighbors, truth, Weights::Uniform, Ties::LowestClass)
            .2
            .n_ahead
    };
    assert_eq!([3, 1, 4, 2, 0].map(n_ahead), [0, 1, 2, 3, 4]);
}

#[test]
fn distance_votes_are_inverse_and_zero_distances_vote_alone() {
    let (scores, predicted, _) = check(
        &[(0, 0.5), (1, 1.0), (1, 2.0)],
        0,
        Weights::Distance,
        Ties::Nearest,
    );
    // Weights 2, 1 and 1/2.
    assert_eq!(scores, [2.0 / 3.5, 1.5 / 3.5, 0.0, 0.0, 0.0]);
    assert_eq!(predicted, 0);
    let (scores, _, place) = check(
        &[(1, 0.0), (2, 0.0), (0, 1.0)],
        0,
        Weights::Distance,
        Ties::Nearest,
    );
    assert_eq!(scores, [0.0, 0.5, 0.5, 0.0, 0.0]);
    assert_eq!(
        place,
        Place {
            n_ahead: 2,
            n_tied: 3
        }
    );
}

#[test]
fn softmax_votes_fall_by_e_with_each_temperature() {
    let (scores, _, _) = check(&[(0, 0.30), (1, 0.37)], 0, Weights::Softmax, Ties::Nearest);
    let share = 1.0 / (1.0 + (-1.0_f64).exp());
    // The distances are rounded to 53 bits before they are divided by 0.07.
    assert!((scores[0] - share).abs() < 1e-14, "{scores:?}");
}

#[test]
fn a_unanimous_vote_is_exactly_1() {
    for weights in [Weights::Uniform, Weights::Distance, Weights::Softmax] {
        let neighbors: Vec<(usize, f64)> = (1..=15).map(|i| (3, i as f64 * 0.0371)).collect();
        assert_eq!(check(&neighbors, 3, weights, Ties::Nearest).0[3], 1.0);
    }
}

/// Random neighbors, some at distance 0 and some equally far, vote by every rule.
#[test]
fn predictions_are_those_of_votes_for_every_k() {
    use crate::random::{Stream, Use};
    let (n_samples, n_classes, k_max) = (200, 6, 9);
    let mut stream = Stream::new(3, Use::Synth, 0);
    let classes: Vec<usize> = (0..n_samples).map(|_| stream.below(n_classes)).collect();
    let list = |_| {
        let mut values: Vec<usize> = (0..k_max).map(|_| stream.below(20)).collect();
        values.sort_unstable();
        let neighbor = |value: usize| Neighbor {
            sample: stream.below(n_samples),
            value: value as f64 / 19.0,
        };
        values.into_iter().map(neighbor).collect()
    };
    let lists = NeighborLists::new((0..n_samples).map(list).collect());
    for weights in [Weights::Uniform, Weights::Distance, Weights::Softmax] {
        for ties in [Ties::Nearest, Ties::LowestClass] {
            let rule = |k| VotingRule {
                n_classes,
                k,
                weights,
                ties,
            };
            let every_k = predict_every_k(&lists, &classes, &rule(k_max));
            for (k, predicted) in (1..=k_max).zip(every_k) {
                let votes = vote_on(&lists, &classes, &classes, &rule(k));
                let predicted: Vec<usize> = predicted.iter().map(|&class| class as usize).collect();
                assert_eq!(predicted, votes.predicted, "{k} {weights:?} {ties:?}");
                let alone = predict(&lists, &classes, &rule(k));
                assert_eq!(alone.predicted, votes.predicted);
                assert_eq!(alone.places, votes.places);
            }
        }
    }
}
