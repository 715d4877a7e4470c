//! Curves with a band around them.

use super::canvas::{Canvas, Paint, Path, Point};
use super::color::Color;
use super::panel::Panel;

/// A curve and how far it spreads, point by point.
#[derive(Debug, Clone, Copy)]
pub(super) struct CurvePoint {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Between which values the band lies.
    pub(super) band: [f64; 2],
}

/// Draws the band of a curve; what lies beyond the panel is cut at its edge.
pub(super) fn band(canvas: &mut Canvas, panel: &Panel, points: &[CurvePoint], color: Color) {
    let upper = points.iter().map(|point| panel.at(point.x, point.band[1]));
    let lower = points.iter().map(|point| panel.at(point.x, point.band[0]));
    let mut outline = thin(&upper.collect::<Vec<_>>());
    outline.extend(thin(&lower.collect::<Vec<_>>()).into_iter().rev());
    let mut path = Path::default();
    path.polygon(&outline);
    canvas.path(&path, Paint::fill(color).opacity(0.16));
}

/// Draws the curve itself.
pub(super) fn line(
    canvas: &mut Canvas,
    panel: &Panel,
    points: &[CurvePoint],
    color: Color,
    is_dashed: bool,
) {
    let places: Vec<Point> = points
        .iter()
        .map(|point| panel.at(point.x, point.y))
        .collect();
    let mut path = Path::default();
    path.line(&thin(&places));
    canvas.path(&path, Paint::stroke(color, 1.8).dashed(is_dashed));
}

/// How far, in px, a thinned curve may lie from the full one: a tenth of what a screen shows.
const TOLERANCE: f64 = 0.1;

/// The points without which the curve would look different (Douglas & Peucker 1973).
fn thin(points: &[Point]) -> Vec<Point> {
    let mut is_kept = vec![false; points.len()];
    let mut open = Vec::new();
    if let Some(last) = points.len().checked_sub(1) {
        is_kept[0] = true;
        is_kept[last] = true;
        open.push((0, last));
    }
    while let Some((first, last)) = open.pop() {
        let mut farthest = (first, TOLERANCE);
        for index in first + 1..last {
            let distance = distance_to_segment(points[index], points[first], points[last]);
            if distance > farthest.1 {
                farthest = (index, distance);
            }
        }
        if farthest.0 > first {
            is_kept[farthest.0] = true;
            open.push((first, farthest.0));
            open.push((farthest.0, last));
        }
    }
    let kept = points.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept);
    kept.map(|(point, _)| *point).collect()
}

fn distance_to_segment(point: Point, from: Point, to: Point) -> f64 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let offset = [point[0] - from[0], point[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let share = match length > 0.0 {
        true => ((offset[0] * along[0] + offset[1] * along[1]) / length).clamp(0.0, 1.0),
        false => 0.0,
    };
    let (dx, dy) = (offset[0] - share * along[0], offset[1] - share * along[1]);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_stay_and_straight_runs_go() {
        let stairs: Vec<Point> = (0..=300)
            .map(|step| match f64::from(step) {
                step if step <= 100.0 => [0.0, step],
                step if step <= 200.0 => [step - 100.0, 100.0],
                step => [100.0, step - 100.0],
            })
            .collect();
        assert_eq!(
            thin(&stairs),
            [[0.0, 0.0], [0.0, 100.0], [100.0, 100.0], [100.0, 200.0]]
        );
        assert_eq!(thin(&[]), Vec::<Point>::new());
        assert_eq!(thin(&[[1.0, 2.0]]), [[1.0, 2.0]]);
    }

    #[test]
    fn a_thinned_curve_is_never_far_from_the_full_one() {
        let curve: Vec<Point> = (0..=1000)
            .map(|step| f64::from(step) / 10.0)
            .map(|x| [x, 100.0 - (100.0 - x) * (100.0 - x) / 100.0])
            .collect();
        let thinned = thin(&curve);
        assert!(thinned.len() < 100, "{}", thinned.len());
        for point in curve {
            let distances = thinned
                .windows(2)
                .map(|ends| distance_to_segment(point, ends[0], ends[1]));
            assert!(distances.fold(f64::INFINITY, f64::min) <= TOLERANCE);
        }
    }
}
