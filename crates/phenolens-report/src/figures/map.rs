//! The maps, colored by class, each with its quality.

use phenolens_core::projection::Projection;

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Path, Point, Rect, TextStyle};
use super::color::{Color, MUTED, PALE, Shape, WHITE, class_style};
use super::labels::{self, Label};
use super::panel::{self, DOUBLE, LINE, MARGIN, SMALL, TEXT};
use super::scene::Scene;
use crate::facts::capitalized;
use crate::numbers::{count, fixed, measure, percent};

/// Samples that are drawn; of more, this many are picked evenly from the order of the source.
const MAX_MARKERS: usize = 10_000;
/// Layers into which the samples of all classes are mixed, so that no class hides another.
const N_LAYERS: usize = 8;
/// The greatest height of the map itself.
const MAX_HEIGHT: f64 = 600.0;

/// Samples among which the densest place of a class is looked for.
const MAX_HEART_SAMPLES: usize = 400;
/// Class labels that are tried; more would not be readable.
const MAX_LABELS: usize = 150;
/// How far samples count as near there, as a share of the map's extent.
const HEART_REACH: f64 = 0.08;

/// One figure per map.
pub(super) fn draw(scene: &Scene<'_>) -> Vec<Figure> {
    scene
        .analysis
        .projections
        .iter()
        .map(|map| draw_map(scene, map))
        .collect()
}

fn draw_map(scene: &Scene<'_>, map: &Projection) -> Figure {
    let n_samples = map.positions.len();
    let title = format!(
        "t-SNE map, {} distance, colored by {}",
        map.distance.name(),
        scene.class.one()
    );
    let mut subtitle = format!(
        "{} of {}, perplexity {}, {} steps",
        scene.sample.count(n_samples),
        scene.class.count(map.classes.len()),
        fixed(map.settings.perplexity, 1).trim_end_matches(".0"),
        count(map.settings.n_steps),
    );
    if n_samples > MAX_MARKERS {
        let drawn = format!("; {} of them are drawn, picked evenly", count(MAX_MARKERS));
        subtitle.push_str(&drawn);
    }
    let mut canvas = Canvas::new(DOUBLE);
    let top = panel::header(&mut canvas, &title, &subtitle);

    let legend = Legend::new(scene, map);
    let room = [DOUBLE - 2.0 * MARGIN - legend.width - 16.0, MAX_HEIGHT];
    let frame = Frame::fit(&map.positions, [MARGIN, top], room, legend.height());
    canvas.rect(frame.area, Paint::stroke(PALE, 0.6));
    markers(&mut canvas, scene, map, &frame);
    class_labels(&mut canvas, scene, map, &frame);
    legend.draw(&mut canvas, [frame.area.right() + 16.0, top + 8.0]);

    let y = frame.area.bottom() + 18.0;
    let quality = quality_words(scene, map);
    let bottom = panel::paragraph(&mut canvas, y, &format!("Map quality: {quality}."));
    let caution = format!(
        "The axes have no unit. Neighboring {} tend to be alike; the sizes of clusters and the gaps \
         between them are not to scale.",
        scene.sample.many()
    );
    let bottom = panel::paragraph(&mut canvas, bottom, &caution);

    let description = format!(
        "Scatter plot of {} on a t-SNE map made from the {} distance, colored by {}. {}.",
        scene.sample.count(n_samples),
        map.distance.name(),
        scene.class.one(),
        capitalized(&quality)
    );
    let name = format!("map_{}", map.distance.name());
    Figure::new(name, title, description, canvas, bottom - LINE + MARGIN)
}

/// Where a map's positions lie on the canvas: the same px per unit both ways.
#[derive(Debug, Clone, Copy)]
struct Frame {
    area: Rect,
    middle: Point,
    px_per_unit: f64,
}

impl Frame {
    /// The largest frame inside `room` px, as wide as the room, with a rim for the markers, and at
    /// least `min_height` high.
    fn fit(positions: &[Point], corner: Point, room: Point, min_height: f64) -> Frame {
        const RIM: f64 = 14.0;
        let ends = ends(positions);
        let extents = ends.map(|[low, high]| high - low);
        let fits = |axis: usize| match extents[axis] > 0.0 {
            true => (room[axis] - 2.0 * RIM) / extents[axis],
            false => f64::INFINITY,
        };
        let px_per_unit = match fits(0).min(fits(1)) {
            fitting if fitting.is_finite() => fitting,
            _ => 1.0,
        };
        let height = extents[1] * px_per_unit + 2.0 * RIM;
        Frame {
            area: Rect {
                x: corner[0],
                y: corner[1],
                width: room[0],
                height: height.max(min_height),
            },
            middle: ends.map(|[low, high]| (low + high) / 2.0),
            px_per_unit,
        }
    }

    /// The place of a position; the second coordinate points up.
    fn at(&self, position: Point) -> Point {
        [
            self.area.x + self.area.width / 2.0 + (position[0] - self.middle[0]) * self.px_per_unit,
            self.area.y + self.area.height / 2.0
                - (position[1] - self.middle[1]) * self.px_per_unit,
        ]
    }
}

fn markers(canvas: &mut Canvas, scene: &Scene<'_>, map: &Projection, frame: &Frame) {
    let order = spread_order(map.positions.len());
    let drawn = &order[..order.len().min(MAX_MARKERS)];
    let radius = match drawn.len() {
        0..=300 => 3.6,
        301..=3000 => 2.7,
        3001..=8000 => 1.9,
        _ => 1.4,
    };
    let rim = if drawn.len() > 3000 { 0.25 } else { 0.5 };
    let classes = scene.analysis.dataset.classes();
    for layer in drawn.chunks(drawn.len().div_ceil(N_LAYERS).max(1)) {
        let mut paths: Vec<Path> = map.classes.iter().map(|_| Path::default()).collect();
        for &sample in layer {
            let class = classes[sample];
            let place = frame.at(map.positions[sample]);
            paths[class].marker(place, class_style(class).1, radius);
        }
        for (class, path) in paths.iter().enumerate() {
            canvas.path(path, Paint::fill(class_style(class).0).outlined(WHITE, rim));
        }
    }
}

/// The numbers below `n` in an order whose every beginning is spread evenly over them (by the
/// multiples of the golden ratio, modulo 1).
fn spread_order(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_cached_key(|&index| (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    order
}

/// Names the classes where they are densest, the largest first; those without room are in the legend
/// only.
fn class_labels(canvas: &mut Canvas, scene: &Scene<'_>, map: &Projection, frame: &Frame) {
    let style = TextStyle::new(TEXT)
        .semibold()
        .anchor(Anchor::Middle)
        .halo();
    let sizes = scene.analysis.dataset.class_sizes();
    let mut classes: Vec<_> = map.classes.iter().collect();
    classes.sort_by_key(|class| (std::cmp::Reverse(sizes[class.class]), class.class));
    classes.truncate(MAX_LABELS);
    let hearts = hearts(scene, map);
    let labels: Vec<Label> = classes
        .iter()
        .map(|class| Label {
            text: style.ellipsize(scene.dataset_label(class.class), 150.0),
            wanted: frame.at(hearts[class.class]),
        })
        .collect();
    let placed = labels::place(&labels, style, frame.area, 90.0);
    for label in &placed {
        let wanted = labels[label.index].wanted;
        let away = (label.middle[1] - wanted[1]).abs() + (label.middle[0] - wanted[0]).abs();
        if away > 24.0 {
            canvas.line(label.middle, wanted, Paint::stroke(MUTED, 0.8));
        }
    }
    for label in &placed {
        let color = class_style(classes[label.index].class).0.for_text();
        canvas.text_beside(label.middle, &labels[label.index].text, style.color(color));
    }
}

/// Where every class is densest: the middle of those of its samples near the one that has most of
/// them near. A class in two clusters has its label on one of them and not in between.
fn hearts(scene: &Scene<'_>, map: &Projection) -> Vec<Point> {
    let mut members: Vec<Vec<Point>> = vec![Vec::new(); map.classes.len()];
    for sample in spread_order(map.positions.len()) {
        let members = &mut members[scene.analysis.dataset.classes()[sample]];
        if members.len() < MAX_HEART_SAMPLES {
            members.push(map.positions[sample]);
        }
    }
    let [x, y] = ends(&map.positions);
    let reach = HEART_REACH * (x[1] - x[0]).max(y[1] - y[0]);
    let centers = map.classes.iter().map(|class| class.center);
    members
        .iter()
        .zip(centers)
        .map(|(members, center)| densest(members, reach).unwrap_or(center))
        .collect()
}

/// The middle of the places within reach of the one that has most within reach, of several the first.
fn densest(places: &[Point], reach: f64) -> Option<Point> {
    let near = |place: Point| {
        places.iter().filter(move |other| {
            let (dx, dy) = (other[0] - place[0], other[1] - place[1]);
            dx * dx + dy * dy <= reach * reach
        })
    };
    let mut most = 0;
    let mut found = None;
    for &place in places {
        let n_near = near(place).count();
        if n_near > most {
            (most, found) = (n_near, Some(place));
        }
    }
    let sum = near(found?).fold([0.0, 0.0], |sum, other| {
        [sum[0] + other[0], sum[1] + other[1]]
    });
    Some(sum.map(|coordinate| coordinate / most as f64))
}

/// The least and greatest coordinate along both axes; 0 of no positions.
fn ends(positions: &[Point]) -> [[f64; 2]; 2] {
    [0, 1].map(|axis| {
        let values = positions.iter().map(|position| position[axis]);
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(f64::NEG_INFINITY, f64::max);
        if low <= high { [low, high] } else { [0.0, 0.0] }
    })
}

/// The classes with their markers and sizes.
struct Legend {
    heading: [String; 2],
    rows: Vec<(Color, Shape, String, String)>,
    /// How many classes have no row.
    n_left_out: usize,
    width: f64,
}

impl Legend {
    fn new(scene: &Scene<'_>, map: &Projection) -> Legend {
        let style = TextStyle::new(SMALL);
        let sizes = scene.analysis.dataset.class_sizes();
        let max_rows = (MAX_HEIGHT / LINE) as usize - 2;
        let mut shown: Vec<usize> = map.classes.iter().map(|class| class.class).collect();
        shown.sort_by_key(|&class| (std::cmp::Reverse(sizes[class]), class));
        let n_left_out = shown.len().saturating_sub(max_rows);
        shown.truncate(max_rows);
        shown.sort_unstable();
        let heading =
            [scene.class.title(), scene.sample.titles()].map(|text| style.ellipsize(&text, 90.0));
        let rows: Vec<_> = shown
            .into_iter()
            .map(|class| {
                let (color, shape) = class_style(class);
                (
                    color,
                    shape,
                    style.ellipsize(scene.dataset_label(class), 130.0),
                    count(sizes[class]),
                )
            })
            .collect();
        let row_width =
            |label: &str, size: &str| 18.0 + style.width(label) + 14.0 + style.width(size);
        let widths = rows
            .iter()
            .map(|(_, _, label, size)| row_width(label, size));
        let width = widths.fold(row_width(&heading[0], &heading[1]), f64::max);
        Legend {
            heading,
            rows,
            n_left_out,
            width,
        }
    }

    /// The height it takes; at least that of a map that is nothing but a line.
    fn height(&self) -> f64 {
        let n_lines = 1 + self.rows.len() + usize::from(self.n_left_out > 0);
        (n_lines as f64 * LINE).max(120.0)
    }

    fn draw(&self, canvas: &mut Canvas, [x, top]: Point) {
        let style = TextStyle::new(SMALL);
        let right = canvas.width - MARGIN;
        canvas.text_beside([x, top], &self.heading[0], style.color(MUTED));
        canvas.text_beside(
            [right, top],
            &self.heading[1],
            style.color(MUTED).anchor(Anchor::End),
        );
        let mut y = top;
        for (color, shape, label, size) in &self.rows {
            y += LINE;
            let mut marker = Path::default();
            marker.marker([x + 6.0, y], *shape, 4.2);
            canvas.path(&marker, Paint::fill(*color));
            canvas.text_beside([x + 18.0, y], label, style);
            canvas.text_beside([right, y], size, style.color(MUTED).anchor(Anchor::End));
        }
        if self.n_left_out > 0 {
            y += LINE;
            let text = format!("and {} smaller ones", count(self.n_left_out));
            canvas.text_beside([x, y], &text, style.color(MUTED));
        }
    }
}

fn quality_words(scene: &Scene<'_>, map: &Projection) -> String {
    let quality = &map.quality;
    let mut words = vec![
        format!("KL divergence {}", measure(quality.kl)),
        format!(
            "trustworthiness {} and continuity {} ({} neighbors)",
            measure(quality.trustworthiness),
            measure(quality.continuity),
            quality.k_trust
        ),
        format!(
            "{} of the {} nearest neighbors kept",
            percent(quality.neighbors_kept),
            quality.k_kept
        ),
    ];
    if let Some(correlation) = quality.class_center_correlation {
        let class = scene.class.one();
        words.push(format!(
            "rank correlation of {class}-center distances {}",
            measure(correlation)
        ));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::analysis_of;

    #[test]
    fn both_axes_have_one_scale() {
        for positions in [[[-40.0, -3.0], [40.0, 3.0]], [[0.0, -50.0], [1.0, 50.0]]] {
            let frame = Frame::fit(&positions, [10.0, 20.0], [500.0, 400.0], 100.0);
            let [origin, right, up] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]].map(|at| frame.at(at));
            assert!((right[0] - origin[0] - frame.px_per_unit).abs() < 1e-9);
            assert!((origin[1] - up[1] - frame.px_per_unit).abs() < 1e-9);
            let inside = |place: Point| {
                frame.area.contains(&Rect {
                    x: place[0],
                    y: place[1],
                    width: 0.0,
                    height: 0.0,
                })
            };
            assert!(
                positions
                    .into_iter()
                    .all(|position| inside(frame.at(position)))
            );
        }
    }

    /// A class of two clusters, five samples and three, is named at the larger.
    #[test]
    fn a_label_wants_to_be_where_its_class_is_densest() {
        let mut analysis = analysis_of(&crate::test_support::Shape::with_classes([1]));
        let map = &mut analysis.projections[0];
        for (sample, position) in map.positions.iter_mut().enumerate() {
            *position = if sample % 8 < 5 {
                [10.0, 1.0]
            } else {
                [-10.0, -1.0]
            };
        }
        let context = crate::test_support::context();
        let scene = Scene::new(&analysis, &context);
        assert_eq!(hearts(&scene, &analysis.projections[0]), [[10.0, 1.0]]);
    }

    #[test]
    fn a_map_of_one_place_is_finite() {
        let frame = Frame::fit(&[[2.0, 2.0]; 3], [0.0, 0.0], [100.0, 100.0], 120.0);
        assert_eq!(frame.at([2.0, 2.0]), [50.0, 60.0]);
    }

    /// Every beginning of the order takes about the same number from each tenth of the source.
    #[test]
    fn the_order_of_drawing_is_even_from_the_start() {
        let order = spread_order(100_000);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..100_000));
        let mut counts = [0_i32; 10];
        for index in &order[..20_000] {
            counts[index / 10_000] += 1;
        }
        assert!(
            counts.iter().all(|count| (count - 2_000).abs() <= 5),
            "{counts:?}"
        );
    }
}
