//! How far pairs of one subject, of one class and of two classes lie apart.

use std::ops::Range;

use phenolens_core::exploration::{DistanceSummary, PairGroup};

use super::Figure;
use super::canvas::{Canvas, Paint, Path, Point, Rect};
use super::color::Color;
use super::panel::{self, DOUBLE, Key, MARGIN, Mark, Panel};
use super::scale::ticks;
use super::scene::Scene;
use crate::facts::capitalized;
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

    let names = [
        format!("same {}", scene.subject.one()),
        format!(
            "same {}, different {}",
            scene.class.one(),
            scene.subject.many()
        ),
        format!("different {}", scene.class.many()),
    ];
    let title = format!("Distances within and between {}", scene.class.many());
    let is_complete = summaries.iter().all(|summary| summary.is_complete);
    let subtitle = format!(
        "{} of {} {}; each group has area 1, upright strokes are medians; separation: how often a pair of one {} is nearer than a pair of two (0.5 is none, 1 is full)",
        if is_complete {
            "All pairs"
        } else {
            "A seeded sample of the pairs"
        },
        count(scene.analysis.exploration.n_samples),
        scene.sample.many(),
        scene.class.one(),
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
            scene.class.one(),
            said.join(" and ")
        ),
    };
    let description = format!(
        "Densities of the distances between {} of the same {}, of the same {} and of different {}.{separation}",
        scene.sample.many(),
        scene.subject.one(),
        scene.class.one(),
        scene.class.many(),
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
    let groups = groups(summary);
    let bins = joined_bins(summary);
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else {
        return;
    };
    let densities = groups.map(|group| group.map(|group| densities_of(group, summary, &bins)));
    let highest = densities
        .iter()
        .flatten()
        .flatten()
        .copied()
        .fold(0.0, f64::max);
    let edges = &summary.bin_edges;
    let domain = [edges[first.start], edges[last.end]];
    let panel = Panel::new(area, domain, [0.0, highest * 1.04]);

    panel.y_axis(canvas, &[], if has_label { "Density" } else { "" });
    let label = format!("{} distance", capitalized(summary.distance.name()));
    panel.x_axis(canvas, &ticks(panel.x.domain, 6), &label);
    for ((group, densities), color) in groups.iter().zip(&densities).zip(COLORS).rev() {
        let (Some(group), Some(densities)) = (group, densities) else {
            continue;
        };
        let outline = steps(&panel, edges, &bins, densities);
        let mut path = Path::default();
        path.line(&outline);
        let paint = Paint::fill(color).opacity(0.14).outlined(color, 1.5);
        canvas.path(&path, paint);
        let median = panel.x.clamped(group.spread.median);
        let ends = [
            [median, panel.area.bottom()],
            [median, panel.area.bottom() - 12.0],
        ];
        canvas.line(ends[0], ends[1], Paint::stroke(color, 2.4));
    }
    if let Some(separation) = summary.separation {
        panel.title(canvas, &format!("Separation {}", measure(separation)));
    }
}

/// The bins from the first that any group uses to the last, several joined where there are many: as
/// ranges of the given bins.
fn joined_bins(summary: &DistanceSummary) -> Vec<Range<usize>> {
    let groups = groups(summary);
    let n_bins = summary.bin_edges.len().saturating_sub(1);
    let is_used = |&bin: &usize| {
        let mut counts = groups
            .iter()
            .flatten()
            .filter_map(|group| group.counts.get(bin));
        counts.any(|&count| count > 0)
    };
    let first = (0..n_bins).find(is_used).unwrap_or(n_bins);
    let end = (first..n_bins)
        .rfind(is_used)
        .map_or(first, |last| last + 1);
    let step = (end - first).div_ceil(MAX_BINS).max(1);
    let starts = (first..end).step_by(step);
    starts
        .map(|start| start..(start + step).min(n_bins))
        .collect()
}

/// The share of a group's pairs in each joined bin, over the width of the bin.
fn densities_of(group: &PairGroup, summary: &DistanceSummary, bins: &[Range<usize>]) -> Vec<f64> {
    let n_pairs: usize = group.counts.iter().sum();
    let density = |bin: &Range<usize>| {
        let n: usize = group.counts.get(bin.clone()).unwrap_or(&[]).iter().sum();
        let width = summary.bin_edges[bin.end] - summary.bin_edges[bin.start];
        // All distances may be the same one.
        if width > 0.0 {
            n as f64 / n_pairs as f64 / width
        } else {
            0.0
        }
    };
    bins.iter().map(density).collect()
}

/// The outline of a histogram from the ground to the ground, without the empty bins at its ends.
fn steps(panel: &Panel, edges: &[f64], bins: &[Range<usize>], densities: &[f64]) -> Vec<Point> {
    let is_used = |&bin: &usize| densities[bin] > 0.0;
    let (Some(first), Some(last)) = (
        (0..bins.len()).find(is_used),
        (0..bins.len()).rfind(is_used),
    ) else {
        return Vec::new();
    };
    let mut points = vec![panel.at(edges[bins[first].start], 0.0)];
    for bin in first..=last {
        points.push(panel.at(edges[bins[bin].start], densities[bin]));
        points.push(panel.at(edges[bins[bin].end], densities[bin]));
    }
    points.push(panel.at(edges[bins[last].end], 0.0));
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Shape, analysis_of};

    fn summary() -> DistanceSummary {
        analysis_of(&Shape::default())
            .exploration
            .distances
            .remove(0)
    }

    #[test]
    fn joined_bins_cover_the_used_ones_and_lose_no_pair() {
        let mut summary = summary();
        summary.bin_edges = (0..=180).map(f64::from).collect();
        let mut counts = vec![0; 180];
        counts[7] = 3;
        counts[170] = 1;
        counts[70] = 4;
        for group in [
            &mut summary.same_subject,
            &mut summary.within_class,
            &mut summary.between_classes,
        ] {
            group.as_mut().unwrap().counts.clone_from(&counts);
        }
        let bins = joined_bins(&summary);
        assert!(bins.len() <= MAX_BINS);
        assert_eq!(bins[0].start, 7);
        assert!(bins.last().unwrap().contains(&170));
        assert!(bins.windows(2).all(|pair| pair[0].end == pair[1].start));
        let group = summary.within_class.as_ref().unwrap();
        let densities = densities_of(group, &summary, &bins);
        // The bins are 4 wide: a share of 3 in 8 pairs is a density of 3 / 32.
        assert_eq!(densities[0], 3.0 / 32.0);
        let area: f64 = densities
            .iter()
            .zip(&bins)
            .map(|(density, bin)| density * bin.len() as f64)
            .sum();
        assert!((area - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_distance_without_pairs_has_no_bins() {
        let mut summary = summary();
        summary.same_subject = None;
        summary.within_class = None;
        summary.between_classes = None;
        assert!(joined_bins(&summary).is_empty());
    }
}
