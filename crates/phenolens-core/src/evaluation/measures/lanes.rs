//! Several multisets at a time: what is the same for all of them is read once.

use super::Scorer;

/// Multisets that are measured at a time: single bytes of that many fill one register of 128 bits.
pub(in crate::evaluation) const LANES: usize = 16;

/// One bit for every multiset.
pub(in crate::evaluation) type Bits = u16;

const _: () = assert!(Bits::BITS as usize == LANES);

/// A count in every multiset. Signed, since only signed integers become floats in one instruction.
pub(in crate::evaluation) type Counts = [i32; LANES];

/// How often a sample stands in every multiset of a resampling: in single bytes, so that those of many
/// samples fit into the caches, where they are read again and again in any order.
pub(in crate::evaluation) type Multiplicities = [u8; LANES];

/// A value in every multiset.
pub(super) type Values = [f64; LANES];

/// How often a sample stands in a multiset.
pub(in crate::evaluation) trait Multiplicity: Copy {
    /// The sum over some samples, lane by lane.
    fn sum(samples: &[u32], multiplicities: &[[Self; LANES]]) -> Counts;
}

impl Multiplicity for i32 {
    #[inline(always)]
    fn sum(samples: &[u32], multiplicities: &[Counts]) -> Counts {
        let mut sums = [0; LANES];
        for &sample in samples {
            add(&mut sums, &multiplicities[sample as usize]);
        }
        sums
    }
}

impl Multiplicity for u8 {
    #[inline(always)]
    fn sum(samples: &[u32], multiplicities: &[Multiplicities]) -> Counts {
        let mut sums = [0; LANES];
        // So many single bytes add up to at most 65,280, which 16 bits hold: half the instructions.
        for samples in samples.chunks(256) {
            let mut partial = [0_u16; LANES];
            for &sample in samples {
                for (sum, &count) in partial.iter_mut().zip(&multiplicities[sample as usize]) {
                    *sum += u16::from(count);
                }
            }
            add(&mut sums, &partial.map(i32::from));
        }
        sums
    }
}

/// Adds counts lane by lane.
#[inline(always)]
pub(super) fn add(sums: &mut Counts, counts: &Counts) {
    for (sum, &count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}

/// Counts as values.
#[inline(always)]
pub(super) fn values(counts: &Counts) -> Values {
    counts.map(f64::from)
}

/// A value of two others, lane by lane.
#[inline(always)]
pub(super) fn combine(a: &Values, b: &Values, of: impl Fn(f64, f64) -> f64) -> Values {
    let mut combined = [0.0; LANES];
    for (value, (&a, &b)) in combined.iter_mut().zip(a.iter().zip(b)) {
        *value = of(a, b);
    }
    combined
}

/// Quotients; 0 where there is nothing to divide by.
#[inline(always)]
pub(super) fn ratio(numerator: &Values, denominator: &Values) -> Values {
    combine(numerator, denominator, |numerator, denominator| {
        // A number is divided by in any case, since a branch would be slower.
        let is_defined = f64::from(u8::from(denominator > 0.0));
        is_defined * numerator / denominator.max(1.0)
    })
}

impl Scorer {
    /// Writes multisets side by side; lanes without one are empty.
    ///
    /// * `multisets`: at most [`LANES`], each of shape `(n_samples,)`;
    /// * `packed`: emptied, then filled.
    ///
    /// # Panics
    /// If there is not one multiplicity per sample.
    pub(super) fn pack(&self, multisets: &[&[u32]], packed: &mut Vec<Counts>) {
        packed.clear();
        packed.resize(self.n_samples(), [0; LANES]);
        for (lane, multiset) in multisets.iter().enumerate() {
            assert_eq!(
                multiset.len(),
                self.n_samples(),
                "one multiplicity per sample"
            );
            for (counts, &multiplicity) in packed.iter_mut().zip(*multiset) {
                counts[lane] = i32::try_from(multiplicity).expect("no sample is drawn so often");
            }
        }
    }
}
