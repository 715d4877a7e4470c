//! The figures as SVG, and their PNG.
//!
//! Drawn by a small layer of our own: a [`canvas`] of shapes and measured text, [`scale`]s with nice
//! ticks, [`panel`]s with axes, then one file per kind of mark and one per figure. Text stays text;
//! the same analysis gives the same bytes.

mod calibration;
mod canvas;
mod class_sizes;
mod color;
mod confusion;
mod curve;
mod distances;
mod font;
mod interval;
mod k_sweep;
mod labels;
mod learning_curve;
mod map;
mod open_set;
mod panel;
mod protocols;
mod raster;
mod recall;
mod roc;
mod samples_per_subject;
mod scale;
mod scene;
mod silhouette;
#[cfg(test)]
mod tests;

pub(crate) use font::{REGULAR, SEMIBOLD};
pub(crate) use raster::png;

use phenolens_core::analysis::Analysis;
use rayon::prelude::*;

use crate::Context;
use scene::Scene;

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// The stem of its file, such as `map_cosine`.
    pub(crate) name: String,
    /// What it shows, in a few words.
    pub(crate) title: String,
    /// What a reader who cannot see it should know: one or two sentences.
    pub(crate) description: String,
    /// The figure itself.
    pub(crate) svg: String,
}

/// Draws the figures of one kind for which the analysis has data.
type Draw = fn(&Scene<'_>) -> Vec<Figure>;

/// Every kind, in the order of a report.
const KINDS: [Draw; 13] = [
    |scene| vec![class_sizes::draw(scene)],
    |scene| vec![samples_per_subject::draw(scene)],
    |scene| distances::draw(scene).into_iter().collect(),
    |scene| protocols::draw(scene).into_iter().collect(),
    |scene| roc::draw(scene).into_iter().collect(),
    |scene| k_sweep::draw(scene).into_iter().collect(),
    |scene| learning_curve::draw(scene).into_iter().collect(),
    |scene| recall::draw(scene).into_iter().collect(),
    |scene| confusion::draw(scene).into_iter().collect(),
    |scene| map::draw(scene).into_iter().collect(),
    |scene| silhouette::draw(scene).into_iter().collect(),
    |scene| open_set::draw(scene).into_iter().collect(),
    |scene| calibration::draw(scene).into_iter().collect(),
];

/// Draws every figure for which the analysis has data, in the order of a report.
pub(crate) fn draw(analysis: &Analysis, context: &Context) -> Vec<Figure> {
    let scene = Scene::new(analysis, context);
    KINDS.par_iter().flat_map(|draw| draw(&scene)).collect()
}

impl Figure {
    fn new(
        name: impl Into<String>,
        title: String,
        description: String,
        canvas: canvas::Canvas,
        height: f64,
    ) -> Figure {
        let svg = canvas.finish(height, &format!("{title}. {description}"));
        Figure {
            name: name.into(),
            title,
            description,
            svg,
        }
    }
}
