//! What would mend the classifier.

use phenolens_core::analysis::Analysis;

use super::sheet::Sheet;

/// `improvements.csv`: every variant against the plain classifier of the first three columns; k is
/// empty where no neighbors vote.
pub(super) fn improvements(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "variant",
        "k",
        "measure",
        "value",
        "difference",
        "ci_low",
        "ci_high",
        "p_value",
        "p_holm",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    if let Some(improvement) = &analysis.improvement {
        for result in &improvement.variants {
            for change in &result.changes {
                sheet.word(improvement.protocol.name())?;
                sheet.word(improvement.distance.name())?;
                sheet.word(improvement.weights.name())?;
                sheet.word(result.variant.name())?;
                match result.k {
                    Some(k) => sheet.count(k)?,
                    None => sheet.word("")?,
                }
                sheet.word(change.measure.name())?;
                sheet.number(change.value)?;
                sheet.number(change.difference)?;
                sheet.optional(change.interval.map(|interval| interval.low))?;
                sheet.optional(change.interval.map(|interval| interval.high))?;
                sheet.optional(change.p_value)?;
                sheet.optional(change.p_holm)?;
                sheet.end_row()?;
            }
        }
    }
    sheet.finish()
}
