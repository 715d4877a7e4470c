//! The search for the width of the neighborhood that gives a perplexity.

use crate::kernels::{InstructionSet, multiversion};

/// How near the entropy must come to that of the perplexity, in nats.
const ENTROPY_TOLERANCE: f64 = 1e-10;

/// Far more than bisection takes to exhaust 64 bits.
const MAX_SEARCH_STEPS: usize = 400;

/// Neighbors whose weights are reckoned side by side.
const LANES: usize = 8;

/// Turns squared distances to neighbors, rising, into their probabilities.
///
/// The entropy falls as β grows, so the root is kept between bounds; steps are Newton's on ln β where
/// they stay inside, else halvings. Where at least as many neighbors as the perplexity share the least
/// distance, no β reaches the perplexity: the limit is taken, an equal share for each of these.
///
/// * `scaled`: room for as many numbers, overwritten.
pub(super) fn conditional_probabilities(
    instruction_set: InstructionSet,
    row: &mut [f64],
    perplexity: f64,
    scaled: &mut Vec<f64>,
) {
    let nearest = row[0];
    let n_nearest = row.iter().filter(|&&squared| squared == nearest).count();
    if n_nearest as f64 >= perplexity {
        for value in row {
            *value = if *value == nearest {
                1.0 / n_nearest as f64
            } else {
                0.0
            };
        }
        return;
    }
    // Subtracting the least distance changes no probability and keeps the weights from underflowing;
    // dividing by the mean makes β = 1 a fair first guess.
    let mean = row.iter().map(|squared| squared - nearest).sum::<f64>() / row.len() as f64;
    scaled.clear();
    scaled.extend(row.iter().map(|squared| (squared - nearest) / mean));
    let wanted = libm::log(perplexity);
    let (mut low, mut high, mut beta) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..MAX_SEARCH_STEPS {
        let [total, first, second] = weigh(instruction_set, scaled, beta, row);
        let mean = first / total;
        let variance = second / total - mean * mean;
        let excess = libm::log(total) + beta * mean - wanted;
        if excess.abs() <= ENTROPY_TOLERANCE {
            break;
        }
        if excess > 0.0 {
            low = beta;
        } else {
            high = beta;
        }
        let newton = beta * libm::exp(excess / (beta * beta * variance));
        beta = if low < newton && newton < high {
            newton
        } else if high.is_infinite() {
            2.0 * beta
        } else {
            low + (high - low) / 2.0
        };
    }
    let total: f64 = row.iter().sum();
    for weight in row {
        *weight /= total;
    }
}

multiversion! {
    /// Writes the weights exp(-β d) and returns their sum and those of their products with d and d².
    fn weigh(distances: &[f64], beta: f64, weights: &mut [f64]) -> [f64; 3] = weigh_body;
}

multiversion! {
    /// Replaces each `x ≤ 0` by its exponential, within 1e-15 of it in parts of itself; 0 below -700.
    #[cfg(test)]
    pub(super) fn exponentials(values: &mut [f64]) = exponentials_body;
}

#[inline(always)]
fn weigh_body(distances: &[f64], beta: f64, weights: &mut [f64]) -> [f64; 3] {
    for (weight, &distance) in weights.iter_mut().zip(distances) {
        *weight = -beta * distance;
    }
    exponentials_body(weights);
    let (chunks, rest) = weights.as_chunks::<LANES>();
    let (distance_chunks, distance_rest) = distances.as_chunks::<LANES>();
    let mut sums = [[0.0_f64; LANES]; 3];
    let [totals, firsts, seconds] = &mut sums;
    for (weights, distances) in chunks.iter().zip(distance_chunks) {
        for lane in 0..LANES {
            let moment = weights[lane] * distances[lane];
            totals[lane] += weights[lane];
            firsts[lane] += moment;
            seconds[lane] += moment * distances[lane];
        }
    }
    for (lane, (&weight, &distance)) in rest.iter().zip(distance_rest).enumerate() {
        totals[lane] += weight;
        firsts[lane] += weight * distance;
        seconds[lane] += weight * distance * distance;
    }
    sums.map(|lanes| lanes.iter().sum())
}

#[inline(always)]
fn exponentials_body(values: &mut [f64]) {
    let (chunks, rest) = values.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for value in chunk {
            *value = exponential(*value);
        }
    }
    for value in rest {
        *value = exponential(*value);
    }
}

/// `2ᵏ exp(r)` with `x = k ln 2 + r` and `|r| ≤ ln 2 / 2`, where 13 terms of the series leave 4e-18.
#[inline(always)]
fn exponential(x: f64) -> f64 {
    // Adding and taking away 1.5 · 2⁵² rounds to a whole number, and leaves it in the low bits.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    // ln 2 in two parts, so that the product with k is exact in the first.
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let clamped = if x > -700.0 { x } else { -700.0 };
    let shifted = clamped * core::f64::consts::LOG2_E + ROUNDER;
    let whole = shifted - ROUNDER;
    let rest = (clamped - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let mut sum = INVERSE_FACTORIALS[0];
    for &factor in &INVERSE_FACTORIALS[1..] {
        sum = sum * rest + factor;
    }
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    if x > -700.0 { sum * power } else { 0.0 }
}

/// 1 / 13!, 1 / 12!, …, 1 / 0!.
const INVERSE_FACTORIALS: [f64; 14] = {
    let mut inverses = [1.0; 14];
    let (mut index, mut factorial) = (13, 1.0);
    while index > 0 {
        index -= 1;
        factorial *= (13 - index) as f64;
        inverses[index] = 1.0 / factorial;
    }
    inverses
};
