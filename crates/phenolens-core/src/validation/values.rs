//! What is odd about the values of the used vectors.

use rayon::prelude::*;

use super::{counted, duplicates, list_first};
use crate::dataset::Dataset;
use crate::findings::{Finding, Level, Message, Severity};

/// Beyond these, squares or their sums leave the range in which digits are certain.
const MAGNITUDES: std::ops::RangeInclusive<f32> = 1e-15..=1e15;

/// A mean this many standard deviations from zero leaves too few digits for the differences.
const MAX_OFFSET: f64 = 1e4;

/// Rows per block of the column statistics; fixed, so that sums do not depend on the threads.
const BLOCK: usize = 1024;

/// Columns that a message names.
const NAMED: usize = 5;

/// How the values were stored, where that is odd.
pub(super) fn storage(n_used: usize, n_rounded: usize, n_integer: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    if n_rounded > 0 {
        let message = format!(
            "{n_rounded} of {} hold values that 32-bit floats cannot, and were rounded to 32 bits.",
            counted(n_used, "vector")
        );
        findings.push(Finding::new(Severity::Warning, "rounded_values", message));
    }
    if n_integer > 0 {
        let message = format!(
            "{n_integer} of {} are stored as integers, which embeddings rarely are: they may be \
             quantized, or no embeddings; they were used as they are.",
            counted(n_used, "vector")
        );
        findings.push(Finding::new(Severity::Warning, "integer_storage", message));
    }
    findings
}

/// Dimensions, magnitudes, offsets and exact duplicates.
pub(super) fn inspect(dataset: &Dataset) -> Vec<Finding> {
    let mut findings = Vec::new();
    if dataset.n_dims() == 1 {
        let message = "The vectors have one dimension, so that every cosine distance is 0 or 2; \
                       they were used as they are."
            .to_owned();
        findings.push(Finding::new(Severity::Warning, "one_dimension", message));
    }
    findings.extend(magnitudes(dataset));

    let columns = columns(dataset);
    let all_equal = columns.iter().all(|column| column.min == column.max);
    if dataset.n_samples() > 1 && all_equal {
        let message = format!(
            "All {} vectors are equal, so that every distance is 0 and nothing can be told apart; \
             they were kept.",
            dataset.n_samples()
        );
        findings.push(Finding::new(
            Severity::Warning,
            "all_vectors_equal",
            message,
        ));
    } else if dataset.n_samples() > 1 {
        findings.extend(constant_dimensions(&columns));
        findings.extend(offset_dimensions(&columns));
        findings.extend(exact_duplicates(dataset));
    }
    findings
}

/// Vectors whose largest absolute value is extreme.
fn magnitudes(dataset: &Dataset) -> Option<Finding> {
    let is_extreme = |&row: &usize| {
        let largest = dataset
            .vector(row)
            .iter()
            .fold(0.0_f32, |max, v| max.max(v.abs()));
        !MAGNITUDES.contains(&largest)
    };
    let extreme: Vec<usize> = (0..dataset.n_samples())
        .into_par_iter()
        .filter(is_extreme)
        .collect();
    let &first = extreme.first()?;
    let [class, subject, sample] = dataset.id(first);
    let message = format!(
        "{} of {} have a largest absolute value below {:e} or above {:e}, beginning with this one: \
         a scale at which other programs lose digits; they were used as they are.",
        extreme.len(),
        counted(dataset.n_samples(), "vector"),
        MAGNITUDES.start(),
        MAGNITUDES.end(),
    );
    let finding = Finding::new(Severity::Warning, "extreme_magnitude", message);
    Some(
        finding
            .of_class(class)
            .of_subject(subject)
            .of_sample(sample),
    )
}

/// Where the values of one dimension lie.
#[derive(Clone, Copy)]
struct Column {
    min: f32,
    max: f32,
    mean: f64,
    /// Population standard deviation.
    sd: f64,
}

fn columns(dataset: &Dataset) -> Vec<Column> {
    // Deviations from the first row instead of from zero: an offset does not eat the digits.
    let origin = dataset.vector(0);
    let blocks: Vec<Vec<Sums>> = dataset
        .vectors()
        .par_chunks(BLOCK * dataset.n_dims())
        .map(|rows| {
            let mut sums = vec![Sums::EMPTY; dataset.n_dims()];
            for row in rows.chunks_exact(dataset.n_dims()) {
                for ((sum, &value), &origin) in sums.iter_mut().zip(row).zip(origin) {
                    sum.add(value, origin);
                }
            }
            sums
        })
        .collect();
    let mut total = vec![Sums::EMPTY; dataset.n_dims()];
    for block in &blocks {
        for (total, block) in total.iter_mut().zip(block) {
            total.merge(block);
        }
    }
    let n = dataset.n_samples() as f64;
    total
        .iter()
        .zip(origin)
        .map(|(sums, &origin)| {
            let mean_deviation = sums.deviation / n;
            let variance = sums.squared / n - mean_deviation * mean_deviation;
            Column {
                min: sums.min,
                max: sums.max,
                mean: f64::from(origin) + mean_deviation,
                sd: variance.max(0.0).sqrt(),
            }
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Sums {
    min: f32,
    max: f32,
    deviation: f64,
    squared: f64,
}

impl Sums {
    const EMPTY: Sums = Sums {
        min: f32::INFINITY,
        max: f32::NEG_INFINITY,
        deviation: 0.0,
        squared: 0.0,
    };

    fn add(&mut self, value: f32, origin: f32) {
        let deviation = f64::from(value) - f64::from(origin);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.deviation += deviation;
        self.squared += deviation * deviation;
    }

    fn merge(&mut self, other: &Sums) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.deviation += other.deviation;
        self.squared += other.squared;
    }
}

fn constant_dimensions(columns: &[Column]) -> Option<Finding> {
    let constant = positions(columns, |column| column.min == column.max);
    if constant.is_empty() {
        return None;
    }
    let message = format!(
        "{} of {} have the same value in every vector ({}): they tell nothing apart; they were kept.",
        constant.len(),
        counted(columns.len(), "dimension"),
        name_columns(&constant),
    );
    Some(Finding::new(
        Severity::Warning,
        "constant_dimensions",
        message,
    ))
}

fn offset_dimensions(columns: &[Column]) -> Option<Finding> {
    let offset = positions(columns, |column| {
        column.min < column.max && column.mean.abs() > MAX_OFFSET * column.sd
    });
    if offset.is_empty() {
        return None;
    }
    let message = format!(
        "{} of {} have a mean more than {MAX_OFFSET} standard deviations from zero ({}): the offset \
         swamps cosine distances and costs digits; they were used as they are.",
        offset.len(),
        counted(columns.len(), "dimension"),
        name_columns(&offset),
    );
    Some(Finding::new(
        Severity::Warning,
        "mean_far_from_zero",
        message,
    ))
}

fn positions(columns: &[Column], is_odd: impl Fn(&Column) -> bool) -> Vec<usize> {
    let odd = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| is_odd(column));
    odd.map(|(position, _)| position).collect()
}

/// `column 3`, or `columns 1, 2, 3, 4, 5 and 7 more`, counted from 0.
fn name_columns(columns: &[usize]) -> String {
    let named: Vec<String> = columns.iter().take(NAMED).map(usize::to_string).collect();
    let noun = if columns.len() == 1 {
        "column"
    } else {
        "columns"
    };
    let rest = match columns.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{noun} {}{rest}, counted from 0", named.join(", "))
}

fn exact_duplicates(dataset: &Dataset) -> Vec<Finding> {
    let groups = duplicates::equal_vectors(dataset);
    list_first(
        &groups,
        |group| {
            let [class, subject, sample] = dataset.id(group[0]);
            let [other_class, other_subject, other_sample] = dataset.id(group[1]);
            let others = match group.len() - 1 {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            let n_subjects = count_distinct(group.iter().map(|&row| dataset.subjects()[row]));
            let n_classes = count_distinct(group.iter().map(|&row| dataset.classes()[row]));
            let spread = match (n_subjects, n_classes) {
                (1, _) => "of one subject".to_owned(),
                (subjects, 1) => format!("of {subjects} subjects"),
                (subjects, classes) => format!("of {subjects} subjects in {classes} classes"),
            };
            let message = Message::from("This sample and sample ")
                .id(Level::Sample, other_sample)
                .words(" of subject ")
                .id(Level::Subject, other_subject)
                .words(format!(
                    " in class {other_class:?}{others}, {spread}, have exactly equal vectors; all were \
                     kept."
                ));
            Finding::new(Severity::Warning, "duplicate_vectors", message)
                .of_class(class)
                .of_subject(subject)
                .of_sample(sample)
        },
        |rest| {
            let groups = counted(rest, "group");
            format!(
                "{groups} more of samples with exactly equal vectors were found; all were kept."
            )
        },
    )
}

fn count_distinct(items: impl Iterator<Item = usize>) -> usize {
    let mut items: Vec<usize> = items.collect();
    items.sort_unstable();
    items.dedup();
    items.len()
}
