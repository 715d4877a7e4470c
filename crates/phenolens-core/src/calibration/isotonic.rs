/// The samples that share one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    pub(super) score: f64,
    pub(super) n: usize,
    /// Those of the class.
    pub(super) n_positive: usize,
}

/// A map from scores to shares that never falls.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IsotonicMap {
    /// Rising.
    scores: Vec<f64>,
    /// The share at each of them, never falling.
    shares: Vec<f64>,
}

/// Neighboring levels with one share.
#[derive(Debug, Clone, Copy)]
struct Block {
    first: f64,
    last: f64,
    n: usize,
    n_positive: usize,
}

impl IsotonicMap {
    /// The never falling map with the least squared error, by pooling adjacent violators.
    ///
    /// Between two blocks of equal shares the map is a straight line, outside of all of them it is
    /// the nearest one's share. A share of 0 or 1 is no certainty: 0 of m samples count as
    /// 1 / (m + 2), m of m as (m + 1) / (m + 2), but no farther than the next block's share.
    ///
    /// * `levels`: at least one, scores rising.
    ///
    /// # Source
    /// Ayer et al. (1955), Ann. Math. Stat. 26, 641-647; the bounds are Laplace's rule of succession.
    pub(super) fn fit(levels: &[Level]) -> IsotonicMap {
        let mut blocks: Vec<Block> = Vec::new();
        for level in levels {
            let mut block = Block {
                first: level.score,
                last: level.score,
                n: level.n,
                n_positive: level.n_positive,
            };
            while let Some(before) = blocks.pop_if(|before| before.is_not_below(&block)) {
                block.first = before.first;
                block.n += before.n;
                block.n_positive += before.n_positive;
            }
            blocks.push(block);
        }

        let mut shares: Vec<f64> = blocks.iter().map(Block::share).collect();
        let first = &blocks[0];
        if first.n_positive == 0 {
            let next = shares.get(1).copied().unwrap_or(1.0);
            shares[0] = (1.0 / (first.n + 2) as f64).min(next);
        }
        let end = blocks.len() - 1;
        let last = &blocks[end];
        if last.n_positive == last.n {
            let before = if end > 0 { shares[end - 1] } else { 0.0 };
            shares[end] = ((last.n + 1) as f64 / (last.n + 2) as f64).max(before);
        }

        let ends = |block: &Block| match block.first == block.last {
            true => vec![block.first],
            false => vec![block.first, block.last],
        };
        let places: Vec<(f64, f64)> = blocks
            .iter()
            .zip(shares)
            .flat_map(|(block, share)| ends(block).into_iter().map(move |score| (score, share)))
            .collect();
        IsotonicMap {
            scores: places.iter().map(|place| place.0).collect(),
            shares: places.iter().map(|place| place.1).collect(),
        }
    }

    /// The share that a score stands for.
    pub(super) fn at(&self, score: f64) -> f64 {
        let above = self.scores.partition_point(|&other| other <= score);
        if above == 0 {
            return self.shares[0];
        }
        let below = above - 1;
        if above == self.scores.len() || self.scores[below] == score {
            return self.shares[below];
        }
        let part = (score - self.scores[below]) / (self.scores[above] - self.scores[below]);
        self.shares[below] + part * (self.shares[above] - self.shares[below])
    }
}

impl Block {
    fn share(&self) -> f64 {
        self.n_positive as f64 / self.n as f64
    }

    /// Whether its share is that of another or higher; exact.
    fn is_not_below(&self, other: &Block) -> bool {
        self.n_positive as u128 * other.n as u128 >= other.n_positive as u128 * self.n as u128
    }
}
