//! Labelled embeddings that satisfy every invariant.

mod error;
#[cfg(test)]
mod tests;

pub use error::DatasetError;

use crate::cohort::Labelling;

/// Labelled embeddings: one vector, class, subject and sample id per row.
///
/// Invariants, established by [`Dataset::new`] and never checked again:
/// * at least one sample, at least one dimension;
/// * every value is finite, no vector is all zero;
/// * every class is an index into `class_names`, which is sorted, unique and in use;
/// * every subject is an index into `subject_names`, which is sorted, unique and in use.
///
/// Samples stand in the order of the source. A subject is known by its id alone: the same id under
/// two classes is one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Row-major, shape `(n_samples, n_dims)`.
    vectors: Vec<f32>,
    n_dims: usize,
    /// Shape `(n_samples,)`, as `subjects` and `sample_names`.
    classes: Vec<usize>,
    class_names: Vec<String>,
    subjects: Vec<usize>,
    subject_names: Vec<String>,
    sample_names: Vec<String>,
    labelling: Labelling,
}

/// The ids of one sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleId {
    /// Its class.
    pub class: String,
    /// Its subject, the unit of independence.
    pub subject: String,
    /// The sample itself; may repeat under other subjects.
    pub sample: String,
}

impl Dataset {
    /// Builds a dataset from row-major `vectors` of shape `(ids.len(), n_dims)`.
    ///
    /// # Errors
    /// Says which cell, row or size breaks an invariant.
    pub fn new(
        vectors: Vec<f32>,
        n_dims: usize,
        ids: Vec<SampleId>,
    ) -> Result<Dataset, DatasetError> {
        let n_samples = ids.len();
        if n_samples == 0 || n_dims == 0 {
            return Err(DatasetError::Empty { n_samples, n_dims });
        }
        if vectors.len() != n_samples * n_dims {
            let n_values = vectors.len();
            return Err(DatasetError::Shape {
                n_values,
                n_samples,
                n_dims,
            });
        }
        if let Some(cell) = vectors.iter().position(|value| !value.is_finite()) {
            let (row, column) = (cell / n_dims, cell % n_dims);
            return Err(DatasetError::NotFinite {
                row,
                column,
                value: vectors[cell],
            });
        }
        let is_zero = |vector: &[f32]| vector.iter().all(|&value| value == 0.0);
        if let Some(row) = vectors.chunks_exact(n_dims).position(is_zero) {
            return Err(DatasetError::Zero { row });
        }

        let (class_names, classes) = index_names(ids.iter().map(|id| &id.class));
        let (subject_names, subjects) = index_names(ids.iter().map(|id| &id.subject));
        let sample_names = ids.into_iter().map(|id| id.sample).collect();
        Ok(Dataset {
            vectors,
            n_dims,
            classes,
            class_names,
            subjects,
            subject_names,
            sample_names,
            labelling: Labelling::Complete,
        })
    }

    /// The same samples, of which only so much is known; a new dataset counts as completely labelled.
    pub fn with_labelling(self, labelling: Labelling) -> Dataset {
        Dataset { labelling, ..self }
    }

    /// What is known of the samples beside their vectors.
    pub fn labelling(&self) -> Labelling {
        self.labelling
    }

    /// Number of vectors.
    pub fn n_samples(&self) -> usize {
        self.classes.len()
    }

    /// Number of values of each vector.
    pub fn n_dims(&self) -> usize {
        self.n_dims
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.class_names.len()
    }

    /// Number of subjects.
    pub fn n_subjects(&self) -> usize {
        self.subject_names.len()
    }

    /// The embedding of one sample, shape `(n_dims,)`.
    pub fn vector(&self, sample: usize) -> &[f32] {
        &self.vectors[sample * self.n_dims..][..self.n_dims]
    }

    /// All embeddings, row-major, shape `(n_samples, n_dims)`.
    pub fn vectors(&self) -> &[f32] {
        &self.vectors
    }

    /// The class of every sample, shape `(n_samples,)`, as an index into [`Dataset::class_names`].
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// The class ids, sorted as text.
    pub fn class_names(&self) -> &[String] {
        &self.class_names
    }

    /// The subject of every sample, shape `(n_samples,)`, as an index into
    /// [`Dataset::subject_names`].
    pub fn subjects(&self) -> &[usize] {
        &self.subjects
    }

    /// The subject ids, sorted as text.
    pub fn subject_names(&self) -> &[String] {
        &self.subject_names
    }

    /// The sample ids, shape `(n_samples,)`, in the order of the source.
    pub fn sample_names(&self) -> &[String] {
        &self.sample_names
    }

    /// The class, subject and sample id of one sample.
    pub fn id(&self, sample: usize) -> [&str; 3] {
        [
            &self.class_names[self.classes[sample]],
            &self.subject_names[self.subjects[sample]],
            &self.sample_names[sample],
        ]
    }

    /// Number of samples of every class, shape `(n_classes,)`.
    pub fn class_sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.n_classes()];
        for &class in &self.classes {
            sizes[class] += 1;
        }
        sizes
    }

    /// Number of subjects of every class, shape `(n_classes,)`; a subject under two classes counts
    /// in both.
    pub fn subjects_per_class(&self) -> Vec<usize> {
        let mut pairs: Vec<(usize, usize)> = self
            .classes
            .iter()
            .copied()
            .zip(self.subjects.iter().copied())
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut counts = vec![0; self.n_classes()];
        for (class, _) in pairs {
            counts[class] += 1;
        }
        counts
    }
}

/// The sorted distinct names, and for each given name its index among them.
///
/// Sorting makes an index a function of the names, not of their order in the file.
fn index_names<'a>(names: impl Iterator<Item = &'a String>) -> (Vec<String>, Vec<usize>) {
    let given: Vec<&String> = names.collect();
    let mut distinct = given.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let indices = given
        .iter()
        .map(|name| distinct.partition_point(|other| other < name))
        .collect();
    (distinct.into_iter().cloned().collect(), indices)
}
