//! Figures per subject, and by groups of people.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Interval, Measure};
use phenolens_core::subject_level::{FusedFigures, SubjectLevel, SubjectRun};

use super::sheet::Sheet;

/// `subject_level.csv`: every measure of every way of fusing; the last columns are over the subjects
/// with several samples alone, for the measures that are means over subjects.
pub(super) fn subject_level(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "fusion",
        "measure",
        "value",
        "ci_low",
        "ci_high",
        "k",
        "n_subjects",
        "per_sample",
        "difference",
        "difference_low",
        "difference_high",
        "n_several",
        "several_fused",
        "several_single",
        "several_difference",
        "several_low",
        "several_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    if let Some(level) = &analysis.subject_level {
        for run in &level.runs {
            for figures in &run.fusions {
                fusion_rows(&mut sheet, level, run, figures)?;
            }
        }
    }
    sheet.finish()
}

fn fusion_rows(
    sheet: &mut Sheet,
    level: &SubjectLevel,
    run: &SubjectRun,
    figures: &FusedFigures,
) -> csv::Result<()> {
    for of in &figures.measures {
        sheet.word(level.protocol.name())?;
        sheet.word(run.distance.name())?;
        sheet.word(run.weights.name())?;
        sheet.word(figures.fusion.name())?;
        sheet.word(of.measure.name())?;
        sheet.optional(of.value)?;
        interval_cells(sheet, of.interval)?;
        sheet.count(run.k)?;
        sheet.count(level.n_subjects)?;
        sheet.optional(of.per_sample)?;
        sheet.optional(of.difference)?;
        interval_cells(sheet, of.difference_interval)?;
        sheet.count(level.n_several)?;
        let several = figures.several.iter().find(|s| s.measure == of.measure);
        sheet.optional(several.map(|several| several.fused))?;
        sheet.optional(several.map(|several| several.single))?;
        sheet.optional(several.map(|several| several.difference))?;
        interval_cells(sheet, several.and_then(|several| several.interval))?;
        sheet.end_row()?;
    }
    Ok(())
}

/// `groups.csv`: every measure of every group; without figures where the group is too small, and with
/// an empty group where the value is unknown.
pub(super) fn groups(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "variable",
        "group",
        "n_subjects",
        "measure",
        "value",
        "ci_low",
        "ci_high",
        "k",
        "n_samples",
        "too_small",
        "standardized",
        "difference",
        "difference_low",
        "difference_high",
        "by_class_mix",
        "p_value",
        "p_holm",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    let Some(subgroups) = &analysis.subgroups else {
        return sheet.finish();
    };
    for variable in &subgroups.variables {
        for group in &variable.groups {
            for measure in Measure::ALL {
                sheet.word(subgroups.protocol.name())?;
                sheet.word(subgroups.distance.name())?;
                sheet.word(subgroups.weights.name())?;
                sheet.text(&variable.name)?;
                sheet.text(group.value.as_deref().unwrap_or_default())?;
                sheet.count(group.n_subjects)?;
                sheet.word(measure.name())?;
                let of = group.measures.iter().find(|of| of.measure == measure);
                sheet.optional(of.and_then(|of| of.value))?;
                interval_cells(&mut sheet, of.and_then(|of| of.interval))?;
                sheet.count(subgroups.k)?;
                sheet.count(group.n_samples)?;
                sheet.word(if group.is_too_small { "true" } else { "false" })?;
                sheet.optional(match measure {
                    Measure::Accuracy => group.standardized_accuracy,
                    _ => None,
                })?;
                let test = group.differences.iter().find(|of| of.measure == measure);
                sheet.optional(test.map(|test| test.difference))?;
                interval_cells(&mut sheet, test.and_then(|test| test.interval))?;
                sheet.optional(test.and_then(|test| test.by_class_mix))?;
                sheet.optional(test.and_then(|test| test.p_value))?;
                sheet.optional(test.and_then(|test| test.p_holm))?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}

fn interval_cells(sheet: &mut Sheet, interval: Option<Interval>) -> csv::Result<()> {
    sheet.optional(interval.map(|interval| interval.low))?;
    sheet.optional(interval.map(|interval| interval.high))
}
