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

/// Draws every figure for which the analysis has data, in the order of a report.
pub(crate) fn draw(analysis: &Analysis, context: &Context) -> Vec<Figure> {
    let scene = Scene::new(analysis, context);
    let mut figures = vec![class_sizes::draw(&scene), samples_per_subject::draw(&scene)];
    figures.extend(distances::draw(&scene));
    figures.extend(protocols::draw(&scene));
    figures.extend(roc::draw(&scene));
    figures.extend(k_sweep::draw(&scene));
    figures.extend(learning_curve::draw(&scene));
    figures.extend(recall::draw(&scene));
    figures.extend(confusion::draw(&scene));
    figures.extend(map::draw(&scene));
    figures.extend(silhouette::draw(&scene));
    figures.extend(open_set::draw(&scene));
    figures.extend(calibration::draw(&scene));
    figures
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
