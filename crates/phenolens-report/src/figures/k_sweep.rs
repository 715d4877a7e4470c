//! Measures against k.

use phenolens_core::evaluation::{Measure, Run};

use super::Figure;
use super::canvas::{Canvas, Paint, Path, Rect};
use super::color::{Shape, WHITE};
use super::curve::{self, CurvePoint};
use super::panel::{self, DOUBLE, Key, MARGIN, Mark, Panel};
use super::scale::{nice_axis, whole_ticks};
use super::scene::{Scene, distance_color, measure_title, summary_of};
use crate::numbers::measure as in_words;
use crate::words::measures;

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocol = scene.headline()?;
    let runs = scene.main_runs(protocol);
    let has_points = |measure: &Measure| runs.iter().any(|run| !points(run, *measure).is_empty());
    let mut measures = scene.headline_measures().to_vec();
    measures.retain(has_points);
    if measures.is_empty() {
        return None;
    }

    let params = &scene.analysis.params.evaluation;
    let title = "Measures against the number of neighbors k".to_owned();
    let repeats = match params.n_repeats {
        0 | 1 => String::new(),
        n => format!("; the first of {n} repeats"),
    };
    let has_bands = runs.iter().any(|run| !run.k_bands.is_empty());
    let shown = match has_bands {
        true => format!("pooled, bands: {} intervals", scene.confidence()),
        false => "mean over folds, bands: ± 1 standard deviation over folds".to_owned(),
    };
    let subtitle = format!(
        "{}; {shown}; ringed: k chosen by {}{repeats}",
        scene.protocol_words(protocol),
        measures::name(params.select_by),
    );
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let key = |(index, run): (usize, &&Run)| Key {
        text: format!("{}, chosen k = {}", run.distance.name(), run.k),
        mark: Mark::Line {
            is_dashed: index > 0,
        },
        color: distance_color(run.distance),
    };
    let keys: Vec<Key> = runs.iter().enumerate().map(key).collect();
    let top = panel::keys(&mut canvas, y + 2.0, &keys) + 22.0;

    let (left, gap) = (MARGIN + 36.0, 56.0);
    let width = (DOUBLE - left - MARGIN - gap) / 2.0;
    let (height, row_height) = (150.0, 214.0);
    for (index, &measure) in measures.iter().enumerate() {
        let area = Rect {
            x: left + (index % 2) as f64 * (width + gap),
            y: top + (index / 2) as f64 * row_height,
            width,
            height,
        };
        small_multiple(&mut canvas, area, measure, &runs);
    }

    let n_rows = measures.len().div_ceil(2) as f64;
    let chosen: Vec<String> = runs
        .iter()
        .map(|run| said_of(run, params.select_by))
        .collect();
    let description = format!(
        "Lines with bands of {} measures for k from 1 to {}. Chosen by {}: {}.",
        measures.len(),
        params.k_max,
        measures::name(params.select_by),
        chosen.join("; "),
    );
    let height = top + n_rows * row_height - (row_height - height) + 42.0;
    Some(Figure::new("k_sweep", title, description, canvas, height))
}

fn small_multiple(canvas: &mut Canvas, area: Rect, measure: Measure, runs: &[&Run]) {
    let curves: Vec<Vec<CurvePoint>> = runs.iter().map(|run| points(run, measure)).collect();
    let ends = |point: &CurvePoint| point.band;
    // No measure drawn here lies outside, however wide its band.
    let (y, y_ticks) = nice_axis(curves.iter().flatten().flat_map(ends), [0.0, 1.0], 4);
    let greatest = curves
        .iter()
        .flatten()
        .map(|point| point.x)
        .fold(1.0, f64::max);
    let panel = Panel::new(area, [1.0 - 0.3, greatest + 0.3], y);
    panel.y_axis(canvas, &y_ticks, "");
    panel.x_axis(canvas, &whole_ticks([1.0, greatest], 15), "k");
    panel.title(canvas, &title_of(measure, runs));
    for (run, points) in runs.iter().zip(&curves) {
        curve::band(canvas, &panel, points, distance_color(run.distance));
    }
    for (index, (run, points)) in runs.iter().zip(&curves).enumerate() {
        let color = distance_color(run.distance);
        curve::line(canvas, &panel, points, color, index > 0);
        let mut dots = Path::default();
        for point in points {
            dots.marker(panel.at(point.x, point.y), Shape::Circle, 2.0);
        }
        canvas.path(&dots, Paint::fill(color));
        if let Some(point) = points.iter().find(|point| point.x == run.k as f64) {
            let mut ring = Path::default();
            ring.marker(panel.at(point.x, point.y), Shape::Circle, 4.6);
            canvas.path(&ring, Paint::fill(WHITE).outlined(color, 2.0));
        }
    }
}

/// The measure and what guessing gives.
fn title_of(measure: Measure, runs: &[&Run]) -> String {
    let summary = runs.first().and_then(|run| summary_of(run, measure));
    match summary.and_then(|summary| summary.chance.shuffled_labels) {
        Some(chance) => format!("{} (chance {})", measure_title(measure), in_words(chance)),
        None => measure_title(measure),
    }
}

fn said_of(run: &Run, measure: Measure) -> String {
    let summary = summary_of(run, measure);
    let shown = match run.k_bands.is_empty() {
        true => summary.and_then(|summary| summary.mean),
        false => summary.and_then(|summary| summary.pooled),
    };
    let value = shown.map_or(String::new(), |value| format!(" with {}", in_words(value)));
    format!("{} k = {}{value}", run.distance.name(), run.k)
}

/// The pooled values of the first repeat with their intervals; without resampling its means over
/// folds, give or take the standard deviation.
fn points(run: &Run, measure: Measure) -> Vec<CurvePoint> {
    let bands = run.k_bands.iter().filter(|band| band.measure == measure);
    let banded = bands.map(|band| CurvePoint {
        x: band.k as f64,
        y: band.pooled,
        band: [band.interval.low, band.interval.high],
    });
    let first = run.k_points.iter().filter(|point| point.repeat == 0);
    let of_folds = first.filter_map(|point| {
        let (mean, sd) = (point.mean.get(measure)?, point.sd.get(measure)?);
        Some(CurvePoint {
            x: point.k as f64,
            y: mean,
            band: [mean - sd, mean + sd],
        })
    });
    let points: Vec<CurvePoint> = match run.k_bands.is_empty() {
        true => of_folds.collect(),
        false => banded.collect(),
    };
    let is_finite = |point: &CurvePoint| {
        [point.y, point.band[0], point.band[1]]
            .iter()
            .all(|value| value.is_finite())
    };
    points.into_iter().filter(is_finite).collect()
}
