/// Holm's step-down adjustment: p-values that can be compared with one level however many tests
/// there are.
///
/// The i-th smallest of m becomes the greatest of `(m - j + 1) p_j` over all j up to i, at most 1.
///
/// * `p_values`: those of some of the tests; those of the others, up to `n_tests`, are 1.
///
/// The adjusted ones, in the same order, at most 1.
///
/// # Source
/// Holm (1979), Scand. J. Stat. 6, 65-70.
pub fn holm(p_values: &[f64], n_tests: usize) -> Vec<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.01 · 4 = 0.04; 0.02 · 3 = 0.06; 0.03 · 2 = 0.06; 0.9 · 1; and never above 1. With a fifth
    /// test whose p-value is 1: 0.01 · 5, 0.02 · 4, 0.03 · 3, 0.9 · 2.
    #[test]
    fn holm_by_hand() {
        let check = |p_values: &[f64], n_tests: usize, expected: &[f64]| {
            let found = holm(p_values, n_tests);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-15, "{found} {expected}");
            }
        };
        check(&[0.9, 0.01, 0.03, 0.02], 4, &[0.9, 0.04, 0.06, 0.06]);
        check(&[0.9, 0.01, 0.03, 0.02], 5, &[1.0, 0.05, 0.09, 0.08]);
        check(&[0.6, 0.7], 2, &[1.0, 1.0]);
        check(&[0.04, 0.03, 0.03], 3, &[0.09, 0.09, 0.09]);
        check(&[], 0, &[]);
    }
}
