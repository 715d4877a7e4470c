//! The mean silhouette of every class with its interval.

use phenolens_core::diagnosis::{ClassSilhouette, DistanceDiagnosis};

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Rect, TextStyle};
use super::color::{MUTED, PALE, Shape};
use super::interval::{self, Dot};
use super::panel::{self, DOUBLE, Key, LINE, MARGIN, Mark, Panel, SMALL};
use super::scale::nice_axis;
use super::scene::{Scene, distance_color};
use crate::facts::{self, Facts};
use crate::numbers::{measure, percent};

/// From one distance's dot to the next within a class.
const STEP: f64 = 10.0;

/// The distances of the figure, and its classes, the highest first.
struct Rows<'a> {
    scene: &'a Scene<'a>,
    /// The first orders the classes.
    distances: Vec<&'a DistanceDiagnosis>,
    classes: Vec<usize>,
}

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let (_, headline) = Facts::new(scene.analysis, scene.context).headline()?;
    let mut distances: Vec<&DistanceDiagnosis> =
        facts::distance_diagnoses(scene.analysis).iter().collect();
    // A stable sort: the headline's first, the others in their order.
    distances.sort_by_key(|of| of.distance != headline.distance);
    let first = *distances.first()?;
    let measured: Vec<usize> = first
        .silhouettes
        .classes
        .iter()
        .map(|of| of.class)
        .collect();
    let (mut classes, note) = scene.shown_classes(&measured, |class| {
        of_class(first, class).map_or(0, |of| of.silhouette.n_samples)
    });
    let mean = |class: usize| of_class(first, class).map_or(0.0, |of| of.silhouette.mean.value);
    classes.sort_by(|&a, &b| mean(b).total_cmp(&mean(a)).then(a.cmp(&b)));
    let (&best, &worst) = classes.first().zip(classes.last())?;

    let title = format!("How far each {} stands apart", scene.class.one());
    let mut subtitle = format!(
        "Mean silhouette of {}; lines: {} intervals over {}",
        scene.sample.count(first.silhouettes.n_samples),
        scene.confidence(),
        scene.subject.many(),
    );
    if let Some(note) = note {
        subtitle = format!("{subtitle}; {note}");
    }
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let rows = Rows {
        scene,
        distances,
        classes,
    };
    let top = panel::keys(&mut canvas, y + 2.0, &rows.keys()) + LINE;
    let bottom = rows.draw(&mut canvas, top);

    let said = |class| {
        format!(
            "{} ({})",
            scene.evaluated_label(class),
            measure(mean(class))
        )
    };
    let description = format!(
        "Dots with intervals of the mean silhouette of {}: above 0 lie those that are nearer to their \
         own than to any other, on average. By {} the highest is that of {}, the lowest that of {}; at \
         the right the share that lies nearer to another.",
        scene.class.count(measured.len()),
        first.distance.name(),
        said(best),
        said(worst),
    );
    Some(Figure::new(
        "silhouette",
        title,
        description,
        canvas,
        bottom + 42.0,
    ))
}

impl Rows<'_> {
    fn keys(&self) -> Vec<Key> {
        let key = |(index, of): (usize, &&DistanceDiagnosis)| Key {
            text: of.distance.name().to_owned(),
            mark: Mark::Filled(shape_of(index)),
            color: distance_color(of.distance),
        };
        self.distances.iter().enumerate().map(key).collect()
    }

    /// Draws a row per class with its name, and returns the height below.
    fn draw(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let scene = self.scene;
        let style = TextStyle::new(SMALL);
        let names = self
            .classes
            .iter()
            .map(|&class| scene.evaluated_label(class));
        let (labels, labels_width) = scene.row_labels(names, 190.0);
        let heading = "nearer to another";

        let left = MARGIN + labels_width + 10.0;
        let row = STEP * self.distances.len() as f64 + 8.0;
        let area = Rect {
            x: left,
            y: top,
            width: DOUBLE - MARGIN - style.width(heading) - 14.0 - left,
            height: self.classes.len() as f64 * row,
        };
        let (domain, axis) = nice_axis(self.ends(), [-1.0, 1.0], 6);
        let panel = Panel::new(area, domain, [0.0, 1.0]);
        panel.vertical_grid(canvas, &axis);
        let zero = panel.x.at(0.0);
        let border = Paint::stroke(PALE, 1.6);
        canvas.line([zero, area.y], [zero, area.bottom()], border);
        panel.x_axis(canvas, &axis, "Silhouette");
        let end = style.anchor(Anchor::End);
        canvas.text([DOUBLE - MARGIN, top - 6.0], heading, end.color(MUTED));
        for (index, &class) in self.classes.iter().enumerate() {
            let middle = top + (index as f64 + 0.5) * row;
            canvas.text_beside([left - 10.0, middle], &labels[index], end);
            if let Some(of) = of_class(self.distances[0], class) {
                let share = percent(of.silhouette.share_negative);
                interval::value_text(canvas, middle, &share);
            }
            self.dots(canvas, &panel, middle, class);
        }
        area.bottom()
    }

    /// What the axis must hold: 0, and every dot with its interval.
    fn ends(&self) -> Vec<f64> {
        let mut ends = vec![0.0];
        for of in self.distances.iter().flat_map(|of| &of.silhouettes.classes) {
            let mean = of.silhouette.mean;
            ends.push(mean.value);
            ends.extend(mean.interval.iter().flat_map(|of| [of.low, of.high]));
        }
        ends
    }

    fn dots(&self, canvas: &mut Canvas, panel: &Panel, middle: f64, class: usize) {
        let first = middle - STEP * (self.distances.len() - 1) as f64 / 2.0;
        for (index, of) in self.distances.iter().enumerate() {
            let Some(mean) = of_class(of, class).map(|of| of.silhouette.mean) else {
                continue;
            };
            let dot = Dot {
                value: mean.value,
                interval: mean.interval.map(|interval| [interval.low, interval.high]),
                color: distance_color(of.distance),
                shape: shape_of(index),
                is_open: false,
            };
            interval::dot(canvas, panel, first + STEP * index as f64, &dot);
        }
    }
}

fn of_class(of: &DistanceDiagnosis, class: usize) -> Option<&ClassSilhouette> {
    let mut classes = of.silhouettes.classes.iter();
    classes.find(|other| other.class == class)
}

/// The shape tells the distances apart where color does not.
fn shape_of(index: usize) -> Shape {
    if index == 0 {
        Shape::Circle
    } else {
        Shape::Square
    }
}
