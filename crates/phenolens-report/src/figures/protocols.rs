//! The headline measures of every protocol and distance side by side.

use phenolens_core::evaluation::{Measure, MeasureSummary, ProtocolEvaluation, Run};

use super::Figure;
use super::canvas::{Anchor, Canvas, Rect, TextStyle};
use super::color::{MUTED, PALE, Shape};
use super::interval::{self, Dot};
use super::panel::{self, DOUBLE, Key, MARGIN, Mark, Panel, SMALL, TEXT};
use super::scale::ticks;
use super::scene::{Scene, distance_color, main_runs, measure_words, plural, summary_of};
use crate::numbers::measure as three_decimals;

/// From one dot to the next.
const ROW: f64 = 16.0;
/// Above the first dot of a measure, for its name.
const HEAD: f64 = 20.0;

/// A row of the figure.
struct Row<'a> {
    protocol: &'a ProtocolEvaluation,
    run: &'a Run,
    summary: &'a MeasureSummary,
    value: f64,
}

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let protocols = &scene.analysis.evaluation.protocols;
    let third = if scene.analysis.dataset.n_classes() > 3 {
        Measure::Top3
    } else {
        Measure::BalancedAccuracy
    };
    let groups: Vec<(Measure, Vec<Row<'_>>)> = [
        Measure::F1Macro,
        Measure::Accuracy,
        third,
        Measure::AucMacro,
    ]
    .into_iter()
    .map(|measure| (measure, rows(protocols, measure)))
    .filter(|(_, rows)| !rows.is_empty())
    .collect();
    if groups.is_empty() {
        return None;
    }

    let params = &scene.analysis.params.evaluation;
    let title = "Headline measures by protocol and distance".to_owned();
    let intervals = match params.n_resamples {
        0 => String::new(),
        _ => format!(
            "; lines: {} bootstrap intervals over {}",
            scene.confidence(),
            plural(&scene.context.words.subject),
        ),
    };
    let subtitle = format!(
        "Pooled out-of-fold predictions of {}, each at its own chosen k{intervals}",
        scene.samples(scene.analysis.evaluation.samples.len()),
    );
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let top = panel::keys(&mut canvas, y + 2.0, &key_row(protocols)) + 2.0;

    let style = TextStyle::new(SMALL);
    let row_label = |row: &Row<'_>| {
        format!(
            "{}, {}, k = {}",
            row.protocol.protocol.name(),
            row.run.distance.name(),
            row.run.k
        )
    };
    let all_rows = || groups.iter().flat_map(|(_, rows)| rows);
    let labels_width = all_rows()
        .map(|row| style.width(&row_label(row)))
        .fold(0.0, f64::max);
    let values_width = all_rows()
        .map(|row| style.width(&value_words(row)))
        .fold(0.0, f64::max);
    let n_rows: usize = groups.iter().map(|(_, rows)| rows.len()).sum();
    let left = MARGIN + labels_width + 10.0;
    let area = Rect {
        x: left,
        y: top,
        width: DOUBLE - MARGIN - values_width - 14.0 - left,
        height: n_rows as f64 * ROW + groups.len() as f64 * HEAD + 4.0,
    };
    let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
    let axis = ticks([0.0, 1.0], 5);
    panel.vertical_grid(&mut canvas, &axis);
    panel.x_axis(&mut canvas, &axis, "");

    let mut y = top;
    for (measure, rows) in &groups {
        let heading = TextStyle::new(TEXT).semibold();
        canvas.text_beside(
            [MARGIN, y + HEAD / 2.0 + 1.0],
            measure_words(*measure),
            heading,
        );
        y += HEAD;
        for row in rows {
            let middle = y + ROW / 2.0;
            let end = style.color(MUTED).anchor(Anchor::End);
            canvas.text_beside([left - 10.0, middle], &row_label(row), end);
            draw_row(&mut canvas, &panel, middle, row, protocols);
            y += ROW;
        }
    }

    let description = format!(
        "Dots with intervals of {} measures for each protocol and distance, with the chance level of \
         shuffled labels. {}",
        groups.len(),
        groups
            .first()
            .map_or(String::new(), |(measure, rows)| said_of(*measure, rows)),
    );
    Some(Figure::new(
        "protocols",
        title,
        description,
        canvas,
        area.bottom() + 26.0,
    ))
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
    format!("{}: {}.", measure_words(measure), words.join(", "))
}

fn rows(protocols: &[ProtocolEvaluation], measure: Measure) -> Vec<Row<'_>> {
    let runs = protocols.iter().flat_map(|protocol| {
        main_runs(protocol)
            .into_iter()
            .map(move |run| (protocol, run))
    });
    runs.filter_map(|(protocol, run)| {
        let summary = summary_of(run, measure)?;
        let value = summary.pooled.filter(|value| value.is_finite())?;
        Some(Row {
            protocol,
            run,
            summary,
            value,
        })
    })
    .collect()
}

fn draw_row(
    canvas: &mut Canvas,
    panel: &Panel,
    y: f64,
    row: &Row<'_>,
    protocols: &[ProtocolEvaluation],
) {
    if let Some(chance) = row
        .summary
        .chance
        .shuffled_labels
        .filter(|chance| chance.is_finite())
    {
        interval::chance(canvas, panel, y, chance, ROW - 4.0);
    }
    let dot = Dot {
        value: row.value,
        interval: row
            .summary
            .interval
            .map(|interval| [interval.low, interval.high]),
        color: distance_color(row.run.distance),
        shape: Shape::Circle,
        is_open: row.protocol.protocol != protocols[0].protocol,
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

fn key_row(protocols: &[ProtocolEvaluation]) -> Vec<Key> {
    let runs = protocols.first().map(main_runs).unwrap_or_default();
    let mut keys: Vec<Key> = runs
        .iter()
        .map(|run| Key {
            text: run.distance.name().to_owned(),
            mark: Mark::Filled(Shape::Circle),
            color: distance_color(run.distance),
        })
        .collect();
    if let [first, others @ ..] = protocols
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
