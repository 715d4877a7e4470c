//! The reliability of scores, before and after calibration.

use phenolens_core::calibration::{Reliability, RunCalibration};

use super::Figure;
use super::canvas::{Canvas, Paint, Path, Rect};
use super::color::{Color, MUTED, PALE, Shape, WHITE};
use super::panel::{self, Key, MARGIN, MIDDLE, Mark, Panel};
use super::scale::{ticks, whole_ticks};
use super::scene::{Scene, distance_color};
use crate::numbers::measure;

/// Height of the panel of counts.
const COUNTS: f64 = 74.0;

/// One version of the scores.
struct Version<'a> {
    name: &'static str,
    reliability: &'a Reliability,
    color: Color,
    is_open: bool,
}

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocol = scene.headline()?;
    let run = scene.facts().calibration()?;
    let versions = versions(run);

    let title = "How far scores are probabilities".to_owned();
    let subtitle = format!(
        "{}; {} distance at its chosen k; the score of the predicted {} in ten bins; lines: {} Wilson \
         intervals with n = the effective number of {}",
        scene.protocol_words(protocol),
        run.distance.name(),
        scene.class.one(),
        scene.confidence(),
        scene.subject.many(),
    );
    let mut canvas = Canvas::new(MIDDLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let keys: Vec<Key> = versions.iter().map(key).collect();
    let top = panel::keys(&mut canvas, y + 2.0, &keys) + 2.0;
    let left = 60.0;
    let side = MIDDLE - left - MARGIN - 4.0;
    let area = Rect {
        x: left,
        y: top,
        width: side,
        height: side,
    };
    let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
    let axis = ticks([0.0, 1.0], 5);
    panel.vertical_grid(&mut canvas, &axis);
    panel.y_axis(&mut canvas, &axis, "Share of right predictions");
    let diagonal = Paint::stroke(PALE, 1.0).dashed(true);
    canvas.line(panel.at(0.0, 0.0), panel.at(1.0, 1.0), diagonal);
    for version in &versions {
        dots(&mut canvas, &panel, version);
    }

    let below = Rect {
        y: area.bottom() + 14.0,
        height: COUNTS,
        ..area
    };
    counts(&mut canvas, below, &versions, scene);

    let said: Vec<String> = versions
        .iter()
        .map(|version| format!("{} {}", measure(version.reliability.ece), version.name))
        .collect();
    let description = format!(
        "Share of right predictions by the score of the predicted {}, and how many {} have such scores. \
         On the dashed line scores are probabilities; below it they are too high. The expected \
         calibration error is {}; of perfect probabilities it would be {} by chance.",
        scene.class.one(),
        scene.sample.many(),
        said.join(" and "),
        measure(run.plain.ece_if_calibrated.mean),
    );
    Some(Figure::new(
        "calibration",
        title,
        description,
        canvas,
        below.bottom() + 42.0,
    ))
}

fn versions(run: &RunCalibration) -> Vec<Version<'_>> {
    let plain = Version {
        name: "as voted",
        reliability: &run.plain,
        color: MUTED,
        is_open: true,
    };
    let isotonic = run.isotonic.as_ref().map(|isotonic| Version {
        name: "calibrated",
        reliability: &isotonic.reliability,
        color: distance_color(run.distance),
        is_open: false,
    });
    std::iter::once(plain).chain(isotonic).collect()
}

fn key(version: &Version<'_>) -> Key {
    Key {
        text: format!(
            "{}: calibration error {}",
            version.name,
            measure(version.reliability.ece)
        ),
        mark: match version.is_open {
            true => Mark::Open(Shape::Square),
            false => Mark::Filled(Shape::Circle),
        },
        color: version.color,
    }
}

/// The bins of one version, each at its mean score.
fn dots(canvas: &mut Canvas, panel: &Panel, version: &Version<'_>) {
    for bin in &version.reliability.bins {
        let interval = bin.accuracy_interval;
        let ends = [interval.low, interval.high].map(|end| panel.at(bin.score_mean, end));
        canvas.line(ends[0], ends[1], Paint::stroke(version.color, 1.6));
        let (shape, inside) = match version.is_open {
            true => (Shape::Square, WHITE),
            false => (Shape::Circle, version.color),
        };
        let mut marker = Path::default();
        marker.marker(panel.at(bin.score_mean, bin.accuracy), shape, 3.6);
        canvas.path(&marker, Paint::fill(inside).outlined(version.color, 1.4));
    }
}

/// How many samples have a score in each bin: one bar per version.
fn counts(canvas: &mut Canvas, area: Rect, versions: &[Version<'_>], scene: &Scene<'_>) {
    let bins = versions
        .iter()
        .flat_map(|version| &version.reliability.bins);
    let most = bins.map(|bin| bin.n).max().unwrap_or(1) as f64;
    let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.05 * most]);
    panel.y_axis(canvas, &whole_ticks([0.0, most], 3), &scene.sample.titles());
    let label = format!("Score of the predicted {}", scene.class.one());
    panel.x_axis(canvas, &ticks([0.0, 1.0], 5), &label);
    for (index, version) in versions.iter().enumerate() {
        for bin in &version.reliability.bins {
            let room = panel.x.at(bin.high) - panel.x.at(bin.low) - 6.0;
            let width = room / versions.len() as f64;
            let top = panel.y.at(bin.n as f64);
            let bar = Rect {
                x: panel.x.at(bin.low) + 3.0 + index as f64 * width,
                y: top,
                width,
                height: area.bottom() - top,
            };
            let paint = match version.is_open {
                true => Paint::fill(WHITE).outlined(version.color, 1.0),
                false => Paint::fill(version.color),
            };
            canvas.rect(bar, paint);
        }
    }
}
