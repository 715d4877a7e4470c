//! ROC curves of all distances on one graph.

use phenolens_core::evaluation::{RocBand, RocCurve, RocSubject, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Rect, TextStyle};
use super::color::{MUTED, PALE};
use super::curve::{self, CurvePoint};
use super::panel::{self, LINE, MARGIN, MIDDLE, Mark, Panel, SMALL};
use super::scale::ticks;
use super::scene::{Scene, distance_color};
use crate::numbers::{fixed, measure};

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocol = scene.headline()?;
    let curves: Vec<(&Run, &RocCurve)> = scene
        .main_runs(protocol)
        .into_iter()
        .filter_map(|run| Some((run, macro_curve(run)?)))
        .collect();
    if curves.is_empty() {
        return None;
    }

    let title = format!(
        "ROC curves, one against the rest, mean over {}",
        scene.class.many()
    );
    let has_bands = curves.iter().any(|(run, _)| run.roc_band.is_some());
    let bands = match has_bands {
        true => format!("{} intervals at each rate", scene.confidence()),
        false => "± 1 standard deviation over folds".to_owned(),
    };
    let subtitle = format!(
        "{}; curves: mean over folds; bands: {bands}",
        scene.protocol_words(protocol)
    );
    let mut canvas = Canvas::new(MIDDLE);
    let top = panel::header(&mut canvas, &title, &subtitle) + 2.0;
    let left = 56.0;
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
    panel.y_axis(&mut canvas, &axis, "True-positive rate");
    panel.x_axis(&mut canvas, &axis, "False-positive rate");
    let diagonal = Paint::stroke(PALE, 1.0).dashed(true);
    canvas.line(panel.at(0.0, 0.0), panel.at(1.0, 1.0), diagonal);

    let points: Vec<Vec<CurvePoint>> = curves.iter().map(|(_, curve)| points(curve)).collect();
    let bands: Vec<Vec<CurvePoint>> = curves
        .iter()
        .zip(&points)
        .map(|((run, _), points)| {
            run.roc_band
                .as_ref()
                .map_or_else(|| points.clone(), band_points)
        })
        .collect();
    for ((run, _), band) in curves.iter().zip(&bands) {
        curve::band(&mut canvas, &panel, band, distance_color(run.distance));
    }
    for (index, ((run, _), points)) in curves.iter().zip(&points).enumerate() {
        curve::line(
            &mut canvas,
            &panel,
            points,
            distance_color(run.distance),
            index > 0,
        );
    }
    legend(&mut canvas, &panel, &curves);

    let areas: Vec<String> = curves
        .iter()
        .map(|(run, curve)| format!("{} for {}", measure(curve.area_mean), run.distance.name()))
        .collect();
    let description = format!(
        "Macro-averaged ROC curves under the {} protocol. The mean area over folds is {}; chance is 0.5.",
        protocol.protocol.name(),
        areas.join(" and ")
    );
    Some(Figure::new(
        "roc",
        title,
        description,
        canvas,
        area.bottom() + 42.0,
    ))
}

fn macro_curve(run: &Run) -> Option<&RocCurve> {
    let mut curves = run.roc.iter();
    curves.find(|curve| curve.subject == RocSubject::Macro && curve.area_mean.is_finite())
}

fn points(curve: &RocCurve) -> Vec<CurvePoint> {
    let last = (curve.tpr_mean.len().max(2) - 1) as f64;
    let rates = curve.tpr_mean.iter().zip(&curve.tpr_sd).enumerate();
    // Every curve starts at the origin; the first rate is that after the rise at its left end.
    let origin = CurvePoint {
        x: 0.0,
        y: 0.0,
        band: [0.0; 2],
    };
    let measured = rates
        .map(|(step, (&y, &spread))| CurvePoint {
            x: step as f64 / last,
            y,
            band: [y - spread, y + spread],
        })
        .filter(|point| point.y.is_finite() && point.band[0].is_finite());
    std::iter::once(origin).chain(measured).collect()
}

/// The band alone; its points have no curve of their own.
fn band_points(band: &RocBand) -> Vec<CurvePoint> {
    let ends = band.low.iter().zip(&band.high);
    band.fpr
        .iter()
        .zip(ends)
        .map(|(&x, (&low, &high))| CurvePoint {
            x,
            y: low,
            band: [low, high],
        })
        .collect()
}

/// In the lower right, where no curve that is better than chance passes.
fn legend(canvas: &mut Canvas, panel: &Panel, curves: &[(&Run, &RocCurve)]) {
    let style = TextStyle::new(SMALL);
    let end = style.anchor(Anchor::End);
    let columns = [panel.x.at(0.44), panel.x.at(0.98) - 62.0, panel.x.at(0.98)];
    let mut y = panel.y.at(0.04) - (curves.len() + 1) as f64 * (LINE + 2.0);
    canvas.text_beside([columns[1], y], "mean area", end.color(MUTED).halo());
    canvas.text_beside([columns[2], y], "± sd", end.color(MUTED).halo());
    for (index, (run, curve)) in curves.iter().enumerate() {
        y += LINE + 2.0;
        let color = distance_color(run.distance);
        let swatch = Mark::Line {
            is_dashed: index > 0,
        };
        panel::mark(canvas, [columns[0], y], swatch, color);
        let text = format!("{}, k = {}", run.distance.name(), run.k);
        canvas.text_beside([columns[0] + 15.0, y], &text, style.halo());
        canvas.text_beside(
            [columns[1], y],
            &measure(curve.area_mean),
            end.semibold().halo(),
        );
        canvas.text_beside(
            [columns[2], y],
            &format!("± {}", fixed(curve.area_sd, 3)),
            end.halo(),
        );
    }
    y += LINE + 2.0;
    canvas.line(
        [columns[0] - 9.0, y],
        [columns[0] + 9.0, y],
        Paint::stroke(PALE, 1.0).dashed(true),
    );
    canvas.text_beside([columns[0] + 15.0, y], "chance", style.color(MUTED).halo());
    canvas.text_beside([columns[1], y], "0.500", end.color(MUTED).halo());
}
