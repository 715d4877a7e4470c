//! The headline measures of every protocol and distance side by side.

use phenolens_core::evaluation::{Measure, MeasureSummary, ProtocolEvaluation, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Rect, TextStyle};
use super::color::{MUTED, PALE, Shape};
use super::interval::{self, Dot};
use super::panel::{self, DOUBLE, Key, MARGIN, Mark, Panel, SMALL, TEXT};
use super::scale::ticks;
use super::scene::{Scene, distance_color, measure_title, summary_of};
use crate::numbers::measure as three_decimals;

/// From one dot to the next.
const ROW: f64 = 16.0;
/// Above the first dot of a measure, for its name.
const HEAD: f64 = 20.0;

/// A row of the figure.
struct Row<'a> {
    protocol: &'a ProtocolEvaluation,
    is_headline: bool,
    run: &'a Run,
    summary: &'a MeasureSummary,
    value: f64,
}

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let with_rows = |measure| (measure, rows(scene, measure));
    let mut groups = Vec::from(scene.headline_measures().map(with_rows));
    groups.retain(|(_, rows)| !rows.is_empty());
    let (first, first_rows) = groups.first()?;

    let title = "Headline measures by protocol and distance".to_owned();
    let intervals = match scene.analysis.params.evaluation.n_resamples {
        0 => String::new(),
        _ => format!(
            "; lines: {} bootstrap intervals over {}",
            scene.confidence(),
            scene.subject.many(),
        ),
    };
    let subtitle = format!(
        "Pooled out-of-fold predictions of {}, each at its own chosen k{intervals}",
        scene.sample.count(scene.analysis.evaluation.samples.len()),
    );
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let top = panel::keys(&mut canvas, y + 2.0, &key_row(scene)) + 2.0;
    let bottom = draw_groups(&mut canvas, top, &groups);

    let description = format!(
        "Dots with intervals of {} measures for each protocol and distance, with the chance level of \
         shuffled labels. {}",
        groups.len(),
        said_of(*first, first_rows),
    );
    Some(Figure::new(
        "protocols",
        title,
        description,
        canvas,
        bottom + 26.0,
    ))
}

/// Draws the rows under the names of their measures, and returns the height below.
fn draw_groups(canvas: &mut Canvas, top: f64, groups: &[(Measure, Vec<Row<'_>>)]) -> f64 {
    let style = TextStyle::new(SMALL);
    let all_rows = || groups.iter().flat_map(|(_, rows)| rows);
    let widest = |text: fn(&Row<'_>) -> String| {
        let widths = all_rows().map(|row| style.width(&text(row)));
        widths.fold(0.0, f64::max)
    };
    let left = MARGIN + widest(row_label) + 10.0;
    let area = Rect {
        x: left,
        y: top,
        width: DOUBLE - MARGIN - widest(value_words) - 14.0 - left,
        height: all_rows().count() as f64 * ROW + groups.len() as f64 * HEAD + 4.0,
    };
    let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
    let axis = ticks([0.0, 1.0], 5);
    panel.vertical_grid(canvas, &axis);
    panel.x_axis(canvas, &axis, "");

    let mut y = top;
    for (measure, rows) in groups {
        let name = [MARGIN, y + HEAD / 2.0 + 1.0];
        canvas.text_beside(
            name,
            &measure_title(*measure),
            TextStyle::new(TEXT).semibold(),
        );
        y += HEAD;
        for row in rows {
            let end = style.color(MUTED).anchor(Anchor::End);
            canvas.text_beside([left - 10.0, y + ROW / 2.0], &row_label(row), end);
            draw_row(canvas, &panel, y + ROW / 2.0, row);
            y += ROW;
        }
    }
    area.bottom()
}

fn row_label(row: &Row<'_>) -> String {
    let (protocol, run) = (row.protocol.protocol, row.run);
    format!(
        "{}, {}, k = {}",
        protocol.name(),
        run.distance.name(),
        run.k
    )
}

/// A sentence with the figures of one measure.
fn said_of(measure: Measure, rows: &[Row<'_>]) -> String {
    let words: Vec<String> = rows
        .iter()
        .map(|row| {
            let protocol = row.protocol.protocol.name();
            format!(
                "{} ({protocol}, {})",
                three_decimals(row.value),
                row.run.distance.name()
            )
        })
        .collect();
    format!("{}: {}.", measure_title(measure), words.join(", "))
}

/// The first protocol leads.
fn rows<'a>(scene: &Scene<'a>, measure: Measure) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let protocols = &scene.analysis.evaluation.protocols;
    for (index, protocol) in protocols.iter().enumerate() {
        for run in scene.main_runs(protocol) {
            let summary = summary_of(run, measure);
            let pooled = summary.and_then(|summary| summary.pooled);
            if let (Some(summary), Some(value)) =
                (summary, pooled.filter(|value| value.is_finite()))
            {
                rows.push(Row {
                    protocol,
                    is_headline: index == 0,
                    run,
                    summary,
                    value,
                });
            }
        }
    }
    rows
}

fn draw_row(canvas: &mut Canvas, panel: &Panel, y: f64, row: &Row<'_>) {
    let chance = row.summary.chance.shuffled_labels;
    if let Some(chance) = chance.filter(|chance| chance.is_finite()) {
        interval::chance(canvas, panel, y, chance, ROW - 4.0);
    }
    let ends = row
        .summary
        .interval
        .map(|interval| [interval.low, interval.high]);
    let dot = Dot {
        value: row.value,
        interval: ends,
        color: distance_color(row.run.distance),
        shape: Shape::Circle,
        is_open: !row.is_headline,
    };
    interval::dot(canvas, panel, y, &dot);
    interval::value_text(canvas, y, &value_words(row));
}

fn value_words(row: &Row<'_>) -> String {
    let value = three_decimals(row.value);
    match row.summary.interval {
        Some(interval) => {
            let ends = [interval.low, interval.high].map(three_decimals);
            format!("{value} [{}, {}]", ends[0], ends[1])
        }
        None => value,
    }
}

fn key_row(scene: &Scene<'_>) -> Vec<Key> {
    let protocols = &scene.analysis.evaluation.protocols;
    let runs = protocols
        .first()
        .map(|part| scene.main_runs(part))
        .unwrap_or_default();
    let mut keys: Vec<Key> = runs
        .iter()
        .map(|run| Key {
            text: run.distance.name().to_owned(),
            mark: Mark::Filled(Shape::Circle),
            color: distance_color(run.distance),
        })
        .collect();
    if let [first, others @ ..] = protocols.as_slice()
        && !others.is_empty()
    {
        let others: Vec<&str> = others.iter().map(|other| other.protocol.name()).collect();
        let names = [
            (
                first.protocol.name().to_owned(),
                Mark::Filled(Shape::Circle),
            ),
            (others.join(", "), Mark::Open(Shape::Circle)),
        ];
        keys.extend(names.map(|(text, mark)| Key {
            text,
            mark,
            color: MUTED,
        }));
    }
    keys.push(Key {
        text: "chance (shuffled labels)".to_owned(),
        mark: Mark::Tick,
        color: PALE,
    });
    keys
}
