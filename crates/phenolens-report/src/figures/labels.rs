//! Direct labels that stay out of each other's way.

use super::canvas::{Point, Rect, TextStyle};
use super::font::{CAP_HEIGHT, DESCENT};

/// A label and where it wants to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
    /// Where its middle wants to be.
    pub(super) wanted: Point,
}

/// A label that has found its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedLabel {
    /// Which of the given labels it is.
    pub(super) index: usize,
    /// The middle of its box.
    pub(super) middle: Point,
    /// The room it takes.
    pub(super) area: Rect,
}

/// Directions in which a label is moved, eight around; fixed numbers, so that every machine agrees.
const DIRECTIONS: [Point; 8] = [
    [0.0, -1.0],
    [0.0, 1.0],
    [1.0, 0.0],
    [-1.0, 0.0],
    [0.7, -0.7],
    [-0.7, -0.7],
    [0.7, 0.7],
    [-0.7, 0.7],
];

/// Places the labels in their order, each at the nearest free place inside `bounds`, at most
/// `max_shift` px from where it wants to be; one that finds no room is left out.
pub(super) fn place(
    labels: &[Label],
    style: TextStyle,
    bounds: Rect,
    max_shift: f64,
) -> Vec<PlacedLabel> {
    let mut placed: Vec<PlacedLabel> = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        let width = style.width(&label.text) + 4.0;
        let height = style.size * (CAP_HEIGHT + DESCENT) + 3.0;
        let area_at = |shift: Point| {
            // A label at the very edge is first moved inside.
            let x = (label.wanted[0] - width / 2.0)
                .min(bounds.right() - width)
                .max(bounds.x);
            let y = (label.wanted[1] - height / 2.0)
                .min(bounds.bottom() - height)
                .max(bounds.y);
            Rect {
                x: x + shift[0],
                y: y + shift[1],
                width,
                height,
            }
        };
        let is_free = |area: &Rect| {
            bounds.contains(area) && !placed.iter().any(|other| other.area.overlaps(area))
        };
        let rings = (0..=(max_shift / 4.0) as usize).map(|ring| 4.0 * ring as f64);
        let shifts = rings.flat_map(|radius| DIRECTIONS.map(|[x, y]| [x * radius, y * radius]));
        if let Some(area) = shifts.into_iter().map(area_at).find(is_free) {
            let middle = [area.x + width / 2.0, area.y + height / 2.0];
            placed.push(PlacedLabel {
                index,
                middle,
                area,
            });
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Rect = Rect {
        x: 0.0,
        y: 0.0,
        width: 300.0,
        height: 300.0,
    };

    fn labels(wanted: impl IntoIterator<Item = Point>) -> Vec<Label> {
        let label = |(index, wanted)| Label {
            text: format!("class {index}"),
            wanted,
        };
        wanted.into_iter().enumerate().map(label).collect()
    }

    #[test]
    fn a_lone_label_stays_where_it_wants_to_be() {
        let placed = place(
            &labels([[150.0, 150.0]]),
            TextStyle::new(12.0),
            BOUNDS,
            50.0,
        );
        assert_eq!(placed[0].middle, [150.0, 150.0]);
    }

    #[test]
    fn labels_that_want_one_place_share_the_room_around_it() {
        let wanted = [[290.0, 5.0]; 12];
        let placed = place(&labels(wanted), TextStyle::new(12.0), BOUNDS, 150.0);
        assert_eq!(placed.len(), 12);
        for (index, label) in placed.iter().enumerate() {
            assert!(BOUNDS.contains(&label.area));
            assert!(
                placed[..index]
                    .iter()
                    .all(|other| !other.area.overlaps(&label.area))
            );
        }
    }

    #[test]
    fn a_label_without_room_is_left_out() {
        let placed = place(
            &labels([[150.0, 150.0]; 3]),
            TextStyle::new(12.0),
            BOUNDS,
            0.0,
        );
        assert_eq!(placed.len(), 1);
    }
}
