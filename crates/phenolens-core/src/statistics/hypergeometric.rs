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
pub fn hypergeometric_tail(total: usize, marked: usize, drawn: usize, least: usize) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Total, marked, drawn, least and `scipy.stats.hypergeom.sf(least - 1, total, marked, drawn)` of
    /// scipy 1.17.1; made by `tests/reference/diagnosis/make.py`.
    const TAILS: [(usize, usize, usize, usize, f64); 5] = [
        (10, 4, 5, 3, 0.2619047619047619),
        (230, 34, 30, 15, 5.915025595666615e-07),
        (230, 34, 30, 5, 0.46609856923979265),
        (1000, 600, 500, 320, 0.005888647864033588),
        (100000, 50, 40, 6, 4.3362895748282765e-14),
    ];

    /// The logarithms of factorials are some hundreds, each within a rounding error or two.
    #[test]
    fn tails_are_those_of_scipy() {
        for (total, marked, drawn, least, expected) in TAILS {
            let tail = hypergeometric_tail(total, marked, drawn, least);
            let tolerance = 1e-13 * (total as f64) * expected;
            assert!(
                (tail - expected).abs() <= tolerance,
                "{tail}, not {expected}"
            );
        }
    }

    /// Every draw of every small urn, counted.
    #[test]
    fn tails_match_their_definition_on_every_small_case() {
        for total in 1..=7_usize {
            for marked in 0..=total {
                for drawn in 0..=total {
                    for least in 0..=drawn {
                        let draws = (0..1_usize << total)
                            .filter(|draw| draw.count_ones() as usize == drawn);
                        let n_marked =
                            |draw: usize| (draw & ((1 << marked) - 1)).count_ones() as usize;
                        let n_draws = draws.clone().count() as f64;
                        let expected =
                            draws.filter(|&draw| n_marked(draw) >= least).count() as f64 / n_draws;
                        let tail = hypergeometric_tail(total, marked, drawn, least);
                        assert!(
                            (tail - expected).abs() < 1e-12,
                            "{total} {marked} {drawn} {least}"
                        );
                    }
                }
            }
        }
    }
}
