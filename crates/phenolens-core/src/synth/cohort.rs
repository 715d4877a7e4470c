use rayon::prelude::*;

use super::effects::{Effects, dot, normals, orthonormal};
use super::plan::{Duplicate, Plan};
use super::{Part, SynthError, SynthParams, stream};
use crate::cohort::{RawCohort, Stored};

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
                class_id(params, plan.classes[subject]),
                subject_id(params, subject),
                id("image", 5, sample, params.n_samples),
            ];
            cohort.push_values(ids, vector, Stored::Exact);
        }
    }
    Ok(cohort)
}

/// A subject of a synthetic cohort, and what was planted in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthSubject {
    /// Its id.
    pub subject: String,
    /// The class that it is labelled with.
    pub class: String,
    /// The class whose effect its images have: another one where labels are swapped.
    pub origin: String,
    /// Its group: `noisy`, or `usual`.
    pub group: &'static str,
}

/// The subjects of the cohort that [`synthesize`] makes of the same parameters, in its order.
///
/// # Errors
/// If the parameters contradict one another or are out of their ranges.
pub fn synthetic_subjects(params: &SynthParams) -> Result<Vec<SynthSubject>, SynthError> {
    params.check()?;
    let plan = Plan::new(params)?;
    let of = |subject: usize| SynthSubject {
        subject: subject_id(params, subject),
        class: class_id(params, plan.classes[subject]),
        origin: class_id(params, plan.origins[subject]),
        group: match plan.is_noisy[subject] {
            true => "noisy",
            false => "usual",
        },
    };
    Ok((0..params.n_subjects).map(of).collect())
}

fn class_id(params: &SynthParams, class: usize) -> String {
    id("syndrome", 2, class, params.n_classes)
}

fn subject_id(params: &SynthParams, subject: usize) -> String {
    id("subject", 4, subject, params.n_subjects)
}

fn id(name: &str, width: usize, index: usize, count: usize) -> String {
    let width = width.max(count.to_string().len());
    format!("{name}-{:0width$}", index + 1)
}

/// Everything that vectors are made of.
struct Model<'a> {
    params: &'a SynthParams,
    plan: &'a Plan,
    /// The duplicate that each sample is, if any, sorted by sample.
    copies: Vec<Duplicate>,
    n_factors: usize,
    effects: Effects,
    /// Orthonormal, shape `(n_factors, n_dims)`.
    basis: Vec<Vec<f64>>,
}

impl<'a> Model<'a> {
    fn new(params: &'a SynthParams, plan: &'a Plan) -> Model<'a> {
        let n_factors = params.n_factors();
        let mut copies = plan.duplicates.clone();
        copies.sort_by_key(|duplicate| duplicate.copy);
        Model {
            params,
            plan,
            copies,
            n_factors,
            effects: Effects::new(params),
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

    /// What a sample's vector is made of, before it is turned and scaled; shape `(n_factors,)`.
    fn factors(&self, sample: usize) -> Vec<f64> {
        let params = self.params;
        let subject = self.plan.subjects[sample];
        let of_sample = normals(&mut stream(params, Part::Sample, sample), self.n_factors);
        if stream(params, Part::Blank, sample).unit() < params.blank_share {
            let scale = (1.0 - params.common_share).sqrt();
            let both = self.effects.common.iter().zip(&of_sample);
            return both
                .map(|(common, of_sample)| common + scale * of_sample)
                .collect();
        }
        let center = &self.effects.centers[self.plan.origins[subject]];
        let of_subject = normals(&mut stream(params, Part::Subject, subject), self.n_factors);
        let rest = 1.0
            - params.common_share
            - params.class_share
            - params.subject_share
            - params.nuisance_share;
        let subject_scale = params.subject_share.sqrt();
        let sample_scale = match self.plan.is_noisy[subject] {
            true => params.group_noise * rest.sqrt(),
            false => rest.sqrt(),
        };
        let mut factors: Vec<f64> = (0..self.n_factors)
            .map(|factor| {
                center[factor]
                    + subject_scale * of_subject[factor]
                    + sample_scale * of_sample[factor]
            })
            .collect();
        let mut stream = stream(params, Part::Nuisance, sample);
        for direction in &self.effects.nuisance {
            let size = stream.normal();
            for (factor, along) in factors.iter_mut().zip(direction) {
                *factor += size * along;
            }
        }
        factors
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
