//! Measures against the number of training subjects.

use phenolens_core::evaluation::{Measure, Run};
use phenolens_core::few_shot::{BAND, ClassSet, LearningCurve, OverDraws};

use super::Figure;
use super::canvas::{Canvas, Paint, Path, Point, Rect};
use super::color::{Color, Shape};
use super::curve::{self, CurvePoint};
use super::panel::{self, DOUBLE, Key, MARGIN, Mark, Panel};
use super::scale::{Tick, nice_axis};
use super::scene::{Scene, distance_color, measure_title};
use crate::numbers;
use crate::words::measures;

/// A measure at one size.
struct Place {
    /// The index of the size: sizes stand evenly.
    x: f64,
    n_subjects: usize,
    n_classes: usize,
    value: OverDraws,
}

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocol = scene.headline()?;
    let runs = scene.main_runs(protocol);
    let select_by = scene.analysis.params.evaluation.select_by;
    let mut shown = vec![select_by];
    for measure in [Measure::Accuracy, Measure::AucMacro, Measure::Top5] {
        if !shown.contains(&measure) {
            shown.push(measure);
        }
    }
    let has_points = |measure: &Measure| {
        runs.iter()
            .any(|run| !places(scene, run, ClassSet::Fixed, *measure).is_empty())
    };
    shown.retain(has_points);
    if shown.is_empty() {
        return None;
    }

    let few_shot = scene.analysis.few_shot.as_ref()?;
    let n_fixed = few_shot.fixed_classes.len();
    let panels = panels(scene, &runs, &shown, n_fixed);
    let title = format!(
        "Measures against the number of {} that teach",
        scene.subject.many()
    );
    let subtitle = format!(
        "Mean over {} draws of the {} of each {}; bands: the middle {} of the draws",
        few_shot.n_draws,
        scene.subject.many(),
        scene.class.one(),
        numbers::confidence(BAND),
    );
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let key = |(index, run): (usize, &&Run)| Key {
        text: run.distance.name().to_owned(),
        mark: Mark::Line {
            is_dashed: index > 0,
        },
        color: distance_color(run.distance),
    };
    let keys: Vec<Key> = runs.iter().enumerate().map(key).collect();
    let top = panel::keys(&mut canvas, y + 2.0, &keys) + 22.0;

    let (left, gap) = (MARGIN + 36.0, 56.0);
    let width = (DOUBLE - left - MARGIN - gap) / 2.0;
    let (height, row_height) = (150.0, 214.0);
    for (index, &panel) in panels.iter().enumerate() {
        let area = Rect {
            x: left + (index % 2) as f64 * (width + gap),
            y: top + (index / 2) as f64 * row_height,
            width,
            height,
        };
        small_multiple(&mut canvas, scene, area, panel, &runs);
    }

    let said: Vec<String> = runs
        .iter()
        .filter_map(|run| said_of(scene, run, shown[0]))
        .collect();
    let same = format!(
        "The same {} and the same test {} at every size",
        scene.class.count(few_shot.fixed_classes.len()),
        scene.subject.many()
    );
    let sets = match panels.iter().any(|panel| panel.1 == ClassSet::Enough) {
        true => format!(
            "{same} on the left; on the right at every size all {} with more {}, whose number stands in \
             brackets",
            scene.class.many(),
            scene.subject.many()
        ),
        false => same,
    };
    let description = format!(
        "{sets}. Mean {} with the same {}: {}.",
        measures::name(shown[0]),
        scene.class.many(),
        said.join("; "),
    );
    let n_rows = panels.len().div_ceil(2) as f64;
    let height = top + n_rows * row_height - (row_height - height) + 42.0;
    Some(Figure::new(
        "learning_curve",
        title,
        description,
        canvas,
        height,
    ))
}

/// Four panels: two measures over both sets of classes, or four measures where no class drops out.
fn panels(
    scene: &Scene<'_>,
    runs: &[&Run],
    shown: &[Measure],
    n_fixed: usize,
) -> Vec<(Measure, ClassSet)> {
    let drops_out = |run: &&Run| {
        let all = places(scene, run, ClassSet::Enough, shown[0]);
        all.iter().any(|place| place.n_classes != n_fixed)
    };
    let sets: &[ClassSet] = match runs.iter().any(drops_out) {
        true => &[ClassSet::Fixed, ClassSet::Enough],
        false => &[ClassSet::Fixed],
    };
    let pairs = shown
        .iter()
        .flat_map(|&measure| sets.iter().map(move |&set| (measure, set)));
    pairs.take(4).collect()
}

fn small_multiple(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    area: Rect,
    (measure, class_set): (Measure, ClassSet),
    runs: &[&Run],
) {
    let curves: Vec<Vec<Place>> = runs
        .iter()
        .map(|run| places(scene, run, class_set, measure))
        .collect();
    let ends = |place: &Place| {
        [
            place.value.band.low,
            place.value.band.high,
            place.value.mean,
        ]
    };
    let values: Vec<f64> = curves.iter().flatten().flat_map(ends).collect();
    // Measures without a bound are cut where the values end.
    let least = values.iter().copied().fold(0.0, f64::min);
    let greatest = values.iter().copied().fold(1.0, f64::max);
    let (y, y_ticks) = nice_axis(values, [least, greatest], 4);
    let title = match class_set {
        ClassSet::Fixed => format!("the same {}", scene.class.many()),
        ClassSet::Enough => format!("all {} with more", scene.class.many()),
    };
    let longest = curves.iter().max_by_key(|curve| curve.len());
    let ticks: Vec<Tick> = longest
        .into_iter()
        .flatten()
        .map(|place| Tick {
            value: place.x,
            text: match class_set {
                ClassSet::Fixed => format!("{}", place.n_subjects),
                ClassSet::Enough => format!("{} ({})", place.n_subjects, place.n_classes),
            },
        })
        .collect();
    let last = ticks.len().max(1) as f64 - 1.0;
    let panel = Panel::new(area, [-0.35, last + 0.35], y);
    panel.y_axis(canvas, &y_ticks, "");
    let label = format!("{} of each {}", scene.subject.titles(), scene.class.one());
    panel.x_axis(canvas, &ticks, &label);
    panel.title(canvas, &format!("{}, {title}", measure_title(measure)));
    // Where other classes are told apart another curve begins.
    let pieces = |places| <[Place]>::chunk_by(places, |a, b| a.n_classes == b.n_classes);
    for (run, places) in runs.iter().zip(&curves) {
        for piece in pieces(places) {
            band(canvas, &panel, piece, distance_color(run.distance));
        }
    }
    for (index, (run, places)) in runs.iter().zip(&curves).enumerate() {
        let color = distance_color(run.distance);
        let points: Vec<CurvePoint> = places
            .iter()
            .map(|place| CurvePoint {
                x: place.x,
                y: place.value.mean,
                band: [place.value.mean; 2],
            })
            .collect();
        curve::line(canvas, &panel, &points, color, index > 0);
        let mut dots = Path::default();
        for piece in pieces(places) {
            let points: Vec<CurvePoint> = piece.iter().map(Place::on_curve).collect();
            if points.len() > 1 {
                curve::line(canvas, &panel, &points, color, index > 0);
            }
            for point in &points {
                dots.marker(panel.at(point.x, point.y), Shape::Circle, 2.4);
            }
        }
        canvas.path(&dots, Paint::fill(color));
    }
}

impl Place {
    fn on_curve(&self) -> CurvePoint {
        CurvePoint {
            x: self.x,
            y: self.value.mean,
            band: [self.value.mean; 2],
        }
    }
}

/// A band that need not lie evenly around its curve; around a single point it is an upright bar.
fn band(canvas: &mut Canvas, panel: &Panel, places: &[Place], color: Color) {
    if let [only] = places {
        let ends = [only.value.band.low, only.value.band.high].map(|y| panel.at(only.x, y));
        canvas.line(ends[0], ends[1], Paint::stroke(color, 5.0).opacity(0.3));
        return;
    }
    let end = |place: &Place, y: f64| -> Point { panel.at(place.x, y) };
    let upper = places.iter().map(|place| end(place, place.value.band.high));
    let lower = places
        .iter()
        .rev()
        .map(|place| end(place, place.value.band.low));
    let outline: Vec<Point> = upper.chain(lower).collect();
    let mut path = Path::default();
    path.polygon(&outline);
    canvas.path(&path, Paint::fill(color).opacity(0.16));
}

/// `cosine 0.312 with 1 and 0.703 with 50`.
fn said_of(scene: &Scene<'_>, run: &Run, measure: Measure) -> Option<String> {
    let places = places(scene, run, ClassSet::Fixed, measure);
    let said = |place: &Place| {
        format!(
            "{} with {}",
            numbers::measure(place.value.mean),
            place.n_subjects
        )
    };
    let text = match places.as_slice() {
        [] => return None,
        [only] => said(only),
        [first, .., last] => format!("{} and {}", said(first), said(last)),
    };
    Some(format!("{} {text}", run.distance.name()))
}

/// The curve of a run.
fn places(scene: &Scene<'_>, run: &Run, class_set: ClassSet, measure: Measure) -> Vec<Place> {
    let is_of = |curve: &&LearningCurve| {
        (curve.distance, curve.weights, curve.class_set) == (run.distance, run.weights, class_set)
    };
    let mut curves = scene.analysis.few_shot.iter().flat_map(|of| &of.curves);
    let points = curves
        .find(is_of)
        .into_iter()
        .flat_map(|curve| &curve.points);
    points
        .enumerate()
        .filter_map(|(index, point)| {
            let value = point.values.iter().find(|value| value.measure == measure)?;
            Some(Place {
                x: index as f64,
                n_subjects: point.subjects_per_class,
                n_classes: point.n_classes,
                value: *value,
            })
        })
        .collect()
}
