//! From the ranks of single probes to means, with how far they spread.

use rayon::prelude::*;

use super::ranks::Outcome;
use super::sides::{Kinds, Split, present};
use super::{Average, GalleryRow, Kind, Side, TOPS, TopFigure};
use crate::evaluation::{Evaluated, EvaluationParams};
use crate::neighbors::Distance;
use crate::random::{Stream, Use};
use crate::statistics::percentile_interval;

/// The rows of one distance.
pub(super) fn figures(
    distance: Distance,
    evaluated: &Evaluated,
    kinds: &Kinds,
    splits: &[Split],
    outcomes: &[Outcome],
    params: &EvaluationParams,
) -> Vec<GalleryRow> {
    let in_gallery = present(evaluated, splits, Side::Gallery);
    let n_in = |gallery: Kind| {
        let has = |class: &&usize| in_gallery[**class];
        kinds.classes(gallery).iter().filter(has).count()
    };
    let n_of_both_kinds = [n_in(Kind::Frequent), n_in(Kind::Rare)];
    [
        (Kind::Frequent, Kind::Frequent),
        (Kind::Rare, Kind::Rare),
        (Kind::Unified, Kind::Frequent),
        (Kind::Unified, Kind::Rare),
    ]
    .into_iter()
    .filter_map(|(gallery, probes)| {
        let n_classes = n_in(gallery);
        let of_kind = |outcome: &&Outcome| kinds.of(evaluated.classes[outcome.position]) == probes;
        let outcomes: Vec<Outcome> = outcomes.iter().filter(of_kind).copied().collect();
        let is_repetition = gallery == Kind::Unified && n_of_both_kinds.contains(&0);
        if n_classes < 2 || outcomes.is_empty() || is_repetition {
            return None;
        }
        let is_in_row = |position: usize, side| {
            side == Some(Side::Gallery) && kinds.is_in(evaluated.classes[position], gallery)
        };
        let n_gallery: usize = splits
            .iter()
            .map(|split| {
                let sides = split.sides.iter().enumerate();
                sides
                    .filter(|&(position, &side)| is_in_row(position, side))
                    .count()
            })
            .sum();
        let units = Units::new(evaluated, &outcomes, gallery);
        let n_splits = splits.len() as f64;
        Some(GalleryRow {
            distance,
            gallery,
            probes,
            n_classes,
            n_gallery: n_gallery as f64 / n_splits,
            n_probes: outcomes.len() as f64 / n_splits,
            n_probe_subjects: units.of_class.iter().map(Vec::len).sum(),
            figures: top_figures(
                &units,
                evaluated,
                &outcomes,
                splits.len(),
                n_classes,
                params,
            ),
        })
    })
    .collect()
}

/// Probes, and how many of them have their class among the first so many.
#[derive(Debug, Clone, Copy, Default)]
struct Hits {
    n: u32,
    tops: [u32; TOPS.len()],
}

impl Hits {
    fn add(&mut self, other: Hits) {
        self.n += other.n;
        for (sum, hits) in self.tops.iter_mut().zip(other.tops) {
            *sum += hits;
        }
    }

    fn of_rank(rank: usize) -> Hits {
        Hits {
            n: 1,
            tops: TOPS.map(|top| u32::from(rank <= top)),
        }
    }
}

/// What a bootstrap draws: a subject's probes of one class in all splits, together.
struct Units {
    gallery: Kind,
    /// Of the classes that have probes, rising.
    of_class: Vec<Vec<Hits>>,
}

impl Units {
    fn new(evaluated: &Evaluated, outcomes: &[Outcome], gallery: Kind) -> Units {
        let unit = |outcome: &Outcome| {
            let position = outcome.position;
            (evaluated.classes[position], evaluated.groups[position])
        };
        let mut sorted: Vec<&Outcome> = outcomes.iter().collect();
        sorted.sort_by_key(|outcome| unit(outcome));
        let mut of_class: Vec<Vec<Hits>> = Vec::new();
        let mut last_class = None;
        for outcomes in sorted.chunk_by(|a, b| unit(a) == unit(b)) {
            let mut hits = Hits::default();
            for outcome in outcomes {
                hits.add(Hits::of_rank(rank(outcome, gallery)));
            }
            let (class, _) = unit(outcomes[0]);
            if last_class != Some(class) {
                of_class.push(Vec::new());
                last_class = Some(class);
            }
            let units = of_class.last_mut().expect("its class was just added");
            units.push(hits);
        }
        Units { gallery, of_class }
    }

    /// The hits of each class with every unit once.
    fn all(&self) -> Vec<Hits> {
        let sum = |units: &Vec<Hits>| {
            let mut all = Hits::default();
            units.iter().for_each(|&hits| all.add(hits));
            all
        };
        self.of_class.iter().map(sum).collect()
    }

    /// The hits of each class with as many units as there are, drawn with replacement.
    fn draw(&self, stream: &mut Stream) -> Vec<Hits> {
        let mut sum = |units: &Vec<Hits>| {
            let mut all = Hits::default();
            for _ in units {
                all.add(units[stream.below(units.len())]);
            }
            all
        };
        self.of_class.iter().map(&mut sum).collect()
    }
}

fn rank(outcome: &Outcome, gallery: Kind) -> usize {
    match gallery {
        Kind::Unified => outcome.among_all,
        Kind::Frequent | Kind::Rare => outcome.among_own,
    }
}

/// The share of hits for one of [`TOPS`], by its index.
fn share(of_class: &[Hits], top: usize, average: Average) -> f64 {
    match average {
        Average::Images => {
            let n: u32 = of_class.iter().map(|hits| hits.n).sum();
            let hits: u32 = of_class.iter().map(|hits| hits.tops[top]).sum();
            f64::from(hits) / f64::from(n)
        }
        Average::Classes => {
            let present = || of_class.iter().filter(|hits| hits.n > 0);
            let share = |hits: &Hits| f64::from(hits.tops[top]) / f64::from(hits.n);
            present().map(share).sum::<f64>() / present().count() as f64
        }
    }
}

const AVERAGES: [Average; 2] = [Average::Images, Average::Classes];

fn top_figures(
    units: &Units,
    evaluated: &Evaluated,
    outcomes: &[Outcome],
    n_splits: usize,
    n_classes: usize,
    params: &EvaluationParams,
) -> Vec<TopFigure> {
    let of_splits: Vec<Vec<Hits>> = (0..n_splits)
        .map(|split| {
            let mut of_class = vec![Hits::default(); evaluated.n_classes];
            for outcome in outcomes.iter().filter(|outcome| outcome.split == split) {
                let class = evaluated.classes[outcome.position];
                of_class[class].add(Hits::of_rank(rank(outcome, units.gallery)));
            }
            of_class
        })
        .filter(|of_class| of_class.iter().any(|hits| hits.n > 0))
        .collect();
    let can_vary = units.of_class.iter().any(|units| units.len() > 1);
    let n_resamples = if can_vary { params.n_resamples } else { 0 };
    let shares = |of_class: &[Hits]| {
        let of_top = |top: usize| AVERAGES.map(|average| share(of_class, top, average));
        std::array::from_fn::<[f64; 2], { TOPS.len() }, _>(of_top)
    };
    let resampled: Vec<[[f64; 2]; TOPS.len()]> = (0..n_resamples)
        .into_par_iter()
        .map(|resample| {
            let mut stream = Stream::new(params.seed, Use::GalleryBootstrap, resample as u64);
            shares(&units.draw(&mut stream))
        })
        .collect();

    let all = units.all();
    let mut figures = Vec::new();
    for (index, top) in TOPS.into_iter().enumerate() {
        // Among so few classes the class of every probe is among the first.
        if top >= n_classes {
            continue;
        }
        for (column, average) in AVERAGES.into_iter().enumerate() {
            let singles: Vec<f64> = of_splits
                .iter()
                .map(|of_class| share(of_class, index, average))
                .collect();
            let values = resampled.iter().map(|shares| shares[index][column]);
            figures.push(TopFigure {
                top,
                average,
                value: share(&all, index, average),
                sd_over_splits: (singles.len() > 1).then(|| sd(&singles)),
                interval: percentile_interval(values.collect(), params.confidence),
                chance: top as f64 / n_classes as f64,
            });
        }
    }
    figures
}

/// Population standard deviation.
fn sd(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|value| (value - mean) * (value - mean));
    (squares.sum::<f64>() / n).sqrt()
}
