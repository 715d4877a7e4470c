//! Colors: the inks, the classes' palette with its marker shapes, and the sequential ramp.

use std::fmt;

/// A color of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color(pub(super) [u8; 3]);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

const fn rgb(hex: u32) -> Color {
    Color([(hex >> 16) as u8, (hex >> 8) as u8, hex as u8])
}

/// Background.
pub(super) const WHITE: Color = rgb(0xffffff);
/// Text on colored cells, where ink would not stand out enough.
const BLACK: Color = rgb(0x000000);
/// Titles and values.
pub(super) const INK: Color = rgb(0x222222);
/// Axes, tick labels, captions.
pub(super) const MUTED: Color = rgb(0x595959);
/// Frames and leader lines.
pub(super) const PALE: Color = rgb(0xa6a6a6);
/// Grid lines.
pub(super) const FAINT: Color = rgb(0xe6e6e6);
/// The cosine distance, everywhere (Okabe & Ito's blue).
pub(super) const COSINE: Color = rgb(0x0072b2);
/// The euclidean distance, everywhere (Okabe & Ito's vermilion).
pub(super) const EUCLIDEAN: Color = rgb(0xd55e00);
/// Bars and whatever has no other meaning.
pub(super) const PLAIN: Color = rgb(0x4a7ba6);

/// Ten colors after Okabe & Ito (2008) and Tol (2021, "muted"), ordered so that neighbors differ in
/// lightness as well as in hue.
const CLASSES: [Color; 10] = [
    rgb(0x0072b2),
    rgb(0xe69f00),
    rgb(0x117733),
    rgb(0xcc79a7),
    rgb(0x332288),
    rgb(0x56b4e9),
    rgb(0xd55e00),
    rgb(0x44aa99),
    rgb(0x882255),
    rgb(0x999933),
];

/// The outline of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
}

/// The shapes in the order in which classes take them.
const SHAPES: [Shape; 5] = [
    Shape::Circle,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::TriangleDown,
];

/// The color and shape of a class: fifty pairs before one comes again.
///
/// Within the first ten the shapes alternate too, so that no two of them rest on color alone where
/// that is weak.
pub(super) fn class_style(class: usize) -> (Color, Shape) {
    let round = class / CLASSES.len();
    (
        CLASSES[class % CLASSES.len()],
        SHAPES[(class + round) % SHAPES.len()],
    )
}

impl Color {
    /// `share` of `other` and the rest of this, in sRGB; 0 is this, 1 is `other`.
    pub(super) fn mix(self, other: Color, share: f64) -> Color {
        let mut mixed = [0; 3];
        for (channel, value) in mixed.iter_mut().enumerate() {
            let (from, to) = (f64::from(self.0[channel]), f64::from(other.0[channel]));
            *value = (from + (to - from) * share.clamp(0.0, 1.0)).round() as u8;
        }
        Color(mixed)
    }

    /// Dark enough for text on white, and still recognizably this color.
    pub(super) fn for_text(self) -> Color {
        let steps = (0..=20).map(|step| self.mix(INK, f64::from(step) / 20.0));
        steps
            .into_iter()
            .find(|color| color.contrast(WHITE) >= 4.5)
            .unwrap_or(INK)
    }

    /// Black or white, whichever reads better on this.
    pub(super) fn readable_text(self) -> Color {
        if self.contrast(WHITE) >= self.contrast(BLACK) {
            WHITE
        } else {
            BLACK
        }
    }

    /// The contrast ratio of WCAG 2.1, from 1 to 21.
    pub(super) fn contrast(self, other: Color) -> f64 {
        // The transfer function of sRGB to within 0.002, by products alone: a power is not the same
        // number on every machine.
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            value * (value * (value * 0.305_306_011 + 0.682_171_111) + 0.012_522_878)
        };
        let luminance = |color: Color| {
            let [red, green, blue] = color.0.map(linear);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (first, second) = (luminance(self) + 0.05, luminance(other) + 0.05);
        first.max(second) / first.min(second)
    }
}

/// White to dark blue: rising darkness alone carries the value, so every kind of color vision reads
/// it. `share` from 0 to 1.
pub(super) fn sequential(share: f64) -> Color {
    const STOPS: [Color; 5] = [
        rgb(0xffffff),
        rgb(0xcfe1f2),
        rgb(0x7db8da),
        rgb(0x2f7ebc),
        rgb(0x08306b),
    ];
    let position = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let stop = (position as usize).min(STOPS.len() - 2);
    STOPS[stop].mix(STOPS[stop + 1], position - stop as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_classes_look_different() {
        let styles: Vec<_> = (0..50).map(class_style).collect();
        for (class, style) in styles.iter().enumerate() {
            assert!(!styles[..class].contains(style), "class {class}");
        }
    }

    /// Two of the first ten classes that the color-blind confuse have different shapes.
    ///
    /// Color blindness as Viénot, Brettel & Mollon (1999) simulate it in linear RGB; two colors
    /// count as confused below a CIELAB difference of 10, some four times what is just noticed.
    #[test]
    fn the_first_ten_classes_differ_for_the_color_blind() {
        let protan = [
            [0.11238, 0.88762, 0.0],
            [0.11238, 0.88762, 0.0],
            [0.00401, -0.00401, 1.0],
        ];
        let deutan = [
            [0.29275, 0.70725, 0.0],
            [0.29275, 0.70725, 0.0],
            [-0.02234, 0.02234, 1.0],
        ];
        for matrix in [protan, deutan] {
            for first in 0..10 {
                for second in 0..first {
                    let [(a, shape), (b, other)] = [first, second].map(class_style);
                    let difference = lab_difference(seen(a, matrix), seen(b, matrix));
                    assert!(
                        shape != other || difference > 10.0,
                        "{first} and {second}: {difference}"
                    );
                }
            }
        }
    }

    #[test]
    fn text_is_readable_on_every_cell() {
        for step in 0..=100 {
            let cell = sequential(f64::from(step) / 100.0);
            assert!(cell.contrast(cell.readable_text()) >= 4.5, "{step}: {cell}");
        }
        for class in 0..10 {
            assert!(class_style(class).0.for_text().contrast(WHITE) >= 4.5);
        }
    }

    #[test]
    fn the_ramp_only_darkens() {
        let contrast = |step: u32| sequential(f64::from(step) / 50.0).contrast(WHITE);
        assert!((1..=50).all(|step| contrast(step) > contrast(step - 1)));
    }

    fn linear(color: Color) -> [f64; 3] {
        color.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn seen(color: Color, matrix: [[f64; 3]; 3]) -> [f64; 3] {
        let rgb = linear(color);
        matrix.map(|row| {
            row.iter()
                .zip(rgb)
                .map(|(weight, value)| weight * value)
                .sum()
        })
    }

    fn lab_difference(first: [f64; 3], second: [f64; 3]) -> f64 {
        let (first, second) = (lab(first), lab(second));
        (0..3)
            .map(|axis| (first[axis] - second[axis]).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
        let root = |value: f64| {
            if value > 0.008856 {
                value.cbrt()
            } else {
                7.787 * value + 16.0 / 116.0
            }
        };
        let x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
        let y = root(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        let z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }
}
