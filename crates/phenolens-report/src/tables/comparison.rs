//! Cosine against euclidean, test by test.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Measure, Protocol, Weights};

use super::sheet::Sheet;

/// What `comparison.csv` calls the tests behind its p-values.
const SWAP: &str = "paired subject swap";
const SWAP_HOLM: &str = "paired subject swap, Holm over measures";
const OVER_FOLDS: &str = "corrected resampled t";
const MCNEMAR: &str = "McNemar exact, first sample of each subject";

/// `comparison.csv`: cosine against euclidean, each at its own chosen k, one row per measure and test.
///
/// The swap is of the pooled predictions; without resampling it has no interval, no p-value and no
/// test. The other two need none.
pub(super) fn comparison(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "weights",
        "measure",
        "cosine",
        "euclidean",
        "difference",
        "ci_low",
        "ci_high",
        "p_value",
        "test",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for part in &analysis.evaluation.protocols {
        for comparison in &part.comparisons {
            let mut row = Row {
                protocol: part.protocol,
                weights: comparison.weights,
                measure: comparison.measure,
                values: [
                    comparison.cosine,
                    comparison.euclidean,
                    comparison.difference,
                ],
                interval: comparison
                    .interval
                    .map(|interval| [interval.low, interval.high]),
                p_value: comparison.p_value,
                test: comparison.p_value.map_or("", |_| SWAP),
            };
            row.write(&mut sheet)?;
            if comparison.p_holm.is_some() {
                (row.p_value, row.test) = (comparison.p_holm, SWAP_HOLM);
                row.write(&mut sheet)?;
            }
            if let Some(test) = comparison.over_folds {
                row.values = [test.cosine, test.euclidean, test.difference];
                (row.interval, row.p_value, row.test) = (None, Some(test.p_value), OVER_FOLDS);
                row.write(&mut sheet)?;
            }
        }
        for test in &part.mcnemar {
            let row = Row {
                protocol: part.protocol,
                weights: test.weights,
                measure: Measure::Accuracy,
                values: [
                    test.cosine_accuracy(),
                    test.euclidean_accuracy(),
                    test.difference(),
                ],
                interval: None,
                p_value: Some(test.p_value),
                test: MCNEMAR,
            };
            row.write(&mut sheet)?;
        }
    }
    sheet.finish()
}

/// One measure by one test.
struct Row {
    protocol: Protocol,
    weights: Weights,
    measure: Measure,
    /// Cosine, euclidean, and the first minus the second.
    values: [f64; 3],
    interval: Option<[f64; 2]>,
    p_value: Option<f64>,
    test: &'static str,
}

impl Row {
    fn write(&self, sheet: &mut Sheet) -> csv::Result<()> {
        sheet.word(self.protocol.name())?;
        sheet.word(self.weights.name())?;
        sheet.word(self.measure.name())?;
        for value in self.values {
            sheet.number(value)?;
        }
        sheet.optional(self.interval.map(|[low, _]| low))?;
        sheet.optional(self.interval.map(|[_, high]| high))?;
        sheet.optional(self.p_value)?;
        sheet.word(self.test)?;
        sheet.end_row()
    }
}
