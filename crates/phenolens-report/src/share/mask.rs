//! Which counts of a list are masked, where their sum is known.

use super::MIN_SHOWN;

/// A shown count is at least this much larger than one that is masked for the sake of others.
const MARGIN: usize = 3;

/// Whether a count tells of so few that it is masked.
pub(super) fn is_small(count: usize) -> bool {
    (1..MIN_SHOWN).contains(&count)
}

/// Which counts are masked; `None` where no part of the list can be shown.
///
/// Counts from 1 to 10 are masked. Whoever knows the sum of all counts knows that of the masked ones,
/// so that it must not be small itself, nor belong to one count, nor leave just one or just ten for each of
/// them: until then the smallest shown counts are masked too. Those go together with all that are less than three
/// larger. Else "the next larger one is shown" would bound the one that is not, and through the sum
/// the small count beside it: 10 beside 50 could be no 9 beside 51 where another 50 is shown.
pub(super) fn masked(counts: &[usize]) -> Option<Vec<bool>> {
    let mut masked: Vec<bool> = counts.iter().map(|&count| is_small(count)).collect();
    while !is_safe(counts, &masked) {
        let shown = counts.iter().zip(&masked);
        let smallest = shown
            .filter(|&(&count, &masked)| !masked && count > 0)
            .map(|(&count, _)| count)
            .min()?;
        for (&count, masked) in counts.iter().zip(&mut masked) {
            *masked |= count > 0 && count < smallest + MARGIN;
        }
    }
    Some(masked)
}

fn is_safe(counts: &[usize], masked: &[bool]) -> bool {
    let hidden = counts.iter().zip(masked).filter(|&(_, &masked)| masked);
    let hidden: Vec<usize> = hidden.map(|(&count, _)| count).collect();
    let (n_hidden, sum) = (hidden.len(), hidden.iter().sum::<usize>());
    let is_least = sum == n_hidden;
    let is_most = hidden.iter().all(|&count| count == MIN_SHOWN - 1);
    n_hidden == 0 || (n_hidden > 1 && sum >= MIN_SHOWN && !is_least && !is_most)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check(counts: &[usize], expected: Option<&[usize]>) {
        let places = masked(counts).map(|masked| {
            let places = (0..counts.len()).filter(|&place| masked[place]);
            places.collect::<Vec<usize>>()
        });
        assert_eq!(places.as_deref(), expected, "{counts:?}");
    }

    #[test]
    fn masks_by_hand() {
        check(&[], Some(&[]));
        check(&[11, 0, 400], Some(&[]));
        // One alone is what the others leave of the sum.
        check(&[5, 40, 90], Some(&[0, 1]));
        // Three together are still fewer than eleven.
        check(&[3, 0, 3, 3, 40, 90], Some(&[0, 2, 3, 4]));
        check(&[5, 6, 40], Some(&[0, 1]));
        // 42 is less than three more than 40.
        check(&[5, 40, 42, 43], Some(&[0, 1, 2]));
        check(&[10, 50, 50, 90], Some(&[0, 1, 2]));
        // Eleven ones are known from their number and their sum.
        check(&[1; 11], None);
        check(&[5], None);
        check(&[5, 0], None);
        check(&[3, 4], None);
    }

    /// An attacker who knows this very code tries all lists: for none is a small count certain from
    /// what is shown, the places that are masked, and the sum.
    #[test]
    fn no_small_count_is_certain_to_who_knows_the_rules() {
        // With 3 counts sums on both sides of every limit occur; 4 have more ways to hide in.
        for (n_counts, most) in [(2, 60), (3, 33), (4, 16)] {
            let mut small_counts: BTreeMap<_, Vec<Option<usize>>> = BTreeMap::new();
            for code in 0..(most + 1_usize).pow(n_counts) {
                let counts: Vec<usize> = (0..n_counts)
                    .map(|place| code / (most + 1).pow(place) % (most + 1))
                    .collect();
                let Some(masked) = masked(&counts) else {
                    continue;
                };
                let shown = counts.iter().zip(&masked);
                let shown: Vec<Option<usize>> = shown
                    .map(|(&count, &masked)| (!masked).then_some(count))
                    .collect();
                let sum: usize = counts.iter().sum();
                // The value at each place as long as it is one and the same.
                let certain = small_counts
                    .entry((shown, sum))
                    .or_insert_with(|| counts.iter().map(|&count| Some(count)).collect());
                for (certain, &count) in certain.iter_mut().zip(&counts) {
                    *certain = certain.filter(|&value| value == count);
                }
            }
            for ((shown, sum), certain) in small_counts {
                // Larger sums have twins beyond `most`, where the enumeration ends.
                let hidden = sum - shown.iter().flatten().sum::<usize>();
                if hidden > most {
                    continue;
                }
                for (shown, certain) in shown.iter().zip(certain) {
                    if shown.is_none() {
                        assert!(
                            !certain.is_some_and(is_small),
                            "{certain:?} is certain of sum {sum}"
                        );
                    }
                }
            }
        }
    }
}
