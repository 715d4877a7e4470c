//! Gradient descent with momentum and gains, from a start to a map.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::affinities::SparseMatrix;
use super::gradient::{Gradient, MAX_EXACT};
use super::order::hilbert_order;
use super::{MapError, MapSettings};
use crate::machine::{Machine, Phase};

/// Momentum while the affinities are exaggerated, and after.
const MOMENTA: [f64; 2] = [0.5, 0.8];

/// What a coordinate's gain grows by while its gradient keeps its sign, shrinks to when it turns, and
/// never falls below.
const GAIN_STEP: f64 = 0.2;
const GAIN_FACTOR: f64 = 0.8;
const MIN_GAIN: f64 = 0.01;

/// Far beyond any map that means something, and within what 32 bits can square.
const MAX_COORDINATE: f64 = 1e6;

/// The least spread that a map may shrink to.
const MIN_SPREAD: f64 = 1e-8;

/// Steps before which points that are many are ordered anew by where they stand: often while clusters
/// form, seldom once they stay.
const REORDERED_STEPS: [usize; 6] = [0, 40, 100, 200, 300, 500];

/// Points that one worker moves at a time; sums over all points are made of the parts' sums.
const POINTS_PER_PART: usize = 2048;

/// Steps between two reports of progress.
const STEPS_PER_REPORT: usize = 50;

/// Moves `positions` down the divergence from `affinities`, and centers them on the origin.
///
/// ```text
/// v  ←  m v - η gain · g        y  ←  y + v
/// ```
///
/// with momentum m, learning rate η, gradient g, and one gain for each coordinate. Once the affinities
/// are exaggerated no more, η is four times the setting.
///
/// Takes n_steps times that of the gradient.
///
/// Returns how many steps it took: all, unless it was to end where the divergence settles.
///
/// # Errors
/// If the positions leave all bounds.
///
/// # Source
/// van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579–2605, section 3.4;
/// Jacobs (1988), Neural Networks 1, 295–307, for the gains; Kobak & Berens (2019), Nature
/// Communications 10, 5416, and Belkina et al. (2019), ibid. 10, 5415, for the learning rate.
pub(super) fn descend(
    affinities: &SparseMatrix,
    settings: &MapSettings,
    positions: &mut [[f64; 2]],
    machine: &Machine,
) -> Result<usize, MapError> {
    let learning_rate = settings.learning_rate;
    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    let mut gradient = Gradient::new(affinities, &order, machine.instruction_set);
    let still = Motion {
        velocity: [0.0; 2],
        gain: [1.0; 2],
    };
    let mut motions = vec![still; positions.len()];
    let mut places = positions.to_vec();
    let n_steps = settings.n_steps;
    let mut n_taken = n_steps;
    let mut last_cost = f64::INFINITY;
    for step in 0..n_steps {
        if step % STEPS_PER_REPORT == 0 {
            machine.progress.report(Phase::Projection, step, n_steps);
        }
        if positions.len() > MAX_EXACT && REORDERED_STEPS.contains(&step) {
            let along_curve = hilbert_order(&places);
            motions = along_curve
                .iter()
                .map(|&point| motions[point as usize])
                .collect();
            places = along_curve
                .iter()
                .map(|&point| places[point as usize])
                .collect();
            order = along_curve
                .iter()
                .map(|&point| order[point as usize])
                .collect();
            gradient.reorder(affinities, &order);
        }
        let is_early = step < settings.n_exaggerated_steps;
        let exaggeration = if is_early {
            settings.exaggeration
        } else {
            settings.late_exaggeration
        };
        let momentum = MOMENTA[usize::from(!is_early)];
        let Some(slope) = gradient.at(&places, exaggeration) else {
            return Err(MapError::Diverged { learning_rate });
        };
        let rate = if is_early {
            settings.learning_rate
        } else {
            settings.late_learning_rate
        };
        advance(&mut motions, &mut places, slope, momentum, rate);
        if step % STEPS_PER_REPORT == 0 {
            let cost = gradient.divergence();
            machine
                .progress
                .cost(Phase::Projection, step, n_steps, cost);
            let is_settled = |least: f64| last_cost - cost < least * cost;
            if !is_early && settings.least_progress.is_some_and(is_settled) {
                n_taken = step + 1;
                break;
            }
            last_cost = if is_early { f64::INFINITY } else { cost };
        }
    }
    for (&row, &place) in order.iter().zip(&places) {
        positions[row as usize] = place;
    }
    machine.progress.report(Phase::Projection, n_steps, n_steps);
    let is_in_bounds = |coordinate: &f64| coordinate.abs() <= MAX_COORDINATE;
    if !positions.as_flattened().iter().all(is_in_bounds) {
        return Err(MapError::Diverged { learning_rate });
    }
    Ok(n_taken)
}

/// How a point moves.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Motion {
    velocity: [f64; 2],
    gain: [f64; 2],
}

/// One step of all points, their mean and spread kept in bounds.
fn advance(
    motions: &mut [Motion],
    positions: &mut [[f64; 2]],
    gradient: &[[f64; 2]],
    momentum: f64,
    learning_rate: f64,
) {
    let parts = motions
        .par_chunks_mut(POINTS_PER_PART)
        .zip(positions.par_chunks_mut(POINTS_PER_PART))
        .zip(gradient.par_chunks(POINTS_PER_PART));
    let sums: Vec<[f64; 2]> = parts
        .map(|((motions, positions), gradient)| {
            let mut sum = [0.0; 2];
            for ((motion, position), gradient) in motions.iter_mut().zip(positions).zip(gradient) {
                for axis in 0..2 {
                    let (velocity, gain) = (&mut motion.velocity[axis], &mut motion.gain[axis]);
                    // The velocity is downhill where it and the gradient have opposite signs.
                    let is_downhill = *velocity * gradient[axis] < 0.0;
                    *gain = if is_downhill {
                        *gain + GAIN_STEP
                    } else {
                        (*gain * GAIN_FACTOR).max(MIN_GAIN)
                    };
                    *velocity = momentum * *velocity - learning_rate * *gain * gradient[axis];
                    position[axis] += *velocity;
                    sum[axis] += position[axis];
                }
            }
            sum
        })
        .collect();
    let mean =
        [0, 1].map(|axis| sums.iter().map(|sum| sum[axis]).sum::<f64>() / positions.len() as f64);
    let squares: Vec<f64> = positions
        .par_chunks_mut(POINTS_PER_PART)
        .map(|positions| {
            let mut squares = 0.0;
            for position in positions {
                for axis in 0..2 {
                    // The divergence does not depend on where the mean is.
                    position[axis] -= mean[axis];
                    squares += position[axis] * position[axis];
                }
            }
            squares
        })
        .collect();
    let spread = (squares.iter().sum::<f64>() / positions.len() as f64).sqrt();
    stretch(positions, motions, spread);
}

/// Stretches a map that has shrunk to nearly a point, and its motion, back to the least spread.
///
/// Where no part of the data is tight enough, exaggerated affinities let the map shrink by a factor in
/// every step, down to where numbers lose their digits and arithmetic is slow. At such sizes forces
/// are proportional to the positions, so the stretched map moves as the small one would.
///
/// * `spread`: root of the mean squared length of the positions.
fn stretch(positions: &mut [[f64; 2]], motions: &mut [Motion], spread: f64) {
    if spread > 0.0 && spread < MIN_SPREAD {
        let factor = MIN_SPREAD / spread;
        let velocities = motions.iter_mut().map(|motion| &mut motion.velocity);
        for pair in positions.iter_mut().chain(velocities) {
            *pair = pair.map(|value| value * factor);
        }
    }
}
