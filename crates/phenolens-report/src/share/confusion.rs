//! Which class is taken for which, as far as that may be known, and what rates may tell beside it.

use super::mask;
use super::rounding::Step;
use super::sheet::{Row, Sheet};
use super::{Classes, MASKED, MIN_SHOWN, ShareError};

/// What tells one run from another.
const RUN: [&str; 3] = ["protocol", "distance", "weights"];

/// Samples of a class whose errors can be so many that they hide those of others.
const MIN_COVER: usize = 4 * MIN_SHOWN;

/// The confusion tables of all runs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Runs {
    /// In the order of the table.
    runs: Vec<Run>,
    /// The evaluated classes.
    class_names: Vec<String>,
    /// Whether an evaluated class is masked, which a mean over classes would tell of.
    has_masked_class: bool,
}

/// One confusion table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    key: Vec<String>,
    k: String,
    /// Counts by true class, in the order of the classes.
    counts: Vec<Vec<usize>>,
    /// Which cells are masked, in the same shape.
    masked: Vec<Vec<bool>>,
    /// What its rates are rounded to; `None` where they are masked.
    step: Option<Step>,
}

impl Runs {
    /// Reads `confusion.csv` and decides what is shown of it.
    pub(super) fn read(sheet: &Sheet, classes: &Classes) -> Result<Runs, ShareError> {
        let mut class_names: Vec<String> = Vec::new();
        for row in sheet.rows() {
            let predicted = row.text("predicted_class")?;
            if class_names.first().is_some_and(|first| first == predicted) {
                break;
            }
            class_names.push(predicted.to_owned());
        }
        let n_classes = class_names.len();
        let rows: Vec<Row> = sheet.rows().collect();
        let mut tables = Vec::new();
        for table in rows.chunks(n_classes.max(1).pow(2)) {
            let key = table[0].texts(&RUN)?;
            let mut counts = vec![Vec::new(); n_classes];
            for (place, row) in table.iter().enumerate() {
                let (truth, predicted) = (place / n_classes, place % n_classes);
                let names = [&*class_names[truth], &*class_names[predicted]];
                let is_in_order = row.texts(&RUN)? == key
                    && [row.text("true_class")?, row.text("predicted_class")?] == names;
                if !is_in_order || table.len() != n_classes.pow(2) {
                    return Err(ShareError::Malformed {
                        table: sheet.name,
                        reason: "it does not hold every pair of classes in order".to_owned(),
                    });
                }
                counts[truth].push(row.count("count")?);
            }
            tables.push((key, table[0].text("k")?.to_owned(), counts));
        }
        let sizes: Vec<Option<usize>> = class_names
            .iter()
            .map(|class| classes.n_samples(class))
            .collect();
        let runs = tables
            .into_iter()
            .map(|(key, k, counts)| Run::new(key, k, counts, &sizes));
        Ok(Runs {
            runs: runs.collect(),
            has_masked_class: sizes.iter().any(Option::is_none),
            class_names,
        })
    }

    /// The run that a row of another table is of.
    pub(super) fn of(&self, row: &Row) -> Result<Option<&Run>, ShareError> {
        let key = row.texts(&RUN)?;
        Ok(self.runs.iter().find(|run| run.key == key))
    }

    /// Whether a mean over classes would tell of a masked one.
    pub(super) fn has_masked_class(&self) -> bool {
        self.has_masked_class
    }

    /// The table to share.
    pub(super) fn table(&self) -> Sheet {
        let header = [
            "protocol",
            "distance",
            "weights",
            "k",
            "true_class",
            "predicted_class",
            "count",
        ];
        let mut sheet = Sheet::new("confusion", &header);
        for run in &self.runs {
            for (truth, counts) in run.counts.iter().enumerate() {
                for (predicted, count) in counts.iter().enumerate() {
                    let mut row = run.key.clone();
                    row.push(run.k.clone());
                    row.push(self.class_names[truth].clone());
                    row.push(self.class_names[predicted].clone());
                    row.push(match run.masked[truth][predicted] {
                        true => MASKED.to_owned(),
                        false => count.to_string(),
                    });
                    sheet.rows.push(row);
                }
            }
        }
        sheet
    }

    /// Whether the recall of a class is shown in a run.
    pub(super) fn shows_recall(&self, run: &Run, class: &str) -> bool {
        let place = self.class_names.iter().position(|name| name == class);
        place.is_some_and(|place| !run.masked[place][place])
    }
}

impl Run {
    /// * `sizes`: of the classes; `None` for masked ones.
    fn new(key: Vec<String>, k: String, counts: Vec<Vec<usize>>, sizes: &[Option<usize>]) -> Run {
        let n_samples = counts.iter().flatten().sum();
        Run {
            key,
            k,
            masked: masked(&counts, sizes),
            counts,
            step: Step::for_count(n_samples),
        }
    }

    /// What its rates are rounded to; `None` where they are masked.
    pub(super) fn step(&self) -> Option<Step> {
        self.step
    }

    /// Whether every cell is shown, so that all that follows from the table may be shown too.
    pub(super) fn is_whole(&self) -> bool {
        !self.masked.iter().flatten().any(|&masked| masked)
    }
}

/// Which cells of a table are masked.
///
/// The rows of masked classes are, and rows that cannot be shown. The accuracy leaves eleven sums of the
/// errors in such rows, or six at the ends; so that these are not the errors of one row, or as many as
/// there can be, the largest of the other rows are masked too, until their errors can be nearly any
/// number up to the size of the largest class to hide. If there are none so large, nothing is shown.
fn masked(counts: &[Vec<usize>], sizes: &[Option<usize>]) -> Vec<Vec<bool>> {
    let all = vec![true; counts.len()];
    let mut rows: Vec<Option<Vec<bool>>> = counts
        .iter()
        .zip(sizes)
        .enumerate()
        .map(|(truth, (counts, size))| match size {
            Some(_) => masked_errors(truth, counts),
            None => Some(all.clone()),
        })
        .collect();
    let size_of = |place: usize| sizes[place].unwrap_or(0);
    let (hidden, mut shown): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|&place| rows[place].is_none());
    // The first of equals before the others, since sorting keeps their order.
    shown.sort_by_key(|&place| std::cmp::Reverse(size_of(place)));
    if let Some(largest) = hidden.into_iter().map(size_of).max() {
        // Right and wrong predictions of a cover are at least eleven each.
        let room = |size: usize| size.saturating_sub(2 * MIN_SHOWN);
        let mut to_cover = room(largest).max(room(MIN_COVER));
        for cover in shown {
            if to_cover == 0 || size_of(cover) < MIN_COVER {
                break;
            }
            rows[cover] = None;
            to_cover = to_cover.saturating_sub(room(size_of(cover)));
        }
        if to_cover > 0 {
            rows.fill(None);
        }
    }
    rows.into_iter()
        .map(|row| row.unwrap_or_else(|| all.clone()))
        .collect()
}

/// Which cells of a row are masked, if its size is known; `None` where none can be shown.
///
/// The errors together are a count too, and so are the samples that are right: neither is small, where
/// they are shown. Nor is it none, else a row that is not shown would have at least one.
fn masked_errors(truth: usize, counts: &[usize]) -> Option<Vec<bool>> {
    let n_right = counts[truth];
    let n_errors = counts.iter().sum::<usize>() - n_right;
    if n_right < MIN_SHOWN || n_errors < MIN_SHOWN {
        return None;
    }
    let mut errors = counts.to_vec();
    errors[truth] = 0;
    mask::masked(&errors)
}

/// What is published of a table by the real rules, for attacks on them: its cells and the accuracy.
#[cfg(test)]
pub(super) fn published(counts: &[Vec<usize>]) -> (Vec<Vec<Option<usize>>>, Option<String>) {
    let sizes: Vec<Option<usize>> = counts.iter().map(|row| Some(row.iter().sum())).collect();
    let run = Run::new(Vec::new(), String::new(), counts.to_vec(), &sizes);
    let cells = counts.iter().zip(&run.masked).map(|(row, masked)| {
        let cells = row.iter().zip(masked);
        cells
            .map(|(&count, &masked)| (!masked).then_some(count))
            .collect()
    });
    let n_right: usize = (0..counts.len()).map(|class| counts[class][class]).sum();
    let n_samples: usize = counts.iter().flatten().sum();
    let accuracy = n_right as f64 / n_samples as f64;
    (cells.collect(), run.step.map(|step| step.rounded(accuracy)))
}
