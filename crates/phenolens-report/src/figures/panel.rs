//! What most figures share: a header, a panel with two axes, a row of keys, a caption.

use super::canvas::{Anchor, Canvas, Paint, Path, Point, Rect, TextStyle};
use super::color::{Color, FAINT, INK, MUTED, Shape};
use super::font::{self, Weight};
use super::scale::{Scale, Tick};

/// The width of a figure over two columns of a journal, 183 mm, in px of 1/96 inch.
pub(super) const DOUBLE: f64 = 692.0;
/// The width of a figure over one and a half columns, 120 mm.
pub(super) const MIDDLE: f64 = 454.0;
/// The empty rim of a figure.
pub(super) const MARGIN: f64 = 12.0;
/// The size of tick labels, values and keys, 8 points.
pub(super) const SMALL: f64 = 10.67;
/// The size of axis labels and panel titles, 8.5 points.
pub(super) const TEXT: f64 = 11.33;
/// From one line of small text to the next.
pub(super) const LINE: f64 = 15.0;

/// Draws title and subtitle and returns the height at which the content may begin.
pub(super) fn header(canvas: &mut Canvas, title: &str, subtitle: &str) -> f64 {
    let room = canvas.width - 2.0 * MARGIN;
    let mut y = MARGIN + 11.0;
    for line in font::wrap(title, 14.0, Weight::SemiBold, room) {
        canvas.text([MARGIN, y], &line, TextStyle::new(14.0).semibold());
        y += 18.0;
    }
    paragraph(canvas, y, subtitle) + 4.0
}

/// Draws muted text with its first baseline at `y`, in as many lines as it needs, and returns the
/// height of the next.
pub(super) fn paragraph(canvas: &mut Canvas, y: f64, text: &str) -> f64 {
    let room = canvas.width - 2.0 * MARGIN;
    let mut y = y;
    for line in font::wrap_evenly(text, SMALL, Weight::Regular, room) {
        let line = font::ellipsize(&line, SMALL, Weight::Regular, room);
        canvas.text([MARGIN, y], &line, TextStyle::new(SMALL).color(MUTED));
        y += LINE;
    }
    y
}

/// An entry of a row of keys.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) mark: Mark,
    pub(super) color: Color,
}

/// What stands beside the text of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mark {
    Line { is_dashed: bool },
    Filled(Shape),
    Open(Shape),
    Area,
    Tick,
}

/// Draws keys from left to right, broken into lines where needed, and returns the height below.
pub(super) fn keys(canvas: &mut Canvas, y: f64, keys: &[Key]) -> f64 {
    let style = TextStyle::new(SMALL);
    let (mut x, mut y) = (MARGIN, y);
    for key in keys {
        let text = style.ellipsize(&key.text, canvas.width - 2.0 * MARGIN - 26.0);
        let width = 24.0 + style.width(&text);
        if x > MARGIN && x + width > canvas.width - MARGIN {
            (x, y) = (MARGIN, y + LINE + 1.0);
        }
        mark(canvas, [x + 9.0, y], key.mark, key.color);
        canvas.text_beside([x + 23.0, y], &text, style);
        x += width + 18.0;
    }
    y + LINE
}

/// Draws the mark of a key around its middle.
pub(super) fn mark(canvas: &mut Canvas, [x, y]: Point, mark: Mark, color: Color) {
    let mut path = Path::default();
    match mark {
        Mark::Line { is_dashed } => {
            let paint = Paint::stroke(color, 1.8).dashed(is_dashed);
            canvas.line([x - 9.0, y], [x + 9.0, y], paint);
        }
        Mark::Filled(shape) => {
            path.marker([x, y], shape, 4.0);
            canvas.path(&path, Paint::fill(color));
        }
        Mark::Open(shape) => {
            path.marker([x, y], shape, 3.6);
            canvas.path(&path, Paint::stroke(color, 1.5));
        }
        Mark::Area => {
            let area = Rect {
                x: x - 9.0,
                y: y - 4.5,
                width: 18.0,
                height: 9.0,
            };
            canvas.rect(area, Paint::fill(color).opacity(0.5));
        }
        Mark::Tick => canvas.line([x, y - 5.0], [x, y + 5.0], Paint::stroke(color, 1.5)),
    }
}

/// A rectangle with a scale each way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    pub(super) area: Rect,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Panel {
    /// A panel over those domains, y pointing up.
    pub(super) fn new(area: Rect, x: [f64; 2], y: [f64; 2]) -> Panel {
        Panel {
            area,
            x: Scale::new(x, [area.x, area.right()]),
            y: Scale::new(y, [area.bottom(), area.y]),
        }
    }

    /// The place of a value, no further out than the panel's edge.
    pub(super) fn at(&self, x: f64, y: f64) -> Point {
        [self.x.clamped(x), self.y.clamped(y)]
    }

    /// Draws the horizontal axis below, with its label under the ticks.
    pub(super) fn x_axis(&self, canvas: &mut Canvas, ticks: &[Tick], label: &str) {
        let Rect { x, width, .. } = self.area;
        let bottom = self.area.bottom();
        canvas.line([x, bottom], [x + width, bottom], Paint::stroke(MUTED, 0.8));
        let style = TextStyle::new(SMALL).color(MUTED).anchor(Anchor::Middle);
        for tick in ticks {
            let place = self.x.at(tick.value);
            canvas.line(
                [place, bottom],
                [place, bottom + 3.5],
                Paint::stroke(MUTED, 0.8),
            );
            canvas.text([place, bottom + 14.5], &tick.text, style);
        }
        let style = TextStyle::new(TEXT).anchor(Anchor::Middle);
        canvas.text([x + width / 2.0, bottom + 31.0], label, style);
    }

    /// Draws the vertical axis on the left with faint lines across, and its label reading upward.
    pub(super) fn y_axis(&self, canvas: &mut Canvas, ticks: &[Tick], label: &str) {
        let Rect {
            x,
            y,
            width,
            height,
        } = self.area;
        let style = TextStyle::new(SMALL).color(MUTED).anchor(Anchor::End);
        let mut widest = 0.0_f64;
        for tick in ticks {
            let place = self.y.at(tick.value);
            canvas.line([x, place], [x + width, place], Paint::stroke(FAINT, 0.8));
            canvas.text_beside([x - 6.0, place], &tick.text, style);
            widest = widest.max(style.width(&tick.text));
        }
        canvas.line([x, y], [x, y + height], Paint::stroke(MUTED, 0.8));
        if !label.is_empty() {
            let style = TextStyle::new(TEXT).anchor(Anchor::Middle).upward();
            canvas.text_beside([x - 16.0 - widest, y + height / 2.0], label, style);
        }
    }

    /// Draws faint vertical lines at the ticks.
    pub(super) fn vertical_grid(&self, canvas: &mut Canvas, ticks: &[Tick]) {
        for tick in ticks {
            let x = self.x.at(tick.value);
            let paint = Paint::stroke(FAINT, 0.8);
            canvas.line([x, self.area.y], [x, self.area.bottom()], paint);
        }
    }

    /// Draws a title above the panel, flush with its left edge.
    pub(super) fn title(&self, canvas: &mut Canvas, text: &str) {
        let style = TextStyle::new(TEXT).semibold().color(INK);
        let text = style.ellipsize(text, self.area.width);
        canvas.text([self.area.x, self.area.y - 8.0], &text, style);
    }
}
