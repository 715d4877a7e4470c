//! The order of points along a curve that fills the plane.

use rayon::prelude::*;

/// Cells of the finest square grid on one side, as a power of 2.
const BITS: u32 = 16;

/// The points in the order of Hilbert's curve over the square around them; equal ones by index.
///
/// Points that follow each other are near each other, so that what one needs from memory the next has
/// brought into the cache.
///
/// * `positions`: all finite.
///
/// Takes O(n log n) time.
///
/// # Source
/// Skilling (2004), Programming the Hilbert curve, AIP Conference Proceedings 707, 381–387.
pub(super) fn hilbert_order(positions: &[[f64; 2]]) -> Vec<u32> {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for position in positions {
        for axis in 0..2 {
            low[axis] = low[axis].min(position[axis]);
            high[axis] = high[axis].max(position[axis]);
        }
    }
    let span = (high[0] - low[0])
        .max(high[1] - low[1])
        .max(f64::MIN_POSITIVE);
    let scale = ((1_u32 << BITS) - 1) as f64 / span;
    let mut keys: Vec<u64> = positions
        .par_iter()
        .enumerate()
        .map(|(index, position)| {
            let cell = [0, 1].map(|axis| ((position[axis] - low[axis]) * scale) as u32);
            u64::from(place_on_curve(cell)) << 32 | index as u64
        })
        .collect();
    keys.par_sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// How many cells of the curve come before this one.
fn place_on_curve([mut x, mut y]: [u32; 2]) -> u32 {
    let mut place = 0;
    for bit in (0..BITS).rev() {
        let [in_right, in_upper] = [x >> bit & 1, y >> bit & 1];
        place = place << 2 | ((3 * in_right) ^ in_upper);
        // The curve enters each quarter turned so that it leaves it beside the next.
        if in_upper == 0 {
            if in_right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a grid of cells each once, the curve steps from each cell to one beside it.
    #[test]
    fn the_curve_visits_neighbors() {
        let positions: Vec<[f64; 2]> = (0..256)
            .map(|cell| [f64::from(cell % 16), f64::from(cell / 16)])
            .collect();
        let order = hilbert_order(&positions);
        let mut visited = order.clone();
        visited.sort_unstable();
        assert_eq!(visited, (0..256).collect::<Vec<u32>>());
        for pair in order.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|cell| positions[cell as usize]);
            assert_eq!(
                (a[0] - b[0]).abs() + (a[1] - b[1]).abs(),
                1.0,
                "{a:?} {b:?}"
            );
        }
    }

    #[test]
    fn points_at_one_place_keep_their_order() {
        assert_eq!(hilbert_order(&[[2.0, 3.0]; 5]), [0, 1, 2, 3, 4]);
    }
}
