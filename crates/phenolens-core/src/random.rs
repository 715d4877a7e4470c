//! Seeded random streams: one seed, one named stream per use, the same numbers on every machine.

use rand_core::Rng;
use rand_pcg::Pcg64;

/// What a random stream is for; each use has its own, so that none shifts another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Assignment of samples or subjects to folds.
    Folds = 1,
    /// Resampling of subjects.
    Bootstrap = 2,
    /// Swapping of two classifiers' predictions.
    Permutation = 3,
    /// Shuffling of labels for the chance level.
    Chance = 4,
    /// Pairs of samples whose distances are explored.
    Pairs = 5,
    /// Synthetic cohorts.
    Synth = 6,
    /// Start of a principal component search.
    Projection = 7,
    /// Directions of sketches, which change no exact result.
    Sketches = 10,
    /// Directions across which samples are cut, which change no exact result.
    Forest = 11,
    /// Samples for which approximate neighbors are compared with exact ones.
    Recall = 9,
    /// Samples by which the quality of a large map is measured.
    MapQuality = 8,
    /// Permutation of a group's label among the subjects of a class.
    Subgroups = 40,
    /// Training samples that are removed as a control for those of the tested subject.
    LeakControl = 30,
    /// Points and samples whose distances are diagnosed, and resamples of these.
    Diagnosis = 80,
    /// Probes of unknown classes, where samples are many.
    OpenSet = 60,
    /// Outcomes of perfectly calibrated scores.
    Calibration = 61,
    /// Subjects whose samples are probes.
    GallerySplits = 50,
    /// Resampling of subjects of probes.
    GalleryBootstrap = 51,
    /// Subjects that teach, few of each class.
    FewShot = 52,
    /// Halves of the training subjects.
    Halves = 31,
}

/// A random stream: PCG XSL 128/64 with its own sequence for each use and index.
#[derive(Debug, Clone)]
pub struct Stream(Pcg64);

impl Stream {
    /// The stream of `seed` for one use; `index` tells repeats or resamples of that use apart.
    pub fn new(seed: u64, purpose: Use, index: u64) -> Stream {
        let state = u128::from(seed) << 64 | u128::from(mix(seed ^ mix(index)));
        Stream(Pcg64::new(state, u128::from(index) << 8 | purpose as u128))
    }

    /// A number in `0..n`, each equally likely (Lemire 2019, by rejection). `n` must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        let reject_below = n.wrapping_neg() % n;
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(n);
            if product as u64 >= reject_below {
                return (product >> 64) as usize;
            }
        }
    }

    /// A number in `[0, 1)`, a multiple of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability one half.
    pub fn coin(&mut self) -> bool {
        self.0.next_u64() >> 63 == 1
    }

    /// A standard normal number (Box & Muller 1958; the second of the pair is not kept).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(core::f64::consts::TAU * self.unit())
    }

    /// Two independent standard normal numbers (Box & Muller 1958), for about the price of one.
    pub fn normal_pair(&mut self) -> [f64; 2] {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        let (sine, cosine) = libm::sincos(core::f64::consts::TAU * self.unit());
        [radius * cosine, radius * sine]
    }

    /// Puts `items` into a uniformly random order (Fisher & Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// The finalizer of SplitMix64: spreads every input bit over all output bits.
fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_different_use_or_index_differ() {
        let first = |purpose, index| Stream::new(42, purpose, index).0.next_u64();
        let values = [
            first(Use::Folds, 0),
            first(Use::Folds, 1),
            first(Use::Bootstrap, 0),
        ];
        assert!(values[0] != values[1] && values[0] != values[2] && values[1] != values[2]);
    }

    /// 60,000 throws of a die: each face 10,000 times, give or take 5 standard deviations (91).
    #[test]
    fn below_is_uniform() {
        let mut stream = Stream::new(7, Use::Synth, 0);
        let mut counts = [0_i32; 6];
        for _ in 0..60_000 {
            counts[stream.below(6)] += 1;
        }
        assert!(
            counts.iter().all(|&count| (count - 10_000).abs() < 456),
            "{counts:?}"
        );
    }

    /// Of 40,000 normal numbers the mean has a standard error of 0.005, the variance one of 0.0071.
    #[test]
    fn normal_has_mean_0_and_variance_1() {
        let mut stream = Stream::new(7, Use::Synth, 1);
        let values: Vec<f64> = (0..40_000).map(|_| stream.normal()).collect();
        let mean = values.iter().sum::<f64>() / 40_000.0;
        let variance = values.iter().map(|value| value * value).sum::<f64>() / 40_000.0;
        assert!(mean.abs() < 0.025, "{mean}");
        assert!((variance - 1.0).abs() < 0.036, "{variance}");
    }

    /// Of 40,000 pairs: mean and variance as above, and no correlation, whose standard error is 0.005.
    #[test]
    fn the_numbers_of_a_pair_are_normal_and_uncorrelated() {
        let mut stream = Stream::new(7, Use::Synth, 2);
        let pairs: Vec<[f64; 2]> = (0..40_000).map(|_| stream.normal_pair()).collect();
        let mean = |of: &dyn Fn(&[f64; 2]) -> f64| pairs.iter().map(of).sum::<f64>() / 40_000.0;
        for place in [0, 1] {
            let first = mean(&|pair| pair[place]);
            let second = mean(&|pair| pair[place] * pair[place]);
            assert!(
                first.abs() < 0.025 && (second - 1.0).abs() < 0.036,
                "{first} {second}"
            );
        }
        let product = mean(&|pair| pair[0] * pair[1]);
        assert!(product.abs() < 0.025, "{product}");
    }

    #[test]
    fn shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Stream::new(1, Use::Folds, 0).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
