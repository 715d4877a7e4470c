//! The recall of every class with its interval.

use phenolens_core::evaluation::{PerClass, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Rect, TextStyle};
use super::color::{MUTED, Shape};
use super::interval::{self, Dot};
use super::panel::{self, DOUBLE, Key, LINE, MARGIN, Mark, Panel, SMALL};
use super::scale::ticks;
use super::scene::{Scene, distance_color};
use crate::numbers::{count, measure};

/// From one distance's dot to the next within a class.
const STEP: f64 = 10.0;

/// The runs of the headline protocol and the classes of the figure, the best first.
struct Recalls<'a> {
    scene: &'a Scene<'a>,
    /// One per distance, the first orders the classes.
    runs: Vec<&'a Run>,
    classes: Vec<usize>,
}

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocol = scene.headline()?;
    let runs = scene.main_runs(protocol);
    let first = *runs.first()?;
    let present = first.per_class.iter().filter(|class| class.support > 0);
    let evaluated: Vec<usize> = present.map(|class| class.class).collect();
    let (mut classes, note) = scene.shown_classes(&evaluated, |class| {
        of_class(first, class).map_or(0, |class| class.support)
    });
    let recall = |class: usize| of_class(first, class).map_or(0.0, |class| class.recall);
    classes.sort_by(|&a, &b| recall(b).total_cmp(&recall(a)).then(a.cmp(&b)));
    let (&best, &worst) = classes.first().zip(classes.last())?;

    let title = format!("Recall of each {}", scene.class.one());
    let mut subtitle = format!(
        "{}; pooled predictions; lines: {} Wilson intervals with n = the effective number of {}",
        scene.protocol_words(protocol),
        scene.confidence(),
        scene.subject.many(),
    );
    if let Some(note) = note {
        subtitle = format!("{subtitle}; {note}");
    }
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let recalls = Recalls {
        scene,
        runs,
        classes,
    };
    let top = panel::keys(&mut canvas, y + 2.0, &recalls.keys()) + LINE;
    let bottom = recalls.rows(&mut canvas, top);

    let said = |class| {
        format!(
            "{} ({})",
            scene.evaluated_label(class),
            measure(recall(class))
        )
    };
    let description = format!(
        "Dots with intervals of the recall of {} under the {} protocol. By {} the highest is that of \
         {}, the lowest that of {}.",
        scene.class.count(evaluated.len()),
        protocol.protocol.name(),
        first.distance.name(),
        said(best),
        said(worst),
    );
    Some(Figure::new(
        "recall",
        title,
        description,
        canvas,
        bottom + 42.0,
    ))
}

impl Recalls<'_> {
    fn keys(&self) -> Vec<Key> {
        let key = |(index, run): (usize, &&Run)| Key {
            text: format!("{}, k = {}", run.distance.name(), run.k),
            mark: Mark::Filled(shape_of(index)),
            color: distance_color(run.distance),
        };
        self.runs.iter().enumerate().map(key).collect()
    }

    /// Draws a row per class with its name and sizes, and returns the height below.
    fn rows(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let scene = self.scene;
        let style = TextStyle::new(SMALL);
        let names = self
            .classes
            .iter()
            .map(|&class| scene.evaluated_label(class));
        let (labels, labels_width) = scene.row_labels(names, 190.0);
        let sizes: Vec<String> = self
            .classes
            .iter()
            .map(|&class| self.sizes(class))
            .collect();
        let heading = format!("{} / {}", scene.subject.titles(), scene.sample.many());
        let texts = sizes.iter().chain([&heading]);
        let sizes_width = texts.map(|text| style.width(text)).fold(0.0, f64::max);

        let left = MARGIN + labels_width + 10.0;
        let row = STEP * self.runs.len() as f64 + 8.0;
        let area = Rect {
            x: left,
            y: top,
            width: DOUBLE - MARGIN - sizes_width - 14.0 - left,
            height: self.classes.len() as f64 * row,
        };
        let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
        let axis = ticks([0.0, 1.0], 5);
        panel.vertical_grid(canvas, &axis);
        panel.x_axis(canvas, &axis, "Recall");
        let end = style.anchor(Anchor::End);
        canvas.text([DOUBLE - MARGIN, top - 6.0], &heading, end.color(MUTED));
        for (index, &class) in self.classes.iter().enumerate() {
            let middle = top + (index as f64 + 0.5) * row;
            canvas.text_beside([left - 10.0, middle], &labels[index], end);
            interval::value_text(canvas, middle, &sizes[index]);
            self.dots(canvas, &panel, middle, class);
        }
        area.bottom()
    }

    fn dots(&self, canvas: &mut Canvas, panel: &Panel, middle: f64, class: usize) {
        let first = middle - STEP * (self.runs.len() - 1) as f64 / 2.0;
        for (index, run) in self.runs.iter().enumerate() {
            let Some(of_class) = of_class(run, class) else {
                continue;
            };
            let dot = Dot {
                value: of_class.recall,
                interval: Some([of_class.recall_interval.low, of_class.recall_interval.high]),
                color: distance_color(run.distance),
                shape: shape_of(index),
                is_open: false,
            };
            interval::dot(canvas, panel, first + STEP * index as f64, &dot);
        }
    }

    /// `76 / 89`: subjects and samples of a class.
    fn sizes(&self, class: usize) -> String {
        let of_class = of_class(self.runs[0], class);
        of_class.map_or(String::new(), |class| {
            [class.n_subjects, class.support].map(count).join(" / ")
        })
    }
}

fn of_class(run: &Run, class: usize) -> Option<&PerClass> {
    run.per_class
        .iter()
        .find(|per_class| per_class.class == class)
}

/// The shape tells the distances apart where color does not.
fn shape_of(index: usize) -> Shape {
    if index == 0 {
        Shape::Circle
    } else {
        Shape::Square
    }
}
