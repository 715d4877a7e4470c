use super::*;

/// Samples of each class in each fold.
fn table(classes: &[usize], folds: &[usize], n_folds: usize) -> Vec<Vec<usize>> {
    let of = |fold: usize, class: usize| {
        (0..classes.len())
            .filter(|&i| folds[i] == fold && classes[i] == class)
            .count()
    };
    (0..n_folds)
        .map(|fold| (0..count(classes)).map(|class| of(fold, class)).collect())
        .collect()
}

fn cohort(seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut stream = Stream::new(seed, Use::Synth, 0);
    let (mut classes, mut groups) = (Vec::new(), Vec::new());
    for group in 0..120 {
        let class = stream.below(20).min(4);
        for _ in 0..1 + stream.below(6) / 5 * stream.below(4) {
            classes.push(class);
            groups.push(group);
        }
    }
    (classes, groups)
}

#[test]
fn samples_are_dealt_evenly() {
    let (classes, _) = cohort(1);
    let folds = stratified(&classes, 10, 42, 0);
    let table = table(&classes, &folds, 10);
    for class in 0..5 {
        let counts: Vec<usize> = table.iter().map(|fold| fold[class]).collect();
        assert!(
            counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1,
            "{counts:?}"
        );
    }
    let sizes: Vec<usize> = table.iter().map(|fold| fold.iter().sum()).collect();
    assert!(
        sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1,
        "{sizes:?}"
    );
}

#[test]
fn groups_stay_whole_and_shares_are_even() {
    for seed in 0..20 {
        let (classes, groups) = cohort(seed);
        let folds = stratified_by_group(&classes, &groups, 10, 42, 0);
        for (sample, &group) in groups.iter().enumerate() {
            let first = groups.iter().position(|&other| other == group).unwrap();
            assert_eq!(folds[sample], folds[first]);
        }
        // No fold can be further from even than the largest group.
        let largest = (0..120)
            .map(|g| groups.iter().filter(|&&other| other == g).count())
            .max();
        for class in 0..5 {
            let counts: Vec<usize> = table(&classes, &folds, 10)
                .iter()
                .map(|fold| fold[class])
                .collect();
            let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
            assert!(spread <= largest.unwrap(), "{counts:?}");
        }
    }
}

#[test]
fn no_fold_is_empty_when_there_are_as_many_groups() {
    let groups = [0, 0, 0, 1, 2, 2, 3];
    let classes = [0, 0, 1, 1, 2, 2, 2];
    let folds = stratified_by_group(&classes, &groups, 4, 1, 0);
    let mut used = folds.clone();
    used.sort_unstable();
    used.dedup();
    assert_eq!(used, [0, 1, 2, 3]);
}

#[test]
fn seed_and_repeat_change_the_folds() {
    let (classes, groups) = cohort(3);
    let draw = |seed, repeat| stratified_by_group(&classes, &groups, 5, seed, repeat);
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0), draw(2, 0));
    assert_ne!(draw(1, 0), draw(1, 1));
    assert_ne!(stratified(&classes, 5, 1, 0), stratified(&classes, 5, 1, 1));
}
