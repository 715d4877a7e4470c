//! The recall of every class with its interval.

use phenolens_core::evaluation::{PerClass, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Rect, TextStyle};
use super::color::{MUTED, Shape};
use super::interval::{self, Dot};
use super::panel::{self, DOUBLE, Key, LINE, MARGIN, Mark, Panel, SMALL};
use super::scale::ticks;
use super::scene::{Scene, capitalized, distance_color, main_runs, plural};
use crate::numbers::{count, measure};

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocol = scene.headline()?;
    let runs = main_runs(protocol);
    let headline = *runs.first()?;
    let evaluated: Vec<usize> = headline
        .per_class
        .iter()
        .filter(|class| class.support > 0)
        .map(|class| class.class)
        .collect();
    let (mut shown, note) = scene.shown_classes(&evaluated);
    if shown.is_empty() {
        return None;
    }
    let recall = |class: usize| of_class(headline, class).map_or(0.0, |class| class.recall);
    shown.sort_by(|&a, &b| recall(b).total_cmp(&recall(a)).then(a.cmp(&b)));

    let words = &scene.context.words;
    let title = format!("Recall of each {}", words.class);
    let mut subtitle = format!(
        "{}; pooled predictions; lines: {} Wilson intervals with n = the effective number of {}",
        scene.protocol_words(protocol),
        scene.confidence(),
        plural(&words.subject),
    );
    if let Some(note) = note {
        subtitle = format!("{subtitle}; {note}");
    }

    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let key = |run: &&Run| Key {
        text: format!("{}, k = {}", run.distance.name(), run.k),
        mark: Mark::Filled(shape_of(run, headline)),
        color: distance_color(run.distance),
    };
    let keys: Vec<Key> = runs.iter().map(key).collect();
    let top = panel::keys(&mut canvas, y + 2.0, &keys) + LINE;

    let style = TextStyle::new(SMALL);
    let labels: Vec<String> = shown
        .iter()
        .map(|&class| style.ellipsize(scene.class_label(class), 190.0))
        .collect();
    let labels_width = labels
        .iter()
        .map(|label| style.width(label))
        .fold(0.0, f64::max);
    let row = 10.0 * runs.len() as f64 + 8.0;
    let sizes = |class: usize| {
        of_class(headline, class).map_or(String::new(), |class| {
            format!("{} / {}", count(class.n_subjects), count(class.support))
        })
    };
    let heading = format!(
        "{} / {}",
        capitalized(&plural(&words.subject)),
        plural(&words.sample)
    );
    let sizes_width = shown
        .iter()
        .map(|&class| style.width(&sizes(class)))
        .fold(style.width(&heading), f64::max);
    let left = MARGIN + labels_width + 10.0;
    let area = Rect {
        x: left,
        y: top,
        width: DOUBLE - MARGIN - sizes_width - 14.0 - left,
        height: shown.len() as f64 * row,
    };
    let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
    let axis = ticks([0.0, 1.0], 5);
    panel.vertical_grid(&mut canvas, &axis);
    panel.x_axis(&mut canvas, &axis, "Recall");
    let end = style.anchor(Anchor::End).color(MUTED);
    canvas.text([DOUBLE - MARGIN, top - 6.0], &heading, end);
    for (index, (&class, label)) in shown.iter().zip(&labels).enumerate() {
        let middle = top + (index as f64 + 0.5) * row;
        canvas.text_beside([left - 10.0, middle], label, style.anchor(Anchor::End));
        interval::value_text(&mut canvas, middle, &sizes(class));
        for (position, run) in runs.iter().enumerate() {
            let Some(of_class) = of_class(run, class) else {
                continue;
            };
            let dot = Dot {
                value: of_class.recall,
                interval: Some([of_class.recall_interval.low, of_class.recall_interval.high]),
                color: distance_color(run.distance),
                shape: shape_of(run, headline),
                is_open: false,
            };
            let shift = 10.0 * (position as f64 - (runs.len() - 1) as f64 / 2.0);
            interval::dot(&mut canvas, &panel, middle + shift, &dot);
        }
    }

    let ends = shown
        .first()
        .zip(shown.last())
        .map_or(String::new(), |(&best, &worst)| {
            let said = |class| format!("{} ({})", scene.class_label(class), measure(recall(class)));
            format!(
                " By {} the highest is that of {}, the lowest that of {}.",
                headline.distance.name(),
                said(best),
                said(worst)
            )
        });
    let description = format!(
        "Dots with intervals of the recall of {} under the {} protocol.{ends}",
        scene.classes(evaluated.len()),
        protocol.protocol.name()
    );
    Some(Figure::new(
        "recall",
        title,
        description,
        canvas,
        area.bottom() + 42.0,
    ))
}

fn of_class(run: &Run, class: usize) -> Option<&PerClass> {
    run.per_class
        .iter()
        .find(|per_class| per_class.class == class)
}

/// The shape tells the distances apart where color does not.
fn shape_of(run: &Run, headline: &Run) -> Shape {
    match run.distance == headline.distance {
        true => Shape::Circle,
        false => Shape::Square,
    }
}
