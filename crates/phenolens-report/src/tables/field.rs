//! The protocols of the field: gallery and probes, and few training subjects.

use phenolens_core::analysis::Analysis;

use super::sheet::Sheet;

/// `gallery.csv`: how often the class of a probe is among the first so many of a gallery.
pub(super) fn gallery(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "distance",
        "gallery",
        "probes",
        "n_classes",
        "n_gallery",
        "n_probes",
        "n_probe_subjects",
        "splits",
        "top",
        "average",
        "value",
        "sd_over_splits",
        "ci_low",
        "ci_high",
        "chance",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    let all = analysis.identification.iter();
    for (identification, row) in all.flat_map(|all| all.rows.iter().map(move |row| (all, row))) {
        for figure in &row.figures {
            sheet.word(row.distance.name())?;
            sheet.word(row.gallery.name())?;
            sheet.word(row.probes.name())?;
            sheet.count(row.n_classes)?;
            sheet.number(row.n_gallery)?;
            sheet.number(row.n_probes)?;
            sheet.count(row.n_probe_subjects)?;
            sheet.count(identification.n_splits)?;
            sheet.count(figure.top)?;
            sheet.word(figure.average.name())?;
            sheet.number(figure.value)?;
            sheet.optional(figure.sd_over_splits)?;
            sheet.optional(figure.interval.map(|interval| interval.low))?;
            sheet.optional(figure.interval.map(|interval| interval.high))?;
            sheet.number(figure.chance)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `learning_curve.csv`: every measure with few training subjects of each class.
pub(super) fn learning_curve(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "distance",
        "weights",
        "subjects_per_class",
        "measure",
        "mean",
        "sd",
        "n_classes",
        "class_set",
        "k",
        "n_training",
        "n_tested",
        "draws",
        "band_low",
        "band_high",
        "chance",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    let all = analysis.few_shot.iter();
    for (few_shot, curve) in all.flat_map(|all| all.curves.iter().map(move |curve| (all, curve))) {
        for point in &curve.points {
            for value in &point.values {
                sheet.word(curve.distance.name())?;
                sheet.word(curve.weights.name())?;
                sheet.count(point.subjects_per_class)?;
                sheet.word(value.measure.name())?;
                sheet.number(value.mean)?;
                sheet.number(value.sd)?;
                sheet.count(point.n_classes)?;
                sheet.word(curve.class_set.name())?;
                sheet.count(point.k)?;
                sheet.number(point.n_training)?;
                sheet.number(point.n_tested)?;
                sheet.count(few_shot.n_draws)?;
                sheet.number(value.band.low)?;
                sheet.number(value.band.high)?;
                sheet.optional(value.chance)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}
