//! The quintic B-spline by which a point is shared among the nodes around it.

/// Nodes that a point touches in each direction.
pub(super) const ORDER: usize = 6;

/// Lanes of one row of nodes; those beyond [`ORDER`] are 0.
pub(super) const LANES: usize = 8;

/// 120 times the factors of the powers of u in each node's share, the highest power first.
const FACTORS: [[f32; LANES]; ORDER] = [
    [-1.0, 5.0, -10.0, 10.0, -5.0, 1.0, 0.0, 0.0],
    [5.0, -20.0, 30.0, -20.0, 5.0, 0.0, 0.0, 0.0],
    [-10.0, 20.0, 0.0, -20.0, 10.0, 0.0, 0.0, 0.0],
    [10.0, 20.0, -60.0, 20.0, 10.0, 0.0, 0.0, 0.0],
    [-5.0, -50.0, 0.0, 50.0, 5.0, 0.0, 0.0, 0.0],
    [1.0, 26.0, 66.0, 26.0, 1.0, 0.0, 0.0, 0.0],
];

/// The shares of the nodes `b, b + 1, …, b + 5` in a point at `b + 2 + u`, `0 ≤ u < 1`; they sum to 1.
///
/// # Source
/// de Boor (2001), A Practical Guide to Splines, chapter IX, with equal knots.
#[inline(always)]
pub(super) fn shares(u: f32) -> [f32; LANES] {
    let mut sum = FACTORS[0];
    for factors in &FACTORS[1..] {
        for lane in 0..LANES {
            sum[lane] = sum[lane] * u + factors[lane];
        }
    }
    sum.map(|sum| sum * (1.0 / 120.0))
}

/// The derivatives of [`shares`] by u; they sum to 0.
#[inline(always)]
pub(super) fn slopes(u: f32) -> [f32; LANES] {
    let mut sum = FACTORS[0].map(|factor| 5.0 * factor);
    for (power, factors) in [
        (4.0, FACTORS[1]),
        (3.0, FACTORS[2]),
        (2.0, FACTORS[3]),
        (1.0, FACTORS[4]),
    ] {
        for lane in 0..LANES {
            sum[lane] = sum[lane] * u + power * factors[lane];
        }
    }
    sum.map(|sum| sum * (1.0 / 120.0))
}

/// The Fourier transform of the shares of a point that stands on a node, as a function of the frequency
/// in turns per node; from 2/15 to 1.
pub(super) fn transform(frequency: f64) -> f64 {
    let cosine = |turns: f64| libm::cos(core::f64::consts::TAU * turns);
    (66.0 + 52.0 * cosine(frequency) + 2.0 * cosine(2.0 * frequency)) / 120.0
}
