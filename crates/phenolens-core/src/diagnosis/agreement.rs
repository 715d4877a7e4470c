//! How far two partitions of the same things agree, beyond chance.

/// How often things belong to each class and each cluster.
pub(super) struct Contingency {
    n_clusters: usize,
    /// Shape `(n_classes, n_clusters)`, row-major.
    counts: Vec<usize>,
    class_sizes: Vec<usize>,
    cluster_sizes: Vec<usize>,
    n: usize,
}

impl Contingency {
    /// From the class and the cluster of each thing.
    pub(super) fn new(
        labels: impl Iterator<Item = (usize, usize)>,
        n_classes: usize,
        n_clusters: usize,
    ) -> Contingency {
        let mut table = Contingency {
            n_clusters,
            counts: vec![0; n_classes * n_clusters],
            class_sizes: vec![0; n_classes],
            cluster_sizes: vec![0; n_clusters],
            n: 0,
        };
        for (class, cluster) in labels {
            table.counts[class * n_clusters + cluster] += 1;
            table.class_sizes[class] += 1;
            table.cluster_sizes[cluster] += 1;
            table.n += 1;
        }
        table
    }

    /// The adjusted Rand index: 1 for equal partitions, 0 on average for random ones of the same
    /// sizes; `None` where both have one part or both parts of one thing only.
    ///
    /// ```text
    /// ( ∑ C(n_ij) - E ) / ( (A + B) / 2 - E )     E = A B / C(n), A = ∑ C(a_i), B = ∑ C(b_j)
    /// ```
    ///
    /// with pairs C(m) = m (m - 1) / 2.
    ///
    /// # Source
    /// Hubert & Arabie (1985), J. Classif. 2, 193-218.
    pub(super) fn adjusted_rand(&self) -> Option<f64> {
        let pairs = |counts: &[usize]| -> f64 {
            let of = |&m: &usize| m as f64 * (m as f64 - 1.0) / 2.0;
            counts.iter().map(of).sum()
        };
        let [both, a, b] =
            [&self.counts, &self.class_sizes, &self.cluster_sizes].map(|counts| pairs(counts));
        let expected = a * b / pairs(&[self.n]);
        let greatest = (a + b) / 2.0;
        (greatest > expected).then(|| (both - expected) / (greatest - expected))
    }

    /// The adjusted mutual information, against the mean of both entropies: 1 for equal partitions, 0
    /// on average for random ones of the same sizes; `None` where both have one part or both parts of
    /// one thing only.
    ///
    /// ```text
    /// ( I - E ) / ( (H(a) + H(b)) / 2 - E )     I = ∑ n_ij / n ln( n n_ij / (a_i b_j) )
    /// ```
    ///
    /// with the expectation E of I over all tables of the same sizes. Takes O(n (classes + clusters))
    /// time.
    ///
    /// # Source
    /// Vinh, Epps & Bailey (2010), J. Mach. Learn. Res. 11, 2837-2854.
    pub(super) fn adjusted_information(&self) -> Option<f64> {
        if self.n == 0 {
            return None;
        }
        let n = self.n as f64;
        let entropy = |sizes: &[usize]| {
            let present = sizes.iter().filter(|&&size| size > 0);
            let term = |&size: &usize| {
                let share = size as f64 / n;
                -share * libm::log(share)
            };
            present.map(term).sum::<f64>()
        };
        let (mut information, mut expected) = (0.0, 0.0);
        let logs = LogFactorials::new(self.n);
        for (row, &a) in self.counts.chunks(self.n_clusters).zip(&self.class_sizes) {
            for (&count, &b) in row.iter().zip(&self.cluster_sizes) {
                let term = |count: usize| {
                    let ratio = n * count as f64 / (a as f64 * b as f64);
                    count as f64 / n * libm::log(ratio)
                };
                if count > 0 {
                    information += term(count);
                }
                let least = (a + b).saturating_sub(self.n).max(1);
                for count in least..=a.min(b) {
                    expected += term(count) * logs.probability(count, a, b);
                }
            }
        }
        let mean = (entropy(&self.class_sizes) + entropy(&self.cluster_sizes)) / 2.0;
        // Of partitions that have one form only the two are equal but for rounding.
        let room = mean - expected;
        (room > 1e-12 * mean).then(|| (information - expected) / room)
    }
}

/// ln(m!) up to some n.
struct LogFactorials(Vec<f64>);

impl LogFactorials {
    fn new(n: usize) -> LogFactorials {
        LogFactorials((0..=n).map(|m| libm::lgamma(m as f64 + 1.0)).collect())
    }

    /// That a class of a and a cluster of b of all n things share `count`: hypergeometric.
    fn probability(&self, count: usize, a: usize, b: usize) -> f64 {
        let log = &self.0;
        let n = log.len() - 1;
        let above = log[a] + log[b] + log[n - a] + log[n - b];
        let below = log[n] + log[count] + log[a - count] + log[b - count] + log[n + count - a - b];
        libm::exp(above - below)
    }
}
