//! How far pairs of one subject, of one class and of two classes lie apart.

use phenolens_core::exploration::{DistanceSummary, PairGroup};

use super::Figure;
use super::canvas::{Canvas, Paint, Path, Point, Rect};
use super::color::Color;
use super::panel::{self, DOUBLE, Key, MARGIN, Mark, Panel};
use super::scale::ticks;
use super::scene::{Scene, capitalized, plural};
use crate::numbers::{count, measure};

/// Bins that a panel shows at most; finer ones are joined.
const MAX_BINS: usize = 50;
/// The colors of the three groups: wine, blue, gray.
const COLORS: [Color; 3] = [
    Color([0x88, 0x22, 0x55]),
    Color([0x00, 0x72, 0xb2]),
    Color([0x70, 0x70, 0x70]),
];

pub(super) fn draw(scene: &Scene<'_>) -> Option<Figure> {
    let summaries = &scene.analysis.exploration.distances;
    let has_pairs = |summary: &&DistanceSummary| groups(summary).iter().any(Option::is_some);
    let summaries: Vec<&DistanceSummary> = summaries.iter().filter(has_pairs).collect();
    if summaries.is_empty() {
        return None;
    }

    let words = &scene.context.words;
    let names = [
        format!("same {}", words.subject),
        format!("same {}, different {}", words.class, plural(&words.subject)),
        format!("different {}", plural(&words.class)),
    ];
    let title = format!("Distances within and between {}", plural(&words.class));
    let is_complete = summaries.iter().all(|summary| summary.is_complete);
    let subtitle = format!(
        "{} of {} {}; each group has area 1, upright strokes are medians; separation: how often a pair of one {} is nearer than a pair of two (0.5 is none, 1 is full)",
        if is_complete {
            "All pairs"
        } else {
            "A seeded sample of the pairs"
        },
        count(scene.analysis.exploration.n_samples),
        plural(&words.sample),
        words.class,
    );
    let mut canvas = Canvas::new(DOUBLE);
    let y = panel::header(&mut canvas, &title, &subtitle);
    let is_there = |group: usize| {
        summaries
            .iter()
            .any(|summary| groups(summary)[group].is_some())
    };
    let keys: Vec<Key> = (0..3)
        .filter(|&group| is_there(group))
        .map(|group| Key {
            text: names[group].clone(),
            mark: Mark::Area,
            color: COLORS[group],
        })
        .collect();
    let top = panel::keys(&mut canvas, y + 2.0, &keys) + 24.0;

    let gap = 28.0;
    let n_panels = summaries.len() as f64;
    let left = MARGIN + 16.0;
    let width = (DOUBLE - MARGIN - left - gap * (n_panels - 1.0)) / n_panels;
    let height = 170.0;
    for (index, summary) in summaries.iter().enumerate() {
        let area = Rect {
            x: left + index as f64 * (width + gap),
            y: top,
            width,
            height,
        };
        densities(&mut canvas, area, summary, index == 0);
    }

    let said: Vec<String> = summaries
        .iter()
        .filter_map(|summary| {
            Some(format!(
                "{} for {}",
                measure(summary.separation?),
                summary.distance.name()
            ))
        })
        .collect();
    let separation = match said.is_empty() {
        true => String::new(),
        false => format!(
            " The separation, how often a pair of one {} is nearer than a pair of two, is {}; 0.5 would be none.",
            words.class,
            said.join(" and ")
        ),
    };
    let description = format!(
        "Densities of the distances between {} of the same {}, of the same {} and of different {}.{separation}",
        plural(&words.sample),
        words.subject,
        words.class,
        plural(&words.class),
    );
    Some(Figure::new(
        "distances",
        title,
        description,
        canvas,
        top + height + 42.0,
    ))
}

/// In the order of the keys.
fn groups(summary: &DistanceSummary) -> [Option<&PairGroup>; 3] {
    let groups = [
        &summary.same_subject,
        &summary.within_class,
        &summary.between_classes,
    ];
    groups.map(|group| {
        group
            .as_ref()
            .filter(|group| group.counts.iter().any(|&count| count > 0))
    })
}

fn densities(canvas: &mut Canvas, area: Rect, summary: &DistanceSummary, has_label: bool) {
    let edges = &summary.bin_edges;
    let groups = groups(summary);
    let is_used = |bin: &usize| {
        groups
            .iter()
            .flatten()
            .any(|group| group.counts.get(*bin).is_some_and(|&n| n > 0))
    };
    let n_bins = edges.len().saturating_sub(1);
    let (Some(first), Some(last)) = ((0..n_bins).find(is_used), (0..n_bins).rev().find(is_used))
    else {
        return;
    };
    let step = (last - first + 1).div_ceil(MAX_BINS);
    // The joined bins start at the first used one; the last may reach beyond it, up to the last edge.
    let starts: Vec<usize> = (first..=last).step_by(step).collect();
    let end_of = |start: usize| (start + step).min(n_bins);
    let density = |group: &PairGroup, start: usize| {
        let n: usize = group.counts.iter().take(end_of(start)).skip(start).sum();
        let all: usize = group.counts.iter().sum();
        n as f64 / all as f64 / (edges[end_of(start)] - edges[start])
    };
    let heights = groups
        .iter()
        .flatten()
        .flat_map(|group| starts.iter().map(|&start| density(group, start)));
    let highest = heights.fold(0.0, f64::max);
    let panel = Panel::new(
        area,
        [edges[first], edges[end_of(starts[starts.len() - 1])]],
        [0.0, highest * 1.04],
    );

    panel.y_axis(canvas, &[], if has_label { "Density" } else { "" });
    let domain = panel.x.domain;
    let name = summary.distance.name();
    panel.x_axis(
        canvas,
        &ticks(domain, 6),
        &format!("{} distance", capitalized(name)),
    );
    for (group, color) in groups.iter().zip(COLORS).rev() {
        let Some(group) = group else { continue };
        let mut steps: Vec<Point> = Vec::new();
        for &start in &starts {
            let y = density(group, start);
            steps.push(panel.at(edges[start], y));
            steps.push(panel.at(edges[end_of(start)], y));
        }
        let mut filled = vec![panel.at(domain[0], 0.0)];
        filled.extend(&steps);
        filled.push(panel.at(domain[1], 0.0));
        let (mut area, mut outline) = (Path::default(), Path::default());
        area.polygon(&filled);
        outline.line(&steps);
        canvas.path(&area, Paint::fill(color).opacity(0.14));
        canvas.path(&outline, Paint::stroke(color, 1.5));
        let median = panel.x.clamped(group.spread.median);
        canvas.line(
            [median, panel.area.bottom()],
            [median, panel.area.bottom() - 12.0],
            Paint::stroke(color, 2.4),
        );
    }
    if let Some(separation) = summary.separation {
        panel.title(canvas, &format!("Separation {}", measure(separation)));
    }
}
