use std::sync::Mutex;

use super::*;
use crate::kernels::InstructionSet;
use crate::machine::{Progress, Silent};
use crate::projection::MapParams;

/// Affinities of 12 points on a ring, each tied to the two beside it.
fn ring() -> SparseMatrix {
    let n = 12;
    let mut columns = Vec::new();
    for i in 0..n {
        let mut beside = [(i + n - 1) % n, (i + 1) % n];
        beside.sort_unstable();
        columns.extend(beside);
    }
    SparseMatrix {
        starts: (0..=n as usize).map(|row| 2 * row).collect(),
        values: vec![1.0 / 24.0; columns.len()],
        columns,
    }
}

fn scattered() -> Vec<[f64; 2]> {
    (0..12)
        .map(|i| [f64::from(i * 7 % 12) - 5.5, f64::from(i * i % 11) - 4.0])
        .collect()
}

fn machine(progress: &dyn Progress) -> Machine<'_> {
    let instruction_set = InstructionSet::detect();
    Machine {
        instruction_set,
        progress,
    }
}

/// The rules in 64 bits, word for word, one coordinate after another.
fn by_rules(settings: &MapSettings, y: &mut [[f64; 2]]) {
    let n = y.len();
    let is_tied = |i: usize, j: usize| (i + 1) % n == j || (j + 1) % n == i;
    let weight =
        |a: [f64; 2], b: [f64; 2]| 1.0 / (1.0 + (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2));
    let (mut velocity, mut gain) = (vec![[0.0; 2]; n], vec![[1.0_f64; 2]; n]);
    for step in 0..settings.n_steps {
        let old = y.to_vec();
        let mut z = 0.0;
        for i in 0..n {
            for j in 0..n {
                z += if i == j { 0.0 } else { weight(old[i], old[j]) };
            }
        }
        let (exaggeration, momentum, rate) = if step < settings.n_exaggerated_steps {
            (settings.exaggeration, 0.5, settings.learning_rate)
        } else {
            (settings.late_exaggeration, 0.8, settings.late_learning_rate)
        };
        for i in 0..n {
            for axis in 0..2 {
                let mut gradient = 0.0;
                for j in 0..n {
                    let p = if is_tied(i, j) {
                        exaggeration / 24.0
                    } else {
                        0.0
                    };
                    let w = weight(old[i], old[j]);
                    gradient += (p - w / z) * w * (old[i][axis] - old[j][axis]);
                }
                if (gradient > 0.0 && velocity[i][axis] < 0.0)
                    || (gradient < 0.0 && velocity[i][axis] > 0.0)
                {
                    gain[i][axis] += 0.2;
                } else {
                    gain[i][axis] *= 0.8;
                }
                if gain[i][axis] < 0.01 {
                    gain[i][axis] = 0.01;
                }
                velocity[i][axis] *= momentum;
                velocity[i][axis] -= rate * gain[i][axis] * gradient;
                y[i][axis] = old[i][axis] + velocity[i][axis];
            }
        }
        for axis in 0..2 {
            let mean = y.iter().map(|p| p[axis]).sum::<f64>() / n as f64;
            y.iter_mut().for_each(|p| p[axis] -= mean);
        }
    }
}

#[test]
fn steps_follow_the_rules() {
    let params = MapParams {
        perplexity: Some(2.0),
        n_steps: 24,
        learning_rate: Some(3.0),
        exaggeration: 4.0,
        ..MapParams::default()
    };
    let settings = params.check(12).unwrap();
    assert_eq!(settings.n_exaggerated_steps, 6);
    let (mut found, mut expected) = (scattered(), scattered());
    descend(&ring(), &settings, &mut found, &machine(&Silent)).unwrap();
    by_rules(&settings, &mut expected);
    assert!(found != scattered());
    for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
        // Forces of 32 bits err by some 1e-6 of coordinates up to 6; 24 steps of length 3 add that up.
        assert!((found - expected).abs() < 1e-3, "{found} {expected}");
    }
}

#[test]
fn steps_that_are_too_long_are_an_error() {
    for learning_rate in [1e12, 1e300] {
        let params = MapParams {
            perplexity: Some(2.0),
            learning_rate: Some(learning_rate),
            ..MapParams::default()
        };
        let settings = params.check(12).unwrap();
        let result = descend(&ring(), &settings, &mut scattered(), &machine(&Silent));
        assert_eq!(result, Err(MapError::Diverged { learning_rate }));
    }
}

#[test]
fn a_shrinking_map_is_stretched_and_a_point_is_left_alone() {
    let spread = |positions: &[[f64; 2]]| {
        let squares = positions.as_flattened().iter().map(|value| value * value);
        (squares.sum::<f64>() / positions.len() as f64).sqrt()
    };
    let mut positions = vec![[3e-12, 0.0], [-3e-12, 4e-12], [0.0, -4e-12]];
    let motion = Motion {
        velocity: [1e-12, 2e-12],
        gain: [1.0; 2],
    };
    let mut motions = vec![motion; 3];
    let small = spread(&positions);
    stretch(&mut positions, &mut motions, small);
    // Mean square (9 + 9 + 16 + 16) / 3 · 1e-24 becomes 1e-16.
    let factor = 1e-8 / (1e-12 * (50.0_f64 / 3.0).sqrt());
    assert!(
        (positions[1][1] / (4e-12 * factor) - 1.0).abs() < 1e-14,
        "{positions:?}"
    );
    assert!(
        (motions[2].velocity[0] / (1e-12 * factor) - 1.0).abs() < 1e-14,
        "{motions:?}"
    );

    let mut point = vec![[0.0; 2]; 3];
    stretch(&mut point, &mut motions, 0.0);
    assert_eq!(point, vec![[0.0; 2]; 3]);
}

#[test]
fn progress_rises_to_the_number_of_steps() {
    struct Heard(Mutex<Vec<(Phase, usize, usize)>>);
    impl Progress for Heard {
        fn report(&self, phase: Phase, done: usize, total: usize) {
            self.0.lock().unwrap().push((phase, done, total));
        }
    }
    let heard = Heard(Mutex::new(Vec::new()));
    let params = MapParams {
        perplexity: Some(2.0),
        n_steps: 120,
        ..MapParams::default()
    };
    descend(
        &ring(),
        &params.check(12).unwrap(),
        &mut scattered(),
        &machine(&heard),
    )
    .unwrap();
    let expected = [0, 50, 100, 120].map(|done| (Phase::Projection, done, 120));
    assert_eq!(heard.0.into_inner().unwrap(), expected);
}

#[test]
fn a_descent_that_has_settled_ends_and_tells_its_cost() {
    struct Costs(Mutex<Vec<(usize, f64)>>);
    impl Progress for Costs {
        fn report(&self, _: Phase, _: usize, _: usize) {}
        fn cost(&self, _: Phase, done: usize, _: usize, nats: f64) {
            self.0.lock().unwrap().push((done, nats));
        }
    }
    let run = |least_progress: Option<f64>| {
        let costs = Costs(Mutex::new(Vec::new()));
        let params = MapParams {
            perplexity: Some(2.0),
            n_steps: 1000,
            learning_rate: Some(1.0),
            least_progress,
            ..MapParams::default()
        };
        let mut settings = params.check(12).unwrap();
        settings.late_learning_rate = 4.0;
        let mut positions = scattered();
        let n_steps = descend(&ring(), &settings, &mut positions, &machine(&costs)).unwrap();
        (n_steps, costs.0.into_inner().unwrap(), positions)
    };
    let (n_steps, costs, _) = run(None);
    assert_eq!((n_steps, costs.len()), (1000, 20));
    for (index, (step, cost)) in costs.iter().enumerate() {
        assert_eq!(*step, 50 * index);
        assert!(*cost >= 0.0 && *cost < costs[0].1 * 1.01, "{costs:?}");
    }
    let least = 1e-3;
    let is_settled =
        |pair: &[(usize, f64)]| pair[0].0 >= 250 && pair[0].1 - pair[1].1 < least * pair[1].1;
    let settled = costs.windows(2).find(|pair| is_settled(pair)).unwrap()[1].0;
    assert!(settled < 950, "{costs:?}");
    let (n_steps, of_run, positions) = run(Some(least));
    assert_eq!(n_steps, settled + 1);
    assert_eq!(of_run, costs[..=settled / 50]);

    // The cost of the positions themselves, in 64 bits: one step later, so nearly the last told.
    let matrix = ring();
    let told = of_run.last().unwrap().1;
    let weight =
        |a: [f64; 2], b: [f64; 2]| 1.0 / (1.0 + (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2));
    let (mut z, mut kl) = (0.0, 0.0);
    for i in 0..12 {
        for j in (0..12).filter(|&j| j != i) {
            z += weight(positions[i], positions[j]);
        }
    }
    for i in 0..12 {
        let (columns, values) = matrix.row(i);
        for (&j, &p) in columns.iter().zip(values) {
            let p = f64::from(p);
            kl += p * (p * z / weight(positions[i], positions[j as usize])).ln();
        }
    }
    assert!((told - kl).abs() < 1e-3 * kl, "{told} {kl}");
}
