//! An SVG under construction: shapes and text in px, the same bytes for the same calls.

use std::fmt::Write;

use super::color::{Color, INK, Shape, WHITE};
use super::font::{self, CAP_HEIGHT, FAMILY, PLACEHOLDER, Weight};

/// A place in px, from the upper left.
pub(super) type Point = [f64; 2];

/// A rectangle in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the insides of both have a place in common.
    pub(super) fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// Whether all of `other` lies inside.
    pub(super) fn contains(&self, other: &Rect) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }
}

/// How a shape is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    fill: Option<Color>,
    stroke: Option<(Color, f64)>,
    opacity: f64,
    is_dashed: bool,
}

impl Paint {
    /// A filled shape without an outline.
    pub(super) fn fill(color: Color) -> Paint {
        Paint {
            fill: Some(color),
            stroke: None,
            opacity: 1.0,
            is_dashed: false,
        }
    }

    /// An outline of that width in px.
    pub(super) fn stroke(color: Color, width: f64) -> Paint {
        Paint {
            fill: None,
            stroke: Some((color, width)),
            opacity: 1.0,
            is_dashed: false,
        }
    }

    /// The same with an outline.
    pub(super) fn outlined(self, color: Color, width: f64) -> Paint {
        Paint {
            stroke: Some((color, width)),
            ..self
        }
    }

    /// The same, its inside letting through what lies below.
    pub(super) fn opacity(self, opacity: f64) -> Paint {
        Paint { opacity, ..self }
    }

    /// The same with a dashed outline where `is_dashed`.
    pub(super) fn dashed(self, is_dashed: bool) -> Paint {
        Paint { is_dashed, ..self }
    }

    fn write(&self, out: &mut String) {
        match self.fill {
            Some(color) => push(out, format_args!(" fill=\"{color}\"")),
            None => out.push_str(" fill=\"none\""),
        }
        if let Some((color, width)) = self.stroke {
            push(
                out,
                format_args!(" stroke=\"{color}\" stroke-width=\"{}\"", number(width)),
            );
            if self.fill.is_none() {
                out.push_str(" stroke-linejoin=\"round\"");
            }
        }
        if self.is_dashed {
            out.push_str(" stroke-dasharray=\"5 3\"");
        }
        // Not `opacity`, which would make renderers paint the shape on a layer of its own.
        if self.opacity < 1.0 {
            push(
                out,
                format_args!(" fill-opacity=\"{}\"", number(self.opacity)),
            );
        }
    }
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TextStyle {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) color: Color,
    pub(super) anchor: Anchor,
    /// A white rim, so that it reads on top of marks.
    pub(super) has_halo: bool,
    /// Turned to read from below upward.
    pub(super) is_upward: bool,
}

impl TextStyle {
    /// Regular ink of that size in px, from its place to the right.
    pub(super) fn new(size: f64) -> TextStyle {
        TextStyle {
            size,
            weight: Weight::Regular,
            color: INK,
            anchor: Anchor::Start,
            has_halo: false,
            is_upward: false,
        }
    }

    pub(super) fn color(self, color: Color) -> TextStyle {
        TextStyle { color, ..self }
    }

    pub(super) fn anchor(self, anchor: Anchor) -> TextStyle {
        TextStyle { anchor, ..self }
    }

    pub(super) fn semibold(self) -> TextStyle {
        TextStyle {
            weight: Weight::SemiBold,
            ..self
        }
    }

    pub(super) fn halo(self) -> TextStyle {
        TextStyle {
            has_halo: true,
            ..self
        }
    }

    pub(super) fn upward(self) -> TextStyle {
        TextStyle {
            is_upward: true,
            ..self
        }
    }

    pub(super) fn width(&self, text: &str) -> f64 {
        font::width(text, self.size, self.weight)
    }

    pub(super) fn ellipsize(&self, text: &str, max_width: f64) -> String {
        font::ellipsize(text, self.size, self.weight, max_width)
    }
}

/// An SVG under construction.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) width: f64,
    body: String,
}

impl Canvas {
    /// An empty canvas of that width in px, rounded up; its height is known at the end.
    pub(super) fn new(width: f64) -> Canvas {
        Canvas {
            width: width.ceil(),
            body: String::new(),
        }
    }

    pub(super) fn rect(&mut self, rect: Rect, paint: Paint) {
        let Rect {
            x,
            y,
            width,
            height,
        } = rect;
        self.body.push_str("<rect");
        for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
            push(
                &mut self.body,
                format_args!(" {name}=\"{}\"", number(value)),
            );
        }
        self.close(paint);
    }

    pub(super) fn line(&mut self, from: Point, to: Point, paint: Paint) {
        let mut path = Path::default();
        path.line(&[from, to]);
        self.path(&path, paint);
    }

    pub(super) fn path(&mut self, path: &Path, paint: Paint) {
        if !path.0.is_empty() {
            push(&mut self.body, format_args!("<path d=\"{}\"", path.0));
            self.close(paint);
        }
    }

    /// Text with its baseline at `place`. Characters that XML cannot hold are shown as `□`.
    pub(super) fn text(&mut self, place: Point, text: &str, style: TextStyle) {
        if text.is_empty() {
            return;
        }
        let [x, y] = place.map(number);
        push(
            &mut self.body,
            format_args!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"",
                number(style.size)
            ),
        );
        if style.weight != Weight::Regular {
            push(
                &mut self.body,
                format_args!(" font-weight=\"{}\"", style.weight.number()),
            );
        }
        match style.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.body.push_str(" text-anchor=\"end\""),
        }
        if style.is_upward {
            push(
                &mut self.body,
                format_args!(" transform=\"rotate(-90 {x} {y})\""),
            );
        }
        push(&mut self.body, format_args!(" fill=\"{}\"", style.color));
        if style.has_halo {
            push(
                &mut self.body,
                format_args!(
                    " stroke=\"{WHITE}\" stroke-width=\"3\" stroke-linejoin=\"round\" \
                     paint-order=\"stroke\""
                ),
            );
        }
        push(&mut self.body, format_args!(">{}</text>\n", escape(text)));
    }

    /// Text with the middle of its capitals at the height of `place`.
    pub(super) fn text_beside(&mut self, place: Point, text: &str, style: TextStyle) {
        let shift = style.size * CAP_HEIGHT / 2.0;
        let place = match style.is_upward {
            true => [place[0] + shift, place[1]],
            false => [place[0], place[1] + shift],
        };
        self.text(place, text, style);
    }

    /// The whole SVG, `height` px high; `label` is what a screen reader says.
    pub(super) fn finish(self, height: f64, label: &str) -> String {
        let (width, height) = (number(self.width), number(height.ceil()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\" \
             font-family=\"{FAMILY}\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{WHITE}\"/>\n{}</svg>\n",
            escape(label),
            self.body
        )
    }

    fn close(&mut self, paint: Paint) {
        paint.write(&mut self.body);
        self.body.push_str("/>\n");
    }
}

/// The outline of a shape, or of many.
#[derive(Debug, Default)]
pub(super) struct Path(String);

impl Path {
    /// Adds straight lines from point to point.
    pub(super) fn line(&mut self, points: &[Point]) {
        for (index, [x, y]) in points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            push(
                &mut self.0,
                format_args!("{command}{} {}", number(*x), number(*y)),
            );
        }
    }

    /// Adds a closed polygon.
    pub(super) fn polygon(&mut self, points: &[Point]) {
        if !points.is_empty() {
            self.line(points);
            self.0.push('Z');
        }
    }

    /// Adds a marker; all shapes cover about the area of a circle of `radius`.
    pub(super) fn marker(&mut self, [x, y]: Point, shape: Shape, radius: f64) {
        let corners = |offsets: &[[f64; 2]]| -> Vec<Point> {
            offsets
                .iter()
                .map(|[dx, dy]| [x + dx * radius, y + dy * radius])
                .collect()
        };
        match shape {
            Shape::Circle => {
                let r = number(radius);
                let d = number(2.0 * radius);
                let (left, y) = (number(x - radius), number(y));
                let half = format_args!("M{left} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z");
                push(&mut self.0, half);
            }
            Shape::Square => {
                self.polygon(&corners(&[
                    [-0.89, -0.89],
                    [0.89, -0.89],
                    [0.89, 0.89],
                    [-0.89, 0.89],
                ]));
            }
            Shape::Triangle => {
                self.polygon(&corners(&[[0.0, -1.4], [1.25, 0.8], [-1.25, 0.8]]));
            }
            Shape::Diamond => {
                self.polygon(&corners(&[
                    [0.0, -1.4],
                    [1.15, 0.0],
                    [0.0, 1.4],
                    [-1.15, 0.0],
                ]));
            }
            Shape::TriangleDown => {
                self.polygon(&corners(&[[0.0, 1.4], [1.25, -0.8], [-1.25, -0.8]]));
            }
        }
    }
}

/// A number with at most two decimals and no needless zeros; never `-0`.
pub(super) fn number(value: f64) -> String {
    debug_assert!(value.is_finite(), "figures place finite numbers only");
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Text as XML can hold it, in elements and attributes alike.
///
/// Control characters, among them those that turn the direction of writing, become `□`: XML forbids
/// most of them, and none has a place in a label.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                escaped.push(PLACEHOLDER);
            }
            character if character.is_control() => escaped.push(PLACEHOLDER),
            character => escaped.push(character),
        }
    }
    escaped
}

/// Appends without allocating in between.
fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a String takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_at_most() {
        let cases = [
            (0.0, "0"),
            (-0.001, "0"),
            (12.0, "12"),
            (0.126, "0.13"),
            (-3.5, "-3.5"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escape("<a & 'b' \"c\">"),
            "&lt;a &amp; &#39;b&#39; &quot;c&quot;&gt;"
        );
        assert_eq!(escape("a\u{0}b\u{1b}\tc\u{202e}d\u{ffff}"), "a□b□ c□d□");
        assert_eq!(escape("naïve 漢字 😀"), "naïve 漢字 😀");
    }

    #[test]
    fn rectangles_touch_without_overlapping() {
        let at = |x, y| Rect {
            x,
            y,
            width: 10.0,
            height: 10.0,
        };
        assert!(at(0.0, 0.0).overlaps(&at(9.0, 9.0)));
        assert!(!at(0.0, 0.0).overlaps(&at(10.0, 0.0)));
        assert!(at(0.0, 0.0).contains(&at(0.0, 0.0)));
        assert!(!at(0.0, 0.0).contains(&at(1.0, 0.0)));
    }
}
