//! Measures of all samples or of one class, rounded or masked.

use super::confusion::Runs;
use super::rounding::Step;
use super::sheet::{Row, Sheet};
use super::{Classes, MASKED, ShareError};

/// The measures that may pass.
///
/// Most others are nearly the same as one of these: two rounded figures of one quantity tell more than
/// either. The logarithmic loss is left out since one certain error alone shows in it.
const MEASURES: [&str; 6] = ["accuracy", "auc_macro", "auc_micro", "top3", "mrr", "brier"];

/// Those that follow from the confusion table as the accuracy does: they may pass where the table does
/// as a whole. Elsewhere they would narrow down, together with the accuracy, what is masked there.
const OF_WHOLE_TABLES: [&str; 3] = ["balanced_accuracy", "f1_macro", "mcc"];

/// Those that are means over classes, so that they tell of the smallest.
const OVER_CLASSES: [&str; 3] = ["auc_macro", "balanced_accuracy", "f1_macro"];

/// What areas of single classes are rounded to: they count pairs, of which there are many.
const AREA_DECIMALS: usize = 2;

/// Curves are shown at every so many steps of 0.001.
const CURVE_STRIDE: usize = 20;

/// `summary.csv`: the measures at the chosen k with intervals, these rounded outward.
pub(super) fn summary(sheet: &Sheet, runs: &Runs) -> Result<Sheet, ShareError> {
    let run = ["protocol", "distance", "weights", "k", "measure"];
    let mut shared = Sheet::new("summary", &run);
    shared.extend_header(&["pooled", "ci_low", "ci_high", "rounded_to"]);
    for row in sheet.rows() {
        let measure = row.text("measure")?;
        let Some(step) = step_of(&row, runs, OF_WHOLE_TABLES.contains(&measure))? else {
            continue;
        };
        let mut cells = row.texts(&run)?;
        cells.push(cell(step, row.number("pooled")?, Step::rounded));
        cells.push(cell(step, row.number("ci_low")?, Step::below));
        cells.push(cell(step, row.number("ci_high")?, Step::above));
        cells.push(step_name(step));
        shared.rows.push(cells);
    }
    Ok(shared)
}

/// `k_sweep.csv`: the measures at every k, of the first drawing of folds.
pub(super) fn k_sweep(sheet: &Sheet, runs: &Runs) -> Result<Sheet, ShareError> {
    let run = ["protocol", "distance", "weights", "k", "measure"];
    let mut shared = Sheet::new("k_sweep", &run);
    shared.extend_header(&["pooled", "rounded_to"]);
    for row in sheet.rows() {
        let is_first = row.text("repeat")? == "0";
        let Some(step) = step_of(&row, runs, false)?.filter(|_| is_first) else {
            continue;
        };
        let mut cells = row.texts(&run)?;
        cells.push(cell(step, row.number("pooled")?, Step::rounded));
        cells.push(step_name(step));
        shared.rows.push(cells);
    }
    Ok(shared)
}

/// `per_class.csv`: the recall where the confusion table gives it too, and the area under the curve,
/// rounded.
pub(super) fn per_class(
    sheet: &Sheet,
    runs: &Runs,
    classes: &Classes,
) -> Result<Sheet, ShareError> {
    let run = ["protocol", "distance", "weights", "k", "class"];
    let mut shared = Sheet::new("per_class", &run);
    shared.extend_header(&["recall", "auc"]);
    for row in sheet.rows() {
        let class = row.text("class")?;
        let of = runs.of(&row)?;
        let shows_recall = of.is_some_and(|of| runs.shows_recall(of, class));
        let is_masked = classes.n_samples(class).is_none();
        let mut cells = row.texts(&run)?;
        cells.push(match shows_recall {
            true => row.text("recall")?.to_owned(),
            false => MASKED.to_owned(),
        });
        cells.push(match row.number("auc")? {
            Some(_) if is_masked => MASKED.to_owned(),
            Some(area) => format!("{area:.AREA_DECIMALS$}"),
            None => String::new(),
        });
        shared.rows.push(cells);
    }
    Ok(shared)
}

/// `comparison.csv`: whether the distances differ, by the p-value of the swap alone. Their measures
/// stand in the summary; other tests count few subjects, or single folds.
pub(super) fn comparison(sheet: &Sheet, runs: &Runs) -> Result<Sheet, ShareError> {
    let columns = ["protocol", "weights", "measure", "test"];
    let mut shared = Sheet::new("comparison", &columns);
    shared.extend_header(&["p_value"]);
    for row in sheet.rows() {
        let is_swap = row.text("test")?.starts_with("paired subject swap");
        let measure = row.text("measure")?;
        if !is_swap || !(may_pass(measure) || OF_WHOLE_TABLES.contains(&measure)) {
            continue;
        }
        let mut cells = row.texts(&columns)?;
        cells.push(match row.number("p_value")? {
            Some(_) if is_masked(measure, runs) => MASKED.to_owned(),
            Some(p_value) => format!("{p_value:.3}"),
            None => String::new(),
        });
        shared.rows.push(cells);
    }
    Ok(shared)
}

/// `subject_level.csv`: the measures over subjects.
pub(super) fn subject_level(
    sheet: &Sheet,
    runs: &Runs,
    classes: &Classes,
) -> Result<Sheet, ShareError> {
    let columns = ["protocol", "distance", "weights", "fusion", "measure"];
    let mut shared = Sheet::new("subject_level", &columns);
    shared.extend_header(&["value", "rounded_to"]);
    let step = Step::for_count(classes.n_subjects());
    for row in sheet.rows() {
        let measure = row.text("measure")?;
        if !may_pass(measure) {
            continue;
        }
        let step = step.filter(|_| !is_masked(measure, runs));
        let mut cells = row.texts(&columns)?;
        cells.push(cell(step, row.number("value")?, Step::rounded));
        cells.push(step_name(step));
        shared.rows.push(cells);
    }
    Ok(shared)
}

/// `roc.csv`: the averaged curves of all classes together, at fewer points.
pub(super) fn roc(sheet: &Sheet, runs: &Runs) -> Result<Sheet, ShareError> {
    let columns = ["protocol", "distance", "weights", "k", "curve", "fpr"];
    let mut shared = Sheet::new("roc", &columns);
    shared.extend_header(&["tpr_mean", "rounded_to"]);
    let mut place = 0;
    let mut curve_before = Vec::new();
    for row in sheet.rows() {
        let curve = row.texts(&["protocol", "distance", "weights", "curve", "class"])?;
        place = if curve == curve_before { place + 1 } else { 0 };
        let is_of_all = matches!(row.text("curve")?, "macro" | "micro");
        if is_of_all && place % CURVE_STRIDE == 0 {
            let is_masked = row.text("curve")? == "macro" && runs.has_masked_class();
            let step = runs.of(&row)?.and_then(|run| run.step());
            let step = step.filter(|_| !is_masked);
            let mut cells = row.texts(&columns)?;
            cells.push(cell(step, row.number("tpr_mean")?, Step::rounded));
            cells.push(step_name(step));
            shared.rows.push(cells);
        }
        curve_before = curve;
    }
    Ok(shared)
}

/// What the measure of a row is rounded to; `None` for a row that stays behind, `Some(None)` for one
/// whose figures are masked.
///
/// * `needs_table`: whether the measure may pass only with the whole confusion table of the run.
fn step_of(row: &Row, runs: &Runs, needs_table: bool) -> Result<Option<Option<Step>>, ShareError> {
    let measure = row.text("measure")?;
    let run = runs.of(row)?.filter(|_| needs_table || may_pass(measure));
    Ok(run.map(|run| {
        let is_hidden = is_masked(measure, runs) || (needs_table && !run.is_whole());
        run.step().filter(|_| !is_hidden)
    }))
}

fn may_pass(measure: &str) -> bool {
    MEASURES.contains(&measure)
}

fn is_masked(measure: &str, runs: &Runs) -> bool {
    OVER_CLASSES.contains(&measure) && runs.has_masked_class()
}

fn cell(step: Option<Step>, value: Option<f64>, round: fn(Step, f64) -> String) -> String {
    match (step, value) {
        (_, None) => String::new(),
        (None, Some(_)) => MASKED.to_owned(),
        (Some(step), Some(value)) => round(step, value),
    }
}

fn step_name(step: Option<Step>) -> String {
    step.map_or_else(String::new, Step::name)
}
