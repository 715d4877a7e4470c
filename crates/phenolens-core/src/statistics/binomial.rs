/// McNemar's exact test: how surprising the two counts of disagreement between two classifiers are
/// when each is as likely as the other.
///
/// ```text
///                  min(b, c)   ( b + c )
/// p  =  min(1,  2      ∑       (   i   ) 2^-(b+c) )        two-sided, binomial with 1/2
///                     i = 0
/// ```
///
/// * `n_first_only`: b, the cases that only the first classifier gets right;
/// * `n_second_only`: c, those that only the second gets right. The cases must be independent.
///
/// The p-value lies in `(0, 1]`; it is 1 where the two never disagree.
///
/// # Source
/// McNemar (1947), Psychometrika 12, 153-157; for classifiers Dietterich (1998), Neural Comput. 10,
/// 1895-1923.
pub fn mcnemar_p_value(n_first_only: usize, n_second_only: usize) -> f64 {
    let n = n_first_only + n_second_only;
    let fewer = n_first_only.min(n_second_only);
    let log_factorial = |n: usize| libm::lgamma(n as f64 + 1.0);
    let log_all = n as f64 * core::f64::consts::LN_2;
    let probability =
        |i: usize| libm::exp(log_factorial(n) - log_factorial(i) - log_factorial(n - i) - log_all);
    let tail: f64 = (0..=fewer).map(probability).sum();
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted among all outcomes of up to 12 fair coins: those with a split at least as uneven.
    #[test]
    fn p_value_is_a_share_of_all_outcomes() {
        for n in 0..=12_usize {
            for first in 0..=n {
                let unevenness = |heads: usize| (2 * heads).abs_diff(n);
                let n_as_uneven = (0..1_usize << n)
                    .filter(|coins| unevenness(coins.count_ones() as usize) >= unevenness(first))
                    .count();
                let expected = n_as_uneven as f64 / (1_usize << n) as f64;
                let found = mcnemar_p_value(first, n - first);
                assert!((found - expected).abs() < 1e-12, "{first} of {n}: {found}");
            }
        }
    }

    /// `scipy.stats.binomtest(first, first + second).pvalue` of scipy 1.17.1; logarithms of factorials
    /// up to some thousands carry a relative error of some 10⁻¹².
    #[test]
    fn p_values_are_those_of_scipy() {
        for (first, second, expected) in P_VALUES {
            let found = mcnemar_p_value(first, second);
            assert!(
                (found - expected).abs() <= 1e-11 * expected,
                "{first} {second}: {found}"
            );
        }
    }

    const P_VALUES: [(usize, usize, f64); 4] = [
        (103, 64, 0.0031576488135909445),
        (10, 41, 1.4737715885004832e-05),
        (500, 500, 1.0),
        (1, 60, 5.377642775528102e-17),
    ];
}
