//! Tables of the shape of the data: its geometry, silhouettes, outliers and clusters.

use phenolens_core::analysis::Analysis;
use phenolens_core::diagnosis::{DistanceDiagnosis, Estimate};

use super::sheet::Sheet;
use crate::facts;

/// `geometry.csv`: one row per distance and figure; figures of the vectors, whatever the distance,
/// have none.
pub(super) fn geometry(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = ["distance", "quantity", "value", "ci_low", "ci_high"];
    let mut sheet = Sheet::new(header, 0)?;
    let Some(diagnosis) = &analysis.diagnosis else {
        return sheet.finish();
    };
    for part in &diagnosis.distances {
        for (quantity, value) in of_distance(part) {
            sheet.word(part.distance.name())?;
            quantity_cells(&mut sheet, quantity, value)?;
        }
    }
    let norms = diagnosis.norms.as_ref();
    let contrast = diagnosis.contrast;
    for (quantity, value) in [
        ("mean_cosine", diagnosis.directions.mean_cosine),
        (
            "mean_direction_length",
            Some(diagnosis.directions.mean_length),
        ),
        (
            "norm_eta_squared",
            bare(norms.map(|norms| norms.eta_squared)),
        ),
        (
            "norm_eta_squared_by_chance",
            bare(norms.map(|norms| norms.expected)),
        ),
        ("norm_p_value", bare(norms.and_then(|norms| norms.p_value))),
        (
            "shared_neighbors",
            contrast.map(|contrast| contrast.shared_neighbors),
        ),
    ] {
        sheet.word("")?;
        quantity_cells(&mut sheet, quantity, value)?;
    }
    sheet.finish()
}

fn of_distance(part: &DistanceDiagnosis) -> [(&'static str, Option<Estimate>); 8] {
    let geometry = &part.geometry;
    let silhouette = &part.silhouettes.overall;
    [
        ("dimension_two_nn", geometry.two_nn),
        ("dimension_maximum_likelihood", geometry.maximum_likelihood),
        ("participation_ratio", bare(geometry.participation_ratio)),
        (
            "first_component_share",
            bare(geometry.first_component_share),
        ),
        ("silhouette", Some(silhouette.mean)),
        (
            "silhouette_without_own_subject",
            bare(Some(silhouette.mean_without_own_subject)),
        ),
        ("k_occurrence_skewness", bare(part.hubness.skewness)),
        ("norm_occurrence_correlation", part.norm_occurrence),
    ]
}

/// A figure without an interval.
fn bare(value: Option<f64>) -> Option<Estimate> {
    value.map(|value| Estimate {
        value,
        interval: None,
    })
}

fn quantity_cells(
    sheet: &mut Sheet,
    quantity: &str,
    estimate: Option<Estimate>,
) -> csv::Result<()> {
    sheet.word(quantity)?;
    estimate_cells(sheet, estimate)?;
    sheet.end_row()
}

fn estimate_cells(sheet: &mut Sheet, estimate: Option<Estimate>) -> csv::Result<()> {
    let interval = estimate.and_then(|estimate| estimate.interval);
    sheet.optional(estimate.map(|estimate| estimate.value))?;
    sheet.optional(interval.map(|interval| interval.low))?;
    sheet.optional(interval.map(|interval| interval.high))
}

/// `silhouette.csv`: one row per distance and class.
pub(super) fn silhouette(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "distance",
        "class",
        "n_samples",
        "silhouette",
        "ci_low",
        "ci_high",
        "without_own_subject",
        "share_negative",
        "nearest_class",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    for part in facts::distance_diagnoses(analysis) {
        for class in &part.silhouettes.classes {
            let silhouette = &class.silhouette;
            sheet.word(part.distance.name())?;
            sheet.text(&class_names[class.class])?;
            sheet.count(silhouette.n_samples)?;
            estimate_cells(&mut sheet, Some(silhouette.mean))?;
            sheet.number(silhouette.mean_without_own_subject)?;
            sheet.number(silhouette.share_negative)?;
            sheet.text(class.nearest.map_or("", |nearest| &class_names[nearest]))?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `outliers.csv`: the samples that lie far from all others.
pub(super) fn outliers(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "distance",
        "class",
        "subject",
        "sample",
        "neighbor_distance",
        "robust_z",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for part in facts::distance_diagnoses(analysis) {
        for outlier in &part.remoteness.outliers {
            sheet.word(part.distance.name())?;
            sheet.ids(analysis.dataset.id(outlier.sample))?;
            sheet.number(outlier.neighbor_distance)?;
            sheet.number(outlier.robust_z)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `clusters.csv`: one row per map and sample; clusters count from 1, the largest first.
pub(super) fn clusters(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = ["distance", "class", "subject", "sample", "cluster"];
    let clusters = analysis
        .diagnosis
        .as_ref()
        .map_or(&[][..], |of| &of.clusters);
    let n_rows = clusters.len() * analysis.dataset.n_samples();
    let mut sheet = Sheet::new(header, n_rows * 40)?;
    for of_map in clusters {
        for (sample, label) in of_map.labels.iter().enumerate() {
            sheet.word(of_map.distance.name())?;
            sheet.ids(analysis.dataset.id(sample))?;
            match label {
                Some(cluster) => sheet.count(cluster + 1)?,
                None => sheet.word("")?,
            }
            sheet.end_row()?;
        }
    }
    sheet.finish()
}
