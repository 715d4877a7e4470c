//! Intervals of what is drawn as curves, and of single classes.

use rayon::prelude::*;

use super::cross_validation::Classifier;
use super::measures::{LANES, Scorer};
use super::resampling::Resamples;
use super::{
    ClassFigures, EvaluationParams, Interval, KBand, KPoint, Measure, MeasureSet, PerClass, Votes,
};
use crate::statistics::percentile_interval;

/// The measures whose curves against k have intervals: the selecting one and those of the headline.
fn banded_measures(params: &EvaluationParams) -> Vec<Measure> {
    let mut measures = vec![params.select_by];
    for measure in [
        Measure::F1Macro,
        Measure::Accuracy,
        Measure::AucMacro,
        Measure::Top3,
    ] {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    measures
}

/// Intervals of measures of the pooled predictions at every k; empty without resamples.
///
/// * `points`: those of the first repeat;
/// * `votes_at`: its predictions at one k.
///
/// Takes O(n_resamples n) time for each k.
pub(super) fn k_bands(
    points: &[KPoint],
    votes_at: impl Fn(usize) -> Votes + Sync,
    resamples: &Resamples,
    params: &EvaluationParams,
) -> Vec<KBand> {
    let measures = banded_measures(params);
    let wanted: MeasureSet = measures.iter().copied().collect();
    let scorers: Vec<Scorer> = points
        .par_iter()
        .map(|point| Scorer::of(&votes_at(point.k), wanted))
        .collect();
    // NaN where a resample does not define a measure: one number each, for there are many.
    let drawn: Vec<Vec<[f64; LANES]>> = resamples.each(|multiplicities, workspace| {
        let mut values = Vec::with_capacity(scorers.len() * measures.len());
        for scorer in &scorers {
            let lanes = scorer.measures_in_lanes(wanted, multiplicities, workspace);
            for &measure in &measures {
                values.push(lanes.map(|lane| lane.get(measure).unwrap_or(f64::NAN)));
            }
        }
        values
    });
    let band = |(place, point): (usize, &KPoint)| -> Vec<KBand> {
        let of = |(index, &measure): (usize, &Measure)| {
            let of_some = drawn
                .iter()
                .map(|values| &values[place * measures.len() + index]);
            let values = resamples.one_by_one(of_some).copied();
            let defined = values.filter(|value| !value.is_nan()).collect();
            Some(KBand {
                k: point.k,
                measure,
                pooled: point.pooled.get(measure)?,
                interval: percentile_interval(defined, params.confidence)?,
            })
        };
        measures.iter().enumerate().filter_map(of).collect()
    };
    points.iter().enumerate().flat_map(band).collect()
}

/// Gives the figures of every class of a classifier their intervals.
pub(super) fn band_classes(classifier: &mut Classifier, resamples: &Resamples, confidence: f64) {
    /// A ratio without a denominator counts as 0, as in the figure itself.
    type Value = fn(&ClassFigures) -> Option<f64>;
    let values: [Value; 3] = [
        |class| Some(class.precision.unwrap_or(0.0)),
        |class| Some(class.f1.unwrap_or(0.0)),
        |class| class.auc,
    ];
    let n_classes = classifier.scorer.n_classes();
    let drawn: Vec<Vec<[[f64; LANES]; 3]>> = resamples.each(|multiplicities, workspace| {
        let lanes = classifier
            .scorer
            .class_figures_in_lanes(multiplicities, workspace);
        let of_class = |class: usize| {
            values.map(|value| {
                core::array::from_fn(|lane| value(&lanes[lane][class]).unwrap_or(f64::NAN))
            })
        };
        (0..n_classes).map(of_class).collect()
    });
    let interval = |class: usize, value: usize| -> Option<Interval> {
        let of_some = drawn.iter().map(|classes| &classes[class][value]);
        let defined = resamples.one_by_one(of_some).copied();
        percentile_interval(
            defined.filter(|value| !value.is_nan()).collect(),
            confidence,
        )
    };
    for per_class in &mut classifier.run.per_class {
        let PerClass { class, auc, .. } = *per_class;
        per_class.precision_interval = interval(class, 0);
        per_class.f1_interval = interval(class, 1);
        per_class.auc_interval = auc.and_then(|_| interval(class, 2));
    }
}
