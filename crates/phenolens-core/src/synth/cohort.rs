use rayon::prelude::*;

use super::plan::{Duplicate, Plan};
use super::{SynthError, SynthParams};
use crate::cohort::{RawCohort, Stored};
use crate::random::{Stream, Use};

/// Dimensions of the space in which the effects lie, where the vectors have as many.
const MAX_FACTORS: usize = 56;

/// The typical length of a vector.
const LENGTH: f64 = 22.0;

/// Samples that are made at a time, so that memory holds the vectors once.
const BATCH: usize = 4096;

/// Makes a cohort by the model of this module.
///
/// The ids say that they are made up: `syndrome-01`, `subject-0001`, `image-00001`, with more digits
/// where there are more. The same parameters give the same bits on every machine.
///
/// Takes O(n d) time, threads of the current pool, and memory for the vectors.
///
/// # Errors
/// If the parameters contradict one another or are out of their ranges.
pub fn synthesize(params: &SynthParams) -> Result<RawCohort, SynthError> {
    params.check()?;
    let plan = Plan::new(params)?;
    let model = Model::new(params, &plan);
    let id = |name: &str, width: usize, index: usize, count: usize| {
        let width = width.max(count.to_string().len());
        format!("{name}-{:0width$}", index + 1)
    };
    let mut cohort = RawCohort::default();
    for start in (0..params.n_samples).step_by(BATCH) {
        let batch = start..(start + BATCH).min(params.n_samples);
        let vectors: Vec<Vec<f32>> = batch
            .clone()
            .into_par_iter()
            .map(|sample| model.vector(sample))
            .collect();
        for (sample, vector) in batch.zip(vectors) {
            let subject = plan.subjects[sample];
            let ids = [
                id("syndrome", 2, plan.classes[subject], params.n_classes),
                id("subject", 4, subject, params.n_subjects),
                id("image", 5, sample, params.n_samples),
            ];
            cohort.push_values(ids, vector, Stored::Exact);
        }
    }
    Ok(cohort)
}

/// What a random stream decides; with a number, one stream each.
#[derive(Clone, Copy)]
enum Part {
    // 0 is the plan's.
    Basis = 1,
    Common = 2,
    Class = 3,
    Subject = 4,
    Sample = 5,
    Duplicate = 6,
}

/// Everything that vectors are made of.
struct Model<'a> {
    params: &'a SynthParams,
    plan: &'a Plan,
    /// The duplicate that each sample is, if any, sorted by sample.
    copies: Vec<Duplicate>,
    n_factors: usize,
    /// `√o m + √a g_c` for each class, shape `(n_classes, n_factors)`.
    centers: Vec<Vec<f64>>,
    /// Orthonormal, shape `(n_factors, n_dims)`.
    basis: Vec<Vec<f64>>,
}

impl<'a> Model<'a> {
    fn new(params: &'a SynthParams, plan: &'a Plan) -> Model<'a> {
        let n_factors = params.n_dims.min(MAX_FACTORS);
        let common = normals(&mut stream(params, Part::Common, 0), n_factors);
        let center = |class: usize| {
            let effect = normals(&mut stream(params, Part::Class, class), n_factors);
            let (of_all, of_class) = (params.common_share.sqrt(), params.class_share.sqrt());
            let sum = common.iter().zip(&effect);
            sum.map(|(all, class)| of_all * all + of_class * class)
                .collect()
        };
        let mut copies = plan.duplicates.clone();
        copies.sort_by_key(|duplicate| duplicate.copy);
        Model {
            params,
            plan,
            copies,
            n_factors,
            centers: (0..params.n_classes).map(center).collect(),
            basis: orthonormal(
                &mut stream(params, Part::Basis, 0),
                n_factors,
                params.n_dims,
            ),
        }
    }

    /// The embedding of one sample, shape `(n_dims,)`.
    fn vector(&self, sample: usize) -> Vec<f32> {
        let found = self.copies.binary_search_by_key(&sample, |copy| copy.copy);
        let factors = match found {
            Ok(position) => self.copied_factors(&self.copies[position]),
            Err(_) => self.factors(sample),
        };
        // The length is drawn after the factors of the sample's own stream.
        let mut stream = stream(self.params, Part::Sample, sample);
        normals(&mut stream, self.n_factors);
        let stretch = libm::exp(self.params.length_spread * stream.normal());
        let scale = LENGTH * stretch / (self.n_factors as f64).sqrt();

        let mut vector = vec![0.0; self.params.n_dims];
        for (factor, direction) in factors.iter().zip(&self.basis) {
            for (value, along) in vector.iter_mut().zip(direction) {
                *value += factor * along;
            }
        }
        vector
            .into_iter()
            .map(|value| (scale * value) as f32)
            .collect()
    }

    /// `√o m + √a g_c + √b h_s + √e f_i` of a sample, shape `(n_factors,)`.
    fn factors(&self, sample: usize) -> Vec<f64> {
        let params = self.params;
        let subject = self.plan.subjects[sample];
        let center = &self.centers[self.plan.classes[subject]];
        let of_subject = normals(&mut stream(params, Part::Subject, subject), self.n_factors);
        let of_sample = normals(&mut stream(params, Part::Sample, sample), self.n_factors);
        let rest = 1.0 - params.common_share - params.class_share - params.subject_share;
        let (subject_scale, sample_scale) = (params.subject_share.sqrt(), rest.sqrt());
        (0..self.n_factors)
            .map(|factor| {
                center[factor]
                    + subject_scale * of_subject[factor]
                    + sample_scale * of_sample[factor]
            })
            .collect()
    }

    /// The factors of the original, turned by the distance of the duplicate.
    ///
    /// ```text
    /// (1 - t) y + √(1 - (1 - t)²) |y| r        r of length 1, at a right angle to y
    /// ```
    fn copied_factors(&self, duplicate: &Duplicate) -> Vec<f64> {
        let original = self.factors(duplicate.original);
        let mut stream = stream(self.params, Part::Duplicate, duplicate.copy);
        let mut aside = normals(&mut stream, self.n_factors);
        let along = dot(&aside, &original) / dot(&original, &original);
        for (aside, original) in aside.iter_mut().zip(&original) {
            *aside -= along * original;
        }
        let length = dot(&aside, &aside).sqrt();
        // In one dimension there is no right angle: the copy is exact.
        let scale = if self.n_factors > 1 {
            dot(&original, &original).sqrt() / length
        } else {
            0.0
        };
        let cosine = 1.0 - duplicate.distance;
        let sine = (1.0 - cosine * cosine).sqrt();
        let turned = original.iter().zip(&aside);
        turned
            .map(|(original, aside)| cosine * original + sine * scale * aside)
            .collect()
    }
}

fn stream(params: &SynthParams, part: Part, number: usize) -> Stream {
    Stream::new(params.seed, Use::Synth, (part as u64) << 40 | number as u64)
}

fn normals(stream: &mut Stream, count: usize) -> Vec<f64> {
    (0..count).map(|_| stream.normal()).collect()
}

/// Random orthonormal rows, shape `(n_rows, n_dims)` (Gram & Schmidt, one row at a time, twice).
fn orthonormal(stream: &mut Stream, n_rows: usize, n_dims: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n_rows);
    while rows.len() < n_rows {
        let mut row = normals(stream, n_dims);
        // What rounding leaves of the other rows the second pass removes.
        for _ in 0..2 {
            for other in &rows {
                let along = dot(&row, other);
                for (value, other) in row.iter_mut().zip(other) {
                    *value -= along * other;
                }
            }
            let length = dot(&row, &row).sqrt();
            for value in &mut row {
                *value /= length;
            }
        }
        rows.push(row);
    }
    rows
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}
