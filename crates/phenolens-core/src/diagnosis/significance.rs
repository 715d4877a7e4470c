//! How surprising a count is.

/// The probability that a hypergeometric number is at least `least`: Fisher's exact test, one-sided.
///
/// ```text
///        min(K, n)   ( K )( N - K )   ( N )
///   ∑        ∑       ( x )( n - x ) / ( n )        x from least
/// ```
///
/// * `total`: N things, of which `marked` K are marked; `drawn` n of them are drawn.
///
/// # Source
/// Fisher (1935), J. R. Stat. Soc. 98, 39-82.
pub(super) fn hypergeometric_tail(total: usize, marked: usize, drawn: usize, least: usize) -> f64 {
    let lowest = (marked + drawn).saturating_sub(total);
    let highest = marked.min(drawn);
    if least <= lowest {
        return 1.0;
    }
    let log_factorial = |n: usize| libm::lgamma(n as f64 + 1.0);
    let log_choose =
        |n: usize, k: usize| log_factorial(n) - log_factorial(k) - log_factorial(n - k);
    let all = log_choose(total, drawn);
    let probability =
        |x: usize| libm::exp(log_choose(marked, x) + log_choose(total - marked, drawn - x) - all);
    // Smallest terms first.
    let sum: f64 = (least..=highest).rev().map(probability).sum();
    sum.min(1.0)
}

/// Holm's step-down adjustment: p-values that can be compared with one level however many tests
/// there are.
///
/// * `p_values`: those of some of the tests; those of the others, up to `n_tests`, are 1.
///
/// The adjusted ones, in the same order, at most 1.
///
/// # Source
/// Holm (1979), Scand. J. Stat. 6, 65-70.
pub(super) fn holm(p_values: &[f64], n_tests: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut greatest = 0.0_f64;
    for (rank, index) in order.into_iter().enumerate() {
        let times = (n_tests - rank) as f64;
        greatest = greatest.max((times * p_values[index]).min(1.0));
        adjusted[index] = greatest;
    }
    adjusted
}
