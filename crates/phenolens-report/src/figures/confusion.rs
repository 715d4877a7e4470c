//! Confusion matrices: rows are true classes, colored by their share, with counts as text.

use phenolens_core::evaluation::{ProtocolEvaluation, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Rect, TextStyle};
use super::color::{FAINT, INK, MUTED, PALE, sequential};
use super::panel::{self, DOUBLE, MARGIN, SMALL, TEXT};
use super::scene::{Scene, main_runs, plural};
use crate::numbers::{count, percent};

/// One matrix per distance under the headline protocol.
pub(super) fn draw(scene: &Scene<'_>) -> Vec<Figure> {
    let Some(protocol) = scene.headline() else {
        return Vec::new();
    };
    let runs = main_runs(protocol);
    runs.into_iter()
        .filter_map(|run| matrix(scene, protocol, run))
        .collect()
}

fn matrix(scene: &Scene<'_>, protocol: &ProtocolEvaluation, run: &Run) -> Option<Figure> {
    let evaluated: Vec<usize> = (0..run.confusion.n_classes)
        .filter(|&class| support(run, class) > 0)
        .collect();
    let (shown, note) = scene.shown_classes(&evaluated);
    if shown.is_empty() {
        return None;
    }
    let words = &scene.context.words;
    let title = format!("Confusion matrix, {} distance", run.distance.name());
    let mut subtitle = format!(
        "{}, k = {}; counts of {}, colored by their share of the row",
        scene.protocol_words(protocol),
        run.k,
        plural(&words.sample),
    );
    if let Some(note) = note {
        subtitle = format!("{subtitle}; {note}");
    }

    // The cells shrink with their number down to 13 px, then the figure grows.
    let style = TextStyle::new(SMALL);
    let labels: Vec<String> = shown
        .iter()
        .map(|&class| style.ellipsize(scene.class_label(class), 130.0))
        .collect();
    let widest = labels
        .iter()
        .map(|label| style.width(label))
        .fold(0.0, f64::max);
    // Whole px, so that the edges of cells are sharp.
    let (left, right) = ((MARGIN + 20.0 + widest + 8.0).ceil(), 64.0 + MARGIN);
    let cell = ((DOUBLE - left - right) / shown.len() as f64)
        .clamp(13.0, 54.0)
        .floor();
    let side = cell * shown.len() as f64;
    let mut canvas = Canvas::new((left + side + right).max(DOUBLE * 0.6));

    let top = panel::header(&mut canvas, &title, &subtitle);
    let is_level = widest + 6.0 <= cell;
    let top = (top + 16.0 + if is_level { 16.0 } else { widest + 10.0 }).ceil();
    let area = Rect {
        x: left,
        y: top,
        width: side,
        height: side,
    };
    for (row, &truth) in shown.iter().enumerate() {
        for (column, &predicted) in shown.iter().enumerate() {
            let place = Rect {
                x: left + column as f64 * cell,
                y: top + row as f64 * cell,
                width: cell,
                height: cell,
            };
            draw_cell(&mut canvas, place, run, truth, predicted);
        }
    }
    grid(&mut canvas, area, shown.len());
    canvas.rect(area, Paint::stroke(PALE, 0.8));

    let muted = style.color(MUTED);
    let heading = TextStyle::new(TEXT);
    canvas.text(
        [
            left + side / 2.0,
            top - if is_level { 22.0 } else { widest + 16.0 },
        ],
        &format!("Predicted {}", words.class),
        heading.anchor(Anchor::Middle),
    );
    canvas.text_beside(
        [MARGIN + 6.0, top + side / 2.0],
        &format!("True {}", words.class),
        heading.anchor(Anchor::Middle).upward(),
    );
    canvas.text([left + side + 10.0, top - 6.0], "Recall", muted);
    for (index, (&class, label)) in shown.iter().zip(&labels).enumerate() {
        let middle = (index as f64 + 0.5) * cell;
        canvas.text_beside([left - 7.0, top + middle], label, style.anchor(Anchor::End));
        if is_level {
            canvas.text(
                [left + middle, top - 6.0],
                label,
                style.anchor(Anchor::Middle),
            );
        } else {
            canvas.text_beside([left + middle, top - 6.0], label, style.upward());
        }
        let share = run.confusion.count(class, class) as f64 / support(run, class) as f64;
        canvas.text_beside([left + side + 10.0, top + middle], &percent(share), muted);
    }
    ramp(&mut canvas, [left, area.bottom() + 14.0], side.min(180.0));

    let n_right: usize = evaluated
        .iter()
        .map(|&class| run.confusion.count(class, class))
        .sum();
    let n_all: usize = run.confusion.counts.iter().sum();
    let description = format!(
        "Matrix of true against predicted {} with the {} distance at k = {} under the {} protocol. {} of {} are right{}.",
        plural(&words.class),
        run.distance.name(),
        run.k,
        protocol.protocol.name(),
        count(n_right),
        scene.samples(n_all),
        worst_pair(scene, run, &evaluated),
    );
    let name = format!("confusion_{}", run.distance.name());
    Some(Figure::new(
        name,
        title,
        description,
        canvas,
        area.bottom() + 46.0,
    ))
}

/// Samples of a class that were evaluated.
fn support(run: &Run, class: usize) -> usize {
    (0..run.confusion.n_classes)
        .map(|predicted| run.confusion.count(class, predicted))
        .sum()
}

fn draw_cell(canvas: &mut Canvas, place: Rect, run: &Run, truth: usize, predicted: usize) {
    let n = run.confusion.count(truth, predicted);
    if n == 0 {
        return;
    }
    let color = sequential(n as f64 / support(run, truth) as f64);
    canvas.rect(place, Paint::fill(color));
    let size = SMALL.min(place.width * 0.55);
    let style = TextStyle::new(size)
        .anchor(Anchor::Middle)
        .color(color.readable_text());
    let text = count(n);
    // Text too small to read is noise: the color carries the cell alone.
    if style.width(&text) <= place.width - 2.0 && size >= 6.5 {
        canvas.text_beside(
            [place.x + place.width / 2.0, place.y + place.height / 2.0],
            &text,
            style,
        );
    }
}

fn grid(canvas: &mut Canvas, area: Rect, n: usize) {
    let paint = Paint::stroke(FAINT, 0.5);
    for index in 1..n {
        let offset = area.width * index as f64 / n as f64;
        canvas.line(
            [area.x + offset, area.y],
            [area.x + offset, area.bottom()],
            paint,
        );
        canvas.line(
            [area.x, area.y + offset],
            [area.right(), area.y + offset],
            paint,
        );
    }
}

/// What the colors mean.
fn ramp(canvas: &mut Canvas, [x, y]: [f64; 2], width: f64) {
    const N_STEPS: usize = 40;
    let step = width / N_STEPS as f64;
    for index in 0..N_STEPS {
        let place = Rect {
            x: x + index as f64 * step,
            y,
            width: step + 0.3,
            height: 8.0,
        };
        canvas.rect(
            place,
            Paint::fill(sequential(index as f64 / (N_STEPS - 1) as f64)),
        );
    }
    canvas.rect(
        Rect {
            x,
            y,
            width,
            height: 8.0,
        },
        Paint::stroke(PALE, 0.6),
    );
    let style = TextStyle::new(SMALL).color(INK);
    canvas.text([x, y + 20.0], "0%", style);
    canvas.text([x + width, y + 20.0], "100%", style.anchor(Anchor::End));
    canvas.text(
        [x + width + 10.0, y + 8.0],
        "of the row",
        style.color(MUTED),
    );
}

/// The most frequent error, in words.
fn worst_pair(scene: &Scene<'_>, run: &Run, classes: &[usize]) -> String {
    let pairs = classes
        .iter()
        .flat_map(|&truth| classes.iter().map(move |&predicted| (truth, predicted)));
    let errors = pairs.filter(|(truth, predicted)| truth != predicted);
    let counted =
        errors.map(|(truth, predicted)| (run.confusion.count(truth, predicted), truth, predicted));
    // Of equally frequent ones the first.
    let worst = counted.fold(
        (0, 0, 0),
        |worst, error| if error.0 > worst.0 { error } else { worst },
    );
    match worst {
        (0, _, _) => String::new(),
        (n, truth, predicted) => format!(
            "; the most frequent error is {} taken for {}, {} times",
            scene.class_label(truth),
            scene.class_label(predicted),
            count(n)
        ),
    }
}
