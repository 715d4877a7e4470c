use super::*;
use crate::random::{Stream, Use};

/// By sorting: few numbers many times over, and many different ones.
#[test]
fn the_bound_is_no_less_than_the_least_of_the_rank_and_little_more() {
    let mut stream = Stream::new(24, Use::Synth, 0);
    for (n_groups, rank, n_levels) in [
        (16, 21, 4),
        (16, 21, 1_000_000),
        (8, 1, 1_000_000),
        (12, 40, 50),
    ] {
        let mut draw = || stream.below(n_levels) as i32;
        let distances: Vec<[[i32; GROUP]; GROUP]> = (0..n_groups)
            .map(|_| std::array::from_fn(|_| std::array::from_fn(|_| draw())))
            .collect();
        for row in 0..GROUP {
            let mut sorted: Vec<i32> = distances.iter().flat_map(|group| group[row]).collect();
            sorted.sort_unstable();
            let bound = bound_of_least(&distances, row, rank);
            assert!(sorted[rank - 1] <= bound, "{n_groups} {rank}");
            assert!(bound <= sorted[2 * rank + 3], "{n_groups} {rank}");
        }
    }
}

#[test]
fn of_few_distances_all_are_kept() {
    let distances = [[[7; GROUP]; GROUP]; 3];
    assert_eq!(bound_of_least(&distances, 0, 40), i32::MAX);
    assert_eq!(bound_of_least(&distances, 0, 49), i32::MAX);
    assert_eq!(bound_of_least(&[], 0, 1), i32::MAX);
}
