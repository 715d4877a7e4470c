//! Sums over a fixed number of lanes.

/// Adds the lanes in halves. Their number is a power of 2.
#[inline(always)]
pub(super) fn sum_lanes<const N: usize>(mut lanes: [f32; N]) -> f32 {
    let mut width = N / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}
