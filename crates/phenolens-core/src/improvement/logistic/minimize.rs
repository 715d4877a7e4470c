//! The minimum of a smooth convex function by limited-memory quasi-Newton steps.

use crate::kernels::InstructionSet;
use crate::kernels::{add_scaled, dot_64 as dot};

/// Steps that shape the next one.
const MEMORY: usize = 10;

/// A step must gain this part of what the slope promises.
const GAIN: f64 = 1e-4;

/// What rounding of 32-bit products may add to a value, in parts of it.
const NOISE: f64 = 1e-6;

/// Steps after which the search ends wherever it is.
const MAX_STEPS: usize = 500;

/// A function at one point.
pub(super) struct Evaluated {
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
    /// What is compared with the tolerance.
    pub(super) steepest: f64,
}

/// A step and the change of the gradient over it.
struct Past {
    step: Vec<f64>,
    change: Vec<f64>,
    /// `step · change`, above 0.
    product: f64,
}

/// Where a smooth convex function is least.
///
/// Ends where `steepest` is at most `tolerance` of what it was at `start`, where no step gains any
/// more, or after 500 steps. Steps are halved until they gain.
///
/// # Source
/// Nocedal & Wright (2006), Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5.
pub(super) fn minimize(
    instruction_set: InstructionSet,
    start: Vec<f64>,
    tolerance: f64,
    evaluate: impl Fn(&[f64]) -> Evaluated,
) -> Vec<f64> {
    let set = instruction_set;
    let mut point = start;
    let mut at = evaluate(&point);
    let goal = tolerance * at.steepest;
    let mut memory: Vec<Past> = Vec::new();
    for _ in 0..MAX_STEPS {
        if at.steepest <= goal {
            break;
        }
        let direction = direction(set, &at.gradient, &memory);
        let slope = dot(set, &at.gradient, &direction);
        let mut length = 1.0;
        let (next, there) = loop {
            let mut next = point.clone();
            add_scaled(set, &mut next, length, &direction);
            let there = evaluate(&next);
            let allowed = at.value + GAIN * length * slope + NOISE * at.value.abs();
            if there.value <= allowed {
                break (next, there);
            }
            length /= 2.0;
            if length < 1e-10 {
                return point;
            }
        };
        let minus = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        let step: Vec<f64> = minus(&next, &point);
        let change: Vec<f64> = minus(&there.gradient, &at.gradient);
        let product = dot(set, &step, &change);
        if product > 0.0 {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push(Past {
                step,
                change,
                product,
            });
        }
        (point, at) = (next, there);
    }
    point
}

/// Minus the gradient times what the past steps say of the inverse curvature.
fn direction(set: InstructionSet, gradient: &[f64], memory: &[Past]) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let mut factors = vec![0.0; memory.len()];
    for (factor, past) in factors.iter_mut().zip(memory).rev() {
        *factor = dot(set, &past.step, &direction) / past.product;
        add_scaled(set, &mut direction, -*factor, &past.change);
    }
    if let Some(past) = memory.last() {
        let scale = past.product / dot(set, &past.change, &past.change);
        for value in &mut direction {
            *value *= scale;
        }
    }
    for (factor, past) in factors.iter().zip(memory) {
        let correction = factor - dot(set, &past.change, &direction) / past.product;
        add_scaled(set, &mut direction, correction, &past.step);
    }
    direction
}
