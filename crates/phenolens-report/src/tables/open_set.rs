//! The table of unknown classes.

use phenolens_core::analysis::Analysis;

use super::sheet::Sheet;

/// `open_set.csv`: one row per distance and class held out.
pub(super) fn open_set(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "held_out_class",
        "auroc",
        "oscr",
        "fnir_at_fpir_10",
        "threshold",
        "auroc_low",
        "auroc_high",
        "n_unknown",
        "n_unknown_subjects",
        "n_known",
        "common_threshold",
        "fpir_at_common",
        "fpir_left_out",
    ];
    let class_names = &analysis.evaluation.class_names;
    let mut sheet = Sheet::new(header, 0)?;
    if let Some(open_set) = &analysis.open_set {
        for of_distance in &open_set.distances {
            for class in &of_distance.classes {
                sheet.word(open_set.protocol.name())?;
                sheet.word(of_distance.distance.name())?;
                sheet.text(&class_names[class.class])?;
                sheet.number(class.auroc)?;
                sheet.number(class.oscr)?;
                sheet.number(class.fnir_at_fpir_10)?;
                sheet.number(class.threshold)?;
                sheet.optional(class.auroc_interval.map(|interval| interval.low))?;
                sheet.optional(class.auroc_interval.map(|interval| interval.high))?;
                sheet.count(class.n_unknown)?;
                sheet.count(class.n_unknown_subjects)?;
                sheet.count(class.n_known)?;
                sheet.number(of_distance.common.threshold)?;
                sheet.number(class.fpir_at_common)?;
                sheet.number(class.fpir_left_out)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}
