//! What unknown classes cost the known ones, at every threshold.

use phenolens_core::open_set::OpenSetDistance;

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Path, Rect, TextStyle};
use super::color::{MUTED, PALE, Shape};
use super::curve::{self, CurvePoint};
use super::panel::{self, LINE, MARGIN, MIDDLE, Mark, Panel, SMALL};
use super::scale::ticks;
use super::scene::{Scene, distance_color};
use crate::numbers::{measure, percent};

/// The false-positive identification rate at which the figures of the text are taken.
const RATE: f64 = 0.1;

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let open_set = scene.analysis.open_set.as_ref()?;
    let protocol = scene.headline()?;
    let distances = &open_set.distances;

    let title = format!(
        "Known {} missed, against unknown ones accepted",
        scene.sample.many()
    );
    let subtitle = format!(
        "{}; each {} held out in turn; curves: mean over {}; dots: at a rate of {}",
        scene.protocol_words(protocol),
        scene.class.one(),
        scene.class.many(),
        percent(RATE),
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
    panel.y_axis(&mut canvas, &axis, "False-negative identification rate");
    panel.x_axis(&mut canvas, &axis, "False-positive identification rate");

    for (index, of_distance) in distances.iter().enumerate() {
        let color = distance_color(of_distance.distance);
        let end = panel.at(1.0, of_distance.misidentified);
        let chance = Paint::stroke(PALE, 1.0).dashed(true);
        canvas.line(panel.at(0.0, 1.0), end, chance);
        curve::line(&mut canvas, &panel, &points(of_distance), color, index > 0);
    }
    for of_distance in distances {
        let mut marker = Path::default();
        let place = panel.at(RATE, of_distance.fnir_at_fpir_10.value);
        marker.marker(place, Shape::Circle, 3.6);
        canvas.path(&marker, Paint::fill(distance_color(of_distance.distance)));
    }
    legend(&mut canvas, &panel, distances);

    let said: Vec<String> = distances
        .iter()
        .map(|of_distance| {
            format!(
                "{} by {}",
                percent(of_distance.fnir_at_fpir_10.value),
                of_distance.distance.name()
            )
        })
        .collect();
    let description = format!(
        "Share of {} of known {} that are rejected or taken for another {}, against the share of {} of \
         an unknown {} that are accepted, as the threshold of the distance rises. Where {} of the \
         unknown ones are accepted, {} of the known ones are missed. Dashed: what a distance that says \
         nothing of the unknown would give.",
        scene.sample.many(),
        scene.class.many(),
        scene.class.one(),
        scene.sample.many(),
        scene.class.one(),
        percent(RATE),
        said.join(" and "),
    );
    Some(Figure::new(
        "open_set",
        title,
        description,
        canvas,
        area.bottom() + 42.0,
    ))
}

fn points(of_distance: &OpenSetDistance) -> Vec<CurvePoint> {
    let curve = &of_distance.fnir_curve;
    let last = (curve.len().max(2) - 1) as f64;
    let point = |(step, &y): (usize, &f64)| CurvePoint {
        x: step as f64 / last,
        y,
        band: [y; 2],
    };
    curve.iter().enumerate().map(point).collect()
}

/// In the corner that the curves leave free: they fall from the upper left to the share that is taken
/// for another class whatever the threshold.
fn legend(canvas: &mut Canvas, panel: &Panel, distances: &[OpenSetDistance]) {
    let style = TextStyle::new(SMALL);
    let end = style.anchor(Anchor::End);
    let ends = distances
        .iter()
        .map(|of_distance| of_distance.misidentified);
    let is_high = ends.fold(0.0, f64::max) > 0.5;
    let height = (distances.len() + 1) as f64 * (LINE + 2.0);
    let (shift, mut y) = match is_high {
        true => (0.0, panel.y.at(0.04) - height),
        false => (panel.x.at(0.4) - panel.x.at(0.02), panel.y.at(0.96) + 4.0),
    };
    let columns = [0.05, 0.58].map(|share| panel.x.at(share) + shift);
    canvas.text_beside(
        [columns[1], y],
        "AUROC of rejection",
        end.color(MUTED).halo(),
    );
    for (index, of_distance) in distances.iter().enumerate() {
        y += LINE + 2.0;
        let swatch = Mark::Line {
            is_dashed: index > 0,
        };
        let color = distance_color(of_distance.distance);
        panel::mark(canvas, [columns[0], y], swatch, color);
        let name = of_distance.distance.name();
        canvas.text_beside([columns[0] + 15.0, y], name, style.halo());
        let area = measure(of_distance.auroc.value);
        canvas.text_beside([columns[1], y], &area, end.semibold().halo());
    }
    y += LINE + 2.0;
    let chance = Paint::stroke(PALE, 1.0).dashed(true);
    canvas.line([columns[0] - 9.0, y], [columns[0] + 9.0, y], chance);
    canvas.text_beside([columns[0] + 15.0, y], "chance", style.color(MUTED).halo());
    canvas.text_beside([columns[1], y], "0.500", end.color(MUTED).halo());
}
