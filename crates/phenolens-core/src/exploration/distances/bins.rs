//! Histograms with edges that a reader can say aloud.

/// Bins that a histogram has at most.
const MAX_BINS: usize = 40;

/// Edges of at most [`MAX_BINS`] equal bins that hold `least` to `greatest`, at whole multiples of 1,
/// 2, 2.5, 4 or 5 times a power of ten, each the nearest 64-bit number to its decimal.
///
/// No edges where there is nothing to hold (`least > greatest`).
pub(super) fn round_edges(least: f64, greatest: f64) -> Vec<f64> {
    if least > greatest {
        return Vec::new();
    }
    let width = if least < greatest {
        // Any narrower, and the edges of neighboring bins would be the same 64-bit number.
        ((greatest - least) / MAX_BINS as f64).max(greatest * 1e-12)
    } else if greatest > 0.0 {
        greatest / 10.0
    } else {
        0.1
    };
    let exponent = libm::floor(libm::log10(width)) as i32;
    // Tenths of a power of ten, so that 2.5 is whole; the last candidate always suffices.
    let tenths = [10, 20, 25, 40, 50, 100, 200, 250];
    for step in tenths {
        let step = Step {
            tenths: step,
            exponent,
        };
        let first = step.last_below(least);
        let last = step.first_above(greatest).max(first + 1);
        if last - first <= MAX_BINS as i64 {
            return (first..=last).map(|multiple| step.edge(multiple)).collect();
        }
    }
    unreachable!("25 times the power of ten below the width holds 40 widths in 40 bins")
}

/// Numbers in each bin, from its lower edge up to but without its upper one, which only the last
/// bin holds too.
///
/// * `sorted`: in rising order, between the first and the last edge.
pub(super) fn counts(sorted: &[f64], edges: &[f64]) -> Vec<usize> {
    let n_below = |edge: f64| sorted.partition_point(|&value| value < edge);
    let n_bins = edges.len() - 1;
    let mut starts: Vec<usize> = edges[..n_bins].iter().map(|&edge| n_below(edge)).collect();
    starts.push(sorted.len());
    starts.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The distance between edges: `tenths / 10 * 10^exponent`.
#[derive(Clone, Copy)]
struct Step {
    tenths: i64,
    exponent: i32,
}

impl Step {
    fn edge(self, multiple: i64) -> f64 {
        let (digits, exponent) = (multiple * self.tenths, self.exponent - 1);
        format!("{digits}e{exponent}")
            .parse()
            .expect("whole digits and an exponent are a number")
    }

    /// The greatest multiple whose edge is not above `value`. The quotient is rounded and may be one
    /// off; the edges decide.
    fn last_below(self, value: f64) -> i64 {
        let mut multiple = libm::floor(value / self.edge(1)) as i64 + 1;
        while self.edge(multiple) > value {
            multiple -= 1;
        }
        multiple
    }

    /// The least multiple whose edge is not below `value`.
    fn first_above(self, value: f64) -> i64 {
        let mut multiple = libm::ceil(value / self.edge(1)) as i64 - 1;
        while self.edge(multiple) < value {
            multiple += 1;
        }
        multiple
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_round_and_hold_the_range() {
        let check = |least, greatest, first, second, last| {
            let edges = round_edges(least, greatest);
            assert!(edges.len() <= MAX_BINS + 1, "{}", edges.len());
            assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{edges:?}");
            assert!(edges[0] <= least && greatest <= edges[edges.len() - 1]);
            assert_eq!(
                (edges[0], edges[1], edges[edges.len() - 1]),
                (first, second, last)
            );
        };
        check(0.018, 1.423, 0.0, 0.04, 1.44);
        check(4.846, 46.607, 4.0, 6.0, 48.0);
        check(0.0, 1.0, 0.0, 0.025, 1.0);
        check(0.3, 0.3, 0.3, 0.31, 0.31);
        check(5.0, 5.0, 5.0, 5.1, 5.1);
        check(0.0, 0.0, 0.0, 0.1, 0.1);
        check(1e30, 2e30, 1e30, 1.025e30, 2e30);
        check(1e-30, 2e-30, 1e-30, 1.025e-30, 2e-30);
        // A range of a few last bits is widened to what 64-bit numbers can tell apart.
        check(1e6, 1e6 + 1e-9, 1e6, 1e6 + 1e-6, 1e6 + 1e-6);
        assert_eq!(round_edges(f64::INFINITY, f64::NEG_INFINITY), []);
    }

    #[test]
    fn an_edge_belongs_to_the_bin_above_it_and_the_last_to_the_last() {
        let sorted = [0.0, 0.5, 1.0, 1.0, 1.5, 2.0, 3.0, 3.0];
        assert_eq!(counts(&sorted, &[0.0, 1.0, 2.0, 3.0]), [2, 3, 3]);
        assert_eq!(counts(&[], &[0.0, 1.0, 2.0]), [0, 0]);
    }
}
