//! Gradient descent with momentum and gains, from a start to a map.

#[cfg(test)]
mod tests;

use super::affinities::SparseMatrix;
use super::gradient::Gradient;
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

/// Steps between two reports of progress.
const STEPS_PER_REPORT: usize = 50;

/// Moves `positions` down the divergence from `affinities`, and centers them on the origin.
///
/// ```text
/// v  ←  m v - η gain · g        y  ←  y + v
/// ```
///
/// with momentum m, learning rate η, gradient g, and one gain for each coordinate.
///
/// Takes O(n² n_steps) time.
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
) -> Result<(), MapError> {
    let mut gradient = Gradient::new(affinities, machine.instruction_set);
    let mut velocities = vec![[0.0_f64; 2]; positions.len()];
    let mut gains = vec![[1.0_f64; 2]; positions.len()];
    for step in 0..settings.n_steps {
        if step % STEPS_PER_REPORT == 0 {
            let n_steps = settings.n_steps;
            machine.progress.report(Phase::Projection, step, n_steps);
        }
        let is_early = step < settings.n_exaggerated_steps;
        let exaggeration = if is_early { settings.exaggeration } else { 1.0 };
        let momentum = MOMENTA[usize::from(!is_early)];
        let gradient = gradient.at(positions, exaggeration);
        let state = velocities.iter_mut().zip(&mut gains).zip(gradient);
        for (position, ((velocity, gain), gradient)) in positions.iter_mut().zip(state) {
            for axis in 0..2 {
                // The velocity is downhill where it and the gradient have opposite signs.
                let is_downhill = velocity[axis] * gradient[axis] < 0.0;
                gain[axis] = if is_downhill {
                    gain[axis] + GAIN_STEP
                } else {
                    (gain[axis] * GAIN_FACTOR).max(MIN_GAIN)
                };
                velocity[axis] = momentum * velocity[axis]
                    - settings.learning_rate * gain[axis] * gradient[axis];
                position[axis] += velocity[axis];
            }
        }
        center(positions);
        stretch(positions, &mut velocities);
    }
    let (total, done) = (settings.n_steps, settings.n_steps);
    machine.progress.report(Phase::Projection, done, total);
    let is_in_bounds = |coordinate: &f64| coordinate.abs() <= MAX_COORDINATE;
    if !positions.as_flattened().iter().all(is_in_bounds) {
        let learning_rate = settings.learning_rate;
        return Err(MapError::Diverged { learning_rate });
    }
    Ok(())
}

/// Moves the mean to the origin; the divergence does not depend on where it is.
fn center(positions: &mut [[f64; 2]]) {
    let mut mean = [0.0; 2];
    for position in positions.iter() {
        for axis in 0..2 {
            mean[axis] += position[axis];
        }
    }
    mean = mean.map(|sum| sum / positions.len() as f64);
    for position in positions {
        for axis in 0..2 {
            position[axis] -= mean[axis];
        }
    }
}

/// Stretches a map that has shrunk to nearly a point, and its motion, back to the least spread.
///
/// Where no part of the data is tight enough, exaggerated affinities let the map shrink by a factor in
/// every step, down to where numbers lose their digits and arithmetic is slow. At such sizes forces
/// are proportional to the positions, so the stretched map moves as the small one would.
fn stretch(positions: &mut [[f64; 2]], velocities: &mut [[f64; 2]]) {
    let squares = positions.as_flattened().iter().map(|value| value * value);
    let spread = (squares.sum::<f64>() / positions.len() as f64).sqrt();
    if spread > 0.0 && spread < MIN_SPREAD {
        let factor = MIN_SPREAD / spread;
        for pair in positions.iter_mut().chain(velocities) {
            *pair = pair.map(|value| value * factor);
        }
    }
}
