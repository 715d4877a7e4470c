//! Rows of a dot with its interval, and their values in words at the right.

use super::canvas::{Anchor, Canvas, Paint, Path, TextStyle};
use super::color::{Color, PALE, Shape, WHITE};
use super::panel::{Panel, SMALL};

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) value: f64,
    /// Its lower and upper end.
    pub(super) interval: Option<[f64; 2]>,
    pub(super) color: Color,
    pub(super) shape: Shape,
    /// White inside.
    pub(super) is_open: bool,
}

/// Draws a dot and its interval at a height of the panel, in px.
pub(super) fn dot(canvas: &mut Canvas, panel: &Panel, y: f64, dot: &Dot) {
    if let Some([low, high]) = dot.interval {
        let ends = [[panel.x.clamped(low), y], [panel.x.clamped(high), y]];
        canvas.line(ends[0], ends[1], Paint::stroke(dot.color, 1.6));
    }
    let mut marker = Path::default();
    marker.marker([panel.x.clamped(dot.value), y], dot.shape, 3.6);
    let inside = if dot.is_open { WHITE } else { dot.color };
    canvas.path(&marker, Paint::fill(inside).outlined(dot.color, 1.4));
}

/// Draws what guessing gives as an upright stroke.
pub(super) fn chance(canvas: &mut Canvas, panel: &Panel, y: f64, value: f64, height: f64) {
    let x = panel.x.clamped(value);
    let ends = [[x, y - height / 2.0], [x, y + height / 2.0]];
    canvas.line(ends[0], ends[1], Paint::stroke(PALE, 2.0));
}

/// Writes right of the panel what a row shows.
pub(super) fn value_text(canvas: &mut Canvas, y: f64, text: &str) {
    let style = TextStyle::new(SMALL).anchor(Anchor::End);
    canvas.text_beside([canvas.width - super::panel::MARGIN, y], text, style);
}
