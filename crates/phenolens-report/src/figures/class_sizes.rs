//! How many subjects and samples each class has.

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Rect, TextStyle};
use super::color::{MUTED, PLAIN};
use super::panel::{self, DOUBLE, MARGIN, SMALL, TEXT};
use super::scene::Scene;
use crate::facts::capitalized;
use crate::numbers::{count, fixed};

/// From one bar to the next.
const ROW: f64 = 19.0;

pub(super) fn draw(scene: &Scene<'_>) -> Figure {
    let exploration = &scene.analysis.exploration;
    let title = format!(
        "{} and {} per {}",
        scene.subject.titles(),
        scene.sample.many(),
        scene.class.one()
    );
    let all: Vec<usize> = (0..exploration.classes.len()).collect();
    let (mut shown, note) = scene.shown_classes(&all, |class| exploration.classes[class].n_samples);
    shown.sort_by_key(|&class| {
        (
            std::cmp::Reverse(exploration.classes[class].n_samples),
            class,
        )
    });

    let mut subtitle = format!(
        "{}, {}, {}; the largest {} has {} times the {} of the smallest",
        scene.class.count(exploration.classes.len()),
        scene.subject.count(exploration.n_subjects),
        scene.sample.count(exploration.n_samples),
        scene.class.one(),
        fixed(exploration.imbalance_samples, 1),
        scene.sample.many(),
    );
    if let Some(note) = note {
        subtitle = format!("{subtitle}; {note}");
    }

    let mut canvas = Canvas::new(DOUBLE);
    let top = panel::header(&mut canvas, &title, &subtitle) + 20.0;
    let style = TextStyle::new(SMALL);
    let names = shown.iter().map(|&class| scene.dataset_label(class));
    let (labels, widest) = scene.row_labels(names, 170.0);
    for (row, label) in labels.iter().enumerate() {
        let middle = top + (row as f64 + 0.5) * ROW;
        canvas.text_beside([MARGIN + widest, middle], label, style.anchor(Anchor::End));
    }

    let left = MARGIN + widest + 10.0;
    let gap = 24.0;
    let width = (DOUBLE - MARGIN - left - gap) / 2.0;
    let columns = [
        (
            scene.subject.many(),
            exploration
                .classes
                .iter()
                .map(|class| class.n_subjects)
                .collect(),
        ),
        (
            scene.sample.many(),
            exploration
                .classes
                .iter()
                .map(|class| class.n_samples)
                .collect(),
        ),
    ];
    for (column, (noun, counts)) in columns.into_iter().enumerate() {
        let counts: Vec<usize> = counts;
        let x = left + column as f64 * (width + gap);
        canvas.text(
            [x, top - 7.0],
            &capitalized(noun),
            TextStyle::new(TEXT).semibold(),
        );
        let values: Vec<usize> = shown.iter().map(|&class| counts[class]).collect();
        bars(
            &mut canvas,
            Rect {
                x,
                y: top,
                width,
                height: ROW,
            },
            &values,
        );
    }

    let height = top + shown.len() as f64 * ROW + MARGIN;
    let (most, least) = (shown.first(), shown.last());
    let extremes = most.zip(least).map_or(String::new(), |(&most, &least)| {
        format!(
            " The largest is {} with {}, the smallest {} with {}.",
            scene.dataset_label(most),
            scene.sample.count(exploration.classes[most].n_samples),
            scene.dataset_label(least),
            scene.sample.count(exploration.classes[least].n_samples),
        )
    });
    let description = format!(
        "Bars of the number of {} and of {} in each of {}.{extremes}",
        scene.subject.many(),
        scene.sample.many(),
        scene.class.count(exploration.classes.len()),
    );
    Figure::new("class_sizes", title, description, canvas, height)
}

/// Draws bars from the left edge of `first_row` down, with their values at their ends.
fn bars(canvas: &mut Canvas, first_row: Rect, values: &[usize]) {
    let style = TextStyle::new(SMALL).color(MUTED);
    let greatest = values.iter().copied().max().unwrap_or(0).max(1);
    let room = first_row.width - style.width(&count(greatest)) - 6.0;
    for (row, &value) in values.iter().enumerate() {
        let bar = Rect {
            x: first_row.x,
            y: first_row.y + row as f64 * first_row.height + 3.0,
            width: room * value as f64 / greatest as f64,
            height: first_row.height - 6.0,
        };
        canvas.rect(bar, Paint::fill(PLAIN));
        canvas.text_beside(
            [bar.right() + 5.0, bar.y + bar.height / 2.0],
            &count(value),
            style,
        );
    }
}
