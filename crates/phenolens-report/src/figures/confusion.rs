//! Confusion matrices: rows are true classes, colored by their share, with counts as text.

use phenolens_core::evaluation::{ProtocolEvaluation, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Rect, TextStyle};
use super::color::{FAINT, INK, MUTED, PALE, sequential};
use super::panel::{self, DOUBLE, MARGIN, SMALL, TEXT};
use super::scene::Scene;
use crate::numbers::{count, percent};

/// One matrix per distance under the headline protocol.
pub(super) fn draw(scene: &Scene<'_>) -> Vec<Figure> {
    let Some(protocol) = scene.headline() else {
        return Vec::new();
    };
    let runs = scene.main_runs(protocol);
    runs.into_iter()
        .filter_map(|run| matrix(scene, protocol, run))
        .collect()
}

fn matrix(scene: &Scene<'_>, protocol: &ProtocolEvaluation, run: &Run) -> Option<Figure> {
    let is_evaluated = |class: &usize| support(run, *class) > 0;
    let evaluated: Vec<usize> = (0..run.confusion.n_classes).filter(is_evaluated).collect();
    let (shown, note) = scene.shown_classes(&evaluated, |class| support(run, class));
    if shown.is_empty() {
        return None;
    }
    let title = format!("Confusion matrix, {} distance", run.distance.name());
    let mut subtitle = format!(
        "{}, k = {}; counts of {}, colored by their share of the row",
        scene.protocol_words(protocol),
        run.k,
        scene.sample.many(),
    );
    if let Some(note) = note {
        subtitle = format!("{subtitle}; {note}");
    }

    // All in whole px, so that the edges of cells are sharp. The cells shrink with their number down
    // to 13 px, then the figure grows.
    let names = shown.iter().map(|&class| scene.evaluated_label(class));
    let (labels, widest) = scene.row_labels(names, 130.0);
    let (left, right) = ((MARGIN + 28.0 + widest).ceil(), 64.0 + MARGIN);
    let fitting = (DOUBLE - left - right) / shown.len() as f64;
    let cell = fitting.clamp(13.0, 54.0).floor();
    let side = cell * shown.len() as f64;
    let mut canvas = Canvas::new((left + side + right).max(DOUBLE * 0.6));
    let y = panel::header(&mut canvas, &title, &subtitle);
    let is_level = widest + 6.0 <= cell;
    let labels_height = if is_level { SMALL } else { widest };
    let area = Rect {
        x: left,
        y: (y + 26.0 + labels_height).ceil(),
        width: side,
        height: side,
    };
    cells(&mut canvas, area, run, &shown);
    grid(&mut canvas, area, shown.len());
    class_names(&mut canvas, area, &labels, is_level);
    recalls(&mut canvas, area, run, &shown);
    let heading = TextStyle::new(TEXT).anchor(Anchor::Middle);
    let above = [left + side / 2.0, area.y - 14.0 - labels_height];
    canvas.text(above, &format!("Predicted {}", scene.class.one()), heading);
    let beside = [MARGIN + 6.0, area.y + side / 2.0];
    canvas.text_beside(
        beside,
        &format!("True {}", scene.class.one()),
        heading.upward(),
    );
    ramp(&mut canvas, [left, area.bottom() + 14.0], side.min(180.0));

    let n_right: usize = evaluated
        .iter()
        .map(|&class| run.confusion.count(class, class))
        .sum();
    let n_all: usize = run.confusion.counts.iter().sum();
    let description = format!(
        "Matrix of true against predicted {} with the {} distance at k = {} under the {} protocol. {} \
         of {} are right{}.",
        scene.class.many(),
        run.distance.name(),
        run.k,
        protocol.protocol.name(),
        count(n_right),
        scene.sample.count(n_all),
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

fn cells(canvas: &mut Canvas, area: Rect, run: &Run, classes: &[usize]) {
    let side = area.width / classes.len() as f64;
    for (row, &truth) in classes.iter().enumerate() {
        for (column, &predicted) in classes.iter().enumerate() {
            let place = Rect {
                x: area.x + column as f64 * side,
                y: area.y + row as f64 * side,
                width: side,
                height: side,
            };
            draw_cell(canvas, place, run, truth, predicted);
        }
    }
}

/// Names the rows on the left and the columns above, there upright where they are too wide.
fn class_names(canvas: &mut Canvas, area: Rect, labels: &[String], is_level: bool) {
    let style = TextStyle::new(SMALL);
    let side = area.width / labels.len() as f64;
    for (index, label) in labels.iter().enumerate() {
        let middle = (index as f64 + 0.5) * side;
        let row = [area.x - 7.0, area.y + middle];
        canvas.text_beside(row, label, style.anchor(Anchor::End));
        let column = [area.x + middle, area.y - 6.0];
        if is_level {
            canvas.text(column, label, style.anchor(Anchor::Middle));
        } else {
            canvas.text_beside(column, label, style.upward());
        }
    }
}

/// The share of every row that lies on the diagonal, right of the matrix.
fn recalls(canvas: &mut Canvas, area: Rect, run: &Run, classes: &[usize]) {
    let style = TextStyle::new(SMALL).color(MUTED);
    let side = area.height / classes.len() as f64;
    let x = area.right() + 10.0;
    canvas.text([x, area.y - 6.0], "Recall", style);
    for (index, &class) in classes.iter().enumerate() {
        let share = run.confusion.count(class, class) as f64 / support(run, class) as f64;
        let middle = area.y + (index as f64 + 0.5) * side;
        canvas.text_beside([x, middle], &percent(share), style);
    }
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

/// Faint lines between the cells, and the frame.
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
    canvas.rect(area, Paint::stroke(PALE, 0.8));
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
            scene.evaluated_label(truth),
            scene.evaluated_label(predicted),
            count(n)
        ),
    }
}
