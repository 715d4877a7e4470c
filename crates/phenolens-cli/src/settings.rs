//! The settings: flags over environment over file over defaults.

mod choice;
mod given;
mod keys;
mod layers;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

use phenolens::analysis::AnalysisParams;
use phenolens::evaluation::{EvaluationParams, Protocol};
use phenolens::neighbors::Distance;
use phenolens::report::{Formats, Words};
use phenolens::sources::{Columns, Format, Limits, ReadOptions, SubjectColumn, Variants};

pub(crate) use choice::IdForm;
pub(crate) use layers::{Resolved, from_surroundings};
pub(crate) use text::{Recorded, RecordedFile, commented_defaults, recorded};

/// Every setting, as plain values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// Threads; 0 takes all processors.
    pub(crate) threads: usize,
    /// What the command `neighbors` writes.
    pub(crate) neighbors: NeighborSettings,
    /// What is asked of the analysis; its maps' distances are [`Settings::map_distances`].
    pub(crate) analysis: AnalysisParams,
    /// One map each; `None` takes the evaluated ones.
    pub(crate) map_distances: Option<Vec<Distance>>,
    /// What classes, subjects and samples are called.
    pub(crate) words: Words,
    /// Whether the data say which samples are of one subject.
    pub(crate) has_subjects: bool,
    /// The format of the data; `None` tells it by content.
    pub(crate) format: Option<Format>,
    /// Files with the labels of the vectors, where these hold none.
    pub(crate) labels: Vec<PathBuf>,
    /// Where the vectors stand; `None` takes the only place.
    pub(crate) vector: Option<String>,
    /// What becomes of several vectors of one image.
    pub(crate) variants: Variants,
    /// Bytes of memory beyond which the program refuses to begin.
    pub(crate) memory_limit: Option<u64>,
    /// CSV with words for the class ids.
    pub(crate) names: Option<PathBuf>,
    /// CSV with what else is known of subjects or samples.
    pub(crate) metadata: Option<PathBuf>,
    /// CSV with the folds of the protocol `from-file`.
    pub(crate) folds_file: Option<PathBuf>,
    /// CSV with the gallery and the probes.
    pub(crate) gallery_file: Option<PathBuf>,
    /// How the report shows ids of subjects and samples.
    pub(crate) ids: IdForm,
    /// Which files are written.
    pub(crate) formats: Formats,
}

/// What the command `neighbors` writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NeighborSettings {
    /// Neighbors of each sample; `None` takes 15, or all others where there are fewer.
    pub(crate) k: Option<usize>,
    /// One table each.
    pub(crate) distances: Vec<Distance>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            threads: 0,
            neighbors: NeighborSettings {
                k: None,
                distances: vec![Distance::Cosine],
            },
            analysis: AnalysisParams::default(),
            map_distances: None,
            words: Words {
                class: "syndrome".to_owned(),
                subject: "subject".to_owned(),
                sample: "image".to_owned(),
            },
            has_subjects: true,
            format: None,
            labels: Vec::new(),
            vector: None,
            variants: Variants::default(),
            memory_limit: None,
            names: None,
            metadata: None,
            folds_file: None,
            gallery_file: None,
            ids: IdForm::Pseudonyms,
            formats: Formats {
                html: true,
                md: true,
                svg: true,
                png: true,
            },
        }
    }
}

impl Settings {
    /// How the data file is read.
    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            format: self.format,
            labels: self.labels.clone(),
            columns: Columns {
                class: self.words.class.clone(),
                subject: match self.has_subjects {
                    true => SubjectColumn::Named(self.words.subject.clone()),
                    false => SubjectColumn::None,
                },
                sample: self.words.sample.clone(),
            },
            vector: self.vector.clone(),
            variants: self.variants,
            limits: Limits {
                memory_bytes: self.memory_limit,
                ..Limits::default()
            },
        }
    }

    /// The parameters of the analysis, complete but for what stands in other files.
    ///
    /// Without subjects, folds that keep them together mean nothing: unless the protocols are set,
    /// only those by image are left.
    pub(crate) fn analysis_params(&self) -> AnalysisParams {
        let mut params = self.analysis.clone();
        params.map.distances = match &self.map_distances {
            Some(distances) => distances.clone(),
            None => params.evaluation.distances.clone(),
        };
        let evaluation = &mut params.evaluation;
        if !self.has_subjects && evaluation.protocols == EvaluationParams::default().protocols {
            evaluation.protocols = vec![Protocol::ImageLevel];
        }
        params
    }
}
