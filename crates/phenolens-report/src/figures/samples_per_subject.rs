//! How many subjects have how many samples.

use phenolens_core::exploration::SubjectCount;

use super::Figure;
use super::canvas::{Anchor, Canvas, Paint, Rect, TextStyle};
use super::color::{MUTED, PLAIN};
use super::panel::{self, MARGIN, MIDDLE, Panel, SMALL, TEXT};
use super::scale::nice_axis;
use super::scene::Scene;
use crate::numbers::{count, percent};

/// Bars that fit; more distinct numbers share bars of equal width.
const MAX_BARS: usize = 16;

pub(super) fn draw(scene: &Scene<'_>) -> Figure {
    let exploration = &scene.analysis.exploration;
    let (subjects, samples) = (scene.subject.many(), scene.sample.many());
    let title = format!("{} per {}", scene.sample.titles(), scene.subject.one());
    let n_with = |is_counted: fn(usize) -> bool| -> usize {
        let counts = exploration.samples_per_subject.iter();
        counts
            .filter(|count| is_counted(count.n_samples))
            .map(|count| count.n_subjects)
            .sum()
    };
    let n_single = n_with(|n_samples| n_samples == 1);
    let share = percent(n_single as f64 / exploration.n_subjects.max(1) as f64);
    let subtitle = format!(
        "{} and {}; {share} of the {subjects} have a single {}",
        scene.subject.count(exploration.n_subjects),
        scene.sample.count(exploration.n_samples),
        scene.sample.one()
    );

    let mut canvas = Canvas::new(MIDDLE);
    let top = panel::header(&mut canvas, &title, &subtitle) + 16.0;
    let bars = grouped(&exploration.samples_per_subject);
    let area = Rect {
        x: 58.0,
        y: top,
        width: MIDDLE - 58.0 - MARGIN,
        height: 190.0,
    };
    let most = bars.iter().map(|bar| bar.n_subjects).max().unwrap_or(0);
    let (domain, mut ticks) = nice_axis([0.0, most as f64], [0.0, f64::INFINITY], 4);
    ticks.retain(|tick| tick.value.fract() == 0.0);
    let panel = Panel::new(area, [0.0, bars.len() as f64], domain);
    panel.y_axis(&mut canvas, &ticks, &scene.subject.titles());
    panel.x_axis(&mut canvas, &[], "");
    let style = TextStyle::new(SMALL).anchor(Anchor::Middle);
    for (index, bar) in bars.iter().enumerate() {
        let middle = panel.x.at(index as f64 + 0.5);
        let width = (area.width / bars.len() as f64 * 0.72).min(60.0);
        let y = panel.y.at(bar.n_subjects as f64);
        let rect = Rect {
            x: middle - width / 2.0,
            y,
            width,
            height: area.bottom() - y,
        };
        canvas.rect(rect, Paint::fill(PLAIN));
        canvas.text([middle, y - 4.0], &count(bar.n_subjects), style);
        canvas.text(
            [middle, area.bottom() + 14.5],
            &bar.text,
            style.color(MUTED),
        );
    }
    let label = format!("{} of one {}", scene.sample.titles(), scene.subject.one());
    let place = [area.x + area.width / 2.0, area.bottom() + 31.0];
    canvas.text(place, &label, TextStyle::new(TEXT).anchor(Anchor::Middle));

    let greatest = exploration
        .samples_per_subject
        .last()
        .map_or(0, |count| count.n_samples);
    let description = format!(
        "Bars of how many {subjects} have one, two or more {samples}. {} of {} have a single {}; the \
         most of one {} are {}.",
        count(n_single),
        scene.subject.count(exploration.n_subjects),
        scene.sample.one(),
        scene.subject.one(),
        scene.sample.count(greatest),
    );
    Figure::new(
        "samples_per_subject",
        title,
        description,
        canvas,
        area.bottom() + 42.0,
    )
}

/// One bar: the numbers of samples that it stands for, and the subjects that have them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bar {
    text: String,
    n_subjects: usize,
}

/// A bar for every number of samples from 1 up, or for equally many of them where they are many.
fn grouped(counts: &[SubjectCount]) -> Vec<Bar> {
    let greatest = counts.last().map_or(1, |count| count.n_samples).max(1);
    let width = greatest.div_ceil(MAX_BARS);
    (0..greatest.div_ceil(width))
        .map(|bar| {
            let (first, last) = (bar * width + 1, (bar + 1) * width);
            let text = match width {
                1 => first.to_string(),
                _ => format!("{first}–{last}"),
            };
            let is_inside = |count: &&SubjectCount| (first..=last).contains(&count.n_samples);
            let n_subjects = counts
                .iter()
                .filter(is_inside)
                .map(|count| count.n_subjects)
                .sum();
            Bar { text, n_subjects }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(counts: &[(usize, usize)]) -> Vec<(String, usize)> {
        let count = |&(n_samples, n_subjects)| SubjectCount {
            n_samples,
            n_subjects,
        };
        let counts: Vec<_> = counts.iter().map(count).collect();
        grouped(&counts)
            .into_iter()
            .map(|bar| (bar.text, bar.n_subjects))
            .collect()
    }

    #[test]
    fn a_gap_is_an_empty_bar() {
        let expected = [("1", 5), ("2", 0), ("3", 2)].map(|(text, n)| (text.to_owned(), n));
        assert_eq!(bars(&[(1, 5), (3, 2)]), expected);
    }

    #[test]
    fn many_numbers_share_bars_and_none_is_lost() {
        let counts: Vec<(usize, usize)> = (1..=40).map(|n| (n, n)).collect();
        let bars = bars(&counts);
        assert_eq!(bars.len(), 14);
        assert_eq!(bars[0], ("1–3".to_owned(), 1 + 2 + 3));
        assert_eq!(bars.iter().map(|bar| bar.1).sum::<usize>(), 40 * 41 / 2);
    }
}
